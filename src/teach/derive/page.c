/* What `derive` prints: the head, the equations with their shapes, and with --steps all
 * gradients grouped by the equation they come from. */
#include <ctype.h>
#include <string.h>

#include "teach/derive/derive.h"

typedef struct page {
    const derivation *d;
    const ir         *g;
    const bool       *only;
    buf              *out;
} page;

static bool is_listed(const page *p, const gradient *v) {
    return v->shown && !v->given && (!p->only || p->only[v->var]);
}

/* Frees a buffer; that it had no memory is remembered in the one it was for. */
static void drop(buf *b, buf *out) {
    if (b->failed) out->failed = true;
    buf_free(b);
}

/* The equation of a statement as it is shown: Z1 = W1 @ X + b1. */
static void put_equation(const page *p, const stmt *s, buf *out) {
    buf_printf(out, "%s = ", ir_var_name(p->g, s->var));
    print_node(p->g, s->node, out);
}

/* -------------------------------------------------------------------- head */

/* "dZ1, dZ2, .." of one scale, in the order of the model; how many there are. */
static uint32_t put_names(const page *p, uint8_t scale, buf *out, var_id *first) {
    uint32_t n = 0;
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const gradient *x = ir_var(p->g, v)->kind == VAR_GRADIENT ? NULL : derivation_find(p->d, v);
        if (!x || !is_listed(p, x) || x->scale != scale) continue;
        if (n == 0) *first = v;
        if (n < 2) buf_printf(out, "%s%s", n ? ", " : "", ir_var_name(p->g, x->grad));
        n++;
    }
    if (n > 1) buf_puts(out, ", ..");
    return n;
}

/* "Z" for Z1, Z2, ..: the letters before the number. */
static void put_letter(const page *p, var_id v, buf *out) {
    const char *name = ir_var_name(p->g, v);
    size_t      len = strcspn(name, "0123456789");
    buf_put(out, name, len ? len : strlen(name));
}

static void put_cost(const page *p, buf *out) {
    const stmt *s = program_find(&p->d->forward, p->d->m->cost);
    buf     b;
    buf_init(&b, out->mem);
    if (s) put_equation(p, s, &b);
    if (s && b.text && b.len <= 40) buf_puts(out, b.text);
    else buf_puts(out, ir_var_name(p->g, p->d->m->cost));
    drop(&b, p->out);
}

static void head_course(const page *p) {
    const model *m = p->d->m;
    const char  *examples = symbols_name(p->g->names, dim_name(m->examples));
    buf          data, cost, names;
    var_id       first = 0;
    buf_init(&data, p->out->mem);
    buf_init(&cost, p->out->mem);
    buf_init(&names, p->out->mem);
    buf_printf(p->out, " Course convention:\n");
    uint32_t n_data = put_names(p, SCALE_DATA, &names, &first);
    if (n_data) {
        buf_printf(&data, "#   %s : entry [%s] says how the loss of the examples changes with ", names.text, m->examples_are_columns ? "i,t" : "t,i");
        put_letter(p, first, &data);
        buf_printf(&data, "[%s]", m->examples_are_columns ? "i,t" : "t,i");
        names.len = 0;
    }
    if (put_names(p, SCALE_COST, &names, &first)) {
        buf_printf(&cost, "#   %s : how the cost ", names.text);
        put_cost(p, &cost);
        buf_puts(&cost, " changes with the parameter");
    }
    size_t width = data.len > cost.len ? data.len : cost.len;
    if (data.text) buf_printf(p->out, "%-*s   (no 1/%s)\n", (int)width, data.text, examples);
    if (cost.text) buf_printf(p->out, "%-*s   (1/%s is here)\n", (int)width, cost.text, examples);
    drop(&data, p->out);
    drop(&cost, p->out);
    drop(&names, p->out);
}

static void head_dj(const page *p) {
    const derivation *d = p->d;
    buf_printf(p->out, " Every dV is d%s/dV, where ", ir_var_name(p->g, d->m->cost));
    put_cost(p, p->out);
    buf_puts(p->out, "\n");
    if (d->why_dj) {
        if (d->m->examples) buf_printf(p->out, "#   (%s, so there is no convention without the 1/m)\n", d->why_dj);
        return;
    }
    const char *examples = symbols_name(p->g->names, dim_name(d->m->examples));
    buf_printf(p->out, "#   the 1/%s enters at the last layer and nowhere else; what depends on the examples is 1/%s times the\n", examples, examples);
    buf_puts(p->out, "#   course's convention, the gradients of parameters are the same in both\n");
}

/* The statement in which a mask stands; NULL if it does not lead to the cost. */
static const stmt *statement_with(const derivation *d, var_id mask) {
    const ir *g = &d->m->g;
    for (uint32_t i = 0; i < d->forward.list.n; i++) {
        const stmt *s = &d->forward.list.at[i];
        node_list   need = {{0}};
        if (ir_reach(g, g->a, &s->node, 1, &need) != DFOO_OK) return NULL;
        if (need.list.n && need.list.at[node_list_place(&need, ir_var(g, mask)->leaf)] == ir_var(g, mask)->leaf) return s;
    }
    return NULL;
}

/* "a mask was named: M1 in D1 = dropout(A1, 0.8), ..", for each that leads to the cost. */
static void put_masks(const page *p) {
    bool said = false;
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const variable *x = ir_var(p->g, v);
        const stmt     *s = x->kind == VAR_MASK ? statement_with(p->d, v) : NULL;
        if (!s) continue;
        buf_printf(p->out, "#   a mask was named: %s in ", ir_var_name(p->g, v));
        put_equation(p, s, p->out);
        buf_puts(p->out, ", 0 or 1/");
        if (x->of) buf_puts(p->out, ir_var_name(p->g, x->of));
        else buf_number(p->out, x->value);
        buf_puts(p->out, said ? " likewise\n" : " in each entry,\n#     new for each step of training, 1 everywhere when predicting\n");
        said = true;
    }
}

static void put_head(const page *p) {
    const model *m = p->d->m;
    buf_printf(p->out, "# %s: ", m->src.name);
    if (m->examples)
        buf_printf(p->out, "examples are %s, %s of them.", m->examples_are_columns ? "columns" : "rows", symbols_name(p->g->names, dim_name(m->examples)));
    else
        buf_puts(p->out, "one example.");
    if (p->d->used == CONVENTION_COURSE) head_course(p);
    else head_dj(p);
    if (p->d->examples_interact)
        buf_puts(p->out, "#   examples affect each other here: an entry counts its effect on the loss of all of them\n");
    put_masks(p);
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (!ir_var(p->g, v)->given_name) continue;
        const stmt *s = program_find(&p->d->forward, v);
        if (!s) continue;
        buf_puts(p->out, "#   a name was given: ");
        put_equation(p, s, p->out);
        buf_puts(p->out, "\n");
    }
}

/* --------------------------------------------------------------- equations */

enum { COMMENT_COLUMN = 52 };

static void put_line(const page *p, const gradient *v) {
    buf line;
    buf_init(&line, p->out->mem);
    buf_printf(&line, "%s = ", ir_var_name(p->g, v->grad));
    print_node(p->g, v->whole, &line);
    size_t width = line.len + 2 > COMMENT_COLUMN ? line.len + 2 : COMMENT_COLUMN;
    if (line.text) buf_printf(p->out, "%-*s# ", (int)width, line.text);
    print_shape(p->g, ir_var(p->g, v->var)->sh, p->out);
    buf_puts(p->out, "\n");
    drop(&line, p->out);
}

static void put_unreached(const page *p) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (ir_var(p->g, v)->kind != VAR_PARAM || derivation_find(p->d, v) || (p->only && !p->only[v])) continue;
        buf_printf(p->out, "# %s: the cost does not depend on it, its gradient is zero\n", ir_var_name(p->g, v));
    }
}

/* ------------------------------------------------------------------- steps */

static bool is_trivial(const page *p, const gradient *v) {
    const node *x = v->whole ? ir_node(p->g, v->whole) : NULL;
    return !x || x->op == OP_NUMBER || x->op == OP_ONES || (x->op == OP_MUL && ir_node(p->g, x->arg[1])->op == OP_ONES);
}

/* How long it is written, in words and signs: how long the names are does not count. */
static size_t expression_length(const page *p, node_id n) {
    buf    b;
    size_t len = 0;
    buf_init(&b, p->out->mem);
    print_node(p->g, n, &b);
    for (size_t i = 0; i < b.len; i++) {
        bool word = isalnum((unsigned char)b.text[i]) != 0;
        len += b.text[i] != ' ' && !(word && i && isalnum((unsigned char)b.text[i - 1]));
    }
    drop(&b, p->out);
    return len;
}

/* dZ2 = dA2 * A2 * (1 - A2) = A2 - Y */
static void put_step(const page *p, const gradient *v, buf *out) {
    buf_puts(out, ir_var_name(p->g, v->grad));
    if (ir_var(p->g, v->var)->kind == VAR_PARAM) return;
    buf_puts(out, " = ");
    print_node(p->g, v->local, out);
    if (!v->shown || v->whole == v->local || expression_length(p, v->whole) >= expression_length(p, v->local)) return;
    buf_puts(out, " = ");
    print_node(p->g, v->whole, out);
}

/* Is this the gradient of what a product took in, the exercises' dA_prev? */
static bool is_dA_prev(const page *p, const gradient *v, const stmt *s) {
    return ir_var(p->g, v->var)->kind == VAR_DEFINED && ir_node(p->g, s->node)->op == OP_ADD && v->local &&
           ir_node(p->g, v->local)->op == OP_MATMUL;
}

/* Does this gradient stand in the group of statement number i? A group lists its own
 * variable's gradient first if the statement that it came from has no group. */
static bool in_group(const page *p, const gradient *v, uint32_t i, const gradient *own) {
    if (ir_var(p->g, v->var)->kind == VAR_INPUT || v->given) return false;
    if (v == own) {
        const gradient *from = v->stmt < p->d->forward.list.n ? derivation_find(p->d, p->d->forward.list.at[v->stmt].var) : NULL;
        return from && (from == own || is_trivial(p, from));
    }
    return v->stmt == i && !is_trivial(p, v);
}

/* The statement through which a gradient came; for a definition, the one that used it last. */
static void put_group(const page *p, uint32_t i, size_t width, bool *said_prev, buf *substituted, uint32_t *n_substituted) {
    const stmt     *s = &p->d->forward.list.at[i];
    const gradient *own = derivation_find(p->d, s->var);
    buf             line;
    uint32_t        n = 0;
    bool            names_only = true;
    const char     *note = "";
    if (!own || is_trivial(p, own)) return;
    buf_init(&line, p->out->mem);
    buf_puts(&line, "from ");
    put_equation(p, s, &line);
    if (line.len < width) buf_repeat(&line, ' ', width - line.len);
    size_t head = line.len;
    for (int pass = 0; pass < 3; pass++) { /* its own, then parameters, then what stands further up */
        for (uint32_t k = 0; k < p->d->list.n; k++) {
            const gradient *v = &p->d->list.at[k];
            int             turn = v == own ? 0 : ir_var(p->g, v->var)->kind == VAR_PARAM ? 1 : 2;
            if (turn != pass || !in_group(p, v, i, own)) continue;
            bool by_name = turn == 1;
            if (n) buf_puts(&line, !by_name && names_only && turn == 2 ? ", and " : names_only ? ", " : ",  ");
            put_step(p, v, &line);
            names_only = names_only && by_name;
            n++;
            if (turn == 2 && is_dA_prev(p, v, s) && !*said_prev) note = "          (the programming exercise's dA_prev)";
            if (!by_name && !v->shown) buf_printf(substituted, "%s%s", (*n_substituted)++ ? " and " : "", ir_var_name(p->g, v->grad));
        }
    }
    if (note[0]) *said_prev = true;
    if (n) buf_printf(p->out, "%s%s\n", line.text ? line.text : "", note);
    (void)head;
    drop(&line, p->out);
}

static const char *number_word(uint32_t n) {
    static const char *const words[] = {"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"};
    return n < sizeof words / sizeof *words ? words[n] : NULL;
}

static void put_steps(const page *p) {
    size_t   width = 0;
    uint32_t n_lines = 0, n_substituted = 0;
    bool     said_prev = false;
    buf      substituted;
    buf_init(&substituted, p->out->mem);
    for (uint32_t i = 0; i < p->d->forward.list.n; i++) {
        const gradient *own = derivation_find(p->d, p->d->forward.list.at[i].var);
        buf             b;
        buf_init(&b, p->out->mem);
        put_equation(p, &p->d->forward.list.at[i], &b);
        if (own && !is_trivial(p, own) && b.len + 9 > width && b.len < 60) width = b.len + 9;
        drop(&b, p->out);
    }
    buf_puts(p->out, "\n");
    for (uint32_t i = p->d->forward.list.n; i-- > 0;) put_group(p, i, width, &said_prev, &substituted, &n_substituted);
    for (uint32_t i = 0; i < p->d->list.n; i++) n_lines += is_listed(p, &p->d->list.at[i]);
    if (n_substituted) {
        if (n_lines == 1) buf_puts(p->out, "the one equation is these with ");
        else if (number_word(n_lines)) buf_printf(p->out, "the %s equations are these with ", number_word(n_lines));
        else buf_printf(p->out, "the %u equations are these with ", n_lines);
        buf_printf(p->out, "%s substituted away\n", substituted.text);
    }
    drop(&substituted, p->out);
}

dfoo_status derive_page(const derivation *d, const bool *only, bool steps, buf *out) {
    page p = {.d = d, .g = &d->m->g, .only = only, .out = out};
    put_head(&p);
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_listed(&p, &d->list.at[i])) put_line(&p, &d->list.at[i]);
    put_unreached(&p);
    if (!only) DFOO_TRY(derive_layers(d, d->m->g.a, out));
    if (steps) put_steps(&p);
    return buf_status(out);
}

dfoo_status derive_head(const derivation *d, const bool *only, buf *out) {
    page p = {.d = d, .g = &d->m->g, .only = only, .out = out};
    put_head(&p);
    return buf_status(out);
}

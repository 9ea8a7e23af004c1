/* What `derive` prints: the head, the equations with their shapes, and with --steps all
 * gradients grouped by the equation they come from. */
#include <assert.h>
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

/* The cost's equation, if it is short; false: nothing. */
static bool put_short_cost(const page *p, const char *before, buf *out) {
    const stmt *s = program_find(&p->d->forward, p->d->m->cost);
    buf         b;
    buf_init(&b, out->mem);
    if (s) put_equation(p, s, &b);
    bool is_short = s && b.text && b.len <= 40;
    if (is_short) buf_printf(out, "%s%s", before, b.text);
    buf_close(&b, p->out);
    return is_short;
}

static void put_cost(const page *p, buf *out) {
    if (!put_short_cost(p, "", out)) buf_puts(out, ir_var_name(p->g, p->d->m->cost));
}

/* "dZ1, dZ2, .. : entry [i,t] says how the loss of the examples changes with Z[i,t]"; nothing where there are
 * none. */
static void put_data_line(const page *p, buf *out) {
    const char *at = p->d->m->examples_are_columns ? "i,t" : "t,i";
    buf         names;
    var_id      first = 0;
    buf_init(&names, out->mem);
    if (put_names(p, SCALE_DATA, &names, &first)) {
        buf_printf(out, "#   %s : entry [%s] says how the loss of the examples changes with ", names.text,
                   at);
        put_letter(p, first, out);
        buf_printf(out, "[%s]", at);
    }
    buf_close(&names, p->out);
}

/* "dW1, db1, .. : how the cost J = .. changes with the parameter" */
static void put_cost_line(const page *p, buf *out) {
    buf    names;
    var_id first;
    buf_init(&names, out->mem);
    if (put_names(p, SCALE_COST, &names, &first)) {
        buf_printf(out, "#   %s : how the cost ", names.text);
        put_cost(p, out);
        buf_puts(out, " changes with the parameter");
    }
    buf_close(&names, p->out);
}

static void head_course(const page *p) {
    const char *m = symbols_name(p->g->names, dim_name(p->d->m->examples));
    buf         data, cost;
    buf_init(&data, p->out->mem);
    buf_init(&cost, p->out->mem);
    buf_puts(p->out, " Course convention:\n");
    put_data_line(p, &data);
    put_cost_line(p, &cost);
    int width = (int)(data.len > cost.len ? data.len : cost.len);
    if (data.text) buf_printf(p->out, "%-*s   (no 1/%s)\n", width, data.text, m);
    if (cost.text) buf_printf(p->out, "%-*s   (1/%s is here)\n", width, cost.text, m);
    buf_close(&data, p->out);
    buf_close(&cost, p->out);
}

static void head_dj(const page *p) {
    const derivation *d = p->d;
    const char       *m = d->m->examples ? symbols_name(p->g->names, dim_name(d->m->examples)) : NULL;
    buf_printf(p->out, " Every dV is d%s/dV", ir_var_name(p->g, d->m->cost));
    put_short_cost(p, ", where ", p->out);
    buf_puts(p->out, "\n");
    if (d->why_dj && m)
        buf_printf(p->out, "#   (%s, so there is no convention without the 1/m)\n", d->why_dj);
    if (d->why_dj) return;
    assert(m);
    buf_printf(p->out,
               "#   the 1/%s enters at the last layer and nowhere else; what depends on the examples is 1/%s "
               "times the\n"
               "#   course's convention, the gradients of parameters are the same in both\n",
               m, m);
}

/* The statement in which a mask stands; NULL if it does not lead to the cost. */
static const stmt *statement_with(const derivation *d, var_id mask) {
    const ir *g = &d->m->g;
    for (uint32_t i = 0; i < d->forward.list.n; i++) {
        const stmt *s = &d->forward.list.at[i];
        node_list   need = {{0}};
        if (ir_reach(g, g->a, &s->node, 1, &need) != DFOO_OK) return NULL;
        if (need.list.n &&
            need.list.at[node_list_place(&need, ir_var(g, mask)->leaf)] == ir_var(g, mask)->leaf)
            return s;
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
        buf_puts(
            p->out,
            said ? " likewise\n"
                 : " in each entry,\n#     new for each step of training, 1 everywhere when predicting\n");
        said = true;
    }
}

/* What the gradient of a symmetric matrix is, where one is shown. */
static void put_symmetric(const page *p) {
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const gradient *v = &p->d->list.at[i];
        if (!v->symmetric || !is_listed(p, v)) continue;
        const char *s = ir_var_name(p->g, v->var);
        buf_printf(p->out,
                   "#   %s is symmetric, and so is d%s: entry [i,j] says what changes with half of %s[i,j] "
                   "and half of %s[j,i]\n",
                   s, s, s, s);
    }
}

static void put_head(const page *p) {
    const model *m = p->d->m;
    if (derivation_is_jacobian(p->d)) {
        derive_jacobian_head(p->d, p->out);
        return;
    }
    buf_printf(p->out, "# %s: ", m->src.name);
    model_put_examples(m, p->out);
    buf_puts(p->out, ".");
    if (p->d->used == CONVENTION_COURSE) head_course(p);
    else head_dj(p);
    if (p->d->examples_interact)
        buf_puts(
            p->out,
            "#   examples affect each other here: an entry counts its effect on the loss of all of them\n");
    if (derivation_is_second(p->d)) derive_second_head(p->d, p->out);
    print_row_and_column(m, p->out);
    put_symmetric(p);
    put_masks(p);
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const stmt *s = ir_var(p->g, v)->given_name ? program_find(&p->d->forward, v) : NULL;
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
    print_shape(p->g, ir_var(p->g, v->grad)->sh, p->out);
    buf_puts(p->out, "\n");
    buf_close(&line, p->out);
}

static void put_unreached(const page *p) {
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (ir_var(p->g, v)->kind != VAR_PARAM || derivation_find(p->d, v) || (p->only && !p->only[v]))
            continue;
        buf_printf(p->out, "# %s: the cost does not depend on it, its gradient is zero\n",
                   ir_var_name(p->g, v));
    }
}

/* ------------------------------------------------------------------- steps */

static bool is_trivial(const page *p, const gradient *v) {
    const node *x = v->whole ? ir_node(p->g, v->whole) : NULL;
    return !x || x->op == OP_NUMBER || x->op == OP_ONES ||
           (x->op == OP_MUL && ir_node(p->g, x->arg[1])->op == OP_ONES);
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
    buf_close(&b, p->out);
    return len;
}

/* dZ2 = dA2 * A2 * (1 - A2) = A2 - Y */
static void put_step(const page *p, const gradient *v, buf *out) {
    buf_puts(out, ir_var_name(p->g, v->grad));
    if (ir_var(p->g, v->var)->kind == VAR_PARAM) return;
    buf_puts(out, " = ");
    print_node(p->g, v->local, out);
    if (!v->shown || v->whole == v->local || expression_length(p, v->whole) >= expression_length(p, v->local))
        return;
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
        const gradient *from =
            v->stmt < p->d->forward.list.n ? derivation_find(p->d, p->d->forward.list.at[v->stmt].var) : NULL;
        return from && (from == own || is_trivial(p, from));
    }
    return v->stmt == i && !is_trivial(p, v);
}

/* What the groups have in common. */
typedef struct steps {
    const page *p;
    size_t      width;       /* of the equations in front */
    bool        said_prev;   /* the exercises' dA_prev was named */
    buf         substituted; /* the gradients that `derive` does not show */
    uint32_t    n_substituted;
} steps;

/* The gradients that come from one equation, as a line. */
typedef struct group {
    uint32_t        number; /* of the statement */
    const gradient *own;    /* of its variable */
    buf             line;
    uint32_t        n;
    bool            names_only, prev;
} group;

enum { OWN, PARAMETER, FURTHER_UP, N_TURNS };

static int turn_of(const page *p, const gradient *v, const gradient *own) {
    return v == own ? OWN : ir_var(p->g, v->var)->kind == VAR_PARAM ? PARAMETER : FURTHER_UP;
}

static void add_to_group(steps *w, group *x, const gradient *v, int turn) {
    const page *p = w->p;
    if (x->n++) buf_puts(&x->line, !x->names_only ? ",  " : turn == FURTHER_UP ? ", and " : ", ");
    put_step(p, v, &x->line);
    x->names_only = x->names_only && turn == PARAMETER;
    x->prev = x->prev || (turn == FURTHER_UP && is_dA_prev(p, v, &p->d->forward.list.at[x->number]));
    if (turn != PARAMETER && !v->shown)
        buf_printf(&w->substituted, "%s%s", w->n_substituted++ ? " and " : "", ir_var_name(p->g, v->grad));
}

/* Does an equation have a group? */
static bool has_group(const page *p, const gradient *own) {
    return own && !is_trivial(p, own);
}

static void put_group(steps *w, uint32_t number) {
    const page *p = w->p;
    const stmt *s = &p->d->forward.list.at[number];
    group       x = {.number = number, .own = derivation_find(p->d, s->var), .names_only = true};
    if (!has_group(p, x.own)) return;
    buf_init(&x.line, p->out->mem);
    buf_puts(&x.line, "from ");
    put_equation(p, s, &x.line);
    if (x.line.len < w->width) buf_repeat(&x.line, ' ', w->width - x.line.len);
    for (int turn = OWN; turn < N_TURNS; turn++)
        for (uint32_t k = 0; k < p->d->list.n; k++) {
            const gradient *v = &p->d->list.at[k];
            if (turn_of(p, v, x.own) == turn && in_group(p, v, number, x.own)) add_to_group(w, &x, v, turn);
        }
    const char *note = x.prev && !w->said_prev ? "          (the programming exercise's dA_prev)" : "";
    w->said_prev = w->said_prev || x.prev;
    if (x.n) buf_printf(p->out, "%s%s\n", x.line.text ? x.line.text : "", note);
    buf_close(&x.line, p->out);
}

/* How wide the equations in front of the groups are, but for very long ones. */
static size_t width_of_groups(const page *p) {
    size_t width = 0;
    for (uint32_t i = 0; i < p->d->forward.list.n; i++) {
        const stmt *s = &p->d->forward.list.at[i];
        buf         b;
        buf_init(&b, p->out->mem);
        put_equation(p, s, &b);
        if (has_group(p, derivation_find(p->d, s->var)) && b.len + 9 > width && b.len < 60) width = b.len + 9;
        buf_close(&b, p->out);
    }
    return width;
}

/* "the six equations are these with dA2 and dA1 substituted away" */
static void put_substituted(const steps *w) {
    static const char *const words[] = {"zero",  "one",   "two",  "three", "four",   "five",  "six",
                                        "seven", "eight", "nine", "ten",   "eleven", "twelve"};
    const page *p = w->p;
    uint32_t    n = 0;
    for (uint32_t i = 0; i < p->d->list.n; i++) n += is_listed(p, &p->d->list.at[i]);
    if (!n) return; /* where nothing is listed there is nothing to compare */
    if (n == 1) buf_puts(p->out, "the one equation is made of");
    else if (n < sizeof words / sizeof *words) buf_printf(p->out, "the %s equations are", words[n]);
    else buf_printf(p->out, "the %u equations are", n);
    buf_printf(p->out, " these with %s substituted away\n", w->substituted.text);
}

static void put_steps(const page *p) {
    steps w = {.p = p, .width = width_of_groups(p)};
    buf_init(&w.substituted, p->out->mem);
    buf_puts(p->out, "\n");
    for (uint32_t i = p->d->forward.list.n; i-- > 0;) put_group(&w, i);
    if (w.n_substituted) put_substituted(&w);
    buf_close(&w.substituted, p->out);
}

dfoo_status derive_page(const derivation *d, const bool *only, bool steps, buf *out) {
    page p = {.d = d, .g = &d->m->g, .only = only, .out = out};
    put_head(&p);
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_listed(&p, &d->list.at[i])) put_line(&p, &d->list.at[i]);
    if (derivation_is_jacobian(d)) return buf_status(out);
    put_unreached(&p);
    if (!only && !derivation_is_second(d)) DFOO_TRY(derive_layers(d, d->m->g.a, out));
    if (steps) put_steps(&p);
    return buf_status(out);
}

dfoo_status derive_head(const derivation *d, const bool *only, buf *out) {
    page p = {.d = d, .g = &d->m->g, .only = only, .out = out};
    put_head(&p);
    return buf_status(out);
}

/* The general line: what the layers of a deep network have in common.
 *
 * Names that end in a number are written relative to the line's own: in dZ2 = W3.T @ dZ3 * ..
 * W3 is W[l+1]. Lines that are the same then are one line for all these layers; an
 * activation's derivative is written g[l]', with what each g[l] is. */
#include <stdlib.h>
#include <string.h>

#include "teach/derive/derive.h"

typedef struct layer_line {
    const gradient *v;
    unsigned        number;   /* 2 of dZ2 */
    const char     *text;     /* dZ[l] = .. */
    sym             key;      /* the text as a number: lines that are alike have the same */
    op_id           function; /* the activation whose derivative was written g[l]', or OP_NONE */
} layer_line;

typedef struct pages {
    const derivation *d;
    const ir         *g;
    arena            *a;
    VEC(layer_line) lines;
    uint32_t *count; /* by key: how many lines are alike; 0 once they were written */
} pages;

/* The length of a name without its number, 0 if it has none. */
static size_t stem(const char *name) {
    size_t len = strcspn(name, "0123456789");
    bool   ends = name[len] && name[len + strspn(name + len, "0123456789")] == 0;
    return ends ? len : 0;
}

/* Z[l+1] for Z3 in a line of layer 2; the name as it is where it has no number. */
static void put_name(buf *out, const char *name, unsigned layer) {
    size_t len = stem(name);
    if (!len) {
        buf_puts(out, name);
        return;
    }
    long off = strtol(name + len, NULL, 10) - (long)layer;
    buf_printf(out, "%.*s[l", (int)len, name);
    if (off) buf_printf(out, "%+ld", off);
    buf_puts(out, "]");
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/* A printed expression with all names relative to a layer; `first` stands for A0. */
static void put_relative(buf *out, const char *text, unsigned layer, const char *first) {
    while (*text) {
        size_t len = 0;
        while (is_letter(text[len]) || (len && text[len] >= '0' && text[len] <= '9')) len++;
        char name[64];
        if (!len || len >= sizeof name) {
            size_t more = len ? len : 1;
            buf_put(out, text, more);
            text += more;
            continue;
        }
        memcpy(name, text, len);
        name[len] = 0;
        if (first && strcmp(name, first) == 0 && layer == 1) buf_puts(out, "A[l-1]");
        else put_name(out, name, layer);
        text += len;
    }
}

static const char *printed(pages *p, node_id n) {
    buf b;
    buf_init(&b, p->a->mem);
    print_node(p->g, n, &b);
    return buf_keep(&b, p->a);
}

/* The activation that V goes through next, if it is one function of V and nothing else. */
static op_id activation(const pages *p, var_id v) {
    for (uint32_t i = 0; i < p->d->forward.list.n; i++) {
        const node *x = ir_node(p->g, p->d->forward.list.at[i].node);
        if (op_elementwise((op_id)x->op) && op_table[x->op].arity == 1 && x->op != OP_NEG &&
            x->arg[0] == ir_var(p->g, v)->leaf)
            return (op_id)x->op;
    }
    return OP_NONE;
}

/* The input, which plays the part of A0. */
static const char *input_name(const pages *p) {
    for (var_id v = 1; v < p->g->vars.n; v++)
        if (ir_var(p->g, v)->kind == VAR_INPUT) return ir_var_name(p->g, v);
    return NULL;
}

static unsigned number_of(const char *name) {
    size_t len = stem(name);
    return len ? (unsigned)strtoul(name + len, NULL, 10) : 0;
}

/* The line of a gradient as that of layer `layer`. */
static void add_line(pages *p, const gradient *v, node_id formula, unsigned layer) {
    const char *name = ir_var_name(p->g, v->var);
    layer_line  l = {.v = v, .number = layer};
    const node *x = ir_node(p->g, formula);
    buf         b;
    if (!l.number || l.number > 100000) return;
    buf_init(&b, p->a->mem);
    buf_puts(&b, "d");
    put_name(&b, name, l.number);
    buf_puts(&b, " = ");
    bool factor = x->op == OP_MUL && ir_node(p->g, x->arg[0])->op == OP_MATMUL && activation(p, v->var);
    put_relative(&b, printed(p, factor ? x->arg[0] : formula), l.number, input_name(p));
    if (factor) {
        l.function = activation(p, v->var);
        buf_puts(&b, " * g[l]'(");
        put_name(&b, name, l.number);
        buf_puts(&b, ")");
    }
    l.text = buf_keep(&b, p->a);
    l.key = symbols_add(p->g->names, l.text, strlen(l.text));
    vec_push(p->a, &p->lines, l);
}

static bool count_alike(pages *p) {
    p->count = arena_new(p->a, p->g->names->names.n * sizeof *p->count);
    for (uint32_t i = 0; p->count && i < p->lines.n; i++) p->count[p->lines.at[i].key]++;
    return p->count != NULL;
}

/* "g[1] = g[2] = relu, g[3] = tanh" for the layers of one line, sources first. */
static void put_functions(const pages *p, uint32_t i, buf *out) {
    for (int op = 1; op < OP_COUNT; op++) {
        uint32_t n = 0;
        for (uint32_t k = p->lines.n; k-- > 0;) {
            const layer_line *l = &p->lines.at[k];
            if (l->function != (op_id)op || l->key != p->lines.at[i].key) continue;
            if (n++ < 4) buf_printf(out, "%sg[%u]", n == 1 ? (out->len ? ", " : "") : " = ", l->number);
        }
        if (n > 4) buf_puts(out, " = ..");
        if (n) buf_printf(out, " = %s", op_table[op].name);
    }
}

static void put_one(const pages *p, uint32_t i, buf *out) {
    uint32_t n = 0;
    unsigned least = UINT32_MAX, most = 0;
    buf      functions;
    for (uint32_t k = i; k < p->lines.n; k++) {
        if (p->lines.at[k].key != p->lines.at[i].key) continue;
        if (p->lines.at[k].number < least) least = p->lines.at[k].number;
        if (p->lines.at[k].number > most) most = p->lines.at[k].number;
        n++;
    }
    if (n < 2) return;
    buf_init(&functions, out->mem);
    put_functions(p, i, &functions);
    size_t start = out->len;
    buf_printf(out, "#   %s", p->lines.at[i].text);
    size_t used = out->len - start;
    buf_repeat(out, ' ', used < 51 ? 52 - used : 2);
    if (most - least + 1 == n) buf_printf(out, "l = %u .. %u", least, most);
    else buf_printf(out, "for %u layers", n);
    if (functions.len) buf_printf(out, ", %s", functions.text);
    buf_puts(out, "\n");
    buf_close(&functions, out);
}

dfoo_status derive_layers(const derivation *d, arena *a, buf *out) {
    pages    p = {.d = d, .g = &d->m->g, .a = a};
    uint32_t hidden = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        if (v->shown && !v->given && v->whole)
            add_line(&p, v, v->whole, number_of(ir_var_name(p.g, v->var)));
    }
    /* One line for at least two hidden layers, or there is nothing general to say. */
    if (!count_alike(&p)) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p.lines.n; i++)
        hidden += p.lines.at[i].function && p.count[p.lines.at[i].key] > 1;
    if (!hidden) return arena_status(a);
    buf_printf(out, "# the layers are alike%s%s:\n", input_name(&p) ? "; A[0] is " : "",
               input_name(&p) ? input_name(&p) : "");
    for (uint32_t i = 0; i < p.lines.n; i++) {
        if (p.count[p.lines.at[i].key] > 1) put_one(&p, i, out);
        p.count[p.lines.at[i].key] = 0;
    }
    DFOO_TRY(arena_status(a));
    return buf_status(out);
}

/* ------------------------------------------------- a line of all layers by its name */

/* dA[l-1]: the letters before the layer, and what is added to l; or the last layer. */
typedef struct layer_name {
    const char *text;
    size_t      len;
    int         off;
    bool        last;
} layer_name;

/* The layer at the end of a name, in brackets or not: [l], [l-1], [L], _prev, L. */
static bool read_layer(const char *name, layer_name *out) {
    static const struct {
        const char *end;
        int         off;
        bool        last;
    } ends[] = {{"[l]", 0, false},  {"[l-1]", -1, false}, {"[l+1]", 1, false}, {"[L]", 0, true},
                {"_prev", -1, false}, {"_L", 0, true},     {"_l", 0, false},    {"L", 0, true}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        size_t len = strlen(name), end = strlen(ends[i].end);
        if (len <= end || strcmp(name + len - end, ends[i].end) != 0) continue;
        *out = (layer_name){name, len - end, ends[i].off, ends[i].last};
        return true;
    }
    return false;
}

/* Is the variable, or its gradient, what stands before the layer? */
static bool is_stem(const layer_name *n, const char *name) {
    size_t len = stem(name);
    bool   same = len == n->len && strncmp(name, n->text, len) == 0;
    return len && (same || (len + 1 == n->len && n->text[0] == 'd' && strncmp(name, n->text + 1, len) == 0));
}

/* The gradients of a name's variables, each as a line of its layer. */
static void list_layers(pages *p, const layer_name *n) {
    for (uint32_t i = p->d->list.n; i-- > 0;) {
        const gradient *v = &p->d->list.at[i];
        const char     *name = ir_var_name(p->g, v->var);
        node_id         formula = v->shown ? v->whole : v->local;
        bool input = ir_var(p->g, v->var)->kind == VAR_INPUT;
        if (v->given || !formula || input || !is_stem(n, name)) continue;
        long layer = (long)number_of(name) - n->off;
        if (layer > 0) add_line(p, v, formula, (unsigned)layer);
    }
}

dfoo_status derive_layer(const derivation *d, arena *a, const char *name, layers *out) {
    pages      p = {.d = d, .g = &d->m->g, .a = a};
    layer_name n;
    uint32_t   best = 0;
    *out = (layers){0};
    if (!read_layer(name, &n)) return DFOO_OK;
    list_layers(&p, &n);
    if (!p.lines.n) return arena_status(a);
    if (!count_alike(&p)) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p.lines.n; i++) {
        bool more = p.count[p.lines.at[i].key] > p.count[p.lines.at[best].key];
        if (n.last ? p.lines.at[i].number > p.lines.at[best].number : more) best = i;
    }
    out->told = p.lines.at[best].v->var;
    if (n.last) return arena_status(a);
    out->line = p.lines.at[best].text;
    for (uint32_t i = 0; i < p.lines.n; i++) {
        if (p.lines.at[i].key != p.lines.at[best].key) continue;
        vec_push(a, &out->list, (layer){p.lines.at[i].v->var, p.lines.at[i].number, p.lines.at[i].function});
    }
    return arena_status(a);
}

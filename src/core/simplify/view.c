/* Nodes -> lists of factors or terms, and back. */
#include "core/simplify/view.h"

#include <assert.h>
#include <math.h>

enum { MOST_POWER = 4, MOST_ALIASES = 8 };

node_id formula_of(const ir *g, formulas f, node_id n) {
    for (int i = 0; i < MOST_ALIASES; i++) {
        const node *x = ir_node(g, n);
        if (x->op != OP_VAR || x->ref >= f.n || !f.of[x->ref]) break;
        n = f.of[x->ref];
    }
    return n;
}

/* The small whole exponent of a power, or 0. */
static int whole_power(const ir *g, const node *x) {
    double k;
    if (x->op != OP_POW) return 0;
    const node *e = ir_node(g, x->arg[1]);
    bool        negative = e->op == OP_NEG;
    if (!ir_is_number(g, negative ? e->arg[0] : x->arg[1], &k) || k < 1 || k > MOST_POWER || k != (int)k)
        return 0;
    return negative ? -(int)k : (int)k;
}

bool view_is_product(const ir *g, node_id n) {
    const node *x = ir_node(g, n);
    return x->op == OP_MUL || x->op == OP_DIV || x->op == OP_NEG || whole_power(g, x);
}

bool view_is_sum(const ir *g, node_id n) {
    uint8_t op = ir_node(g, n)->op;
    return op == OP_ADD || op == OP_SUB;
}

typedef struct pending {
    view_item at[2 * VIEW_MOST];
    uint32_t  n;
} pending;

static void push(view *v, pending *p, node_id n, bool minus, uint8_t from) {
    if (p->n == 2 * VIEW_MOST) v->ok = false;
    else p->at[p->n++] = (view_item){.n = n, .minus = minus, .from = from};
}

static void push_name(const ir *g, formulas f, view *v, pending *p, view_item x) {
    assert(x.from <= v->n_names && (x.from || v->n_names < VIEW_NAMES));
    uint8_t from = x.from;
    if (!from) {
        v->names[v->n_names++] = (view_name){.name = x.n, .minus = x.minus};
        from = (uint8_t)v->n_names;
    }
    push(v, p, formula_of(g, f, x.n), x.minus, from);
}

static void flip(view *v, uint8_t from) {
    v->negative = !v->negative;
    if (from) v->names[from - 1].negative = !v->names[from - 1].negative;
}

static void open_factor(const ir *g, view *v, pending *p, view_item x) {
    assert(view_is_product(g, x.n));
    const node *n = ir_node(g, x.n);
    int         power = whole_power(g, n);
    if (n->op == OP_NEG) flip(v, x.from);
    if (n->op == OP_MUL || n->op == OP_DIV) push(v, p, n->arg[1], x.minus != (n->op == OP_DIV), x.from);
    if (!power) push(v, p, n->arg[0], x.minus, x.from);
    for (int i = power < 0 ? -power : power; i > 0; i--)
        push(v, p, n->arg[0], x.minus != (power < 0), x.from);
}

static void open_term(const ir *g, view *v, pending *p, view_item x) {
    assert(view_is_sum(g, x.n));
    const node *n = ir_node(g, x.n);
    push(v, p, n->arg[1], x.minus != (n->op == OP_SUB), x.from);
    push(v, p, n->arg[0], x.minus, x.from);
}

static bool is_one(const ir *g, node_id n) {
    double value;
    return ir_is_number(g, n, &value) && value == 1;
}

view view_of(const ir *g, formulas f, node_id root, bool product) {
    view    v = {.ok = true, .product = product};
    pending p = {.n = 0};
    push(&v, &p, root, false, 0);
    while (p.n && v.ok) {
        view_item x = p.at[--p.n];
        node_id   meant = formula_of(g, f, x.n);
        bool (*opens)(const ir *, node_id) = product ? view_is_product : view_is_sum;
        if (opens(g, x.n)) (product ? open_factor : open_term)(g, &v, &p, x);
        else if (meant != x.n && opens(g, meant) && v.n_names < VIEW_NAMES) push_name(g, f, &v, &p, x);
        else if (product && is_one(g, x.n)) continue;
        else if (v.n < VIEW_MOST) v.at[v.n++] = x;
        else v.ok = false;
    }
    return v;
}

/* ------------------------------------------------------------------ writing */

static bool name_is_used(const view *v, uint8_t from) {
    assert(from && from <= v->n_names);
    for (uint32_t i = 0; i < v->n; i++)
        if (v->at[i].from == from && v->at[i].used) return true;
    return false;
}

/* The items to be written, with names again where nothing of theirs was used. */
static uint32_t to_write(const view *v, node_id by, view_item *out, bool *negative) {
    bool     written[VIEW_NAMES] = {false};
    uint32_t n = 0;
    *negative = v->negative;
    for (uint32_t i = 0; i < v->n; i++) {
        view_item x = v->at[i];
        if (x.used) {
            // cppcheck-suppress unknownEvaluationOrder ; .n is not n
            if (by) out[n++] = (view_item){.n = by};
            by = 0;
        } else if (!x.from || name_is_used(v, x.from)) {
            out[n++] = x;
        } else if (!written[x.from - 1]) {
            const view_name *name = &v->names[x.from - 1];
            // cppcheck-suppress unknownEvaluationOrder ; .n is not n
            out[n++] = (view_item){.n = name->name, .minus = name->minus};
            if (name->negative) *negative = !*negative;
            written[x.from - 1] = true;
        }
    }
    return n;
}

/* Numbers, as in 2 * a / 2, become one where that is exact. */
static void fold_numbers(ir *g, view_item *at, uint32_t n) {
    uint32_t first = n;
    double   all = 1, value;
    for (uint32_t i = 0; i < n; i++) {
        if (!ir_is_number(g, at[i].n, &value) || value == 0) continue;
        all = at[i].minus ? all / value : all * value;
        if (first == n) first = i;
    }
    bool below = all < 1;
    all = below ? 1 / all : all;
    if (first == n || !(all < 1e6) || all * 64 != floor(all * 64)) return;
    for (uint32_t i = first; i < n; i++)
        if (ir_is_number(g, at[i].n, &value) && value != 0) at[i] = (view_item){.n = ir_number(g, 1)};
    at[first] = (view_item){.n = ir_number(g, all), .minus = below};
}

static bool is_number(const ir *g, node_id n) {
    return shape_is_scalar(ir_shape(g, n));
}

/* How often item i stands in a row, from there on. */
static uint32_t run_of(const view_item *at, uint32_t n, uint32_t i) {
    uint32_t run = 1;
    while (i + run < n && at[i + run].n == at[i].n && at[i + run].minus == at[i].minus) run++;
    return run;
}

static node_id times_power(ir *g, node_id product, bool below, node_id n, uint32_t power) {
    node_id x = power == 1 ? n : ir_op2(g, OP_POW, n, ir_number(g, power));
    if (!product && !below) return x;
    return ir_op2(g, below ? OP_DIV : OP_MUL, product ? product : ir_number(g, 1), x);
}

/* Numbers stand in front, as in 1/m * a / b, so that they are not divided by entry by entry. */
static node_id write_product(ir *g, view_item *at, uint32_t n, bool negative) {
    node_id out = 0;
    fold_numbers(g, at, n);
    for (int pass = 0; pass < 4; pass++) {
        bool matrix = pass > 1, below = pass % 2 == 1;
        for (uint32_t i = 0, run; i < n; i += run) {
            run = run_of(at, n, i);
            if (at[i].minus != below || is_number(g, at[i].n) == matrix || is_one(g, at[i].n)) continue;
            out = times_power(g, out, below, at[i].n, run);
            if (negative && !below) out = ir_op1(g, OP_NEG, out);
            negative = negative && below;
        }
    }
    if (!out) out = ir_number(g, 1);
    return negative ? ir_op1(g, OP_NEG, out) : out;
}

static node_id write_sum(ir *g, const view_item *at, uint32_t n) {
    node_id out = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (out) out = ir_op2(g, at[i].minus ? OP_SUB : OP_ADD, out, at[i].n);
        else out = at[i].minus ? view_negate(g, at[i].n) : at[i].n;
    }
    return out ? out : ir_number(g, 0);
}

node_id view_write(ir *g, const view *v, node_id by) {
    view_item at[VIEW_MOST + 1];
    bool      negative;
    uint32_t  n = to_write(v, by, at, &negative);
    return v->product ? write_product(g, at, n, negative) : write_sum(g, at, n);
}

node_id view_negate(ir *g, node_id n) {
    view v = view_of(g, (formulas){NULL, 0}, n, true);
    if (!v.ok || !v.negative) return ir_op1(g, OP_NEG, n);
    v.negative = false;
    return view_write(g, &v, 0);
}

bool view_equal(const ir *g, formulas f, node_id a, node_id b, bool negated) {
    if (a == b && !negated) return true;
    view x = view_of(g, f, a, true), y = view_of(g, f, b, true);
    if (!x.ok || !y.ok || x.n != y.n || (x.negative != y.negative) != negated) return false;
    for (uint32_t i = 0; i < x.n; i++) {
        uint32_t k = 0;
        while (k < y.n && (y.at[k].used || y.at[k].n != x.at[i].n || y.at[k].minus != x.at[i].minus)) k++;
        if (k == y.n) return false;
        y.at[k].used = true;
    }
    return true;
}

/* Pieces that meet: rows taken of rows, of what was put together, and zeros around parts that add up to a
 * whole.
 * A gate of an LSTM cell is some rows of one product, and its gradient these rows among zeros; four of them
 * add up
 * to one matrix, which a person writes as its parts below each other. */
#include "core/simplify/pieces.h"

#include "core/ir/dims.h"

static dim length_of(const ir *g, node_id n, uint8_t axis) {
    return shape_along(ir_shape(g, n), axis);
}

/* Do the names say that a is not larger than b? */
static bool is_at_most(const ir *g, dim a, dim b) {
    dim_sum rest = dim_sum_sub(dim_read(g->names, b), dim_read(g->names, a));
    return !rest.failed && dim_sum_at_least(&rest, 0);
}

/* ------------------------------------------------------------------- taken of */

/* Rows from `start` on of a, where a itself begins at `first`; 0: they are not all in it. */
static node_id taken_of_part(ir *g, const node *x, node_id a, dim first) {
    dim start, end, last, n = shape_along(x->sh, x->attr);
    if (!is_at_most(g, first, x->ref) || !dim_sub(g->names, x->ref, first, &start)) return 0;
    if (!dim_add(g->names, first, length_of(g, a, x->attr), &last) || !dim_add(g->names, x->ref, n, &end))
        return 0;
    return is_at_most(g, end, last) ? ir_slice(g, a, x->attr, start, n) : 0;
}

static node_id fold_slice(ir *g, node_id n) {
    node x = *ir_node(g, n), of = *ir_node(g, x.arg[0]);
    dim  start;
    if (of.op == OP_ONES) return ir_ones(g, x.sh);
    if ((of.op != OP_SLICE && of.op != OP_PAD && of.op != OP_CONCAT) || of.attr != x.attr) return 0;
    if (of.op == OP_PAD) return taken_of_part(g, &x, of.arg[0], of.ref);
    if (of.op == OP_SLICE)
        return dim_add(g->names, of.ref, x.ref, &start)
                   ? ir_slice(g, of.arg[0], x.attr, start, shape_along(x.sh, x.attr))
                   : 0;
    node_id first = taken_of_part(g, &x, of.arg[0], 0);
    return first ? first : taken_of_part(g, &x, of.arg[1], length_of(g, of.arg[0], x.attr));
}

static node_id fold_pad(ir *g, node_id n) {
    node x = *ir_node(g, n), of = *ir_node(g, x.arg[0]);
    dim  start;
    if (of.op != OP_PAD || of.attr != x.attr || !dim_add(g->names, of.ref, x.ref, &start)) return 0;
    return ir_pad(g, of.arg[0], x.attr, start, shape_along(x.sh, x.attr));
}

/* ------------------------------------------------------------- put together */

/* Below or beside each other; what b was put together of follows one by one. */
static node_id joined(ir *g, uint8_t axis, node_id a, node_id b) {
    node_id parts[16];
    int     n = 0;
    for (; n < 15 && ir_node(g, b)->op == OP_CONCAT && ir_node(g, b)->attr == axis; b = ir_node(g, b)->arg[0])
        parts[n++] = ir_node(g, b)->arg[1];
    a = ir_op(g, OP_CONCAT, axis, a, b, 0);
    while (n) a = ir_op(g, OP_CONCAT, axis, a, parts[--n], 0);
    return a;
}

/* Z[0:3, :] and Z[3:5, :] below each other are Z[0:5, :]. */
static node_id fold_concat(ir *g, node_id n) {
    node x = *ir_node(g, n), a = *ir_node(g, x.arg[0]), b = *ir_node(g, x.arg[1]);
    dim  end, all, na = shape_along(a.sh, x.attr), nb = shape_along(b.sh, x.attr);
    if (a.op != OP_SLICE || b.op != OP_SLICE || a.attr != x.attr || b.attr != x.attr || a.arg[0] != b.arg[0])
        return 0;
    if (!dim_add(g->names, a.ref, na, &end) || end != b.ref || !dim_add(g->names, na, nb, &all)) return 0;
    return ir_slice(g, a.arg[0], x.attr, a.ref, all);
}

/* One summand: x among zeros, or something else, `n`, as it is. */
typedef struct summand {
    node_id n, x;
    bool    negative;
    uint8_t axis;
    dim     start;
} summand;

enum { MOST_SUMMANDS = 16 };

typedef struct summands {
    summand  at[MOST_SUMMANDS];
    uint32_t n;
} summands;

/* A PAD, or a number times one. */
static summand summand_of(ir *g, node_id n, bool negative) {
    summand s = {.n = n, .negative = negative};
    node    x = *ir_node(g, n);
    node_id number = x.op == OP_MUL && shape_is_scalar(ir_shape(g, x.arg[0])) ? x.arg[0] : 0;
    if (number) x = *ir_node(g, x.arg[1]);
    if (x.op != OP_PAD) return s;
    s.x = number ? ir_op2(g, OP_MUL, number, x.arg[0]) : x.arg[0];
    s.axis = x.attr;
    s.start = x.ref;
    return s;
}

/* False: there are too many. */
static bool gather(ir *g, node_id root, summands *out) {
    struct {
        node_id n;
        bool    negative;
    } open[MOST_SUMMANDS];
    uint32_t n = 1;
    open[0].n = root;
    open[0].negative = false;
    out->n = 0;
    while (n--) {
        node_id at = open[n].n;
        node    x = *ir_node(g, at);
        bool    negative = open[n].negative, sum = x.op == OP_ADD || x.op == OP_SUB;
        if (n + 2 > MOST_SUMMANDS || out->n == MOST_SUMMANDS) return false;
        if (!sum && x.op != OP_NEG) {
            out->at[out->n++] = summand_of(g, at, negative);
            continue;
        }
        if (sum) {
            open[n].n = x.arg[1];
            open[n++].negative = negative != (x.op == OP_SUB);
        }
        open[n].n = x.arg[0];
        open[n++].negative = negative != (x.op == OP_NEG);
    }
    return true;
}

/* -x; of what was put together, each part on its own. */
static node_id negated(ir *g, uint8_t axis, node_id x) {
    node_id parts[16];
    int     n = 0;
    for (; n < 15 && ir_node(g, x)->op == OP_CONCAT && ir_node(g, x)->attr == axis; x = ir_node(g, x)->arg[0])
        parts[n++] = ir_node(g, x)->arg[1];
    x = ir_node(g, x)->op == OP_NEG ? ir_node(g, x)->arg[0] : ir_op1(g, OP_NEG, x);
    while (n) {
        node_id part = parts[--n];
        part = ir_node(g, part)->op == OP_NEG ? ir_node(g, part)->arg[0] : ir_op1(g, OP_NEG, part);
        x = ir_op(g, OP_CONCAT, axis, x, part, 0);
    }
    return x;
}

static node_id signed_part(ir *g, const summand *s) {
    node x = *ir_node(g, s->x);
    bool minus = x.op == OP_NEG && ir_node(g, x.arg[0])->op == OP_CONCAT;
    if (minus) return s->negative ? x.arg[0] : negated(g, s->axis, x.arg[0]);
    return s->negative ? negated(g, s->axis, s->x) : s->x;
}

/* b directly behind a, as one; false: it is not there. */
static bool join_summands(ir *g, summand *a, const summand *b) {
    dim end;
    if (!a->x || !b->x || a->axis != b->axis) return false;
    if (!dim_add(g->names, a->start, length_of(g, a->x, a->axis), &end) || end != b->start) return false;
    node_id both = joined(g, a->axis, signed_part(g, a), signed_part(g, b));
    *a = (summand){.x = both, .axis = a->axis, .start = a->start};
    return both != 0;
}

static bool join_two(ir *g, summands *s) {
    for (uint32_t i = 0; i < s->n; i++)
        for (uint32_t k = 0; k < s->n; k++) {
            if (i == k || !join_summands(g, &s->at[i], &s->at[k])) continue;
            s->at[k] = s->at[--s->n];
            return true;
        }
    return false;
}

static node_id sum_of(ir *g, const summands *s, shape sh) {
    node_id out = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        const summand *one = &s->at[i];
        node_id n = one->n ? one->n : ir_pad(g, one->x, one->axis, one->start, shape_along(sh, one->axis));
        if (out) out = ir_op2(g, one->negative ? OP_SUB : OP_ADD, out, n);
        else out = one->negative ? ir_op1(g, OP_NEG, n) : n;
    }
    return out;
}

static bool is_pad(const ir *g, node_id n) {
    while (ir_node(g, n)->op == OP_NEG || ir_node(g, n)->op == OP_MUL)
        n = ir_node(g, n)->arg[ir_node(g, n)->op == OP_MUL];
    return ir_node(g, n)->op == OP_PAD;
}

static node_id fold_sum(ir *g, node_id n) {
    summands s;
    shape    sh = ir_shape(g, n);
    bool     any = false;
    if (!is_pad(g, ir_node(g, n)->arg[1]) || !gather(g, n, &s)) return 0;
    while (join_two(g, &s)) any = true;
    return any ? sum_of(g, &s, sh) : 0;
}

node_id pieces_fold(ir *g, node_id n) {
    switch ((op_id)ir_node(g, n)->op) {
    case OP_SLICE: return fold_slice(g, n);
    case OP_PAD: return fold_pad(g, n);
    case OP_CONCAT: return fold_concat(g, n);
    case OP_ADD: case OP_SUB: return fold_sum(g, n);
    default: return 0;
    }
}

/* Adam and its kin divide by the root of a mean, and the mean by what it lacks at its start: two divisions
 * and a root for each entry, which take longer than all else in such a step. The inner one is by a number,
 * whose root is taken once for all entries instead. */
#include "run/rule/quotient.h"

static bool is_scalar(const ir *g, node_id n) {
    return shape_is_scalar(ir_shape(g, n));
}

/* A number above 0, and 1 - beta**t for beta from 0 on and less than 1. */
static bool is_positive(const ir *g, node_id n, node_id t) {
    const node *x = ir_node(g, n);
    double      value;
    if (ir_is_number(g, n, &value)) return value > 0;
    if (x->op != OP_SUB || !ir_is_number(g, x->arg[0], &value) || value != 1) return false;
    const node *power = ir_node(g, x->arg[1]);
    bool        of_t = power->op == OP_POW && t && power->arg[1] == t;
    return of_t && ir_is_number(g, power->arg[0], &value) && value >= 0 && value < 1;
}

/* Is n sqrt(y/c)? */
static bool is_root(const ir *g, node_id n, node_id t, node_id *y, node_id *c) {
    const node *x = ir_node(g, n);
    if (x->op != OP_SQRT) return false;
    const node *inner = ir_node(g, x->arg[0]);
    if (inner->op != OP_DIV) return false;
    *y = inner->arg[0];
    *c = inner->arg[1];
    return !is_scalar(g, *y) && is_scalar(g, *c) && is_positive(g, *c, t);
}

/* factor * x, where a number that x begins with is multiplied first. */
static node_id times(ir *g, node_id factor, node_id x) {
    node of = *ir_node(g, x);
    if (of.op == OP_MUL && is_scalar(g, of.arg[0]))
        return ir_op2(g, OP_MUL, ir_op2(g, OP_MUL, of.arg[0], factor), of.arg[1]);
    return ir_op2(g, OP_MUL, factor, x);
}

node_id rule_quotient(ir *g, node_id a, node_id b, node_id t) {
    node_id y = 0, c = 0;
    node    sum = {0};
    if (a && b) sum = *ir_node(g, b);
    if (!a || !b || sum.op != OP_ADD) return ir_op2(g, OP_DIV, a, b);
    bool    first = is_root(g, sum.arg[0], t, &y, &c), second = !first && is_root(g, sum.arg[1], t, &y, &c);
    node_id e = sum.arg[first ? 1 : 0];
    if (!(first || second) || !is_scalar(g, e)) return ir_op2(g, OP_DIV, a, b);
    node_id root = ir_op1(g, OP_SQRT, c);
    node_id below = ir_op2(g, OP_ADD, ir_op1(g, OP_SQRT, y), ir_op2(g, OP_MUL, root, e));
    return ir_op2(g, OP_DIV, times(g, root, a), below);
}

/* Derivatives of elementwise expressions, entry by entry: what a prime on a function means.
 *
 * From the operands up, each node's derivative is the sum over its operands of the rule of
 * ops.def times the operand's own (the chain rule). It is written down as it comes, but for
 * what nobody would write: times 1, plus 0, and arithmetic of whole numbers. */
#include <assert.h>
#include <math.h>

#include "core/ir/ir.h"

typedef struct work {
    ir       *g;
    arena    *a;
    node_list need;
    node_id  *of; /* by place in `need`: the node's derivative; 0: it does not depend on z */
    bool      near; /* what is not elementwise stays as it is */
} work;

static bool is_value(const ir *g, node_id n, double value) {
    double is;
    return ir_is_number(g, n, &is) && is == value;
}

/* A value that whole numbers come to exactly; false where that is not so. */
static bool fold_numbers(op_id op, double a, double b, double *out) {
    double most = 1e6;
    if (floor(a) != a || floor(b) != b || fabs(a) > most || fabs(b) > most) return false;
    *out = op == OP_ADD ? a + b : op == OP_SUB ? a - b : a * b;
    return op == OP_ADD || op == OP_SUB || op == OP_MUL;
}

static node_id fold(ir *g, op_id op, node_id n) {
    const node *x = n ? ir_node(g, n) : NULL;
    double      a, b, value;
    if (!x || op_table[op].arity != 2) return n;
    if (ir_is_number(g, x->arg[0], &a) && ir_is_number(g, x->arg[1], &b) && fold_numbers(op, a, b, &value))
        return ir_number(g, value);
    if (op == OP_POW && is_value(g, x->arg[1], 1)) return x->arg[0];
    if (op == OP_MUL && is_value(g, x->arg[0], 1)) return x->arg[1];
    if (op == OP_ADD && ir_node(g, x->arg[1])->op == OP_NEG)
        return ir_op2(g, OP_SUB, x->arg[0], ir_node(g, x->arg[1])->arg[0]);
    return n;
}

static node_id folded(void *user, ir *g, node_id n, const node_id *args) {
    op_id op = (op_id)ir_node(g, n)->op;
    (void)user;
    return fold(g, op, ir_rebuild(g, n, args));
}

/* The derivative of node n by its operand k. */
static node_id local(work *w, node_id n, int k) {
    const node  *x = ir_node(w->g, n);
    assert(op_table[x->op].grad[k][0]);
    template_env env = {.arg = {x->arg[0], x->arg[1], x->arg[2]}, .y = n};
    if (x->op == OP_OPEN) return ir_open(w->g, x->ref, (uint8_t)(x->attr + 1), x->arg[0]);
    node_id rule = template_build(w->g, ir_grad(w->g, (op_id)x->op, k), &env);
    return ir_map(w->g, w->a, rule, folded, NULL); /* with numbers put in: 2 * z**(2 - 1) becomes 2 * z */
}

/* Numbers stand on the left: 3 times 2 * z is 6 * z. */
static node_id scaled(ir *g, node_id number, node_id b) {
    const node *x = ir_node(g, b);
    double      inner;
    bool        both = x->op == OP_MUL && ir_is_number(g, x->arg[0], &inner);
    node_id     rest = both ? x->arg[1] : b;
    if (both) number = fold(g, OP_MUL, ir_op2(g, OP_MUL, number, x->arg[0]));
    return fold(g, OP_MUL, ir_op2(g, OP_MUL, number, rest));
}

static node_id times(ir *g, node_id a, node_id b) {
    double value;
    if (!a || !b) return 0;
    if (is_value(g, b, 1)) return a;
    if (is_value(g, a, -1)) return ir_op1(g, OP_NEG, b);
    if (is_value(g, b, -1)) return ir_op1(g, OP_NEG, a);
    if (ir_is_number(g, a, &value)) return scaled(g, a, b);
    return ir_is_number(g, b, &value) ? scaled(g, b, a) : ir_op2(g, OP_MUL, a, b);
}

/* The derivative of node number i, from those before it; false if it is not elementwise, or
 * without memory. */
static bool differentiate(work *w, uint32_t i) {
    node_id n = w->need.list.at[i], sum = 0;
    op_id   op = (op_id)ir_node(w->g, n)->op;
    for (int k = 0; k < op_table[op].arity; k++) {
        node_id inner = w->of[node_list_place(&w->need, ir_node(w->g, n)->arg[k])];
        if (!inner) continue;
        if (!op_elementwise(op) && op != OP_OPEN) return w->near;
        if (!op_table[op].grad[k][0]) continue;
        node_id term = times(w->g, local(w, n, k), inner);
        sum = sum ? fold(w->g, OP_ADD, ir_op2(w->g, OP_ADD, sum, term)) : term;
        if (!sum || !term) return false;
    }
    w->of[i] = sum;
    return true;
}

static node_id derivative(ir *g, arena *scratch, node_id root, node_id z, bool near) {
    work w = {.g = g, .a = scratch, .near = near};
    if (!root || ir_reach(g, scratch, &root, 1, &w.need) != DFOO_OK) return 0;
    uint32_t n = w.need.list.n;
    w.of = arena_new(scratch, n * sizeof *w.of);
    if (!w.of) return 0;
    for (uint32_t i = 0; i < n; i++) {
        if (w.need.list.at[i] == z) w.of[i] = ir_number(g, 1);
        else if (!differentiate(&w, i)) return 0;
    }
    return w.of[n - 1] ? w.of[n - 1] : ir_number(g, 0);
}

node_id ir_derivative(ir *g, arena *scratch, node_id root, node_id z) {
    return derivative(g, scratch, root, z, false);
}

node_id ir_derivative_near(ir *g, arena *scratch, node_id root, node_id z) {
    return derivative(g, scratch, root, z, true);
}

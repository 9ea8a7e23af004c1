/* The gradient of a symmetric matrix S: what arrives, G, counts S[i,j] and S[j,i] as if each could change
 * alone. They change together, each by half of a step, so the gradient among symmetric matrices is
 * (G + G.T)/2. It is symmetric, and so is S - alpha * dS. */
#include "core/diff/order.h"

/* A node's transpose where that is a matter of its operands' transposes; 0: it is none. */
static node_id of_operands(ir *g, node_id n, const node_id *turned) {
    node x = *ir_node(g, n);
    if (x.op == OP_TRANSPOSE) return x.arg[0];
    if (x.op == OP_VAR && ir_var(g, x.ref)->symmetric) return n;
    if (x.op == OP_MATMUL) return ir_op2(g, OP_MATMUL, turned[1], turned[0]);
    if (x.op == OP_ONES) return ir_ones(g, shape_of(x.sh.cols, x.sh.rows));
    return op_elementwise((op_id)x.op) ? ir_rebuild(g, n, turned) : 0;
}

/* G.T, with the transpose taken inside sums and products, as a person would write it. */
static node_id transposed(ir *g, arena *a, node_id n) {
    node_list need = {{0}};
    if (!n || ir_reach(g, a, &n, 1, &need) != DFOO_OK) return 0;
    node_id *turned = arena_new(a, need.list.n * sizeof *turned);
    if (!turned) return 0;
    for (uint32_t i = 0; i < need.list.n; i++) {
        node    x = *ir_node(g, need.list.at[i]);
        node_id args[3] = {0, 0, 0};
        for (int k = 0; k < op_table[x.op].arity; k++) args[k] = turned[node_list_place(&need, x.arg[k])];
        turned[i] = shape_is_scalar(x.sh) ? need.list.at[i] : of_operands(g, need.list.at[i], args);
        if (!turned[i]) turned[i] = ir_op1(g, OP_TRANSPOSE, need.list.at[i]);
    }
    return turned[need.list.n - 1];
}

node_id symmetric_part(ir *g, arena *a, node_id n) {
    node_id half = ir_op2(g, OP_DIV, ir_number(g, 1), ir_number(g, 2));
    return ir_op2(g, OP_MUL, half, ir_op2(g, OP_ADD, n, transposed(g, a, n)));
}

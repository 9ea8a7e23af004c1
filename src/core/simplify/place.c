/* Matrix products that are equal but for one factor. */
#include "core/simplify/place.h"

bool place_find(const ir *g, node_id x, node_id y, place *out) {
    *out = (place){.n = 0};
    while (ir_node(g, x)->op == OP_MATMUL && ir_node(g, y)->op == OP_MATMUL && out->n < MOST_CHAIN) {
        const node *a = ir_node(g, x), *b = ir_node(g, y);
        bool        right = a->arg[0] == b->arg[0];
        if (!right && a->arg[1] != b->arg[1]) return false;
        out->right[out->n++] = right;
        x = a->arg[right];
        y = b->arg[right];
    }
    out->here = x;
    out->there = y;
    return out->n && ir_node(g, x)->op != OP_MATMUL && ir_node(g, y)->op != OP_MATMUL;
}

bool place_same(const place *x, const place *y) {
    bool same = x->n == y->n;
    for (uint32_t i = 0; same && i < x->n; i++) same = x->right[i] == y->right[i];
    return same;
}

node_id place_put(ir *g, node_id product, const place *p, node_id by) {
    node_id at[MOST_CHAIN];
    for (uint32_t i = 0; i < p->n; i++) {
        at[i] = product;
        product = ir_node(g, product)->arg[p->right[i]];
    }
    for (uint32_t i = p->n; i-- > 0;) {
        const node x = *ir_node(g, at[i]);
        by = p->right[i] ? ir_op2(g, OP_MATMUL, x.arg[0], by) : ir_op2(g, OP_MATMUL, by, x.arg[1]);
    }
    return by;
}

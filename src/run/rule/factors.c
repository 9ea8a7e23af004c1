/* Which parameters are factors of products: they are weights, and the others biases. */
#include "run/rule/factors.h"

static void look_at_factor(const ir *g, node_id n, bool left, factor_use *use) {
    const node *x = ir_node(g, n);
    bool        turned = x->op == OP_TRANSPOSE;
    if (turned) x = ir_node(g, x->arg[0]);
    if (x->op == OP_VAR && use[x->ref] == FACTOR_NO)
        use[x->ref] = left != turned ? FACTOR_COLUMNS : FACTOR_ROWS;
}

dfoo_status factors_find(const model *m, arena *a, factor_use **out) {
    const ir *g = &m->g;
    *out = arena_new(a, g->vars.n * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        node_list need = {{0}};
        DFOO_TRY(ir_reach(g, a, &m->forward.list.at[i].node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(g, need.list.at[k]);
            if (x->op != OP_MATMUL) continue;
            look_at_factor(g, x->arg[0], true, *out);
            look_at_factor(g, x->arg[1], false, *out);
        }
    }
    return DFOO_OK;
}

/* One pass over the statements: a variable is from all that its expression mentions is from. */
#include "run/lessons/origins.h"

dfoo_status origins_mentioned(const ir *g, arena *a, node_id n, var_list *out) {
    node_list need = {{0}};
    *out = (var_list){{0}};
    DFOO_TRY(ir_reach(g, a, &n, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++)
        if (ir_node(g, need.list.at[i])->op == OP_VAR)
            vec_push(a, &out->list, ir_node(g, need.list.at[i])->ref);
    return arena_status(a);
}

dfoo_status origins_find(const ir *g, const program *p, arena *a, origins *out) {
    *out = (origins){arena_new(a, g->vars.n), arena_new(a, g->vars.n)};
    if (!out->from_param || !out->from_data) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++) {
        out->from_param[v] = ir_var(g, v)->kind == VAR_PARAM;
        out->from_data[v] = ir_var(g, v)->kind == VAR_INPUT || ir_var(g, v)->kind == VAR_LABEL;
    }
    for (uint32_t i = 0; i < p->list.n; i++) {
        const stmt *s = &p->list.at[i];
        var_list    vars;
        DFOO_TRY(origins_mentioned(g, a, s->node, &vars));
        for (uint32_t k = 0; k < vars.list.n; k++) {
            out->from_param[s->var] |= out->from_param[vars.list.at[k]];
            out->from_data[s->var] |= out->from_data[vars.list.at[k]];
        }
    }
    return DFOO_OK;
}

bool origins_has_parameter(const origins *o, const var_list *vars) {
    for (uint32_t k = 0; k < vars->list.n; k++)
        if (o->from_param[vars->list.at[k]] && !o->from_data[vars->list.at[k]]) return true;
    return false;
}

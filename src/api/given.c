/* Variables that a call is given although the model has an equation for them: an intermediate value, a
 * gradient. */
#include "api/api.h"

bool *work_flags(work *w) {
    return arena_new(&w->a, w->m.g.vars.n * 3 + 8); /* a gradient and a copy for each */
}

/* A given variable stands beside something of its own equation: then neither can be put in
 * the other's place, since they need not agree. */
static dfoo_status find_conflicts(work *w, const bool *given, bool *no_name) {
    const ir *g = &w->m.g;
    for (uint32_t i = 0; i < w->m.forward.list.n; i++) {
        const stmt *s = &w->m.forward.list.at[i];
        node_list   need = {{0}};
        DFOO_TRY(ir_reach(g, &w->a, &s->node, 1, &need));
        for (uint32_t k = 0; given[s->var] && k < need.list.n; k++) {
            const node *x = ir_node(g, need.list.at[k]);
            if (x->op == OP_VAR && given[x->ref] && ir_var(g, x->ref)->kind == VAR_DEFINED)
                no_name[s->var] = true;
        }
    }
    return DFOO_OK;
}

dfoo_status work_derive_given(work *w, dfoo_convention convention, const bool *given) {
    const ir *g = &w->m.g;
    bool     *no_name = work_flags(w), *gradient = work_flags(w);
    if (!no_name || !gradient) return DFOO_ENOMEM;
    DFOO_TRY(find_conflicts(w, given, no_name));
    for (var_id v = 1; v < g->vars.n; v++)
        if (given[v] && ir_var(g, v)->kind == VAR_GRADIENT) gradient[ir_var(g, v)->of] = true;
    return work_derive(w, &(work_options){.convention = convention, .given_gradient = gradient,
                                          .no_name = no_name});
}

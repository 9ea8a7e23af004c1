/* Second derivatives for a call: what moves, whose rows of the Hessian are asked for, and the derivation of
 * both orders as one, as it is shown and run. */
#include <string.h>

#include "api/api.h"

dfoo_status work_movers(work *w, const bool *wanted, bool **out) {
    const ir *g = &w->m.g;
    *out = work_flags(w);
    if (!*out) return DFOO_ENOMEM;
    bool any = false;
    for (int kind = VAR_PARAM; !any && kind >= VAR_INPUT; kind -= VAR_PARAM - VAR_INPUT)
        for (var_id v = 1; v < g->vars.n; v++)
            if (wanted ? wanted[v] && ir_var(g, v)->kind <= VAR_PARAM : ir_var(g, v)->kind == kind)
                any = (*out)[v] = true;
    if (any) return DFOO_OK;
    return diag_alone(&w->messages, "second derivatives are by parameters and inputs: %s",
                      wanted ? "name one" : "the model has none");
}

/* Which gradients stand in a line of second order, or in the line of one that does. */
static dfoo_status mark_used(work *w, bool *used) {
    program all = {{0}};
    for (uint32_t i = 0; i < w->dv.list.n; i++) {
        const gradient *v = &w->dv.list.at[i];
        if (v->shown && !v->given) DFOO_TRY(program_add(&w->m.g, &all, v->grad, v->whole, span_at(0, 0)));
    }
    for (uint32_t i = 0; i < w->second.list.n; i++) {
        const gradient *v = &w->second.list.at[i];
        if (v->shown) DFOO_TRY(program_add(&w->m.g, &all, v->grad, v->whole, span_at(0, 0)));
        used[v->grad] = v->part == PART_GOAL;
    }
    return program_needs(&w->m.g, &w->a, &all, used);
}

dfoo_status work_along(work *w, const bool *moves, const bool *goals) {
    DFOO_TRY(diff_along(&w->dv, &w->m, &w->a, &(along_options){moves, goals}, &w->second));
    if (!w->second.list.n)
        return diag_alone(&w->messages, "there is no second derivative: %s does not depend on what moves",
                          ir_var_name(&w->m.g, w->m.cost));
    return simplify_derivation(&w->second, &w->m.g, &w->a, NULL);
}

dfoo_status work_both(work *w, derivation *out) {
    bool *used = work_flags(w);
    if (!used) return DFOO_ENOMEM;
    DFOO_TRY(mark_used(w, used));
    *out = w->dv;
    memset(&out->list, 0, sizeof out->list);
    for (uint32_t i = 0; i < w->dv.list.n; i++) {
        gradient v = w->dv.list.at[i];
        v.shown = v.shown && used[v.grad];
        vec_push(&w->a, &out->list, v);
    }
    for (uint32_t i = 0; i < w->second.list.n; i++) vec_push(&w->a, &out->list, w->second.list.at[i]);
    return arena_status(&w->a);
}

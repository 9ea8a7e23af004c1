/* The model, the run and other data: what training remembered is obeyed. */
#include "run/feed/machine.h"
#include "run/train/recall.h"

dfoo_status recalled_check(const recalled *r) {
    const ir *g = &r->m->g;
    if (!r->m->predict.n)
        return diag_alone(g->d,
                         "the model does not say what to predict: it needs a line such as `predict A2`");
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && !arrays_get(r->run, ir_var_name(g, v)))
            return diag_alone(g->d, "the run has no %s: it is not one of this model", ir_var_name(g, v));
    return DFOO_OK;
}

dfoo_status recalled_bind(recalled *r, const plan *p) {
    bool *needed = arena_new(r->a, r->m->g.vars.n);
    if (!needed) return DFOO_ENOMEM;
    machine_needs(p, needed);
    bind_request b = {.m = r->m,
                      .a = r->a,
                      .opt = r->opt,
                      .source = r->data,
                      .needed = needed,
                      .memos = &r->memos,
                      .remembered = true};
    DFOO_TRY(memos_recall(r->m, r->a, r->run, &r->memos));
    DFOO_TRY(sizing_init(&r->z, r->m, r->a, r->opt, NULL));
    DFOO_TRY(bind_parameters(&r->z, r->run, "the run"));
    return bind_data(&b, &r->z, &r->bound);
}

/* The model, the run and other data: what training remembered is obeyed. */
#include <string.h>

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

static double number_of(const dfoo_arrays *run, const char *name) {
    const dfoo_array *x = arrays_get(run, name);
    return x && x->ndim == 0 ? x->data[0] : 0;
}

static const double MOST_SEED = 9007199254740992; /* 2**53: a double holds whole numbers up to it */

/* Training held a part back, and this is all of its data: the same division again. */
static dfoo_status begin_part(const recalled *r, division *parts) {
    diags *d = r->m->g.d;
    double part = number_of(r->run, "dfoo.split"), seed = number_of(r->run, "dfoo.seed");
    if (!(seed >= 0 && seed < MOST_SEED))
        return diag_alone(d, "--part: the run does not say by which seed its data was divided: seeds below "
                             "2**53 are kept to the last digit");
    double folds = number_of(r->run, "dfoo.folds"), fold = number_of(r->run, "dfoo.fold");
    *parts = (division){.part = part, .seed = (uint64_t)seed};
    if (part > 0 && part < 1) return DFOO_OK;
    if (folds >= 2 && folds < 1e9 && fold >= 1 && fold <= folds) {
        parts->folds = (size_t)folds;
        parts->fold = (size_t)fold;
        return DFOO_OK;
    }
    diag_alone(d, "--part: the run held back nothing of its data");
    diag_note(d, "`dfoo train --split 0.2` does; examples of --test are predicted from their own file");
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

static dfoo_status end_part(recalled *r, const division *parts) {
    diags *d = r->m->g.d;
    double wanted = number_of(r->run, "dfoo.examples");
    if ((double)r->bound.n != wanted)
        return diag_alone(d, "--part: training had %.0f examples, and these are %zu: it is not the same data",
                          wanted, r->bound.n);
    bool held = r->opt->part == FEED_HELD_BACK;
    r->pick = held ? parts->order : parts->order + parts->n_test;
    r->n = held ? parts->n_test : parts->n;
    return DFOO_OK;
}

/* The classes of which a part each was held back are the labels'. */
static dfoo_status need_labels(const recalled *r, bool *needed) {
    for (var_id v = 1; v < r->m->g.vars.n; v++) needed[v] |= ir_var(&r->m->g, v)->kind == VAR_LABEL;
    return DFOO_OK;
}

/* The input that training made weights for: they are 1 now. */
static dfoo_status recall_weight(const recalled *r, var_id *out) {
    const dfoo_array  *x = arrays_get(r->run, "dfoo.weight");
    const char *const *names;
    uint32_t           n;
    if (!x) return DFOO_OK;
    DFOO_TRY(run_read_texts(r->m, r->a, x, &names, &n));
    if (n == 1) *out = ir_find_var(&r->m->g, symbols_find(r->m->g.names, names[0], strlen(names[0])));
    return DFOO_OK;
}

dfoo_status recalled_bind(recalled *r, const plan *p) {
    bool *needed = arena_new(r->a, r->m->g.vars.n);
    if (!needed) return DFOO_ENOMEM;
    machine_needs(p, needed);
    bind_request  b = {.m = r->m,
                       .a = r->a,
                       .opt = r->opt,
                       .source = r->data,
                       .needed = needed,
                       .memos = &r->memos,
                       .remembered = true};
    feed_options *own = arena_new(r->a, sizeof *own);
    if (!own) return DFOO_ENOMEM;
    *own = *r->opt;
    DFOO_TRY(recall_weight(r, &own->weight));
    r->opt = b.opt = own;
    DFOO_TRY(memos_recall(r->m, r->a, r->run, &r->memos));
    DFOO_TRY(sizing_init(&r->z, r->m, r->a, r->opt, NULL));
    DFOO_TRY(bind_parameters(&r->z, r->run, "the run"));
    division parts;
    if (r->opt->part) {
        DFOO_TRY(begin_part(r, &parts));
        DFOO_TRY(need_labels(r, needed));
        b.divide = &parts;
    }
    DFOO_TRY(bind_data(&b, &r->z, &r->bound));
    r->n = r->bound.n;
    return r->opt->part ? end_part(r, &parts) : DFOO_OK;
}

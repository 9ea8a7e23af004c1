/* A trained model applied to other data. */
#include <math.h>

#include "run/feed/examples.h"
#include "run/feed/machine.h"
#include "run/train/not_finite.h"
#include "run/train/recall.h"
#include "run/train/score.h"

typedef struct predictor {
    model         *m;
    const program *p;
    arena          a;
    scorer         scorer;
    recalled       r;
    examples       examples;
} predictor;

/* The cost needs labels: is everything there that it reads? */
static dfoo_status plan_with_cost(predictor *k) {
    scorer whole;
    bool  *needed = arena_new(&k->a, k->m->g.vars.n);
    DFOO_TRY(scorer_plan(&whole, k->m, &k->a, k->p, true));
    if (!needed) return DFOO_ENOMEM;
    machine_needs(whole.p, needed);
    for (var_id v = 1; v < k->m->g.vars.n; v++)
        if (needed[v] && !bound_find(&k->r.bound, v)) return DFOO_OK;
    k->scorer = whole;
    return DFOO_OK;
}

static dfoo_status open_exec(predictor *k) {
    const ir *g = &k->m->g;
    for (uint32_t i = 0; i < k->r.memos.list.n; i++)
        if (ir_var(g, k->r.memos.list.at[i].var)->kind == VAR_LABEL && k->r.memos.list.at[i].n_rules)
            k->scorer.units = units_of(&k->r.memos, k->r.memos.list.at[i].var);
    DFOO_TRY(scorer_open(&k->scorer, &k->a, k->r.opt->dtype, k->r.opt->machine, &k->r.z.s, k->r.n));
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM)
            DFOO_TRY(exec_set(k->scorer.e, v, arrays_get(k->r.run, ir_var_name(g, v))->data));
    examples_request r = {.m = k->m,
                          .a = &k->a,
                          .from = &k->r.bound,
                          .memos = &k->r.memos,
                          .pick = k->r.pick,
                          .n = k->r.n,
                          .type = k->r.opt->dtype};
    r.in_order = true;
    return examples_open(&r, &k->examples);
}

/* A warning, for the first prediction that is not finite. */
static dfoo_status tell_predictions(predictor *k, const dfoo_arrays *out) {
    for (uint32_t i = 0; i < k->m->predict.n; i++) {
        var_id            v = k->m->predict.at[i];
        const dfoo_array *x = arrays_get(out, ir_var_name(&k->m->g, v));
        bool              finite = true;
        for (size_t n = 0; x && n < array_entries(x); n++) finite = finite && isfinite(x->data[n]);
        step_to_tell step = {
            .result = v, .s = &k->scorer.s, .examples = &k->examples, .parameters = k->scorer.e};
        if (!finite) return tell_not_finite(k->m, &k->a, k->p, &step);
    }
    return DFOO_OK;
}

static dfoo_status keep_predictions(predictor *k, dfoo_arrays *out) {
    const ir *g = &k->m->g;
    for (uint32_t i = 0; i < k->m->predict.n; i++) {
        var_id      v = k->m->predict.at[i];
        shape       sh = ir_var(g, v)->sh;
        size_t      rows = sizes_get(&k->scorer.s, sh.rows), cols = sizes_get(&k->scorer.s, sh.cols);
        dfoo_array *x;
        if (shape_is_scalar(sh))
            DFOO_TRY(arrays_add(out, ir_var_name(g, v), 0, NULL, NULL, &x));
        else
            DFOO_TRY(arrays_add_matrix(out, ir_var_name(g, v), rows, cols, NULL, &x));
        exec_get(k->scorer.e, v, x->data);
    }
    return DFOO_OK;
}

static dfoo_status measure(predictor *k, train_metrics *out) {
    arena *a = k->m->g.a;
    DFOO_TRY(scorer_metrics(&k->scorer, &k->examples, a, out));
    if (!out->columns) return DFOO_OK;
    uint32_t           n = (uint32_t)out->count;
    const char *const *names = memos_classes(&k->r.memos, a, k->scorer.label, n);
    out->names = names ? text_copies(a, names, n) : NULL;
    return out->names ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status predict(predictor *k, dfoo_arrays *out, train_score *score, train_confusion *confusion,
                           train_metrics *metrics) {
    DFOO_TRY(recalled_check(&k->r));
    DFOO_TRY(scorer_plan(&k->scorer, k->m, &k->a, k->p, false));
    DFOO_TRY(recalled_bind(&k->r, k->scorer.p));
    DFOO_TRY(plan_with_cost(k));
    DFOO_TRY(open_exec(k));
    DFOO_TRY(scorer_run(&k->scorer, &k->examples, score));
    if (confusion) DFOO_TRY(scorer_confusion(&k->scorer, &k->examples, &k->r.memos, k->m->g.a, confusion));
    if (metrics) DFOO_TRY(measure(k, metrics));
    DFOO_TRY(keep_predictions(k, out));
    return tell_predictions(k, out);
}

dfoo_status train_predict(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                          const feed_options *opt, dfoo_arrays *out, train_score *score,
                          train_confusion *confusion, train_metrics *metrics) {
    predictor k = {.m = m, .p = p};
    k.r = (recalled){.m = m, .a = &k.a, .opt = opt, .run = run, .data = data};
    *score = (train_score){.cost = NAN, .accuracy = NAN, .r2 = NAN};
    if (metrics) *metrics = (train_metrics){.n = 0};
    if (confusion) *confusion = (train_confusion){.n = 0};
    arena_init(&k.a, m->g.a->mem);
    dfoo_status status = predict(&k, out, score, confusion, metrics);
    if (k.a.failed || m->g.a->failed || m->g.d->a->failed) status = DFOO_ENOMEM;
    examples_close(&k.examples);
    scorer_close(&k.scorer);
    arena_free(&k.a);
    return status;
}

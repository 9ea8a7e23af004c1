/* A trained model applied to other data, and its predictions as a table. */
#include <math.h>
#include <string.h>

#include "run/train/internal.h"

/* ---------------------------------------------------------------------- data */

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
    plan_needs(p, needed);
    bind_request b = {.m = r->m,
                      .a = r->a,
                      .opt = r->opt,
                      .source = r->data,
                      .needed = needed,
                      .memos = &r->memos,
                      .remembered = true};
    DFOO_TRY(run_recall(r->m, r->a, r->run, &r->memos));
    DFOO_TRY(sizing_init(&r->z, r->m, r->a, r->opt, NULL));
    DFOO_TRY(bind_parameters(&r->z, r->run, "the run"));
    return bind_data(&b, &r->z, &r->bound);
}

/* ------------------------------------------------------------------ predicting */

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
    plan_needs(whole.p, needed);
    for (var_id v = 1; v < k->m->g.vars.n; v++)
        if (needed[v] && !bound_find(&k->r.bound, v)) return DFOO_OK;
    k->scorer = whole;
    return DFOO_OK;
}

static dfoo_status open_exec(predictor *k) {
    const ir *g = &k->m->g;
    DFOO_TRY(scorer_open(&k->scorer, &k->a, k->r.opt, &k->r.z.s, k->r.bound.n));
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM)
            DFOO_TRY(exec_set(k->scorer.e, v, arrays_get(k->r.run, ir_var_name(g, v))->data));
    examples_request r = {
        .m = k->m, .a = &k->a, .from = &k->r.bound, .memos = &k->r.memos, .n = k->r.bound.n, .type = k->r.opt->dtype};
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
        step_to_tell step = {.result = v, .s = &k->scorer.s, .examples = &k->examples, .parameters = k->scorer.e};
        if (!finite) return tell_not_finite(k->m, &k->a, k->p, k->r.opt, &step);
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

static dfoo_status predict(predictor *k, dfoo_arrays *out, train_score *score, train_confusion *confusion) {
    DFOO_TRY(recalled_check(&k->r));
    DFOO_TRY(scorer_plan(&k->scorer, k->m, &k->a, k->p, false));
    DFOO_TRY(recalled_bind(&k->r, k->scorer.p));
    DFOO_TRY(plan_with_cost(k));
    DFOO_TRY(open_exec(k));
    DFOO_TRY(scorer_run(&k->scorer, &k->examples, score));
    if (confusion) DFOO_TRY(scorer_confusion(&k->scorer, &k->examples, &k->r.memos, k->m->g.a, confusion));
    DFOO_TRY(keep_predictions(k, out));
    return tell_predictions(k, out);
}

dfoo_status train_predict(model *m, const program *p, const dfoo_arrays *run, const train_source *data,
                          const train_options *opt, dfoo_arrays *out, train_score *score, train_confusion *confusion) {
    predictor k = {.m = m, .p = p};
    k.r = (recalled){.m = m, .a = &k.a, .opt = opt, .run = run, .data = data};
    *score = (train_score){.cost = NAN, .accuracy = NAN};
    if (confusion) *confusion = (train_confusion){.n = 0};
    arena_init(&k.a, m->g.a->mem);
    dfoo_status status = predict(&k, out, score, confusion);
    if (k.a.failed || m->g.a->failed || m->g.d->a->failed) status = DFOO_ENOMEM;
    examples_close(&k.examples);
    scorer_close(&k.scorer);
    arena_free(&k.a);
    return status;
}

/* --------------------------------------------------------------------- table */

/* What people call the classes of a label that has `n` of them; NULL: there are none. */
static const char *const *class_texts(const memos *known, size_t n) {
    for (uint32_t i = 0; i < known->list.n; i++) {
        const memo *x = &known->list.at[i];
        if (x->n_names == n) return x->names;
        if (x->n_classes == n) return x->classes;
    }
    return NULL;
}

static dfoo_status name_columns(const model *m, const dfoo_arrays *run, const char *name, size_t n, arena *a,
                                const char ***out) {
    memos known;
    *out = arena_new(a, (n + 1) * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    DFOO_TRY(run_recall(m, a, run, &known));
    const char *const *classes = n > 1 ? class_texts(&known, n) : NULL;
    for (size_t i = 0; i < n; i++)
        (*out)[i] = classes  ? classes[i]
                    : n == 1 ? arena_text(a, name, strlen(name))
                             : arena_format(a, "%s_%zu", name, i + 1);
    return arena_status(a);
}

dfoo_status train_table(const model *m, const dfoo_arrays *run, const dfoo_array *x, arena *a,
                        dfoo_arrays *out, const char ***columns) {
    size_t rows, cols;
    var_id v = ir_find_var(&m->g, symbols_find(m->g.names, x->name, strlen(x->name)));
    if (!array_as_matrix(x, &rows, &cols))
        return diag_alone(m->g.d, "%s has %d dimensions, and a table has two", x->name, x->ndim);
    bool        turn = v && by_example(m, ir_var(&m->g, v)) && m->examples_are_columns;
    size_t      n = turn ? cols : rows, entries = turn ? rows : cols;
    dfoo_array *table;
    DFOO_TRY(name_columns(m, run, x->name, entries, a, columns));
    DFOO_TRY(arrays_add_matrix(out, "table", n, entries, NULL, &table));
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < entries; i++)
            table->data[j * entries + i] = x->data[turn ? i * cols + j : j * entries + i];
    return DFOO_OK;
}

static size_t class_of_row(const double *row, size_t n) {
    size_t best = 0;
    if (n == 1) return row[0] >= 0.5;
    for (size_t i = 1; i < n; i++)
        if (row[i] > row[best]) best = i;
    return best;
}

dfoo_status train_class_texts(const model *m, const dfoo_arrays *run, const dfoo_array *table, arena *a,
                              const char ***out) {
    memos  known;
    size_t rows, cols;
    *out = NULL;
    array_as_matrix(table, &rows, &cols);
    DFOO_TRY(run_recall(m, a, run, &known));
    const char *const *classes = class_texts(&known, cols == 1 ? 2 : cols);
    if (!classes) return DFOO_OK;
    const char **texts = rows < SIZE_MAX / sizeof *texts ? arena_new(a, (rows + 1) * sizeof *texts) : NULL;
    if (!texts) return DFOO_ENOMEM;
    for (size_t i = 0; i < rows; i++) texts[i] = classes[class_of_row(table->data + i * cols, cols)];
    *out = texts;
    return DFOO_OK;
}

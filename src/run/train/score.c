/* Scores: the forward pass of a program over some examples, its cost, and how many of them are
 * classified rightly. Also what plans and execs report when they cannot be made. */
#include <math.h>
#include <string.h>

#include "run/train/internal.h"

dfoo_status train_plan(const model *m, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                       plan **out) {
    dfoo_status status = plan_make(&m->g, a, p, keep, n_keep, out);
    if (status != DFOO_EINPUT) return status;
    for (uint32_t i = 0; i < m->functions.n; i++) {
        const function *f = &m->functions.at[i];
        const char     *name = symbols_name(m->g.names, f->name);
        if (!f->body)
            return diag_alone(m->g.d,
                             "the function %s has no formula, so it cannot be computed: write %s(z) = ..",
                             name, name);
    }
    return diag_alone(m->g.d, "a function without a formula cannot be computed");
}

dfoo_status train_exec_open(const plan *p, const model *m, const train_options *opt, const sizes *s,
                            exec **out) {
    dfoo_status status = exec_open(p, &m->g, &m->g.a->mem, opt->dtype, s, out);
    if (status == DFOO_EINPUT)
        return diag_alone(m->g.d, "the matrices of the model are larger than memory can be");
    if (status != DFOO_OK || opt->threads < 2) return status;
    status = exec_threads(*out, opt->threads);
    if (status == DFOO_OK) return DFOO_OK;
    exec_close(*out);
    *out = NULL;
    return status;
}

void plan_needs(const plan *p, bool *needed) {
    for (var_id v = 1; v < p->n_vars; v++) {
        bool data = ir_var(p->g, v)->kind == VAR_INPUT || ir_var(p->g, v)->kind == VAR_LABEL;
        if (data && p->of_var[v] && p->buffers.at[p->of_var[v]].kind == BUFFER_LEAF) needed[v] = true;
    }
}

/* -------------------------------------------------------------------- scorer */

dfoo_status scorer_plan(scorer *k, model *m, arena *a, const program *p, bool with_cost) {
    var_id  *keep = arena_new(a, (m->predict.n + 1) * sizeof *keep);
    uint32_t n = 0;
    plan    *made;
    program  predicting = {{0}};
    *k = (scorer){.m = m, .with_cost = with_cost};
    if (!keep) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->predict.n; i++) keep[n++] = m->predict.at[i];
    if (with_cost) keep[n++] = m->cost;
    DFOO_TRY(model_without_dropout(&m->g, p, &predicting));
    DFOO_TRY(train_plan(m, a, &predicting, keep, n, &made));
    k->p = made;
    return DFOO_OK;
}

var_id score_label(const model *m, const sizes *s) {
    const ir *g = &m->g;
    if (!m->predict.n) return 0;
    const variable *y = ir_var(g, m->predict.at[0]);
    if (!by_example(m, y)) return 0;
    size_t entries = sizes_get(s, entries_dim(m, y));
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if (x->kind != VAR_LABEL || !by_example(m, x) || sizes_get(s, entries_dim(m, x)) != entries)
            continue;
        if (entries == 1 || x->onehot) return v;
    }
    return 0;
}

dfoo_status scorer_open(scorer *k, arena *a, const train_options *opt, const sizes *s, size_t n) {
    k->type = opt->dtype;
    DFOO_TRY(sizes_init(&k->s, a, k->m->g.names));
    for (uint32_t i = 0; i < s->n && i < k->s.n; i++) k->s.of[i] = s->of[i];
    sizes_examples(k->m, &k->s, n);
    k->n = n;
    k->label = score_label(k->m, &k->s);
    k->prediction = k->label ? k->m->predict.at[0] : 0;
    return train_exec_open(k->p, k->m, opt, &k->s, &k->e);
}

void scorer_close(scorer *k) {
    exec_close(k->e);
    k->e = NULL;
}

/* --------------------------------------------------------------- classification */

static double entry(exec_dtype type, const void *x, size_t i) {
    return type == EXEC_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
}

/* A matrix whose examples are columns (`across`) or rows. */
typedef struct entries {
    exec_dtype  type;
    const void *at;
    size_t      n, count; /* examples, entries of each */
    bool        across;
} entries;

static double of_example(const entries *x, size_t j, size_t i) {
    return entry(x->type, x->at, x->across ? i * x->n + j : j * x->count + i);
}

static size_t largest(const entries *x, size_t j) {
    size_t best = 0;
    for (size_t i = 1; i < x->count; i++)
        if (of_example(x, j, i) > of_example(x, j, best)) best = i;
    return best;
}

/* NAN: a single entry whose labels are not all 0 or 1. */
static double accuracy(const entries *prediction, const entries *label) {
    size_t right = 0;
    for (size_t j = 0; j < label->n; j++) {
        double y = of_example(label, j, 0);
        if (label->count > 1)
            right += largest(prediction, j) == largest(label, j);
        else if (y == 0 || y == 1)
            right += (of_example(prediction, j, 0) >= 0.5) == (y == 1);
        else
            return NAN;
    }
    return (double)right / (double)label->n;
}

/* What was predicted, and what is right; false: that is not known. */
static bool compared(const scorer *k, const examples *e, entries *prediction, entries *label) {
    size_t      rows, cols;
    const void *labels = k->label ? examples_values(e, k->label) : NULL;
    const void *predicted = labels ? exec_data(k->e, k->prediction, &rows, &cols) : NULL;
    if (!predicted) return false;
    bool across = k->m->examples_are_columns;
    *prediction = (entries){k->type, predicted, across ? cols : rows, across ? rows : cols, across};
    *label = (entries){k->type, labels, prediction->n, prediction->count, across};
    return true;
}

/* Room for n examples; most batches are of the size of the one before. */
static dfoo_status make_room(scorer *k, size_t n) {
    if (n == k->n) return DFOO_OK;
    sizes_examples(k->m, &k->s, n);
    dfoo_status status = exec_resize(k->e, &k->s);
    if (status == DFOO_EINPUT) return diag_alone(k->m->g.d, "%zu examples at once are more than memory can hold", n);
    if (status == DFOO_OK) k->n = n;
    return status;
}

dfoo_status scorer_run(scorer *k, const examples *e, train_score *out) {
    DFOO_TRY(make_room(k, e->n));
    examples_bind(e, k->e);
    exec_run(k->e);
    entries y, t;
    *out = (train_score){.n = e->n, .cost = NAN, .accuracy = compared(k, e, &y, &t) ? accuracy(&y, &t) : NAN};
    if (k->with_cost) exec_get(k->e, k->m->cost, &out->cost);
    return DFOO_OK;
}

/* ---------------------------------------------------------------------- classes */

const char *const *class_names(const memos *all, arena *a, var_id label, uint32_t n) {
    const memo *known = memos_find(all, label);
    if (known && known->n_classes == n) return known->classes;
    if (known && known->n_columns == n && n > 1) return known->columns;
    const char **names = arena_new(a, n * sizeof *names);
    for (uint32_t i = 0; names && i < n; i++) names[i] = arena_format(a, "%u", i);
    return a->failed ? NULL : names;
}

/* The class that an example is, or is taken for. */
static size_t class_at(const entries *x, size_t j) {
    return x->count > 1 ? largest(x, j) : of_example(x, j, 0) >= 0.5;
}

/* Names that stay: those of the memos live as long as the call that read them. */
static const char *const *keep_names(const char *const *names, uint32_t n, arena *a) {
    const char **own = arena_new(a, n * sizeof *own);
    for (uint32_t i = 0; own && names && i < n; i++) own[i] = arena_text(a, names[i], strlen(names[i]));
    return names && !a->failed ? own : NULL;
}

dfoo_status scorer_confusion(const scorer *k, const examples *e, const memos *names, arena *a, train_confusion *out) {
    entries y, t;
    *out = (train_confusion){.n = 0};
    if (!compared(k, e, &y, &t) || isnan(accuracy(&y, &t))) return DFOO_OK;
    if (y.count > TRAIN_CONFUSION_CLASSES) return DFOO_OK;
    uint32_t n = y.count > 1 ? (uint32_t)y.count : 2;
    size_t  *count = arena_new(a, (size_t)n * n * sizeof *count);
    if (!count) return DFOO_ENOMEM;
    for (size_t j = 0; j < t.n; j++) count[class_at(&t, j) * n + class_at(&y, j)]++;
    *out = (train_confusion){n, keep_names(class_names(names, a, k->label, n), n, a), count};
    return arena_status(a);
}

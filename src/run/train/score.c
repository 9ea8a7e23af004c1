/* The forward pass without dropout, its cost, and the classes that it finds. */
#include <math.h>

#include "run/feed/machine.h"
#include "run/feed/sizing.h"
#include "run/train/score.h"

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
    DFOO_TRY(units_compared(m, p, &k->compared));
    DFOO_TRY(model_without_dropout(&m->g, p, &predicting));
    DFOO_TRY(machine_plan(m, a, &predicting, keep, n, &made));
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
        if (x->kind != VAR_LABEL || !by_example(m, x) || sizes_get(s, entries_dim(m, x)) != entries) continue;
        if (entries == 1 || x->onehot) return v;
    }
    return 0;
}

dfoo_status scorer_open(scorer *k, arena *a, exec_dtype type, exec_machine how, const sizes *s, size_t n) {
    k->type = type;
    k->n = n;
    if (!(k->units.sd > 0)) k->units = (target_units){0, 1};
    DFOO_TRY(sizes_for(k->m, a, s, n, &k->s));
    k->label = score_label(k->m, &k->s);
    k->prediction = k->label ? k->m->predict.at[0] : 0;
    return machine_open(k->p, k->m, type, how, &k->s, &k->e);
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
    if (status == DFOO_EINPUT)
        return diag_alone(k->m->g.d, "%zu examples at once are more than memory can hold", n);
    if (status == DFOO_OK) k->n = n;
    return status;
}

dfoo_status scorer_run(scorer *k, const examples *e, train_score *out) {
    DFOO_TRY(make_room(k, e->n));
    examples_bind(e, k->e);
    exec_run(k->e);
    entries    y, t;
    value_sums sums = {.n = 0};
    *out = (train_score){.n = e->n, .cost = NAN, .accuracy = compared(k, e, &y, &t) ? accuracy(&y, &t) : NAN};
    if (isnan(out->accuracy)) scorer_add(k, e, &sums);
    out->r2 = scorer_r2(&sums);
    if (k->with_cost) exec_get(k->e, k->m->cost, &out->cost);
    return DFOO_OK;
}

/* ----------------------------------------------------------------------- values */

static double label_of(const scorer *k, const entries *t, size_t j, size_t i) {
    return of_example(t, j, i) * k->units.sd + k->units.mean;
}

void scorer_add(const scorer *k, const examples *e, value_sums *s) {
    entries p, t;
    if (!k->compared || !compared(k, e, &p, &t) || t.count != 1) return;
    for (size_t j = 0; j < t.n; j++) {
        double y = label_of(k, &t, j, 0), error = of_example(&p, j, 0) - y;
        if (s->n == 0) s->first = y;
        s->others |= s->several && y != s->first && y != s->second;
        if (y != s->first && !s->several) s->second = y;
        s->several |= y != s->first;
        s->n++;
        s->y += y - s->first;
        s->yy += (y - s->first) * (y - s->first);
        s->error += error * error;
    }
}

/* Labels of two values only are classes of some kind. */
double scorer_r2(const value_sums *s) {
    double total = s->n > 0 ? s->yy - s->y * s->y / s->n : 0;
    return s->others && total > 0 ? 1 - s->error / total : NAN;
}

dfoo_status scorer_metrics(const scorer *k, const examples *e, arena *a, train_metrics *out) {
    entries p, t;
    scored  x = {.n = 0};
    if (compared(k, e, &p, &t) && (k->compared || !isnan(accuracy(&p, &t)))) {
        double *labels = arena_new(a, (t.n * t.count + 1) * sizeof *labels);
        double *said = arena_new(a, (t.n * t.count + 1) * sizeof *said);
        if (!labels || !said) return DFOO_ENOMEM;
        for (size_t j = 0; j < t.n; j++)
            for (size_t i = 0; i < t.count; i++) {
                labels[j * t.count + i] = label_of(k, &t, j, i);
                said[j * t.count + i] = of_example(&p, j, i);
            }
        x = (scored){t.n, t.count, labels, said};
    }
    return metrics_of(&x, a, out);
}

/* ---------------------------------------------------------------------- classes */

/* The class that an example is, or is taken for. */
static size_t class_at(const entries *x, size_t j) {
    return x->count > 1 ? largest(x, j) : of_example(x, j, 0) >= 0.5;
}

dfoo_status scorer_confusion(const scorer *k, const examples *e, const memos *names, arena *a,
                             train_confusion *out) {
    entries y, t;
    *out = (train_confusion){.n = 0};
    if (!compared(k, e, &y, &t) || isnan(accuracy(&y, &t))) return DFOO_OK;
    if (y.count > TRAIN_CONFUSION_CLASSES) return DFOO_OK;
    uint32_t n = y.count > 1 ? (uint32_t)y.count : 2;
    size_t  *count = arena_new(a, (size_t)n * n * sizeof *count);
    if (!count) return DFOO_ENOMEM;
    for (size_t j = 0; j < t.n; j++) count[class_at(&t, j) * n + class_at(&y, j)]++;
    const char *const *classes =
        memos_classes(names, a, k->label, n); /* those of memos live as long as the call */
    if (!classes) return DFOO_ENOMEM;
    *out = (train_confusion){n, text_copies(a, classes, n), count};
    return arena_status(a);
}

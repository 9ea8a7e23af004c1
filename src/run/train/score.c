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
    DFOO_TRY(sizes_for(k->m, a, s, n, &k->s));
    DFOO_TRY(units_check(k->m, &k->s));
    k->label = score_label(k->m, &k->s);
    k->values = !k->label && k->compared; /* several for each example */
    if (k->values) k->label = k->compared;
    k->prediction = k->label ? k->m->predict.at[0] : 0;
    size_t entries = k->label ? sizes_get(&k->s, entries_dim(k->m, ir_var(&k->m->g, k->label))) : 0;
    k->sums = arena_new(a, (entries + 1) * sizeof *k->sums);
    if (!k->sums) return DFOO_ENOMEM;
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
    bool        across, values; /* values: several entries are no classes */
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

/* NAN: they are values, or a single entry whose labels are not all 0 or 1. */
static double accuracy(const entries *prediction, const entries *label) {
    size_t right = 0;
    if (label->values) return NAN;
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
    *prediction = (entries){
        k->type, predicted, across ? cols : rows, across ? rows : cols, across, k->values};
    *label = *prediction;
    label->at = labels;
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

/* ----------------------------------------------------------------------- values */

/* In the label's own units. */
static double label_of(const scorer *k, const entries *t, size_t j, size_t i) {
    double y = of_example(t, j, i);
    return i < k->units.n ? y * k->units.sd[i] + k->units.mean[i] : y;
}

static void add_values(const scorer *k, const entries *p, const entries *t, size_t i) {
    value_sums *s = &k->sums[i];
    for (size_t j = 0; j < t->n; j++) {
        double y = label_of(k, t, j, i), error = of_example(p, j, i) - y;
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
static double r2_of(const value_sums *s) {
    double total = s->n > 0 ? s->yy - s->y * s->y / s->n : 0;
    return s->others && total > 0 ? 1 - s->error / total : NAN;
}

/* The mean of what the columns have. */
static double r2_of_all(const scorer *k, size_t columns) {
    double sum = 0, n = 0;
    for (size_t i = 0; i < columns; i++) {
        double one = r2_of(&k->sums[i]);
        if (isnan(one)) continue;
        sum += one;
        n++;
    }
    return n > 0 ? sum / n : NAN;
}

/* -------------------------------------------------------------------------- run */

void scorer_begin(scorer *k) {
    size_t n = k->label ? sizes_get(&k->s, entries_dim(k->m, ir_var(&k->m->g, k->label))) : 0;
    for (size_t i = 0; i < n; i++) k->sums[i] = (value_sums){0};
}

dfoo_status scorer_add(scorer *k, const examples *e, train_score *out) {
    entries p, t;
    DFOO_TRY(make_room(k, e->n));
    examples_bind(e, k->e);
    exec_run(k->e);
    *out = (train_score){.n = e->n, .cost = NAN, .accuracy = NAN, .r2 = NAN};
    if (k->with_cost) exec_get(k->e, k->m->cost, &out->cost);
    if (!compared(k, e, &p, &t)) return DFOO_OK;
    out->accuracy = accuracy(&p, &t);
    if (!isnan(out->accuracy) || !k->compared) return DFOO_OK;
    for (size_t i = 0; i < t.count; i++) add_values(k, &p, &t, i);
    out->r2 = r2_of_all(k, t.count);
    return DFOO_OK;
}

dfoo_status scorer_run(scorer *k, const examples *e, train_score *out) {
    scorer_begin(k);
    return scorer_add(k, e, out);
}

/* ---------------------------------------------------------------------- metrics */

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
        x = (scored){t.n, t.count, k->values, labels, said};
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

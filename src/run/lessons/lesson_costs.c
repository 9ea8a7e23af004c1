/* Lessons about how the cost went, and about what the network says in the end. */
#include <math.h>

#include "run/lessons/look.h"

static history_row row_at(const look *k, size_t i) {
    return *history_at(k->w->costs, i);
}

/* The cost before the first step: of the sample, where the first row is about a whole pass. */
static double first_cost(const look *k) {
    return k->w->batches ? k->l->start_cost : row_at(k, 0).cost;
}

static bool is_far_above(double cost, double first) {
    return cost > first + 0.5 * fabs(first) + 1e-9;
}

/* ---------------------------------------------------------------- rising, swinging */

enum { RISING_ROWS = 5 };

static bool has_risen(const look *k) {
    size_t n = history_count(k->w->costs), rows = k->when == AT_END ? 1 : RISING_ROWS;
    if (n < rows + (k->w->batches ? 0 : 1)) return false;
    for (size_t i = n - rows; i < n; i++)
        if (!is_far_above(row_at(k, i).cost, first_cost(k))) return false;
    return true;
}

dfoo_status lesson_cost_rises(const look *k, finding *f) {
    if (!has_risen(k)) return DFOO_OK;
    history_row last = row_at(k, history_count(k->w->costs) - 1);
    f->found = true;
    finding_word(f, "first", "%.4g", first_cost(k));
    finding_word(f, "cost", "%.4g", last.cost);
    finding_word(f, "epoch", "%.0f", last.epoch);
    finding_rates(f, k->w);
    return DFOO_OK;
}

static size_t best_row(const look *k, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (row_at(k, i).cost < row_at(k, best).cost) best = i;
    return best;
}

/* In the last half of n rows: how often the cost rose, and by how much in all. */
static size_t count_rises(const look *k, size_t n, double *rise) {
    size_t ups = 0;
    *rise = 0;
    for (size_t i = n / 2; i < n; i++) {
        double d = row_at(k, i).cost - row_at(k, i - 1).cost;
        if (d > 0) ups++, *rise += d;
    }
    return ups;
}

dfoo_status lesson_cost_swings(const look *k, finding *f) {
    size_t n = history_count(k->w->costs);
    double rise;
    if (k->w->batches || n < 12 || k->w->drops || k->l->told[LESSON_cost_rises]) return DFOO_OK;
    size_t      ups = count_rises(k, n, &rise);
    history_row best = row_at(k, best_row(k, n)), last = row_at(k, n - 1);
    double      gain = row_at(k, 0).cost - best.cost;
    bool        swings = ups * 4 >= n - n / 2 && rise > 0.05 * gain * (double)ups;
    bool        lost = last.cost - best.cost > 0.5 * gain && gain > 0;
    if (!swings && !lost) return DFOO_OK;
    f->found = true;
    finding_word(f, "ups", "%zu", ups);
    finding_word(f, "epochs", "%zu", n - n / 2);
    finding_word(f, "rise", "%.3g", ups ? rise / (double)ups : 0);
    finding_word(f, "cost", "%.4g", last.cost);
    finding_word(f, "best", "%.4g", best.cost);
    finding_word(f, "best_epoch", "%.0f", best.epoch);
    finding_rates(f, k->w);
    return DFOO_OK;
}

/* -------------------------------------------------------------------- standing */

dfoo_status lesson_cost_stands(const look *k, finding *f) {
    const watched *w = k->w;
    size_t         n = history_count(w->costs);
    if (n < 20 || w->given || k->l->told[LESSON_equal_units]) return DFOO_OK;
    double first = row_at(k, 0).cost, middle = row_at(k, n / 2).cost, last = row_at(k, n - 1).cost;
    double fall = first - last;
    if (!(fall > 0 && fall < 0.01 * fabs(first)) || middle - last < 0.4 * fall) return DFOO_OK;
    f->found = true;
    finding_word(f, "first", "%.6g", first);
    finding_word(f, "cost", "%.6g", last);
    finding_word(f, "epochs", "%zu", w->epoch);
    finding_word(f, "more", "%.0f", 0.5 * fabs(first) / fall);
    finding_rates(f, w);
    return DFOO_OK;
}

/* ------------------------------------------------------------------- test cost */

dfoo_status lesson_test_cost_rises(const look *k, finding *f) {
    history_row best = {.test_cost = INFINITY}, last = {.test_cost = NAN};
    size_t      evaluations = 0, behind = 0;
    for (size_t i = 0; i < history_count(k->w->costs); i++) {
        history_row now = row_at(k, i);
        if (isnan(now.test_cost)) continue;
        evaluations++;
        behind++;
        if (now.test_cost < best.test_cost) best = now, behind = 0;
        last = now;
    }
    if (evaluations < 5 || behind < 3 || !(last.test_cost > best.test_cost + 0.1 * fabs(best.test_cost)))
        return DFOO_OK;
    if (!(last.cost < best.cost)) return DFOO_OK;
    f->found = true;
    finding_word(f, "epoch", "%.0f", best.epoch);
    finding_word(f, "best", "%.4g", best.test_cost);
    finding_word(f, "test", "%.4g", last.test_cost);
    finding_word(f, "then", "%.4g", best.cost);
    finding_word(f, "cost", "%.4g", last.cost);
    return DFOO_OK;
}

/* ----------------------------------------------------------------- predictions */

/* Is every prediction what the sample's first one is? */
typedef struct sameness {
    const seen *first;
    var_id      prediction;
    bool        same;
} sameness;

static bool says_the_same(const seen *x, const seen *first) {
    for (size_t i = 0; i < x->units; i++) {
        double y = seen_at(first, i, 0);
        for (size_t j = 0; j < x->n; j++)
            if (!(fabs(seen_at(x, i, j) - y) <= 1e-6 * fabs(y))) return false;
    }
    return true;
}

static bool visit_same(void *user, const watched *w, const probed *part) {
    sameness *s = user;
    seen      x;
    s->same = probe_see(w, part, s->prediction, &x) && says_the_same(&x, s->first);
    return s->same;
}

dfoo_status lesson_same_prediction(const look *k, finding *f) {
    const watched *w = k->w;
    seen           x;
    if (!w->m->predict.n || k->l->told[LESSON_dead_units] || k->l->told[LESSON_equal_units]) return DFOO_OK;
    var_id v = w->m->predict.at[0];
    if (k->n < 2 || !probe_see(w, &k->sample, v, &x) || !says_the_same(&x, &x)) return DFOO_OK;
    sameness s = {&x, v, true};
    if (k->n < w->n) DFOO_TRY(probe_all(&k->l->probe, w, visit_same, &s));
    if (!s.same) return DFOO_OK;
    f->found = true;
    f->where = v;
    finding_word(f, "var", "%s", ir_var_name(&w->m->g, v));
    if (x.units == 1)
        finding_word(f, "value", "%.4g", seen_at(&x, 0, 0));
    else
        finding_word(f, "value", "the same");
    finding_rates(f, w);
    return DFOO_OK;
}

static dfoo_status most_frequent(const look *k, const view *v, size_t *class, double *share) {
    size_t  n_classes = v->entries == 1 ? 2 : v->entries;
    size_t *count = arena_new(k->a, n_classes * sizeof *count);
    if (!count) return DFOO_ENOMEM;
    *class = 0;
    for (size_t j = 0; j < k->w->n; j++) count[view_class(v, k->w->pick[j])]++;
    for (size_t i = 1; i < n_classes; i++)
        if (count[i] > count[*class]) *class = i;
    *share = (double)count[*class] / (double)k->w->n;
    return DFOO_OK;
}

static void name_class(const watched *w, const view *v, size_t class, finding *f) {
    const memo *known = memos_find(w->memos, v->var);
    if (known && class < known->n_classes)
        finding_word(f, "class", "'%s'", known->classes[class]);
    else
        finding_word(f, "class", "%zu", class);
}

/* ---------------------------------------------------------------------- values */

static double mean_label(const watched *w, const view *v) {
    double sum = 0;
    for (size_t j = 0; j < w->n; j++) sum += view_entry(v, w->pick[j], 0) / (double)w->n;
    return sum;
}

dfoo_status lesson_as_the_mean(const look *k, finding *f) {
    const watched *w = k->w;
    const view    *v = w->label ? bound_find(w->data, w->label) : NULL;
    if (!v || isnan(w->r2) || w->r2 > 0 || w->steps < 20) return DFOO_OK;
    if (k->l->told[LESSON_same_prediction] || k->l->told[LESSON_equal_units]) return DFOO_OK;
    f->found = true;
    f->where = v->var;
    finding_word(f, "r2", "%.4g", w->r2);
    const char *var = ir_var_name(&w->m->g, v->var);
    if (v->entries == 1) finding_word(f, "mean", "%.4g, the mean of %s,", mean_label(w, v), var);
    else finding_word(f, "mean", "the mean of each column of %s", var);
    finding_word(f, "as", "%s", w->r2 > -0.005 ? "as good" : "better");
    finding_word(f, "as_large", "%s", w->r2 > -0.005 ? "as large as" : "larger than");
    finding_rates(f, w);
    return DFOO_OK;
}

static dfoo_status most_frequent(const look *k, const view *v, size_t *class, double *share);
static void        name_class(const watched *w, const view *v, size_t class, finding *f);

/* The most frequent class is that of training; of the test examples it may be a little more frequent. */
static dfoo_status useless_for_classes(const look *k, const view *v, finding *f) {
    const watched *w = k->w;
    size_t         class;
    double         share;
    DFOO_TRY(most_frequent(k, v, &class, &share));
    double margin = 2 * sqrt(share * (1 - share) / (double)w->n_test);
    if (share == 1 || w->test_accuracy > share - margin || w->accuracy <= share) return DFOO_OK;
    f->found = true;
    finding_word(f, "what", "accuracy");
    finding_word(f, "test", "%.2f%%", 100 * w->test_accuracy);
    finding_word(f, "train", "%.2f%%", 100 * w->accuracy);
    name_class(w, v, class, f);
    finding_word(f, "most", "the most frequent class");
    finding_word(f, "as", "is right in about %.2f%%", 100 * share);
    return DFOO_OK;
}

dfoo_status lesson_useless_on_test(const look *k, finding *f) {
    const watched *w = k->w;
    const view    *v = w->label ? bound_find(w->data, w->label) : NULL;
    if (!v || w->n_test < 30 || w->steps < 20) return DFOO_OK;
    f->where = v->var;
    if (!isnan(w->test_accuracy)) return useless_for_classes(k, v, f);
    if (isnan(w->test_r2) || w->test_r2 > 0 || !(w->r2 > 0)) return DFOO_OK;
    f->found = true;
    finding_word(f, "what", "R2");
    finding_word(f, "test", "%.4g", w->test_r2);
    finding_word(f, "train", "%.4g", w->r2);
    finding_word(f, "most", "the mean");
    finding_word(f, "as", "%s", w->test_r2 > -0.005 ? "is as good" : "is better");
    return DFOO_OK;
}

/* --------------------------------------------------------------------- classes */

/* The mean recall of the classes in the sample, over what chance gives. */
static bool tells_classes_apart(const look *k, const view *v) {
    const watched *w = k->w;
    size_t         n = v->entries == 1 ? 2 : v->entries;
    double        *is = arena_new(k->a, n * 2 * sizeof *is), recall = 0, there = 0;
    seen           x;
    if (!is || !w->m->predict.n || !probe_see(w, &k->sample, w->m->predict.at[0], &x)) return false;
    for (size_t j = 0; j < x.n; j++) {
        size_t class = view_class(v, k->pick[j]), said = x.units == 1 && seen_at(&x, 0, j) >= 0.5;
        for (size_t i = 1; i < x.units; i++)
            if (seen_at(&x, i, j) > seen_at(&x, said, j)) said = i;
        is[class]++;
        is[n + class] += said == class;
    }
    for (size_t i = 0; i < n; i++) {
        if (is[i] == 0) continue;
        recall += is[n + i] / is[i];
        there++;
    }
    return there > 1 && recall / there > 1 / there + 0.05;
}

dfoo_status lesson_most_frequent(const look *k, finding *f) {
    const watched *w = k->w;
    const view    *v = w->label ? bound_find(w->data, w->label) : NULL;
    size_t         class;
    double         share;
    if (!v || isnan(w->accuracy) || w->steps < 100) return DFOO_OK;
    if (k->l->told[LESSON_same_prediction] || k->l->told[LESSON_equal_units]) return DFOO_OK;
    DFOO_TRY(most_frequent(k, v, &class, &share));
    if (share == 1 || w->accuracy > share + 1e-9 || tells_classes_apart(k, v)) return DFOO_OK;
    f->found = true;
    f->where = v->var;
    finding_word(f, "accuracy", "%.2f%%", 100 * w->accuracy);
    finding_word(f, "share", "%.2f%%", 100 * share);
    name_class(w, v, class, f);
    finding_rates(f, w);
    return DFOO_OK;
}

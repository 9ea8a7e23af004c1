/* Lessons about how the cost went, and about what the network says in the end. */
#include <math.h>

#include "run/train/trainer.h"

typedef struct row {
    double epoch, cost, accuracy, test_cost, test_accuracy;
} row;

static row row_at(const trainer *t, size_t i) {
    const double *x = trainer_row(t, i);
    return (row){x[0], x[1], x[2], x[3], x[4]};
}

/* The cost before the first step: of the sample, where the first row is about a whole pass. */
static double first_cost(const trainer *t) {
    return t->batch ? t->lessons.start_cost : row_at(t, 0).cost;
}

static bool is_far_above(double cost, double first) {
    return cost > first + 0.5 * fabs(first) + 1e-9;
}

/* ---------------------------------------------------------------- rising, swinging */

enum { RISING_ROWS = 5 };

static bool has_risen(const look *k) {
    const trainer *t = k->t;
    size_t         n = trainer_rows(t), rows = k->when == AT_END ? 1 : RISING_ROWS;
    if (n < rows + (t->batch ? 0 : 1)) return false;
    for (size_t i = n - rows; i < n; i++)
        if (!is_far_above(row_at(t, i).cost, first_cost(t))) return false;
    return true;
}

dfoo_status lesson_cost_rises(const look *k, finding *f) {
    if (!has_risen(k)) return DFOO_OK;
    row last = row_at(k->t, trainer_rows(k->t) - 1);
    f->found = true;
    finding_word(f, "first", "%.4g", first_cost(k->t));
    finding_word(f, "cost", "%.4g", last.cost);
    finding_word(f, "epoch", "%.0f", last.epoch);
    finding_rates(f, k->t);
    return DFOO_OK;
}

static bool has_masks(const trainer *t) {
    for (var_id v = 1; v < t->plan->n_vars; v++)
        if (ir_var(&t->m->g, v)->kind == VAR_MASK && t->plan->of_var[v]) return true;
    return false;
}

static size_t best_row(const trainer *t, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (row_at(t, i).cost < row_at(t, best).cost) best = i;
    return best;
}

dfoo_status lesson_cost_swings(const look *k, finding *f) {
    const trainer *t = k->t;
    size_t         n = trainer_rows(t), ups = 0;
    double         rise = 0;
    if (t->batch || n < 12 || has_masks(t) || t->lessons.told[LESSON_cost_rises]) return DFOO_OK;
    for (size_t i = n / 2; i < n; i++) {
        double d = row_at(t, i).cost - row_at(t, i - 1).cost;
        if (d > 0) ups++, rise += d;
    }
    row    best = row_at(t, best_row(t, n)), last = row_at(t, n - 1);
    double gain = row_at(t, 0).cost - best.cost;
    bool   swings = ups * 4 >= n - n / 2 && rise > 0.05 * gain * (double)ups;
    bool   lost = last.cost - best.cost > 0.5 * gain && gain > 0;
    if (!swings && !lost) return DFOO_OK;
    f->found = true;
    finding_word(f, "ups", "%zu", ups);
    finding_word(f, "epochs", "%zu", n - n / 2);
    finding_word(f, "rise", "%.3g", ups ? rise / (double)ups : 0);
    finding_word(f, "cost", "%.4g", last.cost);
    finding_word(f, "best", "%.4g", best.cost);
    finding_word(f, "best_epoch", "%.0f", best.epoch);
    finding_rates(f, t);
    return DFOO_OK;
}

/* -------------------------------------------------------------------- standing */

dfoo_status lesson_cost_stands(const look *k, finding *f) {
    const trainer *t = k->t;
    size_t         n = trainer_rows(t);
    if (n < 20 || t->in->from || t->lessons.told[LESSON_equal_units]) return DFOO_OK;
    double first = row_at(t, 0).cost, middle = row_at(t, n / 2).cost, last = row_at(t, n - 1).cost;
    double fall = first - last;
    if (!(fall > 0 && fall < 0.01 * fabs(first)) || middle - last < 0.4 * fall) return DFOO_OK;
    f->found = true;
    finding_word(f, "first", "%.6g", first);
    finding_word(f, "cost", "%.6g", last);
    finding_word(f, "epochs", "%zu", t->epoch);
    finding_word(f, "more", "%.0f", 0.5 * fabs(first) / fall);
    finding_rates(f, t);
    return DFOO_OK;
}

/* ------------------------------------------------------------------- test cost */

dfoo_status lesson_test_cost_rises(const look *k, finding *f) {
    const trainer *t = k->t;
    row            best = {.test_cost = INFINITY}, last = {.test_cost = NAN};
    size_t         evaluations = 0, behind = 0;
    for (size_t i = 0; i < trainer_rows(t); i++) {
        row now = row_at(t, i);
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

static bool visit_same(void *user, const trainer *t, const probed *part) {
    sameness *s = user;
    seen      x;
    s->same = probe_see(t, part, s->prediction, &x) && says_the_same(&x, s->first);
    return s->same;
}

dfoo_status lesson_same_prediction(const look *k, finding *f) {
    const trainer *t = k->t;
    seen           x;
    if (!t->m->predict.n || t->lessons.told[LESSON_dead_units] || t->lessons.told[LESSON_equal_units])
        return DFOO_OK;
    var_id v = t->m->predict.at[0];
    if (k->n < 2 || !probe_see(t, &k->sample, v, &x) || !says_the_same(&x, &x)) return DFOO_OK;
    sameness s = {&x, v, true};
    if (k->n < t->n) DFOO_TRY(probe_all(t, visit_same, &s));
    if (!s.same) return DFOO_OK;
    f->found = true;
    f->where = v;
    finding_word(f, "var", "%s", ir_var_name(&t->m->g, v));
    if (x.units == 1)
        finding_word(f, "value", "%.4g", seen_at(&x, 0, 0));
    else
        finding_word(f, "value", "the same");
    finding_rates(f, t);
    return DFOO_OK;
}

/* The class that an example is labelled with. */
static size_t class_of(const view *v, size_t j) {
    size_t best = 0;
    if (v->entries == 1) return view_entry(v, j, 0) != 0;
    for (size_t i = 1; i < v->entries; i++)
        if (view_entry(v, j, i) > view_entry(v, j, best)) best = i;
    return best;
}

static dfoo_status most_frequent(const look *k, const view *v, size_t *class, double *share) {
    size_t  n_classes = v->entries == 1 ? 2 : v->entries;
    size_t *count = arena_new(k->a, n_classes * sizeof *count);
    if (!count) return DFOO_ENOMEM;
    *class = 0;
    for (size_t j = 0; j < k->t->n; j++) count[class_of(v, k->t->pick[j])]++;
    for (size_t i = 1; i < n_classes; i++)
        if (count[i] > count[*class]) *class = i;
    *share = (double)count[*class] / (double)k->t->n;
    return DFOO_OK;
}

static void name_class(const trainer *t, const view *v, size_t class, finding *f) {
    const memo *known = memos_find(&t->memos, v->var);
    if (known && class < known->n_classes)
        finding_word(f, "class", "'%s'", known->classes[class]);
    else
        finding_word(f, "class", "%zu", class);
}

dfoo_status lesson_most_frequent(const look *k, finding *f) {
    const trainer *t = k->t;
    const view    *v = t->scorer.label ? bound_find(&t->data, t->scorer.label) : NULL;
    size_t class;
    double share;
    if (!v || isnan(t->train_score.accuracy) || t->t - t->t_began < 100) return DFOO_OK;
    if (t->lessons.told[LESSON_same_prediction] || t->lessons.told[LESSON_equal_units]) return DFOO_OK;
    DFOO_TRY(most_frequent(k, v, &class, &share));
    if (share == 1 || t->train_score.accuracy > share + 1e-9) return DFOO_OK;
    f->found = true;
    f->where = v->var;
    finding_word(f, "accuracy", "%.2f%%", 100 * t->train_score.accuracy);
    finding_word(f, "share", "%.2f%%", 100 * share);
    name_class(t, v, class, f);
    finding_rates(f, t);
    return DFOO_OK;
}

/* Metrics: of values R2, RMSE, MAE; of classes what is counted, log-loss, and the area under the ROC curve.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/train/metrics.h"

static const train_metric_info table[TRAIN_METRICS] = {
#define METRIC(ID, NAME, SIGN, PERCENT, HELP) {#ID, NAME, SIGN, PERCENT, HELP},
#include "run/train/metrics.def"
};

const train_metric_info *train_metric(uint32_t i) {
    return i < TRAIN_METRICS ? &table[i] : NULL;
}

/* ------------------------------------------------------------------- values */

/* Of one entry; R2 is NAN if the label never changes. */
static train_of_column of_column(const scored *x, size_t i) {
    double mean = 0, total = 0, error = 0, sizes = 0, n = (double)x->n;
    for (size_t j = 0; j < x->n; j++) mean += x->y[j * x->count + i] / (double)x->n;
    for (size_t j = 0; j < x->n; j++) {
        double y = x->y[j * x->count + i], e = x->p[j * x->count + i] - y;
        total += (y - mean) * (y - mean);
        error += e * e;
        sizes += fabs(e);
    }
    return (train_of_column){total > 0 ? 1 - error / total : NAN, sqrt(error / n), sizes / n};
}

/* Of several, which may have different units, only R2 has a mean that says something. */
static dfoo_status of_columns(const scored *x, arena *a, train_metrics *out) {
    train_of_column *each = arena_new(a, x->count * sizeof *each);
    double           sum = 0, n = 0;
    if (!each) return DFOO_ENOMEM;
    for (size_t i = 0; i < x->count; i++) {
        each[i] = of_column(x, i);
        if (isnan(each[i].r2)) continue;
        sum += each[i].r2;
        n++;
    }
    out->value[TRAIN_METRIC_r2] = n > 0 ? sum / n : NAN;
    out->columns = each;
    return DFOO_OK;
}

static dfoo_status of_values(const scored *x, arena *a, train_metrics *out) {
    if (x->count > 1) return of_columns(x, a, out);
    train_of_column one = of_column(x, 0);
    out->value[TRAIN_METRIC_r2] = one.r2;
    out->value[TRAIN_METRIC_rmse] = one.rmse;
    out->value[TRAIN_METRIC_mae] = one.mae;
    return DFOO_OK;
}

/* ------------------------------------------------------------------ classes */

static size_t largest(const double *x, size_t n) {
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (x[i] > x[best]) best = i;
    return best;
}

static size_t class_of(const scored *x, const double *at, size_t j) {
    return x->count == 1 ? at[j] >= 0.5 : largest(at + j * x->count, x->count);
}

/* How likely a class was said to be. */
static double likely(const scored *x, size_t j, size_t class) {
    if (x->count > 1) return x->p[j * x->count + class];
    return class ? x->p[j] : 1 - x->p[j];
}

static double log_loss(const scored *x) {
    double sum = 0;
    for (size_t j = 0; j < x->n; j++) {
        double p = likely(x, j, class_of(x, x->y, j));
        if (!(p >= 0 && p <= 1)) return NAN; /* these are no probabilities */
        sum -= log(fmax(p, 1e-15));
    }
    return sum / (double)x->n;
}

static int compare(const void *left, const void *right) {
    const train_ranked *l = left, *r = right;
    return (l->value < r->value) - (l->value > r->value);
}

static void rank(const scored *x, size_t class, train_ranked *out) {
    for (size_t j = 0; j < x->n; j++)
        out[j] = (train_ranked){likely(x, j, class), class_of(x, x->y, j) == class};
    qsort(out, x->n, sizeof *out, compare);
}

void train_rank(const train_metrics *m, size_t class, train_ranked *out) {
    rank(&(scored){m->n, m->count, false, m->y, m->p}, class, out);
}

/* By ranks, those of equal values being their mean (Mann and Whitney 1947): how many pairs, one of the class
 * and one of another, are the right way round. */
static double area(const scored *x, size_t class, train_ranked *room) {
    double sum = 0, n_is = 0;
    rank(x, class, room);
    for (size_t j = 0, end; j < x->n; j = end) {
        double is = 0;
        for (end = j; end < x->n && room[end].value == room[j].value; end++) is += room[end].is;
        sum += is * ((double)(j + end + 1) / 2);
        n_is += is;
    }
    double n_not = (double)x->n - n_is;
    return n_is > 0 && n_not > 0 ? (n_is * n_not + n_is * (n_is + 1) / 2 - sum) / (n_is * n_not) : NAN;
}

/* What is counted of one class. */
typedef struct counts {
    double is, said, both;
} counts;

static double part(double x, double of) {
    return of > 0 ? x / of : 0;
}

/* Means over the classes from `first` on that are there, or are said. */
static void of_counts(const counts *c, size_t first, size_t n, train_metrics *out) {
    double sum[3] = {0}, seen = 0;
    for (size_t k = first; k < n; k++) {
        double precision = part(c[k].both, c[k].said), recall = part(c[k].both, c[k].is);
        if (c[k].is == 0 && c[k].said == 0) continue;
        seen++;
        sum[0] += precision;
        sum[1] += recall;
        sum[2] += part(2 * precision * recall, precision + recall);
    }
    for (int i = 0; i < 3; i++) out->value[TRAIN_METRIC_precision + i] = seen > 0 ? sum[i] / seen : NAN;
}

static void count_classes(const scored *x, counts *c, size_t n, train_metrics *out) {
    double right = 0, recalls = 0, there = 0;
    for (size_t j = 0; j < x->n; j++) {
        size_t is = class_of(x, x->y, j), said = class_of(x, x->p, j);
        c[is].is++;
        c[said].said++;
        c[is].both += is == said;
        right += is == said;
    }
    for (size_t k = 0; k < n; k++) {
        there += c[k].is > 0;
        recalls += part(c[k].both, c[k].is);
    }
    out->value[TRAIN_METRIC_accuracy] = right / (double)x->n;
    out->value[TRAIN_METRIC_balanced] = recalls / there;
    of_counts(c, x->count == 1, n, out);
}

static dfoo_status of_classes(const scored *x, arena *a, train_metrics *out) {
    size_t        n = x->count == 1 ? 2 : x->count;
    counts       *c = arena_new(a, n * sizeof *c);
    train_ranked *room = arena_new(a, x->n * sizeof *room);
    double        sum = 0, areas = 0;
    if (!c || !room) return DFOO_ENOMEM;
    count_classes(x, c, n, out);
    out->value[TRAIN_METRIC_log_loss] = log_loss(x);
    for (size_t k = n == 2; k < n; k++) {
        double one = area(x, k, room);
        if (isnan(one)) continue;
        sum += one;
        areas++;
    }
    out->value[TRAIN_METRIC_auc] = areas > 0 ? sum / areas : NAN;
    return DFOO_OK;
}

static bool are_classes(const scored *x) {
    for (size_t j = 0; j < x->n && x->count == 1; j++)
        if (x->y[j] != 0 && x->y[j] != 1) return false;
    return true;
}

dfoo_status metrics_of(const scored *x, arena *a, train_metrics *out) {
    *out = (train_metrics){.n = x->n, .count = x->count, .y = x->y, .p = x->p};
    for (int i = 0; i < TRAIN_METRICS; i++) out->value[i] = NAN;
    if (!x->n) return DFOO_OK;
    return x->values || !are_classes(x) ? of_values(x, a, out) : of_classes(x, a, out);
}

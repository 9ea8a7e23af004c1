/* The public interface: a learning-rate range test. The rate grows from step to step by a constant factor;
 * where the cost falls fastest steps are of the right size, and where it grows they are too long. (The test
 * is Smith's, "Cyclical learning rates for training neural networks", 2017.) */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"

enum { PER_DECADE = 25, DECADES = 8, MOST_STEPS = PER_DECADE * DECADES, WIDTH = 8, LEAST_STEPS = 40 };

static const double LOWEST = 1e-6;

typedef struct range_test {
    dfoo_model *model;
    double      rate[MOST_STEPS], cost[MOST_STEPS], smooth[MOST_STEPS];
    size_t      n;
    bool        grew;
} range_test;

/* ------------------------------------------------------------------- the steps */

/* Has the cost left the range in which it began? Of a mean that forgets, since batches differ. */
static bool has_grown(const range_test *t, double *mean, double *least) {
    double cost = t->cost[t->n - 1], weight = t->n < 10 ? 1.0 / (double)t->n : 0.2;
    *mean += weight * (cost - *mean);
    if (t->n >= 10) *least = fmin(*least, *mean);
    double fall = fmax(fabs(t->cost[0] - *least), 0.1 * fabs(*least));
    return !isfinite(cost) || (t->n > 10 && *mean > *least + 2 * fall);
}

static dfoo_status make_steps(range_test *t, dfoo_trainer *k) {
    double mean = 0, least = INFINITY;
    for (int i = 0; i < MOST_STEPS && !t->grew; i++) {
        dfoo_progress now = DFOO_INIT(dfoo_progress);
        t->rate[t->n] = LOWEST * pow(10, (double)i / PER_DECADE);
        DFOO_TRY(dfoo_trainer_set_learning_rate(k, t->rate[t->n]));
        dfoo_status status = dfoo_trainer_step(k, NULL, &now);
        if (status == DFOO_NO) break; /* the caller ends it */
        if (status != DFOO_OK && status != DFOO_EINPUT) return status;
        t->cost[t->n++] = now.step_cost;
        t->grew = status == DFOO_EINPUT || has_grown(t, &mean, &least);
    }
    while (t->n && !isfinite(t->cost[t->n - 1])) t->n--;
    return DFOO_OK;
}

/* What is noticed in steps that are too long on purpose is not told. */
static dfoo_status make_steps_quietly(range_test *t, dfoo_trainer *k) {
    dfoo       *d = t->model->d;
    size_t      len = d->messages.len;
    uint32_t    n = d->list.n;
    dfoo_status status = make_steps(t, k);
    if (status != DFOO_OK) return status;
    d->list.n = n;
    d->messages.len = len;
    if (d->messages.text) d->messages.text[len] = 0;
    return status;
}

static dfoo_status run_test(range_test *t, const dfoo_train_options *options) {
    dfoo_trainer      *k;
    dfoo_train_options own = *options;
    own.schedule = NULL;
    own.warmup = 0;
    own.epochs = 1000000; /* so that a schedule that goes with the size of a table stays at its beginning */
    own.zeros &= ~(unsigned)DFOO_ZERO_EPOCHS;
    own.test = own.file = own.log = own.plot = own.metric = own.config = own.test_map = NULL;
    own.test_arrays = NULL;
    own.more_tests = NULL;
    own.split = 0;
    own.folds = own.patience = own.checkpoint = 0;
    own.resume = own.restart = 0;
    own.report = NULL;
    own.each_step = own.each_epoch = NULL;
    DFOO_TRY(dfoo_trainer_open(t->model, &own, &k));
    dfoo_status status = make_steps_quietly(t, k);
    dfoo_trainer_close(k);
    return status;
}

/* ------------------------------------------------------------------- the answer */

/* Means over neighbours: batches differ. */
static void smoothen(range_test *t) {
    for (size_t i = 0; i < t->n; i++) {
        size_t half = i < t->n - 1 - i ? i : t->n - 1 - i;
        if (half > WIDTH) half = WIDTH;
        t->smooth[i] = 0;
        for (size_t j = i - half; j <= i + half; j++) t->smooth[i] += t->cost[j] / (double)(2 * half + 1);
    }
}

/* The fastest fall before the least cost; n: there is none. */
static size_t find_steepest(const range_test *t, size_t least) {
    size_t best = t->n;
    double fall = 0;
    for (size_t i = WIDTH; i + WIDTH <= least; i++) {
        double own = t->smooth[i - WIDTH] - t->smooth[i + WIDTH];
        if (own <= fall) continue;
        fall = own;
        best = i;
    }
    return best;
}

/* Two digits are all that such a test can say. */
static double rounded(double x) {
    double unit = pow(10, floor(log10(x)) - 1);
    return round(x / unit) * unit;
}

static void find_answer(const range_test *t, dfoo_rate *out) {
    size_t least = 0;
    *out = (dfoo_rate){.size = sizeof *out, .rate = NAN, .low = LOWEST, .steps = t->n, .grew = t->grew};
    out->high = t->n ? t->rate[t->n - 1] : NAN;
    out->least = out->start_cost = out->least_cost = NAN;
    if (t->n < LEAST_STEPS) return;
    for (size_t i = 0; i < t->n; i++)
        if (t->smooth[i] < t->smooth[least]) least = i;
    out->least = t->rate[least];
    out->start_cost = t->smooth[WIDTH];
    out->least_cost = t->smooth[least];
    size_t steepest = find_steepest(t, least);
    if (steepest < t->n) out->rate = rounded(fmin(t->rate[steepest], t->rate[least] / 10));
}

/* ------------------------------------------------------------------ what is handed out */

static dfoo_status put_curve(const range_test *t, dfoo_arrays *curve) {
    const struct column {
        const char   *name;
        const double *x;
    } columns[] = {{"learning_rate", t->rate}, {"cost", t->cost}, {"smooth", t->smooth}};
    for (size_t i = 0; curve && i < sizeof columns / sizeof *columns; i++)
        DFOO_TRY(dfoo_arrays_add(curve, columns[i].name, 1, &t->n, columns[i].x, NULL));
    return DFOO_OK;
}

typedef struct picture_request {
    const range_test *t;
    const dfoo_rate  *found;
} picture_request;

/* Room for the fall; of the growth behind it, its beginning. */
static plot_range range_shown(const range_test *t, const dfoo_rate *found) {
    plot_range all = plot_range_of(t->smooth, t->n, 1);
    double     fall = found->start_cost - found->least_cost;
    if (fall > 0) all.high = fmin(all.high, found->start_cost + fall);
    if (fall > 0) all.low = found->least_cost - fall / 2;
    return all;
}

static dfoo_status draw(work *w, const void *request, buf *out) {
    const picture_request *r = request;
    const range_test      *t = r->t;
    char                   name[64];
    plot_series series[] = {
        {.name = "a step", .colour = 9, .n = t->n, .x = t->rate, .y = t->cost, .points = true},
        {.name = "smoothed", .colour = 0, .n = t->n, .x = t->rate, .y = t->smooth, .line = true}};
    plot_range range = range_shown(t, r->found);
    plot_chart c = {.title = arena_format(&w->a, "%s: cost with growing learning rates", w->m.src.name),
                    .description = "The cost of each step; the learning rate grows from step to step.",
                    .across = {.label = "learning rate", .log = true},
                    .up = {.label = "cost", .low = range.low, .high = range.high},
                    .n = 2,
                    .series = series,
                    .level = NAN,
                    .mark = r->found->rate,
                    .mark_name = name};
    snprintf(name, sizeof name, "%.2g", r->found->rate);
    if (!c.title) return DFOO_ENOMEM;
    return plot_draw_chart(&c, &w->a, out);
}

static dfoo_status hand_out(range_test *t, const dfoo_rate *found, dfoo_arrays *curve, char **svg) {
    DFOO_TRY(put_curve(t, curve));
    if (!svg || !t->n) return DFOO_OK;
    return work_write_text(t->model->d, t->model, draw, &(picture_request){t, found}, svg);
}

dfoo_status dfoo_find_rate(dfoo_model *model, const dfoo_train_options *options, dfoo_rate *found,
                           dfoo_arrays *curve, char **svg) {
    dfoo_train_options opt;
    dfoo_rate          answer = {.rate = NAN};
    if (svg) *svg = NULL;
    NEED(NULL, model);
    NEED(model->d, found);
    TAKE(model->d, dfoo_train_options, options, opt);
    KNOWN(model->d, opt.header, DFOO_HEADER_NO);
    KNOWN(model->d, opt.decay_kind, DFOO_L2);
    KNOWN(model->d, opt.dtype, DFOO_F32);
    range_test *t = mem_new(&model->d->mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    *t = (range_test){.model = model};
    dfoo_status status = run_test(t, &opt);
    if (status == DFOO_OK) {
        smoothen(t);
        find_answer(t, &answer);
        status = hand_out(t, &answer, curve, svg);
    }
    mem_free(&model->d->mem, t, sizeof *t);
    HAND_OUT(model->d, dfoo_rate, answer, found);
    return status;
}

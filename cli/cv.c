/* dfoo cv: cross-validation, and a grid of settings that is compared by it.
 *
 * Each training, of one point of the grid without one fold, has a context of its own and one thread, so that
 * they can run at the same time and none depends on how many do. Folds that were held back are scored. */
#define _GNU_SOURCE /* sched_getaffinity */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cv_log.h"

enum { DEFAULT_FOLDS = 5, MOST_METRICS = 32, MOST_WORKERS = 64 };

/* What is shared by all that train. */
typedef struct validation {
    dfoo          *d;
    const request *r;
    grid           g;
    size_t         folds, n; /* n trainings in all: fold after fold of the first point, then of the next */
    char         **models;   /* the text of each point's model */
    trial         *trials;
    int            metric; /* of DFOO_METRICS; -1: the one that suits the model */
    bool           by_cost;
    progress       shown;
    cv_log         log;
    pthread_mutex_t lock; /* of what stands below */
    size_t          next, done;
    bool            log_failed;
    atomic_int      over; /* nothing more is to be done */
} validation;

/* ------------------------------------------------------------- one training */

typedef struct training {
    validation  *v;
    const point *p;
    dfoo        *d;
    dfoo_model  *model;
    dfoo_arrays *run;
    trial       *out;
} training;

static int should_stop(void *user) {
    validation *v = user;
    return signal_caught() || atomic_load(&v->over);
}

static dfoo_train_options options_of(validation *v, const point *p, size_t fold) {
    dfoo_train_options how = p->r.train;
    how.folds = v->folds;
    how.fold = fold + 1;
    how.threads = 1;
    how.stop = should_stop;
    how.user = v;
    if (!how.patience || v->by_cost) how.metric = NULL;
    return how;
}

static dfoo_status open_model(const validation *v, dfoo *d, const point *p, const char *text,
                              dfoo_model **out) {
    dfoo_status status = dfoo_use_isa(d, getenv("DFOO_ISA"));
    if (status == DFOO_OK) status = dfoo_use_memory(d, v->r->memory);
    if (status == DFOO_OK) status = dfoo_model_parse(d, v->r->args[0], text, strlen(text), out);
    return status == DFOO_OK ? model_settings(&p->r.settings, *out) : status;
}

/* The metric that is asked for, of the fold that training held back. */
static dfoo_status score_fold(training *t) {
    double                metrics[MOST_METRICS];
    dfoo_arrays          *out = NULL;
    const dfoo_train_options *how = &t->p->r.train;
    dfoo_predict_options  ask = DFOO_INIT(dfoo_predict_options);
    ask.data = how->data;
    ask.more_data = how->more_data;
    ask.flatten = 1;
    ask.header = how->header;
    ask.labels = how->labels;
    ask.part = DFOO_PART_TEST;
    ask.metrics = metrics;
    ask.n_metrics = (size_t)t->v->metric + 1;
    dfoo_status status = dfoo_predict(t->model, t->run, &ask, &out, NULL);
    t->out->score = status == DFOO_OK ? metrics[t->v->metric] : NAN;
    dfoo_arrays_free(out);
    return status;
}

/* A cost that is not finite belongs to the point; what is wrong before the first step, to the request. */
static dfoo_status fit(training *t, const dfoo_train_options *how) {
    dfoo_trainer *k;
    dfoo_status   status = dfoo_trainer_open(t->model, how, &k);
    if (status != DFOO_OK) return status;
    while (status == DFOO_OK && !should_stop(t->v)) status = dfoo_trainer_epoch(k, NULL);
    if (status == DFOO_OK || status == DFOO_NO) status = dfoo_trainer_end(k, &t->run, &t->out->last);
    t->out->end = status == DFOO_EINPUT ? DIVERGED : DONE;
    dfoo_trainer_close(k);
    return status == DFOO_EINPUT ? DFOO_OK : status;
}

static void count_warnings(training *t) {
    for (size_t i = 0; dfoo_message_at(t->d, i); i++)
        t->out->warnings += dfoo_message_at(t->d, i)->kind == DFOO_WARNING;
}

static void run_trial(validation *v, size_t i) {
    training           t = {.v = v, .p = &v->g.points[i / v->folds], .out = &v->trials[i]};
    dfoo_train_options how = options_of(v, t.p, i % v->folds);
    dfoo_status        status = dfoo_open(NULL, &t.d);
    t.out->last = (dfoo_progress)DFOO_INIT(dfoo_progress);
    if (status == DFOO_OK) status = open_model(v, t.d, t.p, v->models[i / v->folds], &t.model);
    if (status == DFOO_OK) status = fit(&t, &how);
    t.out->score = v->by_cost ? t.out->last.test_cost : t.out->last.test_metric;
    if (status == DFOO_OK && t.out->end == DONE && v->metric >= 0 && !should_stop(v)) status = score_fold(&t);
    if (status != DFOO_OK) t.out->end = WRONG;
    if (t.d) count_warnings(&t);
    dfoo_arrays_free(t.run);
    dfoo_model_free(t.model);
    dfoo_close(t.d);
}

/* ------------------------------------------------------------ all trainings */

/* The live line of a terminal. */
static void show_done(validation *v) {
    if (!v->shown.live) return;
    int width = fprintf(stderr, "\r%zu of %zu trainings", v->done, v->n);
    fflush(stderr);
    v->shown.width = width > 1 ? (size_t)width - 1 : 0;
}

/* The next training that the log does not have; v->n: there is none. */
static size_t take_next(validation *v) {
    while (v->next < v->n && v->trials[v->next].end != NOT_YET) v->next++;
    return v->next < v->n ? v->next++ : v->n;
}

/* One that was stopped is not done. */
static void keep(validation *v, size_t i) {
    const trial *t = &v->trials[i];
    if (signal_caught()) return;
    v->done++;
    if (!v->log.file || t->end == WRONG || atomic_load(&v->over)) return;
    if (cv_log_add(&v->log, t, i)) return;
    v->log_failed = true;
    atomic_store(&v->over, 1);
}

static void *work(void *user) {
    validation *v = user;
    pthread_mutex_lock(&v->lock);
    for (size_t i; !should_stop(v) && (i = take_next(v)) < v->n;) {
        pthread_mutex_unlock(&v->lock);
        run_trial(v, i);
        pthread_mutex_lock(&v->lock);
        keep(v, i);
        if (v->trials[i].end == WRONG) atomic_store(&v->over, 1);
        show_done(v);
    }
    pthread_mutex_unlock(&v->lock);
    return NULL;
}

/* Those that this process may run on: with taskset there are fewer than the machine has. */
static long count_processors(void) {
#ifdef CPU_COUNT
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
#endif
    return sysconf(_SC_NPROCESSORS_ONLN);
}

static size_t count_workers(const validation *v) {
    long   there = count_processors();
    size_t n = v->r->train.threads ? v->r->train.threads : there > 0 ? (size_t)there : 1;
    if (n > MOST_WORKERS) n = MOST_WORKERS;
    return n < v->n ? n : v->n;
}

static void run_all(validation *v) {
    pthread_t workers[MOST_WORKERS];
    size_t    n = 0, wanted = count_workers(v);
    while (n + 1 < wanted && pthread_create(&workers[n], NULL, work, v) == 0) n++;
    work(v);
    for (size_t i = 0; i < n; i++) pthread_join(workers[i], NULL);
    progress_clear(&v->shown);
}

/* ------------------------------------------------------------------- results */

/* Mean and standard deviation of what the folds reached. */
typedef struct spread {
    double mean, deviation;
} spread;

static double score_of(const trial *t) {
    return t->score;
}
static double cost_of(const trial *t) {
    return t->last.test_cost;
}
static double training_of(const trial *t) {
    return t->last.metric_name ? t->last.metric : t->last.cost;
}

static spread spread_of(const validation *v, size_t at, double of(const trial *)) {
    const trial *t = v->trials + at * v->folds;
    spread       s = {0, 0};
    for (size_t i = 0; i < v->folds; i++) s.mean += of(&t[i]) / (double)v->folds;
    for (size_t i = 0; i < v->folds; i++)
        s.deviation += (of(&t[i]) - s.mean) * (of(&t[i]) - s.mean) / (double)(v->folds - 1);
    s.deviation = sqrt(s.deviation);
    return s;
}

static size_t count_ends(const validation *v, size_t at, trial_end end) {
    size_t n = 0;
    for (size_t i = 0; i < v->folds; i++) n += v->trials[at * v->folds + i].end == end;
    return n;
}

/* What the scores are called, and which way they are good. */
static const char *score_name(const validation *v) {
    if (v->by_cost) return "cost";
    if (v->metric >= 0) return dfoo_word(DFOO_METRICS, (size_t)v->metric);
    for (size_t i = 0; i < v->n; i++)
        if (v->trials[i].last.metric_name) return v->trials[i].last.metric_name;
    return "cost";
}

static int score_sign(const char *name) {
    for (size_t i = 0; dfoo_word(DFOO_METRICS, i); i++)
        if (strcmp(dfoo_word(DFOO_METRICS, i), name) == 0) return dfoo_metric_sign(i);
    return -1;
}

/* The point with the best mean, of equal ones that with the least cost, then the first; g.n: none. */
static size_t find_best(const validation *v) {
    size_t best = v->g.n;
    spread s = {0}, cost = {0};
    int    sign = score_sign(score_name(v));
    for (size_t i = 0; i < v->g.n; i++) {
        if (count_ends(v, i, DONE) < v->folds) continue;
        spread own = spread_of(v, i, score_of), c = spread_of(v, i, cost_of);
        bool   first = best == v->g.n, equal = own.mean == s.mean && c.mean < cost.mean;
        if (!first && !(sign * own.mean > sign * s.mean) && !equal) continue;
        best = i;
        s = own;
        cost = c;
    }
    return best;
}

/* How many others are not worse than the best by more than its standard error. */
static size_t count_near(const validation *v, size_t best, double *error) {
    size_t n = 0;
    spread s = spread_of(v, best, score_of);
    *error = s.deviation / sqrt((double)v->folds);
    for (size_t i = 0; i < v->g.n; i++)
        n += i != best && count_ends(v, i, DONE) == v->folds &&
             fabs(spread_of(v, i, score_of).mean - s.mean) <= *error;
    return n;
}

/* ------------------------------------------------------------------- the table */

enum { CELL = 64 };

static const char *cell_of(const char *name, double x, char out[CELL]) {
    char text[METRIC_SIZE];
    if (strcmp(name, "cost") == 0) snprintf(out, CELL, "%.4g", x);
    else snprintf(out, CELL, "%s", metric_text(name, x, text));
    return out;
}

static const char *spread_text(const char *name, spread s, char out[CELL]) {
    char mean[CELL], deviation[CELL];
    snprintf(out, CELL, "%.28s +- %.28s", cell_of(name, s.mean, mean), cell_of(name, s.deviation, deviation));
    if (strcmp(name, "cost") == 0) snprintf(out, CELL, "%.4g +- %.2g", s.mean, s.deviation);
    return out;
}

/* How wide the column of an axis is. */
static int axis_width(const axis *x) {
    size_t width = strlen(x->text);
    for (size_t i = 0; i < x->n; i++)
        if (strlen(x->value[i]) > width) width = strlen(x->value[i]);
    return width < 40 ? (int)width : 40;
}

enum { SCORE_WIDTH = 24 };

/* What the training examples reached is told by the model's own metric. */
static const char *training_name(const validation *v) {
    return v->trials[0].last.metric_name ? v->trials[0].last.metric_name : "cost";
}

static void show_scores(const validation *v, size_t at) {
    const char *name = score_name(v);
    char        text[CELL];
    size_t      diverged = count_ends(v, at, DIVERGED);
    if (diverged) {
        out_printf("diverged in %zu of %zu folds\n", diverged, v->folds);
        return;
    }
    out_printf("%-*s", SCORE_WIDTH, spread_text(name, spread_of(v, at, score_of), text));
    if (strcmp(name, "cost") != 0)
        out_printf("%-*s", SCORE_WIDTH, spread_text("cost", spread_of(v, at, cost_of), text));
    out_printf("%s\n", cell_of(training_name(v), spread_of(v, at, training_of).mean, text));
}

static void show_head(const validation *v) {
    const char *name = score_name(v), *own = training_name(v);
    out_printf("%-*s", SCORE_WIDTH, name);
    if (strcmp(name, "cost") != 0) out_printf("%-*s", SCORE_WIDTH, "cost");
    out_printf("%s in training\n", own);
}

static void show_grid(const validation *v) {
    for (size_t k = 0; k < v->g.n_axes; k++)
        out_printf("%-*s  ", axis_width(&v->g.axes[k]), v->g.axes[k].text);
    show_head(v);
    for (size_t i = 0; i < v->g.n; i++) {
        for (size_t k = 0; k < v->g.n_axes; k++)
            out_printf("%-*s  ", axis_width(&v->g.axes[k]), grid_value(&v->g, i, k));
        show_scores(v, i);
    }
}

/* Without a grid, the folds one by one. */
static void show_folds(const validation *v) {
    const char *name = score_name(v);
    char        text[CELL];
    out_printf("%-6s", "fold");
    show_head(v);
    for (size_t i = 0; i < v->folds; i++) {
        const trial *t = &v->trials[i];
        out_printf("%-6zu", i + 1);
        if (t->end == DIVERGED) {
            out_printf("diverged\n");
            continue;
        }
        out_printf("%-*s", SCORE_WIDTH, cell_of(name, t->score, text));
        if (strcmp(name, "cost") != 0)
            out_printf("%-*s", SCORE_WIDTH, cell_of("cost", t->last.test_cost, text));
        out_printf("%s\n", cell_of(training_name(v), training_of(t), text));
    }
    out_printf("%-6s", "mean");
    show_scores(v, 0);
}

static void show_best(const validation *v, size_t best) {
    char        text[POINT_SIZE], cell[CELL];
    const char *name = score_name(v);
    double      error;
    if (v->g.n == 1) return;
    size_t near = count_near(v, best, &error);
    out_printf("best: %s\n", grid_text(&v->g, best, text));
    if (near)
        out_printf("%zu other%s within its standard error, %s: so far no difference is shown\n", near,
                   near == 1 ? " is" : "s are", cell_of(name, error, cell));
}

static void say_warnings(const validation *v) {
    size_t n = 0;
    for (size_t i = 0; i < v->n; i++) n += v->trials[i].warnings > 0;
    if (n && !v->r->quiet)
        say("note: %zu of %zu trainings gave warnings; `dfoo train` with the same options tells them\n", n,
            v->n);
}

/* ------------------------------------------------------------------------ json */

static void add_spread(const char *name, spread s) {
    result_begin(name, '{');
    result_number("mean", s.mean);
    result_number("deviation", s.deviation);
    result_end('}');
}

static void add_trial(const validation *v, const trial *t) {
    result_begin(NULL, '{');
    result_flag("diverged", t->end == DIVERGED);
    if (t->end == DONE) {
        result_number("epochs", (double)t->last.epoch);
        result_scores("training", t->last.metric_name, t->last.cost, t->last.metric);
        result_scores("test", t->last.metric_name, t->last.test_cost, t->last.test_metric);
        if (v->metric >= 0) result_number("score", t->score);
    }
    result_end('}');
}

static void add_point(const validation *v, size_t at) {
    result_begin(NULL, '{');
    result_begin("values", '{');
    for (size_t k = 0; k < v->g.n_axes; k++) result_text(v->g.axes[k].text, grid_value(&v->g, at, k));
    result_end('}');
    if (count_ends(v, at, DONE) == v->folds) {
        add_spread("score", spread_of(v, at, score_of));
        add_spread("cost", spread_of(v, at, cost_of));
    }
    result_begin("folds", '[');
    for (size_t i = 0; i < v->folds; i++) add_trial(v, &v->trials[at * v->folds + i]);
    result_end(']');
    result_end('}');
}

static void add_all(const validation *v, size_t best) {
    result_number("folds", (double)v->folds);
    result_text("metric", score_name(v));
    result_begin("points", '[');
    for (size_t i = 0; i < v->g.n; i++) add_point(v, i);
    result_end(']');
    result_number("best", (double)best);
}

/* --------------------------------------------------------------------- the end */

/* With patience, as many epochs as the folds needed on the average. */
static size_t epochs_of(const validation *v, size_t best) {
    double sum = 0;
    for (size_t i = 0; i < v->folds; i++) sum += (double)v->trials[best * v->folds + i].last.best_epoch;
    sum = floor(sum / (double)v->folds + 0.5);
    return sum < 1 ? 1 : (size_t)sum;
}

static void settle_epochs(request *r, size_t epochs) {
    const command *cv = command_at(COMMAND_cv);
    r->train.epochs = epochs;
    r->given[option_number(option_called(cv, "epochs"))] = true;
    r->given[option_number(option_called(cv, "patience"))] = false;
}

static dfoo_status train_best(validation *v, size_t best) {
    const point       *p = &v->g.points[best];
    dfoo_train_options how = p->r.train;
    dfoo_model        *model = NULL;
    dfoo_arrays       *run = NULL;
    request            asked = p->r; /* as for `dfoo train` */
    if (how.patience) settle_epochs(&asked, epochs_of(v, best));
    how.epochs = asked.train.epochs;
    char *config = config_write(command_at(COMMAND_train), &asked);
    if (!config) return DFOO_ENOMEM;
    how.config = config;
    how.patience = 0;
    how.metric = NULL;
    how.stop = should_stop;
    how.user = v;
    how.file = is_standard(v->r->output) ? NULL : v->r->output;
    dfoo_status status = open_model(v, v->d, p, v->models[best], &model);
    if (status == DFOO_OK) status = dfoo_train(model, &how, &run, NULL);
    say_messages(v->d);
    if (status == DFOO_OK && !how.file)
        status = dfoo_arrays_write(v->d, v->r->output, run, p->r.train.dtype);
    if (status == DFOO_OK && how.file && !json_asked())
        out_printf("the run with all examples is in %s\n", v->r->output);
    result_text("file", v->r->output);
    free(config);
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    return status;
}

/* The mistake of a training, told as if it were the only one. */
static dfoo_status tell_wrong(validation *v) {
    size_t i = 0;
    while (i < v->n && v->trials[i].end != WRONG) i++;
    if (i == v->n) return DFOO_OK;
    training           t = {.v = v, .p = &v->g.points[i / v->folds], .d = v->d, .out = &v->trials[i]};
    dfoo_train_options how = options_of(v, t.p, i % v->folds);
    char               text[POINT_SIZE];
    atomic_store(&v->over, 0);
    dfoo_status status = open_model(v, v->d, t.p, v->models[i / v->folds], &t.model);
    if (status == DFOO_OK) status = fit(&t, &how);
    if (status == DFOO_OK && v->metric >= 0) status = score_fold(&t);
    dfoo_arrays_free(t.run);
    dfoo_model_free(t.model);
    if (v->g.n_axes && status != DFOO_OK)
        say("dfoo: fold %zu with %s:\n", i % v->folds + 1, grid_text(&v->g, i / v->folds, text));
    return status == DFOO_OK ? DFOO_ENOMEM : status; /* it went well this time: memory was short */
}

static dfoo_status check_scores(const validation *v) {
    for (size_t i = 0; i < v->n && v->metric >= 0; i++)
        if (v->trials[i].end == DONE && isnan(v->trials[i].score))
            return wrong("--metric %s does not suit the labels of this model", score_name(v));
    return DFOO_OK;
}

static dfoo_status tell(validation *v) {
    dfoo_status status = tell_wrong(v);
    if (status == DFOO_OK) status = check_scores(v);
    if (status != DFOO_OK) return status;
    size_t best = find_best(v);
    say_warnings(v);
    if (!json_asked() && v->g.n_axes) show_grid(v);
    else if (!json_asked()) show_folds(v);
    if (best == v->g.n)
        return wrong("the cost did not stay finite: %s",
                     v->g.n > 1 ? "every point diverged in some fold" : "a fold diverged");
    add_all(v, best);
    if (!json_asked()) show_best(v, best);
    return v->r->output ? train_best(v, best) : DFOO_OK;
}

/* ------------------------------------------------------------------------ begin */

static dfoo_status find_metric(validation *v) {
    const char *name = v->r->train.metric;
    char        list[HELP_SIZE];
    v->metric = -1;
    if (!name) return DFOO_OK;
    v->by_cost = strcmp(name, "cost") == 0;
    for (int i = 0; !v->by_cost && dfoo_word(DFOO_METRICS, (size_t)i); i++)
        if (strcmp(dfoo_word(DFOO_METRICS, (size_t)i), name) == 0) v->metric = i;
    if (v->by_cost || v->metric >= 0) return DFOO_OK;
    return wrong("no metric is called \"%s\"; there are cost, %s", name, list_words(DFOO_METRICS, list));
}

/* Every point's model is looked at before anything is trained; what it is made of is kept as text. */
static dfoo_status read_models(validation *v) {
    for (size_t i = 0; i < v->g.n; i++) {
        dfoo_model *model = NULL;
        char       *text;
        dfoo_status status = i ? open_model(v, v->d, &v->g.points[i], v->models[0], &model) : DFOO_OK;
        task        w = {.d = v->d};
        if (i == 0) status = task_open(&w, v->d, &v->g.points[0].r);
        if (status == DFOO_OK) status = dfoo_model_text(i ? model : w.model, &v->models[i]);
        if (status == DFOO_OK) status = dfoo_derive(i ? model : w.model, NULL, &text);
        if (status == DFOO_OK) dfoo_text_free(v->d, text);
        dfoo_model_free(model);
        task_close(&w);
        if (status != DFOO_OK) return status;
    }
    return DFOO_OK;
}

static dfoo_status open_log(validation *v) {
    v->log = (cv_log){.d = v->d, .r = v->r, .g = &v->g, .folds = v->folds};
    if (!v->r->cv_log) return DFOO_OK;
    dfoo_status status = cv_log_open(&v->log, v->models, v->trials, &v->done);
    if (status == DFOO_OK && v->done && !v->r->quiet)
        say("note: %zu of %zu trainings are in %s already\n", v->done, v->n, v->r->cv_log);
    return status;
}

static dfoo_status validate(validation *v) {
    if (v->folds < 2) return wrong("--folds takes a whole number from 2 on, not 1: each is held back once");
    dfoo_status status = find_metric(v);
    if (status == DFOO_OK) status = grid_open(v->r, &v->g);
    if (status != DFOO_OK) return status;
    v->n = v->g.n * v->folds;
    v->models = calloc(v->g.n, sizeof *v->models);
    v->trials = calloc(v->n, sizeof *v->trials);
    if (!v->models || !v->trials) return DFOO_ENOMEM;
    status = read_models(v);
    if (status != DFOO_OK) return status;
    signals_catch();
    status = open_log(v);
    if (status != DFOO_OK) return status;
    run_all(v);
    cv_log_close(&v->log);
    if (v->log_failed) return wrong("--log %s: it cannot be written", v->r->cv_log);
    if (!signal_caught()) return tell(v);
    say("stopped after %zu of %zu trainings%s%s\n", v->done, v->n,
        v->r->cv_log ? "; the same command goes on from " : "", v->r->cv_log ? v->r->cv_log : "");
    signal_ends();
    return DFOO_OK;
}

dfoo_status run_cv(dfoo *d, request *r) {
    validation v = {.d = d, .r = r, .folds = r->folds ? r->folds : DEFAULT_FOLDS};
    v.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    v.shown = progress_start(d, r->quiet || json_asked());
    if (r->quiet) say_no_notes();
    dfoo_status status = validate(&v);
    for (size_t i = 0; v.models && i < v.g.n; i++) dfoo_text_free(d, v.models[i]);
    free(v.models);
    free(v.trials);
    grid_free(&v.g);
    return status;
}

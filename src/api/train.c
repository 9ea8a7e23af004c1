/* The public interface, last part: checking, training, predicting. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/api.h"
#include "check/check.h"
#include "data/data.h"
#include "diff/diff.h"
#include "train/train.h"

/* ------------------------------------------------------------------- check */

typedef struct engine_user {
    dfoo_convention convention;
} engine_user;

static dfoo_status derive_again(void *user, model *m, arena *a, const trail_edit *edit, derivation *out) {
    const engine_user *u = user;
    diff_options       how = {.convention = u->convention == DFOO_DJ ? CONVENTION_DJ : CONVENTION_COURSE, .edit = edit};
    return diff_run(m, a, &how, out);
}

static dfoo_status check(work *w, const dfoo_check_options *opt, buf *out) {
    engine_user   user = {DFOO_COURSE};
    check_engine  engine = {derive_again, &user};
    check_options how = {.values = opt->values, .seed = opt->seed};
    program       shown = {{0}};
    bool          ok = false;
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, true, NULL, 0, &shown));
    DFOO_TRY(check_gradient(&w->m, &w->dv, &shown, &w->a, &engine, &how, out, &ok));
    return ok ? DFOO_OK : DFOO_NO;
}

dfoo_status dfoo_check(dfoo_model *model, const dfoo_check_options *options, char **text) {
    static const dfoo_check_options none = {0};
    work w;
    buf  out;
    *text = NULL;
    buf_init(&out, model->d->mem);
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = check(&w, options ? options : &none, &out);
    return work_text(work_close(&w, status), &out, text);
}

/* -------------------------------------------------------------------- data */

/* A file as arrays, or a CSV as a table. */
typedef struct loaded {
    dfoo_arrays *set; /* what this call read; freed by it */
    data_table   table;
} loaded;

static dfoo_status load(work *w, const char *path, const dfoo_arrays *arrays, loaded *l, train_source *out) {
    *out = (train_source){.arrays = arrays};
    if (!path) return DFOO_OK;
    data_read_options how = {.table = &l->table, .tables = &w->a};
    DFOO_TRY(arrays_new(&w->d->mem, &l->set));
    DFOO_TRY(data_read(path, &how, &w->messages, l->set));
    out->name = path;
    out->arrays = arrays_count(l->set) ? l->set : arrays;
    if (l->table.n_cols) out->table = &l->table;
    return DFOO_OK;
}

static dfoo_status option_error(work *w, const char *format, const char *text) {
    return diag_error(&w->messages, NULL, span_at(0, 0), format, text);
}

/* "malignant,benign" as a list. */
static dfoo_status read_labels(work *w, const char *text, train_options *how) {
    VEC(const char *) list = {0};
    while (text && *text) {
        size_t len = strcspn(text, ",");
        vec_push(&w->a, &list, arena_text(&w->a, text, len));
        text += len + (text[len] == ',');
    }
    how->labels = list.at;
    how->n_labels = list.n;
    return arena_status(&w->a);
}

/* ------------------------------------------------------------------- train */

typedef struct reporter {
    const dfoo_train_options *opt;
    bool                      has_metric;
} reporter;

static void fill_progress(dfoo_progress *p, const train_score *train, const train_score *test) {
    p->cost = train->cost;
    p->metric = train->n ? train->accuracy : NAN;
    p->test_cost = test->n ? test->cost : NAN;
    p->test_metric = test->n ? test->accuracy : NAN;
    p->metric_name = !isnan(p->metric) || !isnan(p->test_metric) ? "accuracy" : NULL;
}

static bool stop_wanted(const dfoo_train_options *opt) {
    return opt->stop && opt->stop(opt->user);
}

static bool hand_on(void *user, const train_progress *now) {
    const reporter *r = user;
    dfoo_progress   p = {.epoch = now->epoch, .epochs = now->epochs, .seconds = now->seconds};
    if (!r->opt->report || !now->evaluated) return !stop_wanted(r->opt);
    fill_progress(&p, &now->train, &now->test);
    if (isnan(p.cost)) p.cost = now->cost;
    r->opt->report(r->opt->user, &p);
    return !stop_wanted(r->opt);
}

static dfoo_status write_log(work *w, const char *path, const dfoo_arrays *history) {
    const dfoo_array *x = arrays_get(history, "history");
    return path && x ? data_write_csv(path, x, train_history_columns, &w->messages) : DFOO_OK;
}

/* At most 64: more never pay for the networks that fit one machine. */
static unsigned processors(void) {
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n < 1 ? 1 : n > 64 ? 64 : (unsigned)n;
}

typedef struct train_files {
    loaded       data, test;
    dfoo_arrays *from, *history;
} train_files;

static dfoo_status prepare(work *w, const dfoo_train_options *opt, train_files *f, train_input *in, train_options *how) {
    size_t epochs = opt->epochs ? opt->epochs : TRAIN_EPOCHS;
    *how = (train_options){.epochs = epochs, .batch = opt->batch, .seed = opt->seed,
                           .every = opt->report_every ? opt->report_every : (epochs + 19) / 20,
                           .dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64,
                           .file = opt->file, .checkpoint = opt->checkpoint, .resume = opt->resume != 0, .restart = opt->restart != 0,
                           .standardize = opt->standardize != 0, .split = opt->split, .patience = opt->patience, .threads = opt->threads ? opt->threads : processors()};
    DFOO_TRY(read_labels(w, opt->labels, how));
    DFOO_TRY(api_read_update(&w->a, &w->messages, opt, how));
    if (!opt->data && !opt->arrays) return option_error(w, "there is no data to train with%s", "");
    DFOO_TRY(load(w, opt->data, opt->arrays, &f->data, &in->data));
    DFOO_TRY(load(w, opt->test, opt->test_arrays, &f->test, &in->test));
    DFOO_TRY(arrays_new(&w->d->mem, &f->history));
    if (!opt->from) return DFOO_OK;
    DFOO_TRY(arrays_new(&w->d->mem, &f->from));
    DFOO_TRY(data_read(opt->from, NULL, &w->messages, f->from));
    in->from = f->from;
    in->from_name = opt->from;
    return DFOO_OK;
}

/* The program that a step of training runs. */
static dfoo_status training_program(work *w, program *out) {
    program raw = {{0}};
    for (uint32_t i = 0; i < w->m.functions.n; i++)
        if (!w->m.functions.at[i].body)
            return diag_error(&w->messages, &w->m.src, w->m.functions.at[i].at, "%s is left open: it can be derived, explained and checked, not trained",
                              symbols_name(&w->names, w->m.functions.at[i].name));
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, false, w->m.predict.at, w->m.predict.n, &raw));
    return simplify_stable(&w->m.g, &w->a, &raw, &w->m.forward, NULL, NULL, out);
}

static dfoo_status train(work *w, const dfoo_train_options *opt, train_files *f, dfoo_arrays *run, dfoo_progress *last) {
    train_input   in = {.from_name = NULL};
    train_options how;
    train_result  result = {0};
    program       p = {{0}};
    reporter      r = {opt, false};
    DFOO_TRY(prepare(w, opt, f, &in, &how));
    how.progress = hand_on;
    how.user = &r;
    DFOO_TRY(training_program(w, &p));
    dfoo_status status = train_run(&w->m, &p, &in, &how, run, f->history, &result);
    if (status == DFOO_OK || status == DFOO_EINPUT || status == DFOO_EIO) {
        dfoo_status logged = write_log(w, opt->log, f->history);
        if (status == DFOO_OK) status = logged;
    }
    if (last) {
        *last = (dfoo_progress){.epoch = result.epochs, .epochs = how.epochs, .seconds = result.seconds,
                                .best_epoch = opt->patience ? result.best_epoch : result.epochs, .stopped = result.stopped};
        fill_progress(last, &result.train, &result.test);
    }
    return status;
}

dfoo_status dfoo_train(dfoo_model *model, const dfoo_train_options *options, dfoo_arrays **run, dfoo_progress *last) {
    static const dfoo_train_options none = {0};
    work         w;
    train_files  files = {0};
    dfoo_arrays *result = NULL;
    *run = NULL;
    if (last) *last = (dfoo_progress){.cost = NAN, .test_cost = NAN, .metric = NAN, .test_metric = NAN};
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = arrays_new(&model->d->mem, &result);
    if (status == DFOO_OK) status = train(&w, options ? options : &none, &files, result, last);
    arrays_free(files.data.set);
    arrays_free(files.test.set);
    arrays_free(files.from);
    arrays_free(files.history);
    bool trained = status == DFOO_OK || (status == DFOO_EIO && arrays_get(result, "dfoo.ended"));
    status = work_close(&w, status);
    if (trained) *run = result;
    else arrays_free(result);
    return status;
}

/* ----------------------------------------------------------------- predict */

static dfoo_status predict(work *w, const dfoo_arrays *run, const dfoo_predict_options *opt, loaded *l, dfoo_arrays *out, train_score *score) {
    train_source  data;
    train_options how = {.dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64};
    program       p = {{0}};
    DFOO_TRY(read_labels(w, opt->labels, &how));
    if (!opt->data && !opt->arrays) return option_error(w, "there is no data to predict from%s", "");
    DFOO_TRY(load(w, opt->data, opt->arrays, l, &data));
    DFOO_TRY(training_program(w, &p));
    return train_predict(&w->m, &p, run, &data, &how, out, score);
}

/* All predictions side by side, a row per example. */
static dfoo_status join_tables(work *w, const dfoo_arrays *run, const dfoo_arrays *out, dfoo_arrays *tables, const dfoo_array **table,
                               const char ***names) {
    VEC(const char *) columns = {0};
    VEC(const dfoo_array *) parts = {0};
    size_t rows = 0, cols = 0;
    for (size_t i = 0; i < arrays_count(out); i++) {
        const char **own;
        dfoo_array  *part;
        DFOO_TRY(train_table(&w->m, run, arrays_at(out, i), &w->a, tables, &own));
        const dfoo_array *t = arrays_get(tables, "table");
        DFOO_TRY(arrays_add(tables, arrays_at(out, i)->name, t->ndim, t->dim, t->data, &part));
        if (rows && part->dim[0] != rows) return option_error(w, "%s has another number of examples: write an NPZ file", part->name);
        rows = part->dim[0];
        for (size_t k = 0; k < part->dim[1]; k++) vec_push(&w->a, &columns, own[k]);
        cols += part->dim[1];
        vec_push(&w->a, &parts, part);
    }
    dfoo_array *all;
    DFOO_TRY(arrays_add_matrix(tables, "table", rows, cols, NULL, &all));
    for (size_t i = 0, at = 0; i < parts.n; at += parts.at[i++]->dim[1])
        for (size_t r = 0; r < rows; r++)
            memcpy(&all->data[r * cols + at], &parts.at[i]->data[r * parts.at[i]->dim[1]], parts.at[i]->dim[1] * sizeof(double));
    *table = all;
    *names = columns.at;
    return arena_status(&w->a);
}

static dfoo_status write_predictions(work *w, const char *path, const dfoo_arrays *run, const dfoo_arrays *out) {
    dfoo_arrays      *tables = NULL;
    const dfoo_array *table = NULL;
    const char      **names = NULL;
    DFOO_TRY(arrays_new(&w->d->mem, &tables));
    dfoo_status status = join_tables(w, run, out, tables, &table, &names);
    if (status == DFOO_OK) status = data_write_csv(path, table, names, &w->messages);
    arrays_free(tables);
    return status;
}

dfoo_status dfoo_predict(dfoo_model *model, const dfoo_arrays *run, const dfoo_predict_options *options, dfoo_arrays **out, dfoo_progress *metric) {
    static const dfoo_predict_options none = {0};
    work         w;
    loaded       l = {0};
    train_score  score = {0}, no_test = {0};
    dfoo_arrays *result = NULL;
    *out = NULL;
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = arrays_new(&model->d->mem, &result);
    if (status == DFOO_OK) status = predict(&w, run, options ? options : &none, &l, result, &score);
    if (status == DFOO_OK && options && options->csv) status = write_predictions(&w, options->csv, run, result);
    arrays_free(l.set);
    if (metric) {
        *metric = (dfoo_progress){.cost = NAN};
        fill_progress(metric, &score, &no_test);
        if (!score.n) metric->cost = NAN;
    }
    status = work_close(&w, status);
    if (status == DFOO_OK) *out = result;
    else arrays_free(result);
    return status;
}

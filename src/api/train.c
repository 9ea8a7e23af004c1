/* The public interface, last part: checking, training, predicting. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api/load.h"
#include "check/check.h"
#include "diff/diff.h"

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

/* ----------------------------------------------------------------- options */

dfoo_status work_words(work *w, const char *text, word_list *out) {
    *out = (word_list){{0}};
    while (text && *text) {
        size_t len = strcspn(text, ",");
        vec_push(&w->a, &out->list, arena_text(&w->a, text, len));
        text += len + (text[len] == ',');
    }
    return arena_status(&w->a);
}

dfoo_status work_labels(work *w, const char *text, train_options *how) {
    word_list words;
    DFOO_TRY(work_words(w, text, &words));
    how->labels = words.list.at;
    how->n_labels = words.list.n;
    return DFOO_OK;
}

/* ------------------------------------------------------------------- train */

typedef struct reporter {
    const dfoo_train_options *opt;
    work                     *w;
    size_t                    every, next; /* epochs between two reports; the next one at or after */
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

/* How many epochs lie between two of about twenty. */
static size_t about_twenty(size_t epochs) {
    return (epochs + 19) / 20;
}

/* Is the caller told about these scores? For a picture there are more of them than are wanted. */
static bool is_told(reporter *r, const train_progress *now) {
    bool skipped = r->opt->plot && now->epoch && now->epoch < r->next && now->epoch < now->epochs;
    if (!r->opt->report) return false;
    if (!now->evaluated || skipped) return r->opt->live != 0;
    r->next = (now->epoch / r->every + 1) * r->every;
    return true;
}

static bool hand_on(void *user, const train_progress *now) {
    reporter     *r = user;
    dfoo_progress p = {.epoch = now->epoch, .epochs = now->epochs, .within = now->within, .seconds = now->seconds};
    work_tell(r->w);
    if (!is_told(r, now)) return !stop_wanted(r->opt);
    fill_progress(&p, &now->train, &now->test);
    if (!now->evaluated || isnan(p.cost)) p.cost = now->cost;
    p.examples_per_second = now->examples_per_second;
    locale_t ours = uselocale(r->w->locale.before); /* the caller writes numbers in its own way */
    r->opt->report(r->opt->user, &p);
    uselocale(ours);
    return !stop_wanted(r->opt);
}

static dfoo_status write_log(work *w, const dfoo_train_options *opt, const dfoo_arrays *history) {
    const dfoo_array *x = arrays_get(history, "history");
    if (x && opt->log) DFOO_TRY(data_write_csv(opt->log, x, train_history_columns, &w->messages));
    return x && opt->plot ? plot_write_history(w, opt->plot, opt->data, x, train_history_columns) : DFOO_OK;
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
                           .every = opt->report_every ? opt->report_every : opt->plot ? (epochs + 99) / 100 : about_twenty(epochs),
                           .dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64,
                           .file = opt->file, .checkpoint = opt->checkpoint, .resume = opt->resume != 0, .restart = opt->restart != 0,
                           .flatten = opt->flatten != 0, .standardize = opt->standardize != 0, .split = opt->split, .patience = opt->patience,
                           .threads = opt->threads ? opt->threads : processors()};
    DFOO_TRY(work_labels(w, opt->labels, how));
    DFOO_TRY(api_read_update(&w->a, &w->messages, opt, how));
    if (!opt->data && !opt->arrays) return load_refuse(w, "there is no data to train with%s", "");
    DFOO_TRY(load(w, &(load_request){opt->data, opt->more_data, opt->arrays, opt->map, "--map", opt->header}, &f->data, &in->data));
    DFOO_TRY(load(w, &(load_request){opt->test, opt->more_tests, opt->test_arrays, opt->test_map, "--test-map", opt->header}, &f->test, &in->test));
    if (in->test.n_maps && !opt->test && !opt->test_arrays)
        return load_refuse(w, "there is no test data that --test-map %s could speak of", opt->test_map);
    DFOO_TRY(load_scales(w, opt->scale, how));
    DFOO_TRY(load_classes(w, opt->classes, &f->data, how));
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
    return simplify_stable(&w->m.g, &w->a, &raw, NULL, out);
}

static dfoo_status train(work *w, const dfoo_train_options *opt, train_files *f, dfoo_arrays *run, dfoo_progress *last) {
    train_input   in = {.from_name = NULL};
    train_options how;
    train_result  result = {0};
    program       p = {{0}};
    reporter      r = {.opt = opt, .w = w};
    DFOO_TRY(prepare(w, opt, f, &in, &how));
    r.every = r.next = opt->report_every ? opt->report_every : about_twenty(how.epochs);
    how.progress = hand_on;
    how.user = &r;
    DFOO_TRY(training_program(w, &p));
    dfoo_status status = train_run(&w->m, &p, &in, &how, run, f->history, &result);
    if (status == DFOO_OK || status == DFOO_EINPUT || status == DFOO_EIO) {
        dfoo_status logged = write_log(w, opt, f->history);
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
    loaded_free(&files.data);
    loaded_free(&files.test);
    arrays_free(files.from);
    arrays_free(files.history);
    bool trained = status == DFOO_OK || (status == DFOO_EIO && arrays_get(result, "dfoo.ended"));
    status = work_close(&w, status);
    if (trained) *run = result;
    else arrays_free(result);
    return status;
}

/* ----------------------------------------------------------------- predict */

dfoo_status work_examples(work *w, const dfoo_predict_options *opt, loaded *l, examples_call *out) {
    *out = (examples_call){.how = {.dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64, .flatten = opt->flatten != 0}};
    DFOO_TRY(work_labels(w, opt->labels, &out->how));
    if (!opt->data && !opt->arrays) return load_refuse(w, "there is no data to predict from%s", "");
    DFOO_TRY(load(w, &(load_request){opt->data, opt->more_data, opt->arrays, opt->map, "--map", opt->header}, l, &out->data));
    return training_program(w, &out->p);
}

static dfoo_status predict(work *w, const dfoo_arrays *run, const dfoo_predict_options *opt, loaded *l, dfoo_arrays *out, train_score *score) {
    examples_call   call;
    train_confusion confusion;
    DFOO_TRY(work_examples(w, opt, l, &call));
    DFOO_TRY(train_predict(&w->m, &call.p, run, &call.data, &call.how, out, score, opt->confusion ? &confusion : NULL));
    return opt->confusion ? confusion_new(w->d, &confusion, opt->confusion) : DFOO_OK;
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
        if (rows && part->dim[0] != rows) return load_refuse(w, "%s has another number of examples: write an NPZ file", part->name);
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

/* The class that the first prediction means, as a column behind the numbers; its name is no other column's. */
static dfoo_status class_column(work *w, const dfoo_arrays *run, const dfoo_arrays *out, const dfoo_arrays *tables, const dfoo_array *table,
                                const char **names, data_texts *column) {
    const dfoo_array *first = arrays_get(tables, arrays_at(out, 0)->name);
    *column = (data_texts){.name = "class", .n = table->dim[0]};
    for (size_t k = 0; k < table->dim[1]; k++)
        if (strcmp(names[k], column->name) == 0) column->name = "predicted class";
    return train_class_texts(&w->m, run, first, &w->a, &column->texts);
}

static dfoo_status write_predictions(work *w, const char *path, const dfoo_arrays *run, const dfoo_arrays *out) {
    dfoo_arrays      *tables = NULL;
    const dfoo_array *table = NULL;
    const char      **names = NULL;
    DFOO_TRY(arrays_new(&w->d->mem, &tables));
    dfoo_status status = join_tables(w, run, out, tables, &table, &names);
    data_texts column = {.n = 0};
    if (status == DFOO_OK) status = class_column(w, run, out, tables, table, names, &column);
    if (status == DFOO_OK) status = data_write_table(path, table, names, column.texts ? &column : NULL, &w->messages);
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
    if (options && options->confusion) *options->confusion = NULL;
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = arrays_new(&model->d->mem, &result);
    if (status == DFOO_OK) status = predict(&w, run, options ? options : &none, &l, result, &score);
    if (status == DFOO_OK && options && options->csv) status = write_predictions(&w, options->csv, run, result);
    loaded_free(&l);
    if (metric) {
        *metric = (dfoo_progress){.cost = NAN};
        fill_progress(metric, &score, &no_test);
        if (!score.n) metric->cost = NAN;
    }
    status = work_close(&w, status);
    if (status == DFOO_OK) {
        *out = result;
        return status;
    }
    arrays_free(result);
    if (options && options->confusion) {
        dfoo_confusion_free(model->d, *options->confusion);
        *options->confusion = NULL;
    }
    return status;
}

/* The public interface: training. */
#include <math.h>

#include "api/load.h"

typedef struct reporter {
    const dfoo_train_options *opt;
    work                     *w;
    size_t                    every, next; /* epochs between two reports; the next one at or after */
} reporter;

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
    dfoo_progress p = {.size = sizeof p, .epoch = now->epoch, .epochs = now->epochs, .within = now->within, .seconds = now->seconds};
    work_tell(r->w);
    if (!is_told(r, now)) return !stop_wanted(r->opt);
    progress_scores(&p, &now->train, &now->test);
    if (!now->evaluated || isnan(p.cost)) p.cost = now->cost;
    p.examples_per_second = now->examples_per_second;
    point_locale_pause(&r->w->locale);
    r->opt->report(r->opt->user, &p);
    point_locale_resume(&r->w->locale);
    return !stop_wanted(r->opt);
}

static dfoo_status write_log(work *w, const dfoo_train_options *opt, const dfoo_arrays *history) {
    const dfoo_array *x = arrays_get(history, "history");
    if (x && opt->log) DFOO_TRY(data_write_csv(opt->log, x, history_columns, &w->messages));
    return x && opt->plot ? plot_write_history(w, opt->plot, opt->data, x, history_columns) : DFOO_OK;
}

/* At most 64: more never pay for the networks that fit one machine. */
static unsigned processors(void) {
    unsigned n = os_processors();
    return n > 64 ? 64 : n;
}

typedef struct train_files {
    loaded       data, test;
    dfoo_arrays *from, *history;
} train_files;

static dfoo_status prepare(work *w, const dfoo_train_options *opt, train_files *f, train_input *in, train_options *how) {
    size_t epochs = opt->epochs ? opt->epochs : TRAIN_EPOCHS;
    *how = (train_options){.epochs = epochs, .batch = opt->batch, .seed = opt->seed,
                           .every = opt->report_every ? opt->report_every : opt->plot ? (epochs + 99) / 100 : about_twenty(epochs),
                           .feed.dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64,
                           .file = opt->file, .checkpoint = opt->checkpoint, .resume = opt->resume != 0, .restart = opt->restart != 0,
                           .feed.flatten = opt->flatten != 0, .standardize = opt->standardize != 0, .split = opt->split, .patience = opt->patience,
                           .threads = opt->threads ? opt->threads : processors()};
    DFOO_TRY(work_labels(w, opt->labels, &how->feed));
    DFOO_TRY(api_read_update(&w->a, &w->messages, opt, &how->rule));
    if (!opt->data && !opt->arrays) return diag_alone(&w->messages, "there is no data to train with");
    DFOO_TRY(load(w, &(load_request){opt->data, opt->more_data, opt->arrays, opt->map, "--map", opt->header}, &f->data, &in->data));
    DFOO_TRY(load(w, &(load_request){opt->test, opt->more_tests, opt->test_arrays, opt->test_map, "--test-map", opt->header}, &f->test, &in->test));
    if (in->test.n_maps && !opt->test && !opt->test_arrays)
        return diag_alone(&w->messages, "there is no test data that --test-map %s could speak of", opt->test_map);
    DFOO_TRY(load_scales(w, opt->scale, &how->feed));
    DFOO_TRY(load_classes(w, opt->classes, &f->data, &how->feed));
    DFOO_TRY(arrays_new(&w->d->mem, &f->history));
    if (!opt->from) return DFOO_OK;
    DFOO_TRY(arrays_new(&w->d->mem, &f->from));
    DFOO_TRY(data_read(opt->from, NULL, &w->messages, f->from));
    in->from = f->from;
    in->from_name = opt->from;
    return DFOO_OK;
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
    DFOO_TRY(work_training_program(w, &p));
    dfoo_status status = train_run(&w->m, &p, &in, &how, run, f->history, &result);
    if (status == DFOO_OK || status == DFOO_EINPUT || status == DFOO_EIO) {
        dfoo_status logged = write_log(w, opt, f->history);
        if (status == DFOO_OK) status = logged;
    }
    *last = (dfoo_progress){.epoch = result.epochs, .epochs = how.epochs, .seconds = result.seconds,
                            .best_epoch = opt->patience ? result.best_epoch : result.epochs, .stopped = result.stopped};
    progress_scores(last, &result.train, &result.test);
    return status;
}

dfoo_status dfoo_train(dfoo_model *model, const dfoo_train_options *options, dfoo_arrays **run, dfoo_progress *last) {
    dfoo_train_options how;
    work               w;
    train_files        files = {0};
    dfoo_arrays       *result = NULL;
    dfoo_progress      end = {.cost = NAN, .test_cost = NAN, .metric = NAN, .test_metric = NAN};
    if (run) *run = NULL;
    NEED(NULL, model);
    NEED(model->d, run);
    TAKE(model->d, dfoo_train_options, options, how);
    KNOWN(model->d, how.header, DFOO_HEADER_NO);
    KNOWN(model->d, how.decay_kind, DFOO_L2);
    KNOWN(model->d, how.dtype, DFOO_F32);
    HAND_OUT(model->d, dfoo_progress, end, last);
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = set_new(model->d, &result);
    if (status == DFOO_OK) status = train(&w, &how, &files, result, &end);
    HAND_OUT(model->d, dfoo_progress, end, last);
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

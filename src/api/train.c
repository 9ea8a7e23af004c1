/* The public interface: training, as a handle whose loop is the caller's, and as one call. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "api/load.h"

struct dfoo_trainer {
    dfoo              *d;
    work               w;
    dfoo_train_options opt;
    dfoo_model   *weighted; /* the model with weights of its examples, and what they are called; or NULL */
    const char   *weight;
    train_options how;
    train_input   in;
    loaded        data, test;
    dfoo_arrays  *from, *run;
    program       p;
    trainer      *t;
    size_t        every, next; /* epochs between two reports; the next one at or after */
    bool          ended;
};

/* ------------------------------------------------------------------- reports */

static bool stop_wanted(const dfoo_train_options *opt) {
    return opt->stop && opt->stop(opt->user);
}

/* How many epochs lie between two of about n. */
static size_t about(size_t n, size_t epochs) {
    return epochs ? (epochs + n - 1) / n : 1;
}

/* Is the caller told about these scores? For a picture there are more of them than are wanted. */
static bool is_told(dfoo_trainer *k, const train_progress *now) {
    bool skipped = k->opt.plot && now->epoch && now->epoch < k->next && now->epoch < now->epochs;
    if (!k->opt.report) return false;
    if (!now->evaluated || skipped) return k->opt.live != 0;
    k->next = (now->epoch / k->every + 1) * k->every;
    return true;
}

static dfoo_progress progress_of(const train_progress *now) {
    dfoo_progress p = {.size = sizeof p,
                       .epoch = now->epoch,
                       .epochs = now->epochs,
                       .within = now->within,
                       .seconds = now->seconds};
    progress_scores(&p, &now->train, &now->test);
    if (!now->evaluated || isnan(p.cost)) p.cost = now->cost;
    p.examples_per_second = now->examples_per_second;
    p.step_cost = now->step_cost;
    return p;
}

/* Around a call of the caller's own functions: they see the messages so far, and numbers in their way. */
static void leave(dfoo_trainer *k) {
    work_tell(&k->w);
    point_locale_pause(&k->w.locale);
}

static void come_back(dfoo_trainer *k) {
    point_locale_resume(&k->w.locale);
}

static bool hand_on(void *user, const train_progress *now) {
    dfoo_trainer *k = user;
    work_tell(&k->w);
    if (!is_told(k, now)) return !stop_wanted(&k->opt);
    dfoo_progress p = progress_of(now);
    leave(k);
    k->opt.report(k->opt.user, &p);
    come_back(k);
    return !stop_wanted(&k->opt);
}

static bool fill(void *user, size_t epoch, size_t first, dfoo_arrays *batch) {
    dfoo_trainer *k = user;
    leave(k);
    int wrong = k->opt.fill(k->opt.user, epoch, first, batch);
    come_back(k);
    return wrong == 0;
}

static dfoo_status write_costs(dfoo_trainer *k, dfoo_arrays *costs) {
    DFOO_TRY(train_history(k->t, costs));
    const dfoo_array *x = arrays_get(costs, "history");
    if (x && k->opt.log) DFOO_TRY(data_write_csv(k->opt.log, x, history_columns, &k->w.messages));
    return x && k->opt.plot ? plot_write_history(&k->w, k->opt.plot, k->opt.data, x, history_columns)
                            : DFOO_OK;
}

static dfoo_status write_log(dfoo_trainer *k) {
    dfoo_arrays *costs;
    DFOO_TRY(arrays_new(&k->d->mem, &costs));
    dfoo_status status = write_costs(k, costs);
    arrays_free(costs);
    return status;
}

/* -------------------------------------------------------------------- opening */

/* At most 64: more never pay for the networks that fit one machine. */
static unsigned processors(void) {
    unsigned n = os_processors();
    return n > 64 ? 64 : n;
}

static dfoo_status find_metric(dfoo_trainer *k) {
    const char *names[TRAIN_METRICS];
    if (!k->opt.metric) return DFOO_OK;
    for (uint32_t i = 0; i < TRAIN_METRICS; i++) {
        names[i] = train_metric(i)->name;
        if (strcmp(names[i], k->opt.metric) == 0) k->how.metric = i + 1;
    }
    if (k->how.metric) return DFOO_OK;
    return diag_alone(&k->w.messages, "no metric is called '%s'; there are %s", k->opt.metric,
                      text_list(&k->w.a, names, TRAIN_METRICS));
}

static dfoo_status read_options(dfoo_trainer *k) {
    const dfoo_train_options *o = &k->opt;
    train_options            *how = &k->how;
    size_t                    epochs = o->epochs || (o->zeros & DFOO_ZERO_EPOCHS) ? o->epochs : TRAIN_EPOCHS;
    *how = (train_options){.epochs = epochs,
                           .batch = o->batch,
                           .seed = o->seed,
                           .file = o->file,
                           .checkpoint = o->checkpoint,
                           .split = o->split,
                           .folds = o->folds,
                           .fold = o->folds ? o->fold : 0,
                           .patience = o->patience,
                           .stream = o->fill ? o->fill_examples : 0};
    how->feed.dtype = o->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64;
    how->feed.flatten = o->flatten != 0;
    how->resume = o->resume != 0;
    how->restart = o->restart != 0;
    how->any_labels = o->any_labels != 0;
    how->standardize = o->standardize != 0;
    how->gradients = o->gradients != 0;
    how->no_epochs = !epochs;
    how->feed.machine = (exec_machine){o->threads ? o->threads : processors(), k->w.d->isa};
    how->progress = hand_on;
    how->fill = fill;
    how->user = how->fill_user = k;
    DFOO_TRY(work_labels(&k->w, o->labels, &how->feed));
    DFOO_TRY(load_rules(&k->w, o->prepare, &how->feed));
    how->feed.as_is = o->scale && !o->standardize;
    return find_metric(k);
}

/* Is nothing said of how the parameters change? */
static bool is_open(const dfoo_train_options *o) {
    bool set =
        o->settings || o->learning_rate != 0 || o->warmup || o->decay != 0 || o->decay_kind || o->decay_all;
    return !o->optimizer && !o->schedule && !set && !(o->zeros & (DFOO_ZERO_LEARNING_RATE | DFOO_ZERO_DECAY));
}

static void tell_choice(dfoo_trainer *k, const train_choice *c, size_t n) {
    diags *d = &k->w.messages;
    buf    b;
    buf_init(&b, k->w.a.mem);
    buf_printf(&b, "%s, learning rate %g falling to 0 along a %s, decay %.2g", c->optimizer, c->rate,
               c->schedule, c->decay);
    if (!k->opt.batch) buf_printf(&b, ", mini-batches of %zu", k->how.batch);
    if (!k->opt.epochs) buf_printf(&b, ", %zu epochs", k->how.epochs);
    diag_tell(d, "chosen for %zu training examples: %s", n, buf_keep(&b, &k->w.a));
    diag_note(
        d, "`dfoo show run.npz` has it all; --optimizer, --learning-rate, --batch, --epochs say otherwise");
}

/* Columns of words have an entry for each; the last one is the label. */
static size_t count_inputs(const data_table *t) {
    enum { MOST_WORDS = 64 };
    size_t n = 0;
    for (size_t k = 0; k + 1 < t->n_cols; k++)
        n += t->classes[k].n > MOST_WORDS ? MOST_WORDS : t->classes[k].n ? t->classes[k].n : 1;
    return n;
}

/* A table that is prepared and nothing more said: what suits its size. */
static dfoo_status choose_update(dfoo_trainer *k) {
    dfoo_train_options own = k->opt;
    double             held = k->opt.folds ? 1 / (double)k->opt.folds : k->opt.split;
    size_t             n = (size_t)((double)k->data.table.n_rows * (1 - held) + 0.5);
    if (n && k->how.feed.prepare && is_open(&k->opt) && !k->opt.fill && k->w.m.examples) {
        double parameters;
        DFOO_TRY(train_count_parameters(&k->w.m, count_inputs(&k->data.table), &parameters));
        train_choice c = train_choose(n, parameters);
        own.optimizer = c.optimizer;
        own.schedule = c.schedule;
        own.learning_rate = c.rate;
        own.decay = c.decay;
        if (!own.batch) k->how.batch = c.batch;
        if (!own.epochs && !k->how.no_epochs) k->how.epochs = c.epochs;
        tell_choice(k, &c, n);
    }
    k->how.every = own.report_every ? own.report_every : about(own.plot ? 100 : 20, k->how.epochs);
    k->every = k->next = own.report_every ? own.report_every : about(20, k->how.epochs);
    return api_read_update(&k->w.a, &k->w.messages, &own, &k->how.rule);
}

static dfoo_status read_data(dfoo_trainer *k) {
    const dfoo_train_options *o = &k->opt;
    work                     *w = &k->w;
    if (!o->data && !o->arrays) return diag_alone(&w->messages, "there is no data to train with");
    load_request own = {o->data, o->more_data, o->arrays, o->map, "--map", o->header, k->how.feed.prepare,
                        k->how.feed.dtype == EXEC_F32};
    load_request other = {o->test,      o->more_tests, o->test_arrays, o->test_map,
                          "--test-map", o->header,     own.missing,    own.narrow};
    DFOO_TRY(load(w, &own, &k->data, &k->in.data));
    DFOO_TRY(load(w, &other, &k->test, &k->in.test));
    if (k->in.test.n_maps && !o->test && !o->test_arrays)
        return diag_alone(&w->messages, "there is no test data that --test-map %s could speak of",
                          o->test_map);
    DFOO_TRY(load_scales(w, o->scale, &k->how.feed));
    DFOO_TRY(load_classes(w, o->classes, &k->data, &k->how.feed));
    if (!o->from) return DFOO_OK;
    DFOO_TRY(arrays_new(&w->d->mem, &k->from));
    DFOO_TRY(data_read(o->from, NULL, &w->messages, k->from));
    k->in.from = k->from;
    k->in.from_name = o->from;
    return DFOO_OK;
}

/* The input of the weighted model. */
static void find_weight(dfoo_trainer *k) {
    const char *name = k->weight;
    if (!name) return;
    k->how.feed.weight = ir_find_var(&k->w.m.g, symbols_find(k->w.m.g.names, name, strlen(name)));
    k->how.feed.class_weight = k->opt.class_weight;
}

static dfoo_status open(dfoo_trainer *k, const dfoo_model *model) {
    DFOO_TRY(work_open(&k->w, k->d, model));
    DFOO_TRY(set_new(k->d, &k->run));
    DFOO_TRY(read_options(k));
    find_weight(k);
    DFOO_TRY(read_data(k));
    DFOO_TRY(choose_update(k));
    DFOO_TRY(run_keep_model(k->run, model));
    DFOO_TRY(run_keep_config(k->run, k->opt.config));
    DFOO_TRY(work_training_program(&k->w, &k->p));
    if (k->data.table.n_cols && k->how.feed.prepare)
        DFOO_TRY(train_target(&k->w.m, &k->p, &k->how.feed.target));
    return train_open(&k->w.m, &k->p, &k->in, &k->how, k->run, &k->t);
}

/* What a call ends with: its messages are the caller's. */
static dfoo_status done(dfoo_trainer *k, dfoo_status status) {
    leave(k);
    return k->d->messages.failed ? DFOO_ENOMEM : status;
}

/* Frees everything; the run too, unless it was handed out. */
static dfoo_status close(dfoo_trainer *k, dfoo_status status) {
    dfoo *d = k->d;
    train_close(k->t);
    loaded_free(&k->data);
    loaded_free(&k->test);
    arrays_free(k->from);
    arrays_free(k->run);
    status = work_close(&k->w, status);
    dfoo_model_free(k->weighted);
    mem_free(&d->mem, k, sizeof *k);
    return status;
}

dfoo_status dfoo_trainer_open(dfoo_model *model, const dfoo_train_options *options, dfoo_trainer **out) {
    dfoo_train_options opt;
    if (out) *out = NULL;
    NEED(NULL, model);
    NEED(model->d, out);
    TAKE(model->d, dfoo_train_options, options, opt);
    KNOWN(model->d, opt.header, DFOO_HEADER_NO);
    KNOWN(model->d, opt.decay_kind, DFOO_L2);
    KNOWN(model->d, opt.zeros, DFOO_ZERO_LEARNING_RATE | DFOO_ZERO_DECAY | DFOO_ZERO_EPOCHS);
    KNOWN(model->d, opt.dtype, DFOO_F32);
    if (opt.fill && !opt.fill_examples)
        return use_wrong(model->d, "dfoo_trainer_open: fill_examples is 0, and fill is given");
    if (opt.folds && (opt.fold < 1 || opt.fold > opt.folds))
        return use_wrong(model->d, "dfoo_trainer_open: fold is %zu, of %zu folds", opt.fold, opt.folds);
    dfoo_model *weighted = NULL;
    const char *weight = NULL;
    if (opt.class_weight) DFOO_TRY(weights_model(model, &weighted, &weight));
    dfoo_trainer *k = mem_new(&model->d->mem, sizeof *k);
    if (!k) dfoo_model_free(weighted);
    if (!k) return DFOO_ENOMEM;
    *k = (dfoo_trainer){.d = model->d, .opt = opt, .weighted = weighted, .weight = weight};
    dfoo_status status = open(k, weighted ? weighted : model);
    if (status == DFOO_OK) status = done(k, status);
    if (status != DFOO_OK) return close(k, status);
    *out = k;
    return status;
}

void dfoo_trainer_close(dfoo_trainer *t) {
    if (!t) return;
    come_back(t);
    close(t, DFOO_OK);
}

/* ----------------------------------------------------------------------- steps */

static void hand_out(dfoo_trainer *k, dfoo_progress *out) {
    train_progress now;
    train_now(k->t, &now);
    *out = progress_of(&now);
}

/* One of the caller's functions; what it returns may end the training. */
static void call_back(dfoo_trainer *k, int (*function)(void *, dfoo_trainer *, const dfoo_progress *)) {
    dfoo_progress now;
    if (!function) return;
    hand_out(k, &now);
    leave(k);
    int stop = function(k->opt.user, k, &now);
    come_back(k);
    if (stop) train_stop(k->t);
}

static dfoo_status make_step(dfoo_trainer *k, const dfoo_arrays *batch) {
    train_progress before, now;
    train_now(k->t, &before);
    if (!batch && !train_goes_on(k->t)) return DFOO_NO;
    DFOO_TRY(batch ? train_step_on(k->t, &(feed_source){.name = "the batch", .arrays = batch})
                   : train_step(k->t));
    train_now(k->t, &now);
    call_back(k, k->opt.each_step);
    if (now.epoch > before.epoch) call_back(k, k->opt.each_epoch);
    return DFOO_OK;
}

/* To the end of the pass at hand. */
static dfoo_status make_epoch(dfoo_trainer *k) {
    train_progress before, now;
    train_now(k->t, &before);
    dfoo_status status = make_step(k, NULL);
    for (now = before; status == DFOO_OK; status = make_step(k, NULL)) {
        train_now(k->t, &now);
        if (now.epoch > before.epoch) return DFOO_OK;
    }
    return status == DFOO_NO && now.within > before.within ? DFOO_OK : status;
}

/* What every function of a trainer does when its arguments are fine. */
#define ENTER(t)                                                                               \
    do {                                                                                       \
        if ((t)->ended) return use_wrong((t)->d, "%s: the training has been ended", __func__); \
        come_back(t);                                                                          \
    } while (0)

static dfoo_status finish(dfoo_trainer *k, dfoo_status status, dfoo_progress *now) {
    dfoo_progress p;
    hand_out(k, &p);
    status = done(k, status);
    HAND_OUT(k->d, dfoo_progress, p, now);
    return status;
}

dfoo_status dfoo_trainer_step(dfoo_trainer *t, const dfoo_arrays *batch, dfoo_progress *now) {
    dfoo_arrays *plain;
    NEED(NULL, t);
    ENTER(t);
    dfoo_status status = set_plain(t->d, &batch, &plain);
    if (status == DFOO_OK) status = make_step(t, batch);
    arrays_free(plain);
    return finish(t, status, now);
}

dfoo_status dfoo_trainer_epoch(dfoo_trainer *t, dfoo_progress *now) {
    NEED(NULL, t);
    ENTER(t);
    return finish(t, make_epoch(t), now);
}

dfoo_status dfoo_trainer_score(dfoo_trainer *t, dfoo_progress *now) {
    NEED(NULL, t);
    ENTER(t);
    return finish(t, train_score_now(t->t), now);
}

/* ------------------------------------------------------------------- parameters */

dfoo_status dfoo_trainer_parameters(dfoo_trainer *t, dfoo_arrays *out) {
    NEED(NULL, t);
    NEED(t->d, out);
    ENTER(t);
    return done(t, train_get(t->t, false, out));
}

dfoo_status dfoo_trainer_gradients(dfoo_trainer *t, dfoo_arrays *out) {
    NEED(NULL, t);
    NEED(t->d, out);
    if (!t->opt.gradients)
        return use_wrong(t->d, "dfoo_trainer_gradients: the option `gradients` was not given");
    ENTER(t);
    return done(t, train_get(t->t, true, out));
}

dfoo_status dfoo_trainer_set_parameters(dfoo_trainer *t, const dfoo_arrays *parameters) {
    NEED(NULL, t);
    NEED(t->d, parameters);
    ENTER(t);
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(t->d, &parameters, &plain);
    if (status == DFOO_OK) status = train_set(t->t, parameters);
    arrays_free(plain);
    return done(t, status);
}

double dfoo_trainer_learning_rate(const dfoo_trainer *t) {
    return t ? train_rate(t->t) : NAN;
}

dfoo_status dfoo_trainer_set_learning_rate(dfoo_trainer *t, double rate) {
    NEED(NULL, t);
    if (!isfinite(rate))
        return use_wrong(t->d, "dfoo_trainer_set_learning_rate: rate is not a finite number");
    ENTER(t);
    return done(t, train_set_rate(t->t, rate));
}

dfoo_status dfoo_trainer_save(dfoo_trainer *t, const char *path) {
    NEED(NULL, t);
    NEED(t->d, path);
    ENTER(t);
    return done(t, train_save(t->t, path));
}

/* -------------------------------------------------------------------------- end */

/* What patience looks at: what was asked for, or what suits the model. */
static const char *watched_by(const dfoo_trainer *k, const train_result *result) {
    if (!k->opt.patience) return NULL;
    return k->opt.metric ? k->opt.metric : result->by_r2 ? train_metric(TRAIN_METRIC_r2)->name : "cost";
}

/* `end` gets the report, and what is trained stays in the trainer. */
static dfoo_status end_training(dfoo_trainer *k, dfoo_status status, dfoo_progress *end) {
    train_result result = {0};
    if (status == DFOO_OK) status = train_end(k->t, &result);
    if (status == DFOO_OK || status == DFOO_EINPUT || status == DFOO_EIO) {
        dfoo_status logged = write_log(k);
        if (status == DFOO_OK) status = logged;
    }
    *end = (dfoo_progress){.size = sizeof *end,
                           .epoch = result.epochs,
                           .epochs = k->how.epochs,
                           .seconds = result.seconds,
                           .best_epoch = k->opt.patience ? result.best_epoch : result.epochs,
                           .stopped = result.stopped,
                           .step_cost = NAN,
                           .watched = watched_by(k, &result)};
    progress_scores(end, &result.train, &result.test);
    k->ended = true;
    return status;
}

/* The run, if there is one: also where only its file could not be written. */
static dfoo_arrays *take_run(dfoo_trainer *k, dfoo_status status) {
    bool         trained = status == DFOO_OK || (status == DFOO_EIO && arrays_get(k->run, "dfoo.ended"));
    dfoo_arrays *run = trained && !k->d->messages.failed ? k->run : NULL;
    if (run) k->run = NULL;
    return run;
}

dfoo_status dfoo_trainer_end(dfoo_trainer *t, dfoo_arrays **run, dfoo_progress *last) {
    dfoo_progress end;
    if (run) *run = NULL;
    NEED(NULL, t);
    ENTER(t);
    dfoo_status status = end_training(t, DFOO_OK, &end);
    status = done(t, status);
    if (run) *run = take_run(t, status);
    HAND_OUT(t->d, dfoo_progress, end, last);
    return status;
}

dfoo_status dfoo_train(dfoo_model *model, const dfoo_train_options *options, dfoo_arrays **run,
                       dfoo_progress *last) {
    dfoo_trainer *t;
    dfoo_progress end = {.cost = NAN, .test_cost = NAN, .metric = NAN, .test_metric = NAN, .step_cost = NAN};
    if (run) *run = NULL;
    NEED(NULL, model);
    NEED(model->d, run);
    HAND_OUT(model->d, dfoo_progress, end, last);
    DFOO_TRY(dfoo_trainer_open(model, options, &t));
    assert(t);
    come_back(t);
    dfoo_status status = DFOO_OK;
    while (status == DFOO_OK) status = make_step(t, NULL);
    status = end_training(t, status == DFOO_NO ? DFOO_OK : status, &end);
    work_tell(&t->w);
    *run = take_run(t, status);
    status = close(t, status);
    HAND_OUT(model->d, dfoo_progress, end, last);
    return status;
}

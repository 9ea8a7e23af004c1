/* The loop: steps and epochs, scores, and what comes out of it.
 *
 * A full batch is bound once and each step is a run of the plan; mini-batches are gathered in an
 * order that depends on the seed and the epoch alone. */
#include <assert.h>
#include <math.h>

#include "run/feed/sizing.h"
#include "run/train/early.h"
#include "run/train/masks.h"
#include "run/train/not_finite.h"
#include "run/train/report.h"
#include "run/train/resume.h"
#include "run/train/setup.h"

/* -------------------------------------------------------------------- scores */

/* The forward pass reads the parameters where the step has them. */
static void share_parameters(trainer *t) {
    const ir *g = &t->m->g;
    size_t    rows, cols;
    for (var_id v = 1; v < g->vars.n; v++) {
        const void *data = ir_var(g, v)->kind == VAR_PARAM ? exec_data(t->step, v, &rows, &cols) : NULL;
        if (data) exec_bind(t->scorer.e, v, data);
    }
}

static void ascending(trainer *t) {
    for (size_t j = 0; j < t->n; j++) t->order[j] = (uint32_t)j;
    t->ordered = false;
}

/* Batch after batch: costs and accuracies are means, weighted by examples. In the examples' own order, so
 * that a score does not depend on whether the epoch behind it was run by this process. */
static dfoo_status score_batches(trainer *t, train_score *out) {
    *out = (train_score){.n = t->n};
    scorer_begin(&t->scorer);
    ascending(t);
    for (size_t at = 0; at < t->n; at += t->batch) {
        train_score part;
        size_t      n = t->n - at < t->batch ? t->n - at : t->batch;
        batch_gather(&t->train, t->order + at, n, &t->gathered);
        DFOO_TRY(scorer_add(&t->scorer, &t->gathered, &part));
        out->cost += part.cost * (double)n / (double)t->n;
        out->accuracy += part.accuracy * (double)n / (double)t->n;
        out->r2 = part.r2; /* of all so far */
    }
    if (!isnan(out->accuracy)) out->r2 = NAN;
    return DFOO_OK;
}

static dfoo_status score_test(trainer *t) {
    share_parameters(t);
    return t->n_test ? scorer_run(&t->scorer, &t->test, &t->test_score) : DFOO_OK;
}

static dfoo_status score_all(trainer *t) {
    if (t->scored) return DFOO_OK;
    t->scored = true;
    share_parameters(t);
    DFOO_TRY(t->order ? score_batches(t, &t->train_score)
                      : scorer_run(&t->scorer, &t->train, &t->train_score));
    return score_test(t);
}

/* Has an epoch several steps? Then its row is about the parameters behind it, else about those before. */
static bool in_batches(const trainer *t) {
    return t->order || t->opt->stream;
}

/* ------------------------------------------------------------------- lessons */

static watched show(trainer *t) {
    return (watched){.m = t->m,
                     .p = t->p,
                     .a = &t->a,
                     .type = t->opt->feed.dtype,
                     .machine = t->opt->feed.machine,
                     .s = &t->s,
                     .data = &t->data,
                     .memos = &t->memos,
                     .pick = t->pick,
                     .n = t->n,
                     .standardized = t->opt->standardize || t->opt->feed.prepare,
                     .batches = in_batches(t),
                     .drops = t->drops,
                     .label = t->scorer.label,
                     .start = t->run,
                     .given = t->in->from != NULL,
                     .step = t->step,
                     .rate = t->stepper.rate,
                     .steps = t->t - t->t_began,
                     .epoch = t->epoch,
                     .costs = &t->history,
                     .accuracy = t->train_score.accuracy,
                     .r2 = t->scored ? t->train_score.r2 : NAN,
                     .test_accuracy = t->n_test && t->scored ? t->test_score.accuracy : NAN,
                     .test_r2 = t->n_test && t->scored ? t->test_score.r2 : NAN,
                     .n_test = t->n_test};
}

static dfoo_status notice(trainer *t, dfoo_status moment(lessons *, const watched *)) {
    watched w = show(t);
    return moment(&t->lessons, &w);
}

/* ---------------------------------------------------------------------- steps */

/* Says where the cost of the step at hand comes from; the parameters are as they were before it. */
static dfoo_status tell_step(trainer *t) {
    step_to_tell step = {.result = t->m->cost,
                         .number = t->t,
                         .s = &t->s,
                         .examples = t->is_other ? &t->other
                                     : t->order  ? &t->gathered
                                                 : &t->train,
                         .parameters = t->step,
                         .seed = t->opt->seed};
    DFOO_TRY(tell_not_finite(t->m, &t->a, t->p, &step));
    return DFOO_EINPUT;
}

/* One update; the cost is that of the forward pass it is made from. */
static dfoo_status run_step(trainer *t, size_t n, double *cost) {
    t->t++;
    t->scored = false;
    DFOO_TRY(trainer_set_number(t, t->stepper.t, (double)t->t));
    DFOO_TRY(trainer_set_number(t, t->stepper.epoch, (double)t->epoch));
    if (t->drops) DFOO_TRY(masks_draw(t->m, t->plan, t->step, t->opt->feed.dtype, t->opt->seed, t->t));
    if (t->t == t->look_into) return tell_step(t);
    exec_run(t->step);
    exec_get(t->step, t->m->cost, cost);
    t->step_cost = *cost;
    if (t->stepper.alpha) exec_get(t->step, t->stepper.alpha, &t->rate);
    t->seen += (double)n;
    if (isfinite(*cost)) return notice(t, lessons_step);
    t->bad_step = t->t;
    return report_cost(t, *cost);
}

static bool is_due(const trainer *t) {
    return t->opt->every && t->epoch % t->opt->every == 0;
}

/* What is wanted of the parameters as they are between two epochs. */
static dfoo_status score_epoch(trainer *t, bool due) {
    if (due)
        DFOO_TRY(score_all(t));
    else if (t->opt->patience)
        DFOO_TRY(score_test(t));
    return best_watch(t);
}

static dfoo_status end_epoch(trainer *t) {
    bool checkpoint = t->opt->checkpoint && t->epoch % t->opt->checkpoint == 0 && t->epoch < t->epochs;
    DFOO_TRY(notice(t, lessons_epoch));
    return checkpoint ? resume_checkpoint(t) : DFOO_OK;
}

/* Makes the step one of n examples, which are to be bound. */
static dfoo_status make_room(trainer *t, size_t n) {
    if (n == t->room) return DFOO_OK;
    sizes_examples(t->m, &t->s, n);
    t->room = 0;
    DFOO_TRY(exec_resize(t->step, &t->s));
    t->room = n;
    return DFOO_OK;
}

/* ---------------------------------------------------------------- other batches */

/* A step of data that is read as training remembers. It is kept up to the next one: the step is bound to it.
 */
static dfoo_status other_batch(trainer *t, const feed_source *from, double *cost) {
    sizing       z;
    bound        data;
    bind_request r = {.m = t->m, .a = &t->other_a, .opt = &t->opt->feed, .source = from};
    r.needed = t->needed;
    r.memos = &t->memos;
    r.remembered = t->is_other = true;
    examples_close(&t->other);
    arena_free(&t->other_a);
    arena_init(&t->other_a, t->a.mem);
    DFOO_TRY(sizing_init(&z, t->m, r.a, r.opt, &t->s));
    DFOO_TRY(bind_data(&r, &z, &data));
    examples_request e = {
        .m = t->m, .a = r.a, .from = &data, .memos = &t->memos, .n = data.n, .in_order = true};
    e.type = t->opt->feed.dtype;
    DFOO_TRY(examples_open(&e, &t->other));
    DFOO_TRY(make_room(t, data.n));
    examples_bind(&t->other, t->step);
    return run_step(t, data.n, cost);
}

static size_t size_of(const trainer *t, dim d, size_t n) {
    return d == t->m->examples ? n : sizes_get(&t->s, d);
}

/* Arrays for n examples of each input and label that is read. */
static dfoo_status make_arrays(trainer *t, size_t n) {
    const ir *g = &t->m->g;
    arrays_free(t->filled);
    t->filled = NULL;
    t->n_filled = n;
    DFOO_TRY(arrays_new(&t->a.mem, &t->filled));
    for (var_id v = 1; v < g->vars.n; v++) {
        size_t rows = size_of(t, ir_var(g, v)->sh.rows, n), cols = size_of(t, ir_var(g, v)->sh.cols, n);
        if (is_data(g, v) && t->needed[v])
            DFOO_TRY(arrays_add_matrix(t->filled, ir_var_name(g, v), rows, cols, NULL, NULL));
    }
    return DFOO_OK;
}

static dfoo_status stream_batch(trainer *t, size_t at, size_t n, double *cost) {
    if (!t->filled || n != t->n_filled) DFOO_TRY(make_arrays(t, n));
    if (!t->opt->fill(t->opt->fill_user, t->epoch, at, t->filled)) {
        diag_alone(t->m->g.d, "the examples from number %zu on of epoch %zu could not be had", at + 1,
                   t->epoch + 1);
        return DFOO_EIO;
    }
    return other_batch(t, &(feed_source){.name = "the stream", .arrays = t->filled}, cost);
}

/* ------------------------------------------------------------------ own batches */

/* The step reads its own examples (again). */
static dfoo_status bind_own(trainer *t, const examples *own, size_t n) {
    DFOO_TRY(make_room(t, n));
    examples_bind(own, t->step);
    t->is_other = false;
    return DFOO_OK;
}

/* An epoch of one step. Its row is about the parameters before it, as its cost is. */
static dfoo_status full_step(trainer *t) {
    bool due = is_due(t);
    DFOO_TRY(score_epoch(t, due));
    if (t->stop) return DFOO_OK;
    if (t->is_other) DFOO_TRY(bind_own(t, &t->train, t->n));
    dfoo_status status = run_step(t, t->n, &t->cost);
    report_row(t, t->cost, due, due || t->opt->patience);
    DFOO_TRY(status);
    if (due) report_tell(t, 0, true);
    t->epoch++;
    report_look_at_clock(t, 0);
    return end_epoch(t);
}

/* Every example once, in an order of its own for each epoch. */
static void shuffle(trainer *t) {
    rng r = rng_start(t->opt->seed, RNG_SHUFFLE, (uint32_t)t->epoch);
    ascending(t);
    rng_shuffle(&r, t->order, (uint32_t)t->n);
    t->ordered = true;
}

static dfoo_status own_batch(trainer *t, size_t at, size_t n, double *cost) {
    if (!t->ordered) shuffle(t);
    batch_gather(&t->train, t->order + at, n, &t->gathered);
    DFOO_TRY(bind_own(t, &t->gathered, n));
    return run_step(t, n, cost);
}

static dfoo_status end_batches(trainer *t) {
    t->cost = t->done_cost / (double)t->per_epoch;
    t->done = 0;
    t->done_cost = 0;
    t->epoch++;
    bool due = is_due(t);
    DFOO_TRY(score_epoch(t, due));
    t->ordered = false;
    report_row(t, t->cost, due, due || t->opt->patience);
    if (due && t->epoch < t->epochs) report_tell(t, 0, true);
    return end_epoch(t);
}

static dfoo_status batch_step(trainer *t) {
    size_t left = t->per_epoch - t->done, n = t->batch && t->batch < left ? t->batch : left;
    double cost;
    DFOO_TRY(t->opt->stream ? stream_batch(t, t->done, n, &cost) : own_batch(t, t->done, n, &cost));
    t->done += n;
    t->done_cost += cost * (double)n;
    report_look_at_clock(t, (double)t->done / (double)t->per_epoch);
    return t->done == t->per_epoch ? end_batches(t) : DFOO_OK;
}

static dfoo_status one_step(trainer *t) {
    return in_batches(t) ? batch_step(t) : full_step(t);
}

/* ------------------------------------------------------------------------ end */

/* The parameters as they are at the end are scored, and looked at for the last time. */
static dfoo_status score_end(trainer *t) {
    DFOO_TRY(score_all(t));
    DFOO_TRY(best_watch(t));
    if (!in_batches(t)) t->cost = t->train_score.cost;
    if (!t->done && (!in_batches(t) || t->epoch)) report_end(t, t->cost);
    if (!isfinite(t->train_score.cost)) {
        t->t++;
        dfoo_status status = report_cost(t, t->train_score.cost);
        return status == DFOO_EINPUT && !t->order ? tell_step(t) : status;
    }
    DFOO_TRY(notice(t, lessons_end));
    report_tell(t, 0, true);
    return DFOO_OK;
}

/* The scores of the result are those of the parameters that are kept. */
static dfoo_status keep_results(trainer *t, train_result *out) {
    const ir *g = &t->m->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM)
            out->n_values += array_entries(arrays_get(t->run, ir_var_name(g, v)));
    DFOO_TRY(resume_collect(t));
    if (t->best.parameters && !t->best.none) {
        DFOO_TRY(best_restore(t));
        t->scored = false;
        DFOO_TRY(score_all(t));
    }
    out->epochs = t->epoch;
    out->best_epoch = t->best.none ? t->epoch : t->best.epoch;
    out->stopped = t->best.ended;
    out->by_r2 = best_is_by_r2(t);
    out->train = t->train_score;
    out->test = t->test_score;
    out->seconds = report_seconds(t);
    return resume_write(t, g->d);
}

/* ------------------------------------------------------------------- repeating */

static dfoo_status begin(trainer *t) {
    DFOO_TRY(trainer_set_up(t));
    DFOO_TRY(notice(t, lessons_start));
    t->began = os_seconds();
    return DFOO_OK;
}

static dfoo_status new_trainer(model *m, const program *p, const train_input *in, const train_options *opt,
                               dfoo_arrays *run, trainer **out) {
    trainer *t = *out = mem_new(&m->g.a->mem, sizeof *t);
    if (!t) return DFOO_ENOMEM;
    *t = (trainer){.m = m, .p = p, .in = in, .opt = opt, .run = run, .cost = NAN, .step_cost = NAN};
    t->epochs = opt->epochs || opt->no_epochs ? opt->epochs : TRAIN_EPOCHS;
    arena_init(&t->a, m->g.a->mem);
    arena_init(&t->other_a, m->g.a->mem);
    return DFOO_OK;
}

void train_close(trainer *t) {
    if (!t) return;
    dfoo_allocator mem = t->a.mem;
    examples_close(&t->gathered);
    examples_close(&t->train);
    examples_close(&t->test);
    examples_close(&t->other);
    scorer_close(&t->scorer);
    arrays_free(t->resumed);
    arrays_free(t->filled);
    exec_close(t->step);
    arrays_free(t->best.parameters);
    arena_free(&t->other_a);
    arena_free(&t->a);
    mem_free(&mem, t, sizeof *t);
}

/* Warnings and notes were said when the run was not yet a repetition. */
static void drop_warnings(diags *d, uint32_t from) {
    uint32_t n = from;
    for (uint32_t i = from; i < d->list.n; i++)
        if (d->list.at[i].kind == DIAG_ERROR) d->list.at[n++] = d->list.at[i];
    d->list.n = n;
}

static dfoo_status repeat_up_to(const trainer *t, const train_options *opt, dfoo_arrays *run) {
    trainer *again;
    DFOO_TRY(new_trainer(t->m, t->p, t->in, opt, run, &again));
    again->look_into = t->bad_step;
    dfoo_status status = begin(again);
    while (status == DFOO_OK && train_goes_on(again)) status = one_step(again);
    train_close(again);
    return status;
}

/* A step changes the parameters that it was made from, so the run is repeated up to the step whose
 * cost was not finite, and that step is looked into. What took long is not done twice. */
static dfoo_status repeat_to_bad_step(const trainer *t) {
    enum { MOST_SECONDS = 20 };
    train_options opt = *t->opt;
    dfoo_arrays  *run;
    if (!t->bad_step || t->touched || opt.stream || report_seconds(t) > MOST_SECONDS) return DFOO_EINPUT;
    opt.progress = NULL;
    opt.every = opt.checkpoint = 0;
    if (!opt.resume) opt.file = NULL;
    DFOO_TRY(arrays_new(&t->m->g.a->mem, &run));
    uint32_t    n_said = t->m->g.d->list.n;
    dfoo_status status = repeat_up_to(t, &opt, run);
    drop_warnings(t->m->g.d, n_said);
    arrays_free(run);
    return status == DFOO_ENOMEM ? status : DFOO_EINPUT;
}

/* -------------------------------------------------------------------- the face */

static dfoo_status settled(trainer *t, dfoo_status status) {
    if (status == DFOO_EINPUT) status = repeat_to_bad_step(t);
    return t->a.failed || t->other_a.failed || t->m->g.a->failed || t->m->g.d->a->failed ? DFOO_ENOMEM
                                                                                         : status;
}

dfoo_status train_open(model *m, const program *p, const train_input *in, const train_options *opt,
                       dfoo_arrays *run, trainer **out) {
    assert(m->cost && run && (!opt->stream || opt->fill));
    DFOO_TRY(new_trainer(m, p, in, opt, run, out));
    dfoo_status status = settled(*out, begin(*out));
    if (status == DFOO_OK) return status;
    train_close(*out);
    *out = NULL;
    return status;
}

bool train_goes_on(const trainer *t) {
    return t->epoch < t->epochs && !t->stop;
}

dfoo_status train_step(trainer *t) {
    assert(train_goes_on(t));
    return settled(t, one_step(t));
}

dfoo_status train_step_on(trainer *t, const feed_source *batch) {
    t->touched = true;
    return settled(t, other_batch(t, batch, &t->cost));
}

dfoo_status train_score_now(trainer *t) {
    return settled(t, score_all(t));
}

void train_stop(trainer *t) {
    t->stop = true;
}

dfoo_status train_history(const trainer *t, dfoo_arrays *costs) {
    return history_count(&t->history) ? history_put(&t->history, "history", true, costs) : DFOO_OK;
}

dfoo_status train_end(trainer *t, train_result *out) {
    dfoo_status status = score_end(t);
    *out = (train_result){0};
    return settled(t, status == DFOO_OK ? keep_results(t, out) : status);
}

dfoo_status train_run(model *m, const program *p, const train_input *in, const train_options *opt,
                      dfoo_arrays *run, dfoo_arrays *costs, train_result *out) {
    trainer *t;
    *out = (train_result){0};
    DFOO_TRY(train_open(m, p, in, opt, run, &t));
    dfoo_status status = DFOO_OK;
    while (status == DFOO_OK && train_goes_on(t)) status = train_step(t);
    if (status == DFOO_OK) status = train_end(t, out);
    dfoo_status kept = costs ? train_history(t, costs) : DFOO_OK;
    train_close(t);
    return status == DFOO_OK ? kept : status;
}

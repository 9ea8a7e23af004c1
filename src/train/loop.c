/* The loop: plans, memory, epochs, scores, history.
 *
 * Two plans come from one store: a step (forward, backward, update), whose parameters live in its
 * exec, and the forward pass alone, which reads the same memory and scores the model. A full batch is
 * bound once and each step is a run of the plan; mini-batches are gathered in an order that
 * depends on the seed and the epoch alone. */
#include <inttypes.h>
#include <math.h>
#include <time.h>

#include "base/rng.h"
#include "train/internal.h"

const char *const train_history_columns[TRAIN_HISTORY_COLUMNS] = {"epoch", "cost", "accuracy", "test_cost",
                                                                  "test_accuracy"};

typedef struct trainer {
    model               *m;
    const program       *p;
    const train_input   *in;
    const train_options *opt;
    arena                a;
    size_t               epochs;
    size_t               batch; /* 0: all examples in one */

    stepper   stepper;
    plan     *plan;
    scorer    scorer;
    bool     *needed;
    memos     memos;
    sizes     s;
    uint32_t *order; /* the training examples, as the epoch at hand takes them */
    uint32_t *pick;  /* the training examples, in ascending order */
    size_t    n, n_test;

    exec        *step;
    examples     train, test, gathered; /* in the step's type */
    dfoo_arrays *run;

    uint64_t    t;     /* steps done */
    size_t      epoch; /* epochs done */
    double      cost;  /* the newest of an epoch */
    train_score train_score, test_score;
    bool        stop;
    bool        keeps_history;
    VEC(double) history;

    struct timespec began;
    uint64_t        next_look; /* at which step the clock is looked at again */
    double          seen;      /* examples */
} trainer;

/* -------------------------------------------------------------------- set up */

static dfoo_status check_options(const trainer *t) {
    const train_options *o = t->opt;
    diags               *d = t->m->g.d;
    bool                 has_test = t->in->test.arrays || (t->in->test.table && t->in->test.table->n_cols);
    if (!(o->split >= 0 && o->split < 1))
        return train_bad(d, "--split %g: it is a part of the examples, from 0 on and less than 1", o->split);
    if (o->split > 0 && has_test)
        return train_bad(d, "there is test data, so nothing can be held back: leave out --split or --test");
    if (!t->m->examples && (o->split > 0 || o->batch || o->standardize))
        return train_bad(d, "the model has no dimension for examples, which %s needs",
                         o->split > 0 ? "--split"
                         : o->batch   ? "--batch"
                                      : "--standardize");
    return DFOO_OK;
}

static dfoo_status make_plans(trainer *t) {
    var_id cost = t->m->cost;
    DFOO_TRY(optimizer_append(t->m, t->p, t->opt, &t->a, &t->stepper));
    DFOO_TRY(train_plan(t->m, &t->a, &t->stepper.p, &cost, 1, &t->plan));
    DFOO_TRY(scorer_plan(&t->scorer, t->m, &t->a, t->p, true));
    t->needed = arena_new(&t->a, t->m->g.vars.n);
    if (!t->needed) return DFOO_ENOMEM;
    plan_needs(t->plan, t->needed);
    plan_needs(t->scorer.p, t->needed);
    return DFOO_OK;
}

/* 0, 1, .. */
static dfoo_status count_up(arena *a, size_t n, uint32_t **out) {
    *out = arena_new(a, n * sizeof **out);
    for (size_t j = 0; *out && j < n; j++) (*out)[j] = (uint32_t)j;
    return arena_status(a);
}

static dfoo_status open_examples(trainer *t, const bound *from, const uint32_t *pick, size_t n, bool in_order,
                                 examples *out) {
    examples_request r = {
        .m = t->m, .a = &t->a, .from = from, .memos = &t->memos, .pick = pick, .n = n, .type = t->opt->dtype};
    r.in_order = in_order;
    return examples_open(&r, out);
}

static dfoo_status bind_test(trainer *t) {
    sizing       z;
    bound        test;
    bind_request r = {.m = t->m,
                      .a = &t->a,
                      .opt = t->opt,
                      .source = &t->in->test,
                      .needed = t->needed,
                      .memos = &t->memos,
                      .remembered = true};
    DFOO_TRY(sizing_init(&z, t->m, &t->a, t->opt, &t->s));
    DFOO_TRY(bind_data(&r, &z, &test));
    t->n_test = test.n;
    return open_examples(t, &test, NULL, test.n, true, &t->test);
}

/* The test examples are the first of the order, the training examples the rest. */
static dfoo_status divide(trainer *t, const bound *data) {
    DFOO_TRY(count_up(&t->a, data->n, &t->pick));
    t->n = data->n;
    if (t->opt->split > 0) {
        DFOO_TRY(split_examples(t->m, &t->a, data, t->opt->split, t->opt->seed, t->pick, &t->n_test));
        t->n -= t->n_test;
    }
    const uint32_t *test = t->pick;
    t->pick += t->n_test;
    if (t->opt->standardize) DFOO_TRY(standardize_learn(t->m, &t->a, data, t->pick, t->n, &t->memos));
    return t->n_test ? open_examples(t, data, test, t->n_test, true, &t->test) : DFOO_OK;
}

static dfoo_status bind_all(trainer *t) {
    sizing       z;
    bound        data;
    bind_request r = {.m = t->m,
                      .a = &t->a,
                      .opt = t->opt,
                      .source = &t->in->data,
                      .needed = t->needed,
                      .memos = &t->memos};
    DFOO_TRY(sizing_init(&z, t->m, &t->a, t->opt, NULL));
    if (t->in->from) DFOO_TRY(bind_parameters(&z, t->in->from, t->in->from_name));
    DFOO_TRY(bind_data(&r, &z, &data));
    t->s = z.s;
    DFOO_TRY(divide(t, &data));
    if (t->in->test.arrays || (t->in->test.table && t->in->test.table->n_cols)) DFOO_TRY(bind_test(t));
    t->batch = t->opt->batch && t->opt->batch < t->n ? t->opt->batch : 0;
    DFOO_TRY(open_examples(t, &data, t->n == data.n ? NULL : t->pick, t->n, !t->batch, &t->train));
    if (!t->batch) return DFOO_OK;
    DFOO_TRY(count_up(&t->a, t->n, &t->order));
    return batch_open(&t->train, &t->a, t->batch, &t->gathered);
}

/* Parameters start in the run; the step's exec works on its own copy. */
static dfoo_status open_execs(trainer *t) {
    const ir *g = &t->m->g;
    sizes_examples(t->m, &t->s, t->batch ? t->batch : t->n);
    DFOO_TRY(train_exec_open(t->plan, t->m, t->opt, &t->s, &t->step));
    DFOO_TRY(scorer_open(&t->scorer, &t->a, t->opt, &t->s,
                         t->n_test  ? t->n_test
                         : t->batch ? t->batch
                                    : t->n));
    DFOO_TRY(start_parameters(t->m, &t->a, &t->s, t->opt->seed, t->in->from, t->in->from_name, t->run));
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        const dfoo_array *start = arrays_get(t->run, ir_var_name(g, v));
        DFOO_TRY(exec_set(t->step, v, start->data));
        DFOO_TRY(exec_set(t->scorer.e, v, start->data)); /* for those that the step does not know */
    }
    size_t rows, cols; /* states have memory, and are 0, once it is asked for */
    for (uint32_t i = 0; i < t->stepper.states.n; i++)
        if (!exec_data(t->step, t->stepper.states.at[i], &rows, &cols)) return DFOO_ENOMEM;
    if (!t->batch) examples_bind(&t->train, t->step);
    return exec_set(t->step, t->stepper.alpha, &t->stepper.rate);
}

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

/* Batch after batch: costs and accuracies are means, weighted by examples. */
static dfoo_status score_batches(trainer *t, train_score *out) {
    *out = (train_score){.n = t->n};
    for (size_t at = 0; at < t->n; at += t->batch) {
        train_score part;
        size_t      n = t->n - at < t->batch ? t->n - at : t->batch;
        batch_gather(&t->train, t->order + at, n, &t->gathered);
        DFOO_TRY(scorer_run(&t->scorer, &t->gathered, &part));
        out->cost += part.cost * (double)n / (double)t->n;
        out->accuracy += part.accuracy * (double)n / (double)t->n;
    }
    return DFOO_OK;
}

static dfoo_status score_all(trainer *t) {
    share_parameters(t);
    if (t->batch)
        DFOO_TRY(score_batches(t, &t->train_score));
    else
        DFOO_TRY(scorer_run(&t->scorer, &t->train, &t->train_score));
    return t->n_test ? scorer_run(&t->scorer, &t->test, &t->test_score) : DFOO_OK;
}

/* -------------------------------------------------------- history and progress */

static double seconds_since(const struct timespec *began) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)(now.tv_sec - began->tv_sec) + (double)(now.tv_nsec - began->tv_nsec) * 1e-9;
}

static void add_row(trainer *t, double cost, bool scored) {
    double row[TRAIN_HISTORY_COLUMNS] = {(double)t->epoch, cost, NAN, NAN, NAN};
    if (scored) row[2] = t->train_score.accuracy;
    if (scored && t->n_test) row[3] = t->test_score.cost;
    if (scored && t->n_test) row[4] = t->test_score.accuracy;
    for (int i = 0; t->keeps_history && i < TRAIN_HISTORY_COLUMNS; i++) vec_push(&t->a, &t->history, row[i]);
}

static void tell(trainer *t, double within, bool evaluated) {
    double         seconds = seconds_since(&t->began);
    train_progress p = {
        .epoch = t->epoch, .epochs = t->epochs, .within = within, .cost = t->cost, .evaluated = evaluated};
    p.train = t->train_score;
    p.test = t->test_score;
    p.seconds = seconds;
    p.examples_per_second = seconds > 0 ? t->seen / seconds : 0;
    if (t->opt->progress && !t->opt->progress(t->opt->user, &p)) t->stop = true;
}

/* About 20 times a second, however long a step takes; the clock is not read in between. */
static void look_at_clock(trainer *t, double within) {
    if (!t->opt->progress || t->t < t->next_look) return;
    tell(t, within, false);
    double steps = (double)t->t / (seconds_since(&t->began) + 1e-9) * 0.05;
    double most = (double)t->t + 16; /* a first step may be far from typical */
    t->next_look = t->t + 1 + (uint64_t)(steps < most ? steps : most);
}

/* ---------------------------------------------------------------------- steps */

static dfoo_status refuse_cost(const trainer *t, double cost) {
    double rate = t->stepper.rate;
    diags *d = t->m->g.d;
    if (t->t > 1) {
        train_bad(
            d, "the cost is %g after %zu epoch%s, %" PRIu64 " steps: the learning rate %g may be too large",
            cost, t->epoch, t->epoch == 1 ? "" : "s", t->t - 1, rate);
        diag_note(d, "try a smaller one, such as %g", rate / 10);
    } else {
        train_bad(d,
                  "the cost is %g before the first step: the data or the parameters at the start are too "
                  "large for its formula",
                  cost);
        diag_note(d, "%s",
                  t->opt->standardize ? "try parameters that start smaller"
                                      : "try --standardize, or parameters that start smaller");
    }
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

/* One update; the cost is that of the forward pass it is made from. */
static dfoo_status run_step(trainer *t, size_t n, double *cost) {
    double number = (double)++t->t;
    if (t->plan->of_var[t->stepper.t]) DFOO_TRY(exec_set(t->step, t->stepper.t, &number));
    DFOO_TRY(masks_draw(t->m, t->plan, t->step, t->opt->dtype, t->opt->seed, t->t));
    exec_run(t->step);
    exec_get(t->step, t->m->cost, cost);
    t->seen += (double)n;
    return isfinite(*cost) ? DFOO_OK : refuse_cost(t, *cost);
}

static bool is_due(const trainer *t) {
    return t->opt->every && t->epoch % t->opt->every == 0;
}

/* A row is about the parameters before the step, as its cost is. */
static dfoo_status full_epoch(trainer *t) {
    bool due = is_due(t);
    if (due) DFOO_TRY(score_all(t));
    dfoo_status status = run_step(t, t->n, &t->cost);
    add_row(t, t->cost, due);
    DFOO_TRY(status);
    if (due) tell(t, 0, true);
    t->epoch++;
    look_at_clock(t, 0);
    return DFOO_OK;
}

static dfoo_status batch_step(trainer *t, size_t at, double *sum) {
    size_t n = t->n - at < t->batch ? t->n - at : t->batch;
    double cost;
    if (n != t->gathered.n || at == 0) {
        sizes_examples(t->m, &t->s, n);
        DFOO_TRY(exec_resize(t->step, &t->s));
    }
    batch_gather(&t->train, t->order + at, n, &t->gathered);
    examples_bind(&t->gathered, t->step);
    DFOO_TRY(run_step(t, n, &cost));
    *sum += cost * (double)n;
    look_at_clock(t, (double)(at + n) / (double)t->n);
    return DFOO_OK;
}

/* Every example once, in an order of its own for each epoch. A row is about the parameters after it;
 * the last one is scored at the end. */
static dfoo_status batch_epoch(trainer *t) {
    rng    r = rng_start(t->opt->seed, RNG_SHUFFLE, (uint32_t)t->epoch);
    double sum = 0;
    for (size_t j = 0; j < t->n; j++) t->order[j] = (uint32_t)j;
    rng_shuffle(&r, t->order, (uint32_t)t->n);
    for (size_t at = 0; at < t->n && !t->stop; at += t->batch) DFOO_TRY(batch_step(t, at, &sum));
    if (t->stop) return DFOO_OK;
    t->cost = sum / (double)t->n;
    t->epoch++;
    bool due = is_due(t) && t->epoch < t->epochs;
    if (due) DFOO_TRY(score_all(t));
    add_row(t, t->cost, due);
    if (due) tell(t, 0, true);
    return DFOO_OK;
}

static dfoo_status run_epochs(trainer *t) {
    clock_gettime(CLOCK_MONOTONIC, &t->began);
    while (t->epoch < t->epochs && !t->stop) {
        DFOO_TRY(t->batch ? batch_epoch(t) : full_epoch(t));
        if (t->a.failed) return DFOO_ENOMEM;
    }
    DFOO_TRY(score_all(t));
    if (!t->batch) {
        t->cost = t->train_score.cost;
        add_row(t, t->cost, true);
    } else if (t->history.n && !t->stop) {
        t->history.n -= TRAIN_HISTORY_COLUMNS;
        add_row(t, t->cost, true);
    }
    if (!isfinite(t->train_score.cost)) {
        t->t++;
        return refuse_cost(t, t->train_score.cost);
    }
    tell(t, 0, true);
    return DFOO_OK;
}

/* ------------------------------------------------------------------------ end */

static dfoo_status keep_results(trainer *t, train_result *out) {
    const ir *g = &t->m->g;
    size_t    rows, cols;
    *out = (train_result){.epochs = t->epoch,
                          .train = t->train_score,
                          .test = t->test_score,
                          .seconds = seconds_since(&t->began)};
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        dfoo_array *x = arrays_get(t->run, ir_var_name(g, v));
        out->n_values += array_entries(x);
        if (exec_data(t->step, v, &rows, &cols)) exec_get(t->step, v, x->data);
    }
    return run_remember(t->m, &t->memos, t->opt, t->epoch, t->run);
}

static dfoo_status keep_history(const trainer *t, dfoo_arrays *history) {
    size_t rows = t->history.n / TRAIN_HISTORY_COLUMNS;
    if (!history || !rows) return DFOO_OK;
    return arrays_add_matrix(history, "history", rows, TRAIN_HISTORY_COLUMNS, t->history.at, NULL);
}

static dfoo_status run(trainer *t, dfoo_arrays *history, train_result *out) {
    DFOO_TRY(check_options(t));
    DFOO_TRY(make_plans(t));
    DFOO_TRY(bind_all(t));
    DFOO_TRY(open_execs(t));
    dfoo_status status = run_epochs(t);
    dfoo_status kept = keep_history(t, history);
    if (status != DFOO_OK) return status;
    DFOO_TRY(kept);
    return keep_results(t, out);
}

dfoo_status train_run(model *m, const program *p, const train_input *in, const train_options *opt,
                      dfoo_arrays *run_arrays, dfoo_arrays *history, train_result *out) {
    trainer t = {.m = m, .p = p, .in = in, .opt = opt, .run = run_arrays, .keeps_history = history != NULL};
    t.epochs = opt->epochs ? opt->epochs : TRAIN_EPOCHS;
    arena_init(&t.a, m->g.a->mem);
    *out = (train_result){0};
    dfoo_status status = run(&t, history, out);
    if (t.a.failed || m->g.a->failed || m->g.d->a->failed) status = DFOO_ENOMEM;
    examples_close(&t.gathered);
    examples_close(&t.train);
    examples_close(&t.test);
    scorer_close(&t.scorer);
    exec_close(t.step);
    arena_free(&t.a);
    return status;
}

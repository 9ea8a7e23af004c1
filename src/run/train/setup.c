/* From options and sources to a trainer that can make its first step.
 *
 * Two plans come from one store: a step (forward, backward, update), whose parameters live in its
 * exec, and the forward pass alone, which reads the same memory and scores the model. */
#include <math.h>

#include "run/feed/machine.h"
#include "run/feed/scale.h"
#include "run/feed/split.h"
#include "run/train/early.h"
#include "run/train/masks.h"
#include "run/train/resume.h"
#include "run/train/setup.h"
#include "run/train/start.h"
#include "run/train/units.h"

/* What only models with a dimension for examples can do; NULL: nothing of it is wanted. */
static const char *needs_examples(const train_options *o) {
    if (o->split > 0 || o->folds) return o->folds ? "a fold" : "--split";
    return o->batch ? "--batch" : o->standardize ? "--standardize" : NULL;
}

static dfoo_status check_options(const trainer *t) {
    const train_options *o = t->opt;
    diags               *d = t->m->g.d;
    bool                 has_test = feed_is_there(&t->in->test), holds_back = o->split > 0 || o->folds;
    const char          *option = t->m->examples ? NULL : needs_examples(o);
    if (!(o->split >= 0 && o->split < 1))
        return diag_alone(d, "--split %g: it is a part of the examples, from 0 on and less than 1", o->split);
    if (holds_back && has_test)
        return diag_alone(d, "there is test data, so nothing can be held back: leave out --split or --test");
    if (o->split > 0 && o->folds)
        return diag_alone(d, "either a part is held back or a fold: leave out --split");
    if (o->patience && !has_test && !holds_back)
        return diag_alone(
            d, "--patience watches the cost of test data, and there is none: give --test or --split");
    if (option) return diag_alone(d, "the model has no dimension for examples, which %s needs", option);
    return DFOO_OK;
}

/* What can be read after a step: the cost, the learning rate, and if that is wanted, the gradients. */
static dfoo_status plan_steps(trainer *t) {
    const ir *g = &t->m->g;
    var_id   *keep = arena_new(&t->a, (g->vars.n + 2) * sizeof *keep);
    uint32_t  n = 0;
    if (!keep) return DFOO_ENOMEM;
    keep[n++] = t->m->cost;
    if (t->stepper.alpha) keep[n++] = t->stepper.alpha;
    for (var_id v = 1; v < g->vars.n && t->opt->gradients; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && program_find(t->p, ir_var(g, v)->gradient))
            keep[n++] = ir_var(g, v)->gradient;
    return machine_plan(t->m, &t->a, &t->stepper.p, keep, n, &t->plan);
}

static dfoo_status make_plans(trainer *t) {
    DFOO_TRY(rule_append(t->m, t->p, &t->opt->rule, &t->a, &t->stepper));
    DFOO_TRY(plan_steps(t));
    DFOO_TRY(scorer_plan(&t->scorer, t->m, &t->a, t->p, true));
    DFOO_TRY(lessons_plan(&t->lessons, t->m, t->p, &t->a));
    t->lessons.lenient = t->opt->any_labels;
    t->drops = masks_any(t->m, t->plan);
    t->needed = arena_new(&t->a, t->m->g.vars.n);
    if (!t->needed) return DFOO_ENOMEM;
    machine_needs(t->plan, t->needed);
    machine_needs(t->scorer.p, t->needed);
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
    return examples_open(&(examples_request){.m = t->m,
                                             .a = &t->a,
                                             .from = from,
                                             .memos = &t->memos,
                                             .pick = pick,
                                             .n = n,
                                             .type = t->opt->feed.dtype,
                                             .in_order = in_order},
                         out);
}

/* Other data than that of training is read as training remembers; sizes go on from `base`. */
static dfoo_status bind_source(trainer *t, const feed_source *from, bool remembered, division *divide,
                               sizing *z, bound *out) {
    bind_request r = {.m = t->m,
                      .a = &t->a,
                      .opt = &t->opt->feed,
                      .source = from,
                      .needed = t->needed,
                      .memos = &t->memos,
                      .remembered = remembered,
                      .divide = divide};
    return bind_data(&r, z, out);
}

static dfoo_status bind_test(trainer *t) {
    sizing z;
    bound  test;
    DFOO_TRY(sizing_init(&z, t->m, &t->a, &t->opt->feed, &t->s));
    DFOO_TRY(bind_source(t, &t->in->test, true, NULL, &z, &test));
    t->n_test = test.n;
    return open_examples(t, &test, NULL, test.n, true, &t->test);
}

static dfoo_status take_division(trainer *t, const bound *data, const division *parts) {
    const uint32_t *test = parts->order;
    t->n = parts->n;
    t->n_test = parts->n_test;
    t->pick = parts->order + t->n_test;
    if (t->opt->standardize)
        DFOO_TRY(standardize_learn(t->m, &t->a, data, t->pick, t->n, t->opt->feed.weight, &t->memos));
    return t->n_test ? open_examples(t, data, test, t->n_test, true, &t->test) : DFOO_OK;
}

static dfoo_status bind_all(trainer *t) {
    sizing   z;
    division parts = {
        .part = t->opt->split, .folds = t->opt->folds, .fold = t->opt->fold, .seed = t->opt->seed};
    DFOO_TRY(sizing_init(&z, t->m, &t->a, &t->opt->feed, NULL));
    if (t->from) DFOO_TRY(bind_parameters(&z, t->from, t->from_name));
    DFOO_TRY(bind_source(t, &t->in->data, false, &parts, &z, &t->data));
    t->s = z.s;
    DFOO_TRY(take_division(t, &t->data, &parts));
    if (feed_is_there(&t->in->test)) DFOO_TRY(bind_test(t));
    t->per_epoch = t->opt->stream ? t->opt->stream : t->n;
    t->batch = t->opt->batch && t->opt->batch < t->per_epoch ? t->opt->batch : 0;
    bool gathers = t->batch && !t->opt->stream;
    DFOO_TRY(open_examples(t, &t->data, t->n == t->data.n ? NULL : t->pick, t->n, !gathers, &t->train));
    if (!gathers) return DFOO_OK;
    DFOO_TRY(count_up(&t->a, t->n, &t->order));
    return batch_open(&t->train, &t->a, t->batch, &t->gathered);
}

dfoo_status trainer_set_number(trainer *t, var_id v, double value) {
    return v && t->plan->of_var[v] ? exec_set(t->step, v, &value) : DFOO_OK;
}

/* Parameters start in the run; the step's exec works on its own copy. */
static dfoo_status open_execs(trainer *t) {
    const ir            *g = &t->m->g;
    const train_options *o = t->opt;
    size_t               at_once = t->order ? t->batch : t->n;
    sizes_examples(t->m, &t->s, at_once);
    DFOO_TRY(machine_open(t->plan, t->m, o->feed.dtype, o->feed.machine, &t->s, &t->step));
    DFOO_TRY(scorer_open(&t->scorer, &t->a, o->feed.dtype, o->feed.machine, &t->s,
                         t->n_test ? t->n_test : at_once));
    DFOO_TRY(start_parameters(t->m, &t->a, &t->s, o->seed, t->from, t->from_name, t->run));
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        const dfoo_array *start = arrays_get(t->run, ir_var_name(g, v));
        DFOO_TRY(exec_set(t->step, v, start->data));
        DFOO_TRY(exec_set(t->scorer.e, v, start->data)); /* for those that the step does not know */
    }
    size_t rows, cols; /* states have memory, and are 0, once it is asked for */
    for (uint32_t i = 0; i < t->stepper.states.n; i++)
        if (!exec_data(t->step, t->stepper.states.at[i], &rows, &cols)) return DFOO_ENOMEM;
    if (!t->order) examples_bind(&t->train, t->step);
    t->rate = t->given_rate = t->stepper.rate;
    t->room = at_once;
    DFOO_TRY(trainer_set_number(t, t->stepper.alpha0, t->rate));
    DFOO_TRY(trainer_set_number(t, t->stepper.epochs, (double)t->epochs));
    return trainer_set_number(t, t->stepper.steps,
                              t->batch ? ceil((double)t->per_epoch / (double)t->batch) : 1);
}

dfoo_status trainer_set_up(trainer *t) {
    DFOO_TRY(check_options(t));
    DFOO_TRY(resume_open(t));
    t->from = t->resumed ? t->resumed : t->in->from;
    t->from_name = t->resumed ? t->opt->file : t->in->from_name;
    DFOO_TRY(make_plans(t));
    DFOO_TRY(bind_all(t));
    DFOO_TRY(units_set(t->m, t->opt->feed.target, units_of(&t->memos, t->opt->feed.target)));
    t->scorer.units = units_of(&t->memos, t->opt->feed.target);
    DFOO_TRY(open_execs(t));
    DFOO_TRY(best_open(t));
    return resume_go_on(t);
}

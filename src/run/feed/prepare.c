/* What is done to data before training: scaling and standardising the inputs, and holding a part of the
 * examples back as test data. */
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "run/train/internal.h"

/* ------------------------------------------------------------------- scaling */

static dfoo_status check_scale_of(const bind_request *r, const train_scale *x) {
    const ir *g = &r->m->g;
    VEC(const char *) names = {0};
    for (var_id v = 1; v < g->vars.n && x->var; v++) {
        if (ir_var(g, v)->kind != VAR_INPUT) continue;
        if (strcmp(ir_var_name(g, v), x->var) == 0) return DFOO_OK;
        vec_push(r->a, &names, ir_var_name(g, v));
    }
    DFOO_TRY(arena_status(r->a));
    return !x->var ? DFOO_OK
                   : diag_alone(g->d, "--scale %s=..: the model has no input '%s'; it has %s", x->var, x->var,
                               names.n ? train_list_text(r->a, names.at, names.n) : "none");
}

static const train_scale *scale_of(const train_options *opt, const char *name) {
    const train_scale *found = NULL;
    for (uint32_t i = 0; i < opt->n_scales; i++) {
        const train_scale *x = &opt->scales[i];
        if (x->var ? strcmp(x->var, name) == 0 : !found) found = x;
    }
    return found;
}

dfoo_status bind_scales(const bind_request *r, const bound *b) {
    const ir *g = &r->m->g;
    for (uint32_t i = 0; i < r->opt->n_scales; i++) DFOO_TRY(check_scale_of(r, &r->opt->scales[i]));
    for (uint32_t i = 0; i < b->views.n; i++) {
        var_id             v = b->views.at[i].var;
        const train_scale *x = scale_of(r->opt, ir_var_name(g, v));
        if (!x || ir_var(g, v)->kind != VAR_INPUT) continue;
        memo *known = memos_get(r->memos, r->a, v);
        if (!known) return DFOO_ENOMEM;
        known->times = x->times;
        known->over = x->over;
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------- standardising */

/* Mean and standard deviation (of the n values, not of a population they stand for) of an entry. An
 * entry that is always the same has 1, so that it becomes 0. */
static void moments(const view *v, const uint32_t *pick, size_t n, size_t i, double *mean, double *sd) {
    double sum = 0, squares = 0, first = view_entry(v, pick[0], i);
    bool   constant = true;
    for (size_t j = 0; j < n; j++) {
        double x = view_entry(v, pick[j], i);
        sum += x - first;
        constant = constant && x == first;
    }
    *mean = first + sum / (double)n;
    for (size_t j = 0; j < n; j++) {
        double x = view_entry(v, pick[j], i) - *mean;
        squares += x * x;
    }
    double deviation = sqrt(squares / (double)n);
    *sd = constant || deviation == 0 ? 1 : deviation;
}

static dfoo_status check_scale(const model *m, const view *v, size_t i, double mean, double sd) {
    if (isfinite(mean) && isfinite(sd)) return DFOO_OK;
    return diag_alone(m->g.d, "entry %zu of %s cannot be standardised: its values are too large", i + 1,
                     ir_var_name(&m->g, v->var));
}

static dfoo_status learn_one(const model *m, arena *a, const view *v, const uint32_t *pick, size_t n,
                             memos *out) {
    memo   *known = memos_get(out, a, v->var);
    double *mean = arena_new(a, v->entries * sizeof *mean), *sd = arena_new(a, v->entries * sizeof *sd);
    if (!known || !mean || !sd) return DFOO_ENOMEM;
    for (size_t i = 0; i < v->entries; i++) {
        moments(v, pick, n, i, &mean[i], &sd[i]);
        DFOO_TRY(check_scale(m, v, i, mean[i], sd[i]));
    }
    known->entries = v->entries;
    known->mean = mean;
    known->sd = sd;
    return DFOO_OK;
}

dfoo_status standardize_learn(const model *m, arena *a, const bound *from, const uint32_t *pick, size_t n,
                              memos *out) {
    for (uint32_t i = 0; i < from->views.n; i++) {
        const view *v = &from->views.at[i];
        if (ir_var(&m->g, v->var)->kind == VAR_INPUT && v->by_example)
            DFOO_TRY(learn_one(m, a, v, pick, n, out));
    }
    return DFOO_OK;
}

/* ----------------------------------------------------------------- splitting */

/* The class of an example, if the label tells one: its largest entry, or 0 and 1. */
static uint32_t class_of(const view *label, size_t j) {
    uint32_t best = 0;
    if (label->class_of) return label->class_of[j];
    if (label->entries == 1) return view_entry(label, j, 0) != 0;
    for (uint32_t i = 1; i < label->entries; i++)
        if (view_entry(label, j, i) > view_entry(label, j, best)) best = i;
    return best;
}

static bool tells_classes(const model *m, const view *v) {
    if (!v->by_example || ir_var(&m->g, v->var)->kind != VAR_LABEL) return false;
    if (v->class_of || ir_var(&m->g, v->var)->onehot) return true;
    if (v->entries != 1) return false;
    for (size_t j = 0; j < v->n; j++)
        if (view_entry(v, j, 0) != 0 && view_entry(v, j, 0) != 1) return false;
    return true;
}

uint32_t label_classes(const model *m, const view *v) {
    if (!tells_classes(m, v)) return 0;
    return v->entries == 1 ? 2 : (uint32_t)v->entries;
}

static const view *find_classes(const model *m, const bound *from, uint32_t *n_classes) {
    for (uint32_t i = 0; i < from->views.n; i++) {
        const view *v = &from->views.at[i];
        *n_classes = label_classes(m, v);
        if (*n_classes) return v;
    }
    *n_classes = 1;
    return NULL;
}

/* Moves the marked examples to the front; both parts end up in ascending order. */
static size_t partition(const bool *held, size_t n, uint32_t *order) {
    size_t first = 0, last = 0;
    for (size_t j = 0; j < n; j++) first += held[j];
    size_t n_held = first;
    for (size_t j = 0; j < n; j++) {
        if (held[j])
            order[last++] = (uint32_t)j;
        else
            order[first++] = (uint32_t)j;
    }
    return n_held;
}

/* In a shuffled order, the first of each class are held back, as many as are due. */
static void hold_back(const view *label, double part, const uint32_t *shuffled, size_t n, size_t *due,
                      bool *held) {
    for (size_t j = 0; j < n; j++) due[label ? class_of(label, j) : 0]++;
    size_t n_classes = label ? (label->entries == 1 ? 2 : label->entries) : 1;
    for (size_t k = 0; k < n_classes; k++) due[k] = (size_t)floor((double)due[k] * part + 0.5);
    for (size_t j = 0; j < n; j++) {
        size_t *left = &due[label ? class_of(label, shuffled[j]) : 0];
        if (!*left) continue;
        held[shuffled[j]] = true;
        --*left;
    }
}

dfoo_status split_examples(const model *m, arena *a, const bound *from, double part, uint64_t seed,
                           uint32_t *order, size_t *n_test) {
    uint32_t    n_classes, n = (uint32_t)from->n;
    const view *label = find_classes(m, from, &n_classes);
    bool       *held = arena_new(a, n);
    size_t     *due = arena_new(a, n_classes * sizeof *due);
    rng         r = rng_start(seed, RNG_SPLIT, 0);
    if (!held || !due) return DFOO_ENOMEM;
    rng_shuffle(&r, order, n);
    hold_back(label, part, order, n, due, held);
    *n_test = partition(held, n, order);
    if (*n_test > 0 && *n_test < n) return DFOO_OK;
    return diag_alone(m->g.d, "--split %g of %u examples leaves nothing to %s", part, n,
                     *n_test ? "train with" : "test with");
}

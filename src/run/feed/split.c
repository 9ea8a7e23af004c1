/* Splitting: of each class the same part is held back as test data. */
#include <assert.h>
#include <math.h>

#include "run/feed/split.h"

/* The label whose classes are kept; NULL: there is none, and all examples count as one class. */
static const view *find_label(const model *m, const bound *from, uint32_t *n_classes) {
    for (uint32_t i = 0; i < from->views.n; i++) {
        *n_classes = view_classes(m, &from->views.at[i]);
        if (*n_classes) return &from->views.at[i];
    }
    *n_classes = 1;
    return NULL;
}

/* Moves the marked examples to the front; both parts end up in ascending order. */
static size_t partition(const bool *held, size_t n, uint32_t *order) {
    size_t n_held = 0, at[2];
    for (size_t j = 0; j < n; j++) n_held += held[j];
    at[true] = 0, at[false] = n_held;
    for (size_t j = 0; j < n; j++) order[at[held[j]]++] = (uint32_t)j;
    return n_held;
}

static size_t class_of(const view *label, size_t j) {
    return label ? view_class(label, j) : 0;
}

/* A half is rounded up, and a half in decimals is one: 0.29 of 50, though the nearest double is below. */
static size_t part_of(size_t n, double part) {
    return (size_t)floor((double)n * part * (1 + 1e-12) + 0.5);
}

/* In a shuffled order, the first of each class are held back, as many as are due. */
static void hold_back(const view *label, double part, const uint32_t *shuffled, size_t n, size_t *due,
                      uint32_t n_classes, bool *held) {
    for (size_t j = 0; j < n; j++) due[class_of(label, j)]++;
    for (uint32_t k = 0; k < n_classes; k++) due[k] = part_of(due[k], part);
    for (size_t j = 0; j < n; j++) {
        size_t *left = &due[class_of(label, shuffled[j])];
        held[shuffled[j]] = *left > 0;
        *left -= *left > 0;
    }
}

dfoo_status split_examples(const model *m, arena *a, const bound *from, double part, uint64_t seed,
                           uint32_t *order, size_t *n_test) {
    uint32_t    n_classes, n = (uint32_t)from->n;
    const view *label = find_label(m, from, &n_classes);
    bool       *held = arena_new(a, n);
    size_t     *due = arena_new(a, n_classes * sizeof *due);
    rng         r = rng_start(seed, RNG_SPLIT, 0);
    assert(part > 0 && part < 1);
    if (!held || !due) return DFOO_ENOMEM;
    rng_shuffle(&r, order, n);
    hold_back(label, part, order, n, due, n_classes, held);
    *n_test = partition(held, n, order);
    if (*n_test > 0 && *n_test < n) return DFOO_OK;
    return diag_alone(m->g.d, "--split %g of %u examples leaves nothing to %s", part, n,
                      *n_test ? "train with" : "test with");
}

/* held[j]: is example j dealt to the fold? next: where each class begins, in the order of all. */
static void deal(const view *label, const division *how, const uint32_t *shuffled, size_t n, size_t *next,
                 bool *held) {
    for (size_t i = 0; i < n; i++) {
        uint32_t j = shuffled[i];
        held[j] = next[class_of(label, j)]++ % how->folds == how->fold - 1;
    }
}

dfoo_status fold_examples(const model *m, arena *a, const bound *from, const division *how, uint32_t *order,
                          size_t *n_test) {
    uint32_t    n_classes;
    size_t      n = from->n;
    const view *label = find_label(m, from, &n_classes);
    bool       *held = arena_new(a, n);
    size_t     *next = arena_new(a, (n_classes + 1) * sizeof *next);
    rng         r = rng_start(how->seed, RNG_SPLIT, 1);
    assert(how->fold >= 1 && how->fold <= how->folds);
    if (!held || !next) return DFOO_ENOMEM;
    if (how->folds < 2 || how->folds > n)
        return diag_alone(m->g.d, "%zu examples cannot be divided into %zu folds", n, how->folds);
    for (size_t j = 0; j < n; j++) next[class_of(label, j) + 1]++;
    for (uint32_t k = 1; k < n_classes; k++) next[k] += next[k - 1];
    rng_shuffle(&r, order, (uint32_t)n);
    deal(label, how, order, n, next, held);
    *n_test = partition(held, n, order);
    return DFOO_OK;
}

dfoo_status divide_examples(const bind_request *r, const bound *from, size_t n) {
    division *to = r->divide;
    bound     all = *from;
    if (!to || to->order) return DFOO_OK;
    uint32_t *order = n < UINT32_MAX ? arena_new(r->a, (n + 1) * sizeof *order) : NULL;
    if (!order) return DFOO_ENOMEM;
    for (size_t j = 0; j < n; j++) order[j] = (uint32_t)j;
    all.n = n;
    if (to->part > 0) DFOO_TRY(split_examples(r->m, r->a, &all, to->part, to->seed, order, &to->n_test));
    if (to->folds) DFOO_TRY(fold_examples(r->m, r->a, &all, to, order, &to->n_test));
    to->order = order;
    to->n = n - to->n_test;
    return DFOO_OK;
}

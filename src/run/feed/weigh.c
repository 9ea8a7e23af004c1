/* Weights of examples by the class of their label: an input that no file has. */
#include <stdlib.h>
#include <string.h>

#include "run/feed/split.h"
#include "run/feed/weigh.h"

static const view *find_label(const bind_request *r, const bound *b, uint32_t *n_classes) {
    for (uint32_t i = 0; i < b->views.n; i++) {
        *n_classes = view_classes(r->m, &b->views.at[i]);
        if (*n_classes) return &b->views.at[i];
    }
    return NULL;
}

/* "rare=10,other=0.5": the weight of a class; those that are not named have 1. */
static dfoo_status read_weights(const bind_request *r, const view *label, uint32_t n, double *weight) {
    const char *const *names = memos_classes(r->memos, r->a, label->var, n);
    diags             *d = r->m->g.d;
    if (!names) return DFOO_ENOMEM;
    for (const char *p = r->opt->class_weight; *p;) {
        size_t   len = strcspn(p, "=,");
        uint32_t k = 0;
        char    *end = NULL;
        while (k < n && !(strlen(names[k]) == len && strncmp(names[k], p, len) == 0)) k++;
        if (k == n)
            return diag_alone(d, "--class-weight %s: there is no class '%.*s'; there are %s",
                              r->opt->class_weight, (int)len, p, text_list(r->a, names, n));
        if (p[len] == '=') weight[k] = strtod(p + len + 1, &end);
        if (!end || end == p + len + 1 || !(weight[k] >= 0 && weight[k] <= 1e12) || (*end && *end != ','))
            return diag_alone(d, "--class-weight takes balanced, or numbers from 0 on by class, as in %s=10",
                              names[k]);
        p = end + (*end == ',');
    }
    return DFOO_OK;
}

static dfoo_status weights_of_classes(const bind_request *r, const view *label, uint32_t n,
                                      const uint32_t *pick, size_t n_pick, double *weight) {
    double *count = arena_new(r->a, n * sizeof *count), sum = 0;
    bool    balanced = strcmp(r->opt->class_weight, "balanced") == 0;
    if (!count) return DFOO_ENOMEM;
    for (size_t j = 0; j < n_pick; j++) count[view_class(label, pick[j])]++;
    for (uint32_t k = 0; k < n; k++) weight[k] = balanced && count[k] > 0 ? 1 / count[k] : 1;
    if (!balanced) DFOO_TRY(read_weights(r, label, n, weight));
    for (uint32_t k = 0; k < n; k++) sum += weight[k] * count[k];
    if (!(sum > 0)) return diag_alone(r->m->g.d, "--class-weight: no example counts");
    for (uint32_t k = 0; k < n; k++) weight[k] *= (double)n_pick / sum;
    return DFOO_OK;
}

static dfoo_status weigh(const bind_request *r, const bound *b, double *at) {
    uint32_t    n;
    const view *label = find_label(r, b, &n);
    if (!label) return diag_alone(r->m->g.d, "--class-weight: no label of the model tells classes");
    double *weight = arena_new(r->a, n * sizeof *weight);
    DFOO_TRY(divide_examples(r, b, label->n));
    const division *parts = r->divide;
    if (!weight || !parts) return DFOO_ENOMEM;
    const uint32_t *pick = parts->order + parts->n_test;
    DFOO_TRY(weights_of_classes(r, label, n, pick, parts->n, weight));
    for (size_t j = 0; j < parts->n; j++) at[pick[j]] = weight[view_class(label, pick[j])];
    return DFOO_OK;
}

static size_t examples_of(const bind_request *r, const bound *b) {
    for (uint32_t i = 0; i < b->views.n; i++)
        if (b->views.at[i].by_example) return b->views.at[i].n;
    (void)r;
    return 0;
}

dfoo_status bind_weights(const bind_request *r, sizing *z, bound *out) {
    var_id v = r->opt->weight;
    size_t n = examples_of(r, out);
    if (!v || !n || bound_find(out, v)) return DFOO_OK;
    double *at = n < SIZE_MAX / sizeof *at ? arena_new(r->a, n * sizeof *at) : NULL;
    size_t *offset = arena_new(r->a, sizeof *offset);
    bool    across = r->m->examples_are_columns;
    if (!at || !offset) return DFOO_ENOMEM;
    for (size_t j = 0; j < n; j++) at[j] = 1;
    if (!r->remembered && r->opt->class_weight) DFOO_TRY(weigh(r, out, at));
    vec_push(r->a, &z->items,
             (size_item){.var = v, .rows = across ? 1 : n, .cols = across ? n : 1, .from = "the weights"});
    vec_push(
        r->a, &out->views,
        (view){.var = v, .by_example = true, .at = at, .step = 1, .n = n, .entries = 1, .offset = offset});
    return arena_status(r->a);
}

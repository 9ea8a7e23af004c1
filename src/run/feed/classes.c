/* A column of classes, as words or numbers, -> for each example the number of its class.
 *
 * Classes are known by their text, so that a later file may have them in another order or lack
 * some. Training finds them: in ascending order, or, for whole numbers below the label's known size,
 * as they are. Prediction obeys what training found. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/feed/classes.h"

enum { MOST_CLASSES = 10000 };

/* The different values of the column, ascending, and the class of each. */
typedef struct values {
    VEC(double) at;
    const char **text;
    uint32_t    *class_of;
} values;

static uint32_t position(const values *x, double value) {
    uint32_t first = 0, end = x->at.n;
    while (first < end) {
        uint32_t middle = first + (end - first) / 2;
        if (x->at.at[middle] < value)
            first = middle + 1;
        else
            end = middle;
    }
    return first;
}

/* More than twenty numbers, some of them not whole: a value that is measured, taken for a class by mistake.
 */
static bool are_measured(const values *x) {
    for (uint32_t i = 0; x->at.n > 20 && i < x->at.n; i++)
        if (x->at.at[i] != floor(x->at.at[i])) return true;
    return false;
}

static dfoo_status find_values(const bind_request *r, const view *v, values *out) {
    const ir   *g = &r->m->g;
    const char *from = source_name(r);
    for (size_t j = 0; j < v->n; j++) {
        double value = view_number(v, j, 0);
        if (!isfinite(value))
            return diag_alone(g->d, "%s: the class of example %zu in %s is %g", from, j + 1,
                              var_name(r, v->var), value);
        uint32_t i = position(out, value);
        if (i < out->at.n && out->at.at[i] == value) continue;
        if (out->at.n == MOST_CLASSES)
            return diag_alone(g->d, "%s: %s has more than %d classes: is it the right column?", from,
                              var_name(r, v->var), MOST_CLASSES);
        vec_push(r->a, &out->at, value);
        if (r->a->failed) return DFOO_ENOMEM;
        memmove(out->at.at + i + 1, out->at.at + i, (out->at.n - 1 - i) * sizeof value);
        out->at.at[i] = value;
    }
    return DFOO_OK;
}

static int compare_texts(const void *left, const void *right) {
    const char *const *l = left, *const *r = right;
    return strcmp(*l, *r);
}

dfoo_status classes_of_texts(arena *a, const data_texts *x, data_classes *out, const double **values) {
    const char **names = x->n < UINT32_MAX / 8 ? arena_new(a, (x->n + 1) * sizeof *names) : NULL;
    double      *number = names ? arena_new(a, (x->n + 1) * sizeof *number) : NULL;
    uint32_t     n = 0;
    if (!number) return DFOO_ENOMEM;
    for (size_t j = 0; j < x->n; j++) names[j] = x->texts[j];
    qsort(names, x->n, sizeof *names, compare_texts);
    for (size_t j = 0; j < x->n; j++)
        if (!n || strcmp(names[n - 1], names[j]) != 0) names[n++] = names[j];
    for (size_t j = 0; j < x->n; j++) {
        const char **found = bsearch(&x->texts[j], names, n, sizeof *names, compare_texts);
        number[j] = (double)(found - names);
    }
    *out = (data_classes){.n = n, .names = names};
    *values = number;
    return DFOO_OK;
}

/* The texts of the values: words, or the shortest digits. */
static dfoo_status name_values(const bind_request *r, values *x, const data_classes *words) {
    x->text = arena_new(r->a, (x->at.n + 1) * sizeof *x->text);
    x->class_of = arena_new(r->a, (x->at.n + 1) * sizeof *x->class_of);
    if (!x->text || !x->class_of) return DFOO_ENOMEM;
    buf b;
    buf_init(&b, r->a->mem);
    for (uint32_t i = 0; i < x->at.n; i++) {
        b.len = 0;
        if (words)
            buf_puts(&b, words->names[(uint32_t)x->at.at[i]]);
        else
            buf_number(&b, x->at.at[i]);
        const char *text = buf_status(&b) == DFOO_OK ? arena_text(r->a, b.text, b.len) : NULL;
        if (!text) r->a->failed = true;
        x->text[i] = text ? text : "";
    }
    buf_free(&b);
    return arena_status(r->a);
}

/* Are the values whole numbers below k: 0, 1, .. , as digits are? */
static bool are_numbers_below(const values *x, size_t k) {
    for (uint32_t i = 0; i < x->at.n; i++)
        if (x->at.at[i] < 0 || x->at.at[i] >= (double)k || x->at.at[i] != floor(x->at.at[i])) return false;
    return true;
}

static dfoo_status number_classes(const bind_request *r, memo *out, size_t k) {
    const char **names = arena_new(r->a, k * sizeof *names);
    for (size_t i = 0; names && i < k; i++) names[i] = arena_format(r->a, "%zu", i);
    out->n_classes = (uint32_t)k;
    out->classes = names;
    return arena_status(r->a);
}

/* `k`: how many there should be; 0: as many as are found. */
static dfoo_status found_classes(const bind_request *r, const values *x, const data_classes *words, size_t k,
                                 memo *out) {
    if (!words && k && k <= MOST_CLASSES && are_numbers_below(x, k)) return number_classes(r, out, k);
    out->n_classes = x->at.n;
    out->classes = x->text;
    if (!k || k == x->at.n) return DFOO_OK;
    const ir   *g = &r->m->g;
    bool        single = !ir_var(g, out->var)->onehot;
    const char *wants = single ? "a label of one entry tells two apart"
                               : arena_format(r->a, "the model wants %zu", k);
    dfoo_status status =
        diag_alone(g->d, "%s: %s has %u class%s (%s), and %s: %s", source_name(r), ir_var_name(g, out->var),
                   x->at.n, x->at.n == 1 ? "" : "es", text_list(r->a, x->text, x->at.n), wants ? wants : "",
                   print_shape_text(g, r->a, ir_var(g, out->var)->sh));
    if (single && x->at.n > 2)
        diag_note(g->d, "more than two classes need a label with an entry for each: label %s : (k, m) onehot",
                  ir_var_name(g, out->var));
    return status;
}

static dfoo_status match_classes(const bind_request *r, values *x, const memo *known) {
    const ir *g = &r->m->g;
    for (uint32_t i = 0; i < x->at.n; i++) {
        uint32_t k = 0;
        while (k < known->n_classes && strcmp(known->classes[k], x->text[i]) != 0) k++;
        if (k == known->n_classes)
            return diag_alone(g->d, "%s: '%s' is no class of %s; training found %s", source_name(r),
                              x->text[i], ir_var_name(g, known->var),
                              text_list(r->a, known->classes, known->n_classes));
        x->class_of[i] = k;
    }
    return DFOO_OK;
}

static dfoo_status class_of_examples(const bind_request *r, const values *x, view *v) {
    uint32_t *class_of = v->n < SIZE_MAX / sizeof *class_of ? arena_new(r->a, v->n * sizeof *class_of) : NULL;
    if (!class_of) return DFOO_ENOMEM;
    for (size_t j = 0; j < v->n; j++)
        class_of[j] = x->class_of[position(x, view_number(v, j, 0))];
    v->class_of = class_of;
    return DFOO_OK;
}

dfoo_status bind_classes(const bind_request *r, const sizing *z, view *v, const data_classes *words) {
    const variable *x = ir_var(&r->m->g, v->var);
    values          found = {.text = NULL};
    memo           *known = memos_get(r->memos, r->a, v->var);
    size_t          k = x->onehot ? sizes_get(&z->s, entries_dim(r->m, x)) : 2;
    v->words = words != NULL;
    if (!known) return DFOO_ENOMEM;
    DFOO_TRY(find_values(r, v, &found));
    DFOO_TRY(name_values(r, &found, words));
    if (!words && are_measured(&found))
        return diag_alone(r->m->g.d, "%s: %s has %u different values, such as %s: these are no classes",
                          source_name(r), var_name(r, v->var), found.at.n, found.text[found.at.n / 2]);
    if (!k && !words && are_numbers_below(&found, r->opt->n_class_names)) k = r->opt->n_class_names;
    if (!r->remembered || !known->n_classes) DFOO_TRY(found_classes(r, &found, words, k, known));
    DFOO_TRY(match_classes(r, &found, known));
    DFOO_TRY(class_of_examples(r, &found, v));
    v->expand = x->onehot;
    v->entries = x->onehot ? known->n_classes : 1;
    return DFOO_OK;
}

/* ------------------------------------------------------------------- names */

static dfoo_status no_such_classes(const bind_request *r, const bound *b) {
    for (uint32_t i = 0; i < b->views.n; i++) {
        uint32_t n = view_classes(r->m, &b->views.at[i]);
        if (n)
            return diag_alone(r->m->g.d, "--classes: %u name%s given (%s), and %s has %u classes%s",
                              r->opt->n_class_names, r->opt->n_class_names == 1 ? " is" : "s are",
                              text_list(r->a, r->opt->class_names, r->opt->n_class_names),
                              var_name(r, b->views.at[i].var), n,
                              b->views.at[i].words ? ", which have names" : "");
    }
    return diag_alone(r->m->g.d, "--classes: no label of the model tells classes");
}

dfoo_status bind_class_names(const bind_request *r, const bound *b) {
    const feed_options *opt = r->opt;
    for (uint32_t i = 0; i < b->views.n && opt->n_class_names; i++) {
        const view *v = &b->views.at[i];
        if (v->words || view_classes(r->m, v) != opt->n_class_names) continue;
        memo *known = memos_get(r->memos, r->a, v->var);
        if (!known) return DFOO_ENOMEM;
        known->n_names = opt->n_class_names;
        known->names = opt->class_names;
        return DFOO_OK;
    }
    return opt->n_class_names && opt->class_names_must_fit ? no_such_classes(r, b) : DFOO_OK;
}

/* What a view says of its examples, and which dimension of a variable counts them. */
#include <assert.h>

#include "run/feed/view.h"

const view *bound_find(const bound *b, var_id v) {
    for (uint32_t i = 0; i < b->views.n; i++)
        if (b->views.at[i].var == v) return &b->views.at[i];
    return NULL;
}

bool is_data(const ir *g, var_id v) {
    return ir_var(g, v)->kind == VAR_INPUT || ir_var(g, v)->kind == VAR_LABEL;
}

bool by_example(const model *m, const variable *v) {
    return m->examples && (m->examples_are_columns ? v->sh.cols : v->sh.rows) == m->examples;
}

dim entries_dim(const model *m, const variable *v) {
    return m->examples_are_columns ? v->sh.rows : v->sh.cols;
}

/* ------------------------------------------------------------------- classes */

size_t view_class(const view *v, size_t j) {
    size_t best = 0;
    assert(j < v->n);
    if (v->class_of) return v->class_of[j];
    if (v->entries == 1) return view_entry(v, j, 0) != 0;
    for (size_t i = 1; i < v->entries; i++)
        if (view_entry(v, j, i) > view_entry(v, j, best)) best = i;
    return best;
}

bool view_is_binary(const view *v) {
    for (size_t j = 0; j < v->n; j++)
        if (view_entry(v, j, 0) != 0 && view_entry(v, j, 0) != 1) return false;
    return v->entries == 1;
}

uint32_t view_classes(const model *m, const view *v) {
    if (!v->by_example || ir_var(&m->g, v->var)->kind != VAR_LABEL) return 0;
    if (!v->class_of && !ir_var(&m->g, v->var)->onehot && !view_is_binary(v)) return 0;
    return v->entries == 1 ? 2 : (uint32_t)v->entries;
}

/* Bound data: inputs and labels as they stand in a source, read in place. */
#ifndef FEED_VIEW_H
#define FEED_VIEW_H

#include "run/feed/feed.h"

/* An input or label: entry i of example j is at[j * step + offset[i]], or tells whether class_of[j] is i. */
typedef struct view {
    var_id          var;
    bool            by_example; /* else it is the same matrix for all, as "example" 0 */
    size_t          n, entries;
    const void     *at;
    bool            narrow; /* `at` are floats, not doubles */
    size_t          step;
    const size_t   *offset;
    const uint32_t *class_of; /* instead of `at` */
    bool            words;    /* the classes came as words */
    bool            expand;   /* entry i of class k is i == k, else k itself */
    bool            promised; /* examples must sum to 1: a onehot label that came as it is */
} view;

/* What stands there, whatever it tells. */
static inline double view_number(const view *v, size_t j, size_t i) {
    size_t k = j * v->step + v->offset[i];
    return v->narrow ? (double)((const float *)v->at)[k] : ((const double *)v->at)[k];
}

static inline double view_entry(const view *v, size_t j, size_t i) {
    if (!v->class_of) return view_number(v, j, i);
    return v->expand ? (double)(v->class_of[j] == i) : (double)v->class_of[j];
}

/* The class that example j is labelled with: its largest entry; of a single one, whether it is not 0. */
size_t view_class(const view *v, size_t j);

/* Is every value of a single entry 0 or 1? */
bool view_is_binary(const view *v);

/* The number of classes that a label tells, 0: it tells none. */
uint32_t view_classes(const model *m, const view *v);

/* Views live as long as the arena and the source. */
typedef struct bound {
    size_t n; /* examples; 1 in a model that has none */
    VEC(view) views;
} bound;

const view *bound_find(const bound *b, var_id v); /* NULL: not there */

bool is_data(const ir *g, var_id v); /* an input or a label */

/* Is there an entry for each example in this variable, in the place where the model has them? */
bool by_example(const model *m, const variable *v);

/* The other dimension: how many entries an example has. */
dim entries_dim(const model *m, const variable *v);

#endif

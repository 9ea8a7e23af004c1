/* The face of the feeding room: numbers from files and arrays become the inputs, labels and parameters of a
 * model. Here is what a caller brings; what is done with it stands beside each file. */
#ifndef FEED_FEED_H
#define FEED_FEED_H

#include "core/core.h"
#include "host/host.h"
#include "run/exec/exec.h"

/* Where numbers come from. A variable is looked up in `arrays` under its own name; inputs and
 * labels that are not there share the columns of `table`, whose rows are examples.
 *
 * A map says otherwise: the variable is the one array, or the columns of the table, that have the
 * names it gives.
 *
 * Arrays: a vector of n fits (n, 1) or (1, n) where only one of them fits, or is one value per
 * example; more than two dimensions are one example after the other; for a label that is
 * declared onehot, one value per example is the number of its class, or its name. A matrix that fits
 * only the other way round is turned, if there is one way to do so, and a note tells.
 * Table: labels take the columns named in options.labels, or else the last ones (as many as
 * the label has entries, if that is known, else one; a onehot label takes one column of
 * classes), inputs the rest in order. If training saw column names, they are looked for. */
typedef struct feed_map {
    const char        *var;
    const char *const *names;
    uint32_t           n_names;
} feed_map;

typedef struct feed_source {
    const char           *name;   /* what messages call it: the file; NULL: "the data" */
    const dfoo_arrays    *arrays; /* dense; may be NULL */
    const data_table     *table;  /* may be NULL; without columns it is no table */
    const data_text_list *texts;  /* may be NULL */
    const feed_map       *maps;
    uint32_t              n_maps;
    const char           *map_option; /* what messages call a map: --map, --test-map; NULL: --map */
    bool by_order; /* the arrays' names mean nothing: if none is a variable's, they are the inputs and then
                      the labels in order of declaration */
} feed_source;

static inline bool feed_is_there(const feed_source *s) {
    return s->arrays || (s->table && s->table->n_cols);
}

typedef struct feed_size {
    const char *name;
    size_t      value;
} feed_size;

/* The values of an input are multiplied by `times` and divided by `over`. */
typedef struct feed_scale {
    const char *var; /* NULL: every input */
    double      times, over;
} feed_scale;

typedef enum { FEED_ALL, FEED_TRAINING, FEED_HELD_BACK } feed_part;

/* How data is read, and what computes with it; all zero is the default. */
typedef struct feed_options {
    exec_dtype         dtype;
    exec_machine       machine;
    const feed_size   *sizes; /* --set n1=20: before `size n1 = 4` of the model */
    uint32_t           n_sizes;
    const char *const *labels; /* columns of the table, for the labels in order of declaration */
    uint32_t           n_labels;
    bool               flatten; /* no note when arrays of more dimensions become columns */
    const feed_scale  *scales;  /* what is said of one input goes before what is said of all */
    uint32_t           n_scales;
    const char *const *class_names; /* of the first label with so many classes: numbers 0, 1, .. */
    uint32_t           n_class_names;
    bool class_names_must_fit; /* they were said, not found: else what does not fit is passed over */

    bool                      prepare; /* the columns of a table, by rules that are found: prepare.h */
    bool                      as_is;   /* its numbers are not standardised: a scale is said */
    const struct column_rule *rules;   /* what the user says of some columns, by name */
    uint32_t                  n_rules;
    var_id                    weight; /* an input that no source has: weights of the examples; 0: none */
    const char               *class_weight; /* "balanced", or "rare=10,other=1" */
    feed_part                 part;   /* of predicting: which examples, as training held some back */
    var_id                    target; /* a label that may be brought to deviation 1; 0: none */
} feed_options;

#endif

/* What has to be remembered of the training data, so that other data is read the same way; and the same as
 * arrays of a run, whose names begin with "dfoo.". */
#ifndef FEED_MEMO_H
#define FEED_MEMO_H

#include "run/feed/prepare.h"

typedef struct memo {
    var_id             var;
    uint32_t           n_columns; /* 0: not from a table, or its columns have no names */
    const char *const *columns;
    uint32_t           n_classes; /* of a label that came as one column of classes */
    const char *const *classes;
    uint32_t           n_names; /* what people call the classes; 0: as above */
    const char *const *names;
    uint32_t           n_map, n_test_map; /* where training found it; 0: under its own name */
    const char *const *map, *const *test_map;
    int           n_dims; /* of an example before it was flattened; 0: it was not */
    size_t        dim[DFOO_MAX_DIMS];
    double        times, over; /* over 0: not scaled */
    size_t        entries;
    const double *mean, *sd; /* NULL: not standardised. Goes before the scale, which it makes no odds to */
    uint32_t           n_rules; /* of a table that was prepared: a rule for each of its columns, those that */
    const column_rule *rules;   /* are left out among them. mean and sd are theirs then */
} memo;

typedef struct memos {
    VEC(memo) list;
} memos;

memo       *memos_get(memos *all, arena *a, var_id v); /* made if there is none; NULL without memory */
const memo *memos_find(const memos *all, var_id v);    /* NULL: none */

/* Keeps rules, and what follows from them. */
dfoo_status memo_set_rules(memo *x, arena *a, const column_rule *rules, uint32_t n);

/* What an entry is called: "'age'", "entry 3". NULL without memory. */
const char *memo_entry_name(const memo *x, arena *a, size_t entry);

/* What people call the n classes of a variable, or the words of its data; NULL: nothing for n. */
const char *const *memo_classes(const memo *x, size_t n);

/* The names of the n classes of a label: those that were given, those of the data, its columns, or numbers.
 * NULL without memory. */
const char *const *memos_classes(const memos *all, arena *a, var_id label, uint32_t n);

/* Into the arrays of a run, and back. DFOO_EINPUT: the run is damaged. */
dfoo_status memos_put(const memos *all, const model *m, dfoo_arrays *run);
dfoo_status memos_recall(const model *m, arena *a, const dfoo_arrays *run, memos *out);

/* Some texts as an array of their bytes, a zero byte behind each, and back. */
dfoo_status run_put_texts(dfoo_arrays *run, const char *name, const char *const *texts, uint32_t n_texts);
dfoo_status run_read_texts(const model *m, arena *a, const dfoo_array *x, const char *const **out,
                           uint32_t *n_out);

#endif

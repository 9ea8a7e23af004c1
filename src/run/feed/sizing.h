/* Size names -> numbers, from all that says what they stand for. */
#ifndef FEED_SIZING_H
#define FEED_SIZING_H

#include "run/feed/feed.h"

/* A matrix of known size whose shape says what size names stand for. */
typedef struct size_item {
    var_id      var;
    size_t      rows, cols;
    const char *from;   /* the file */
    bool        turns;  /* it may have been saved the other way round: worth a hint */
    bool        data;   /* and is turned if that is what fits */
    bool        turned; /* it was: rows and cols are as the file has them */
} size_item;

typedef struct sizing {
    const model     *m;
    arena           *a;
    const feed_size *sets; /* they come before the model's own */
    uint32_t         n_sets;
    const sizes     *base; /* settled by other data; the examples' is not taken from it. May be NULL */
    VEC(size_item) items;
    sizes     s;      /* what came out */
    uint32_t *origin; /* by sym: where a size came from */
} sizing;

dfoo_status sizing_init(sizing *z, const model *m, arena *a, const feed_options *opt, const sizes *base);

/* Sets s to what all items say. Data that fits only the other way round is turned, with a note, if
 * there is one way to do so; else reports the first that does not fit. */
dfoo_status sizing_solve(sizing *z);

/* Reports the names that have no value. */
dfoo_status sizing_complete(const sizing *z);

/* Makes the number of examples that of `n`; the same in a copy of its own. */
void        sizes_examples(const model *m, sizes *s, size_t n);
dfoo_status sizes_for(const model *m, arena *a, const sizes *from, size_t n, sizes *out);

#endif

/* Inputs and labels in exec's type, as plans read them. */
#ifndef FEED_EXAMPLES_H
#define FEED_EXAMPLES_H

#include "run/feed/memo.h"
#include "run/feed/view.h"

/* A matrix in the model's layout, or one example after the other, from which batches are gathered. */
typedef struct example_values {
    var_id      var;
    size_t      entries;
    bool        by_example;
    const void *values; /* entries of all examples; aligned as `own` is, or the source's */
    void       *own;    /* the block, NULL if it is the source's memory */
    size_t      own_size;
} example_values;

typedef struct examples {
    const model   *m;
    dfoo_allocator mem;
    exec_dtype     type;
    size_t         n;
    bool           in_order; /* values lie as the model wants them; else example after example */
    VEC(example_values) list;
} examples;

typedef struct examples_request {
    const model    *m;
    arena          *a; /* of the list */
    const bound    *from;
    const memos    *memos;
    const uint32_t *pick; /* which examples; NULL: all of them */
    size_t          n;
    exec_dtype      type;
    bool            in_order;
} examples_request;

dfoo_status examples_open(const examples_request *r, examples *out); /* close it also after a failure */
void        examples_close(examples *e);

/* Lets exec read all examples; they must be in order. */
void examples_bind(const examples *e, exec *x);

const void *examples_values(const examples *e, var_id v); /* NULL: not there */

/* Copies the examples pick[0..n) of `e`, which is not in order, into `batch`, as the model wants
 * them. batch has room for `most`. */
dfoo_status batch_open(const examples *e, arena *a, size_t most, examples *batch);
void        batch_gather(const examples *e, const uint32_t *pick, size_t n, examples *batch);

#endif

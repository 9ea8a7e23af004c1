/* What binding is asked for: the question that its files hand on to each other. */
#ifndef FEED_REQUEST_H
#define FEED_REQUEST_H

#include "run/feed/memo.h"
#include "run/feed/sizing.h"
#include "run/feed/view.h"

/* How examples are divided: those that are held back first, then those to train with, each in ascending
 * order.
 */
typedef struct division {
    double    part;        /* that is held back; 0: nothing, or a fold */
    size_t    folds, fold; /* number `fold` of `folds`, from 1 on; 0: no folds */
    uint64_t  seed;
    uint32_t *order;     /* NULL: not done yet */
    size_t    n, n_test; /* n: those to train with */
} division;

typedef struct bind_request {
    const model        *m;
    arena              *a;
    const feed_options *opt;
    const feed_source  *source;
    const bool         *needed; /* by var_id: inputs and labels that must be there */
    memos              *memos;  /* filled, or with `remembered`, obeyed */
    bool                remembered;
    division           *divide; /* NULL: nothing is held back */
} bind_request;

static inline const char *source_name(const bind_request *r) {
    return r->source->name ? r->source->name : "the data";
}

static inline const char *var_name(const bind_request *r, var_id v) {
    return ir_var_name(&r->m->g, v);
}

#endif

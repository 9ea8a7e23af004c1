/* Data as a trained model sees it. */
#ifndef TRAIN_RECALL_H
#define TRAIN_RECALL_H

#include "run/feed/bind.h"

/* Fill in all but the last three. */
typedef struct recalled {
    const model         *m;
    arena               *a;
    const feed_options  *opt;
    const dfoo_arrays   *run;
    const feed_source  *data;
    memos                memos;
    sizing               z;
    bound                bound;
    const uint32_t      *pick; /* the examples that are asked for; NULL: all */
    size_t               n;
} recalled;

/* DFOO_EINPUT: the model predicts nothing, or the run is not one of it. */
dfoo_status recalled_check(const recalled *r);

/* Binds what `p` reads. DFOO_EINPUT: the data does not fit. */
dfoo_status recalled_bind(recalled *r, const plan *p);

#endif

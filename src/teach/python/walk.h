/* A walk over the entries of an array, row by row: where each of them lies. */
#ifndef PYTHON_WALK_H
#define PYTHON_WALK_H

#include "teach/python/array.h"

typedef struct py_walk {
    const py_array *x;
    int64_t         index[PY_RANK];
    ptrdiff_t       at;
} py_walk;

static inline py_walk py_walk_start(const py_array *x) {
    return (py_walk){.x = x};
}

static inline void py_walk_next(py_walk *w) {
    for (int k = w->x->rank; k-- > 0;) {
        w->at += w->x->step[k];
        if (++w->index[k] < w->x->dim[k]) return;
        w->at -= w->x->step[k] * w->x->dim[k];
        w->index[k] = 0;
    }
}

#endif

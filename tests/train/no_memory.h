/* Trainings whose every allocation fails once. */
#ifndef TESTS_TRAIN_NO_MEMORY_H
#define TESTS_TRAIN_NO_MEMORY_H

#include "train/model.h"

#include <unistd.h>

typedef struct everything {
    const char        *text;
    const dfoo_arrays *data, *from;
    char               file[64], begun[64]; /* the run's; one that was cut off, to be gone on with */
} everything;

typedef dfoo_status work(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out);

static inline dfoo_status run_work(const dfoo_allocator *mem, work *how, const everything *x) {
    fixture      f = {.mem = *mem};
    dfoo_arrays *run = NULL, *out = NULL;
    arena_init(&f.a, *mem);
    symbols_init(&f.names, &f.a);
    diags_init(&f.d, &f.a);
    dfoo_status status = arrays_new(mem, &run);
    if (status == DFOO_OK) status = arrays_new(mem, &out);
    if (status == DFOO_OK) status = fixture_build(&f, x->text);
    if (status == DFOO_OK) status = how(&f, x, run, out);
    arrays_free(run);
    arrays_free(out);
    arena_free(&f.a);
    return status;
}

#endif

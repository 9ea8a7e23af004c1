/* How parameters start. */
#ifndef TRAIN_START_H
#define TRAIN_START_H

#include "core/core.h"

/* Fills `run` with the start of every parameter; `from` (may be NULL) comes first. */
dfoo_status start_parameters(const model *m, arena *a, const sizes *s, uint64_t seed, const dfoo_arrays *from,
                             const char *from_name, dfoo_arrays *run);

#endif

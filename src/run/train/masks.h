/* The masks of dropouts. */
#ifndef TRAIN_MASKS_H
#define TRAIN_MASKS_H

#include "run/exec/exec.h"

/* Draws the masks of step number `step` into the memory that the plan reads them from. */
dfoo_status masks_draw(const model *m, const plan *p, exec *e, exec_dtype type, uint64_t seed, uint64_t step);

bool masks_any(const model *m, const plan *p); /* are there any? */

#endif

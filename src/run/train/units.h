/* The units of a target: a label of measured values is brought to mean 0 and deviation 1 while training, and
 * costs and predictions are told in its own units. */
#ifndef TRAIN_UNITS_H
#define TRAIN_UNITS_H

#include "run/feed/memo.h"
#include "run/feed/view.h"

/* What a label's values were divided by, and what was taken off before; 1 and 0 where nothing was. */
typedef struct target_units {
    double mean, sd;
} target_units;

target_units units_of(const memos *all, var_id label);

/* Does the cost compare the first prediction with a label by P - Y, so that both are in the same units? */
dfoo_status units_compared(model *m, const program *p, bool *out);

/* Gives the program's constants the units of its target. */
void units_set(model *m, var_id label, target_units units);

#endif

/* The units of a target: a label of measured values is brought to mean 0 and deviation 1 while training, and
 * costs and predictions are told in its own units. */
#ifndef TRAIN_UNITS_H
#define TRAIN_UNITS_H

#include "run/feed/memo.h"
#include "run/feed/view.h"

/* What the values of each of n entries of a label were divided by, and what was taken off before; n is 0
 * where nothing was. */
typedef struct target_units {
    size_t        n;
    const double *mean, *sd;
} target_units;

target_units units_of(const memos *all, var_id label);

/* The label with which the cost compares the first prediction by P - Y, so that both are in the same units;
 * 0: there is none. */
dfoo_status units_compared(model *m, const program *p, var_id *label);

/* Gives the program's constants the units of its target. */
dfoo_status units_set(model *m, var_id label, target_units units);

/* Are there as many as the label has entries? DFOO_EINPUT: the run is damaged. */
dfoo_status units_check(const model *m, const sizes *s);

#endif

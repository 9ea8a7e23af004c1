/* Early stopping: the best parameters so far. */
#ifndef TRAIN_EARLY_H
#define TRAIN_EARLY_H

#include "run/train/trainer.h"

/* Without patience nothing. best_watch looks at the new test score, of the parameters as they
 * are, and may say that training is to stop. */
dfoo_status best_open(trainer *t);
dfoo_status best_watch(trainer *t);

/* Is it R2 that is watched, where nothing is said? */
bool best_is_by_r2(const trainer *t);
dfoo_status best_restore(trainer *t);

/* The best parameters go to the run under their names, the last ones as dfoo.last.NAME; and back. */
dfoo_status best_put(trainer *t);
dfoo_status best_get(trainer *t);

#endif

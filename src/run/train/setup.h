/* From options and sources to a trainer. */
#ifndef TRAIN_SETUP_H
#define TRAIN_SETUP_H

#include "run/train/trainer.h"

/* Plans, bound examples, memory and starting values: the first step can be made. */
dfoo_status trainer_set_up(trainer *t);

/* Gives a number that the updates read its value; 0 is none. */
dfoo_status trainer_set_number(trainer *t, var_id v, double value);

#endif

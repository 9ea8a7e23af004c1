/* What is told of a training while it goes on. */
#ifndef TRAIN_REPORT_H
#define TRAIN_REPORT_H

#include "run/train/trainer.h"

/* A row of the history, with those scores that are about the same parameters. */
void report_row(trainer *t, double cost, bool scored, bool tested);
void report_end(trainer *t, double cost);

/* Tells the caller how it goes; he may say that it is to stop. look_at_clock tells about 20 times a
 * second, however long a step takes, and does not read the clock in between. */
void report_tell(trainer *t, double within, bool evaluated);
void report_look_at_clock(trainer *t, double within);

double report_seconds(const trainer *t); /* since it began */

/* Reports a cost that is not finite. DFOO_EINPUT. */
dfoo_status report_cost(const trainer *t, double cost);

#endif

/* Which mistakes make the values that are wrong, and which of them are one. */
#ifndef JUDGE_CAUSES_H
#define JUDGE_CAUSES_H

#include "teach/judge/attempt.h"

/* The row of the catalogue that is called so. */
const mistake *causes_row(const char *name);

/* The rows that may be meant by each wrong value; again: of a second case, those that hold there, too. */
dfoo_status causes_find(judge_work *w, const attempt *t, bool again, judge_verdicts *of);

/* On a second case: what does not hold there is no name, one cause is told once, in the line that it is in.
 */
dfoo_status causes_settle(judge_work *w, attempt *best);

/* A program that ends in an error: NULL, it has no name. */
dfoo_status causes_of_failure(judge_work *w, const attempt *best, const mistake **row);

#endif

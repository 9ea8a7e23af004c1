/* A line that is right but for what a function returned to it. */
#ifndef JUDGE_HELPER_H
#define JUDGE_HELPER_H

#include "teach/judge/verdict.h"

/* Of a wrong value that an event has: the line inside of a function, called there, that is to blame; 0: none.
 * It returned this value, or a factor of it, entry by entry, that is not what it has to be. all: the verdicts
 * of that run. named: it is known what is wrong. */
uint32_t helper_line(const gatherer *w, const judge_verdicts *all, const judge_verdict *own, bool named);

/* Where a value of the forward pass was made, if a function returned it to the event, one whose name has this
 * in it (NULL: any); 0: it did not. */
uint32_t helper_made(const gatherer *w, uint32_t event, const char *called);

#endif

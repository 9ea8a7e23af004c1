/* The right line of a program, in its own names: what hint level 4 tells. */
#ifndef JUDGE_SOLUTION_H
#define JUDGE_SOLUTION_H

#include "teach/judge/attempt.h"

/* What the program calls the model's variables, by var_id; NULL: nothing is known. Read from a run whose
 * claims are at hand. */
dfoo_status solution_names(judge_work *w, const gatherer *g, const judge_verdicts *all);

/* "dZ1 = W2.T @ dZ2 * (1 - A1**2)"; "": it cannot be told so. v: a gradient that is wrong. */
const char *solution_of(const judge_work *w, const judge_verdicts *all, const judge_verdict *v);

#endif

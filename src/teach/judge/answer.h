/* What was found, in the words and lines of the program. */
#ifndef JUDGE_ANSWER_H
#define JUDGE_ANSWER_H

#include "teach/judge/attempt.h"

void answer_put(judge_work *w, const py_notebook *book, const attempt *best, judge_answer *out);

/* What the program has in it that is not understood. */
void answer_put_problems(judge_work *w, const py_notebook *book, const py_run *r, judge_answer *out);

#endif

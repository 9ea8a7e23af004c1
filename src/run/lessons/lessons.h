/* Lessons: what training notices about itself and tells as warnings, each once, with its reason
 * and what would help. The table is lessons.def; lessons.c asks its measures at the moments that it
 * names, and tells what they found. They look at what the loop shows (watched.h), and know nothing of the
 * loop.
 */
#ifndef LESSONS_LESSONS_H
#define LESSONS_LESSONS_H

#include "run/lessons/look.h"

enum { LESSONS_STEPS = 5 }; /* the first ones, behind which is looked */

/* Adds what is to be watched to the model's store, once, before the first moment. */
dfoo_status lessons_plan(lessons *l, model *m, const program *p, arena *a);

/* The moments: before the first step, behind each step and each epoch, and at the end. */
dfoo_status lessons_start(lessons *l, const watched *w);
dfoo_status lessons_step(lessons *l, const watched *w);
dfoo_status lessons_epoch(lessons *l, const watched *w);
dfoo_status lessons_end(lessons *l, const watched *w);

#endif

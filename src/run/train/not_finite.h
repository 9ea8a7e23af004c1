/* Where a value that is not finite comes from. */
#ifndef TRAIN_NOT_FINITE_H
#define TRAIN_NOT_FINITE_H

#include "run/feed/examples.h"

/* Says which value on the way to a result was the first that is not finite: an error of a step,
 * a warning where it is only predicted. */
typedef struct step_to_tell {
    var_id          result;
    uint64_t        number;     /* of the step, for its masks; 0: nothing is dropped */
    const sizes    *s;
    const examples *examples;   /* in order */
    const exec     *parameters; /* has them as they were before the step */
    uint64_t        seed;
} step_to_tell;

dfoo_status tell_not_finite(model *m, arena *a, const program *p, const step_to_tell *step);

#endif

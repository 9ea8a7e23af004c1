/* The face of the differentiation room: forward program -> gradients, by a reverse sweep. */
#ifndef DIFF_DIFF_H
#define DIFF_DIFF_H

#include "core/ir/trail.h"

typedef struct diff_options {
    convention        convention;
    const bool       *given; /* by var_id: gradients whose values are given; may be NULL */
    const trail_edit *edit; /* a planted mistake; may be NULL */
} diff_options;

/* Gives names to the unnamed expressions whose gradients need one (given_name is set). */
dfoo_status diff_name(model *m, arena *a);

/* Derives the gradient of the model's cost by every parameter, input and definition that it
 * depends on. Fills the list (raw only) and the trail. */
dfoo_status diff_run(model *m, arena *a, const diff_options *opt, derivation *out);

#endif

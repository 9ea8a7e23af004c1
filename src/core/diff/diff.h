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

/* What moves, and whose gradients' changes are asked for, by var_id of inputs and parameters. */
typedef struct along_options {
    const bool *moves, *goals;
} along_options;

/* Derives how the lines of a derivation that was simplified change when variables move, each along a
 * direction V_dot (a VAR_DIRECTION): HV for each goal V, the change of dV, and what leads to it. In `out`
 * the forward program is the derived one, gradients that stand under their own names included, and a line of
 * the list is the change of `var` (raw only). DFOO_EINPUT, with a diagnostic: a name that is needed is the
 * model's own. */
dfoo_status diff_along(const derivation *first, model *m, arena *a, const along_options *opt,
                       derivation *out);

/* The Jacobians of a column f by the other columns that it depends on, from a derivation that begins at a
 * given df and was simplified: products of matrices and diagonals, over those that stand before. `rows`: an
 * example is a row. By what is no column (untold) there is none as a matrix. */
dfoo_status diff_jacobian(const derivation *first, model *m, arena *a, var_id f, bool rows, derivation *out);

#endif

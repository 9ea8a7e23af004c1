/* The face of the checking room: is a derived gradient right?
 *
 * It is held against two-sided differences of the cost, in float64 with the slow evaluator,
 * on a random instance of the model and, if there are any, on given arrays. Then the
 * derivation is broken on purpose, in every way of mistakes.def that applies, and the same
 * comparison must notice each of them. */
#ifndef CHECK_CHECK_H
#define CHECK_CHECK_H

#include "core/core.h"

/* What the room needs of the differentiation room. derive: the raw gradients of the model's
 * cost, in the convention of the derivation that is checked; edit NULL: as they are, else with
 * this mistake planted. */
typedef struct check_engine {
    dfoo_status (*derive)(void *user, model *m, arena *a, const trail_edit *edit, derivation *out);
    void *user;
} check_engine;

/* All zero is the default. */
typedef struct check_options {
    const dfoo_arrays *values;       /* X, Y, parameters: a second instance; may be NULL */
    uint64_t           seed;         /* of all that is random */
    uint32_t           max_entries;  /* of the parameters that are compared one by one; 0: 2000 */
    uint32_t           max_mistakes; /* that are planted; 0: 300, fewer where a run takes long */
    bool               json;         /* the report as data */
} check_options;

/* Checks the gradients of `shown`, a program that computes the forward values and then dV for
 * some variables V of the derivation d (simplify_program makes it), and the model's claims.
 * Writes the report, in words or as data; the same seed gives the same bytes. *ok: everything that could be
 * judged is right, and every planted mistake was noticed. Nodes are appended to the model's store, all other
 * memory comes from `a`. DFOO_EINPUT, with a diagnostic: the values do not fit the model, or it has no cost.
 */
dfoo_status check_gradient(model *m, const derivation *d, const program *shown, arena *a,
                           const check_engine *engine, const check_options *opt, buf *report, bool *ok);

/* The catalogue of mistakes, by group. */
void check_list(buf *out);

#endif

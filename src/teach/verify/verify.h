/* The face of the verifying room: every equality of a document is evaluated. */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "teach/doc/doc.h"

/* Evaluates all lines on random values, and the gradient of `goal` against differences of the cost. `run`
 * is the program with all gradients. */
dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed,
                           explain_result *result);

/* The same values for all documents of a model at this seed, evaluated once: document.ground. Lives in the
 * arena, as what the documents add to it does. */
dfoo_status ground_open(const derivation *d, const program *run, uint64_t seed, arena *a, ground **out);

#endif

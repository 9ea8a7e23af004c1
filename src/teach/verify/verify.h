/* The face of the verifying room: every equality of a document is evaluated. */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H

#include "teach/doc/doc.h"

/* Evaluates all lines on random values, and the gradient of `goal` against differences of the cost. `run`
 * is the program with all gradients. */
dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed,
                           explain_result *result);

#endif

/* The face of the emitting room: a derivation in the notation of other programs.
 *
 * `only` (by var_id, may be NULL) are the variables whose gradients are wanted, all that
 * `derive` shows otherwise. `head` is the text that says what the gradients differentiate,
 * as lines of comments ("# .."). The same derivation gives the same text. */
#ifndef EMIT_EMIT_H
#define EMIT_EMIT_H

#include "core/core.h"

/* A Python module that needs numpy and nothing else: forward(..) and backward(..). */
dfoo_status emit_numpy(const derivation *d, const bool *only, const char *head, buf *out);

/* An align* environment of the gradients; `standalone`: a whole document, with the head as
 * text and the forward pass. */
dfoo_status emit_latex(const derivation *d, const bool *only, const char *head, bool standalone, buf *out);

/* Everything as data; docs/json.md describes it. */
dfoo_status emit_json(const derivation *d, const bool *only, const char *head, buf *out);

#endif

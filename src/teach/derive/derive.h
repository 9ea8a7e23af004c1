/* The face of the room of `derive`: derived gradients -> the lines of its page. */
#ifndef DERIVE_DERIVE_H
#define DERIVE_DERIVE_H

#include "core/core.h"

/* The derived gradients as equations in the notation, under a head that says what they
 * differentiate. `only` (by var_id, may be NULL): just these variables' gradients. `steps`:
 * all of them as well, grouped by the equation they come from. */
dfoo_status derive_page(const derivation *d, const bool *only, bool steps, buf *out);

/* The head alone, as lines of comments: what the gradients differentiate. */
dfoo_status derive_head(const derivation *d, const bool *only, buf *out);

/* Writes, as comments, the lines that at least two layers share up to their numbers; nothing if the
 * hidden layers share none. `a` is scratch. */
dfoo_status derive_layers(const derivation *d, arena *a, buf *out);

/* What the head says of second derivatives, where a derivation has some. */
void derive_second_head(const derivation *d, buf *out);

/* The whole head of a page of Jacobians. */
void derive_jacobian_head(const derivation *d, buf *out);

#endif

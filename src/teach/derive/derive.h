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

/* One gradient of a line that several layers share: its variable, the layer l, and the activation whose
 * derivative is written g[l]' in the line, or OP_NONE. */
typedef struct layer {
    var_id   v;
    unsigned l;
    op_id    function;
} layer;

/* What a name such as dA[l-1], dZ[l], dA_prev or dAL means in a model. */
typedef struct layers {
    var_id      told; /* the variable that stands for all; 0: the name means no layers */
    const char *line; /* dA[l-1] = W[l].T @ dZ[l]; NULL: the last layer is meant */
    VEC(layer) list;  /* all of which it is the line of */
} layers;

dfoo_status derive_layer(const derivation *d, arena *a, const char *name, layers *out);

#endif

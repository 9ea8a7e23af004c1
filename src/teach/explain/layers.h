/* Inside the explaining room: the general line of a deep network. */
#ifndef EXPLAIN_LAYERS_H
#define EXPLAIN_LAYERS_H

#include "teach/explain/explain.h"

/* Writes, as comments, the lines that at least two layers share up to their numbers; nothing if the
 * hidden layers share none. `a` is scratch. */
dfoo_status explain_layers(const derivation *d, arena *a, buf *out);

#endif

/* Inside the emitting room: what the formats share. */
#ifndef EMIT_INSIDE_H
#define EMIT_INSIDE_H

#include "ship/emit/emit.h"

/* Does this gradient stand in the output under its own name? */
bool emit_is_listed(const bool *only, const gradient *v);

/* A parameter that the cost does not depend on, among those that are wanted. */
bool emit_is_unreached(const derivation *d, const bool *only, var_id v);

/* Is a dimension's name a number of this expression: as a factor, or in the shape of ones? */
bool emit_uses_size(const ir *g, const node *x, sym name);

#endif

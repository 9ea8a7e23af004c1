/* Quotients of a rule in the form in which they are run. */
#ifndef RULE_QUOTIENT_H
#define RULE_QUOTIENT_H

#include "core/core.h"

/* a / b. With numbers c > 0 and e, x / (sqrt(y/c) + e) becomes sqrt(c) * x / (sqrt(y) + sqrt(c) * e): it is
 * the same, and y is not divided entry by entry. `t` counts steps, from 1 on; 0: the rule has no such
 * number. */
node_id rule_quotient(ir *g, node_id a, node_id b, node_id t);

#endif

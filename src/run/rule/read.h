/* Texts -> a rule. */
#ifndef RULE_READ_H
#define RULE_READ_H

#include "run/rule/lines.h"

/* Adds the lines of a text to a rule. `src` must live as long as the diagnostics. */
dfoo_status rule_add(rule *r, const source *src);

#endif

/* The names of a rule. */
#ifndef RULE_CHECK_H
#define RULE_CHECK_H

#include "run/rule/lines.h"

/* Looks at every name, when all texts are there: finds the states, and what is wrong. */
dfoo_status rule_check(rule *r);

#endif

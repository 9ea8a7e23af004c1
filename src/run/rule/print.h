/* A rule as text. */
#ifndef RULE_PRINT_H
#define RULE_PRINT_H

#include "run/rule/lines.h"

/* As one text, which can be read again. */
void rule_print(const rule *r, buf *out);

#endif

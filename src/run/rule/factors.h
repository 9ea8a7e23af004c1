/* Parameters that are factors of products. */
#ifndef RULE_FACTORS_H
#define RULE_FACTORS_H

#include "core/core.h"

/* Which dimension of a parameter is summed over in the first product that it is a factor of. */
typedef enum { FACTOR_NO, FACTOR_COLUMNS, FACTOR_ROWS } factor_use;

/* By var_id. */
dfoo_status factors_find(const model *m, arena *a, factor_use **out);

#endif

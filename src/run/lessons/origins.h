/* Where the values of a program come from. */
#ifndef LESSONS_ORIGINS_H
#define LESSONS_ORIGINS_H

#include "core/core.h"

typedef struct var_list {
    VEC(var_id) list;
} var_list;

/* The variables that an expression mentions. */
dfoo_status origins_mentioned(const ir *g, arena *a, node_id n, var_list *out);

/* By var_id: does a parameter, an input or a label have a part in it, at any distance? */
typedef struct origins {
    bool *from_param, *from_data;
} origins;

dfoo_status origins_find(const ir *g, const program *p, arena *a, origins *out);

/* Is there a parameter, or what was made of parameters alone, among them? */
bool origins_has_parameter(const origins *o, const var_list *vars);

#endif

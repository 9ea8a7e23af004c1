/* Dimensions that are sums and products of others, 4*n or n + k: a slice's, a concatenation's.
 *
 * Such a dimension is a name as well, and the name is what it is: "4*n" in the table of names. So dimensions
 * stay numbers that are compared, and different names never fit each other; what a name is worth is read
 * off it. Equal sums have the same name: factors and terms stand in the order in which their names came. */
#ifndef IR_DIMS_H
#define IR_DIMS_H

#include "core/ir/ir.h"

enum { DIM_TERMS = 8, DIM_FACTORS = 4 };

typedef struct dim_term {
    int64_t  times; /* not 0 */
    uint32_t n;
    sym      of[DIM_FACTORS];
} dim_term;

/* A whole number is one term without factors; no terms: 0. Terms are in order. */
typedef struct dim_sum {
    uint32_t n;
    bool     failed; /* it has too many terms or factors */
    dim_term at[DIM_TERMS];
} dim_sum;

/* Here the dimension 0 is the number 0, as where a slice begins. */
dim_sum dim_read(const symbols *names, dim d);
dim_sum dim_sum_number(int64_t n);
dim_sum dim_sum_add(dim_sum a, dim_sum b);
dim_sum dim_sum_times(dim_sum a, dim_sum b);
static inline dim_sum dim_sum_sub(dim_sum a, dim_sum b) {
    return dim_sum_add(a, dim_sum_times(dim_sum_number(-1), b));
}

dim_sum dim_sum_over(dim_sum a, dim_sum b); /* it failed unless b divides a whatever the sizes are */

/* The dimension; false if it failed, is a number below 0 or too large. */
bool dim_write(symbols *names, const dim_sum *s, dim *out);

/* a + b, a - b, a * b, a / b; false as above. */
bool dim_add(symbols *names, dim a, dim b, dim *out);
bool dim_sub(symbols *names, dim a, dim b, dim *out);
bool dim_mul(symbols *names, dim a, dim b, dim *out);
bool dim_over(symbols *names, dim a, dim b, dim *out);

/* Is the sum never below `least`, whatever the sizes are, which are 1 or more? Is it always? */
bool dim_sum_at_least(const dim_sum *s, int64_t least);
bool dim_sum_below(const dim_sum *s, int64_t least);

/* Is it neither a number nor a single name? */
bool dim_is_sum(const symbols *names, dim d);

/* Its text, with the names as `name` has them; NULL: as they are. */
void dim_put(const symbols *names, dim d, const char *(*name)(const void *user, sym name), const void *user,
             buf *out);

/* Does a name stand in it? */
bool dim_has(const symbols *names, dim d, sym name);

#endif

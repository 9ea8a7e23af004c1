/* Inside the simplification room: what the files share that compute with rational forms. */
#ifndef SIMPLIFY_FORMS_H
#define SIMPLIFY_FORMS_H

#include "core/simplify/rational.h"

enum { MOST_TERMS = 48, MOST_POWER = 64, MOST_FACTORS = 64, MOST_DEPTH = 4 };

/* A sum while it is put together. */
typedef struct terms {
    VEC(term) list;
    bool ok;
} terms;

/* rational.c. Is this factor a number; may it be zero on a whole region? */
bool form_base_is_scalar(const algebra *s, uint32_t base);
bool form_base_is_flat(const algebra *s, uint32_t base);

/* How many factors are read in a factor, in a sum of these terms. */
uint32_t form_weigh_base(const algebra *s, power f);
uint32_t form_weigh_terms(const algebra *s, const term *t, uint32_t n);

/* Merges two ascending lists of powers; false: a factor must not cancel, or there are too many. */
bool form_merge_powers(algebra *s, const power *x, uint32_t nx, const power *y, uint32_t ny, power *out,
                       uint32_t *n);

/* The exponent of a base among powers, 0 if it is not there. */
int32_t form_power_in(const power *f, uint32_t n, uint32_t base);

/* The product of a number and powers in any order, each base once. */
form form_product(algebra *s, ratio c, const power *f, uint32_t n);

/* sums.c. A form without polynomials in denominators, multiplied out. */
terms form_expand(algebra *s, form x);

/* Divides the polynomials of x's numerator by those of its denominator where that works out. */
form form_reduce(algebra *s, form x);

#endif

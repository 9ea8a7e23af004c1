/* Exact fractions. Functions return false where a number would not fit into 64 bits, or is none. */
#ifndef SIMPLIFY_RATIO_H
#define SIMPLIFY_RATIO_H

#include <stdbool.h>
#include <stdint.h>

typedef struct ratio {
    int64_t num, den; /* den > 0, in lowest terms */
} ratio;

int64_t ratio_gcd(int64_t a, int64_t b); /* of 0 and 0 it is 1 */

bool ratio_make(int64_t num, int64_t den, ratio *out);
bool ratio_mul(ratio a, ratio b, ratio *out);
bool ratio_add(ratio a, ratio b, ratio *out);
bool ratio_power(ratio a, int32_t k, ratio *out);

/* The fraction that x's shortest decimal says: 0.7 is 7/10. */
bool ratio_from_double(double x, ratio *out);

#endif

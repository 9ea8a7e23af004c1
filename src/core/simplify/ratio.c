/* Exact fractions of 64-bit numbers. Where one overflows the function returns false. */
#include "core/simplify/ratio.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>

int64_t ratio_gcd(int64_t a, int64_t b) {
    if (a < 0) a = -a;
    if (b < 0) b = -b;
    while (b) {
        int64_t t = a % b;
        a = b;
        b = t;
    }
    return a ? a : 1;
}

bool ratio_make(int64_t num, int64_t den, ratio *out) {
    if (den == 0 || num == INT64_MIN || den == INT64_MIN) return false;
    int64_t k = ratio_gcd(num, den);
    if (den < 0) k = -k;
    *out = (ratio){num / k, den / k};
    return true;
}

bool ratio_mul(ratio a, ratio b, ratio *out) {
    assert(a.den > 0 && b.den > 0);
    int64_t k1 = ratio_gcd(a.num, b.den), k2 = ratio_gcd(b.num, a.den), num, den;
    if (__builtin_mul_overflow(a.num / k1, b.num / k2, &num)) return false;
    if (__builtin_mul_overflow(a.den / k2, b.den / k1, &den)) return false;
    return ratio_make(num, den, out);
}

bool ratio_add(ratio a, ratio b, ratio *out) {
    assert(a.den > 0 && b.den > 0);
    int64_t x, y, den, sum;
    if (__builtin_mul_overflow(a.num, b.den, &x) || __builtin_mul_overflow(b.num, a.den, &y)) return false;
    if (__builtin_mul_overflow(a.den, b.den, &den) || __builtin_add_overflow(x, y, &sum)) return false;
    return ratio_make(sum, den, out);
}

bool ratio_power(ratio a, int32_t k, ratio *out) {
    ratio r = {1, 1};
    if (k < 0 && !ratio_make(a.den, a.num, &a)) return false;
    for (int32_t i = 0; i < abs(k); i++)
        if (!ratio_mul(r, a, &r)) return false;
    *out = r;
    return true;
}

/* A double as the fraction that its shortest decimal says: 0.7 is 7/10. */
bool ratio_from_double(double x, ratio *out) {
    double scale = 1;
    for (int digits = 0; digits <= 9; digits++, scale *= 10) {
        double num = nearbyint(x * scale);
        if (fabs(num) > 1e15) return false;
        if (num / scale == x) return ratio_make((int64_t)num, (int64_t)scale, out);
    }
    return false;
}

/* LU in strips of columns, so that what a strip takes off the rest is a product of matrices whose operands
 * stay in the cache; all inner loops run along rows. What comes out depends on n alone. */
#include "run/exec/lu.h"

#include <math.h>
#include <string.h>

enum { STRIP = 32 };

static void swap_rows(double *a, double *b, size_t n) {
    for (size_t j = 0; j < n; j++) {
        double t = a[j];
        a[j] = b[j];
        b[j] = t;
    }
}

/* y = y - by * x */
static void take_off(size_t n, double *y, double by, const double *x) {
    for (size_t j = 0; j < n; j++) y[j] -= by * x[j];
}

/* The row with the largest entry in this column; a NaN is larger than all, so that it is seen. */
static size_t find_pivot(size_t n, const double *a, size_t at) {
    size_t row = at;
    for (size_t i = at + 1; i < n; i++) {
        double x = fabs(a[i * n + at]);
        if (x > fabs(a[row * n + at]) || isnan(x)) row = i;
    }
    return row;
}

/* Columns from .. to of the rows below, with whole rows changing places. 0: singular. */
static int factor_strip(size_t n, double *a, size_t *pivot, size_t from, size_t to, int sign) {
    for (size_t at = from; at < to; at++) {
        size_t row = find_pivot(n, a, at);
        pivot[at] = row;
        if (row != at) {
            swap_rows(a + at * n, a + row * n, n);
            sign = -sign;
        }
        if (a[at * n + at] == 0) return 0;
        for (size_t i = at + 1; i < n; i++) {
            double by = a[i * n + at] /= a[at * n + at];
            take_off(to - at - 1, a + i * n + at + 1, by, a + at * n + at + 1);
        }
    }
    return sign;
}

/* The rows of the strip, and then all below, in the columns behind it. */
static void update_rest(size_t n, double *a, size_t from, size_t to) {
    for (size_t i = from + 1; i < n; i++) {
        size_t end = i < to ? i : to;
        for (size_t at = from; at < end; at++)
            take_off(n - to, a + i * n + to, a[i * n + at], a + at * n + to);
    }
}

int lu_factor(size_t n, double *a, size_t *pivot) {
    int sign = 1;
    for (size_t from = 0; from < n && sign; from += STRIP) {
        size_t to = from + STRIP < n ? from + STRIP : n;
        sign = factor_strip(n, a, pivot, from, to, sign);
        if (sign) update_rest(n, a, from, to);
    }
    return sign;
}

void lu_solve(size_t n, const double *lu, const size_t *pivot, size_t k, double *x) {
    for (size_t i = 0; i < n; i++)
        if (pivot[i] != i) swap_rows(x + i * k, x + pivot[i] * k, k);
    for (size_t i = 1; i < n; i++)
        for (size_t j = 0; j < i; j++) take_off(k, x + i * k, lu[i * n + j], x + j * k);
    for (size_t i = n; i-- > 0;) {
        for (size_t j = i + 1; j < n; j++) take_off(k, x + i * k, lu[i * n + j], x + j * k);
        for (size_t j = 0; j < k; j++) x[i * k + j] /= lu[i * n + i];
    }
}

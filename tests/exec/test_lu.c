/* The factorisation that runs against its twin of the slow evaluator, which eliminates in another way, and
 * against what is known: residuals as small as backward stability promises, however the matrix is conditioned. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/ir/linear.h"
#include "run/exec/lu.h"

typedef double (*entry_of)(rng *r, size_t n, size_t i, size_t j);

static double normal(rng *r, size_t n, size_t i, size_t j) { (void)n, (void)i, (void)j; return rng_normal(r); }
static double hilbert(rng *r, size_t n, size_t i, size_t j) { (void)r, (void)n; return 1 / (double)(i + j + 1); }
static double vandermonde(rng *r, size_t n, size_t i, size_t j) { (void)r; return pow((double)(i + 1) / (double)n, (double)j); }
static double graded(rng *r, size_t n, size_t i, size_t j) { return rng_normal(r) * pow(10, -12.0 * (double)(i + j) / (double)n); }
static double no_diagonal(rng *r, size_t n, size_t i, size_t j) { (void)n; return i == j ? 0 : rng_normal(r); }
static double huge(rng *r, size_t n, size_t i, size_t j) { (void)n, (void)i, (void)j; return 1e150 * rng_normal(r); }
static double tiny(rng *r, size_t n, size_t i, size_t j) { (void)n, (void)i, (void)j; return 1e-150 * rng_normal(r); }
/* 1 on the diagonal and in the last column, -1 below: pivots grow as fast as they can. */
static double growing(rng *r, size_t n, size_t i, size_t j) { (void)r; return i == j || j + 1 == n ? 1 : i > j ? -1 : 0; }
static double whole_numbers(rng *r, size_t n, size_t i, size_t j) { (void)n, (void)i, (void)j; return rng_below(r, 7) - 3.0; }

static double *matrix_new(size_t rows, size_t cols) {
    double *x = calloc(rows * cols + 1, sizeof *x);
    assert_non_null(x);
    return x;
}

static double *matrix_of(entry_of entry, rng *r, size_t n) {
    double *x = matrix_new(n, n);
    for (size_t i = 0; i < n * n; i++) x[i] = entry(r, n, i / n, i % n);
    return x;
}

static double largest(const double *x, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, fabs(x[i]));
    return most;
}

/* |a @ x - b| in relation to |a| |x|: what the smallest change of a would explain. */
static double backward_error(size_t n, size_t k, const double *a, const double *x, const double *b) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < k; j++) {
            long double sum = 0;
            for (size_t l = 0; l < n; l++) sum += (long double)a[i * n + l] * (long double)x[l * k + j];
            most = fmax(most, (double)fabsl(sum - (long double)b[i * k + j]));
        }
    }
    return most / (largest(a, n * n) * largest(x, n * k) + DBL_MIN);
}

static void check_system(const char *what, entry_of entry, size_t n, double allowed) {
    enum { K = 3 };
    rng     r = rng_start(7, RNG_CHECK, (uint32_t)n);
    double *a = matrix_of(entry, &r, n), *lu = matrix_new(n, n), *b = matrix_new(n, K), *x = matrix_new(n, K);
    double *y = matrix_new(n, K), *scratch = matrix_new(linear_scratch(n), 1);
    size_t *pivot = calloc(n, sizeof *pivot);
    for (size_t i = 0; i < n * K; i++) b[i] = rng_normal(&r);
    memcpy(lu, a, n * n * sizeof *a);
    memcpy(x, b, n * K * sizeof *b);
    memcpy(y, b, n * K * sizeof *b);
    int sign = lu_factor(n, lu, pivot);
    if (!sign) fail_msg("%s %zu: singular", what, n);
    lu_solve(n, lu, pivot, K, x);
    linear_solve(n, K, a, y, scratch);
    double one = backward_error(n, K, a, x, b), other = backward_error(n, K, a, y, b);
    if (!(one < allowed) || !(other < allowed * 10)) fail_msg("%s %zu: backward errors %g and %g", what, n, one, other);
    double sum = 0, by_twin = linear_logdet(n, a, scratch);
    for (size_t i = 0; i < n; i++) sum += log(fabs(lu[i * n + i]));
    if (isfinite(by_twin) && fabs(sum - by_twin) > 1e-7 * (1 + fabs(by_twin)) && entry != hilbert && entry != vandermonde)
        fail_msg("%s %zu: log |det| is %.15g and %.15g", what, n, sum, by_twin);
    free(a), free(lu), free(b), free(x), free(y), free(scratch), free(pivot);
}

static void systems_of_every_condition(void **state) {
    static const struct {
        const char *name;
        entry_of    entry;
        double      growth;
    } list[] = {{"normal", normal, 1}, {"hilbert", hilbert, 1}, {"vandermonde", vandermonde, 1}, {"graded", graded, 1},
                {"no diagonal", no_diagonal, 1}, {"huge", huge, 1}, {"tiny", tiny, 1}, {"growing", growing, 1e4}};
    static const size_t sizes[] = {2, 3, 5, 8, 12, 31, 32, 33, 64, 65, 100, 150};
    (void)state;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            bool worst = list[i].entry == hilbert || list[i].entry == vandermonde || list[i].entry == growing;
            if (worst && sizes[k] > 12) continue; /* Hilbert's are singular in double precision */
            check_system(list[i].name, list[i].entry, sizes[k], 1e-15 * (double)sizes[k] * list[i].growth);
        }
}

/* Determinants of whole numbers come out as whole numbers, nearly. */
static void determinants(void **state) {
    (void)state;
    for (uint32_t k = 0; k < 500; k++) {
        rng     r = rng_start(8, RNG_CHECK, k);
        size_t  n = 1 + rng_below(&r, 6), pivot[6];
        double *a = matrix_of(whole_numbers, &r, n), *scratch = matrix_new(linear_scratch(n), 1);
        double  twin = linear_det(n, a, scratch), det = lu_factor(n, a, pivot);
        for (size_t i = 0; i < n && det != 0; i++) det *= a[i * n + i];
        assert_true(fabs(det - rint(det)) < 1e-9 && fabs(det - twin) < 1e-9);
        free(a), free(scratch);
    }
}

static void singular_matrices(void **state) {
    (void)state;
    double zero[4] = {0}, equal[4] = {1, 2, 2, 4}, x[2] = {1, 1}, scratch[6], row[9] = {1, 2, 3, 0, 0, 0, 4, 5, 6};
    size_t pivot[3];
    assert_true(linear_det(2, equal, scratch) == 0 && linear_logdet(2, equal, scratch) == -INFINITY);
    linear_solve(2, 1, equal, x, scratch);
    assert_true(isnan(x[0]) && isnan(x[1]));
    assert_int_equal(lu_factor(2, zero, pivot), 0);
    assert_int_equal(lu_factor(2, equal, pivot), 0);
    assert_int_equal(lu_factor(3, row, pivot), 0);
}

/* What is no number is not hidden by a pivot that is. */
static void no_numbers(void **state) {
    (void)state;
    for (size_t at = 0; at < 9; at++) {
        double a[9] = {3, 1, 2, 1, 5, 1, 2, 1, 7}, twin[9], x[3] = {1, 2, 3}, y[3] = {1, 2, 3}, scratch[12];
        size_t pivot[3];
        a[at] = NAN;
        memcpy(twin, a, sizeof a);
        assert_int_not_equal(lu_factor(3, a, pivot), 0);
        lu_solve(3, a, pivot, 1, x);
        linear_solve(3, 1, twin, y, scratch);
        for (int i = 0; i < 3; i++) assert_true(isnan(x[i]) && isnan(y[i]));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(systems_of_every_condition),
        cmocka_unit_test(determinants),
        cmocka_unit_test(singular_matrices),
        cmocka_unit_test(no_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Every matrix product that runs on this processor against the obvious one: all shapes and
 * transposes, whole and in parts, with and without what was there. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>

#include "core/base/rng.h"
#include "run/exec/gemm.h"
#include "run/exec/kernels.h"

/* Matrices of one product in one type: a, b, c as it should be, c as it is. */
typedef struct matrices {
    void  *at[4];
    size_t n[4];
} matrices;

static void fill(rng *r, void *at, size_t n, bool is_double) {
    for (size_t i = 0; i < n; i++) {
        float x = (float)rng_normal(r);
        if (is_double) ((double *)at)[i] = (double)x;
        else ((float *)at)[i] = x;
    }
}

static double entry(const void *at, size_t i, bool is_double) {
    return is_double ? ((const double *)at)[i] : (double)((const float *)at)[i];
}

/* Without `add`, what was there does not matter, not even if it is not a number. */
static matrices make(rng *r, const gemm *s, bool is_double) {
    matrices x = {.n = {s->m * s->k, s->k * s->n, s->m * s->n, s->m * s->n}};
    for (int i = 0; i < 4; i++) {
        x.at[i] = malloc(x.n[i] * (is_double ? sizeof(double) : sizeof(float)));
        assert_non_null(x.at[i]);
        fill(r, x.at[i], x.n[i], is_double);
    }
    for (size_t i = 0; i < x.n[2]; i++) {
        if (is_double) ((double *)x.at[3])[i] = s->add ? ((double *)x.at[2])[i] : (double)NAN;
        else ((float *)x.at[3])[i] = s->add ? ((float *)x.at[2])[i] : NAN;
    }
    return x;
}

static void compare(const gemm *s, const matrices *x, bool is_double) {
    double allowed = (is_double ? 1e-14 : 1e-6) * (10 * sqrt((double)s->k) + 10);
    for (size_t i = 0; i < x->n[2]; i++) {
        double off = fabs(entry(x->at[2], i, is_double) - entry(x->at[3], i, is_double));
        if (!(off <= allowed))
            fail_msg("%s, %zu x %zu x %zu, transposed %d %d, add %d: entry %zu is off by %g", is_double ? "double" : "float",
                     s->m, s->n, s->k, s->transpose_a, s->transpose_b, s->add, i, off);
    }
}

/* In up to four parts. */
static void check(rng *r, const gemm *s, gemm_fn product, gemm_fn obvious, bool is_double, void *scratch) {
    matrices  x = make(r, s, is_double);
    double    alpha = rng_below(r, 2) ? 1 : 0.125;
    gemm_part whole = {0, s->m, 0, s->n};
    size_t    row = rng_below(r, 3) ? s->m : rng_below(r, (uint32_t)s->m), col = rng_below(r, 3) ? s->n : rng_below(r, (uint32_t)s->n);
    obvious(s, alpha, x.at[0], x.at[1], x.at[2], &whole, NULL);
    for (int i = 0; i < 4; i++) {
        gemm_part p = {i & 1 ? row : 0, i & 1 ? s->m : row, i & 2 ? col : 0, i & 2 ? s->n : col};
        if (p.row_from < p.row_to && p.col_from < p.col_to) product(s, alpha, x.at[0], x.at[1], x.at[3], &p, scratch);
    }
    compare(s, &x, is_double);
    for (int i = 0; i < 4; i++) free(x.at[i]);
}

static gemm random_shape(rng *r, int i) {
    uint32_t most = i % 100 == 0 ? 300 : i % 5 == 0 ? 70 : 12;
    gemm     s = {.m = 1 + rng_below(r, most), .n = 1 + rng_below(r, most), .k = 1 + rng_below(r, most)};
    if (i % 7 == 0) s.n = 1;
    if (i % 11 == 0) s.m = 1;
    if (i % 300 == 0) s = (gemm){.m = 20 + rng_below(r, 20), .n = 530 + rng_below(r, 40), .k = 512};
    s.transpose_a = rng_below(r, 2);
    s.transpose_b = rng_below(r, 2);
    s.add = rng_below(r, 2);
    return s;
}

static void check_all(gemm_fn f32, gemm_fn f64) {
    void *scratch = aligned_alloc(64, GEMM_SCRATCH);
    rng   r = rng_start(7, RNG_CHECK, 0);
    assert_non_null(scratch);
    for (int i = 0; i < 2000; i++) {
        gemm s = random_shape(&r, i);
        if (i % 2) check(&r, &s, f32, gemm_ref_f32, false, scratch);
        else check(&r, &s, f64, gemm_ref_f64, true, scratch);
    }
    free(scratch);
}

static void test_blas(void **state) {
    (void)state;
    check_all(gemm_blas_f32, gemm_blas_f64);
}

static void test_avx2(void **state) {
    (void)state;
    if (!kernels_have_avx2()) skip();
    check_all(gemm_avx2_f32, gemm_avx2_f64);
}

static void test_avx512(void **state) {
    (void)state;
    if (!kernels_have_avx512()) skip();
    check_all(gemm_avx512_f32, gemm_avx512_f64);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_blas), cmocka_unit_test(test_avx2), cmocka_unit_test(test_avx512)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

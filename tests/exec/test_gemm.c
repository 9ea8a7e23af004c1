/* Every matrix product that runs on this processor against the definition, bit for bit, and the definition
 * against the obvious: all shapes and transposes, whole and in parts, with and without what was there. */
/* The 64-byte source is compiled for AVX2 here, where such vectors are passed in other ways: nobody else calls it. */
#pragma GCC diagnostic ignored "-Wpsabi"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "exec/wide.inc"
#include "times.h"
#include "run/exec/isa.h"

/* Matrices of one product in one type: a, b, c as it should be, c as it is. */
typedef struct matrices {
    void  *at[4];
    size_t n[4], size; /* size of an entry */
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
    matrices x = {.n = {s->m * s->k, s->k * s->n, s->m * s->n, s->m * s->n},
                  .size = is_double ? sizeof(double) : sizeof(float)};
    for (int i = 0; i < 4; i++) {
        x.at[i] = malloc(x.n[i] * x.size);
        assert_non_null(x.at[i]);
        fill(r, x.at[i], x.n[i], is_double);
    }
    for (size_t i = 0; i < x.n[2]; i++) {
        if (is_double) ((double *)x.at[3])[i] = s->add ? ((double *)x.at[2])[i] : (double)NAN;
        else ((float *)x.at[3])[i] = s->add ? ((float *)x.at[2])[i] : NAN;
    }
    return x;
}

/* With a fused multiply-add, the bits of the definition; else what rounding allows. */
static void compare(const gemm *s, const matrices *x, bool is_double, bool fused) {
    double allowed = fused ? 0 : (is_double ? 1e-14 : 1e-6) * (10 * sqrt((double)s->k) + 10);
    for (size_t i = 0; i < x->n[2]; i++) {
        double off = fabs(entry(x->at[2], i, is_double) - entry(x->at[3], i, is_double));
        if (!(off <= allowed))
            fail_msg("%s, %zu x %zu x %zu, transposed %d %d, add %d: entry %zu is off by %g",
                     is_double ? "double" : "float", s->m, s->n, s->k, s->transpose_a, s->transpose_b, s->add, i, off);
    }
}

/* In up to four parts, slice by slice. */
static void run(rng *r, const gemm *s, double alpha, const gemm_set *by, matrices *x, int c, bool whole, void *scratch) {
    size_t size = x->size, n = gemm_slices(s), row = s->m, col = s->n;
    char  *slices = malloc(n * x->n[2] * size);
    gemm   g = *s;
    assert_non_null(slices);
    if (!whole && rng_below(r, 3) == 0) row = rng_below(r, (uint32_t)s->m);
    if (!whole && rng_below(r, 3) == 0) col = rng_below(r, (uint32_t)s->n);
    g.add = s->add && n == 1;
    for (size_t q = 0; q < n; q++) {
        for (int i = 0; i < 4; i++) {
            gemm_part p = {i & 1 ? row : 0, i & 1 ? s->m : row, i & 2 ? col : 0, i & 2 ? s->n : col,
                           gemm_slice_from(s, q), gemm_slice_from(s, q + 1)};
            if (p.row_from == p.row_to || p.col_from == p.col_to) continue;
            by->product(&g, n > 1 ? 1 : alpha, x->at[0], x->at[1], n > 1 ? slices + q * x->n[2] * size : x->at[c], &p,
                        scratch);
        }
    }
    if (n > 1) by->join(x->n[2], n, alpha, s->add, slices, x->at[c]);
    free(slices);
}

/* What the definition gives, in double and without its order, as far as rounding allows. */
static void compare_obvious(const gemm *s, double alpha, const matrices *x, const void *before, bool is_double) {
    for (size_t i = 0; i < s->m; i += 1 + s->m / 3) {
        for (size_t j = 0; j < s->n; j += 1 + s->n / 3) {
            double sum = 0, size = 1;
            for (size_t p = 0; p < s->k; p++) {
                double y = entry(x->at[0], s->transpose_a ? p * s->m + i : i * s->k + p, is_double) *
                           entry(x->at[1], s->transpose_b ? j * s->k + p : p * s->n + j, is_double);
                sum += y;
                size += fabs(y);
            }
            sum = alpha * sum + (s->add ? entry(before, i * s->n + j, is_double) : 0);
            double off = fabs(sum - entry(x->at[2], i * s->n + j, is_double));
            assert_true(off <= size * (is_double ? 1e-14 : 3e-6));
        }
    }
}

static void check(rng *r, const gemm *s, const gemm_set *by, bool is_double, bool fused, void *scratch) {
    matrices x = make(r, s, is_double);
    double   alpha = rng_below(r, 2) ? 1 : 0.1;
    gemm_set reference = gemm_reference(is_double);
    void    *before = malloc(x.n[2] * x.size);
    assert_non_null(before);
    memcpy(before, x.at[2], x.n[2] * x.size);
    run(r, s, alpha, &reference, &x, 2, true, scratch);
    compare_obvious(s, alpha, &x, before, is_double);
    run(r, s, alpha, by, &x, 3, false, scratch);
    compare(s, &x, is_double, fused);
    free(before);
    for (int i = 0; i < 4; i++) free(x.at[i]);
}

static gemm random_shape(rng *r, int i) {
    uint32_t most = i % 100 == 0 ? 300 : i % 5 == 0 ? 70 : 12;
    gemm     s = {.m = 1 + rng_below(r, most), .n = 1 + rng_below(r, most), .k = 1 + rng_below(r, most)};
    if (i % 7 == 0) s.n = 1;
    if (i % 11 == 0) s.m = 1;
    if (i % 13 == 0) s.k = 1 + rng_below(r, 700);
    if (i % 300 == 0) s = (gemm){.m = 20 + rng_below(r, 20), .n = 530 + rng_below(r, 40), .k = 512};
    if (i % 500 == 1) s = (gemm){.m = 125 + rng_below(r, 20), .n = 1030 + rng_below(r, 40), .k = 8};
    if (i % 400 == 3) s = (gemm){.m = 130 + rng_below(r, 400), .n = 1 + rng_below(r, 70), .k = 90 + rng_below(r, 170)};
    if (i % 250 == 2) s = (gemm){.m = 1 + rng_below(r, 9), .n = 1 + rng_below(r, 9), .k = 1900 + rng_below(r, 40000)};
    s.transpose_a = rng_below(r, 2);
    s.transpose_b = rng_below(r, 2);
    s.add = rng_below(r, 2);
    return s;
}

static void check_all(gemm_set f32, gemm_set f64, bool fused) {
    static _Alignas(64) char scratch[GEMM_A_BYTES + GEMM_B_BYTES];
    rng r = rng_start(7, RNG_CHECK, 0);
    for (int i = 0; i < 2000 / (int)times_every(5); i++) {
        gemm s = random_shape(&r, i / 2);
        assert_true(gemm_scratch(&s) <= sizeof scratch);
        check(&r, &s, i % 2 ? &f32 : &f64, i % 2 == 0, fused, scratch);
    }
}

static void test_every_set(void **state) {
    (void)state;
    for (exec_isa isa = EXEC_REFERENCE; isa < EXEC_ISAS; isa++) {
        const isa_kernels *by = exec_isa_here(isa) ? isa_at(isa) : NULL;
        if (by) check_all(by->gemm(false), by->gemm(true), by->fused);
    }
}

/* The source of the widest vectors, run by two of half the width. */
static void test_wide(void **state) {
    (void)state;
    if (!exec_isa_here(EXEC_AVX2) || !wide_gemm(false).product) skip();
    check_all(wide_gemm(false), wide_gemm(true), true);
}

/* Slices and blocks cover k, in order. */
static void test_slices(void **state) {
    (void)state;
    rng r = rng_start(5, RNG_CHECK, 0);
    for (int i = 0; i < 1000; i++) {
        gemm   s = {.m = 1 + rng_below(&r, 100), .n = 1 + rng_below(&r, 100), .k = 1 + rng_below(&r, 1u << rng_below(&r, 22))};
        size_t n = gemm_slices(&s), at = 0;
        assert_true(n >= 1 && n <= GEMM_SLICES);
        for (size_t q = 0; q < n; q++) {
            assert_true(gemm_slice_from(&s, q) == at && gemm_slice_from(&s, q + 1) > at);
            at = gemm_slice_from(&s, q + 1);
        }
        assert_true(at == s.k);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_set), cmocka_unit_test(test_wide),
                                       cmocka_unit_test(test_slices)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

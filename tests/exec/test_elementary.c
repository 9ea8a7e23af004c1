/* The elementary functions of the kernels against the C library's, over the whole range of
 * each type, for every instruction set that this processor has. Errors are counted in units
 * in the last place (ulp) of the true value, which comes from the next larger type.
 *
 *   test_elementary STEP     looks at every STEP-th float; 1: at all of them (an hour).
 * With DFOO_SHOW_ULPS set, the largest errors are printed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "run/exec/isa.h"

typedef long double (*truth)(long double);

typedef struct sample {
    const char *name;
    op_id       op;
    truth       value;
    double      f32_most, f64_most; /* how many ulp it may be off */
} sample;

static long double true_elu(long double x) { return x > 0 ? x : expm1l(x); }

static long double true_sigmoid(long double x) { return 1 / (1 + expl(-x)); }
static long double true_softplus(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }

static const sample functions[] = {
    {"exp", OP_EXP, expl, 1.1, 1.1},
    {"log", OP_LOG, logl, 0.9, 0.9},
    {"log1p", OP_LOG1P, log1pl, 1, 1},
    {"tanh", OP_TANH, tanhl, 2, 2.5},
    {"expm1", OP_ELU, true_elu, 1.2, 1.2},
    {"sigmoid", OP_SIGMOID, true_sigmoid, 2, 2},
    {"softplus", OP_SOFTPLUS, true_softplus, 2, 2},
};

static uint32_t float_step = 4099;

enum { N = 1 << 12 };

/* Below the least normal number the last place does not get smaller. */
static double ulps(long double got, long double want, int digits, int least) {
    if (isnan(got) || isnan(want)) return isnan(got) && isnan(want) ? 0 : INFINITY;
    if (got == want) return 0;
    if (!isfinite(got) && fabsl(want) >= ldexpl(1, -least) * 2) return 0; /* rounds up to infinity */
    int exponent = 0;
    frexpl(want, &exponent);
    exponent = exponent - digits < least - digits + 1 ? least - digits + 1 : exponent - digits;
    return (double)(fabsl(got - want) / ldexpl(1, exponent));
}

static void note(double x, double off, double *most, double *where) {
    if (off <= *most) return;
    *most = off;
    *where = x;
}

static void check(const char *set, const char *type, const sample *f, double most, double where, double allowed) {
    if (getenv("DFOO_SHOW_ULPS")) printf("%-9s %-4s %-8s %.3f ulp at %a\n", set, type, f->name, most, where);
    if (!(most <= allowed)) fail_msg("%s, %s, %s: off by %g ulp at %a", set, type, f->name, most, where);
}

static void check_f32(const char *set, const kernels *k, const sample *f) {
    static float x[N], y[N], one[N];
    double   most = 0, where = 0;
    uint64_t bits = 0;
    for (size_t i = 0; i < N; i++) one[i] = 1;
    while (bits <= UINT32_MAX) {
        size_t n = 0;
        for (; n < N && bits <= UINT32_MAX; n++, bits += float_step) {
            uint32_t b = (uint32_t)bits;
            memcpy(&x[n], &b, sizeof b);
        }
        k->op[f->op](n, y, x, one, one);
        for (size_t i = 0; i < n; i++)
            note((double)x[i], ulps((long double)y[i], f->value((long double)x[i]), 24, -126), &most, &where);
    }
    check(set, "f32", f, most, where, f->f32_most);
}

/* All exponents and signs, and numbers near the edges. */
static void check_f64(const char *set, const kernels *k, const sample *f) {
    static double x[N], y[N], one[N];
    static const double edges[] = {0.0, -0.0, INFINITY, -INFINITY, NAN, 1, -1, 709.78, 709.79, -745.1, -745.2, -708.5, 0x1p-1022, 0x1p-1074};
    double most = 0, where = 0;
    rng    r = rng_start(3, RNG_CHECK, 0);
    for (size_t i = 0; i < N; i++) one[i] = 1;
    for (int round = 0; round < (float_step == 1 ? 2000 : 20); round++) {
        for (size_t i = 0; i < N; i++) {
            uint64_t b = rng_bits(&r);
            memcpy(&x[i], &b, sizeof b);
            if (i % 2) x[i] = rng_normal(&r) * exp2((double)rng_below(&r, 24) - 14);
            if (round == 0 && i < sizeof edges / sizeof edges[0]) x[i] = edges[i];
        }
        k->op[f->op](N, y, x, one, one);
        for (size_t i = 0; i < N; i++)
            note(x[i], ulps((long double)y[i], f->value((long double)x[i]), 53, -1022), &most, &where);
    }
    check(set, "f64", f, most, where, f->f64_most);
}

static void test_every_set(void **state) {
    (void)state;
    for (exec_isa isa = EXEC_REFERENCE; isa < EXEC_ISAS; isa++) {
        const isa_kernels *by = exec_isa_here(isa) ? isa_at(isa) : NULL;
        for (size_t i = 0; by && i < sizeof functions / sizeof functions[0]; i++) {
            check_f32(by->name, by->kernels(EXEC_F32), &functions[i]);
            check_f64(by->name, by->kernels(EXEC_F64), &functions[i]);
        }
    }
}

/* Every operation on bits of every kind, and all sums: where multiplying and adding is one operation, the bits of
 * the reference; what is not a number may be any such. */
static bool same(const void *x, const void *y, size_t n, exec_dtype type) {
    for (size_t i = 0; i < n; i++) {
        double a = type == EXEC_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
        double b = type == EXEC_F32 ? (double)((const float *)y)[i] : ((const double *)y)[i];
        if (a != b && !(isnan(a) && isnan(b))) return false;
        if (a == b && signbit(a) != signbit(b)) return false;
    }
    return true;
}

typedef union numbers {
    float  f32[N];
    double f64[N];
} numbers;

static void fill(rng *r, numbers *x, exec_dtype type, bool moderate) {
    for (size_t i = 0; i < N; i++) {
        uint64_t bits = rng_bits(r);
        double   z = rng_normal(r) * exp2((double)rng_below(r, 16) - 9);
        if (type == EXEC_F32 && !moderate) memcpy(&x->f32[i], &bits, sizeof(float));
        else if (type == EXEC_F32) x->f32[i] = (float)z;
        else if (!moderate) memcpy(&x->f64[i], &bits, sizeof(double));
        else x->f64[i] = z;
    }
}

static void compare_operations(const isa_kernels *by, exec_dtype type, rng *r, size_t n) {
    static numbers a, b, c, want, got;
    const kernels *k = by->kernels(type), *k0 = kernels_reference(type);
    bool           moderate = rng_below(r, 2);
    fill(r, &a, type, moderate);
    fill(r, &b, type, moderate);
    fill(r, &c, type, moderate);
    for (int op = 1; op < OP_COUNT; op++) {
        if (!k->op[op]) continue;
        k0->op[op](n, &want, &a, &b, &c);
        k->op[op](n, &got, &a, &b, &c);
        if (!same(&want, &got, n, type)) fail_msg("%s of %zu numbers differs: %s", op_table[op].id, n, by->name);
    }
    fill(r, &a, type, true);
    double sum = k->sum(n, &a), sum0 = k0->sum(n, &a);
    assert_true(sum == sum0 && k->most(n, &a) == k0->most(n, &a));
    for (int is_log = 0; is_log < 2; is_log++) {
        size_t rows = 1 + rng_below(r, (uint32_t)n), cols = n / rows;
        k0->softmax_rows(is_log, rows, cols, &want, &a);
        k->softmax_rows(is_log, rows, cols, &got, &a);
        assert_true(same(&want, &got, rows * cols, type));
        k0->softmax_cols(is_log, rows, cols, cols, &want, &a);
        k->softmax_cols(is_log, rows, cols, cols, &got, &a);
        assert_true(same(&want, &got, rows * cols, type));
    }
}

static void test_same_bits(void **state) {
    (void)state;
    rng r = rng_start(11, RNG_CHECK, 0);
    for (exec_isa isa = EXEC_BASELINE; isa < EXEC_ISAS; isa++) {
        const isa_kernels *by = exec_isa_here(isa) ? isa_at(isa) : NULL;
        for (int i = 0; by && by->fused && i < 60; i++)
            compare_operations(by, i % 2 ? EXEC_F32 : EXEC_F64, &r, 1 + rng_below(&r, i % 5 ? 100 : N));
    }
}

int main(int argc, char **argv) {
    if (argc > 1) float_step = (uint32_t)atoi(argv[1]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_set), cmocka_unit_test(test_same_bits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

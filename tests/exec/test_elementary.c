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
#include "run/exec/kernels.h"

typedef long double (*truth)(long double);

typedef struct sample {
    const char *name;
    op_id       op;
    truth       value;
    double      f32_most, f64_most; /* how many ulp it may be off */
} sample;

static long double true_elu(long double x) { return x > 0 ? x : expm1l(x); }

static const sample functions[] = {
    {"exp", OP_EXP, expl, 1.1, 1.1},
    {"log", OP_LOG, logl, 0.9, 0.9},
    {"log1p", OP_LOG1P, log1pl, 1, 1},
    {"tanh", OP_TANH, tanhl, 2.5, 2.5},
    {"expm1", OP_ELU, true_elu, 1.2, 1.2},
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

static void check_set(const char *set, const kernels *(*get)(exec_dtype)) {
    if (!get(EXEC_F32)) return;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
        check_f32(set, get(EXEC_F32), &functions[i]);
        check_f64(set, get(EXEC_F64), &functions[i]);
    }
}

static void test_baseline(void **state) {
    (void)state;
    check_set("baseline", kernels_baseline);
}

static void test_avx2(void **state) {
    (void)state;
    if (!kernels_have_avx2()) skip();
    check_set("avx2", kernels_avx2);
}

static void test_avx512(void **state) {
    (void)state;
    if (!kernels_have_avx512()) skip();
    check_set("avx512", kernels_avx512);
}

int main(int argc, char **argv) {
    if (argc > 1) float_step = (uint32_t)atoi(argv[1]);
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_baseline), cmocka_unit_test(test_avx2), cmocka_unit_test(test_avx512)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

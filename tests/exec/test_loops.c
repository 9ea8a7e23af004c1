/* Loops that do several operations have the bits of these operations one after the other: each pattern of
 * loops.def is gone through, operation by operation, with the kernels of single ones, for awkward lengths, on
 * every instruction set; and so are operations of which one operand is a single number. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "run/exec/isa.h"

enum { X = OP_COUNT, Y, Z, P, Q, R, ZERO, ONE, TWO };
enum { N = 1100, LONGEST = 20 };

typedef struct loop_text {
    const char *name;
    uint8_t     n, token[LONGEST];
} loop_text;

#define BRACES(...) {__VA_ARGS__}
#define LOOP(ID, PATTERN, VALUE) {#ID, sizeof((uint8_t[])BRACES PATTERN), BRACES PATTERN},
static const loop_text loops[] = {
#include "run/plan/loops.def"
};

static const size_t lengths[] = {1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 63, 65, 127, 400, 511, 512, 513, N};

typedef double row[N]; /* room for N numbers of either type */

static void put(exec_dtype type, void *to, size_t i, double v) {
    if (type == EXEC_F32) ((float *)to)[i] = (float)v;
    else ((double *)to)[i] = v;
}

/* n numbers of all sizes, with zeros of both signs, what is not finite and what is least among them. */
static void fill(rng *r, exec_dtype type, bool moderate, size_t n, void *to) {
    static const double odd[] = {0, -0.0, INFINITY, -INFINITY, NAN, 1e-42, -1e-310, 1e38, 1};
    for (size_t i = 0; i < n; i++) {
        double z = rng_normal(r) * exp2((double)rng_below(r, 16) - 9);
        put(type, to, i, moderate || rng_below(r, 4) ? z : odd[rng_below(r, sizeof odd / sizeof *odd)]);
    }
}

static bool same(exec_dtype type, size_t n, const void *x, const void *y) {
    for (size_t i = 0; i < n; i++) {
        double a = type == EXEC_F32 ? (double)((const float *)x)[i] : ((const double *)x)[i];
        double b = type == EXEC_F32 ? (double)((const float *)y)[i] : ((const double *)y)[i];
        if (isnan(a) != isnan(b) || (!isnan(a) && (a != b || signbit(a) != signbit(b)))) return false;
    }
    return true;
}

static void first_everywhere(const kernels *k, size_t n, void *to, const void *from) {
    k->repeat(n, 1, to, from);
}

/* The pattern, operation by operation, on a stack of rows. */
static void by_operations(const kernels *k, const loop_text *x, size_t n, const void *const *leaf, bool one,
                          void *out) {
    static row stack[LONGEST];
    int        top = 0;
    for (int i = 0; i < x->n; i++) {
        uint8_t token = x->token[i];
        if (token >= ZERO) {
            k->fill(n, stack[top++], token - ZERO);
        } else if (token >= P || (token == Y && one)) {
            first_everywhere(k, n, stack[top++], leaf[token - X]);
        } else if (token >= X) {
            k->copy(n, stack[top++], leaf[token - X], NULL, NULL);
        } else if (token == OP_POW) { /* the only power is a square */
            assert_int_equal(x->token[i - 1], TWO);
            top--;
            k->square(n, stack[top - 1], stack[top - 1], NULL, NULL);
        } else {
            top -= (int)op_table[token].arity;
            k->op[token](n, stack[top], stack[top], stack[top + 1], NULL);
            top++;
        }
    }
    assert_int_equal(top, 1);
    memcpy(out, stack[0], sizeof stack[0]);
}

static void check_loops(rng *r, const isa_kernels *by, exec_dtype type) {
    static row     x[LOOP_LEAVES], want, got;
    const void    *leaf[LOOP_LEAVES];
    const kernels *k = by->kernels(type);
    for (int i = 0; i < LOOP_LEAVES; i++) leaf[i] = x[i];
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (uint8_t i = 1; i < LOOP_COUNT; i++)
            for (int one = 0; one < 2; one++) {
                size_t n = lengths[l];
                for (int q = 0; q < LOOP_LEAVES; q++) fill(r, type, l % 2, n, x[q]);
                by_operations(k, &loops[i - 1], n, leaf, one, want);
                (one ? k->loop_one : k->loop)[i](n, got, leaf);
                if (!same(type, n, want, got))
                    fail_msg("%s of %zu entries: %s, %s", loops[i - 1].name, n, by->name, one ? "one y" : "");
                (one ? k->loop_one : k->loop)[i](n, x[LOOP_X], leaf); /* where an operand stands */
                if (!same(type, n, want, x[LOOP_X])) fail_msg("%s in place: %s", loops[i - 1].name, by->name);
            }
}

static void check_single_numbers(rng *r, const isa_kernels *by, exec_dtype type) {
    static row     a, b, all, want, got;
    const kernels *k = by->kernels(type);
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (int op = 1; op < OP_COUNT; op++) {
            size_t n = lengths[l];
            if (!k->op[op] || op_table[op].arity != 2) continue;
            fill(r, type, l % 2, n, a);
            fill(r, type, l % 2, n, b);
            first_everywhere(k, n, all, a);
            k->op[op](n, want, all, b, NULL);
            k->first[op](n, got, a, b, NULL);
            if (!same(type, n, want, got)) fail_msg("%s: first, %s", op_table[op].id, by->name);
            first_everywhere(k, n, all, b);
            k->op[op](n, want, a, all, NULL);
            k->second[op](n, got, a, b, NULL);
            if (!same(type, n, want, got)) fail_msg("%s: second, %s", op_table[op].id, by->name);
        }
}

static void test_every_set(void **state) {
    (void)state;
    rng r = rng_start(5, RNG_CHECK, 0);
    for (exec_isa isa = EXEC_REFERENCE; isa < EXEC_ISAS; isa++) {
        if (!exec_isa_here(isa)) continue;
        for (int type = 0; type < 2; type++) {
            check_loops(&r, isa_at(isa), type ? EXEC_F64 : EXEC_F32);
            check_single_numbers(&r, isa_at(isa), type ? EXEC_F64 : EXEC_F32);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_set)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}

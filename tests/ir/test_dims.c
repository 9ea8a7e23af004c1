/* Sums of dimensions: their arithmetic against numbers, and that equal ones have one name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/ir/eval.h"

enum { N_NAMES = 4 };

typedef struct bench {
    arena   a;
    symbols names;
    sizes   s;
    sym     name[N_NAMES];
} bench;

static void bench_open(bench *b) {
    static const char *const text[N_NAMES] = {"n", "k", "m", "p1"};
    arena_init(&b->a, mem_default());
    symbols_init(&b->names, &b->a);
    for (int i = 0; i < N_NAMES; i++) b->name[i] = symbols_add(&b->names, text[i], strlen(text[i]));
    assert_int_equal(sizes_init(&b->s, &b->a, &b->names), DFOO_OK);
}

static int64_t value_of(const bench *b, const dim_sum *s) {
    int64_t sum = 0;
    for (uint32_t i = 0; i < s->n; i++) {
        int64_t term = s->at[i].times;
        for (uint32_t k = 0; k < s->at[i].n; k++) term *= (int64_t)b->s.of[s->at[i].of[k]];
        sum += term;
    }
    return sum;
}

static dim_sum random_sum(const bench *b, rng *r, int depth) {
    if (depth == 0 && rng_below(r, 3) == 0) return dim_sum_number((int64_t)rng_below(r, 7) - 3);
    if (depth == 0) return dim_read(&b->names, dim_named(b->name[rng_below(r, N_NAMES)]));
    dim_sum x = random_sum(b, r, depth - 1), y = random_sum(b, r, depth - 1);
    switch (rng_below(r, 3)) {
    case 0: return dim_sum_add(x, y);
    case 1: return dim_sum_sub(x, y);
    default: return dim_sum_times(x, y);
    }
}

static void set_sizes(bench *b, rng *r, uint32_t most) {
    for (int i = 0; i < N_NAMES; i++) b->s.of[b->name[i]] = 1 + rng_below(r, most);
}

/* (x + y) - y is x, x * y / y is x, and each has the value that its numbers have; a name read back is the sum. */
static void arithmetic_is_that_of_numbers(void **state) {
    (void)state;
    bench    b;
    rng      r = rng_start(1, RNG_CHECK, 0);
    uint32_t held = 0, divided = 0;
    bench_open(&b);
    for (int round = 0; round < 3000; round++) {
        dim_sum x = random_sum(&b, &r, 2), y = random_sum(&b, &r, 1);
        dim_sum sum = dim_sum_add(x, y), product = dim_sum_times(x, y), back = dim_sum_sub(sum, y);
        dim     d;
        set_sizes(&b, &r, 9);
        if (sum.failed || product.failed || back.failed) continue;
        assert_int_equal(value_of(&b, &sum), value_of(&b, &x) + value_of(&b, &y));
        assert_int_equal(value_of(&b, &product), value_of(&b, &x) * value_of(&b, &y));
        assert_memory_equal(back.at, x.at, x.n * sizeof *x.at);
        assert_int_equal(back.n, x.n);
        if (y.n && x.n) {
            dim_sum quotient = dim_sum_over(product, y);
            assert_false(quotient.failed);
            assert_int_equal(quotient.n, x.n);
            assert_int_equal(value_of(&b, &quotient), value_of(&b, &x));
            divided++;
        }
        if (!dim_write(&b.names, &x, &d) || !d) continue;
        dim_sum again = dim_read(&b.names, d);
        assert_int_equal(again.n, x.n);
        assert_memory_equal(again.at, x.at, x.n * sizeof *x.at);
        if (value_of(&b, &x) > 0) assert_int_equal(sizes_get(&b.s, d), value_of(&b, &x));
        held++;
    }
    assert_true(held > 800 && divided > 1000);
    arena_free(&b.a);
}

/* What is said to hold whatever the sizes are holds for all that are drawn; of what is not, some draw breaks it. */
static void bounds_hold_for_all_sizes(void **state) {
    (void)state;
    bench    b;
    rng      r = rng_start(2, RNG_CHECK, 0);
    uint32_t least = 0, below = 0;
    bench_open(&b);
    for (int round = 0; round < 2000; round++) {
        dim_sum x = random_sum(&b, &r, 2);
        int64_t bound = (int64_t)rng_below(&r, 5) - 1;
        bool    at_least = dim_sum_at_least(&x, bound), is_below = dim_sum_below(&x, bound);
        if (x.failed) continue;
        assert_false(at_least && is_below);
        for (int i = 0; i < 10; i++) {
            set_sizes(&b, &r, i ? 6 : 1);
            if (at_least) assert_true(value_of(&b, &x) >= bound);
            if (is_below) assert_true(value_of(&b, &x) < bound);
        }
        least += at_least;
        below += is_below;
    }
    assert_true(least > 100 && below > 100);
    arena_free(&b.a);
}

static void names(void **state) {
    (void)state;
    bench b;
    dim   n, k, sum, other, four;
    bench_open(&b);
    n = dim_named(b.name[0]);
    k = dim_named(b.name[1]);
    assert_true(dim_add(&b.names, n, k, &sum) && dim_add(&b.names, k, n, &other) && sum == other);
    assert_string_equal(symbols_name(&b.names, dim_name(sum)), "n + k");
    assert_true(dim_sub(&b.names, sum, k, &other) && other == n);
    assert_true(dim_mul(&b.names, dim_literal(4), n, &four));
    assert_string_equal(symbols_name(&b.names, dim_name(four)), "4*n");
    assert_true(dim_over(&b.names, four, n, &other) && other == dim_literal(4));
    assert_false(dim_over(&b.names, sum, n, &other));
    assert_true(dim_sub(&b.names, n, dim_literal(1), &other));
    assert_string_equal(symbols_name(&b.names, dim_name(other)), "n - 1");
    assert_true(dim_sub(&b.names, n, n, &other) && other == 0);
    assert_false(dim_sub(&b.names, dim_literal(1), dim_literal(2), &other));
    assert_false(dim_sub(&b.names, 0, n, &other));
    assert_true(dim_has(&b.names, sum, b.name[1]) && !dim_has(&b.names, four, b.name[1]));
    assert_true(dim_is_sum(&b.names, four) && !dim_is_sum(&b.names, n) && !dim_is_sum(&b.names, 3));
    arena_free(&b.a);
}

/* A matrix of (4*n, ..) that has 12 rows says that n is 3. */
static void sizes_follow_from_sums(void **state) {
    (void)state;
    bench b;
    dim   n, k, four, sum = 0, less = 0;
    bench_open(&b);
    n = dim_named(b.name[0]);
    k = dim_named(b.name[1]);
    assert_true(dim_mul(&b.names, dim_literal(4), n, &four) && dim_add(&b.names, n, k, &sum) &&
                dim_sub(&b.names, n, dim_literal(3), &less));
    assert_int_equal(sizes_get(&b.s, four), 0);
    assert_false(sizes_set(&b.s, dim_name(four), 13));
    assert_false(sizes_set(&b.s, dim_name(sum), 5)); /* two are not known */
    assert_true(sizes_set(&b.s, dim_name(four), 12));
    assert_int_equal(sizes_get(&b.s, n), 3);
    assert_false(sizes_set(&b.s, dim_name(four), 16));
    assert_false(sizes_set(&b.s, dim_name(sum), 3)); /* k would be 0 */
    assert_true(sizes_set(&b.s, dim_name(sum), 5));
    assert_int_equal(sizes_get(&b.s, k), 2);
    assert_int_equal(sizes_get(&b.s, less), 0); /* no size */
    assert_int_equal(sizes_offset(&b.s, 0), 0);
    assert_int_equal(sizes_get_with(&b.s, sum, b.name[0], 10), 12);
    assert_int_equal(sizes_get(&b.s, sum), 5);
    arena_free(&b.a);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_is_that_of_numbers),
        cmocka_unit_test(bounds_hold_for_all_sizes),
        cmocka_unit_test(names),
        cmocka_unit_test(sizes_follow_from_sums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

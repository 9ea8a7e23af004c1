/* How far a gradient may be from its difference quotients: just below each bound it is right, just above wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "teach/check/inside.h"

static const double below = 0.999, above = 1.001;

/* One entry, whose quotient is `value` but for `error`; the gradient has `derived`, but for `rounding`. */
static verdict verdict_of(double value, double error, double rounding, double derived) {
    difference  one = {.at = 0, .value = value, .error = error, .judged = true};
    differences q = {.rows = 1, .cols = 1, .error = error, .list = {.at = &one, .n = 1}};
    judged      j = judge(&q, (matrix){.rows = 1, .cols = 1, .at = &derived}, &rounding, false);
    assert_int_equal(j.n_checked, 1);
    return j.verdict;
}

static void a_ten_thousand_millionth_of_itself(void **state) {
    static const double sizes[] = {1, -3, 1e-6, 1e9};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double x = sizes[i];
        assert_int_equal(verdict_of(x, 0, 0, x * (1 - below * 1e-10)), VERDICT_RIGHT);
        assert_int_equal(verdict_of(x, 0, 0, x * (1 - above * 1e-10)), VERDICT_WRONG);
        assert_int_equal(verdict_of(x * (1 - below * 1e-10), 0, 0, x), VERDICT_RIGHT);
        assert_int_equal(verdict_of(x * (1 - above * 1e-10), 0, 0, x), VERDICT_WRONG);
    }
}

/* .. and four times the quotient's error, and the gradient's rounding. */
static void errors_and_rounding(void **state) {
    (void)state;
    assert_int_equal(verdict_of(1, 1e-5, 0, 1 - below * 4e-5), VERDICT_RIGHT);
    assert_int_equal(verdict_of(1, 1e-5, 0, 1 - above * 4e-5), VERDICT_WRONG);
    assert_int_equal(verdict_of(1, 0, 1e-5, 1 - below * 1e-5), VERDICT_RIGHT);
    assert_int_equal(verdict_of(1, 0, 1e-5, 1 - above * 1e-5), VERDICT_WRONG);
    assert_int_equal(verdict_of(1, 1e-5, 2e-5, 1 - below * 6e-5), VERDICT_RIGHT);
    assert_int_equal(verdict_of(1, 1e-5, 2e-5, 1 - above * 6e-5), VERDICT_WRONG);
}

/* Where all this together is a thousandth, agreeing says little; where nothing is left it says nothing. */
static void three_digits_are_proof(void **state) {
    (void)state;
    assert_int_equal(verdict_of(1, below * 0.25e-3, 0, 1), VERDICT_RIGHT);
    assert_int_equal(verdict_of(1, above * 0.25e-3, 0, 1), VERDICT_VAGUE);
    assert_int_equal(verdict_of(1, 0, below * 1e-3, 1), VERDICT_RIGHT);
    assert_int_equal(verdict_of(1, 0, above * 1e-3, 1), VERDICT_VAGUE);
    assert_int_equal(verdict_of(below * 4e-6, 1e-6, 1e-6, below * 1e-6), VERDICT_ROUNDING);
    assert_int_equal(verdict_of(above * 4e-6, 1e-6, 1e-6, below * 1e-6), VERDICT_VAGUE);
    assert_int_equal(verdict_of(below * 4e-6, 1e-6, 1e-6, above * 1e-6), VERDICT_VAGUE);
    assert_int_equal(verdict_of(0, 1e-3, 0, 0), VERDICT_ZERO);
}

/* Along a direction the bound is a part of the root of the sum of squares of what is added. */
static void along_a_direction(void **state) {
    static const double direction[] = {0.6, -0.8};
    double              derived[] = {5, 5}; /* 3 - 4 = -1, of the size 5 */
    difference          one = {.at = ALONG, .judged = true};
    differences         q = {.rows = 1, .cols = 2, .direction = direction, .list = {.at = &one, .n = 1}};
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        one.value = -1 + (wrong ? above : below) * 5e-10;
        judged j = judge(&q, (matrix){.rows = 1, .cols = 2, .at = derived}, NULL, false);
        assert_true(j.along);
        assert_int_equal(j.verdict, wrong ? VERDICT_WRONG : VERDICT_RIGHT);
    }
}

/* A factor is one of every entry: to `same` of the largest. */
static void one_factor_of_all_entries(void **state) {
    static const double same = 1e-8;
    double              y[] = {4, -1, 0}, x[] = {12, -3, 0};
    matrix              a = {1, 3, x}, b = {1, 3, y}, turned = {3, 1, y}, none = {1, 3, NULL};
    (void)state;
    for (int k = 1; k < 3; k++) {
        double right = x[k];
        x[k] = right + below * same * 12;
        assert_true(matrix_factor(a, b, same) == 3);
        x[k] = right + above * same * 12;
        assert_true(matrix_factor(a, b, same) == 0);
        x[k] = right;
    }
    assert_true(matrix_factor(a, turned, same) == 0);
    assert_true(matrix_factor(a, none, same) == 0);
    y[0] = y[1] = 0; /* nothing is a multiple of nothing */
    assert_true(matrix_factor(a, b, same) == 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ten_thousand_millionth_of_itself),
        cmocka_unit_test(errors_and_rounding),
        cmocka_unit_test(three_digits_are_proof),
        cmocka_unit_test(along_a_direction),
        cmocka_unit_test(one_factor_of_all_entries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Statements: lists of names, lines over several lines, functions that hide one of the table, and what
 * is said (and not said) behind a line with a mistake. */
#include "reading.h"

static void several_names_in_a_line(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "const lambda = 0.5, half = lambda/2, two = 2\nfunction g1, g2\nsize n0 = 3, n1 = 4\ninput X : (n0, m)\n"
                     "param W : (n1,\n  n0) ~ normal(half)\nZ = g2(g1(W @ X)\n   # in between\n   ) * two\nA = Z + 1\n"
                     "J = mean(A)\nminimize J\npredict A, Z\npredict J\n");
    assert_int_equal(r.m.functions.n, 2);
    assert_int_equal(r.m.size_values.n, 2);
    assert_int_equal(r.m.predict.n, 3);
    assert_true(ir_var(&r.m.g, reading_var(&r, "half"))->value == 0.25);
    assert_true(ir_var(&r.m.g, reading_var(&r, "W"))->init_arg[0] == 0.25);
    reading_close(&r);
}

/* The file's own swish is used, and may use what it hides no more. */
static void a_function_may_hide_one_of_the_table(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "swish(z) = 2 * z\ntanh(z) = swish(z) + 1\ninput X : (n0, m)\nA = tanh(X)\nJ = mean(A)\nminimize J\n");
    assert_string_equal(reading_text(&r, program_find(&r.m.forward, reading_var(&r, "A"))->node), "2 * X + 1");
    reading_close(&r);
}

static void check_messages(const char *text, const char *messages) {
    reading r;
    buf     out;
    assert_int_equal(reading_try(&r, mem_default(), text), DFOO_EINPUT);
    buf_init(&out, r.a.mem);
    diags_render(&r.d, 0, &out);
    assert_string_equal(out.text ? out.text : "", messages);
    buf_free(&out);
    reading_close(&r);
}

/* One mistake, one message: lines that use a broken name are not blamed. */
static void only_the_mistake_is_reported(void **state) {
    (void)state;
    check_messages("input X : (n0, m)\nZ = X\nL = Z + foo\nJ = mean(L)\nminimize J\ndZ = 1/m * dL\ndL = ones(n0, m)\ndJ = 1\n",
                   "test.eq:3:9: error: unknown name 'foo'\n    3 | L = Z + foo\n      |         ^~~\n");
    check_messages("const c = 1 +\ninput X : (n0, m)\nA = c*X\nJ = mean(A)\nminimize J\ndA = c * X\n",
                   "test.eq:1:14: error: the line ends where a value is expected\n    1 | const c = 1 +\n      |              ^\n");
    check_messages("input X : (n0, m)\nJ = sum(X, 1)\nminimize J\n",
                   "test.eq:2:5: error: sum takes 1 operand, not 2\n    2 | J = sum(X, 1)\n      |     ^~~~~~~~~\n"
                   "   an axis is named: sum(X, axis=1)\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(several_names_in_a_line),
        cmocka_unit_test(a_function_may_hide_one_of_the_table),
        cmocka_unit_test(only_the_mistake_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

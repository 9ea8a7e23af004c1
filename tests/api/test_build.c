/* Models without text: the same model as from text, wherever it is looked at; mistakes name the call that
 * made them. */
#include "failing_allocator.h"

#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

static dfoo *d;

static int begin(void **state) {
    (void)state;
    return dfoo_open(NULL, &d) == DFOO_OK ? 0 : -1;
}

static int end(void **state) {
    (void)state;
    dfoo_close(d);
    return 0;
}

/* The built-in two_layer, call by call. */
static dfoo_status two_layer(dfoo *context, dfoo_model **out) {
    dfoo_builder *b;
    *out = NULL;
    DFOO_TRY(dfoo_build_begin(context, "two_layer.eq", &b));
    dfoo_build_size(b, "n1", 4);
    dfoo_term X = dfoo_build_input(b, "X", "n0", "m"), Y = dfoo_build_label(b, "Y", "n2", "m");
    dfoo_term W1 = dfoo_build_param(b, "W1", "n1", "n0", "xavier"), b1 = dfoo_build_param(b, "b1", "n1", "1",
                                                                                          "zeros");
    dfoo_term W2 = dfoo_build_param(b, "W2", "n2", "n1", "xavier"), b2 = dfoo_build_param(b, "b2", "n2", "1",
                                                                                          "zeros");
    dfoo_term one = dfoo_build_number(b, 1), m = dfoo_build_size_of(b, "m");
    dfoo_term Z1 = dfoo_build_name(b, "Z1", dfoo_build_add(b, dfoo_build_matmul(b, W1, X), b1));
    dfoo_term A1 = dfoo_build_name(b, "A1", dfoo_build_apply(b, "tanh", Z1, 0, 0));
    dfoo_term Z2 = dfoo_build_name(b, "Z2", dfoo_build_add(b, dfoo_build_matmul(b, W2, A1), b2));
    dfoo_term A2 = dfoo_build_name(b, "A2", dfoo_build_apply(b, "sigmoid", Z2, 0, 0));
    dfoo_term yes = dfoo_build_mul(b, Y, dfoo_build_apply(b, "log", A2, 0, 0));
    dfoo_term no = dfoo_build_mul(b, dfoo_build_sub(b, one, Y),
                                  dfoo_build_apply(b, "log", dfoo_build_sub(b, one, A2), 0, 0));
    dfoo_term L = dfoo_build_name(b, "L", dfoo_build_neg(b, dfoo_build_add(b, yes, no)));
    dfoo_term J = dfoo_build_mul(b, dfoo_build_div(b, one, m), dfoo_build_sum(b, L, DFOO_ALL));
    dfoo_build_minimize(b, dfoo_build_name(b, "J", J));
    dfoo_build_predict(b, A2);
    dfoo_status status = dfoo_build_end(b, out);
    dfoo_build_free(b);
    return status;
}

static char *derived(dfoo_model *model) {
    char *text;
    assert_int_equal(dfoo_derive(model, DFOO_WITH(dfoo_derive_options, .steps = 1), &text), DFOO_OK);
    return text;
}

static void built_is_written(void **state) {
    dfoo_model *built, *read;
    char       *text;
    (void)state;
    if (two_layer(d, &built) != DFOO_OK) fail_msg("%s", dfoo_messages(d));
    assert_int_equal(dfoo_model_read(d, "two_layer", &read), DFOO_OK);
    char *a = derived(built), *b = derived(read);
    assert_string_equal(a, b);
    assert_int_equal(dfoo_model_text(built, &text), DFOO_OK);
    assert_string_equal(text,
                        "size n1 = 4\ninput X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0) ~ xavier\n"
                              "param b1 : (n1, 1) ~ zeros\nparam W2 : (n2, n1) ~ xavier\nparam b2 : (n2, 1) ~ zeros\n"
                              "Z1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n"
                              "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1 / m * sum(L)\nminimize J\npredict A2\n");
    dfoo_text_free(d, a);
    dfoo_text_free(d, b);
    dfoo_text_free(d, text);
    dfoo_model_free(built);
    dfoo_model_free(read);
}

/* Brackets stand where the notation needs them. */
static void brackets(void **state) {
    dfoo_builder *b;
    dfoo_model   *model;
    char         *text;
    (void)state;
    assert_int_equal(dfoo_build_begin(d, "brackets", &b), DFOO_OK);
    dfoo_term x = dfoo_build_input(b, "x", "n", "m"), w = dfoo_build_param(b, "w", "n", "1", NULL);
    dfoo_term two = dfoo_build_number(b, -2), c = dfoo_build_const(b, "c", 0.5);
    dfoo_term sum = dfoo_build_add(b, x, w), difference = dfoo_build_sub(b, x, sum);
    dfoo_term t = dfoo_build_div(b, difference, dfoo_build_div(b, c, two));
    t = dfoo_build_pow(b, dfoo_build_neg(b, t), dfoo_build_number(b, 2));
    t = dfoo_build_transpose(b, dfoo_build_mul(b, t, difference));
    dfoo_build_minimize(b, dfoo_build_name(b, "J",
                                           dfoo_build_mean(b, dfoo_build_sum(b, t, DFOO_AXIS_1), DFOO_ALL)));
    if (dfoo_build_end(b, &model) != DFOO_OK) fail_msg("%s", dfoo_messages(d));
    assert_int_equal(dfoo_model_text(model, &text), DFOO_OK);
    assert_non_null(strstr(text,
                           "J = mean(sum(((-((x - (x + w)) / (c / -2)))**2 * (x - (x + w))).T, axis=1, keepdims=True))\n"));
    dfoo_text_free(d, text);
    dfoo_model_free(model);
    dfoo_build_free(b);
}

static void expect(const char *text) {
    bool found = false;
    for (size_t i = 0; i < dfoo_message_count(d); i++) {
        const dfoo_message *m = dfoo_message_at(d, i);
        found = found || strstr(m->text, text) || strstr(m->suggestion, text);
        assert_null(m->file);
    }
    if (!found) fail_msg("no message has '%s':\n%s", text, dfoo_messages(d));
}

static void mistakes_name_the_call(void **state) {
    dfoo_builder *b;
    dfoo_model   *model;
    (void)state;
    dfoo_messages_clear(d);
    assert_int_equal(dfoo_build_begin(d, "wrong", &b), DFOO_OK);
    dfoo_term X = dfoo_build_input(b, "X", "n0", "m"), Y = dfoo_build_label(b, "Y", "n2", "m");  /* 1, 2 */
    dfoo_term W = dfoo_build_param(b, "W", "n1", "n0", NULL), c = dfoo_build_param(b, "c", "n1", "1", NULL); /* 3, 4 */
    dfoo_term A = dfoo_build_apply(b, "tanh", dfoo_build_add(b, dfoo_build_matmul(b, W, Y), c), 0, 0);  /* 5, 6, 7 */
    dfoo_term Z = dfoo_build_name(b, "Z", dfoo_build_add(b, A, X));                                   /* 8, 9 */
    dfoo_build_minimize(b, dfoo_build_name(b, "J", dfoo_build_sum(b, Z, DFOO_ALL)));
    assert_int_equal(dfoo_build_end(b, &model), DFOO_EINPUT);
    assert_null(model);
    expect("dfoo_build_matmul, call 5: inner dimensions differ: (n1, n0) @ (n2, m) needs n0 = n2");
    expect("X : (n0, m) would fit here");
    expect("in   Z = tanh(W @ Y + c) + X");
    dfoo_messages_clear(d);
    dfoo_build_free(b);
}

static void misuse_is_told_once(void **state) {
    dfoo_builder *b;
    dfoo_model   *model;
    (void)state;
    assert_int_equal(dfoo_build_begin(d, "wrong", &b), DFOO_OK);
    dfoo_term none = dfoo_build_input(b, "X 1", "n0", "m");
    assert_int_equal(none, 0);
    assert_int_equal(dfoo_build_add(b, none, none), 0);
    assert_int_equal(dfoo_build_name(b, "Z", none), 0);
    assert_int_equal(dfoo_build_minimize(b, none), DFOO_EUSE);
    assert_int_equal(dfoo_build_end(b, &model), DFOO_EUSE);
    assert_int_equal(dfoo_message_count(d), 1);
    expect("dfoo_build_input, call 1: a variable needs a name");
    dfoo_messages_clear(d);
    dfoo_term x = dfoo_build_input(b, "X", "n0", "m");
    assert_int_equal(dfoo_build_sum(b, x, (dfoo_axis)3), 0);
    assert_int_equal(dfoo_build_neg(b, 99), 0);
    assert_int_equal(dfoo_build_minimize(b, dfoo_build_neg(b, x)), DFOO_EUSE);
    expect("the term has no name");
    dfoo_term big = x;
    for (int i = 0; i < 40; i++) big = dfoo_build_add(b, big, big);
    assert_int_equal(big, 0);
    expect("a megabyte");
    dfoo_messages_clear(d);
    dfoo_build_free(b);
}

static dfoo_status whole_life(const dfoo_allocator *mem, void *user) {
    dfoo       *own;
    dfoo_model *model;
    (void)user;
    DFOO_TRY(dfoo_open(mem, &own));
    dfoo_status status = two_layer(own, &model);
    dfoo_model_free(model);
    dfoo_close(own);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(whole_life, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(built_is_written),    cmocka_unit_test(brackets),
        cmocka_unit_test(mistakes_name_the_call), cmocka_unit_test(misuse_is_told_once),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("models without text", tests, begin, end);
}

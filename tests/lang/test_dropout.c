/* dropout: its mask is a variable of its own, which stands in the gradient. */
#include "reading.h"

static const char before[] = "const keep = 0.5\nfunction g\ninput X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam W2 : (n2, n1)\n"
                             "Z1 = W1 @ X\nA1 = tanh(Z1)\n";
static const char behind[] = "L = (Z2 - Y)**2\nJ = 1/m * sum(L)\nminimize J\n";

static void open_model(reading *r, const char *middle) {
    static char text[2000];
    snprintf(text, sizeof text, "%s%s%s", before, middle, behind);
    reading_open(r, text);
}

static const char *definition(reading *r, const char *name) {
    return reading_text(r, program_find(&r->m.forward, reading_var(r, name))->node);
}

static const char *gradient_text(reading *r, const char *name) {
    return reading_text(r, derivation_find(&r->dv, reading_var(r, name))->whole);
}

static void it_is_printed_as_it_is_written(void **state) {
    (void)state;
    static const char *const list[] = {"dropout(A1, 0.8)", "dropout(A1, keep)", "dropout(A1, 1)", "dropout(relu(Z1) * A1, 0.25)",
                                       "A1 + dropout(A1, 0.5) @ ones(m, m)"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        reading r;
        char    middle[200];
        snprintf(middle, sizeof middle, "D1 = %s\nZ2 = W2 @ D1\n", list[i]);
        open_model(&r, middle);
        assert_string_equal(definition(&r, "D1"), list[i]);
        assert_int_equal(ir_var(&r.m.g, reading_var(&r, "M1"))->kind, VAR_MASK);
        reading_close(&r);
    }
}

static void the_gradient_has_the_mask(void **state) {
    (void)state;
    reading r;
    open_model(&r, "D1 = dropout(A1, 0.8)\nZ2 = W2 @ D1\n");
    assert_true(ir_keep(&r.m.g, reading_var(&r, "M1")) == 0.8);
    reading_derive(&r, CONVENTION_COURSE);
    assert_string_equal(gradient_text(&r, "Z1"), "W2.T @ dZ2 * M1 * (1 - A1**2)");
    assert_string_equal(gradient_text(&r, "W2"), "1/m * dZ2 @ D1.T");
    assert_null(derivation_find(&r.dv, reading_var(&r, "M1")));
    assert_int_equal(reading_var(&r, "dM1"), 0);
    reading_close(&r);
}

static void each_has_a_mask_of_its_own(void **state) {
    (void)state;
    reading r;
    open_model(&r, "M[1] = dropout(A1, keep) + dropout(A1, keep)\nD2 = dropout(M1, 0.9)\nZ2 = W2 @ D2\n");
    const node *sum = ir_node(&r.m.g, program_find(&r.m.forward, reading_var(&r, "M1"))->node);
    assert_int_not_equal(sum->arg[0], sum->arg[1]);
    assert_int_equal(ir_var(&r.m.g, reading_var(&r, "M1"))->kind, VAR_DEFINED); /* M1 is the user's, further down */
    for (int i = 2; i < 5; i++) {
        char name[] = {'M', (char)('0' + i), 0};
        assert_int_equal(ir_var(&r.m.g, reading_var(&r, name))->kind, VAR_MASK);
    }
    reading_close(&r);
}

/* Draws are 0 and 1/keep, about as many as they should be; the gradient holds for them. */
static void masks_are_drawn(void **state) {
    (void)state;
    reading r;
    held    h = {0};
    rng     any = rng_start(3, RNG_CHECK, 0);
    double  most = 0, sum = 0;
    open_model(&r, "D1 = dropout(A1, 0.25)\nZ2 = W2 @ D1\n");
    reading_derive(&r, CONVENTION_COURSE);
    program p = reading_program(&r, FORM_WHOLE);
    for (uint32_t draw = 0; draw < 100; draw++) {
        values *v = values_of(&r, &p, draw);
        matrix  m = values_var(v, reading_var(&r, "M1"));
        for (size_t i = 0; i < m.rows * m.cols; i++) {
            assert_true(m.at[i] == 0 || m.at[i] == 4);
            sum += m.at[i];
            most++;
        }
    }
    assert_true(fabs(sum / most - 1) < 0.1);
    values *v = values_of(&r, &p, 0), *forward = values_of(&r, &r.dv.forward, 0);
    for (uint32_t i = 0; i < r.dv.list.n; i++) {
        const gradient *one = &r.dv.list.at[i];
        if (ir_var(&r.m.g, one->var)->kind == VAR_PARAM) hold(&h, forward, one->var, values_var(v, one->grad), r.m.cost, 1, 100, &any);
    }
    assert_true(h.n > 4 && h.worst < 1e-6);
    reading_close(&r);
}

static void predicting_goes_without(void **state) {
    (void)state;
    reading r;
    program out = {{0}};
    open_model(&r, "D1 = dropout(A1, 0.8)\nZ2 = W2 @ dropout(D1 * D1, keep)\n");
    assert_int_equal(model_without_dropout(&r.m.g, &r.m.forward, &out), DFOO_OK);
    assert_int_equal(out.list.n, r.m.forward.list.n);
    assert_string_equal(reading_text(&r, program_find(&out, reading_var(&r, "D1"))->node), "A1");
    assert_string_equal(reading_text(&r, program_find(&out, reading_var(&r, "Z2"))->node), "W2 @ (D1 * D1)");
    reading_close(&r);
}

static void check_error(const char *middle, const char *words) {
    reading r;
    buf     out;
    char    text[2000];
    snprintf(text, sizeof text, "%s%s%s", before, middle, behind);
    assert_int_equal(reading_try(&r, mem_default(), text), DFOO_EINPUT);
    buf_init(&out, r.a.mem);
    diags_render(&r.d, 0, &out);
    if (!strstr(out.text, words)) print_message("%s", out.text);
    assert_non_null(strstr(out.text, words));
    buf_free(&out);
    reading_close(&r);
}

static void what_is_wrong(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"Z2 = W2 @ dropout(A1)\n", "dropout takes a value and the part that is kept"},
        {"Z2 = W2 @ dropout(A1, 0.5, 1)\n", "dropout takes a value and the part that is kept"},
        {"Z2 = W2 @ dropout(A1, 0)\n", "more than 0 and at most 1, not 0"},
        {"Z2 = W2 @ dropout(A1, 80)\n", "more than 0 and at most 1, not 80"},
        {"Z2 = W2 @ dropout(A1, A1)\n", "a number or a constant"},
        {"Z2 = W2 @ A1 * dropout(2, 0.5)\n", "this needs a matrix"},
        {"f(z) = dropout(z, 0.5)\nZ2 = W2 @ f(A1)\n", "dropout stands in a definition"},
        {"Z2 = W2 @ A1\nJ2 = sum(Z2)\nminimize J2\ndA1 = dropout(A1, 0.5)\n", "each dropout draws a mask of its own"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check_error(list[i][0], list[i][1]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_is_printed_as_it_is_written),
        cmocka_unit_test(the_gradient_has_the_mask),
        cmocka_unit_test(each_has_a_mask_of_its_own),
        cmocka_unit_test(masks_are_drawn),
        cmocka_unit_test(predicting_goes_without),
        cmocka_unit_test(what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

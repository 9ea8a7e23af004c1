/* Primes on functions: derivatives that are derived from the formula of the function. */
#include "reading.h"

static const char declarations[] = "const slope = 0.2\nfunction g\nswish2(z) = z * sigmoid(z)\ncube(z) = z**3 - 2*z\nline(z) = slope*z\n"
                                   "outer(z) = tanh(2*swish2(z)) + tanh'(z)\nmix(a, b) = a + 2*b\nquotient(z) = z/sum(z)\n"
                                   "input X : (n0, m)\nJ = sum(X)\nminimize J\n";

static void check_text(const char *expression, const char *text) {
    reading r;
    reading_open(&r, declarations);
    node_id n = reading_expression(&r, expression);
    if (!n) reading_fail(&r, expression);
    assert_string_equal(reading_text(&r, n), text);
    assert_int_equal(reading_expression(&r, text), n);
    reading_close(&r);
}

static void primes_become_formulas(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"tanh'(X)", "1 - tanh(X)**2"},
        {"sigmoid'(X)", "sigmoid(X) * (1 - sigmoid(X))"},
        {"relu'(X)", "X > 0"},
        {"leaky_relu'(X)", "where(X > 0, 1, 0.01)"},
        {"leaky_relu'(X, slope)", "where(X > 0, 1, slope)"},
        {"exp''(X)", "exp(X)"},
        {"log'(X)", "1 / X"},
        {"cube'(X)", "3 * X**2 - 2"},
        {"cube''(X)", "6 * X"},
        {"cube'''(X)", "6 * ones(n0, m)"},
        {"cube''''(X)", "0 * ones(n0, m)"},
        {"line'(X)", "slope * ones(n0, m)"},
        {"swish2'(X)", "sigmoid(X) + X * (sigmoid(X) * (1 - sigmoid(X)))"},
        {"cube'(tanh(X))", "3 * tanh(X)**2 - 2"},
        {"np.tanh'(X)", "1 - tanh(X)**2"},
        {"tanh\xE2\x80\x99(X)", "1 - tanh(X)**2"},
        {"relu''(X)", "0 * ones(n0, m)"},
        {"tanh'(2)", "1 - tanh(2)**2"},
        {"g''(X)", "g''(X)"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check_text(list[i][0], list[i][1]);
}

/* The largest relative difference of two expressions on random values. */
static double difference(const char *left, const char *right) {
    reading r;
    sizes   s;
    evaluation e;
    reading_open(&r, declarations);
    node_id a = reading_expression(&r, left), b = reading_expression(&r, right);
    if (!a || !b) reading_fail(&r, left);
    assert_int_equal(model_try_sizes(&r.m, &r.a, 0, &s), DFOO_OK);
    assert_int_equal(eval_init(&e, &r.m.g, &r.a, &s), DFOO_OK);
    assert_int_equal(eval_add_node(&e, a), DFOO_OK);
    assert_int_equal(eval_add_node(&e, b), DFOO_OK);
    assert_int_equal(eval_random(&e, 5, 0), DFOO_OK);
    eval_run(&e);
    double out = matrix_difference(eval_node(&e, a), eval_node(&e, b));
    reading_close(&r);
    return out;
}

/* Every function of the table and of the file, three derivatives deep. */
static void primes_hold_against_differences(void **state) {
    (void)state;
    static const char *const own[] = {"swish2", "cube", "line", "outer", "g"};
    const char *names[OP_COUNT + 5];
    size_t      n = 0;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) names[n++] = own[i];
    for (int op = 1; op < OP_COUNT; op++)
        if (op_elementwise((op_id)op) && op_find(op_table[op].name) && op_of_one((op_id)op))
            names[n++] = op_table[op].name;
    for (size_t i = 0; i < n; i++) {
        for (int primes = 0; primes < 3; primes++) {
            char prime[120], quotient[240];
            snprintf(prime, sizeof prime, "%s%.*s(0.2 + 0.6 * sigmoid(X))", names[i], primes + 1, "'''");
            snprintf(quotient, sizeof quotient, "(%s%.*s(0.2 + 0.6 * sigmoid(X) + 1e-5) - %s%.*s(0.2 + 0.6 * sigmoid(X) - 1e-5)) / 2e-5", names[i], primes, "'''",
                     names[i], primes, "'''");
            double d = difference(prime, quotient);
            if (!(d < 1e-6)) fail_msg("%s is not %s: %g", prime, quotient, d);
        }
    }
}

static void claims_may_have_primes(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "swish(z) = z * sigmoid(z)\ninput X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam W2 : (n2, n1)\n"
                     "Z1 = W1 @ X\nA1 = swish(Z1)\nZ2 = W2 @ A1\nJ = 1/m * sum((Z2 - Y)**2)\nminimize J\n"
                     "dZ1 = W2.T @ dZ2 * swish'(Z1)\n");
    reading_derive(&r, CONVENTION_COURSE);
    const gradient *v = derivation_find(&r.dv, reading_var(&r, "Z1"));
    assert_int_equal(r.m.claims.n, 1);
    assert_string_equal(reading_text(&r, v->whole), "W2.T @ dZ2 * (A1 + sigmoid(Z1) * (1 - A1))");
    reading_close(&r);
}

static void check_error(const char *expression, const char *words) {
    reading r;
    buf     out;
    reading_open(&r, declarations);
    buf_init(&out, r.a.mem);
    node_id n = reading_expression(&r, expression);
    diags_render(&r.d, 0, &out);
    if (n || !out.text || !strstr(out.text, words)) print_message("%s: %s\n", expression, out.text ? out.text : "no error");
    assert_true(!n && out.text && strstr(out.text, words));
    buf_free(&out);
    reading_close(&r);
}

static void primes_that_mean_nothing(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"mix'(X)", "a prime needs a function of one operand, and mix has 2"},
        {"mix'(X, X)", "a prime needs a function of one operand"},
        {"maximum'(0, X)", "a prime needs a function of one operand"},
        {"softmax'(X)", "works entry by entry"},
        {"sum'(X)", "works entry by entry"},
        {"quotient'(X)", "works entry by entry"},
        {"tanh'(X, X)", "tanh takes 1 operand"},
        {"tanh'''''''(X)", "at most 6 primes"},
        {"g'''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''''(X)", "at most 100 primes"},
        {"square'(X)", "a prime needs a function"},
        {"X'", "a prime is a derivative"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check_error(list[i][0], list[i][1]);
}

static dfoo_status read_model(const dfoo_allocator *mem, void *user) {
    reading     r;
    dfoo_status status = reading_try(&r, *mem, user);
    reading_close(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char text[] = "f(z) = z**2*tanh(z)\ninput X : (n0, m)\nparam W : (n1, n0)\nZ = W @ X\n"
                  "D = dropout(Z, 0.5)\nJ = 1/m * sum(f'(D) * relu'(Z) + tanh''(Z))\nminimize J\n";
    fail_every_call(read_model, text);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(primes_become_formulas),
        cmocka_unit_test(primes_hold_against_differences),
        cmocka_unit_test(claims_may_have_primes),
        cmocka_unit_test(primes_that_mean_nothing),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Text -> model: spellings that mean the same, shapes, the examples' dimension, claims. What is
 * wrong with a model is in tests/errors. */
#include "reading.h"

static const char declarations[] = "size n1 = 4, k = 3\nconst lambda = 0.7\nfunction g\nswish2(z) = z * sigmoid(z)\nmix(a, b) = a + 2*b\n"
                                   "input X : (n0, m)\nlabel Y : (n1, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam V : (n1, n1)\n"
                                   "Z1 = W1 @ X + b1\nJ = 1/m * sum(Z1 * Y)\nminimize J\n";

static void spellings_that_are_the_same(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"W1 X + b1", "W1 @ X + b1"},
        {"W1 (X)", "W1 @ X"},
        {"np.dot(W1, X)", "W1 @ X"},
        {"W1.dot(X)", "W1 @ X"},
        {"np.matmul(W1, X)", "W1 @ X"},
        {"W[1] @ X", "W1 @ X"},
        {"np.dot(2, X)", "2 * X"},
        {"2 X", "2 * X"},
        {"X (lambda)", "X * lambda"},
        {"1/m Z1 X.T", "1/m * Z1 @ X.T"},
        {"W1.T Z1 * g'(X)", "W1.T @ Z1 * g'(X)"},
        {"np.multiply(Y, Z1)", "Y * Z1"},
        {"np.add(Y, Z1)", "Y + Z1"},
        {"np.subtract(Y, Z1)", "Y - Z1"},
        {"np.divide(Y, Z1)", "Y / Z1"},
        {"np.power(Y, 2)", "Y**2"},
        {"np.square(Y)", "Y**2"},
        {"np.negative(Y)", "-Y"},
        {"np.transpose(Y)", "Y.T"},
        {"np.sum(Y, axis=1, keepdims=True)", "sum(Y, axis=1)"},
        {"Y.sum(axis=-1)", "sum(Y, axis=1)"},
        {"Y.mean()", "mean(Y)"},
        {"np.maximum(0, Y)", "maximum(0, Y)"},
        {"np.where(Y > 0, Y, 0)", "where(Y > 0, Y, 0)"},
        {"1./m", "1/m"},
        {"np.pi * Y", "pi * Y"},
        {"leaky_relu(Y)", "leaky_relu(Y, 0.01)"},
        {"elu(Y)", "elu(Y, 1)"},
        {"softmax(Z1)", "softmax(Z1, axis=0)"},
        {"softmax(Z1.T)", "softmax(Z1.T, axis=1)"},
        {"swish2(X)", "X * sigmoid(X)"},
        {"swish2(swish2(X))", "X * sigmoid(X) * sigmoid(X * sigmoid(X))"},
        {"mix(X, swish2(X))", "X + 2*(X * sigmoid(X))"},
        {"lambda.T", "lambda"},
        {"k * Y", "k * Y"},
        {"(X + # over line ends\n X)", "X + X"},
    };
    reading r;
    reading_open(&r, declarations);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        node_id a = reading_expression(&r, list[i][0]), b = reading_expression(&r, list[i][1]);
        if (!a || a != b) print_message("%s and %s\n", list[i][0], list[i][1]);
        if (!a || a != b) reading_fail(&r, "are not the same");
    }
    assert_int_not_equal(reading_expression(&r, "g(X)"), reading_expression(&r, "g'(X)"));
    reading_close(&r);
}

static void definitions_have_shapes(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"W1 @ X", "(n1, m)"},       {"X.T", "(m, n0)"},      {"Y + b1", "(n1, m)"},       {"1/m", "number"},
        {"sum(Y)", "number"},        {"max(Y, axis=0)", "(1, m)"}, {"b1 @ ones(1, m)", "(n1, m)"}, {"b1.T @ b1", "(1, 1)"},
        {"where(Y > 0, b1, 1)", "(n1, m)"}, {"ones(4, k)", "(4, k)"}, {"b1.T @ b1 + Y", "(n1, m)"},
    };
    reading r;
    reading_open(&r, declarations);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        buf     out;
        node_id n = reading_expression(&r, list[i][0]);
        buf_init(&out, mem_default());
        if (!n) reading_fail(&r, list[i][0]);
        print_shape(&r.m.g, ir_shape(&r.m.g, n), &out);
        assert_string_equal(out.text, list[i][1]);
        buf_free(&out);
    }
    reading_close(&r);
}

/* What the model says; what divides a sum; what is called m; and what is none of them. */
static void the_examples_dimension(void **state) {
    (void)state;
    static const struct {
        const char *text, *examples;
        bool        columns;
    } list[] = {
        {"input X : (n, m)\nlabel Y : (1, m)\nJ = sum(X)", "m", true},
        {"input X : (m, n)\nlabel Y : (m, 1)\nJ = sum(X)", "m", false},
        {"input X : (n, m)\nJ = sum(X)", "m", true},
        {"input X : (m, n)\nparam W : (n, k)\nJ = sum(X @ W)", "m", false},
        {"input X : (n, m)\nlabel Y : (n, 1)\nparam W : (n, n)\nJ = 1/m * sum(W @ X - Y)", "m", true},
        {"input X : (n, N)\nlabel Y : (1, N)\nparam W : (1, n)\nJ = 1/N * sum(W @ X)", "N", true},
        {"input X : (n, N)\nparam W : (1, n)\nJ = sum((W @ X)**2)/(2*N)", "N", true},
        {"input X : (n, N)\nparam W : (1, n)\nJ = N**(-1) * sum((W @ X)**2)", "N", true},
        {"input X : (N, n)\nparam W : (n, k)\nJ = mean((X @ W)**2)", "N", false},
        {"input X : (n, N)\nparam W : (n, 1)\nC = 1/N * X @ X.T\nJ = sum(W.T @ C @ W)", "N", true},
        {"input X : (n, N)\nparam W : (n, 1)\nmu = mean(X, axis=1)\nJ = sum(W * mu)", "N", true},
        {"input X : (n, m)\nmu = 1/n * sum(X, axis=0)\nJ = 1/m * sum(mu)", "m", true},
        {"input X : (n, N)\nparam W : (1, n)\nJ = sum((W @ X)**2)", NULL, true},
        {"input X : (n, N)\nlabel Y : (n, N)\nJ = sum(Y - X)", NULL, true},
        {"input X : (n, n)\nlabel Y : (n, n)\nJ = sum(X)", NULL, true},
        {"input X : (m, m)\nJ = 1/m * sum(X)", NULL, true},
        {"input A : (n, n)\nparam x : (n, 1)\nJ = 1/n * sum(A @ x)", NULL, true},
        {"input M : (p, q)\nparam U : (p, k)\nparam V : (q, k)\nJ = sum((M - U @ V.T)**2)", NULL, true},
        {"input M : (p, q)\nparam U : (p, k)\nparam V : (q, k)\nJ = mean((M - U @ V.T)**2)", NULL, true},
        {"input M : (p, q)\nparam U : (p, k)\nparam V : (q, k)\nJ = 1/(p*q) * sum((M - U @ V.T)**2)", NULL, true},
        {"input M : (p, m)\nparam U : (p, k)\nparam V : (m, k)\nJ = sum((M - U @ V.T)**2)", NULL, true},
        {"input K : (m, m)\nlabel y : (m, 1)\nparam a : (m, 1)\nJ = 1/m * sum((K @ a - y)**2)", NULL, true},
        {"input X : (n, m)\nlabel y : (m, 1)\nJ = 1/m * sum(X)", NULL, true},
        {"input x : (n, 1)\nparam A : (n, n)\nJ = sum(A @ x)", NULL, true},
        {"input X : (n, 5)\nlabel Y : (1, 5)\nJ = sum(X)", NULL, true},
        {"param A : (n, m)\nJ = 1/m * sum(A)", NULL, true},
        {"examples n\ninput X : (n, m)\nlabel Y : (n, m)\nJ = 1/m * sum(X)", "n", false},
        {"examples k\ninput X : (n, k)\nlabel Y : (1, k)\nJ = sum(X)", "k", true},
        {"examples m\ninput X : (n, m)\nlabel Y : (k, m)\nJ = sum(X)", "m", true},
        {"examples none\ninput X : (n, m)\nlabel Y : (k, m)\nJ = 1/m * sum(X)", NULL, true},
        {"examples none\ninput M : (p, m)\nparam U : (p, k)\nparam V : (m, k)\nJ = 1/m * sum((M - U @ V.T)**2)", NULL, true},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char    text[300];
        reading r;
        snprintf(text, sizeof text, "%s\nminimize J\n", list[i].text);
        reading_open(&r, text);
        const char *is = r.m.examples ? symbols_name(&r.names, dim_name(r.m.examples)) : "none";
        if (strcmp(is, list[i].examples ? list[i].examples : "none") != 0) fail_msg("%s\nfound: %s", text, is);
        assert_int_equal(r.m.examples_are_columns, list[i].columns);
        assert_int_equal(r.m.g.examples, r.m.examples);
        reading_close(&r);
    }
}

/* Where classes lie is known after the last line only: the division by N says it. */
static void classes_lie_across_the_examples(void **state) {
    (void)state;
    static const struct {
        const char *text;
        int         axis;
    } list[] = {
        {"input X : (n, N)\nA = softmax(X)\nJ = 1/N * sum(A)", AXIS_0},
        {"input X : (N, n)\nA = softmax(X)\nJ = 1/N * sum(A)", AXIS_1},
        {"input X : (m, n)\nA = softmax(X)\nlabel Y : (n, m)\nJ = 1/m * sum(A)", AXIS_0},
        {"examples none\ninput X : (m, n)\nA = softmax(X)\nJ = 1/m * sum(A)", AXIS_0},
        {"input X : (m, n)\nA = softmax(X)\nJ = 1/m * sum(A)", AXIS_1},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char    text[200];
        reading r;
        snprintf(text, sizeof text, "%s\nminimize J\n", list[i].text);
        reading_open(&r, text);
        const node *x = ir_node(&r.m.g, program_find(&r.m.forward, reading_var(&r, "A"))->node);
        assert_int_equal(x->op, OP_SOFTMAX);
        if (x->attr != list[i].axis) fail_msg("%s: axis %d", text, x->attr);
        reading_close(&r);
    }
}

static void declarations_are_kept(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "size n = 4\nconst a = 2**3 - 1\nconst b = -a/2\ninput X : (n, m)\nlabel Y : (n, m) onehot\n"
                     "param W : (n, n) ~ normal(a/100)\nparam c : (n, 1) ~ uniform(-b, b)\nparam d : (n, 1)\n"
                     "Z = W @ X + c + d\nJ = sum(Z * Y)\npredict Z\nminimize J\npredict X\ndZ = Y\ndW = dZ @ X.T\n");
    const variable *w = ir_var(&r.m.g, reading_var(&r, "W")), *c = ir_var(&r.m.g, reading_var(&r, "c"));
    assert_true(ir_var(&r.m.g, reading_var(&r, "b"))->value == -3.5);
    assert_string_equal(symbols_name(&r.names, w->init), "normal");
    assert_true(w->n_init_args == 1 && w->init_arg[0] == 0.07);
    assert_true(c->n_init_args == 2 && c->init_arg[0] == 3.5 && c->init_arg[1] == -3.5);
    assert_int_equal(ir_var(&r.m.g, reading_var(&r, "d"))->init, 0);
    assert_true(ir_var(&r.m.g, reading_var(&r, "Y"))->onehot);
    assert_int_equal(r.m.size_values.n, 1);
    assert_int_equal(r.m.size_values.at[0].value, 4);
    assert_int_equal(r.m.predict.n, 2);
    assert_int_equal(r.m.cost, reading_var(&r, "J"));
    assert_int_equal(r.m.claims.n, 2);
    assert_int_equal(r.m.claims.at[0].var, reading_var(&r, "dZ"));
    assert_string_equal(reading_text(&r, r.m.claims.at[1].node), "dZ @ X.T");
    reading_close(&r);
}

static dfoo_status read_model(const dfoo_allocator *mem, void *user) {
    reading     r;
    dfoo_status status = reading_try(&r, *mem, user);
    buf         out;
    buf_init(&out, *mem);
    if (status == DFOO_OK) lang_show(&r.m, &out);
    if (status == DFOO_OK) status = buf_status(&out);
    if (status == DFOO_EINPUT) { /* the messages need memory too */
        diags_render(&r.d, 0, &out);
        status = arena_status(&r.a) == DFOO_OK ? buf_status(&out) : DFOO_ENOMEM;
    }
    buf_free(&out);
    reading_close(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char wrong[] = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W : (n1, n0)\nparam b : (n1, m)\nZ = W @ Y\nA = Z * sigmoidd(W)\nB = X + b1\n"
                   "P = X * W + 1 / foo\nminimize K\n";
    fail_every_call(read_model, (void *)(uintptr_t)declarations);
    fail_every_call(read_model, wrong);
    char parts[] = "input X : (2*n, m)\nparam W : (n + k, n)\nparam u : (n, 1)\nexamples none\nA = W @ X[0:n, :]\nB = concat(A, X, A[-1:, 0:1] * ones(1, m))\n"
                   "C = pad(B, 1, n, axis=1)[1:, :]\nD = kron(u, W) - (u - u.T)[0:1, 0:1]\nJ = sum(C) + sum(D)\nminimize J\n";
    char wrong_parts[] = "input X : (2*n, m)\nparam W : (n - n, n)\nA = X[3, :]\nB = X[0:3*n, :]\nC = concat(X, X.T)\nD = X[n:n, 1::2]\nJ = sum(X)\nminimize J\n";
    fail_every_call(read_model, parts);
    fail_every_call(read_model, wrong_parts);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings_that_are_the_same),
        cmocka_unit_test(definitions_have_shapes),
        cmocka_unit_test(the_examples_dimension),
        cmocka_unit_test(classes_lie_across_the_examples),
        cmocka_unit_test(declarations_are_kept),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

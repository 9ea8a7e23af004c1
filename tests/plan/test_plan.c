/* What plans look like: absorbed transposes, folded factors, fused chains and sums, updates
 * in place, dead code, buffers. That they compute the right thing is tests/exec's. */
#include "failing_allocator.h"

#include "exec/model.h"
#include "run/plan/plan.h"

static void start(sketch *m) {
    assert_int_equal(model_open(m, mem_default()), DFOO_OK);
}

/* What `print` writes of the plan that keeps the named variables (up to a NULL) is this. */
static void expect_of(sketch *m, void print(const plan *, buf *), const char *const *keep, const char *text) {
    var_id   vars[16];
    uint32_t n = 0;
    plan    *p = NULL;
    buf      b;
    for (; keep[n]; n++) vars[n] = model_find(m, keep[n]);
    assert_int_equal(plan_make(&m->g, &m->a, &m->p, vars, n, &p), DFOO_OK);
    buf_init(&b, mem_default());
    print(p, &b);
    assert_int_equal(buf_status(&b), DFOO_OK);
    assert_string_equal(b.text ? b.text : "", text);
    buf_free(&b);
}

static void expect(sketch *m, const char *const *keep, const char *text) {
    expect_of(m, plan_print, keep, text);
}
#define KEEP(...) ((const char *const[]){__VA_ARGS__, NULL})

static void test_two_layers(void **state) {
    (void)state;
    sketch m;
    start(&m);
    model_two_layers(&m);
    expect(&m, KEEP("J", "dW1", "db1", "dW2", "db2"),
           "  1  product   (n1, m)      t1 = W1 @ X\n"
           "  2  block     (n1, m)      A1 = tanh(t1 + b1)\n"
           "  3  product   (n2, m)      t2 = W2 @ A1\n"
           "  4  block     (n2, m)      A2 = sigmoid(t2 + b2); t3 = sum(-(Y * log(A2) + (1 - Y) * log(1 - A2))); "
           "dZ2 = A2 - Y; t5 = sum(dZ2, axis=1)\n"
           "  5  numbers                t4 = 1/m; J = t4 * t3\n"
           "  6  product   (n2, n1)     dW2 = t4 * dZ2 @ A1.T\n"
           "  7  block     (n2, 1)      db2 = t4 * t5\n"
           "  8  product   (n1, m)      t6 = W2.T @ dZ2\n"
           "  9  block     (n1, m)      dZ1 = t6 * (1 - A1**2); t7 = sum(dZ1, axis=1)\n"
           " 10  product   (n1, n0)     dW1 = t4 * dZ1 @ X.T\n"
           " 11  block     (n1, 1)      db1 = t4 * t7\n");
    expect(&m, KEEP("A1"), "  1  product   (n1, m)      t1 = W1 @ X\n"
                           "  2  block     (n1, m)      A1 = tanh(t1 + b1)\n");
    model_close(&m);
}

/* The gradient of a weight that nobody reads is never stored: it is added where it belongs. */
static void test_descent(void **state) {
    (void)state;
    sketch m;
    start(&m);
    model_var(&m, VAR_INPUT, "X", "n", "m");
    model_var(&m, VAR_LABEL, "Y", "1", "m");
    model_var(&m, VAR_PARAM, "W", "1", "n");
    model_var(&m, VAR_PARAM, "b", "1", "1");
    model_const(&m, "alpha", 0.1);
    model_define(&m, "E", "W @ X + b - Y");
    model_define(&m, "dW", "1/m * E @ X.T");
    model_define(&m, "db", "1/m * sum(E, axis=1)");
    model_define(&m, "W", "W - alpha * dW");
    model_define(&m, "b", "b - alpha * db");
    expect(&m, (const char *const[]){NULL},
           "  1  numbers                t3 = 1/m; t4 = -(alpha * t3)\n"
           "  2  product   (1, m)       t1 = W @ X\n"
           "  3  block     (1, m)       E = t1 + b - Y; t2 = sum(E, axis=1)\n"
           "  4  block     (1, 1)       b = b - alpha * (t3 * t2)\n"
           "  5  product   (1, n)       W += t4 * E @ X.T\n");
    expect(&m, KEEP("dW"),
           "  1  numbers                t2 = 1/m\n"
           "  2  product   (1, m)       t1 = W @ X\n"
           "  3  block     (1, m)       E = t1 + b - Y; t3 = sum(E, axis=1)\n"
           "  4  product   (1, n)       dW = t2 * E @ X.T\n"
           "  5  block     (1, 1)       b = b - alpha * (t2 * t3)\n"
           "  6  block     (1, n)       W = W - alpha * dW\n");
    model_close(&m);
}

/* Counted by hand: operations, what is read and written, and lifetimes; sizes that are numbers are multiplied. */
static void test_costs(void **state) {
    (void)state;
    sketch m;
    start(&m);
    model_var(&m, VAR_INPUT, "X", "n", "m");
    model_var(&m, VAR_LABEL, "Y", "3", "m");
    model_var(&m, VAR_PARAM, "W", "3", "n");
    model_var(&m, VAR_PARAM, "b", "3", "1");
    model_const(&m, "alpha", 0.1);
    model_define(&m, "A", "softmax(W @ X + b, axis=0)");
    model_define(&m, "E", "A - Y");
    model_define(&m, "dW", "1/m * E @ X.T");
    model_define(&m, "db", "1/m * sum(E, axis=1)");
    model_define(&m, "W", "W - alpha * dW");
    expect(&m, KEEP("db"),
           "  1  numbers                t4 = 1/m; t5 = -(alpha * t4)\n"
           "  2  product   (3, m)       t1 = W @ X\n"
           "  3  block     (3, m)       t2 = t1 + b\n"
           "  4  softmax   (3, m)       A = softmax(t2, axis=0)\n"
           "  5  block     (3, m)       E = A - Y; t3 = sum(E, axis=1)\n"
           "  6  block     (3, 1)       db = t4 * t3\n"
           "  7  product   (3, n)       W += t5 * E @ X.T\n");
    expect_of(&m, plan_print_costs, KEEP("db"),
              "\n# operations, an elementary function being one; numbers read -> numbers written; "
              "loops over a block's entries\n"
              "  1  3                      1 -> 2\n"
              "  2  6*n*m                  3*n + n*m -> 3*m\n"
              "  3  3*m                    3*m + 3 -> 3*m  in 1 loop\n"
              "  4  15*m                   3*m -> 3*m\n"
              "  5  6*m                    6*m -> 3*m + 3  in 2 loops\n"
              "  6  3                      4 -> 3  in 1 loop\n"
              "  7  6*n*m                  3*m + n*m + 3*n -> 3*n\n"
              "all  6 + 12*n*m + 24*m      8 + 6*n + 2*n*m + 15*m -> 8 + 12*m + 3*n\n"
              "\n# buffers, from the instruction that writes one to the last that needs it: then it is another's\n"
              "     t1        (3, m)       2 .. 3\n"
              "     t2        (3, m)       3 .. 4\n"
              "     A         (3, m)       4 .. 5\n"
              "     t3        (3, 1)       5 .. 6\n"
              "     E         (3, m)       5 .. 7\n"
              "     db        (3, 1)       6 .. end\n");
    model_close(&m);
}

/* In how many loops over its entries the only block of the plan is run that keeps the variable. */
static uint32_t loops_of(sketch *m, const char *keep) {
    plan    *p;
    uint32_t n = 0, blocks = 0;
    var_id   v = model_find(m, keep);
    assert_int_equal(plan_make(&m->g, &m->a, &m->p, &v, 1, &p), DFOO_OK);
    for (uint32_t i = 0; i < p->code.n; i++) {
        const plan_instr *in = &p->code.at[i];
        if (in->kind != PLAN_BLOCK || shape_is_scalar(in->sh)) continue;
        blocks++;
        for (uint32_t k = 0; k < in->steps.n; k++)
            n += plan_step_arity(&in->steps.at[k]) && !in->steps.at[k].inside;
    }
    assert_int_equal(blocks, 1);
    return n;
}

/* What several operations make of an entry is made in one loop, unless somebody wants what lies between. */
static void test_loops(void **state) {
    static const struct {
        const char *text;
        uint32_t    loops;
    } cases[] = {
        {"tanh(X + b)", 1},
        {"tanh(X + Y)", 1},
        {"tanh(X - b)", 2},
        {"(X + b) * tanh(X + b)", 3},
        {"tanh(X + b) + exp(X)", 3},
        {"X * (1 - Y**2)", 1},
        {"X * (2 - Y**2)", 3},
        {"X * (1 - Y**3)", 3},
        {"X * Y * (1 - Y)", 1},
        {"X * Y * (1 - X)", 2},
        {"X * (Y > 0)", 1},
        {"X * (Y > k)", 2},
        {"0.9 * X + 0.1 * Y", 1},
        {"k * X + 0.1 * Y**2", 1},
        {"b * X + 0.1 * Y", 2},
        {"X - k * Y / (sqrt(Z / k) + 0.1)", 1},
        {"X - k * Y / (sqrt(Z) + 0.1)", 1},
        {"Y * -softplus(-Z) + (1 - Y) * -softplus(Z)", 1},
        {"Y * -softplus(-Z) + (1 - X) * -softplus(Z)", 8},
        {"relu(sigmoid(X + Y) * Z)", 3},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        sketch m;
        start(&m);
        model_var(&m, VAR_INPUT, "X", "n", "m");
        model_var(&m, VAR_INPUT, "Y", "n", "m");
        model_var(&m, VAR_INPUT, "Z", "n", "m");
        model_var(&m, VAR_PARAM, "b", "n", "1");
        model_const(&m, "k", 0.1);
        model_define(&m, "A", cases[i].text);
        if (loops_of(&m, "A") != cases[i].loops) fail_msg("%s: %u loops", cases[i].text, loops_of(&m, "A"));
        model_close(&m);
    }
}

static void test_products(void **state) {
    (void)state;
    sketch m;
    start(&m);
    model_var(&m, VAR_INPUT, "A", "n", "n");
    model_var(&m, VAR_INPUT, "B", "n", "n");
    model_define(&m, "P", "A.T @ (2 * B.T)");
    model_define(&m, "Q", "A @ B - B.T @ A");
    model_define(&m, "C", "A.T");
    model_define(&m, "R", "C @ B");
    model_define(&m, "S", "(A @ B + tanh(A)) * 2");
    model_define(&m, "T", "softmax(A.T + B, axis=0)");
    expect(&m, KEEP("P"), "  1  numbers                t1 = 2\n"
                          "  2  product   (n, n)       P = t1 * A.T @ B.T\n");
    expect(&m, KEEP("Q"), "  1  numbers                t1 = -1\n"
                          "  2  product   (n, n)       Q = A @ B\n"
                          "  3  product   (n, n)       Q += t1 * B.T @ A\n");
    expect(&m, KEEP("R"), "  1  product   (n, n)       R = A.T @ B\n");
    expect(&m, KEEP("S"), "  1  product   (n, n)       t1 = A @ B\n"
                          "  2  block     (n, n)       S = (t1 + tanh(A)) * 2\n");
    expect(&m, KEEP("T"), "  1  transpose (n, n)       t1 = A.T\n"
                          "  2  block     (n, n)       t2 = t1 + B\n"
                          "  3  softmax   (n, n)       T = softmax(t2, axis=0)\n");
    model_close(&m);
}

static uint32_t count(const plan *p, buffer_kind kind) {
    uint32_t n = 0;
    for (buffer_id b = 1; b < p->buffers.n; b++) n += p->buffers.at[b].kind == kind;
    return n;
}

/* What is used inside of a block only has no buffer; equal expressions are computed once. */
static void test_buffers(void **state) {
    (void)state;
    sketch m;
    start(&m);
    model_var(&m, VAR_INPUT, "A", "n", "m");
    model_var(&m, VAR_INPUT, "C", "n", "1");
    model_define(&m, "P", "tanh(A * C) + 1");
    model_define(&m, "Q", "tanh(A * C) - P");
    var_id q = model_define(&m, "R", "exp(Q) * sum(P)");
    plan  *p = NULL;
    assert_int_equal(plan_make(&m.g, &m.a, &m.p, &q, 1, &p), DFOO_OK);
    assert_int_equal(count(p, BUFFER_LEAF), 2);
    assert_int_equal(count(p, BUFFER_KEPT), 1);
    assert_int_equal(count(p, BUFFER_WORK), 2); /* the sum, and exp(Q) or Q */
    assert_int_equal(p->of_var[model_find(&m, "P")], 0);
    assert_int_not_equal(p->of_var[model_find(&m, "A")], 0);
    model_close(&m);
}

static void test_open(void **state) {
    (void)state;
    sketch m;
    plan *p = NULL;
    start(&m);
    model_var(&m, VAR_INPUT, "A", "n", "m");
    var_id b = model_define(&m, "B", "open(A) + 1"), c = model_define(&m, "C", "A + 1");
    assert_int_equal(plan_make(&m.g, &m.a, &m.p, &b, 1, &p), DFOO_EINPUT);
    assert_null(p);
    assert_int_equal(plan_make(&m.g, &m.a, &m.p, &c, 1, &p), DFOO_OK);
    model_close(&m);
}

static void build(sketch *m) {
    model_two_layers(m);
    model_const(m, "alpha", 0.1);
    model_define(m, "W1", "W1 - alpha * dW1");
    model_define(m, "b1", "b1 - alpha * db1");
    model_define(m, "P", "softmax(A1.T, axis=0) - max(Z1.T, axis=1)");
    model_define(m, "W2", "0.5 * W2");
}

/* The plan is made in an arena of its own, so that only the planner runs out of memory. */
static dfoo_status plan_it(const dfoo_allocator *mem, void *user) {
    sketch      *m = user;
    plan       *p = NULL;
    arena       a;
    buf         text;
    var_id      keep[] = {model_find(m, "J"), model_find(m, "P"), model_find(m, "dW2")};
    arena_init(&a, *mem);
    buf_init(&text, *mem);
    dfoo_status status = plan_make(&m->g, &a, &m->p, keep, 3, &p);
    if (status == DFOO_OK) {
        plan_print(p, &text);
        status = buf_status(&text);
    }
    buf_free(&text);
    arena_free(&a);
    return status;
}

static void test_no_memory(void **state) {
    (void)state;
    sketch m;
    start(&m);
    build(&m);
    fail_every_call(plan_it, &m);
    model_close(&m);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_layers), cmocka_unit_test(test_descent), cmocka_unit_test(test_products),
        cmocka_unit_test(test_costs),      cmocka_unit_test(test_loops),   cmocka_unit_test(test_buffers),
        cmocka_unit_test(test_open),       cmocka_unit_test(test_no_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

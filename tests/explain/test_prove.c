/* A line that does not hold is noticed, whatever kind of line it is. */
#include "reading.h"

#include "teach/explain/explain.h"
#include "teach/verify/verify.h"

static const char two_layers[] = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\n"
                                 "param b2 : (n2, 1)\nZ1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n"
                                 "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n";

typedef struct bench {
    reading  r;
    document doc;
    program  run;
} bench;

static void bench_open(bench *b) {
    *b = (bench){.run = {{0}}};
    reading_open(&b->r, two_layers);
    reading_derive(&b->r, CONVENTION_COURSE);
    assert_int_equal(simplify_program(&b->r.dv, &b->r.m.g, true, NULL, 0, &b->run), DFOO_OK);
    b->doc = (document){.d = &b->r.dv, .g = &b->r.m.g, .a = &b->r.a, .style = {.loss = "l"}};
}

static explain_result prove(bench *b) {
    explain_result result = {0};
    assert_int_equal(prove_document(&b->doc, reading_var(&b->r, "Z1"), &b->run, 1, &result), DFOO_OK);
    return result;
}

static explain_result prove_sides(side left, side right, bench *b) {
    block line = {.kind = BLOCK_LINE, .words = "", .tail = "", .sides = {left, right}, .n_sides = 2};
    vec_push(&b->r.a, &b->doc.blocks, line);
    return prove(b);
}

/* "x = y" in matrices, with names of the model. */
static explain_result prove_matrices(const char *x, const char *y) {
    bench b;
    bench_open(&b);
    side           sides[2] = {{.n = reading_expression(&b.r, x)}, {.n = reading_expression(&b.r, y)}};
    explain_result result = prove_sides(sides[0], sides[1], &b);
    reading_close(&b.r);
    return result;
}

/* "x = y" in indices: a W2, b A1, y Z2, dy dZ2, db dA1, z Z1, dz dZ1. */
static explain_result prove_indices(const char *x, const char *y) {
    static const char *const names[][2] = {{"a", "W2"}, {"b", "A1"}, {"y", "Z2"}, {"dy", "dZ2"}, {"db", "dA1"}, {"z", "Z1"}, {"dz", "dZ1"}, {"c", "b2"}};
    bench      b;
    index_name bound[8];
    const char *text[2] = {x, y};
    side        sides[2] = {{0}, {0}};
    bench_open(&b);
    for (int i = 0; i < 8; i++) bound[i] = (index_name){names[i][0], ir_var(&b.r.m.g, reading_var(&b.r, names[i][1]))->leaf};
    index_env env = {.g = &b.r.m.g, .a = &b.r.a, .names = bound, .n_names = 8};
    for (int i = 0; i < 2; i++) {
        const ast *t = syntax_read(&b.r.a, &b.r.names, &b.r.d, text[i], true);
        sides[i].x = index_build(&env, t);
        assert_non_null(sides[i].x);
    }
    explain_result result = prove_sides(sides[0], sides[1], &b);
    reading_close(&b.r);
    return result;
}

static void lines_of_matrices(void **state) {
    (void)state;
    static const struct {
        const char *x, *y;
        bool        holds;
    } list[] = {
        {"dZ1", "W2.T @ dZ2 * (1 - A1**2)", true},  {"dZ1", "W2.T @ dZ2 * (1 + A1**2)", false},
        {"dZ2", "A2 - Y", true},                    {"dZ2", "Y - A2", false},
        {"dW2", "1/m * dZ2 @ A1.T", true},          {"dW2", "dZ2 @ A1.T", false},
        {"db1", "1/m * sum(dZ1, axis=1)", true},    {"db1", "1/m * sum(dZ1, axis=0)", false},
        {"A1", "tanh(Z1)", true},                   {"A1", "tanh(Z1) + 1e-9", false},
        {"A1", "tanh(Z1) * 1.000000000099", true},  {"A1", "tanh(Z1) * 1.000000000101", false},
        {"A1", "tanh(Z1) + log(0 * A1 - 1)", false}, /* not a number */
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        explain_result r = prove_matrices(list[i].x, list[i].y);
        assert_int_equal(r.n_identities, 1);
        if (r.n_failed != !list[i].holds) fail_msg("%s = %s: %u failed", list[i].x, list[i].y, r.n_failed);
    }
}

static void lines_of_indices(void **state) {
    (void)state;
    static const struct {
        const char *x, *y;
        bool        derivative, holds;
    } list[] = {
        {"y[i,t]", "sum(j, a[i,j] * b[j,t]) + c[i,1]", false, true},
        {"y[i,t]", "sum(j, a[i,j] * b[j,t])", false, false},
        {"db[j,t]", "sum(i, a[i,j] * dy[i,t])", false, true},
        {"D(y[i,t], b[j,t])", "a[i,j]", true, true},
        {"D(y[i,t], b[j,t])", "2 * a[i,j]", true, false},
        {"D(y[i,t], b[j,t])", "1.00000099 * a[i,j]", true, true},
        {"D(y[i,t], b[j,t])", "1.00000102 * a[i,j]", true, false},
        {"D(b[j,t], z[j,t])", "1 - b[j,t]**2", true, true},
        {"D(b[j,t], z[j,t])", "1 - b[j,t]", true, false},
        {"db[j,t]", "sum(i, DL(y[i,t]) * D(y[i,t], b[j,t]))", true, true},
        {"dz[j,t]", "sum(i, DL(y[i,t]) * D(y[i,t], b[j,t]))", true, false},
        {"b[j,t]", "b[j,t] * log(0 - b[j,t]**2)", false, false}, /* not a number */
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        explain_result r = prove_indices(list[i].x, list[i].y);
        assert_int_equal(r.n_identities, !list[i].derivative);
        assert_int_equal(r.n_derivatives, 1 + list[i].derivative); /* the gradient itself is one */
        if (r.n_failed != !list[i].holds) fail_msg("%s = %s: %u failed", list[i].x, list[i].y, r.n_failed);
    }
}

/* The gradient that is explained is held against differences, though no line may show it wrong. */
static void a_wrong_gradient(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    assert_int_equal(prove(&b).n_failed, 0);
    for (uint32_t i = 0; i < b.run.list.n; i++)
        if (b.run.list.at[i].var == reading_var(&b.r, "dZ1")) b.run.list.at[i].node = reading_expression(&b.r, "W2.T @ dZ2");
    explain_result r = prove(&b);
    assert_int_equal(r.n_failed, 1);
    assert_true(r.worst_derivative > 1e-3);
    reading_close(&b.r);
}

static node_id forget_the_derivative(void *user, ir *g, const step *s) {
    return s->kind == TRAIL_LOCAL && ir_node(g, s->op)->op == *(op_id *)user ? s->in : 0;
}

/* With a mistake in the derivation the explanation's answer is no, and its text says so. */
static void a_mistake_is_not_explained_away(void **state) {
    (void)state;
    op_id            op = OP_TANH;
    trail_edit       edit = {forget_the_derivative, &op};
    diff_options     how = {.convention = CONVENTION_COURSE, .edit = &edit};
    reading          r;
    program          run = {{0}};
    explain_result   result;
    buf              out;
    reading_open(&r, two_layers);
    buf_init(&out, mem_default());
    assert_int_equal(diff_run(&r.m, &r.a, &how, &r.dv), DFOO_OK);
    assert_int_equal(simplify_derivation(&r.dv, &r.m.g, &r.a, NULL), DFOO_OK);
    assert_int_equal(simplify_program(&r.dv, &r.m.g, true, NULL, 0, &run), DFOO_OK);
    var_id goal = reading_var(&r, "Z1");
    assert_int_equal(explain_gradients(&r.dv, &r.m.g, &goal, 1, &run, &(explain_options){.tell = {.seed = 1}}, &out, &result), DFOO_NO);
    assert_true(result.n_failed > 0);
    assert_non_null(strstr(out.text, "NOT hold"));
    buf_free(&out);
    reading_close(&r);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_matrices),
        cmocka_unit_test(lines_of_indices),
        cmocka_unit_test(a_wrong_gradient),
        cmocka_unit_test(a_mistake_is_not_explained_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

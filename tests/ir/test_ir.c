/* The graph room: the table of operations, the store, printing, evaluation, index trees. */
#include "reading.h"

#include "core/ir/dims.h"
#include "core/ir/index.h"
#include "teach/check/check.h"

/* ------------------------------------------------- the table: elementwise operations */

typedef struct bench { /* one operation over numbers a, b, c */
    reading    r;
    evaluation e;
    sizes      s;
    var_id     v[3];
    node_id    arg[3];
} bench;

static void bench_open(bench *b) {
    static const char *const names[] = {"a", "b", "c"};
    reading_open(&b->r, "param p : (1, 1)\nJ = sum(p)\nminimize J\n");
    for (int i = 0; i < 3; i++) {
        variable v = {.name = symbols_add(&b->r.names, names[i], 1), .kind = VAR_DEFINED};
        b->v[i] = ir_add_var(&b->r.m.g, v);
        b->arg[i] = ir_var(&b->r.m.g, b->v[i])->leaf;
    }
}

static node_id bench_op(bench *b, op_id op) {
    int n = op_table[op].arity;
    return ir_op(&b->r.m.g, op, 0, b->arg[0], n > 1 ? b->arg[1] : 0, n > 2 ? b->arg[2] : 0);
}

static node_id bench_text(bench *b, op_id op, const ast *text) {
    template_env env = {.arg = {b->arg[0], b->arg[1], b->arg[2]}, .y = bench_op(b, op)};
    node_id      n = template_build(&b->r.m.g, text, &env);
    if (text && !n) fail_msg("a text of %s does not build", op_table[op].id);
    return n;
}

/* The values of up to three nodes at a point. */
static void bench_run(bench *b, const double *at, const node_id *nodes, int n, double *out) {
    evaluation e;
    arena      scratch;
    arena_init(&scratch, mem_default());
    assert_int_equal(sizes_init(&b->s, &scratch, &b->r.names), DFOO_OK);
    assert_int_equal(eval_init(&e, &b->r.m.g, &scratch, &b->s), DFOO_OK);
    for (int i = 0; i < n; i++)
        if (nodes[i]) assert_int_equal(eval_add_node(&e, nodes[i]), DFOO_OK);
    for (int i = 0; i < 3; i++) eval_var(&e, b->v[i]).at[0] = at[i];
    eval_run(&e);
    for (int i = 0; i < n; i++) out[i] = nodes[i] ? eval_node(&e, nodes[i]).at[0] : NAN;
    arena_free(&scratch);
}

static double moved(op_id op, const double *at, int k, double by) {
    double x[3] = {at[0], at[1], at[2]};
    x[k] += by;
    return eval_scalar(op, x[0], x[1], x[2]);
}

/* Two-sided differences at two widths, and from them the limit to fourth order; NaN next to a pole. */
static double derivative(op_id op, const double *at, int k) {
    double h = 1e-3 * fmax(fabs(at[k]), 0.1);
    double far = (moved(op, at, k, h) - moved(op, at, k, -h)) / (2 * h);
    double near = (moved(op, at, k, h / 2) - moved(op, at, k, -h / 2)) / h;
    return fabs(far - near) < 1e-5 * fmax(1, fabs(near)) ? (4 * near - far) / 3 : NAN;
}

static double away_from_zero(rng *r) {
    double x = rng_normal(r);
    return x < 0 ? x - 0.1 : x + 0.1;
}

static void check_entry(bench *b, op_id op, int k) {
    const op_info *info = &op_table[op];
    node_id        nodes[2] = {bench_text(b, op, ir_grad(&b->r.m.g, op, k)), bench_text(b, op, ir_kink(&b->r.m.g, op))};
    rng            r = rng_start(1, RNG_CHECK, (uint32_t)op * 4 + (uint32_t)k);
    int            held = 0;
    for (int i = 0; i < 1000 && held < 100; i++) {
        double at[3] = {away_from_zero(&r), away_from_zero(&r), away_from_zero(&r)}, is[2];
        bench_run(b, at, nodes, 2, is);
        double y = eval_scalar(op, at[0], at[1], at[2]), d = derivative(op, at, k);
        if (!isfinite(y) || !isfinite(d) || (nodes[1] && fabs(is[1]) < 0.01)) continue;
        double stated = nodes[0] ? is[0] : 0;
        if (fabs(stated - d) > 1e-8 * fmax(1, fabs(d)))
            fail_msg("%s by %c at (%g, %g, %g): the table says %.12g, differences %.12g", info->id, 'a' + k, at[0], at[1],
                     at[2], stated, d);
        held++;
    }
    if (held < 100) fail_msg("%s by %c: only %d points have a derivative", info->id, 'a' + k, held);
}

static void gradients_hold_against_differences(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    for (int op = 1; op < OP_COUNT; op++)
        for (int k = 0; op_elementwise((op_id)op) && k < op_table[op].arity; k++) check_entry(&b, (op_id)op, k);
    reading_close(&b.r);
}

/* At whole numbers too: 0 is where the pieces of a definition meet. */
static void definitions_have_the_value(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    for (int op = 1; op < OP_COUNT; op++) {
        const ast *text = ir_definition(&b.r.m.g, (op_id)op);
        rng        r = rng_start(2, RNG_CHECK, (uint32_t)op);
        for (int i = 0; text && i < 100; i++) {
            double at[3], is[2];
            for (int k = 0; k < 3; k++) at[k] = i % 2 ? rng_normal(&r) : rng_below(&r, 7) - 3.0;
            node_id nodes[2] = {bench_op(&b, (op_id)op), bench_text(&b, (op_id)op, text)};
            bench_run(&b, at, nodes, 2, is);
            bool same = is[0] == is[1] || (isnan(is[0]) && isnan(is[1]));
            if (!same && !(fabs(is[0] - is[1]) <= 1e-13 * (1 + fabs(is[0]))))
                fail_msg("%s(%g, %g, %g) is %.17g, by its definition %.17g", op_table[op].name, at[0], at[1], at[2], is[0], is[1]);
        }
    }
    reading_close(&b.r);
}

/* The slope in a direction at a point; NaN across a jump. */
static double slope(op_id op, const double *at, const double *to) {
    double h = 1e-7, x[3], z[3];
    for (int k = 0; k < 3; k++) {
        x[k] = at[k] + h * to[k];
        z[k] = at[k] - h * to[k];
    }
    double d = (eval_scalar(op, x[0], x[1], x[2]) - eval_scalar(op, z[0], z[1], z[2])) / (2 * h);
    return fabs(d) < 100 ? d : NAN;
}

/* Where there is no derivative the table gives a subgradient: in each direction it lies between the
 * slopes at the points around. Directions that move the operands together tell whether a tie is given away. */
static int check_tie(bench *b, op_id op, const double *at, rng *r) {
    const op_info *info = &op_table[op];
    node_id        nodes[3] = {0, 0, 0};
    double         is[3];
    int            held = 0;
    for (int k = 0; k < info->arity; k++) nodes[k] = bench_text(b, op, ir_grad(&b->r.m.g, op, k));
    bench_run(b, at, nodes, 3, is);
    for (int way = 0; way < 27; way++) {
        double to[3] = {way % 3 - 1, info->arity > 1 ? way / 3 % 3 - 1 : 0, info->arity > 2 ? way / 9 - 1 : 0};
        double stated = 0, least = INFINITY, most = -INFINITY;
        for (int k = 0; k < info->arity; k++) stated += nodes[k] ? is[k] * to[k] : 0;
        for (int i = 0; i < 100; i++) {
            double near[3] = {at[0] + 1e-4 * rng_normal(r), at[1] + 1e-4 * rng_normal(r), at[2] + 1e-4 * rng_normal(r)};
            double d = slope(op, near, to);
            if (isnan(d)) continue;
            least = fmin(least, d);
            most = fmax(most, d);
        }
        held += least <= most;
        if (least <= most && (stated < least - 2e-3 || stated > most + 2e-3))
            fail_msg("%s at (%g, %g, %g) along (%g, %g, %g): the table says %g, around it the slopes are %g to %g", info->id,
                     at[0], at[1], at[2], to[0], to[1], to[2], stated, least, most);
    }
    return held;
}

static void a_tie_has_a_subgradient(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    for (int op = 1; op < OP_COUNT; op++) {
        rng r = rng_start(3, RNG_CHECK, (uint32_t)op);
        int held = 0;
        if (!op_table[op].kink[0] || !op_elementwise((op_id)op)) continue;
        node_id kink = bench_text(&b, (op_id)op, ir_kink(&b.r.m.g, (op_id)op));
        for (int i = 0; i < 125; i++) {
            double at[3] = {i % 5 - 2, (i / 5 % 5 - 2) / 2.0, i / 25 - 2}, is;
            bench_run(&b, at, &kink, 1, &is);
            if (fabs(is) < 1e-12) held += check_tie(&b, (op_id)op, at, &r);
        }
        if (!held) fail_msg("%s: no kink was met", op_table[op].id);
    }
    reading_close(&b.r);
}

static void relu_and_maximum_agree_at_zero(void **state) {
    (void)state;
    bench   b;
    double  zero[3] = {0, 0, 0}, is[3];
    bench_open(&b);
    node_id nodes[3] = {bench_text(&b, OP_RELU, ir_grad(&b.r.m.g, OP_RELU, 0)), bench_text(&b, OP_MAXIMUM, ir_grad(&b.r.m.g, OP_MAXIMUM, 1)),
                        bench_text(&b, OP_MAXIMUM, ir_grad(&b.r.m.g, OP_MAXIMUM, 0))};
    bench_run(&b, zero, nodes, 3, is);
    assert_true(is[0] == 0 && is[1] == 0 && is[2] == 1); /* a tie goes to the first, here the 0 */
    reading_close(&b.r);
}

/* What a column leaves out has to be left out on purpose. */
static void the_table_is_complete(void **state) {
    (void)state;
    for (int op = 1; op < OP_COUNT; op++) {
        const op_info *info = &op_table[op];
        bool           called = info->name[0] && !(info->flags & OP_FLAG_INFIX) && op != OP_TRANSPOSE;
        if (called) assert_int_equal(op_find(info->name), op);
        for (int k = info->arity; k < 3; k++) assert_string_equal(info->grad[k], "");
        if (called && info->arity && op != OP_OPEN) assert_non_null(strstr(info->form, "#a"));
    }
    assert_int_equal(op_find("+"), OP_NONE);
    assert_int_equal(op_find("sigmoidal"), OP_NONE);
}

/* --------------------------------------------- the table: operations on whole matrices */

/* Each is a model over A : (p, q) and B : (q, r); sin makes the gradient that comes in uneven. */
static const struct {
    op_id       op;
    const char *text;
} on_matrices[] = {
    {OP_MATMUL, "A @ B"},
    {OP_MATMUL, "A @ A.T"},
    {OP_TRANSPOSE, "A.T"},
    {OP_SUM, "sum(A)"},
    {OP_SUM, "sum(A, axis=0)"},
    {OP_SUM, "sum(A, axis=1)"},
    {OP_MEAN, "mean(A)"},
    {OP_MEAN, "mean(A, axis=0)"},
    {OP_MEAN, "mean(A, axis=1)"},
    {OP_MAX, "max(A)"},
    {OP_MAX, "max(A, axis=0)"},
    {OP_MAX, "max(A, axis=1)"},
    {OP_SOFTMAX, "softmax(A, axis=0)"},
    {OP_SOFTMAX, "softmax(A, axis=1)"},
    {OP_LOG_SOFTMAX, "log_softmax(A, axis=0)"},
    {OP_LOG_SOFTMAX, "log_softmax(A, axis=1)"},
    {OP_NORM, "norm(A)"},
    {OP_NORM, "norm(A, axis=0)"},
    {OP_NORM, "norm(A, axis=1)"},
    {OP_TRACE, "trace(A.T @ A)"},
    {OP_DIAG, "diag(sum(A, axis=1))"},
    {OP_DIAG, "diag(A.T @ A)"},
    {OP_INV, "inv(A.T @ A + 2 * eye(q))"},
    {OP_INV, "inv(A @ A.T / 4 + diag(1 + sum(A**2, axis=1)))"},
    {OP_SOLVE, "solve(A.T @ A + 2 * eye(q), B)"},
    {OP_SOLVE, "solve(A.T @ A + 2 * eye(q), A.T)"},
    {OP_DET, "det(A.T @ A / 4 + eye(q))"},
    {OP_LOGDET, "logdet(A.T @ A + eye(q))"},
    {OP_LOGDET, "logdet(2 * eye(p) - A @ A.T)"},
    {OP_CUMSUM, "cumsum(A, axis=0)"},
    {OP_CUMSUM, "cumsum(A, axis=1)"},
    {OP_CUMSUM_BACK, "cumsum_back(A, axis=0)"},
    {OP_CUMSUM_BACK, "cumsum_back(A, axis=1)"},
    {OP_SLICE, "A[0:1, :]"},
    {OP_SLICE, "A[:, -1:] @ B[1:2, :]"},
    {OP_SLICE, "A[1:, :][:, 0:q - 1]"},
    {OP_PAD, "pad(A, 1, 2)"},
    {OP_PAD, "pad(sin(A), 0, q, axis=1)"},
    {OP_CONCAT, "concat(A, B.T, A**2, axis=0)"},
    {OP_CONCAT, "concat(A.T, B, axis=1)"},
    {OP_KRON, "kron(A, B)"},
    {OP_KRON, "kron(A @ B, A[0:1, :])"},
    {OP_BLOCK_DOTS, "block_dots(kron(A, B), sin(B))"},
    {OP_BLOCK_SUM, "block_sum(kron(A, B), sin(A))"},
    {OP_OPEN, "g(A)"},
    {OP_OPEN, "g'(A)"},
    {OP_OPEN, "g(sin(A) * g''(A))"},
};

static void check_matrix_gradient(const char *expression) {
    static const form_of_gradient forms[] = {FORM_RAW, FORM_LOCAL, FORM_WHOLE};
    char text[400];
    snprintf(text, sizeof text, "function g\nparam A : (p, q)\nparam B : (q, r)\nR = %s\nJ = sum(sin(R + 1)) + sum(B**2)\nminimize J\n",
             expression);
    for (size_t i = 0; i < 3; i++) {
        reading r;
        rng     any = rng_start(3, RNG_CHECK, 0);
        held    h = {0};
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_DJ);
        program p = reading_program(&r, forms[i]);
        values *v = values_of(&r, &p, 0), *forward = values_of(&r, &r.dv.forward, 0);
        for (uint32_t k = 0; k < r.dv.list.n; k++) {
            const gradient *one = &r.dv.list.at[k];
            if (ir_var(&r.m.g, one->var)->kind == VAR_PARAM)
                hold(&h, forward, one->var, values_var(v, one->grad), r.m.cost, 1, 100, &any);
        }
        if (h.worst > 1e-6) print_message("%g, %u of %u skipped\n", h.worst, h.n_skipped, h.n);
        if (h.worst > 1e-6 || h.n < 2 || h.n_skipped > h.n / 4) reading_fail(&r, "its gradient does not hold against differences");
        reading_close(&r);
    }
}

static void matrix_gradients_hold_against_differences(void **state) {
    (void)state;
    bool seen[OP_COUNT] = {false};
    for (size_t i = 0; i < sizeof on_matrices / sizeof *on_matrices; i++) {
        seen[on_matrices[i].op] = true;
        check_matrix_gradient(on_matrices[i].text);
    }
    for (int op = 1; op < OP_COUNT; op++)
        if (!op_elementwise((op_id)op) && op_table[op].arity && !seen[op]) fail_msg("no test for %s", op_table[op].id);
}

static dfoo_status derive_again(const void *user, model *m, arena *a, const trail_edit *edit, derivation *out) {
    (void)user;
    return diff_run(m, a, &(diff_options){.convention = CONVENTION_DJ, .edit = edit}, out);
}

/* How the table says that an operation changes makes second derivatives, and these hold. */
static void check_matrix_change(const char *expression) {
    static const check_engine engine = {derive_again, NULL};
    char          text[400];
    reading       r;
    derivation    second;
    second_judged j;
    snprintf(text, sizeof text, "function g\nparam A : (p, q)\nparam B : (q, r)\nR = %s\nJ = sum(sin(R + 1)) + sum(B**2)\nminimize J\n",
             expression);
    reading_open(&r, text);
    reading_derive(&r, CONVENTION_DJ);
    bool *all = arena_new(&r.a, r.m.g.vars.n);
    for (var_id v = 1; v < r.m.g.vars.n; v++) all[v] = ir_var(&r.m.g, v)->kind == VAR_PARAM;
    if (diff_along(&r.dv, &r.m, &r.a, &(along_options){all, all}, &second) != DFOO_OK ||
        simplify_derivation(&second, &r.m.g, &r.a, NULL) != DFOO_OK ||
        check_second(&r.m, &r.dv, &second, &r.a, &engine, &(check_options){.seed = 1}, &j) != DFOO_OK)
        reading_fail(&r, "has no second derivatives");
    if (!j.ok || j.list.n != 2 || j.n_tried != 2 || !j.n_planted) {
        buf out;
        buf_init(&out, r.a.mem);
        second_write(&r.m, &j, &out);
        print_message("%s", out.text);
        buf_free(&out);
        reading_fail(&r, "its second derivatives do not hold");
    }
    reading_close(&r);
}

static void matrix_changes_make_second_derivatives(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof on_matrices / sizeof *on_matrices; i++) check_matrix_change(on_matrices[i].text);
}

/* ------------------------------------------------------------------- store */

static const char small_model[] = "const lambda = 0.5\nfunction g\ninput X : (n, m)\nlabel Y : (n, m)\nparam W : (n, n)\n"
                                  "param b : (n, 1)\nparam r : (1, m0)\nZ = W @ X + b\nJ = sum(Z * Y) + sum(r)\nminimize J\n";

static void the_same_operation_is_the_same_node(void **state) {
    (void)state;
    reading r;
    reading_open(&r, small_model);
    ir     *g = &r.m.g;
    node_id x = ir_var(g, reading_var(&r, "X"))->leaf, y = ir_var(g, reading_var(&r, "Y"))->leaf;
    assert_int_equal(ir_op2(g, OP_MUL, x, y), ir_op2(g, OP_MUL, x, y));
    assert_int_not_equal(ir_op2(g, OP_MUL, x, y), ir_op2(g, OP_MUL, y, x));
    assert_int_not_equal(ir_op2(g, OP_MUL, x, y), ir_op2(g, OP_ADD, x, y));
    assert_int_not_equal(ir_op(g, OP_SUM, AXIS_0, x, 0, 0), ir_op(g, OP_SUM, AXIS_1, x, 0, 0));
    assert_int_equal(ir_number(g, 0.1), ir_number(g, 0.1));
    assert_int_not_equal(ir_number(g, 0.1), ir_number(g, 0.2));
    assert_int_equal(ir_number(g, -3), ir_op1(g, OP_NEG, ir_number(g, 3)));
    assert_int_equal(ir_size(g, dim_literal(3)), ir_number(g, 3));
    assert_int_equal(ir_ones(g, shape_scalar()), ir_number(g, 1));
    assert_int_equal(ir_ones(g, ir_shape(g, x)), ir_ones(g, ir_shape(g, y)));
    sym f = symbols_add(&r.names, "g", 1);
    assert_int_equal(ir_open(g, f, 1, x), ir_open(g, f, 1, x));
    assert_int_not_equal(ir_open(g, f, 1, x), ir_open(g, f, 2, x));
    node_id old = ir_op2(g, OP_MUL, x, y), sum = x;
    for (int i = 1; i < 5000; i++) sum = ir_op2(g, OP_ADD, sum, ir_op2(g, OP_MUL, ir_number(g, i), x));
    assert_int_equal(ir_op2(g, OP_MUL, x, y), old); /* after the store has grown */
    for (node_id n = 1; n < g->nodes.n; n++)
        for (int k = 0; k < op_table[ir_node(g, n)->op].arity; k++) assert_true(ir_node(g, n)->arg[k] < n);
    reading_close(&r);
}

static void none_travels(void **state) {
    (void)state;
    reading r;
    reading_open(&r, small_model);
    ir     *g = &r.m.g;
    node_id x = ir_var(g, reading_var(&r, "X"))->leaf, w = ir_var(g, reading_var(&r, "W"))->leaf;
    assert_int_equal(ir_op2(g, OP_ADD, x, 0), 0);
    assert_int_equal(ir_op2(g, OP_MATMUL, x, w), 0); /* does not fit */
    assert_int_equal(ir_op1(g, OP_EXP, ir_op2(g, OP_MATMUL, x, w)), 0);
    assert_int_equal(ir_open(g, 1, 0, 0), 0);
    assert_int_equal(ir_sum_to(g, 0, shape_scalar()), 0);
    assert_int_equal(arena_status(&r.a), DFOO_OK);
    reading_close(&r);
}

static void variables_and_their_gradients(void **state) {
    (void)state;
    reading r;
    reading_open(&r, small_model);
    var_id w = reading_var(&r, "W"), dw = ir_gradient_var(&r.m.g, w);
    assert_string_equal(ir_var_name(&r.m.g, dw), "dW");
    assert_int_equal(ir_gradient_var(&r.m.g, w), dw);
    assert_int_equal(ir_var(&r.m.g, dw)->of, w);
    assert_true(shape_equal(ir_var(&r.m.g, dw)->sh, ir_var(&r.m.g, w)->sh));
    assert_int_equal(reading_var(&r, "dW"), dw);
    assert_int_equal(reading_var(&r, "nobody"), 0);
    assert_non_null(program_find(&r.m.forward, reading_var(&r, "Z")));
    assert_null(program_find(&r.m.forward, w));
    reading_close(&r);
}

static void reach_lists_arguments_first(void **state) {
    (void)state;
    reading r;
    reading_open(&r, small_model);
    node_id root = reading_expression(&r, "tanh(W @ X + b) * tanh(W @ X + b) + Y"), missing = reading_expression(&r, "exp(Y)");
    node_list need = {{0}};
    assert_int_equal(ir_reach(&r.m.g, &r.a, &root, 1, &need), DFOO_OK);
    assert_int_equal(need.list.n, 9); /* W X b Y, @ + tanh * + */
    for (uint32_t i = 0; i < need.list.n; i++) {
        assert_int_not_equal(need.list.at[i], missing);
        if (i) assert_true(need.list.at[i - 1] < need.list.at[i]);
    }
    assert_int_equal(need.list.at[8], root);
    reading_close(&r);
}

/* ------------------------------------------------------------------ shapes */

enum { N = 101, M = 102 }; /* literal sizes that stand for names */

static void elementwise_shapes(void **state) {
    (void)state;
    static const struct {
        shape a, b, out;
        bool  fits;
    } list[] = {
        {{0, 0}, {0, 0}, {0, 0}, true},
        {{0, 0}, {N, M}, {N, M}, true},
        {{N, M}, {N, M}, {N, M}, true},
        {{N, 1}, {N, M}, {N, M}, true},
        {{1, M}, {N, M}, {N, M}, true},
        {{1, 1}, {N, M}, {N, M}, true},
        {{1, 1}, {1, 1}, {1, 1}, true},
        {{1, 1}, {N, 1}, {N, 1}, true},
        {{0, 0}, {1, 1}, {1, 1}, true},
        {{N, 1}, {1, M}, {N, M}, true}, /* both stretch */
        {{N, M}, {M, N}, {0, 0}, false},
        {{N, 1}, {M, 1}, {0, 0}, false},
        {{N, 1}, {M, N}, {0, 0}, false},
        {{N, M}, {N, 2}, {0, 0}, false},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        shape out[2];
        bool  fits[2] = {shape_broadcast(list[i].a, list[i].b, &out[0]), shape_broadcast(list[i].b, list[i].a, &out[1])};
        for (int k = 0; k < 2; k++) {
            assert_int_equal(fits[k], list[i].fits);
            if (fits[k]) assert_true(shape_equal(out[k], list[i].out));
        }
    }
}

static void names_fit_only_themselves(void **state) {
    (void)state;
    shape out;
    assert_false(shape_broadcast(shape_of(dim_named(1), 1), shape_of(dim_named(2), 1), &out));
    assert_false(shape_broadcast(shape_of(dim_named(1), 4), shape_of(4, 4), &out));
    assert_true(shape_broadcast(shape_of(dim_named(1), dim_named(2)), shape_of(1, dim_named(2)), &out));
}

static void shapes_of_other_operations(void **state) {
    (void)state;
    reading r;
    reading_open(&r, small_model);
    shape args[3] = {{N, M}, {M, 3}, {0, 0}}, out;
    assert_true(ir_fits(&r.m.g, OP_MATMUL, 0, args, &out) && shape_equal(out, shape_of(N, 3)));
    assert_true(ir_fits(&r.m.g, OP_TRANSPOSE, 0, args, &out) && shape_equal(out, shape_of(M, N)));
    assert_true(ir_fits(&r.m.g, OP_SUM, AXIS_0, args, &out) && shape_equal(out, shape_of(1, M)));
    assert_true(ir_fits(&r.m.g, OP_MAX, AXIS_1, args, &out) && shape_equal(out, shape_of(N, 1)));
    assert_true(ir_fits(&r.m.g, OP_MEAN, AXIS_ALL, args, &out) && shape_is_scalar(out));
    assert_true(ir_fits(&r.m.g, OP_SOFTMAX, AXIS_1, args, &out) && shape_equal(out, args[0]));
    args[1].rows = N;
    assert_false(ir_fits(&r.m.g, OP_MATMUL, 0, args, &out));
    args[0] = shape_scalar();
    assert_false(ir_fits(&r.m.g, OP_MATMUL, 0, args, &out));
    shape where[3] = {{N, 1}, {1, 1}, {N, M}};
    assert_true(ir_fits(&r.m.g, OP_WHERE, 0, where, &out) && shape_equal(out, shape_of(N, M)));
    shape parts[3] = {{N, 4}, {M, 4}, {0, 0}};
    assert_true(ir_fits(&r.m.g, OP_CONCAT, AXIS_0, parts, &out) && shape_equal(out, shape_of(N + M, 4)));
    assert_false(ir_fits(&r.m.g, OP_CONCAT, AXIS_1, parts, &out));
    assert_true(ir_fits(&r.m.g, OP_KRON, 0, parts, &out) && shape_equal(out, shape_of(N * M, 16)));
    parts[0] = out;
    assert_true(ir_fits(&r.m.g, OP_BLOCK_DOTS, 0, parts, &out) && shape_equal(out, shape_of(N, 4)));
    assert_true(ir_fits(&r.m.g, OP_BLOCK_SUM, 0, parts, &out) && shape_equal(out, shape_of(N, 4)));
    parts[0].rows++;
    assert_false(ir_fits(&r.m.g, OP_BLOCK_DOTS, 0, parts, &out));
    reading_close(&r);
}

static void sum_to_undoes_a_broadcast(void **state) {
    (void)state;
    static const struct {
        const char *like, *text;
    } list[] = {{"X", "X"}, {"b", "sum(X, axis=1, keepdims=True)"}, {"sum(X)", "sum(X)"}, {"sum(X, axis=0)", "sum(X, axis=0, keepdims=True)"},
                {"sum(sum(X, axis=0), axis=1)", "sum(sum(X, axis=1, keepdims=True), axis=0, keepdims=True)"}};
    reading r;
    reading_open(&r, small_model);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        node_id like = reading_expression(&r, list[i].like);
        assert_string_equal(reading_text(&r, ir_sum_to(&r.m.g, reading_expression(&r, "X"), ir_shape(&r.m.g, like))), list[i].text);
    }
    reading_close(&r);
}

/* ---------------------------------------------------------------- printing */

/* As written is as printed. */
static void brackets_stand_where_they_are_needed(void **state) {
    (void)state;
    static const char *const list[] = {
        "X - (Y - X)", "X - Y - X", "X * (Y * X)", "X * Y * X", "X / (Y / X)", "X / Y / X", "-X**2", "(-X)**2", "2**-lambda", "X**Y**X",
        "(X**Y)**X", "(W @ X).T", "W.T @ X", "-W @ X", "(-W) @ X", "-(W @ X)", "W @ (W @ X)", "W @ W @ X", "W @ (2 * X)", "2 * W @ X",
        "2 * (W @ X)", "(X > 0) * Y", "(X > 0) == (Y > 0)", "X + Y > 0", "(X > 0) + Y", "1/m * W @ X", "X / (2*m)", "lambda/(2*m) * X",
        "X * (-Y)", "X - (-Y)", "--X", "-(X + Y)", "-X + Y", "(X + Y) * X", "tanh(X)**2", "g''(X + Y)", "sum(X, axis=0, keepdims=True)",
        "where(X > 0, Y, -X)", "ones(n, m)", "0.5 * ones(n, 1)", "pi * X", "1e-08 * X", "(X == Y) != X", "softmax(X)", "leaky_relu(X, 0.01)", "sum(-X)",
        "((1 + X) / 2)**3", "W.T.T", "g(X).T", "X.T**2", "(X**2).T", "X / Y * X", "X * (Y / X)",
    };
    reading r;
    reading_open(&r, small_model);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        node_id n = reading_expression(&r, list[i]);
        if (!n) reading_fail(&r, list[i]);
        if (reading_expression(&r, reading_text(&r, n)) != n) fail_msg("%s is printed as %s, which is something else", list[i], reading_text(&r, n));
    }
    static const char *const same[] = {"X - (Y - X)", "X * (Y * X)", "-X**2", "W.T @ X", "1/m * W @ X", "lambda/(2*m) * X",
                                       "where(X > 0, Y, -X)", "sum(X, axis=0, keepdims=True)", "g''(X + Y)", "0.5 * ones(n, 1)"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        assert_string_equal(reading_text(&r, reading_expression(&r, same[i])), same[i]);
    reading_close(&r);
}

/* Up to three rows or columns of a, or as many zeros before and behind it. */
static node_id random_piece(ir *g, rng *any, op_id op, node_id a, uint8_t axis) {
    dim start = rng_below(any, 3), n = 1 + rng_below(any, 3), all;
    if (shape_is_scalar(ir_shape(g, a))) return 0;
    if (op == OP_SLICE) return ir_slice(g, a, axis, start, n);
    if (!dim_add(g->names, shape_along(ir_shape(g, a), axis), start + n, &all)) return 0;
    return ir_pad(g, a, axis, start, all);
}

/* A random node of any shape over what is there already. */
static node_id random_node(reading *r, rng *any, const node_id *pool, uint32_t n) {
    ir     *g = &r->m.g;
    op_id   op = (op_id)(1 + rng_below(any, OP_COUNT - 1));
    node_id arg[3] = {pool[rng_below(any, n)], pool[rng_below(any, n)], pool[rng_below(any, n)]};
    uint8_t rule = op_table[op].rule;
    uint8_t axis = (uint8_t)rng_below(any, rule == SHAPE_REDUCED ? 3 : 2);
    if (op == OP_NUMBER) return ir_number(g, rng_below(any, 2) ? rng_below(any, 9) : rng_normal(any));
    if (op == OP_SIZE) return ir_size(g, r->m.examples);
    if (op == OP_ONES && !shape_is_scalar(ir_shape(g, arg[0]))) return ir_ones(g, ir_shape(g, arg[0]));
    if (op == OP_OPEN) return ir_open(g, symbols_add(&r->names, "g", 1), (uint8_t)rng_below(any, 3), arg[0]);
    if (rule == SHAPE_PIECE) return random_piece(g, any, op, arg[0], axis);
    if (rule == SHAPE_LEAF || op == OP_DROPOUT) return 0; /* a dropout has a mask of its own */
    bool number = shape_is_scalar(ir_shape(g, arg[0])); /* the notation reads x.T and softmax(x) of a number as x */
    if (number && (op == OP_TRANSPOSE || rule == SHAPE_SAME)) return 0;
    for (int k = op_table[op].arity; k < 3; k++) arg[k] = 0;
    return ir_op(g, op, op_has_axis(op) ? axis : 0, arg[0], arg[1], arg[2]);
}

static void what_is_printed_parses_back(void **state) {
    (void)state;
    static const char *const leaves[] = {"X", "Y", "W", "b", "r", "lambda", "m", "n", "pi", "2"};
    enum { N_LEAVES = sizeof leaves / sizeof *leaves, POOL = 40 };
    uint32_t held = 0;
    for (uint32_t round = 0; round < 200; round++) {
        reading r;
        node_id pool[POOL];
        rng     any = rng_start(4, RNG_CHECK, round);
        reading_open(&r, small_model);
        for (int i = 0; i < N_LEAVES; i++) pool[i] = reading_expression(&r, leaves[i]);
        for (uint32_t n = N_LEAVES, tries = 0; n < POOL && tries < 1000; tries++) {
            node_id made = random_node(&r, &any, pool, n);
            if (!made) continue;
            pool[n++] = made;
            const char *text = reading_text(&r, made);
            if (strlen(text) > 2000) break; /* shared parts are written out: a tree may be long */
            node_id read = reading_expression(&r, text);
            if (read != made) {
                print_message("%s is read as %s\n", text, read ? reading_text(&r, read) : "nothing");
                reading_fail(&r, "printing");
            }
            held++;
        }
        reading_close(&r);
    }
    assert_true(held > 3000);
}

/* -------------------------------------------------------------- evaluation */

static values *numbers_of(reading *r, const char *expression, node_id *n) {
    static const double X[] = {1, -2, 3, 0.5, 4, -1}, Y[] = {2, 2, 2, -1, 0, 5}, W[] = {1, 2, 3, 4}, b[] = {10, 20};
    static const struct {
        const char   *name;
        const double *at;
        size_t        n;
    } given[] = {{"X", X, 6}, {"Y", Y, 6}, {"W", W, 4}, {"b", b, 2}};
    values *v = arena_new(&r->a, sizeof *v);
    *n = reading_expression(r, expression);
    if (!*n) reading_fail(r, expression);
    assert_int_equal(sizes_init(&v->s, &r->a, &r->names), DFOO_OK);
    assert_true(sizes_set(&v->s, symbols_find(&r->names, "n", 1), 2) && sizes_set(&v->s, symbols_find(&r->names, "m", 1), 3));
    assert_false(sizes_set(&v->s, symbols_find(&r->names, "n", 1), 3));
    assert_int_equal(eval_init(&v->e, &r->m.g, &r->a, &v->s), DFOO_OK);
    assert_int_equal(eval_add_node(&v->e, *n), DFOO_OK);
    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        matrix m = eval_var(&v->e, reading_var(r, given[i].name));
        memcpy(m.at, given[i].at, given[i].n * sizeof(double));
    }
    eval_run(&v->e);
    return v;
}

static void evaluation_by_hand(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t      rows, cols;
        double      at[8];
    } list[] = {
        {"W @ X", 2, 3, {2, 6, 1, 5, 10, 5}},
        {"X.T", 3, 2, {1, 0.5, -2, 4, 3, -1}},
        {"X + b", 2, 3, {11, 8, 13, 20.5, 24, 19}},
        {"X * sum(X, axis=0)", 2, 3, {1.5, -4, 6, 0.75, 8, -2}},
        {"sum(X)", 1, 1, {5.5}},
        {"sum(X, axis=0)", 1, 3, {1.5, 2, 2}},
        {"mean(X, axis=1)", 2, 1, {2.0 / 3, 3.5 / 3}},
        {"mean(X)", 1, 1, {5.5 / 6}},
        {"max(X, axis=0)", 1, 3, {1, 4, 3}},
        {"max(X)", 1, 1, {4}},
        {"(X > Y) - (X == 4)", 2, 3, {0, 0, 1, 1, 0, 0}},
        {"where(X > 0, Y, -X)", 2, 3, {2, 2, 2, -1, 0, 1}},
        {"m * lambda", 1, 1, {1.5}},
        {"2 * ones(n, m)", 2, 3, {2, 2, 2, 2, 2, 2}},
        {"sum(softmax(X, axis=1), axis=1)", 2, 1, {1, 1}},
        {"exp(log_softmax(1000 * X, axis=0))", 2, 3, {1, 0, 1, 0, 1, 0}},
        {"X[1:2, :]", 1, 3, {0.5, 4, -1}},
        {"X[:, 1:]", 2, 2, {-2, 3, 4, -1}},
        {"X[0:1, -2:]", 1, 2, {-2, 3}},
        {"pad(b, 1, 2, axis=1)", 2, 4, {0, 10, 0, 0, 0, 20, 0, 0}},
        {"pad(X[:, 0:1], 1, 0)", 3, 1, {0, 1, 0.5}},
        {"concat(b, X[:, 0:1])", 4, 1, {10, 20, 1, 0.5}},
        {"concat(b, X[:, 1:3], b, axis=1)", 2, 4, {10, -2, 3, 10, 20, 4, -1, 20}},
        {"kron(b.T, W)", 2, 4, {10, 20, 20, 40, 30, 40, 60, 80}},
        {"kron(W, b)", 4, 2, {10, 20, 20, 40, 30, 40, 60, 80}},
        {"block_dots(kron(W, b), b)", 2, 2, {500, 1000, 1500, 2000}},
        {"block_sum(kron(W, b), W)", 2, 1, {300, 600}},
        {"b - X[0:1, :]", 2, 3, {9, 12, 7, 19, 22, 17}},
        {"X**2 / 2", 2, 3, {0.5, 2, 4.5, 0.125, 8, 0.5}},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        reading r;
        node_id n;
        reading_open(&r, small_model);
        values *v = numbers_of(&r, list[i].text, &n);
        matrix  is = eval_node(&v->e, n);
        assert_int_equal(is.rows, list[i].rows);
        assert_int_equal(is.cols, list[i].cols);
        for (size_t k = 0; k < is.rows * is.cols; k++)
            if (fabs(is.at[k] - list[i].at[k]) > 1e-14) fail_msg("%s: entry %zu is %.17g", list[i].text, k, is.at[k]);
        reading_close(&r);
    }
}

static void differences_of_matrices(void **state) {
    (void)state;
    double one[2] = {100, 1}, two[2] = {100, 1.5}, odd[2] = {NAN, 1}, large[2] = {INFINITY, 1}, tiny[2] = {0, 0};
    matrix a = {1, 2, one}, b = {1, 2, two}, turned = {2, 1, one}, nan = {1, 2, odd}, inf = {1, 2, large}, zero = {1, 2, tiny};
    assert_true(matrix_difference(a, a) == 0);
    assert_true(matrix_difference(zero, zero) == 0);
    assert_true(fabs(matrix_difference(a, b) - 0.005) < 1e-15);
    assert_true(matrix_difference(a, turned) == INFINITY);
    assert_true(matrix_difference(a, nan) == INFINITY);
    assert_true(matrix_difference(nan, nan) == 0);
    assert_true(matrix_difference(inf, inf) == 0);
    assert_true(matrix_difference(inf, a) == INFINITY);
}

static void random_values_suit_the_model(void **state) {
    (void)state;
    reading r;
    reading_open(&r, "input X : (m, n)\nlabel Y : (m, k) onehot\nlabel V : (m, 1)\nparam w : (n, k)\nZ = X @ w\nJ = 1/m * sum(Z * Y) + sum(V)\nminimize J\n");
    program none = {{0}};
    values *v = values_of(&r, &none, 0), *again = values_of(&r, &none, 0), *other = values_of(&r, &none, 2);
    matrix  y = values_var(v, reading_var(&r, "Y")), x = values_var(v, reading_var(&r, "X"));
    for (size_t i = 0; i < y.rows; i++) {
        double sum = 0;
        for (size_t j = 0; j < y.cols; j++) sum += y.at[i * y.cols + j];
        assert_true(fabs(sum - 1) < 1e-15);
    }
    assert_true(matrix_difference(x, values_var(again, reading_var(&r, "X"))) == 0);
    assert_true(matrix_difference(x, values_var(other, reading_var(&r, "X"))) > 0);
    reading_close(&r);
}

/* -------------------------------------------------------------- index trees */

typedef struct indices {
    reading    r;
    values    *v;
    node_id    product;
    index_env  env;
    index_name names[3];
} indices;

static void indices_open(indices *x) {
    reading_open(&x->r, small_model);
    x->v = numbers_of(&x->r, "W @ X", &x->product);
    x->names[0] = (index_name){"a", ir_var(&x->r.m.g, reading_var(&x->r, "W"))->leaf};
    x->names[1] = (index_name){"b", ir_var(&x->r.m.g, reading_var(&x->r, "X"))->leaf};
    x->names[2] = (index_name){"c", ir_var(&x->r.m.g, reading_var(&x->r, "b"))->leaf};
    x->env = (index_env){.g = &x->r.m.g, .a = &x->r.a, .names = x->names, .n_names = 3};
}

static index_tree *index_of(indices *x, const char *text) {
    const ast *t = syntax_read(&x->r.a, &x->r.names, &x->r.d, text, true);
    assert_non_null(t);
    return index_build(&x->env, t);
}

static void index_sums_are_products(void **state) {
    (void)state;
    indices x;
    indices_open(&x);
    index_tree  *sum = index_of(&x, "sum(j, a[i,j] * b[j,t]) + c[i,1]");
    index_values v = {.e = &x.v->e};
    matrix       p = eval_node(&x.v->e, x.product);
    assert_int_equal(index_range(&x.v->e, sum, 'i'), 2);
    assert_int_equal(index_range(&x.v->e, sum, 't'), 3);
    assert_int_equal(index_range(&x.v->e, sum, 'q'), 0);
    for (v.at['i'] = 0; v.at['i'] < 2; v.at['i']++)
        for (v.at['t'] = 0; v.at['t'] < 3; v.at['t']++)
            assert_true(index_value(&v, sum) == p.at[v.at['i'] * 3 + v.at['t']] + (double)(10 * (v.at['i'] + 1)));
    assert_null(index_of(&x, "unknown[i,j]"));
    reading_close(&x.r);
}

static void index_trees_are_written_for_people(void **state) {
    (void)state;
    static const struct {
        const char *text, *all, *one;
    } list[] = {
        {"sum(j, a[i,j] * b[j,t])", "Σj W[i,j]*X[j,t]", "Σj W[i,j]*x[j]"},
        {"spell(j, a[i,j] * b[j,t]) + c[i,1]", "W[i,1]*X[1,t] + .. + W[i,j]*X[j,t] + .. + b[i]", "W[i,1]*x[1] + .. + W[i,j]*x[j] + .. + b[i]"},
        {"D(b[i,t], c[i,1]) * 2", "∂X[i,t]/∂b[i] * 2", "∂x[i]/∂b[i] * 2"},
        {"DL(b[i,t])", "∂l/∂X[i,t]", "∂l/∂x[i]"},
        {"sum(j, c[i,1])", "b[i]", "b[i]"}, /* nothing to add up */
        {"1 - tanh(b[j,t])**2", "1 - tanh(X[j,t])**2", "1 - tanh(x[j])**2"},
        {"(a[i,j] + 1) * b[j,t]", "(W[i,j] + 1)*X[j,t]", "(W[i,j] + 1)*x[j]"},
    };
    indices x;
    indices_open(&x);
    bool *small = arena_new(&x.r.a, x.r.m.g.vars.n);
    small[reading_var(&x.r, "X")] = true;
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        index_style styles[2] = {{NULL, NULL, 0, "l"}, {small, small, 't', "l"}};
        for (int k = 0; k < 2; k++) {
            buf out;
            buf_init(&out, x.r.a.mem);
            index_print(&x.r.m.g, index_of(&x, list[i].text), &styles[k], &out);
            assert_string_equal(out.text, k ? list[i].one : list[i].all);
            buf_free(&out);
        }
    }
    reading_close(&x.r);
}

static void index_trees_of_nodes(void **state) {
    (void)state;
    indices x;
    indices_open(&x);
    index_tree  *t = index_of_node(&x.env, reading_expression(&x.r, "exp(X) * b + W.T @ X"), 'i', 't');
    index_values v = {.e = &x.v->e};
    assert_null(t); /* a product is not elementwise */
    t = index_of_node(&x.env, reading_expression(&x.r, "m * (X - b)"), 'i', 't');
    v.at['i'] = 1;
    v.at['t'] = 2;
    assert_true(index_value(&v, t) == 3 * (-1.0 - 20));
    assert_false(index_has_partial(t));
    assert_true(index_has_partial(index_of(&x, "2 * sum(j, D(b[j,t], a[i,j]))")));
    reading_close(&x.r);
}

/* ---------------------------------------------------- the n-th call fails */

static dfoo_status use_store(const dfoo_allocator *mem, void *user) {
    (void)user;
    reading     r;
    dfoo_status status = reading_try(&r, *mem, small_model);
    program     p = {{0}};
    values      v;
    node_id     n = 1;
    for (int i = 0; status == DFOO_OK && i < 300; i++) n = ir_op1(&r.m.g, OP_TANH, n == 1 ? ir_var(&r.m.g, reading_var(&r, "X"))->leaf : n);
    if (status == DFOO_OK) status = arena_status(&r.a);
    if (status == DFOO_OK) status = model_try_sizes(&r.m, &r.a, 0, &v.s);
    if (status == DFOO_OK) status = eval_init(&v.e, &r.m.g, &r.a, &v.s);
    if (status == DFOO_OK) status = eval_add_program(&v.e, &p);
    if (status == DFOO_OK) status = eval_add_node(&v.e, n);
    if (status == DFOO_OK) status = eval_random(&v.e, 1, 0);
    if (status == DFOO_OK) eval_run(&v.e);
    reading_close(&r);
    return status;
}

/* ------------------------------------------------------------------- forks */

/* What is built in a fork is not in the store; a node that is taken over is the one that would have been built there. */
static void a_fork_goes_its_own_way(void **state) {
    reading r;
    ir      fork;
    arena   a;
    (void)state;
    reading_open(&r, small_model);
    arena_init(&a, mem_default());
    node_id  x = ir_var(&r.m.g, reading_var(&r, "X"))->leaf;
    uint32_t n = r.m.g.nodes.n, numbers = r.m.g.numbers.n;
    assert_int_equal(ir_fork(&r.m.g, &a, &fork), DFOO_OK);
    node_id mine = x;
    for (int i = 0; i < 500; i++) mine = ir_op2(&fork, OP_MUL, ir_number(&fork, i + 0.25), ir_op1(&fork, OP_TANH, mine));
    assert_true(mine && fork.nodes.n > n);
    assert_int_equal(r.m.g.nodes.n, n);
    assert_int_equal(r.m.g.numbers.n, numbers);
    node_id other = ir_number(&r.m.g, 7.125); /* its number is another node's in the fork */
    assert_true(other && other < fork.nodes.n);
    node_id taken = ir_adopt(&r.m.g, &fork, &a, mine);
    arena_free(&a);
    for (int i = 0; i < 500; i++) x = ir_op2(&r.m.g, OP_MUL, ir_number(&r.m.g, i + 0.25), ir_op1(&r.m.g, OP_TANH, x));
    assert_int_equal(taken, x);
    reading_close(&r);
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(use_store, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_hold_against_differences),
        cmocka_unit_test(definitions_have_the_value),
        cmocka_unit_test(a_tie_has_a_subgradient),
        cmocka_unit_test(relu_and_maximum_agree_at_zero),
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(matrix_gradients_hold_against_differences),
        cmocka_unit_test(matrix_changes_make_second_derivatives),
        cmocka_unit_test(the_same_operation_is_the_same_node),
        cmocka_unit_test(none_travels),
        cmocka_unit_test(variables_and_their_gradients),
        cmocka_unit_test(reach_lists_arguments_first),
        cmocka_unit_test(elementwise_shapes),
        cmocka_unit_test(names_fit_only_themselves),
        cmocka_unit_test(shapes_of_other_operations),
        cmocka_unit_test(sum_to_undoes_a_broadcast),
        cmocka_unit_test(brackets_stand_where_they_are_needed),
        cmocka_unit_test(what_is_printed_parses_back),
        cmocka_unit_test(evaluation_by_hand),
        cmocka_unit_test(differences_of_matrices),
        cmocka_unit_test(random_values_suit_the_model),
        cmocka_unit_test(index_sums_are_products),
        cmocka_unit_test(index_trees_are_written_for_people),
        cmocka_unit_test(index_trees_of_nodes),
        cmocka_unit_test(a_fork_goes_its_own_way),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

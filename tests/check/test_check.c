/* The check: right gradients pass, wrong ones are named, every planted mistake is noticed. */
#include "teach/check/inside.h"
#include "teach/check/mistakes.h"
#include "reading.h"

/* ------------------------------------------------------------------ models */

#define TWO_LAYER(LABELS, G, HEAD, LOSS, COST)                                                           \
    "input X : (n0, m)\nlabel Y : (n2, m) " LABELS "\nparam W1 : (n1, n0) ~ xavier\n"                     \
    "param b1 : (n1, 1) ~ zeros\nparam W2 : (n2, n1) ~ xavier\nparam b2 : (n2, 1) ~ zeros\n"              \
    "Z1 = W1 @ X + b1\nA1 = " G "\nZ2 = W2 @ A1 + b2\nA2 = " HEAD "\nL = " LOSS "\nJ = " COST "\nminimize J\n"
#define ENTROPY "-(Y * log(A2) + (1 - Y) * log(1 - A2))"
#define MEAN_LOSS "1/m * sum(L)"
#define WITH(G) TWO_LAYER("", G, "sigmoid(Z2)", ENTROPY, MEAN_LOSS)

static const char two_layer[] = WITH("tanh(Z1)");

static const char deep_square[] =
    "input X : (n, m)\nlabel Y : (n, m)\nparam W1 : (n, n)\nparam W2 : (n, n)\nparam W3 : (n, n)\n"
    "param b1 : (n, 1)\nparam b2 : (n, 1)\nZ1 = W1 @ X + b1\nA1 = relu(Z1)\nZ2 = W2 @ A1 + b2\nA2 = relu(Z2)\n"
    "Z3 = W3 @ A2\nA3 = sigmoid(Z3)\nL = -(Y * log(A3) + (1 - Y) * log(1 - A3))\nJ = mean(L)\nminimize J\n";

static const char tanh_square[] =
    "input X : (n, m)\nlabel Y : (n, m)\nparam W1 : (n, n)\nparam W2 : (n, n)\nparam W3 : (n, n)\n"
    "param b1 : (n, 1)\nparam b2 : (n, 1)\nZ1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = tanh(Z2)\n"
    "Z3 = W3 @ A2\nA3 = sigmoid(Z3)\nS4 = sigmoid(A3)\nL = (S4 - Y)**2\nJ = 1/m * sum(L)\nminimize J\n";

static const char batch_norm[] =
    "input X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam g : (n1, 1)\nparam be : (n1, 1)\n"
    "param W2 : (1, n1)\nparam b2 : (1, 1)\nZ1 = W1 @ X\nmu = mean(Z1, axis=1)\nC1 = Z1 - mu\n"
    "v = mean(C1**2, axis=1)\nN1 = C1 / sqrt(v + 1e-5)\nU1 = g * N1 + be\nA1 = relu(U1)\nZ2 = W2 @ A1 + b2\n"
    "A2 = sigmoid(Z2)\nL = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n";

static const char attention[] =
    "input X : (d, T)\nlabel Y : (d, T)\nparam Wq : (d, d)\nparam Wk : (d, d)\nparam Wv : (d, d)\nparam P : (d, d)\n"
    "Q = Wq @ X\nK = Wk @ X\nV = Wv @ P @ X\nS = K.T @ Q / sqrt(d)\nA = softmax(S, axis=0)\nO = V @ A\n"
    "J = 1/T * sum((O - Y)**2) + sum(P.T * Wq)\nminimize J\n";

static const char elements[] =
    "input X : (n, m)\nparam p : (n, 1)\nparam q : (n, 1)\nparam r : (n, 1)\nS = sin(X * p) + cos(X + q)\n"
    "B = abs(X - p) + maximum(X, q) * minimum(p, X)\nC = where(X > p, X * q, X - q) + exp(p / 4)\n"
    "D = (X**2 + 1)**r + sqrt(X**2 + 2) / (q**2 + 1) + erf(X) + log1p(p**2)\n"
    "M = max(S, axis=0)\nN = log_softmax(X * r, axis=0)\nE = log_softmax(X * p, axis=0)\n"
    "J = 1/m * (sum(S * B + C - D) + sum(M) + sum(N * B) + sum(E * X))\nminimize J\n";

static const char elu_net[] = WITH("elu(Z1)");
static const char leaky_net[] = WITH("leaky_relu(Z1)");

static const char *const models[] = {
    two_layer,
    WITH("relu(Z1)"),
    WITH("np.maximum(0, Z1)"),
    leaky_net,
    elu_net,
    WITH("softplus(Z1)"),
    WITH("swish(Z1)"),
    WITH("gelu(Z1)"),
    "function g1\n" WITH("g1(Z1)"),
    "g1(z) = z * sigmoid(z)\n" WITH("g1(Z1)"),
    TWO_LAYER("onehot", "tanh(Z1)", "softmax(Z2)", "-sum(Y * log(A2), axis=0)", MEAN_LOSS),
    TWO_LAYER("", "tanh(Z1)", "softmax(Z2)", "-sum(Y * log(A2), axis=0)", MEAN_LOSS),
    TWO_LAYER("", "tanh(Z1)", "Z2", "(A2 - Y)**2", MEAN_LOSS),
    TWO_LAYER("", "tanh(Z1)", "sigmoid(Z2)", "1/2 * (A2 - Y)**2", "sqrt(mean(L))"),
    "const lambda = 0.7\n" TWO_LAYER("", "tanh(Z1)", "sigmoid(Z2)", ENTROPY,
                                     MEAN_LOSS " + lambda/(2*m) * (sum(W1**2) + sum(W2**2))"),
    "input X : (m, n0)\nlabel Y : (m, n2)\nparam W1 : (n0, n1)\nparam b1 : (1, n1)\nparam W2 : (n1, n2)\n"
    "Z1 = X @ W1 + b1\nA1 = tanh(Z1)\nA2 = sigmoid(A1 @ W2)\nL = " ENTROPY "\nJ = 1/m * sum(L)\nminimize J\n",
    "input x : (n0, 1)\nlabel y : (1, 1)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam w2 : (1, n1)\nz1 = W1 x + b1\n"
    "a1 = tanh(z1)\nz2 = w2 a1\na2 = sigmoid(z2)\nl = -(y * log(a2) + (1 - y) * log(1 - a2))\nJ = sum(l)\nminimize J\n",
    "input X : (n0, m)\nparam W : (n1, n0)\nparam b1 : (n1, 1)\nparam b2 : (n0, 1)\nA1 = tanh(W @ X + b1)\n"
    "A2 = sigmoid(W.T @ A1 + b2)\nL = -(X * log(A2) + (1 - X) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n",
    "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam W2 : (n2, n1)\nparam W3 : (n1, n1)\n"
    "H1 = tanh(W1 @ X)\nA1 = relu(W3 @ H1 + H1)\nA2 = sigmoid(W2 @ A1)\nL = " ENTROPY "\nJ = 1/m * sum(L)\nminimize J\n",
    deep_square,
    tanh_square,
    batch_norm,
    attention,
    elements,
    "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam W2 : (n2, n1)\nA1 = dropout(relu(W1 @ X), 0.8)\n"
    "A2 = sigmoid(W2 @ A1)\nL = " ENTROPY "\nJ = 1/m * sum(L)\nminimize J\n",
};
enum { N_MODELS = sizeof models / sizeof *models };

/* ----------------------------------------------------------------- harness */

typedef struct opened {
    reading           r;
    arena             scratch;
    program           shown;
    convention        convention;
    const trail_edit *also; /* what the engine plants instead of what it is told to */
} opened;

static dfoo_status derive(const void *user, model *m, arena *a, const trail_edit *edit, derivation *out) {
    const opened *o = user;
    diff_options  opt = {.convention = o->convention, .edit = edit && o->also ? o->also : edit};
    return diff_run(m, a, &opt, out);
}

/* edit: a mistake in the derivation that is to be checked, not in the engine's. */
static dfoo_status try_open(opened *o, dfoo_allocator mem, const char *text, convention c, const trail_edit *edit) {
    diff_options     diff = {.convention = c, .edit = edit};
    memset(o, 0, sizeof *o);
    o->convention = c;
    arena_init(&o->scratch, mem);
    DFOO_TRY(reading_try(&o->r, mem, text));
    DFOO_TRY(diff_name(&o->r.m, &o->r.a));
    DFOO_TRY(diff_run(&o->r.m, &o->r.a, &diff, &o->r.dv));
    DFOO_TRY(simplify_derivation(&o->r.dv, &o->r.m.g, &o->r.a, NULL));
    return simplify_program(&o->r.dv, &o->r.m.g, true, NULL, 0, &o->shown);
}

static void open_as(opened *o, const char *text, convention c, const trail_edit *edit) {
    if (try_open(o, mem_default(), text, c, edit) != DFOO_OK) reading_fail(&o->r, "cannot be derived");
}

static void open_model(opened *o, const char *text) {
    open_as(o, text, CONVENTION_COURSE, NULL);
}

static void close_model(opened *o) {
    arena_free(&o->scratch);
    reading_close(&o->r);
}

static dfoo_status check(opened *o, const check_options *opt, buf *report, bool *ok) {
    check_engine engine = {derive, o};
    return check_gradient(&o->r.m, &o->r.dv, &o->shown, &o->scratch, &engine, opt, report, ok);
}

/* The report; what it says is the caller's affair. */
static bool report_on(opened *o, const check_options *opt, buf *report) {
    bool ok = false;
    buf_init(report, mem_default());
    if (check(o, opt, report, &ok) != DFOO_OK) reading_fail(&o->r, "cannot be checked");
    return ok;
}

static void assert_says(const buf *report, const char *text) {
    if (!strstr(report->text, text)) fail_msg("'%s' is not in the report:\n%s", text, report->text);
}

static void assert_silent(const buf *report, const char *text) {
    if (strstr(report->text, text)) fail_msg("'%s' is in the report:\n%s", text, report->text);
}

static void expect(const char *text, const trail_edit *edit, bool right, const char *says) {
    opened        o;
    buf           b;
    check_options opt = {.seed = 1};
    open_as(&o, text, CONVENTION_COURSE, edit);
    bool ok = report_on(&o, &opt, &b);
    if (ok != right) fail_msg("%s\n%s", text, b.text);
    assert_says(&b, says);
    buf_free(&b);
    close_model(&o);
}

/* -------------------------------------------------------------- right ones */

static void right_gradients_pass(void **state) {
    (void)state;
    for (int i = 0; i < N_MODELS; i++)
        for (int c = 0; c < 2; c++)
            for (uint64_t seed = 1; seed <= 3; seed++) {
                opened        o;
                buf           b;
                check_options opt = {.seed = seed, .max_mistakes = 100};
                open_as(&o, models[i], c ? CONVENTION_DJ : CONVENTION_COURSE, NULL);
                if (!report_on(&o, &opt, &b)) fail_msg("%s\n%s", models[i], b.text);
                assert_says(&b, "\nright: ");
                buf_free(&b);
                close_model(&o);
            }
}

static void the_report_says_what_was_tested(void **state) {
    (void)state;
    opened        o;
    buf           b, again;
    check_options opt = {.seed = 7}, other = {.seed = 8};
    open_model(&o, two_layer);
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "the gradients of test.eq in float64, against two-sided differences of J\n");
    assert_says(&b, "on a random instance (seed 7): ");
    assert_says(&b, "n1 = ");
    assert_says(&b, "\ndW1  right  (n1, n0) = (");
    assert_says(&b, "\ndZ2, dZ1, dX are derivatives of m * J\n");
    assert_says(&b, "\nright: 7 gradients agree with the differences\n");
    for (const char *line = b.text; *line; line = strchr(line, '\n') + 1)
        assert_true(strchr(line, '\n') - line <= 100);
    assert_true(report_on(&o, &opt, &again));
    assert_string_equal(b.text, again.text); /* the same seed, the same bytes */
    buf_free(&again);
    assert_true(report_on(&o, &other, &again));
    assert_string_not_equal(b.text, again.text);
    buf_free(&again);
    buf_free(&b);
    close_model(&o);
}

/* The text of a network of n layers of g: the first gradients are tiny. */
static char *deep_text(arena *a, int n, const char *g) {
    buf b;
    buf_init(&b, mem_default());
    buf_puts(&b, "input X : (n, m)\nlabel Y : (n, m)\nA0 = X\n");
    for (int l = 1; l <= n; l++) {
        buf_printf(&b, "param W%d : (n, n)\nparam b%d : (n, 1)\n", l, l);
        buf_printf(&b, "Z%d = W%d @ A%d + b%d\nA%d = %s(Z%d)\n", l, l, l - 1, l, l, g, l);
    }
    buf_printf(&b, "J = 1/m * sum((A%d - Y)**2)\nminimize J\n", n);
    char *text = arena_text(a, b.text, b.len);
    buf_free(&b);
    return text;
}

static void deep_networks_are_judged_link_by_link(void **state) {
    (void)state;
    arena a;
    arena_init(&a, mem_default());
    opened        o;
    buf           b;
    check_options opt = {.seed = 1, .max_mistakes = 60};
    open_model(&o, deep_text(&a, 50, "sigmoid"));
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "more are right; their largest difference is ");
    assert_says(&b, "* against differences of the variables that it enters");
    assert_says(&b, "  a random sample: 60 of the ");
    buf_free(&b);
    close_model(&o);
    arena_free(&a);
}

/* Far below the rounding of the cost, and at last below the smallest number: nothing is called wrong. */
static void gradients_that_vanish(void **state) {
    (void)state;
    arena a;
    arena_init(&a, mem_default());
    opened        o;
    buf           b;
    check_options opt = {.seed = 1, .max_mistakes = 3};
    open_model(&o, deep_text(&a, 400, "tanh"));
    if (!report_on(&o, &opt, &b)) fail_msg("%s", b.text);
    assert_silent(&b, "inf");
    buf_free(&b);
    close_model(&o);
    arena_free(&a);
}

/* What cannot be told apart from 0, from something nearby, or lies at a kink but for rounding, is not called wrong. */
static void what_rounding_decides_is_not_judged(void **state) {
    (void)state;
    const char *const texts[] = {
        "param U : (n, p)\nJ = mean(softmax(U, axis=1))**2 + sum(softmax(U, axis=1))\n",
        "input R : (n, m)\nA = log(sum(exp(R), axis=1))\nS = A - A\nJ = sqrt(1 + sum((S @ A.T)**2))\n",
        "param b : (1, 1)\nA = exp(b) / sum(exp(b), axis=0)\nJ = sum(log10(1 + A**2))\n",
        "param w : (p, 1)\nP = exp(w) / sum(exp(w), axis=1)\nJ = sum(sqrt(clip(P, -1, 1) + 1))\n",
        "param Z : (1, p)\nlabel Y : (1, p)\nS = tanh(Z) - log(sum(exp(tanh(Z)), axis=0))\nJ = sum(tanh((S - Y)**2/8))\n",
        "param w : (p, 1)\nJ = 1e12 + sum(tanh(w))\n",
        "param w : (p, 1)\nJ = sqrt(1 + sum(tanh(1e-9 * w)**4))\n",
        "param w : (p, n)\nJ = sum(max(w - mean(w, axis=1), axis=1)) + sum(abs(w - w.T.T))\n",
        "input x : (n, 1)\nlabel y : (k, 1) onehot\nparam W : (k, n)\nz = W @ x\nJ = -sum(y * log(softmax(z)))\n",
        "param w : (p, 1)\nJ = sum(1e8 * tanh(1e8 * w) + 1e-8 * sin(1e-8 * w))\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        char text[400];
        snprintf(text, sizeof text, "%sminimize J\n", texts[i]);
        expect(text, NULL, true, "\nright: ");
    }
}

static void models_that_are_only_defined_for_positive_numbers(void **state) {
    (void)state;
    expect("input X : (n, m)\nparam p : (n, 1)\nJ = 1/m * sum(log(X) * sqrt(p))\nminimize J\n", NULL, true, "right: 2 gradients");
    expect("input X : (n, m)\nparam p : (n, 1)\nJ = 1/m * sum(log(-X**2 - p**2))\nminimize J\n", NULL, false,
           "nothing is proved: the cost is not finite");
}

static void gradients_that_are_zero(void **state) {
    (void)state;
    const char text[] = "input X : (n0, m)\nparam W : (n1, n0)\nparam b : (n1, 1)\nparam c : (n1, 1)\nparam unused : (n0, n1)\n"
                        "Z = W @ X + b\nC = Z - mean(Z, axis=1)\nJ = 1/m * sum(C**2) + sum(c * 0)\nminimize J\n";
    expect(text, NULL, true, "not reached");
    expect(text, NULL, true, "the cost does not depend on it");
    expect(text, NULL, true, "zero         (n1, 1) = "); /* b, but for rounding */
    expect(text, NULL, true, "all zero     (n1, 1) = "); /* c */
}

/* -------------------------------------------------------------- wrong ones */

/* A mistake at all steps of one kind. */
typedef struct planted_mistake {
    uint8_t kind, op;
    double  factor;
} planted_mistake;

static node_id times(void *user, ir *g, const step *s) {
    const planted_mistake *w = user;
    if (s->kind != w->kind || (s->kind == TRAIL_LOCAL && ir_node(g, s->op)->op != w->op)) return 0;
    return ir_op2(g, OP_MUL, ir_number(g, w->factor), s->out);
}

static void wrong_gradients_are_named(void **state) {
    (void)state;
    planted_mistake bias = {TRAIL_REDUCE, 0, 2}, activation = {TRAIL_LOCAL, OP_TANH, -1};
    planted_mistake tiny = {TRAIL_LOCAL, OP_TANH, 1.0001};
    expect(two_layer, &(trail_edit){times, &bias}, false, "\nwrong: db2, db1\n");
    expect(two_layer, &(trail_edit){times, &activation}, false, "\nwrong: dZ1, dW1, dX, db1\n");
    expect(two_layer, &(trail_edit){times, &tiny}, false, "\nwrong: dZ1, dW1, dX, db1\n");
}

/* The derivative of the logarithm is wrong: of all that is derived, dL alone comes before it. */
static void all_that_follows_a_mistake_is_wrong(void **state) {
    (void)state;
    planted_mistake  w = {TRAIL_LOCAL, OP_LOG, 3};
    trail_edit       edit = {times, &w};
    opened           o;
    subject          s;
    instance         in;
    differences_list q = {{0}};
    program          raw = {{0}};
    gradient_values  x;
    open_as(&o, two_layer, CONVENTION_COURSE, &edit);
    check_engine engine = {derive, &o};
    assert_int_equal(subject_init(&s, &o.r.m, &o.scratch, &engine), DFOO_OK);
    assert_int_equal(instance_random(&in, &s, &o.scratch, 1, 0), DFOO_OK);
    assert_int_equal(differences_all(&in, 2000, &q), DFOO_OK);
    for (uint32_t i = 0; i < o.r.dv.list.n; i++)
        vec_push(&o.scratch, &raw.list, (stmt){.var = o.r.dv.list.at[i].grad, .node = o.r.dv.list.at[i].raw});
    assert_int_equal(instance_gradients(&in, &o.scratch, &raw, false, &x), DFOO_OK);
    assert_int_equal(q.list.n, 10);
    for (uint32_t i = 0; i < q.list.n; i++) {
        bool before = q.list.at[i].v == reading_var(&o.r, "L");
        assert_int_equal(judge(&q.list.at[i], x.of[q.list.at[i].number], NULL, false).verdict,
                         before ? VERDICT_RIGHT : VERDICT_WRONG);
    }
    close_model(&o);
}

/* Its largest entry, times a factor. */
static node_id one_entry_off(ir *g, node_id n, double factor) {
    node_id is = ir_op2(g, OP_EQ, n, ir_op(g, OP_MAX, AXIS_ALL, n, 0, 0));
    return ir_op(g, OP_WHERE, 0, is, ir_op2(g, OP_MUL, ir_number(g, factor), n), n);
}

static void expect_one_entry(double factor, const char *name, uint32_t max_entries, bool right) {
    opened o;
    buf    b;
    open_model(&o, two_layer);
    for (uint32_t i = 0; i < o.shown.list.n; i++) {
        stmt *s = &o.shown.list.at[i];
        if (strcmp(ir_var_name(&o.r.m.g, s->var), name) == 0) s->node = one_entry_off(&o.r.m.g, s->node, factor);
    }
    check_options opt = {.seed = 3, .max_entries = max_entries};
    bool          ok = report_on(&o, &opt, &b);
    if (ok != right) fail_msg("%g %s %u\n%s", factor, name, max_entries, b.text);
    if (!right) {
        char line[40];
        snprintf(line, sizeof line, "\nwrong: %s\n", name);
        assert_says(&b, line);
    }
    buf_free(&b);
    close_model(&o);
}

static void one_wrong_entry_is_noticed(void **state) {
    (void)state;
    const char *const names[] = {"dW1", "db1", "dW2", "db2"};
    for (int i = 0; i < 4; i++) {
        expect_one_entry(1.0001, names[i], 0, false);
        expect_one_entry(0.99999, names[i], 0, false);
        expect_one_entry(1.0001, names[i], 8, false); /* in a sample, the random direction sees it */
        expect_one_entry(1 + 1e-14, names[i], 0, true);
    }
}

static void a_gradient_left_out(void **state) {
    (void)state;
    opened        o;
    buf           b;
    check_options opt = {.seed = 1};
    open_model(&o, two_layer);
    program less = {{0}};
    for (uint32_t i = 0; i < o.shown.list.n; i++)
        if (strcmp(ir_var_name(&o.r.m.g, o.shown.list.at[i].var), "dW1") != 0) vec_push(&o.r.a, &less.list, o.shown.list.at[i]);
    o.shown = less;
    assert_false(report_on(&o, &opt, &b));
    assert_says(&b, "missing  (n1, n0)");
    assert_says(&b, "\nwrong: dW1\n");
    buf_free(&b);
    close_model(&o);
}

static void a_gradient_that_overflows(void **state) {
    (void)state;
    opened        o;
    buf           b;
    check_options opt = {.seed = 1};
    open_model(&o, two_layer);
    for (uint32_t i = 0; i < o.shown.list.n; i++) {
        stmt *s = &o.shown.list.at[i];
        if (strcmp(ir_var_name(&o.r.m.g, s->var), "db1") == 0)
            s->node = ir_op2(&o.r.m.g, OP_MUL, ir_op1(&o.r.m.g, OP_EXP, ir_number(&o.r.m.g, 1000)), s->node);
    }
    assert_false(report_on(&o, &opt, &b));
    assert_says(&b, "an entry is not a finite number");
    buf_free(&b);
    close_model(&o);
}

/* ----------------------------------------------------------- planted mistakes */

static void every_row_of_the_table_is_noticed_somewhere(void **state) {
    (void)state;
    bool *covered = calloc(mistake_count, sizeof *covered);
    assert_non_null(covered);
    for (int i = 0; i < N_MODELS; i++) {
        opened         o;
        subject        s;
        instance       in;
        differences_list q = {{0}};
        control        c;
        open_model(&o, models[i]);
        check_engine engine = {derive, &o};
        assert_int_equal(subject_init(&s, &o.r.m, &o.scratch, &engine), DFOO_OK);
        assert_int_equal(instance_random(&in, &s, &o.scratch, 5, 0), DFOO_OK);
        assert_int_equal(differences_all(&in, 2000, &q), DFOO_OK);
        assert_int_equal(control_run(&s, &in, &q, 2000, 2000, &o.scratch, &c), DFOO_OK);
        assert_int_equal(c.n_tried, c.n_found);
        if (c.unnoticed.n) fail_msg("%s\nunnoticed: %s", models[i], c.unnoticed.at[0].what->name);
        assert_int_equal(c.n_noticed, c.n_planted);
        for (uint32_t k = 0; k < mistake_count; k++) covered[k] = covered[k] || c.of_row[k];
        close_model(&o);
    }
    for (uint32_t k = 0; k < mistake_count; k++)
        if (!covered[k] && mistake_table[k].place < AT_EXAMPLES) fail_msg("applies nowhere: %s: %s", mistake_table[k].name, mistake_table[k].text);
    free(covered);
}

/* In place of what is planted, a change that is too small for the random direction, of an entry that is not drawn. */
static node_id too_small(void *user, ir *g, const step *s) {
    (void)user;
    if (s->kind != TRAIL_LOCAL || ir_node(g, s->op)->op != OP_TANH) return 0;
    return one_entry_off(g, s->out, 1 + 2e-9);
}

static void what_goes_unnoticed_makes_the_check_fail(void **state) {
    (void)state;
    opened        o;
    buf           b;
    check_options opt = {.seed = 1, .max_mistakes = 3, .max_entries = 8};
    open_model(&o, "input X : (80, 60)\nA = tanh(X)\nJ = 1e4 + sum(A)\nminimize J\n");
    trail_edit edit = {too_small, NULL};
    o.also = &edit;
    assert_false(report_on(&o, &opt, &b));
    assert_says(&b, "negative control: 0 of 3 planted mistakes noticed");
    assert_says(&b, "NOT noticed: ");
    assert_says(&b, "\nthe gradients agree with the differences, but 3 planted mistakes went unnoticed\n");
    buf_free(&b);
    close_model(&o);
}

static node_id nothing(void *user, ir *g, const step *s) {
    (void)user;
    (void)g;
    (void)s;
    return 0;
}

static void what_changes_nothing_is_no_mistake(void **state) {
    (void)state;
    opened        o;
    buf           b;
    check_options opt = {.seed = 1};
    open_model(&o, two_layer);
    trail_edit edit = {nothing, NULL};
    o.also = &edit;
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "negative control: 0 of 0 planted mistakes noticed");
    buf_free(&b);
    close_model(&o);
}

static void every_row_has_words(void **state) {
    (void)state;
    bool has[GROUP_COUNT] = {false};
    for (uint32_t i = 0; i < mistake_count; i++) {
        has[mistake_table[i].group] = true;
        assert_true(strlen(mistake_table[i].name) > 3 && strlen(mistake_table[i].sentence) > 10);
    }
    for (int i = 0; i < GROUP_COUNT; i++) assert_true(has[i] && group_names[i][0]);
}

/* ------------------------------------------------------------- given arrays */

static void add(dfoo_arrays *set, const char *name, size_t rows, size_t cols, double first, double step) {
    dfoo_array *x;
    assert_int_equal(arrays_add_matrix(set, name, rows, cols, NULL, &x), DFOO_OK);
    for (size_t i = 0; i < rows * cols; i++) x->data[i] = first + step * (double)(i * 7 % 11);
}

static dfoo_arrays *given_two_layer(bool zeros) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *set;
    assert_int_equal(arrays_new(&mem, &set), DFOO_OK);
    add(set, "X", 2, 6, -0.5, 0.1);
    add(set, "Y", 3, 6, 0.1, 0.08);
    add(set, "W1", 4, 2, zeros ? 0 : -0.3, zeros ? 0 : 0.07);
    add(set, "b1", 4, 1, 0, 0);
    add(set, "W2", 3, 4, zeros ? 0 : 0.4, zeros ? 0 : -0.09);
    return set;
}

static void given_arrays(void **state) {
    (void)state;
    opened        o;
    buf           b;
    dfoo_arrays  *set = given_two_layer(false);
    check_options opt = {.seed = 1, .values = set};
    add(set, "A1", 2, 2, 0, 1);
    open_model(&o, two_layer);
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "on the given arrays: ");
    assert_says(&b, "m = 6");
    assert_says(&b, "n1 = 4");
    assert_says(&b, "drawn at random, since they were not given: b2\n");
    assert_says(&b, "given and not used: A1\n");
    assert_says(&b, "on a random instance (seed 1)");
    assert_says(&b, "(n2, n1) = (3, 4)");
    assert_silent(&b, "not judged");
    buf_free(&b);
    close_model(&o);
    arrays_free(set);
}

static void parameters_that_start_at_zero(void **state) {
    (void)state;
    opened        o;
    buf           b;
    dfoo_arrays  *set = given_two_layer(true);
    check_options opt = {.seed = 1, .values = set};
    open_model(&o, two_layer);
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "\ndW1  all zero  (n1, n0) = (4, 2)");
    assert_says(&b, "and so are the differences");
    buf_free(&b);
    close_model(&o);
    arrays_free(set);
}

/* With W1 = 0 and b1 = 0, Z1 is 0 everywhere: the kink of relu, where dfoo takes 0. */
static void entries_at_a_kink_are_told_apart(void **state) {
    (void)state;
    opened        o;
    buf           b;
    dfoo_arrays  *set = given_two_layer(false);
    check_options opt = {.seed = 1, .values = set};
    add(set, "W1", 4, 2, 0, 0);
    open_model(&o, WITH("relu(Z1)"));
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "not judged: next to them relu has a kink (dZ1: 24, dW1: 8, db1: 4)\n");
    assert_says(&b, "every entry lies next to a kink");
    assert_says(&b, "\ndW2  all zero  ");
    buf_free(&b);
    close_model(&o);
    arrays_free(set);
}

/* Data of which only a part can be used in the time there is. */
static void many_examples_are_cut(void **state) {
    (void)state;
    opened        o;
    buf           b;
    dfoo_arrays  *set = given_two_layer(false);
    check_options opt = {.seed = 1, .values = set, .max_mistakes = 5};
    add(set, "X", 2, 40000, -0.5, 0.1);
    add(set, "Y", 3, 40000, 0.1, 0.08);
    open_model(&o, two_layer);
    assert_true(report_on(&o, &opt, &b));
    assert_says(&b, "of 40000 examples, so that it does not take long\n");
    buf_free(&b);
    close_model(&o);
    arrays_free(set);
}

static void expect_misfit(const char *name, size_t rows, size_t cols, const char *message) {
    opened        o;
    buf           b, said;
    bool          ok = true;
    dfoo_arrays  *set = given_two_layer(false);
    check_options opt = {.seed = 1, .values = set, .max_mistakes = 1};
    add(set, name, rows, cols, 0, 1);
    open_model(&o, two_layer);
    buf_init(&b, mem_default());
    buf_init(&said, mem_default());
    assert_int_equal(check(&o, &opt, &b, &ok), DFOO_EINPUT);
    assert_false(ok);
    diags_render(&o.r.d, 0, &said);
    assert_says(&said, message);
    buf_free(&said);
    buf_free(&b);
    close_model(&o);
    arrays_free(set);
}

static void arrays_that_do_not_fit(void **state) {
    (void)state;
    expect_misfit("W2", 3, 5, "the array W2 has 5 columns, and n1 is 4");
    expect_misfit("b2", 3, 2, "the array b2 has 2 columns, and the model says 1");
    expect_misfit("Y", 3, 7, "the array Y has 7 columns, and m is 6");
}

/* ------------------------------------------------------------------- claims */

static void claims(void **state) {
    (void)state;
    opened        o;
    buf           b;
    check_options opt = {.seed = 1, .max_mistakes = 5};
    char          text[4000];
    snprintf(text, sizeof text, "%s%s", two_layer,
             "dZ2 = (A2 - Y) / (A2 * (1 - A2)) * A2 * (1 - A2)\ndW2 = dZ2 @ A1.T\ndb2 = -1/m * sum(dZ2, axis=1)\n"
             "dZ1 = W2.T @ dZ2 * (1 - A1)\ndW1 = 1/m * dZ1 @ X.T\ndb1 = 1/m * dZ1\ndX = sum(dZ1)\n");
    open_model(&o, text);
    assert_false(report_on(&o, &opt, &b));
    assert_says(&b, "claim dZ2 = (A2 - Y) / (A2 * (1 - A2)) * A2 * (1 - A2): equal to the derived gradient (to ");
    assert_says(&b, "claim dW2 = dZ2 @ A1.T: differs, 7 times the derived gradient, which is m: 1/m is missing\n");
    assert_says(&b, ": differs, -1 times the derived gradient\n");
    assert_says(&b, "claim dZ1 = W2.T @ dZ2 * (1 - A1): differs, ");
    assert_says(&b, "claim dW1 = 1/m * dZ1 @ X.T: right in itself, but not after the claims before it\n");
    assert_says(&b, "claim db1 = 1/m * dZ1: differs, it is (n1, m) and should be (n1, 1)\n");
    assert_says(&b, "claim dX = sum(dZ1): differs, it is a number and should be (n0, m)\n");
    assert_says(&b, "\nthe derived gradients are right; 6 of 7 claims are not\n");
    buf_free(&b);
    close_model(&o);
}

/* 1/m at the last layer and nowhere else is the other convention, not a mistake. */
static void claims_in_the_other_convention(void **state) {
    (void)state;
    const char *const texts[] = {
        "dZ2 = 1/m * (A2 - Y)\ndW2 = dZ2 @ A1.T\ndZ1 = W2.T @ dZ2 * (1 - A1**2)\ndW1 = dZ1 @ X.T\n",
        "dZ2 = A2 - Y\ndW2 = 1/m * dZ2 @ A1.T\ndZ1 = W2.T @ dZ2 * (1 - A1**2)\ndW1 = 1/m * dZ1 @ X.T\n"};
    const char *const verdicts[] = {
        "claim dZ2 = 1/m * (A2 - Y): right in the other convention (0.1428571429 times the derived gradient)\n",
        "claim dZ2 = A2 - Y: right in the other convention (7 times the derived gradient)\n"};
    for (int c = 0; c < 2; c++)
        for (int k = 0; k < 2; k++) {
            opened        o;
            buf           b;
            check_options opt = {.seed = 1, .max_mistakes = 5};
            char          text[4000];
            snprintf(text, sizeof text, "%s%s", two_layer, texts[k]);
            open_as(&o, text, c ? CONVENTION_DJ : CONVENTION_COURSE, NULL);
            if (!report_on(&o, &opt, &b)) fail_msg("%s", b.text);
            if (c == k) assert_says(&b, verdicts[k]);
            else assert_silent(&b, "other convention");
            buf_free(&b);
            close_model(&o);
        }
}

/* A bias of one unit: the sum over everything is its gradient, a number where a (1, 1) is meant. */
static void a_number_is_a_matrix_of_one_entry(void **state) {
    (void)state;
    expect("input X : (n, m)\nlabel Y : (1, m)\nparam W : (1, n)\nparam b : (1, 1)\nA = sigmoid(W @ X + b)\n"
           "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\ndb = 1/m * sum(A - Y)\n",
           NULL, true, "claim db = 1/m * sum(A - Y): equal to the derived gradient");
}

static void claims_about_what_there_is_not(void **state) {
    (void)state;
    char text[4000];
    snprintf(text, sizeof text, "%sdY = A2\n", two_layer);
    expect(text, NULL, false, "claim dY = A2: cannot be judged, there is no such gradient\n");
}

static void a_model_without_a_cost(void **state) {
    (void)state;
    opened        o;
    buf           b;
    bool          ok = true;
    check_options opt = {.seed = 1};
    open_model(&o, two_layer);
    o.r.m.cost = 0;
    buf_init(&b, mem_default());
    assert_int_equal(check(&o, &opt, &b, &ok), DFOO_EINPUT);
    assert_false(ok);
    buf_free(&b);
    close_model(&o);
}

/* ------------------------------------------------------------------- memory */

static dfoo_status run_check(const dfoo_allocator *mem, void *user) {
    opened        o;
    buf           b;
    bool          ok;
    check_options opt = {.seed = 1, .max_mistakes = 4, .values = user};
    char          text[4000];
    snprintf(text, sizeof text, "%sdZ2 = A2 - Y\n", two_layer);
    buf_init(&b, *mem);
    dfoo_status status = try_open(&o, *mem, text, CONVENTION_COURSE, NULL);
    if (status == DFOO_OK) status = check(&o, &opt, &b, &ok);
    buf_free(&b);
    close_model(&o);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    dfoo_arrays *set = given_two_layer(false);
    fail_every_call(run_check, set);
    arrays_free(set);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(right_gradients_pass),
        cmocka_unit_test(the_report_says_what_was_tested),
        cmocka_unit_test(deep_networks_are_judged_link_by_link),
        cmocka_unit_test(gradients_that_vanish),
        cmocka_unit_test(what_rounding_decides_is_not_judged),
        cmocka_unit_test(models_that_are_only_defined_for_positive_numbers),
        cmocka_unit_test(gradients_that_are_zero),
        cmocka_unit_test(wrong_gradients_are_named),
        cmocka_unit_test(all_that_follows_a_mistake_is_wrong),
        cmocka_unit_test(one_wrong_entry_is_noticed),
        cmocka_unit_test(a_gradient_left_out),
        cmocka_unit_test(a_gradient_that_overflows),
        cmocka_unit_test(every_row_of_the_table_is_noticed_somewhere),
        cmocka_unit_test(what_goes_unnoticed_makes_the_check_fail),
        cmocka_unit_test(what_changes_nothing_is_no_mistake),
        cmocka_unit_test(every_row_has_words),
        cmocka_unit_test(given_arrays),
        cmocka_unit_test(parameters_that_start_at_zero),
        cmocka_unit_test(entries_at_a_kink_are_told_apart),
        cmocka_unit_test(many_examples_are_cut),
        cmocka_unit_test(arrays_that_do_not_fit),
        cmocka_unit_test(claims),
        cmocka_unit_test(claims_in_the_other_convention),
        cmocka_unit_test(a_number_is_a_matrix_of_one_entry),
        cmocka_unit_test(claims_about_what_there_is_not),
        cmocka_unit_test(a_model_without_a_cost),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Both sides of every rule on random values; and what the simplifier makes of random
 * expressions, held against the expression itself in long double, so that a difference is a
 * mistake and not rounding. */
#include "reading.h"

#include "core/simplify/engine.h"

/* ------------------------------------------------------------------- rules */

static const char *const shapes[] = {"1, 1", "p, q", "q, p", "q, s", "p, p", "p, 1", "1, q", "r, r"};
enum { N_SHAPES = sizeof shapes / sizeof *shapes + 1, /* and numbers */
       SYMMETRIC = N_SHAPES - 1 };                    /* the last is declared so */

/* The store has a variable of each shape for each of the letters a, b, c; b is a label. */
typedef struct bench {
    reading r;
    node_id leaf[3][N_SHAPES];
} bench;

static void bench_open(bench *b) {
    char   text[1200] = "";
    size_t len = 0;
    for (int k = 0; k < 3; k++) {
        len += (size_t)snprintf(text + len, sizeof text - len, "const %c0 = %g\n", 'a' + k, 0.3 + k);
        for (int i = 1; i < N_SHAPES; i++) len += (size_t)snprintf(text + len, sizeof text - len, "%s%s %c%d : (%s)\n", i == SYMMETRIC ? "symmetric " : "", k == 1 ? "label" : "param", 'a' + k, i, shapes[i - 1]);
    }
    snprintf(text + len, sizeof text - len, "J = sum(a1)\nminimize J\n");
    reading_open(&b->r, text);
    for (int k = 0; k < 3; k++) {
        for (int i = 0; i < N_SHAPES; i++) {
            char name[3] = {(char)('a' + k), (char)('0' + i), 0};
            b->leaf[k][i] = ir_var(&b->r.m.g, reading_var(&b->r, name))->leaf;
        }
    }
}

/* The rule's text with the numbers 1 and 0 as names, `one` and `zero`. */
static const char *with_names(bench *b, const char *text) {
    buf out;
    buf_init(&out, mem_default());
    for (const char *p = text; *p; p++) {
        bool alone = (*p == '0' || *p == '1') && p[1] != '.' && !(p > text && p[-1] == '.') && !(p > text && ((p[-1] >= 'a' && p[-1] <= 'z') || p[-1] == '*')) && !(p[1] >= 'a' && p[1] <= 'z');
        if (alone) buf_puts(&out, *p == '1' ? "one" : "zero");
        else buf_put(&out, p, 1);
    }
    const char *copy = arena_text(&b->r.a, out.text, out.len);
    buf_free(&out);
    return copy;
}

static node_id build(bench *b, const char *text, const int *which, int like) {
    ir           *g = &b->r.m.g;
    const ast    *x = syntax_read(&b->r.a, &b->r.names, &b->r.d, text, false);
    node_id       ones = like ? ir_ones(g, ir_shape(g, b->leaf[0][like])) : ir_number(g, 1);
    template_name names[2] = {{"one", ones}, {"zero", like ? ir_op2(g, OP_MUL, ir_number(g, 0), ones) : ir_number(g, 0)}};
    template_env  env = {.arg = {b->leaf[0][which[0]], b->leaf[1][which[1]], b->leaf[2][which[2]]}, .axis = AXIS_0, .names = names, .n_names = 2};
    assert_non_null(x);
    return template_build(g, x, &env);
}

typedef struct pair {
    node_id left, right;
} pair;

typedef struct pairs {
    VEC(pair) list;
} pairs;

/* b is a label in all of this. */
static bool fits(condition when, const int *which) {
    switch (when) {
    case CONDITION_NUMBER: return !which[0];
    case CONDITION_LABEL: return !which[2] && which[1];
    case CONDITION_SHAPED: return which[2] == which[0];
    case CONDITION_SYMMETRIC: return which[0] == SYMMETRIC;
    case CONDITION_SINGLE: return which[0] == 1;
    default: return true;
    }
}

/* Both sides for all shapes that fit. */
static void collect(bench *b, const char *pattern, const char *replacement, condition when, pairs *out) {
    for (int like = 0; like < N_SHAPES; like++) {
        const char *left = like ? with_names(b, pattern) : pattern;
        if (like && strcmp(left, pattern) == 0) return; /* no number in it */
        for (int i = 0; i < N_SHAPES * N_SHAPES * N_SHAPES; i++) {
            int which[3] = {i % N_SHAPES, i / N_SHAPES % N_SHAPES, i / N_SHAPES / N_SHAPES};
            if ((which[1] && !strchr(pattern, 'b')) || (which[2] && !strchr(pattern, 'c'))) continue;
            if (!fits(when, which)) continue;
            node_id x = build(b, left, which, like), y = build(b, replacement, which, like);
            if (!x || !y || !shape_equal(ir_shape(&b->r.m.g, x), ir_shape(&b->r.m.g, y))) continue;
            vec_push(&b->r.a, &out->list, (pair){x, y});
        }
    }
}

static bool is_rounding(matrix x) {
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!(fabs(x.at[i]) < 1e-14)) return false;
    return true;
}

static bool is_finite(matrix x) {
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!isfinite(x.at[i])) return false;
    return true;
}

/* A difference of what is 0 but for rounding is none; nor is one where the left side has no value: a @ inv(a) of a
 * singular a. */
static double apart(const values *v, const pair *p) {
    matrix x = eval_node(&v->e, p->left), y = eval_node(&v->e, p->right);
    if (!is_finite(x)) return 0;
    return is_rounding(x) && is_rounding(y) ? 0 : matrix_difference(x, y);
}

/* Ones and twos, of labels zeros and ones: entries that are equal, which random ones never are. */
static void draw_equal_entries(bench *b, values *v) {
    for (int k = 0; k < 3; k++) {
        for (int i = 1; i < N_SHAPES; i++) {
            matrix x = eval_node(&v->e, b->leaf[k][i]);
            for (size_t j = 0; j < x.rows * x.cols; j++) x.at[j] = (k == 1 ? 0 : 1) + (double)((j >> k) % 2);
            if (i == SYMMETRIC) matrix_symmetrise(x);
        }
    }
    eval_run(&v->e);
}

static double worst_now(const values *v, const pairs *p) {
    double worst = 0;
    for (uint32_t i = 0; i < p->list.n; i++)
        worst = fmax(worst, apart(v, &p->list.at[i]));
    return worst;
}

/* The largest difference of the two sides of all pairs. */
static double worst_of(bench *b, const pairs *p) {
    values v;
    assert_int_equal(model_try_sizes(&b->r.m, &b->r.a, 0, &v.s), DFOO_OK);
    assert_int_equal(eval_init(&v.e, &b->r.m.g, &b->r.a, &v.s), DFOO_OK);
    for (uint32_t i = 0; i < p->list.n; i++) {
        assert_int_equal(eval_add_node(&v.e, p->list.at[i].left), DFOO_OK);
        assert_int_equal(eval_add_node(&v.e, p->list.at[i].right), DFOO_OK);
    }
    assert_int_equal(eval_random(&v.e, 1, 0), DFOO_OK);
    eval_run(&v.e);
    double worst = worst_now(&v, p);
    draw_equal_entries(b, &v);
    return fmax(worst, worst_now(&v, p));
}

/* The largest difference of two texts of a, b, c, for all shapes that fit; -1 if none does. */
static double difference(const char *pattern, const char *replacement, condition when) {
    bench b;
    pairs p = {{0}};
    bench_open(&b);
    collect(&b, pattern, replacement, when, &p);
    double worst = p.list.n ? worst_of(&b, &p) : -1;
    reading_close(&b.r);
    return worst;
}

static void both_sides_are_equal(stage s) {
    bench b;
    rules r;
    bench_open(&b);
    assert_int_equal(rules_init(&r, &b.r.m.g, s), DFOO_OK);
    for (uint32_t i = 0; i < r.n; i++) {
        const rule *one = &r.at[i];
        double      off = difference(one->pattern_text, one->replacement_text, (condition)one->condition);
        if (!(off >= 0 && off < 1e-12)) fail_msg("%s: %s -> %s is off by %g", one->name, one->pattern_text, one->replacement_text, off);
        assert_true(one->name[0] && one->sentence[0]);
    }
    reading_close(&b.r);
}

static void both_sides_of_every_rule_are_equal(void **state) {
    (void)state;
    both_sides_are_equal(STAGE_TIDY);
    both_sides_are_equal(STAGE_STABLE);
}

/* The function above is good for something. */
static void a_wrong_rule_is_caught(void **state) {
    (void)state;
    assert_true(difference("(a @ b).T", "a.T @ b.T", CONDITION_ANY) > 1e-3);
    assert_true(difference("a - (-b)", "a - b", CONDITION_ANY) > 1e-3);
    assert_true(difference("a * (b @ c)", "(a * b) @ c", CONDITION_ANY) > 1e-3); /* without its condition */
    assert_true(difference("(a > b) == 0", "a < b", CONDITION_ANY) == 1);        /* where they are equal */
    assert_true(difference("log(sigmoid(a))", "-softplus(a)", CONDITION_ANY) > 1e-3);
    assert_true(difference("a @ b", "b @ a @ a @ b", CONDITION_ANY) != 0);
    assert_true(difference("a * (b + 1)", "a * b + 1", CONDITION_ANY) > 1e-3);
}

static void each_is_applied(stage s) {
    bench b;
    rules r;
    pairs applied = {{0}};
    bench_open(&b);
    assert_int_equal(rules_init(&r, &b.r.m.g, s), DFOO_OK);
    bool *used = arena_new(&b.r.a, r.n * sizeof *used);
    assert_true(r.n > 50 && used);
    r.digits = true;
    for (uint32_t i = 0; i < r.n; i++) {
        pairs p = {{0}};
        collect(&b, r.at[i].pattern_text, r.at[i].replacement_text, (condition)r.at[i].condition, &p);
        for (uint32_t k = 0; k < p.list.n; k++) {
            const rule *which = NULL;
            node_id     n = rules_apply(&r, p.list.at[k].left, &which);
            if (!n) continue;
            used[which - r.at] = true;
            assert_true(shape_equal(ir_shape(&b.r.m.g, n), ir_shape(&b.r.m.g, p.list.at[k].left)));
            vec_push(&b.r.a, &applied.list, (pair){p.list.at[k].left, n});
        }
    }
    assert_true(worst_of(&b, &applied) < 1e-12);
    for (uint32_t i = 0; i < r.n; i++)
        if (!used[i]) fail_msg("another rule always comes before %s -> %s", r.at[i].pattern_text, r.at[i].replacement_text);
    reading_close(&b.r);
}

/* A rule that fits keeps value and shape, and each is the first to fit somewhere. */
static void rules_are_applied(void **state) {
    (void)state;
    each_is_applied(STAGE_TIDY);
    each_is_applied(STAGE_STABLE);
}

/* -------------------------------------------------------------- expressions */

static const char names_model[] = "const lambda = 0.7\ninput X : (n, m)\nlabel Y : (n, m)\nparam b : (n, 1)\n"
                                  "A = sigmoid(X)\nT = tanh(X)\nR = relu(X)\nS = X * sigmoid(X)\nE = exp(-X)\nB = 1/(1 + exp(-Y))\n"
                                  "H = (exp(Y) - exp(-Y))/(exp(Y) + exp(-Y))\nU = T * Y\nV = X + b\nD = maximum(0, V)\nG = 1 - A\nM = 2*A - 1\n"
                                  "J = 1/m * sum(A + T + R + S + E + B + H + U + V + D + G + M)\nminimize J\n";

typedef struct workbench {
    reading    r;
    simplifier w;
} workbench;

static void workbench_open(workbench *b) {
    diff_options how = {.convention = CONVENTION_COURSE};
    reading_open(&b->r, names_model);
    assert_int_equal(diff_run(&b->r.m, &b->r.a, &how, &b->r.dv), DFOO_OK);
    assert_int_equal(simplifier_init(&b->w, &b->r.m.g, &b->r.a, &b->r.dv), DFOO_OK);
}

static node_id simplified(workbench *b, node_id n) {
    uint32_t used = 0;
    node_id  out = simplifier_run(&b->w, n, &used);
    assert_int_not_equal(out, 0);
    return out;
}

#define REAL long double
#define F(function) function##l

static long double sigmoidl(long double x) { return 1 / (1 + expl(-x)); }
static long double softplusl(long double x) { return fmaxl(x, 0) + log1pl(expl(-fabsl(x))); }

static long double entry_value(op_id op, long double a, long double b, long double c) {
    switch (op) {
#define OP1(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#define OP2(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#define OP3(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#include "core/ops.def"
    default: return NAN;
    }
}

typedef struct point {
    long double x, y, b;
} point;

/* One entry of an elementwise expression. */
static long double value_at(workbench *w, node_id root, const long double *var) {
    const ir   *g = &w->r.m.g;
    arena       scratch;
    node_list   need = {{0}};
    arena_init(&scratch, mem_default());
    assert_int_equal(ir_reach(g, &scratch, &root, 1, &need), DFOO_OK);
    long double *at = arena_new(&scratch, (root + 1) * sizeof *at);
    for (uint32_t i = 0; i < need.list.n; i++) {
        node_id     n = need.list.at[i];
        const node *x = ir_node(g, n);
        if (x->op == OP_NUMBER) at[n] = (long double)g->numbers.at[x->ref];
        else if (x->op == OP_SIZE) at[n] = 7;
        else if (x->op == OP_ONES) at[n] = 1;
        else if (x->op == OP_VAR) at[n] = var[x->ref];
        else at[n] = entry_value((op_id)x->op, at[x->arg[0]], at[x->arg[1]], at[x->arg[2]]);
    }
    long double value = at[root];
    arena_free(&scratch);
    return value;
}

/* The values of all variables at a point. */
static long double *variables_at(workbench *w, point p) {
    long double *var = arena_new(&w->r.a, w->r.m.g.vars.n * sizeof *var);
    var[reading_var(&w->r, "X")] = p.x;
    var[reading_var(&w->r, "Y")] = p.y;
    var[reading_var(&w->r, "b")] = p.b;
    var[reading_var(&w->r, "lambda")] = (long double)0.7;
    for (uint32_t i = 0; i + 1 < w->r.m.forward.list.n; i++) {
        stmt s = w->r.m.forward.list.at[i];
        var[s.var] = value_at(w, s.node, var);
    }
    return var;
}

static void fail_at(workbench *w, node_id before, node_id after, point p, long double x, long double y) {
    print_message("%s\n  became %s\n  at X = %Lg, Y = %Lg, b = %Lg: %.15Lg, %.15Lg\n", reading_text(&w->r, before), reading_text(&w->r, after), p.x, p.y,
                  p.b, x, y);
    reading_close(&w->r);
    fail();
}

/* Equal where `before` has a value; with `strict`, no value appears where there was none. */
static bool compare_at(workbench *w, node_id before, node_id after, point p, bool strict) {
    const long double *var = variables_at(w, p);
    long double        x = value_at(w, before, var), y = value_at(w, after, var);
    if (!isfinite(x) && (!strict || !isfinite(y))) return false;
    long double size = fabsl(x) > fabsl(y) ? fabsl(x) : fabsl(y);
    if (!isfinite(x) || !isfinite(y) || fabsl(x - y) > 1e-8L * size + 1e-13L) fail_at(w, before, after, p, x, y);
    return true;
}

/* At special points something may well cancel that is 0/0 there. At others 0/0 comes from a
 * function in pieces, and stays, but where there is no value anywhere, and where a difference
 * comes to nothing. */
static void compare(workbench *w, node_id before, node_id after, bool strict) {
    static const point special[] = {{0, 1, 0}, {0, 0, 0}, {1, 0, 0}, {1, 1, -1}, {-1, 1, 1}, {2, 2, 0}, {0, 1, 1}, {-1, 0, 2}};
    point usual[8];
    bool  somewhere = false;
    rng   any = rng_start(5, RNG_CHECK, 0);
    for (int i = 0; i < 8; i++) {
        usual[i] = (point){rng_normal(&any), rng_normal(&any), rng_normal(&any)};
        somewhere = compare_at(w, before, after, usual[i], false) || somewhere;
    }
    for (int i = 0; strict && somewhere && i < 8; i++) compare_at(w, before, after, usual[i], true);
    for (size_t i = 0; i < sizeof special / sizeof *special; i++) compare_at(w, before, after, special[i], false);
}

/* An expression over a few leaves, so that there is something to collect and to cancel. */
static node_id random_expression(workbench *w, rng *any, bool differences) {
    static const char *const leaves[] = {"X", "Y", "b", "A", "T", "R", "S", "E", "B", "H", "U", "V", "D", "G", "M",
                                         "X", "Y", "A", "T", "R", "lambda", "m", "1/m", "2", "3", "1", "0.1", "1/2",
                                         "sigmoid(X)", "tanh(X)", "exp(X)", "exp(-X)", "exp(2*X)", "relu(X)", "softplus(X)", "swish(X)", "tanh(Y)",
                                         "X > 0", "sign(X)", "abs(X)", "maximum(X, Y)", "log(1 + X**2)", "sqrt(1 + Y**2)", "where(X > Y, A, 0)",
                                         "sigmoid(-X)", "1 - A", "1 - T**2", "1 + exp(-X)", "A * (1 - A)", "relu(Y)", "elu(X)", "leaky_relu(X)"};
    static const op_id ops[] = {OP_ADD, OP_ADD, OP_SUB, OP_SUB, OP_MUL, OP_MUL, OP_MUL, OP_DIV, OP_DIV, OP_NEG, OP_POW};
    ir      *g = &w->r.m.g;
    node_id  pool[16];
    uint32_t n = 2 + rng_below(any, 4), steps = 3 + rng_below(any, 8);
    for (uint32_t i = 0; i < n; i++) pool[i] = reading_expression(&w->r, leaves[rng_below(any, sizeof leaves / sizeof *leaves)]);
    for (uint32_t i = 0; i < steps; i++) {
        op_id   op = ops[rng_below(any, sizeof ops / sizeof *ops)];
        node_id a = pool[rng_below(any, n)], b = i ? pool[n - 1 - rng_below(any, n > 3 ? 3 : n)] : pool[rng_below(any, n)];
        if (!differences && (op == OP_SUB || op == OP_NEG)) op = OP_DIV;
        if (op == OP_POW) b = ir_number(g, 2 + rng_below(any, 2));
        node_id made = op == OP_NEG ? ir_op1(g, op, a) : ir_op2(g, op, rng_below(any, 2) || op == OP_POW ? a : b, op == OP_POW ? b : rng_below(any, 2) ? b : a);
        if (n < 16) pool[n++] = made;
        else pool[rng_below(any, n)] = made;
    }
    return pool[n - 1];
}

static void random_expressions_keep_their_value(void **state) {
    (void)state;
    enum { ROUNDS = 70, EACH = 60 };
    uint32_t changed = 0;
    for (uint32_t round = 0; round < ROUNDS; round++) {
        workbench w;
        rng       any = rng_start(6, RNG_CHECK, round);
        workbench_open(&w);
        for (int i = 0; i < EACH; i++) {
            node_id before = random_expression(&w, &any, i % 2), after = simplified(&w, before);
            compare(&w, before, after, i % 2 == 0);
            compare(&w, before, simplifier_tidy(&w.w, before), i % 2 == 0);
            changed += before != after;
        }
        reading_close(&w.r);
    }
    assert_true(changed > ROUNDS * EACH / 2);
}

/* Written once more, nothing changes: the shown form is a fixed point. */
static void simplifying_twice_changes_nothing(void **state) {
    (void)state;
    uint32_t moved = 0, n = 0;
    for (uint32_t round = 0; round < 20; round++) {
        workbench w;
        rng       any = rng_start(7, RNG_CHECK, round);
        workbench_open(&w);
        for (int i = 0; i < 50; i++, n++) {
            node_id once = simplified(&w, random_expression(&w, &any, true)), twice = simplified(&w, once);
            compare(&w, once, twice, false);
            moved += once != twice;
        }
        reading_close(&w.r);
    }
    if (moved > n / 5) fail_msg("%u of %u expressions change again", moved, n);
}

/* What may be zero on a whole region does not cancel: 0/0 stays what it is. */
static void pieces_do_not_cancel(void **state) {
    (void)state;
    static const char *const zero_for_negative_x[] = {
        "relu(X)/relu(X)", "R/R", "relu(X)**2/relu(X)", "R*T/R", "(X > 0)/(X > 0)", "(X > 0)**2/(X > 0)", "maximum(0, X)/maximum(0, X)",
        "where(X > 0, X, 0)/where(X > 0, X, 0)", "(R + R)/R", "(R*A + R*T)/R", "1/R * R", "R/(2*R)", "(sign(X) + 1)/(sign(X) + 1)",
        "(1 - (X <= 0))/(1 - (X <= 0))", "(relu(X) + relu(2*X))/(relu(X) + relu(2*X))", "(R + (X > 0))/(R + (X > 0))", "minimum(0, -X)/minimum(0, -X)",
        "(X > 0) * A / (X > 0)", "(abs(X) + X)/(abs(X) + X)", "(R - R*A)/(R - R*A)", "R**2/R**2", "relu(X)/R", "(T*R)**2/(T*R)", "A/R - A/R",
        "0 * (T/R)", "(X - X)/R", "(R/R + T)/(R/R + T)", "(abs(X)**2 - X**2)/(abs(X) + X)",
    };
    workbench w;
    workbench_open(&w);
    for (size_t i = 0; i < sizeof zero_for_negative_x / sizeof *zero_for_negative_x; i++) {
        node_id            before = reading_expression(&w.r, zero_for_negative_x[i]);
        node_id            after = simplified(&w, before);
        const long double *var = variables_at(&w, (point){-1.5L, 0.7L, 0.3L});
        assert_true(isnan(value_at(&w, before, var)));
        if (!isnan(value_at(&w, after, var))) fail_msg("%s became %s", zero_for_negative_x[i], reading_text(&w.r, after));
    }
    reading_close(&w.r);
}

/* The same behind names: whether N may be zero on a region is known from what it is made of. */
static void names_of_pieces_do_not_cancel(void **state) {
    (void)state;
    static const struct {
        const char *formulas, *quotient;
    } list[] = {
        {"N = relu(X)", "N/N"},
        {"N = X > 0", "N/N"},
        {"N = maximum(0, X)", "N/N"},
        {"N = abs(X) + X", "N/N"},
        {"N = X - abs(X)", "N/N"},
        {"N = relu(X) * T", "N/N"},
        {"N = T * relu(X)", "N/N"},
        {"N = relu(X) / T", "N/N"},
        {"N = -relu(X)", "N/N"},
        {"N = relu(X)**3", "N/N"},
        {"N = relu(X).T", "N/N"},
        {"N = relu(X).T @ P", "N/N"},
        {"N = P @ relu(X)", "N/N"},
        {"R = relu(X)\nS = R * T\nN = P @ S", "N/N"},
        {"K = abs(X)\nN = K + T", "(K + X)/(K + X)"},
        {"K = abs(X)\nN = K + X", "N/N"},
        {"K = abs(X) * T\nN = K + T * X", "N/N"},
        {"K = T * abs(X)\nN = K + T * X", "N/N"},
        {"K = abs(X) / T\nN = K + X / T", "N/N"},
        {"K = T / abs(X)\nN = K + T / X", "N/N"},
        {"K = -abs(X)\nN = K - X", "N/N"},
        {"K = abs(X)**3\nN = K + X**3", "N/N"},
        {"K = abs(X) + T\nN = K + (X - T)", "N/N"},
        {"K = T + abs(X)\nN = K + (X - T)", "N/N"},
        {"K = abs(X) - T\nN = K + (X + T)", "N/N"},
        {"K = T - abs(X)\nN = K - (X + T)", "N/N"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        diff_options how = {.convention = CONVENTION_COURSE};
        workbench    w;
        char         text[300];
        snprintf(text, sizeof text, "input X : (n, m)\nparam P : (n, n)\nT = tanh(X)\n%s\nJ = 1/m * sum(N)\nminimize J\n",
                 list[i].formulas);
        reading_open(&w.r, text);
        assert_int_equal(diff_run(&w.r.m, &w.r.a, &how, &w.r.dv), DFOO_OK);
        assert_int_equal(simplifier_init(&w.w, &w.r.m.g, &w.r.a, &w.r.dv), DFOO_OK);
        const char *after = reading_text(&w.r, simplified(&w, reading_expression(&w.r, list[i].quotient)));
        if (!strchr(after, '/')) fail_msg("with %s, %s became %s", list[i].formulas, list[i].quotient, after);
        reading_close(&w.r);
    }
}

/* The gradient by what a quotient of pieces multiplies has both of them still. */
static void gradients_keep_quotients_of_pieces(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"W * relu(Z)/relu(Z)", "relu(Z)"},
        {"W * (Z > 0)/(Z > 0)", "(Z > 0)"},
        {"W * maximum(0, Z)/maximum(0, Z)", "maximum(0, Z)"},
        {"W * (abs(Z) + Z)/(abs(Z) + Z)", "abs(Z)"},
        {"W * relu(Z)**2/relu(Z)", "relu(Z)"},
        {"W * Z/(1 + exp(Z))*(1 + exp(Z))", NULL},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        reading r;
        char    text[200];
        snprintf(text, sizeof text, "input Z : (n, m)\nparam W : (n, 1)\nA = %s\nJ = 1/m * sum(A)\nminimize J\n", list[i][0]);
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        const char *is = reading_text(&r, derivation_find(&r.dv, reading_var(&r, "W"))->whole);
        const char *once = list[i][1] ? strstr(is, list[i][1]) : NULL;
        bool        twice = once && strstr(once + 1, list[i][1]) && strstr(is, " / ");
        if (list[i][1] ? !twice : strstr(is, "exp") != NULL) fail_msg("%s: dW = %s", list[i][0], is);
        reading_close(&r);
    }
}

/* Formulas that a person knows, from what the chain rule gives. */
static void known_forms(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"(-Y/A + (1 - Y)/(1 - A)) * A * (1 - A)", "A - Y"},
        {"(A - Y) / (A * (1 - A)) * (sigmoid(X) * (1 - sigmoid(X)))", "A - Y"},
        {"1 - tanh(X)**2", "1 - T**2"},
        {"2 * (1/2) * X", "X"},
        {"X * Y / X", "Y"},
        {"Y * X**2 / X", "Y * X"},
        {"-(-X)", "X"},
        {"X * (-1)", "-X"},
        {"1/m * (m * X)", "X"},
        {"lambda/(2*m) * (2 * X)", "lambda/m * X"},
        {"exp(-Y) / (1 + exp(-Y))**2", "B * (1 - B)"},
        {"1 - H**2", "1 - H**2"},
        {"4 / (exp(Y) + exp(-Y))**2", "1 - H**2"},
        {"R * (X > 0)", "R * (X > 0)"},
        {"(X > 0) * (X > 0)", "X > 0"},
    };
    workbench w;
    workbench_open(&w);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const char *is = reading_text(&w.r, simplified(&w, reading_expression(&w.r, list[i][0])));
        if (strcmp(is, list[i][1]) != 0) fail_msg("%s became %s, not %s", list[i][0], is, list[i][1]);
    }
    reading_close(&w.r);
}

/* Only the sum over the classes is 1, and only where the model says so. */
static void labels_sum_to_one_over_the_classes(void **state) {
    (void)state;
    static const struct {
        const char *label, *sum, *becomes;
    } list[] = {
        {"label Y : (k, m) onehot", "sum(Y, axis=0)", "ones(1, m)"},
        {"label Y : (k, m) onehot", "sum(2 * Y, axis=0)", "2 * ones(1, m)"},
        {"label Y : (k, m) onehot", "sum(Y, axis=1)", "sum(Y, axis=1, keepdims=True)"},
        {"label Y : (k, m) onehot", "sum(Y**2, axis=0)", "sum(Y**2, axis=0, keepdims=True)"},
        {"label Y : (k, m)", "sum(Y, axis=0)", "sum(Y, axis=0, keepdims=True)"},
        {"label Y : (m, k) onehot", "sum(Y, axis=1)", "ones(m, 1)"},
        {"label Y : (m, k) onehot", "sum(Y, axis=0)", "sum(Y, axis=0, keepdims=True)"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        workbench    w;
        char         text[200];
        diff_options how = {.convention = CONVENTION_COURSE};
        snprintf(text, sizeof text, "examples m\n%s\nparam b : (1, 1)\nJ = sum(b * Y)\nminimize J\n", list[i].label);
        reading_open(&w.r, text);
        assert_int_equal(diff_run(&w.r.m, &w.r.a, &how, &w.r.dv), DFOO_OK);
        assert_int_equal(simplifier_init(&w.w, &w.r.m.g, &w.r.a, &w.r.dv), DFOO_OK);
        assert_string_equal(reading_text(&w.r, simplified(&w, reading_expression(&w.r, list[i].sum))), list[i].becomes);
        reading_close(&w.r);
    }
}

/* ------------------------------------------------------------------ stable */

static const char logistic[] = "input X : (n, m)\nlabel Y : (1, m)\nparam w : (n, 1)\nZ = w.T @ X\n%s\n"
                               "L = -(Y * log(A) + (1 - Y) * log(1 - A))\nJ = 1/m * sum(L)\nminimize J\n";

/* At |Z| = 1000 the cost as written is infinite, or not a number; as it is run it is not. */
static void stable_programs_stay_finite(void **state) {
    (void)state;
    static const char *const activations[] = {"A = sigmoid(Z)", "A = 1/(1 + exp(-Z))"};
    for (size_t i = 0; i < sizeof activations / sizeof *activations; i++) {
        char    text[400];
        reading r;
        program p = {{0}}, run = {{0}};
        snprintf(text, sizeof text, logistic, activations[i]);
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        assert_int_equal(simplify_program(&r.dv, &r.m.g, true, NULL, 0, &p), DFOO_OK);
        assert_int_equal(simplify_stable(&r.m.g, &r.a, &p, &(stable_options){.digits = true}, &run), DFOO_OK);
        values *usual = values_of(&r, &p, 0), *v = values_of(&r, &run, 0), *large = values_of(&r, &run, 0), *written = values_of(&r, &p, 0);
        for (uint32_t k = 0; k < p.list.n; k++) assert_true(matrix_difference(values_var(usual, p.list.at[k].var), values_var(v, p.list.at[k].var)) < 1e-12);
        values *both[] = {large, written};
        for (int k = 0; k < 2; k++) {
            matrix w = values_var(both[k], reading_var(&r, "w"));
            for (size_t j = 0; j < w.rows * w.cols; j++) w.at[j] *= 1000;
            eval_run(&both[k]->e);
        }
        assert_true(!isfinite(values_var(written, r.m.cost).at[0]));
        assert_true(isfinite(values_var(large, r.m.cost).at[0]) && values_var(large, r.m.cost).at[0] > 10);
        reading_close(&r);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_of_every_rule_are_equal),
        cmocka_unit_test(a_wrong_rule_is_caught),
        cmocka_unit_test(rules_are_applied),
        cmocka_unit_test(random_expressions_keep_their_value),
        cmocka_unit_test(simplifying_twice_changes_nothing),
        cmocka_unit_test(pieces_do_not_cancel),
        cmocka_unit_test(names_of_pieces_do_not_cancel),
        cmocka_unit_test(gradients_keep_quotients_of_pieces),
        cmocka_unit_test(known_forms),
        cmocka_unit_test(labels_sum_to_one_over_the_classes),
        cmocka_unit_test(stable_programs_stay_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The reverse sweep: order, names that are given, scales, the trail and edits of it. Its
 * numbers are held against differences in tests/ir and tests/gen. */
#include "reading.h"

static const char two_layers[] = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\n"
                                 "param b2 : (n2, 1)\nZ1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n"
                                 "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n";

static const gradient *gradient_of(const reading *r, const char *name) {
    const gradient *v = derivation_find(&r->dv, reading_var(r, name));
    if (!v) fail_msg("no gradient of %s", name);
    return v;
}

static void the_order_is_that_of_the_slide(void **state) {
    (void)state;
    static const char *const expected[] = {"dJ", "dL", "dA2", "dZ2", "dW2", "db2", "dA1", "dZ1", "dW1", "db1", "dX"};
    reading r;
    reading_open(&r, two_layers);
    reading_derive(&r, CONVENTION_COURSE);
    size_t at = 0;
    for (uint32_t i = 0; i < r.dv.list.n; i++) {
        const char *name = ir_var_name(&r.m.g, r.dv.list.at[i].grad);
        while (at < 11 && strcmp(expected[at], name) != 0) at++; /* dX stands where X is read */
        if (at == 11) at = 0;
    }
    const char *shown[6] = {"dZ2", "dW2", "db2", "dZ1", "dW1", "db1"};
    uint32_t    n = 0;
    for (uint32_t i = 0; i < r.dv.list.n; i++) {
        if (!r.dv.list.at[i].shown) continue;
        assert_true(n < 6);
        assert_string_equal(ir_var_name(&r.m.g, r.dv.list.at[i].grad), shown[n++]);
    }
    assert_int_equal(n, 6);
    assert_null(derivation_find(&r.dv, reading_var(&r, "Y")));
    reading_close(&r);
}

static void scales_of_the_two_conventions(void **state) {
    (void)state;
    for (int c = 0; c < 2; c++) {
        reading r;
        reading_open(&r, two_layers);
        reading_derive(&r, c ? CONVENTION_DJ : CONVENTION_COURSE);
        assert_int_equal(r.dv.used, c ? CONVENTION_DJ : CONVENTION_COURSE);
        assert_null(r.dv.why_dj);
        assert_int_equal(gradient_of(&r, "Z1")->scale, c ? SCALE_COST : SCALE_DATA);
        assert_int_equal(gradient_of(&r, "L")->scale, c ? SCALE_COST : SCALE_DATA);
        assert_int_equal(gradient_of(&r, "W1")->scale, SCALE_COST);
        assert_int_equal(gradient_of(&r, "J")->scale, SCALE_COST);
        assert_string_equal(reading_text(&r, gradient_of(&r, "Z2")->whole), c ? "1/m * (A2 - Y)" : "A2 - Y");
        assert_string_equal(reading_text(&r, gradient_of(&r, "b2")->whole),
                            c ? "sum(dZ2, axis=1, keepdims=True)" : "1/m * sum(dZ2, axis=1, keepdims=True)");
        reading_close(&r);
    }
}

/* Names that use a name twice, sixty deep: what is known of one is found once, not on every path to it. */
static void shared_names_are_looked_at_once(void **state) {
    (void)state;
    static const char *const bodies[] = {"S%d = S%d + S%d\n", "S%d = S%d * S%d\n"};
    static const char *const sums[] = {"S0 = 1/m * sum((W @ X)**2)\n", "S0 = 1/m\n"};
    for (int way = 0; way < 2; way++) {
        char    text[4000] = "input X : (n0, m)\nparam W : (1, n0)\n", line[80];
        reading r;
        strcat(text, sums[way]);
        for (int i = 1; i <= 60; i++) {
            snprintf(line, sizeof line, bodies[way], i, i - 1, i - 1);
            strcat(text, line);
        }
        strcat(text, way ? "J = S60 * sum((W @ X)**2)\nminimize J\n" : "minimize S60\n");
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        assert_int_equal(r.dv.why_dj != NULL, way); /* 2**60/m is a mean, m**-2**60 is not */
        reading_close(&r);
    }
}

/* Which costs have the course's form, and what is said where they have not. */
static void costs_of_every_form(void **state) {
    (void)state;
    static const struct {
        const char *cost, *why; /* a part of the reason, or NULL */
    } list[] = {
        {"1/m * sum(L)", NULL},
        {"sum(L) / m", NULL},
        {"-1/m * sum(L)", NULL},
        {"mean(L)", NULL},
        {"1/(2*m) * sum(L)", NULL},
        {"sum(1/m * L)", NULL},
        {"sum(-L / m)", NULL},
        {"sum(1/m**2 * L)", "not 1/m"},
        {"mean(sum(L, axis=0))", NULL},
        {"1/m * sum(L) + lambda/(2*m) * sum(W1**2)", NULL},
        {"1/m * sum(L) + 1/m * sum(A2)", NULL},
        {"sum(L)", "without 1/m"},
        {"1/m**2 * sum(L)", "not 1/m"},
        {"sqrt(mean(L))", "not a mean"},
        {"mean(L) * mean(A2)", "not a mean"},
        {"1/m * sum(L) / sum(A2)", "not a mean"},
        {"m * sum(L)", "not 1/m"},
        {"sum(W1**2)", "does not depend"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char    text[1000];
        reading r;
        snprintf(text, sizeof text, "const lambda = 0.5\n%.*s\nJ = %s\nminimize J\n", (int)(strstr(two_layers, "\nJ = ") - two_layers), two_layers,
                 list[i].cost);
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        bool right = list[i].why ? r.dv.why_dj && strstr(r.dv.why_dj, list[i].why) && r.dv.used == CONVENTION_DJ : !r.dv.why_dj;
        if (!right) print_message("%s: %s\n", list[i].cost, r.dv.why_dj ? r.dv.why_dj : "(the course's form)");
        assert_true(right);
        reading_close(&r);
    }
}

static void names_are_given_where_they_are_needed(void **state) {
    (void)state;
    static const struct {
        const char *text, *names; /* the names that are given, in their order */
    } list[] = {
        {"A = tanh(W @ X + b)\nJ = 1/m * sum(A)\n", "Z1"},
        {"A1 = tanh(W @ X + b)\nJ = 1/m * sum(A1)\n", "Z1"},
        {"J = 1/m * sum(sigmoid(V @ tanh(W @ X + b)))\n", "Z1 A1 Z2"},
        {"Z = W @ X + b\nA = tanh(Z)\nJ = 1/m * sum(A)\n", ""},
        {"Z1 = tanh(W @ X)\nJ = 1/m * sum(Z1)\n", "Z2"}, /* Z1 is taken */
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char    text[400];
        reading r;
        buf     names;
        snprintf(text, sizeof text, "input X : (n, m)\nparam W : (k, n)\nparam b : (k, 1)\nparam V : (1, k)\n%sminimize J\n", list[i].text);
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        buf_init(&names, mem_default());
        buf_puts(&names, "");
        for (uint32_t k = 0; k < r.m.forward.list.n; k++) {
            var_id v = r.m.forward.list.at[k].var;
            if (ir_var(&r.m.g, v)->given_name) buf_printf(&names, "%s%s", names.len ? " " : "", ir_var_name(&r.m.g, v));
        }
        assert_string_equal(names.text, list[i].names);
        buf_free(&names);
        reading_close(&r);
    }
}

static void examples_interact_where_something_joins_them(void **state) {
    (void)state;
    static const struct {
        const char *text;
        bool        interact;
    } list[] = {
        {"Z = W @ X", false},
        {"Z = W @ X - mean(W @ X, axis=1)", true},
        {"Z = W @ X - mean(W @ X, axis=0)", false},
        {"Z = softmax(W @ X)", false},
        {"Z = softmax(W @ X, axis=1)", true},
        {"Z = W @ X @ X.T @ X", true},
        {"Z = W @ X / sum(X**2)", true},
        {"Z = W @ X + sum(W**2)", false},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char    text[300];
        reading r;
        snprintf(text, sizeof text, "input X : (n, m)\nparam W : (n, n)\n%s\nJ = 1/m * sum(Z**2)\nminimize J\n", list[i].text);
        reading_open(&r, text);
        reading_derive(&r, CONVENTION_COURSE);
        if (r.dv.examples_interact != list[i].interact) fail_msg("%s", list[i].text);
        reading_close(&r);
    }
}

/* Each step goes on from a step before it, and the last ones are the raw gradients. */
static void the_trail_is_connected(void **state) {
    (void)state;
    reading r;
    reading_open(&r, two_layers);
    reading_derive(&r, CONVENTION_COURSE);
    uint32_t kinds[5] = {0};
    for (uint32_t i = 0; i < r.dv.trail.n; i++) {
        const step *s = &r.dv.trail.at[i];
        kinds[s->kind]++;
        assert_true(s->in && s->out);
        if (s->kind == TRAIL_LOCAL || s->kind == TRAIL_REDUCE) assert_true(s->operand < op_table[ir_node(&r.m.g, s->op)->op].arity);
        if (s->kind == TRAIL_REWRITE) assert_true(s->rule && s->rule[0] && s->goal);
    }
    assert_true(kinds[TRAIL_LOCAL] > 10);
    assert_int_equal(kinds[TRAIL_REDUCE], 2); /* the biases; log(1 - A2) and sum(L) stretch upwards */
    assert_int_equal(kinds[TRAIL_SCALE], 5); /* from L to J, and into W2, b2, W1, b1 */
    assert_true(kinds[TRAIL_MEET] >= 1); /* A2 stands in L twice */
    reading_close(&r);
}

/* ------------------------------------------------------------------- edits */

typedef struct forget {
    uint32_t at, asked; /* the step whose outcome becomes its input */
} forget;

static node_id forget_step(void *user, ir *g, const step *s) {
    forget *f = user;
    bool    now = f->asked++ == f->at && s->in && s->out && shape_equal(ir_shape(g, s->in), ir_shape(g, s->out));
    return now ? s->in : 0;
}

/* A mistake planted in any step changes the raw gradients, and only what lies behind it. */
static void an_edit_spoils_what_lies_behind_it(void **state) {
    (void)state;
    uint32_t n_spoiled = 0, n_steps = 1;
    reading  right;
    reading_open(&right, two_layers);
    reading_derive(&right, CONVENTION_COURSE);
    program p = reading_program(&right, FORM_RAW);
    values *v = values_of(&right, &p, 0);
    for (uint32_t at = 0; at < n_steps; at++) {
        forget       f = {.at = at};
        trail_edit   edit = {forget_step, &f};
        diff_options how = {.convention = CONVENTION_COURSE, .edit = &edit};
        reading      r;
        bool         differs = false;
        reading_open(&r, two_layers);
        assert_int_equal(diff_name(&r.m, &r.a), DFOO_OK);
        assert_int_equal(diff_run(&r.m, &r.a, &how, &r.dv), DFOO_OK);
        n_steps = f.asked;
        program q = reading_program(&r, FORM_RAW);
        values *w = values_of(&r, &q, 0);
        bool    planted = r.dv.trail.at[at].in == r.dv.trail.at[at].out;
        for (uint32_t i = 0; i < r.dv.list.n; i++) {
            const gradient *one = &r.dv.list.at[i];
            double          off = matrix_difference(values_var(w, one->grad), values_var(v, gradient_of(&right, ir_var_name(&r.m.g, one->var))->grad));
            differs = differs || off > 1e-6;
        }
        if (planted) n_spoiled += differs;
        else assert_false(differs);
        reading_close(&r);
    }
    assert_true(n_steps > 15 && n_spoiled >= 8);
    reading_close(&right);
}

static dfoo_status derive_model(const dfoo_allocator *mem, void *user) {
    reading     r;
    dfoo_status status = reading_try(&r, *mem, user);
    if (status == DFOO_OK) status = reading_try_derive(&r, CONVENTION_COURSE);
    reading_close(&r);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(derive_model, (void *)(uintptr_t)two_layers);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_is_that_of_the_slide),
        cmocka_unit_test(scales_of_the_two_conventions),
        cmocka_unit_test(shared_names_are_looked_at_once),
        cmocka_unit_test(costs_of_every_form),
        cmocka_unit_test(names_are_given_where_they_are_needed),
        cmocka_unit_test(examples_interact_where_something_joins_them),
        cmocka_unit_test(the_trail_is_connected),
        cmocka_unit_test(an_edit_spoils_what_lies_behind_it),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

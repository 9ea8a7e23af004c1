/* A wrong formula in any line of proofs.def makes an explanation's answer no. Models are chosen so
 * that every line is told. */
#include "reading.h"

#include "teach/explain/explain.h"
#include "teach/tell/teller.h"

#define TAIL "A2 = sigmoid(Z2)\nL = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n"

static const char *const models[] = {
    /* columns: several outputs, one output, weights that stand transposed */
    "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\nparam b2 : (n2, 1)\n"
    "Z1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\n" TAIL,
    "input X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n0, n1)\nparam b1 : (n1, 1)\nparam W2 : (n1, 1)\nparam b2 : (1, 1)\n"
    "Z1 = W1.T @ X + b1\nA1 = tanh(Z1)\nZ2 = W2.T @ A1 + b2\n" TAIL,
    /* rows: the same */
    "input X : (m, n0)\nlabel Y : (m, n2)\nparam W1 : (n0, n1)\nparam b1 : (1, n1)\nparam W2 : (n1, n2)\nparam b2 : (1, n2)\n"
    "Z1 = X @ W1 + b1\nA1 = tanh(Z1)\nZ2 = A1 @ W2 + b2\n" TAIL,
    "input X : (m, n0)\nlabel Y : (m, 1)\nparam W1 : (n1, n0)\nparam b1 : (1, n1)\nparam W2 : (1, n1)\nparam b2 : (1, 1)\n"
    "Z1 = X @ W1.T + b1\nA1 = tanh(Z1)\nZ2 = A1 @ W2.T + b2\n" TAIL,
    /* two ways that meet, and a parameter that is also in a penalty */
    "input X : (n0, m)\nlabel Y : (n0, m)\nparam W1 : (n0, n0)\nparam W2 : (n0, n0)\n"
    "Z1 = W1 @ X\nA1 = tanh(Z1)\nZ = W2 @ A1\nZ2 = Z + A1\nA2 = sigmoid(Z2)\n"
    "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L) + 1/2 * sum(W2**2)\nminimize J\n",
};

static const char *const names[] = {"Z1", "A1", "Z2", "W1", "W2", "b1", "b2"};

/* One line is spoiled: its last side becomes twice what it is. */
typedef struct mistake {
    uint32_t    line;
    bool        none; /* only whether the line is told */
    bool        told;
    const char *wrong;
} mistake;

static const char *spoil(void *user, uint32_t line, const char *formula) {
    mistake *x = user;
    (void)formula;
    if (line != x->line) return NULL;
    x->told = true;
    return x->none ? NULL : x->wrong;
}

static dfoo_status explain(const char *model, const char *name, explain_way way, mistake *x) {
    reading        r;
    program        run = {{0}};
    explain_result result;
    buf            out;
    explain_edit   edit = {spoil, x};
    dfoo_status    status = DFOO_OK;
    reading_open(&r, model);
    reading_derive(&r, CONVENTION_COURSE);
    buf_init(&out, mem_default());
    assert_int_equal(simplify_program(&r.dv, &r.m.g, true, NULL, 0, &run), DFOO_OK);
    var_id v = reading_var(&r, name);
    if (v) status = explain_gradients(&r.dv, &r.m.g, &v, 1, &run, &(explain_options){.tell = {.way = way, .edit = &edit, .seed = 1}}, &out, &result);
    if (status == DFOO_NO && x->none) print_message("%s\n%s\n", model, out.text);
    buf_free(&out);
    reading_close(&r);
    return status;
}

/* "x = y" as "x = 2 * (y)", or "x" as "2 * (x)". */
static void make_wrong(const char *formula, char *out, size_t size) {
    const char *last = formula, *next;
    while ((next = strstr(last, " = ")) != NULL) last = next + 3;
    bool rest = strstr(last, " + rest") != NULL;
    if (rest) snprintf(out, size, "%.*s2 * %s", (int)(last - formula), formula, last); /* only its first term */
    else snprintf(out, size, "%.*s2 * (%s)", (int)(last - formula), formula, last);
}

static void every_line_is_noticed(void **state) {
    (void)state;
    uint32_t n_lines = 0;
    for (uint32_t line = 0; line < proof_n_lines(); line++) {
        const char *formula = proof_formula(line);
        char        wrong[300];
        uint32_t    told = 0;
        if (!formula) continue;
        make_wrong(formula, wrong, sizeof wrong);
        n_lines++;
        for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
            for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
                mistake right = {.line = line, .none = true}, x = {.line = line, .wrong = wrong};
                assert_int_equal(explain(models[i], names[k], BY_INDEX, &right), DFOO_OK);
                if (!right.told) continue;
                told++;
                if (explain(models[i], names[k], BY_INDEX, &x) != DFOO_NO) fail_msg("not noticed in d%s of model %zu: %s", names[k], i, wrong);
            }
        }
        if (!told) fail_msg("told in no model: %s", formula);
    }
    assert_true(n_lines > 20);
}

/* A rule of an operation that is wrong is not explained away, in any of the three ways. */
static node_id forget_a_factor(void *user, ir *g, const step *s) {
    const op_id *op = user;
    return s->kind == TRAIL_LOCAL && ir_node(g, s->op)->op == *op ? ir_op2(g, OP_MUL, ir_number(g, 2), s->out) : 0;
}

static void every_way_notices_a_wrong_rule(void **state) {
    (void)state;
    static const op_id ops[] = {OP_TANH, OP_MATMUL, OP_SIGMOID, OP_ADD};
    for (size_t i = 0; i < sizeof ops / sizeof *ops; i++) {
        for (int way = BY_INDEX; way <= BY_DIFFERENTIAL; way++) {
            op_id            op = ops[i];
            trail_edit       edit = {forget_a_factor, &op};
            diff_options     how = {.convention = CONVENTION_COURSE, .edit = &edit};
            reading          r;
            program          run = {{0}};
            explain_result   result;
            buf              out;
            reading_open(&r, models[0]);
            buf_init(&out, mem_default());
            assert_int_equal(diff_run(&r.m, &r.a, &how, &r.dv), DFOO_OK);
            assert_int_equal(simplify_derivation(&r.dv, &r.m.g, &r.a, NULL), DFOO_OK);
            assert_int_equal(simplify_program(&r.dv, &r.m.g, true, NULL, 0, &run), DFOO_OK);
            const char *name = op == OP_SIGMOID ? "Z2" : op == OP_ADD ? "b1" : "Z1";
            var_id v = reading_var(&r, name);
            if (explain_gradients(&r.dv, &r.m.g, &v, 1, &run, &(explain_options){.tell = {.way = (explain_way)way, .seed = 1}}, &out, &result) != DFOO_NO)
                fail_msg("%s by way %d:\n%s", op_table[op].id, way, out.text);
            buf_free(&out);
            reading_close(&r);
        }
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_noticed),
        cmocka_unit_test(every_way_notices_a_wrong_rule),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Formulas, index trees and forms of operations as TeX, MathML and Typst. */
#include "reading.h"

#include "core/notation/inside.h"

static const char two_layers[] = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\n"
                                 "param b2 : (n2, 1)\nZ1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n"
                                 "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n";

typedef struct bench {
    reading  r;
    notation names;
    buf      out;
} bench;

static void bench_open(bench *b) {
    reading_open(&b->r, two_layers);
    reading_derive(&b->r, CONVENTION_COURSE);
    assert_int_equal(notation_init(&b->names, &b->r.m, &b->r.a), DFOO_OK);
    buf_init(&b->out, mem_default());
}

static void bench_close(bench *b) {
    assert_false(b->out.failed);
    assert_int_equal(arena_status(&b->r.a), DFOO_OK);
    buf_free(&b->out);
    reading_close(&b->r);
}

static void expect_written(bench *b, const char *what, const char *expected) {
    if (!b->out.text || strcmp(b->out.text, expected) != 0) fail_msg("%s\nis      %s\nand not %s", what, b->out.text ? b->out.text : "", expected);
    b->out.len = 0;
}

static const math *part(void *user, uint32_t number) {
    bench *b = user;
    if (number != 3) return math_leaf(&b->r.a, MATH_LETTER, "l");
    return math_entries(&b->r.a, set_word(&b->names, "z2"), true);
}

static void write_formula(bench *b, const char *text, const formula_parts *parts) {
    notation_write(&b->names, set_formula(&b->names, text, parts), &b->out);
}

static void formulas(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"da = dy @ b.T", "\\mathrm{d}a = \\mathrm{d}y \\, b^\\top"},
        {"A1 * dZ1", "A_{1} \\odot \\mathrm{d}Z_{1}"},
        {"a1 * z1", "a_{1} \\odot z_{1}"},
        {"y * (1 - y)", "y \\, \\left(1 - y\\right)"},
        {"P * Q", "P \\odot Q"},
        {"A1.T.T", "\\left(A_{1}^\\top\\right)^\\top"},
        {"A1.T**2", "\\left(A_{1}^\\top\\right)^{\\odot 2}"},
        {"2 * 3", "2 \\cdot 3"},
        {"log'(a) = 1/a", "\\log'\\left(a\\right) = \\frac{1}{a}"},
        {"sigmoid'(Z2)", "\\sigma'\\left(Z_{2}\\right)"},
        {"leaky_relu'(a)", "\\operatorname{lrelu}'\\left(a\\right)"},
        {"2/sqrt(pi) * exp(-a**2)", "\\frac{2}{\\sqrt{\\pi}} \\, e^{-a^{2}}"},
        {"1 - A1**2", "1 - A_{1}^{\\odot 2}"},
        {"(a**3)' = 3*a**2", "\\left(a^{3}\\right)' = 3 \\, a^{2}"},
        {"W2[i,j] * dz2[i]", "W_{2}[i,j] \\, \\mathrm{d}z_{2}[i]"},
        {"∂l/∂z2[i] * ∂z2[i]/∂a1[j]", "\\frac{\\partial l}{\\partial z_{2}[i]} \\, \\frac{\\partial z_{2}[i]}{\\partial a_{1}[j]}"},
        {"da1[j] = Σi W2[i,j]*dz2[i]", "\\mathrm{d}a_{1}[j] = \\sum_{i} W_{2}[i,j] \\, \\mathrm{d}z_{2}[i]"},
        {"∂l/∂z1 = ∂l/∂z2 · ∂z2/∂a1", "\\frac{\\partial l}{\\partial z_{1}} = \\frac{\\partial l}{\\partial z_{2}} \\cdot \\frac{\\partial z_{2}}{\\partial a_{1}}"},
        {"diag(1 - a1**2) @ W2.T @ dz2", "\\operatorname{diag}\\left(1 - a_{1}^{\\odot 2}\\right) \\, W_{2}^\\top \\, \\mathrm{d}z_{2}"},
        {"(dz2.T @ W2).T", "\\left(\\mathrm{d}z_{2}^\\top \\, W_{2}\\right)^\\top"},
        {"δ sum(L) = <dZ2, W2 @ δA1>", "\\delta \\sum\\left(L\\right) = \\langle \\mathrm{d}Z_{2}, W_{2} \\, \\delta A_{1} \\rangle "},
        {"W2 = [1 2 3; 4 5 6], dz2 = [10; -1]",
         "W_{2} = \\begin{bmatrix} 1 & 2 & 3 \\\\ 4 & 5 & 6 \\end{bmatrix},\\quad \\mathrm{d}z_{2} = \\begin{bmatrix} 10 \\\\ -1 \\end{bmatrix}"},
        {"(n1, n2) @ (n2, 1) -> (n1, 1)", "\\left(n_{1}, n_{2}\\right) \\, \\left(n_{2}, 1\\right) \\to \\left(n_{1}, 1\\right)"},
        {"a + .. + b", "a + \\cdots + b"},
        {"(A2 - Y) / (A2 * (1 - A2))", "\\frac{\\left(A_{2} - Y\\right)}{\\left(A_{2} \\odot \\left(1 - A_{2}\\right)\\right)}"},
        {"d\0013\2[i] * \0013\2 * A1", "\\mathrm{d}z_{2}[i] \\, z_{2} \\odot A_{1}"},
        {"1e-05", "10^{-5}"},
        {"2.5e12 * 1e00", "2.5 \\cdot 10^{12} \\cdot 10^{0}"},
        {"3 $ 4", "\\text{3 \\$ 4}"}, /* not a formula: as it is written */
        {"(((", "\\text{(((}"},
    };
    bench         b;
    formula_parts parts = {.part = part, .user = &b};
    bench_open(&b);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        write_formula(&b, list[i][0], &parts);
        expect_written(&b, list[i][0], list[i][1]);
    }
    bench_close(&b);
}

static void slides(void **state) {
    (void)state;
    bench         b;
    formula_parts parts = {.layers = true};
    bench_open(&b);
    write_formula(&b, "dz[1] = W[2].T dz[2] * g[1]'(z[1])", &parts);
    expect_written(&b, "the slide's line", "\\mathrm{d}z^{[1]} = W^{[2] \\top} \\, \\mathrm{d}z^{[2]} \\odot g^{[1] \\prime}\\left(z^{[1]}\\right)");
    bench_close(&b);
}

/* Bad and long text neither crashes nor is swallowed. */
static void any_text(void **state) {
    (void)state;
    bench b;
    char  deep[2000];
    bench_open(&b);
    memset(deep, '(', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    write_formula(&b, deep, NULL);
    assert_non_null(strstr(b.out.text, "\\text{(((("));
    static const char *const list[] = {"", "]", "[", "[1 2", "a[", "a.", "<a", "<a, b", "Σ", "∂", "∂/", "a / ", "a **", "'", "d", "\001", "\0019999\2", "\xff", "a -> ", "sqrt(", "1 .. 2"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) write_formula(&b, list[i], NULL);
    bench_close(&b);
}

/* da1[j] and its like; for one example, and for all. */
static void index_trees(void **state) {
    (void)state;
    static const char *const list[][3] = {
        {"y[i,t] = 0", "z_{2}[i]", "Z_{2}[i,t]"},
        {"sum(i, a[i,j] * dy[i,t])", "\\sum_{i} W_{2}[i,j] \\, \\mathrm{d}z_{2}[i]", "\\sum_{i} W_{2}[i,j] \\, \\mathrm{d}Z_{2}[i,t]"},
        {"D(y[i,t], b[j,t])", "\\frac{\\partial z_{2}[i]}{\\partial a_{1}[j]}", "\\frac{\\partial Z_{2}[i,t]}{\\partial A_{1}[j,t]}"},
        {"DL(y[i,t])", "\\frac{\\partial l}{\\partial z_{2}[i]}", "\\frac{\\partial l}{\\partial Z_{2}[i,t]}"},
        {"spell(j, a[i,j] * b[j,t])", "W_{2}[i,1] \\, a_{1}[1] + \\cdots + W_{2}[i,j] \\, a_{1}[j] + \\cdots",
         "W_{2}[i,1] \\, A_{1}[1,t] + \\cdots + W_{2}[i,j] \\, A_{1}[j,t] + \\cdots"},
        {"1 - b[j,t]**2", "1 - a_{1}[j]^{2}", "1 - A_{1}[j,t]^{2}"},
        {"log(b[j,t]) * (1 - b[j,t])", "\\log \\left(a_{1}[j]\\right) \\, \\left(1 - a_{1}[j]\\right)", "\\log \\left(A_{1}[j,t]\\right) \\, \\left(1 - A_{1}[j,t]\\right)"},
        {"1/b[j,t]", "\\frac{1}{a_{1}[j]}", "\\frac{1}{A_{1}[j,t]}"},
    };
    static const char *const names[][2] = {{"a", "W2"}, {"b", "A1"}, {"y", "Z2"}, {"dy", "dZ2"}};
    bench      b;
    index_name bound[4];
    bench_open(&b);
    for (int i = 0; i < 4; i++) bound[i] = (index_name){names[i][0], ir_var(&b.r.m.g, reading_var(&b.r, names[i][1]))->leaf};
    bool *small = arena_new(&b.r.a, b.r.m.g.vars.n);
    for (var_id v = 1; v < b.r.m.g.vars.n; v++) small[v] = ir_var(&b.r.m.g, v)->sh.cols == b.r.m.examples;
    index_env env = {.g = &b.r.m.g, .a = &b.r.a, .names = bound, .n_names = 4};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        const char       *equals = strstr(list[i][0], " = 0");
        const char       *text = arena_text(&b.r.a, list[i][0], equals ? (size_t)(equals - list[i][0]) : strlen(list[i][0]));
        const index_tree *x = index_build(&env, syntax_read(&b.r.a, &b.r.names, &b.r.d, text, true));
        assert_non_null(x);
        notation_write(&b.names, set_index(&b.names, x, &(index_style){.small = small, .lower = small, .example = 't', .loss = "l"}), &b.out);
        expect_written(&b, list[i][0], list[i][1]);
        notation_write(&b.names, set_index(&b.names, x, &(index_style){.small = small, .lower = small, .loss = "l"}), &b.out);
        expect_written(&b, list[i][0], list[i][2]);
    }
    bench_close(&b);
}

/* The same formulas in the other languages. */
static void languages(void **state) {
    (void)state;
    static const char *const list[][3] = {
        {"W2.T", "<msubsup><mrow><mi>W</mi></mrow><mrow><mn>2</mn></mrow><mi>⊤</mi></msubsup>", "W_(2)^⊤"},
        {"dZ1", "<mi mathvariant=\"normal\">d</mi><msub><mrow><mi>Z</mi></mrow><mrow><mn>1</mn></mrow></msub>", "upright(d) Z_(1)"},
        {"1/m - x", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>m</mi></mrow></mfrac><mo>−</mo><mi>x</mi>", "frac(1, m) − x"},
        {"-x", "<mo form=\"prefix\">−</mo><mi>x</mi>", "− x"},
        {"(a)", "<mrow><mo stretchy=\"false\">(</mo><mi>a</mi><mo stretchy=\"false\">)</mo></mrow>", "lr((a))"},
        {"(a/b)", "<mrow><mo>(</mo><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac><mo>)</mo></mrow>", "lr(( frac(a, b)))"},
        {"Σi a", "<munder><mo>∑</mo><mrow><mi>i</mi></mrow></munder><mi>a</mi>", "∑_(i) a"},
        {"g'(z)", "<msup><mrow><mi>g</mi></mrow><mo>′</mo></msup><mo>\u2061</mo><mrow><mo stretchy=\"false\">(</mo><mi>z</mi><mo stretchy=\"false\">)</mo></mrow>",
         "g' lr((z))"},
        {"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>", "a < b"},
        {"W_out[i,j]", "<msub><mrow><mi>W</mi></mrow><mrow><mi class=\"word\">out</mi></mrow></msub><mo stretchy=\"false\">[</mo><mi>i</mi><mo>,</mo><mi>j</mi>"
         "<mo stretchy=\"false\">]</mo>", "W_(italic(\"out\"))[i\\,j]"},
        {"relu'", "<msup><mrow><mi mathvariant=\"normal\">relu</mi></mrow><mo>′</mo></msup>", "op(\"relu\")'"},
        {"3 $ 4", "<mtext>3 $ 4</mtext>", "\"3 $ 4\""},
        {"[1 2; 3 4]",
         "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo></mrow>",
         "mat(delim: \"[\", 1, 2; 3, 4)"},
    };
    bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        b.names.to = &target_mathml;
        write_formula(&b, list[i][0], NULL);
        expect_written(&b, list[i][0], list[i][1]);
        b.names.to = &target_typst;
        write_formula(&b, list[i][0], NULL);
        size_t blank = b.out.text[0] == ' ';
        if (strcmp(b.out.text + blank, list[i][2]) != 0) fail_msg("%s\nis      %s\nand not %s", list[i][0], b.out.text, list[i][2]);
        b.out.len = 0;
    }
    bench_close(&b);
}

static const math *letter(void *user, int i, uint8_t least) {
    bench            *b = user;
    const char *const names[] = {"a", "b", "c"};
    return math_least(&b->r.a, math_bound(&b->r.a, math_leaf(&b->r.a, MATH_LETTER, names[i]), BINDS_SUM), least);
}

/* The forms of the table: with brackets that grow, and without. */
static void forms(void **state) {
    (void)state;
    static const char *const list[][3] = {
        {"log #a", "\\log \\left(a\\right)", "\\log \\left(a\\right)"},
        {"max(#a, #b)", "\\max\\left(a, b\\right)", "\\max(a, b)"},
        {"e^#a", "e^{a}", "e^{a}"},
        {"√#a", "\\sqrt{a}", "\\sqrt{a}"},
        {"|#a|", "\\left|a\\right|", "|a|"},
        {"⌊#a⌋", "\\lfloor a \\rfloor", "\\lfloor a \\rfloor"},
        {"log(1 + #a)", "\\log\\left(1 + \\left(a\\right)\\right)", "\\log(1 + \\left(a\\right))"},
        {"(e^#a - 1)", "\\left(e^{a} - 1\\right)", "(e^{a} - 1)"},
        {"(#b if #a else #c)", "\\left(b \\text{ if } a \\text{ else } c\\right)", "(b \\text{ if } a \\text{ else } c)"},
        {"σ(#a)", "\\sigma\\left(a\\right)", "\\sigma(a)"},
        {"lrelu(#a, #b)", "\\operatorname{lrelu}\\left(a, b\\right)", "\\operatorname{lrelu}(a, b)"},
    };
    bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        for (int grows = 1; grows >= 0; grows--) {
            form_operands how = {.operand = letter, .user = &b, .grows = grows};
            notation_write(&b.names, set_form(&b.names, list[i][0], &how), &b.out);
            expect_written(&b, list[i][0], list[i][2 - grows]);
        }
    }
    bench_close(&b);
}

/* Every operation has a form or a rule, in a line as in set mathematics. */
static void every_operation(void **state) {
    (void)state;
    for (int op = 1; op < OP_COUNT; op++) {
        bool leaf = op_table[op].arity == 0, infix = op_table[op].flags & OP_FLAG_INFIX, form = op_table[op].form[0];
        if (leaf || op == OP_OPEN || op_table[op].rule == SHAPE_PIECE) continue; /* those have ways of their own */
        if (!set_rules[op].binds && !form) fail_msg("%s has neither a rule nor a form", op_table[op].id);
        if (infix && !(line_rules[op].binds && set_rules[op].binds)) fail_msg("%s is infix and has no rule", op_table[op].id);
        if (infix && op_elementwise((op_id)op) && !entry_rules[op].binds) fail_msg("%s has no rule for entries", op_table[op].id);
        if (!infix && line_rules[op].binds && op != OP_TRANSPOSE) fail_msg("%s has a rule and is called", op_table[op].id);
    }
}

/* As deep as anybody nests it: no stack of ours is used up. */
static void deep(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    node_id n = ir_var(&b.r.m.g, reading_var(&b.r, "Z1"))->leaf;
    for (int i = 0; i < 100000; i++) n = ir_op1(&b.r.m.g, OP_TANH, n);
    print_node(&b.r.m.g, n, &b.out);
    assert_int_equal(b.out.len, 100000 * strlen("tanh()") + strlen("Z1"));
    notation_write(&b.names, set_node(&b.names, n, NULL), &b.out);
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas), cmocka_unit_test(slides), cmocka_unit_test(any_text),
        cmocka_unit_test(index_trees), cmocka_unit_test(languages), cmocka_unit_test(forms),
        cmocka_unit_test(every_operation), cmocka_unit_test(deep),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Formulas, index trees and nodes as TeX, and TeX as MathML. */
#include "reading.h"

#include "core/notation/tex.h"

static const char two_layers[] = "input X : (n0, m)\nlabel Y : (n2, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (n2, n1)\n"
                                 "param b2 : (n2, 1)\nZ1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n"
                                 "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\n";

typedef struct bench {
    reading r;
    tex     names;
    buf     out;
} bench;

static void bench_open(bench *b) {
    reading_open(&b->r, two_layers);
    reading_derive(&b->r, CONVENTION_COURSE);
    assert_int_equal(tex_init(&b->names, &b->r.m, &b->r.a), DFOO_OK);
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

static tex_part part(void *user, uint32_t number) {
    (void)user;
    return number == 3 ? (tex_part){"z_{2}", true} : (tex_part){"l", false};
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
    bench     b;
    tex_parts parts = {.part = part};
    bench_open(&b);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        tex_formula(&b.names, list[i][0], &parts, &b.out);
        expect_written(&b, list[i][0], list[i][1]);
    }
    bench_close(&b);
}

static void slides(void **state) {
    (void)state;
    bench     b;
    tex_parts parts = {.layers = true};
    bench_open(&b);
    tex_formula(&b.names, "dz[1] = W[2].T dz[2] * g[1]'(z[1])", &parts, &b.out);
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
    tex_formula(&b.names, deep, NULL, &b.out);
    assert_non_null(strstr(b.out.text, "\\text{(((("));
    static const char *const list[] = {"", "]", "[", "[1 2", "a[", "a.", "<a", "<a, b", "Σ", "∂", "∂/", "a / ", "a **", "'", "d", "\001", "\0019999\2", "\xff", "a -> ", "sqrt(", "1 .. 2"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) tex_formula(&b.names, list[i], NULL, &b.out);
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
        tex_index(&b.names, x, &(index_style){.small = small, .lower = small, .example = 't', .loss = "l"}, &b.out);
        expect_written(&b, list[i][0], list[i][1]);
        tex_index(&b.names, x, &(index_style){.small = small, .lower = small, .loss = "l"}, &b.out);
        expect_written(&b, list[i][0], list[i][2]);
    }
    bench_close(&b);
}

static void mathml(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"W_{2}^\\top", "<msubsup><mi>W</mi><mrow><mn>2</mn></mrow><mi>⊤</mi></msubsup>"},
        {"\\mathrm{d}Z_{1}", "<mi mathvariant=\"normal\">d</mi><msub><mi>Z</mi><mrow><mn>1</mn></mrow></msub>"},
        {"\\frac{1}{m} - x", "<mfrac><mrow><mn>1</mn></mrow><mrow><mi>m</mi></mrow></mfrac><mo>−</mo><mi>x</mi>"},
        {"\\left(a\\right)", "<mrow><mo stretchy=\"false\">(</mo><mi>a</mi><mo stretchy=\"false\">)</mo></mrow>"},
        {"\\left(\\frac{a}{b}\\right)", "<mrow><mo>(</mo><mfrac><mrow><mi>a</mi></mrow><mrow><mi>b</mi></mrow></mfrac><mo>)</mo></mrow>"},
        {"\\sum_{i=1}^{m} a", "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mrow><mi>m</mi></mrow></munderover><mi>a</mi>"},
        {"g'", "<msup><mi>g</mi><mo>′</mo></msup>"},
        {"a < b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"},
        {"\\mathit{W\\_out}", "<mi class=\"word\">W_out</mi>"},
        {"\\operatorname{relu}x", "<mi mathvariant=\"normal\">relu</mi><mo>&#x2061;</mo><mi>x</mi>"},
        {"\\text{ if }", "<mtext> if </mtext>"},
        {"\\begin{bmatrix} 1 & 2 \\\\ 3 & 4 \\end{bmatrix}",
         "<mrow><mo>[</mo><mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr><mtr><mtd><mn>3</mn></mtd><mtd><mn>4</mn></mtd></mtr></mtable><mo>]</mo></mrow>"},
        {"a}", "<mtext>a}</mtext>"},
    };
    bench b;
    bench_open(&b);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        tex_mathml(list[i][0], &b.r.a, &b.out);
        expect_written(&b, list[i][0], list[i][1]);
    }
    char deep[3000];
    memset(deep, '{', sizeof deep - 1);
    deep[sizeof deep - 1] = 0;
    tex_mathml(deep, &b.r.a, &b.out);
    assert_memory_equal(b.out.text, "<mtext>{{{", 10);
    bench_close(&b);
}

/* Every sign that the table of operations is set with is known as MathML. */
static void every_operation(void **state) {
    (void)state;
    bench b;
    bench_open(&b);
    for (int op = 1; op < OP_COUNT; op++) {
        buf latex;
        buf_init(&latex, mem_default());
        for (const char *c = op_table[op].latex; *c; c++) {
            if (*c == '#') buf_puts(&latex, (c++, "x"));
            else buf_put(&latex, c, 1);
        }
        if (latex.text) tex_mathml(latex.text, &b.r.a, &b.out);
        bool word = latex.text && strstr(latex.text, "\\text"); /* where(..) has words in it */
        if (b.out.text && strstr(b.out.text, "<mtext>") && !word) fail_msg("%s: %s", latex.text, b.out.text);
        b.out.len = 0;
        buf_free(&latex);
    }
    bench_close(&b);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(formulas), cmocka_unit_test(slides), cmocka_unit_test(any_text),
        cmocka_unit_test(index_trees), cmocka_unit_test(mathml), cmocka_unit_test(every_operation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

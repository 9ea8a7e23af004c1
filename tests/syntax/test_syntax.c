/* The notation as trees: precedence, the slides' adjacency, spellings, places. */
#include "failing_allocator.h"

#include "core/syntax/syntax.h"

typedef struct bench {
    arena   a;
    symbols names;
    diags   d;
    source  src;
    tokens  in;
} bench;

static bool is_function(void *user, sym name) {
    const char *text = symbols_name(&((bench *)user)->names, name);
    return strcmp(text, "f") == 0 || strcmp(text, "sum") == 0 || strcmp(text, "dot") == 0;
}

static void not_function(void *user, sym name, span at) {
    bench *b = user;
    diag_error(&b->d, &b->src, at, "%s is no function", symbols_name(&b->names, name));
}

static void lex(bench *b, const char *text) {
    *b = (bench){.src = {"test", text, strlen(text)}};
    arena_init(&b->a, mem_default());
    symbols_init(&b->names, &b->a);
    diags_init(&b->d, &b->a);
    syntax_lex(&b->src, &b->a, &b->names, &b->d, &b->in);
}

/* A tree with all its brackets; the test's trees are small. */
static void write(const bench *b, const ast *x, buf *out) {
    const char *name = x->name ? symbols_name(&b->names, x->name) : "";
    bool        call = x->kind == AST_CALL;
    if (x->kind == AST_NUMBER) buf_number(out, x->number);
    else buf_puts(out, name);
    for (int i = 0; i < x->primes; i++) buf_puts(out, "'");
    if (x->kind == AST_KEYWORD) buf_puts(out, "=");
    if (x->kind == AST_NEGATE) buf_puts(out, "-");
    if (call || x->kind == AST_BINARY) buf_puts(out, "(");
    for (const ast *arg = x->arg; arg; arg = arg->next) {
        if (arg != x->arg && call) buf_puts(out, ",");
        if (arg != x->arg && x->kind == AST_BINARY && x->sign > 255) buf_printf(out, "%c", (char)(x->sign >> 8));
        if (arg != x->arg && x->kind == AST_BINARY) buf_printf(out, "%c", (char)x->sign);
        if (arg != x->arg && x->kind == AST_NAME) buf_puts(out, ";");
        write(b, arg, out);
    }
    if (call || x->kind == AST_BINARY) buf_puts(out, ")");
    if (x->kind == AST_TRANSPOSE) buf_puts(out, ".T");
}

/* The tree of a text, or "error". */
static void check(const char *text, const char *expected, bool indices) {
    bench  b;
    buf    out;
    lex(&b, text);
    parser p = {.a = &b.a, .names = &b.names, .d = &b.d, .in = &b.in, .indices = indices, .is_function = is_function, .not_function = not_function, .user = &b};
    ast   *x = syntax_expression(&p);
    buf_init(&out, mem_default());
    if (x && syntax_peek(&p)->kind == TOKEN_END) write(&b, x, &out);
    else buf_puts(&out, "error");
    assert_int_equal(x == NULL, b.d.n_errors > 0);
    if (strcmp(out.text, expected) != 0) fail_msg("%s is read as %s, not %s", text, out.text, expected);
    buf_free(&out);
    arena_free(&b.a);
}

static void precedence_is_that_of_python(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"a + b * c", "(a+(b*c))"},
        {"a * b + c", "((a*b)+c)"},
        {"a - b - c", "((a-b)-c)"},
        {"a / b * c", "((a/b)*c)"},
        {"W2.T @ dZ2 * g", "((W2.T@dZ2)*g)"},
        {"g * W2.T @ dZ2", "((g*W2.T)@dZ2)"},
        {"-a**2", "-(a**2)"},
        {"a**-b**c", "(a**-(b**c))"},
        {"a**b**c", "(a**(b**c))"},
        {"-a * b", "(-a*b)"},
        {"a * -b", "(a*-b)"},
        {"- -a", "--a"},
        {"+a", "a"},
        {"a + b > c * d", "((a+b)>(c*d))"},
        {"a <= b", "(a<=b)"},
        {"(a == b) != c", "((a==b)!=c)"},
        {"a > b > c", "error"},
        {"a.T.T", "a.T.T"},
        {"(a @ b).T**2", "((a@b).T**2)"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check(list[i][0], list[i][1], false);
}

static void adjacency_is_that_of_the_slides(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"1/m dZ2 A1.T", "(((1/m) dZ2) A1.T)"}, {"W2.T dZ2 * f'(Z1)", "((W2.T dZ2)*f'(Z1))"}, {"W1 (X + b1)", "(W1 (X+b1))"},
        {"2 (a)", "(2 a)"},                     {"a b**2", "(a (b**2))"},                   {"-a b", "(-a b)"},
        {"f (a)", "f(a)"},                      {"W1(X)", "error"},                         {"a 2", "(a 2)"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check(list[i][0], list[i][1], false);
}

static void other_spellings(void **state) {
    (void)state;
    static const char *const list[][2] = {
        {"W[2] @ X", "(W2@X)"},
        {"dZ[1].T", "dZ1.T"},
        {"np.dot(a, b)", "dot(a,b)"},
        {"a.dot(b)", "dot(a,b)"},
        {"a.T.dot(b).T", "dot(a.T,b).T"},
        {"a.sum(axis=1, keepdims=True)", "sum(a,axis=1,keepdims=True)"},
        {"numpy.sum(a)", "sum(a)"},
        {"f\xE2\x80\x99(a)", "f'(a)"},
        {"f\xE2\x80\xB2\xE2\x80\xB2(a)", "f''(a)"},
        {"a \xE2\x88\x92 b", "(a-b)"},
        {"1./m", "(1/m)"},
        {".5 * 1e-3", "(0.5*0.001)"},
        {"2e", "(2 e)"},
        {"1.T", "1.T"},
        {"\xCE\xBB * a", "(\xCE\xBB*a)"},
        {"f(a,\n  b)", "f(a,b)"},
        {"(a # a remark\n + b)", "(a+b)"},
        {"f()", "f()"},
        {"f(a,)", "f(a)"},
    };
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) check(list[i][0], list[i][1], false);
}

static void indices_are_read_in_tables(void **state) {
    (void)state;
    check("W[i,j] * a[j]", "(Wi;j*aj)", true);
    check("sum(j, W[i,j] * dz[i,1])", "sum(j,(Wi;j*dzi;1))", true);
    check("W[i,j", "error", true);
    check("W[]", "error", true);
}

static void what_is_not_an_expression(void **state) {
    (void)state;
    static const char *const list[] = {"",     "a +",  "* a", "(a",    "a)",      "f(,a)", "()",   "a + )", "f(a b",
                                       "a..T", "a.U",  "f",   "a'",    "f' + 1",  "(a, b)", "a[1",   "a,b", "f(a]",  "@",
                                       "a = b", "a ~ b", "1 2 +", ".T", "f(axis=)", "f(a, axis=)"};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        bench b;
        lex(&b, list[i]);
        parser p = {.a = &b.a, .names = &b.names, .d = &b.d, .in = &b.in, .is_function = is_function, .not_function = not_function, .user = &b};
        ast   *x = syntax_expression(&p);
        if (x && syntax_peek(&p)->kind == TOKEN_END) fail_msg("'%s' is read", list[i]);
        arena_free(&b.a);
    }
}

static void places_point_at_the_operator(void **state) {
    (void)state;
    bench b;
    lex(&b, "Z = W1 @ (Y + b1)");
    parser p = {.a = &b.a, .names = &b.names, .d = &b.d, .in = &b.in, .next = 2};
    ast   *x = syntax_expression(&p);
    assert_non_null(x);
    assert_int_equal(x->at.start, 4);
    assert_int_equal(x->at.point, 7);
    assert_int_equal(x->at.end, 17);
    assert_true(x->arg->next->bracketed);
    assert_int_equal(x->arg->next->at.start, 9);
    assert_int_equal(ast_count(x->arg), 2);
    arena_free(&b.a);
}

static void operands_come_before_what_uses_them(void **state) {
    (void)state;
    bench    b;
    ast_list order = {{0}};
    lex(&b, "f(a + b, -c) @ d.T");
    parser p = {.a = &b.a, .names = &b.names, .d = &b.d, .in = &b.in, .is_function = is_function, .not_function = not_function, .user = &b};
    ast   *root = syntax_expression(&p);
    assert_int_equal(ast_postorder(root, &b.a, &order), DFOO_OK);
    assert_int_equal(order.list.n, 9);
    for (uint32_t i = 0; i < order.list.n; i++) {
        order.list.at[i]->value = i + 1;
        for (ast *arg = order.list.at[i]->arg; arg; arg = arg->next) assert_true(arg->value > 0);
    }
    assert_ptr_equal(order.list.at[8], root);
    arena_free(&b.a);
}

static dfoo_status read_all(const dfoo_allocator *mem, void *user) {
    arena   a;
    symbols names;
    diags   d;
    arena_init(&a, *mem);
    symbols_init(&names, &a);
    diags_init(&d, &a);
    for (int i = 0; i < 30; i++) {
        ast_list order = {{0}};
        ast     *x = syntax_read(&a, &names, &d, user, false);
        if (x) (void)ast_postorder(x, &a, &order);
    }
    dfoo_status status = arena_status(&a);
    arena_free(&a);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(read_all, "f(a + b * c, np.dot(W[2], a).T, axis=1) - (((1e-3 g''(x) - (2))))**2 > -b");
    fail_every_call(read_all, "a + ((b * c) d");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(precedence_is_that_of_python),
        cmocka_unit_test(adjacency_is_that_of_the_slides),
        cmocka_unit_test(other_spellings),
        cmocka_unit_test(indices_are_read_in_tables),
        cmocka_unit_test(what_is_not_an_expression),
        cmocka_unit_test(places_point_at_the_operator),
        cmocka_unit_test(operands_come_before_what_uses_them),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

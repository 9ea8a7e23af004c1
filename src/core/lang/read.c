/* The statements of a model, one a line. A line with an error is left out and its name
 * remembered as broken, so that the lines that use it are not blamed. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/lang/reader.h"

static dfoo_status error_at(reader *r, span at, const char *message) {
    return diag_error(r->d, &r->m->src, at, "%s", message);
}

/* Words that are no operations, and may be hidden as those of ops.def may that came late. */
static bool is_late_word(const char *text) {
    return strcmp(text, "eye") == 0 || strcmp(text, "outer") == 0;
}

static bool is_function(void *user, sym name) {
    reader     *r = user;
    const char *text = symbols_name(r->p.names, name);
    op_id       op = op_find(text);
    bool        known = ir_find_var(r->g, name) || lang_is_size_name(r, name) || lang_is_broken(r, name);
    if (model_function(r->m, name)) return true;
    if (is_late_word(text)) return !known;
    return op ? !op_may_be_hidden(op) || !known : lang_is_numpy_name(text);
}

/* A known variable before a bracket was meant as a factor; another name may be mistyped. */
static void not_function(void *user, sym name, span at) {
    reader     *r = user;
    const char *text = symbols_name(r->p.names, name);
    if (ir_find_var(r->g, name) || lang_is_size_name(r, name) || lang_is_broken(r, name)) {
        diag_error(r->d, &r->m->src, at, "'%s' is not a function", text);
        diag_note(r->d, "for a product with a variable put a space before the bracket: %s (..)", text);
        return;
    }
    const char *close = lang_closest_name(r, name, true);
    diag_error(r->d, &r->m->src, at, "unknown function '%s'", text);
    if (close) diag_note(r->d, "did you mean %s?", close);
    diag_note(r->d,
              "a function of your own stands in a line above: %s(z) = .. with its formula, or function %s "
              "without one",
              text, text);
}

static const token *peek(const reader *r) {
    return syntax_peek(&r->p);
}

/* The whole of the line at hand, for messages, and to go on behind it. */
static void skip_line(reader *r) {
    assert(r->p.next < r->in.list.n);
    while (peek(r)->kind != TOKEN_END) r->p.next++;
}

static dfoo_status expect(reader *r, uint32_t sign, const char *what) {
    if (syntax_accept(&r->p, sign)) return DFOO_OK;
    return error_at(r, peek(r)->at, what);
}

/* The bracket that closes the one at `open`; where the line ends instead, that one is blamed. */
static dfoo_status expect_closing(reader *r, span open, const char *what) {
    if (peek(r)->kind == TOKEN_END) return error_at(r, open, "this bracket is not closed");
    return expect(r, ')', what);
}

static dfoo_status expect_end(reader *r) {
    if (peek(r)->kind == TOKEN_END) return DFOO_OK;
    if (syntax_is(&r->p, ')') || syntax_is(&r->p, ']'))
        return error_at(r, peek(r)->at, "this bracket closes nothing");
    return error_at(r, peek(r)->at, "the statement should end here");
}

/* ------------------------------------------------------------ declarations */

/* A name that is not taken yet, in a statement of the given form; a function of the file may
 * hide one of the table. */
static dfoo_status read_new_name(reader *r, sym *name, span *at, bool may_hide, const char *form) {
    if (peek(r)->kind != TOKEN_NAME)
        return diag_error(r->d, &r->m->src, peek(r)->at, "a name is expected here, as in %s", form);
    *name = syntax_layer_name(&r->p, at);
    const char *text = symbols_name(r->p.names, *name);
    var_id      old = ir_find_var(r->g, *name);
    if (old) {
        uint32_t line, column;
        source_place(&r->m->src, ir_var(r->g, old)->at.start, &line, &column);
        diag_error(r->d, &r->m->src, *at, "'%s' is already there: each name is defined once", text);
        diag_note(r->d, "%s stands at line %u", text, line);
        return DFOO_EINPUT;
    }
    if (model_function(r->m, *name) ||
        (!may_hide && is_function(r, *name) && !is_late_word(text) && !op_may_be_hidden(op_find(text))))
        return diag_error(r->d, &r->m->src, *at, "'%s' is the name of a function", text);
    if (lang_is_size_name(r, *name))
        return diag_error(r->d, &r->m->src, *at, "'%s' is the name of a dimension", text);
    return DFOO_OK;
}

static dfoo_status read_dim(reader *r, dim *out) {
    const token *t = peek(r);
    if (t->kind == TOKEN_NUMBER) {
        if (t->number < 1 || t->number > 1e9 || t->number != floor(t->number))
            return error_at(r, t->at, "a dimension is a whole number from 1 on, or a name");
        *out = dim_literal((uint32_t)t->number);
        r->p.next++;
        return DFOO_OK;
    }
    if (t->kind != TOKEN_NAME)
        return error_at(r, t->at, "a dimension is expected here: a name such as n1, or a whole number");
    span at;
    sym  name = syntax_layer_name(&r->p, &at);
    if (ir_find_var(r->g, name))
        return diag_error(r->d, &r->m->src, at, "'%s' is a variable, not a dimension",
                          symbols_name(r->p.names, name));
    if (!lang_is_size_name(r, name)) vec_push(r->a, &r->m->size_names, name);
    *out = dim_named(name);
    return DFOO_OK;
}

/* `: (rows, columns)` */
static dfoo_status read_shape(reader *r, shape *out) {
    DFOO_TRY(expect(r, ':', "a shape is expected here, as in : (n0, m)"));
    span open = peek(r)->at;
    DFOO_TRY(expect(r, '(', "a shape is written (rows, columns), as in (n0, m)"));
    DFOO_TRY(read_dim(r, &out->rows));
    DFOO_TRY(expect(r, ',', "a shape has two dimensions, as in (n0, m); a column is (n, 1), a row (1, n)"));
    DFOO_TRY(read_dim(r, &out->cols));
    return expect_closing(r, open, "the shape should end here: it has two dimensions");
}

static double number_of(reader *r, span at, ast *x, bool *ok);

static dfoo_status read_start_numbers(reader *r, variable *v) {
    span open = peek(r)->at;
    if (!syntax_accept(&r->p, '(')) return DFOO_OK;
    do {
        span at = peek(r)->at;
        if (v->n_init_args == 2) return error_at(r, at, "at most two numbers can stand here");
        ast *x = syntax_expression(&r->p);
        bool ok = x != NULL;
        if (!ok) return DFOO_EINPUT;
        v->init_arg[v->n_init_args++] = number_of(r, x->at, x, &ok);
        if (!ok) return DFOO_EINPUT;
    } while (syntax_accept(&r->p, ','));
    return expect_closing(r, open, "a closing bracket is expected here");
}

/* "zeros, ones, constant(x), .." */
static const char *start_names(reader *r) {
    const char *text = "";
    for (int i = 1; i < START_COUNT && text; i++)
        text = arena_format(r->a, "%s%s%s%s", text, i > 1 ? ", " : "", start_table[i].name,
                            start_table[i].takes);
    return text ? text : "";
}

static dfoo_status check_start(reader *r, const variable *v, span at) {
    const char       *name = symbols_name(r->p.names, v->init);
    start_id          id = start_find(name);
    const start_info *s = &start_table[id];
    if (id && v->n_init_args >= s->least && v->n_init_args <= s->most) return DFOO_OK;
    if (id) {
        bool     few = v->n_init_args < s->least;
        if (!s->most) return diag_error(r->d, &r->m->src, at, "%s takes no numbers", name);
        uint32_t n = few ? s->least : s->most;
        return diag_error(r->d, &r->m->src, at, "%s takes at %s %u number%s", name, few ? "least" : "most", n,
                          n == 1 ? "" : "s");
    }
    diag_error(r->d, &r->m->src, at, "no start is called '%s'", name);
    diag_note(r->d, "there are: %s", start_names(r));
    return DFOO_EINPUT;
}

/* `~ he`, `~ normal(0.01)` */
static dfoo_status read_start(reader *r, variable *v) {
    if (!syntax_accept(&r->p, '~')) return DFOO_OK;
    const token *t = peek(r);
    if (t->kind != TOKEN_NAME)
        return error_at(r, t->at, "how it starts is expected here: he, xavier, zeros, normal(0.01), ..");
    v->init = t->name;
    r->p.next++;
    DFOO_TRY(read_start_numbers(r, v));
    return check_start(r, v, t->at);
}

/* A matrix that is its own transpose has as many rows as columns. */
static dfoo_status check_square(reader *r, const variable *v) {
    if (!v->symmetric || v->sh.rows == v->sh.cols) return DFOO_OK;
    const char *name = symbols_name(r->p.names, v->name);
    diag_error(r->d, &r->m->src, v->at, "a symmetric matrix is square, and %s is %s", name,
               lang_shape_text(r, v->sh));
    diag_note(r->d, "%s : %s would fit here", name, lang_shape_text(r, shape_of(v->sh.rows, v->sh.rows)));
    return DFOO_EINPUT;
}

/* Behind the word of its kind. */
static dfoo_status read_declaration(reader *r, var_kind kind, const char *form, bool symmetric) {
    variable v = {.kind = (uint8_t)kind, .symmetric = symmetric};
    DFOO_TRY(read_new_name(r, &v.name, &v.at, false, form));
    vec_push(r->a, &r->broken, v.name);
    DFOO_TRY(read_shape(r, &v.sh));
    DFOO_TRY(check_square(r, &v));
    if (kind == VAR_PARAM) DFOO_TRY(read_start(r, &v));
    if (kind == VAR_LABEL && syntax_word(&r->p, "onehot")) {
        v.onehot = true;
        r->p.next++;
    }
    DFOO_TRY(expect_end(r));
    r->broken.n--;
    return ir_add_var(r->g, v) ? DFOO_OK : DFOO_ENOMEM;
}

/* -------------------------------------------------------- numbers and sizes */

static bool depends_on_data(const void *user, const ir *g, const node *x) {
    (void)user;
    bool variable = x->op == OP_VAR && ir_var(g, x->ref)->kind != VAR_CONST;
    return variable || x->op == OP_SIZE || x->op == OP_OPEN;
}

/* The value of an expression of numbers and constants. */
static double number_of(reader *r, span at, ast *x, bool *ok) {
    node_id n = lang_read_expression(r, x);
    if (!n || !shape_is_scalar(ir_shape(r->g, n))) {
        if (n) error_at(r, at, "a number is expected here");
        *ok = false;
        return 0;
    }
    evaluation e;
    sizes      none;
    if (ir_some(r->g, r->a, n, depends_on_data, NULL))
        *ok = error_at(r, at, "a number is expected here, and this depends on data") == DFOO_OK;
    *ok = *ok && sizes_init(&none, r->a, r->p.names) == DFOO_OK;
    *ok = *ok && eval_init(&e, r->g, r->a, &none) == DFOO_OK && eval_add_node(&e, n) == DFOO_OK;
    if (!*ok) return 0;
    eval_run(&e);
    return eval_node(&e, n).at[0];
}

static dfoo_status read_one_const(reader *r) {
    variable v = {.kind = VAR_CONST};
    bool     ok = true;
    DFOO_TRY(read_new_name(r, &v.name, &v.at, false, "const lambda = 0.7"));
    vec_push(r->a, &r->broken, v.name);
    DFOO_TRY(expect(r, '=', "a constant has a value, as in const lambda = 0.7"));
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    v.value = number_of(r, x->at, x, &ok);
    if (!ok) return DFOO_EINPUT;
    r->broken.n--;
    return ir_add_var(r->g, v) ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status read_const(reader *r) {
    r->p.next++;
    do DFOO_TRY(read_one_const(r));
    while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

static dfoo_status read_size(reader *r) {
    r->p.next++;
    do {
        dim          d = 0;
        const token *name = peek(r);
        if (name->kind != TOKEN_NAME)
            return error_at(r, name->at, "the name of a dimension is expected here, as in size n1 = 4");
        DFOO_TRY(read_dim(r, &d));
        DFOO_TRY(expect(r, '=', "a size has a value, as in size n1 = 4"));
        const token *t = peek(r);
        if (t->kind != TOKEN_NUMBER || t->number < 1 || t->number > 1e9 || t->number != floor(t->number))
            return error_at(r, t->at, "a size is a whole number from 1 on");
        r->p.next++;
        for (uint32_t i = 0; i < r->m->size_values.n; i++)
            if (r->m->size_values.at[i].name == dim_name(d))
                return error_at(r, name->at, "this size has a value already");
        vec_push(r->a, &r->m->size_values, (size_value){dim_name(d), (size_t)t->number, name->at});
    } while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

/* `examples m`, `examples none` */
static dfoo_status read_examples(reader *r) {
    span at = peek(r)->at;
    r->p.next++;
    if (peek(r)->kind != TOKEN_NAME)
        return error_at(r, peek(r)->at,
                        "the name of a dimension is expected here, as in examples m, or none: examples none");
    if (r->said) return error_at(r, at, "`examples` stands above already");
    r->said_at = peek(r)->at;
    r->said = syntax_word(&r->p, "none") ? EXAMPLES_NONE : EXAMPLES_NAMED;
    if (r->said == EXAMPLES_NONE) r->p.next++;
    else DFOO_TRY(read_dim(r, &r->said_examples));
    return expect_end(r);
}

/* ------------------------------------------------------------- definitions */

/* `function g1`: any smooth function of one operand. */
static dfoo_status read_open_function(reader *r) {
    r->p.next++;
    do {
        function f = {.n_formals = 1};
        DFOO_TRY(read_new_name(r, &f.name, &f.at, true, "function g1"));
        vec_push(r->a, &r->m->functions, f);
    } while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

static dfoo_status read_formals(reader *r, function *f) {
    do {
        span at = peek(r)->at;
        if (peek(r)->kind != TOKEN_NAME) return error_at(r, at, "the name of an operand is expected here");
        if (f->n_formals == 3) return error_at(r, at, "a function takes at most three operands");
        sym name = peek(r)->name;
        r->p.next++;
        char *hidden =
            arena_format(r->a, "%s(%s)", symbols_name(r->p.names, f->name), symbols_name(r->p.names, name));
        variable v = {.kind = VAR_DEFINED, .at = at};
        if (!hidden) return DFOO_ENOMEM;
        v.name =
            symbols_add(r->p.names, hidden, strlen(hidden)); /* no name of the model is spelled like this */
        if (ir_find_var(r->g, v.name)) return error_at(r, at, "two operands have the same name");
        r->formals[f->n_formals] = name;
        r->formal_vars[f->n_formals] = f->formal[f->n_formals] = ir_add_var(r->g, v);
        r->n_formals = ++f->n_formals;
    } while (syntax_accept(&r->p, ','));
    return expect(r, ')', "a closing bracket is expected here");
}

static dfoo_status read_function_body(reader *r, function *f) {
    r->p.next++; /* the bracket */
    DFOO_TRY(read_formals(r, f));
    r->p.next++; /* the =, see is_function_line */
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    f->body = lang_read_expression(r, x);
    if (!f->body) return arena_status(r->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    return expect_end(r);
}

/* swish(z) = z * sigmoid(z) */
static dfoo_status read_function(reader *r) {
    function f = {0};
    DFOO_TRY(read_new_name(r, &f.name, &f.at, true, "swish(z) = z * sigmoid(z)"));
    dfoo_status status = read_function_body(r, &f);
    r->n_formals = 0;
    if (status != DFOO_OK) {
        f.body = 0; /* known, so that its uses are not reported; left open */
        f.n_formals = f.n_formals ? f.n_formals : 1;
    }
    vec_push(r->a, &r->m->functions, f);
    return status;
}

/* Z1 = W1 @ X + b1 */
static dfoo_status read_definition(reader *r) {
    assert(!r->minimized);
    variable v = {.kind = VAR_DEFINED};
    DFOO_TRY(read_new_name(r, &v.name, &v.at, false, "Z1 = W1 @ X"));
    vec_push(r->a, &r->broken, v.name);
    if (peek(r)->kind == TOKEN_NAME || peek(r)->kind == TOKEN_END)
        return error_at(r, peek(r)->at,
                        "a statement is a declaration (input, label, param, symmetric, const, size, "
                        "examples, function, minimize, predict) or a definition, name = expression");
    DFOO_TRY(expect(r, '=', "= is expected here: a definition is written name = expression"));
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    DFOO_TRY(expect_end(r));
    r->defining = v.name;
    r->whole = x;
    node_id n = lang_read_expression(r, x);
    if (!n) return arena_status(r->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    v.sh = ir_shape(r->g, n);
    const char *name = symbols_name(r->p.names, v.name);
    sym         base = name[0] == 'd' && name[1] ? symbols_find(r->p.names, name + 1, strlen(name + 1)) : 0;
    if (ir_find_var(r->g, base))
        return diag_error(r->d, &r->m->src, v.at,
                          "'%s' is the name of the gradient of %s: such a claim stands behind `minimize`",
                          name, name + 1);
    var_id id = ir_add_var(r->g, v);
    if (!id) return DFOO_ENOMEM;
    r->broken.n--;
    return program_add(r->g, &r->m->forward, id, n, v.at);
}

/* dW2 = 1/m * dZ2 @ A1.T behind `minimize` */
static dfoo_status read_claim(reader *r) {
    assert(r->minimized);
    span        at;
    sym         name = syntax_layer_name(&r->p, &at);
    const char *text = symbols_name(r->p.names, name);
    var_id      v = ir_find_var(r->g, name);
    if (text[0] == 'd' && lang_is_broken(r, symbols_find(r->p.names, text + 1, strlen(text + 1))))
        return DFOO_EINPUT;
    if (!v || ir_var(r->g, v)->kind != VAR_GRADIENT) {
        diag_error(r->d, &r->m->src, at,
                   "behind `minimize` stand gradients, and '%s' is not d + the name of a variable", text);
        diag_note(r->d, "definitions of the forward pass stand before `minimize`");
        return DFOO_EINPUT;
    }
    DFOO_TRY(expect(r, '=', "= is expected here: a claim is written dW2 = expression"));
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    DFOO_TRY(expect_end(r));
    node_id n = lang_read_expression(r, x);
    if (!n) return arena_status(r->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    vec_push(r->a, &r->m->claims, (claim){v, n, at});
    return arena_status(r->a);
}

/* The variable that `minimize` or `predict` names. */
static dfoo_status read_known_variable(reader *r, var_id *out) {
    if (peek(r)->kind != TOKEN_NAME)
        return error_at(r, peek(r)->at,
                        "the name of a variable is expected here, as in minimize J or predict A2");
    span at;
    sym  name = syntax_layer_name(&r->p, &at);
    *out = ir_find_var(r->g, name);
    if (*out) return DFOO_OK;
    if (lang_is_broken(r, name)) return DFOO_EINPUT;
    diag_error(r->d, &r->m->src, at, "unknown name '%s'", symbols_name(r->p.names, name));
    const char *close = lang_closest_name(r, name, false);
    if (close) diag_note(r->d, "did you mean %s?", close);
    return DFOO_EINPUT;
}

/* Not constants, masks and the operands of functions. */
static bool has_gradient(const reader *r, var_id v) {
    uint8_t kind = ir_var(r->g, v)->kind;
    return kind != VAR_GRADIENT && kind != VAR_CONST && kind != VAR_MASK &&
           !strchr(ir_var_name(r->g, v), '(');
}

/* The number behind `minimize`. */
static dfoo_status read_cost(reader *r, var_id *out) {
    span name_at = peek(r)->at;
    DFOO_TRY(read_known_variable(r, out));
    shape sh = ir_var(r->g, *out)->sh;
    bool  one = shape_is_scalar(sh) || shape_equal(sh, shape_of(dim_literal(1), dim_literal(1)));
    if (one) return expect_end(r);
    diag_error(r->d, &r->m->src, name_at, "the cost is a number, and %s is %s", ir_var_name(r->g, *out),
               lang_shape_text(r, sh));
    diag_note(r->d, "the mean over the examples is 1/m * sum(%s)", ir_var_name(r->g, *out));
    return DFOO_EINPUT;
}

/* Behind it stand claims, also if the cost has an error. */
static dfoo_status read_minimize(reader *r) {
    var_id v = 0;
    span   at = peek(r)->at;
    r->p.next++;
    if (r->minimized) return error_at(r, at, "there is one cost, and `minimize` stands above already");
    r->minimized = true;
    dfoo_status status = read_cost(r, &v);
    for (var_id k = r->g->vars.n; k-- > 1;)
        if (has_gradient(r, k))
            if (!ir_gradient_var(r->g, k)) return DFOO_ENOMEM;
    if (status == DFOO_OK) r->m->cost = v;
    return status;
}

static dfoo_status read_predict(reader *r) {
    r->p.next++;
    do {
        var_id v = 0;
        DFOO_TRY(read_known_variable(r, &v));
        vec_push(r->a, &r->m->predict, v);
    } while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

/* ------------------------------------------------------------------ a line */

/* NAME ( NAME {, NAME} ) = */
static bool is_function_line(const reader *r) {
    const token *t = peek(r);
    if (t[0].kind != TOKEN_NAME || t[1].kind != TOKEN_SIGN || t[1].sign != '(') return false;
    for (t += 2; t->kind != TOKEN_END; t++)
        if (t->kind == TOKEN_SIGN && t->sign == ')') return t[1].kind == TOKEN_SIGN && t[1].sign == '=';
    return false;
}

/* Does the line begin with this word of a statement? `size = 2` defines a variable of that name. */
static bool begins_with(const reader *r, const char *word) {
    const token *next = peek(r) + 1;
    if (!syntax_word(&r->p, word)) return false;
    return next->kind != TOKEN_SIGN || (next->sign != '=' && next->sign != '[');
}

static const struct {
    const char *word;
    var_kind    kind;
    const char *form;
} declarations[] = {{"input", VAR_INPUT, "input X : (n0, m)"},
                    {"label", VAR_LABEL, "label Y : (n2, m)"},
                    {"param", VAR_PARAM, "param W1 : (n1, n0)"}};
enum { N_DECLARATIONS = sizeof declarations / sizeof *declarations };

/* The kind of variable that the line at hand declares, its word taken; N_DECLARATIONS: none. */
static size_t take_kind(reader *r) {
    size_t i = 0;
    while (i < N_DECLARATIONS && !begins_with(r, declarations[i].word)) i++;
    if (i < N_DECLARATIONS) r->p.next++;
    return i;
}

/* symmetric input S : (n, n), symmetric param P : (n, n); symmetric S : (n, n) is an input. */
static dfoo_status read_symmetric(reader *r) {
    r->p.next++;
    size_t i = take_kind(r);
    if (i == N_DECLARATIONS) return read_declaration(r, VAR_INPUT, "symmetric input S : (n, n)", true);
    return read_declaration(r, declarations[i].kind, declarations[i].form, true);
}

static dfoo_status read_line(reader *r) {
    static const struct {
        const char *word;
        dfoo_status (*read)(reader *);
    } others[] = {{"symmetric", read_symmetric}, {"const", read_const}, {"size", read_size},
                  {"examples", read_examples}, {"function", read_open_function},
                  {"minimize", read_minimize}, {"predict", read_predict}};
    if (is_function_line(r)) return read_function(r);
    size_t kind = take_kind(r);
    if (kind < N_DECLARATIONS)
        return read_declaration(r, declarations[kind].kind, declarations[kind].form, false);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (begins_with(r, others[i].word)) return others[i].read(r);
    if (peek(r)->kind != TOKEN_NAME)
        return error_at(r, peek(r)->at,
                        "a statement starts with a name or a word such as input, param, minimize");
    return r->minimized ? read_claim(r) : read_definition(r);
}

/* Is the line at hand a definition or what comes after definitions? */
static bool ends_declarations(const reader *r) {
    static const char *const words[] = {"input", "label", "param",    "symmetric",
                                        "const", "size",  "examples", "function"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (begins_with(r, words[i])) return false;
    return true;
}

/* The first line that is no declaration decides where classes lie; declarations below it may tell otherwise,
 * and so may 1/m: see lang_read. */
static dfoo_status read_statements(reader *r, bool guessed) {
    while (r->p.next + 1 < r->in.list.n) {
        if (peek(r)->kind == TOKEN_END) {
            r->p.next++;
            continue;
        }
        if (!guessed && ends_declarations(r)) {
            guessed = true;
            lang_guess_examples(r);
            r->g->examples = r->m->examples;
        }
        dfoo_status status = read_line(r);
        if (status == DFOO_ENOMEM || r->a->failed) return DFOO_ENOMEM;
        skip_line(r);
    }
    lang_find_examples(r);
    return r->a->failed ? DFOO_ENOMEM : r->d->n_errors ? DFOO_EINPUT : DFOO_OK;
}

static bool has_classes(const reader *r) {
    for (node_id n = 1; n < r->g->nodes.n; n++)
        if (op_table[ir_node(r->g, n)->op].rule == SHAPE_SAME && ir_node(r->g, n)->op != OP_OPEN) return true;
    return false;
}

enum { LONGEST_MODEL = 2 << 20 }; /* bytes: what follows takes a thousand times as much memory and more */

static parser parser_of(reader *r) {
    return (parser){.a = r->a,
                    .names = r->g->names,
                    .d = r->d,
                    .in = &r->in,
                    .is_function = is_function,
                    .not_function = not_function,
                    .user = r};
}

/* Reads the tokens; `examples` is their dimension if that is known already, or NULL. */
static dfoo_status read_tokens(reader *r, symbols *names, const dim *examples) {
    model *m = r->m;
    *r = (reader){.m = m, .g = &m->g, .a = r->a, .d = r->d, .in = r->in};
    *m = (model){.src = m->src};
    DFOO_TRY(ir_init(&m->g, r->a, names, r->d));
    r->p = parser_of(r);
    if (examples) m->g.examples = *examples;
    return read_statements(r, examples != NULL);
}

/* The text as tokens, unless it is none. */
static dfoo_status cut(reader *r, symbols *names, size_t len) {
    const char *text = r->m->src.text, *zero = memchr(text, 0, len);
    uint32_t    errors = r->d->n_errors;
    if (zero) {
        uint32_t at = (uint32_t)(zero - text);
        return diag_error(r->d, &r->m->src, span_at(at, at), "this is not a text: it holds a zero byte");
    }
    if (len > LONGEST_MODEL)
        return diag_error(r->d, NULL, span_at(0, 0),
                          "%s is %zu bytes long; a model may have %d, enough for some 15,000 layers",
                          r->m->src.name, len, LONGEST_MODEL);
    syntax_lex(&r->m->src, r->a, names, r->d, &r->in);
    return r->a->failed ? DFOO_ENOMEM : r->d->n_errors > errors ? DFOO_EINPUT : DFOO_OK;
}

dfoo_status lang_read(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text,
                      size_t len) {
    const char *own_name = arena_text(a, name, strlen(name)), *own_text = arena_text(a, text, len);
    *m = (model){.src = {.name = own_name, .text = own_text, .len = len}};
    if (!own_name || !own_text) return DFOO_ENOMEM;
    reader r = {.m = m, .a = a, .d = d};
    DFOO_TRY(cut(&r, names, len));
    dfoo_status status = read_tokens(&r, names, NULL);
    dim         found = m->examples;
    if (status == DFOO_OK && found != m->g.examples && has_classes(&r))
        status = read_tokens(&r, names, &found);
    if (status == DFOO_ENOMEM) return status;
    m->g.examples = m->examples;
    return lang_check_whole(&r) == DFOO_OK && status == DFOO_OK ? arena_status(a)
           : a->failed                                          ? DFOO_ENOMEM
                                                                : DFOO_EINPUT;
}

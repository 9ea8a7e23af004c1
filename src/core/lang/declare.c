/* What declares: inputs, labels and parameters, constants, sizes, the dimension of the examples. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/lang/line.h"

/* A name that is not taken yet, in a statement of the given form; a function of the file may
 * hide one of the table. */
dfoo_status lang_read_new_name(reader *r, sym *name, span *at, bool may_hide, const char *form) {
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
        (!may_hide && lang_is_function(r, *name) && !lang_may_be_hidden(text)))
        return diag_error(r->d, &r->m->src, *at, "'%s' is the name of a function", text);
    if (lang_is_size_name(r, *name))
        return diag_error(r->d, &r->m->src, *at, "'%s' is the name of a dimension", text);
    return DFOO_OK;
}

/* A name, or a whole number. */
static dfoo_status read_dim_factor(reader *r, dim *out) {
    const token *t = peek(r);
    if (t->kind == TOKEN_NUMBER) {
        if (t->number < 1 || t->number > 1e9 || t->number != floor(t->number))
            return error_at(r, t->at, "a dimension is a whole number from 1 on, or a name");
        *out = dim_literal((uint32_t)t->number);
        r->p.next++;
        return DFOO_OK;
    }
    if (t->kind != TOKEN_NAME)
        return error_at(r, t->at,
                        syntax_is(&r->p, ')')
                            ? "a shape has two dimensions: a column is (n1, 1), a row (1, n1)"
                            : "a dimension is expected here: a name such as n1, or a whole number");
    span at;
    sym  name = syntax_layer_name(&r->p, &at);
    if (ir_find_var(r->g, name))
        return diag_error(r->d, &r->m->src, at, "'%s' is a variable, not a dimension",
                          symbols_name(r->p.names, name));
    if (!lang_is_size_name(r, name)) vec_push(r->a, &r->m->size_names, name);
    *out = dim_named(name);
    return DFOO_OK;
}

static dfoo_status read_dim_product(reader *r, dim_sum *out) {
    dim d = 0;
    DFOO_TRY(read_dim_factor(r, &d));
    *out = dim_read(r->p.names, d);
    while (syntax_accept(&r->p, '*')) {
        DFOO_TRY(read_dim_factor(r, &d));
        *out = dim_sum_times(*out, dim_read(r->p.names, d));
    }
    return DFOO_OK;
}

/* n1, 3, 4*n, n + k, 2*n*k - 1 */
static dfoo_status read_dim(reader *r, dim *out) {
    dim_sum sum, more;
    span    at = peek(r)->at;
    DFOO_TRY(read_dim_product(r, &sum));
    while (syntax_is(&r->p, '+') || syntax_is(&r->p, '-')) {
        bool minus = syntax_is(&r->p, '-');
        r->p.next++;
        DFOO_TRY(read_dim_product(r, &more));
        sum = minus ? dim_sum_sub(sum, more) : dim_sum_add(sum, more);
    }
    if (!dim_sum_below(&sum, 1) && dim_write(r->p.names, &sum, out) && *out) return DFOO_OK;
    if (r->a->failed) return DFOO_ENOMEM;
    return error_at(r, span_join(at, r->in.list.at[r->p.next - 1].at),
                    "a dimension is 1 or more, and a sum of at most 8 products of 4 names");
}

/* `: (rows, columns)` */
static dfoo_status read_shape(reader *r, shape *out) {
    if (peek(r)->kind == TOKEN_END)
        return error_at(r, peek(r)->at,
                        "a shape is expected here, as in : (n0, m); that of a number is : (1, 1)");
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
dfoo_status lang_read_variable(reader *r, var_kind kind, const char *form, bool symmetric) {
    variable v = {.kind = (uint8_t)kind, .symmetric = symmetric};
    DFOO_TRY(lang_read_new_name(r, &v.name, &v.at, false, form));
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
    DFOO_TRY(lang_read_new_name(r, &v.name, &v.at, false, "const lambda = 0.7"));
    vec_push(r->a, &r->broken, v.name);
    DFOO_TRY(expect(r, '=', "a constant has a value, as in const lambda = 0.7"));
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    v.value = number_of(r, x->at, x, &ok);
    if (!ok) return DFOO_EINPUT;
    r->broken.n--;
    return ir_add_var(r->g, v) ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status lang_read_const(reader *r) {
    r->p.next++;
    do DFOO_TRY(read_one_const(r));
    while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

dfoo_status lang_read_size(reader *r) {
    r->p.next++;
    do {
        dim          d = 0;
        const token *name = peek(r);
        if (name->kind != TOKEN_NAME)
            return error_at(r, name->at, "the name of a dimension is expected here, as in size n1 = 4");
        DFOO_TRY(read_dim_factor(r, &d));
        DFOO_TRY(expect(r, '=', "a size has a value, as in size n1 = 4"));
        const token *t = peek(r);
        if (t->kind != TOKEN_NUMBER || t->number < 1 || t->number > 1e9 || t->number != floor(t->number))
            return error_at(r, t->at, "a size is a whole number from 1 on");
        r->p.next++;
        for (uint32_t i = 0; i < r->m->size_values.n; i++)
            if (r->m->size_values.at[i].name == dim_name(d))
                return error_at(r, name->at, "this size has a value already");
        vec_push(r->a, &r->m->size_values, (size_value){dim_name(d), (size_t)t->number, name->at, false});
    } while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

/* `examples m`, `examples none` */
dfoo_status lang_read_examples(reader *r) {
    span at = peek(r)->at;
    r->p.next++;
    if (peek(r)->kind != TOKEN_NAME)
        return error_at(r, peek(r)->at,
                        "the name of a dimension is expected here, as in examples m, or none: examples none");
    if (r->said) return error_at(r, at, "`examples` stands above already");
    r->said_at = peek(r)->at;
    r->said = syntax_word(&r->p, "none") ? EXAMPLES_NONE : EXAMPLES_NAMED;
    if (r->said == EXAMPLES_NONE) r->p.next++;
    else DFOO_TRY(read_dim_factor(r, &r->said_examples));
    return expect_end(r);
}

/* What defines: functions, the values of the forward pass, claims; and which value is the cost, which the
 * prediction. A name whose line had an error stays in `broken`. */
#include <assert.h>
#include <string.h>

#include "core/lang/line.h"

/* `function g1`: any smooth function of one operand. */
dfoo_status lang_read_open_function(reader *r) {
    r->p.next++;
    do {
        function f = {.n_formals = 1};
        DFOO_TRY(lang_read_new_name(r, &f.name, &f.at, true, "function g1"));
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
dfoo_status lang_read_function(reader *r) {
    function f = {0};
    DFOO_TRY(lang_read_new_name(r, &f.name, &f.at, true, "swish(z) = z * sigmoid(z)"));
    dfoo_status status = read_function_body(r, &f);
    r->n_formals = 0;
    if (status != DFOO_OK) {
        f.body = 0; /* known, so that its uses are not reported; left open */
        f.n_formals = f.n_formals ? f.n_formals : 1;
    }
    vec_push(r->a, &r->m->functions, f);
    return status;
}

/* Z1 = ..; behind a name that has a shape instead, how it is declared. */
static dfoo_status expect_equals(reader *r) {
    if (syntax_accept(&r->p, '=')) return DFOO_OK;
    bool shape = syntax_is(&r->p, ':') && peek(r)[1].kind == TOKEN_SIGN && peek(r)[1].sign == '(';
    error_at(r, peek(r)->at, "= is expected here: a definition is written name = expression");
    if (shape)
        diag_note(r->d, "a shape is declared with a word in front: input (data), label (what is to be "
                        "predicted) or param (what is learned)");
    return DFOO_EINPUT;
}

/* Z1 = W1 @ X + b1 */
dfoo_status lang_read_definition(reader *r) {
    assert(!r->minimized);
    variable v = {.kind = VAR_DEFINED};
    DFOO_TRY(lang_read_new_name(r, &v.name, &v.at, false, "Z1 = W1 @ X"));
    vec_push(r->a, &r->broken, v.name);
    DFOO_TRY(expect_equals(r));
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
dfoo_status lang_read_claim(reader *r) {
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
        if (!lang_meant(r, MEANT_STATEMENT, text))
            diag_note(r->d, "definitions of the forward pass stand before `minimize`");
        return DFOO_EINPUT;
    }
    DFOO_TRY(expect(r, '=', "= is expected here: a claim is written dW2 = expression"));
    ast *x = syntax_expression(&r->p);
    if (!x) return DFOO_EINPUT;
    DFOO_TRY(expect_end(r));
    node_id n = lang_read_expression(r, x);
    if (!n) return arena_status(r->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    uint32_t line = 1;
    for (uint32_t i = 0; i < at.start; i++) line += r->m->src.text[i] == '\n';
    vec_push(r->a, &r->m->claims, (claim){v, n, at, line, lang_source_text(r, span_join(at, x->at))});
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
    if (shape_is_scalar(sh) || shape_is_single(sh)) return expect_end(r);
    diag_error(r->d, &r->m->src, name_at, "the cost is a number, and %s is %s", ir_var_name(r->g, *out),
               lang_shape_text(r, sh));
    if (!dim_is_named(sh.rows) && !dim_is_named(sh.cols))
        diag_note(r->d, "the sum of its entries is sum(%s)", ir_var_name(r->g, *out));
    else diag_note(r->d, "the mean over the examples is 1/m * sum(%s)", ir_var_name(r->g, *out));
    return DFOO_EINPUT;
}

/* Behind it stand claims, also if the cost has an error. */
dfoo_status lang_read_minimize(reader *r) {
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

dfoo_status lang_read_predict(reader *r) {
    r->p.next++;
    do {
        var_id v = 0;
        DFOO_TRY(read_known_variable(r, &v));
        vec_push(r->a, &r->m->predict, v);
    } while (syntax_accept(&r->p, ','));
    return expect_end(r);
}

/* A rule -> statements: its lines for each parameter, with the parameter's gradient and states. */
#include <assert.h>
#include <string.h>

#include "run/rule/build.h"
#include "run/rule/quotient.h"

typedef struct work {
    const rule  *r;
    rule_target *to;
    ir          *g;
    node_id      own[RULE_OWN];
    node_id     *now;   /* by line: the name that it gave its value */
    node_id     *state; /* by state */
    VEC(var_id) used;   /* variables that the rule has */
    var_id   w;
    bool     decays;
    uint32_t n_errors; /* that were there before */
} work;

static bool is_used(const work *k, var_id v) {
    for (uint32_t i = 0; i < k->used.n; i++)
        if (k->used.at[i] == v) return true;
    return false;
}

/* One that this training has no variable for yet: new, or of an earlier training with the same store. */
static bool is_free(const work *k, var_id v, var_kind kind, shape sh) {
    const variable *x = ir_var(k->g, v);
    return !v || (x->given_name && x->kind == kind && shape_equal(x->sh, sh) && !is_used(k, v));
}

/* A variable of the rule; the model may use the plain name for something else. */
static var_id own_var(work *k, const char *plain, var_kind kind, shape sh) {
    const char *name = plain;
    for (uint32_t i = 2; name; i++) {
        sym    s = symbols_add(k->g->names, name, strlen(name));
        var_id v = ir_find_var(k->g, s);
        if (s && is_free(k, v, kind, sh)) {
            if (!v)
                v = ir_add_var(k->g,
                               (variable){.name = s, .kind = (uint8_t)kind, .given_name = true, .sh = sh});
            vec_push(k->to->a, &k->used, v);
            return v;
        }
        name = s ? arena_format(k->to->a, "%s(%u)", plain, i) : NULL;
    }
    return 0;
}

static node_id leaf_of(const work *k, var_id v) {
    return v ? ir_var(k->g, v)->leaf : 0;
}

static bool has_error(const work *k) {
    return k->g->d->n_errors > k->n_errors;
}

/* -------------------------------------------------------------------- shapes */

static const char *shape_text(const work *k, shape s) {
    return shape_is_scalar(s) ? "a number" : print_shape_text(k->g, k->g->d->a, s);
}

static void say_parameter(const work *k) {
    diag_note(k->g->d, "so it is for the parameter %s : %s", ir_var_name(k->g, k->w),
              shape_text(k, ir_var(k->g, k->w)->sh));
}

static node_id mismatch(const work *k, const rule_line *l, const ast *x, node_id a, node_id b) {
    if (!a || !b || k->g->a->failed) return 0;
    diag_error(k->g->d, l->src, x->at, "the shapes %s and %s do not fit here",
               shape_text(k, ir_shape(k->g, a)), shape_text(k, ir_shape(k->g, b)));
    say_parameter(k);
    return 0;
}

/* --------------------------------------------------------------- expressions */

static node_id build_name(const work *k, uint32_t line, sym name) {
    int own = rule_own_of(k->r, name), constant = rule_const_of(k->r, name);
    if (own >= 0) return k->own[own];
    if (constant >= 0) {
        bool none = !k->decays && strcmp(rule_name(k->r, name), "decay") == 0;
        return ir_number(k->g, none ? 0 : k->r->consts.at[constant].value);
    }
    for (uint32_t i = 0; i < k->r->states.n; i++)
        if (k->r->states.at[i] == name) return k->state[i];
    while (line-- > 0)
        if (k->r->lines.at[line].target == name) return k->now[line];
    return 0;
}

static node_id build_binary(const work *k, const rule_line *l, const ast *x) {
    node_id a = x->arg->value, b = x->arg->next->value;
    bool    scales = a && b && (shape_is_scalar(ir_shape(k->g, a)) || shape_is_scalar(ir_shape(k->g, b)));
    op_id   op = x->sign != SIGN_ADJACENT ? op_infix(x->sign) : scales ? OP_MUL : OP_MATMUL;
    node_id n = op == OP_DIV ? rule_quotient(k->g, a, b, k->own[RULE_t]) : ir_op2(k->g, op, a, b);
    return n ? n : mismatch(k, l, x, a, b);
}

static node_id build_call(const work *k, const rule_line *l, const ast *x) {
    node_id  arg[3] = {0, 0, 0};
    uint8_t  axis = AXIS_ALL;
    uint32_t n = 0;
    op_id    op = op_find(rule_name(k->r, x->name));
    for (const ast *a = x->arg; a; a = a->next) {
        if (a->kind != AST_KEYWORD)
            arg[n++] = a->value;
        else if (strcmp(rule_name(k->r, a->name), "axis") == 0)
            axis = (uint8_t)a->arg->number;
    }
    assert(n > 0 && n <= 3);
    node_id made = ir_op(k->g, op, op_elementwise(op) ? 0 : axis, arg[0], arg[1], arg[2]);
    return made ? made : mismatch(k, l, x, arg[0], arg[n - 1]);
}

static node_id build_transpose(const work *k, node_id a) {
    return a && !shape_is_scalar(ir_shape(k->g, a)) ? ir_op1(k->g, OP_TRANSPOSE, a) : a;
}

static node_id build_node(const work *k, uint32_t line, const ast *x) {
    const rule_line *l = &k->r->lines.at[line];
    switch ((ast_kind)x->kind) {
    case AST_NUMBER:
        return ir_number(k->g, x->number);
    case AST_NAME:
        return build_name(k, line, x->name);
    case AST_CALL:
        return build_call(k, l, x);
    case AST_NEGATE:
        return ir_op1(k->g, OP_NEG, x->arg->value);
    case AST_TRANSPOSE:
        return build_transpose(k, x->arg->value);
    case AST_BINARY:
        return build_binary(k, l, x);
    case AST_SLICE: case AST_RANGE: case AST_ABSENT: /* they are refused when the file is checked */
    case AST_KEYWORD:
        break;
    }
    return 0;
}

static node_id build_right(const work *k, uint32_t line) {
    const rule_line *l = &k->r->lines.at[line];
    for (uint32_t i = 0; i < l->order.list.n; i++) {
        ast *x = l->order.list.at[i];
        x->value = build_node(k, line, x);
        if (has_error(k) || k->g->a->failed) return 0;
    }
    return l->right->value;
}

/* --------------------------------------------------------------------- lines */

/* What is kept has its parameter's shape: a number, or a row or column, is stretched to it. */
static node_id stretch(const work *k, const rule_line *l, node_id n) {
    shape sh = ir_var(k->g, k->w)->sh, both;
    if (!n || shape_equal(ir_shape(k->g, n), sh)) return n;
    if (shape_broadcast(ir_shape(k->g, n), sh, &both) && shape_equal(both, sh))
        return ir_op2(k->g, OP_MUL, n, ir_ones(k->g, sh));
    diag_error(k->g->d, l->src, l->right->at, "%s has the shape of the parameter, and this is %s",
               rule_name(k->r, l->target), shape_text(k, ir_shape(k->g, n)));
    say_parameter(k);
    return 0;
}

/* The name of a value of one step: u, or udW1 if it belongs to a parameter. */
static var_id value_var(work *k, const rule_line *l, shape sh) {
    const char *name = rule_name(k->r, l->target);
    if (!l->shared) name = arena_format(k->to->a, "%sd%s", name, ir_var_name(k->g, k->w));
    return name ? own_var(k, name, VAR_DEFINED, sh) : 0;
}

/* The variable that keeps what stands on the left, if it is one that lasts. */
static var_id lasting(const work *k, sym target) {
    if (rule_own_of(k->r, target) == RULE_w) return k->w;
    for (uint32_t i = 0; i < k->r->states.n; i++)
        if (k->r->states.at[i] == target) return ir_node(k->g, k->state[i])->ref;
    return 0;
}

static dfoo_status build_line(work *k, uint32_t line) {
    const rule_line *l = &k->r->lines.at[line];
    int              own = rule_own_of(k->r, l->target);
    node_id          n = build_right(k, line);
    var_id           v = lasting(k, l->target);
    if (v) n = stretch(k, l, n);
    if (own == RULE_alpha && n && !shape_is_scalar(ir_shape(k->g, n)))
        return diag_error(k->g->d, l->src, l->right->at, "the learning rate is one number");
    if (!n) return has_error(k) ? DFOO_EINPUT : DFOO_ENOMEM;
    if (!v) v = value_var(k, l, ir_shape(k->g, n));
    if (!v) return DFOO_ENOMEM;
    k->now[line] = leaf_of(k, v);
    if (own >= 0) k->own[own] = leaf_of(k, v);
    if (own == RULE_alpha) k->to->own[RULE_alpha] = v;
    return program_add(k->g, k->to->p, v, n, span_at(0, 0));
}

/* ---------------------------------------------------------------- parameters */

static dfoo_status new_states(work *k) {
    shape sh = ir_var(k->g, k->w)->sh;
    for (uint32_t i = 0; i < k->r->states.n; i++) {
        const char *name = arena_format(k->to->a, "%sd%s", rule_name(k->r, k->r->states.at[i]),
                                        ir_var_name(k->g, k->w)); /* vdW1, as the course calls it */
        var_id      v = name ? own_var(k, name, VAR_DEFINED, sh) : 0;
        if (!v) return DFOO_ENOMEM;
        k->state[i] = leaf_of(k, v);
        vec_push(k->to->a, &k->to->states, v);
    }
    return DFOO_OK;
}

static dfoo_status build_parameter(work *k, var_id w, bool decays, bool first) {
    k->w = w;
    k->decays = decays;
    k->own[RULE_w] = leaf_of(k, w);
    k->own[RULE_g] = leaf_of(k, ir_var(k->g, w)->gradient);
    DFOO_TRY(new_states(k));
    for (uint32_t i = 0; i < k->r->lines.n; i++)
        if (first || !k->r->lines.at[i].shared) DFOO_TRY(build_line(k, i));
    return DFOO_OK;
}

/* The root of the sum of all squares. */
static dfoo_status build_norm(work *k, const var_id *params, uint32_t n) {
    node_id sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        node_id square =
            ir_op2(k->g, OP_POW, leaf_of(k, ir_var(k->g, params[i])->gradient), ir_number(k->g, 2));
        node_id one = ir_op(k->g, OP_SUM, AXIS_ALL, square, 0, 0);
        sum = sum ? ir_op2(k->g, OP_ADD, sum, one) : one;
    }
    node_id root = ir_op1(k->g, OP_SQRT, sum);
    var_id  v = root ? own_var(k, "norm", VAR_DEFINED, shape_scalar()) : 0;
    k->own[RULE_norm] = leaf_of(k, v);
    return v ? program_add(k->g, k->to->p, v, root, span_at(0, 0)) : DFOO_ENOMEM;
}

/* Constants that are set while training. */
static dfoo_status new_constants(work *k) {
    for (int i = RULE_t; i <= RULE_steps; i++) {
        if (!k->r->uses[i]) continue;
        var_id v = k->to->own[i] = own_var(k, rule_own_names[i].name, VAR_CONST, shape_scalar());
        k->own[i] = leaf_of(k, v);
        if (!v) return DFOO_ENOMEM;
    }
    k->own[RULE_pi] = ir_number(k->g, IR_PI);
    if (!k->r->uses[RULE_alpha] && !k->r->uses[RULE_alpha0]) return k->own[RULE_pi] ? DFOO_OK : DFOO_ENOMEM;
    k->to->own[RULE_alpha0] = own_var(k, "alpha0", VAR_CONST, shape_scalar());
    k->own[RULE_alpha] = k->own[RULE_alpha0] = leaf_of(k, k->to->own[RULE_alpha0]);
    return k->own[RULE_pi] && k->own[RULE_alpha] ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status rule_build(const rule *r, rule_target *to, const var_id *params, const bool *decays, uint32_t n) {
    work k = {.r = r, .to = to, .g = to->g, .n_errors = to->g->d->n_errors};
    k.now = arena_new(to->a, (r->lines.n + 1) * sizeof *k.now);
    k.state = arena_new(to->a, (r->states.n + 1) * sizeof *k.state);
    if (!k.now || !k.state) return DFOO_ENOMEM;
    DFOO_TRY(new_constants(&k));
    if (r->uses[RULE_norm]) DFOO_TRY(build_norm(&k, params, n));
    for (uint32_t i = 0; i < n; i++) DFOO_TRY(build_parameter(&k, params[i], decays[i], i == 0));
    return to->a->failed ? DFOO_ENOMEM : arena_status(to->g->a);
}

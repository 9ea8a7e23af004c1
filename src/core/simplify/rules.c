/* Patterns are parsed once, matched from the root down, and built like any table text. */
#include "core/simplify/rules.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/simplify/pieces.h"

static bool read_rule(ir *g, rule *one) {
    bool product;
    one->pattern = syntax_read(g->a, g->names, g->d, one->pattern_text, false);
    one->replacement = syntax_read(g->a, g->names, g->d, one->replacement_text, false);
    if (!one->pattern || !one->replacement) return false;
    one->root = template_op(g, one->pattern);
    one->is_list = match_is_list(one->pattern, &product);
    return true;
}

static const rule table[] = {
#define RULE(STAGE, NAME, PATTERN, REPLACEMENT, CONDITION, SENTENCE) \
    {STAGE_##STAGE, CONDITION_##CONDITION, NAME, PATTERN, REPLACEMENT, SENTENCE, NULL, NULL, OP_NONE, false},
#include "core/simplify/rules.def"
};
enum { RULE_COUNT = sizeof table / sizeof *table };

static bool is_of(const rule *one, stage s) {
    return (one->stage == STAGE_TIDY) == (s == STAGE_TIDY);
}

dfoo_status rules_init(rules *r, ir *g, stage s) {
    const rule **known = &g->rules[s == STAGE_TIDY ? 0 : 1];
    *r = (rules){.g = g, .at = *known};
    for (int i = 0; i < RULE_COUNT; i++) r->n += is_of(&table[i], s);
    if (*known) return DFOO_OK;
    rule *at = arena_new(g->a, r->n * sizeof *at), *next = at;
    if (!at) return DFOO_ENOMEM;
    for (int i = 0; i < RULE_COUNT; i++) {
        if (!is_of(&table[i], s)) continue;
        *next = table[i];
        if (!read_rule(g, next++)) return arena_status(g->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
    }
    r->at = *known = at;
    return DFOO_OK;
}

/* A number, and the matrices that stand for it: ones, and 0 times ones. */
static bool matches_number(const ir *g, double value, node_id n) {
    const node *x = ir_node(g, n);
    double      is;
    if (ir_is_number(g, n, &is)) return is == value;
    if (value == 1) return x->op == OP_ONES;
    return value == 0 && x->op == OP_MUL && ir_is_number(g, x->arg[0], &is) && is == 0;
}

static bool match(const rules *r, const ast *p, node_id n, template_env *env) {
    const ir   *g = r->g;
    const node *x = ir_node(g, n);
    if (p->kind == AST_NUMBER) return matches_number(g, p->number, n);
    if (p->kind == AST_NAME) {
        node_id *slot = &env->arg[symbols_name(g->names, p->name)[0] - 'a'];
        if (!*slot) *slot = n;
        return *slot == n;
    }
    op_id op = template_op(g, p);
    if (x->op != op) return false;
    if (op_table[op].rule == SHAPE_SAME) env->axis = x->attr;
    int k = 0;
    for (const ast *arg = p->arg; arg; arg = arg->next, k++)
        if (!match(r, arg, ir_node(g, n)->arg[k], env)) return false;
    return true;
}

/* The replacement in the shape of what it replaces. */
static node_id build(const rules *r, const rule *one, node_id n, const template_env *env) {
    node_id out = template_build(r->g, one->replacement, env);
    if (!out || shape_equal(ir_shape(r->g, out), ir_shape(r->g, n))) return out;
    return 0;
}

/* Is n a variable that is its own transpose? */
static bool is_symmetric(const ir *g, node_id n) {
    const node *x = ir_node(g, n);
    return x->op == OP_VAR && ir_var(g, x->ref)->symmetric;
}

/* a @ b @ c from the left: p*q*r + p*r*s multiplications, from the right q*r*s + p*q*s. With names for sizes
 * the first is no more where p is 1, or where both outer factors are square, or all sizes are the same. */
static bool is_no_dearer(const ir *g, const template_env *env) {
    shape a = ir_shape(g, env->arg[0]), b = ir_shape(g, env->arg[1]), c = ir_shape(g, env->arg[2]);
    if (shape_is_scalar(a) || shape_is_scalar(b) || shape_is_scalar(c)) return false;
    return a.rows == dim_literal(1) || (a.rows == a.cols && c.rows == c.cols) || c.rows == dim_literal(1);
}

static bool tidy_condition(const rules *r, const rule *one, const template_env *env) {
    shape a = ir_shape(r->g, env->arg[0]);
    switch (one->condition) {
    case CONDITION_NUMBER: return shape_is_scalar(a);
    case CONDITION_SINGLE: return shape_is_single(a);
    case CONDITION_SYMMETRIC: return is_symmetric(r->g, env->arg[0]);
    case CONDITION_SQUARE: return a.rows == a.cols && a.cols != dim_literal(1);
    case CONDITION_NO_DEARER: return is_no_dearer(r->g, env);
    default: return true;
    }
}

static node_id apply_tidy(const rules *r, const rule *one, node_id n) {
    template_env env = {.axis = AXIS_ALL};
    if (one->root != ir_node(r->g, n)->op || !match(r, one->pattern, n, &env)) return 0;
    if (!tidy_condition(r, one, &env)) return 0;
    return build(r, one, n, &env);
}

/* ------------------------------------------------------------------- stable */

/* Is n written as x - max(x)? */
static bool is_shifted(const rules *r, node_id n) {
    const node *x = ir_node(r->g, formula_of(r->g, r->f, n));
    return x->op == OP_SUB && ir_node(r->g, formula_of(r->g, r->f, x->arg[1]))->op == OP_MAX;
}

static bool is_label(const rules *r, node_id n) {
    const node *x = ir_node(r->g, formula_of(r->g, r->f, n));
    return x->op == OP_VAR && ir_var(r->g, x->ref)->kind == VAR_LABEL;
}

static bool condition_holds(const rules *r, const rule *one, const template_env *env) {
    switch ((condition)one->condition) {
    case CONDITION_NUMBER: return shape_is_scalar(ir_shape(r->g, env->arg[0]));
    case CONDITION_LABEL:
        return is_label(r, env->arg[1]) && (!env->arg[2] || shape_is_scalar(ir_shape(r->g, env->arg[2])));
    case CONDITION_SHAPED: return shape_equal(ir_shape(r->g, env->arg[2]), ir_shape(r->g, env->arg[0]));
    case CONDITION_UNSHIFTED: return !is_shifted(r, env->arg[0]);
    case CONDITION_SYMMETRIC: return is_symmetric(r->g, env->arg[0]);
    case CONDITION_SINGLE: case CONDITION_SQUARE: case CONDITION_NO_DEARER: /* those of TIDY */
    case CONDITION_ANY: break;
    }
    return true;
}

/* A softmax runs along one axis; everything is one axis of a single row or column. */
static bool settle_axis(const rules *r, const rule *one, template_env *env) {
    shape s = ir_shape(r->g, env->arg[0]);
    if (env->axis != AXIS_ALL || op_table[template_op(r->g, one->replacement)].rule != SHAPE_SAME)
        return true;
    env->axis = s.cols == dim_literal(1) ? AXIS_0 : AXIS_1;
    return s.cols == dim_literal(1) || s.rows == dim_literal(1);
}

/* 2 * a / 2: two numbers of a product meet, or one is 1 and need not stand. */
static node_id join_numbers(ir *g, node_id n) {
    assert(view_is_product(g, n));
    view     v = view_of(g, (formulas){NULL, 0}, n, true);
    bool     quotient = ir_node(g, n)->op == OP_DIV;
    uint32_t numbers = 0;
    double   value;
    for (uint32_t i = 0; v.ok && i < v.n; i++)
        if (ir_is_number(g, v.at[i].n, &value)) numbers += value == 1 && !(i == 0 && quotient) ? 2 : 1;
    return numbers > 1 ? view_write(g, &v, 0) : n;
}

static bool is_negative(const ir *g, node_id n) {
    return view_of(g, (formulas){NULL, 0}, n, true).negative;
}

/* What the letters stood for may have brought signs and numbers that meet those of the rule. */
node_id rules_join(ir *g, node_id n) {
    node x = *ir_node(g, n);
    switch ((op_id)x.op) {
    case OP_NEG: return view_negate(g, x.arg[0]);
    case OP_MUL: case OP_DIV: return join_numbers(g, n);
    case OP_TANH: /* an odd function */
        if (!is_negative(g, x.arg[0])) return n;
        return ir_op1(g, OP_NEG, ir_op1(g, OP_TANH, view_negate(g, x.arg[0])));
    case OP_ADD: case OP_SUB:
        if (ir_node(g, x.arg[1])->op != OP_NEG) return n;
        return ir_op2(g, x.op == OP_ADD ? OP_SUB : OP_ADD, x.arg[0], ir_node(g, x.arg[1])->arg[0]);
    default: return n;
    }
}

static node_id join(void *user, ir *g, node_id n, const node_id *args) {
    (void)user;
    node_id same = ir_rebuild(g, n, args);
    return same ? rules_join(g, same) : 0;
}

static node_id apply_stable(const rules *r, const rule *one, node_id n) {
    matcher      m = {r->g, r->f};
    template_env env = {.axis = AXIS_ALL + 1};
    view         rest;
    bool         negated, is_list = one->is_list;
    if (!is_list && one->root != ir_node(r->g, n)->op) return 0;
    if (!match_part(&m, one->pattern, n, &env, &rest, &negated) || !condition_holds(r, one, &env) ||
        !settle_axis(r, one, &env))
        return 0;
    node_id by = template_build(r->g, one->replacement, &env);
    if (by) by = ir_map(r->g, r->g->a, by, join, NULL);
    if (by && negated) by = view_negate(r->g, by);
    node_id out = by && is_list ? view_write(r->g, &rest, by) : by;
    if (out) out = rules_join(r->g, out);
    return out && shape_equal(ir_shape(r->g, out), ir_shape(r->g, n)) ? out : 0;
}

node_id rules_apply(const rules *r, node_id n, const rule **which) {
    for (uint32_t i = 0; i < r->n; i++) {
        const rule *one = &r->at[i];
        if (one->stage == STAGE_DIGITS && !r->digits) continue;
        node_id out = one->stage == STAGE_TIDY ? apply_tidy(r, one, n) : apply_stable(r, one, n);
        if (!out || out == n) continue;
        *which = one;
        return out;
    }
    return 0;
}

/* A sum, difference or product of whole numbers, halves and the like as the number that it is; else 0. */
static node_id fold_numbers(const rules *r, node_id n) {
    const node *x = ir_node(r->g, n);
    double      a, b;
    if ((x->op != OP_ADD && x->op != OP_SUB && x->op != OP_MUL) || !ir_is_number(r->g, x->arg[0], &a) ||
        !ir_is_number(r->g, x->arg[1], &b))
        return 0;
    double value = x->op == OP_ADD ? a + b : x->op == OP_SUB ? a - b : a * b;
    bool   exact = a * 64 == floor(a * 64) && b * 64 == floor(b * 64) && fabs(value) < 1e9;
    return exact ? ir_number(r->g, value) : 0;
}

static bool is_single_one(const rules *r, node_id n) {
    const node *x = ir_node(r->g, n);
    return x->op == OP_ONES && shape_is_single(x->sh);
}

/* The diagonal, or the transpose, of a matrix of ones is one of ones, and a product with a single 1 changes
 * nothing; else 0. */
static node_id fold_ones(const rules *r, node_id n) {
    const node *x = ir_node(r->g, n);
    if (x->op == OP_MATMUL && is_single_one(r, x->arg[1])) return x->arg[0];
    if (x->op == OP_MATMUL && is_single_one(r, x->arg[0])) return x->arg[1];
    bool folds = (x->op == OP_DIAG && x->sh.cols == dim_literal(1)) || x->op == OP_TRANSPOSE;
    return folds && ir_node(r->g, x->arg[0])->op == OP_ONES ? ir_ones(r->g, x->sh) : 0;
}

enum { TIDY_DEPTH = 4, TIDY_ROUNDS = 16 };

/* Rules make new operands, which may be tidied in turn: a few levels, as deep as rules reach. */
static node_id tidy_at(const rules *r, node_id n, int depth, bool *changed) {
    for (int rounds = 0; n && rounds < TIDY_ROUNDS; rounds++) {
        static const rule numbers = {.name = "numbers", .sentence = "whole numbers are added and multiplied"};
        static const rule ones = {.name = "ones", .sentence = "all entries of ones are the same"};
        static const rule single = {.name = "times 1",
                                    .sentence = "a product with a matrix of one entry, 1, changes nothing"};
        static const rule pieces = {.name = "parts of a whole",
                                    .sentence = "rows and columns stand where they were taken from"};
        const rule       *which = &numbers;
        node_id           better = fold_numbers(r, n);
        if (!better && (better = fold_ones(r, n)) != 0)
            which = ir_node(r->g, n)->op == OP_MATMUL ? &single : &ones;
        if (!better && (better = pieces_fold(r->g, n)) != 0) which = &pieces;
        if (!better) better = rules_apply(r, n, &which);
        if (!better) break;
        if (r->on_rule) r->on_rule(r->user, which->name, which->sentence, n, better);
        *changed = true;
        n = better;
        node    x = *ir_node(r->g, n);
        node_id args[3] = {x.arg[0], x.arg[1], x.arg[2]};
        for (int k = 0; depth > 0 && k < op_table[x.op].arity; k++)
            args[k] = tidy_at(r, x.arg[k], depth - 1, changed);
        if (depth > 0) n = ir_rebuild(r->g, n, args);
    }
    return n;
}

node_id rules_tidy(const rules *r, node_id like, const node_id *args, bool *changed) {
    return tidy_at(r, ir_rebuild(r->g, like, args), TIDY_DEPTH, changed);
}

/* Patterns are parsed once, matched from the root down, and built like any table text. */
#include "simplify/rules.h"

#include <math.h>
#include <string.h>

dfoo_status rules_init(rules *r, ir *g) {
    static const rule table[RULE_COUNT] = {
#define RULE(STAGE, NAME, PATTERN, REPLACEMENT, CONDITION, SENTENCE) \
    {STAGE_##STAGE, CONDITION_##CONDITION, NAME, PATTERN, REPLACEMENT, SENTENCE, NULL, NULL, OP_NONE},
#include "simplify/rules.def"
    };
    *r = (rules){.g = g};
    for (int i = 0; i < RULE_COUNT; i++) {
        r->at[i] = table[i];
        r->at[i].pattern = syntax_read(g->a, g->names, g->d, table[i].pattern_text, false);
        r->at[i].replacement = syntax_read(g->a, g->names, g->d, table[i].replacement_text, false);
        if (!r->at[i].pattern || !r->at[i].replacement) return arena_status(g->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
        r->at[i].root = template_op(g, r->at[i].pattern);
    }
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

static bool match(const rules *r, bool through_names, const ast *p, node_id n, template_env *env) {
    const ir   *g = r->g;
    const node *x = ir_node(g, n);
    if (p->kind == AST_NUMBER) return matches_number(g, p->number, n);
    if (p->kind == AST_NAME) {
        node_id *slot = &env->arg[symbols_name(g->names, p->name)[0] - 'a'];
        if (!*slot) *slot = n;
        return *slot == n;
    }
    op_id op = template_op(g, p);
    if (x->op != op && through_names && x->op == OP_VAR && x->ref < r->n_formulas && r->formula[x->ref]) {
        n = r->formula[x->ref];
        x = ir_node(g, n);
    }
    if (x->op != op) return false;
    if (op_table[op].rule == SHAPE_SAME) env->axis = x->attr;
    int k = 0;
    for (const ast *arg = p->arg; arg; arg = arg->next, k++)
        if (!match(r, through_names, arg, ir_node(g, n)->arg[k], env)) return false;
    return true;
}

/* The replacement in the shape of what it replaces: 0 becomes 0 times ones. */
static node_id build(const rules *r, const rule *one, node_id n, const template_env *env) {
    node_id out = template_build(r->g, one->replacement, env);
    if (!out || shape_equal(ir_shape(r->g, out), ir_shape(r->g, n))) return out;
    return 0;
}

node_id rules_apply(const rules *r, stage s, node_id n, const rule **which) {
    for (int i = 0; i < RULE_COUNT; i++) {
        const rule  *one = &r->at[i];
        template_env env = {.axis = AXIS_ALL};
        if (one->stage != s || one->root != ir_node(r->g, n)->op) continue;
        if (!match(r, s == STAGE_STABLE, one->pattern, n, &env)) continue;
        if (one->condition == CONDITION_NUMBER && !shape_is_scalar(ir_shape(r->g, env.arg[0]))) continue;
        node_id out = build(r, one, n, &env);
        if (!out || out == n) continue;
        *which = one;
        return out;
    }
    return 0;
}

/* A sum, difference or product of whole numbers as the number that it is; else 0. */
static node_id fold_numbers(const rules *r, node_id n) {
    const node *x = ir_node(r->g, n);
    double      a, b;
    if ((x->op != OP_ADD && x->op != OP_SUB && x->op != OP_MUL) || !ir_is_number(r->g, x->arg[0], &a) || !ir_is_number(r->g, x->arg[1], &b)) return 0;
    double value = x->op == OP_ADD ? a + b : x->op == OP_SUB ? a - b : a * b;
    bool   whole = a == floor(a) && b == floor(b) && fabs(value) < 1e9;
    return whole ? ir_number(r->g, value) : 0;
}

enum { TIDY_DEPTH = 4, TIDY_ROUNDS = 16 };

/* Rules make new operands, which may be tidied in turn: a few levels, as deep as rules reach. */
static node_id tidy_at(const rules *r, node_id n, int depth, bool *changed) {
    for (int rounds = 0; n && rounds < TIDY_ROUNDS; rounds++) {
        static const rule numbers = {.name = "numbers", .sentence = "whole numbers are added and multiplied"};
        const rule       *which = &numbers;
        node_id           better = fold_numbers(r, n);
        if (!better) better = rules_apply(r, STAGE_TIDY, n, &which);
        if (!better) break;
        if (r->on_rule) r->on_rule(r->user, which->name, which->sentence, n, better);
        *changed = true;
        n = better;
        node    x = *ir_node(r->g, n);
        node_id args[3] = {x.arg[0], x.arg[1], x.arg[2]};
        for (int k = 0; depth > 0 && k < op_table[x.op].arity; k++) args[k] = tidy_at(r, x.arg[k], depth - 1, changed);
        if (depth > 0) n = ir_rebuild(r->g, n, args);
    }
    return n;
}

node_id rules_tidy(const rules *r, node_id like, const node_id *args, bool *changed) {
    return tidy_at(r, ir_rebuild(r->g, like, args), TIDY_DEPTH, changed);
}

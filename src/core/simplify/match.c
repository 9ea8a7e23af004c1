/* Matching in any order. A list of a pattern is matched item by item, composite ones before
 * names, each against any item of the node that is left; a name at the end of an inner list takes
 * all that is left. */
#include "core/simplify/match.h"

#include <assert.h>

enum { MOST_PARTS = 6 };

typedef struct part {
    const ast *p;
    bool       minus;
} part;

typedef struct parts {
    part     at[MOST_PARTS];
    uint32_t n;
    bool     product, negative;
} parts;

static bool is_whole(const ast *p) {
    return p->kind == AST_NUMBER && p->number >= 1 && p->number <= 4 && p->number == (int)p->number;
}

static bool is_product(const ast *p) {
    bool binary = p->kind == AST_BINARY;
    return p->kind == AST_NEGATE || (binary && (p->sign == '*' || p->sign == '/' ||
                                                (p->sign == SIGN_POWER && is_whole(p->arg->next))));
}

static bool is_sum(const ast *p) {
    return p->kind == AST_BINARY && (p->sign == '+' || p->sign == '-');
}

bool match_is_list(const ast *p, bool *product) {
    *product = is_product(p);
    return *product || is_sum(p);
}

static void take_apart(const ast *p, bool minus, parts *out) {
    if (out->product && p->kind == AST_NUMBER && p->number == 1) return;
    if (!(out->product ? is_product(p) : is_sum(p))) {
        if (out->n < MOST_PARTS) out->at[out->n++] = (part){p, minus};
        return;
    }
    bool power = p->kind == AST_BINARY && p->sign == SIGN_POWER;
    if (p->kind == AST_NEGATE) out->negative = !out->negative;
    for (int i = power ? (int)p->arg->next->number : 1; i > 0; i--) take_apart(p->arg, minus, out);
    if (p->kind == AST_BINARY && !power)
        take_apart(p->arg->next, minus != (p->sign == '/' || p->sign == '-'), out);
}

/* Names last, the rest as it stands. */
static parts parts_of(const ast *p) {
    parts all = {.product = is_product(p)}, out = {.product = all.product};
    take_apart(p, false, &all);
    out.negative = all.negative;
    for (int names = 0; names < 2; names++)
        for (uint32_t i = 0; i < all.n; i++)
            if ((all.at[i].p->kind == AST_NAME) == (names == 1)) out.at[out.n++] = all.at[i];
    return out;
}

static node_id *slot_of(const ir *g, const ast *name, template_env *env) {
    assert(name->kind == AST_NAME);
    return &env->arg[symbols_name(g->names, name->name)[0] - 'a'];
}

static bool match(const matcher *m, const ast *p, node_id n, template_env *env);

static bool match_list(const matcher *m, const ast *pattern, bool flipped, node_id n, template_env *env);

static bool match_signed(const matcher *m, const ast *p, bool negated, node_id n, template_env *env) {
    return match(m, p, negated ? view_negate(m->g, n) : n, env);
}

static bool match_number(const matcher *m, double value, node_id n) {
    double is;
    if (ir_is_number(m->g, n, &is)) return is == value;
    return value == 1 && ir_node(m->g, n)->op == OP_ONES;
}

static bool take_value(const matcher *m, view *v, node_id value, bool minus, bool *negated) {
    view x = view_of(m->g, m->f, value, v->product);
    if (!x.ok) return false;
    if (x.negative) *negated = !*negated;
    for (uint32_t i = 0; i < x.n; i++) {
        uint32_t k = 0;
        if (v->product && match_number(m, 1, x.at[i].n)) continue;
        while (k < v->n &&
               (v->at[k].used || v->at[k].n != x.at[i].n || v->at[k].minus != (x.at[i].minus != minus)))
            k++;
        if (k == v->n) return false;
        v->at[k].used = true;
    }
    return true;
}

/* What is left, as a value, 1 if no factor is; the sign goes with it. */
static node_id take_rest(const matcher *m, view *v, bool minus, bool negative) {
    view rest = *v;
    uint32_t left = 0;
    rest.negative = v->product && negative;
    for (uint32_t i = 0; i < v->n; i++) {
        left += !v->at[i].used;
        if (minus) rest.at[i].minus = !rest.at[i].minus;
        if (!v->at[i].used) v->at[i].used = true;
    }
    for (uint32_t i = 0; minus && i < v->n_names; i++) rest.names[i].minus = !rest.names[i].minus;
    if (left) return view_write(m->g, &rest, 0);
    if (!v->product) return 0;
    node_id one = ir_number(m->g, 1);
    return negative ? ir_op1(m->g, OP_NEG, one) : one;
}

/* One item of a list. A factor that is a sum may have its terms' signs flipped: the product's sign, then. */
static bool match_item(const matcher *m, const part *p, const view_item *x, bool product, bool flipped,
                       template_env *env) {
    if (!product) return !flipped && match_signed(m, p->p, x->minus != p->minus, x->n, env);
    if (x->minus != p->minus) return false;
    if (flipped) return is_sum(p->p) && match_list(m, p->p, true, x->n, env);
    return match(m, p->p, x->n, env);
}

static bool match_parts(const matcher *m, const parts *p, uint32_t i, bool whole, view *v, bool negative,
                        template_env *env);

/* A name of the pattern: the value it has, or all that is left, or (in a part of a list) nothing. */
static bool match_name(const matcher *m, const parts *p, uint32_t i, bool whole, view *v, bool negative,
                       template_env *env) {
    node_id *slot = slot_of(m->g, p->at[i].p, env);
    if (*slot) {
        bool other = negative;
        return take_value(m, v, *slot, p->at[i].minus, &other) &&
               match_parts(m, p, i + 1, whole, v, other, env);
    }
    if (!whole || i + 1 < p->n) return false;
    *slot = take_rest(m, v, p->at[i].minus, negative);
    return *slot != 0;
}

static bool match_parts(const matcher *m, const parts *p, uint32_t i, bool whole, view *v, bool negative,
                        template_env *env) {
    assert(i <= p->n && p->product == v->product);
    if (i == p->n) {
        if (negative && v->product && whole) return false;
        v->negative = negative;
        for (uint32_t k = 0; whole && k < v->n; k++)
            if (!v->at[k].used) return false;
        return true;
    }
    if (p->at[i].p->kind == AST_NAME) return match_name(m, p, i, whole, v, negative, env);
    for (uint32_t k = 0; k < v->n; k++) {
        for (int flipped = 0; flipped < 2; flipped++) {
            view         next = *v;
            template_env bound = *env;
            if (v->at[k].used || !match_item(m, &p->at[i], &v->at[k], v->product, flipped, &bound)) continue;
            next.at[k].used = true;
            if (!match_parts(m, p, i + 1, whole, &next, negative != (flipped == 1), &bound)) continue;
            *v = next;
            *env = bound;
            return true;
        }
    }
    return false;
}

static void flip_terms(parts *p) {
    for (uint32_t i = 0; i < p->n; i++) p->at[i].minus = !p->at[i].minus;
}

/* A list inside of a pattern: all of it. `flipped`: the terms of a sum have the other sign. */
static bool match_list(const matcher *m, const ast *pattern, bool flipped, node_id n, template_env *env) {
    parts p = parts_of(pattern);
    if (flipped) flip_terms(&p);
    view  v = view_of(m->g, m->f, n, p.product);
    return v.ok && match_parts(m, &p, 0, true, &v, v.negative != p.negative, env);
}

/* Along one axis in the whole pattern. */
static bool match_axis(const node *x, template_env *env) {
    uint8_t rule = op_table[x->op].rule;
    if (rule != SHAPE_SAME && rule != SHAPE_REDUCED) return true;
    if (env->axis == AXIS_ALL + 1) env->axis = x->attr;
    return env->axis == x->attr;
}

static bool match(const matcher *m, const ast *p, node_id n, template_env *env) {
    bool product;
    if (!n) return false;
    if (p->kind == AST_NAME) {
        node_id *slot = slot_of(m->g, p, env);
        if (!*slot) *slot = n;
        return view_equal(m->g, m->f, *slot, n, false);
    }
    if (match_is_list(p, &product)) return match_list(m, p, false, n, env);
    n = formula_of(m->g, m->f, n);
    if (p->kind == AST_NUMBER) return match_number(m, p->number, n);
    const node x = *ir_node(m->g, n);
    if (x.op != template_op(m->g, p) || !match_axis(&x, env)) return false;
    int k = 0;
    for (const ast *arg = p->arg; arg; arg = arg->next)
        if (arg->kind != AST_KEYWORD && !match(m, arg, x.arg[k++], env)) return false;
    return true;
}

bool match_part(const matcher *m, const ast *pattern, node_id n, template_env *env, view *rest,
                bool *negated) {
    bool product;
    *negated = false;
    if (!match_is_list(pattern, &product)) {
        *rest = (view){.ok = true, .n = 1, .at = {{.n = n, .used = true}}};
        return match(m, pattern, n, env);
    }
    if (product ? !view_is_product(m->g, n) : !view_is_sum(m->g, n)) return false;
    parts p = parts_of(pattern);
    view  v = view_of(m->g, m->f, n, product);
    for (int turn = 0; v.ok && turn < (product ? 1 : 2); turn++) {
        template_env bound = *env;
        *rest = v;
        *negated = turn == 1;
        if (turn) flip_terms(&p);
        if (!match_parts(m, &p, 0, false, rest, v.negative != p.negative, &bound)) continue;
        *env = bound;
        return true;
    }
    return false;
}

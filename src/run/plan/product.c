/* Sums of matrix products: operands are read transposed where they stand, factors that are
 * numbers become alpha, and the second product of a sum is added to the first (beta = 1).
 *
 * `(1/m * dZ2) @ A1.T` is one product with alpha = 1/m. `A @ B - 2 * C @ D` is two products
 * into one buffer. `W = W - alpha * dW` with a dW that nobody else reads is one product
 * that is added to W. */
#include "run/plan/build.h"

/* Numbers that a product is multiplied with; lists of several terms may share their ends. */
typedef struct factor {
    node_id              n;
    bool                 divide;
    const struct factor *next;
} factor;

typedef struct term {
    node_id       n; /* while terms are taken apart: any expression; in the end a MATMUL */
    bool          negate;
    const factor *factors;
} term;

typedef struct terms {
    VEC(term) list;
} terms;

static bool is_scalar(const builder *b, node_id n) {
    return shape_is_scalar(ir_shape(b->g, n));
}

/* The matrix that this node scales by a number, or 0. */
static node_id scaled(const builder *b, node_id n) {
    const node *x = ir_node(b->g, n);
    if (shape_is_scalar(x->sh)) return 0;
    if (x->op == OP_NEG) return x->arg[0];
    if (x->op != OP_MUL && x->op != OP_DIV) return 0;
    if (is_scalar(b, x->arg[1])) return x->arg[0];
    return x->op == OP_MUL && is_scalar(b, x->arg[0]) ? x->arg[1] : 0;
}

/* Takes one scaling off the term. */
static void unscale(builder *b, term *t) {
    const node *x = ir_node(b->g, t->n);
    node_id     inner = scaled(b, t->n);
    t->n = inner;
    if (x->op == OP_NEG) {
        t->negate = !t->negate;
        return;
    }
    factor *f = arena_new(&b->scratch, sizeof *f);
    if (!f) return;
    *f = (factor){
        .n = x->arg[0] == inner ? x->arg[1] : x->arg[0], .divide = x->op == OP_DIV, .next = t->factors};
    t->factors = f;
}

/* Takes scalings and transposes off an operand, as far as it has no value of its own. */
static bool peel(builder *b, term *operand) {
    bool transposed = false;
    while (!b->scratch.failed && !b->memo[operand->n]) {
        const node *x = ir_node(b->g, operand->n);
        if (x->op == OP_TRANSPOSE) {
            transposed = !transposed;
            operand->n = x->arg[0];
        } else if (scaled(b, operand->n)) {
            unscale(b, operand);
        } else {
            break;
        }
    }
    return transposed;
}

/* ------------------------------------------------------------ which nodes */

static bool single(const builder *b, node_id n) {
    return b->product[n] && b->uses[n] == 1;
}

static bool is_product(const builder *b, node_id n) {
    const node *x = ir_node(b->g, n);
    if (b->memo[n]) return false;
    if (x->op == OP_MATMUL) return true;
    if (x->op == OP_VAR) return b->deferred[x->ref] != 0;
    if (scaled(b, n)) return single(b, scaled(b, n));
    if (x->op != OP_ADD && x->op != OP_SUB) return false;
    bool same = shape_equal(ir_shape(b->g, x->arg[0]), ir_shape(b->g, x->arg[1]));
    return same && single(b, x->arg[0]) && single(b, x->arg[1]) && x->arg[0] != x->arg[1];
}

void product_mark(builder *b, const node_list *need) {
    for (uint32_t i = 0; i < need->list.n; i++)
        b->product[need->list.at[i]] = is_product(b, need->list.at[i]);
}

bool product_alone(const builder *b, node_id n) {
    while (scaled(b, n) && b->uses[n] == 1) n = scaled(b, n);
    return ir_node(b->g, n)->op == OP_MATMUL && b->uses[n] == 1;
}

/* Takes a sum apart into single products, first ones first. */
static void take_apart(builder *b, term whole, terms *out) {
    terms stack = {{0}};
    arena *a = &b->scratch;
    vec_push(a, &stack.list, whole);
    while (stack.list.n && !a->failed) {
        term        t = stack.list.at[--stack.list.n];
        const node *x = ir_node(b->g, t.n);
        if (x->op == OP_MATMUL) {
            vec_push(a, &out->list, t);
        } else if (x->op == OP_VAR) {
            t.n = b->deferred[x->ref];
            vec_push(a, &stack.list, t);
        } else if (scaled(b, t.n)) {
            unscale(b, &t);
            vec_push(a, &stack.list, t);
        } else {
            term right = {x->arg[1], t.negate != (x->op == OP_SUB), t.factors};
            t.n = x->arg[0];
            vec_push(a, &stack.list, right);
            vec_push(a, &stack.list, t);
        }
    }
}

/* ----------------------------------------------------------------- needs */

static void factors_need(builder *b, const factor *f) {
    for (; f; f = f->next) need_value(b, f->n);
}

static void terms_need(builder *b, term whole) {
    terms list = {{0}};
    take_apart(b, whole, &list);
    for (uint32_t i = 0; i < list.list.n && !b->scratch.failed; i++) {
        term t = list.list.at[i];
        for (int k = 0; k < 2; k++) {
            term operand = {.n = ir_node(b->g, t.n)->arg[k]};
            peel(b, &operand);
            need_value(b, operand.n);
            factors_need(b, operand.factors);
        }
        factors_need(b, t.factors);
    }
}

void product_needs(builder *b, node_id n) {
    terms_need(b, (term){.n = n});
}

/* ------------------------------------------------------------------ values */

static value_id times(builder *b, value_id v, const factor *f) {
    for (; f; f = f->next) {
        value_id x = value_of_node(b, f->n);
        v = v || f->divide ? place_number(b, f->divide ? OP_DIV : OP_MUL, v, x) : x;
    }
    return v;
}

/* The product of all factors as one number; 0: 1. */
static value_id alpha_value(builder *b, const term *t, const term *x, const term *y) {
    value_id v = times(b, times(b, times(b, 0, t->factors), x->factors), y->factors);
    return t->negate != (x->negate != y->negate) ? place_number(b, OP_NEG, v, 0) : v;
}

static value_id operand_value(builder *b, node_id n, bool *transpose) {
    value_id v = value_of_node(b, n);
    if (b->values.at[v].kind != VALUE_VIEW) return v;
    *transpose = !*transpose;
    return b->values.at[v].base;
}

static void emit_term(builder *b, const term *t, buffer_id out, bool add) {
    const node *x = ir_node(b->g, t->n);
    term        left = {.n = x->arg[0]}, right = {.n = x->arg[1]};
    plan_instr  in = {.kind = PLAN_PRODUCT, .sh = x->sh, .out = out, .add = add};
    in.transpose_a = peel(b, &left);
    in.transpose_b = peel(b, &right);
    value_id va = operand_value(b, left.n, &in.transpose_a), vb = operand_value(b, right.n, &in.transpose_b);
    value_id alpha = alpha_value(b, t, &left, &right);
    if (b->scratch.failed || b->a->failed) return;
    uint32_t at = b->p->code.n;
    in.a = value_buffer(b, va, at);
    in.b = value_buffer(b, vb, at);
    if (alpha) in.alpha = value_buffer(b, alpha, at);
    instr_add(b, in);
}

static value_id emit_terms(builder *b, term whole, buffer_id out, bool add) {
    terms list = {{0}};
    take_apart(b, whole, &list);
    for (uint32_t i = 0; i < list.list.n && !b->scratch.failed; i++)
        emit_term(b, &list.list.at[i], out, add || i > 0);
    if (b->scratch.failed || b->a->failed) return 0;
    return value_result(b, b->p->code.n - 1, b->p->buffers.at[out].sh, out);
}

value_id product_value(builder *b, node_id n) {
    buffer_id out = buffer_new(b, ir_shape(b->g, n));
    return out ? emit_terms(b, (term){.n = n}, out, false) : 0;
}

/* ----------------------------------------------------------------- updates */

/* v + products or v - products: what is added to v, as a term; its n is 0 for anything else. */
static term addend(const builder *b, const stmt *s) {
    const node *x = ir_node(b->g, s->node);
    node_id     leaf = ir_var(b->g, s->var)->leaf;
    if (x->op == OP_ADD && x->arg[0] == leaf) return (term){.n = x->arg[1]};
    if (x->op == OP_ADD && x->arg[1] == leaf) return (term){.n = x->arg[0]};
    if (x->op == OP_SUB && x->arg[0] == leaf) return (term){.n = x->arg[1], .negate = true};
    return (term){0};
}

/* In `W = W - alpha * dW` the variable dW; 0 in any other form. */
var_id product_waits(const builder *b, const stmt *s) {
    node_id n = addend(b, s).n;
    while (n && scaled(b, n) && b->uses[n] == 1) n = scaled(b, n);
    const node *x = ir_node(b->g, n);
    return n && x->op == OP_VAR && shape_equal(x->sh, ir_var(b->g, s->var)->sh) ? x->ref : 0;
}

static bool reads(const builder *b, const node_list *need, var_id v) {
    for (uint32_t i = 0; i < need->list.n; i++) {
        const node *x = ir_node(b->g, need->list.at[i]);
        if (x->op == OP_VAR && x->ref == v) return true;
    }
    return false;
}

/* While a product is being added to v, nothing may read v. */
bool product_updates(builder *b, const stmt *s) {
    term      t = addend(b, s);
    node_list need = {{0}};
    if (!t.n || !single(b, t.n)) return false;
    if (!shape_equal(ir_shape(b->g, t.n), ir_var(b->g, s->var)->sh)) return false;
    return ir_reach(b->g, &b->scratch, &t.n, 1, &need) == DFOO_OK && !reads(b, &need, s->var);
}

void product_update_needs(builder *b, const stmt *s) {
    terms_need(b, addend(b, s));
}

value_id product_update(builder *b, const stmt *s) {
    value_of_var(b, s->var);
    return emit_terms(b, addend(b, s), b->p->of_var[s->var], true);
}

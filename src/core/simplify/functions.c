/* Functions that are seen in others: exp(x) / sum(exp(x)) is a softmax, sinh(z) / cosh(z) tanh(z), and where
 * 1 + exp(z) is below the line, there is a sigmoid. */
#include <assert.h>

#include "core/simplify/engine.h"
#include "core/simplify/forms.h"

/* x with `old` taken out once above the line and `below` once below, and `by` put there. */
static form replaced(simplifier *w, form x, node_id old, uint32_t below, form by) {
    power move[2] = {{below, 1, 0}, {old, -1, 0}};
    form  less = form_mul(&w->s, x, form_product(&w->s, (ratio){1, 1}, move, 2));
    return form_mul(&w->s, less, by);
}

/* ------------------------------------------------------------------- softmax */

/* z without the summands that are the same for all entries of the axis: softmax does not see them. */
static node_id without_shift(simplifier *w, node_id z, uint8_t axis) {
    const entry   e = *engine_entry(w, z);
    terms_of_form p = form_terms(&w->s, e.f);
    form          left = form_number((ratio){0, 1});
    for (uint32_t i = 0; p.ok && i < p.n; i++) {
        form one = {.c = p.at[i].c, .f = p.at[i].f, .n = p.at[i].n, .ok = true};
        bool same = true;
        for (uint32_t k = 0; k < one.n; k++) same = same && engine_constant_along(w, one.f[k].base, axis);
        if (!same) left = form_add(&w->s, left, one);
    }
    if (!p.ok || p.n < 2 || !left.ok || form_is_zero(left)) return z;
    w->b.order = (atom_order){e.order, e.n_order};
    node_id n = build_form(&w->b, left, ir_shape(w->g, z));
    return n ? n : z;
}

node_id engine_softmax(simplifier *w, node_id exps, uint8_t axis) {
    const node e = *ir_node(w->g, exps);
    if (e.op != OP_EXP || shape_is_scalar(e.sh)) return 0;
    if (axis == AXIS_ALL && e.sh.cols == dim_literal(1)) axis = AXIS_0;
    if (axis == AXIS_ALL && e.sh.rows == dim_literal(1)) axis = AXIS_1;
    if (axis == AXIS_ALL) return 0;
    engine_convert(w, e.arg[0]);
    if (w->a->failed) return 0;
    node_id n = ir_op(w->g, OP_SOFTMAX, axis, without_shift(w, e.arg[0], axis), 0, 0);
    return !n || !engine_sync(w) ? 0 : w->name_of.at[n] ? w->name_of.at[n] : n;
}

/* The softmax of which this sum of exponentials is below the line; 0: it is none. */
static node_id softmax_over(simplifier *w, uint32_t base, node_id *exps) {
    if (base & POLY_FLAG) return 0;
    const node sum = *ir_node(w->g, base);
    *exps = sum.arg[0];
    return sum.op == OP_SUM ? engine_softmax(w, sum.arg[0], sum.attr) : 0;
}

/* The function that one is over another of the same operand. */
static const struct {
    uint8_t above, below, is;
} quotients[] = {{OP_SINH, OP_COSH, OP_TANH}, {OP_SIN, OP_COS, OP_TAN}};

/* What this factor below the line is part of, and the factor above; 0: nothing. */
static node_id function_over(simplifier *w, uint32_t base, node_id *above) {
    if (base & POLY_FLAG) return 0;
    const node below = *ir_node(w->g, base);
    for (size_t i = 0; i < sizeof quotients / sizeof *quotients; i++) {
        if (below.op != quotients[i].below) continue;
        *above = ir_op1(w->g, quotients[i].above, below.arg[0]);
        node_id n = *above ? ir_op1(w->g, quotients[i].is, below.arg[0]) : 0;
        return n && engine_sync(w) ? n : 0;
    }
    return softmax_over(w, base, above);
}

form engine_find_quotients(simplifier *w, form x) {
    uint32_t used = w->s.used;
    for (uint32_t i = 0; x.ok && i < x.n; i++) {
        node_id exps = 0, n = x.f[i].exp < 0 ? function_over(w, x.f[i].base, &exps) : 0;
        if (!n || form_power_in(x.f, x.n, exps) <= 0) continue;
        form named = replaced(w, x, exps, x.f[i].base, form_atom(&w->s, n));
        if (!named.ok) continue;
        x = named;
        used |= USED_SOFTMAX;
        i = UINT32_MAX; /* start again: the list has changed */
    }
    w->s.used = used;
    return x;
}

/* ------------------------------------------------------------------- sigmoid */

/* The exponential of a sum 1 + exp(z), or 0. */
static node_id beside_one(const simplifier *w, uint32_t base) {
    if (!(base & POLY_FLAG)) return 0;
    const poly *p = algebra_poly(&w->s, base);
    node_id     exps = 0;
    for (uint32_t i = 0; i < p->n; i++) {
        if (p->n != 2 || p->t[i].c.num != 1 || p->t[i].c.den != 1 || p->t[i].n > 1) return 0;
        if (p->t[i].n == 0) continue;
        if (p->t[i].f[0].exp != 1 || ir_node(w->g, p->t[i].f[0].base)->op != OP_EXP) return 0;
        exps = p->t[i].f[0].base;
    }
    return exps;
}

node_id engine_find_sigmoid(simplifier *w, form x, node_id *exps) {
    for (uint32_t i = 0; x.ok && !w->no_functions && i < x.n; i++) {
        *exps = x.f[i].exp < 0 ? beside_one(w, x.f[i].base) : 0;
        if (!*exps) continue;
        node_id    z = ir_node(w->g, *exps)->arg[0];
        const node inner = *ir_node(w->g, z);
        node_id    n = ir_op1(w->g, OP_SIGMOID, inner.op == OP_NEG ? inner.arg[0] : z);
        return engine_sync(w) ? n : 0;
    }
    return 0;
}

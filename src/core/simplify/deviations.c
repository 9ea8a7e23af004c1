/* Sums that are 0 because of what was taken away: of x - mean(x), whatever the mean is called. */
#include "core/simplify/engine.h"

enum { MOST_NAMES = 4 };

/* A term's sum along the axis: what is the same for all entries times the sum of the rest. */
static form sum_of_term(simplifier *w, form x, uint8_t axis, shape sh) {
    form outer = engine_pick(w, x, axis, true), inner = engine_pick(w, x, axis, false);
    if (!outer.ok || !inner.ok) return form_failed();
    if (inner.n == 0) return form_mul(&w->s, outer, engine_count(w, sh, axis));
    node_id n = 0;
    if (!form_is_atom(inner, &n)) n = build_form(&w->b, inner, sh);
    if (!n || !shape_equal(ir_shape(w->g, n), sh)) return form_failed();
    node_id sum = ir_op(w->g, OP_SUM, axis, n, 0, 0);
    if (!sum || !engine_sync(w)) return form_failed();
    return form_mul(&w->s, outer, form_atom(&w->s, sum));
}

static bool terms_cancel(simplifier *w, form x, uint8_t axis, shape sh) {
    terms_of_form p = form_terms(&w->s, x);
    if (!p.ok || p.n < 2) return false;
    form *parts = arena_new(w->a, p.n * sizeof *parts);
    if (!parts) return false;
    for (uint32_t i = 0; i < p.n; i++) {
        form one = {.c = p.at[i].c, .f = p.at[i].f, .n = p.at[i].n, .ok = true};
        parts[i] = sum_of_term(w, one, axis, sh);
        if (!parts[i].ok) return false;
    }
    return form_is_zero(form_sum(&w->s, parts, p.n));
}

/* What a name's formula comes to; not ok if it has none. */
static form meaning_of(const simplifier *w, node_id atom) {
    const node *x = ir_node(w->g, atom);
    bool        known = x->op == OP_VAR && x->ref < w->n_vars;
    return known ? w->meaning[x->ref] : form_failed();
}

/* x with the names written out that are the same for all entries, as a mean is; or the one name that it is,
 * as a deviation is. */
static form look_through(simplifier *w, form x, uint8_t axis, bool *changed) {
    node_list atoms = {{0}};
    bool      alone = x.n == 1 && !(x.f[0].base & POLY_FLAG);
    *changed = false;
    if (form_atoms(&w->s, x, &atoms) != DFOO_OK) return form_failed();
    for (uint32_t i = 0; i < atoms.list.n && x.ok; i++) {
        form by = meaning_of(w, atoms.list.at[i]);
        if (!by.ok || !(alone || engine_constant_along(w, atoms.list.at[i], axis))) continue;
        x = form_substitute(&w->s, x, atoms.list.at[i], by);
        *changed = true;
    }
    return x;
}

bool engine_sums_to_zero(simplifier *w, form x, uint8_t axis, shape sh) {
    uint32_t   used = w->s.used;
    atom_order order = w->b.order;
    bool       zero = false, changed = true;
    for (int i = 0; i < MOST_NAMES && x.ok && changed && !zero; i++) {
        zero = terms_cancel(w, x, axis, sh);
        if (!zero) x = engine_pick(w, look_through(w, x, axis, &changed), axis, false);
    }
    w->s.used = used | (zero ? USED_DEVIATIONS : 0);
    w->b.order = order;
    return zero;
}

/* Folding back into the names that exist.
 *
 * Two ways, each kept only if what comes out is cheaper to read and has no denominator that
 * was not there: functions of the same z are all written in u = exp(-z), where a common
 * factor shows and cancels, and u is then expressed by one of them (from A = 1/(1 + u):
 * u = (1 - A)/A); and where a name's formula is linear in an atom, the atom is expressed by
 * the name (from A1 = Z1 * s: Z1 = A1/s). */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/simplify/engine.h"
#include "core/simplify/forms.h"

enum { MOST_ATOMS = 12, DEPTH = 3, MOST_TRIES = 16 };

/* Nothing may be divided by what was not divided by before: it may be zero. */
static bool adds_denominator(form before, form after) {
    for (uint32_t i = 0; i < after.n; i++) {
        bool known = after.f[i].exp > 0;
        for (uint32_t k = 0; k < before.n; k++)
            known = known || (before.f[k].base == after.f[i].base && before.f[k].exp <= after.f[i].exp);
        if (!known) return true;
    }
    return false;
}

/* exp(k z) as u^-k with u = exp(-z), z without a number in front. */
static form exp_form(simplifier *w, node_id n) {
    assert(ir_node(w->g, n)->op == OP_EXP);
    node_id     arg = ir_node(w->g, n)->arg[0];
    engine_convert(w, arg);
    if (w->a->failed) return form_failed();
    const entry e = *engine_entry(w, arg);
    form        z = e.f;
    if (!z.ok || z.n == 0 || z.c.den != 1 || llabs(z.c.num) > 8 || z.c.num == 0) return form_failed();
    int32_t k = (int32_t)z.c.num;
    z.c.num = 1;
    w->b.order = (atom_order){e.order, e.n_order};
    node_id zn = build_form(&w->b, z, ir_shape(w->g, arg));
    node_id u = zn ? ir_op1(w->g, OP_EXP, ir_op1(w->g, OP_NEG, zn)) : 0;
    return u ? form_power(&w->s, form_atom(&w->s, u), -k) : form_failed();
}

/* What an atom abbreviates: the formula of a name, or the definition of a smooth function. */
static form definition_form(simplifier *w, node x) {
    if (x.op == OP_VAR) return x.ref < w->n_vars && w->has_exp[x.ref] ? w->def[x.ref] : form_failed();
    const ast *text = op_table[x.op].kink[0] ? NULL : ir_definition(w->g, (op_id)x.op);
    if (!text) return form_failed();
    template_env env = {.arg = {x.arg[0], x.arg[1], x.arg[2]}};
    node_id      n = template_build(w->g, text, &env);
    engine_convert(w, n);
    return n && !w->a->failed ? engine_entry(w, n)->plain : form_failed();
}

/* An atom by its definition, down to exp. Not ok if it has none. */
static form expand_atom(simplifier *w, node_id atom, int depth) {
    node_list  atoms = {{0}};
    const node x = *ir_node(w->g, atom);
    if (depth > DEPTH || w->a->failed) return form_failed();
    if (x.op == OP_EXP) return exp_form(w, atom);
    form f = definition_form(w, x);
    if (!f.ok || form_atoms(&w->s, f, &atoms) != DFOO_OK || atoms.list.n > MOST_ATOMS) return form_failed();
    for (uint32_t i = 0; i < atoms.list.n && f.ok; i++) {
        form by = expand_atom(w, atoms.list.at[i], depth + 1);
        if (by.ok) f = form_substitute(&w->s, f, atoms.list.at[i], by);
    }
    return f;
}

typedef struct try_out {
    simplifier *w;
    form        from;   /* what is to be improved */
    form        f;      /* the best so far */
    node_id     best;
    double      cost;
    shape       sh;
    node_id     order[MOST_ATOMS * 4];
    uint32_t    n_order;
    uint32_t    used;
} try_out;

/* `name` takes the place of `atom` in the order of writing. */
static void order_insert(try_out *t, node_id name, node_id atom) {
    assert(name && atom);
    uint32_t k = 0;
    for (uint32_t i = 0; i < t->n_order; i++)
        if (t->order[i] == name) return;
    if (t->n_order == sizeof t->order / sizeof *t->order) return;
    while (k < t->n_order && t->order[k] != atom) k++;
    memmove(&t->order[k + 1], &t->order[k], (t->n_order - k) * sizeof *t->order);
    t->order[k] = name;
    t->n_order++;
}

/* The same for what is in the order already, since another try put it there. */
static void order_move(try_out *t, node_id name, node_id atom) {
    uint32_t k = 0;
    while (k < t->n_order && t->order[k] != name) k++;
    if (k < t->n_order) memmove(&t->order[k], &t->order[k + 1], (--t->n_order - k) * sizeof *t->order);
    order_insert(t, name, atom);
}

/* The atoms of a form, in the order of writing. */
static bool ordered_atoms(try_out *t, form f, node_list *out) {
    node_list atoms = {{0}};
    if (form_atoms(&t->w->s, f, &atoms) != DFOO_OK || atoms.list.n > MOST_ATOMS) return false;
    for (uint32_t k = 0; k < t->n_order; k++)
        for (uint32_t i = 0; i < atoms.list.n; i++)
            if (atoms.list.at[i] == t->order[k]) vec_push(t->w->a, &out->list, t->order[k]);
    for (uint32_t i = 0; i < atoms.list.n; i++) {
        uint32_t k = 0;
        while (k < t->n_order && t->order[k] != atoms.list.at[i]) k++;
        if (k == t->n_order) vec_push(t->w->a, &out->list, atoms.list.at[i]);
    }
    return !t->w->a->failed;
}

static bool consider_one(try_out *t, form f, uint32_t used) {
    f = engine_join_powers(t->w, f);
    if (!f.ok || adds_denominator(t->from, f)) return false;
    t->w->b.order = (atom_order){t->order, t->n_order};
    node_id n = build_form(&t->w->b, f, t->sh);
    if (!n || build_cost(&t->w->b, n) >= t->cost) return false;
    t->best = n;
    t->f = f;
    t->cost = build_cost(&t->w->b, n);
    t->used |= used;
    return true;
}

/* As it is, and with its sums multiplied out: (1 - a) * (1 + a) is 1 - a**2. */
static bool consider(try_out *t, form f, uint32_t used) {
    bool better = consider_one(t, f, used);
    return consider_one(t, form_multiply_out(&t->w->s, f), used) || better;
}

typedef struct expansion {
    node_id atom;
    form    f; /* in u */
} expansion;

static bool has_atom(simplifier *w, form f, node_id atom) {
    node_list atoms = {{0}};
    if (form_atoms(&w->s, f, &atoms) != DFOO_OK) return false;
    for (uint32_t i = 0; i < atoms.list.n; i++)
        if (atoms.list.at[i] == atom) return true;
    return false;
}

/* The u that at least two of the expansions share, or 0. */
static node_id shared_exp(simplifier *w, const expansion *x, uint32_t n) {
    for (uint32_t i = 0; i < n; i++) {
        node_list atoms = {{0}};
        if (form_atoms(&w->s, x[i].f, &atoms) != DFOO_OK) return 0;
        for (uint32_t k = 0; k < atoms.list.n; k++) {
            if (ir_node(w->g, atoms.list.at[k])->op != OP_EXP) continue;
            for (uint32_t j = i + 1; j < n; j++)
                if (has_atom(w, x[j].f, atoms.list.at[k])) return atoms.list.at[k];
        }
    }
    return 0;
}

/* u expressed by one name or function of it. */
static void try_solve_exp(try_out *t, form in_u, node_id u, node_id by_atom, form expanded) {
    assert(u && ir_node(t->w->g, u)->op == OP_EXP);
    int32_t k;
    form    by = form_solve(&t->w->s, expanded, u, by_atom, &k);
    if (by.ok && in_u.ok && form_divides_powers(&t->w->s, in_u, u, k))
        consider(t, form_substitute_power(&t->w->s, in_u, u, k, by), USED_EXP | USED_CANCEL);
}

/* The u of an exponential, or 0. */
static node_id exp_of(simplifier *w, node_id exps) {
    node_list atoms = {{0}};
    form      in_u = exps ? expand_atom(w, exps, 0) : form_failed();
    return form_atoms(&w->s, in_u, &atoms) == DFOO_OK && atoms.list.n == 1 ? atoms.list.at[0] : 0;
}

static void try_exp(try_out *t) {
    simplifier *w = t->w;
    node_list   atoms = {{0}};
    expansion   x[MOST_ATOMS];
    uint32_t    n = 0;
    if (!ordered_atoms(t, t->from, &atoms)) return;
    for (uint32_t i = 0; i < atoms.list.n; i++) {
        x[n] = (expansion){atoms.list.at[i], expand_atom(w, atoms.list.at[i], 0)};
        n += x[n].f.ok;
    }
    node_id exps = 0, sigmoid = engine_find_sigmoid(w, t->from, &exps), u = shared_exp(w, x, n);
    if (!u) u = exp_of(w, exps);
    if (!u) return;
    form in_u = t->from;
    for (uint32_t i = 0; i < n; i++)
        if (has_atom(w, x[i].f, u)) in_u = form_substitute(&w->s, in_u, x[i].atom, x[i].f);
    consider(t, in_u, USED_EXP | USED_CANCEL);
    for (uint32_t i = 0; i < n; i++) {
        try_solve_exp(t, in_u, u, x[i].atom, x[i].f);
        for (uint32_t k = 0; x[i].atom < w->uses.n && k < w->uses.at[x[i].atom].list.n && k < MOST_TRIES;
             k++) {
            var_id v = w->uses.at[x[i].atom].list.at[k];
            if (!w->has_exp[v]) continue;
            order_insert(t, ir_var(w->g, v)->leaf, x[i].atom);
            try_solve_exp(t, in_u, u, ir_var(w->g, v)->leaf, expand_atom(w, ir_var(w->g, v)->leaf, 0));
        }
    }
    if (!sigmoid || exp_of(w, exps) != u) return;
    order_insert(t, sigmoid, exps);
    try_solve_exp(t, in_u, u, sigmoid, expand_atom(w, sigmoid, 0));
}

enum { MOST_WRITTEN = 6 };

/* Would somebody write an atom that way, Z1 as C1 + mu, and not by solving a long line for it? */
static bool is_simple(algebra *s, form by) {
    term one = {.c = by.c, .f = by.f, .n = by.n};
    return by.ok && form_weigh_terms(s, &one, 1) <= MOST_WRITTEN;
}

/* One atom expressed by one name; true if that was better. */
static bool try_one_name(try_out *t) {
    simplifier *w = t->w;
    node_list   atoms = {{0}};
    int         tries = 0;
    if (!ordered_atoms(t, t->f, &atoms)) return false;
    for (uint32_t i = 0; i < atoms.list.n; i++) {
        node_id atom = atoms.list.at[i];
        for (uint32_t k = 0; atom < w->uses.n && k < w->uses.at[atom].list.n && tries < MOST_TRIES;
             k++, tries++) {
            var_id  v = w->uses.at[atom].list.at[k];
            node_id leaf = ir_var(w->g, v)->leaf;
            int32_t power;
            form    by = form_solve(&w->s, w->def[v], atom, leaf, &power);
            if (!is_simple(&w->s, by) || !form_divides_powers(&w->s, t->f, atom, power)) continue;
            order_insert(t, leaf, atom);
            if (consider(t, form_substitute_power(&w->s, t->f, atom, power, by), USED_NAME)) return true;
        }
    }
    return false;
}

/* The sum `n` as the sum of another form along the same axis, what is the same for all entries in front. */
static form sum_again(try_out *t, node_id n, form x) {
    simplifier *w = t->w;
    const node  old = *ir_node(w->g, n);
    form        outer = engine_pick(w, x, old.attr, true), inner = engine_pick(w, x, old.attr, false);
    if (!outer.ok || !inner.ok || inner.n == 0) return form_failed();
    w->b.order = (atom_order){t->order, t->n_order};
    node_id inside = build_form(&w->b, inner, ir_shape(w->g, old.arg[0]));
    node_id sum = inside ? ir_op(w->g, OP_SUM, old.attr, inside, 0, 0) : 0;
    return sum && engine_sync(w) ? form_mul(&w->s, outer, form_atom(&w->s, sum)) : form_failed();
}

/* One atom inside of a sum expressed by a name, or a softmax. */
static bool try_in_sum(try_out *t, node_id sum, node_id atom, node_id name, form by) {
    simplifier   *w = t->w;
    const try_out before = *t;
    const entry   arg = *engine_entry(w, ir_node(w->g, sum)->arg[0]);
    form inside = form_substitute(&w->s, arg.f, atom, by);
    if (!inside.ok || adds_denominator(arg.f, inside)) return false;
    for (uint32_t j = 0; j < arg.n_order; j++) order_insert(t, arg.order[j], sum);
    order_move(t, name, atom);
    form other = sum_again(t, sum, inside);
    if (other.ok && consider(t, form_substitute(&w->s, t->f, sum, other), USED_NAME)) return true;
    *t = before;
    return false;
}

/* exp(z) as softmax(z) * sum(exp(z)). */
static form by_softmax(simplifier *w, node_id exps, uint8_t axis, node_id *softmax) {
    *softmax = ir_node(w->g, exps)->op == OP_EXP ? engine_softmax(w, exps, axis) : 0;
    node_id sum = *softmax ? ir_op(w->g, OP_SUM, axis, exps, 0, 0) : 0;
    if (!sum || !engine_sync(w)) return form_failed();
    return form_mul(&w->s, form_atom(&w->s, *softmax), form_atom(&w->s, sum));
}

/* sum(dN * C)/s is sum(dN * N) with N = C/s, and sum(dA * exp(z))/sum(exp(z)) is sum(dA * softmax(z)). */
static bool try_names_in_sum(try_out *t, node_id sum) {
    simplifier *w = t->w;
    node_list   atoms = {{0}};
    const node  x = *ir_node(w->g, sum);
    node_id     softmax;
    engine_convert(w, x.arg[0]);
    if (w->a->failed || form_atoms(&w->s, engine_entry(w, x.arg[0])->f, &atoms) != DFOO_OK) return false;
    for (uint32_t i = 0; i < atoms.list.n && i < MOST_ATOMS; i++) {
        node_id atom = atoms.list.at[i];
        for (uint32_t k = 0; k < w->uses.at[atom].list.n && k < MOST_TRIES; k++) {
            var_id  v = w->uses.at[atom].list.at[k];
            int32_t power;
            form    by = form_solve(&w->s, w->def[v], atom, ir_var(w->g, v)->leaf, &power);
            if (by.ok && power == 1 && try_in_sum(t, sum, atom, ir_var(w->g, v)->leaf, by)) return true;
        }
        form by = by_softmax(w, atom, x.attr, &softmax);
        if (by.ok && try_in_sum(t, sum, atom, softmax, by)) return true;
    }
    return false;
}

static bool try_sums(try_out *t) {
    node_list atoms = {{0}};
    if (form_atoms(&t->w->s, t->f, &atoms) != DFOO_OK || atoms.list.n > MOST_ATOMS) return false;
    for (uint32_t i = 0; i < atoms.list.n; i++)
        if (ir_node(t->w->g, atoms.list.at[i])->op == OP_SUM && try_names_in_sum(t, atoms.list.at[i]))
            return true;
    return false;
}

/* With P = a**y * b**z, what is divided by P is written over these powers, with which others cancel. */
static void try_powers(try_out *t) {
    simplifier *w = t->w;
    for (uint32_t i = 0; i < t->f.n; i++) {
        const power f = t->f.f[i];
        const node *x = f.base & POLY_FLAG || f.exp > 0 ? NULL : ir_node(w->g, f.base);
        if (!x || x->op != OP_VAR || x->ref >= w->n_vars || !w->def[x->ref].ok) continue;
        form out = form_substitute(&w->s, t->f, f.base, w->def[x->ref]);
        if (consider(t, engine_divide_powers(w, out), USED_POWERS)) return;
    }
    consider(t, engine_divide_powers(w, t->f), USED_POWERS);
}

/* Is an atom a name for sizes and numbers, as c = 1/m? */
static bool names_sizes(simplifier *w, node_id atom) {
    const node *x = ir_node(w->g, atom);
    node_list   atoms = {{0}};
    if (x->op != OP_VAR || x->ref >= w->n_vars || !shape_is_scalar(x->sh) || !w->def[x->ref].ok) return false;
    if (form_atoms(&w->s, w->def[x->ref], &atoms) != DFOO_OK) return false;
    for (uint32_t i = 0; i < atoms.list.n; i++)
        if (ir_node(w->g, atoms.list.at[i])->op != OP_SIZE) return false;
    return atoms.list.n > 0;
}

/* With c = 1/m, m * c * x is x: the name is written out where it cancels. */
static void try_sizes(try_out *t) {
    node_list atoms = {{0}};
    if (form_atoms(&t->w->s, t->f, &atoms) != DFOO_OK || atoms.list.n > MOST_ATOMS) return;
    for (uint32_t i = 0; i < atoms.list.n; i++)
        if (names_sizes(t->w, atoms.list.at[i]))
            consider(t,
                     form_substitute(&t->w->s, t->f, atoms.list.at[i],
                                     t->w->def[ir_node(t->w->g, atoms.list.at[i])->ref]),
                     USED_CANCEL);
}

void engine_improve(simplifier *w, node_id n) {
    if (w->a->failed || n >= w->memo.n || !engine_entry(w, n)->done || engine_entry(w, n)->improved) return;
    const entry e = *engine_entry(w, n);
    engine_entry(w, n)->improved = true;
    if (!e.f.ok || e.f.n == 0 || e.n_order > 2 * MOST_ATOMS) return;
    try_out t = {.w = w,
                 .from = e.f,
                 .f = e.f,
                 .best = e.best,
                 .cost = build_cost(&w->b, e.best),
                 .sh = ir_shape(w->g, n),
                 .n_order = e.n_order};
    if (e.n_order) memcpy(t.order, e.order, e.n_order * sizeof *t.order);
    const atom_order order_before = w->b.order; /* tries write in the order of `t`, which ends here */
    try_exp(&t);
    for (int rounds = 0; rounds < 4 && (try_one_name(&t) || try_sums(&t)); rounds++) continue;
    consider(&t, form_reduce(&w->s, t.f), USED_CANCEL);
    try_sizes(&t);
    try_powers(&t);
    w->b.order = order_before;
    if (t.best == e.best || w->a->failed) return;
    entry better = *engine_entry(w, n);
    node_id *order = arena_new(w->a, t.n_order * sizeof *order);
    if (!order) return;
    memcpy(order, t.order, t.n_order * sizeof *order);
    better.best = t.best;
    better.f = t.f;
    better.order = order;
    better.n_order = t.n_order;
    better.used |= t.used;
    *engine_entry(w, n) = better;
}

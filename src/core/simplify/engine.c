/* Nodes -> rational forms, bottom-up.
 *
 * Arithmetic works on forms. Every other operation is an atom over the best forms of its
 * operands; from matrix products and transposes the numbers move out, from sums what does
 * not depend on the summation. A formula that has a name becomes the name. */
#include "core/simplify/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool engine_sync(simplifier *w) {
    while (w->memo.n < w->g->nodes.n && !w->a->failed) vec_push(w->a, &w->memo, (entry){0});
    while (w->name_of.n < w->g->nodes.n && !w->a->failed) vec_push(w->a, &w->name_of, 0);
    while (w->uses.n < w->g->nodes.n && !w->a->failed) vec_push(w->a, &w->uses, (name_uses){{0}});
    return !w->a->failed;
}

/* ------------------------------------------------------------ order of atoms */

typedef struct order_list {
    node_id  at[MOST_ORDER];
    uint32_t n;
} order_list;

static void order_add(order_list *o, const node_id *more, uint32_t n) {
    for (uint32_t i = 0; i < n && o->n < MOST_ORDER; i++) {
        uint32_t k = 0;
        while (k < o->n && o->at[k] != more[i]) k++;
        if (k == o->n) o->at[o->n++] = more[i];
    }
}

static void keep_order(simplifier *w, entry *e, const order_list *o) {
    assert(o->n <= MOST_ORDER);
    node_id *own = arena_new(w->a, o->n * sizeof *own);
    if (!own) return;
    if (o->n) memcpy(own, o->at, o->n * sizeof *own);
    e->order = own;
    e->n_order = o->n;
}

/* ------------------------------------------------------------------- forms */

static void set_atom(simplifier *w, entry *e, node_id atom) {
    e->f = form_atom(&w->s, atom);
    e->best = atom;
    order_list o = {.n = 0};
    order_add(&o, &atom, 1);
    keep_order(w, e, &o);
}

bool engine_constant_along(const simplifier *w, uint32_t base, uint8_t axis) {
    shape s = base_shape(&w->s, base);
    if (shape_is_scalar(s)) return true;
    if (axis == AXIS_ALL) return false;
    return axis == AXIS_0 ? s.rows == dim_literal(1) : s.cols == dim_literal(1);
}

form engine_pick(simplifier *w, form x, uint8_t axis, bool constant) {
    if (!x.ok) return x;
    form out = form_number(constant ? x.c : (ratio){1, 1});
    for (uint32_t i = 0; i < x.n; i++)
        if (engine_constant_along(w, x.f[i].base, axis) == constant)
            out = form_mul(&w->s, out, (form){.c = {1, 1}, .f = &x.f[i], .n = 1, .ok = true});
    return out;
}

static node_id best_of(simplifier *w, form x, node_id written, form whole, shape sh, const entry *from) {
    bool same = x.n == whole.n && x.c.num == whole.c.num && x.c.den == whole.c.den;
    if (same) return written;
    w->b.order = (atom_order){from->order, from->n_order};
    return build_form(&w->b, x, sh);
}

/* An operand of an operation that is not elementwise: numbers apart, the rest written. */
static node_id operand_rest(simplifier *w, node_id arg, form *scalars) {
    w->up->improve(w, arg);
    const entry e = *engine_entry(w, arg);
    form        rest;
    *scalars = form_number((ratio){1, 1});
    if (!e.f.ok) return e.best;
    form_split_scalars(&w->s, e.f, scalars, &rest);
    node_id n = best_of(w, rest, e.best, e.f, ir_shape(w->g, arg), &e);
    if (n) return n;
    *scalars = form_number((ratio){1, 1});
    return e.best;
}

form engine_count(simplifier *w, shape s, uint8_t axis) {
    form out = form_number((ratio){1, 1});
    dim  d[2] = {s.rows, s.cols};
    for (int i = 0; i < 2; i++) {
        if (shape_is_scalar(s) || (axis != AXIS_ALL && axis != i)) continue;
        ratio c = {1, 1};
        form  one = dim_is_named(d[i]) ? form_atom(&w->s, ir_size(w->g, d[i])) : form_number(c);
        if (!dim_is_named(d[i])) one.c.num = d[i];
        out = form_mul(&w->s, out, one);
    }
    return out;
}

/* What a sum of this factor along the axis is 1 for, USED_..: labels, a softmax; 0: it is not. */
static uint32_t sums_to_one(const simplifier *w, form x, uint8_t axis) {
    node_id atom;
    if (!form_is_atom(x, &atom)) return 0;
    const node *n = ir_node(w->g, atom);
    bool        named = n->op == OP_VAR && n->ref < w->n_vars && form_is_atom(w->meaning[n->ref], &atom);
    const node *meant = named ? ir_node(w->g, atom) : n;
    bool        single = shape_along(meant->sh, 1 - meant->attr) == dim_literal(1);
    if (meant->op == OP_SOFTMAX)
        return meant->attr == axis || (axis == AXIS_ALL && single) ? USED_SOFTMAX : 0;
    if (n->op != OP_VAR || !ir_var(w->g, n->ref)->onehot || w->any_labels) return 0;
    return axis == (w->examples_are_columns ? AXIS_0 : AXIS_1) ? USED_ONEHOT : 0;
}

/* c * sum(x): the form of a sum, and the sum that is left in it as an atom. */
static form sum_form(simplifier *w, node_id n, node_id *atom) {
    const node  x = *ir_node(w->g, n);
    assert(x.op == OP_SUM);
    node_id     arg = x.arg[0];
    shape       sh = ir_shape(w->g, arg);
    w->up->improve(w, arg);
    const entry e = *engine_entry(w, arg);
    *atom = 0;
    if (!e.f.ok) return form_failed();
    if (form_is_zero(e.f)) return e.f;
    if (x.attr != AXIS_ALL && (x.attr == AXIS_0 ? sh.rows : sh.cols) == dim_literal(1)) return e.f;
    form outer = engine_pick(w, e.f, x.attr, true), inner = engine_pick(w, e.f, x.attr, false);
    if (inner.n == 0) return form_mul(&w->s, outer, engine_count(w, sh, x.attr));
    uint32_t one = sums_to_one(w, inner, x.attr);
    w->s.used |= one;
    if (one) return outer;
    if (w->up->sums_to_zero(w, inner, x.attr, sh)) return form_number((ratio){0, 1});
    if (outer.n) w->s.used |= USED_SUM_OUT;
    node_id inside = best_of(w, inner, e.best, e.f, sh, &e);
    if (!inside) return form_failed();
    *atom = ir_op(w->g, OP_SUM, x.attr, inside, 0, 0);
    return form_mul(&w->s, outer, form_atom(&w->s, *atom));
}

/* Products and transposes: numbers move out, the rest is an atom. */
static form linear_form(simplifier *w, node_id n, node_id *atom) {
    const node x = *ir_node(w->g, n);
    form       out = form_number((ratio){1, 1});
    node_id    args[3] = {0, 0, 0};
    bool       changed = false;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        form scalars;
        args[k] = operand_rest(w, x.arg[k], &scalars);
        out = form_mul(&w->s, out, scalars);
    }
    if (form_is_zero(out)) return out;
    *atom = rules_tidy(&w->r, n, args, &changed);
    if (changed) w->s.used |= x.op == OP_TRANSPOSE ? USED_TRANSPOSE : USED_TIDY;
    return *atom ? form_mul(&w->s, out, form_atom(&w->s, *atom)) : form_failed();
}

/* mean(x) = 1/count * sum(x) */
static form mean_form(simplifier *w, node_id n, node_id *atom) {
    const node x = *ir_node(w->g, n);
    assert(x.op == OP_MEAN);
    node_id    sum = ir_op(w->g, OP_SUM, x.attr, x.arg[0], 0, 0);
    if (!sum || !engine_sync(w)) return form_failed();
    form f = sum_form(w, sum, atom);
    return form_mul(&w->s, f, form_power(&w->s, engine_count(w, ir_shape(w->g, x.arg[0]), x.attr), -1));
}

static form arithmetic_form(simplifier *w, const node *x) {
    form  a = engine_entry(w, x->arg[0])->f, b = x->arg[1] ? engine_entry(w, x->arg[1])->f : form_failed();
    ratio e;
    switch ((op_id)x->op) {
    case OP_ADD: return w->up->add_roots(w, a, b);
    case OP_SUB: return w->up->add_roots(w, a, form_negate(b));
    case OP_NEG: return form_negate(a);
    case OP_MUL:
    case OP_DROPOUT:
        return form_mul(&w->s, a, b); /* in a gradient a mask is a factor like others */
    case OP_DIV: return form_mul(&w->s, a, form_power(&w->s, b, -1));
    case OP_POW:
        if (form_is_number(b, &e) && e.den == 1 && llabs(e.num) < 64)
            return form_power(&w->s, a, (int32_t)e.num);
        return form_is_number(b, &e) ? w->up->broken_power(w, x->arg[0], e) : form_failed();
    default: return form_failed();
    }
}

static bool is_arithmetic(uint8_t op) {
    return (op >= OP_ADD && op <= OP_POW) || op == OP_NEG || op == OP_DROPOUT;
}

/* ------------------------------------------------------------- one node */

static void tidy_entry(simplifier *w, node_id n, entry *e) {
    assert(!engine_entry(w, n)->done);
    const node x = *ir_node(w->g, n);
    node_id    tidy[3] = {0, 0, 0};
    bool       changed = false;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        const entry *arg = engine_entry(w, x.arg[k]);
        tidy[k] = arg->tidy;
        e->used |= arg->used;
    }
    e->tidy = rules_tidy(&w->r, n, tidy, &changed);
    if (!e->tidy) e->tidy = n;
    if (w->name_of.n > e->tidy && w->name_of.at[e->tidy]) e->tidy = w->name_of.at[e->tidy];
    if (changed) e->used |= USED_TIDY;
}

static void compute_leaf(simplifier *w, node_id n, entry *e) {
    const node x = *ir_node(w->g, n);
    assert(op_table[x.op].arity == 0);
    ratio      c;
    e->tidy = n;
    set_atom(w, e, n);
    if (x.op == OP_NUMBER && ratio_from_double(w->g->numbers.at[x.ref], &c)) {
        e->f = form_number(c);
        e->n_order = 0;
    } else if (x.op == OP_ONES) {
        e->f = form_number((ratio){1, 1});
        e->n_order = 0;
    }
}

/* The atoms under a root come behind it. */
static void order_under_roots(simplifier *w, order_list *o) {
    order_list all = {.n = 0};
    for (uint32_t i = 0; i < o->n; i++) {
        const node   *x = ir_node(w->g, o->at[i]);
        const entry *under = engine_entry(w, x->arg[0]);
        order_add(&all, &o->at[i], 1);
        if (x->op == OP_SQRT || x->op == OP_POW) order_add(&all, under->order, under->n_order);
    }
    *o = all;
}

static void compute_arithmetic(simplifier *w, node_id n, entry *e) {
    const node x = *ir_node(w->g, n);
    node_id    args[3] = {0, 0, 0};
    bool       changed = false;
    order_list o = {.n = 0};
    for (int k = 0; k < op_table[x.op].arity; k++) {
        const entry *arg = engine_entry(w, x.arg[k]);
        args[k] = arg->best;
        order_add(&o, arg->order, arg->n_order);
    }
    e->best = rules_tidy(&w->r, n, args, &changed);
    if (!e->best) e->best = n;
    e->f = o.n < MOST_ORDER ? w->up->join_powers(w, arithmetic_form(w, &x)) : form_failed();
    if (w->s.used & USED_POWERS) order_under_roots(w, &o);
    e->f = w->up->find_quotients(w, e->f);
    keep_order(w, e, &o);
    if (!e->f.ok) {
        set_atom(w, e, e->best);
        return;
    }
    w->b.order = (atom_order){e->order, e->n_order};
    node_id other = build_form(&w->b, e->f, x.sh);
    double gain = other ? build_cost(&w->b, e->best) - build_cost(&w->b, other) : -1;
    if (gain > 0 || (gain == 0 && build_keeps_apart(&w->b, e->f))) {
        e->best = other;
        e->used |= w->s.used;
    }
}

/* An elementwise function: an atom over what its operands became. */
static node_id function_atom(simplifier *w, node_id n) {
    const node x = *ir_node(w->g, n);
    node_id    args[3] = {0, 0, 0};
    bool       changed = false;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        w->up->improve(w, x.arg[k]);
        args[k] = engine_entry(w, x.arg[k])->best;
    }
    node_id atom = rules_tidy(&w->r, n, args, &changed);
    if (changed) w->s.used |= USED_TIDY;
    return atom ? atom : n;
}

static form other_form(simplifier *w, node_id n, node_id *atom) {
    switch ((op_id)ir_node(w->g, n)->op) {
    case OP_MATMUL: case OP_TRANSPOSE: case OP_SLICE: case OP_PAD:
    case OP_KRON: case OP_BLOCK_DOTS: case OP_BLOCK_SUM: return linear_form(w, n, atom);
    case OP_SUM: return sum_form(w, n, atom);
    case OP_MEAN: return mean_form(w, n, atom);
    default:
        *atom = function_atom(w, n);
        return form_atom(&w->s, *atom);
    }
}

static void order_add_if(order_list *o, const node_list *among, node_id atom) {
    for (uint32_t i = 0; i < among->list.n; i++)
        if (among->list.at[i] == atom) order_add(o, &atom, 1);
}

/* The atoms of a form in the order in which the operands of n have them, with the sizes that
 * a sum over everything brings in as rows and columns; then what is new. */
static void order_of_form(simplifier *w, node_id n, entry *e) {
    const node x = *ir_node(w->g, n);
    node_list  atoms = {{0}};
    order_list o = {.n = 0};
    if (form_atoms(&w->s, e->f, &atoms) != DFOO_OK) return;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        const entry *arg = engine_entry(w, x.arg[k]);
        shape        sh = ir_shape(w->g, x.arg[k]);
        for (uint32_t i = 0; i < arg->n_order; i++) order_add_if(&o, &atoms, arg->order[i]);
        if (dim_is_named(sh.rows)) order_add_if(&o, &atoms, ir_size(w->g, sh.rows));
        if (dim_is_named(sh.cols)) order_add_if(&o, &atoms, ir_size(w->g, sh.cols));
    }
    order_add(&o, atoms.list.at, atoms.list.n);
    keep_order(w, e, &o);
}

/* An atom that is something else now, a name or what a rule made of it, is written as that. */
static form rename_atom(simplifier *w, form f, node_id atom, bool turned) {
    node_id name = atom ? w->name_of.at[atom] : 0;
    if (!name && !turned) return f;
    const entry other = *engine_entry(w, name ? name : atom);
    form        by = other.done ? other.f : form_atom(&w->s, name);
    if (name) w->s.used |= USED_NAME;
    return f.ok ? form_substitute(&w->s, f, atom, by) : by;
}

/* False if a node that a rule made has to be done first; it is on the stack then. */
static bool compute_other(simplifier *w, node_id n, entry *e, node_list *stack) {
    node_id atom = 0;
    form    f = other_form(w, n, &atom);
    if (engine_sync(w) && !f.ok && !atom) atom = function_atom(w, n);
    if (!engine_sync(w)) return true;
    bool turned = atom && ir_node(w->g, atom)->op != ir_node(w->g, n)->op;
    if (turned && !engine_entry(w, atom)->done) {
        vec_push(w->a, &stack->list, n);
        vec_push(w->a, &stack->list, atom);
        return false;
    }
    f = rename_atom(w, f, atom, turned);
    if (f.ok) {
        e->f = f;
        e->used |= w->s.used;
        order_of_form(w, n, e);
        w->b.order = (atom_order){e->order, e->n_order};
        e->best = build_form(&w->b, f, ir_shape(w->g, n));
    }
    if (!f.ok || !e->best) set_atom(w, e, atom ? atom : n);
    return true;
}

static bool compute(simplifier *w, node_id n, node_list *stack) {
    entry   e = {.done = true};
    node_id name = w->name_of.at[n];
    uint8_t op = ir_node(w->g, n)->op;
    w->s.used = 0;
    if (name) {
        e.used = USED_NAME;
        e.tidy = name;
        set_atom(w, &e, name);
    } else if (op_table[op].arity == 0) {
        compute_leaf(w, n, &e);
    } else {
        tidy_entry(w, n, &e);
        w->s.used = 0;
        if (is_arithmetic(op)) compute_arithmetic(w, n, &e);
        else if (!compute_other(w, n, &e, stack)) return false;
        if (engine_sync(w) && e.best && w->name_of.at[e.best]) {
            e.used |= USED_NAME;
            set_atom(w, &e, w->name_of.at[e.best]);
        }
    }
    e.plain = e.f;
    if (engine_sync(w)) *engine_entry(w, n) = e;
    if (w->r.on_rule) vec_push(w->a, &w->told.list, n);
    return true;
}

/* Are all operands of a node done? Those that are not are put on the stack. */
static bool operands_done(simplifier *w, node_id n, node_list *stack) {
    const node *x = ir_node(w->g, n);
    bool        all = true;
    for (int k = op_table[x->op].arity; k-- > 0;) {
        if (engine_entry(w, x->arg[k])->done) continue;
        vec_push(w->a, &stack->list, x->arg[k]);
        all = false;
    }
    return all;
}

void engine_convert(simplifier *w, node_id root) {
    node_list stack = {{0}};
    uint32_t  turns = 0;
    if (!root || !engine_sync(w)) return;
    vec_push(w->a, &stack.list, root);
    while (stack.list.n && !w->a->failed) {
        node_id n = stack.list.at[stack.list.n - 1];
        bool    done = engine_entry(w, n)->done, named = w->name_of.at[n] != 0;
        if (!done && !named && !operands_done(w, n, &stack)) continue;
        stack.list.n--;
        if (!done && !compute(w, n, &stack) && ++turns > 10000) return;
    }
}

/* The heads of pages with more than gradients. Second derivatives: what moves, what the changes and the
 * products are named, and that steps are taken as constant. Jacobians: of what, which way round, and those by
 * matrices. */
#include "teach/derive/derive.h"

typedef bool is_named(const ir *g, const gradient *v, var_id name);

/* "Z1_dot, dZ1_dot, .." or, of the variables that move, "Z1, dZ1, .."; false: there are none. */
static bool put_names(const derivation *d, is_named *test, bool of, buf *out) {
    const ir *g = &d->m->g;
    uint32_t  n = 0;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        if (!v->shown || !test(g, v, v->grad)) continue;
        if (n < 2) buf_printf(out, "%s%s", n ? ", " : "", ir_var_name(g, of ? v->var : v->grad));
        n++;
    }
    if (n > 2) buf_puts(out, ", ..");
    return n > 0;
}

static bool is_change(const ir *g, const gradient *v, var_id name) {
    return ir_var(g, name)->kind == VAR_CHANGE && v->part == PART_STEP;
}

static bool is_product(const ir *g, const gradient *v, var_id name) {
    return ir_var(g, name)->kind == VAR_CHANGE && v->part == PART_GOAL;
}

static void put_directions(const ir *g, buf *out) {
    uint32_t n = 0;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_DIRECTION) continue;
        if (n < 2) buf_printf(out, "%s%s", n ? ", " : "", ir_var_name(g, v));
        n++;
    }
    buf_puts(out, n > 2 ? ", .." : "");
}

/* An operation that has no derivative but 0: a comparison, a sign. */
static bool is_step(const node *x) {
    const op_info *op = &op_table[x->op];
    return op->arity && op_elementwise((op_id)x->op) && !op->grad[0][0] && !op->grad[1][0] && !op->grad[2][0];
}

static node_id find_step(const derivation *d, arena *scratch) {
    const ir *g = &d->m->g;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        node_list       need = {{0}};
        if (!v->shown || ir_var(g, v->grad)->kind != VAR_CHANGE) continue;
        if (ir_reach(g, scratch, &v->whole, 1, &need) != DFOO_OK) return 0;
        for (uint32_t k = 0; k < need.list.n; k++)
            if (is_step(ir_node(g, need.list.at[k]))) return need.list.at[k];
    }
    return 0;
}

void derive_second_head(const derivation *d, buf *out) {
    const ir *g = &d->m->g;
    arena     scratch;
    buf       names;
    arena_init(&scratch, out->mem);
    buf_init(&names, out->mem);
    buf_puts(out, "#   ");
    put_directions(g, out);
    buf_puts(out, " : a direction, along which variables move\n");
    if (put_names(d, is_change, false, &names)) {
        buf_printf(out, "#   %s : how fast ", names.text ? names.text : "");
        put_names(d, is_change, true, out);
        buf_puts(out, " change on the way\n");
    }
    buf_puts(out, "#   ");
    put_names(d, is_product, false, out);
    buf_puts(out, " : how fast ");
    put_names(d, is_product, true, out);
    buf_printf(out, " change: the Hessian of %s times the direction\n", ir_var_name(g, d->m->cost));
    node_id step = find_step(d, &scratch);
    if (step) {
        buf_puts(out, "#   ");
        print_node(g, step, out);
        buf_puts(out, " is constant between its jumps, where there is no second derivative: "
                      "it does not change\n");
    }
    if (scratch.failed || names.failed) out->failed = true;
    buf_free(&names);
    arena_free(&scratch);
}

/* "#   da2/dW1[:,j] = x[j] * da2_dz1"; "#   da2/dW has three indices .." */
static void put_untold(const derivation *d, const gradient *v, const char *f, buf *out) {
    const ir   *g = &d->m->g;
    const char *name = ir_var_name(g, v->var);
    bool        column = v->whole && ir_shape(g, v->whole).cols == dim_literal(1);
    if (!v->local || !v->whole) {
        buf_printf(out, "#   d%s/d%s is not written as a matrix here\n", f, name);
        return;
    }
    bool atom = op_table[ir_node(g, v->whole)->op].arity == 0;
    buf_printf(out, column ? "#   d%s/d%s[:,j] = %s" : "#   d%s/d%s[j,:] = %s", f, name, atom ? "" : "(");
    print_node(g, v->whole, out);
    buf_puts(out, atom ? "[j] * " : ")[j] * ");
    print_node(g, v->local, out);
    buf_puts(out, column ? ", by each of its columns\n" : ", by each of its rows\n");
}

void derive_jacobian_head(const derivation *d, buf *out) {
    const ir       *g = &d->m->g;
    const variable *first = ir_var(g, d->list.at[0].grad);
    const char     *f = ir_var_name(g, first->gradient), *by = ir_var_name(g, first->of);
    buf_printf(out, "# %s: how %s changes with what it is computed from, for one example\n",
               d->m->src.name, f);
    buf_printf(out, "#   %s : entry [i,j] says how %s[i] changes with %s[j]: a row for each output\n",
               ir_var_name(g, d->list.at[0].grad), f, by);
    for (uint32_t i = 0; i < d->untold.n; i++) put_untold(d, &d->untold.at[i], f, out);
}

/* Jacobians: how a column f changes with each other column, as products of matrices and diagonals.
 *
 * The lines of a derivation that begins at a given df are linear in the gradients: dz = W.T @ df * d. Each
 * operation on the way is a matrix that the Jacobian by z has as its factor: W, diag(d), a row of ones. So no
 * rule is written twice: what is derived here is what the reverse sweep derived. An example is a column, or,
 * where examples are rows, a row that stands for one. */
#include <assert.h>
#include <string.h>

#include "core/diff/diff.h"

typedef struct walk {
    model            *m;
    ir               *g;
    arena            *a;
    const derivation *first;
    var_id            f;
    node_id          *by;   /* by var_id of a gradient dV: the name of the Jacobian by V */
    uint32_t          n_by;
    bool              rows; /* one example is a row */
    derivation       *out;
} walk;

/* ---------------------------------------------------------------- matrices */

static bool is_diag(const ir *g, node_id n) {
    return ir_node(g, n)->op == OP_DIAG;
}

static bool is_ones(const ir *g, node_id n) {
    return ir_node(g, n)->op == OP_ONES;
}

static node_id transposed(ir *g, node_id n) {
    const node *x = ir_node(g, n);
    return x->op == OP_TRANSPOSE ? x->arg[0] : ir_op1(g, OP_TRANSPOSE, n);
}

/* One row of ones, or a column of them, beside a diagonal is that diagonal as a row or column. */
static node_id diag_beside_ones(ir *g, node_id x, node_id y) {
    if (is_diag(g, x) && is_ones(g, y) && ir_shape(g, y).cols == dim_literal(1)) return ir_node(g, x)->arg[0];
    if (is_ones(g, x) && is_diag(g, y) && ir_shape(g, x).rows == dim_literal(1))
        return transposed(g, ir_node(g, y)->arg[0]);
    return 0;
}

static node_id times(ir *g, node_id x, node_id y);

/* A sum, a sign or a number in front of y: it is multiplied out; 0: x is none of these. */
static node_id multiplied_out(ir *g, node_id x, node_id y) {
    node a = *ir_node(g, x);
    if (a.op == OP_ADD || a.op == OP_SUB)
        return ir_op2(g, (op_id)a.op, times(g, a.arg[0], y), times(g, a.arg[1], y));
    if (a.op == OP_NEG) return ir_op1(g, OP_NEG, times(g, a.arg[0], y));
    return a.op == OP_MUL ? ir_op2(g, OP_MUL, a.arg[0], times(g, a.arg[1], y)) : 0; /* times a number only */
}

static bool joins(const ir *g, node_id n) {
    return is_diag(g, n) || is_ones(g, n);
}

/* Two diagonals, or one and ones, as one factor; 0: they are not. */
static node_id joined(ir *g, node_id x, node_id y) {
    if (!is_diag(g, x) || !is_diag(g, y)) return diag_beside_ones(g, x, y);
    return ir_op1(g, OP_DIAG, ir_op2(g, OP_MUL, ir_node(g, x)->arg[0], ir_node(g, y)->arg[0]));
}

/* x @ y as a person writes it: no identities, diagonals side by side are one, sums are multiplied out. */
static node_id times(ir *g, node_id x, node_id y) {
    if (!x || !y) return 0;
    if (ir_is_eye(g, ir_node(g, x))) return y;
    if (ir_is_eye(g, ir_node(g, y))) return x;
    node_id out = multiplied_out(g, x, y);
    node    a = *ir_node(g, x);
    if (!out && joins(g, y)) out = joined(g, x, y);
    if (out) return out;
    bool    last = a.op == OP_MATMUL && joins(g, a.arg[1]) && joins(g, y);
    node_id both = last ? joined(g, a.arg[1], y) : 0;
    return both ? times(g, a.arg[0], both) : ir_op2(g, OP_MATMUL, x, y);
}

/* What an expression of the size of one example is as a column. */
static node_id as_column(const walk *w, node_id n) {
    shape s = ir_shape(w->g, n);
    bool  turn = w->rows && s.rows == dim_literal(1) && s.cols != dim_literal(1);
    return turn ? transposed(w->g, n) : n;
}

/* How many entries one example has in an expression; a number has one. */
static dim entries(const walk *w, node_id n) {
    shape s = ir_shape(w->g, n);
    if (shape_is_scalar(s)) return dim_literal(1);
    return w->rows && s.rows == dim_literal(1) ? s.cols : s.rows;
}

static bool is_column(const walk *w, shape s) {
    if (shape_is_scalar(s)) return true;
    return w->rows ? s.rows == dim_literal(1) : s.cols == dim_literal(1);
}

/* ------------------------------------------------------------ linear lines */

/* J, of the gradient of something that has `from` entries, where it stands stretched to what n has. */
static node_id stretched(walk *w, node_id J, dim from, node_id n) {
    dim to = entries(w, n);
    if (!J || from == to) return J;
    return times(w->g, J, ir_ones(w->g, shape_of(dim_literal(1), to)));
}

/* A factor for each entry, in the place of * or /. */
static node_id by_factor(walk *w, node_id J, node_id n, node_id linear, node_id factor, bool below) {
    ir     *g = w->g;
    dim     from = entries(w, linear), to = entries(w, n), one = dim_literal(1);
    node_id d = as_column(w, factor);
    if (below) d = ir_op2(g, OP_DIV, ir_number(g, 1), d);
    if (entries(w, factor) == one && from == to) return ir_op2(g, OP_MUL, d, J); /* one for all entries */
    return times(g, stretched(w, J, from, n), ir_op1(g, OP_DIAG, d));
}

static node_id of_sum(walk *w, const node *x, node_id n, const node_id *J) {
    node_id a = J[0] ? stretched(w, J[0], entries(w, x->arg[0]), n) : 0;
    node_id b = J[1] ? stretched(w, J[1], entries(w, x->arg[1]), n) : 0;
    return ir_op2(w->g, (op_id)x->op, a, b);
}

/* One factor is linear, the other does not change with df. */
static node_id of_factors(walk *w, const node *x, node_id n, const node_id *J) {
    bool below = x->op == OP_DIV;
    int  linear = J[0] ? 0 : 1;
    if (!J[linear] || J[!linear] || (below && linear)) return 0;
    return by_factor(w, J[linear], n, x->arg[linear], x->arg[!linear], below);
}

/* Columns are multiplied from the left, rows from the right. */
static node_id of_product(walk *w, const node *x, const node_id *J) {
    int linear = w->rows ? 0 : 1;
    if (!J[linear] || J[!linear]) return 0;
    return times(w->g, J[linear], w->rows ? x->arg[1] : transposed(w->g, x->arg[0]));
}

/* Over the one example it does nothing. */
static node_id of_reduction(walk *w, const node *x, node_id n, node_id J) {
    dim from = entries(w, x->arg[0]);
    return from == entries(w, n) ? J : times(w->g, J, ir_ones(w->g, shape_of(from, dim_literal(1))));
}

/* Of a node, from those of its operands; 0: it is not linear in the gradients, or not in a way that is known.
 */
static node_id jacobian_of_node(walk *w, node_id n, const node_id *J) {
    node x = *ir_node(w->g, n);
    switch ((op_id)x.op) {
    case OP_NEG: return ir_op1(w->g, OP_NEG, J[0]);
    case OP_ADD: case OP_SUB: return of_sum(w, &x, n, J);
    case OP_MUL: case OP_DIV: return of_factors(w, &x, n, J);
    case OP_MATMUL: return of_product(w, &x, J);
    case OP_SUM: return of_reduction(w, &x, n, J[0]);
    default: return 0;
    }
}

/* The Jacobian that a line of gradients stands for; *out 0: not in this way. */
static dfoo_status jacobian_of_line(walk *w, node_id line, node_id *out) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &line, 1, &need));
    node_id *J = arena_new(w->a, need.list.n * sizeof *J);
    bool    *is = arena_new(w->a, need.list.n);
    if (!J || !is) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) {
        node    x = *ir_node(w->g, need.list.at[i]);
        node_id args[3] = {0, 0, 0};
        if (x.op == OP_VAR && x.ref < w->n_by && w->by[x.ref]) J[i] = w->by[x.ref];
        for (int k = 0; k < op_table[x.op].arity; k++) {
            uint32_t place = node_list_place(&need, x.arg[k]);
            args[k] = J[place];
            is[i] = is[i] || is[place];
        }
        if (op_table[x.op].arity && is[i]) J[i] = jacobian_of_node(w, need.list.at[i], args);
        is[i] = is[i] || (J[i] != 0);
    }
    *out = J[need.list.n - 1];
    return arena_status(w->g->a);
}

/* ------------------------------------------------------------------- lines */

/* A matrix W in W @ x: dW = dz @ x.T, so the Jacobian by its column j is that by z times x[j]. */
static dfoo_status add_untold(walk *w, const gradient *v) {
    gradient    line = *v;
    const node *x = ir_node(w->g, v->whole);
    line.local = line.whole = 0;
    if (x->op == OP_MATMUL) {
        node_id linear = x->arg[w->rows], factor = x->arg[!w->rows];
        DFOO_TRY(jacobian_of_line(w, linear, &line.local));
        line.whole = transposed(w->g, factor);
    }
    vec_push(w->a, &w->out->untold, line);
    return arena_status(w->a);
}

/* da_dz, by the variable v. */
static dfoo_status name_jacobian(walk *w, const gradient *v, node_id J) {
    ir         *g = w->g;
    const char *own = arena_format(g->a, "d%s_d%s", ir_var_name(g, w->f), ir_var_name(g, v->var));
    if (!own) return DFOO_ENOMEM;
    sym name = symbols_add(g->names, own, strlen(own));
    if (ir_find_var(g, name))
        return diag_alone(g->d, "%s has a name %s of its own, and the Jacobian needs it: rename it",
                          w->m->src.name, own);
    variable x = {.name = name, .kind = VAR_JACOBIAN, .of = v->var, .gradient = w->f, .sh = ir_shape(g, J)};
    gradient line = {.var = v->var, .grad = ir_add_var(g, x), .stmt = v->stmt, .local = J, .whole = J,
                     .shown = true, .part = PART_GOAL};
    if (!line.grad) return DFOO_ENOMEM;
    vec_push(w->a, &w->out->list, line);
    w->by[v->grad] = ir_var(g, line.grad)->leaf;
    return arena_status(w->a);
}

static dfoo_status add_line(walk *w, const gradient *v) {
    node_id J = 0;
    if (v->var == w->f || (!v->shown && v->part != PART_ASIDE)) return DFOO_OK;
    if (is_column(w, ir_var(w->g, v->var)->sh)) DFOO_TRY(jacobian_of_line(w, v->whole, &J));
    return J ? name_jacobian(w, v, J) : add_untold(w, v);
}

dfoo_status diff_jacobian(const derivation *first, model *m, arena *a, var_id f, bool rows, derivation *out) {
    walk w = {.m = m, .g = &m->g, .a = a, .first = first, .f = f, .rows = rows, .out = out};
    w.n_by = m->g.vars.n;
    w.by = arena_new(a, w.n_by * sizeof *w.by);
    *out = (derivation){.m = m, .asked = first->asked, .used = first->used, .why_dj = first->why_dj,
                        .forward = first->forward, .scale_of = first->scale_of, .reached = first->reached,
                        .place = arena_new(a, w.n_by * sizeof *out->place), .n_places = w.n_by};
    if (!w.by || !out->place) return DFOO_ENOMEM;
    w.by[ir_gradient_var(&m->g, f)] = ir_eye(&m->g, entries(&w, ir_var(&m->g, f)->leaf));
    for (uint32_t i = 0; i < first->list.n; i++) DFOO_TRY(add_line(&w, &first->list.at[i]));
    return arena_status(a);
}

/* What is measured: partial derivatives and changes by two-sided differences, and the values of
 * formulas that are put together of such. */
#include "explain/prover.h"

#include <math.h>
#include <string.h>

static evaluation *local_equation(prover *p, var_id v) {
    const stmt *s = program_find(&p->doc->d->m->forward, v);
    if (!s) return NULL;
    if (!p->has_local[v]) {
        if (eval_init(&p->local[v], p->doc->g, p->a, &p->s) != DFOO_OK || eval_add_node(&p->local[v], s->node) != DFOO_OK) {
            p->failed = true;
            return NULL;
        }
        p->has_local[v] = true;
    }
    evaluation *e = &p->local[v];
    for (uint32_t i = 0; i < e->order.n; i++) { /* its operands have the values of the whole run */
        const node *x = ir_node(p->doc->g, e->order.at[i].node);
        if (x->op != OP_VAR) continue;
        matrix to = e->value[e->order.at[i].node], from = p->e.value[e->order.at[i].node];
        if (from.at) memcpy(to.at, from.at, to.rows * to.cols * sizeof(double));
    }
    return e;
}

static size_t place(const index_values *v, char letter) {
    return letter == 0 || letter == '1' ? 0 : v->at[(unsigned char)letter & 127];
}

static double *entry_at(matrix m, const index_values *v, const index_tree *x) {
    return &m.at[place(v, x->row) * m.cols + place(v, x->col)];
}

/* Two-sided differences when `at` moves; `size` is made the largest value met. */
static double two_sided(const measured *f, double *at, double h, double *size) {
    double old = *at;
    *at = old + h;
    double up = f->value(f->user);
    *at = old - h;
    double down = f->value(f->user);
    *at = old;
    *size = fmax(*size, fmax(fabs(up), fabs(down)));
    return (up - down) / (2 * h);
}

/* Three steps, each half of the one before, taken together so that the curvature drops out; the step is
 * the one whose error is least: how far the last two agree, and rounding. As for the logarithm of
 * what is nearly 0, or beside a kink, small steps may be needed. */
double differences_slope(const measured *f, double *at, double *error) {
    double best = NAN;
    *error = INFINITY;
    for (double least = 1e-1; least > 1e-11; least /= 100) {
        double h = 2e-3 * fmax(least, least * fabs(*at)), size = 0;
        double far = two_sided(f, at, h, &size), near = two_sided(f, at, h / 2, &size), nearest = two_sided(f, at, h / 4, &size);
        double rounding = 4e-15 * size / h, slope = (4 * nearest - near) / 3, off = fabs(slope - (4 * near - far) / 3) + rounding;
        if (off < *error || isnan(best)) best = slope;
        if (off < *error) *error = off;
        if (off <= 1e-9 * fabs(slope) || 100 * rounding >= *error) break; /* rounding alone is more in the next, a hundredth as long */
    }
    return best;
}

static double slope_of(const measured *f, double *at) {
    double error;
    return differences_slope(f, at, &error);
}

/* One entry of a statement's value. */
typedef struct entry {
    evaluation   *e;
    const double *at;
} entry;

static double entry_value(void *user) {
    const entry *x = user;
    eval_run(x->e);
    return *x->at;
}

static double entry_slope(evaluation *e, double *at, const double *y) {
    entry    x = {e, y};
    measured f = {entry_value, &x};
    return slope_of(&f, at);
}

/* How y[..] changes with a[..], both entries of `x`. */
static double partial(prover *p, const index_values *v, const index_tree *y_entry, const index_tree *a_entry) {
    evaluation *e = local_equation(p, y_entry->var);
    const stmt *s = program_find(&p->doc->d->m->forward, y_entry->var);
    if (!e || !s) return NAN;
    matrix y = eval_node(e, s->node), a = eval_node(e, ir_var(p->doc->g, a_entry->var)->leaf);
    return a.at ? entry_slope(e, entry_at(a, v, a_entry), entry_at(y, v, y_entry)) : NAN;
}

/* ∂l/∂a[..] where a is shared by the examples: through all entries of y that belong to the
 * example, the loss changes by dy for each. */
static double partial_of_example(prover *p, const index_values *v, const index_tree *x) {
    const ir    *g = p->doc->g;
    matrix       dy = eval_node(&p->e, ir_var(g, ir_var(g, x->b->var)->gradient)->leaf);
    index_values at = *v;
    index_tree   y = *x->b;
    char         example = p->doc->d->m->examples ? 't' : 0;
    bool         row = y.row != example && y.row != '1', col = y.col != example && y.col != '1';
    double       sum = 0;
    if (!dy.at) return NAN;
    y.row = row ? 'x' : y.row;
    y.col = col ? 'y' : y.col;
    for (size_t i = 0; i < (row ? dy.rows : 1); i++) {
        for (size_t k = 0; k < (col ? dy.cols : 1); k++) {
            at.at['x'] = i;
            at.at['y'] = k;
            sum += *entry_at(dy, &at, &y) * partial(p, &at, &y, x->a);
        }
    }
    return sum;
}

double differences_entry(void *user, const index_values *v, const index_tree *x) {
    prover *p = user;
    return x->kind == INDEX_PARTIAL ? partial(p, v, x->a, x->b) : partial_of_example(p, v, x);
}

/* --------------------------------------------------------- changes as a whole */

/* How y changes when x moves along delta: two-sided. */
static bool change_along(prover *p, evaluation *e, matrix x, matrix delta, matrix y, matrix *out) {
    size_t n = x.rows * x.cols, n_y = y.rows * y.cols;
    double h = 1e-5, *old = arena_new(p->a, n * sizeof *old);
    *out = (matrix){y.rows, y.cols, arena_new(p->a, n_y * sizeof(double))};
    if (!old || !out->at) return false;
    memcpy(old, x.at, n * sizeof *old);
    for (int side = 0; side < 2; side++) {
        for (size_t i = 0; i < n; i++) x.at[i] = old[i] + (side ? -h : h) * delta.at[i];
        eval_run(e);
        for (size_t i = 0; i < n_y; i++) out->at[i] = side ? (out->at[i] - y.at[i]) / (2 * h) : y.at[i];
    }
    memcpy(x.at, old, n * sizeof *old);
    return true;
}

static matrix change_of(const prover *p, var_id v) {
    for (uint32_t i = 0; i < p->doc->changes.n; i++)
        if (p->doc->changes.at[i].of == v) return eval_node(&p->e, ir_var(p->doc->g, p->doc->changes.at[i].change)->leaf);
    return (matrix){0};
}

/* ------------------------------------------------- from the goal to what is known */

/* Sum of <dV, V> over the known gradients dV. */
static double near_sum(prover *p) {
    double sum = 0;
    for (uint32_t i = 0; i < p->doc->stages.n; i++) {
        const stage *x = &p->doc->stages.at[i];
        if (!x->known) continue;
        matrix d = eval_node(&p->e, x->known), y = eval_node(&p->near, x->s->node);
        double part = 0, times = x->times ? eval_node(&p->e, x->times).at[0] : 1;
        for (size_t k = 0; k < y.rows; k++)
            for (size_t j = 0; j < y.cols; j++) part += d.at[(d.rows == 1 ? 0 : k) * d.cols + (d.cols == 1 ? 0 : j)] * y.at[k * y.cols + j];
        sum += times * part;
    }
    return sum;
}

static double near_value(void *user) {
    prover *p = user;
    eval_run(&p->near);
    return near_sum(p);
}

double differences_near_slope(prover *p, double *at) {
    measured f = {near_value, p};
    return slope_of(&f, at);
}

/* The values of an evaluation's leaves, from the whole run. */
static void copy_values(prover *p, evaluation *e) {
    for (var_id k = 1; k < p->doc->g->vars.n; k++) {
        node_id leaf = ir_var(p->doc->g, k)->leaf;
        if (leaf >= e->n_nodes || !e->value[leaf].at || !p->e.value[leaf].at) continue;
        memcpy(e->value[leaf].at, p->e.value[leaf].at, e->value[leaf].rows * e->value[leaf].cols * sizeof(double));
    }
}

/* The stages in order; what is known keeps its value where others use it. */
static dfoo_status open_near(prover *p) {
    evaluation *e = &p->near;
    DFOO_TRY(eval_init(e, p->doc->g, p->a, &p->s));
    for (uint32_t i = 0; i < p->doc->stages.n; i++) {
        const stage *x = &p->doc->stages.at[i];
        program      one = {{0}};
        vec_push(p->a, &one.list, *x->s);
        DFOO_TRY(x->known ? eval_add_node(e, x->s->node) : eval_add_program(e, &one));
    }
    if (!eval_var(e, p->goal).at) return DFOO_ENOMEM;
    copy_values(p, e);
    return DFOO_OK;
}

/* The goal, moved along delta by a step. */
typedef struct moving {
    prover *p;
    matrix  x, delta;
    double *old, step;
} moving;

static double near_along(void *user) {
    moving *w = user;
    for (size_t i = 0; i < w->x.rows * w->x.cols; i++) w->x.at[i] = w->old[i] + w->step * w->delta.at[i];
    return near_value(w->p);
}

static bool near_change(prover *p, matrix delta, matrix *out) {
    moving   w = {.p = p, .x = eval_var(&p->near, p->goal), .delta = delta};
    measured f = {near_along, &w};
    size_t   size = w.x.rows * w.x.cols * sizeof *w.old;
    *out = (matrix){1, 1, arena_new(p->a, sizeof(double))};
    w.old = arena_new(p->a, size);
    if (!w.old || !out->at) return false;
    memcpy(w.old, w.x.at, size);
    out->at[0] = slope_of(&f, &w.step);
    memcpy(w.x.at, w.old, size);
    return true;
}

/* The change of a variable when another moves by its δ, in its own equation; or of what the goal's
 * gradient differentiates. */
static bool measured_change(prover *p, const value *v, matrix *out) {
    const ir *g = p->doc->g;
    matrix    delta = change_of(p, v->when);
    if (!delta.at) return false;
    if (v->total) return near_change(p, delta, out);
    const stmt *made = program_find(&p->doc->d->m->forward, v->change_of);
    evaluation *e = local_equation(p, v->change_of);
    if (!e || !made) return false;
    matrix x = eval_node(e, ir_var(g, v->when)->leaf), y = eval_node(e, made->node);
    return x.at && y.at && change_along(p, e, x, delta, y, out);
}

static double entry_stretched(matrix m, size_t i, size_t k) {
    return m.at[(m.rows == 1 ? 0 : i) * m.cols + (m.cols == 1 ? 0 : k)];
}

/* The sum of all entries of left * y, times a number. */
static bool inner(prover *p, const value *s, matrix y, matrix *out) {
    matrix x = eval_node(&p->e, s->left);
    size_t rows = x.rows > y.rows ? x.rows : y.rows, cols = x.cols > y.cols ? x.cols : y.cols;
    double sum = 0;
    *out = (matrix){1, 1, arena_new(p->a, sizeof(double))};
    if (!out->at) return false;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++) sum += entry_stretched(x, i, k) * entry_stretched(y, i, k);
    out->at[0] = sum * (s->times ? eval_node(&p->e, s->times).at[0] : 1);
    return true;
}

/* ------------------------------------------------------- matrices of one example */

static bool new_matrix(prover *p, size_t rows, size_t cols, matrix *out) {
    *out = (matrix){rows, cols, arena_new(p->a, rows * cols * sizeof(double))};
    return out->at != NULL;
}

/* Does the matrix of this shape have a column, or a row, for each example? */
static bool has_columns(const prover *p, shape s) {
    return p->doc->d->m->examples && s.cols == p->doc->d->m->examples;
}

static bool has_rows(const prover *p, shape s) {
    return p->doc->d->m->examples && s.rows == p->doc->d->m->examples;
}

/* What a matrix is for one example: its column or row, or all of it. */
static bool example_of(prover *p, matrix m, shape s, size_t t, matrix *out) {
    bool cols = has_columns(p, s), rows = has_rows(p, s);
    if (!m.at || !new_matrix(p, rows ? 1 : m.rows, cols ? 1 : m.cols, out)) return false;
    for (size_t i = 0; i < out->rows; i++)
        for (size_t k = 0; k < out->cols; k++) out->at[i * out->cols + k] = m.at[(rows ? t : i) * m.cols + (cols ? t : k)];
    return true;
}

/* Where entry i of one example's column or row stands in the whole. */
static double *place_in(const prover *p, matrix m, shape s, size_t t, size_t i) {
    if (has_columns(p, s)) return &m.at[i * m.cols + t];
    return has_rows(p, s) ? &m.at[t * m.cols + i] : &m.at[i];
}

static size_t length_of(const prover *p, matrix m, shape s) {
    return has_columns(p, s) ? m.rows : has_rows(p, s) ? m.cols : m.rows * m.cols;
}

static bool partial_matrix(prover *p, const form *f, size_t t, matrix *out) {
    const ir   *g = p->doc->g;
    evaluation *e = local_equation(p, f->v);
    const stmt *s = program_find(&p->doc->d->m->forward, f->v);
    shape       sv = ir_var(g, f->v)->sh, su = ir_var(g, f->u)->sh;
    if (!e || !s) return false;
    matrix y = eval_node(e, s->node), a = eval_node(e, ir_var(g, f->u)->leaf);
    if (!a.at || !new_matrix(p, length_of(p, y, sv), length_of(p, a, su), out)) return false;
    for (size_t i = 0; i < out->rows; i++)
        for (size_t k = 0; k < out->cols; k++)
            out->at[i * out->cols + k] = entry_slope(e, place_in(p, a, su, t, k), place_in(p, y, sv, t, i));
    return true;
}

static bool loss_row(prover *p, const form *f, size_t t, matrix *out) {
    const ir *g = p->doc->g;
    matrix    d = eval_node(&p->e, ir_var(g, ir_var(g, f->v)->gradient)->leaf), one;
    if (!example_of(p, d, ir_var(g, f->v)->sh, t, &one)) return false;
    *out = (matrix){1, one.rows * one.cols, one.at};
    return true;
}

static bool diagonal(prover *p, matrix m, bool ones, matrix *out) {
    size_t n = m.rows * m.cols;
    if (!new_matrix(p, n, n, out)) return false;
    for (size_t i = 0; i < n; i++) out->at[i * n + i] = ones ? 1 : m.at[i];
    return true;
}

static bool turned(prover *p, matrix m, matrix *out) {
    if (!new_matrix(p, m.cols, m.rows, out)) return false;
    for (size_t i = 0; i < m.rows; i++)
        for (size_t k = 0; k < m.cols; k++) out->at[k * m.rows + i] = m.at[i * m.cols + k];
    return true;
}

static bool product(prover *p, matrix a, matrix b, matrix *out) {
    if (a.cols != b.rows || !new_matrix(p, a.rows, b.cols, out)) return false;
    for (size_t i = 0; i < a.rows; i++)
        for (size_t k = 0; k < b.cols; k++)
            for (size_t j = 0; j < a.cols; j++) out->at[i * b.cols + k] += a.at[i * a.cols + j] * b.at[j * b.cols + k];
    return true;
}

static bool combined(prover *p, matrix a, matrix b, double sign, matrix *out) {
    if (a.rows != b.rows || a.cols != b.cols || !new_matrix(p, a.rows, a.cols, out)) return false;
    for (size_t i = 0; i < a.rows * a.cols; i++) out->at[i] = a.at[i] + sign * b.at[i];
    return true;
}

/* Forms are a few factors deep: they are made of the links that are told. */
static bool form_value(prover *p, const form *f, size_t t, matrix *out) {
    matrix a = {0}, b = {0};
    if (f->a && !form_value(p, f->a, t, &a)) return false;
    if (f->b && !form_value(p, f->b, t, &b)) return false;
    if (f->n && !example_of(p, eval_node(&p->e, f->n), ir_shape(p->doc->g, f->n), t, &a)) return false;
    switch ((form_kind)f->kind) {
    case FORM_NODE:
        *out = a;
        return true;
    case FORM_DIAG: return diagonal(p, a, false, out);
    case FORM_IDENTITY: return diagonal(p, a, true, out);
    case FORM_TURN: return turned(p, a, out);
    case FORM_PRODUCT: return product(p, a, b, out);
    case FORM_SUM: return combined(p, a, b, 1, out);
    case FORM_MINUS: return combined(p, a, b, -1, out);
    case FORM_PARTIAL: return partial_matrix(p, f, t, out);
    case FORM_LOSS: return loss_row(p, f, t, out);
    }
    return false;
}

static bool form_is_measured(const form *f) {
    return f && (f->kind == FORM_PARTIAL || form_is_measured(f->a) || form_is_measured(f->b));
}

bool differences_in(const value *v) {
    return v && (v->change_of || form_is_measured(v->form));
}

bool differences_value(prover *p, const value *v, size_t example, matrix *out) {
    if (v->form) return form_value(p, v->form, example, out);
    if (!v->change_of) return inner(p, v, eval_node(&p->e, v->right), out);
    return measured_change(p, v, out) && (!v->left || inner(p, v, *out, out));
}

/* Does a statement use a variable that moves? */
static dfoo_status is_moved(prover *p, const stmt *s, const bool *moves, bool *moved) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(p->doc->g, p->a, &s->node, 1, &need));
    for (uint32_t i = 0; i < need.list.n && !*moved; i++) {
        const node *x = ir_node(p->doc->g, need.list.at[i]);
        *moved = x->op == OP_VAR && moves[x->ref];
    }
    return DFOO_OK;
}

/* What moves with the goal up to the cost, which is all that is computed again; the goal keeps its value. */
static dfoo_status open_network(prover *p) {
    const model *m = p->doc->d->m;
    evaluation  *e = &p->network;
    bool        *moves = arena_new(p->a, p->doc->g->vars.n);
    if (!moves) return DFOO_ENOMEM;
    moves[p->goal] = true;
    DFOO_TRY(eval_init(e, p->doc->g, p->a, &p->s));
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        const stmt *s = &m->forward.list.at[i];
        program     one = {{0}};
        if (!moves[s->var]) DFOO_TRY(is_moved(p, s, moves, &moves[s->var]));
        vec_push(p->a, &one.list, *s);
        if (moves[s->var] && s->var != p->goal) DFOO_TRY(eval_add_program(e, &one));
    }
    copy_values(p, e);
    return eval_var(e, p->goal).at ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status differences_open(prover *p) {
    DFOO_TRY(open_near(p));
    return open_network(p);
}

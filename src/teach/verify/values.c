/* The values of formulas that are neither nodes nor index trees: sums <dV, δV>, changes that are
 * measured, and matrices of one example. */
#include "teach/verify/prover.h"

#include <math.h>
#include <string.h>

/* ------------------------------------------------------------------ changes */

static matrix change_of(const prover *p, var_id v) {
    for (uint32_t i = 0; i < p->doc->changes.n; i++)
        if (p->doc->changes.at[i].of == v)
            return eval_node(p->e, ir_var(p->doc->g, p->doc->changes.at[i].change)->leaf);
    return (matrix){0};
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
    return differences_near(w->p);
}

static bool near_change(prover *p, matrix delta, matrix *out, double *error) {
    moving   w = {.p = p, .x = eval_var(&p->near, p->goal), .delta = delta};
    measured f = {
        .value = near_along, .user = &w, .noise = p->known * measure_largest(&p->near)};
    size_t   size = w.x.rows * w.x.cols * sizeof *w.old;
    *out = (matrix){1, 1, arena_new(p->a, sizeof(double))};
    w.old = arena_new(p->a, size);
    if (!w.old || !out->at) return false;
    memcpy(w.old, w.x.at, size);
    out->at[0] = measure_slope(&f, &w.step, error);
    p->no_slope = p->no_slope || isnan(out->at[0]);
    memcpy(w.x.at, w.old, size);
    return true;
}

/* The change of a variable when another moves by its δ, in its own equation; or of what the goal's
 * gradient differentiates. */
static bool measured_change(prover *p, const value *v, matrix *out, double *error) {
    const ir *g = p->doc->g;
    matrix    delta = change_of(p, v->when);
    if (!delta.at) return false;
    if (v->total) return near_change(p, delta, out, error);
    const stmt *made = program_find(&p->doc->d->m->forward, v->change_of);
    evaluation *e = differences_equation(p, v->change_of);
    if (!e || !made) return false;
    matrix x = eval_node(e, ir_var(g, v->when)->leaf), y = eval_node(e, made->node);
    if (!x.at || !y.at || !measure_along(p->a, e, x, delta, y, out, error)) return false;
    for (size_t i = 0; i < out->rows * out->cols; i++) p->no_slope = p->no_slope || isnan(out->at[i]);
    return true;
}

static double entry_stretched(matrix m, size_t i, size_t k) {
    return m.at[(m.rows == 1 ? 0 : i) * m.cols + (m.cols == 1 ? 0 : k)];
}

/* The sum of all entries of left * y, times a number; the error of an entry of y becomes that of the sum. */
static bool inner(prover *p, const value *s, matrix y, matrix *out, double *error) {
    matrix x = eval_node(p->e, s->left);
    size_t rows = x.rows > y.rows ? x.rows : y.rows, cols = x.cols > y.cols ? x.cols : y.cols;
    double sum = 0, all = 0, times = s->times ? eval_node(p->e, s->times).at[0] : 1;
    *out = (matrix){1, 1, arena_new(p->a, sizeof(double))};
    if (!out->at) return false;
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++)
            sum += entry_stretched(x, i, k) * entry_stretched(y, i, k), all += fabs(entry_stretched(x, i, k));
    out->at[0] = sum * times;
    *error *= all * fabs(times);
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
        for (size_t k = 0; k < out->cols; k++)
            out->at[i * out->cols + k] = m.at[(rows ? t : i) * m.cols + (cols ? t : k)];
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
    evaluation *e = differences_equation(p, f->v);
    const stmt *s = program_find(&p->doc->d->m->forward, f->v);
    shape       sv = ir_var(g, f->v)->sh, su = ir_var(g, f->u)->sh;
    if (!e || !s) return false;
    matrix y = eval_node(e, s->node), a = eval_node(e, ir_var(g, f->u)->leaf);
    if (!a.at || !new_matrix(p, length_of(p, y, sv), length_of(p, a, su), out)) return false;
    for (size_t i = 0; i < out->rows; i++)
        for (size_t k = 0; k < out->cols; k++)
            out->at[i * out->cols + k] =
                differences_entry_slope(p, e, place_in(p, a, su, t, k), place_in(p, y, sv, t, i));
    return true;
}

static bool loss_row(prover *p, const form *f, size_t t, matrix *out) {
    const ir *g = p->doc->g;
    matrix    d = eval_node(p->e, ir_var(g, ir_var(g, f->v)->gradient)->leaf), one;
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
            for (size_t j = 0; j < a.cols; j++)
                out->at[i * b.cols + k] += a.at[i * a.cols + j] * b.at[j * b.cols + k];
    return true;
}

static bool combined(prover *p, matrix a, matrix b, double sign, matrix *out) {
    if (a.rows != b.rows || a.cols != b.cols || !new_matrix(p, a.rows, a.cols, out)) return false;
    for (size_t i = 0; i < a.rows * a.cols; i++) out->at[i] = a.at[i] + sign * b.at[i];
    return true;
}

static bool form_value(prover *p, const form *f, size_t t, matrix *out);

/* The values of a form's parts, or of its node for one example. */
static bool parts_of(prover *p, const form *f, size_t t, matrix *a, matrix *b) {
    if (f->a && !form_value(p, f->a, t, a)) return false;
    if (f->b && !form_value(p, f->b, t, b)) return false;
    return !f->n || example_of(p, eval_node(p->e, f->n), ir_shape(p->doc->g, f->n), t, a);
}

/* Forms are a few factors deep: they are made of the links that are told. */
static bool form_value(prover *p, const form *f, size_t t, matrix *out) {
    matrix a = {0}, b = {0};
    if (!parts_of(p, f, t, &a, &b)) return false;
    switch ((form_kind)f->kind) {
    case FORM_NODE:
        *out = a;
        return true;
    case FORM_DIAG: case FORM_IDENTITY: return diagonal(p, a, f->kind == FORM_IDENTITY, out);
    case FORM_TURN: return turned(p, a, out);
    case FORM_PRODUCT: return product(p, a, b, out);
    case FORM_SUM: case FORM_MINUS: return combined(p, a, b, f->kind == FORM_SUM ? 1 : -1, out);
    case FORM_PARTIAL: return partial_matrix(p, f, t, out);
    case FORM_LOSS: return loss_row(p, f, t, out);
    }
    return false;
}

static bool form_is_measured(const form *f) {
    return f && (f->kind == FORM_PARTIAL || form_is_measured(f->a) || form_is_measured(f->b));
}

bool values_have_differences(const value *v) {
    return v && (v->change_of || form_is_measured(v->form));
}

bool values_measure(prover *p, const value *v, size_t example, matrix *out, double *error) {
    *error = 0;
    if (v->form) return form_value(p, v->form, example, out);
    if (!v->change_of) return inner(p, v, eval_node(p->e, v->right), out, error);
    return measured_change(p, v, out, error) && (!v->left || inner(p, v, *out, out, error));
}

/* Runs a program once more, first variable by variable and then, for the first that is not finite,
 * operation by operation. */
#include "run/exec/finite.h"

#include <math.h>
#include <string.h>

#include "run/exec/lu.h"

typedef struct place_of {
    size_t row, col; /* from 0 */
    double value;
} place_of;

typedef struct search {
    const finite_request *r;
    ir                   *g;
    program               p; /* what the result needs */
    exec                 *e;
} search;

static size_t entries(const search *w, shape s) {
    return sizes_get(w->r->s, s.rows) * sizes_get(w->r->s, s.cols);
}

/* ------------------------------------------------------------------ programs */

static dfoo_status mark_needed(search *w, node_id n, bool *need) {
    node_list nodes = {{0}};
    DFOO_TRY(ir_reach(w->g, w->r->a, &n, 1, &nodes));
    for (uint32_t i = 0; i < nodes.list.n; i++) {
        const node *x = ir_node(w->g, nodes.list.at[i]);
        if (x->op == OP_VAR) need[x->ref] = true;
    }
    return DFOO_OK;
}

static dfoo_status choose_needed(search *w) {
    const program *all = w->r->p;
    bool *need = arena_new(w->r->a, w->g->vars.n), *chosen = arena_new(w->r->a, all->list.n + 1);
    if (!need || !chosen) return DFOO_ENOMEM;
    need[w->r->result] = true;
    for (uint32_t i = all->list.n; i-- > 0;) {
        const stmt *s = &all->list.at[i];
        chosen[i] = need[s->var];
        if (chosen[i]) DFOO_TRY(mark_needed(w, s->node, need));
    }
    for (uint32_t i = 0; i < all->list.n; i++)
        if (chosen[i])
            DFOO_TRY(program_add(w->g, &w->p, all->list.at[i].var, all->list.at[i].node, all->list.at[i].at));
    return DFOO_OK;
}

/* Opens an exec for a program that keeps every variable it assigns. */
static dfoo_status open_kept(const search *w, const program *p, const plan **out_plan, exec **out) {
    var_id *keep = arena_new(w->r->a, (p->list.n + 1) * sizeof *keep);
    plan   *made;
    if (!keep) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->list.n; i++) keep[i] = p->list.at[i].var;
    DFOO_TRY(plan_make(w->g, w->r->a, p, keep, p->list.n, &made));
    *out_plan = made;
    return exec_open(made, w->g, &w->g->a->mem, w->r->type, w->r->isa, w->r->s, out);
}

/* -------------------------------------------------------------------- values */

static dfoo_status values_of(const search *w, const exec *e, var_id v, double **out) {
    size_t n = entries(w, ir_var(w->g, v)->sh);
    *out = arena_new(w->r->a, n * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    exec_get(e, v, *out);
    return DFOO_OK;
}

static bool find_bad(const search *w, shape s, const double *x, place_of *out) {
    size_t n = entries(w, s), cols = sizes_get(w->r->s, s.cols);
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i])) continue;
        *out = (place_of){i / cols, i % cols, isnan(x[i]) ? NAN : x[i]}; /* no sign */
        return true;
    }
    return false;
}

/* `A2[3, 1]`, counted from 1 as rows and columns are in every message; a number has no place. */
static const char *entry_name(const search *w, const char *name, shape s, place_of at) {
    if (shape_is_scalar(s)) return name;
    size_t row = s.rows == dim_literal(1) ? 0 : at.row, col = s.cols == dim_literal(1) ? 0 : at.col;
    return arena_format(w->r->a, "%s[%zu, %zu]", name, row + 1, col + 1);
}

static const char *node_text(const search *w, node_id n) {
    buf b;
    buf_init(&b, w->g->a->mem);
    print_node(w->g, n, &b);
    return buf_keep(&b, w->r->a);
}

/* --------------------------------------------------------------- one equation */

/* The operations of one equation, each under a name of its own; its variables are leaves. */
typedef struct parts {
    node_list nodes;
    var_id   *var; /* by position; a leaf's own variable, 0: a number or a size */
    exec     *e;
} parts;

static dfoo_status name_parts(search *w, node_id root, program *p, parts *out) {
    DFOO_TRY(ir_reach(w->g, w->r->a, &root, 1, &out->nodes));
    out->var = arena_new(w->r->a, out->nodes.list.n * sizeof *out->var);
    if (!out->var) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < out->nodes.list.n; i++) {
        const node x = *ir_node(w->g, out->nodes.list.at[i]);
        if (x.op == OP_VAR) out->var[i] = x.ref;
        if (op_table[x.op].arity == 0) continue;
        const char *name = arena_format(w->r->a, "(part %u of %u)", i, root);
        if (!name) return DFOO_ENOMEM;
        variable v = {.name = symbols_add(w->g->names, name, strlen(name)), .kind = VAR_DEFINED, .sh = x.sh};
        out->var[i] = ir_find_var(w->g, v.name) ? ir_find_var(w->g, v.name) : ir_add_var(w->g, v);
        if (!out->var[i]) return DFOO_ENOMEM;
        DFOO_TRY(program_add(w->g, p, out->var[i], out->nodes.list.at[i], span_at(0, 0)));
    }
    return DFOO_OK;
}

static dfoo_status run_parts(search *w, const parts *x, const plan *p) {
    for (uint32_t i = 0; i < x->nodes.list.n; i++) {
        double *values;
        if (ir_node(w->g, x->nodes.list.at[i])->op != OP_VAR || x->var[i] >= p->n_vars ||
            !p->of_var[x->var[i]])
            continue;
        if (ir_var(w->g, x->var[i])->kind == VAR_CONST) continue;
        DFOO_TRY(values_of(w, w->e, x->var[i], &values));
        DFOO_TRY(exec_set(x->e, x->var[i], values));
    }
    exec_run(x->e);
    return DFOO_OK;
}

static double largest(const double *x, size_t n, size_t step) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x[i * step]) <= fabs(most))) most = x[i * step];
    return most;
}

/* The value of one operand where the entry was made: its own entry, or of a row, a column or all the largest.
 */
static dfoo_status tell_operand(search *w, const parts *x, const node *op, int k, place_of at) {
    uint32_t    i = node_list_place(&x->nodes, op->arg[k]);
    const char *text = node_text(w, op->arg[k]);
    shape       s = ir_shape(w->g, op->arg[k]);
    size_t      rows = sizes_get(w->r->s, s.rows), cols = sizes_get(w->r->s, s.cols);
    double     *v;
    if (!x->var[i] || ir_var(w->g, x->var[i])->kind == VAR_CONST) return DFOO_OK;
    bool        is_leaf = ir_node(w->g, op->arg[k])->op == OP_VAR;
    DFOO_TRY(values_of(w, is_leaf ? w->e : x->e, x->var[i], &v));
    size_t row = rows == 1 ? 0 : at.row, col = cols == 1 ? 0 : at.col;
    if (op->op == OP_MATMUL && k == 0)
        diag_note(w->g->d, "the largest entry of row %zu of %s is %g", at.row + 1, text,
                  largest(v + at.row * cols, cols, 1));
    else if (op->op == OP_MATMUL)
        diag_note(w->g->d, "the largest entry of column %zu of %s is %g", at.col + 1, text,
                  largest(v + at.col, rows, cols));
    else if (op_elementwise((op_id)op->op) && is_leaf)
        diag_note(w->g->d, "%s = %g", entry_name(w, text, s, at), v[row * cols + col]);
    else if (op_elementwise((op_id)op->op))
        diag_note(w->g->d, "%s is %g there", text, v[row * cols + col]);
    else
        diag_note(w->g->d, "the largest entry of %s is %g", text, largest(v, rows * cols, 1));
    return DFOO_OK;
}

/* What an operand was, in values that may be changed; NULL without memory, or it is a number or a size. */
static double *operand_values(search *w, const parts *x, node_id n) {
    uint32_t i = node_list_place(&x->nodes, n);
    double  *v;
    bool     is_leaf = ir_node(w->g, n)->op == OP_VAR;
    return x->var[i] && values_of(w, is_leaf ? w->e : x->e, x->var[i], &v) == DFOO_OK ? v : NULL;
}

/* A matrix that has no inverse, and one near it that has; the logarithm of a negative determinant. */
static dfoo_status tell_singular(search *w, const parts *x, const node *op) {
    const char *a = node_text(w, op->arg[0]);
    node        of = *ir_node(w->g, op->arg[0]);
    place_of    at;
    if (op->op == OP_LOG && of.op == OP_DET) {
        a = node_text(w, of.arg[0]);
        diag_note(w->g->d, "logdet(%s) is the logarithm of the absolute value, and does not overflow", a);
    }
    if (op->op != OP_INV && op->op != OP_SOLVE && op->op != OP_LOGDET) return DFOO_OK;
    size_t  n = sizes_get(w->r->s, of.sh.rows);
    double *v = operand_values(w, x, op->arg[0]);
    size_t *pivot = arena_new(w->r->a, n * sizeof *pivot);
    if (!pivot || !v) return arena_status(w->r->a);
    if (find_bad(w, of.sh, v, &at) || lu_factor(n, v, pivot)) return DFOO_OK;
    const char *size = print_dim_text(w->g, w->r->a, of.sh.rows);
    diag_note(w->g->d, "%s is singular: its determinant is 0, and it has no inverse", a);
    diag_note(w->g->d, "%s + 0.001 * eye(%s) would have one, if that is meant", a, size);
    return DFOO_OK;
}

/* The first operation whose value is not finite, at its first such entry. */
static dfoo_status tell_operation(search *w, const parts *x) {
    for (uint32_t i = 0; i < x->nodes.list.n; i++) {
        const node op = *ir_node(w->g, x->nodes.list.at[i]);
        double    *v;
        place_of   at;
        if (op_table[op.op].arity == 0) continue;
        DFOO_TRY(values_of(w, x->e, x->var[i], &v));
        if (!find_bad(w, op.sh, v, &at)) continue;
        if (i + 1 < x->nodes.list.n)
            diag_note(w->g->d, "it begins with %s, which is %g%s", node_text(w, x->nodes.list.at[i]),
                      at.value,
                      shape_is_scalar(op.sh)
                          ? ""
                          : arena_format(w->r->a, " in row %zu, column %zu", at.row + 1, at.col + 1));
        for (int k = 0; k < op_table[op.op].arity; k++) DFOO_TRY(tell_operand(w, x, &op, k, at));
        return tell_singular(w, x, &op);
    }
    return DFOO_OK;
}

static dfoo_status look_inside(search *w, const stmt *s) {
    program     p = {{0}};
    parts       x = {.e = NULL};
    const plan *made;
    DFOO_TRY(name_parts(w, s->node, &p, &x));
    if (!p.list.n) return DFOO_OK;
    DFOO_TRY(open_kept(w, &p, &made, &x.e));
    dfoo_status status = run_parts(w, &x, made);
    if (status == DFOO_OK) status = tell_operation(w, &x);
    exec_close(x.e);
    return status;
}

/* --------------------------------------------------------------------- report */

static const char *type_name(const search *w) {
    return w->r->type == EXEC_F32 ? "float32" : "float64";
}

static void tell(search *w, span at, const char *text) {
    const source *src = at.end > at.start ? &w->r->m->src : NULL;
    if (!text) return;
    if (w->r->is_error) diag_error(w->g->d, src, at, "%s", text);
    else diag_warn(w->g->d, src, at, "%s", text);
}

static dfoo_status tell_variable(search *w, const stmt *s, place_of at) {
    const char *name = ir_var_name(w->g, s->var), *result = ir_var_name(w->g, w->r->result);
    const char *where = entry_name(w, name, ir_var(w->g, s->var)->sh, at);
    if (s->var == w->r->result)
        tell(w, s->at, arena_format(w->r->a, "%s is %g in %s", where, at.value, type_name(w)));
    else
        tell(w, s->at,
             arena_format(w->r->a,
                          "%s is not finite; the first value on the way to it that is not is %s, %g in %s",
                          result, where, at.value, type_name(w)));
    diag_note(w->g->d, "run as %s = %s", name, node_text(w, s->node));
    return look_inside(w, s);
}

/* A value that came from outside. */
static bool tell_leaf(search *w, const plan *p) {
    for (var_id v = 1; v < p->n_vars; v++) {
        double  *x;
        place_of at;
        if (!p->of_var[v] || p->buffers.at[p->of_var[v]].kind != BUFFER_LEAF) continue;
        shape s = ir_var(w->g, v)->sh;
        if (values_of(w, w->e, v, &x) != DFOO_OK || !find_bad(w, s, x, &at)) continue;
        const char *what = ir_var(w->g, v)->kind == VAR_PARAM ? "a parameter" : "a value that was given";
        tell(w, span_at(0, 0),
             arena_format(w->r->a, "%s is not finite, since %s, %s, is %g in %s",
                          ir_var_name(w->g, w->r->result), entry_name(w, ir_var_name(w->g, v), s, at), what,
                          at.value, type_name(w)));
        return true;
    }
    return false;
}

static dfoo_status search_all(search *w, const plan *p) {
    DFOO_TRY(w->r->set_leaves(w->r->user, w->e, p));
    exec_run(w->e);
    if (tell_leaf(w, p)) return DFOO_OK;
    for (uint32_t i = 0; i < w->p.list.n; i++) {
        const stmt *s = &w->p.list.at[i];
        double     *x;
        place_of    at;
        DFOO_TRY(values_of(w, w->e, s->var, &x));
        if (find_bad(w, ir_var(w->g, s->var)->sh, x, &at)) return tell_variable(w, s, at);
    }
    return DFOO_OK;
}

dfoo_status finite_report(const finite_request *r) {
    search      w = {.r = r, .g = &r->m->g};
    const plan *p;
    DFOO_TRY(choose_needed(&w));
    if (!w.p.list.n) return DFOO_OK;
    DFOO_TRY(open_kept(&w, &w.p, &p, &w.e));
    dfoo_status status = search_all(&w, p);
    exec_close(w.e);
    return w.g->a->failed || w.g->d->a->failed || r->a->failed ? DFOO_ENOMEM : status;
}

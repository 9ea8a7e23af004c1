/* What is measured by moving a variable in its equation, or in a part of the network: partial
 * derivatives by two-sided differences. */
#include "teach/verify/prover.h"

#include <math.h>
#include <string.h>

evaluation *differences_equation(prover *p, var_id v) {
    const stmt *s = program_find(&p->doc->d->m->forward, v);
    if (!s) return NULL;
    if (!p->has_local[v]) {
        if (eval_take(p->pool, &p->local[v], p->doc->g, p->a, &p->s) != DFOO_OK ||
            eval_add_node(&p->local[v], s->node) != DFOO_OK) {
            p->failed = true;
            return NULL;
        }
        p->has_local[v] = true;
    }
    evaluation *e = &p->local[v];
    for (uint32_t i = 0; i < e->order.n; i++) { /* its operands have the values of the whole run */
        const node *x = ir_node(p->doc->g, e->order.at[i].node);
        if (x->op != OP_VAR) continue;
        matrix to = e->value[e->order.at[i].node], from = p->e->value[e->order.at[i].node];
        if (from.at) memcpy(to.at, from.at, to.rows * to.cols * sizeof(double));
    }
    return e;
}

static size_t place(const index_values *v, char letter) {
    if (index_is_fixed(letter)) return (size_t)(letter - INDEX_FIXED(0));
    return letter == 0 || letter == '1' ? 0 : v->at[(unsigned char)letter & 127];
}

/* NULL: a letter runs further than the matrix goes; a line with such an entry does not hold. */
static double *entry_at(matrix m, const index_values *v, const index_tree *x) {
    size_t row = place(v, x->row) + sizes_offset(v->e->s, x->row_behind);
    size_t col = place(v, x->col) + sizes_offset(v->e->s, x->col_behind);
    return m.at && row < m.rows && col < m.cols ? &m.at[row * m.cols + col] : NULL;
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

double differences_entry_slope(prover *p, evaluation *e, double *at, const double *y) {
    double   error;
    entry    x = {e, y};
    measured f = {.value = entry_value, .user = &x, .noise = measure_largest(e)};
    double   slope = measure_slope(&f, at, &error);
    p->no_slope = p->no_slope || isnan(slope);
    return slope + p->tilt * error;
}

/* How y[..] changes with a[..], both entries of `x`. */
static double partial(prover *p, const index_values *v, const index_tree *y_entry,
                      const index_tree *a_entry) {
    evaluation *e = differences_equation(p, y_entry->var);
    const stmt *s = program_find(&p->doc->d->m->forward, y_entry->var);
    if (!e || !s) return NAN;
    double *y = entry_at(eval_node(e, s->node), v, y_entry),
           *a = entry_at(eval_node(e, ir_var(p->doc->g, a_entry->var)->leaf), v, a_entry);
    return a && y ? differences_entry_slope(p, e, a, y) : NAN;
}

/* ∂l/∂a[..] where a is shared by the examples: through all entries of y that belong to the
 * example, the loss changes by dy for each. */
static double partial_of_example(prover *p, const index_values *v, const index_tree *x) {
    const ir    *g = p->doc->g;
    matrix       dy = eval_node(p->e, ir_var(g, ir_var(g, x->b->var)->gradient)->leaf);
    index_values at = *v;
    index_tree   y = *x->b;
    char         example = p->doc->d->m->examples ? 't' : 0;
    bool         row = y.row != example && y.row != '1', col = y.col != example && y.col != '1';
    double       sum = 0;
    if (!dy.at) return NAN;
    y.row = row ? 'x' : y.row;
    y.col = col ? 'y' : y.col;
    if (row) y.row_behind = 0;
    if (col) y.col_behind = 0;
    for (size_t i = 0; i < (row ? dy.rows : 1); i++) {
        for (size_t k = 0; k < (col ? dy.cols : 1); k++) {
            at.at['x'] = i;
            at.at['y'] = k;
            const double *d = entry_at(dy, &at, &y);
            sum += d ? *d * partial(p, &at, &y, x->a) : NAN;
        }
    }
    return sum;
}

double differences_entry(void *user, const index_values *v, const index_tree *x) {
    prover *p = user;
    return x->kind == INDEX_PARTIAL ? partial(p, v, x->a, x->b) : partial_of_example(p, v, x);
}

/* ------------------------------------------------- from the goal to what is known */

/* Sum of <dV, V> over the known gradients dV. */
static double near_sum(prover *p) {
    double sum = 0;
    for (uint32_t i = 0; i < p->doc->stages.n; i++) {
        const stage *x = &p->doc->stages.at[i];
        if (!x->known) continue;
        matrix d = eval_node(p->e, x->known), y = eval_node(&p->near, x->s->node);
        double part = 0, times = x->times ? eval_node(p->e, x->times).at[0] : 1;
        for (size_t k = 0; k < y.rows; k++)
            for (size_t j = 0; j < y.cols; j++)
                part += d.at[(d.rows == 1 ? 0 : k) * d.cols + (d.cols == 1 ? 0 : j)] * y.at[k * y.cols + j];
        sum += times * part;
    }
    return sum;
}

/* With the goal moved. Of a symmetric one the entry that moves takes its twin along, each by half. */
static void run_moved(prover *p, evaluation *e) {
    matrix x = eval_var(e, p->goal);
    size_t bytes = x.rows * x.cols * sizeof *x.at;
    if (!p->symmetric) {
        eval_run(e);
        return;
    }
    memcpy(p->symmetric, x.at, bytes);
    matrix_symmetrise(x);
    eval_run(e);
    memcpy(x.at, p->symmetric, bytes);
}

double differences_near(void *user) {
    prover *p = user;
    run_moved(p, &p->near);
    return near_sum(p);
}

double differences_cost(void *user) {
    prover *p = user;
    run_moved(p, &p->network);
    return eval_var(&p->network, p->doc->d->m->cost).at[0];
}

/* The values of an evaluation's leaves, from the whole run. */
static void copy_values(prover *p, evaluation *e) {
    for (var_id k = 1; k < p->doc->g->vars.n; k++) {
        node_id leaf = ir_var(p->doc->g, k)->leaf;
        if (leaf >= e->n_nodes || !e->value[leaf].at || !p->e->value[leaf].at) continue;
        memcpy(e->value[leaf].at, p->e->value[leaf].at,
               e->value[leaf].rows * e->value[leaf].cols * sizeof(double));
    }
}

/* The stages in order; what is known keeps its value where others use it. */
static dfoo_status open_near(prover *p) {
    evaluation *e = &p->near;
    DFOO_TRY(eval_take(p->pool, e, p->doc->g, p->a, &p->s));
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
    DFOO_TRY(eval_take(p->pool, e, p->doc->g, p->a, &p->s));
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

dfoo_status differences_open(prover *p, bool network) {
    matrix x = eval_node(p->e, ir_var(p->doc->g, p->goal)->leaf);
    if (ir_var(p->doc->g, p->goal)->symmetric && x.at) {
        p->symmetric = arena_new(p->a, x.rows * x.cols * sizeof *p->symmetric);
        if (!p->symmetric) return DFOO_ENOMEM;
    }
    DFOO_TRY(open_near(p));
    return network ? open_network(p) : DFOO_OK;
}

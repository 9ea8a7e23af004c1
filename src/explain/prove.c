/* Every line that an explanation shows is evaluated: index sums by loops, matrices by the
 * slow evaluator, partial derivatives by two-sided differences of the equation that defines
 * the variable. Sides with a difference in them are counted apart: an identity holds to
 * rounding, a difference quotient to about 1e-10. */
#include <math.h>
#include <string.h>

#include "explain/doc.h"

typedef struct prover {
    const document *doc;
    arena          *a;
    sizes           s;
    evaluation      e;      /* everything, run once */
    evaluation     *local;  /* by var_id: the equation of one variable alone, made when needed */
    bool           *has_local;
    bool            failed; /* out of memory */
} prover;

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

/* How y[..] changes with a[..], both entries of `x`: two-sided differences. */
static double difference(void *user, const index_values *v, const index_tree *x) {
    prover     *p = user;
    evaluation *e = local_equation(p, x->a->var);
    const stmt *s = program_find(&p->doc->d->m->forward, x->a->var);
    if (!e || !s) return NAN;
    matrix y = eval_node(e, s->node), a = eval_node(e, ir_var(p->doc->g, x->b->var)->leaf);
    if (!a.at) return NAN;
    size_t  yi = place(v, x->a->row) * y.cols + place(v, x->a->col);
    double *at = &a.at[place(v, x->b->row) * a.cols + place(v, x->b->col)], old = *at;
    double  h = 6e-6 * fmax(0.01, fabs(old));
    *at = old + h;
    eval_run(e);
    double up = y.at[yi];
    *at = old - h;
    eval_run(e);
    double down = y.at[yi];
    *at = old;
    return (up - down) / (2 * h);
}

/* ------------------------------------------------------------- index lines */

/* The letters that are free in a tree: they stand in entries and no sum binds them. */
static void free_letters(const index_tree *x, bool *free, bool bound[128]) {
    if (!x) return;
    if (x->kind == INDEX_ENTRY) {
        const char letters[2] = {x->row, x->col};
        for (int i = 0; i < 2; i++)
            if (letters[i] && letters[i] != '1' && !bound[(unsigned char)letters[i] & 127]) free[(unsigned char)letters[i] & 127] = true;
        return;
    }
    bool old = bound[(unsigned char)x->letter & 127];
    if (x->kind == INDEX_SUM) bound[(unsigned char)x->letter & 127] = true;
    free_letters(x->a, free, bound);
    free_letters(x->b, free, bound);
    bound[(unsigned char)x->letter & 127] = old;
}

typedef struct measure {
    double most, scale;
} measure;

static void compare(measure *m, double x, double y) {
    double d = fabs(x - y);
    if (isnan(d)) d = INFINITY;
    m->most = fmax(m->most, d);
    m->scale = fmax(m->scale, fmax(fabs(x), fabs(y)));
}

/* |x - y| over all values of the free letters, relative to the largest of them. */
static double index_difference(prover *p, const index_tree *x, const index_tree *y) {
    bool         free[128] = {false}, bound[128] = {false};
    char         letter[8];
    size_t       range[8], n = 0;
    index_values v = {.e = &p->e, .partial = difference, .user = p};
    measure      m = {0, 1e-300};
    free_letters(x, free, bound);
    free_letters(y, free, bound);
    for (int c = 0; c < 128; c++) {
        if (!free[c] || n == 8) continue;
        letter[n] = (char)c;
        range[n] = index_range(&p->e, x, (char)c);
        if (!range[n]) range[n] = index_range(&p->e, y, (char)c);
        n++;
    }
    for (;;) {
        compare(&m, index_value(&v, x), index_value(&v, y));
        size_t k = 0;
        while (k < n && ++v.at[(unsigned char)letter[k] & 127] >= range[k]) v.at[(unsigned char)letter[k++] & 127] = 0;
        if (k == n) break;
    }
    return m.most / m.scale;
}

static void prove_pair(prover *p, const block *b, const side *x, const side *y, explain_result *r) {
    bool   derivative = x->x && (index_has_partial(x->x) || index_has_partial(y->x));
    double off;
    (void)b;
    if (x->x && y->x) off = index_difference(p, x->x, y->x);
    else off = matrix_difference(eval_node(&p->e, x->n), eval_node(&p->e, y->n));
    if (derivative) {
        r->n_derivatives++;
        r->worst_derivative = fmax(r->worst_derivative, off);
    } else {
        r->n_identities++;
        r->worst_identity = fmax(r->worst_identity, off);
    }
    if (!(off < (derivative ? 1e-6 : 1e-10))) r->n_failed++;
}

/* A side with differences in it is held against one without, so that each is counted once. */
static void prove_block(prover *p, const block *b, explain_result *r) {
    for (uint32_t i = 0; i + 1 < b->n_sides; i++) prove_pair(p, b, &b->sides[i], &b->sides[i + 1], r);
}

static dfoo_status add_sides(prover *p) {
    for (uint32_t i = 0; i < p->doc->blocks.n; i++)
        for (uint32_t k = 0; k < p->doc->blocks.at[i].n_sides; k++)
            if (p->doc->blocks.at[i].sides[k].n) DFOO_TRY(eval_add_node(&p->e, p->doc->blocks.at[i].sides[k].n));
    return DFOO_OK;
}

static double two_sided(evaluation *e, double *at, const double *cost, double h) {
    double old = *at;
    *at = old + h;
    eval_run(e);
    double up = *cost;
    *at = old - h;
    eval_run(e);
    double down = *cost;
    *at = old;
    return (up - down) / (2 * h);
}

/* How the cost changes with an entry, and how wrong that may be: the curvature is told from
 * another step, the rounding from the size of the cost. */
static double cost_slope(evaluation *e, double *at, const double *cost, double *error) {
    double h = 6e-6 * fmax(0.01, fabs(*at)), slope = two_sided(e, at, cost, h);
    *error = fabs(slope - two_sided(e, at, cost, h / 4)) + 1e-15 * fabs(*cost) / h;
    return slope;
}

/* The gradient that is explained, against differences of the cost: its variable is given a
 * value of its own, a few of whose entries are moved. */
static dfoo_status prove_goal(prover *p, var_id v, explain_result *r) {
    const model    *m = p->doc->d->m;
    const gradient *goal = derivation_find(p->doc->d, v);
    evaluation      e;
    DFOO_TRY(eval_init(&e, p->doc->g, p->a, &p->s));
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        program one = {{0}};
        vec_push(p->a, &one.list, m->forward.list.at[i]);
        if (m->forward.list.at[i].var != v) DFOO_TRY(eval_add_program(&e, &one));
    }
    for (var_id k = 1; k < p->doc->g->vars.n; k++) {
        node_id leaf = ir_var(p->doc->g, k)->leaf;
        if (leaf >= e.n_nodes || !e.value[leaf].at || !p->e.value[leaf].at) continue;
        memcpy(e.value[leaf].at, p->e.value[leaf].at, e.value[leaf].rows * e.value[leaf].cols * sizeof(double));
    }
    matrix  at = eval_var(&e, v), dv = eval_node(&p->e, ir_var(p->doc->g, goal->grad)->leaf), cost = eval_var(&e, m->cost);
    size_t  n = at.rows * at.cols;
    double  scale = goal->scale == SCALE_DATA ? (double)sizes_get(&p->s, m->examples) : 1;
    double  worst_error = 0;
    measure all = {0, 1e-300};
    if (!at.at || !dv.at || !cost.at) return DFOO_ENOMEM;
    for (size_t i = 0; i < n; i += 1 + n / 16) {
        double error, slope = cost_slope(&e, &at.at[i], cost.at, &error);
        if (!isfinite(error)) continue; /* one step aside there is no cost */
        compare(&all, scale * slope, dv.at[i]);
        worst_error = fmax(worst_error, scale * error);
    }
    r->n_derivatives++;
    r->worst_derivative = fmax(r->worst_derivative, all.most / all.scale);
    if (!(all.most < 1e-6 * all.scale + 4 * worst_error)) r->n_failed++;
    return DFOO_OK;
}

static bool is_finite(matrix x) {
    for (size_t i = 0; x.at && i < x.rows * x.cols; i++)
        if (!isfinite(x.at[i])) return false;
    return true;
}

static bool all_finite(const prover *p, const program *run) {
    for (uint32_t i = 0; i < run->list.n; i++)
        if (!is_finite(eval_node(&p->e, ir_var(p->doc->g, run->list.at[i].var)->leaf))) return false;
    return true;
}

/* Inputs and parameters from 0.5 on, where logarithms and roots have values. */
static void make_positive(prover *p) {
    for (var_id v = 1; v < p->e.g->vars.n; v++) {
        const variable *x = ir_var(p->e.g, v);
        if ((x->kind != VAR_INPUT && x->kind != VAR_PARAM) || x->leaf >= p->e.n_nodes) continue;
        matrix m = eval_node(&p->e, x->leaf);
        for (size_t i = 0; m.at && i < m.rows * m.cols; i++) m.at[i] = 0.5 + fabs(m.at[i]);
    }
}

/* Runs everything at random values at which all variables and gradients are finite, if there are
 * such: the first draws are as usual, the last ones positive. */
static dfoo_status draw_values(prover *p, const program *run, uint64_t seed, bool *finite) {
    *finite = false;
    for (uint32_t draw = 0; draw < 4 && !*finite; draw++) {
        DFOO_TRY(eval_random(&p->e, seed, draw, p->doc->d->m->examples));
        if (draw >= 2) make_positive(p);
        eval_run(&p->e);
        *finite = all_finite(p, run);
    }
    return DFOO_OK;
}

dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed, explain_result *result) {
    prover p = {.doc = doc, .a = doc->a};
    uint32_t n = doc->g->vars.n;
    bool     finite;
    p.local = arena_new(p.a, n * sizeof *p.local);
    p.has_local = arena_new(p.a, n);
    if (!p.local || !p.has_local) return DFOO_ENOMEM;
    DFOO_TRY(model_try_sizes(doc->d->m, p.a, 0, &p.s));
    DFOO_TRY(eval_init(&p.e, doc->g, p.a, &p.s));
    DFOO_TRY(eval_add_program(&p.e, run));
    DFOO_TRY(add_sides(&p));
    DFOO_TRY(draw_values(&p, run, seed, &finite));
    result->not_finite = !finite;
    if (!finite) return arena_status(p.a);
    for (uint32_t i = 0; i < doc->blocks.n; i++) prove_block(&p, &doc->blocks.at[i], result);
    if (goal != doc->d->m->cost) DFOO_TRY(prove_goal(&p, goal, result));
    return p.failed ? DFOO_ENOMEM : arena_status(p.a);
}

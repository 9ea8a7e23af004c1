/* Every line that an explanation shows is evaluated: index sums by loops, matrices by the
 * slow evaluator, partial derivatives by two-sided differences of the equation that defines
 * the variable. Sides with a difference in them are counted apart: an identity holds to
 * rounding, a difference quotient to about 1e-10. */
#include <math.h>
#include <string.h>

#include "base/rng.h"
#include "explain/doc.h"

typedef struct prover {
    const document *doc;
    arena          *a;
    sizes           s;
    evaluation      e;      /* everything, run once */
    evaluation     *local;  /* by var_id: the equation of one variable alone, made when needed */
    bool           *has_local;
    var_id          goal;
    evaluation      network; /* everything behind the goal, which has a value of its own */
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

static double *entry_at(matrix m, const index_values *v, const index_tree *x) {
    return &m.at[place(v, x->row) * m.cols + place(v, x->col)];
}

/* Two-sided differences of y when `at` moves. */
static double slope_of(evaluation *e, double *at, const double *y) {
    double old = *at, h = 6e-6 * fmax(0.01, fabs(old));
    *at = old + h;
    eval_run(e);
    double up = *y;
    *at = old - h;
    eval_run(e);
    double down = *y;
    *at = old;
    return (up - down) / (2 * h);
}

/* How y[..] changes with a[..], both entries of `x`. */
static double partial(prover *p, const index_values *v, const index_tree *y_entry, const index_tree *a_entry) {
    evaluation *e = local_equation(p, y_entry->var);
    const stmt *s = program_find(&p->doc->d->m->forward, y_entry->var);
    if (!e || !s) return NAN;
    matrix y = eval_node(e, s->node), a = eval_node(e, ir_var(p->doc->g, a_entry->var)->leaf);
    return a.at ? slope_of(e, entry_at(a, v, a_entry), entry_at(y, v, y_entry)) : NAN;
}

/* ∂l/∂a[..] where a is shared by the examples: through all entries of y that belong to the
 * example, the loss changes by dy for each. */
static double partial_of_example(prover *p, const index_values *v, const index_tree *x) {
    const ir    *g = p->doc->g;
    matrix       dy = eval_node(&p->e, ir_var(g, ir_var(g, x->b->var)->gradient)->leaf);
    index_values at = *v;
    index_tree   y = *x->b;
    bool         row = y.row != p->doc->style.example && y.row != '1', col = y.col != p->doc->style.example && y.col != '1';
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

static double difference(void *user, const index_values *v, const index_tree *x) {
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

/* The change of a variable when another moves by its δ: in its own equation, or through the
 * whole network, where the cost counts m times if the gradients are those of the data. */
static bool measured_change(prover *p, const value *s, matrix *out) {
    const ir   *g = p->doc->g;
    matrix      delta = change_of(p, s->when);
    const stmt *made = s->total ? NULL : program_find(&p->doc->d->m->forward, s->change_of);
    evaluation *e = s->total ? &p->network : local_equation(p, s->change_of);
    if (!e || !delta.at || (!s->total && !made)) return false;
    matrix x = eval_node(e, ir_var(g, s->when)->leaf), y = s->total ? eval_var(e, s->change_of) : eval_node(e, made->node);
    if (!x.at || !y.at || !change_along(p, e, x, delta, y, out)) return false;
    bool data = s->total && derivation_find(p->doc->d, s->when)->scale == SCALE_DATA;
    if (data) out->at[0] *= (double)sizes_get(&p->s, p->doc->d->m->examples);
    return true;
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

static double side_difference(prover *p, const side *x, const side *y) {
    const side *both[2] = {x, y};
    matrix      m[2];
    for (int i = 0; i < 2; i++) {
        const value *v = both[i]->value;
        bool         ok = true;
        if (!v) m[i] = eval_node(&p->e, both[i]->n);
        else if (v->change_of) ok = measured_change(p, v, &m[i]) && (!v->left || inner(p, v, m[i], &m[i]));
        else ok = inner(p, v, eval_node(&p->e, v->right), &m[i]);
        if (!ok) return INFINITY;
    }
    return matrix_difference(m[0], m[1]);
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

static bool is_measured(const side *x) {
    return (x->value && x->value->change_of) || (x->x && index_has_partial(x->x));
}

static void prove_pair(prover *p, const side *x, const side *y, explain_result *r) {
    bool   derivative = is_measured(x) || is_measured(y);
    double off = x->x && y->x ? index_difference(p, x->x, y->x) : side_difference(p, x, y);
    if (derivative) {
        r->n_derivatives++;
        r->worst_derivative = fmax(r->worst_derivative, off);
    } else {
        r->n_identities++;
        r->worst_identity = fmax(r->worst_identity, off);
    }
    if (!(off < (derivative ? 1e-6 : 1e-10))) r->n_failed++;
}

static bool is_evaluated(const side *s) {
    return s->x || s->n || s->value;
}

/* A side with differences in it is held against one without, so that each is counted once. */
static void prove_block(prover *p, const block *b, explain_result *r) {
    for (uint32_t i = 0; i + 1 < b->n_sides; i++)
        if (is_evaluated(&b->sides[i]) && is_evaluated(&b->sides[i + 1])) prove_pair(p, &b->sides[i], &b->sides[i + 1], r);
}

typedef struct adding {
    prover     *p;
    dfoo_status status;
} adding;

static void add_one(void *user, node_id n) {
    adding *x = user;
    if (n && x->status == DFOO_OK) x->status = eval_add_node(&x->p->e, n);
}

static dfoo_status add_sides(prover *p, const block *blocks, uint32_t n) {
    adding x = {p, DFOO_OK};
    for (uint32_t i = 0; i < n; i++) {
        for (uint32_t k = 0; k < blocks[i].n_sides; k++) {
            const side *s = &blocks[i].sides[k];
            add_one(&x, s->n);
            add_one(&x, s->value ? s->value->left : 0);
            add_one(&x, s->value ? s->value->right : 0);
            add_one(&x, s->value ? s->value->times : 0);
            index_nodes(s->x, add_one, &x);
        }
    }
    return x.status;
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

/* Everything but the equation of the goal, which keeps its value; its entries can be moved. */
static dfoo_status open_network(prover *p) {
    const model *m = p->doc->d->m;
    evaluation  *e = &p->network;
    DFOO_TRY(eval_init(e, p->doc->g, p->a, &p->s));
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        program one = {{0}};
        vec_push(p->a, &one.list, m->forward.list.at[i]);
        if (m->forward.list.at[i].var != p->goal) DFOO_TRY(eval_add_program(e, &one));
    }
    for (var_id k = 1; k < p->doc->g->vars.n; k++) {
        node_id leaf = ir_var(p->doc->g, k)->leaf;
        if (leaf >= e->n_nodes || !e->value[leaf].at || !p->e.value[leaf].at) continue;
        memcpy(e->value[leaf].at, p->e.value[leaf].at, e->value[leaf].rows * e->value[leaf].cols * sizeof(double));
    }
    return eval_var(e, p->goal).at ? DFOO_OK : DFOO_ENOMEM;
}

/* The gradient that is explained, against differences of the cost: a few entries are moved. */
static dfoo_status prove_goal(prover *p, explain_result *r) {
    const model    *m = p->doc->d->m;
    const gradient *goal = derivation_find(p->doc->d, p->goal);
    evaluation     *e = &p->network;
    matrix  at = eval_var(e, p->goal), dv = eval_node(&p->e, ir_var(p->doc->g, goal->grad)->leaf), cost = eval_var(e, m->cost);
    size_t  n = at.rows * at.cols;
    double  scale = goal->scale == SCALE_DATA ? (double)sizes_get(&p->s, m->examples) : 1;
    double  worst_error = 0;
    measure all = {0, 1e-300};
    if (!at.at || !dv.at || !cost.at) return DFOO_ENOMEM;
    for (size_t i = 0; i < n; i += 1 + n / 16) {
        double error, slope = cost_slope(e, &at.at[i], cost.at, &error);
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

/* δV of every variable that moves. */
static void draw_changes(prover *p, uint64_t seed) {
    for (uint32_t i = 0; i < p->doc->changes.n; i++) {
        rng    r = rng_start(seed, RNG_CHECK, (UINT64_C(1) << 30) + i);
        matrix m = eval_var(&p->e, p->doc->changes.at[i].change);
        for (size_t k = 0; m.at && k < m.rows * m.cols; k++) m.at[k] = rng_normal(&r);
    }
}

/* Runs everything at random values at which all variables and gradients are finite, if there are
 * such: the first draws are as usual, the last ones positive. */
static dfoo_status draw_values(prover *p, const program *run, uint64_t seed, bool *finite) {
    *finite = false;
    for (uint32_t draw = 0; draw < 4 && !*finite; draw++) {
        DFOO_TRY(eval_random(&p->e, seed, draw, p->doc->d->m->examples));
        if (draw >= 2) make_positive(p);
        draw_changes(p, seed);
        eval_run(&p->e);
        *finite = all_finite(p, run);
    }
    return DFOO_OK;
}

dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed, explain_result *result) {
    prover p = {.doc = doc, .a = doc->a, .goal = goal};
    uint32_t n = doc->g->vars.n;
    bool     finite;
    p.local = arena_new(p.a, n * sizeof *p.local);
    p.has_local = arena_new(p.a, n);
    if (!p.local || !p.has_local) return DFOO_ENOMEM;
    DFOO_TRY(model_try_sizes(doc->d->m, p.a, 0, &p.s));
    DFOO_TRY(eval_init(&p.e, doc->g, p.a, &p.s));
    DFOO_TRY(eval_add_program(&p.e, run));
    DFOO_TRY(add_sides(&p, doc->blocks.at, doc->blocks.n));
    DFOO_TRY(add_sides(&p, doc->hidden.at, doc->hidden.n));
    DFOO_TRY(draw_values(&p, run, seed, &finite));
    result->not_finite = !finite;
    if (!finite) return arena_status(p.a);
    DFOO_TRY(open_network(&p));
    for (uint32_t i = 0; i < doc->blocks.n; i++) prove_block(&p, &doc->blocks.at[i], result);
    for (uint32_t i = 0; i < doc->hidden.n; i++) prove_block(&p, &doc->hidden.at[i], result);
    if (goal != doc->d->m->cost) DFOO_TRY(prove_goal(&p, result));
    return p.failed ? DFOO_ENOMEM : arena_status(p.a);
}

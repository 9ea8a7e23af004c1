/* Every line that an explanation shows is evaluated: index sums by loops, matrices by the
 * slow evaluator, partial derivatives by two-sided differences of the equation that defines
 * the variable. Sides with a difference in them are counted apart: an identity holds to
 * rounding, a difference quotient to about 1e-10. */
#include "teach/verify/prover.h"

#include <assert.h>
#include <math.h>

/* ------------------------------------------------------------- index lines */

/* The letters that are free in a tree: they stand in entries and no sum binds them. */
static void free_letters(const index_tree *x, bool *free, bool bound[128]) {
    if (!x) return;
    if (x->kind == INDEX_ENTRY || x->kind == INDEX_AT || x->kind == INDEX_DELTA) {
        const char letters[2] = {x->row, x->col};
        for (int i = 0; i < 2; i++)
            if (letters[i] && letters[i] != '1' && !index_is_fixed(letters[i]) &&
                !bound[(unsigned char)letters[i] & 127])
                free[(unsigned char)letters[i] & 127] = true;
        return;
    }
    bool old = bound[(unsigned char)x->letter & 127];
    if (x->kind == INDEX_SUM) bound[(unsigned char)x->letter & 127] = true;
    free_letters(x->a, free, bound);
    free_letters(x->b, free, bound);
    free_letters(x->c, free, bound);
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

/* What a side becomes when every slope in it is wrong by its error. */
static double tilted(prover *p, index_values *v, const index_tree *x) {
    p->tilt = 1;
    double value = index_value(v, x);
    p->tilt = 0;
    return value;
}

/* |x - y| over all values of the free letters, relative to the largest of them; so is `error`, about how
 * wrong what was measured makes them, if it is asked for. */
static double index_difference(prover *p, const index_tree *x, const index_tree *y, double *error) {
    bool         free[128] = {false}, bound[128] = {false};
    char         letter[8];
    size_t       range[8], n = 0;
    index_values v = {.e = p->e, .partial = differences_entry, .user = p, .noise = p->e->noise};
    measure      m = {0, 1e-300};
    free_letters(x, free, bound);
    free_letters(y, free, bound);
    for (int c = 0; c < 128; c++) {
        if (!free[c] || n == 8) continue;
        letter[n] = (char)c;
        range[n] = index_range(p->e, x, (char)c);
        if (!range[n]) range[n] = index_range(p->e, y, (char)c);
        if (range[n]) n++;
    }
    for (;;) {
        p->no_slope = false;
        double left = index_value(&v, x), right = index_value(&v, y);
        if (!p->no_slope) compare(&m, left, right);
        if (!p->no_slope && error)
            *error = fmax(*error, fabs(tilted(p, &v, x) - left) + fabs(tilted(p, &v, y) - right));
        size_t k = 0;
        while (k < n && ++v.at[(unsigned char)letter[k] & 127] >= range[k])
            v.at[(unsigned char)letter[k++] & 127] = 0;
        if (k == n) break;
    }
    if (error) *error /= fmax(m.scale, p->least);
    p->away = m.most;
    return m.most / fmax(m.scale, p->least);
}

static double largest(matrix m) {
    double most = 0;
    for (size_t i = 0; m.at && i < m.rows * m.cols; i++) most = fmax(most, fabs(m.at[i]));
    return most;
}

/* Where a derivative was measured and there is none, nothing is held against it. */
static void leave_out_kinks(const prover *p, matrix x, matrix y) {
    if (!p->no_slope || x.rows != y.rows || x.cols != y.cols) return;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        if (isnan(x.at[i])) x.at[i] = y.at[i];
        else if (isnan(y.at[i])) y.at[i] = x.at[i];
    }
}

/* Both sides for an example, and about how wrong what was measured in them may be. False: no value. */
static bool side_values(prover *p, const side *const both[2], bool forms, size_t t, matrix m[2],
                        double wrong[2]) {
    for (int i = 0; i < 2; i++) {
        form  plain = {.kind = FORM_NODE, .n = both[i]->n};
        value v = both[i]->value ? *both[i]->value : (value){.form = &plain};
        if (!both[i]->value && !forms) m[i] = eval_node(p->e, both[i]->n);
        else if (!values_measure(p, &v, t, &m[i], &wrong[i])) return false;
    }
    return true;
}

/* What slopes in a matrix of one example do to it when each is wrong by its error. */
static double form_error(prover *p, const side *const both[2], size_t t, const matrix m[2]) {
    matrix now[2];
    double wrong[2] = {0, 0}, most = 0;
    p->tilt = 1;
    bool has = side_values(p, both, true, t, now, wrong);
    p->tilt = 0;
    for (int i = 0; i < 2 && has; i++)
        for (size_t k = 0; k < m[i].rows * m[i].cols; k++)
            if (isfinite(now[i].at[k])) most = fmax(most, fabs(now[i].at[k] - m[i].at[k]));
    return most;
}

/* The largest difference over all examples, for what is evaluated example by example; `error`: about how
 * wrong what was measured may be. Both are relative to the sides. */
static double side_difference(prover *p, const side *x, const side *y, double *error) {
    const side *both[2] = {x, y};
    bool        forms = (x->value && x->value->form) || (y->value && y->value->form);
    size_t      n = forms && p->doc->d->m->examples ? sizes_get(&p->s, p->doc->d->m->examples) : 1;
    double      most = 0;
    p->away = 0;
    for (size_t t = 0; t < n; t++) {
        matrix m[2];
        double wrong[2] = {0, 0};
        p->no_slope = false;
        if (!side_values(p, both, forms, t, m, wrong)) return INFINITY;
        leave_out_kinks(p, m[0], m[1]);
        double off = matrix_difference(m[0], m[1]), size = fmax(largest(m[0]), largest(m[1])),
               scale = fmax(fmax(size, p->least), 1e-300);
        if (forms && off > 1e-7 && isfinite(off)) wrong[0] = form_error(p, both, t, m);
        p->away = fmax(p->away, off * size);
        most = fmax(most, isfinite(off) ? off * size / scale : off);
        *error = fmax(*error, fmax(wrong[0], wrong[1]) / scale);
    }
    return most;
}

static bool is_measured(const side *x) {
    return values_have_differences(x->value) || (x->x && index_has_partial(x->x));
}

/* What was measured is held against what should have come out: `off` from it, and about `error` wrong,
 * relative to it. Where rounding hides so much of it that being equal would say little, it is not counted. */
static void judge_measured(double off, double error, explain_result *r) {
    bool holds = off < 1e-6 + 4 * error, hidden = 4 * error > 1e-4;
    if (holds && hidden) return;
    r->n_derivatives++;
    r->worst_derivative = fmax(r->worst_derivative, off);
    if (!holds) r->n_failed++;
}

/* Two sides that should be equal differ: is that no more than rounding, as where both are what is left of
 * larger numbers? It is so if wrong digits in every value on the way, far behind those that count but before
 * the last, make them differ a thousand times as much. What is simply wrong stays as wrong as it was. */
static bool is_rounding(prover *p, const side *x, const side *y) {
    const double few = 1e-11, share = 1e-3; /* rounding is 1e-16, many times */
    double       error = 0, most = 0, off = p->away;
    for (int i = 0; i < 3 && isfinite(off); i++) {
        p->e->noise = few;
        eval_run(p->e);
        if (x->x && y->x) index_difference(p, x->x, y->x, NULL);
        else side_difference(p, x, y, &error);
        if (isfinite(p->away)) most = fmax(most, p->away);
    }
    p->e->noise = 0;
    eval_run(p->e);
    return off < share * most;
}

static void prove_pair(prover *p, const side *x, const side *y, explain_result *r) {
    bool   indices = x->x && y->x;
    double error = 0,
           off = indices ? index_difference(p, x->x, y->x, NULL) : side_difference(p, x, y, &error);
    if (is_measured(x) || is_measured(y)) {
        if (indices && !(off < 1e-6)) off = index_difference(p, x->x, y->x, &error);
        if (!(off < 1e-6 + 4 * error) && is_rounding(p, x, y)) return;
        judge_measured(off, error, r);
        return;
    }
    r->n_identities++;
    bool hidden = !(off < 1e-10) && is_rounding(p, x, y);
    if (hidden) return;
    r->worst_identity = fmax(r->worst_identity, off);
    if (!(off < 1e-10)) r->n_failed++;
}

static bool is_evaluated(const side *s) {
    return s->x || s->n || s->value;
}

/* A side with differences in it is held against one without, so that each is counted once. */
static void prove_block(prover *p, const block *b, explain_result *r) {
    for (uint32_t i = 0; i + 1 < b->n_sides; i++) {
        const side *x = &b->sides[i], *y = &b->sides[i + 1];
        if (!is_evaluated(x) || !is_evaluated(y)) continue;
        prove_pair(p, x, y, r);
        if (r->n_failed && !r->first_failed)
            r->first_failed = arena_format(p->a, "%s = %s", x->shown, y->shown);
    }
}

typedef struct adding {
    prover     *p;
    dfoo_status status;
} adding;

static void add_one(void *user, node_id n) {
    adding *x = user;
    if (n && x->status == DFOO_OK) x->status = eval_add_node(x->p->e, n);
}

static void add_form(adding *x, const form *f) {
    if (!f) return;
    add_one(x, f->n);
    add_form(x, f->a);
    add_form(x, f->b);
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
            if (s->value) add_form(&x, s->value->form);
            index_nodes(s->x, add_one, &x);
        }
    }
    return x.status;
}

/* ------------------------------------------------------------ the gradient */

/* A few entries of the goal, at most `most`, are moved: `times` the slope is the gradient's entry. */
static void prove_slopes(prover *p, const measured *f, matrix at, double times, size_t most,
                         explain_result *r) {
    const gradient *goal = derivation_find(p->doc->d, p->goal);
    matrix  dv = eval_node(p->e, ir_var(p->doc->g, goal->grad)->leaf);
    size_t  n = at.rows * at.cols;
    double  worst = 0;
    measure all = {0, 1e-300};
    for (size_t i = 0; i < n; i += 1 + n / most) {
        double error, slope = measure_slope(f, &at.at[i], &error);
        if (!isfinite(error)) continue; /* one step aside there is no cost */
        compare(&all, times * slope, dv.at[i]);
        worst = fmax(worst, times * error);
    }
    all.scale = fmax(all.scale, p->least);
    judge_measured(all.most / all.scale, worst / all.scale, r);
}

/* The goal's gradient against differences on the way to the gradients that are known: however deep
 * the network is, what they multiply is near. And against differences of the cost itself, where these
 * can be measured. */
static void prove_goal(prover *p, explain_result *r) {
    const model    *m = p->doc->d->m;
    const gradient *goal = derivation_find(p->doc->d, p->goal);
    double   times = goal->scale == SCALE_DATA ? (double)sizes_get(&p->s, m->examples) : 1;
    measured near = {.value = differences_near, .user = p, .noise = p->known * measure_largest(&p->near)};
    if (p->doc->stages.n) prove_slopes(p, &near, eval_var(&p->near, p->goal), 1, 16, r);
    if (p->goal == m->cost || p->doc->far) return;
    measured cost = {.value = differences_cost, .user = p, .noise = measure_largest(&p->network)};
    prove_slopes(p, &cost, eval_var(&p->network, p->goal), times, p->network.order.n < 100 ? 16 : 3, r);
}

static bool is_finite(matrix x) {
    for (size_t i = 0; x.at && i < x.rows * x.cols; i++)
        if (!isfinite(x.at[i])) return false;
    return true;
}

static bool all_finite(const prover *p, const program *run) {
    for (uint32_t i = 0; i < run->list.n; i++)
        if (!is_finite(eval_node(p->e, ir_var(p->doc->g, run->list.at[i].var)->leaf))) return false;
    return true;
}

/* Inputs and parameters: half of what was drawn, so that no sigmoid is so near 0 or 1 that its
 * logarithm cannot be measured; `positive`: from 0.5 on, where logarithms and roots have values. */
static void tame(prover *p, bool positive) {
    for (var_id v = 1; v < p->e->g->vars.n; v++) {
        const variable *x = ir_var(p->e->g, v);
        if ((x->kind != VAR_INPUT && x->kind != VAR_PARAM) || x->leaf >= p->e->n_nodes) continue;
        matrix m = eval_node(p->e, x->leaf);
        for (size_t i = 0; m.at && i < m.rows * m.cols; i++)
            m.at[i] = positive ? 0.5 + fabs(m.at[i]) : m.at[i] / 2;
    }
}

/* δV of every variable that moves: entries move by parts of themselves, so that a logarithm of what is
 * nearly 0 stays one. */
static void draw_changes(prover *p, uint64_t seed) {
    for (uint32_t i = 0; i < p->doc->changes.n; i++) {
        var_id of = p->doc->changes.at[i].of;
        rng    r = rng_start(seed, RNG_CHECK, (UINT32_C(1) << 30) + of);
        matrix m = eval_var(p->e, p->doc->changes.at[i].change), v = eval_var(p->e, of);
        for (size_t k = 0; m.at && v.at && k < m.rows * m.cols; k++)
            m.at[k] = rng_normal(&r) * (v.at[k] != 0 ? fabs(v.at[k]) : 1);
    }
}

/* Runs everything at random values at which all variables and gradients are finite, if there are
 * such: the first draws are as usual, the last ones positive. */
static dfoo_status draw_values(prover *p, const program *run, uint64_t seed, bool *finite) {
    *finite = false;
    for (uint32_t draw = 0; draw < 4 && !*finite; draw++) {
        DFOO_TRY(eval_random(p->e, seed, draw));
        tame(p, draw >= 2);
        eval_run(p->e);
        if (p->doc->changes.n) {
            draw_changes(p, seed);
            eval_run(p->e);
        }
        *finite = all_finite(p, run);
    }
    return DFOO_OK;
}

/* What a document's stages take as known, in the evaluation. */
static dfoo_status add_stages(prover *p) {
    for (uint32_t i = 0; i < p->doc->stages.n; i++) {
        const node_id both[2] = {p->doc->stages.at[i].known, p->doc->stages.at[i].times};
        for (int k = 0; k < 2; k++)
            if (both[k]) DFOO_TRY(eval_add_node(p->e, both[k]));
    }
    return DFOO_OK;
}

static dfoo_status open_on(prover *p, const document *doc, var_id goal) {
    uint32_t n = doc->g->vars.n;
    assert(goal && goal < n);
    *p = (prover){.doc = doc, .a = doc->a, .goal = goal};
    p->local = arena_new(p->a, n * sizeof *p->local);
    p->has_local = arena_new(p->a, n);
    return p->local && p->has_local ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status prover_open(prover *p, const document *doc, var_id goal, const program *run, const sizes *at) {
    DFOO_TRY(open_on(p, doc, goal));
    p->e = arena_new(p->a, sizeof *p->e);
    if (!p->e) return DFOO_ENOMEM;
    if (at) p->s = *at;
    else DFOO_TRY(model_try_sizes(doc->d->m, p->a, 0, &p->s));
    DFOO_TRY(eval_init(p->e, doc->g, p->a, &p->s));
    DFOO_TRY(eval_add_program(p->e, run));
    return add_stages(p);
}

/* The values that documents of one model are evaluated at, the model and its gradients run once. */
struct ground {
    const ir  *g;
    uint64_t   seed;
    sizes      s;
    evaluation e;
    eval_pool  pool;
    bool       drawn, finite;
    uint32_t   n_run; /* how much of the order has been run */
};

dfoo_status ground_open(const derivation *d, const program *run, uint64_t seed, arena *a, ground **out) {
    ground *w = *out = arena_new(a, sizeof *w);
    if (!w) return DFOO_ENOMEM;
    *w = (ground){.g = &d->m->g, .seed = seed, .pool = {.a = a}};
    DFOO_TRY(model_try_sizes(d->m, a, 0, &w->s));
    DFOO_TRY(eval_init(&w->e, w->g, a, &w->s));
    return eval_add_program(&w->e, run);
}

static dfoo_status open_on_ground(prover *p, const document *doc, var_id goal, ground *w) {
    DFOO_TRY(open_on(p, doc, goal));
    p->e = &w->e;
    p->s = w->s;
    p->pool = &w->pool;
    DFOO_TRY(eval_grow(p->e));
    return add_stages(p);
}

static void close_on_ground(prover *p) {
    for (var_id v = 1; v < p->doc->g->vars.n; v++)
        if (p->has_local[v]) eval_return(p->pool, &p->local[v]);
    eval_return(p->pool, &p->near);
    eval_return(p->pool, &p->network);
}

/* Everything has its value, drawn by the first document; what others add to it is computed when they come. */
static dfoo_status draw_on_ground(prover *p, const program *run, ground *w, bool *finite) {
    if (!w->drawn) DFOO_TRY(draw_values(p, run, w->seed, &w->finite));
    else if (w->finite) {
        draw_changes(p, w->seed);
        eval_run_from(&w->e, w->n_run);
    }
    w->drawn = true;
    w->n_run = w->e.order.n;
    *finite = w->finite;
    return DFOO_OK;
}

static dfoo_status prove_drawn(prover *p, explain_result *result) {
    const document *doc = p->doc;
    DFOO_TRY(differences_open(p, !doc->far));
    for (uint32_t i = 0; i < doc->stages.n; i++)
        if (doc->stages.at[i].known)
            p->known = fmax(p->known, largest(eval_node(p->e, doc->stages.at[i].known)));
    p->least = 1e-5 * p->known;
    for (uint32_t i = 0; i < doc->blocks.n; i++) prove_block(p, &doc->blocks.at[i], result);
    for (uint32_t i = 0; i < doc->hidden.n; i++) prove_block(p, &doc->hidden.at[i], result);
    prove_goal(p, result);
    return p->failed ? DFOO_ENOMEM : arena_status(p->a);
}

static dfoo_status prove_at(const document *doc, var_id goal, const program *run, uint64_t seed,
                            explain_result *result) {
    ground *w = !doc->at && doc->ground && doc->ground->seed == seed ? doc->ground : NULL;
    prover  p;
    bool    finite;
    DFOO_TRY(w ? open_on_ground(&p, doc, goal, w) : prover_open(&p, doc, goal, run, doc->at));
    DFOO_TRY(add_sides(&p, doc->blocks.at, doc->blocks.n));
    DFOO_TRY(add_sides(&p, doc->hidden.at, doc->hidden.n));
    DFOO_TRY(w ? draw_on_ground(&p, run, w, &finite) : draw_values(&p, run, seed, &finite));
    result->not_finite = !finite;
    dfoo_status status = finite ? prove_drawn(&p, result) : arena_status(p.a);
    if (w) close_on_ground(&p);
    return status;
}

/* What does not hold at one draw is tried at others: a gradient that happens to be nothing but rounding
 * agrees with nothing, a wrong line holds nowhere. */
dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed,
                           explain_result *result) {
    for (uint64_t draw = 0; draw < 3; draw++) {
        *result = (explain_result){0};
        DFOO_TRY(prove_at(doc, goal, run, seed + draw, result));
        if (!result->n_failed) break;
    }
    return DFOO_OK;
}

/* Two-sided differences.
 *
 * One entry x of a variable is moved to x + h, x - h, x + 2h and x - 2h, and each time what
 * follows from it is evaluated again. Of D(h) = (J(x+h) - J(x-h)) / 2h and D(2h), Richardson's
 * (4 D(h) - D(2h)) / 3 is taken; |D(h) - D(2h)| and the rounding of J / h tell how far that
 * can be trusted. h is about the cube root of the machine's precision, where the two errors
 * of D(h) balance; it is made smaller where J bends sharply or has a kink nearby. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "teach/check/inside.h"

typedef struct probe {
    const instance *in;
    evaluation run;   /* the instance's values; in order, only what depends on the variable */
    matrix     x;     /* the variable's values, */
    double    *home;  /* as they were */
    bool       symmetric;
    double    *goal;
    double     factor;
    double     terms; /* the sum of what the goal sums up, by absolute value: rounding is relative to it */
    VEC(uint32_t) kinks; /* that depend on the variable */
    node_id    met;      /* the operation whose kink was crossed; 0: none */
} probe;

/* ------------------------------------------------- what is to be run again */

typedef struct selection {
    const evaluation *e;
    var_id            v;
    bool              through_names; /* the whole way to the cost, not only the next statements */
    bool             *depends, *wanted; /* by node_id */
} selection;

static void mark_dependent(selection *w) {
    const ir *g = w->e->g;
    w->depends[ir_var(g, w->v)->leaf] = true;
    for (uint32_t i = 0; i < w->e->order.n; i++) {
        stmt        s = w->e->order.at[i];
        const node *x = ir_node(g, s.node);
        bool        copied = s.var && s.var != w->v && w->through_names;
        if (copied && w->depends[s.node]) w->depends[ir_var(g, s.var)->leaf] = true;
        for (int k = 0; !s.var && k < op_table[x->op].arity; k++)
            if (w->depends[x->arg[k]]) w->depends[s.node] = true;
    }
}

static void mark_wanted(selection *w) {
    const ir *g = w->e->g;
    for (uint32_t i = w->e->order.n; i-- > 0;) {
        stmt        s = w->e->order.at[i];
        const node *x = ir_node(g, s.node);
        if (s.var && w->through_names && w->wanted[ir_var(g, s.var)->leaf]) w->wanted[s.node] = true;
        for (int k = 0; !s.var && w->wanted[s.node] && k < op_table[x->op].arity; k++)
            w->wanted[x->arg[k]] = true;
    }
}

/* A kink counts where its operation is needed, and is then evaluated as well. */
static void mark_kinks(selection *w, probe *p, arena *a) {
    const subject *s = p->in->s;
    for (uint32_t k = 0; k < s->kinks.n; k++) {
        kink at = s->kinks.at[k];
        if (!w->wanted[at.of] || !w->depends[at.node]) continue;
        vec_push(a, &p->kinks, k);
        w->wanted[at.node] = true;
    }
}

static bool is_chosen(const selection *w, stmt s) {
    if (!s.var) return w->depends[s.node] && w->wanted[s.node] && ir_node(w->e->g, s.node)->op != OP_VAR;
    return w->through_names && s.var != w->v && w->depends[s.node] && w->wanted[ir_var(w->e->g, s.var)->leaf];
}

static dfoo_status select_order(probe *p, arena *a, var_id v, node_id goal, bool through_names) {
    const evaluation *e = &p->in->e;
    selection w = {.e = e, .v = v, .through_names = through_names};
    w.depends = arena_new(a, e->n_nodes);
    w.wanted = arena_new(a, e->n_nodes);
    if (!w.depends || !w.wanted) return DFOO_ENOMEM;
    w.wanted[goal] = true;
    mark_dependent(&w);
    mark_wanted(&w);
    mark_kinks(&w, p, a);
    mark_wanted(&w);
    p->run = *e;
    memset(&p->run.order, 0, sizeof p->run.order);
    for (uint32_t i = 0; i < e->order.n; i++)
        if (is_chosen(&w, e->order.at[i])) vec_push(a, &p->run.order, e->order.at[i]);
    return arena_status(a);
}

/* ----------------------------------------------------------- one difference */

static void find_kinks(probe *p) {
    for (uint32_t k = 0; k < p->kinks.n && !p->met; k++) {
        kink               at = p->in->s->kinks.at[p->kinks.at[k]];
        const signed char *sign = p->in->signs[p->kinks.at[k]];
        matrix             x = p->run.value[at.node];
        for (size_t i = 0; i < x.rows * x.cols; i++)
            if ((x.at[i] > 0) - (x.at[i] < 0) != sign[i]) p->met = at.of;
    }
}

/* The entry that moves with this one, each by half: S[j,i] with S[i,j] of a symmetric S; else itself. */
static size_t twin_of(const probe *p, size_t at) {
    bool two = p->symmetric && at != ALONG;
    return two ? at % p->x.cols * p->x.cols + at / p->x.cols : at;
}

/* The goal with x moved by `step`, which becomes the step that was really made. */
static double moved(probe *p, size_t at, const double *direction, double *step) {
    assert(at == ALONG ? direction != NULL : at < p->x.rows * p->x.cols);
    size_t n = p->x.rows * p->x.cols, twin = twin_of(p, at);
    if (at == ALONG) {
        for (size_t i = 0; i < n; i++) p->x.at[i] = p->home[i] + *step * direction[i];
        if (p->symmetric) matrix_symmetrise(p->x);
    } else {
        double part = twin != at ? 2 : 1;
        p->x.at[at] = p->x.at[twin] = p->home[at] + *step / part;
        *step = part * (p->x.at[at] - p->home[at]);
    }
    eval_run(&p->run);
    find_kinks(p);
    double value = *p->goal;
    if (at == ALONG) memcpy(p->x.at, p->home, n * sizeof *p->home);
    else p->x.at[at] = p->x.at[twin] = p->home[at];
    return value;
}

/* rounding: how large |D(h) - D(2h)| can be for that reason alone. */
static difference measure(probe *p, size_t at, const double *direction, double h, double *rounding) {
    assert(h > 0);
    double step[4] = {h, -h, 2 * h, -2 * h}, value[4];
    p->met = 0;
    for (int i = 0; i < 4; i++) value[i] = moved(p, at, direction, &step[i]);
    double near = (value[0] - value[1]) / (step[0] - step[1]),
           far = (value[2] - value[3]) / (step[2] - step[3]);
    difference q = {.at = at, .value = p->factor * (4 * near - far) / 3, .kink = p->met};
    *rounding = fabs(p->factor) * 4 * DBL_EPSILON * p->terms / h;
    q.error = fabs(p->factor * (near - far)) + *rounding;
    q.judged = !p->met && isfinite(q.value) && isfinite(q.error);
    return q;
}

/* With smaller steps where there is a kink or the error is more than rounding; the best of them. */
static difference measure_well(probe *p, size_t at, const double *direction) {
    double most = 1, rounding;
    size_t n = p->x.rows * p->x.cols;
    for (size_t i = 0; at == ALONG && i < n; i++) most = fmax(most, fabs(p->home[i]));
    if (at != ALONG) most = fmax(1, fabs(p->home[at]));
    double   h = ldexp(1, -15 + ilogb(most));
    difference best = measure(p, at, direction, h, &rounding);
    for (int i = 0; i < 2 && (!best.judged || best.error > 16 * rounding); i++) {
        h /= 64;
        difference q = measure(p, at, direction, h, &rounding);
        if (q.judged && (!best.judged || q.error < best.error / 4)) best = q;
    }
    return best;
}

/* --------------------------------------------------------------- a variable */

/* A link is a sum of sums. */
static dfoo_status add_terms(probe *p, arena *a, node_id goal) {
    const ir *g = p->in->s->g;
    VEC(node_id) stack = {0};
    vec_push(a, &stack, goal);
    while (stack.n) {
        const node *x = ir_node(g, stack.at[--stack.n]);
        matrix      below = p->in->e.value[x->arg[0]];
        for (int k = 0; x->op == OP_ADD && k < 2; k++) vec_push(a, &stack, x->arg[k]);
        for (size_t i = 0; x->op == OP_SUM && i < below.rows * below.cols; i++) p->terms += fabs(below.at[i]);
    }
    return arena_status(a);
}

static dfoo_status probe_start(probe *p, const instance *in, arena *a, const differences *q, bool by_link) {
    const subject *s = in->s;
    assert(!by_link || (q->of && s->link[q->number]));
    node_id goal = by_link ? s->link[q->number] : ir_var(s->g, s->m->cost)->leaf;
    *p = (probe){
        .in = in, .factor = 1, .x = in->e.value[ir_var(s->g, q->v)->leaf], .goal = in->e.value[goal].at};
    if (!by_link && q->of && q->of->scale == SCALE_DATA) p->factor = instance_size(in, s->m->examples);
    p->symmetric = ir_var(s->g, q->v)->symmetric;
    size_t bytes = p->x.rows * p->x.cols * sizeof *p->home;
    p->home = arena_new(a, bytes);
    if (!p->home) return DFOO_ENOMEM;
    memcpy(p->home, p->x.at, bytes);
    p->terms = fabs(*p->goal);
    if (by_link) DFOO_TRY(add_terms(p, a, goal));
    return select_order(p, a, q->v, goal, !by_link);
}

/* One entry of each of n equal parts; all of them where n is their number. */
static void measure_entries(probe *p, arena *a, differences *q, size_t n) {
    assert(p->x.rows == q->rows && p->x.cols == q->cols);
    assert(n <= q->rows * q->cols);
    size_t all = q->rows * q->cols;
    double sum = 0;
    rng    r = rng_start(p->in->seed, RNG_CHECK, 1u << 24 | q->v);
    memset(&q->list, 0, sizeof q->list);
    for (size_t i = 0; i < n; i++) {
        size_t from = all / n * i + (i < all % n ? i : all % n), count = all / n + (i < all % n);
        vec_push(a, &q->list, measure_well(p, from + rng_below(&r, (uint32_t)count), NULL));
    }
    if (q->direction) vec_push(a, &q->list, measure_well(p, ALONG, q->direction));
    uint32_t n_judged = 0;
    for (uint32_t i = 0; i < q->list.n; i++) {
        if (!q->list.at[i].judged) continue;
        sum += q->list.at[i].error;
        n_judged++;
    }
    q->noise = n_judged ? sum / n_judged : 0;
    eval_run(&p->run); /* everything is as it was */
}

static bool resolved(const differences *q) {
    double largest = 0;
    for (uint32_t i = 0; i < q->list.n; i++)
        if (q->list.at[i].judged) largest = fmax(largest, fabs(q->list.at[i].value));
    return q->noise < 1e-7 * largest;
}

/* By the cost, then, if that tells nothing or would take too long, by the link. */
static dfoo_status measure_variable(const instance *in, differences *q, size_t n, bool quickly,
                                    arena *scratch) {
    probe p;
    bool  has_link = q->of && in->s->link[q->number];
    DFOO_TRY(probe_start(&p, in, scratch, q, false));
    q->constant = !p.run.order.n;
    if (q->constant) return DFOO_OK;
    if (!quickly || !has_link) measure_entries(&p, in->a, q, n);
    if (!has_link || (!quickly && resolved(q))) return arena_status(in->a);
    differences link = *q;
    DFOO_TRY(probe_start(&p, in, scratch, q, true));
    link.by_link = true;
    measure_entries(&p, in->a, &link, n);
    if (quickly || link.noise < q->noise) *q = link;
    return arena_status(in->a);
}

/* ------------------------------------------------------------ all variables */

static const double *random_direction(const instance *in, const differences *q) {
    size_t  n = q->rows * q->cols;
    double *to = arena_new(in->a, n * sizeof *to);
    rng     r = rng_start(in->seed, RNG_CHECK, 1u << 25 | q->v);
    for (size_t i = 0; to && i < n; i++) to[i] = rng_normal(&r);
    return to;
}

/* Every gradient but dJ, then the parameters that have none. */
static void list_variables(const instance *in, differences_list *out) {
    const subject *s = in->s;
    for (uint32_t i = 0; i < s->right.list.n; i++) {
        const gradient *v = &s->right.list.at[i];
        if (v->var != s->m->cost)
            vec_push(in->a, &out->list, (differences){.v = v->var, .of = v, .number = i});
    }
    for (var_id v = 1; v < s->g->vars.n; v++)
        if (ir_var(s->g, v)->kind == VAR_PARAM && !derivation_find(&s->right, v))
            vec_push(in->a, &out->list, (differences){.v = v});
    for (uint32_t i = 0; i < out->list.n; i++) {
        matrix x = in->e.value[ir_var(s->g, out->list.at[i].v)->leaf];
        out->list.at[i].rows = x.rows;
        out->list.at[i].cols = x.cols;
    }
}

/* How many entries of each are compared: all, where these are not too many in all. Half as
 * many of the other variables as of the parameters. */
typedef struct budget {
    double total[2], n[2], most[2]; /* [0] parameters, [1] others */
    bool   quickly; /* even a few of each by the cost would take too long */
} budget;

static budget count_entries(const instance *in, const differences_list *all, uint32_t max_entries) {
    const double affordable = 1e9; /* multiplications or so: about a second */
    budget b = {.quickly = false};
    for (uint32_t i = 0; i < all->list.n; i++) {
        int k = ir_var(in->s->g, all->list.at[i].v)->kind != VAR_PARAM;
        b.total[k] += (double)all->list.at[i].rows * (double)all->list.at[i].cols;
        b.n[k]++;
    }
    b.most[0] = fmin(max_entries, affordable / (4 * in->work));
    b.most[1] = b.most[0] / 2;
    b.quickly = (b.n[0] + b.n[1]) * 12 * in->work > 4 * affordable;
    return b;
}

static size_t share(const budget *b, const differences *q, bool param) {
    int    k = !param;
    size_t all = q->rows * q->cols, few = b->most[k] > 2 * b->n[k] ? (size_t)(b->most[k] / b->n[k]) : 2;
    return b->total[k] <= b->most[k] || all <= few ? all : few;
}

dfoo_status differences_all(const instance *in, uint32_t max_entries, differences_list *out) {
    list_variables(in, out);
    DFOO_TRY(arena_status(in->a));
    budget b = count_entries(in, out, max_entries);
    for (uint32_t i = 0; i < out->list.n; i++) {
        differences  *q = &out->list.at[i];
        size_t      n = share(&b, q, ir_var(in->s->g, q->v)->kind == VAR_PARAM);
        arena       scratch;
        if (n < q->rows * q->cols && !(q->direction = random_direction(in, q))) return DFOO_ENOMEM;
        arena_init(&scratch, in->a->mem);
        dfoo_status status = measure_variable(in, q, n, b.quickly, &scratch);
        arena_free(&scratch);
        DFOO_TRY(status);
    }
    return DFOO_OK;
}

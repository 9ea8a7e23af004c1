/* Two-sided differences.
 *
 * One entry x of a variable is moved to x + h and x - h, and each time what follows from it is evaluated
 * again: D(h) = (J(x+h) - J(x-h)) / 2h. h begins large and becomes smaller, and what D(h) is wrong by, a
 * series in h**2, is taken out by Richardson's extrapolation, as long as that makes neighbours agree
 * better. How well they do, and the roundings of J (rounding.c) divided by h, tell how far the result can
 * be trusted. Steps that meet a kink, or leave where J is defined, do not count.
 *
 * The goal is J, or the link of the variable. Differences are taken entry by entry of what it sums up, so
 * that what does not change costs no digits. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "teach/check/inside.h"

/* A summand of the goal, sum(weight * value). */
typedef struct part {
    matrix        value;
    const double *weight; /* NULL: 1 */
    const double *doubt;  /* how far roundings may have moved the weight */
    double        factor;
    const double *rounding;
    double       *here, *above;  /* the values at x, at x + h */
    bool         *moves;  /* which entries were seen to change */
} part;

typedef struct probe {
    const instance *in;
    evaluation run;   /* the instance's values; in order, only what depends on the variable */
    matrix     x;     /* the variable's values, */
    double    *home;  /* as they were */
    bool       symmetric;
    double     factor;
    VEC(part) parts;
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

static dfoo_status select_order(probe *p, arena *a, var_id v, const link_list *goals, bool through_names) {
    const evaluation *e = &p->in->e;
    selection w = {.e = e, .v = v, .through_names = through_names};
    w.depends = arena_new(a, e->n_nodes);
    w.wanted = arena_new(a, e->n_nodes);
    if (!w.depends || !w.wanted) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < goals->list.n; i++) w.wanted[goals->list.at[i].node] = true;
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
        const double      *doubt = p->in->doubt[p->kinks.at[k]];
        matrix             x = p->run.value[at.node];
        for (size_t i = 0; i < x.rows * x.cols; i++)
            if (kink_sign(x.at[i], doubt[i]) != sign[i]) p->met = at.of;
    }
}

/* The entry that moves with this one, each by half: S[j,i] with S[i,j] of a symmetric S; else itself. */
static size_t twin_of(const probe *p, size_t at) {
    bool two = p->symmetric && at != ALONG;
    return two ? at % p->x.cols * p->x.cols + at / p->x.cols : at;
}

static double first_step(double x) {
    return ldexp(1, -6 + ilogb(fmax(1, fabs(x))));
}

/* Evaluates everything with x moved by a step; returns the step that was really made. */
static double move(probe *p, size_t at, const double *direction, double step) {
    assert(at == ALONG ? direction != NULL : at < p->x.rows * p->x.cols);
    size_t n = p->x.rows * p->x.cols, twin = twin_of(p, at);
    if (at == ALONG) {
        for (size_t i = 0; i < n; i++) p->x.at[i] = p->home[i] + step * direction[i];
        if (p->symmetric) matrix_symmetrise(p->x);
    } else {
        double each = twin != at ? 2 : 1;
        p->x.at[at] = p->x.at[twin] = p->home[at] + step / each;
        step = each * (p->x.at[at] - p->home[at]);
    }
    eval_run(&p->run);
    find_kinks(p);
    return step;
}

static void put_back(probe *p, size_t at) {
    if (at == ALONG) memcpy(p->x.at, p->home, p->x.rows * p->x.cols * sizeof *p->home);
    else p->x.at[at] = p->x.at[twin_of(p, at)] = p->home[at];
}

/* D(h), how far roundings can move it, and how far those of the weights. What never changed was rounded in
 * the same way on both sides, unless it changed by less than that, even by the longest step. */
static double quotient(probe *p, size_t at, const double *direction, double h, double longest,
                       double *rounding, double *doubt) {
    double sum = 0, near = 0, far = 0, fixed = 0;
    p->met = 0;
    double up = move(p, at, direction, h);
    for (uint32_t i = 0; i < p->parts.n; i++) {
        const part *x = &p->parts.at[i];
        memcpy(x->above, x->value.at, x->value.rows * x->value.cols * sizeof *x->above);
    }
    put_back(p, at);
    double down = move(p, at, direction, -h);
    for (uint32_t i = 0; i < p->parts.n; i++) {
        const part *x = &p->parts.at[i];
        for (size_t k = 0; k < x->value.rows * x->value.cols; k++) {
            double w = x->factor * (x->weight ? x->weight[k] : 1);
            sum += w * (x->above[k] - x->value.at[k]);
            x->moves[k] = x->moves[k] || x->above[k] != x->value.at[k];
            *(x->moves[k] ? &near : &far) += fabs(w) * x->rounding[k];
            if (x->doubt) fixed += fabs(x->factor * x->doubt[k] * (x->above[k] - x->value.at[k]));
        }
    }
    put_back(p, at);
    *rounding = 2 * fabs(p->factor) * (near / h + far / longest);
    *doubt = fabs(p->factor * fixed / (up - down));
    return p->factor * sum / (up - down);
}

/* Smaller and smaller steps. t: the last two rows of Richardson's table; in a row each entry is free of one
 * more power of h**2. */
enum { MOST_STEPS = 11 };

typedef struct table_rows {
    double   t[2][MOST_STEPS];
    uint32_t n; /* rows since the last kink */
} table_rows;

/* Adds a row; the best of it. */
static difference extrapolate(table_rows *r, double value, double rounding, size_t at) {
    double    *row = r->t[r->n % 2], *before = r->t[(r->n + 1) % 2], power = 1;
    difference best = {.at = at, .error = INFINITY};
    row[0] = value;
    for (uint32_t k = 1; k <= r->n; k++) {
        power *= 16;
        row[k] = row[k - 1] + (row[k - 1] - before[k - 1]) / (power - 1);
        double error = fmax(fabs(row[k] - row[k - 1]), fabs(row[k] - before[k - 1])) + 1.5 * rounding;
        if (!(error < best.error)) continue;
        best.value = row[k];
        best.error = error;
        best.judged = true;
    }
    r->n++;
    return best;
}

/* What moves at all? What is not a number where x is none, and, since a choice between two may lose that,
 * what a very long step changes, which no difference could be taken of. Returns that step. */
static double note_moves(probe *p, size_t at, const double *direction, double first) {
    double longest = ldexp(first, 20), step[] = {longest, (double)NAN};
    for (uint32_t i = 0; i < p->parts.n; i++)
        memset(p->parts.at[i].moves, 0, p->parts.at[i].value.rows * p->parts.at[i].value.cols);
    for (int s = 0; s < 2; s++) {
        move(p, at, direction, step[s]);
        for (uint32_t i = 0; i < p->parts.n; i++) {
            const part *x = &p->parts.at[i];
            for (size_t k = 0; k < x->value.rows * x->value.cols; k++)
                x->moves[k] = x->moves[k] || x->value.at[k] != x->here[k];
        }
        put_back(p, at);
    }
    return longest;
}

static difference measure(probe *p, size_t at, const double *direction) {
    double     most = 1, rounding, doubt;
    size_t     n = p->x.rows * p->x.cols;
    difference best = {.at = at, .error = INFINITY};
    table_rows rows = {.n = 0};
    node_id    met = 0;
    for (size_t i = 0; at == ALONG && i < n; i++) most = fmax(most, fabs(p->home[i]));
    if (at != ALONG) most = p->home[at];
    double first = first_step(most), h = first;
    double longest = note_moves(p, at, direction, first);
    for (int i = 0; i < MOST_STEPS; i++, h /= 4) {
        double value = quotient(p, at, direction, h, longest, &rounding, &doubt);
        if (p->met) met = p->met;
        if (p->met || !isfinite(value) || !isfinite(rounding)) {
            rows.n = 0;
            continue;
        }
        difference d = extrapolate(&rows, value, rounding, at);
        if (d.error < best.error) best = d;
        else if (best.judged && 2 * rounding > best.error) break;
    }
    best.error += doubt;
    if (!best.judged) best.kink = met;
    return best;
}

/* --------------------------------------------------------------- a variable */

static dfoo_status add_part(probe *p, arena *a, node_id node, part one) {
    one.value = p->in->e.value[node];
    size_t n = one.value.rows * one.value.cols;
    one.here = arena_new(a, n * sizeof *one.here);
    one.above = arena_new(a, n * sizeof *one.above);
    one.moves = arena_new(a, n * sizeof *one.moves);
    if (!one.here || !one.above || !one.moves) return DFOO_ENOMEM;
    memcpy(one.here, one.value.at, n * sizeof *one.here);
    vec_push(a, &p->parts, one);
    return arena_status(a);
}

/* From the scale of dS to that of dV. */
static double scale_factor(const instance *in, uint8_t from, uint8_t to) {
    double m = from != to ? instance_size(in, in->s->m->examples) : 1;
    return from == SCALE_COST ? m : 1 / m;
}

static dfoo_status add_links(probe *p, arena *a, const differences *q) {
    const subject   *s = p->in->s;
    const link_list *links = &s->links[q->number];
    for (uint32_t i = 0; i < links->list.n; i++) {
        const gradient *from = &s->right.list.at[links->list.at[i].from];
        part one = {.weight = p->in->raw.of[links->list.at[i].from].at,
                    .doubt = p->in->raw.rounding[links->list.at[i].from],
                    .factor = scale_factor(p->in, from->scale, q->of->scale)};
        DFOO_TRY(add_part(p, a, links->list.at[i].node, one));
    }
    return DFOO_OK;
}

/* Roundings of what the goal sums up: here, where much may be 0 or 1 and exact, and a step away. */
static dfoo_status add_roundings(probe *p, arena *a) {
    uint32_t n = p->parts.n;
    size_t   n_x = p->x.rows * p->x.cols;
    matrix  *values = arena_new(a, (n + 1) * sizeof *values);
    double **here = arena_new(a, (n + 1) * sizeof *here), **there = arena_new(a, (n + 1) * sizeof *there);
    if (!values || !here || !there) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) values[i] = p->parts.at[i].value;
    DFOO_TRY(rounding_measure(&p->run, NULL, a, values, n, here));
    for (size_t k = 0; k < n_x; k++) p->x.at[k] += first_step(p->home[k]) * (k % 2 ? 0.7 : 0.9);
    if (p->symmetric) matrix_symmetrise(p->x);
    eval_run(&p->run);
    DFOO_TRY(rounding_measure(&p->run, NULL, a, values, n, there));
    memcpy(p->x.at, p->home, n_x * sizeof *p->home);
    eval_run(&p->run);
    for (uint32_t i = 0; i < n; i++) {
        for (size_t k = 0; k < values[i].rows * values[i].cols; k++)
            here[i][k] = fmax(here[i][k], there[i][k]);
        p->parts.at[i].rounding = here[i];
    }
    return DFOO_OK;
}

static dfoo_status probe_start(probe *p, const instance *in, arena *a, const differences *q, bool by_link) {
    const subject *s = in->s;
    node_id        cost = ir_var(s->g, s->m->cost)->leaf;
    link_list      goals = {{0}};
    *p = (probe){.in = in, .factor = 1, .x = in->e.value[ir_var(s->g, q->v)->leaf]};
    if (!by_link && q->of && q->of->scale == SCALE_DATA) p->factor = instance_size(in, s->m->examples);
    p->symmetric = ir_var(s->g, q->v)->symmetric;
    size_t bytes = p->x.rows * p->x.cols * sizeof *p->home;
    p->home = arena_new(a, bytes);
    if (!p->home) return DFOO_ENOMEM;
    memcpy(p->home, p->x.at, bytes);
    vec_push(a, &goals.list, (link){.node = cost});
    DFOO_TRY(by_link ? add_links(p, a, q) : add_part(p, a, cost, (part){.factor = 1}));
    DFOO_TRY(select_order(p, a, q->v, by_link ? &s->links[q->number] : &goals, !by_link));
    return add_roundings(p, a);
}

/* One entry of each of n equal parts; all of them where n is their number. */
static void measure_entries(probe *p, arena *a, differences *q, size_t n) {
    assert(p->x.rows == q->rows && p->x.cols == q->cols);
    assert(n <= q->rows * q->cols);
    size_t all = q->rows * q->cols;
    rng    r = rng_start(p->in->seed, RNG_CHECK, 1u << 24 | q->v);
    memset(&q->list, 0, sizeof q->list);
    for (size_t i = 0; i < n; i++) {
        size_t from = all / n * i + (i < all % n ? i : all % n), count = all / n + (i < all % n);
        vec_push(a, &q->list, measure(p, from + rng_below(&r, (uint32_t)count), NULL));
    }
    if (q->direction) vec_push(a, &q->list, measure(p, ALONG, q->direction));
    q->error = 0;
    for (uint32_t i = 0; i < q->list.n; i++)
        if (q->list.at[i].judged && q->list.at[i].at != ALONG)
            q->error = fmax(q->error, q->list.at[i].error);
    eval_run(&p->run); /* everything is as it was */
}

static bool resolved(const differences *q) {
    double largest = 0;
    for (uint32_t i = 0; i < q->list.n; i++)
        if (q->list.at[i].judged) largest = fmax(largest, fabs(q->list.at[i].value));
    return q->error < 1e-9 * largest;
}

/* By the cost, then, if that tells little or would take too long, by the link. */
static dfoo_status measure_variable(const instance *in, differences *q, size_t n, bool quickly,
                                    arena *scratch) {
    probe p;
    bool  has_link = q->of && in->s->links[q->number].list.n;
    if (!quickly || !has_link) {
        DFOO_TRY(probe_start(&p, in, scratch, q, false));
        q->constant = !p.run.order.n;
        if (q->constant) return DFOO_OK;
        measure_entries(&p, in->a, q, n);
    }
    if (!has_link || (!quickly && resolved(q))) return arena_status(in->a);
    differences by_link = *q;
    DFOO_TRY(probe_start(&p, in, scratch, q, true));
    by_link.by_link = true;
    measure_entries(&p, in->a, &by_link, n);
    if (quickly || by_link.error < q->error) *q = by_link;
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

dfoo_status differences_all(instance *in, uint32_t max_entries, differences_list *out) {
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

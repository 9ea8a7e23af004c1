/* Second derivatives on trial: the products HV = the Hessian times a direction, computed by the lines that
 * are shown, against two-sided differences of the gradients along that direction, which are the lines of
 * first order. The Hessian is symmetric, so u.Hv = v.Hu for any u and v: a second proof, which needs no
 * differences. And each line of second order is doubled in turn, which the differences must notice. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "teach/check/inside.h"

enum { STEPS = 10 }; /* of 0.05, half of that, .. */

/* A right product is so close to the differences, in relation to its largest entry; differences that are less
 * sure of themselves than the other say nothing. */
static const double CLOSE = 1e-6, UNSURE = 1e-3;

typedef struct trial {
    const instance   *in;
    const derivation *first, *second;
    ir               *g;
    arena            *a;
    program           gradients, all; /* forward and first order; second order as well */
    evaluation        e, shaken;     /* where it moves; at home, with every value a little wrong */
    second_judged    *out;
} trial;

/* ------------------------------------------------------------- evaluations */

static bool is_moving(const trial *w, var_id v) {
    return ir_var(w->g, v)->kind == VAR_DIRECTION;
}

static dfoo_status make_programs(trial *w) {
    const model *m = w->first->m;
    for (uint32_t i = 0; i < m->forward.list.n; i++)
        vec_push(w->a, &w->gradients.list, m->forward.list.at[i]);
    for (uint32_t i = 0; i < w->first->list.n; i++) {
        const gradient *v = &w->first->list.at[i];
        if (v->shown) vec_push(w->a, &w->gradients.list, (stmt){.var = v->grad, .node = v->whole});
    }
    for (uint32_t i = 0; i < w->gradients.list.n; i++)
        vec_push(w->a, &w->all.list, w->gradients.list.at[i]);
    for (uint32_t i = 0; i < w->second->list.n; i++) {
        const gradient *v = &w->second->list.at[i];
        if (v->shown) vec_push(w->a, &w->all.list, (stmt){.var = v->grad, .node = v->whole});
    }
    return arena_status(w->a);
}

/* What the instance has of inputs, labels, parameters and masks; directions are drawn. */
static dfoo_status fill(const trial *w, evaluation *e, uint32_t draw) {
    for (var_id v = 1; v < w->g->vars.n; v++) {
        const variable *x = ir_var(w->g, v);
        if (!var_is_source((var_kind)x->kind) || x->kind == VAR_CONST || strchr(ir_var_name(w->g, v), '('))
            continue;
        matrix to = eval_var(e, v);
        if (!to.at) return DFOO_ENOMEM;
        if (x->kind != VAR_DIRECTION) {
            matrix from = w->in->e.value[x->leaf];
            if (from.at) memcpy(to.at, from.at, to.rows * to.cols * sizeof *to.at);
            continue;
        }
        rng r = rng_start(w->in->seed, RNG_CHECK, 1u << 26 | draw << 16 | v);
        for (size_t i = 0; i < to.rows * to.cols; i++) to.at[i] = rng_normal(&r);
        if (x->symmetric) matrix_symmetrise(to);
    }
    return DFOO_OK;
}

static dfoo_status evaluate(const trial *w, const program *p, uint32_t draw, double noise, arena *a,
                            evaluation *e) {
    DFOO_TRY(eval_init(e, w->g, a, &w->in->sz));
    DFOO_TRY(fill(w, e, draw));
    DFOO_TRY(eval_add_program(e, p));
    for (uint32_t i = 0; i < w->in->s->kinks.n; i++)
        DFOO_TRY(eval_add_node(e, w->in->s->kinks.at[i].node));
    e->noise = noise;
    eval_run(e);
    return DFOO_OK;
}

/* ------------------------------------------------------------- differences */

/* Moves everything to x + t * direction. */
static void move_to(trial *w, double t) {
    for (var_id v = 1; v < w->g->vars.n; v++) {
        if (!is_moving(w, v)) continue;
        matrix direction = eval_var(&w->e, v), x = eval_var(&w->e, ir_var(w->g, v)->of);
        const double *home = w->in->e.value[ir_var(w->g, ir_var(w->g, v)->of)->leaf].at;
        for (size_t i = 0; i < x.rows * x.cols; i++) x.at[i] = home[i] + t * direction.at[i];
    }
    eval_run(&w->e);
}

/* Is a kink on the other side of 0 now? */
static bool meets_kink(const trial *w) {
    for (uint32_t k = 0; k < w->in->s->kinks.n; k++) {
        matrix x = eval_node(&w->e, w->in->s->kinks.at[k].node);
        for (size_t i = 0; i < x.rows * x.cols; i++)
            if ((x.at[i] > 0) - (x.at[i] < 0) != w->in->signs[k][i]) return true;
    }
    return false;
}

/* The quotients of one step for all goals, one after the other; false: a kink lies between. */
static bool quotients(trial *w, double h, double *out) {
    bool kink = false;
    for (int side = 1; side >= -1; side -= 2) {
        size_t at = 0;
        move_to(w, side * h);
        kink = kink || meets_kink(w);
        for (uint32_t i = 0; i < w->second->list.n; i++) {
            const gradient *v = &w->second->list.at[i];
            matrix          x = v->part == PART_GOAL ? eval_var(&w->e, v->var) : (matrix){0};
            for (size_t k = 0; k < x.rows * x.cols; k++, at++)
                out[at] = side > 0 ? x.at[k] : (out[at] - x.at[k]) / (2 * h);
        }
    }
    return !kink;
}

static size_t count_entries(const trial *w) {
    size_t n = 0;
    for (uint32_t i = 0; i < w->second->list.n; i++) {
        shape s = ir_var(w->g, w->second->list.at[i].var)->sh;
        if (w->second->list.at[i].part == PART_GOAL)
            n += sizes_get(&w->in->sz, s.rows) * sizes_get(&w->in->sz, s.cols);
    }
    return n;
}

/* Richardson's of each two steps; of these, for the entries of one product, the two that agree best. */
typedef struct table {
    size_t  n;
    double *of[STEPS]; /* NULL: not known */
} table;

static dfoo_status fill_table(trial *w, table *t) {
    double *wide = NULL;
    *t = (table){.n = count_entries(w)};
    for (int k = 0; k < STEPS; k++) {
        double *narrow = arena_new(w->a, (t->n + 1) * sizeof *narrow);
        if (!narrow) return DFOO_ENOMEM;
        if (!quotients(w, ldexp(0.05, -k), narrow)) narrow = NULL;
        t->of[k] = narrow && wide ? arena_new(w->a, (t->n + 1) * sizeof *narrow) : NULL;
        for (size_t i = 0; t->of[k] && i < t->n; i++) t->of[k][i] = (4 * narrow[i] - wide[i]) / 3;
        wide = narrow;
    }
    return arena_status(w->a);
}

static double distance(const double *x, const double *y, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x[i] - y[i]) <= most)) most = isfinite(x[i] - y[i]) ? fabs(x[i] - y[i]) : INFINITY;
    return most;
}

static const double *best_of(const table *t, size_t from, size_t n, double *error) {
    const double *best = NULL;
    *error = INFINITY;
    for (int k = 0; k + 1 < STEPS; k++) {
        double d = t->of[k] && t->of[k + 1] ? distance(t->of[k] + from, t->of[k + 1] + from, n) : INFINITY;
        if (d >= *error) continue;
        *error = d;
        best = t->of[k + 1] + from;
    }
    return best;
}

/* What rounding may do to a variable: how far it goes when every value on the way is wrong by up to WRONG of
 * itself says that. */
static const double WRONG = 1e-8;

static double rounding_of(const evaluation *right, const evaluation *shaken, const ir *g, var_id v) {
    matrix x = eval_node(right, ir_var(g, v)->leaf), y = eval_node(shaken, ir_var(g, v)->leaf);
    return 64 * DBL_EPSILON / WRONG * distance(x.at, y.at, x.rows * x.cols);
}

static void judge_product(trial *w, const gradient *v, matrix x, const double *measured, double error,
                          double noise) {
    product_judged j = {.product = v->grad, .rows = x.rows, .cols = x.cols, .tried = measured != NULL,
                        .noise = noise};
    double         largest = matrix_largest(x), d = 0;
    if (measured) {
        d = distance(x.at, measured, x.rows * x.cols);
        for (size_t i = 0; i < x.rows * x.cols; i++) largest = fmax(largest, fabs(measured[i]));
        j.tried = isfinite(largest) && error <= fmax(UNSURE * largest, noise);
    }
    j.difference = d == 0 ? 0 : d / largest;
    j.right = !j.tried || d <= fmax(CLOSE * largest, fmax(10 * error, noise));
    vec_push(w->a, &w->out->list, j);
}

/* Rounding of the product itself, and of a gradient over the smallest step. */
static double noise_of(const trial *w, const evaluation *at, const gradient *v) {
    return rounding_of(at, &w->shaken, w->g, v->grad) +
           rounding_of(at, &w->shaken, w->g, v->var) / ldexp(0.05, -STEPS);
}

static dfoo_status judge_products(trial *w, const evaluation *at) {
    table  t;
    size_t from = 0;
    DFOO_TRY(evaluate(w, &w->gradients, 0, 0, w->a, &w->e));
    DFOO_TRY(fill_table(w, &t));
    for (uint32_t i = 0; i < w->second->list.n; i++) {
        const gradient *v = &w->second->list.at[i];
        double          error;
        if (v->part != PART_GOAL) continue;
        matrix        x = eval_node(at, ir_var(w->g, v->grad)->leaf);
        const double *measured = best_of(&t, from, x.rows * x.cols, &error);
        judge_product(w, v, x, measured, error, noise_of(w, at, v));
        from += x.rows * x.cols;
    }
    return arena_status(w->a);
}

/* ---------------------------------------------------------------- symmetry */

static var_id direction_of(const trial *w, var_id moves) {
    for (var_id v = 1; v < w->g->vars.n; v++)
        if (is_moving(w, v) && ir_var(w->g, v)->of == moves) return v;
    return 0;
}

/* u.Hv, and the sum of its terms by absolute value. A gradient of the examples' losses is m times as large.
 */
static double form(const trial *w, const evaluation *u, const evaluation *v, double *size) {
    double sum = 0, m = instance_size(w->in, w->first->m->examples);
    for (uint32_t i = 0; i < w->second->list.n; i++) {
        const gradient *g = &w->second->list.at[i];
        if (g->part != PART_GOAL) continue;
        var_id          of = ir_var(w->g, g->var)->of, direction = direction_of(w, of);
        const gradient *first = derivation_find(w->first, of);
        if (!direction) continue;
        matrix x = eval_node(u, ir_var(w->g, direction)->leaf);
        matrix y = eval_node(v, ir_var(w->g, g->grad)->leaf);
        double scale = first->scale == SCALE_DATA ? 1 / m : 1;
        for (size_t k = 0; k < x.rows * x.cols; k++) {
            sum += scale * x.at[k] * y.at[k];
            *size += fabs(scale * x.at[k] * y.at[k]);
        }
    }
    return sum;
}

static dfoo_status judge_symmetry(trial *w, const evaluation *v) {
    evaluation u;
    double     size = 0;
    DFOO_TRY(evaluate(w, &w->all, 1, 0, w->a, &u));
    double uHv = form(w, &u, v, &size), vHu = form(w, v, &u, &size), noise = 0;
    for (uint32_t i = 0; i < w->second->list.n; i++) {
        const gradient *g = &w->second->list.at[i];
        shape           s = ir_var(w->g, g->var)->sh;
        double entries = fmax(instance_size(w->in, s.rows) * instance_size(w->in, s.cols), 1);
        if (g->part == PART_GOAL) noise += 4 * entries * rounding_of(v, &w->shaken, w->g, g->grad);
    }
    w->out->symmetry = uHv == vHu ? 0 : fabs(uHv - vHu) / size;
    w->out->symmetric = fabs(uHv - vHu) <= fmax(CLOSE * size, noise);
    return DFOO_OK;
}

/* ------------------------------------------------------------ planted faults */

static bool is_noticed(const trial *w, const evaluation *right, const evaluation *wrong, bool *changed) {
    bool noticed = false;
    for (uint32_t i = 0; i < w->out->list.n; i++) {
        const product_judged *j = &w->out->list.at[i];
        node_id               leaf = ir_var(w->g, j->product)->leaf;
        matrix                x = eval_node(right, leaf), y = eval_node(wrong, leaf);
        double                d = distance(x.at, y.at, x.rows * x.cols);
        double                largest = fmax(matrix_largest(x), matrix_largest(y));
        *changed = *changed || d > fmax(100 * CLOSE * largest, 100 * j->noise);
        noticed = noticed || (j->tried && d > fmax(2 * CLOSE, 4 * j->difference) * largest);
    }
    return noticed;
}

static dfoo_status double_line(trial *w, uint32_t line, const evaluation *right) {
    arena       scratch;
    evaluation  wrong;
    bool        changed = false;
    stmt       *s = &w->all.list.at[line], home = *s;
    s->node = ir_op2(w->g, OP_MUL, ir_number(w->g, 2), s->node);
    if (!s->node) return DFOO_ENOMEM;
    arena_init(&scratch, w->a->mem);
    dfoo_status status = evaluate(w, &w->all, 0, 0, &scratch, &wrong);
    if (status == DFOO_OK) {
        bool noticed = is_noticed(w, right, &wrong, &changed);
        w->out->n_planted += changed;
        w->out->n_noticed += changed && noticed;
    }
    arena_free(&scratch);
    *s = home;
    return status;
}

/* ------------------------------------------------------------------ all of it */

static bool is_right(const second_judged *j) {
    for (uint32_t i = 0; i < j->list.n; i++)
        if (!j->list.at[i].right) return false;
    return j->symmetric && j->n_noticed == j->n_planted;
}

static dfoo_status second_try(trial *w) {
    evaluation v;
    DFOO_TRY(make_programs(w));
    DFOO_TRY(evaluate(w, &w->all, 0, 0, w->a, &v));
    DFOO_TRY(evaluate(w, &w->all, 0, WRONG, w->a, &w->shaken));
    DFOO_TRY(judge_products(w, &v));
    DFOO_TRY(judge_symmetry(w, &v));
    for (uint32_t i = 0; i < w->out->list.n; i++) {
        w->out->n_tried += w->out->list.at[i].tried;
        w->out->n_right += w->out->list.at[i].tried && w->out->list.at[i].right;
    }
    for (uint32_t i = w->gradients.list.n; w->out->n_tried == w->out->list.n && i < w->all.list.n; i++)
        DFOO_TRY(double_line(w, i, &v));
    w->out->ok = is_right(w->out);
    return arena_status(w->a);
}

dfoo_status check_second(model *m, const derivation *first, const derivation *second, arena *a,
                         const check_engine *engine, const check_options *opt, second_judged *out) {
    subject  *s = arena_new(a, sizeof *s);
    instance *in = arena_new(a, sizeof *in);
    *out = (second_judged){.ok = true};
    if (!s || !in) return DFOO_ENOMEM;
    DFOO_TRY(subject_init(s, m, a, engine));
    if (opt->values) DFOO_TRY(instance_given(in, s, a, opt->seed, opt->values));
    else DFOO_TRY(instance_random(in, s, a, opt->seed, 0));
    if (!in->finite) return DFOO_OK;
    trial w = {.in = in, .first = first, .second = second, .g = &m->g, .a = a, .out = out};
    return second_try(&w);
}

/* ---------------------------------------------------------------- in words */

double second_distance(const second_judged *j) {
    double most = 0;
    for (uint32_t i = 0; i < j->list.n; i++)
        if (j->list.at[i].tried) most = fmax(most, j->list.at[i].difference);
    return most;
}

void second_write(const model *m, const second_judged *j, buf *out) {
    const ir *g = &m->g;
    buf_printf(out, "second derivatives of %s: the Hessian times a random direction, against two-sided "
                    "differences of the gradients\n", ir_var_name(g, m->cost));
    for (uint32_t i = 0; i < j->list.n; i++) {
        const product_judged *x = &j->list.at[i];
        const char           *verdict = !x->tried ? "not told" : x->right ? "right" : "WRONG";
        buf_printf(out, "%-6s %s", ir_var_name(g, x->product), verdict);
        buf_printf(out, "  %zu x %zu", x->rows, x->cols);
        if (x->tried) buf_printf(out, "  to %.1e", x->difference);
        else buf_puts(out, "  the differences meet a kink, or a number that is not finite");
        buf_puts(out, "\n");
    }
    if (!j->list.n) buf_puts(out, "nothing is proved: the cost is not finite\n");
    if (j->list.n) buf_printf(out, "u.Hv = v.Hu to %.1e: the Hessian is symmetric\n", j->symmetry);
    if (j->n_planted)
        buf_printf(out, "negative control: %u of %u doubled lines noticed\n", j->n_noticed, j->n_planted);
    buf_puts(out, j->ok ? "right" : "wrong");
    buf_printf(out, ": %u of %u products agree with the differences\n", j->n_right, j->list.n);
}

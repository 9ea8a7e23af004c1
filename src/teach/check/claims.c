/* The model's own claims, `dW2 = ..` behind `minimize`, against the derived gradients.
 *
 * A claim is evaluated twice: with the claims before it, as whoever wrote them would, and
 * with the derived gradients in their place, which tells whether this line is right in itself. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/check/inside.h"

enum { WRITTEN, GIVEN };

typedef struct judge_env {
    instance       *in;
    gradient_values right;
    matrix         *value[2]; /* by claim: with the claims before it; with the derived gradients */
    double        **rounding[2];
    bool           *unknown;  /* by claim: it names a gradient that there is not */
} judge_env;

static const double same = 1e-10; /* algebraically equal, but for rounding */

/* A number is a matrix of one entry as well. */
static bool fits(const model *m, const claim *c) {
    shape x = ir_shape(&m->g, c->node), v = ir_var(&m->g, c->var)->sh;
    bool  both = (shape_is_scalar(x) || shape_is_single(x)) && (shape_is_scalar(v) || shape_is_single(v));
    return both || shape_equal(x, v);
}

static uint32_t number_of(const instance *in, var_id grad) {
    const derivation *d = &in->s->right;
    uint32_t          i = 0;
    while (i < d->list.n && d->list.at[i].grad != grad) i++;
    return i;
}

static bool names_unknown(const judge_env *w, arena *a, const claim *c) {
    const ir *g = w->in->s->g;
    node_list need = {{0}};
    if (ir_reach(g, a, &c->node, 1, &need) != DFOO_OK || number_of(w->in, c->var) == w->right.n) return true;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(g, need.list.at[i]);
        if (x->op != OP_VAR || ir_var(g, x->ref)->kind != VAR_GRADIENT) continue;
        if (number_of(w->in, x->ref) == w->right.n) return true;
    }
    return false;
}

/* The names' values: forward ones are shared, gradients copied, since claims write to them. */
static dfoo_status start(const judge_env *w, arena *a, evaluation *e) {
    const instance *in = w->in;
    DFOO_TRY(eval_init(e, in->s->g, a, &in->sz));
    for (node_id n = 1; n < in->e.n_nodes; n++)
        if (ir_node(in->s->g, n)->op == OP_VAR) e->value[n] = in->e.value[n];
    for (uint32_t i = 0; i < w->right.n; i++) {
        matrix from = w->right.of[i], *to = &e->value[ir_var(in->s->g, in->s->right.list.at[i].grad)->leaf];
        size_t bytes = from.rows * from.cols * sizeof(double);
        *to = (matrix){from.rows, from.cols, arena_new(a, bytes)};
        if (!to->at) return DFOO_ENOMEM;
        memcpy(to->at, from.at, bytes);
    }
    return DFOO_OK;
}

/* Evaluates the claims in order, each becoming the value of its gradient (WRITTEN) or not. */
static dfoo_status evaluate(judge_env *w, arena *a, int way) {
    const model *m = w->in->s->m;
    evaluation   e;
    w->value[way] = arena_new(a, m->claims.n * sizeof(matrix));
    w->rounding[way] = arena_new(a, m->claims.n * sizeof(double *));
    if (!w->value[way] || !w->rounding[way]) return DFOO_ENOMEM;
    DFOO_TRY(start(w, a, &e));
    for (uint32_t i = 0; i < m->claims.n; i++) {
        claim   c = m->claims.at[i];
        program p = {{0}};
        if (w->unknown[i]) continue;
        vec_push(a, &p.list, (stmt){.var = c.var, .node = c.node});
        bool becomes = way == WRITTEN && fits(m, &c);
        DFOO_TRY(becomes ? eval_add_program(&e, &p) : eval_add_node(&e, c.node));
    }
    eval_run(&e);
    for (uint32_t i = 0; i < m->claims.n; i++) w->value[way][i] = e.value[m->claims.at[i].node];
    return rounding_measure(&w->in->e, &e, a, w->value[way], m->claims.n, w->rounding[way]);
}

/* dV of the other convention is m times, or 1/m of, this one's where V belongs to the examples. */
static bool is_other_convention(const judge_env *w, const gradient *v, double c) {
    const derivation *d = &w->in->s->right;
    double            m = instance_size(w->in, w->in->s->m->examples);
    if (d->used == CONVENTION_COURSE) return v->scale == SCALE_DATA && fabs(c * m - 1) < same;
    bool chosen = d->asked == CONVENTION_DJ && !d->why_dj; /* the model would have allowed the course's */
    return chosen && ir_var(w->in->s->g, v->var)->kind != VAR_PARAM && fabs(c / m - 1) < same;
}

static void find_worst(claim_judged *j, matrix x, matrix y) {
    assert(x.rows == y.rows && x.cols == y.cols);
    double most = -1;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        double away = isfinite(x.at[i]) ? fabs(x.at[i] - y.at[i]) : INFINITY;
        if (away <= most) continue;
        most = away;
        j->row = i / x.cols;
        j->col = i % x.cols;
        j->claimed = x.at[i];
        j->derived = y.at[i];
    }
}

static bool is_right(const judge_env *w, uint32_t i, int way) {
    uint32_t number = number_of(w->in, w->in->s->m->claims.at[i].var);
    return agrees(w->value[way][i], w->rounding[way][i], w->right.of[number], w->right.rounding[number],
                  same);
}

static claim_judged judge_claim(const judge_env *w, uint32_t i) {
    const claim *c = &w->in->s->m->claims.at[i];
    claim_judged j = {.of = c, .verdict = CLAIM_UNKNOWN};
    if (w->unknown[i]) return j;
    uint32_t number = number_of(w->in, c->var);
    matrix   right = w->right.of[number], x = w->value[WRITTEN][i];
    j.verdict = CLAIM_SHAPE;
    if (!fits(w->in->s->m, c)) return j;
    j.distance = matrix_difference(x, right);
    j.verdict = CLAIM_EQUAL;
    if (is_right(w, i, WRITTEN)) return j;
    j.ratio = matrix_factor(x, right, same);
    find_worst(&j, x, right);
    j.verdict = is_right(w, i, GIVEN) ? CLAIM_GIVEN : CLAIM_DIFFERS;
    if (j.ratio != 0 && is_other_convention(w, &w->in->s->right.list.at[number], j.ratio))
        j.verdict = CLAIM_OTHER_CONVENTION;
    return j;
}

dfoo_status claims_judge(instance *in, arena *a, claims_judged *out) {
    const model *m = in->s->m;
    judge_env    w = {.in = in, .right = in->raw};
    if (!m->claims.n) return DFOO_OK;
    w.unknown = arena_new(a, m->claims.n);
    if (!w.unknown) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->claims.n; i++) w.unknown[i] = names_unknown(&w, a, &m->claims.at[i]);
    DFOO_TRY(evaluate(&w, a, WRITTEN));
    DFOO_TRY(evaluate(&w, a, GIVEN));
    for (uint32_t i = 0; i < m->claims.n; i++) vec_push(a, &out->list, judge_claim(&w, i));
    return arena_status(a);
}

/* Each claim against what it has to be if the ones before it are taken as they are.
 *
 * What belongs to the examples (dZ) may have the 1/m or not, or from some line on, and negative gradients are
 * fine where the parameters follow them: the convention is the one under which the fewest are wrong. Whoever
 * has all parameters' gradients right is right, whatever the values on the way are called. */
#include "teach/judge/verdict.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static bool belongs_to_examples(const judge_case *c, uint32_t number) {
    const derivation *d = &c->s->right;
    return ir_var(c->s->g, d->list.at[number].var)->kind != VAR_PARAM &&
           d->list.at[number].scale == SCALE_DATA;
}

static double scale_of(const judge_case *c, const judge_verdicts *v, const judge_claim *claim) {
    if (claim->update) return 1;
    bool early = claim->number >= v->early && belongs_to_examples(c, claim->number);
    return early ? v->sign / c->examples : v->sign;
}

static bool is_finite(matrix x) {
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!isfinite(x.at[i])) return false;
    return true;
}

static matrix scaled(arena *a, matrix x, double factor) {
    matrix y = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    for (size_t i = 0; y.at && i < x.rows * x.cols; i++) y.at[i] = factor * x.at[i];
    return y;
}

matrix verdict_unscaled(const judge_case *c, arena *a, const judge_verdicts *all, uint32_t number, matrix x) {
    const judge_claim claim = {.number = number};
    return scaled(a, x, 1 / scale_of(c, all, &claim));
}

static bool same_shape(matrix x, matrix y) {
    return x.at && y.at && x.rows == y.rows && x.cols == y.cols;
}

/* The values that take the place of gradients, in the derivation's own convention. */
static dfoo_status known_values(const judge_case *c, arena *a, const judge_claims *claims,
                                const judge_verdicts *v, matrix *known) {
    for (uint32_t i = 0; i < claims->list.n; i++) {
        const judge_claim *k = &claims->list.at[i];
        if (!k->update && same_shape(k->value, c->right[k->number]) && is_finite(k->value))
            known[k->number] = scaled(a, k->value, 1 / scale_of(c, v, k));
    }
    return arena_status(a);
}

static void measure(judge_verdict *v) {
    double own = 0, other = 0, both = 0;
    if (!same_shape(v->claim.value, v->expected)) return;
    for (size_t i = 0; i < v->expected.rows * v->expected.cols; i++) {
        double x = v->claim.value.at[i], y = v->expected.at[i];
        own += x * x;
        other += y * y;
        both += x * y;
    }
    v->norms = other > 0 ? sqrt(own / other) : 0;
    v->cosine = own > 0 && other > 0 ? both / sqrt(own * other) : 0;
    v->ratio = matrix_ratio(v->claim.value, v->expected);
}

static void judge_one(const judge_case *c, judge_verdicts *all, judge_verdict *v, bool wrong_before) {
    matrix x = v->claim.value;
    (void)c;
    measure(v);
    v->how = JUDGED_WRONG;
    if (!same_shape(x, v->expected))
        v->how = JUDGED_SHAPE;
    else if (!is_finite(x))
        v->how = JUDGED_NOT_FINITE;
    else if (v->claim.update) {
        if (v->ratio > 0 && all->factor == 0) all->factor = v->ratio;
        if (v->ratio > 0 && fabs(v->ratio / all->factor - 1) < 1e-6) v->how = JUDGED_RIGHT;
    } else if (matrix_same(x, v->expected, 1))
        v->how = JUDGED_RIGHT;
    if (v->how == JUDGED_RIGHT && wrong_before &&
        !matrix_same(x, c->right[v->claim.number], scale_of(c, all, &v->claim)))
        v->how = JUDGED_GIVEN;
}

static double factor_of(const judge_claim *claim, const matrix *expected) {
    double k = claim->update ? matrix_ratio(claim->value, expected[claim->number]) : 0;
    return k > 0 ? k : 0;
}

/* What most updates are multiplied with: the learning rate, and what else belongs to all. */
static double common_factor(const judge_claims *claims, const matrix *expected) {
    double   best = 0;
    uint32_t most = 0;
    for (uint32_t i = 0; i < claims->list.n; i++) {
        double   k = factor_of(&claims->list.at[i], expected);
        uint32_t n = k > 0;
        for (uint32_t j = 0; j < claims->list.n && k > 0; j++)
            n += fabs(factor_of(&claims->list.at[j], expected) / k - 1) < 1e-6 ? 2 : 0;
        n += k > 0 && fabs(k - claims->rate) < 1e-9;
        if (n <= most) continue;
        most = n;
        best = k;
    }
    return best;
}

static dfoo_status judge_as(const judge_case *c, arena *a, const judge_claims *claims, uint32_t early,
                            double sign, judge_verdicts *out) {
    uint32_t n = c->s->right.list.n;
    matrix  *known = arena_new(a, (n + 1) * sizeof *known),
           *expected = arena_new(a, (n + 1) * sizeof *expected);
    *out = (judge_verdicts){.early = early, .sign = sign};
    if (!known || !expected) return DFOO_ENOMEM;
    DFOO_TRY(known_values(c, a, claims, out, known));
    DFOO_TRY(case_gradients(c, a, &c->s->right, known, n, expected));
    out->expected = expected;
    out->factor = common_factor(claims, expected);
    for (uint32_t i = 0; i < claims->list.n; i++) {
        judge_verdict v = {.claim = claims->list.at[i]};
        v.expected = scaled(a, expected[v.claim.number], scale_of(c, out, &v.claim));
        judge_one(c, out, &v, out->wrong > 0);
        out->right += v.how < JUDGED_WRONG;
        out->wrong += v.how >= JUDGED_WRONG;
        out->found += ir_var(c->s->g, c->s->right.list.at[v.claim.number].var)->kind == VAR_PARAM;
        vec_push(a, &out->list, v);
    }
    return arena_status(a);
}

static bool follows(const judge_claims *claims, const judge_verdicts *v) {
    bool any = claims->ascends || claims->failed;
    for (uint32_t i = 0; i < v->list.n; i++)
        any = any || (v->list.at[i].claim.update && v->list.at[i].how < JUDGED_WRONG);
    return any;
}

static bool is_claimed(const judge_claims *claims, uint32_t number) {
    for (uint32_t i = 0; i < claims->list.n; i++)
        if (claims->list.at[i].number == number) return true;
    return false;
}

/* The convention tried first wins where others are as good: no 1/m on dZ, or everywhere, before a change
 * midway. */
static dfoo_status try_sign(const judge_case *c, arena *a, const judge_claims *claims, double sign,
                            judge_verdicts *best) {
    const uint32_t never = UINT32_MAX;
    for (uint32_t i = 0; i < claims->list.n + 2 && best->wrong; i++) {
        judge_verdicts other;
        uint32_t       early = i == 0 ? never : i == 1 ? 0 : claims->list.at[i - 2].number;
        if (i >= 2 && (!early || !belongs_to_examples(c, early))) continue;
        DFOO_TRY(judge_as(c, a, claims, early, sign, &other));
        if (sign < 0 && !follows(claims, &other)) continue;
        if (other.wrong < best->wrong) *best = other;
    }
    return DFOO_OK;
}

/* Is it the gradient itself, not only what follows from the lines before? */
static bool is_own(const judge_case *c, const judge_verdicts *all, const judge_verdict *v, double *factor) {
    matrix right = c->right[v->claim.number];
    if (!v->claim.update) return matrix_same(v->claim.value, right, all->sign);
    double k = matrix_ratio(v->claim.value, right);
    if (*factor == 0) *factor = k;
    return k > 0 && fabs(k / *factor - 1) < 1e-6;
}

/* What the program is for is right: then no line of it is wrong. */
static void settle_by_parameters(const judge_case *c, judge_verdicts *all) {
    uint32_t right = 0, parameters = 0;
    double   factor = 0;
    for (uint32_t i = 0; i < c->s->right.list.n; i++)
        parameters += ir_var(c->s->g, c->s->right.list.at[i].var)->kind == VAR_PARAM;
    for (uint32_t i = 0; i < all->list.n; i++) {
        const judge_verdict *v = &all->list.at[i];
        bool parameter = ir_var(c->s->g, c->s->right.list.at[v->claim.number].var)->kind == VAR_PARAM;
        right += parameter && is_own(c, all, v, &factor);
    }
    if (right < parameters) return;
    for (uint32_t i = 0; i < all->list.n; i++) all->list.at[i].how = JUDGED_RIGHT;
    all->right = all->list.n;
    all->wrong = 0;
}

dfoo_status verdicts_make(const judge_case *c, arena *a, const judge_claims *claims, judge_verdicts *out) {
    DFOO_TRY(judge_as(c, a, claims, UINT32_MAX, claims->ascends ? -1 : 1, out));
    DFOO_TRY(try_sign(c, a, claims, 1, out));
    DFOO_TRY(try_sign(c, a, claims, -1, out));
    if (out->wrong) settle_by_parameters(c, out);
    for (uint32_t i = 0; i < c->s->right.list.n; i++) {
        judge_verdict missing = {.claim = {.number = i}, .how = JUDGED_MISSING};
        if (ir_var(c->s->g, c->s->right.list.at[i].var)->kind == VAR_PARAM && !is_claimed(claims, i))
            vec_push(a, &out->list, missing);
    }
    return arena_status(a);
}

/* --------------------------------------------------------------- mistakes */

var_id verdict_goal(const subject *s, const plant *p) {
    const step *at = &s->right.trail.at[p->step];
    if (at->goal || (at->kind != TRAIL_LOCAL && at->kind != TRAIL_REDUCE)) return at->goal;
    const node *to = ir_node(s->g, ir_node(s->g, at->op)->arg[at->operand]);
    return to->op == OP_VAR ? to->ref : 0;
}

/* Is the step one of the way from what is known to this gradient? */
static bool is_on_the_way(const judge_case *c, const matrix *known, uint32_t number, const plant *p) {
    const derivation *d = &c->s->right;
    var_id            goal = verdict_goal(c->s, p);
    if (!goal || goal == d->list.at[number].var) return true;
    uint32_t i = 0;
    while (i < d->list.n && d->list.at[i].var != goal) i++;
    return i < number && !known[i].at;
}

/* A single number where the mistake makes the same one everywhere; n numbers in a row or a column. */
static matrix as_wide_as(const judge_claim *claim, matrix x, arena *a) {
    matrix y = claim->value;
    size_t n = x.rows * x.cols;
    if (!x.at || !y.at || same_shape(y, x)) return y;
    if (y.rows * y.cols == 1) {
        matrix wide = {x.rows, x.cols, arena_new(a, n * sizeof(double))};
        for (size_t i = 0; wide.at && i < n; i++) wide.at[i] = y.at[0];
        return wide;
    }
    if (n == 1) { /* one number that was added to every entry */
        for (size_t i = 1; i < y.rows * y.cols; i++)
            if (!matrix_close(y.at[i], y.at[0])) return y;
        return (matrix){1, 1, y.at};
    }
    if (claim->flat && y.rows * y.cols == n) {
        y.rows = x.rows;
        y.cols = x.cols;
    }
    return y;
}

static bool fits_claim(arena *a, const judge_verdicts *all, const judge_verdict *v, matrix x, double scale) {
    if (!v->claim.update) return matrix_same(as_wide_as(&v->claim, x, a), x, scale);
    double k = matrix_ratio(v->claim.value, x);
    return k > 0 && (all->factor == 0 || fabs(k / all->factor - 1) < 1e-6);
}

static dfoo_status try_plant(const judge_case *c, arena *scratch, const judge_verdicts *all,
                             const judge_verdict *v, const matrix *known, const plant *p, bool *same) {
    derivation     d;
    const subject *s = c->s;
    *same = false;
    DFOO_TRY(mistakes_derive(s, scratch, p, &d));
    matrix *out = arena_new(scratch, (d.list.n + 1) * sizeof *out);
    if (!out) return DFOO_ENOMEM;
    if (v->claim.number >= d.list.n ||
        d.list.at[v->claim.number].var != s->right.list.at[v->claim.number].var)
        return DFOO_OK;
    DFOO_TRY(case_gradients(c, scratch, &d, known, v->claim.number, out));
    *same = fits_claim(scratch, all, v, out[v->claim.number], scale_of(c, all, &v->claim));
    return DFOO_OK;
}

/* What was claimed before v, in the derivation's own convention. */
matrix *verdict_known(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v) {
    matrix *known = arena_new(a, (c->s->right.list.n + 1) * sizeof *known);
    for (uint32_t i = 0; known && i < all->list.n; i++) {
        const judge_verdict *k = &all->list.at[i];
        if (k->how == JUDGED_MISSING || k->claim.number >= v->claim.number || k->claim.update) continue;
        if (same_shape(k->claim.value, c->right[k->claim.number]) && is_finite(k->claim.value))
            known[k->claim.number] = scaled(a, k->claim.value, 1 / scale_of(c, all, &k->claim));
    }
    return known;
}

dfoo_status verdict_node(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v,
                         node_id n, matrix *out) {
    matrix *known = verdict_known(c, a, all, v);
    return known ? case_node(c, a, known, v->claim.number, n, out) : DFOO_ENOMEM;
}

dfoo_status verdict_planted(const judge_case *c, arena *a, const judge_verdicts *all, const judge_verdict *v,
                            const plant *p, uint32_t number, matrix *out) {
    derivation d;
    matrix    *known = verdict_known(c, a, all, v);
    *out = (matrix){0};
    DFOO_TRY(mistakes_derive(c->s, a, p, &d));
    matrix *values = arena_new(a, (d.list.n + 1) * sizeof *values);
    if (!known || !values) return DFOO_ENOMEM;
    if (number >= d.list.n) return DFOO_OK;
    DFOO_TRY(case_gradients(c, a, &d, known, number, values));
    *out = values[number];
    return DFOO_OK;
}

dfoo_status verdict_candidates(const judge_case *c, arena *a, const judge_verdicts *all, judge_verdict *v,
                               const plants *catalogue, bool again) {
    judge_verdict before = *v;
    matrix       *known = verdict_known(c, a, all, v);
    if (!known) return DFOO_ENOMEM;
    memset(&v->candidates, 0, sizeof v->candidates);
    uint32_t n = again ? before.candidates.n : catalogue->list.n;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t number = again ? before.candidates.at[i] : i;
        arena    scratch;
        bool     same = false;
        if (!is_on_the_way(c, known, v->claim.number, &catalogue->list.at[number])) continue;
        arena_init(&scratch, a->mem);
        dfoo_status status = try_plant(c, &scratch, all, v, known, &catalogue->list.at[number], &same);
        arena_free(&scratch);
        DFOO_TRY(status);
        if (same) vec_push(a, &v->candidates, number);
    }
    return arena_status(a);
}

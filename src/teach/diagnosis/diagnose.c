/* Answers against the derivation, in both conventions and on each instance: what is right, what is right
 * given the answers before, and what is wrong. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/diagnosis/inside.h"

/* ---------------------------------------------------------------- instances */

matrix instance_value(const instance *in, const char *name) {
    const ir *g = in->s->g;
    var_id    v = ir_find_var(g, symbols_find(g->names, name, strlen(name)));
    if (!v || ir_var(g, v)->leaf >= in->e.n_nodes) return (matrix){0};
    return in->e.value[ir_var(g, v)->leaf];
}

size_t instance_examples(const instance *in) {
    return in->s->m->examples ? sizes_get(&in->sz, in->s->m->examples) : 0;
}

static dfoo_status make_instances(judging *w, const diagnosis_options *opt) {
    diagnosis *out = w->out;
    out->is_given = opt->n_values > 0;
    out->n_instances = (uint8_t)(opt->n_values ? opt->n_values : 2);
    for (uint32_t k = 0; k < out->n_instances; k++) {
        instance *in = &out->in[k];
        DFOO_TRY(opt->n_values ? instance_given(in, &w->side[0].s, w->a, opt->seed, opt->values[k])
                               : instance_random(in, &w->side[0].s, w->a, opt->seed, k * 100));
        if (!in->finite)
            return diag_error(w->m->g.d, &w->m->src, span_at(0, 0), "%s is not a finite number on %s values",
                              ir_var_name(&w->m->g, w->m->cost), opt->n_values ? "the given" : "random");
    }
    return DFOO_OK;
}

/* The right gradients of both sides; the instance is the same. */
static dfoo_status make_sides(judging *w) {
    for (int c = 0; c < 2; c++)
        for (uint32_t k = 0; k < w->out->n_instances; k++) {
            side *x = &w->side[c];
            x->in[k] = w->out->in[k];
            x->in[k].s = &x->s;
            DFOO_TRY(instance_gradients(&x->in[k], w->a, &x->s.raw, true, &x->right[k]));
        }
    return DFOO_OK;
}

/* ------------------------------------------------------------------ answers */

static dfoo_status ask(judging *w, const answer_source *source) {
    for (uint32_t k = 0; k < w->out->n_instances; k++)
        DFOO_TRY(source->answers(source->user, &w->out->in[k], k, w->a, &w->answers[k]));
    for (uint32_t k = 1; k < w->out->n_instances; k++)
        if (w->answers[k].list.n < w->answers[0].list.n) w->answers[0].list.n = w->answers[k].list.n;
    return arena_status(w->a);
}

uint32_t number_of(const side *x, const char *name) {
    const ir *g = x->s.g;
    uint32_t  i = 0;
    while (i < x->s.right.list.n && strcmp(ir_var_name(g, x->s.right.list.at[i].grad), name) != 0) i++;
    return i;
}

/* ---------------------------------------------------------------- one answer */

/* Is answer i what `expected` says on every instance? */
static bool holds(const judging *w, uint32_t i, const matrix *expected, double *const *rounding) {
    for (uint32_t k = 0; k < w->out->n_instances; k++)
        if (!is_answer(w, &w->answers[k].list.at[i], expected[k], rounding[k])) return false;
    return true;
}

/* Right by itself, or given what was before, in the convention c? */
static dfoo_status try_side(judging *w, uint32_t i, int c, answer_verdict *v, matrix *expected) {
    side    *x = &w->side[c];
    uint32_t u = number_of(x, w->answers[0].list.at[i].of);
    double  *rounding[MOST_CASES];
    matrix   truth[MOST_CASES];
    *v = ANSWER_UNKNOWN;
    if (u == x->s.right.list.n) return DFOO_OK;
    for (uint32_t k = 0; k < w->out->n_instances; k++) {
        truth[k] = x->right[k].of[u];
        rounding[k] = x->right[k].rounding[u];
        DFOO_TRY(follow(x, k, w->a, &x->s.raw, x->known[k], u, &expected[k]));
    }
    *v = holds(w, i, expected, rounding) ? ANSWER_GIVEN : ANSWER_WRONG;
    if (holds(w, i, truth, rounding)) *v = ANSWER_RIGHT;
    return DFOO_OK;
}

/* Does the other convention say something else here? */
static bool tells(const judging *w, uint32_t i) {
    uint32_t u = number_of(&w->side[0], w->answers[0].list.at[i].of);
    uint32_t o = number_of(&w->side[1], w->answers[0].list.at[i].of);
    if (u == w->side[0].s.right.list.n || o == w->side[1].s.right.list.n) return false;
    return !agrees(w->side[0].right[0].of[u], NULL, w->side[1].right[0].of[o], NULL, w->same);
}

static bool is_finite_everywhere(matrix x) {
    return isfinite(matrix_largest(x));
}

static answer_verdict of_shape(const judging *w, uint32_t i, const matrix *expected) {
    for (uint32_t k = 0; k < w->out->n_instances; k++) {
        const answer *x = &w->answers[k].list.at[i];
        if (!x->value.at) return x->fault ? ANSWER_FAULT : ANSWER_FOLLOWS;
        if (!expected[k].at) return ANSWER_FOLLOWS;
        if (x->value.rows != expected[k].rows || x->value.cols != expected[k].cols) return ANSWER_SHAPE;
        if (!is_finite_everywhere(x->value) && is_finite_everywhere(expected[k])) return ANSWER_NOT_FINITE;
    }
    return ANSWER_WRONG;
}

/* Is it, on every instance, this size, or 1 by it? */
static bool is_size(const judging *w, const double *factor, sym size, bool inverse) {
    for (uint32_t k = 0; k < w->out->n_instances; k++) {
        double n = (double)w->out->in[k].sz.of[size], x = fabs(factor[k]);
        if (n < 2 || fabs((inverse ? 1 / x : x) - n) > 1e-6 * n) return false;
    }
    return true;
}

/* The number by which it is what it should be: the same on every instance, or a size. */
static void find_factor(const judging *w, uint32_t i, const matrix *expected, diagnosed *d) {
    double factor[MOST_CASES];
    bool   same = true;
    for (uint32_t k = 0; k < w->out->n_instances; k++) {
        factor[k] = matrix_factor(w->answers[k].list.at[i].value, expected[k], 10 * w->same);
        same = same && fabs(factor[k] - factor[0]) <= 1e-6 * fabs(factor[0]);
        if (factor[k] == 0) return;
    }
    for (uint32_t s = 0; s < w->m->size_names.n && !d->size; s++)
        for (int inverse = 0; inverse < 2 && !d->size; inverse++)
            if (is_size(w, factor, w->m->size_names.at[s], inverse)) {
                d->size = w->m->size_names.at[s];
                d->inverse = inverse;
            }
    if (same || d->size) d->factor = factor[0];
}

static void measure(const judging *w, diagnosed *d) {
    matrix x = d->is.value, y = d->expected;
    double xx = 0, yy = 0, xy = 0, most = -1, few = w->same * matrix_largest(y);
    d->n_entries = x.rows * x.cols;
    for (size_t i = 0; i < d->n_entries; i++) {
        double off = isfinite(x.at[i]) ? fabs(x.at[i] - y.at[i]) : (double)INFINITY;
        xx += x.at[i] * x.at[i];
        yy += y.at[i] * y.at[i];
        xy += x.at[i] * y.at[i];
        if (!(off <= few)) d->n_differ++;
        if (off <= most) continue;
        most = off;
        d->row = i / x.cols;
        d->col = i % x.cols;
    }
    d->norms = sqrt(xx / yy);
    d->cosine = xy / sqrt(xx * yy);
}

/* Of what is not right: the shape, the factor, the name. */
static dfoo_status look_closer(judging *w, uint32_t i, int c, const matrix *expected, diagnosed *d) {
    d->verdict = (uint8_t)of_shape(w, i, expected);
    d->expected = expected[0];
    d->factor = 0;
    d->size = 0;
    if (d->verdict == ANSWER_FOLLOWS || d->verdict == ANSWER_FAULT) return DFOO_OK;
    if (d->verdict == ANSWER_WRONG) find_factor(w, i, expected, d);
    return name_mistakes(w, i, c, expected, d);
}

/* A mistake without a name here may have one in the other convention. */
static dfoo_status try_other(judging *w, uint32_t i, int *c, matrix expected[2][MOST_CASES], diagnosed *d) {
    int other = 1 - *c;
    DFOO_TRY(look_closer(w, i, other, expected[other], d));
    if (!d->names.n) return look_closer(w, i, *c, expected[*c], d);
    *c = other;
    return DFOO_OK;
}

static bool is_right(answer_verdict v) {
    return v == ANSWER_RIGHT || v == ANSWER_GIVEN;
}

/* The convention that is in use; else that in which the answer is right, the one that is asked for first. */
static int preferred(const judging *w, const answer_verdict *v) {
    int asked = w->asked;
    if (w->decided) return w->used;
    return v[asked] <= v[1 - asked] ? asked : 1 - asked;
}

/* Which convention is in use, with the answer's verdict in it. Where neither knows the answer, and nothing
 * was said before, a mistake decides: that which has a name. */
static dfoo_status choose(judging *w, uint32_t i, diagnosed *d) {
    answer_verdict v[2];
    matrix         expected[2][MOST_CASES];
    for (int c = 0; c < 2; c++) DFOO_TRY(try_side(w, i, c, &v[c], expected[c]));
    int  c = preferred(w, v);
    bool telling = tells(w, i), right = is_right(v[c]);
    d->verdict = (uint8_t)v[c];
    d->expected = expected[c][0];
    if (v[c] == ANSWER_UNKNOWN) return DFOO_OK;
    d->of = &w->side[c].s.right.list.at[number_of(&w->side[c], d->is.of)];
    if (!right) {
        DFOO_TRY(look_closer(w, i, c, expected[c], d));
        if (telling && !w->decided && !d->names.n) DFOO_TRY(try_other(w, i, &c, expected, d));
    }
    if (telling && !w->decided && (right || d->names.n)) {
        w->decided = true;
        w->used = (uint8_t)c;
    }
    d->other_convention = right && telling && c != w->asked;
    return DFOO_OK;
}

/* From now on the answer stands for its gradient, if it can. */
static void remember(judging *w, uint32_t i, const diagnosed *d) {
    if (d->verdict == ANSWER_UNKNOWN || d->is.scaled) return;
    for (int c = 0; c < 2; c++) {
        uint32_t u = number_of(&w->side[c], d->is.of);
        for (uint32_t k = 0; u < w->side[c].s.right.list.n && k < w->out->n_instances; k++) {
            matrix x = w->answers[k].list.at[i].value, y = w->side[c].right[k].of[u];
            bool   whole = x.at && y.at && x.rows == y.rows && x.cols == y.cols;
            w->side[c].known[k][u] = whole ? x : (matrix){0};
        }
    }
}

dfoo_status judging_answer(judging *w, uint32_t i) {
    diagnosed d = {.is = w->answers[0].list.at[i], .verdict = ANSWER_UNKNOWN};
    DFOO_TRY(choose(w, i, &d));
    if (d.verdict == ANSWER_WRONG) measure(w, &d);
    d.by_accident = !answer_is_wrong(d.verdict) && d.of && d.is.ndim == 0 &&
                    shape_is_single(ir_var(&w->m->g, d.of->var)->sh);
    remember(w, i, &d);
    if (answer_is_wrong(d.verdict)) {
        if (!w->out->n_wrong++) w->out->first_wrong = i;
    }
    vec_push(w->a, &w->out->list, d);
    return arena_status(w->a);
}

static void note_missing(judging *w) {
    const side *x = &w->side[0];
    for (uint32_t u = 0; u < x->s.right.list.n; u++) {
        bool   found = false;
        var_id v = x->s.right.list.at[u].var;
        if (ir_var(x->s.g, v)->kind != VAR_PARAM) continue;
        const char *name = ir_var_name(x->s.g, x->s.right.list.at[u].grad);
        for (uint32_t i = 0; i < w->out->list.n; i++)
            found = found || strcmp(w->out->list.at[i].is.of, name) == 0;
        if (!found) vec_push(w->a, &w->out->missing, v);
    }
}

static dfoo_status make_room(judging *w) {
    for (int c = 0; c < 2; c++)
        for (uint32_t k = 0; k < w->out->n_instances; k++) {
            w->side[c].known[k] = arena_new(w->a, (w->side[c].s.right.list.n + 1) * sizeof(matrix));
            if (!w->side[c].known[k]) return DFOO_ENOMEM;
        }
    return DFOO_OK;
}

dfoo_status judging_begin(judging *w, const check_engine engine[2], const diagnosis_options *opt) {
    const model *m = w->m;
    if (!m->cost)
        return diag_error(m->g.d, &m->src, span_at(0, 0),
                          "there is no gradient to judge: the model has no `minimize`");
    for (int c = 0; c < 2; c++) {
        side *x = &w->side[c];
        DFOO_TRY(subject_init(&x->s, w->m, w->a, &engine[c]));
        DFOO_TRY(mistakes_apply(&x->s, w->a, &x->plants));
        x->broken = arena_new(w->a, (x->plants.list.n + 1) * sizeof *x->broken);
        if (!x->broken) return DFOO_ENOMEM;
    }
    w->asked = (uint8_t)w->side[0].s.right.used;
    DFOO_TRY(make_instances(w, opt));
    return make_sides(w);
}

dfoo_status diagnose(model *m, arena *a, const check_engine engine[2], const answer_source *source,
                     const diagnosis_options *opt, diagnosis *out) {
    judging *w = arena_new(a, sizeof *w);
    if (!w) return DFOO_ENOMEM;
    *out = (diagnosis){.m = m, .seed = opt->seed};
    *w = (judging){.m = m, .a = a, .out = out, .same = source->same > 0 ? source->same : 1e-9};
    DFOO_TRY(judging_begin(w, engine, opt));
    DFOO_TRY(make_room(w));
    DFOO_TRY(ask(w, source));
    out->first_wrong = w->answers[0].list.n;
    for (uint32_t i = 0; i < w->answers[0].list.n; i++) DFOO_TRY(judging_answer(w, i));
    note_missing(w);
    out->used = w->decided ? w->used : w->asked;
    return arena_status(a);
}

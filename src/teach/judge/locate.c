/* Where a value that several lines make became wrong: dA1 = .., dA1 = dA1 * D1, dA1 = dA1 / keep. What may
 * stand in between is known: other gradients, the same but for 1/m or the part that is kept, what has no
 * penalty yet. */
#include <math.h>
#include <string.h>

#include "teach/judge/verdict.h"

typedef struct locating {
    const gatherer       *w;
    const judge_verdicts *all;
    const judge_verdict  *v;
    double                factor; /* of the convention */
} locating;

static const py_event *event_at(const locating *l, uint32_t i) {
    return &l->w->r->trace.list.at[i];
}

static bool is_same_key(py_value x, py_value y) {
    bool texts = x.kind == PY_STRING && y.kind == PY_STRING;
    if (texts) return strcmp(x.text->at, y.text->at) == 0;
    return x.kind != PY_STRING && y.kind != PY_STRING &&
           (x.kind != PY_INT || y.kind != PY_INT || x.whole == y.whole);
}

static bool is_same_target(const locating *l, const py_event *x, const py_event *y) {
    (void)l;
    bool made = py_event_names(x) && x->how != 'a';
    return made && x->name == y->name && x->frame == y->frame && is_same_key(x->key, y->key);
}

/* Is it a gradient, but for a factor that is still to come? */
static bool is_but_for_factor(const locating *l, matrix x, matrix y) {
    const judge_case *c = l->w->c;
    double            k = matrix_ratio(x, y);
    if (k == 0) return false;
    double factors[5] = {1, c->examples, 1 / c->examples, 1, 1};
    for (var_id v = 1; v < c->s->g->vars.n; v++)
        if (ir_var(c->s->g, v)->kind == VAR_MASK) {
            factors[3] = ir_keep(c->s->g, v);
            factors[4] = 1 / factors[3];
        }
    for (int i = 0; i < 5; i++)
        if (fabs(k / (l->all->sign * factors[i]) - 1) < 1e-9) return true;
    return false;
}

/* The penalty, a multiple of the parameter, is still to come. */
static bool is_without_penalty(const locating *l, matrix x) {
    const subject *s = l->w->c->s;
    var_id         v = s->right.list.at[l->v->claim.number].var;
    matrix         own = l->w->c->value[v], y = l->v->expected;
    if (ir_var(s->g, v)->kind != VAR_PARAM || !y.at || y.rows * y.cols < 2 || x.rows != y.rows ||
        x.cols != y.cols)
        return false;
    matrix rest = {y.rows, y.cols, arena_new(l->w->a, y.rows * y.cols * sizeof(double))};
    for (size_t i = 0; rest.at && i < y.rows * y.cols; i++) rest.at[i] = y.at[i] - x.at[i];
    return rest.at && matrix_ratio(rest, own) != 0;
}

/* The factor that is wrong in the end, and is there already. */
static bool has_wrong_factor(const locating *l, matrix x, matrix y) {
    double k = matrix_ratio(x, y);
    return k != 0 && l->v->ratio != 0 && fabs(l->v->ratio - 1) > 1e-9 &&
           fabs(k / (l->v->ratio * l->factor) - 1) < 1e-9;
}

/* May the right gradient still come of it? */
static bool is_on_the_way(const locating *l, uint32_t event) {
    const subject *s = l->w->c->s;
    matrix         x = gather_value(l->w, event, l->v->claim.number);
    if (!x.at) return false;
    if (matrix_same(x, x, 0)) return true; /* zeros, to begin with */
    for (uint32_t i = 0; i < s->right.list.n; i++) {
        if (has_wrong_factor(l, x, l->all->expected[i])) return false;
        if (is_but_for_factor(l, x, l->all->expected[i])) return true;
    }
    for (var_id v = 1; v < s->g->vars.n; v++)
        if (ir_var(s->g, v)->kind == VAR_DEFINED && matrix_same(x, l->w->c->value[v], 1)) return true;
    return is_without_penalty(l, x);
}

static matrix e_value(const locating *l, uint32_t event) {
    return gather_value(l->w, event, l->v->claim.number);
}

/* A multiple of the parameter itself. */
static bool is_penalty(const locating *l, matrix x) {
    const subject *s = l->w->c->s;
    var_id         v = s->right.list.at[l->v->claim.number].var;
    bool           parameter = ir_var(s->g, v)->kind == VAR_PARAM && x.rows * x.cols > 1;
    return parameter && matrix_ratio(x, l->w->c->value[v]) != 0;
}

/* The same as in the end, but for 1/m? */
static bool is_multiple_of(const locating *l, uint32_t event, matrix end) {
    double k = fabs(matrix_ratio(gather_value(l->w, event, l->v->claim.number), end)), m = l->w->c->examples;
    return k != 0 && (fabs(k - 1) < 1e-9 || fabs(k / m - 1) < 1e-9 || fabs(k * m - 1) < 1e-9);
}

/* Lines that make a value, looked through in order. */
typedef struct trail_of_lines {
    uint32_t to_blame; /* behind it nothing right can come of it any more; UINT32_MAX: none */
    uint32_t same;     /* from it on only 1/m changed */
    uint32_t zeros;    /* where it began with zeros */
    uint32_t lines, line;
} trail_of_lines;

static void look_at(const locating *l, uint32_t event, matrix end, trail_of_lines *t) {
    matrix   x = e_value(l, event);
    uint32_t line = event_at(l, event)->line;
    t->lines += line != t->line;
    t->line = line;
    if (t->zeros == UINT32_MAX && matrix_same(x, x, 0)) t->zeros = event;
    t->same = !is_multiple_of(l, event, end) ? UINT32_MAX : t->same == UINT32_MAX ? event : t->same;
    if (is_on_the_way(l, event))
        t->to_blame = UINT32_MAX;
    else if (t->to_blame == UINT32_MAX || event_at(l, t->to_blame)->line == line)
        t->to_blame = event;
}

static void locate(const locating *l, judge_claim *claim) {
    const py_event *last = event_at(l, claim->origin);
    trail_of_lines  t = {UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0};
    for (uint32_t i = l->w->from; i < claim->origin; i++) {
        const py_event *e = event_at(l, i);
        bool            earlier = is_same_target(l, e, last) && e->line != last->line;
        if (earlier && e_value(l, i).rows == l->v->expected.rows) look_at(l, i, claim->value, &t);
    }
    if (!t.lines) return;
    claim->located = true;
    if (t.zeros != UINT32_MAX && is_penalty(l, claim->value))
        t.to_blame = t.zeros; /* nothing but that was added */
    else if (t.to_blame == UINT32_MAX && l->v->ratio == 0)
        t.to_blame = t.same; /* what came behind was only 1/m */
    claim->line = t.to_blame == UINT32_MAX ? last->line : event_at(l, t.to_blame)->line;
}

dfoo_status verdicts_locate(const gatherer *w, judge_verdicts *all) {
    for (uint32_t i = 0; i < all->list.n; i++) {
        judge_verdict *v = &all->list.at[i];
        if (w->failed && v->how == JUDGED_WRONG &&
            is_without_penalty(&(locating){w, all, v, 1}, v->claim.value)) {
            v->how = JUDGED_RIGHT; /* the program ended before it could add that */
            all->wrong--;
        }
        if (v->how < JUDGED_WRONG || v->how == JUDGED_MISSING || v->claim.update || v->claim.flat) continue;
        locating l = {w, all, v, 1};
        matrix   own = all->expected[v->claim.number];
        if (matrix_ratio(v->expected, own) != 0) l.factor = matrix_ratio(v->expected, own);
        locate(&l, &v->claim);
    }
    return arena_status(w->a);
}

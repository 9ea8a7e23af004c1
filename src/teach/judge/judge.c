/* A program judged from beginning to end: it is loaded, set going in every way that may show its gradients,
 * and the way that shows most of them counts. Mistakes are named by what holds on two different cases. */
#include "teach/judge/judge.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/around.h"
#include "teach/judge/drive.h"
#include "teach/judge/failure.h"

/* One run of the program, and what came of it. */
typedef struct attempt {
    judge_view      view;
    const char     *entry;
    uint32_t        number; /* of the entry */
    bool            own;    /* the values are the program's own */
    bool            handed_on, is_backward, statements, forward_failed;
    case_kind       kind;
    judge_case      c;
    judge_verdicts  v;
    py_failure      failure;
    int             score;
    uint32_t        begin, from; /* its events, from its forward pass on, and of itself */
    around_findings around;
} attempt;

typedef struct work {
    const subject *s;
    arena         *a;
    const char    *text;
    size_t         len;
    uint64_t       seed;
    plants         catalogue;
    bool           after;     /* what comes behind the gradients is run as well */
    py_node       *tree;      /* the program's */
    py_run        *again;     /* a second run, which has the names of what is told; or NULL */
    judge_case     one;       /* one: with one example */
    bool           from_zero, y_predicted; /* the program counts its parameters from 0; y - t */
    bool           reshapes;               /* lists of numbers may become columns in it */
} work;

static const struct {
    bool    turned, flat;
    uint8_t labels;
} views[] = {{false, false, LABELS_MATRIX}, {false, false, LABELS_WHOLE}, {true, false, LABELS_MATRIX},
             {true, false, LABELS_WHOLE},   {false, true, LABELS_MATRIX}, {true, true, LABELS_MATRIX},
             {false, true, LABELS_WHOLE},   {true, true, LABELS_WHOLE},   {false, false, LABELS_FLAT},
             {true, false, LABELS_FLAT},    {false, true, LABELS_FLAT},   {true, true, LABELS_FLAT}};

/* Scores where nothing right was found, since the run ended in an error: from here on, and not 0. */
enum { ONLY_FAILED = -800, MOST_FAILED = -500 };

enum { VIEWS = sizeof views / sizeof *views };

/* ---------------------------------------------------------------- attempts */

static uint32_t count_parameters(const subject *s) {
    uint32_t n = 0;
    for (var_id v = 1; v < s->g->vars.n; v++) n += ir_var(s->g, v)->kind == VAR_PARAM;
    return n;
}

static int score_of(const judge_verdicts *v, const py_failure *failure) {
    int score = 0;
    for (uint32_t i = 0; i < v->list.n; i++) {
        const judge_verdict *x = &v->list.at[i];
        if (x->how == JUDGED_MISSING) continue;
        score += x->how < JUDGED_WRONG ? 12 : x->how == JUDGED_WRONG ? 3 : 1;
    }
    return score - (failure->type ? 2 : 0);
}

/* Every parameter's gradient was found, and nothing is wrong. */
static bool is_complete(const subject *s, const judge_verdicts *v) {
    return v->wrong == 0 && v->found == count_parameters(s);
}

static bool is_all_right(const attempt *t, uint32_t parameters) {
    return !t->around.before.n && !t->forward_failed && t->score > 0 && t->v.wrong == 0 &&
           t->v.found == parameters && !t->failure.type;
}

static bool has_only_failed(const attempt *t) {
    return t->score >= ONLY_FAILED && t->score <= MOST_FAILED;
}

static gatherer gatherer_of(const work *w, py_run *r, const attempt *t, const judge_case *c) {
    return (gatherer){.c = c,
                      .r = r,
                      .a = w->a,
                      .view = t->view,
                      .begin = t->begin,
                      .from = t->from,
                      .to = r->trace.list.n,
                      .from_zero = w->from_zero,
                      .y_predicted = w->y_predicted,
                      .handed_on = t->handed_on,
                      .failed = t->failure.type != NULL};
}

/* Where the program drew masks of its own, the case with these. */
static dfoo_status with_masks(gatherer *g, judge_case *drawn, const judge_case **c) {
    const subject *s = (*c)->s;
    matrix        *given = arena_new(g->a, (s->g->vars.n + 1) * sizeof *given);
    bool           fits;
    if (!given) return DFOO_ENOMEM;
    if (!gather_masks(g, given)) return DFOO_OK;
    for (var_id v = 1; v < s->g->vars.n; v++)
        if (ir_var(s->g, v)->kind <= VAR_PARAM) given[v] = (*c)->value[v];
    DFOO_TRY(case_given(drawn, s, g->a, given, &fits));
    if (fits && drawn->finite) *c = drawn;
    return DFOO_OK;
}

/* Is it the program's own forward pass that its gradients stand on? */
static bool is_handed_on(const gatherer *g, const around_findings *found) {
    bool inside = false;
    for (uint32_t i = g->from; i < g->to; i++)
        inside = inside || g->r->trace.list.at[i].line == found->before.at[0].line;
    return g->handed_on || inside;
}

/* Of runs that ended in an error, and have nothing that is right, the one that went furthest counts. */
static int score_of_failed(const attempt *t, const py_run *r) {
    const uint32_t most = MOST_FAILED - ONLY_FAILED;
    uint32_t       n = r->trace.list.n - t->from;
    return ONLY_FAILED + (int)(n < most ? n : most);
}

/* Values between those that have a name, as long as one of them explains a wrong one. */
static dfoo_status look_between(gatherer *g, judge_claims *claims, judge_verdicts *v) {
    for (bool changed = v->wrong > 0; changed;) {
        judge_verdicts other;
        DFOO_TRY(verdicts_between(g, v, claims, &changed));
        if (!changed) break;
        DFOO_TRY(verdicts_make(g->c, g->a, claims, &other));
        if (other.wrong > v->wrong) break;
        *v = other;
    }
    return DFOO_OK;
}

static dfoo_status judge_events(work *w, py_run *r, attempt *t, uint32_t from, const judge_case *c) {
    gatherer g = gatherer_of(w, r, t, c);
    g.from = from;
    judge_claims claims;
    judge_case   drawn, seen;
    DFOO_TRY(gather_begin(&g));
    DFOO_TRY(with_masks(&g, &drawn, &c));
    g.masked = c != g.c && (g.handed_on || t->statements);
    g.c = c;
    DFOO_TRY(around_forward(&g, &seen, &t->around));
    if (t->around.before.n && is_handed_on(&g, &t->around)) g.c = c = &seen;
    DFOO_TRY(gather_claims(&g, &claims));
    t->c = *c;
    if (!claims.list.n) {
        if (t->failure.type && t->is_backward) t->score = score_of_failed(t, r);
        return DFOO_OK;
    }
    DFOO_TRY(verdicts_make(c, w->a, &claims, &t->v));
    DFOO_TRY(look_between(&g, &claims, &t->v));
    DFOO_TRY(verdicts_locate(&g, &t->v));
    if (t->statements && is_complete(w->s, &t->v))
        t->failure = (py_failure){.type = NULL}; /* what fails behind it is no matter */
    t->score = score_of(&t->v, &t->failure) - 15 * (int)(t->around.before.n != 0);
    if (t->failure.type && !t->v.right && t->is_backward) t->score = score_of_failed(t, r);
    return DFOO_OK;
}

/* The values with which the program itself began, where they fit the model. */
static dfoo_status judge_own(work *w, py_run *r, attempt *t, uint32_t from, const judge_case *c,
                             bool statements) {
    const ir  *g = w->s->g;
    matrix    *given = arena_new(w->a, (g->vars.n + 1) * sizeof *given);
    gatherer   x = gatherer_of(w, r, t, c);
    judge_case own;
    bool       fits;
    x.from = from;
    if (!given) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n && !statements; v++)
        if (ir_var(g, v)->kind < VAR_PARAM) given[v] = c->value[v];
    DFOO_TRY(gather_begin(&x));
    DFOO_TRY(gather_given(&x, given));
    DFOO_TRY(case_given(&own, w->s, w->a, given, &fits));
    t->c = *c;
    if (!fits && (t->failure.product || t->failure.entrywise)) t->score = ONLY_FAILED;
    if (!fits || !own.finite) return DFOO_OK;
    t->own = true;
    return judge_events(w, r, t, from, &own);
}

static void keep_better(attempt *best, const attempt *t) {
    if (t->score > best->score && (t->score || best->score < ONLY_FAILED)) *best = *t;
}

/* What stands on a wrong forward pass is judged on the model's own values, where the program takes them. */
static dfoo_status without_forward(work *w, drive *d, const drive_entry *e, attempt *t) {
    attempt  again = *t;
    uint32_t from;
    if (!t->around.before.n || !t->handed_on || e->f.kind == PY_NONE || e->type.kind == PY_CLASS)
        return DFOO_OK;
    memset(&again.around, 0, sizeof again.around);
    memset(&again.v, 0, sizeof again.v);
    d->r->trace.list.n = d->begin;
    d->no_forward = true;
    bool done = drive_run(d, e, &from, &again.failure);
    d->no_forward = false;
    again.from = again.begin = from;
    again.handed_on = false;
    if (done) DFOO_TRY(judge_events(w, d->r, &again, from, d->c));
    again.around = t->around;
    again.score -= 15;
    if (done && again.v.found && again.score > t->score) *t = again;
    return DFOO_OK;
}

static dfoo_status try_entry(work *w, drive *d, const drive_entry *e, attempt *t, attempt *best) {
    uint32_t from;
    attempt  own = *t;
    bool     statements = e->f.kind == PY_NONE;
    if (!drive_run(d, e, &from, &t->failure)) return DFOO_OK;
    t->handed_on = d->handed_on;
    t->from = own.from = from;
    t->begin = own.begin = statements ? 0 : d->begin;
    t->statements = own.statements = statements;
    t->is_backward = drive_is_backward(e);
    own.failure = t->failure;
    own.handed_on = d->handed_on;
    if (!statements) DFOO_TRY(judge_events(w, d->r, t, from, d->c));
    if (d->forward_failed && t->score > 0) t->score = t->score > 40 ? t->score - 40 : 1;
    t->forward_failed = d->forward_failed;
    DFOO_TRY(without_forward(w, d, e, t));
    keep_better(best, t);
    if (t->v.wrong || !t->v.found) DFOO_TRY(judge_own(w, d->r, &own, from, d->c, statements));
    if (d->forward_failed && own.score > 0) own.score = own.score > 40 ? own.score - 40 : 1;
    own.forward_failed = d->forward_failed;
    keep_better(best, &own);
    return DFOO_OK;
}

/* Ends a run beside the first one, whose tree is looked at again. */
static void unload(work *w, py_run *r, py_node *tree) {
    w->tree = tree;
    py_close(r);
}

static dfoo_status load(work *w, py_run **r, uint64_t seed) {
    const py_limits limits = {.steps = 2000000, .soft_steps = 40000, .bytes = (size_t)96 << 20, .seed = seed};
    DFOO_TRY(py_open(w->a->mem, &limits, r));
    DFOO_TRY(py_read(*r, w->text, w->len, &w->tree));
    py_execute(*r, w->tree);
    return (*r)->no_memory ? DFOO_ENOMEM : DFOO_OK;
}

/* All entries in one view. only: this entry alone. */
static dfoo_status try_view(work *w, py_run *r, const judge_case *c, const judge_case *one,
                            const judge_view *view, uint32_t only, attempt *best) {
    uint32_t      loaded = r->trace.list.n;
    drive         d = {.c = c, .r = r, .view = *view};
    drive_entries entries = {{0}};
    d.layers.from_zero = w->from_zero;
    d.layers.y_predicted = w->y_predicted;
    DFOO_TRY(name_split(w->s, w->a, &d.layers));
    DFOO_TRY(case_find_masks(w->s, w->a, &d.masks));
    DFOO_TRY(drive_list(r, w->a, &entries));
    for (uint32_t i = 0; i < entries.list.n; i++) {
        attempt t = {.view = *view, .entry = entries.list.at[i].name, .number = i};
        if (only != UINT32_MAX && only != i) continue;
        r->trace.list.n = loaded;
        bool single = drive_takes_one(r, w->tree, entries.list.at[i].name);
        d.c = single ? one : c;
        t.c = *d.c;
        d.begin = loaded;
        d.after = w->after;
        DFOO_TRY(try_entry(w, &d, &entries.list.at[i], &t, best));
        if (is_all_right(best, count_parameters(w->s))) break;
    }
    return DFOO_OK;
}

/* Whole numbers are labels of classes, or of one output; (m,) is one of one output. */
static bool is_view(const subject *s, uint8_t labels) {
    for (var_id v = 1; v < s->g->vars.n && labels != LABELS_MATRIX; v++) {
        const variable *x = ir_var(s->g, v);
        bool            columns = x->sh.cols == s->m->examples;
        dim             k = columns ? x->sh.rows : x->sh.cols;
        bool            single = k == 0 || k == dim_literal(1) || dim_is_named(k);
        if (x->kind == VAR_LABEL) return single || (labels == LABELS_WHOLE && x->onehot);
    }
    return true;
}

static dfoo_status try_views(work *w, py_run *r, const judge_case *c, attempt *best) {
    uint32_t   parameters = count_parameters(w->s), statements = r->trace.list.n;
    case_masks masks;
    DFOO_TRY(case_find_masks(w->s, w->a, &masks));
    uint32_t ways = masks.list.n ? 2 : 1;
    for (uint32_t i = 0; i < VIEWS * ways && !is_all_right(best, parameters); i++) {
        uint32_t   k = i / ways;
        judge_view view = {views[k].turned, views[k].flat, views[k].labels, i % ways};
        r->trace.list.n = statements;
        if (!is_view(w->s, view.labels)) continue;
        DFOO_TRY(try_view(w, r, c, &w->one, &view, UINT32_MAX, best));
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------------ mistakes */

static const mistake *row_called(const char *name) {
    for (uint32_t i = 0; name && i < mistake_count; i++)
        if (strcmp(mistake_table[i].name, name) == 0) return &mistake_table[i];
    return NULL;
}

/* A parameter's gradient from a part of the examples, but for what it is divided by. */
static dfoo_status from_examples(work *w, const attempt *t, const judge_verdict *v, const mistake *row,
                                 bool *same) {
    matrix got;
    double m = t->c.examples, kept = 0;
    DFOO_TRY(case_examples(&t->c, w->a, t->v.expected, row, v->claim.number, &got));
    for (size_t i = 0; i < (size_t)m; i++) kept += mistake_keeps(row, i, (size_t)m);
    double k = fabs(matrix_ratio(v->claim.value, got));
    bool   one = got.rows * got.cols == 1 || v->ratio != 0; /* any two numbers have a ratio */
    *same = one ? fabs(k - 1) < 1e-9 || fabs(k - m / kept) < 1e-9 || fabs(k - m) < 1e-9 : k > 0;
    return DFOO_OK;
}

static dfoo_status name_examples(work *w, const attempt *t, judge_verdict *v) {
    var_id var = w->s->right.list.at[v->claim.number].var;
    bool   fits = v->how == JUDGED_WRONG && !v->candidates.n && w->s->m->examples && t->c.examples > 2;
    if (!fits || ir_var(w->s->g, var)->kind != VAR_PARAM) return DFOO_OK;
    for (uint32_t i = 0; i < mistake_count && !v->row; i++) {
        bool same;
        if (mistake_table[i].place != AT_EXAMPLES) continue;
        DFOO_TRY(from_examples(w, t, v, &mistake_table[i], &same));
        if (same) v->row = &mistake_table[i];
    }
    return DFOO_OK;
}

static dfoo_status find_candidates(work *w, const attempt *t, bool again, judge_verdicts *of) {
    for (uint32_t i = 0; i < of->list.n; i++) {
        judge_verdict *v = &of->list.at[i];
        if (v->how == JUDGED_WRONG || v->how == JUDGED_SHAPE)
            DFOO_TRY(verdict_candidates(&t->c, w->a, of, v, &w->catalogue, again));
    }
    return DFOO_OK;
}

/* A second run, and what was found in it. */
typedef struct look {
    py_run *r;
    attempt t;
} look;

static uint32_t number_of(const derivation *d, var_id v) {
    uint32_t i = 0;
    while (i < d->list.n && d->list.at[i].var != v) i++;
    return i;
}

static judge_verdict *verdict_of(judge_verdicts *all, uint32_t number) {
    for (uint32_t i = 0; i < all->list.n; i++)
        if (all->list.at[i].claim.number == number) return &all->list.at[i];
    return NULL;
}

/* --------------------------------------------------------------- one cause */

static uint32_t how_often(const judge_verdicts *all, uint32_t plant) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < all->list.n; i++)
        for (uint32_t k = 0; k < all->list.at[i].candidates.n; k++)
            n += all->list.at[i].candidates.at[k] == plant;
    return n;
}

static bool has_candidate(const judge_verdict *v, uint32_t plant) {
    for (uint32_t k = 0; k < v->candidates.n; k++)
        if (v->candidates.at[k] == plant) return true;
    return false;
}

/* Of several that make the same, the one that explains most, and whose outcome has the shape of the gradient.
 */
static uint32_t best_candidate(const work *w, const judge_case *c, const judge_verdicts *all,
                               const judge_verdict *v) {
    const ir *g = w->s->g;
    uint32_t  best = 0, most = 0;
    for (uint32_t i = 0; i < v->candidates.n; i++) {
        const plant *p = &w->catalogue.list.at[v->candidates.at[i]];
        uint32_t     n = 4 * how_often(all, v->candidates.at[i]);
        n += verdict_goal(w->s, p) == w->s->right.list.at[v->claim.number].var ? 2 : 0;
        shape made = ir_shape(g, p->node);
        n += sizes_get(&c->sz, made.rows) == v->claim.value.rows &&
             sizes_get(&c->sz, made.cols) == v->claim.value.cols;
        bool earlier = p->row < w->catalogue.list.at[v->candidates.at[best]].row;
        if (n < most || (n == most && !earlier)) continue;
        most = n;
        best = i;
    }
    return v->candidates.at[best];
}

static bool is_forward_value(const judge_case *c, matrix x) {
    for (var_id v = 1; v < c->s->g->vars.n; v++)
        if (ir_var(c->s->g, v)->kind == VAR_DEFINED && matrix_same(x, c->value[v], 1)) return true;
    return false;
}

/* What the plant multiplies the gradient with that comes in, entry by entry: the slope, as sp in delta * sp.
 */
static dfoo_status factor_made(work *w, const look *l, const judge_verdict *v, const plant *p, matrix made,
                               matrix *out) {
    const step *s = &w->s->right.trail.at[p->step];
    matrix      in;
    *out = (matrix){0};
    if (s->kind != TRAIL_LOCAL || mistake_table[p->row].group != GROUP_ACTIVATION || !made.at) return DFOO_OK;
    DFOO_TRY(verdict_node(&l->t.c, w->a, &l->t.v, v, s->in, &in));
    if (!in.at || in.rows != made.rows || in.cols != made.cols) return DFOO_OK;
    *out = (matrix){made.rows, made.cols, arena_new(w->a, made.rows * made.cols * sizeof(double))};
    for (size_t i = 0; out->at && i < made.rows * made.cols; i++) {
        if (in.at[i] == 0) {
            *out = (matrix){0};
            return DFOO_OK;
        }
        out->at[i] = made.at[i] / in.at[i];
    }
    return DFOO_OK;
}

/* Is x called as Z, and is another value, or called as A, and is Z? */
static bool is_misnamed(const work *w, const look *l, const char *plain, matrix x, matrix z) {
    var_id named = name_variable(w->s->m, plain);
    if (strstr(plain, "prev") || strncmp(plain, "act", 3) == 0) return false;
    if (named && matrix_same(x, l->t.c.value[named], 1)) return false; /* it is what it is called */
    return (plain[0] == 'z' && is_forward_value(&l->t.c, x)) || (plain[0] == 'a' && matrix_same(x, z, 1));
}

/* The value at which the slope is taken; at NULL: the plant is at none. */
static matrix slope_at(const work *w, const look *l, const plant *p) {
    const step *s = &w->s->right.trail.at[p->step];
    const ir   *g = w->s->g;
    if (s->kind != TRAIL_LOCAL || mistake_table[p->row].group != GROUP_ACTIVATION) return (matrix){0};
    const node *arg = ir_node(g, ir_node(g, s->op)->arg[0]);
    return arg->op == OP_VAR ? l->t.c.value[arg->ref] : (matrix){0};
}

/* Z_curr = memory["A" + str(l)]: the slope's own line is right, and is given something else. */
static bool find_misread(const work *w, const look *l, const judge_verdict *v, const plant *p, uint32_t begin,
                         uint32_t *event) {
    const py_event *own = &l->r->trace.list.at[v->claim.origin];
    matrix          z = slope_at(w, l, p);
    uint32_t        least = v->claim.origin > 12 ? v->claim.origin - 12 : 0;
    if (least < begin) least = begin;
    for (uint32_t i = v->claim.origin; z.at && i-- > least;) {
        const py_event *e = &l->r->trace.list.at[i];
        char            plain[80];
        name_plain(symbols_name(&l->r->names, e->name), plain, sizeof plain);
        matrix x = gather_matrix(w->a, e->value, l->t.view.turned);
        bool   read = e->how == '=' && e->frame == own->frame && e->key.kind == PY_NONE && x.at;
        if (read && plain[0] == 'z' && matrix_same(x, z, 1)) return false; /* the nearest is right */
        if (!read || !is_misnamed(w, l, plain, x, z)) continue;
        *event = i;
        return true;
    }
    return false;
}

/* A mistake on the way to a gradient that the program has no name for: the line between the one before it and
 * the claim that made just this, whatever it is called there; else it stands inside the claim's own. */
static dfoo_status move_line(work *w, const look *l, judge_verdict *v, uint32_t plant) {
    const derivation *d = &w->s->right;
    const plants     *all = &w->catalogue;
    judge_verdict    *again = verdict_of(&((look *)l)->t.v, v->claim.number);
    uint32_t          number = number_of(d, verdict_goal(w->s, &all->list.at[plant])), event;
    bool              earlier = number < v->claim.number;
    if (earlier) v->shown = number;
    if (!again || again->how == JUDGED_MISSING || (v->claim.located && !earlier)) return DFOO_OK;
    matrix made;
    DFOO_TRY(verdict_planted(&l->t.c, w->a, &l->t.v, again, &all->list.at[plant], number, &made));
    gatherer g = gatherer_of(w, l->r, &l->t, &l->t.c);
    DFOO_TRY(gather_begin(&g));
    bool found = earlier && gather_find(&g, made, again->claim.origin, &event);
    if (!found && !v->claim.located) {
        matrix factor;
        DFOO_TRY(factor_made(w, l, again, &all->list.at[plant], made, &factor));
        found = factor.at && !is_forward_value(&l->t.c, factor) &&
                gather_find(&g, factor, again->claim.origin, &event);
    }
    uint32_t misread;
    if (find_misread(w, l, again, &all->list.at[plant], gather_way_back(&g), &misread)) {
        found = true;
        event = misread;
    }
    if (found) v->claim.line = l->r->trace.list.at[event].line;
    return DFOO_OK;
}

/* One mistake is told once: what follows from it is right, given that. */
static dfoo_status settle_causes(work *w, const look *l, const judge_case *c, judge_verdicts *all) {
    for (uint32_t i = 0; i < all->list.n; i++) {
        judge_verdict *v = &all->list.at[i];
        if (v->how < JUDGED_WRONG || !v->candidates.n) continue;
        uint32_t plant = best_candidate(w, c, all, v);
        v->candidates.at[0] = plant;
        v->candidates.n = 1;
        v->row = &mistake_table[w->catalogue.list.at[plant].row];
        DFOO_TRY(move_line(w, l, v, plant));
        for (uint32_t k = i + 1; k < all->list.n; k++)
            if (all->list.at[k].how == JUDGED_WRONG && has_candidate(&all->list.at[k], plant))
                all->list.at[k].how = JUDGED_GIVEN;
    }
    return DFOO_OK;
}

/* Is it what follows with the parameters as they are after an update that came before it? */
static dfoo_status name_updated(work *w, const look *l, judge_verdict *v) {
    const judge_verdict *own = verdict_of(&((look *)l)->t.v, v->claim.number);
    const subject       *s = w->s;
    judge_case           c = l->t.c;
    matrix              *got = arena_new(w->a, (s->right.list.n + 1) * sizeof *got);
    bool                 any = false;
    bool named = v->candidates.n || v->row;
    if (v->how != JUDGED_WRONG || named || !own || own->how != JUDGED_WRONG) return DFOO_OK;
    gatherer g = gatherer_of(w, l->r, &l->t, &l->t.c);
    DFOO_TRY(gather_begin(&g));
    matrix *known = verdict_known(&c, w->a, &l->t.v, own);
    c.value = arena_new(w->a, (s->g->vars.n + 1) * sizeof *c.value);
    if (!c.value || !known || !got) return DFOO_ENOMEM;
    memcpy(c.value, l->t.c.value, s->g->vars.n * sizeof *c.value);
    for (uint32_t i = g.from; i < own->claim.origin; i++) {
        uint32_t number = gather_update(&g, i);
        var_id   p = number < s->right.list.n ? s->right.list.at[number].var : 0;
        matrix   x = p ? gather_matrix(w->a, l->r->trace.list.at[i].value, l->t.view.turned) : (matrix){0};
        if (!x.at || x.rows != c.value[p].rows || x.cols != c.value[p].cols) continue;
        c.value[p] = x;
        any = true;
    }
    if (!any) return DFOO_OK;
    DFOO_TRY(case_gradients(&c, w->a, &s->right, known, v->claim.number, got));
    matrix x = verdict_unscaled(&c, w->a, &l->t.v, v->claim.number, own->claim.value);
    if (matrix_same(x, got[v->claim.number], 1)) v->row = row_called("dA from the updated W");
    return DFOO_OK;
}

/* The loop over the examples that a line is in; NULL: none. */
static const py_event *loop_of(const look *l, const judge_claim *claim) {
    const py_event *own = &l->r->trace.list.at[claim->event], *found = NULL;
    for (uint32_t i = 0; i < claim->event; i++) {
        const py_event *e = &l->r->trace.list.at[i];
        if (e->how == 'l' && e->frame == own->frame && e->line < own->line) found = e;
    }
    return found;
}

/* The same part of the examples in all gradients is one mistake: of the loop, if it ends too early. */
static void settle_examples(const look *l, judge_verdicts *all) {
    judge_verdict *first = NULL;
    uint32_t       n = 0;
    for (uint32_t i = 0; i < all->list.n; i++) {
        judge_verdict *v = &all->list.at[i];
        if (v->how != JUDGED_WRONG || !v->row || v->row->place != AT_EXAMPLES) continue;
        if (!first) first = v;
        n++;
        if (v != first && v->row == first->row && strcmp(v->row->text, "last") == 0) v->how = JUDGED_GIVEN;
    }
    judge_verdict *other = first ? verdict_of(&((look *)l)->t.v, first->claim.number) : NULL;
    if (n < 2 || strcmp(first->row->text, "last") != 0 || !other || other->how == JUDGED_MISSING) return;
    const py_event *loop = loop_of(l, &other->claim);
    if (loop) first->claim.line = loop->line;
}

/* What the program takes for the number of examples, where it is n; NULL: nothing. */
static const py_event *counted_as(const work *w, const look *l, double n) {
    const py_event *found = NULL;
    for (uint32_t i = l->t.begin; i < l->r->trace.list.n; i++) {
        const py_event *e = &l->r->trace.list.at[i];
        const char     *name = symbols_name(&l->r->names, e->name);
        (void)w;
        if (!found && py_is_number(e->value) && fabs(py_as_double(e->value) - n) < 1e-9 &&
            name_role_of(name) == ROLE_EXAMPLES)
            found = e;
    }
    return found;
}

/* The first wrong one, if all that is wrong is by the same factor; else NULL. */
static judge_verdict *first_of_ratio(judge_verdicts *all) {
    judge_verdict *first = NULL;
    for (uint32_t i = 0; i < all->list.n; i++) {
        judge_verdict *v = &all->list.at[i];
        if (v->how < JUDGED_WRONG || v->how == JUDGED_MISSING) continue;
        if (v->how != JUDGED_WRONG || v->ratio <= 0) return NULL;
        if (first && fabs(v->ratio / first->ratio - 1) > 1e-9) return NULL;
        if (!first) first = v;
    }
    return first;
}

/* m = X.shape[0]: all that is divided by it is wrong, and one line is to blame. */
static void settle_count(const work *w, const look *l, const judge_case *c, judge_verdicts *all) {
    judge_verdict *first = first_of_ratio(all);
    if (!first || !matrix_close(first->ratio * nearbyint(c->examples / first->ratio), c->examples)) return;
    judge_verdict *other = verdict_of(&((look *)l)->t.v, first->claim.number);
    if (!other || other->how != JUDGED_WRONG || other->ratio <= 0) return;
    const py_event *m = counted_as(w, l, l->t.c.examples / other->ratio);
    if (!m || matrix_close(other->ratio, 1)) return;
    for (uint32_t i = 0; i < all->list.n; i++)
        if (&all->list.at[i] != first && all->list.at[i].how == JUDGED_WRONG)
            all->list.at[i].how = JUDGED_GIVEN;
    first->candidates.n = 0;
    first->row = row_called("another number for m");
    first->claim.line = m->line;
}

/* The lines from where a value came up to where it was handed to: a helper's, then its callers'. */
static uint32_t lines_of(const py_run *r, uint32_t event, uint32_t *lines, uint32_t most) {
    uint32_t n = 0;
    for (uint32_t i = event; n < most && i < r->trace.list.n;) {
        const py_event *e = &r->trace.list.at[i];
        lines[n++] = e->line;
        if (!e->call_line) break;
        for (i++; i < r->trace.list.n; i++)
            if (r->trace.list.at[i].frame != e->frame && r->trace.list.at[i].line == e->call_line &&
                r->trace.list.at[i].how != 'r')
                break;
    }
    return n;
}

/* A helper that is right elsewhere, as sigmoid_backward: whoever calls it here is to blame. */
static void settle_helper(const look *l, judge_verdict *v) {
    enum { MOST = 6 };
    const char          *name = v->candidates.n && v->row ? v->row->name : "";
    const judge_verdict *own = verdict_of(&((look *)l)->t.v, v->claim.number);
    uint32_t             lines[MOST], others[MOST], at = 0;
    if (!own || own->how == JUDGED_MISSING || !strstr(name, "' for another")) return;
    uint32_t n = lines_of(l->r, own->claim.origin, lines, MOST);
    for (uint32_t i = 0; i < l->t.v.list.n; i++) {
        const judge_verdict *other = &l->t.v.list.at[i];
        if (other->how >= JUDGED_WRONG) continue;
        uint32_t k = lines_of(l->r, other->claim.origin, others, MOST), same = 0;
        while (same < k && same < n && lines[same] == others[same]) same++;
        if (same > at) at = same;
    }
    if (at && at < n && lines[0] == v->claim.line) v->claim.line = lines[at];
}

/* The same on another case: what does not hold there is no candidate. Then causes are settled. */
static dfoo_status second_look(work *w, attempt *best) {
    py_node   *tree = w->tree;
    judge_case c, one;
    look       l = {.t = {.score = -1000}};
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed + 1, 1, best->kind));
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed + 1, 1, CASE_ONE_EXAMPLE));
    dfoo_status status = load(w, &l.r, 2);
    if (status == DFOO_OK) status = try_view(w, l.r, &c, &one, &best->view, best->number, &l.t);
    for (uint32_t i = 0; status == DFOO_OK && i < best->v.list.n; i++) {
        judge_verdict *own = &best->v.list.at[i], *other = verdict_of(&l.t.v, own->claim.number);
        if (!own->candidates.n || !other || other->how == JUDGED_MISSING) continue;
        memcpy(&other->candidates, &own->candidates, sizeof own->candidates);
        status = verdict_candidates(&l.t.c, w->a, &l.t.v, other, &w->catalogue, true);
        memcpy(&own->candidates, &other->candidates, sizeof own->candidates);
    }
    for (uint32_t i = 0; status == DFOO_OK && i < best->v.list.n; i++)
        status = name_examples(w, best, &best->v.list.at[i]);
    if (status == DFOO_OK) status = settle_causes(w, &l, &best->c, &best->v);
    for (uint32_t i = 0; status == DFOO_OK && i < best->v.list.n; i++)
        status = name_updated(w, &l, &best->v.list.at[i]);
    settle_examples(&l, &best->v);
    settle_count(w, &l, &best->c, &best->v);
    for (uint32_t i = 0; i < best->v.list.n; i++) settle_helper(&l, &best->v.list.at[i]);
    unload(w, l.r, tree);
    return status;
}

/* Where a line of the text begins, its length without what ends it. */
static const char *text_of_line(const work *w, uint32_t line, size_t *n) {
    const char *at = w->text, *end = w->text + w->len;
    for (uint32_t i = 1; i < line && at < end; at++) i += *at == '\n';
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    *n = 0;
    while (at + *n < end && at[*n] != '\n' && at[*n] != '\r') ++*n;
    return at;
}

/* What a line is by its text. */
static failure_line line_that_failed(const work *w, uint32_t line) {
    size_t       n, i = 0;
    const char  *at = text_of_line(w, line, &n);
    failure_line x = {0};
    char         target[80], plain[80];
    while (i < n && at[i] != '=') i++;
    x.sum = i && i < n && at[i - 1] == '+';
    snprintf(target, sizeof target, "%.*s", (int)(i < 79 ? i : 79), at);
    name_plain(target, plain, sizeof plain);
    if (i == n || strncmp(plain, "return", 6) == 0) return x;
    x.weight = strncmp(plain, "dw", 2) == 0 || strstr(plain, "nablaw") || strstr(plain, "gradw");
    x.other = strncmp(plain, "dz", 2) == 0 || strncmp(plain, "da", 2) == 0 || strstr(plain, "delta");
    return x;
}

/* A program that ends in an error, with all sizes the same: there its shapes fit, and the line that failed
 * can be named. */
static dfoo_status name_failure(work *w, const attempt *best, const mistake **row) {
    py_node   *tree = w->tree;
    judge_case square;
    py_run    *r = NULL;
    attempt    t = {.score = -1000};
    *row = NULL;
    DFOO_TRY(case_random(&square, w->s, w->a, w->seed, 0, CASE_SQUARE));
    dfoo_status status = load(w, &r, 1);
    if (status == DFOO_OK) status = try_view(w, r, &square, &w->one, &best->view, best->number, &t);
    if (status == DFOO_OK && t.v.wrong) status = find_candidates(w, &t, false, &t.v);
    for (uint32_t i = 0; status == DFOO_OK && i < t.v.list.n && !*row; i++) {
        const judge_verdict *v = &t.v.list.at[i];
        bool                 here = v->how >= JUDGED_WRONG && v->claim.line == best->failure.line;
        if (here && v->candidates.n) *row = &mistake_table[w->catalogue.list.at[v->candidates.at[0]].row];
    }
    unload(w, r, tree);
    if (!*row)
        *row = failure_row(&best->c, w->a, &best->failure, best->view.turned,
                           line_that_failed(w, best->failure.line));
    return status;
}

/* -------------------------------------------------------------------- answer */

static void find_line(const work *w, const py_notebook *book, uint32_t line, judge_line *out, arena *a) {
    size_t      n;
    const char *at = text_of_line(w, line, &n);
    out->text = arena_text(a, at, n);
    if (!out->text) out->text = "";
    out->line = line;
    if (book->lines.n && line >= 1 && line <= book->lines.n) {
        out->cell = book->lines.at[line - 1].cell;
        out->line = book->lines.at[line - 1].line;
    }
}

static const char *shape_text(const work *w, matrix x, bool flat) {
    const char *text = flat ? arena_format(w->a, "(%zu,)", x.rows * x.cols)
                            : arena_format(w->a, "(%zu, %zu)", x.rows, x.cols);
    return text ? text : "";
}

static const char *dim_text(const work *w, dim d) {
    const char *text =
        dim_is_named(d) ? symbols_name(w->s->g->names, dim_name(d)) : arena_format(w->a, "%u", d ? d : 1);
    return text ? text : "";
}

static bool is_transposed(matrix x, matrix y) {
    bool same = x.at && y.at && x.rows == y.cols && x.cols == y.rows;
    for (size_t i = 0; same && i < x.rows; i++)
        for (size_t j = 0; j < x.cols; j++)
            same = same && matrix_close(x.at[i * x.cols + j], y.at[j * y.cols + i]);
    return same;
}

/* What the values themselves tell where no step of the derivation makes them. */
static const mistake *row_of_values(const attempt *t, const judge_verdict *v) {
    bool once_more = v->ratio != 0 && matrix_close(v->ratio * t->c.examples, 1);
    bool matrices = v->expected.rows > 1 && v->expected.cols > 1;
    if (v->how == JUDGED_SHAPE || (v->how == JUDGED_WRONG && !once_more && matrices))
        return is_transposed(v->claim.value, v->expected) ? row_called("dW transposed") : NULL;
    return v->how == JUDGED_WRONG && once_more ? row_called("1/m in dZ too") : NULL;
}

static judge_line line_of(work *w, const py_notebook *book, const attempt *t, const judge_verdict *v) {
    const gradient *g = &w->s->right.list.at[v->shown ? v->shown : v->claim.number];
    judge_line l = {.how = v->how, .variable = ir_var_name(w->s->g, g->grad), .text = "", .sentence = ""};
    const variable *own = ir_var(w->s->g, g->var);
    (void)t;
    l.name = v->claim.name ? v->claim.name : l.variable;
    l.ratio = v->ratio;
    l.norms = v->norms;
    l.cosine = v->cosine;
    l.rows = v->claim.value.rows;
    l.cols = v->claim.value.cols;
    l.found_shape = v->claim.value.at ? shape_text(w, v->claim.value, v->claim.flat) : "";
    l.own_shape = arena_format(w->a, "(%s, %s)", dim_text(w, own->sh.rows), dim_text(w, own->sh.cols));
    if (!l.own_shape) l.own_shape = "";
    if (v->how != JUDGED_MISSING) find_line(w, book, v->claim.line, &l, w->a);
    if (v->candidates.n) {
        l.row = &mistake_table[w->catalogue.list.at[v->candidates.at[0]].row];
    } else
        l.row = v->row ? v->row : row_of_values(t, v);
    if (l.row) l.sentence = l.row->sentence;
    return l;
}

static const char *sizes_text(const work *w, const judge_case *c) {
    const model *m = w->s->m;
    const char  *text = "";
    for (uint32_t i = 0; i < m->size_names.n && text; i++) {
        sym name = m->size_names.at[i];
        text = arena_format(w->a, "%s%s%s = %zu", text, *text ? ", " : "", symbols_name(w->s->g->names, name),
                            c->sz.of[name]);
    }
    return text ? text : "";
}

/* Told before? What could not be read is met again where it would have been run. */
static bool is_told(const judge_answer *x, const judge_line *l) {
    for (uint32_t i = 0; i < x->problems.n; i++) {
        const judge_line *k = &x->problems.at[i];
        if (k->line == l->line && k->cell == l->cell && strcmp(k->sentence, l->sentence) == 0) return true;
    }
    return false;
}

static void put_problems(work *w, const py_notebook *book, const py_run *r, judge_answer *out) {
    enum { MOST = 12 };
    for (uint32_t i = 0; i < r->problems.list.n && out->problems.n < MOST; i++) {
        judge_line l = {
            .how = JUDGED_MISSING, .variable = "", .name = "", .found_shape = "", .own_shape = ""};
        find_line(w, book, r->problems.list.at[i].line, &l, w->a);
        l.sentence = arena_text(w->a, r->problems.list.at[i].text, strlen(r->problems.list.at[i].text));
        if (!l.sentence) l.sentence = "";
        if (!is_told(out, &l)) vec_push(w->a, &out->problems, l);
    }
}

static void put_failure(work *w, const py_notebook *book, const attempt *t, judge_answer *out) {
    judge_line at = {.line = 0};
    if (!t->failure.type) return;
    out->failure = strcmp(t->failure.type, "Limit") == 0
                       ? arena_format(w->a, "%s", t->failure.message)
                       : arena_format(w->a, "%s: %s", t->failure.type, t->failure.message);
    out->failure_shapes = failure_shapes(&t->c, w->a, &t->failure);
    find_line(w, book, t->failure.line, &at, w->a);
    out->failure_text = at.text;
    out->failure_line = at.line;
    out->failure_cell = at.cell;
}

static void put_around(work *w, const py_notebook *book, const around_finding *f, judge_answer *out) {
    judge_line l = {.how = JUDGED_WRONG,
                    .variable = f->variable,
                    .text = "",
                    .row = f->row,
                    .found_shape = "",
                    .own_shape = "",
                    .sentence = f->row->sentence};
    l.name = arena_text(w->a, f->name, strlen(f->name));
    find_line(w, book, f->line, &l, w->a);
    vec_push(w->a, &out->lines, l);
    if (out->first == UINT32_MAX) out->first = out->lines.n - 1;
}

/* Did the run end in an error in the line of a wrong gradient? */
static bool has_ended_at(const attempt *t, const judge_verdict *v) {
    return t->failure.type && v->how == JUDGED_WRONG && v->claim.line == t->failure.line;
}

static void put_verdict(work *w, const py_notebook *book, const attempt *best, const judge_verdict *v,
                        judge_answer *out) {
    judge_line l = line_of(w, book, best, v);
    l.name = arena_text(w->a, l.name, strlen(l.name));
    if (!l.row && has_ended_at(best, v)) l.row = out->failure_row; /* by shapes the reason is known */
    if (l.row) l.sentence = l.row->sentence;
    vec_push(w->a, &out->lines, l);
    if (v->how >= JUDGED_WRONG && v->how != JUDGED_MISSING && out->first == UINT32_MAX)
        out->first = out->lines.n - 1;
}

static void put_answer(work *w, const py_notebook *book, const attempt *best, judge_answer *out) {
    out->first = UINT32_MAX;
    out->found = best->score > -1000 && best->v.list.n > 0;
    out->entry = out->found && best->entry ? arena_format(w->a, "%s", best->entry) : "";
    for (uint32_t i = 0; out->found && i < best->around.before.n; i++)
        put_around(w, book, &best->around.before.at[i], out);
    for (uint32_t i = 0; out->found && i < best->v.list.n; i++)
        put_verdict(w, book, best, &best->v.list.at[i], out);
    for (uint32_t i = 0; out->found && i < best->around.behind.n; i++)
        put_around(w, book, &best->around.behind.at[i], out);
    if (!out->found) {
        if (has_only_failed(best)) put_failure(w, book, best, out);
        return;
    }
    out->sizes = sizes_text(w, &best->c);
    out->other_convention = best->v.early != UINT32_MAX;
    out->negative = best->v.sign < 0;
    put_failure(w, book, best, out);
}

/* Right on one case may be luck: of masks that let everything through, of units that are off. */
static dfoo_status right_again(work *w, attempt *best) {
    py_node   *tree = w->tree;
    judge_case c, one;
    py_run    *r = NULL;
    attempt    t = {.score = -1000};
    if (!is_all_right(best, count_parameters(w->s)) || best->own) return DFOO_OK;
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed + 7, 2, best->kind));
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed + 7, 2, CASE_ONE_EXAMPLE));
    dfoo_status status = load(w, &r, 3);
    if (status == DFOO_OK) status = try_view(w, r, &c, &one, &best->view, best->number, &t);
    if (status == DFOO_OK && t.v.wrong && t.v.found == best->v.found) {
        t.entry = best->entry;
        t.kind = best->kind;
        *best = t; /* its names are the run's, which is kept for them */
        w->again = r;
        w->tree = tree;
        return status;
    }
    unload(w, r, tree);
    return status;
}

/* Is all right if the sizes that the model leaves open are 1? Then that is said, and nobody is accused. */
static dfoo_status single_output(work *w, py_run *r, attempt *best, judge_answer *out) {
    judge_case c;
    attempt    t = {.score = -1000};
    if (best->score > -1000 && best->v.wrong == 0 && !best->failure.type) return DFOO_OK;
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, CASE_ONE_OUTPUT));
    DFOO_TRY(try_views(w, r, &c, &t));
    t.kind = CASE_ONE_OUTPUT;
    if (!is_all_right(&t, count_parameters(w->s))) return DFOO_OK;
    *best = t;
    vec_push(w->a, &out->remarks, "right only because the output has one unit");
    return DFOO_OK;
}

/* What is wrong, by name. */
static dfoo_status name_mistakes(work *w, attempt *best, judge_answer *out) {
    if (best->v.wrong) {
        DFOO_TRY(find_candidates(w, best, false, &best->v));
        DFOO_TRY(second_look(w, best));
    }
    return best->failure.type && (best->v.list.n || has_only_failed(best))
               ? name_failure(w, best, &out->failure_row)
               : DFOO_OK;
}

/* What the functions of a kind do, on the case's values. */
static dfoo_status around_kind(work *w, drive *d, const attempt *t, drive_kind kind, around_findings *out) {
    uint32_t begin = d->r->trace.list.n;
    drive_call_kind(d, kind);
    gatherer g = gatherer_of(w, d->r, t, d->c);
    g.begin = g.from = begin;
    DFOO_TRY(gather_begin(&g));
    if (kind == DRIVE_COST) return around_cost(&g, out);
    return kind == DRIVE_UPDATE ? around_updates(&g, NULL, out) : around_start(&g, out);
}

/* What a method does that trains on all examples, where the gradients are right. */
static dfoo_status around_training(work *w, drive *d, const attempt *t, around_findings *out) {
    uint32_t begin = d->r->trace.list.n;
    if (!drive_train(d)) return DFOO_OK;
    gatherer g = gatherer_of(w, d->r, t, d->c);
    g.begin = g.from = begin;
    g.to = d->r->trace.list.n;
    DFOO_TRY(gather_begin(&g));
    return around_batch(&g, out);
}

/* The run once more, looked at for what it does around its gradients; then the functions that it did not
 * call. */
static dfoo_status look_around(work *w, py_run *r, const attempt *best, around_findings *out) {
    judge_case c, one;
    attempt    t = {.score = -1000};
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, best->kind));
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed, 0, CASE_ONE_EXAMPLE));
    DFOO_TRY(try_view(w, r, &c, &one, &best->view, best->number, &t));
    if (t.score <= MOST_FAILED || t.failure.type) return DFOO_OK;
    gatherer g = gatherer_of(w, r, &t, &t.c);
    DFOO_TRY(gather_begin(&g));
    DFOO_TRY(around_labels(&g, out));
    DFOO_TRY(around_start(&g, out));
    DFOO_TRY(around_cost(&g, out));
    DFOO_TRY(around_updates(&g, &t.v, out));
    if (t.statements) DFOO_TRY(around_flat(&g, &t.v, w->reshapes, out));
    if (t.statements) return DFOO_OK;
    DFOO_TRY(around_own_labels(&g, t.begin, out));
    drive d = {.c = &c, .r = r, .view = best->view};
    d.layers.from_zero = w->from_zero;
    d.layers.y_predicted = w->y_predicted;
    DFOO_TRY(name_split(w->s, w->a, &d.layers));
    DFOO_TRY(case_find_masks(w->s, w->a, &d.masks));
    if (!out->before.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_START, out));
    DFOO_TRY(around_flat(&g, &t.v, w->reshapes, out));
    if (!out->before.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_COST, out));
    if (!out->behind.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_UPDATE, out));
    return out->behind.n || best->v.wrong ? DFOO_OK : around_training(w, &d, &t, out);
}

static dfoo_status find_around(work *w, attempt *best) {
    py_run *r = NULL;
    if (best->score <= MOST_FAILED || !best->v.list.n) return DFOO_OK;
    dfoo_status status = load(w, &r, 1);
    w->after = true;
    if (status == DFOO_OK) status = look_around(w, r, best, &best->around);
    w->after = false;
    py_close(r);
    return status;
}

static dfoo_status judge_run(work *w, const py_notebook *book, py_run **r, judge_answer *out) {
    judge_case c;
    attempt    best = {.score = -1000};
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, CASE_USUAL));
    DFOO_TRY(case_random(&w->one, w->s, w->a, w->seed, 0, CASE_ONE_EXAMPLE));
    DFOO_TRY(load(w, r, 1));
    DFOO_TRY(try_views(w, *r, &c, &best));
    DFOO_TRY(right_again(w, &best));
    DFOO_TRY(single_output(w, *r, &best, out));
    DFOO_TRY(name_mistakes(w, &best, out));
    DFOO_TRY(find_around(w, &best));
    put_answer(w, book, &best, out);
    put_problems(w, book, *r, out);
    return arena_status(w->a);
}

static bool has_any(const char *at, size_t len, const char *const *words) {
    for (; *words; words++)
        for (size_t i = 0, n = strlen(*words); i + n <= len; i++)
            if (memcmp(at + i, *words, n) == 0) return true;
    return false;
}

/* A line that makes a column of a bias or its gradient. */
static bool reshapes_biases(const work *w) {
    static const char *const ways[] = {"reshape", "newaxis", "None]",  "expand_dims",
                                       "atleast_2d", "shape =", NULL};
    static const char *const whose[] = {"db", "bias", "_b", "b1", "b2", "b3", "grad", "b =", NULL};
    for (size_t i = 0, n; i < w->len; i += n + 1) {
        const char *end = memchr(w->text + i, '\n', w->len - i);
        n = end ? (size_t)(end - w->text) - i : w->len - i;
        if (has_any(w->text + i, n, ways) && has_any(w->text + i, n, whose)) return true;
    }
    return false;
}

dfoo_status judge_program(model *m, arena *a, const check_engine *engine, uint64_t seed,
                          const judge_source *program, judge_answer *out) {
    subject     s;
    work        w = {.s = &s, .a = a, .text = program->text, .len = program->len, .seed = seed};
    py_notebook book = {.text = NULL};
    py_run     *r = NULL;
    *out = (judge_answer){.name = program->name, .sizes = "", .entry = ""};
    DFOO_TRY(subject_init(&s, m, a, engine));
    DFOO_TRY(mistakes_apply(&s, a, &w.catalogue));
    DFOO_TRY(mistakes_join(&s, a, &w.catalogue));
    if (py_is_notebook(w.text, w.len) && py_notebook_read(a, w.text, w.len, &book)) {
        w.text = book.text;
        w.len = book.len;
    }
    w.from_zero = name_counts_from_zero(m, w.text, w.len);
    w.reshapes = reshapes_biases(&w);
    w.y_predicted = name_y_is_predicted(m, w.text, w.len);
    dfoo_status status = judge_run(&w, &book, &r, out);
    py_close(r);
    py_close(w.again);
    return status;
}

/* Mistakes by name: each row of the catalogue whose outcome is the value that is wrong, on two different
 * cases; of several the one that explains most, told where it is. */
#include "teach/judge/causes.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/failure.h"
#include "teach/judge/helper.h"

/* ------------------------------------------------------------------ mistakes */

const mistake *causes_row(const char *name) {
    for (uint32_t i = 0; name && i < mistake_count; i++)
        if (strcmp(mistake_table[i].name, name) == 0) return &mistake_table[i];
    return NULL;
}

/* A parameter's gradient from a part of the examples, but for what it is divided by. */
static dfoo_status from_examples(judge_work *w, const attempt *t, const judge_verdict *v, const mistake *row,
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

static dfoo_status name_examples(judge_work *w, const attempt *t, judge_verdict *v) {
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

dfoo_status causes_find(judge_work *w, const attempt *t, bool again, judge_verdicts *of) {
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
static uint32_t best_candidate(const judge_work *w, const judge_case *c, const judge_verdicts *all,
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
static dfoo_status factor_made(judge_work *w, const look *l, const judge_verdict *v, const plant *p,
                               matrix made, matrix *out) {
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
static bool is_misnamed(const judge_work *w, const look *l, const char *plain, matrix x, matrix z) {
    var_id named = name_variable(w->s->m, plain);
    if (strstr(plain, "prev") || strncmp(plain, "act", 3) == 0) return false;
    if (named && matrix_same(x, l->t.c.value[named], 1)) return false; /* it is what it is called */
    return (plain[0] == 'z' && is_forward_value(&l->t.c, x)) || (plain[0] == 'a' && matrix_same(x, z, 1));
}

/* The value at which the slope is taken; at NULL: the plant is at none. */
static matrix slope_at(const judge_work *w, const look *l, const plant *p) {
    const step *s = &w->s->right.trail.at[p->step];
    const ir   *g = w->s->g;
    if (s->kind != TRAIL_LOCAL || mistake_table[p->row].group != GROUP_ACTIVATION) return (matrix){0};
    const node *arg = ir_node(g, ir_node(g, s->op)->arg[0]);
    return arg->op == OP_VAR ? l->t.c.value[arg->ref] : (matrix){0};
}

/* Z_curr = memory["A" + str(l)]: the slope's own line is right, and is given something else. */
static bool find_misread(const judge_work *w, const look *l, const judge_verdict *v, const plant *p,
                         uint32_t begin, uint32_t *event) {
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
static dfoo_status move_line(judge_work *w, const look *l, judge_verdict *v, uint32_t plant) {
    const derivation *d = &w->s->right;
    const plants     *all = &w->catalogue;
    judge_verdict    *again = verdict_of(&((look *)l)->t.v, v->claim.number);
    uint32_t          number = number_of(d, verdict_goal(w->s, &all->list.at[plant])), event;
    bool              earlier = number < v->claim.number;
    if (earlier) v->shown = number + 1;
    if (!again || again->how == JUDGED_MISSING || (v->claim.located && !earlier)) return DFOO_OK;
    matrix made;
    DFOO_TRY(verdict_planted(&l->t.c, w->a, &l->t.v, again, &all->list.at[plant], number, &made));
    gatherer g = attempt_gatherer(w, l->r, &l->t, &l->t.c);
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
static dfoo_status settle_causes(judge_work *w, const look *l, const judge_case *c, judge_verdicts *all) {
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
static dfoo_status name_updated(judge_work *w, const look *l, judge_verdict *v) {
    const judge_verdict *own = verdict_of(&((look *)l)->t.v, v->claim.number);
    const subject       *s = w->s;
    judge_case           c = l->t.c;
    matrix              *got = arena_new(w->a, (s->right.list.n + 1) * sizeof *got);
    bool                 any = false;
    bool named = v->candidates.n || v->row;
    if (v->how != JUDGED_WRONG || named || !own || own->how != JUDGED_WRONG) return DFOO_OK;
    gatherer g = attempt_gatherer(w, l->r, &l->t, &l->t.c);
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
    if (matrix_same(x, got[v->claim.number], 1)) v->row = causes_row("dA from the updated W");
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
static const py_event *counted_as(const judge_work *w, const look *l, double n) {
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
static void settle_count(const judge_work *w, const look *l, const judge_case *c, judge_verdicts *all) {
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
    first->row = causes_row("another number for m");
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

/* A mistake that stands in a function which the line calls. One that is about which layer's values are used
 * is the caller's. */
static dfoo_status move_into_helper(judge_work *w, const look *l, judge_verdict *v) {
    const judge_verdict *own = verdict_of(&((look *)l)->t.v, v->claim.number);
    bool                 wrong = v->how == JUDGED_WRONG || v->how == JUDGED_SHAPE;
    if (!wrong || v->claim.update || !own || own->how == JUDGED_MISSING) return DFOO_OK;
    if (v->row && v->row->group == GROUP_WIRING) return DFOO_OK;
    gatherer g = attempt_gatherer(w, l->r, &l->t, &l->t.c);
    DFOO_TRY(gather_begin(&g));
    if (gather_event(&g, own->claim.origin)->line != v->claim.line) return DFOO_OK; /* it was moved before */
    uint32_t line = helper_line(&g, &l->t.v, own, v->row != NULL);
    if (line) v->claim.line = line;
    return arena_status(w->a);
}

/* The same on another case: what does not hold there is no candidate. Then causes are settled. */
dfoo_status causes_settle(judge_work *w, attempt *best) {
    py_node   *tree = w->tree;
    judge_case c, one;
    look       l = {.t = {.score = -1000}};
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed + 1, 1, best->kind));
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed + 1, 1, CASE_ONE_EXAMPLE));
    dfoo_status status = attempt_load(w, &l.r, 2, &c);
    if (status == DFOO_OK) status = attempt_one(w, l.r, &c, &one, &best->view, best->number, &l.t);
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
    for (uint32_t i = 0; status == DFOO_OK && i < best->v.list.n; i++)
        status = move_into_helper(w, &l, &best->v.list.at[i]);
    attempt_unload(w, l.r, tree);
    return status;
}

/* What a line is by its text. */
static failure_line line_that_failed(const judge_work *w, uint32_t line) {
    size_t       n, i = 0;
    const char  *at = attempt_line(w, line, &n);
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
dfoo_status causes_of_failure(judge_work *w, const attempt *best, const mistake **row) {
    py_node   *tree = w->tree;
    judge_case square;
    py_run    *r = NULL;
    attempt    t = {.score = -1000};
    *row = NULL;
    DFOO_TRY(case_random(&square, w->s, w->a, w->seed, 0, CASE_SQUARE));
    dfoo_status status = attempt_load(w, &r, 1, &square);
    if (status == DFOO_OK) status = attempt_one(w, r, &square, &w->one, &best->view, best->number, &t);
    if (status == DFOO_OK && t.v.wrong) status = causes_find(w, &t, false, &t.v);
    for (uint32_t i = 0; status == DFOO_OK && i < t.v.list.n && !*row; i++) {
        const judge_verdict *v = &t.v.list.at[i];
        bool                 here = v->how >= JUDGED_WRONG && v->claim.line == best->failure.line;
        if (here && v->candidates.n) *row = &mistake_table[w->catalogue.list.at[v->candidates.at[0]].row];
    }
    attempt_unload(w, r, tree);
    if (!*row)
        *row = failure_row(&best->c, w->a, &best->failure, best->view.turned,
                           line_that_failed(w, best->failure.line));
    return status;
}

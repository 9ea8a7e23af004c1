/* The program set going in every way that may show its gradients; the way that shows most of them counts. */
#include "teach/judge/attempt.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/code.h"
#include "teach/judge/failure.h"

static const struct {
    bool    turned, flat;
    uint8_t labels;
} views[] = {{false, false, LABELS_MATRIX}, {false, false, LABELS_WHOLE}, {true, false, LABELS_MATRIX},
             {true, false, LABELS_WHOLE},   {false, true, LABELS_MATRIX}, {true, true, LABELS_MATRIX},
             {false, true, LABELS_WHOLE},   {true, true, LABELS_WHOLE},   {false, false, LABELS_FLAT},
             {true, false, LABELS_FLAT},    {false, true, LABELS_FLAT},   {true, true, LABELS_FLAT}};

enum { VIEWS = sizeof views / sizeof *views };

/* ---------------------------------------------------------------- attempts */

uint32_t attempt_parameters(const subject *s) {
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
    return v->wrong == 0 && v->found == attempt_parameters(s);
}

bool attempt_is_all_right(const attempt *t, uint32_t parameters) {
    return !t->around.before.n && !t->forward_failed && t->score > 0 && t->v.wrong == 0 &&
           t->v.found == parameters && !t->failure.type;
}

bool attempt_has_only_failed(const attempt *t) {
    return t->score >= ONLY_FAILED && t->score <= MOST_FAILED;
}

gatherer attempt_gatherer(const judge_work *w, py_run *r, const attempt *t, const judge_case *c) {
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
                      .returns = !t->statements && t->entry && code_is_backward_name(t->entry),
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

static void put_score(const judge_work *w, const py_run *r, attempt *t) {
    if (t->statements && is_complete(w->s, &t->v))
        t->failure = (py_failure){.type = NULL}; /* what fails behind it is no matter */
    t->score = score_of(&t->v, &t->failure) - 15 * (int)(t->around.before.n != 0);
    if (t->failure.type && !t->v.right && t->is_backward) t->score = score_of_failed(t, r);
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

static dfoo_status judge_events(judge_work *w, py_run *r, attempt *t, uint32_t from, const judge_case *c) {
    gatherer g = attempt_gatherer(w, r, t, c);
    g.from = from;
    judge_claims claims;
    judge_case   drawn, seen;
    DFOO_TRY(gather_begin(&g));
    DFOO_TRY(with_masks(&g, &drawn, &c));
    if (g.handed_on && c == g.c && gather_drops(&g)) return DFOO_OK; /* by a mask that is not known as one */
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
    put_score(w, r, t);
    return DFOO_OK;
}

/* The first reason is told, of a way back before others. */
static void keep_reason(judge_work *w, uint32_t line, bool strong, const char *sentence) {
    if (w->reason.sentence && (w->reason.strong || !strong)) return;
    w->reason = (attempt_reason){line, sentence, strong};
}

static void note_unbound(judge_work *w, const drive *d, const drive_entry *e) {
    if (!d->unbound || e->f.kind != PY_FUNCTION || !code_is_backward_name(e->name)) return;
    keep_reason(w, d->unbound->line, true,
                arena_format(w->a,
                             "%s takes `%s`, and nothing is known under this name: name it as the model"
                             " does, or let the program call the function",
                             e->name, symbols_name(&d->r->names, d->unbound->name)));
}

/* An object that keeps some of the parameters where they are known, and others elsewhere. */
static void note_foreign(judge_work *w, const drive *d, const drive_entry *e) {
    if (!d->foreign || !d->elsewhere) return;
    keep_reason(w, e->f.function->def->line, true,
                arena_format(w->a, "the object keeps parameters of the model, and %s is not found in it",
                             ir_var_name(w->s->g, d->elsewhere)));
}

/* A variable for which the program has no value of its own. */
static void note_missing(judge_work *w, const matrix *given) {
    static const char *const kinds[] = {"input", "label", "parameter"};
    const ir                *g = w->s->g;
    for (var_id v = 1; v < g->vars.n && !w->reason.sentence; v++) {
        if (ir_var(g, v)->kind > VAR_PARAM || given[v].at) continue;
        keep_reason(w, 1, false,
                    arena_format(w->a, "nothing in the program is known as the %s %s of the model",
                                 kinds[ir_var(g, v)->kind], ir_var_name(g, v)));
    }
}

/* The values with which the program itself began, where they fit the model. */
static dfoo_status judge_own(judge_work *w, py_run *r, attempt *t, uint32_t from, const judge_case *c,
                             bool statements) {
    const ir  *g = w->s->g;
    matrix    *given = arena_new(w->a, (g->vars.n + 1) * sizeof *given);
    gatherer   x = attempt_gatherer(w, r, t, c);
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
    if (!fits && statements) note_missing(w, given);
    if (!fits && (t->failure.product || t->failure.entrywise)) t->score = ONLY_FAILED;
    if (!fits || !own.finite) return DFOO_OK;
    t->own = true;
    return judge_events(w, r, t, from, &own);
}

static void keep_better(attempt *best, const attempt *t) {
    if (t->score > best->score && (t->score || best->score < ONLY_FAILED)) *best = *t;
}

/* What stands on a wrong forward pass is judged on the model's own values, where the program takes them. */
static dfoo_status without_forward(judge_work *w, drive *d, const drive_entry *e, attempt *t) {
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

/* Did the program's own statements call the function, and did it come to its end? */
static bool has_run_it(const drive *d, const char *name) {
    for (uint32_t i = 0; i < d->begin; i++) {
        const py_event *e = &d->r->trace.list.at[i];
        if (e->how == 'r' && strcmp(symbols_name(&d->r->names, e->function), name) == 0) return true;
    }
    return false;
}

/* An error that comes of what the function was handed here: what the program itself hands it has other parts.
 * Shapes that do not fit are the program's. */
static bool is_ours(const drive *d, const drive_entry *e, const py_failure *failure) {
    static const char *const parts[] = {"KeyError", "AttributeError", "TypeError", "IndexError", "NameError"};
    bool                     of_parts = false;
    if (!failure->type || failure->product || failure->entrywise) return false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        of_parts = of_parts || strcmp(failure->type, parts[i]) == 0;
    return of_parts && (d->unknown || has_run_it(d, e->name));
}

/* Then its values may be its own. */
static bool is_doubtful(const attempt *t) {
    return t->v.wrong || !t->v.found || t->around.before.n;
}

static dfoo_status try_entry(judge_work *w, drive *d, const drive_entry *e, attempt *t, attempt *best) {
    uint32_t from;
    attempt  own = *t;
    bool     statements = e->f.kind == PY_NONE;
    if (!drive_run(d, e, &from, &t->failure)) {
        note_unbound(w, d, e);
        return DFOO_OK;
    }
    if (!statements && is_ours(d, e, &t->failure)) return DFOO_OK;
    note_foreign(w, d, e);
    t->handed_on = d->handed_on;
    t->behind = d->behind;
    t->from = own.from = from;
    t->begin = own.begin = statements ? 0 : d->begin;
    t->statements = own.statements = statements;
    t->is_backward = drive_is_backward(e);
    own.failure = t->failure;
    own.handed_on = d->handed_on;
    bool of_case = statements ? w->alone : !d->foreign && d->handed;
    if (of_case) DFOO_TRY(judge_events(w, d->r, t, from, d->c));
    if (d->forward_failed && t->score > 0) t->score = t->score > 40 ? t->score - 40 : 1;
    t->forward_failed = d->forward_failed;
    DFOO_TRY(without_forward(w, d, e, t));
    keep_better(best, t);
    if (is_doubtful(t) && !w->alone) DFOO_TRY(judge_own(w, d->r, &own, from, d->c, statements));
    if (d->forward_failed && own.score > 0) own.score = own.score > 40 ? own.score - 40 : 1;
    own.forward_failed = d->forward_failed;
    keep_better(best, &own);
    return DFOO_OK;
}

/* Ends a run beside the first one, whose tree is looked at again. */
void attempt_unload(judge_work *w, py_run *r, py_node *tree) {
    w->tree = tree;
    py_close(r);
}

dfoo_status attempt_load(judge_work *w, py_run **r, uint64_t seed, const judge_case *c) {
    const py_limits limits = {.steps = 2000000, .soft_steps = 40000, .bytes = (size_t)96 << 20, .seed = seed};
    DFOO_TRY(py_open(w->a->mem, &limits, r));
    DFOO_TRY(py_read(*r, w->text, w->len, &w->tree));
    if (w->alone) {
        drive d = {.c = c, .r = *r};
        DFOO_TRY(name_split(w->s, w->a, &d.layers));
        drive_hand_all(&d);
    }
    py_execute(*r, w->tree);
    return (*r)->no_memory ? DFOO_ENOMEM : DFOO_OK;
}

/* Is every gradient there, and a mistake among them that has nothing to do with how it was called? */
static bool is_whole_and_wrong(const judge_work *w, const attempt *t) {
    return t->v.wrong && t->v.found == attempt_parameters(w->s) && !t->failure.type && !t->around.before.n;
}

static dfoo_status has_updates(judge_work *w, py_run *r, const attempt *t, bool *any) {
    gatherer g = attempt_gatherer(w, r, t, &t->c);
    DFOO_TRY(gather_begin(&g));
    for (uint32_t i = g.from; i < g.to; i++) *any = *any || gather_update(&g, i) < w->s->right.list.n;
    return DFOO_OK;
}

/* The gradients of one example are right: what a function makes of those of all may not be. */
static dfoo_status try_callers(judge_work *w, drive *d, const judge_case *c, const drive_entries *entries,
                               attempt *best) {
    const char *one = best->entry;
    for (uint32_t i = 0; i < entries->list.n; i++) {
        const drive_entry *e = &entries->list.at[i];
        attempt            t = {.view = best->view, .entry = e->name, .number = i, .c = *c};
        attempt            found = {.score = -1000};
        if (e->f.kind != PY_FUNCTION || !code_calls(d->r, e->f.function->def, one)) continue;
        d->r->trace.list.n = d->begin;
        d->c = c;
        DFOO_TRY(try_entry(w, d, e, &t, &found));
        bool updates = false;
        if (!is_whole_and_wrong(w, &found)) continue;
        DFOO_TRY(has_updates(w, d->r, &found, &updates));
        if (updates) continue; /* what is divided there is looked at with the training */
        *best = found;
        return DFOO_OK;
    }
    return DFOO_OK;
}

/* All entries in one view. only: this entry alone. */
dfoo_status attempt_one(judge_work *w, py_run *r, const judge_case *c, const judge_case *one,
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
        bool single = code_takes_one(r, w->tree, entries.list.at[i].name);
        d.c = single ? one : c;
        t.c = *d.c;
        d.begin = loaded;
        d.after = w->after;
        DFOO_TRY(try_entry(w, &d, &entries.list.at[i], &t, best));
        if (!attempt_is_all_right(best, attempt_parameters(w->s))) continue;
        return single && only == UINT32_MAX ? try_callers(w, &d, c, &entries, best) : DFOO_OK;
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

dfoo_status attempt_all(judge_work *w, py_run *r, const judge_case *c, attempt *best) {
    uint32_t   parameters = attempt_parameters(w->s), statements = r->trace.list.n;
    case_masks masks;
    DFOO_TRY(case_find_masks(w->s, w->a, &masks));
    uint32_t ways = masks.list.n ? 2 : 1;
    for (uint32_t i = 0; i < VIEWS * ways && !attempt_is_all_right(best, parameters); i++) {
        uint32_t   k = i / ways;
        judge_view view = {views[k].turned, views[k].flat, views[k].labels, i % ways};
        r->trace.list.n = statements;
        if (!is_view(w->s, view.labels)) continue;
        DFOO_TRY(attempt_one(w, r, c, &w->one, &view, UINT32_MAX, best));
    }
    return DFOO_OK;
}

/* Lines of a backward pass alone, which speak of A2 and m as if they were there. */
dfoo_status attempt_alone(judge_work *w, py_run **r, const judge_case *c, attempt *best) {
    const judge_view plain = {false, false, LABELS_MATRIX, false};
    bool             unknown = (*r)->first.type && strcmp((*r)->first.type, "NameError") == 0;
    attempt          found = {.score = -1000};
    if (best->v.list.n || !unknown) return DFOO_OK;
    py_close(*r);
    *r = NULL;
    w->alone = true;
    DFOO_TRY(attempt_load(w, r, 1, c));
    DFOO_TRY(attempt_one(w, *r, c, &w->one, &plain, UINT32_MAX, &found));
    w->alone = found.v.list.n || attempt_has_only_failed(&found);
    *best = found; /* what was said of the run before had its memory */
    return DFOO_OK;
}

/* Where a line of the text begins, its length without what ends it. */
const char *attempt_line(const judge_work *w, uint32_t line, size_t *n) {
    const char *at = w->text, *end = w->text + w->len;
    for (uint32_t i = 1; i < line && at < end; at++) i += *at == '\n';
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    *n = 0;
    while (at + *n < end && at[*n] != '\n' && at[*n] != '\r') ++*n;
    return at;
}

/* A program judged from beginning to end: it is attempted, again on other values, its mistakes are named, and
 * what is around its gradients is looked at. */
#include "teach/judge/judge.h"

#include <stdio.h>
#include <string.h>

#include "teach/judge/answer.h"
#include "teach/judge/causes.h"
#include "teach/judge/solution.h"

/* Right on one case may be luck: of masks that let everything through, of units that are off. */
static dfoo_status right_again(judge_work *w, attempt *best) {
    py_node   *tree = w->tree;
    judge_case c, one;
    py_run    *r = NULL;
    attempt    t = {.score = -1000};
    if (!attempt_is_all_right(best, attempt_parameters(w->s)) || best->own) return DFOO_OK;
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed + 7, 2, best->kind));
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed + 7, 2, CASE_ONE_EXAMPLE));
    dfoo_status status = attempt_load(w, &r, 3, &c);
    if (status == DFOO_OK) status = attempt_one(w, r, &c, &one, &best->view, best->number, &t);
    if (status == DFOO_OK && t.v.wrong && t.v.found == best->v.found) {
        t.entry = best->entry;
        t.kind = best->kind;
        *best = t; /* its names are the run's, which is kept for them */
        w->again = r;
        w->tree = tree;
        return status;
    }
    attempt_unload(w, r, tree);
    return status;
}

/* Is all right if the sizes that the model leaves open are 1? Then that is said, and nobody is accused. */
static dfoo_status single_output(judge_work *w, py_run *r, attempt *best, judge_answer *out) {
    judge_case c;
    attempt    t = {.score = -1000};
    bool       right = best->score > -1000 && best->v.wrong == 0 && !best->failure.type;
    if (right || w->alone) return DFOO_OK;
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, CASE_ONE_OUTPUT));
    DFOO_TRY(attempt_all(w, r, &c, &t));
    t.kind = CASE_ONE_OUTPUT;
    if (!attempt_is_all_right(&t, attempt_parameters(w->s))) return DFOO_OK;
    *best = t;
    vec_push(w->a, &out->remarks, "right only because the output has one unit");
    return DFOO_OK;
}

/* What is wrong, by name. */
static dfoo_status name_mistakes(judge_work *w, attempt *best, judge_answer *out) {
    if (best->v.wrong) {
        DFOO_TRY(causes_find(w, best, false, &best->v));
        DFOO_TRY(causes_settle(w, best));
    }
    return best->failure.type && (best->v.list.n || attempt_has_only_failed(best))
               ? causes_of_failure(w, best, &out->failure_row)
               : DFOO_OK;
}

/* An update whose shapes do not fit: what is subtracted is as large as another parameter. */
static dfoo_status around_failed(judge_work *w, gatherer *g, const py_failure *failure,
                                 around_findings *out) {
    const ir   *s = w->s->g;
    size_t      n, k = 0;
    const char *line = attempt_line(w, failure->line, &n);
    char        target[80], plain[80], own[80];
    if (!failure->entrywise) return DFOO_OK;
    while (k < n && line[k] != '=') k++;
    snprintf(target, sizeof target, "%.*s", (int)(k < 79 ? k : 79), line);
    name_plain(target, plain, sizeof plain);
    for (var_id v = 1; v < s->vars.n; v++) {
        if (ir_var(s, v)->kind != VAR_PARAM) continue;
        name_plain(ir_var_name(s, v), own, sizeof own);
        size_t have = strlen(plain), want = strlen(own);
        if (have < want || strcmp(plain + have - want, own) != 0) continue;
        return around_put(g, "updated by another's gradient", v, failure->line, out);
    }
    return DFOO_OK;
}

/* What the functions of a kind do, on the case's values. */
static dfoo_status around_kind(judge_work *w, drive *d, const attempt *t, drive_kind kind,
                               around_findings *out) {
    uint32_t begin = d->r->trace.list.n;
    drive_call_kind(d, kind);
    gatherer g = attempt_gatherer(w, d->r, t, d->c);
    g.begin = g.from = begin;
    DFOO_TRY(gather_begin(&g));
    if (kind == DRIVE_COST) return around_cost(&g, out);
    if (kind == DRIVE_STEP) return around_steps(&g, out);
    if (kind == DRIVE_UPDATE && d->behind.type) return around_failed(w, &g, &d->behind, out);
    return kind == DRIVE_UPDATE ? around_updates(&g, NULL, out) : around_start(&g, out);
}

/* What a method does that trains on all examples, where the gradients are right. */
static dfoo_status around_training(judge_work *w, drive *d, const attempt *t, around_findings *out) {
    uint32_t begin = d->r->trace.list.n;
    if (!drive_train(d)) return DFOO_OK;
    gatherer g = attempt_gatherer(w, d->r, t, d->c);
    g.begin = g.from = begin;
    g.to = d->r->trace.list.n;
    DFOO_TRY(gather_begin(&g));
    return around_batch(&g, out);
}

/* The run once more, looked at for what it does around its gradients; then the functions that it did not
 * call. */
static dfoo_status look_around(judge_work *w, py_run *r, const judge_case *c, const attempt *best,
                               around_findings *out) {
    judge_case one;
    attempt    t = {.score = -1000};
    DFOO_TRY(case_random(&one, w->s, w->a, w->seed, 0, CASE_ONE_EXAMPLE));
    DFOO_TRY(attempt_one(w, r, c, &one, &best->view, best->number, &t));
    if (t.score <= MOST_FAILED) return DFOO_OK;
    gatherer g = attempt_gatherer(w, r, &t, &t.c);
    DFOO_TRY(gather_begin(&g));
    if (w->derived) DFOO_TRY(solution_names(w, &g, &t.v));
    if (t.failure.type) return DFOO_OK;
    DFOO_TRY(around_labels(&g, out));
    DFOO_TRY(around_start(&g, out));
    DFOO_TRY(around_cost(&g, out));
    DFOO_TRY(around_updates(&g, &t.v, out));
    if (t.statements) DFOO_TRY(around_flat(&g, &t.v, false, w->reshapes, out));
    if (t.statements) return DFOO_OK;
    DFOO_TRY(around_own_labels(&g, t.begin, out));
    drive d = {.c = c, .r = r, .view = best->view};
    d.layers.from_zero = w->from_zero;
    d.layers.y_predicted = w->y_predicted;
    DFOO_TRY(name_split(w->s, w->a, &d.layers));
    DFOO_TRY(case_find_masks(w->s, w->a, &d.masks));
    if (!out->before.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_START, out));
    DFOO_TRY(around_flat(&g, &t.v, !t.own, w->reshapes, out));
    if (!out->before.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_COST, out));
    if (t.behind.type && !out->behind.n) DFOO_TRY(around_failed(w, &g, &t.behind, out));
    if (!out->behind.n) DFOO_TRY(around_kind(w, &d, &t, DRIVE_UPDATE, out));
    if (!out->behind.n && !best->v.wrong) DFOO_TRY(around_kind(w, &d, &t, DRIVE_STEP, out));
    return out->behind.n || best->v.wrong ? DFOO_OK : around_training(w, &d, &t, out);
}

static dfoo_status find_around(judge_work *w, attempt *best) {
    py_run *r = NULL;
    if (best->score <= MOST_FAILED || !best->v.list.n) return DFOO_OK;
    judge_case c;
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, best->kind));
    dfoo_status status = attempt_load(w, &r, 1, &c);
    w->after = true;
    if (status == DFOO_OK) status = look_around(w, r, &c, best, &best->around);
    w->after = false;
    py_close(r);
    return status;
}

static dfoo_status judge_run(judge_work *w, const py_notebook *book, py_run **r, judge_answer *out) {
    judge_case c;
    attempt    best = {.score = -1000};
    DFOO_TRY(case_random(&c, w->s, w->a, w->seed, 0, CASE_USUAL));
    DFOO_TRY(case_random(&w->one, w->s, w->a, w->seed, 0, CASE_ONE_EXAMPLE));
    DFOO_TRY(attempt_load(w, r, 1, &c));
    DFOO_TRY(attempt_all(w, *r, &c, &best));
    DFOO_TRY(attempt_alone(w, r, &c, &best));
    DFOO_TRY(right_again(w, &best));
    DFOO_TRY(single_output(w, *r, &best, out));
    DFOO_TRY(name_mistakes(w, &best, out));
    DFOO_TRY(find_around(w, &best));
    answer_put(w, book, &best, out);
    answer_put_problems(w, book, *r, out);
    return arena_status(w->a);
}

static bool has_any(const char *at, size_t len, const char *const *words) {
    for (; *words; words++)
        for (size_t i = 0, n = strlen(*words); i + n <= len; i++)
            if (memcmp(at + i, *words, n) == 0) return true;
    return false;
}

/* A line that makes a column of a bias or its gradient. */
static bool reshapes_biases(const judge_work *w) {
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

static dfoo_status judge_watched(judge_work *w, judge_answer *out) {
    const model *m = w->s->m;
    py_notebook  book = {.text = NULL};
    py_run      *r = NULL;
    DFOO_TRY(mistakes_apply(w->s, w->a, &w->catalogue));
    DFOO_TRY(mistakes_join(w->s, w->a, &w->catalogue));
    if (py_is_notebook(w->text, w->len) && py_notebook_read(w->a, w->text, w->len, &book)) {
        w->text = book.text;
        w->len = book.len;
    }
    w->from_zero = name_counts_from_zero(m, w->text, w->len);
    w->reshapes = reshapes_biases(w);
    w->y_predicted = name_y_is_predicted(m, w->text, w->len);
    dfoo_status status = judge_run(w, &book, &r, out);
    py_close(r);
    py_close(w->again);
    return status;
}

/* An allocator that remembers whether memory ran out. */
typedef struct watch {
    dfoo_allocator of;
    bool           lost;
} watch;

static void *watched(void *user, void *block, size_t old_size, size_t new_size) {
    watch *x = user;
    void  *at = x->of.realloc(x->of.user, block, old_size, new_size);
    if (new_size && !at) x->lost = true;
    return at;
}

/* A program that got no memory looks like one with a mistake: whatever ran out, there is no verdict. */
dfoo_status judge_program(model *m, arena *a, const check_engine *engine, const judge_options *how,
                          const judge_source *program, judge_answer *out) {
    subject    s;
    judge_work w = {.s = &s, .a = a, .text = program->text, .len = program->len, .seed = how->seed};
    watch      x = {.of = a->mem};
    *out = (judge_answer){.name = program->name, .sizes = "", .entry = ""};
    DFOO_TRY(subject_init(&s, m, a, engine));
    w.derived = how->derived;
    a->mem = (dfoo_allocator){watched, &x};
    dfoo_status status = judge_watched(&w, out);
    a->mem = x.of;
    return x.lost ? DFOO_ENOMEM : status;
}

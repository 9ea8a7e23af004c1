/* The public interface: learners' programs, judged. */
#include <string.h>

#include "api/api.h"
#include "core/core.h"
#include "teach/teach.h"

typedef struct owned_judgement {
    dfoo_judgement own; /* first: it is what the caller has */
    arena          a;
} owned_judgement;

typedef struct judge_request {
    const dfoo_judge_options *how;
    judge_source              program;
    owned_judgement          *to;
} judge_request;

static const char *kept(arena *a, const char *text) {
    const char *copy = text ? arena_text(a, text, strlen(text)) : NULL;
    return copy ? copy : "";
}

static void keep_line(arena *a, const judge_line *from, dfoo_judged_line *to) {
    *to = (dfoo_judged_line){.verdict = (dfoo_judged)from->how,
                             .line = from->line,
                             .cell = from->cell,
                             .ratio = from->ratio,
                             .norms = from->norms,
                             .cosine = from->cosine};
    to->variable = kept(a, from->variable);
    to->name = kept(a, from->name);
    to->text = kept(a, from->text);
    if (from->row) to->mistake = from->row->name;
    if (from->row) to->group = group_names[from->row->group];
    for (int i = 0; i < DFOO_HINTS; i++) {
        buf hint;
        buf_init(&hint, a->mem);
        judge_hint(from, i + 1, &hint);
        to->hint[i] = kept(a, hint.text);
        if (hint.failed) a->failed = true;
        buf_free(&hint);
    }
}

static dfoo_status keep_problems(arena *a, const judge_answer *x, dfoo_judgement *to) {
    const char **texts = arena_new(a, (x->problems.n + 1) * sizeof *texts);
    size_t      *lines = arena_new(a, (x->problems.n + 1) * sizeof *lines);
    if (!texts || !lines) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < x->problems.n; i++) {
        texts[i] = kept(a, x->problems.at[i].sentence);
        lines[i] = x->problems.at[i].line;
    }
    to->n_problems = x->problems.n;
    to->problems = texts;
    to->problem_lines = lines;
    return DFOO_OK;
}

static dfoo_status keep(const judge_answer *x, owned_judgement *to) {
    arena            *a = &to->a;
    dfoo_judged_line *lines = arena_new(a, (x->lines.n + 1) * sizeof *lines);
    if (!lines) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < x->lines.n; i++) keep_line(a, &x->lines.at[i], &lines[i]);
    to->own.found = x->found;
    to->own.right = judge_is_right(x);
    to->own.count = x->lines.n;
    to->own.lines = lines;
    to->own.first = x->first == UINT32_MAX ? x->lines.n : x->first;
    to->own.failure = x->failure ? kept(a, x->failure) : NULL;
    if (x->failure && x->failure_row) to->own.failure_mistake = x->failure_row->name;
    to->own.failure_line = x->failure ? x->failure_line : 0;
    to->own.failure_cell = x->failure ? x->failure_cell : 0;
    DFOO_TRY(keep_problems(a, x, &to->own));
    return arena_status(a);
}

/* false: there is no such format. */
static bool kind_of(dfoo_format format, report_kind *kind) {
    *kind = format == DFOO_MARKDOWN ? REPORT_MARKDOWN
            : format == DFOO_HTML   ? REPORT_HTML
            : format == DFOO_JSON   ? REPORT_JSON
                                    : REPORT_TEXT;
    return *kind != REPORT_TEXT || format == DFOO_TEXT || format == DFOO_ASCII;
}

static dfoo_status judge_work(work *w, const void *request, buf *out) {
    const judge_request *q = request;
    judge_answer         answer;
    report_kind          kind;
    if (!kind_of(q->how->format, &kind))
        return diag_alone(&w->messages,
                          "there is no such format: judgements come as text, markdown, html or json");
    if (q->how->hint < 0 || q->how->hint > JUDGE_SOLUTION)
        return diag_alone(&w->messages, "hint levels go from 1 to 4");
    if (!w->m.cost)
        return diag_alone(&w->messages, "%s has no `minimize`: there is no gradient to judge", w->m.src.name);
    DFOO_TRY(work_name(w));
    const judge_writing writing = {kind, q->how->hint ? q->how->hint : JUDGE_NAME, q->how->show != 0};
    judge_options       how = {.seed = q->how->seed};
    if (writing.hint >= JUDGE_SOLUTION) {
        DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
        how.derived = &w->dv;
    }
    DFOO_TRY(judge_program(&w->m, &w->a, &work_course, &how, &q->program, &answer));
    judge_write(&answer, &writing, out);
    DFOO_TRY(buf_status(out));
    DFOO_TRY(keep(&answer, q->to));
    return judge_is_right(&answer) ? DFOO_OK : DFOO_NO;
}

dfoo_status dfoo_judge(dfoo_model *model, const char *name, const char *source, size_t len,
                       const dfoo_judge_options *options, dfoo_judgement **out) {
    dfoo_judge_options how;
    char              *text = NULL;
    if (out) *out = NULL;
    NEED(NULL, model);
    NEED(model->d, name);
    NEED(model->d, source);
    NEED(model->d, out);
    TAKE(model->d, dfoo_judge_options, options, how);
    KNOWN(model->d, how.format, DFOO_MOODLE);
    owned_judgement *to = mem_new(&model->d->mem, sizeof *to);
    if (!to) return DFOO_ENOMEM;
    arena_init(&to->a, model->d->mem);
    judge_request q = {&how, {name, source, len}, to};
    dfoo_status   status = work_write_text(model->d, model, judge_work, &q, &text);
    to->own.text = kept(&to->a, text);
    if (status <= DFOO_NO && arena_status(&to->a) != DFOO_OK) status = DFOO_ENOMEM;
    dfoo_text_free(model->d, text);
    if (status <= DFOO_NO)
        *out = &to->own;
    else
        dfoo_judgement_free(model->d, &to->own);
    return status;
}

void dfoo_judgement_free(dfoo *d, dfoo_judgement *judgement) {
    if (!d || !judgement) return;
    owned_judgement *to = (owned_judgement *)judgement;
    arena_free(&to->a);
    mem_free(&d->mem, to, sizeof *to);
}

/* Verdicts, findings and an error as an answer: with the lines of the text, of a notebook those of its cells.
 */
#include "teach/judge/answer.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/causes.h"
#include "teach/judge/failure.h"
#include "teach/judge/solution.h"

/* -------------------------------------------------------------------- answer */

static void find_line(const judge_work *w, const py_notebook *book, uint32_t line, judge_line *out,
                      arena *a) {
    size_t      n;
    const char *at = attempt_line(w, line, &n);
    out->text = arena_text(a, at, n);
    if (!out->text) out->text = "";
    out->line = line;
    if (book->lines.n && line >= 1 && line <= book->lines.n) {
        out->cell = book->lines.at[line - 1].cell;
        out->line = book->lines.at[line - 1].line;
    }
}

static const char *shape_text(const judge_work *w, matrix x, bool flat) {
    const char *text = flat ? arena_format(w->a, "(%zu,)", x.rows * x.cols)
                            : arena_format(w->a, "(%zu, %zu)", x.rows, x.cols);
    return text ? text : "";
}

static const char *dim_text(const judge_work *w, dim d) {
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
        return is_transposed(v->claim.value, v->expected) ? causes_row("dW transposed") : NULL;
    return v->how == JUDGED_WRONG && once_more ? causes_row("1/m in dZ too") : NULL;
}

/* What a parameter should change by: the gradient times what the others are multiplied with. */
static matrix times(arena *a, matrix x, double factor) {
    matrix y = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    for (size_t i = 0; y.at && i < x.rows * x.cols; i++) y.at[i] = x.at[i] * (factor != 0 ? factor : 1);
    return y;
}

static judge_line line_of(judge_work *w, const py_notebook *book, const attempt *t, const judge_verdict *v) {
    const gradient *g = &w->s->right.list.at[verdict_number(v)];
    judge_line l = {.how = v->how,
                    .variable = ir_var_name(w->s->g, g->grad),
                    .text = "",
                    .sentence = "",
                    .solution = ""};
    const variable *own = ir_var(w->s->g, g->var);
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
    if (v->how >= JUDGED_WRONG && v->how != JUDGED_MISSING) {
        l.value = v->claim.value;
        l.expected = v->claim.update ? times(w->a, v->expected, t->v.factor) : v->expected;
        l.solution = solution_of(w, &t->v, v);
    }
    if (v->candidates.n) {
        l.row = &mistake_table[w->catalogue.list.at[v->candidates.at[0]].row];
    } else
        l.row = v->row ? v->row : row_of_values(t, v);
    if (l.row) l.sentence = l.row->sentence;
    return l;
}

static const char *sizes_text(const judge_work *w, const judge_case *c) {
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

/* Why nothing was found, where nothing else tells it. */
static void put_reason(judge_work *w, const py_notebook *book, judge_answer *out) {
    judge_line l = {.how = JUDGED_MISSING, .variable = "", .name = "", .found_shape = ""};
    bool told = out->failure || (out->problems.n && !w->reason.strong);
    if (out->found || told || !w->reason.sentence) return;
    find_line(w, book, w->reason.line, &l, w->a);
    l.own_shape = l.solution = "";
    l.sentence = w->reason.sentence;
    vec_push(w->a, &out->problems, l);
}

void answer_put_problems(judge_work *w, const py_notebook *book, const py_run *r, judge_answer *out) {
    enum { MOST = 12 };
    for (uint32_t i = 0; i < r->problems.list.n && out->problems.n < MOST; i++) {
        judge_line l = {
            .how = JUDGED_MISSING, .variable = "", .name = "", .found_shape = "", .own_shape = "",
            .solution = ""};
        find_line(w, book, r->problems.list.at[i].line, &l, w->a);
        l.sentence = arena_text(w->a, r->problems.list.at[i].text, strlen(r->problems.list.at[i].text));
        if (!l.sentence) l.sentence = "";
        bool ended = out->failure && l.line == out->failure_line && strcmp(l.sentence, out->failure) == 0;
        if (!ended && !is_told(out, &l)) vec_push(w->a, &out->problems, l);
    }
    put_reason(w, book, out);
}

static void put_failure(judge_work *w, const py_notebook *book, const attempt *t, judge_answer *out) {
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

static void put_around(judge_work *w, const py_notebook *book, const around_finding *f, judge_answer *out) {
    judge_line l = {.how = JUDGED_WRONG,
                    .variable = f->variable,
                    .text = "",
                    .row = f->row,
                    .found_shape = "",
                    .own_shape = "",
                    .solution = "",
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

static void put_verdict(judge_work *w, const py_notebook *book, const attempt *best, const judge_verdict *v,
                        judge_answer *out) {
    judge_line l = line_of(w, book, best, v);
    l.name = arena_text(w->a, l.name, strlen(l.name));
    if (!l.row && has_ended_at(best, v)) l.row = out->failure_row; /* by shapes the reason is known */
    if (l.row) l.sentence = l.row->sentence;
    vec_push(w->a, &out->lines, l);
    if (v->how >= JUDGED_WRONG && v->how != JUDGED_MISSING && out->first == UINT32_MAX)
        out->first = out->lines.n - 1;
}

void answer_put(judge_work *w, const py_notebook *book, const attempt *best, judge_answer *out) {
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
        if (attempt_has_only_failed(best)) put_failure(w, book, best, out);
        return;
    }
    out->sizes = sizes_text(w, &best->c);
    out->other_convention = best->v.early != UINT32_MAX;
    out->negative = best->v.sign < 0;
    put_failure(w, book, best, out);
}

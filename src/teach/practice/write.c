/* Exercises as text, Markdown and HTML, which is a sheet to print. */
#include <string.h>

#include "teach/check/sheet.h"
#include "teach/practice/inside.h"

static const text_format formats[] = {
    {DFOO_TEXT, "text", ".txt", false, "for a terminal"},
    {DFOO_HTML, "html", ".html", false, "a sheet to print, with room for answers"},
    {DFOO_MARKDOWN, "markdown", ".md", false, "the same for a page of notes"},
    {DFOO_MOODLE, "moodle", ".xml", false, "questions with choices, for Moodle's question bank"},
    {DFOO_JSON, "json", ".json", false, "the exercise as data"},
    {DFOO_ASCII, NULL, ".txt", false, "as text, without signs beyond ASCII"},
};

const text_format *practice_format_at(size_t i) {
    return i < sizeof formats / sizeof *formats ? &formats[i] : NULL;
}

typedef struct page {
    const practice_page *p;
    const sheet_way     *way;
    arena                a;
    buf                 *out;
} page;

/* ------------------------------------------------------------------- lines */

enum { SHAPE_COLUMN = 52 };

/* An equation, and its shape as a comment. */
static void put_equation(const exercise *x, const char *text, shape s, buf *b) {
    size_t columns = text_columns(text, strlen(text));
    buf_printf(b, "  %s", text);
    buf_repeat(b, ' ', columns + 4 > SHAPE_COLUMN ? 2 : SHAPE_COLUMN - 2 - columns);
    buf_puts(b, "# ");
    print_shape(&x->m->g, s, b);
    buf_puts(b, "\n");
}

static void put_forward(const exercise *x, arena *a, buf *b) {
    for (uint32_t i = 0; i < x->m->forward.list.n; i++) {
        stmt s = x->m->forward.list.at[i];
        buf  line;
        buf_init(&line, a->mem);
        buf_printf(&line, "%s = ", ir_var_name(&x->m->g, s.var));
        print_node(&x->m->g, s.node, &line);
        put_equation(x, buf_keep(&line, a), ir_var(&x->m->g, s.var)->sh, b);
    }
}

static void put_backward(const exercise *x, arena *a, buf *b) {
    for (uint32_t i = 0; i < x->lines.n; i++)
        put_equation(x, practice_line(x, i, a), ir_var(&x->m->g, x->lines.at[i]->grad)->sh, b);
}

static void write_part(page *w, const exercise *x, const char *head,
                       void (*put)(const exercise *, arena *, buf *)) {
    buf b;
    buf_init(&b, w->a.mem);
    put(x, &w->a, &b);
    w->way->paragraph(w->out, head, false);
    w->way->lines(w->out, buf_keep(&b, &w->a));
}

/* -------------------------------------------------------------------- page */

static void write_judged(page *w, const practice_judged *j) {
    const char *text = arena_format(&w->a, "%s: %s", j->text, j->says);
    w->way->paragraph(w->out, text ? text : "", true);
    if (!j->written) return;
    text = arena_format(&w->a, "it computes the same as %s", j->written);
    w->way->paragraph(w->out, text ? text : "", false);
}

static void write_exercise(page *w, const exercise *x) {
    write_part(w, x, w->p->n > 1 ? practice_title(w->p, x, &w->a) : "backward pass:", put_backward);
    w->way->paragraph(w->out, practice_question(x, &w->a), true);
    if (w->p->judged) write_judged(w, w->p->judged);
    if (w->p->hint && w->p->hint < HINT_ANSWER)
        w->way->paragraph(w->out, practice_hint(x, w->p->hint, &w->a), false);
}

static void write_solutions(page *w) {
    if (w->p->hint != HINT_ANSWER) return;
    if (w->p->n > 1) w->way->paragraph(w->out, "Solutions", true);
    for (uint32_t i = 0; i < w->p->n; i++) {
        const exercise *x = &w->p->list[i];
        const char     *says = practice_hint(x, HINT_ANSWER, &w->a);
        const char     *text = w->p->n > 1 ? arena_format(&w->a, "%u. %s", i + 1, says) : says;
        w->way->paragraph(w->out, text ? text : "", false);
    }
}

static void write_sheet(const practice_page *p, report_kind kind, buf *out) {
    page w = {.p = p, .way = &sheet_ways[kind], .out = out};
    arena_init(&w.a, out->mem);
    w.way->begin(out, practice_heading(p, &w.a));
    write_part(&w, &p->list[0], "forward pass:", put_forward);
    w.way->paragraph(out, practice_convention(&p->list[0], &w.a), false);
    for (uint32_t i = 0; i < p->n; i++) write_exercise(&w, &p->list[i]);
    write_solutions(&w);
    w.way->end(out);
    if (arena_status(&w.a) != DFOO_OK) out->failed = true;
    arena_free(&w.a);
}

dfoo_status practice_write(const practice_page *p, dfoo_format format, buf *out) {
    switch (format) {
    case DFOO_JSON:
        practice_json(p, out);
        break;
    case DFOO_MOODLE:
        practice_moodle(p, out);
        break;
    case DFOO_HTML:
        practice_html(p, out);
        break;
    case DFOO_MARKDOWN:
        write_sheet(p, REPORT_MARKDOWN, out);
        break;
    default:
        write_sheet(p, REPORT_TEXT, out);
        break;
    }
    return buf_status(out);
}

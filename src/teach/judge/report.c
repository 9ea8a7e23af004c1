/* The answer in the form that is asked for: here as a page or as Markdown. */
#include <string.h>

#include "teach/check/beside.h"
#include "teach/check/sheet.h"
#include "teach/judge/judge.h"

typedef struct page {
    const judge_answer  *x;
    const judge_writing *how;
    const sheet_way     *way;
    arena                a;
    buf                 *out;
} page;

static void put_paragraph(page *p, buf *b, bool strong) {
    p->way->paragraph(p->out, buf_keep(b, &p->a), strong);
}

static const char *place_text(page *p, uint32_t cell, uint32_t line, const char *text) {
    buf b;
    buf_init(&b, p->a.mem);
    judge_put_place(cell, line, &b);
    if (*text) buf_printf(&b, ": %s", text);
    return buf_keep(&b, &p->a);
}

static const char *what_text(page *p, const judge_line *l) {
    const judge_line *before = judge_told_before(p->x, l);
    buf               b;
    buf_init(&b, p->a.mem);
    if (l->how == JUDGED_MISSING) return "";
    if (l->how >= JUDGED_WRONG && before) buf_printf(&b, "as %s, by the same line", before->variable);
    else judge_hint(l, p->how->hint, &b);
    return buf_keep(&b, &p->a);
}

static void write_table(page *p) {
    sheet_rows rows = {{0}};
    vec_push(&p->a, &rows.list, (sheet_row){{"gradient", "verdict", "line", "what"}});
    for (uint32_t i = 0; i < p->x->lines.n; i++) {
        const judge_line *l = &p->x->lines.at[i];
        bool              wrong = l->how >= JUDGED_WRONG && l->how != JUDGED_MISSING;
        const char       *line = wrong ? place_text(p, l->cell, l->line, l->text) : "";
        vec_push(&p->a, &rows.list, (sheet_row){{l->variable, judged_word(l->how), line, what_text(p, l)}});
    }
    if (rows.list.n > 1) p->way->table(p->out, &rows);
}

/* What is told in lines stays in lines. */
static void write_words(page *p, void (*put)(const judge_answer *, buf *)) {
    buf b;
    buf_init(&b, p->a.mem);
    put(p->x, &b);
    const char *text = buf_keep(&b, &p->a);
    if (*text) p->way->lines(p->out, text);
}

static void write_wrong(page *p, const judge_line *l) {
    buf b;
    buf_init(&b, p->a.mem);
    if (p->how->show && l->value.at && l->expected.at) {
        beside_put(l->variable, "what it should be", l->value, l->expected, &b);
        p->way->lines(p->out, buf_keep(&b, &p->a));
    }
    if (p->how->hint < JUDGE_SOLUTION || !*l->solution) return;
    p->way->paragraph(p->out, "the right line:", false);
    buf_printf(&b, "%s\n", l->solution);
    p->way->lines(p->out, buf_keep(&b, &p->a));
}

static void write_page(const judge_answer *x, const judge_writing *how, buf *out) {
    page p = {.x = x, .how = how, .way = &sheet_ways[how->kind], .out = out};
    buf  b;
    arena_init(&p.a, out->mem);
    buf_init(&b, p.a.mem);
    p.way->begin(out, x->name);
    if (x->found) buf_printf(&b, "%s, on random cases (%s)", x->entry, x->sizes);
    else buf_puts(&b, "no gradient was found");
    put_paragraph(&p, &b, false);
    if (x->found) write_table(&p);
    write_words(&p, judge_put_remarks);
    write_words(&p, judge_put_problems);
    buf_init(&b, p.a.mem);
    judge_put_first(x, &b);
    if (!b.len && x->found) buf_puts(&b, "right");
    if (b.len && b.text[b.len - 1] == '\n') b.text[--b.len] = 0;
    put_paragraph(&p, &b, true);
    for (uint32_t i = 0; i < x->lines.n; i++)
        if (judge_shows(x, &x->lines.at[i])) write_wrong(&p, &x->lines.at[i]);
    p.way->end(out);
    if (arena_status(&p.a) != DFOO_OK) out->failed = true;
    arena_free(&p.a);
}

void judge_write(const judge_answer *x, const judge_writing *how, buf *out) {
    switch (how->kind) {
    case REPORT_JSON: judge_json(x, how, out); break;
    case REPORT_TEXT: judge_text(x, how, out); break;
    default: write_page(x, how, out); break;
    }
}

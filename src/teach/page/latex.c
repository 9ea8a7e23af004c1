/* Explanations -> LaTeX: prose with formulas in it, and align* environments with one reason a line. It
 * needs amsmath; `standalone`: a whole document. */
#include <string.h>

#include "teach/page/aligned.h"

enum {
    LONG_NOTE = 30, /* columns of plain text, from which on a note is set in several lines */
    LONG_LINE = 72  /* .. and no notes stand beside a line */
};

/* Letters and signs that are spoken of are set apart from the words. */
static void put_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0, n; i < len; i += n) {
        n = text_utf8(text + i) > 1 ? text_utf8(text + i) : text[i] == '-' && i + 1 < len ? 2 : 1;
        if (sheet_is_letter(text, i, len)) buf_printf(out, "$%c$", text[i]);
        else if (sheet_is_sign(text, i, len)) buf_printf(out, "\\texttt{%c}", text[i]);
        else tex_prose(text + i, n, out);
    }
}

static void put_words(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_prose(text, prose, p->out);
        if (formula) tex_inline(sheet_tex(p, doc, formula), p->out);
    }
}

static size_t columns(const document *doc, const char *text) {
    buf plain;
    buf_init(&plain, doc->a->mem);
    doc_plain(doc, text, &plain);
    size_t n = plain.text ? text_columns(plain.text, plain.len) : 0;
    if (plain.failed) doc->a->failed = true;
    buf_free(&plain);
    return n;
}

static void put_note(const sheet *p, const document *doc, const char *text) {
    bool wide = columns(doc, text) > LONG_NOTE;
    buf_puts(p->out, wide ? "\\parbox[t]{0.35\\textwidth}{\\raggedright\\small " : "\\text{\\small ");
    put_words(p, doc, text);
    buf_puts(p->out, "}");
}

static void put_heading(const sheet *p, const document *doc, const block *b) {
    buf_printf(p->out, "\\section*{$%s$}\n", sheet_tex(p, doc, &b->sides[0]));
}

static void put_section(const sheet *p, const document *doc, const block *b, uint32_t number) {
    buf_printf(p->out, "\\subsection*{%u\\quad ", number);
    put_words(p, doc, b->words);
    buf_puts(p->out, "}\n");
}

static const aligned how = {
    .page = &page_tex,
    .begin = "\\begin{align*}\n", .end = "\n\\end{align*}\n", TEX_LINES, .between = "\n",
    .small = "\n\\smallskip{\\small ", .small_end = "}\\par\n",
    .longest = LONG_LINE,
    .prose = tex_prose, .words = put_words, .note = put_note, .heading = put_heading, .section = put_section,
};

static void begin(sheet *p) {
    aligned_begin(p, &how);
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    aligned_one(p, doc, result, &how);
}

static void end(sheet *p) {
    aligned_end(p, &how);
}

const renderer latex_renderer = {begin, one, end, &target_tex};

/* Explanations -> LaTeX: prose with formulas in it, and align* environments with one reason a line. It
 * needs amsmath; `standalone`: a whole document. */
#include <string.h>

#include "teach/page/aligned.h"

enum {
    LONG_NOTE = 30, /* columns of plain text, from which on a note is set in several lines */
    LONG_LINE = 72  /* .. and no notes stand beside a line */
};

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
    aligned_words(p, doc, text);
    buf_puts(p->out, "}");
}

static const aligned how = {
    .page = &page_tex,
    .numbered = {"\\begin{align}\n\\label{eq:%s}\n", "\n\\end{align}\n"},
    .begin = "\\begin{align*}\n", .end = "\n\\end{align*}\n", TEX_LINES, .between = "\n",
    .small = {"\n\\smallskip{\\small ", "}\\par\n"},
    .heading = {"\\section*{", "}\n"}, .section = {"\\subsection*{%u\\quad ", "}\n"},
    .sign = "\\texttt{%c}",
    .longest = LONG_LINE,
    .prose = tex_prose, .formula = tex_inline, .note = put_note,
};

const renderer latex_renderer = {aligned_begin, aligned_one, aligned_end, &target_latex, &how};

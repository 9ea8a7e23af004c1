/* Explanations -> Typst: prose with formulas in it, and aligned equations with one reason a line;
 * `standalone`: with a page of its own and the forward pass. */
#include <string.h>

#include "teach/page/aligned.h"

enum { LONG_LINE = 72 }; /* columns of plain text */

static void put_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0, n; i < len; i += n) {
        n = 1;
        if (text[i] == '-' && i + 1 < len && text[i + 1] == '>') buf_puts(out, "→"), n = 2;
        else if (sheet_is_letter(text, i, len)) buf_printf(out, "$%c$", text[i]);
        else if (sheet_is_sign(text, i, len)) buf_printf(out, "`%c`", text[i]);
        else typst_prose(text + i, 1, out);
    }
}

static void put_words(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_prose(text, prose, p->out);
        if (formula) buf_printf(p->out, "$%s$", sheet_tex(p, doc, formula));
    }
}

static void put_note(const sheet *p, const document *doc, const char *text) {
    buf_puts(p->out, "#text(0.9em)[");
    put_words(p, doc, text);
    buf_puts(p->out, "]");
}

static void put_heading(const sheet *p, const document *doc, const block *b) {
    buf_printf(p->out, "== $%s$\n\n", sheet_tex(p, doc, &b->sides[0]));
}

static void put_section(const sheet *p, const document *doc, const block *b, uint32_t number) {
    buf_printf(p->out, "=== %u #h(0.5em) ", number);
    put_words(p, doc, b->words);
    buf_puts(p->out, "\n\n");
}

static const aligned how = {
    .page = &page_typst,
    .begin = "$\n", .end = "\n$\n\n", .next = " \\\n", .beside = " && quad ", .below = " \\\n & quad ",
    .between = "\n",
    .small = "#text(0.9em)[", .small_end = "]\n\n",
    .longest = LONG_LINE,
    .prose = typst_prose, .words = put_words, .note = put_note,
    .heading = put_heading, .section = put_section,
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

const renderer typst_renderer = {begin, one, end, &target_typst};

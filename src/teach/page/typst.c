/* Explanations -> Typst: prose with formulas in it, and aligned equations with one reason a line;
 * `standalone`: with a page of its own and the forward pass. */
#include "teach/page/aligned.h"

enum { LONG_LINE = 72 }; /* columns of plain text */

static void put_note(const sheet *p, const document *doc, const char *text) {
    buf_puts(p->out, "#text(0.9em)[");
    aligned_words(p, doc, text);
    buf_puts(p->out, "]");
}

static const aligned how = {
    .page = &page_typst,
    .begin = "$\n", .end = "\n$\n\n", .next = " \\\n", .beside = " && quad ", .below = " \\\n & quad ",
    .between = "\n",
    .small = {"#text(0.9em)[", "]\n\n"},
    .heading = {"== ", "\n\n"}, .section = {"=== %u #h(0.5em) ", "\n\n"},
    .sign = "`%c`",
    .longest = LONG_LINE,
    .prose = typst_prose, .formula = aligned_dollars, .note = put_note,
};

const renderer typst_renderer = {aligned_begin, aligned_one, aligned_end, &target_typst, &how};

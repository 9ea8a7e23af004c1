/* Explanations -> LaTeX: prose with formulas in it, and align* environments with one reason a line. It
 * needs amsmath; `standalone`: a whole document. */
#include <string.h>

#include "teach/page/aligned.h"

enum {
    LONG_NOTE = 30, /* columns of plain text, from which on a note is set in several lines */
    LONG_LINE = 72, /* .. and no notes stand beside a line */
    LONG_TEX = 300  /* characters of TeX that fill a line about */
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

/* A long formula in a paragraph breaks at its signs, in brackets, too: these do not grow then. */
static void put_inline(const char *tex, buf *out) {
    bool breaks = strlen(tex) > LONG_TEX;
    buf_puts(out, "$");
    for (size_t n; *tex; tex += n) {
        const char *grows = !breaks                            ? NULL
                            : strncmp(tex, "\\left(", 6) == 0  ? "\\bigl"
                            : strncmp(tex, "\\right)", 7) == 0 ? "\\bigr"
                                                               : NULL;
        n = !grows ? 1 : grows[4] == 'l' ? 5 : 6;
        if (grows) buf_puts(out, grows);
        else buf_put(out, tex, 1);
    }
    buf_puts(out, "$");
}

static void put_formula(const sheet *p, const char *tex) {
    if (strlen(tex) <= LONG_TEX) {
        buf_puts(p->out, tex);
        return;
    }
    buf_puts(p->out, "\\parbox[t]{0.75\\textwidth}{\\raggedright");
    put_inline(tex, p->out);
    buf_puts(p->out, "}");
}

static void put_words(const sheet *p, const document *doc, const char *text) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        put_prose(text, prose, p->out);
        if (formula) put_inline(sheet_tex(p, doc, formula), p->out);
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

static void one(sheet *p, const document *doc, const explain_result *result) {
    static const aligned how = {"\\begin{align*}\n", "\n\\end{align*}\n", TEX_LINES,
                                "\n", put_words, put_note, put_formula,
                                LONG_LINE, put_heading, put_section};
    buf checked;
    aligned_blocks(p, doc, &how);
    buf_init(&checked, p->out->mem);
    sheet_checked(result, &checked);
    buf_puts(p->out, "\n\\smallskip{\\small ");
    if (checked.text) tex_prose(checked.text, checked.len, p->out);
    buf_puts(p->out, "}\\par\n");
    if (checked.failed) p->out->failed = true;
    buf_free(&checked);
}

/* ---------------------------------------------------------------------- head */

static void put_head(const sheet *p) {
    const char *rest = p->head, *line;
    size_t      len;
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        buf_puts(p->out, !p->standalone ? "% " : skip ? "\\hspace*{1em}" : "");
        if (p->standalone) tex_prose(line + skip, len - skip, p->out);
        else buf_put(p->out, line, len);
        buf_puts(p->out, p->standalone ? "\n\n" : "\n");
    }
}

static void put_forward(const sheet *p) {
    const program *m = &p->m->forward;
    buf_puts(p->out, "The forward pass; $\\odot$, fractions, powers and functions work entry by "
                     "entry:\n\\begin{align*}\n");
    for (uint32_t i = 0; i < m->list.n; i++) {
        buf_puts(p->out, i ? " \\\\\n" : "");
        notation_write(&p->names, set_name(&p->names, m->list.at[i].var, false), p->out);
        buf_puts(p->out, " &= ");
        buf right;
        buf_init(&right, p->out->mem);
        notation_write(&p->names, set_node(&p->names, m->list.at[i].node, NULL), &right);
        if (right.text) put_formula(p, right.text);
        if (right.failed) p->out->failed = true;
        buf_free(&right);
        buf_puts(p->out, " && ");
        notation_write(&p->names, set_shape(&p->names, ir_var(p->g, m->list.at[i].var)->sh), p->out);
    }
    buf_puts(p->out, "\n\\end{align*}\n");
}

static void begin(sheet *p) {
    if (p->standalone)
        buf_puts(p->out, "\\documentclass[fleqn]{article}\n"
                         "\\usepackage[margin=2.2cm]{geometry}\n"
                         "\\usepackage{amsmath}\n"
                         "\\allowdisplaybreaks\n"
                         "\\setlength{\\parindent}{0pt}\n"
                         "\\setlength{\\parskip}{0.4em}\n"
                         "\\begin{document}\n\n");
    put_head(p);
    if (p->standalone && p->d) put_forward(p);
}

static void end(sheet *p) {
    if (p->standalone) buf_puts(p->out, "\n\\end{document}\n");
}

const renderer latex_renderer = {begin, one, end, &target_tex};

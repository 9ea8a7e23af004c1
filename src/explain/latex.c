/* Explanations -> LaTeX: prose with formulas in it, and align* environments with one reason a line. It
 * needs amsmath; `standalone`: a whole document. */
#include <string.h>

#include "explain/sheet.h"

enum { LONG_NOTE = 30 }; /* columns of plain text, from which on a note is set in several lines */

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
        if (formula) buf_printf(p->out, "$%s$", sheet_tex(p, doc, formula));
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

static void put_note(const sheet *p, const document *doc, const char *tail) {
    if (tail[0] == ':' || tail[0] == ',') tail += 1 + (tail[1] == ' ');
    if (!tail[0]) return;
    bool wide = columns(doc, tail) > LONG_NOTE;
    buf_puts(p->out, wide ? " && \\parbox[t]{0.35\\textwidth}{\\raggedright\\small " : " && \\text{\\small ");
    put_words(p, doc, tail);
    buf_puts(p->out, "}");
}

/* The sides of a line, one below the other; its note stands beside the last. */
static void put_line(const sheet *p, const document *doc, const block *b) {
    if (b->n_sides == 1) buf_printf(p->out, "& %s", sheet_tex(p, doc, &b->sides[0]));
    if (b->n_sides > 1 && !b->hanging) buf_puts(p->out, sheet_tex(p, doc, &b->sides[0]));
    for (uint32_t i = 1; i < b->n_sides; i++) buf_printf(p->out, "%s &= %s", i > 1 ? " \\\\\n" : "", sheet_tex(p, doc, &b->sides[i]));
    put_note(p, doc, b->tail);
}

static uint32_t put_lines(const sheet *p, const document *doc, uint32_t i) {
    bool first = true;
    buf_puts(p->out, "\\begin{align*}\n");
    do {
        buf_puts(p->out, first ? "" : " \\\\\n");
        put_line(p, doc, &doc->blocks.at[i++]);
        first = false;
    } while (i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_LINE && !doc->blocks.at[i].words[0]);
    buf_puts(p->out, "\n\\end{align*}\n");
    return i;
}

/* u = a and u' = b side by side, with the rule. */
static uint32_t put_rows(const sheet *p, const document *doc, uint32_t i) {
    buf_puts(p->out, "\\begin{align*}\n");
    for (bool first = true; i < doc->blocks.n && doc->blocks.at[i].kind == BLOCK_ROW; i++, first = false) {
        const block *b = &doc->blocks.at[i];
        buf_puts(p->out, first ? "" : " \\\\\n");
        for (uint32_t k = 0; k + 1 < b->n_sides; k += 2)
            buf_printf(p->out, "%s%s &= %s", k ? " & " : "", sheet_tex(p, doc, &b->sides[k]), sheet_tex(p, doc, &b->sides[k + 1]));
        put_note(p, doc, b->tail);
    }
    buf_puts(p->out, "\n\\end{align*}\n");
    return i;
}

static void put_paragraph(const sheet *p, const document *doc, const char *text) {
    if (!text[0]) return;
    put_words(p, doc, text);
    buf_puts(p->out, "\n\n");
}

static void put_title(const sheet *p, const document *doc, const block *b) {
    buf_printf(p->out, "\\section*{$%s$}\n\\begin{align*}\n", sheet_tex(p, doc, &b->sides[0]));
    put_line(p, doc, b);
    buf_puts(p->out, "\n\\end{align*}\n");
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    uint32_t section = 0;
    buf      checked;
    for (uint32_t i = 0; i < doc->blocks.n;) {
        const block *b = &doc->blocks.at[i];
        if (b->kind == BLOCK_ROW) {
            i = put_rows(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_LINE) {
            put_paragraph(p, doc, b->words);
            i = put_lines(p, doc, i);
            continue;
        }
        if (b->kind == BLOCK_TITLE) put_title(p, doc, b);
        if (b->kind == BLOCK_WORDS) put_paragraph(p, doc, b->words);
        if (b->kind == BLOCK_SECTION) {
            buf_printf(p->out, "\\subsection*{%u\\quad ", ++section);
            put_words(p, doc, b->words);
            buf_puts(p->out, "}\n");
        }
        i++;
    }
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
        buf_puts(p->out, !p->how->standalone ? "% " : skip ? "\\hspace*{1em}" : "");
        if (p->how->standalone) tex_prose(line + skip, len - skip, p->out);
        else buf_put(p->out, line, len);
        buf_puts(p->out, p->how->standalone ? "\n\n" : "\n");
    }
}

static void put_forward(const sheet *p) {
    const program *m = &p->m->forward;
    buf_puts(p->out, "The forward pass; $\\odot$, fractions, powers and functions work entry by entry:\n\\begin{align*}\n");
    for (uint32_t i = 0; i < m->list.n; i++) {
        buf_printf(p->out, "%s%s &= ", i ? " \\\\\n" : "", tex_name(&p->names, m->list.at[i].var, false));
        tex_node(&p->names, m->list.at[i].node, NULL, p->out);
        buf_puts(p->out, " && ");
        tex_shape(&p->names, ir_var(p->g, m->list.at[i].var)->sh, p->out);
    }
    buf_puts(p->out, "\n\\end{align*}\n");
}

static void begin(sheet *p) {
    if (p->how->standalone)
        buf_puts(p->out, "\\documentclass[fleqn]{article}\n"
                         "\\usepackage[margin=2.2cm]{geometry}\n"
                         "\\usepackage{amsmath}\n"
                         "\\allowdisplaybreaks\n"
                         "\\setlength{\\parindent}{0pt}\n"
                         "\\setlength{\\parskip}{0.4em}\n"
                         "\\begin{document}\n\n");
    put_head(p);
    if (p->how->standalone && p->d) put_forward(p);
}

static void end(sheet *p) {
    if (p->how->standalone) buf_puts(p->out, "\n\\end{document}\n");
}

const renderer latex_renderer = {begin, one, end};

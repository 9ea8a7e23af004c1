/* Explanations -> Typst: prose with formulas in it, and aligned equations with one reason a line;
 * `standalone`: with a page of its own and the forward pass. */
#include <string.h>

#include "teach/page/aligned.h"

enum { LONG_LINE = 72, LONG_FORMULA = 300 }; /* columns of plain text; characters that fill a line about */

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

/* What is longer than a line breaks in a box. */
static void put_formula(const sheet *p, const char *text) {
    bool breaks = strlen(text) > LONG_FORMULA;
    buf_printf(p->out, breaks ? "#box(width: 12cm)[$%s$]" : "%s", text);
}

static void put_heading(const sheet *p, const document *doc, const block *b) {
    buf_printf(p->out, "== $%s$\n\n", sheet_tex(p, doc, &b->sides[0]));
}

static void put_section(const sheet *p, const document *doc, const block *b, uint32_t number) {
    buf_printf(p->out, "=== %u #h(0.5em) ", number);
    put_words(p, doc, b->words);
    buf_puts(p->out, "\n\n");
}

static void one(sheet *p, const document *doc, const explain_result *result) {
    static const aligned how = {"$\n", "\n$\n\n", " \\\n", " && quad ", " \\\n & quad ", "\n", put_words,
                                put_note, put_formula, LONG_LINE, put_heading, put_section};
    buf checked;
    aligned_blocks(p, doc, &how);
    buf_init(&checked, p->out->mem);
    sheet_checked(result, &checked);
    buf_puts(p->out, "#text(0.9em)[");
    if (checked.text) typst_prose(checked.text, checked.len, p->out);
    buf_puts(p->out, "]\n\n");
    if (checked.failed) p->out->failed = true;
    buf_free(&checked);
}

/* ---------------------------------------------------------------------- head */

static void put_head(const sheet *p) {
    const char *rest = p->head, *line;
    size_t      len;
    while ((line = text_comment_line(&rest, &len))) {
        size_t skip = strspn(line, " ");
        buf_puts(p->out, !p->standalone ? "// " : skip ? "#h(1em);" : "");
        if (p->standalone) typst_prose(line + skip, len - skip, p->out);
        else buf_put(p->out, line, len);
        buf_puts(p->out, p->standalone ? "\n\n" : "\n");
    }
}

static void put_forward(const sheet *p) {
    const program *m = &p->m->forward;
    buf_puts(p->out, "The forward pass; ⊙, fractions, powers and functions work entry by entry:\n$\n");
    for (uint32_t i = 0; i < m->list.n; i++) {
        const stmt *s = &m->list.at[i];
        buf_puts(p->out, i ? " \\\n" : "");
        notation_write(&p->names, set_name(&p->names, s->var, false), p->out);
        buf_puts(p->out, " &= ");
        notation_write(&p->names, set_node(&p->names, s->node, NULL), p->out);
        buf_puts(p->out, " && quad ");
        notation_write(&p->names, set_shape(&p->names, ir_var(p->g, s->var)->sh), p->out);
    }
    buf_puts(p->out, "\n$\n\n");
}

static void begin(sheet *p) {
    if (p->standalone)
        buf_puts(p->out, "#set page(margin: 2cm)\n"
                         "#show math.equation.where(block: true): set align(left)\n\n");
    put_head(p);
    if (p->standalone && p->d) put_forward(p);
}

static void end(sheet *p) {
    (void)p;
}

const renderer typst_renderer = {begin, one, end, &target_typst};

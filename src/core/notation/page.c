/* What stands around equations in the languages that set mathematics: the head of a text, as comments or as
 * paragraphs, and blocks of equations below each other with their shapes behind them. */
#include <string.h>

#include "core/notation/notation.h"

/* A long formula in a paragraph breaks at its signs, in brackets, too: these do not grow then. */
void tex_inline(const char *tex, buf *out) {
    bool breaks = strlen(tex) > PAGE_LONG;
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

static void tex_box(const char *tex, buf *out) {
    buf_puts(out, "\\parbox[t]{0.75\\textwidth}{\\raggedright");
    tex_inline(tex, out);
    buf_puts(out, "}");
}

static void typst_box(const char *text, buf *out) {
    buf_printf(out, "#box(width: 12cm)[$%s$]", text);
}

const math_page page_tex = {
    .to = &target_tex,
    .comment = "% ",
    .further_in = "\\hspace*{1em}",
    .begin = "\\begin{align*}\n", .end = "\n\\end{align*}\n",
    .next = " \\\\\n", .beside = " && ",
    .top = "\\documentclass[fleqn]{article}\n"
           "\\usepackage[T1]{fontenc}\n"
           "\\usepackage[margin=2.2cm]{geometry}\n"
           "\\usepackage{amsmath}\n"
           "\\allowdisplaybreaks\n"
           "\\setlength{\\parindent}{0pt}\n"
           "\\setlength{\\parskip}{0.4em}\n"
           "\\begin{document}\n\n",
    .forward = "The forward pass; $\\odot$, fractions, powers and functions work entry by entry:\n",
    .bottom = "\n\\end{document}\n",
    .prose = tex_prose, .box = tex_box,
};

const math_page page_typst = {
    .to = &target_typst,
    .comment = "// ",
    .further_in = "#h(1em);",
    .begin = "$\n", .end = "\n$\n",
    .next = " \\\n", .beside = " && quad ",
    .top = "#set page(margin: 2cm)\n#show math.equation.where(block: true): set align(left)\n\n",
    .forward = "The forward pass; ⊙, fractions, powers and functions work entry by entry:\n",
    .bottom = "",
    .prose = typst_prose, .box = typst_box,
};

void page_head(const math_page *page, const char *head, bool standalone, buf *out) {
    const char *line;
    size_t      len;
    while ((line = text_comment_line(&head, &len))) {
        size_t skip = standalone ? strspn(line, " ") : 0;
        buf_puts(out, !standalone ? page->comment : skip ? page->further_in : "");
        if (standalone) page->prose(line + skip, len - skip, out);
        else buf_put(out, line, len);
        buf_puts(out, standalone ? "\n\n" : "\n");
    }
}

void page_formula(const math_page *page, const char *text, buf *out) {
    if (strlen(text) > PAGE_LONG) page->box(text, out);
    else buf_puts(out, text);
}

void page_equation(const math_page *page, const notation *p, bool first, const math *left, const math *right,
                   shape s, buf *out) {
    buf formula;
    buf_init(&formula, out->mem);
    buf_puts(out, first ? page->begin : page->next);
    math_write(page->to, left, out);
    buf_puts(out, " &= ");
    math_write(page->to, right, &formula);
    page_formula(page, formula.text ? formula.text + strspn(formula.text, " ") : "", out);
    buf_puts(out, page->beside);
    math_write(page->to, set_shape(p, s), out);
    if (formula.failed) out->failed = true;
    buf_free(&formula);
}

void page_forward(const math_page *page, const notation *p, const program *forward, buf *out) {
    buf_puts(out, page->forward);
    for (uint32_t i = 0; i < forward->list.n; i++) {
        const stmt *s = &forward->list.at[i];
        page_equation(page, p, i == 0, set_name(p, s->var, false), set_node(p, s->node, NULL),
                      ir_var(p->g, s->var)->sh, out);
    }
    buf_puts(out, forward->list.n ? page->end : "");
}

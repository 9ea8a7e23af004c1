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

static void html_prose(const char *text, size_t len, buf *out) {
    for (; len; text++, len--) {
        const char *sign = *text == '&' ? "&amp;" : *text == '<' ? "&lt;" : *text == '>' ? "&gt;" : NULL;
        if (sign) buf_puts(out, sign);
        else buf_put(out, text, 1);
    }
}

static void html_box(const char *formula, buf *out) {
    buf_puts(out, formula);
}

static void typst_box(const char *text, buf *out) {
    buf_printf(out, "#box(width: 12cm)[$%s$]", text);
}

#define TEX_PAGE(ALIGN, LABEL) { \
    .to = &target_latex, \
    .comment = "% ", .comment_end = "\n", \
    .further_in = "\\hspace*{1em}", .line = "", .line_end = "\n\n", \
    .begin = "\\begin{" ALIGN "}\n", .is = " &= ", .end = "\n\\end{" ALIGN "}\n", \
    .label = LABEL, \
    .macros = "\\providecommand{\\grad}[2]{\\frac{\\partial #1}{\\partial #2}}\n", \
    .next = " \\\\\n", .beside = " && ", \
    .top = "\\documentclass[fleqn]{article}\n" \
           "\\usepackage[T1]{fontenc}\n" \
           "\\usepackage[margin=2.2cm]{geometry}\n" \
           "\\usepackage{amsmath}\n" \
           "\\allowdisplaybreaks\n" \
           "\\setlength{\\parindent}{0pt}\n" \
           "\\setlength{\\parskip}{0.4em}\n" \
           "\\begin{document}\n\n", \
    .forward = "The forward pass; $\\odot$, fractions, powers and functions work entry by entry:\n", \
    .gradients = "The gradients:\n", \
    .bottom = "\n\\end{document}\n", \
    .prose = tex_prose, .box = tex_box, \
}

const math_page page_tex = TEX_PAGE("align*", NULL);
const math_page page_tex_numbered = TEX_PAGE("align", " \\label{eq:%s}");

const math_page page_typst = {
    .to = &target_typst,
    .comment = "// ", .comment_end = "\n",
    .further_in = "#h(1em);", .line = "", .line_end = "\n\n",
    .begin = "$\n", .is = " &= ", .end = "\n$\n",
    .next = " \\\n", .beside = " && quad ",
    .top = "#set page(margin: 2cm)\n#show math.equation.where(block: true): set align(left)\n\n",
    .forward = "The forward pass; ⊙, fractions, powers and functions work entry by entry:\n",
    .gradients = "The gradients:\n",
    .bottom = "",
    .prose = typst_prose, .box = typst_box,
};

/* Each formula is a <math> of its own, in a cell of a table. */
const math_page page_html = {
    .to = &target_mathml,
    .comment = "<!-- ", .comment_end = " -->\n", .quotes_comments = true, /* a model's name may end one */
    .further_in = "&emsp;", .line = "<p>", .line_end = "</p>\n",
    .begin = "<table class=\"equations\">\n<tr><td><math>", .is = "</math></td><td><math><mo>=</mo>",
    .next = "</math></td></tr>\n<tr><td><math>", .beside = "</math></td><td><math>",
    .end = "</math></td></tr>\n</table>\n",
    .top = "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
           "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
           "<title>derived by dfoo</title>\n<style>\n"
           ":root { color-scheme: light dark; }\n"
           "body { font-family: Georgia, serif; max-width: 50rem; margin: 2rem auto; padding: 0 1rem; }\n"
           "td { padding: .35rem .8rem .35rem 0; }\n"
           "td:first-child { text-align: right; }\n"
           "td:last-child { opacity: .65; }\n"
           ".equations { display: block; overflow-x: auto; }\n"
           "</style>\n</head>\n<body>\n",
    .forward = "<p>The forward pass; ⊙, fractions, powers and functions work entry by entry:</p>\n",
    .gradients = "<p>The gradients:</p>\n",
    .bottom = "</body>\n</html>\n",
    .prose = html_prose, .box = html_box,
};

void page_head(const math_page *page, const char *head, bool standalone, buf *out) {
    const char *line;
    size_t      len;
    while ((line = text_comment_line(&head, &len))) {
        size_t skip = standalone ? strspn(line, " ") : 0;
        buf_puts(out, standalone ? page->line : page->comment);
        buf_puts(out, skip ? page->further_in : "");
        if (standalone || page->quotes_comments) page->prose(line + skip, len - skip, out);
        else buf_put(out, line, len);
        buf_puts(out, standalone ? page->line_end : page->comment_end);
    }
}

void page_formula(const math_page *page, const char *text, buf *out) {
    if (strlen(text) > PAGE_LONG) page->box(text, out);
    else buf_puts(out, text);
}

void page_equation(const math_page *page, const notation *p, const char *name, bool first, const math *left,
                   const math *right, shape s, buf *out) {
    buf formula;
    buf_init(&formula, out->mem);
    buf_puts(out, first ? page->begin : page->next);
    math_write(page->to, left, out);
    buf_puts(out, page->is);
    math_write(page->to, right, &formula);
    page_formula(page, formula.text ? formula.text + strspn(formula.text, " ") : "", out);
    buf_puts(out, page->beside);
    math_write(page->to, set_shape(p, s), out);
    if (page->label) buf_printf(out, page->label, name);
    buf_close(&formula, out);
}

void page_forward(const math_page *page, const notation *p, const program *forward, buf *out) {
    buf_puts(out, page->forward);
    for (uint32_t i = 0; i < forward->list.n; i++) {
        const stmt *s = &forward->list.at[i];
        page_equation(page, p, ir_var_name(p->g, s->var), i == 0, set_name(p, s->var, false),
                      set_node(p, s->node, NULL), ir_var(p->g, s->var)->sh, out);
    }
    buf_puts(out, forward->list.n ? page->end : "");
}

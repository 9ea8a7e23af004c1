/* A derivation -> LaTeX: an align* environment, one line for each gradient with its shape
 * behind it; or a whole document that says what the gradients differentiate as well. */
#include <string.h>

#include "ship/emit/inside.h"
#include "core/core.h"

typedef struct latex {
    const derivation *d;
    const ir         *g;
    notation          names;
    buf              *out;
} latex;

static void put_equation(const latex *p, var_id v, node_id n, bool *any) {
    buf_puts(p->out, *any ? " \\\\\n" : "");
    *any = true;
    notation_write(&p->names, set_name(&p->names, v, false), p->out);
    buf_puts(p->out, " &= ");
    notation_write(&p->names, set_node(&p->names, n, NULL), p->out);
    buf_puts(p->out, " && ");
    notation_write(&p->names, set_shape(&p->names, ir_var(p->g, v)->sh), p->out);
}

static void begin_equations(const latex *p) {
    buf_puts(p->out, "\\begin{align*}\n");
}

static void end_equations(const latex *p) {
    buf_puts(p->out, "\n\\end{align*}\n");
}

static void put_forward(const latex *p) {
    bool any = false;
    begin_equations(p);
    for (uint32_t i = 0; i < p->d->m->forward.list.n; i++)
        put_equation(p, p->d->m->forward.list.at[i].var, p->d->m->forward.list.at[i].node, &any);
    end_equations(p);
}

static void put_gradients(const latex *p, const bool *only) {
    bool any = false;
    for (uint32_t i = 0; i < p->d->list.n; i++) {
        const gradient *v = &p->d->list.at[i];
        if (!emit_is_listed(only, v)) continue;
        if (!any) begin_equations(p);
        put_equation(p, v->grad, v->whole, &any);
    }
    for (var_id v = 1; v < p->g->vars.n; v++) {
        if (!emit_is_unreached(p->d, only, v)) continue;
        if (!any) begin_equations(p);
        buf_puts(p->out, any ? " \\\\\n\\mathrm{d}" : "\\mathrm{d}");
        notation_write(&p->names, set_name(&p->names, v, false), p->out);
        buf_puts(p->out, " &= 0 && ");
        notation_write(&p->names, set_shape(&p->names, ir_var(p->g, v)->sh), p->out);
        any = true;
    }
    if (any) end_equations(p);
}

static void put_comments(const latex *p, const char *head) {
    size_t      len;
    const char *line;
    while ((line = text_comment_line(&head, &len))) buf_printf(p->out, "%% %.*s\n", (int)len, line);
}

/* Every line of the head a paragraph. */
static void put_paragraphs(const latex *p, const char *head) {
    size_t      len;
    const char *line;
    while ((line = text_comment_line(&head, &len))) {
        size_t skip = strspn(line, " ");
        buf_puts(p->out, skip ? "\\hspace*{1em}" : "");
        tex_prose(line + skip, len - skip, p->out);
        buf_puts(p->out, "\n\n");
    }
}

static void put_document(const latex *p, const bool *only, const char *head) {
    buf_puts(p->out, "\\documentclass{article}\n"
                     "\\usepackage[T1]{fontenc}\n"
                     "\\usepackage{amsmath}\n"
                     "\\allowdisplaybreaks\n"
                     "\\setlength{\\parindent}{0pt}\n"
                     "\\begin{document}\n\n");
    put_paragraphs(p, head);
    buf_puts(p->out, "\\medskip\nThe forward pass; $\\odot$, fractions and functions work entry by entry:\n");
    put_forward(p);
    buf_puts(p->out, "The gradients:\n");
    put_gradients(p, only);
    buf_puts(p->out, "\n\\end{document}\n");
}

dfoo_status emit_latex(const derivation *d, const bool *only, const char *head, bool standalone, buf *out) {
    arena scratch;
    arena_init(&scratch, out->mem);
    latex       p = {.d = d, .g = &d->m->g, .out = out};
    dfoo_status status = notation_init(&p.names, d->m, &scratch);
    if (status == DFOO_OK && standalone) {
        put_document(&p, only, head);
    } else if (status == DFOO_OK) {
        put_comments(&p, head);
        put_gradients(&p, only);
    }
    if (status == DFOO_OK) status = arena_status(&scratch);
    arena_free(&scratch);
    return status == DFOO_OK ? buf_status(out) : status;
}

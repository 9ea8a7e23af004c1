/* A derivation -> equations of a language that sets mathematics: a block of them, one line for each gradient
 * with its shape behind it; or a whole document that says what the gradients differentiate as well. A
 * language is a page of texts. */
#include <string.h>

#include "ship/emit/inside.h"

typedef struct page {
    const math_target *to;
    const char *comment; /* begins a line */
    const char *begin, *equals, *shape, *next, *end; /* of aligned equations */
    const char *top, *forward, *gradients, *bottom;  /* of a document: what leads to the two blocks */
    const char *further_in;                          /* a line of the head */
    void (*prose)(const char *text, size_t len, buf *out);
} page;

static const page latex = {
    .to = &target_tex,
    .comment = "%",
    .begin = "\\begin{align*}\n", .end = "\n\\end{align*}\n",
    .equals = " &= ", .shape = " && ", .next = " \\\\\n",
    .top = "\\documentclass{article}\n\\usepackage[T1]{fontenc}\n\\usepackage{amsmath}\n"
           "\\allowdisplaybreaks\n"
           "\\setlength{\\parindent}{0pt}\n\\begin{document}\n\n",
    .forward = "\\medskip\nThe forward pass; $\\odot$, fractions and functions work entry by entry:\n",
    .gradients = "The gradients:\n",
    .bottom = "\n\\end{document}\n",
    .further_in = "\\hspace*{1em}",
    .prose = tex_prose,
};

static const page typst = {
    .to = &target_typst,
    .comment = "//",
    .begin = "$\n", .equals = " &= ", .shape = " && quad ", .next = " \\\n", .end = "\n$\n",
    .top = "#set page(margin: 2cm)\n#show math.equation.where(block: true): set align(left)\n\n",
    .forward = "The forward pass; ⊙, fractions and functions work entry by entry:\n",
    .gradients = "The gradients:\n",
    .bottom = "",
    .further_in = "#h(1em);",
    .prose = typst_prose,
};

typedef struct writer {
    const derivation *d;
    const ir         *g;
    const page       *page;
    notation          names;
    buf              *out;
    bool              any; /* equation in the block at hand */
} writer;

static void put(writer *w, const math *x) {
    notation_write(&w->names, x, w->out);
}

static void put_equation(writer *w, const math *left, const math *right, shape s) {
    buf_puts(w->out, w->any ? w->page->next : w->page->begin);
    w->any = true;
    put(w, left);
    buf_puts(w->out, w->page->equals);
    put(w, right);
    buf_puts(w->out, w->page->shape);
    put(w, set_shape(&w->names, s));
}

static void end_block(writer *w) {
    buf_puts(w->out, w->any ? w->page->end : "");
    w->any = false;
}

static void put_value(writer *w, var_id v, node_id n) {
    put_equation(w, set_name(&w->names, v, false), set_node(&w->names, n, NULL), ir_var(w->g, v)->sh);
}

static void put_forward(writer *w) {
    const program *q = &w->d->m->forward;
    for (uint32_t i = 0; i < q->list.n; i++) put_value(w, q->list.at[i].var, q->list.at[i].node);
    end_block(w);
}

static void put_gradients(writer *w, const bool *only) {
    arena *a = w->names.a;
    for (uint32_t i = 0; i < w->d->list.n; i++) {
        const gradient *v = &w->d->list.at[i];
        if (emit_is_listed(only, v)) put_value(w, v->grad, v->whole);
    }
    for (var_id v = 1; v < w->g->vars.n; v++) {
        if (!emit_is_unreached(w->d, only, v)) continue;
        const math *d = math_row(a, math_leaf(a, MATH_ROMAN, "d"), set_name(&w->names, v, false), NULL);
        put_equation(w, d, math_leaf(a, MATH_NUMBER, "0"), ir_var(w->g, v)->sh);
    }
    end_block(w);
}

static void put_comments(writer *w, const char *head) {
    size_t      len;
    const char *line;
    while ((line = text_comment_line(&head, &len)))
        buf_printf(w->out, "%s %.*s\n", w->page->comment, (int)len, line);
}

/* Every line of the head a paragraph. */
static void put_paragraphs(writer *w, const char *head) {
    size_t      len;
    const char *line;
    while ((line = text_comment_line(&head, &len))) {
        size_t skip = strspn(line, " ");
        buf_puts(w->out, skip ? w->page->further_in : "");
        w->page->prose(line + skip, len - skip, w->out);
        buf_puts(w->out, "\n\n");
    }
}

static void put_document(writer *w, const bool *only, const char *head) {
    buf_puts(w->out, w->page->top);
    put_paragraphs(w, head);
    buf_puts(w->out, w->page->forward);
    put_forward(w);
    buf_puts(w->out, w->page->gradients);
    put_gradients(w, only);
    buf_puts(w->out, w->page->bottom);
}

static dfoo_status write_page(const page *page, const derivation *d, const bool *only, const char *head,
                              bool standalone, buf *out) {
    arena scratch;
    arena_init(&scratch, out->mem);
    writer      w = {.d = d, .g = &d->m->g, .page = page, .out = out};
    dfoo_status status = notation_init(&w.names, d->m, &scratch);
    w.names.to = page->to;
    if (status == DFOO_OK && standalone) {
        put_document(&w, only, head);
    } else if (status == DFOO_OK) {
        put_comments(&w, head);
        put_gradients(&w, only);
    }
    if (status == DFOO_OK) status = arena_status(&scratch);
    arena_free(&scratch);
    return status == DFOO_OK ? buf_status(out) : status;
}

dfoo_status emit_latex(const derivation *d, const bool *only, const char *head, bool standalone, buf *out) {
    return write_page(&latex, d, only, head, standalone, out);
}

dfoo_status emit_typst(const derivation *d, const bool *only, const char *head, bool standalone, buf *out) {
    return write_page(&typst, d, only, head, standalone, out);
}

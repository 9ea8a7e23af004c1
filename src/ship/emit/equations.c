/* A derivation -> equations of a language that sets mathematics: a block of them, one line for each gradient
 * with its shape behind it; or a whole document that says what the gradients differentiate as well. What
 * a language has around its equations is notation's math_page. */
#include "ship/emit/inside.h"

typedef struct writer {
    const derivation *d;
    const ir         *g;
    const math_page  *page;
    notation          names;
    buf              *out;
} writer;

static void put_gradients(writer *w, const bool *only) {
    arena *a = w->names.a;
    bool   any = false;
    for (uint32_t i = 0; i < w->d->list.n; i++) {
        const gradient *v = &w->d->list.at[i];
        if (!emit_is_listed(only, v)) continue;
        const math *name = set_name(&w->names, v->grad, false);
        page_equation(w->page, &w->names, ir_var_name(w->g, v->grad), !any, name,
                      set_node(&w->names, v->whole, NULL), ir_var(w->g, v->grad)->sh, w->out);
        any = true;
    }
    for (var_id v = 1; v < w->g->vars.n; v++) {
        if (!emit_is_unreached(w->d, only, v)) continue;
        const math *d = math_row(a, math_leaf(a, MATH_ROMAN, "d"), set_name(&w->names, v, false), NULL);
        page_equation(w->page, &w->names, ir_var_name(w->g, v), !any, d,
                      math_leaf(a, MATH_NUMBER, "0"), ir_var(w->g, v)->sh, w->out);
        any = true;
    }
    buf_puts(w->out, any ? w->page->end : "");
}

static dfoo_status write_page(const math_page *page, const derivation *d, const bool *only, const char *head,
                              const emit_how *how, buf *out) {
    arena          scratch;
    notation_style style = how->style;
    bool           standalone = how->standalone;
    style.d = d;
    arena_init(&scratch, out->mem);
    writer      w = {.d = d, .g = &d->m->g, .page = page, .out = out};
    dfoo_status status = notation_init_with(&w.names, d->m, &scratch, &style);
    w.names.to = page->to;
    if (status == DFOO_OK) {
        buf_puts(out, standalone ? page->top : "");
        if (page->macros && style.gradients) buf_puts(out, page->macros);
        page_head(page, head, standalone, out);
        if (standalone) page_forward(page, &w.names, &d->m->forward, out);
        buf_puts(out, standalone ? page->gradients : "");
        put_gradients(&w, only);
        buf_puts(out, standalone ? page->bottom : "");
    }
    if (status == DFOO_OK) status = arena_status(&scratch);
    arena_free(&scratch);
    return status == DFOO_OK ? buf_status(out) : status;
}

dfoo_status emit_latex(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out) {
    return write_page(how->numbered ? &page_tex_numbered : &page_tex, d, only, head, how, out);
}

dfoo_status emit_html(const derivation *d, const bool *only, const char *head, const emit_how *how,
                      buf *out) {
    return write_page(&page_html, d, only, head, how, out);
}

dfoo_status emit_typst(const derivation *d, const bool *only, const char *head, const emit_how *how,
                       buf *out) {
    return write_page(&page_typst, d, only, head, how, out);
}

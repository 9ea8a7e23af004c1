/* What the formats share: pieces of mathematics, what of a sentence is spoken of, how closely it held. */
#include "teach/page/sheet.h"

#include <string.h>

static bool stands_alone(const char *text, size_t i, size_t len) {
    return (i == 0 || strchr(" (", text[i - 1]) != NULL) &&
           (i + 1 == len || strchr(" ,.:;)", text[i + 1]) != NULL);
}

bool sheet_is_letter(const char *text, size_t i, size_t len) {
    return text[i] >= 'b' && text[i] <= 'z' && stands_alone(text, i, len);
}

bool sheet_is_sign(const char *text, size_t i, size_t len) {
    return (text[i] == '*' || text[i] == '@') && stands_alone(text, i, len);
}

const char *sheet_untitled(const sheet *p) {
    size_t title = strlen(p->title);
    bool   titled = strncmp(p->head, "# ", 2) == 0 && strncmp(p->head + 2, p->title, title) == 0 &&
                  strncmp(p->head + 2 + title, ": ", 2) == 0;
    return p->head + (titled ? title + 4 : 0);
}

/* --------------------------------------------------------------- mathematics */

typedef struct setting {
    const sheet    *p;
    const document *doc;
} setting;

static bool has_entries(const document *doc, const side *s) {
    if (s->v) return !shape_is_scalar(ir_var(doc->g, s->v)->sh);
    return s->n && !shape_is_scalar(ir_shape(doc->g, s->n));
}

static const math *part(void *user, uint32_t number) {
    const setting *w = user;
    if (number >= w->doc->marks.n) return &math_nothing;
    const side *s = &w->doc->marks.at[number];
    return math_entries(w->doc->a, sheet_math(w->p, w->doc, s), has_entries(w->doc, s));
}

/* Goes into marks that stand in formulas, which are as deep as our sentences are put together. */
const math *sheet_math(const sheet *p, const document *doc, const side *s) {
    setting       w = {p, doc};
    formula_parts parts = {.part = part, .user = &w, .layers = s->layers};
    if (s->v) return set_name(&p->names, s->v, s->small);
    if (s->n) return set_node(&p->names, s->n, s->small ? doc->lower : NULL);
    if (s->x) return set_index(&p->names, s->x, &s->style);
    if (s->is_shape) return set_shape(&p->names, s->sh);
    return set_formula(&p->names, s->notation ? s->notation : s->shown, &parts);
}

const char *sheet_tex(const sheet *p, const document *doc, const side *s) {
    buf out;
    buf_init(&out, doc->a->mem);
    notation_write(&p->names, sheet_math(p, doc, s), &out);
    const char *text = buf_keep(&out, doc->a);
    return text ? text : "";
}

void sheet_checked(const explain_result *r, buf *out) {
    if (r->not_finite) {
        buf_puts(
            out,
            "not checked: at random values something of this is not finite, as behind a division by zero");
        return;
    }
    if (!r->points) {
        buf_printf(out, "checked on random values: %u identit%s ", r->n_identities,
                   r->n_identities == 1 ? "y" : "ies");
        if (r->worst_identity > 0) buf_printf(out, "to %.0e", r->worst_identity);
        else buf_puts(out, "to the last bit");
    }
    if (r->n_derivatives)
        buf_printf(out, "%s%u derivative%s against differences to %.0e",
                   r->points ? "checked at nine points: " : ", ", r->n_derivatives,
                   r->n_derivatives == 1 && !r->points ? "" : "s", r->worst_derivative);
    if (r->n_failed)
        buf_printf(out, "\n%u of these did NOT hold: this is a fault of dfoo, please report it", r->n_failed);
    if (r->first_failed) buf_printf(out, "\nthe first is %s", r->first_failed);
}

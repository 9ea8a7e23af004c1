/* TeX: the table, its leaves, and prose in a LaTeX document. */
#include <string.h>

#include "core/notation/notation.h"

/* What has a meaning in a paragraph, and how it is shown there. */
static const struct escape {
    const char *text, *tex;
    size_t      takes; /* so many bytes of it; 0: all */
} escapes[] = {
    {"->", "$\\to$", 0},          {"--", "-{}", 1}, /* an option, no dash */
    {"#", "\\#", 0},              {"$", "\\$", 0},         {"%", "\\%", 0},           {"&", "\\&", 0},
    {"_", "\\_", 0},              {"{", "\\{", 0},         {"}", "\\}", 0},
    {"\\", "\\textbackslash{}", 0}, {"^", "\\textasciicircum{}", 0}, {"~", "\\textasciitilde{}", 0},
    {"<", "\\textless{}", 0},     {">", "\\textgreater{}", 0},
    {"|", "\\textbar{}", 0},      {"\"", "''", 0},
    {"∂", "$\\partial$", 0},      {"→", "$\\to$", 0},      {"·", "$\\cdot$", 0},      {"⊙", "$\\odot$", 0},
};

static const struct escape *find_escape(const char *text, size_t len) {
    for (size_t i = 0; i < sizeof escapes / sizeof *escapes; i++)
        if (strlen(escapes[i].text) <= len && memcmp(text, escapes[i].text, strlen(escapes[i].text)) == 0)
            return &escapes[i];
    return NULL;
}

/* A Greek letter is mathematics; other letters a plain LaTeX may not know. Returns the length. */
static size_t put_letter(const char *text, buf *out) {
    size_t      n = text_utf8(text);
    const math *letter = n == 2 ? math_greek(text) : &math_nothing;
    bool        shown = n == 1 && (unsigned char)*text >= 0x20 && *text != 0x7F;
    if (shown) buf_put(out, text, 1);
    else if (letter == &math_nothing) buf_puts(out, "?");
    else {
        buf_puts(out, "$");
        math_write(&target_tex, letter, out);
        buf_puts(out, "$");
    }
    return n ? n : 1;
}

void tex_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0; i < len;) {
        const struct escape *e = find_escape(text + i, len - i);
        if (e) buf_puts(out, e->tex);
        i += !e ? put_letter(text + i, out) : e->takes ? e->takes : strlen(e->text);
    }
}

/* Letters of names: what a plain LaTeX lacks is its number. */
static void put_name(const char *text, buf *out) {
    for (size_t n; *text; text += n ? n : 1) {
        n = text_utf8(text);
        if (n > 1) buf_printf(out, "u%04x", text_code_point(text));
        else buf_printf(out, *text == '_' ? "\\_" : "%c", *text);
    }
}

static void leaf(const math *x, bool close, buf *out) {
    static const char *const face[MATH_ROW] = {
        [MATH_WORD] = "\\mathit{", [MATH_UPRIGHT] = "\\operatorname{", [MATH_ROMAN] = "\\mathrm{"};
    (void)close;
    if (x->kind == MATH_GLYPH) buf_puts(out, glyph_table[x->sign].tex);
    else if (x->kind == MATH_NUMBER) buf_puts(out, x->text);
    else if (x->kind == MATH_PROSE) tex_prose(x->text, strlen(x->text), out);
    else {
        if (face[x->kind]) buf_puts(out, face[x->kind]);
        put_name(x->text, out);
        if (face[x->kind]) buf_puts(out, "}");
    }
}

#define FRAMES(GRADIENT, BY) \
    [MATH_FRACTION] = {"\\frac{", "}{", NULL, "}"}, \
    [MATH_GRADIENT] = {GRADIENT, BY, NULL, "}"}, \
    [MATH_ROOT] = {"\\sqrt{", NULL, NULL, "}"}, \
    [MATH_DOTTED] = {"\\dot{", NULL, NULL, "}"}, \
    [MATH_FENCE] = {"\\left", NULL, "\\right"}, \
    [MATH_MATRIX] = {"\\begin{bmatrix} ", NULL, NULL, " \\end{bmatrix}"}, \
    [MATH_NEXT] = {NULL, " \\\\ "}, \
    [MATH_CELL] = {NULL, " & "}, \
    [MATH_LOWERED] = {"_{", NULL, NULL, "}"}, \
    [MATH_RAISED] = {"^{", NULL, NULL, "}"}, \
    [MATH_TEXT] = {"\\text{", NULL, NULL, "}"}, \
    [MATH_INSET] = {"$", NULL, NULL, "$"},

const math_target target_tex = {.leaf = leaf, .frame = {FRAMES("\\frac{\\partial ", "}{\\partial ")}};
const math_target target_latex = {.leaf = leaf, .frame = {FRAMES("\\grad{", "}{")}};

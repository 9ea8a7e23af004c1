/* Typst: the table, its leaves, and prose in a document. */
#include <string.h>

#include "core/notation/notation.h"

/* Signs that mean something to Typst stand behind a backslash. */
static void put_escaped(const char *text, size_t len, const char *special, buf *out) {
    for (size_t i = 0; i < len; i++) {
        if (strchr(special, text[i])) buf_puts(out, "\\");
        buf_put(out, text + i, 1);
    }
}

void typst_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0; i < len; i++) {
        if (text[i] == '-' && i + 1 < len && text[i + 1] == '>') buf_puts(out, "→"), i++;
        else put_escaped(text + i, 1, "\\*_`$#<>@~\"'/[]-=+", out);
    }
}

static bool is_word(char c) {
    return (unsigned char)c >= 0x80 || (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

/* Letters beside each other would be one name, and a bracket behind a name its operands. */
static void part_from_letter(buf *out, char next) {
    char last = out->len ? out->text[out->len - 1] : ' ';
    bool word = is_word(last) || strchr(")]\"", last);
    if (word && (is_word(next) || next == '(' || next == '"')) buf_puts(out, " ");
}

/* An operator between two stands between blanks; primes and a raised T Typst sets itself. */
static void put_glyph(glyph_id id, buf *out) {
    const glyph_info *g = &glyph_table[id];
    const char       *text = g->class == CLASS_SPACE ? id == GLYPH_QUAD ? "quad" : "thin" : g->sign;
    bool              between = g->class == CLASS_OPERATOR && g->line[0] == ' ';
    if (id == GLYPH_APPLY || id == GLYPH_CALL || !text[0]) return;
    if (id == GLYPH_PRIME || id == GLYPH_PRIME2 || id == GLYPH_PRIME3) text = g->line;
    else if (id == GLYPH_TRANSPOSED) buf_puts(out, "^");
    else if (between) buf_puts(out, " ");
    else part_from_letter(out, text[0]);
    put_escaped(text, strlen(text), ",;/#$\"&", out);
    if (between) buf_puts(out, " ");
}

static void leaf(const math *x, bool close, buf *out) {
    static const char *const face[MATH_ROW] = {
        [MATH_PLAIN] = "\"",       [MATH_PROSE] = "\"",       [MATH_WORD] = "italic(\"",
        [MATH_UPRIGHT] = "op(\"", [MATH_ROMAN] = "upright("};
    static const char *const end[MATH_ROW] = {
        [MATH_PLAIN] = "\"",       [MATH_PROSE] = "\"",       [MATH_WORD] = "\")",
        [MATH_UPRIGHT] = "\")",    [MATH_ROMAN] = ")"};
    (void)close;
    if (x->kind == MATH_GLYPH) {
        put_glyph((glyph_id)x->sign, out);
        return;
    }
    const char *begin = face[x->kind] ? face[x->kind] : "";
    part_from_letter(out, begin[0] ? begin[0] : x->text[0]);
    buf_puts(out, begin);
    put_escaped(x->text, strlen(x->text), begin[0] ? "\\\"" : "_", out);
    buf_puts(out, end[x->kind] ? end[x->kind] : "");
}

const math_target target_typst = {
    .leaf = leaf,
    .frame = {
        [MATH_FRACTION] = {" frac(", ", ", NULL, ")"},
        [MATH_GRADIENT] = {" frac(partial ", ", partial ", NULL, ")"},
        [MATH_ROOT] = {" sqrt(", NULL, NULL, ")"},
        [MATH_DOTTED] = {" dot(", NULL, NULL, ")"},
        [MATH_FENCE] = {" lr(", NULL, NULL, ")"},
        [MATH_MATRIX] = {" mat(delim: \"[\", ", NULL, NULL, ")"},
        [MATH_NEXT] = {NULL, "; "},
        [MATH_CELL] = {NULL, ", "},
        [MATH_LOWERED] = {"_(", NULL, NULL, ")"},
        [MATH_RAISED] = {"^(", NULL, NULL, ")"},
    },
};

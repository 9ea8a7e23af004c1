/* Prose in a LaTeX document: what has a meaning there is escaped, what a plain TeX has no letter for is
 * set as mathematics where there is a sign. */
#include <string.h>

#include "core/notation/tex.h"

static const char *const signs[][2] = {{"∂", "\\partial"}, {"→", "\\to"}, {"·", "\\cdot"}, {"⊙", "\\odot"}};

/* A sign that a plain LaTeX may not know; returns its length. */
static size_t put_sign(buf *out, const char *text) {
    size_t n = text_utf8(text);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (strncmp(text, signs[i][0], n) != 0 || !n) continue;
        buf_printf(out, "$%s$", signs[i][1]);
        return n;
    }
    const char *letter = n == 2 ? tex_greek(text_code_point(text)) : NULL;
    if (letter) buf_printf(out, "$%s$", letter);
    else buf_puts(out, "?");
    return n ? n : 1;
}

/* Text in a paragraph. */
void tex_prose(const char *text, size_t len, buf *out) {
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if ((unsigned char)c >= 0x80) i += put_sign(out, text + i) - 1;
        else if (c == '-' && i + 1 < len && text[i + 1] == '>') {
            buf_puts(out, "$\\to$");
            i++;
        } else if (c == '-' && i + 1 < len && text[i + 1] == '-') buf_puts(out, "-{}"); /* an option, no dash */
        else if (strchr("#$%&_{}", c)) buf_printf(out, "\\%c", c);
        else if (c == '\\') buf_puts(out, "\\textbackslash{}");
        else if (c == '^') buf_puts(out, "\\textasciicircum{}");
        else if (c == '~') buf_puts(out, "\\textasciitilde{}");
        else if (c == '<') buf_puts(out, "\\textless{}");
        else if (c == '>') buf_puts(out, "\\textgreater{}");
        else if (c == '|') buf_puts(out, "\\textbar{}");
        else if (c == '"') buf_puts(out, "''");
        else if (c < 0x20 || c == 0x7F) buf_puts(out, "?");
        else buf_put(out, &c, 1);
    }
}

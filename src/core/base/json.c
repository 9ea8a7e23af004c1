/* Values of JSON. */
#include "core/base/json.h"

#include <math.h>
#include <string.h>

static void put_escaped(buf *out, const char *c, size_t n) {
    if (*c == '"' || *c == '\\') buf_printf(out, "\\%c", *c);
    else if (*c == '\n') buf_puts(out, "\\n");
    else if (*c == '\t') buf_puts(out, "\\t");
    else if (!n) buf_puts(out, "\\ufffd");
    else if (!text_character(c, n)) buf_printf(out, "\\u%04x", text_code_point(c));
    else buf_put(out, c, n);
}

void json_string_part(buf *out, const char *text, size_t len) {
    buf_puts(out, "\"");
    for (size_t i = 0; i < len;) {
        size_t n = text_utf8(text + i);
        put_escaped(out, text + i, n);
        i += n ? n : 1;
    }
    buf_puts(out, "\"");
}

void json_string(buf *out, const char *text) {
    json_string_part(out, text, strlen(text));
}

void json_number(buf *out, double x) {
    if (isfinite(x)) buf_number(out, x);
    else buf_puts(out, "null");
}

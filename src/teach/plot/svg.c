/* The elements of a picture as text: numbers, words, lines. What they look like stands in style.c. */
#include "teach/plot/svg.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------------------- numbers */

enum { MOST_DECIMALS = 12 };

/* Digits by hand: printf would write 1,5 in some locales. */
void put_decimals(buf *b, double x, int decimals) {
    char   text[40];
    double scale = pow(10, decimals < MOST_DECIMALS ? decimals : MOST_DECIMALS);
    if (!isfinite(x) || fabs(x) * scale > 9e15) {
        put_digits(b, x, 6);
        return;
    }
    long long whole = llround(fabs(x) * scale), unit = (long long)scale;
    snprintf(text, sizeof text, "%s%lld", x < 0 && whole ? "-" : "", whole / unit);
    buf_puts(b, text);
    if (decimals <= 0) return;
    snprintf(text, sizeof text, ".%0*lld", decimals < MOST_DECIMALS ? decimals : MOST_DECIMALS, whole % unit);
    buf_puts(b, text);
}

/* Takes the zeros behind the point away again, down to `from`. */
static void cut_zeros(buf *b, size_t from) {
    if (b->failed || !memchr(b->text + from, '.', b->len - from)) return;
    while (b->text[b->len - 1] == '0') b->len--;
    if (b->text[b->len - 1] == '.') b->len--;
    b->text[b->len] = 0;
}

void put_length(buf *b, double x) {
    size_t from = b->len;
    put_decimals(b, isfinite(x) ? x : 0, 1);
    cut_zeros(b, from);
}

void put_digits(buf *b, double x, int digits) {
    if (!isfinite(x)) {
        buf_puts(b, isnan(x) ? "nan" : x > 0 ? "inf" : "-inf");
        return;
    }
    size_t from = b->len;
    int    exponent = x == 0 ? 0 : (int)floor(log10(fabs(x)));
    if (exponent >= -4 && exponent < 6) {
        put_decimals(b, x, digits > exponent + 1 ? digits - 1 - exponent : 0);
        cut_zeros(b, from);
        return;
    }
    int    half = exponent / 2;
    double mantissa = x / pow(10, half) / pow(10, exponent - half); /* in two steps: 1e-320 */
    if (llround(fabs(mantissa) * pow(10, digits - 1)) >= llround(pow(10, digits))) {
        mantissa /= 10;
        exponent++;
    }
    put_decimals(b, mantissa, digits - 1);
    cut_zeros(b, from);
    buf_printf(b, "e%d", exponent);
}

void put_point(buf *b, char command, double x, double y) {
    buf_put(b, &command, 1);
    put_length(b, x);
    buf_puts(b, " ");
    put_length(b, y);
}

/* ---------------------------------------------------------------------- texts */

/* The length of the character at p; 0: it is none that is shown, or that XML allows. */
static size_t character(const char *p) {
    size_t   n = text_character(p, 4); /* a zero byte ends it */
    uint32_t code = n ? text_code_point(p) : 0;
    return (code & 0xfffe) == 0xfffe ? 0 : n;
}

static void put_character(buf *b, const char *p, size_t n) {
    if (!n || *p == '\t') buf_puts(b, n ? " " : "\xEF\xBF\xBD");
    else if (*p == '<') buf_puts(b, "&lt;");
    else if (*p == '>') buf_puts(b, "&gt;");
    else if (*p == '&') buf_puts(b, "&amp;");
    else if (*p == '"') buf_puts(b, "&quot;");
    else buf_put(b, p, n);
}

void put_text(buf *b, const char *text) {
    while (*text) {
        size_t n = character(text);
        put_character(b, text, n);
        text += n ? n : 1;
    }
}

/* In parts of the size, roughly as sans-serif fonts have it. */
static double character_width(const char *p, size_t n) {
    if (n > 2) return 1;
    if (n == 2) return 0.62;
    if (strchr("iljtfr.,:;'|!()[]I ", *p)) return 0.36;
    if (strchr("mwMW@%", *p)) return 0.95;
    return *p >= 'A' && *p <= 'Z' ? 0.7 : 0.6;
}

double text_width(const char *text, double size) {
    double width = 0;
    while (*text) {
        size_t n = character(text);
        width += character_width(text, n ? n : 1) * size;
        text += n ? n : 1;
    }
    return width;
}

static const double BOLD = 1.22; /* of the width of ordinary letters */

double heading_width(const char *title) {
    return text_width(title, TITLE_SIZE) * BOLD;
}

void put_short(buf *b, const char *text, double width) {
    if (text_width(text, TEXT_SIZE) <= width) {
        put_text(b, text);
        return;
    }
    buf_puts(b, "<title>");
    put_text(b, text);
    buf_puts(b, "</title>");
    double room = width - TEXT_SIZE;
    while (*text) {
        size_t n = character(text);
        room -= character_width(text, n ? n : 1) * TEXT_SIZE;
        if (room < 0) break;
        put_character(b, text, n);
        text += n ? n : 1;
    }
    buf_puts(b, "\xE2\x80\xA6"); /* .. as one sign */
}

/* ------------------------------------------------------------------- elements */

static void put_attribute(buf *b, const char *name, double x) {
    buf_printf(b, " %s=\"", name);
    put_length(b, x);
    buf_puts(b, "\"");
}

void svg_open(buf *b, double width, double height, const char *title, const char *description) {
    buf_puts(b, "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"dfoo\" role=\"img\" viewBox=\"0 0 ");
    put_length(b, width);
    buf_puts(b, " ");
    put_length(b, height);
    buf_puts(b, "\"");
    put_attribute(b, "width", width);
    put_attribute(b, "height", height);
    buf_puts(b, ">\n<title>");
    put_text(b, title);
    buf_puts(b, "</title>\n<desc>");
    put_text(b, description);
    buf_puts(b, "</desc>\n");
    style_put(b);
    svg_rect(b, "page", 0, 0, width, height);
}

void svg_close(buf *b) {
    buf_puts(b, "</svg>\n");
}

void svg_heading(buf *b, double x, const char *title, double width) {
    svg_text(b, "heading", x, 24);
    put_short(b, title, width * TEXT_SIZE / TITLE_SIZE / BOLD);
    svg_text_end(b);
}

void svg_text(buf *b, const char *kind, double x, double y) {
    buf_puts(b, "<text");
    if (*kind) buf_printf(b, " class=\"%s\"", kind);
    put_attribute(b, "x", x);
    put_attribute(b, "y", y);
    buf_puts(b, ">");
}

void svg_text_end(buf *b) {
    buf_puts(b, "</text>\n");
}

void svg_label(buf *b, const char *kind, double x, double y, const char *text) {
    svg_text(b, kind, x, y);
    put_text(b, text);
    svg_text_end(b);
}

void svg_rect(buf *b, const char *kind, double x, double y, double width, double height) {
    buf_printf(b, "<rect class=\"%s\"", kind);
    put_attribute(b, "x", x);
    put_attribute(b, "y", y);
    put_attribute(b, "width", width);
    put_attribute(b, "height", height);
    buf_puts(b, "/>\n");
}

void svg_line(buf *b, const char *kind, double x1, double y1, double x2, double y2) {
    buf_printf(b, "<path class=\"%s\" d=\"", kind);
    put_point(b, 'M', x1, y1);
    put_point(b, 'L', x2, y2);
    buf_puts(b, "\"/>\n");
}

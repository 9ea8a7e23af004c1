/* Texts with values in them: the formats behind a colon (f"{x:.3f}", "{:>10}".format), and "%d" % x. */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/python/operators.h"

enum { WIDEST = 500 };

typedef struct how {
    char fill, align, sign, type;
    bool zero, comma;
    int  width, precision; /* precision -1: not given */
} how;

py_value py_string_from(py_run *r, buf *text) {
    py_value s = py_string(r, text->text ? text->text : "", text->len);
    if (text->failed) py_stop(r, "a text is too long");
    buf_free(text);
    return s;
}

static int read_count(const char *spec, size_t len, size_t *at) {
    int n = 0;
    for (; *at < len && py_is_digit(spec[*at]); ++*at)
        if (n <= WIDEST) n = n * 10 + (spec[*at] - '0');
    return n > WIDEST ? WIDEST : n;
}

/* Goes beyond a character that is one of some. */
static char one_of(const char *spec, size_t len, size_t *at, const char *some) {
    return *at < len && spec[*at] && strchr(some, spec[*at]) ? spec[(*at)++] : '\0';
}

static how read_how(const char *spec, size_t len) {
    how    h = {.fill = ' ', .precision = -1};
    size_t at = 0;
    if (len > 1 && spec[1] && strchr("<>^=", spec[1])) h.fill = spec[at++];
    h.align = one_of(spec, len, &at, "<>^=");
    h.sign = one_of(spec, len, &at, "+- ");
    one_of(spec, len, &at, "#");
    h.zero = one_of(spec, len, &at, "0") != '\0';
    h.width = read_count(spec, len, &at);
    h.comma = one_of(spec, len, &at, ",_") != '\0';
    if (one_of(spec, len, &at, ".")) h.precision = read_count(spec, len, &at);
    h.type = at < len ? spec[at] : '\0';
    return h;
}

/* The digits of a number without its sign. */
static void number_digits(py_value x, const how *h, char *text, size_t size) {
    double value = fabs(py_as_double(x)) * (h->type == '%' ? 100 : 1);
    int    precision = h->precision < 0 ? 6 : h->precision > 60 ? 60 : h->precision;
    char   type = h->type ? h->type : x.kind != PY_FLOAT && h->precision < 0 ? 'd' : 'g';
    if (!isfinite(value)) type = 'g';
    switch (type) {
    case 'd':
        snprintf(text, size, "%.0f", value);
        break;
    case 'e':
        snprintf(text, size, "%.*e", precision, value);
        break;
    case 'E':
        snprintf(text, size, "%.*E", precision, value);
        break;
    case 'x':
        snprintf(text, size, "%llx", (unsigned long long)value);
        break;
    case 'f':
    case 'F':
        snprintf(text, size, "%.*f", precision, value);
        break;
    case '%':
        snprintf(text, size, "%.*f%%", precision, value);
        break;
    default:
        snprintf(text, size, "%.*g", precision ? precision : 1, value);
    }
}

static void add_commas(char *text, size_t size) {
    size_t whole = strspn(text, "0123456789"), len = strlen(text);
    for (size_t k = 3; k < whole && len + 1 < size; k += 3, len++) {
        memmove(text + whole - k + 1, text + whole - k, len - (whole - k) + 1);
        text[whole - k] = ',';
    }
}

static void put_padded(const how *h, char align, const char *sign, const char *text, size_t len, buf *out) {
    size_t used = strlen(sign) + text_columns(text, len), width = (size_t)h->width;
    size_t pad = width > used ? width - used : 0;
    size_t left = align == '>' ? pad : align == '^' ? pad / 2 : 0;
    char   fill = h->zero && !h->align ? '0' : h->fill;
    if (align == '=') {
        buf_puts(out, sign);
        buf_repeat(out, fill, pad);
        buf_put(out, text, len);
        return;
    }
    buf_repeat(out, fill, left);
    buf_puts(out, sign);
    buf_put(out, text, len);
    buf_repeat(out, fill, pad - left);
}

static void write_number_as(py_value x, const how *h, buf *out) {
    char        text[500];
    bool        negative = signbit(py_as_double(x)) != 0;
    const char *sign = negative ? "-" : h->sign == '+' ? "+" : h->sign == ' ' ? " " : "";
    number_digits(x, h, text, sizeof text);
    if (h->comma) add_commas(text, sizeof text);
    put_padded(h, h->align ? h->align : h->zero ? '=' : '>', sign, text, strlen(text), out);
}

static void write_text_as(py_run *r, py_value x, const how *h, buf *out) {
    buf text;
    buf_init(&text, r->a.mem);
    py_write(r, x, false, &text);
    size_t n = h->precision >= 0 && (size_t)h->precision < text.len ? (size_t)h->precision : text.len;
    char   align = h->align ? h->align : py_is_number(x) && x.kind != PY_BOOL ? '>' : '<';
    if (text.text) put_padded(h, align, "", text.text, n, out);
    buf_close(&text, out);
}

static bool as_number(py_value x, const how *h) {
    return py_is_number(x) && h->type != 's' && (h->type || h->precision >= 0 || h->comma || h->sign);
}

void py_write_as(py_run *r, py_value x, const char *spec, size_t len, buf *out) {
    how h = read_how(spec, len);
    if (x.kind == PY_ARRAY && x.array->rank == 0) x = py_result(x.array);
    if (as_number(x, &h))
        write_number_as(x, &h, out);
    else if (!h.type || h.type == 's')
        write_text_as(r, x, &h, out);
    else
        py_raise(r, "ValueError", "Unknown format code '%c' for object of type '%s'", h.type,
                 py_type_name(x));
}

/* ------------------------------------------------------------------ percent */

static py_value next_value(py_run *r, py_value with, uint32_t *used) {
    uint32_t n = with.kind == PY_TUPLE ? with.list->items.n : 1;
    if (*used >= n) return py_raise(r, "TypeError", "not enough arguments for format string");
    return with.kind == PY_TUPLE ? with.list->items.at[(*used)++] : (++*used, with);
}

/* %(name)d takes it out of a dict. */
static py_value named_value(py_run *r, py_value with, const char *text, size_t len, size_t *at,
                            uint32_t *used) {
    size_t start = ++*at;
    while (*at < len && text[*at] != ')') ++*at;
    py_value key = py_string(r, text + start, *at - start);
    if (*at < len) ++*at;
    *used = 1;
    py_value *found = with.kind == PY_DICT ? py_dict_find(r, with.dict, key) : NULL;
    return found ? *found : py_raise(r, "KeyError", "'%s'", key.text->at);
}

/* The same format as one behind a colon has it: texts stand to the right, and - turns that round. */
static size_t as_spec(const char *spec, size_t n, bool wants_text, char type, char *out, size_t size) {
    size_t at = 0;
    bool   left = n && spec[0] == '-', right = wants_text && n && py_is_digit(spec[0]) && spec[0] != '0';
    if (left || right) out[at++] = left ? '<' : '>';
    for (size_t i = left; i < n && at + 1 < size; i++) out[at++] = spec[i];
    out[at++] = wants_text ? 's' : type == 'i' || type == 'u' ? 'd' : type;
    return at;
}

static void put_percent(py_run *r, char type, const char *spec, size_t n_spec, py_value x, buf *out) {
    char   text[40];
    bool   wants_text = strchr("sra", type) != NULL;
    size_t n = as_spec(spec, n_spec, wants_text, type, text, sizeof text);
    if (x.kind == PY_ARRAY && py_array_size(x.array) == 1)
        x = py_numpy_number((py_type)x.array->type, py_array_get(x.array, 0));
    if (!wants_text && !py_is_number(x)) {
        const char *words = "%%d format: a real number is required, not %s";
        py_raise(r, "TypeError", type == 'd' ? words : "must be real number, not %s", py_type_name(x));
        return;
    }
    if (text[n - 1] == 'd' && x.kind == PY_FLOAT) x = py_int(fabs(x.number) < 9e15 ? (int64_t)x.number : 0);
    py_write_as(r, x, text, n, out);
}

py_value py_percent(py_run *r, py_value text, py_value with) {
    const char *at = text.text->at;
    size_t      len = text.text->len;
    uint32_t    used = 0;
    buf         out;
    buf_init(&out, r->a.mem);
    for (size_t i = 0; i < len && py_step(r, 1); i++) {
        if (at[i] != '%' || i + 1 == len) {
            buf_put(&out, at + i, 1);
            continue;
        }
        if (at[++i] == '%') {
            buf_puts(&out, "%");
            continue;
        }
        bool     named = at[i] == '(';
        py_value x = named ? named_value(r, with, at, len, &i, &used) : py_none();
        size_t   start = i;
        while (i < len && strchr("-+ 0123456789.#", at[i])) i++;
        if (i == len || !strchr("diufFeEgGsrax", at[i]))
            py_raise(r, "ValueError", "incomplete format");
        else {
            if (!named) x = next_value(r, with, &used);
            if (!r->failed) put_percent(r, at[i], at + start, i - start, x, &out);
        }
    }
    if (with.kind == PY_TUPLE && used < with.list->items.n)
        py_raise(r, "TypeError", "not all arguments converted during string formatting");
    return py_string_from(r, &out);
}

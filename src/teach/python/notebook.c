/* The code of a notebook (.ipynb, a JSON file): its cells one behind the other, and where each line stands.
 */
#include <stdlib.h>
#include <string.h>

#include "teach/python/python.h"

typedef struct reader {
    const char *at, *end;
    bool        wrong;
} reader;

static void skip_blanks(reader *x) {
    while (x->at < x->end && strchr(" \t\r\n", *x->at) && *x->at) x->at++;
}

static bool takes(reader *x, char c) {
    skip_blanks(x);
    if (x->at >= x->end || *x->at != c) return false;
    x->at++;
    return true;
}

/* Beyond a string; at its opening quote. */
static void skip_string(reader *x) {
    for (x->at++; x->at < x->end && *x->at != '"'; x->at++)
        if (*x->at == '\\') x->at++;
    if (x->at >= x->end) {
        x->at = x->end;
        x->wrong = true;
    } else
        x->at++;
}

static void skip_value(reader *x) {
    size_t open = 0;
    skip_blanks(x);
    while (x->at < x->end && !x->wrong) {
        char c = *x->at;
        if (c == '"')
            skip_string(x);
        else if (open == 0 && (c == ',' || c == ']' || c == '}'))
            return;
        else {
            open += c == '{' || c == '[';
            open -= c == '}' || c == ']';
            x->at++;
        }
        if (open == 0 && (c == '"' || c == '}' || c == ']')) return;
    }
    x->wrong = x->wrong || open;
}

static unsigned hex(const char *at) {
    char digits[5] = {at[0], at[1], at[2], at[3], '\0'};
    return (unsigned)strtoul(digits, NULL, 16);
}

static void put_point(buf *out, unsigned code) {
    char   text[4];
    size_t n = 0;
    if (code < 0x80)
        text[n++] = (char)code;
    else if (code < 0x800) {
        text[n++] = (char)(0xC0 | code >> 6);
        text[n++] = (char)(0x80 | (code & 63));
    } else {
        text[n++] = (char)(0xE0 | code >> 12);
        text[n++] = (char)(0x80 | (code >> 6 & 63));
        text[n++] = (char)(0x80 | (code & 63));
    }
    buf_put(out, text, n);
}

static void put_escape(reader *x, buf *out) {
    static const char letters[] = "nrtbf", values[] = "\n\r\t\b\f";
    char              c = *++x->at;
    const char       *at = strchr(letters, c);
    if (c == 'u' && x->end - x->at > 4) {
        put_point(out, hex(x->at + 1));
        x->at += 4;
    } else
        buf_put(out, at && c ? &values[at - letters] : &c, 1);
}

static void put_string(reader *x, buf *out) {
    skip_blanks(x);
    if (x->at >= x->end || *x->at != '"') {
        skip_value(x);
        return;
    }
    for (x->at++; x->at < x->end && *x->at != '"'; x->at++) {
        if (*x->at == '\\' && x->at + 1 < x->end)
            put_escape(x, out);
        else
            buf_put(out, x->at, 1);
    }
    x->wrong = x->wrong || x->at >= x->end;
    if (x->at < x->end) x->at++;
}

/* "source": a string, or a list of them. */
static void put_source(reader *x, buf *out) {
    if (!takes(x, '[')) {
        put_string(x, out);
        return;
    }
    while (!takes(x, ']') && !x->wrong && x->at < x->end) {
        put_string(x, out);
        if (!takes(x, ',')) {
            x->wrong = x->wrong || !takes(x, ']');
            return;
        }
    }
}

/* The next key of an object, into `key`; false behind the last. */
static bool next_key(reader *x, char *key, size_t size) {
    skip_blanks(x);
    takes(x, ',');
    skip_blanks(x);
    if (x->wrong || x->at >= x->end || *x->at != '"') {
        takes(x, '}');
        return false;
    }
    const char *from = x->at + 1;
    skip_string(x);
    size_t n = (size_t)(x->at - from);
    n = n > size ? size - 1 : n ? n - 1 : 0;
    memcpy(key, from, n);
    key[n] = '\0';
    return takes(x, ':');
}

static void end_cell(arena *a, buf *out, size_t from, uint32_t cell, py_notebook *to) {
    uint32_t line = 1;
    if (out->len > from && out->text[out->len - 1] != '\n') buf_puts(out, "\n");
    for (size_t i = from; i < out->len; i++)
        if (out->text[i] == '\n') vec_push(a, &to->lines, (py_cell_line){cell, line++});
}

static void read_cell(arena *a, reader *x, uint32_t cell, buf *out, py_notebook *to) {
    char   key[20], type[20] = "";
    size_t from = out->len;
    buf    text;
    buf_init(&text, a->mem);
    while (next_key(x, key, sizeof key)) {
        if (strcmp(key, "cell_type") == 0) {
            skip_blanks(x);
            strncpy(type, x->end - x->at > 6 && memcmp(x->at, "\"code\"", 6) == 0 ? "code" : "",
                    sizeof type - 1);
            skip_value(x);
        } else if (strcmp(key, "source") == 0 || strcmp(key, "input") == 0)
            put_source(x, &text);
        else
            skip_value(x);
    }
    bool magic = text.len > 1 && text.text[0] == '%' && text.text[1] == '%';
    if (strcmp(type, "code") == 0 && text.len && !magic) buf_put(out, text.text, text.len);
    buf_close(&text, out);
    end_cell(a, out, from, cell, to);
}

static void read_cells(arena *a, reader *x, buf *out, py_notebook *to) {
    uint32_t cell = 0;
    if (!takes(x, '[')) {
        skip_value(x);
        return;
    }
    while (takes(x, '{') && !x->wrong) {
        read_cell(a, x, ++cell, out, to);
        if (!takes(x, ',')) break;
    }
    takes(x, ']');
}

bool py_is_notebook(const char *text, size_t len) {
    reader x = {text, text + len, false};
    skip_blanks(&x);
    for (size_t i = 0; x.at < x.end && *x.at == '{' && i + 7 < len; i++)
        if (memcmp(text + i, "\"cells\"", 7) == 0) return true;
    return false;
}

bool py_notebook_read(arena *a, const char *text, size_t len, py_notebook *out) {
    reader x = {text, text + len, false};
    char   key[20];
    buf    code;
    *out = (py_notebook){.text = ""};
    buf_init(&code, a->mem);
    bool object = takes(&x, '{');
    while (object && next_key(&x, key, sizeof key)) {
        if (strcmp(key, "cells") == 0)
            read_cells(a, &x, &code, out);
        else
            skip_value(&x);
    }
    out->text = arena_text(a, code.text ? code.text : "", code.len);
    out->len = code.len;
    bool ok = object && !x.wrong && !code.failed && out->text;
    buf_free(&code);
    return ok;
}

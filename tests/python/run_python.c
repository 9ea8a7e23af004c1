/* Runs the programs of a file in dfoo's interpreter and writes what is bound at the end of each, as JSON, a
 * line for each program: {"error": "ValueError: ..", "names": {"x": {"shape": [2, 3], "type": "float", "at":
 * [..]}, ..}}. Programs are separated by lines with `#---`. tests/python/test_numpy.py holds them against
 * numpy. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teach/python/python.h"

static void put_number(buf *out, double x) {
    if (isnan(x))
        buf_puts(out, "\"nan\"");
    else if (isinf(x))
        buf_puts(out, x > 0 ? "\"inf\"" : "\"-inf\"");
    else
        buf_printf(out, "%.17g", x);
}

static void put_value(py_run *r, py_value x, int depth, buf *out) {
    static const char *const types[] = {"bool", "int", "float"};
    buf                      text;
    switch (depth > 20 ? PY_OPAQUE : x.kind) {
    case PY_BOOL:
    case PY_INT:
    case PY_FLOAT:
        buf_printf(out, "{\"kind\": \"%s\", \"at\": ", types[x.kind - PY_BOOL]);
        put_number(out, py_as_double(x));
        buf_puts(out, "}");
        break;
    case PY_ARRAY:
        buf_printf(out, "{\"kind\": \"array\", \"type\": \"%s\", \"shape\": [", types[x.array->type]);
        for (int k = 0; k < x.array->rank; k++)
            buf_printf(out, "%s%lld", k ? ", " : "", (long long)x.array->dim[k]);
        buf_puts(out, "], \"at\": [");
        for (int64_t i = 0; i < py_array_size(x.array); i++) {
            if (i) buf_puts(out, ", ");
            put_number(out, py_array_get(x.array, i));
        }
        buf_puts(out, "]}");
        break;
    case PY_LIST:
    case PY_TUPLE:
        buf_printf(out, "{\"kind\": \"%s\", \"at\": [", x.kind == PY_LIST ? "list" : "tuple");
        for (uint32_t i = 0; i < x.list->items.n; i++) {
            if (i) buf_puts(out, ", ");
            put_value(r, x.list->items.at[i], depth + 1, out);
        }
        buf_puts(out, "]}");
        break;
    default:
        buf_init(&text, r->a.mem);
        if (x.kind == PY_STRING || x.kind == PY_NONE || x.kind == PY_DICT)
            py_write(r, x, true, &text);
        else
            buf_printf(&text, "<%s>", py_type_name(x));
        buf_puts(out, "{\"kind\": \"other\", \"at\": ");
        json_string(out, text.text ? text.text : "");
        buf_puts(out, "}");
        buf_free(&text);
    }
}

static void put_run(py_run *r, buf *out) {
    bool first = true;
    buf_puts(out, "{\"error\": ");
    json_string(out, r->problems.list.n ? r->problems.list.at[0].text : "");
    buf_printf(out, ", \"line\": %u, \"names\": {", r->problems.list.n ? r->problems.list.at[0].line : 0);
    for (uint32_t i = 0; i < r->globals.list.n; i++) {
        py_value v = r->globals.list.at[i].value;
        if (v.kind >= PY_FUNCTION) continue;
        if (!first) buf_puts(out, ", ");
        first = false;
        json_string(out, symbols_name(&r->names, r->globals.list.at[i].name));
        buf_puts(out, ": ");
        put_value(r, v, 0, out);
    }
    buf_puts(out, "}}\n");
}

static int run_one(const char *text, size_t len) {
    py_run *r;
    buf     out;
    if (py_open(mem_default(), NULL, &r) != DFOO_OK) return 1;
    buf_init(&out, mem_default());
    py_load(r, text, len);
    put_run(r, &out);
    fputs(out.text ? out.text : "", stdout);
    buf_free(&out);
    py_close(r);
    return 0;
}

int main(int argc, char **argv) {
    FILE  *file = argc > 1 ? fopen(argv[1], "rb") : stdin;
    size_t size = 0, cap = 1 << 16;
    char  *text = malloc(cap + 1);
    if (!file || !text) return 2;
    for (size_t n; (n = fread(text + size, 1, cap - size, file)) > 0;) {
        size += n;
        if (size == cap) text = realloc(text, (cap *= 2) + 1);
        if (!text) return 2;
    }
    text[size] = '\0';
    for (char *at = text; at;) {
        char *end = strstr(at, "\n#---\n");
        if (run_one(at, end ? (size_t)(end - at) + 1 : strlen(at))) return 1;
        at = end ? end + 6 : NULL;
    }
    if (file != stdin) fclose(file);
    free(text);
    return 0;
}

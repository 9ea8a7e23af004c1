/* The table of natives: rows found by name, arguments put to parameters. */
#include "teach/python/natives.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static double py_sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

static double py_relu(double x) {
    return x > 0 ? x : 0;
}

static const py_native table[] = {
#define NATIVE(NAMES, PARAMETERS, RUN, DETAIL) {NAMES, PARAMETERS, RUN, DETAIL, NULL},
#define MAP(NAMES, FUNCTION) {NAMES, "x out? dtype?", py_map, 0, FUNCTION},
#include "teach/python/natives.def"
};

enum { ROWS = sizeof table / sizeof *table };

/* ------------------------------------------------------------------ names */

/* Is `word` one of the words of a text? prefix: does one begin with it and a dot? */
static bool has_word(const char *words, const char *word, bool prefix) {
    size_t len = strlen(word);
    while (*words) {
        size_t n = strcspn(words, " ");
        if (n >= len && memcmp(words, word, len) == 0 && (prefix ? words[len] == '.' && n > len : n == len))
            return true;
        words += n;
        words += strspn(words, " ");
    }
    return false;
}

const py_native *py_native_find(const char *path) {
    for (size_t i = 0; i < ROWS; i++)
        if (has_word(table[i].names, path, false)) return &table[i];
    return NULL;
}

bool py_native_module(const char *path) {
    for (size_t i = 0; i < ROWS; i++)
        if (has_word(table[i].names, path, true)) return true;
    return false;
}

py_value py_native_value(const py_native *f, const char *path) {
    bool numpy = strncmp(path, "numpy.", 6) == 0 || strncmp(path, "array.", 6) == 0 ||
                 strncmp(path, "scipy", 5) == 0 || strncmp(path, "torch.", 6) == 0;
    return (py_value){.kind = PY_NATIVE, .native = f, .numpy = numpy};
}

const char *py_native_name(const py_native *f, char *text, size_t size) {
    size_t      n = strcspn(f->names, " ");
    const char *from = f->names;
    for (size_t i = 0; i < n; i++)
        if (f->names[i] == '.') from = f->names + i + 1;
    snprintf(text, size, "%.*s", (int)(f->names + n - from), from);
    return text;
}

/* -------------------------------------------------------------- parameters */

/* One parameter of a row's text. */
typedef struct parameter {
    const char *text;
    size_t      len;
    bool        optional;
} parameter;

static bool next_parameter(const char **at, parameter *out) {
    *at += strspn(*at, " ");
    out->text = *at;
    out->len = strcspn(*at, " ");
    *at += out->len;
    out->optional = out->len && out->text[out->len - 1] == '?';
    if (out->optional) out->len--;
    return out->len > 0;
}

/* "a_min|min" has two names. */
static bool is_called(const parameter *p, const char *name) {
    size_t len = strlen(name);
    for (size_t i = 0; i + len <= p->len; i++) {
        bool begins = i == 0 || p->text[i - 1] == '|', ends = i + len == p->len || p->text[i + len] == '|';
        if (begins && ends && memcmp(p->text + i, name, len) == 0) return true;
    }
    return false;
}

static const char *usual_name(const char *name) {
    static const char *const others[][2] = {
        {"dim", "axis"}, {"keepdim", "keepdims"}, {"input", "a"}, {"x1", "x"}, {"x2", "y"}};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strcmp(name, others[i][0]) == 0) return others[i][1];
    return name;
}

static void put_keyword(py_run *r, const py_native *f, const py_keyword *k, py_arguments *out) {
    const char *name = symbols_name(&r->names, k->name), *at = f->parameters;
    parameter   p;
    for (int i = 0; next_parameter(&at, &p); i++) {
        if (!is_called(&p, name) && !is_called(&p, usual_name(name))) continue;
        out->at[i] = k->value;
        out->given[i] = true;
        return;
    }
    char own[60];
    if (f->run == py_to_dict) return;
    py_raise(r, "TypeError", "%s() got an unexpected keyword argument '%s'",
             py_native_name(f, own, sizeof own), name);
}

static void put_places(py_run *r, const py_native *f, const py_value *args, uint32_t n, py_arguments *out) {
    const char *at = f->parameters;
    parameter   p;
    uint32_t    used = 0;
    char        own[60];
    for (int i = 0; next_parameter(&at, &p); i++) {
        assert(i < PY_MOST_ARGUMENTS);
        if (*p.text == '*')
            for (; used < n; used++) py_push(r, &out->rest, args[used]);
        else if (used < n) {
            out->at[i] = args[used++];
            out->given[i] = true;
        }
    }
    if (used < n)
        py_raise(r, "TypeError", "%s() takes from 0 to %u positional arguments but %u were given",
                 py_native_name(f, own, sizeof own), used, n);
}

static void want_required(py_run *r, const py_native *f, const py_arguments *x) {
    const char *at = f->parameters;
    parameter   p;
    char        own[60];
    for (int i = 0; next_parameter(&at, &p); i++)
        if (!p.optional && *p.text != '*' && !x->given[i])
            py_raise(r, "TypeError", "%s() missing required argument '%.*s'",
                     py_native_name(f, own, sizeof own), (int)p.len, p.text);
}

static py_value unknown_among(const py_arguments *x) {
    for (int i = 0; i < PY_MOST_ARGUMENTS; i++)
        if (x->given[i] && x->at[i].kind == PY_OPAQUE) return x->at[i];
    for (uint32_t i = 0; i < x->rest.items.n; i++)
        if (x->rest.items.at[i].kind == PY_OPAQUE) return x->rest.items.at[i];
    return py_none();
}

/* dict(W1=W1, ..), "{a}".format(a=1): names that are no parameters. */
static void put_names(py_run *r, const py_keyword *keys, uint32_t n, py_arguments *out) {
    if (!n) return;
    py_value d = py_new_dict(r);
    for (uint32_t i = 0; i < n; i++)
        py_dict_set(r, d.dict, py_string_of(r, symbols_name(&r->names, keys[i].name)), keys[i].value);
    py_push(r, &out->rest, d);
}

/* Lists and dicts hold what is not known as well as anything else. */
static bool keeps_unknowns(const py_native *f) {
    return strncmp(f->names, "list", 4) == 0 || strncmp(f->names, "dict", 4) == 0 || f->run == np_nothing ||
           f->run == py_isinstance || f->run == py_zip || f->run == py_to_dict;
}

py_value py_native_call(py_run *r, py_value f, const py_value *args, uint32_t n, const py_keyword *keys,
                        uint32_t n_keys) {
    const py_native *row = f.native;
    py_arguments     x = {.plain = !f.numpy};
    if (!py_step(r, 2)) return py_none();
    put_places(r, row, args, n, &x);
    if (row->run == py_to_dict || row->run == str_format)
        put_names(r, keys, n_keys, &x);
    else
        for (uint32_t i = 0; i < n_keys && !r->failed; i++) put_keyword(r, row, &keys[i], &x);
    want_required(r, row, &x);
    if (r->failed) return py_none();
    py_value unknown = unknown_among(&x);
    if (unknown.kind == PY_OPAQUE && !keeps_unknowns(row)) return unknown;
    return row->run(r, row, &x);
}

/* Values of Python: how they are made, compared, gone through and written. */
#include "teach/python/value.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

/* ------------------------------------------------------------------ errors */

static void fail(py_run *r, const char *type, const char *format, va_list args) {
    char text[400];
    if (r->failed) return;
    vsnprintf(text, sizeof text, format, args);
    const char *copy = arena_text(&r->a, text, strlen(text));
    const char *function = r->in && r->in->def->name ? symbols_name(&r->names, r->in->def->name) : NULL;
    r->failed = true;
    r->failure =
        (py_failure){.type = type, .message = copy ? copy : "", .line = r->line, .function = function};
}

py_value py_raise(py_run *r, const char *type, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail(r, type, format, args);
    va_end(args);
    return py_none();
}

py_value py_stop(py_run *r, const char *format, ...) {
    va_list args;
    va_start(args, format);
    fail(r, "Limit", format, args);
    va_end(args);
    r->stopped = true;
    return py_none();
}

bool py_step(py_run *r, uint64_t n) {
    r->steps += n;
    if (r->steps > r->most_steps)
        py_stop(r, "the program takes too long: more than %llu steps", (unsigned long long)r->most_steps);
    if (r->a.failed) py_stop(r, "the program takes too much memory: more than %zu MB", r->most_bytes >> 20);
    return !r->failed;
}

/* ------------------------------------------------------------------ making */

py_value py_none(void) {
    return (py_value){.kind = PY_NONE};
}

py_value py_bool(bool x) {
    return (py_value){.kind = PY_BOOL, .truth = x};
}

py_value py_int(int64_t x) {
    return (py_value){.kind = PY_INT, .whole = x};
}

py_value py_float(double x) {
    return (py_value){.kind = PY_FLOAT, .number = x};
}

py_value py_numpy_number(py_type type, double x) {
    py_value v = type == PY_OF_FLOAT  ? py_float(x)
                 : type == PY_OF_BOOL ? py_bool(x != 0)
                                      : py_int((int64_t)x);
    v.numpy = true;
    return v;
}

/* A small thing, or the spare one without memory. */
static void *make(py_run *r, size_t size) {
    void *x = arena_new(&r->a, size);
    assert(size <= sizeof r->spare);
    if (x) return x;
    py_step(r, 0);
    return memset(&r->spare, 0, sizeof r->spare);
}

py_value py_string(py_run *r, const char *text, size_t len) {
    py_text *t = make(r, sizeof *t);
    t->at = arena_text(&r->a, text, len);
    t->len = t->at ? len : 0;
    if (!t->at) t->at = "";
    return (py_value){.kind = PY_STRING, .text = t};
}

py_value py_string_of(py_run *r, const char *text) {
    return py_string(r, text, strlen(text));
}

py_value py_opaque(py_run *r, const char *why) {
    py_value v = py_string_of(r, why);
    v.kind = PY_OPAQUE;
    return v;
}

py_value py_of_array(py_array *x) {
    return x ? (py_value){.kind = PY_ARRAY, .array = x} : py_none();
}

py_value py_new_list(py_run *r, py_kind kind, const py_value *items, uint32_t n) {
    py_list *l = make(r, sizeof *l);
    for (uint32_t i = 0; i < n; i++) py_push(r, l, items[i]);
    return (py_value){.kind = (uint8_t)kind, .list = l};
}

py_value py_new_dict(py_run *r) {
    return (py_value){.kind = PY_DICT, .dict = make(r, sizeof(py_dict))};
}

void py_push(py_run *r, py_list *to, py_value x) {
    vec_push(&r->a, &to->items, x);
    py_step(r, 1);
}

/* ------------------------------------------------------------------ asking */

bool py_is_number(py_value x) {
    return x.kind == PY_BOOL || x.kind == PY_INT || x.kind == PY_FLOAT;
}

double py_as_double(py_value x) {
    assert(py_is_number(x));
    return x.kind == PY_FLOAT ? x.number : x.kind == PY_INT ? (double)x.whole : (double)x.truth;
}

bool py_as_index(py_run *r, py_value x, int64_t *out) {
    *out = 0;
    if (x.kind == PY_ARRAY && x.array->rank == 0 && x.array->type != PY_OF_FLOAT)
        x = py_int((int64_t)x.array->at[0]);
    if (x.kind == PY_BOOL || x.kind == PY_INT) {
        *out = x.kind == PY_INT ? x.whole : x.truth;
        return true;
    }
    if (x.kind == PY_OPAQUE)
        py_stop(r, "%s is not known", x.text->at);
    else
        py_raise(r, "TypeError", "'%s' object cannot be interpreted as an integer", py_type_name(x));
    return false;
}

const char *py_type_name(py_value x) {
    static const char *const names[] = {
        "NoneType", "bool", "int",    "float",  "str",      "numpy.ndarray", "tuple",
        "list",     "dict", "slice",  "range",  "ellipsis", "function",      "builtin_function_or_method",
        "method",   "type", "object", "module", "unknown"};
    static const char *const of_numpy[] = {"NoneType", "numpy.bool_", "numpy.int64", "numpy.float64"};
    return x.numpy && x.kind <= PY_FLOAT ? of_numpy[x.kind] : names[x.kind];
}

bool py_text_is(py_value x, const char *text) {
    return x.kind == PY_STRING && strlen(text) == x.text->len && memcmp(x.text->at, text, x.text->len) == 0;
}

static int64_t range_length(const py_list *l) {
    int64_t start = l->items.at[0].whole, stop = l->items.at[1].whole, step = l->items.at[2].whole;
    if (step > 0) return stop > start ? (stop - start - 1) / step + 1 : 0;
    return start > stop ? (start - stop - 1) / -step + 1 : 0;
}

int64_t py_length(py_run *r, py_value x) {
    switch (x.kind) {
    case PY_STRING:
        return (int64_t)x.text->len;
    case PY_TUPLE:
    case PY_LIST:
        return x.list->items.n;
    case PY_DICT:
        return x.dict->items.n;
    case PY_RANGE:
        return range_length(x.list);
    case PY_ARRAY:
        if (x.array->rank) return x.array->dim[0];
        py_raise(r, "TypeError", "len() of unsized object");
        return 0;
    case PY_OPAQUE:
        py_stop(r, "%s is not known", x.text->at);
        return 0;
    default:
        py_raise(r, "TypeError", "object of type '%s' has no len()", py_type_name(x));
        return 0;
    }
}

bool py_truth(py_run *r, py_value x) {
    switch (x.kind) {
    case PY_NONE:
        return false;
    case PY_BOOL:
        return x.truth;
    case PY_INT:
        return x.whole != 0;
    case PY_FLOAT:
        return x.number != 0;
    case PY_STRING:
    case PY_TUPLE:
    case PY_LIST:
    case PY_DICT:
    case PY_RANGE:
        return py_length(r, x) > 0;
    case PY_OPAQUE:
        py_stop(r, "%s is not known", x.text->at);
        return false;
    default:
        break;
    }
    if (x.kind != PY_ARRAY) return true;
    int64_t size = 1;
    for (int i = 0; i < x.array->rank; i++) size *= x.array->dim[i];
    if (size == 1) return x.array->at[0] != 0;
    if (size == 0) return false;
    py_raise(r, "ValueError",
             "The truth value of an array with more than one element is ambiguous. Use a.any() or a.all()");
    return false;
}

static bool lists_equal(py_run *r, const py_list *x, const py_list *y) {
    if (x->items.n != y->items.n || !py_step(r, x->items.n)) return false;
    if (++r->depth > 100) py_stop(r, "the lists are nested too deeply");
    bool same = !r->failed;
    for (uint32_t i = 0; same && i < x->items.n; i++) same = py_equal(r, x->items.at[i], y->items.at[i]);
    r->depth--;
    return same;
}

bool py_equal(py_run *r, py_value x, py_value y) {
    if (x.kind == PY_ARRAY && x.array->rank == 0) x = py_numpy_number(x.array->type, x.array->at[0]);
    if (y.kind == PY_ARRAY && y.array->rank == 0) y = py_numpy_number(y.array->type, y.array->at[0]);
    if (py_is_number(x) && py_is_number(y)) {
        if (x.kind == PY_INT && y.kind == PY_INT) return x.whole == y.whole;
        return py_as_double(x) == py_as_double(y);
    }
    if (x.kind != y.kind) return false;
    switch (x.kind) {
    case PY_NONE:
    case PY_ELLIPSIS:
        return true;
    case PY_STRING:
        return x.text->len == y.text->len && memcmp(x.text->at, y.text->at, x.text->len) == 0;
    case PY_TUPLE:
    case PY_LIST:
    case PY_RANGE:
        return lists_equal(r, x.list, y.list);
    default:
        return x.object == y.object;
    }
}

/* ----------------------------------------------------------- going through */

static py_value array_row(py_run *r, const py_array *x, int64_t i) {
    if (x->rank == 1) return py_numpy_number((py_type)x->type, x->at[i * x->step[0]]);
    py_array *row = arena_new(&r->a, sizeof *row);
    if (!row) {
        py_step(r, 0);
        return py_none();
    }
    *row = *x;
    row->rank = (uint8_t)(x->rank - 1);
    row->at = x->at + i * x->step[0];
    for (int k = 0; k < row->rank; k++) {
        row->dim[k] = x->dim[k + 1];
        row->step[k] = x->step[k + 1];
    }
    return py_of_array(row);
}

static py_value item_of(py_run *r, py_value x, int64_t i) {
    switch (x.kind) {
    case PY_STRING:
        return py_string(r, x.text->at + i, 1);
    case PY_DICT:
        return x.dict->items.at[i].key;
    case PY_RANGE:
        return py_int(x.list->items.at[0].whole + i * x.list->items.at[2].whole);
    case PY_ARRAY:
        return array_row(r, x.array, i);
    default:
        return x.list->items.at[i];
    }
}

py_value py_item(py_run *r, py_value x, int64_t i, bool *more) {
    *more = false;
    if (x.kind == PY_ARRAY && x.array->rank == 0)
        return py_raise(r, "TypeError", "iteration over a 0-d array");
    bool can = x.kind == PY_STRING || x.kind == PY_TUPLE || x.kind == PY_LIST || x.kind == PY_DICT ||
               x.kind == PY_RANGE || x.kind == PY_ARRAY;
    if (x.kind == PY_OPAQUE) return py_stop(r, "%s is not known", x.text->at);
    if (!can) return py_raise(r, "TypeError", "'%s' object is not iterable", py_type_name(x));
    *more = i < py_length(r, x);
    return *more ? item_of(r, x, i) : py_none();
}

py_list *py_items(py_run *r, py_value x) {
    py_value all = py_new_list(r, PY_LIST, NULL, 0);
    bool     more = true;
    for (int64_t i = 0; more && !r->failed; i++) {
        py_value item = py_item(r, x, i, &more);
        if (more) py_push(r, all.list, item);
    }
    return all.list;
}

/* -------------------------------------------------------- dicts and names */

py_value *py_dict_find(py_run *r, py_dict *d, py_value key) {
    if (key.kind == PY_LIST || key.kind == PY_DICT || key.kind == PY_ARRAY) {
        py_raise(r, "TypeError", "unhashable type: '%s'", py_type_name(key));
        return NULL;
    }
    if (!py_step(r, d->items.n / 8)) return NULL;
    for (uint32_t i = 0; i < d->items.n; i++)
        if (py_equal(r, d->items.at[i].key, key)) return &d->items.at[i].value;
    return NULL;
}

void py_dict_set(py_run *r, py_dict *d, py_value key, py_value value) {
    py_value *at = py_dict_find(r, d, key);
    if (at)
        *at = value;
    else if (!r->failed)
        vec_push(&r->a, &d->items, (py_pair){key, value});
}

py_value *py_env_find(py_env *e, sym name) {
    for (uint32_t i = 0; i < e->list.n; i++)
        if (e->list.at[i].name == name) return &e->list.at[i].value;
    return NULL;
}

void py_env_set(py_run *r, py_env *e, sym name, py_value value) {
    py_value *at = py_env_find(e, name);
    if (at)
        *at = value;
    else
        vec_push(&r->a, &e->list, (py_binding){name, value});
}

bool py_env_remove(py_env *e, sym name) {
    py_value *at = py_env_find(e, name);
    if (!at) return false;
    py_binding *from = e->list.at;
    uint32_t    i = 0;
    while (from[i].name != name) i++;
    from[i] = from[--e->list.n];
    return true;
}

/* ----------------------------------------------------------------- writing */

static void write_float(double x, buf *out) {
    char text[40];
    int  digits = 1;
    if (isnan(x) || isinf(x)) {
        buf_puts(out, isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
        return;
    }
    do snprintf(text, sizeof text, "%.*g", digits, x);
    while (digits++ < 17 && strtod(text, NULL) != x);
    bool plain = fabs(x) >= 1e-4 && fabs(x) < 1e16;
    if (strchr(text, 'e') && (plain || x == 0)) snprintf(text, sizeof text, "%.*f", 0, x);
    buf_puts(out, text);
    if (!strpbrk(text, ".e")) buf_puts(out, ".0");
}

static void write_list(py_run *r, py_value x, const char *ends, buf *out) {
    bool tuple = x.kind == PY_TUPLE;
    buf_put(out, ends, 1);
    for (uint32_t i = 0; i < x.list->items.n; i++) {
        if (i) buf_puts(out, ", ");
        py_write(r, x.list->items.at[i], true, out);
    }
    if (tuple && x.list->items.n == 1) buf_puts(out, ",");
    buf_put(out, ends + 1, 1);
}

static void write_dict(py_run *r, const py_dict *d, buf *out) {
    buf_puts(out, "{");
    for (uint32_t i = 0; i < d->items.n; i++) {
        if (i) buf_puts(out, ", ");
        py_write(r, d->items.at[i].key, true, out);
        if (d->set) continue;
        buf_puts(out, ": ");
        py_write(r, d->items.at[i].value, true, out);
    }
    buf_puts(out, "}");
}

static void write_array(const py_array *x, int axis, ptrdiff_t from, buf *out) {
    if (axis == x->rank || axis == PY_RANK) {
        write_float(x->at[from], out);
        return;
    }
    buf_puts(out, "[");
    for (int64_t i = 0; i < x->dim[axis]; i++) {
        if (i) buf_puts(out, " ");
        write_array(x, axis + 1, from + (ptrdiff_t)i * x->step[axis], out);
    }
    buf_puts(out, "]");
}

static void write_other(py_run *r, py_value x, buf *out) {
    switch (x.kind) {
    case PY_TUPLE:
        write_list(r, x, "()", out);
        break;
    case PY_LIST:
        write_list(r, x, "[]", out);
        break;
    case PY_DICT:
        write_dict(r, x.dict, out);
        break;
    case PY_ARRAY:
        write_array(x.array, 0, 0, out);
        break;
    default:
        buf_printf(out, "<%s>", py_type_name(x));
    }
}

void py_write(py_run *r, py_value x, bool quotes, buf *out) {
    enum { LONGEST = 1 << 20 };
    if (++r->depth > 100 || out->len > LONGEST)
        py_stop(r, "a text is too long, or its lists are nested too deeply");
    if (py_step(r, 1)) switch (x.kind) {
        case PY_NONE:
            buf_puts(out, "None");
            break;
        case PY_BOOL:
            buf_puts(out, x.truth ? "True" : "False");
            break;
        case PY_INT:
            buf_printf(out, "%lld", (long long)x.whole);
            break;
        case PY_FLOAT:
            write_float(x.number, out);
            break;
        case PY_STRING:
            if (quotes) buf_puts(out, "'");
            buf_put(out, x.text->at, x.text->len);
            if (quotes) buf_puts(out, "'");
            break;
        default:
            write_other(r, x, out);
        }
    r->depth--;
}

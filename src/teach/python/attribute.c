/* Attributes: of modules (rows of the table of natives), arrays, objects, texts. */
#include "teach/python/attribute.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

py_value py_unknown(py_run *r, const char *format, ...) {
    char    text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    py_value   v = py_opaque(r, text);
    py_problem what = {r->line, v.text->at};
    for (uint32_t i = 0; i < r->problems.list.n; i++)
        if (r->problems.list.at[i].line == what.line) return v;
    vec_push(&r->a, &r->problems.list, what);
    return v;
}

/* ------------------------------------------------------------------ modules */

/* Modules that are another one with other insides. */
static const char *real_path(const char *path) {
    static const char *const same[][2] = {
        {"jax.numpy", "numpy"}, {"autograd.numpy", "numpy"},      {"cupy", "numpy"},
        {"torch.nn", "torch"},  {"torch.nn.functional", "torch"}, {"tensorflow.numpy", "numpy"}};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++)
        if (strcmp(path, same[i][0]) == 0) return same[i][1];
    return path;
}

static bool constant(const char *path, py_value *out) {
    static const struct {
        const char *path;
        double      value;
    } list[] = {{"numpy.pi", 3.14159265358979323846},
                {"math.pi", 3.14159265358979323846},
                {"numpy.e", 2.7182818284590452354},
                {"math.e", 2.7182818284590452354},
                {"numpy.inf", INFINITY},
                {"numpy.Inf", INFINITY},
                {"math.inf", INFINITY},
                {"numpy.nan", NAN},
                {"numpy.NaN", NAN},
                {"math.nan", NAN}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (strcmp(path, list[i].path) == 0) {
            *out = py_float(list[i].value);
            return true;
        }
    *out = py_none();
    return strcmp(path, "numpy.newaxis") == 0;
}

static py_value module(py_run *r, const char *path) {
    py_value v = py_string_of(r, path);
    v.kind = PY_MODULE;
    return v;
}

py_value py_import(py_run *r, const char *path) {
    path = real_path(path);
    const py_native *f = py_native_find(path);
    py_value         v;
    if (strchr(path, '.') && f) return py_native_value(f, path);
    if (constant(path, &v)) return v;
    if (py_native_module(path)) return module(r, path);
    v = py_opaque(r, path);
    return v;
}

static py_value of_module(py_run *r, py_value x, const char *name) {
    char path[200], other[210];
    snprintf(path, sizeof path, "%s.%s", x.text->at, name);
    bool torch = strncmp(path, "torch.", 6) == 0,
         c_ = strcmp(path, "numpy.c_") == 0 || strcmp(path, "numpy.r_") == 0;
    if (c_) return module(r, path);
    py_value v = py_import(r, path);
    if (v.kind != PY_OPAQUE) return v;
    snprintf(other, sizeof other, "numpy.%s", path + (torch ? 6 : 0));
    if (torch) v = py_import(r, other);
    return v.kind != PY_OPAQUE ? v : py_unknown(r, "%s is not known here", path);
}

/* ------------------------------------------------------------------- objects */

py_value *py_class_find(py_class *c, sym name) {
    py_value *at = NULL;
    for (int depth = 0; !at && c && depth < 50; c = c->base, depth++) at = py_env_find(&c->env, name);
    return at;
}

py_value py_bind_method(py_run *r, py_value f, py_value self) {
    py_method *m = arena_new(&r->a, sizeof *m);
    if (!m) return py_stop(r, "there is no memory left");
    m->of = f;
    m->self = self;
    return (py_value){.kind = PY_METHOD, .method = m};
}

static py_value of_class(py_run *r, py_value f, py_value self, py_class *type) {
    if (f.kind != PY_FUNCTION) return f;
    switch (f.function->how) {
    case 's':
        return f;
    case 'c':
        return py_bind_method(r, f, (py_value){.kind = PY_CLASS, .type = type});
    case 'p':
        return r->call(r, f, &self, 1);
    default:
        return py_bind_method(r, f, self);
    }
}

static py_value of_object(py_run *r, py_value x, sym name) {
    const py_value *at = py_env_find(&x.object->env, name);
    if (at) return *at;
    const char *text = symbols_name(&r->names, name);
    at = py_class_find(x.object->type, name);
    if (at) return of_class(r, *at, x, x.object->type);
    if (strcmp(text, "__class__") == 0) return (py_value){.kind = PY_CLASS, .type = x.object->type};
    return py_raise(r, "AttributeError", "'%s' object has no attribute '%s'",
                    symbols_name(&r->names, x.object->type->name), text);
}

static py_value of_type(py_run *r, py_value x, sym name) {
    const py_value *at = py_class_find(x.type, name);
    const char     *text = symbols_name(&r->names, name);
    if (at) return at->kind == PY_FUNCTION && at->function->how == 'c' ? py_bind_method(r, *at, x) : *at;
    if (strcmp(text, "__name__") == 0) return py_string_of(r, symbols_name(&r->names, x.type->name));
    return py_raise(r, "AttributeError", "type object '%s' has no attribute '%s'",
                    symbols_name(&r->names, x.type->name), text);
}

/* -------------------------------------------------------------------- arrays */

static py_value dims_of(py_run *r, const py_array *a) {
    py_value t = py_new_list(r, PY_TUPLE, NULL, 0);
    for (int k = 0; k < a->rank; k++) py_push(r, t.list, py_int(a->dim[k]));
    return t;
}

static py_value type_of_array(const py_array *a) {
    static const char *const names[] = {"numpy.bool_", "numpy.int64", "numpy.float64"};
    return py_native_value(py_native_find(names[a->type]), names[a->type]);
}

static bool property(py_run *r, const py_array *a, const char *name, py_value *out) {
    int64_t all = -1;
    if (strcmp(name, "T") == 0)
        *out = py_of_array(py_array_transpose(r, a));
    else if (strcmp(name, "shape") == 0)
        *out = dims_of(r, a);
    else if (strcmp(name, "size") == 0)
        *out = py_int(py_array_size(a));
    else if (strcmp(name, "ndim") == 0)
        *out = py_int(a->rank);
    else if (strcmp(name, "dtype") == 0)
        *out = type_of_array(a);
    else if (strcmp(name, "real") == 0 || strcmp(name, "data") == 0)
        *out = py_result(a);
    else if (strcmp(name, "flat") == 0)
        *out = py_of_array(py_array_reshape(r, a, 1, &all));
    else
        return false;
    return true;
}

static py_value of_array(py_run *r, py_value x, const char *name) {
    const py_array *a = py_as_array(r, x);
    py_value        v;
    char            path[200];
    if (!a || property(r, a, name, &v))
        return x.kind != PY_ARRAY && v.kind == PY_ARRAY ? py_result(v.array) : a ? v : py_none();
    snprintf(path, sizeof path, "array.%s", name);
    const py_native *f = py_native_find(path);
    if (!f) return py_raise(r, "AttributeError", "'%s' object has no attribute '%s'", py_type_name(x), name);
    return py_bind_method(r, py_native_value(f, path), x);
}

static py_value of_other(py_run *r, py_value x, const char *name) {
    static const char *const types[] = {
        [PY_STRING] = "str", [PY_TUPLE] = "tuple", [PY_LIST] = "list", [PY_DICT] = "dict"};
    char        path[200];
    const char *type = x.kind < sizeof types / sizeof *types ? types[x.kind] : NULL;
    snprintf(path, sizeof path, "%s.%s", type ? type : "", name);
    const py_native *f = type ? py_native_find(path) : NULL;
    if (f) return py_bind_method(r, py_native_value(f, path), x);
    return py_raise(r, "AttributeError", "'%s' object has no attribute '%s'", py_type_name(x), name);
}

static py_value of_function(py_run *r, py_value x, const char *name) {
    char own[60];
    if (strcmp(name, "__name__") != 0)
        return py_unknown(r, "the attribute %s of a function is not known here", name);
    if (x.kind == PY_NATIVE) return py_string_of(r, py_native_name(x.native, own, sizeof own));
    return py_string_of(r, x.kind == PY_FUNCTION && x.function->def->name
                               ? symbols_name(&r->names, x.function->def->name)
                               : "<lambda>");
}

py_value py_attribute(py_run *r, py_value x, sym name) {
    const char *text = symbols_name(&r->names, name);
    switch (x.kind) {
    case PY_MODULE:
        return of_module(r, x, text);
    case PY_OPAQUE:
        return x;
    case PY_OBJECT:
        return of_object(r, x, name);
    case PY_CLASS:
        return of_type(r, x, name);
    case PY_ARRAY:
        return of_array(r, x, text);
    case PY_FUNCTION:
    case PY_METHOD:
    case PY_NATIVE:
        return of_function(r, x, text);
    case PY_BOOL:
    case PY_INT:
    case PY_FLOAT:
        return x.numpy ? of_array(r, x, text) : of_other(r, x, text);
    default:
        return of_other(r, x, text);
    }
}

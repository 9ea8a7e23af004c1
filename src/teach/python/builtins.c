/* Python's own functions. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "teach/python/natives.h"

/* ---------------------------------------------------------------- going through */

py_value py_len(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return py_int(py_length(r, x->at[0]));
}

py_value py_range(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t part[3] = {0, 0, 1};
    (void)f;
    for (int i = 0; i < 3; i++)
        if (x->given[i] && !py_as_index(r, x->at[i], &part[i])) return py_none();
    if (!x->given[1]) {
        part[1] = part[0];
        part[0] = 0;
    }
    if (part[2] == 0) return py_raise(r, "ValueError", "range() arg 3 must not be zero");
    for (int i = 0; i < 3; i++)
        if (part[i] > INT32_MAX || part[i] < -INT32_MAX) return py_stop(r, "a range is too long");
    py_value items[3] = {py_int(part[0]), py_int(part[1]), py_int(part[2])};
    return py_new_list(r, PY_RANGE, items, 3);
}

py_value py_enumerate(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t        from = 0;
    py_value       out = py_new_list(r, PY_LIST, NULL, 0);
    const py_list *items = py_items(r, x->at[0]);
    (void)f;
    if (x->given[1] && !py_as_index(r, x->at[1], &from)) return py_none();
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++) {
        py_value pair[2] = {py_int(from + i), items->items.at[i]};
        py_push(r, out.list, py_new_list(r, PY_TUPLE, pair, 2));
    }
    return out;
}

py_value py_zip(py_run *r, const py_native *f, const py_arguments *x) {
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    bool     more = x->rest.items.n > 0;
    (void)f;
    for (int64_t i = 0; more && !r->failed; i++) {
        py_value row = py_new_list(r, PY_TUPLE, NULL, 0);
        for (uint32_t k = 0; more && k < x->rest.items.n; k++)
            py_push(r, row.list, py_item(r, x->rest.items.at[k], i, &more));
        if (more) py_push(r, out.list, row);
    }
    return out;
}

static void turn_round(py_list *l) {
    for (uint32_t i = 0, k = l->items.n; i + 1 < k--; i++) {
        py_value swap = l->items.at[i];
        l->items.at[i] = l->items.at[k];
        l->items.at[k] = swap;
    }
}

py_value py_reversed(py_run *r, const py_native *f, const py_arguments *x) {
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    (void)f;
    if (x->at[0].kind == PY_RANGE) {
        int64_t  n = py_length(r, x->at[0]), step = x->at[0].list->items.at[2].whole;
        int64_t  first = x->at[0].list->items.at[0].whole, last = first + (n - 1) * step;
        py_value items[3] = {py_int(last), py_int(first - step), py_int(-step)};
        return n ? py_new_list(r, PY_RANGE, items, 3) : x->at[0];
    }
    out.list = py_items(r, x->at[0]);
    turn_round(out.list);
    return out;
}

/* Insertion into a sorted list; key NULL: the values themselves. */
static void sort_list(py_run *r, py_list *l, py_value key, bool backwards) {
    py_value keys = py_new_list(r, PY_LIST, NULL, 0);
    if (backwards) turn_round(l);
    for (uint32_t i = 0; i < l->items.n && !r->failed; i++)
        py_push(r, keys.list, key.kind == PY_NONE ? l->items.at[i] : r->call(r, key, &l->items.at[i], 1));
    for (uint32_t i = 1; i < keys.list->items.n && i < l->items.n && !r->failed; i++) {
        py_value own = keys.list->items.at[i], x = l->items.at[i];
        uint32_t k = i;
        for (; k > 0 && py_step(r, 1) && py_before(r, own, keys.list->items.at[k - 1]); k--) {
            keys.list->items.at[k] = keys.list->items.at[k - 1];
            l->items.at[k] = l->items.at[k - 1];
        }
        keys.list->items.at[k] = own;
        l->items.at[k] = x;
    }
    if (backwards) turn_round(l);
}

py_value py_sorted(py_run *r, const py_native *f, const py_arguments *x) {
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    (void)f;
    out.list = py_items(r, x->at[0]);
    sort_list(r, out.list, x->at[1], x->given[2] && py_truth(r, x->at[2]));
    return out;
}

py_value list_sort(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    sort_list(r, x->at[0].list, x->at[1], x->given[2] && py_truth(r, x->at[2]));
    return py_none();
}

py_value py_sum(py_run *r, const py_native *f, const py_arguments *x) {
    py_value       sum = x->given[1] ? x->at[1] : py_int(0);
    const py_list *items = py_items(r, x->at[0]);
    (void)f;
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++)
        sum = py_binary(r, '+', sum, items->items.at[i]);
    return sum;
}

py_value py_extreme(py_run *r, const py_native *f, const py_arguments *x) {
    py_value       all = x->rest.items.n == 1 ? x->rest.items.at[0]
                                              : py_new_list(r, PY_LIST, x->rest.items.at, x->rest.items.n);
    const py_list *items = py_items(r, all);
    py_value       best = py_none(), best_key = best;
    if (r->failed) return best;
    if (!items->items.n)
        return x->given[2] ? x->at[2] : py_raise(r, "ValueError", "max() arg is an empty sequence");
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++) {
        py_value item = items->items.at[i],
                 key = x->given[1] && x->at[1].kind != PY_NONE ? r->call(r, x->at[1], &item, 1) : item;
        py_value better = i ? py_comparison(r, f->detail, key, best_key) : py_bool(true);
        if (r->failed || !py_truth(r, better)) continue;
        best = item;
        best_key = key;
    }
    return best;
}

py_value py_any(py_run *r, const py_native *f, const py_arguments *x) {
    const py_list *items = py_items(r, x->at[0]);
    bool           wanted = f->detail == '|';
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++)
        if (py_truth(r, items->items.at[i]) == wanted) return py_bool(wanted);
    return py_bool(!wanted);
}

py_value py_mapped(py_run *r, const py_native *f, const py_arguments *x) {
    py_value       out = py_new_list(r, PY_LIST, NULL, 0);
    py_arguments   columns = {.rest = x->rest};
    const py_list *rows = py_zip(r, f, &columns).list;
    if (r->failed) return py_none();
    for (uint32_t i = 0; i < rows->items.n && !r->failed; i++) {
        const py_list *row = rows->items.at[i].list;
        py_push(r, out.list, r->call(r, x->at[0], row->items.at, row->items.n));
    }
    return out;
}

py_value py_filter(py_run *r, const py_native *f, const py_arguments *x) {
    py_value       out = py_new_list(r, PY_LIST, NULL, 0);
    const py_list *items = py_items(r, x->at[1]);
    (void)f;
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++) {
        py_value keep =
            x->at[0].kind == PY_NONE ? items->items.at[i] : r->call(r, x->at[0], &items->items.at[i], 1);
        if (!r->failed && py_truth(r, keep)) py_push(r, out.list, items->items.at[i]);
    }
    return out;
}

/* A progress bar around what is gone through. */
py_value py_tqdm(py_run *r, const py_native *f, const py_arguments *x) {
    if (x->at[0].kind != PY_INT) return x->at[0];
    return py_range(r, f, x);
}

/* ------------------------------------------------------------------ numbers */

static py_value one_number(py_run *r, py_value x) {
    if (x.kind == PY_ARRAY && py_array_size(x.array) == 1)
        return py_numpy_number((py_type)x.array->type, py_array_get(x.array, 0));
    if (x.kind == PY_ARRAY)
        return py_raise(r, "TypeError", "only size-1 arrays can be converted to Python scalars");
    if (!py_is_number(x)) return py_raise(r, "TypeError", "a number is needed, not '%s'", py_type_name(x));
    return x;
}

py_value py_abs(py_run *r, const py_native *f, const py_arguments *x) {
    py_value v = x->at[0];
    (void)f;
    if (v.kind == PY_ARRAY) return py_result(py_array_map(r, v.array, fabs, (py_type)v.array->type));
    if (!py_is_number(v))
        return py_raise(r, "TypeError", "bad operand type for abs(): '%s'", py_type_name(v));
    py_value size = v.kind == PY_FLOAT    ? py_float(fabs(v.number))
                    : py_as_double(v) < 0 ? py_unary(r, '-', v)
                                          : py_unary(r, '+', v);
    size.numpy = v.numpy;
    return size;
}

py_value py_round(py_run *r, const py_native *f, const py_arguments *x) {
    py_value v = one_number(r, x->at[0]);
    int64_t  digits = 0;
    (void)f;
    if (r->failed || (x->given[1] && x->at[1].kind != PY_NONE && !py_as_index(r, x->at[1], &digits)))
        return py_none();
    if (v.kind != PY_FLOAT) return v.numpy ? v : py_unary(r, '+', v);
    double unit = pow(10, (double)(digits > 15 ? 15 : digits)), y = nearbyint(v.number * unit) / unit;
    if (x->given[1] && x->at[1].kind != PY_NONE) return py_float(isfinite(y) ? y : v.number);
    if (!(fabs(y) < 9e18)) return py_raise(r, "OverflowError", "cannot convert float infinity to integer");
    return py_int((int64_t)y);
}

py_value py_pow(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return py_binary(r, PY_SIGN_POWER, x->at[0], x->at[1]);
}

py_value py_divmod(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    py_value both[2] = {py_binary(r, PY_SIGN_FLOOR, x->at[0], x->at[1]),
                        py_binary(r, '%', x->at[0], x->at[1])};
    return py_new_list(r, PY_TUPLE, both, 2);
}

static bool read_text(py_value x, double *out) {
    char *end;
    *out = strtod(x.text->at, &end);
    return end != x.text->at && strspn(end, " \n\t") == strlen(end);
}

py_value py_to_int(py_run *r, const py_native *f, const py_arguments *x) {
    double value = 0;
    (void)f;
    if (!x->given[0]) return py_int(0);
    if (x->at[0].kind == PY_STRING) {
        if (!read_text(x->at[0], &value) || value != floor(value) || fabs(value) > 9e15)
            return py_raise(r, "ValueError", "invalid literal for int() with base 10: '%.40s'",
                            x->at[0].text->at);
        return py_int((int64_t)value);
    }
    py_value v = one_number(r, x->at[0]);
    if (r->failed) return v;
    if (v.kind != PY_FLOAT) return py_int(v.kind == PY_INT ? v.whole : v.truth);
    if (isnan(v.number)) return py_raise(r, "ValueError", "cannot convert float NaN to integer");
    if (!(fabs(v.number) < 9e18))
        return py_raise(r, "OverflowError", "cannot convert float infinity to integer");
    return py_int((int64_t)v.number);
}

py_value py_to_float(py_run *r, const py_native *f, const py_arguments *x) {
    double value = 0;
    (void)f;
    if (x->given[0] && x->at[0].kind == PY_STRING) {
        if (read_text(x->at[0], &value)) return py_float(value);
        return py_raise(r, "ValueError", "could not convert string to float: '%.40s'", x->at[0].text->at);
    }
    py_value v = x->given[0] ? one_number(r, x->at[0]) : py_int(0);
    return r->failed ? v : py_float(py_as_double(v));
}

py_value py_to_bool(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return py_bool(x->given[0] && py_truth(r, x->at[0]));
}

py_value py_to_str(py_run *r, const py_native *f, const py_arguments *x) {
    buf out;
    buf_init(&out, r->a.mem);
    if (x->given[0]) py_write(r, x->at[0], f->detail == 'r', &out);
    return py_string_from(r, &out);
}

py_value py_to_list(py_run *r, const py_native *f, const py_arguments *x) {
    py_value out = py_new_list(r, (py_kind)f->detail, NULL, 0);
    if (x->given[0]) out.list = py_items(r, x->at[0]);
    return out;
}

py_value py_to_set(py_run *r, const py_native *f, const py_arguments *x) {
    py_value       out = py_new_dict(r);
    const py_list *items = x->given[0] ? py_items(r, x->at[0]) : NULL;
    (void)f;
    out.dict->set = true;
    for (uint32_t i = 0; items && i < items->items.n && !r->failed; i++)
        py_dict_set(r, out.dict, items->items.at[i], py_none());
    return out;
}

/* -------------------------------------------------------------------- types */

static bool is_of_class(py_value x, const py_class *type) {
    const py_class *c = x.kind == PY_OBJECT ? x.object->type : NULL;
    while (c && c != type) c = c->base;
    return c != NULL;
}

/* Rows that stand for types, and the kinds that are of them. */
static bool is_of_type(py_value x, const py_native *type) {
    static const struct {
        const char *name;
        uint8_t     kinds[2];
    } list[] = {{"numpy.ndarray", {PY_ARRAY, PY_ARRAY}},
                {"int", {PY_INT, PY_BOOL}},
                {"numpy.int64", {PY_INT, PY_BOOL}},
                {"float", {PY_FLOAT, PY_FLOAT}},
                {"numpy.float64", {PY_FLOAT, PY_FLOAT}},
                {"bool", {PY_BOOL, PY_BOOL}},
                {"str", {PY_STRING, PY_STRING}},
                {"dict", {PY_DICT, PY_DICT}},
                {"list", {PY_LIST, PY_LIST}},
                {"tuple", {PY_TUPLE, PY_TUPLE}}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++)
        if (py_native_is(type, list[i].name)) return x.kind == list[i].kinds[0] || x.kind == list[i].kinds[1];
    return false;
}

static bool is_instance(py_value x, py_value type) {
    if (type.kind == PY_CLASS) return is_of_class(x, type.type);
    if (type.kind == PY_NATIVE) return is_of_type(x, type.native);
    for (uint32_t i = 0; type.kind == PY_TUPLE && i < type.list->items.n; i++) {
        py_value one = type.list->items.at[i];
        if (one.kind != PY_TUPLE && is_instance(x, one)) return true;
    }
    return false;
}

py_value py_isinstance(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    return py_bool(is_instance(x->at[0], x->at[1]));
}

py_value py_type_of(py_run *r, const py_native *f, const py_arguments *x) {
    static const char *const names[] = {
        [PY_BOOL] = "bool",           [PY_INT] = "int",     [PY_FLOAT] = "float", [PY_STRING] = "str",
        [PY_ARRAY] = "numpy.ndarray", [PY_TUPLE] = "tuple", [PY_LIST] = "list",   [PY_DICT] = "dict"};
    py_value v = x->at[0];
    (void)f;
    if (v.kind == PY_OBJECT) return (py_value){.kind = PY_CLASS, .type = v.object->type};
    const char *name = v.kind <= PY_DICT ? names[v.kind] : NULL;
    if (!name) return py_string_of(r, py_type_name(v));
    return r->native(name);
}

static py_value *attribute_of(py_run *r, py_value x, py_value name) {
    if (x.kind != PY_OBJECT || name.kind != PY_STRING) return NULL;
    sym       s = symbols_add(&r->names, name.text->at, name.text->len);
    py_value *at = py_env_find(&x.object->env, s);
    for (py_class *c = x.object->type; !at && c; c = c->base) at = py_env_find(&c->env, s);
    return at;
}

py_value py_hasattr(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return py_bool(attribute_of(r, x->at[0], x->at[1]) != NULL);
}

py_value py_getattr(py_run *r, const py_native *f, const py_arguments *x) {
    const py_value *at = attribute_of(r, x->at[0], x->at[1]);
    (void)f;
    if (at) return *at;
    return x->given[2]
               ? x->at[2]
               : py_raise(r, "AttributeError", "'%s' object has no such attribute", py_type_name(x->at[0]));
}

py_value py_setattr(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    if (x->at[0].kind != PY_OBJECT || x->at[1].kind != PY_STRING)
        return py_raise(r, "AttributeError", "cannot set this attribute");
    py_env_set(r, &x->at[0].object->env, symbols_add(&r->names, x->at[1].text->at, x->at[1].text->len),
               x->at[2]);
    return py_none();
}

py_value py_callable_(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    return py_bool(x->at[0].kind >= PY_FUNCTION && x->at[0].kind <= PY_CLASS);
}

py_value py_id(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return x->at[0].kind > PY_STRING ? py_int((int64_t)((uintptr_t)x->at[0].object & INT32_MAX))
                                     : py_stop(r, "id() is not known here");
}

py_value py_first(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    return x->at[0];
}

py_value py_zero(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    (void)x;
    return py_float(0);
}

py_value py_error(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return x->rest.items.n && x->rest.items.at[0].kind == PY_STRING ? x->rest.items.at[0]
                                                                    : py_string_of(r, "");
}

static py_value copied(py_run *r, py_value x, bool deep);

static py_value copied_dict(py_run *r, const py_dict *d, bool deep) {
    py_value y = py_new_dict(r);
    y.dict->set = d->set;
    for (uint32_t i = 0; i < d->items.n && !r->failed; i++) {
        py_pair p = d->items.at[i];
        if (deep) p.value = copied(r, p.value, true);
        vec_push(&r->a, &y.dict->items, p);
    }
    return y;
}

static py_value copied_list(py_run *r, py_value x, bool deep) {
    py_value y = py_new_list(r, (py_kind)x.kind, x.list->items.at, x.list->items.n);
    for (uint32_t i = 0; deep && i < y.list->items.n && !r->failed; i++)
        y.list->items.at[i] = copied(r, y.list->items.at[i], true);
    return y;
}

static py_value copied(py_run *r, py_value x, bool deep) {
    py_value y = x;
    if (++r->depth > 100) py_stop(r, "the lists are nested too deeply");
    if (!py_step(r, 1))
        y = py_none();
    else if (x.kind == PY_ARRAY)
        y = py_of_array(py_array_copy(r, x.array, (py_type)x.array->type));
    else if (x.kind == PY_LIST || x.kind == PY_TUPLE)
        y = copied_list(r, x, deep);
    else if (x.kind == PY_DICT)
        y = copied_dict(r, x.dict, deep);
    r->depth--;
    return y;
}

py_value py_copy(py_run *r, const py_native *f, const py_arguments *x) {
    return copied(r, x->at[0], f->detail == 'd');
}

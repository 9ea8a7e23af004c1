/* Methods of texts, lists and dicts. */
#include <assert.h>
#include <string.h>

#include "teach/python/natives.h"

/* -------------------------------------------------------------------- texts */

/* The value of one {..} of a format: by number, by name, or the next. */
static py_value field_value(py_run *r, const py_arguments *x, const char *name, size_t len, uint32_t *next) {
    uint32_t n = x->rest.items.n, at = *next;
    if (len && !py_is_digit(*name)) {
        py_value  names = n ? x->rest.items.at[n - 1] : py_none();
        py_value *found = names.kind == PY_DICT ? py_dict_find(r, names.dict, py_string(r, name, len)) : NULL;
        return found ? *found : py_raise(r, "KeyError", "'%.*s'", (int)len, name);
    }
    if (!len)
        (*next)++;
    else
        for (at = 0; len && py_is_digit(*name) && at < 1000; len--) at = at * 10 + (uint32_t)(*name++ - '0');
    return at < n
               ? x->rest.items.at[at]
               : py_raise(r, "IndexError", "Replacement index %u out of range for positional args tuple", at);
}

static size_t put_field(py_run *r, const py_arguments *x, const char *at, size_t len, uint32_t *next,
                        buf *out) {
    const char *close = memchr(at, '}', len), *colon;
    if (!close) {
        py_raise(r, "ValueError", "Single '{' encountered in format string");
        return len;
    }
    size_t n = (size_t)(close - at), name;
    colon = memchr(at, ':', n);
    name = colon ? (size_t)(colon - at) : n;
    py_value value = field_value(r, x, at, name, next);
    if (!r->failed) py_write_as(r, value, colon ? colon + 1 : "", colon ? n - name - 1 : 0, out);
    return n + 1;
}

py_value str_format(py_run *r, const py_native *f, const py_arguments *x) {
    const char *at = x->at[0].text->at;
    size_t      len = x->at[0].text->len;
    uint32_t    next = 0;
    buf         out;
    (void)f;
    buf_init(&out, r->a.mem);
    for (size_t i = 0; i < len && py_step(r, 1);) {
        if ((at[i] == '{' || at[i] == '}') && i + 1 < len && at[i + 1] == at[i]) {
            buf_put(&out, at + i, 1);
            i += 2;
        } else if (at[i] == '{')
            i += 1 + put_field(r, x, at + i + 1, len - i - 1, &next, &out);
        else
            buf_put(&out, at + i++, 1);
    }
    return py_string_from(r, &out);
}

py_value str_join(py_run *r, const py_native *f, const py_arguments *x) {
    const py_list *items = py_items(r, x->at[1]);
    buf            out;
    (void)f;
    buf_init(&out, r->a.mem);
    for (uint32_t i = 0; i < items->items.n && !r->failed; i++) {
        py_value item = items->items.at[i];
        if (item.kind != PY_STRING)
            py_raise(r, "TypeError", "sequence item %u: expected str instance, %s found", i,
                     py_type_name(item));
        else if (py_step(r, item.text->len / 16)) {
            if (i) buf_put(&out, x->at[0].text->at, x->at[0].text->len);
            buf_put(&out, item.text->at, item.text->len);
        }
    }
    return py_string_from(r, &out);
}

static bool are_texts(py_run *r, const py_arguments *x, int n) {
    for (int i = 0; i < n; i++)
        if (x->at[i].kind != PY_STRING)
            py_raise(r, "TypeError", "a text is needed, not '%s'", py_type_name(x->at[i]));
    return !r->failed;
}

py_value str_starts(py_run *r, const py_native *f, const py_arguments *x) {
    if (!are_texts(r, x, 2)) return py_none();
    const py_text *s = x->at[0].text, *with = x->at[1].text;
    if (with->len > s->len) return py_bool(false);
    return py_bool(memcmp(f->detail == 's' ? s->at : s->at + s->len - with->len, with->at, with->len) == 0);
}

py_value str_split(py_run *r, const py_native *f, const py_arguments *x) {
    py_value    out = py_new_list(r, PY_LIST, NULL, 0);
    const char *at = x->at[0].text->at,
               *by = x->at[1].kind == PY_STRING && x->at[1].text->len ? x->at[1].text->at : NULL;
    (void)f;
    while (by && py_step(r, 1)) {
        const char *end = strstr(at, by);
        py_push(r, out.list, py_string(r, at, end ? (size_t)(end - at) : strlen(at)));
        if (!end) return out;
        at = end + strlen(by);
    }
    for (at += strspn(at, " \t\n"); *at && py_step(r, 1); at += strspn(at, " \t\n")) {
        size_t n = strcspn(at, " \t\n");
        py_push(r, out.list, py_string(r, at, n));
        at += n;
    }
    return out;
}

py_value str_replace(py_run *r, const py_native *f, const py_arguments *x) {
    buf out;
    (void)f;
    if (!are_texts(r, x, 3)) return py_none();
    const char *at = x->at[0].text->at, *from = x->at[1].text->at, *end;
    if (!*from) return x->at[0];
    buf_init(&out, r->a.mem);
    while ((end = strstr(at, from)) && py_step(r, 1 + x->at[2].text->len / 16)) {
        buf_put(&out, at, (size_t)(end - at));
        buf_puts(&out, x->at[2].text->at);
        at = end + strlen(from);
    }
    buf_puts(&out, at);
    return py_string_from(r, &out);
}

py_value str_letters(py_run *r, const py_native *f, const py_arguments *x) {
    buf out;
    buf_init(&out, r->a.mem);
    for (size_t i = 0; i < x->at[0].text->len; i++) {
        char letter = x->at[0].text->at[i];
        if (f->detail == 'u' && letter >= 'a' && letter <= 'z') letter = (char)(letter - 'a' + 'A');
        if (f->detail == 'l' && letter >= 'A' && letter <= 'Z') letter = (char)(letter - 'A' + 'a');
        buf_put(&out, &letter, 1);
    }
    return py_string_from(r, &out);
}

py_value str_strip(py_run *r, const py_native *f, const py_arguments *x) {
    const char *chars = x->at[1].kind == PY_STRING ? x->at[1].text->at : " \t\r\n";
    const char *at = x->at[0].text->at, *end = at + x->at[0].text->len;
    while (f->detail != 'r' && at < end && strchr(chars, *at)) at++;
    while (f->detail != 'l' && end > at && strchr(chars, end[-1])) end--;
    return py_string(r, at, (size_t)(end - at));
}

py_value str_find(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    if (!are_texts(r, x, 2)) return py_none();
    const char *at = strstr(x->at[0].text->at, x->at[1].text->at);
    return py_int(at ? at - x->at[0].text->at : -1);
}

py_value str_isdigit(py_run *r, const py_native *f, const py_arguments *x) {
    const py_text *s = x->at[0].text;
    (void)r;
    (void)f;
    return py_bool(s->len && strspn(s->at, "0123456789") == s->len);
}

/* -------------------------------------------------------------------- lists */

py_value list_append(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    py_push(r, x->at[0].list, x->at[1]);
    return py_none();
}

py_value list_extend(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    py_augmented(r, '+', x->at[0], x->at[1]);
    return py_none();
}

py_value list_insert(py_run *r, const py_native *f, const py_arguments *x) {
    py_list *l = x->at[0].list;
    int64_t  at;
    (void)f;
    if (!py_as_index(r, x->at[1], &at)) return py_none();
    if (at < 0) at += l->items.n;
    if (at < 0) at = 0;
    py_push(r, l, x->at[2]);
    if (r->failed) return py_none();
    for (int64_t i = l->items.n - 1; i > at; i--) l->items.at[i] = l->items.at[i - 1];
    if (at < l->items.n) l->items.at[at] = x->at[2];
    return py_none();
}

static py_value take_out(py_list *l, int64_t at) {
    py_value x = l->items.at[at];
    for (uint32_t i = (uint32_t)at; i + 1 < l->items.n; i++) l->items.at[i] = l->items.at[i + 1];
    l->items.n--;
    return x;
}

py_value list_pop(py_run *r, const py_native *f, const py_arguments *x) {
    py_list *l = x->at[0].list;
    int64_t  at = -1;
    (void)f;
    if (x->given[1] && !py_as_index(r, x->at[1], &at)) return py_none();
    if (!l->items.n) return py_raise(r, "IndexError", "pop from empty list");
    if (at < 0) at += l->items.n;
    if (at < 0 || at >= l->items.n) return py_raise(r, "IndexError", "pop index out of range");
    py_step(r, l->items.n / 16);
    return take_out(l, at);
}

static int64_t place_of(py_run *r, const py_arguments *x) {
    const py_list *l = x->at[0].list;
    for (uint32_t i = 0; i < l->items.n && py_step(r, 1); i++)
        if (py_equal(r, l->items.at[i], x->at[1])) return i;
    py_raise(r, "ValueError", "the value is not in list");
    return -1;
}

py_value list_remove(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t at = place_of(r, x);
    (void)f;
    if (at >= 0) take_out(x->at[0].list, at);
    return py_none();
}

py_value list_reverse(py_run *r, const py_native *f, const py_arguments *x) {
    py_list *l = x->at[0].list;
    (void)f;
    py_step(r, l->items.n);
    for (uint32_t i = 0, k = l->items.n; i + 1 < k--; i++) {
        py_value swap = l->items.at[i];
        l->items.at[i] = l->items.at[k];
        l->items.at[k] = swap;
    }
    return py_none();
}

py_value list_index(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return py_int(place_of(r, x));
}

py_value list_count(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t n = 0;
    (void)f;
    for (uint32_t i = 0; i < x->at[0].list->items.n && py_step(r, 1); i++)
        n += py_equal(r, x->at[0].list->items.at[i], x->at[1]);
    return py_int(n);
}

py_value list_clear(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    x->at[0].list->items.n = 0;
    return py_none();
}

/* -------------------------------------------------------------------- dicts */

static void add_all(py_run *r, py_dict *to, py_value from) {
    if (from.kind == PY_DICT) {
        for (uint32_t i = 0; i < from.dict->items.n && !r->failed; i++)
            py_dict_set(r, to, from.dict->items.at[i].key, from.dict->items.at[i].value);
        return;
    }
    const py_list *pairs = py_items(r, from);
    for (uint32_t i = 0; i < pairs->items.n && !r->failed; i++) {
        const py_list *pair = py_items(r, pairs->items.at[i]);
        if (pair->items.n == 2)
            py_dict_set(r, to, pair->items.at[0], pair->items.at[1]);
        else
            py_raise(r, "ValueError", "dictionary update sequence element #%u has length %u; 2 is required",
                     i, pair->items.n);
    }
}

py_value py_to_dict(py_run *r, const py_native *f, const py_arguments *x) {
    py_value d = py_new_dict(r);
    bool     factory = strncmp(f->names, "collections", 11) == 0;
    for (uint32_t i = 0; i < x->rest.items.n && !r->failed; i++)
        if (!factory || x->rest.items.at[i].kind != PY_NATIVE) add_all(r, d.dict, x->rest.items.at[i]);
    return d;
}

py_value dict_list(py_run *r, const py_native *f, const py_arguments *x) {
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    for (uint32_t i = 0; i < x->at[0].dict->items.n && !r->failed; i++) {
        py_pair  p = x->at[0].dict->items.at[i];
        py_value both[2] = {p.key, p.value};
        py_push(r, out.list,
                f->detail == 'k'   ? p.key
                : f->detail == 'v' ? p.value
                                   : py_new_list(r, PY_TUPLE, both, 2));
    }
    return out;
}

py_value dict_get(py_run *r, const py_native *f, const py_arguments *x) {
    const py_value *at = py_dict_find(r, x->at[0].dict, x->at[1]);
    (void)f;
    return at ? *at : x->at[2];
}

py_value dict_pop(py_run *r, const py_native *f, const py_arguments *x) {
    py_dict        *d = x->at[0].dict;
    const py_value *at = py_dict_find(r, d, x->at[1]);
    (void)f;
    if (!at) return x->given[2] || r->failed ? x->at[2] : py_raise(r, "KeyError", "the key is not there");
    py_value value = *at;
    uint32_t i = 0;
    while (&d->items.at[i].value != at) i++;
    for (; i + 1 < d->items.n; i++) d->items.at[i] = d->items.at[i + 1];
    d->items.n--;
    return value;
}

py_value dict_setdefault(py_run *r, const py_native *f, const py_arguments *x) {
    const py_value *at = py_dict_find(r, x->at[0].dict, x->at[1]);
    (void)f;
    if (at) return *at;
    py_dict_set(r, x->at[0].dict, x->at[1], x->at[2]);
    return x->at[2];
}

py_value dict_update(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    if (x->given[1]) add_all(r, x->at[0].dict, x->at[1]);
    return py_none();
}

py_value dict_add(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    py_dict_set(r, x->at[0].dict, x->at[1], py_none());
    return py_none();
}

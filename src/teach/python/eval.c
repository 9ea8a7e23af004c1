/* Expressions to values. */
#include "teach/python/eval.h"

#include <assert.h>
#include <string.h>

#include "teach/python/attribute.h"

enum { DEEPEST = 900, MOST_EVENTS = 8000 };

bool py_enter(py_run *r) {
    if (++r->depth > DEEPEST) py_stop(r, "maximum recursion depth exceeded");
    return !r->failed;
}

void py_leave(py_run *r) {
    r->depth--;
}

/* ------------------------------------------------------------------- names */

static bool in_function(const py_run *r) {
    return r->env != &r->globals;
}

static py_value *find_name(py_run *r, sym name) {
    py_value *at = NULL;
    for (py_env *e = r->env; !at && e; e = e->outer) at = py_env_find(e, name);
    if (!at) at = py_env_find(&r->globals, name);
    return at ? at : py_env_find(&r->helpers, name);
}

static py_value eval_name(py_run *r, const py_node *n) {
    const py_value *at = find_name(r, n->name);
    const char     *text = symbols_name(&r->names, n->name);
    if (at) return *at;
    const py_native *f = strchr(text, '.') ? NULL : py_native_find(text);
    if (f) return py_native_value(f, text);
    if (strcmp(text, "__name__") == 0) return py_string_of(r, "__main__");
    return py_raise(r, "NameError", "name '%s' is not defined", text);
}

static bool is_elsewhere(const py_env *e, sym name) {
    for (uint32_t i = 0; i < e->elsewhere.n; i++)
        if (e->elsewhere.at[i] == name) return true;
    return false;
}

void py_set_name(py_run *r, sym name, py_value value) {
    py_env *to = r->env;
    if (in_function(r) && is_elsewhere(to, name)) {
        py_env *e = to->outer;
        while (e && !py_env_find(e, name)) e = e->outer;
        to = e ? e : &r->globals;
    }
    py_env_set(r, to, name, value);
}

/* ------------------------------------------------------------------- traces */

static py_value snapshot(py_run *r, py_value x) {
    if (x.kind != PY_ARRAY) return x;
    return py_of_array(py_array_copy(r, x.array, (py_type)x.array->type));
}

/* The object whose method runs; NULL: it is none. */
static const void *self_of(py_run *r) {
    if (!r->in || !r->in->of || r->in->how || r->in->def->kind != S_DEF || !r->in->def->list.n) return NULL;
    const py_value *x = py_env_find(r->env, r->in->def->list.at[0]->name);
    return x && x->kind == PY_OBJECT ? x->object : NULL;
}

void py_trace_event(py_run *r, py_event e) {
    if (!r->tracing || r->trace.list.n >= r->traced + MOST_EVENTS || r->failed) return;
    e.frame = r->frame;
    e.call_line = r->call_line;
    e.function = r->in ? r->in->def->name : 0;
    e.self = self_of(r);
    e.value = snapshot(r, e.value);
    if (!r->failed) vec_push(&r->a, &r->trace.list, e);
}

/* x = [a, b, ..] of arrays is as x[0] = a, x[1] = b, .. */
static void trace_elements(py_run *r, py_event e) {
    enum { MOST = 24 };
    bool list = e.value.kind == PY_LIST && e.how == '=' && e.key.kind == PY_NONE;
    if (!r->tracing || !list || e.value.list->items.n > MOST) return;
    const py_list *all = e.value.list, *old = e.before.kind == PY_LIST ? e.before.list : NULL;
    for (uint32_t i = 0; i < all->items.n; i++) {
        py_event one = e;
        one.key = py_int(i);
        one.value = all->items.at[i];
        one.before = old && old->items.n == all->items.n ? old->items.at[i] : py_none();
        if (one.value.kind == PY_ARRAY) py_trace_event(r, one);
    }
}

/* --------------------------------------------------------------- assignments */

/* An assignment in a function makes a name of its own, whatever is called so outside. */
static py_value value_to_replace(py_run *r, sym name) {
    bool            own = in_function(r) && !is_elsewhere(r->env, name);
    const py_value *at = own ? py_env_find(r->env, name) : find_name(r, name);
    return at ? *at : py_none();
}

py_value py_target_value(py_run *r, const py_node *t, bool may_fail) {
    if (t->kind == E_NAME) {
        if (may_fail) return value_to_replace(r, t->name);
        if (in_function(r) && !py_env_find(r->env, t->name) && !is_elsewhere(r->env, t->name) &&
            find_name(r, t->name))
            return py_raise(r, "UnboundLocalError",
                            "cannot access local variable '%s' where it is not associated with a value",
                            symbols_name(&r->names, t->name));
        return eval_name(r, t);
    }
    if (!may_fail) return py_eval(r, t);
    if (t->kind != E_ATTRIBUTE || t->a->kind != E_NAME) return py_none();
    const py_value *of = find_name(r, t->a->name);
    const py_value *at = of && of->kind == PY_OBJECT ? py_env_find(&of->object->env, t->name) : NULL;
    return at ? *at : py_none();
}

static void set_attribute(py_run *r, py_value of, sym name, py_value value) {
    if (of.kind == PY_OBJECT)
        py_env_set(r, &of.object->env, name, value);
    else if (of.kind == PY_CLASS)
        py_env_set(r, &of.type->env, name, value);
    else if (of.kind == PY_ARRAY && strcmp(symbols_name(&r->names, name), "shape") == 0) {
        int64_t         dim[PY_RANK];
        int             rank;
        const py_array *y =
            py_read_shape(r, value, dim, &rank) ? py_array_reshape(r, of.array, rank, dim) : NULL;
        if (y) *of.array = *y;
    } else if (of.kind != PY_OPAQUE)
        py_raise(r, "AttributeError", "'%s' object has no attribute '%s'", py_type_name(of),
                 symbols_name(&r->names, name));
}

static void set_list_slice(py_run *r, py_value of, py_value key, py_value value) {
    const py_list *part = key.list;
    bool           whole = part->items.at[0].kind == PY_NONE && part->items.at[1].kind == PY_NONE &&
                           part->items.at[2].kind == PY_NONE;
    if (!whole) py_stop(r, "assigning to a part of a list is not known here");
    const py_list *items = r->failed ? NULL : py_items(r, value);
    if (items) of.list->items.n = 0;
    for (uint32_t i = 0; items && i < items->items.n; i++) py_push(r, of.list, items->items.at[i]);
}

static void set_item(py_run *r, py_value of, py_value key, py_value value) {
    int64_t i;
    if (of.kind == PY_ARRAY)
        py_array_set(r, of.array, key, value);
    else if (of.kind == PY_DICT)
        py_dict_set(r, of.dict, key, value);
    else if (of.kind == PY_LIST && key.kind == PY_SLICE)
        set_list_slice(r, of, key, value);
    else if (of.kind == PY_LIST) {
        if (!py_as_index(r, key, &i)) return;
        if (i < 0) i += of.list->items.n;
        if (i < 0 || i >= of.list->items.n)
            py_raise(r, "IndexError", "list assignment index out of range");
        else
            of.list->items.at[i] = value;
    } else if (of.kind != PY_OPAQUE)
        py_raise(r, "TypeError", "'%s' object does not support item assignment", py_type_name(of));
}

/* The name that stands at the root of a target: x of x[1], W2 of self.W2 and self.W2[0]. */
static sym root_name(const py_node *t) {
    while (t->kind == E_INDEX) t = t->a;
    return t->kind == E_NAME || t->kind == E_ATTRIBUTE ? t->name : 0;
}

/* What stands in a dict or list under a key; None: nothing. */
static py_value item_before(py_run *r, py_value of, py_value key) {
    const py_value *at = NULL;
    if (of.kind == PY_DICT) at = py_dict_find(r, of.dict, key);
    if (of.kind == PY_LIST && key.kind == PY_INT) {
        int64_t n = of.list->items.n, i = key.whole < 0 ? key.whole + n : key.whole;
        if (i >= 0 && i < n) at = &of.list->items.at[i];
    }
    return at ? *at : py_none();
}

static void assign_item(py_run *r, const py_node *t, py_value value, py_event e) {
    py_value of = py_eval(r, t->a), key = r->failed ? py_none() : py_eval(r, t->b);
    if (r->failed) return;
    bool inside = of.kind == PY_DICT || (of.kind == PY_LIST && key.kind == PY_INT);
    e.of = of.kind == PY_DICT ? of.dict : NULL;
    if (inside && e.how == '=') e.before = item_before(r, of, key);
    e.key = key;
    set_item(r, of, key, value);
    if (of.kind == PY_ARRAY) {
        e.key = py_none();
        e.value = of;
        e.how = e.how == '=' ? '[' : e.how;
    }
    if (of.kind == PY_OPAQUE) e.value = of; /* what is put into what is not known says nothing */
    if (!r->failed) py_trace_event(r, e);
}

static void unpack(py_run *r, const py_node *t, py_value value, int how, const py_node *by) {
    if (value.kind == PY_OPAQUE) {
        for (uint32_t i = 0; i < t->list.n && !r->failed; i++) py_assign(r, t->list.at[i], value, how, by);
        return;
    }
    const py_list *items = py_items(r, value);
    uint32_t       n = t->list.n, star = n;
    if (r->failed) return;
    for (uint32_t i = 0; i < n; i++)
        if (t->list.at[i]->kind == E_STAR) star = i;
    if (items->items.n < n - (star < n))
        py_raise(r, "ValueError", "not enough values to unpack (expected %u, got %u)", n, items->items.n);
    else if (star == n && items->items.n > n)
        py_raise(r, "ValueError", "too many values to unpack (expected %u)", n);
    for (uint32_t i = 0; i < n && !r->failed; i++) {
        uint32_t at = i <= star ? i : items->items.n - (n - i);
        if (i == star)
            py_assign(r, t->list.at[i]->a,
                      py_new_list(r, PY_LIST, items->items.at + i, items->items.n - (n - 1)), how, by);
        else
            py_assign(r, t->list.at[i], items->items.at[at], how, by);
    }
}

void py_assign(py_run *r, const py_node *t, py_value value, int how, const py_node *by) {
    if (t->kind == E_TUPLE || t->kind == E_LIST) {
        unpack(r, t, value, how, by);
        return;
    }
    py_event e = {.line = by->line, .how = (uint8_t)how, .name = root_name(t), .value = value, .node = by};
    e.before = !r->tracing ? py_none() : how == '=' ? py_target_value(r, t, true) : r->before;
    if (t->kind == E_INDEX) {
        assign_item(r, t, value, e);
        return;
    }
    if (t->kind == E_NAME)
        py_set_name(r, t->name, value);
    else if (t->kind == E_ATTRIBUTE) {
        py_value of = py_eval(r, t->a);
        if (!r->failed) set_attribute(r, of, t->name, value);
        if (of.kind == PY_OBJECT) e.of = of.object;
    }
    if (r->failed) return;
    py_trace_event(r, e);
    trace_elements(r, e);
}

/* ------------------------------------------------------------------ literals */

static py_value eval_number(py_run *r, const py_node *n) {
    if (!n->whole) return py_float(n->value);
    return n->value < 9e18 ? py_int((int64_t)n->value)
                           : py_stop(r, "whole numbers of more than 64 bits are not known here");
}

static py_value eval_string(py_run *r, const py_node *n) {
    return py_string(r, n->text, n->n_text);
}

static py_value eval_format(py_run *r, const py_node *n) {
    buf out;
    buf_init(&out, r->a.mem);
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) {
        const py_node *part = n->list.at[i];
        if (part->kind == E_STRING) {
            buf_put(&out, part->text, part->n_text);
            continue;
        }
        py_value x = py_eval(r, part->a);
        if (!r->failed) py_write_as(r, x, part->text, part->n_text, &out);
    }
    return py_string_from(r, &out);
}

static py_value eval_word(py_run *r, const py_node *n) {
    (void)r;
    if (n->kind == E_ELLIPSIS) return (py_value){.kind = PY_ELLIPSIS};
    return n->kind == E_NONE ? py_none() : py_bool(n->kind == E_TRUE);
}

static py_value eval_list(py_run *r, const py_node *n) {
    py_value out = py_new_list(r, n->kind == E_LIST ? PY_LIST : PY_TUPLE, NULL, 0);
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) {
        const py_node *item = n->list.at[i];
        py_value       x = py_eval(r, item->kind == E_STAR ? item->a : item);
        if (r->failed) break;
        if (item->kind == E_STAR)
            py_augmented(r, '+', (py_value){.kind = PY_LIST, .list = out.list}, x);
        else
            py_push(r, out.list, x);
    }
    return out;
}

static py_value eval_set(py_run *r, const py_node *n) {
    py_value out = py_new_dict(r);
    out.dict->set = true;
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++)
        py_dict_set(r, out.dict, py_eval(r, n->list.at[i]), py_none());
    return out;
}

static void trace_entry(py_run *r, const py_dict *of, py_value key, py_value value, const py_node *from) {
    py_event e = {.line = from->line, .how = 'i', .key = key, .value = value, .node = from, .of = of};
    if (key.kind == PY_STRING) py_trace_event(r, e);
}

static py_value eval_dict(py_run *r, const py_node *n) {
    py_value out = py_new_dict(r);
    for (uint32_t i = 0; i + 1 < n->list.n && !r->failed; i += 2) {
        py_value key = n->list.at[i] ? py_eval(r, n->list.at[i]) : py_none();
        py_value value = r->failed ? key : py_eval(r, n->list.at[i + 1]);
        if (r->failed) break;
        if (n->list.at[i]) {
            py_dict_set(r, out.dict, key, value);
            trace_entry(r, out.dict, key, value, n->list.at[i + 1]);
            continue;
        }
        if (value.kind != PY_DICT)
            py_raise(r, "TypeError", "'%s' object is not a mapping", py_type_name(value));
        for (uint32_t k = 0; !r->failed && k < value.dict->items.n; k++)
            py_dict_set(r, out.dict, value.dict->items.at[k].key, value.dict->items.at[k].value);
    }
    return out;
}

/* ----------------------------------------------------------------- operators */

static py_value eval_unary(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a);
    return r->failed ? x : py_unary(r, n->op, x);
}

static py_value eval_binary(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a), y = r->failed ? x : py_eval(r, n->b);
    return r->failed ? x : py_binary(r, n->op, x, y);
}

static py_value eval_compare(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->list.at[0]), out = py_bool(true);
    for (uint32_t i = 0; i < n->more.n && !r->failed; i++) {
        py_value y = py_eval(r, n->list.at[i + 1]);
        if (r->failed) break;
        out = py_comparison(r, n->more.at[i]->op, x, y);
        if (i + 1 < n->more.n && (r->failed || !py_truth(r, out))) break;
        x = y;
    }
    return out;
}

static py_value eval_logic(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a);
    if (n->kind == E_NOT) return x.kind == PY_OPAQUE || r->failed ? x : py_bool(!py_truth(r, x));
    if (r->failed || py_truth(r, x) != (n->kind == E_AND)) return x;
    return py_eval(r, n->b);
}

static py_value eval_choice(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->b);
    return r->failed ? x : py_eval(r, py_truth(r, x) ? n->a : n->c);
}

/* --------------------------------------------------------- calls and indices */

static bool is_super(const py_run *r, const py_node *n) {
    return n->kind == E_CALL && n->a->kind == E_NAME &&
           strcmp(symbols_name(&r->names, n->a->name), "super") == 0;
}

/* super().f: of the class above the one that the function stands in. */
static py_value of_super(py_run *r, sym name) {
    py_class       *c = r->in && r->in->of ? r->in->of->base : NULL;
    const py_value *at = py_class_find(c, name);
    if (!at) return py_native_value(py_native_find("object"), "object");
    py_value self = r->env->list.n ? r->env->list.at[0].value : py_none();
    return at->kind == PY_FUNCTION ? py_bind_method(r, *at, self) : *at;
}

static py_value eval_attribute(py_run *r, const py_node *n) {
    if (is_super(r, n->a)) return of_super(r, n->name);
    py_value x = py_eval(r, n->a);
    return r->failed ? x : py_attribute(r, x, n->name);
}

typedef struct call_arguments {
    VEC(py_value) at;
    VEC(py_keyword) keys;
} call_arguments;

static void add_keyword(py_run *r, call_arguments *to, sym name, py_value value) {
    py_keyword k = {name, value};
    vec_push(&r->a, &to->keys, k);
}

static void add_argument(py_run *r, const py_node *n, call_arguments *to) {
    bool     inside = n->kind == E_STAR || n->kind == E_STARS || n->kind == E_KEYWORD;
    py_value x = py_eval(r, inside ? n->a : n);
    if (r->failed) return;
    if (n->kind == E_KEYWORD)
        add_keyword(r, to, n->name, x);
    else if (n->kind == E_STAR) {
        const py_list *items = py_items(r, x);
        for (uint32_t i = 0; i < items->items.n; i++) vec_push(&r->a, &to->at, items->items.at[i]);
    } else if (n->kind == E_STARS) {
        if (x.kind != PY_DICT)
            py_raise(r, "TypeError", "argument after ** must be a mapping, not %s", py_type_name(x));
        for (uint32_t i = 0; !r->failed && i < x.dict->items.n; i++) {
            py_value key = x.dict->items.at[i].key;
            if (key.kind == PY_STRING)
                add_keyword(r, to, symbols_add(&r->names, key.text->at, key.text->len),
                            x.dict->items.at[i].value);
        }
    } else
        vec_push(&r->a, &to->at, x);
}

/* x.append(value) is traced as an assignment to x. */
static void trace_append(py_run *r, const py_node *n, py_value f, const call_arguments *args) {
    if (f.kind != PY_METHOD || f.method->self.kind != PY_LIST || n->a->kind != E_ATTRIBUTE || !args->at.n ||
        r->failed)
        return;
    py_event e = {.line = n->line,
                  .how = 'a',
                  .name = root_name(n->a->a),
                  .value = args->at.at[args->at.n - 1],
                  .node = n};
    if (strcmp(symbols_name(&r->names, n->a->name), "insert") == 0) e.key = args->at.at[0];
    py_trace_event(r, e);
}

static py_value eval_call(py_run *r, const py_node *n) {
    call_arguments args = {{0}, {0}};
    uint32_t       line = r->line;
    py_value       f = py_eval(r, n->a);
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) add_argument(r, n->list.at[i], &args);
    if (r->failed) return py_none();
    bool named = f.kind == PY_NATIVE && f.native->run == py_to_dict;
    for (uint32_t i = 0; named && i < args.keys.n; i++) {
        const char *name = symbols_name(&r->names, args.keys.at[i].name);
        trace_entry(r, NULL, py_string_of(r, name), args.keys.at[i].value, n->list.at[0]);
    }
    trace_append(r, n, f, &args);
    py_value x = r->call_with(r, f, args.at.at, args.at.n, args.keys.at, args.keys.n);
    if (!r->failed) r->line = line;
    return x;
}

static py_value eval_slice(py_run *r, const py_node *n) {
    const py_node *part[3] = {n->a, n->b, n->c};
    py_value       at[3] = {py_none(), py_none(), py_none()};
    for (int i = 0; i < 3 && !r->failed; i++)
        if (part[i]) at[i] = py_eval(r, part[i]);
    return py_new_list(r, PY_SLICE, at, 3);
}

static py_value part_of(py_run *r, py_value of, const py_list *s) {
    int64_t first, step, count;
    if (!py_slice_over(r, s, py_length(r, of), &first, &step, &count)) return py_none();
    if (of.kind == PY_STRING) {
        buf out;
        buf_init(&out, r->a.mem);
        for (int64_t i = 0; i < count; i++) buf_put(&out, of.text->at + first + i * step, 1);
        return py_string_from(r, &out);
    }
    py_value out = py_new_list(r, of.kind == PY_TUPLE ? PY_TUPLE : PY_LIST, NULL, 0);
    bool     more;
    for (int64_t i = 0; i < count && !r->failed; i++)
        py_push(r, out.list, py_item(r, of, first + i * step, &more));
    return out;
}

static py_value item_at(py_run *r, py_value of, py_value key) {
    int64_t i, n = py_length(r, of);
    bool    more;
    if (key.kind == PY_SLICE) return part_of(r, of, key.list);
    bool whole = key.kind == PY_INT || key.kind == PY_BOOL || (key.kind == PY_ARRAY && key.array->rank == 0);
    if (!whole && key.kind != PY_OPAQUE)
        return py_raise(r, "TypeError", "%s indices must be integers or slices, not %s", py_type_name(of),
                        py_type_name(key));
    if (!py_as_index(r, key, &i)) return py_none();
    if (i < 0) i += n;
    if (i < 0 || i >= n)
        return py_raise(r, "IndexError", "%s index out of range",
                        of.kind == PY_STRING ? "string" : py_type_name(of));
    return py_item(r, of, i, &more);
}

/* np.c_[a, b] and np.r_[a, b] */
static py_value columns_of(py_run *r, py_value of, py_value key) {
    const char *name = strcmp(of.text->at, "numpy.c_") == 0 ? "numpy.column_stack" : "numpy.hstack";
    if (key.kind != PY_TUPLE) key = py_new_list(r, PY_TUPLE, &key, 1);
    return py_native_call(r, py_native_value(py_native_find(name), name), &key, 1, NULL, 0);
}

static py_value dict_item(py_run *r, py_dict *d, py_value key) {
    const py_value *at = py_dict_find(r, d, key);
    buf             text;
    if (at || r->failed) return at ? *at : py_none();
    buf_init(&text, r->a.mem);
    py_write(r, key, true, &text);
    py_raise(r, "KeyError", "%s", text.text ? text.text : "");
    buf_free(&text);
    return py_none();
}

static py_value index_of(py_run *r, py_value of, py_value key) {
    switch (of.kind) {
    case PY_ARRAY:
        return py_array_index(r, of.array, key);
    case PY_DICT:
        return dict_item(r, of.dict, key);
    case PY_LIST:
    case PY_TUPLE:
    case PY_STRING:
    case PY_RANGE:
        return item_at(r, of, key);
    case PY_MODULE:
        return columns_of(r, of, key);
    default:
        break;
    }
    if (of.numpy && py_is_number(of)) return py_raise(r, "IndexError", "invalid index to scalar variable.");
    return py_raise(r, "TypeError", "'%s' object is not subscriptable", py_type_name(of));
}

static py_value eval_index(py_run *r, const py_node *n) {
    py_value of = py_eval(r, n->a), key = r->failed ? of : py_eval(r, n->b);
    if (r->failed || of.kind == PY_OPAQUE) return of;
    return key.kind == PY_OPAQUE ? key : index_of(r, of, key);
}

/* ------------------------------------------- functions and comprehensions */

static py_value eval_lambda(py_run *r, const py_node *n) {
    py_callable *f = arena_new(&r->a, sizeof *f);
    py_value    *defaults = arena_new(&r->a, (n->list.n + 1) * sizeof *defaults);
    if (!f || !defaults) return py_stop(r, "there is no memory left");
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++)
        if (n->list.at[i]->a) defaults[i] = py_eval(r, n->list.at[i]->a);
    *f = (py_callable){.def = n, .outer = in_function(r) ? r->env : NULL, .defaults = defaults};
    return (py_value){.kind = PY_FUNCTION, .function = f};
}

static void each(py_run *r, const py_node *n, uint32_t level, py_value out);

static void each_one(py_run *r, const py_node *n, uint32_t level, py_value out) {
    const py_node *f = n->list.at[level];
    for (uint32_t i = 0; i < f->list.n; i++) {
        py_value x = py_eval(r, f->list.at[i]);
        if (r->failed || !py_truth(r, x)) return;
    }
    if (level + 1 < n->list.n) {
        each(r, n, level + 1, out);
        return;
    }
    py_value x = py_eval(r, n->a);
    if (out.kind == PY_DICT) {
        py_value value = r->failed || !n->b ? py_none() : py_eval(r, n->b);
        if (!r->failed) py_dict_set(r, out.dict, x, value);
        if (!r->failed && n->b) trace_entry(r, out.dict, x, value, n->b);
    } else if (!r->failed)
        py_push(r, out.list, x);
}

static void each(py_run *r, const py_node *n, uint32_t level, py_value out) {
    const py_node *f = n->list.at[level];
    py_value       of = py_eval(r, f->b);
    bool           more = true;
    bool           tracing = r->tracing;
    for (int64_t i = 0; !r->failed && r->steps <= r->most_steps; i++) {
        py_value x = py_item(r, of, i, &more);
        if (!more || r->failed) break;
        r->tracing = false;
        py_assign(r, f->a, x, '=', f);
        r->tracing = tracing;
        if (!r->failed) each_one(r, n, level, out);
    }
}

static py_value eval_each(py_run *r, const py_node *n) {
    py_env   own = {.outer = in_function(r) ? r->env : NULL}, *before = r->env;
    py_value out = n->op == '{' ? py_new_dict(r) : py_new_list(r, PY_LIST, NULL, 0);
    if (n->op == '{' && !n->b) out.dict->set = true;
    py_env *env = arena_new(&r->a, sizeof *env);
    if (!env) return py_stop(r, "there is no memory left");
    *env = own;
    r->env = env;
    each(r, n, 0, out);
    r->env = before;
    return out;
}

/* ---------------------------------------------------------------------- all */

typedef py_value (*evaluator)(py_run *r, const py_node *n);

static const evaluator evaluators[] = {[E_NUMBER] = eval_number,   [E_STRING] = eval_string,
                                       [E_FORMAT] = eval_format,   [E_NAME] = eval_name,
                                       [E_NONE] = eval_word,       [E_TRUE] = eval_word,
                                       [E_FALSE] = eval_word,      [E_ELLIPSIS] = eval_word,
                                       [E_TUPLE] = eval_list,      [E_LIST] = eval_list,
                                       [E_SET] = eval_set,         [E_DICT] = eval_dict,
                                       [E_UNARY] = eval_unary,     [E_BINARY] = eval_binary,
                                       [E_COMPARE] = eval_compare, [E_AND] = eval_logic,
                                       [E_OR] = eval_logic,        [E_NOT] = eval_logic,
                                       [E_CHOICE] = eval_choice,   [E_LAMBDA] = eval_lambda,
                                       [E_CALL] = eval_call,       [E_ATTRIBUTE] = eval_attribute,
                                       [E_INDEX] = eval_index,     [E_SLICE] = eval_slice,
                                       [E_EACH] = eval_each};

py_value py_eval(py_run *r, const py_node *n) {
    py_value x = py_none();
    if (!py_step(r, 1)) return x;
    evaluator f = n->kind < sizeof evaluators / sizeof *evaluators ? evaluators[n->kind] : NULL;
    if (!f) return py_raise(r, "SyntaxError", "this cannot stand here");
    if (py_enter(r)) x = f(r, n);
    py_leave(r);
    return r->failed ? py_none() : x;
}

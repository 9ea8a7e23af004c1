/* Parameters that are parts of objects: W and b of a layer that is an object or a dict. Whose they
 * are says which of the model's they stand for, and so of which a gradient is. */
#include "teach/judge/parts.h"

#include <string.h>

/* The place of an event's target among parts; n: it is none of them. */
static uint32_t part_of(const gather_part *at, uint32_t n, const void *of, const char *name) {
    uint32_t i = 0;
    while (i < n && (at[i].of != of || strcmp(at[i].name, name) != 0)) i++;
    return i;
}

/* (n,), (1, n), (n, 1). */
static bool is_line(const py_array *x) {
    return x->rank == 1 || (x->rank == 2 && (x->dim[0] == 1 || x->dim[1] == 1));
}

static const void *parts_owner(const gatherer *w, const void *of) {
    for (uint32_t i = 0; i < w->owners.n; i++)
        if (w->owners.at[i].dict == of) return w->owners.at[i].of;
    return of;
}

static void note_owner(gatherer *w, const py_event *e) {
    if (e->of && e->value.kind == PY_DICT && parts_owner(w, e->value.dict) == e->value.dict)
        vec_push(w->a, &w->owners, (gather_owner){e->value.dict, e->of});
}

/* Arrays that are given to an object or a dict, and are no gradients by name. */
static bool may_be_part(const gatherer *w, const py_event *e) {
    int rank = e->value.kind == PY_ARRAY ? e->value.array->rank : 0;
    return e->of && (rank == 1 || rank == 2) && e->how != 'a' && py_event_names(e) &&
           !name_is_backward(gather_event_name(w, e)) &&
           !name_is_backward(symbols_name(&w->r->names, e->name));
}

static void note_part(gatherer *w, const py_event *e) {
    const char *name = gather_event_name(w, e);
    if (!may_be_part(w, e)) return;
    bool open = name_says_nothing(name), bias = open ? is_line(e->value.array) : name_is_bias(name);
    bool weight = !bias && e->value.array->rank == 2 && (open || name_is_weight(name));
    const gather_part own = {parts_owner(w, e->of), name};
    if (weight && part_of(w->weight_parts.at, w->weight_parts.n, own.of, name) == w->weight_parts.n)
        vec_push(w->a, &w->weight_parts, own);
    if (bias && part_of(w->bias_parts.at, w->bias_parts.n, own.of, name) == w->bias_parts.n)
        vec_push(w->a, &w->bias_parts, own);
}

void parts_note(gatherer *w) {
    for (uint32_t i = w->begin; i < w->r->trace.list.n; i++) note_owner(w, gather_event(w, i));
    for (uint32_t i = w->begin; i < w->r->trace.list.n; i++) note_part(w, gather_event(w, i));
    if (w->weight_parts.n != w->layers.weights.n) w->weight_parts.n = 0;
    if (w->bias_parts.n != w->layers.biases.n || !w->weight_parts.n) w->bias_parts.n = 0;
}

var_id parts_parameter(const gatherer *w, const py_event *e) {
    const char *name = gather_event_name(w, e);
    const void *of = parts_owner(w, e->of);
    if (!e->of) return 0;
    uint32_t k = part_of(w->weight_parts.at, w->weight_parts.n, of, name);
    if (k < w->weight_parts.n) return w->layers.weights.at[k];
    k = part_of(w->bias_parts.at, w->bias_parts.n, of, name);
    return k < w->bias_parts.n ? w->layers.biases.at[k] : 0;
}

/* The one part of an object; n: it has none, or several. */
static uint32_t only_part(const gather_part *at, uint32_t n, const void *of) {
    uint32_t found = n;
    for (uint32_t i = 0; i < n; i++) {
        if (at[i].of != of) continue;
        if (found < n) return n;
        found = i;
    }
    return found;
}

/* Do weights, or biases, speak from a name on the way back: dW, weights_error, db? */
static bool says(const char *name, char own, char other) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    return strchr(plain, own) && !strchr(plain, other);
}

/* The part of the object whose gradient a name is: by its letter, or as the only one there. n: none. */
static uint32_t part_by_name(const gather_part *at, uint32_t n, const void *of, const char *name, char own,
                             char other) {
    uint32_t k = only_part(at, n, of);
    return k < n && (says(name, own, other) || name_says_nothing(at[k].name)) ? k : n;
}

var_id parts_gradient(const gatherer *w, const py_event *e) {
    const char *name = gather_event_name(w, e), *list = symbols_name(&w->r->names, e->name);
    const void *of = e->of ? parts_owner(w, e->of) : e->self;
    if (!of || !w->weight_parts.n || !(name_is_backward(name) || name_is_backward(list))) return 0;
    uint32_t k = part_by_name(w->weight_parts.at, w->weight_parts.n, of, name, 'w', 'b');
    if (k < w->weight_parts.n) return w->layers.weights.at[k];
    k = part_by_name(w->bias_parts.at, w->bias_parts.n, of, name, 'b', 'w');
    return k < w->bias_parts.n ? w->layers.biases.at[k] : 0;
}

bool parts_has(const gatherer *w, const py_event *e) {
    const void *of = parts_owner(w, e->of);
    uint32_t    own = 0;
    for (uint32_t i = 0; e->of && i < w->weight_parts.n; i++) own += w->weight_parts.at[i].of == of;
    return own && own < w->weight_parts.n;
}

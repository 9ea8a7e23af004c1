/* Which of a program's names are the model's parameters, as far as they tell it themselves, and where it
 * changes them. */
#include "teach/judge/parameters.h"

#include <string.h>

#include "teach/judge/code.h"
#include "teach/judge/parts.h"

matrix gather_matrix(arena *a, py_value x, bool turned) {
    matrix none = {0};
    if (py_is_number(x)) {
        double *at = arena_new(a, sizeof *at);
        if (at) *at = py_as_double(x);
        return (matrix){1, 1, at};
    }
    if (x.kind != PY_ARRAY || x.array->rank > 2 || py_array_size(x.array) == 0) return none;
    const py_array *v = x.array;
    size_t          n = (size_t)py_array_size(v), cols = v->rank == 2 ? (size_t)v->dim[1] : 1;
    matrix          m = {n / cols, cols, arena_new(a, n * sizeof(double))};
    if (!m.at) return none;
    for (size_t i = 0; i < n; i++) m.at[i] = py_array_get(v, (int64_t)i);
    if (!turned || v->rank != 2) return m;
    matrix t = {m.cols, m.rows, arena_new(a, n * sizeof(double))};
    if (!t.at) return none;
    for (size_t i = 0; i < n; i++) t.at[i % cols * t.cols + i / cols] = m.at[i];
    return t;
}

uint32_t gather_number(const gatherer *w, var_id v) {
    const derivation *d = &w->c->s->right;
    uint32_t          i = 0;
    while (i < d->list.n && d->list.at[i].var != v) i++;
    return i;
}

var_id gather_alias_of(const gatherer *w, sym name) {
    for (uint32_t i = 0; name && i < w->aliases.n; i++)
        if (w->aliases.at[i].name == name) return w->aliases.at[i].of;
    return 0;
}

/* A list or dict of n parameters with an element n counts from 1. */
static void note_bases(gatherer *w) {
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        uint32_t        n = name_elements(&w->layers, symbols_name(&w->r->names, e->name)), k = 0;
        if (e->key.kind != PY_INT || !n || e->how == 'a') continue;
        while (k < w->bases.n && w->bases.at[k].name != e->name) k++;
        if (k == w->bases.n) vec_push(w->a, &w->bases, (gather_base){e->name, 0});
        if (k < w->bases.n && e->key.whole == n) w->bases.at[k].base = 1;
    }
}

int gather_base_of(const gatherer *w, sym name) {
    for (uint32_t k = 0; k < w->bases.n; k++)
        if (w->bases.at[k].name == name) return w->bases.at[k].base;
    return 0;
}

/* grads["W2"], dparams["W2"]. */
bool gather_is_in_gradients(const gatherer *w, const py_event *e) {
    const char *list = symbols_name(&w->r->names, e->name);
    return e->key.kind == PY_STRING && (strlen(list) > 1 ? name_is_backward(list) : *list == 'g');
}

/* Zeros for each parameter, beside the parameters: what momentum or Adam remember. */
static bool is_state(const gatherer *w, const py_event *e) {
    for (uint32_t i = 0; e->of && i < w->states.n; i++)
        if (w->states.at[i] == e->of) return true;
    return false;
}

/* The weight that an entry of a dict is called as; 0: none. */
static var_id weight_by_key(const gatherer *w, const py_event *e) {
    if (!e->of || e->key.kind != PY_STRING || e->value.kind != PY_ARRAY) return 0;
    if (gather_is_in_gradients(w, e)) return 0;
    var_id v = name_variable_in(w->c->s->m, &w->layers, e->key.text->at);
    for (uint32_t k = 0; v && k < w->layers.weights.n; k++)
        if (w->layers.weights.at[k] == v) return v;
    return 0;
}

/* Its first entry for this weight was no zeros? */
static bool begins_with_numbers(const gatherer *w, const void *of, var_id v) {
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        if (e->of != of || weight_by_key(w, e) != v) continue;
        matrix x = gather_matrix(w->a, e->value, false);
        return !matrix_same(x, x, 0);
    }
    return false;
}

static void note_states(gatherer *w) {
    const void *numbers = NULL; /* a dict of weights that are no zeros */
    for (uint32_t i = 0; i < w->r->trace.list.n && !numbers; i++) {
        const py_event *e = gather_event(w, i);
        var_id          v = weight_by_key(w, e);
        if (v && begins_with_numbers(w, e->of, v)) numbers = e->of;
    }
    for (uint32_t i = 0; i < w->r->trace.list.n && numbers; i++) {
        const py_event *e = gather_event(w, i);
        var_id          v = weight_by_key(w, e);
        bool            zeros = v && e->of != numbers && !begins_with_numbers(w, e->of, v);
        if (zeros && !is_state(w, e)) vec_push(w->a, &w->states, e->of);
    }
}

/* The parameter that an assignment's target stands for; 0: none. */
var_id gather_parameter_of(const gatherer *w, const py_event *e) {
    const model *m = w->c->s->m;
    const char  *name = gather_event_name(w, e);
    if (e->how == 'a' || !py_event_names(e) || gather_is_in_gradients(w, e) || is_state(w, e)) return 0;
    if (e->key.kind == PY_INT) {
        const char *list = symbols_name(&w->r->names, e->name);
        bool        named = !name_is_backward(list) && (name_is_weight(list) || name_is_bias(list));
        return named ? name_element(&w->layers, list, e->key.whole, gather_base_of(w, e->name)) : 0;
    }
    var_id v = name_variable_in(m, &w->layers, name);
    if (v) return ir_var(&m->g, v)->kind == VAR_PARAM ? v : 0;
    v = gather_alias_of(w, e->name);
    return v ? v : parts_parameter(w, e);
}

static bool is_name(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return n->name == name && (n->kind == E_NAME || n->kind == E_ATTRIBUTE);
}

bool gather_is_from_elsewhere(const gatherer *w, const py_event *e) {
    const py_node *n = e->node;
    bool           all =
        n && n->kind == S_ASSIGN && n->a->kind == E_CALL && n->list.at[0]->kind == E_TUPLE;
    return all && !code_any_node(w->r, n->a, e->name, is_name);
}

/* x -= .., and what is set where there was something of the kind. */
static bool is_set_anew(const gatherer *w, const py_event *e, bool numbers) {
    bool set = (e->how == '=' || e->how == 'i') && (e->before.kind == PY_ARRAY || numbers);
    return (set || e->how == '+' || e->how == '-') && !gather_is_from_elsewhere(w, e) &&
           (e->before.kind == e->value.kind || numbers);
}

bool gather_is_update(const gatherer *w, const py_event *e) {
    bool numbers = py_is_number(e->before) && py_is_number(e->value);
    if (!is_set_anew(w, e, numbers) || !gather_parameter_of(w, e)) return false;
    matrix x = gather_matrix(w->a, e->before, false), y = gather_matrix(w->a, e->value, false);
    return x.at && y.at && x.rows == y.rows && x.cols == y.cols && !matrix_same(x, y, 1);
}

bool gather_is_again(const py_event *x, const py_event *y) {
    return x->frame == y->frame && x->line == y->line && x->name == y->name;
}

/* The last update before a parameter is updated once more; w->to: there is none. */
static uint32_t last_update(gatherer *w, uint32_t first) {
    bool    *seen = arena_new(w->a, w->c->s->right.list.n + 1);
    uint32_t last = first;
    for (uint32_t i = first; i < w->to && seen; i++) {
        if (!gather_is_update(w, gather_event(w, i))) continue;
        uint32_t number = gather_number(w, gather_parameter_of(w, gather_event(w, i)));
        if (seen[number]) break;
        seen[number] = true;
        last = i;
    }
    return last;
}

/* The first round of training ends where, behind its updates, something is done again in the same call. */
void gather_find_end(gatherer *w) {
    uint32_t update = w->from;
    while (update < w->to && !gather_is_update(w, gather_event(w, update))) update++;
    for (uint32_t i = last_update(w, update) + 1; i < w->to; i++)
        for (uint32_t k = w->from; k < update; k++)
            if (gather_is_again(gather_event(w, i), gather_event(w, k))) {
                w->to = i;
                return;
            }
}

void gather_note_parameters(gatherer *w) {
    note_bases(w);
    note_states(w);
}

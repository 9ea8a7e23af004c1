/* Which of a program's variables are the parameters where their names do not tell: those that it updates, or
 * with which an object is made, by their shapes and in their order. */
#include "teach/judge/aliases.h"

#include <string.h>

enum { MOST_ALIASES = 24 };

typedef struct alias {
    sym      name;
    py_value value; /* as it was first */
    bool     taken;
} alias;

typedef struct aliases {
    alias    at[MOST_ALIASES];
    uint32_t n;
    struct {
        dim    d;
        size_t n;
    } size[2 * MOST_ALIASES]; /* what dimensions are here */
    uint32_t sizes;
} aliases;

static bool is_array(const py_event *e) {
    return e->value.kind == PY_ARRAY && (e->value.array->rank == 1 || e->value.array->rank == 2);
}

/* x = .., self.x = .., x -= ..: no entry, and nothing on the way back. */
static bool may_be_parameter(const gatherer *w, const py_event *e) {
    const char *name = symbols_name(&w->r->names, e->name);
    bool        set = e->how == '=' || e->how == '-' || e->how == '+';
    return set && e->key.kind == PY_NONE && is_array(e) && *name && (!name[1] || !name_is_backward(name));
}

static bool mentions(const py_node *n, sym name) {
    return n && ((n->kind == E_NAME && n->name == name) || (n->kind == E_ATTRIBUTE && n->name == name));
}

/* x -= .., x = x - ..: what it was, and something else. */
static bool is_changed(const py_event *e) {
    const py_node *to = e->node && e->node->kind == S_ASSIGN ? e->node->a : NULL;
    bool           sum = to && to->kind == E_BINARY && (to->op == '+' || to->op == '-');
    return e->before.kind == PY_ARRAY && py_array_size(e->before.array) == py_array_size(e->value.array) &&
           (e->how != '=' || (sum && (mentions(to->a, e->name) || mentions(to->b, e->name))));
}

static bool is_made_with(const gatherer *w, const py_event *e) {
    return e->self && e->of == e->self && e->function &&
           strcmp(symbols_name(&w->r->names, e->function), "__init__") == 0;
}

static bool is_falling(const py_event *e) {
    return e->how == '-' || (e->how == '=' && e->node->a->op == '-');
}

static bool is_zero(const py_array *x) {
    for (int64_t i = 0, n = py_array_size(x); i < n; i++)
        if (py_array_get(x, i) != 0) return false;
    return true;
}

/* Zeros to which something is only added are a sum. */
static bool is_updated(const gatherer *w, sym name, py_value first) {
    bool zeros = is_zero(first.array);
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        bool            changed = e->name == name && may_be_parameter(w, e) && is_changed(e);
        if (changed && (!zeros || is_falling(e))) return true;
    }
    return false;
}

/* The names, in the order in which they are first given a value. */
static void collect(const gatherer *w, bool updated, aliases *out) {
    out->n = 0;
    for (uint32_t i = 0; i < w->r->trace.list.n && out->n < MOST_ALIASES; i++) {
        const py_event *e = gather_event(w, i);
        uint32_t        k = 0;
        if (!may_be_parameter(w, e)) continue;
        while (k < out->n && out->at[k].name != e->name) k++;
        py_value first = e->before.kind == PY_ARRAY ? e->before : e->value;
        if (k < out->n || (updated ? !is_updated(w, e->name, first) : !is_made_with(w, e))) continue;
        out->at[out->n++] = (alias){e->name, first, false};
    }
}

static bool fits_dim(aliases *x, dim d, size_t n) {
    if (!dim_is_named(d)) return (d ? d : 1) == n;
    for (uint32_t i = 0; i < x->sizes; i++)
        if (x->size[i].d == d) return x->size[i].n == n;
    if (x->sizes == 2 * MOST_ALIASES) return false;
    x->size[x->sizes].d = d;
    x->size[x->sizes++].n = n;
    return true;
}

/* Has it the parameter's shape, with the sizes that are known by now? */
static bool fits(const gatherer *w, aliases *x, var_id v, py_value value) {
    const py_array *a = value.array;
    shape           sh = ir_var(w->c->s->g, v)->sh;
    uint32_t        before = x->sizes;
    size_t          n = (size_t)py_array_size(a);
    bool            row = (sh.rows ? sh.rows : 1) == 1;
    size_t rows = a->rank == 1 ? (row ? 1 : n) : (size_t)a->dim[w->view.turned ? 1 : 0];
    size_t cols = a->rank == 1 ? (row ? n : 1) : (size_t)a->dim[w->view.turned ? 0 : 1];
    bool   same = fits_dim(x, sh.rows, rows) && fits_dim(x, sh.cols, cols);
    if (!same) x->sizes = before;
    return same;
}

/* A name for each of the list, in order; false: for one there is none. */
static bool choose(const gatherer *w, aliases *x, const var_id *at, uint32_t n, int least, sym *names) {
    uint32_t from = 0;
    for (uint32_t k = 0; k < n; k++) {
        uint32_t i = from;
        while (i < x->n && (x->at[i].taken || x->at[i].value.array->rank < least ||
                            !fits(w, x, at[k], x->at[i].value)))
            i++;
        if (i == x->n) return false;
        x->at[i].taken = true;
        names[k] = x->at[i].name;
        from = i + 1;
    }
    return true;
}

void aliases_note(gatherer *w) {
    const name_layers *l = &w->layers;
    if (w->weights.n || l->weights.n > MOST_ALIASES || l->biases.n > MOST_ALIASES) return;
    for (int pass = 0; pass < 2; pass++) {
        aliases x = {.n = 0};
        sym     weights[MOST_ALIASES], biases[MOST_ALIASES];
        collect(w, pass == 0, &x);
        if (pass == 1 && x.n != l->weights.n + l->biases.n) continue;
        if (!choose(w, &x, l->weights.at, l->weights.n, 2, weights)) continue;
        if (!choose(w, &x, l->biases.at, l->biases.n, 1, biases)) continue;
        w->weights.n = w->biases.n = 0;
        for (uint32_t k = 0; k < l->weights.n; k++) vec_push(w->a, &w->weights, weights[k]);
        for (uint32_t k = 0; k < l->biases.n; k++) vec_push(w->a, &w->biases, biases[k]);
        return;
    }
}

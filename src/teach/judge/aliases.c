/* Which of a program's variables are the parameters where their names do not tell: those that it updates, or
 * with which an object is made, by their shapes and in their order. */
#include "teach/judge/aliases.h"
#include "teach/judge/code.h"
#include "teach/judge/parameters.h"

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

static bool is_mention(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return (n->kind == E_NAME || n->kind == E_ATTRIBUTE) && n->name == name;
}

/* x -= .., x = x - ..: what it was, and something else. */
static bool is_changed(const py_event *e) {
    const py_node *to = e->node && e->node->kind == S_ASSIGN ? e->node->a : NULL;
    bool           sum = to && to->kind == E_BINARY && (to->op == '+' || to->op == '-');
    return e->before.kind == PY_ARRAY && py_array_size(e->before.array) == py_array_size(e->value.array) &&
           (e->how != '=' || (sum && (is_mention(NULL, to->a, e->name) || is_mention(NULL, to->b, e->name))));
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

/* z = X @ w + b, before b changes: what is used so is no sum. */
static bool is_used_first(const gatherer *w, sym name) {
    bool made = false;
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        bool            own = e->name == name && may_be_parameter(w, e);
        if (own && is_changed(e)) return false;
        made = made || own;
        if (made && !own && e->node && e->node->kind == S_ASSIGN && e->how == '=' &&
            code_any_node(w->r, e->node->a, name, is_mention))
            return true;
    }
    return false;
}

/* Zeros to which something is only added are a sum, where nothing was made of them before. */
static bool is_updated(const gatherer *w, sym name, py_value first) {
    bool zeros = is_zero(first.array);
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        bool            changed = e->name == name && may_be_parameter(w, e) && is_changed(e);
        if (changed && (!zeros || is_falling(e) || is_used_first(w, name))) return true;
    }
    return false;
}

/* The value with which a variable begins; None: it never is an array. */
static py_value first_value(const gatherer *w, sym name) {
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        if (e->name == name && may_be_parameter(w, e))
            return e->before.kind == PY_ARRAY ? e->before : e->value;
    }
    return (py_value){.kind = PY_NONE};
}

static void keep_updated(const gatherer *w, sym *names, uint32_t *n) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < *n; i++) {
        py_value first = first_value(w, names[i]);
        if (first.kind == PY_ARRAY && is_updated(w, names[i], first)) names[kept++] = names[i];
    }
    *n = kept;
}

/* The names, in the order in which they are first given a value. */
static void collect(const gatherer *w, bool updated, aliases *out) {
    out->n = 0;
    for (uint32_t i = 0; i < w->r->trace.list.n && out->n < MOST_ALIASES; i++) {
        const py_event *e = gather_event(w, i);
        uint32_t        k = 0;
        if (!may_be_parameter(w, e) || gather_parameter_of(w, e)) continue;
        while (k < out->n && out->at[k].name != e->name) k++;
        py_value first = first_value(w, e->name);
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

/* Does a name of the program tell of the parameter? What it has there says how large some dimensions are. */
static bool is_told(const gatherer *w, var_id v, aliases *sizes) {
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        if (gather_parameter_of(w, e) != v || gather_is_from_elsewhere(w, e)) continue;
        if (is_array(e)) fits(w, sizes, v, e->value);
        return true;
    }
    return false;
}

/* Those of the list that no name tells of. */
static uint32_t untold(const gatherer *w, const var_id *at, uint32_t n, aliases *sizes, var_id *out) {
    uint32_t k = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!is_told(w, at[i], sizes)) out[k++] = at[i];
    return k;
}

void aliases_note(gatherer *w) {
    const name_layers *l = &w->layers;
    aliases            told = {.n = 0};
    var_id             weights[MOST_ALIASES], biases[MOST_ALIASES];
    if (l->weights.n > MOST_ALIASES || l->biases.n > MOST_ALIASES) return;
    uint32_t n = untold(w, l->weights.at, l->weights.n, &told, weights),
             k = untold(w, l->biases.at, l->biases.n, &told, biases);
    for (int pass = 0; n + k && pass < 2; pass++) {
        aliases all = told;
        sym     of_weights[MOST_ALIASES], of_biases[MOST_ALIASES];
        collect(w, pass == 0, &all);
        if (pass == 1 && all.n != n + k) continue;
        bool weights_fit = choose(w, &all, weights, n, 2, of_weights);
        if (!weights_fit || !choose(w, &all, biases, k, 1, of_biases)) continue;
        for (uint32_t i = 0; i < n + k; i++) {
            gather_alias x = i < n ? (gather_alias){of_weights[i], weights[i]}
                                   : (gather_alias){of_biases[i - n], biases[i - n]};
            vec_push(w->a, &w->aliases, x);
        }
        return;
    }
}

/* ------------------------------------------------------------ by their names */

/* (n, k); (n,) of a single unit. */
static bool may_be_weight(const gatherer *w, const py_event *e) {
    int rank = e->value.kind == PY_ARRAY ? e->value.array->rank : 0;
    return rank == 2 || (rank == 1 && w->layers.weights.n == 1);
}

/* An array; a number of a single unit. */
static bool may_be_bias(const gatherer *w, const py_event *e) {
    if (e->value.kind == PY_ARRAY) return e->value.array->rank >= 1;
    return w->layers.biases.n == 1 && py_is_number(e->value);
}

typedef struct name_list {
    VEC(sym) of;
} name_list;

static void list_name(const gatherer *w, name_list *list, sym name) {
    for (uint32_t i = 0; i < list->of.n; i++)
        if (list->of.at[i] == name) return;
    vec_push(w->a, &list->of, name);
}

/* As many names as there are parameters stand for these. Of more those count that are updated: b1, b2, and
 * not bx. */
static void take_as_many(gatherer *w, name_list *list, const var_id *at, uint32_t n) {
    if (list->of.n > n) keep_updated(w, list->of.at, &list->of.n);
    for (uint32_t i = 0; list->of.n == n && i < n; i++)
        vec_push(w->a, &w->aliases, (gather_alias){list->of.at[i], at[i]});
}

/* x = X[i]: the same line makes it anew in each round of a loop. */
static bool is_of_a_round(const gatherer *w, uint32_t event) {
    const py_event *e = gather_event(w, event);
    if (e->how != '=' || !e->frame) return false;
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *x = gather_event(w, i);
        if (i != event && x->name == e->name && x->frame == e->frame && x->line == e->line && x->how == '=')
            return !e->node || !code_any_node(w->r, e->node->a, e->name, is_mention);
    }
    return false;
}

/* Names that are no name of the model, but may be of its parameters, in the order in which they appear. */
void aliases_by_name(gatherer *w) {
    name_list weights = {{0}}, biases = {{0}};
    for (uint32_t i = 0; i < w->r->trace.list.n; i++) {
        const py_event *e = gather_event(w, i);
        const char     *name = symbols_name(&w->r->names, e->name);
        if (!e->name || e->how == 'a' || name_is_backward(name)) continue;
        if (!may_be_bias(w, e) || is_of_a_round(w, i)) continue;
        if (may_be_weight(w, e) && name_is_weight(name)) list_name(w, &weights, e->name);
        if (may_be_bias(w, e) && name_is_bias(name)) list_name(w, &biases, e->name);
    }
    take_as_many(w, &weights, w->layers.weights.at, w->layers.weights.n);
    take_as_many(w, &biases, w->layers.biases.at, w->layers.biases.n);
}

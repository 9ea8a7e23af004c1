/* Programs set going. The parameters of their functions are bound by what they are called. */
#include "teach/judge/drive.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* -------------------------------------------------------- values for programs */

static py_value array_of(drive *d, matrix m, bool turned, bool flat) {
    py_run   *r = d->r;
    int64_t   dim[2] = {(int64_t)(turned ? m.cols : m.rows), (int64_t)(turned ? m.rows : m.cols)};
    py_array *x = py_array_new(r, PY_OF_FLOAT, 2, dim);
    if (!x) return py_none();
    for (size_t i = 0; i < m.rows; i++)
        for (size_t j = 0; j < m.cols; j++)
            x->at[turned ? j * m.rows + i : i * m.cols + j] = m.at[i * m.cols + j];
    int64_t all = -1;
    return py_of_array(flat ? py_array_reshape(r, x, 1, &all) : x);
}

/* Labels as whole numbers: the class of each example, or 0 and 1. */
static py_value whole_labels(drive *d, matrix y, bool columns) {
    size_t    m = columns ? y.cols : y.rows, k = columns ? y.rows : y.cols;
    int64_t   dim[1] = {(int64_t)m};
    py_array *x = py_array_new(d->r, PY_OF_INT, 1, dim);
    for (size_t i = 0; x && i < m; i++) {
        size_t best = 0;
        for (size_t j = 1; j < k; j++)
            if (y.at[columns ? j * m + i : i * k + j] > y.at[columns ? best * m + i : i * k + best]) best = j;
        x->at[i] = k == 1 ? y.at[i] : (double)best;
    }
    return py_of_array(x);
}

/* Which units a mask lets through, as 0 and 1. */
static py_value on_and_off(drive *d, var_id mask) {
    matrix m = d->c->value[mask], x = {m.rows, m.cols, arena_new(&d->r->a, m.rows * m.cols * sizeof(double))};
    for (size_t i = 0; x.at && i < m.rows * m.cols; i++) x.at[i] = m.at[i] != 0;
    return x.at ? array_of(d, x, d->view.turned, false) : py_none();
}

/* In the course A1 is what was dropped, and D1 the mask. *mask: it is that. */
static var_id in_course(const drive *d, var_id v, bool *mask) {
    *mask = false;
    for (uint32_t i = 0; d->view.course && i < d->masks.list.n; i++) {
        const case_mask *k = &d->masks.list.at[i];
        if (v == k->operand) return k->result;
        if (v != k->result) continue;
        *mask = true;
        return k->mask;
    }
    return v;
}

static bool is_weight(const drive *d, var_id v) {
    for (uint32_t i = 0; i < d->layers.weights.n; i++)
        if (d->layers.weights.at[i] == v) return true;
    return false;
}

/* Is it handed out as (n,)? */
static bool is_flat(const drive *d, var_id v) {
    const variable *x = ir_var(d->c->s->g, v);
    matrix          m = d->c->value[v];
    bool            line = (m.rows == 1 || m.cols == 1) && d->view.flat;
    if (x->kind == VAR_LABEL && d->view.labels == LABELS_FLAT) return true;
    if (x->kind == VAR_PARAM) return line && (d->layers.weights.n == 1 || !is_weight(d, v));
    return line && d->c->examples == 1;
}

static py_value value_of(drive *d, var_id v) {
    const ir *g = d->c->s->g;
    bool      mask;
    v = in_course(d, v, &mask);
    if (mask) return on_and_off(d, v);
    const variable *x = ir_var(g, v);
    matrix          m = d->c->value[v];
    if (!m.at) return py_none();
    if (shape_is_scalar(x->sh)) return py_float(m.at[0]);
    bool columns = x->sh.cols == d->c->s->m->examples;
    if (x->kind == VAR_LABEL && d->view.labels == LABELS_WHOLE) return whole_labels(d, m, columns);
    return array_of(d, m, d->view.turned, is_flat(d, v));
}

static var_id first_of(const drive *d, var_kind kind) {
    const ir *g = d->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == kind) return v;
    return 0;
}

static var_id predicted(const drive *d) {
    const model *m = d->c->s->m;
    return m->predict.n ? m->predict.at[0] : 0;
}

static void put(drive *d, py_value dict, const char *name, py_value value) {
    if (value.kind != PY_NONE) py_dict_set(d->r, dict.dict, py_string_of(d->r, name), value);
}

/* W0 for W1 where the program counts from 0. */
static const char *own_name(const drive *d, var_id v) {
    const char *name = ir_var_name(d->c->s->g, v), *text = name;
    size_t      n = strlen(name);
    if (!d->layers.from_zero || ir_var(d->c->s->g, v)->kind != VAR_PARAM || n < 2) return name;
    if (name[n - 1] >= '1' && name[n - 1] <= '9' && !(name[n - 2] >= '0' && name[n - 2] <= '9'))
        text = arena_format(&d->r->a, "%.*s%c", (int)(n - 1), name, name[n - 1] - 1);
    return text ? text : name;
}

/* A dict of the variables of some kinds, by their names. */
static py_value dict_of(drive *d, bool parameters, bool computed) {
    const ir *g = d->c->s->g;
    py_value  all = py_new_dict(d->r);
    for (var_id v = 1; v < g->vars.n; v++) {
        uint8_t kind = ir_var(g, v)->kind;
        if ((parameters && kind == VAR_PARAM) || (computed && kind == VAR_DEFINED))
            put(d, all, own_name(d, v), value_of(d, v));
    }
    if (computed) put(d, all, "A0", value_of(d, first_of(d, VAR_INPUT)));
    if (computed) put(d, all, "X", value_of(d, first_of(d, VAR_INPUT)));
    return all;
}

/* The course's caches: for each layer ((A_prev, W, b), Z). */
static py_value caches_of(drive *d) {
    const model *m = d->c->s->m;
    py_value     all = py_new_list(d->r, PY_LIST, NULL, 0);
    for (uint32_t l = 0; l < d->layers.weights.n; l++) {
        char   name[20];
        var_id z, a;
        snprintf(name, sizeof name, "Z%u", l + 1);
        z = name_variable(m, d->layers.weights.n == 1 && !name_variable(m, name) ? "Z" : name);
        snprintf(name, sizeof name, "A%u", l);
        a = l ? name_variable(m, name) : first_of(d, VAR_INPUT);
        if (!z || !a || l >= d->layers.biases.n) return py_none();
        py_value linear[3] = {value_of(d, a), value_of(d, d->layers.weights.at[l]),
                              value_of(d, d->layers.biases.at[l])};
        py_value both[2] = {py_new_list(d->r, PY_TUPLE, linear, 3), value_of(d, z)};
        py_push(d->r, all.list, py_new_list(d->r, PY_TUPLE, both, 2));
    }
    return all;
}

/* ----------------------------------------------------------- looking at code */

/* (Z1, A1, ..) = cache: the names of the first such statement of a function. */
static const py_node *unpacked_from(const py_callable *f, sym name) {
    if (f->def->kind != S_DEF) return NULL;
    for (uint32_t i = 0; i < f->def->b->list.n; i++) {
        const py_node *n = f->def->b->list.at[i];
        if (n->kind == S_ASSIGN && n->a->kind == E_NAME && n->a->name == name &&
            n->list.at[0]->kind == E_TUPLE)
            return n->list.at[0];
    }
    return NULL;
}

typedef bool (*node_test)(const py_run *r, const py_node *n, sym name);

/* Does any part of the code pass the test? */
static bool any_node(const py_run *r, const py_node *n, sym name, node_test test) {
    if (!n) return false;
    if (test(r, n, name) || any_node(r, n->a, name, test) || any_node(r, n->b, name, test) ||
        any_node(r, n->c, name, test))
        return true;
    for (uint32_t i = 0; i < n->list.n; i++)
        if (any_node(r, n->list.at[i], name, test)) return true;
    return false;
}

static bool is_indexed(const py_node *n, sym name) {
    return n->kind == E_INDEX && n->a->kind == E_NAME && n->a->name == name;
}

/* x["A" + str(l)], x[f"A{l}"], x["A%d" % l]. */
static bool is_indexed_by_text(const py_run *r, const py_node *n, sym name) {
    (void)r;
    if (!is_indexed(n, name)) return false;
    const py_node *key = n->b;
    while (key->kind == E_BINARY) key = key->a;
    return key->kind == E_STRING || key->kind == E_FORMAT ||
           (key->kind == E_CALL && key->a->kind == E_ATTRIBUTE && key->a->a->kind == E_STRING);
}

/* for x, y in data: pairs are wanted. */
static bool is_looped_in_pairs(const py_run *r, const py_node *n, sym name) {
    (void)r;
    bool pairs = n->kind == S_FOR && n->a->kind == E_TUPLE && n->a->list.n == 2;
    return pairs && n->b->kind == E_NAME && n->b->name == name;
}

/* x[t + 1]. */
static bool is_indexed_ahead(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return is_indexed(n, name) && n->b->kind == E_BINARY && n->b->op == '+';
}

static py_value tuple_by_names(drive *d, const py_node *names) {
    py_value all = py_new_list(d->r, PY_TUPLE, NULL, 0);
    for (uint32_t i = 0; i < names->list.n; i++) {
        const char *name =
            names->list.at[i]->kind == E_NAME ? symbols_name(&d->r->names, names->list.at[i]->name) : "";
        var_id v = name_variable_in(d->c->s->m, &d->layers, name);
        py_push(d->r, all.list, v ? value_of(d, v) : py_none());
    }
    return all;
}

static bool is_forward_name(const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    if (strstr(plain, "back")) return false;
    return strstr(plain, "forward") || strstr(plain, "feed") || strstr(plain, "fprop") ||
           strstr(plain, "predict") || strcmp(plain, "fwd") == 0;
}

static bool is_backward_name(const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    return strstr(plain, "back") || strstr(plain, "grad") || strstr(plain, "bprop");
}

static bool calls(const py_run *r, const py_node *n, const char *name);

static bool any_calls(const py_run *r, py_node *const *list, uint32_t n, const char *name) {
    for (uint32_t i = 0; i < n; i++)
        if (list[i] && calls(r, list[i], name)) return true;
    return false;
}

/* Does code call a function or method of that name? Trees are not deep: the parser sees to that. */
static bool calls(const py_run *r, const py_node *n, const char *name) {
    py_node *const parts[] = {n->a, n->b, n->c};
    bool           named = n->kind == E_CALL && (n->a->kind == E_NAME || n->a->kind == E_ATTRIBUTE);
    if (named && strcmp(symbols_name(&r->names, n->a->name), name) == 0) return true;
    return any_calls(r, parts, 3, name) || any_calls(r, n->list.at, n->list.n, name);
}

static bool is_name(const py_run *r, const py_node *n, sym name) {
    (void)r;
    return n->kind == E_NAME && n->name == name;
}

/* X[:, i], y[i]: one example of the data. */
static bool is_one_of_data(const py_run *r, const py_node *n, sym i) {
    if (n->kind != E_INDEX || (n->a->kind != E_NAME && n->a->kind != E_ATTRIBUTE)) return false;
    name_role role = name_role_of(symbols_name(&r->names, n->a->name));
    return (role == ROLE_INPUT || role == ROLE_LABEL) && any_node(r, n->b, i, is_name);
}

/* Does a loop body call it with one example, or with what was made of one just before? */
static bool calls_with_one(const py_run *r, const py_node *loop, const char *name) {
    const py_node *of = loop->b;
    bool           strides = of->kind == E_CALL && of->list.n > 2; /* mini-batches */
    return loop->a->kind == E_NAME && !strides && calls(r, loop->list.at[0], name) &&
           any_node(r, loop->list.at[0], loop->a->name, is_one_of_data);
}

/* Is there a loop over pairs (for x, y in ..), or one over places (X[:, i]), in which it is called? */
static bool loops_over(const py_run *r, const py_node *n, const char *name) {
    py_node *const parts[] = {n->a, n->b, n->c};
    bool           loop = n->kind == S_FOR && n->list.n;
    bool           pairs = loop && n->a->kind == E_TUPLE && n->a->list.n == 2;
    if (pairs && n->b->kind != E_CALL && calls(r, n->list.at[0], name)) return true;
    if (loop && calls_with_one(r, n, name)) return true;
    for (int i = 0; i < 3; i++)
        if (parts[i] && loops_over(r, parts[i], name)) return true;
    for (uint32_t i = 0; i < n->list.n; i++)
        if (n->list.at[i] && loops_over(r, n->list.at[i], name)) return true;
    return false;
}

bool drive_takes_one(const py_run *r, const py_node *program, const char *name) {
    return program && loops_over(r, program, name);
}

/* ------------------------------------------------------------- arguments */

static bool    bind(drive *d, const py_callable *f, const py_node *p, py_value forward, py_value *out);
static int64_t layer_size(const drive *d, uint32_t l);

static bool is_size(name_role role) {
    return role == ROLE_NONE || role == ROLE_N_IN || role == ROLE_N_HIDDEN || role == ROLE_N_OUT;
}

static bool is_self(const drive *d, const py_node *p) {
    const char *name = symbols_name(&d->r->names, p->name);
    return strcmp(name, "self") == 0 || strcmp(name, "this") == 0;
}

/* (n_x, n_h1, n_h2, n_y): as many parameters for sizes as there are layers are these, in order. -1: it is
 * none. */
static int64_t size_by_place(const drive *d, const py_callable *f, const py_node *own) {
    uint32_t n = 0, at = UINT32_MAX;
    for (uint32_t i = 0; i < f->def->list.n; i++) {
        const py_node *p = f->def->list.at[i];
        const char    *name = symbols_name(&d->r->names, p->name);
        if (p->op || p->a || is_self(d, p) || !is_size(name_role_of(name)) || name_variable(d->c->s->m, name))
            continue;
        if (p == own) at = n;
        n++;
    }
    return at != UINT32_MAX && n == d->layers.weights.n + 1 ? layer_size(d, at) : -1;
}

/* The arguments of a call, by name; false: one is not known here. */
static bool bind_all(drive *d, const py_callable *f, bool method, py_value forward, py_keyword *keys,
                     uint32_t *n) {
    enum { MOST = 24 };
    *n = 0;
    for (uint32_t i = method && f->def->list.n && is_self(d, f->def->list.at[0]) ? 1 : 0; i < f->def->list.n;
         i++) {
        const py_node *p = f->def->list.at[i];
        py_value       x = py_none();
        if (p->op || *n == MOST) continue;
        int64_t size = method ? size_by_place(d, f, p) : -1;
        if (size >= 0)
            keys[(*n)++] = (py_keyword){p->name, py_int(size)};
        else if (bind(d, f, p, forward, &x))
            keys[(*n)++] = (py_keyword){p->name, x};
        else if (!p->a)
            return false;
    }
    return !d->r->failed;
}

static bool call(drive *d, py_value f, const py_callable *own, bool method, py_value forward, py_value *out,
                 py_failure *failure) {
    py_keyword keys[24];
    uint32_t   n;
    py_run    *r = d->r;
    *failure = (py_failure){.type = NULL};
    r->failed = r->stopped = false;
    if (!bind_all(d, own, method, forward, keys, &n)) {
        r->failed = r->stopped = false;
        return false;
    }
    py_ready(r);
    *out = r->call_with(r, f, NULL, 0, keys, n);
    if (r->failed) *failure = r->failure;
    py_ready(r);
    return true;
}

static bool equals_prediction(drive *d, py_value x) {
    var_id v = predicted(d);
    if (!v || x.kind != PY_ARRAY) return false;
    py_value want = value_of(d, v);
    if (want.kind != PY_ARRAY || py_array_size(want.array) != py_array_size(x.array)) return false;
    for (int64_t i = 0; i < py_array_size(x.array); i++) {
        double a = py_array_get(x.array, i), b = py_array_get(want.array, i);
        if (!(a - b < 1e-9 && b - a < 1e-9)) return false;
    }
    return true;
}

/* The program's own forward function, called: what it returns. None: there is none. */
static py_value run_forward(drive *d) {
    py_run *r = d->r;
    d->forward_failed = false;
    for (uint32_t i = 0; i < r->globals.list.n && !d->no_forward; i++) {
        py_value   f = r->globals.list.at[i].value, x;
        py_failure failure;
        if (f.kind != PY_FUNCTION || !is_forward_name(symbols_name(&r->names, r->globals.list.at[i].name)))
            continue;
        bool tracing = r->tracing;
        bool done = call(d, f, f.function, false, py_none(), &x, &failure);
        r->tracing = tracing;
        d->forward_failed = d->forward_failed || (done && failure.type);
        if (done && !failure.type &&
            (x.kind == PY_TUPLE || x.kind == PY_DICT || x.kind == PY_LIST || equals_prediction(d, x)))
            return x;
    }
    return py_none();
}

/* The part of a forward function's result that is no array: what it keeps for the way back. */
static py_value cache_of(drive *d, py_value forward) {
    if (forward.kind == PY_DICT) return forward;
    py_value found = py_none();
    for (uint32_t i = 0; (forward.kind == PY_TUPLE || forward.kind == PY_LIST) && i < forward.list->items.n;
         i++) {
        py_value x = forward.list->items.at[i];
        if (x.kind == PY_DICT || x.kind == PY_TUPLE || x.kind == PY_LIST) found = x;
    }
    bool all_arrays = forward.kind == PY_TUPLE && found.kind == PY_NONE;
    (void)d;
    return all_arrays ? forward : found;
}

static py_value prediction_from(drive *d, py_value forward) {
    for (uint32_t i = 0; (forward.kind == PY_TUPLE || forward.kind == PY_LIST) && i < forward.list->items.n;
         i++)
        if (equals_prediction(d, forward.list->items.at[i])) return forward.list->items.at[i];
    return value_of(d, predicted(d));
}

static py_value cache_for(drive *d, const py_callable *f, const py_node *p, py_value forward) {
    const char    *name = symbols_name(&d->r->names, p->name);
    const py_node *names = unpacked_from(f, p->name);
    py_value       own = cache_of(d, forward);
    if (own.kind != PY_NONE && !(names && own.kind == PY_DICT)) {
        d->handed_on = true;
        return own;
    }
    if (names) return tuple_by_names(d, names);
    if (any_node(d->r, f->def->b, p->name, is_indexed_by_text)) return dict_of(d, true, true);
    bool     list = strcmp(name, "caches") == 0 || strcmp(name, "memory") == 0;
    py_value caches = list ? caches_of(d) : py_none();
    return caches.kind != PY_NONE ? caches : dict_of(d, true, true);
}

static int64_t layer_size(const drive *d, uint32_t l) {
    const ir *g = d->c->s->g;
    if (l == 0) {
        var_id v = first_of(d, VAR_INPUT);
        matrix x = v ? d->c->value[v] : (matrix){0};
        return (int64_t)(v && ir_var(g, v)->sh.cols == d->c->s->m->examples ? x.rows : x.cols);
    }
    if (l > d->layers.weights.n) return 1;
    int64_t size = layer_size(d, 0);
    for (uint32_t k = 0; k < l; k++) { /* the weights of a layer have its size and that of the one before */
        matrix w = d->c->value[d->layers.weights.at[k]];
        size = (int64_t)((int64_t)w.rows == size ? w.cols : w.rows);
    }
    return size;
}

static double penalty(const drive *d) {
    const ir *g = d->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_CONST && name_role_of(ir_var_name(g, v)) == ROLE_PENALTY)
            return ir_var(g, v)->value;
    return 0;
}

static py_value sizes_of(drive *d) {
    py_value all = py_new_list(d->r, PY_LIST, NULL, 0);
    for (uint32_t l = 0; l <= d->layers.weights.n; l++) py_push(d->r, all.list, py_int(layer_size(d, l)));
    return all;
}

/* A mini-batch of pairs: one example each. */
static py_value pairs_of(drive *d) {
    var_id   vx = first_of(d, VAR_INPUT), vy = first_of(d, VAR_LABEL);
    py_value all = py_new_list(d->r, PY_LIST, NULL, 0);
    bool     columns = vx && ir_var(d->c->s->g, vx)->sh.cols == d->c->s->m->examples;
    for (size_t i = 0; vx && vy && i < (size_t)d->c->examples; i++) {
        matrix   x = d->c->value[vx], y = d->c->value[vy];
        py_value pair[2];
        matrix   part[2] = {x, y};
        for (int k = 0; k < 2; k++) {
            size_t    n = columns ? part[k].rows : part[k].cols;
            int64_t   dim[2] = {(int64_t)n, 1};
            py_array *v = py_array_new(d->r, PY_OF_FLOAT, d->view.flat ? 1 : 2, dim);
            for (size_t j = 0; v && j < n; j++)
                v->at[j] = part[k].at[columns ? j * part[k].cols + i : i * part[k].cols + j];
            pair[k] = py_of_array(v);
        }
        py_push(d->r, all.list, py_new_list(d->r, PY_TUPLE, pair, 2));
    }
    return all;
}

/* What is the same in every program. */
static bool by_size(drive *d, name_role role, py_value *out) {
    switch (role) {
    case ROLE_EXAMPLES:
        *out = py_int((int64_t)d->c->examples);
        return true;
    case ROLE_RATE:
        *out = py_float(0.1);
        return true;
    case ROLE_LAYERS:
        *out = sizes_of(d);
        return true;
    case ROLE_N_IN:
        *out = py_int(layer_size(d, 0));
        return true;
    case ROLE_N_HIDDEN:
        *out = py_int(layer_size(d, 1));
        return true;
    case ROLE_N_OUT:
        *out = py_int(layer_size(d, d->layers.weights.n));
        return true;
    case ROLE_ONE:
        *out = pairs_of(d);
        return true;
    default:
        return false;
    }
}

static py_value gradient_value(drive *d, uint32_t number) {
    const subject  *s = d->c->s;
    const variable *x = ir_var(s->g, s->right.list.at[number].var);
    matrix          m = d->c->right[number];
    bool            flat = x->kind == VAR_PARAM && d->view.flat && (m.rows == 1 || m.cols == 1) &&
                (d->layers.weights.n == 1 || !is_weight(d, s->right.list.at[number].var));
    return m.at ? array_of(d, m, d->view.turned, flat) : py_none();
}

/* {"dW1": .., ..} */
static py_value gradients_of(drive *d) {
    const subject *s = d->c->s;
    py_value       all = py_new_dict(d->r);
    for (uint32_t i = 0; i < s->right.list.n; i++) {
        const char *name = arena_format(&d->r->a, "d%s", own_name(d, s->right.list.at[i].var));
        if (name) put(d, all, name, gradient_value(d, i));
    }
    return all;
}

static bool gradient_by_name(drive *d, const char *name, py_value *out) {
    const subject *s = d->c->s;
    var_id         v = d->gradients ? name_gradient_in(s->m, &d->layers, name) : 0;
    for (uint32_t i = 0; v && i < s->right.list.n; i++) {
        if (s->right.list.at[i].var != v) continue;
        *out = gradient_value(d, i);
        return true;
    }
    return false;
}

static double keep_for(const drive *d, const char *name) {
    return name_keep(name, d->masks.list.n ? ir_keep(d->c->s->g, d->masks.list.at[0].mask) : 1);
}

static bool by_role(drive *d, const py_callable *f, const py_node *p, py_value forward, py_value *out) {
    name_role      role = name_role_of(symbols_name(&d->r->names, p->name));
    const py_node *names;
    switch (role) {
    case ROLE_INPUT:
        *out = value_of(d, first_of(d, VAR_INPUT));
        return true;
    case ROLE_LABEL:
        *out = value_of(d, first_of(d, VAR_LABEL));
        return true;
    case ROLE_PREDICTED:
        *out = prediction_from(d, forward);
        return true;
    case ROLE_PARAMETERS:
        names = unpacked_from(f, p->name);
        *out = names ? tuple_by_names(d, names) : dict_of(d, true, false);
        return true;
    case ROLE_GRADIENTS:
        if (!d->gradients) return false;
        *out = gradients_of(d);
        return true;
    case ROLE_CACHE:
        *out = cache_for(d, f, p, forward);
        return true;
    case ROLE_PENALTY:
        *out = py_float(penalty(d));
        return true;
    case ROLE_KEEP:
        *out = py_float(keep_for(d, symbols_name(&d->r->names, p->name)));
        return true;
    case ROLE_ROUNDS:
        *out = py_int(2);
        return true;
    case ROLE_FLAG:
        *out = py_bool(false);
        return true;
    default:
        return !p->a && by_size(d, role, out); /* a default is as good */
    }
}

/* xs, hs: what is there at each step, [X1, X2, ..], [H0, H1, ..]. None: it is no such name. */
static py_value series_of(drive *d, const py_callable *f, const py_node *p) {
    const model *m = d->c->s->m;
    char         plain[80], one[90];
    name_plain(symbols_name(&d->r->names, p->name), plain, sizeof plain);
    size_t   n = strlen(plain);
    uint32_t count = 0;
    py_value all = py_new_list(d->r, PY_LIST, NULL, 0);
    if (n < 2 || plain[n - 1] != 's') return py_none();
    for (;; count++) {
        snprintf(one, sizeof one, "%.*s%u", (int)(n - 1), plain, count + 1);
        var_id v = name_variable(m, one);
        if (!v || ir_var(&m->g, v)->kind == VAR_PARAM || !d->c->value[v].at) break;
        if (!count && ir_var(&m->g, v)->kind == VAR_DEFINED) {
            matrix   x = d->c->value[v], zeros = {x.rows, x.cols, NULL};
            zeros.at = arena_new(&d->r->a, x.rows * x.cols * sizeof(double));
            if (zeros.at) py_push(d->r, all.list, array_of(d, zeros, d->view.turned, false));
        }
        py_push(d->r, all.list, value_of(d, v));
    }
    py_list *l = all.list;
    if (l->items.n == count + 1 && !any_node(d->r, f->def->b, p->name, is_indexed_ahead)) {
        py_value first = l->items.at[0]; /* hs[t - 1], hs[-1]: what comes before all others stands last */
        for (uint32_t i = 0; i < count; i++) l->items.at[i] = l->items.at[i + 1];
        l->items.at[count] = first;
    }
    return count > 1 ? all : py_none();
}

/* What the program itself has under that name, or for that part, and is no array: layers, settings. */
static py_value own_setting(const drive *d, const py_node *p) {
    name_role role = name_role_of(symbols_name(&d->r->names, p->name));
    for (uint32_t i = 0; (role == ROLE_NONE || role == ROLE_LAYERS) && i < d->r->globals.list.n; i++) {
        const py_binding *b = &d->r->globals.list.at[i];
        bool              same = b->name == p->name ||
                    (role == ROLE_LAYERS && name_role_of(symbols_name(&d->r->names, b->name)) == role);
        if (same && (b->value.kind == PY_LIST || b->value.kind == PY_DICT || b->value.kind == PY_STRING))
            return b->value;
    }
    return py_none();
}

static bool has_parameter(const drive *d, const py_callable *f, const char *name) {
    for (uint32_t i = 0; i < f->def->list.n; i++)
        if (strcmp(symbols_name(&d->r->names, f->def->list.at[i]->name), name) == 0) return true;
    return false;
}

/* A list of examples, or of steps; None: it is no such thing. */
static py_value several_of(drive *d, const py_callable *f, const py_node *p) {
    bool pairs = f->def->kind == S_DEF && any_node(d->r, f->def->b, p->name, is_looped_in_pairs);
    return pairs ? pairs_of(d) : series_of(d, f, p);
}

static bool mask_by_name(drive *d, const char *name, py_value *out) {
    uint32_t number;
    if (!d->masks.list.n || !name_is_mask(name, &number) || number > d->masks.list.n) return false;
    var_id mask = d->masks.list.at[number ? number - 1 : 0].mask;
    *out = d->view.course ? on_and_off(d, mask) : value_of(d, mask);
    return true;
}

/* x may be another thing than X, if X is computed. */
static bool is_exact(const drive *d, var_id v, const char *name) {
    const ir *g = d->c->s->g;
    return strcmp(ir_var_name(g, v), name) == 0 || strlen(name) > 1 || ir_var(g, v)->kind <= VAR_PARAM;
}

static bool bind(drive *d, const py_callable *f, const py_node *p, py_value forward, py_value *out) {
    const char *name = symbols_name(&d->r->names, p->name);
    if (strcmp(name, "y") == 0 && has_parameter(d, f, "t")) {
        *out = prediction_from(d, forward);
        return true;
    }
    *out = several_of(d, f, p);
    if (out->kind != PY_NONE) return true;
    var_id v = name_variable_in(d->c->s->m, &d->layers, name);
    bool   has = v && ir_var(d->c->s->g, v)->kind != VAR_CONST && d->c->value[v].at;
    bool   free = name_role_of(name) == ROLE_NONE && own_setting(d, p).kind == PY_NONE;
    if (has && (free || is_exact(d, v, name))) {
        *out = value_of(d, v);
        return true;
    }
    if (gradient_by_name(d, name, out) || mask_by_name(d, name, out)) return true;
    *out = own_setting(d, p);
    return out->kind != PY_NONE || by_role(d, f, p, forward, out);
}

/* -------------------------------------------------------------------- objects */

/* An array of the object that stands for a parameter takes the case's values, in its own shape. */
static void overwrite(drive *d, py_value *own, var_id v) {
    if (own->kind != PY_ARRAY) return;
    py_value x = value_of(d, v);
    if (x.kind != PY_ARRAY || py_array_size(x.array) != py_array_size(own->array)) return;
    bool same = x.array->rank == own->array->rank;
    for (int k = 0; same && k < x.array->rank; k++) same = x.array->dim[k] == own->array->dim[k];
    if (same)
        *own = x;
    else if (own->array->rank == 1 || x.array->dim[0] == 1 || x.array->dim[1] == 1) {
        py_array *y = py_array_reshape(d->r, x.array, own->array->rank, own->array->dim);
        if (y) *own = py_of_array(y);
    }
}

/* [W1, W2], [None, W1, W2]. */
static void overwrite_list(drive *d, const char *name, py_list *l) {
    uint32_t n = name_elements(&d->layers, name), first = l->items.n == n + 1 ? 1 : 0;
    if (l->items.n != n && !first) return;
    for (uint32_t i = first; i < l->items.n; i++)
        overwrite(d, &l->items.at[i], name_element(&d->layers, name, i, (int)first));
}

/* {"W1": W1, ..}, {1: W1, ..}. */
static void overwrite_dict(drive *d, const char *name, py_dict *x) {
    const model *m = d->c->s->m;
    uint32_t     n = name_elements(&d->layers, name);
    int          base = 0;
    for (uint32_t k = 0; k < x->items.n; k++)
        if (x->items.at[k].key.kind == PY_INT && x->items.at[k].key.whole == n) base = 1;
    for (uint32_t k = 0; k < x->items.n; k++) {
        py_pair *p = &x->items.at[k];
        var_id   v = p->key.kind == PY_STRING ? name_variable_in(m, &d->layers, p->key.text->at) : 0;
        if (p->key.kind == PY_INT && n) v = name_element(&d->layers, name, p->key.whole, base);
        if (v && ir_var(&m->g, v)->kind == VAR_PARAM) overwrite(d, &p->value, v);
    }
}

static void overwrite_all(drive *d, py_env *env) {
    const model *m = d->c->s->m;
    for (uint32_t i = 0; i < env->list.n; i++) {
        const char *name = symbols_name(&d->r->names, env->list.at[i].name);
        py_value   *x = &env->list.at[i].value;
        var_id      v = name_variable_in(m, &d->layers, name);
        if (v && ir_var(&m->g, v)->kind == VAR_PARAM) overwrite(d, x, v);
        if (x->kind == PY_LIST) overwrite_list(d, name, x->list);
        if (x->kind == PY_DICT) overwrite_dict(d, name, x->dict);
    }
}

/* The arrays of an object's parts: of layers as objects, in lists. */
typedef struct inner_arrays {
    VEC(py_value *) weights;
    VEC(py_value *) biases;
    VEC(py_value) parts; /* that are looked into */
} inner_arrays;

static void look_into(drive *d, inner_arrays *out, py_value x) {
    enum { MOST = 200 };
    if (out->parts.n < MOST) vec_push(&d->r->a, &out->parts, x);
}

static void take_attribute(drive *d, inner_arrays *out, const char *name, py_value *x) {
    if (x->kind != PY_ARRAY)
        look_into(d, out, *x);
    else if (!name_is_backward(name) && name_is_weight(name) && x->array->rank == 2)
        vec_push(&d->r->a, &out->weights, x);
    else if (!name_is_backward(name) && name_is_bias(name))
        vec_push(&d->r->a, &out->biases, x);
}

static void find_inner(drive *d, py_value part, inner_arrays *out) {
    bool list = part.kind == PY_LIST || part.kind == PY_TUPLE;
    for (uint32_t i = 0; list && i < part.list->items.n; i++) look_into(d, out, part.list->items.at[i]);
    for (uint32_t i = 0; part.kind == PY_DICT && i < part.dict->items.n; i++)
        look_into(d, out, part.dict->items.at[i].value);
    for (uint32_t i = 0; part.kind == PY_OBJECT && i < part.object->env.list.n; i++)
        take_attribute(d, out, symbols_name(&d->r->names, part.object->env.list.at[i].name),
                       &part.object->env.list.at[i].value);
}

/* Layers that are objects of their own: as many weights as the model has are the model's, in order. */
static void overwrite_inner(drive *d, py_value self) {
    inner_arrays in = {{0}, {0}, {0}};
    for (uint32_t i = 0; i < self.object->env.list.n; i++)
        vec_push(&d->r->a, &in.parts, self.object->env.list.at[i].value);
    for (uint32_t i = 0; i < in.parts.n; i++) find_inner(d, in.parts.at[i], &in);
    for (uint32_t i = 0; in.weights.n == d->layers.weights.n && i < in.weights.n; i++)
        overwrite(d, in.weights.at[i], d->layers.weights.at[i]);
    for (uint32_t i = 0; in.biases.n == d->layers.biases.n && i < in.biases.n; i++)
        overwrite(d, in.biases.at[i], d->layers.biases.at[i]);
}

static bool make_object(drive *d, py_value type, py_value *self) {
    const py_value *init = py_env_find(&type.type->env, symbols_add(&d->r->names, "__init__", 8));
    py_failure      failure;
    if (!init || init->kind != PY_FUNCTION) {
        py_ready(d->r);
        *self = d->r->call(d->r, type, NULL, 0);
        bool made = !d->r->failed && self->kind == PY_OBJECT;
        py_ready(d->r);
        return made;
    }
    if (!call(d, type, init->function, true, py_none(), self, &failure) || failure.type ||
        self->kind != PY_OBJECT)
        return false;
    overwrite_all(d, &self->object->env);
    overwrite_inner(d, *self);
    return true;
}

static py_value method_of(drive *d, py_value f, py_value self) {
    py_method *m = arena_new(&d->r->a, sizeof *m);
    if (!m) return py_none();
    *m = (py_method){f, self};
    return (py_value){.kind = PY_METHOD, .method = m};
}

/* The object's own forward pass comes before its way back. */
static py_value object_forward(drive *d, py_value type, py_value self, const char *entry) {
    py_value x = py_none();
    if (!is_backward_name(entry)) return x;
    for (uint32_t i = 0; i < type.type->env.list.n; i++) {
        py_value    f = type.type->env.list.at[i].value;
        const char *name = symbols_name(&d->r->names, type.type->env.list.at[i].name);
        py_failure  failure;
        if (f.kind != PY_FUNCTION || f.function->how || !is_forward_name(name)) continue;
        if (call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure) && !failure.type)
            return x;
    }
    return py_none();
}

/* ------------------------------------------------------------------------ all */

dfoo_status drive_list(py_run *r, arena *a, drive_entries *out) {
    for (int pass = 0; pass < 2; pass++)
        for (uint32_t i = 0; i < r->globals.list.n; i++) {
            py_value    x = r->globals.list.at[i].value;
            const char *name = symbols_name(&r->names, r->globals.list.at[i].name);
            if (x.kind == PY_FUNCTION && !is_forward_name(name) && is_backward_name(name) == (pass == 0))
                vec_push(a, &out->list, (drive_entry){x, py_none(), name});
            for (uint32_t k = 0; x.kind == PY_CLASS && k < x.type->env.list.n; k++) {
                py_value f = x.type->env.list.at[k].value;
                name = symbols_name(&r->names, x.type->env.list.at[k].name);
                if (f.kind == PY_FUNCTION && !f.function->how && name[0] != '_' &&
                    is_backward_name(name) == (pass == 0) && !is_forward_name(name))
                    vec_push(a, &out->list, (drive_entry){f, x, name});
            }
        }
    vec_push(a, &out->list, (drive_entry){py_none(), py_none(), "the program"});
    return arena_status(a);
}

static bool is_of_kind(const char *name, drive_kind kind) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    if (is_backward_name(name) || strstr(plain, "deriv") || strstr(plain, "prime") || strstr(plain, "plot"))
        return false;
    if (kind == DRIVE_UPDATE) return strstr(plain, "update") != NULL;
    if (kind == DRIVE_START) return strncmp(plain, "init", 4) == 0;
    return strstr(plain, "cost") || strstr(plain, "loss") || strstr(plain, "crossentropy");
}

void drive_call_kind(drive *d, drive_kind kind) {
    py_run *r = d->r;
    d->gradients = kind == DRIVE_UPDATE;
    for (uint32_t i = 0; i < r->globals.list.n; i++) {
        py_value   f = r->globals.list.at[i].value, x;
        py_failure failure;
        if (f.kind != PY_FUNCTION || !is_of_kind(symbols_name(&r->names, r->globals.list.at[i].name), kind))
            continue;
        py_refresh(r);
        if (call(d, f, f.function, kind == DRIVE_START, py_none(), &x, &failure) && !failure.type) break;
    }
    d->gradients = false;
}

static void set_globals(drive *d);

static bool trains(const drive *d, py_value f, const char *name) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    if (f.kind != PY_FUNCTION || f.function->how || f.function->def->kind != S_DEF) return false;
    bool pairs = false;
    for (uint32_t i = 0; i < f.function->def->list.n; i++)
        pairs = pairs || any_node(d->r, f.function->def->b, f.function->def->list.at[i]->name,
                                  is_looped_in_pairs);
    return pairs && (strstr(plain, "update") || strstr(plain, "train") || strcmp(plain, "fit") == 0 ||
                     strstr(plain, "sgd") || strstr(plain, "step") || strstr(plain, "batch"));
}

bool drive_train(drive *d) {
    py_run *r = d->r;
    for (uint32_t i = 0; i < r->globals.list.n; i++) {
        py_value type = r->globals.list.at[i].value, self, x;
        for (uint32_t k = 0; type.kind == PY_CLASS && k < type.type->env.list.n; k++) {
            py_value   f = type.type->env.list.at[k].value;
            py_failure failure;
            if (!trains(d, f, symbols_name(&r->names, type.type->env.list.at[k].name))) continue;
            py_refresh(r);
            set_globals(d);
            if (make_object(d, type, &self) &&
                call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure) && !failure.type)
                return true;
        }
    }
    return false;
}

bool drive_is_backward(const drive_entry *e) {
    char plain[80];
    name_plain(e->name, plain, sizeof plain);
    return e->f.kind == PY_NONE || is_backward_name(e->name) || strcmp(plain, "fit") == 0 ||
           strncmp(plain, "train", 5) == 0;
}

/* Names that functions take from outside: what the program could not make itself. */
static void set_globals(drive *d) {
    const ir *g = d->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind > VAR_PARAM) continue;
        sym       name = symbols_add(&d->r->names, ir_var_name(g, v), strlen(ir_var_name(g, v)));
        py_value *own = py_env_find(&d->r->globals, name);
        if (!own || own->kind == PY_OPAQUE) py_env_set(d->r, &d->r->globals, name, value_of(d, v));
    }
    sym       m = symbols_add(&d->r->names, "m", 1);
    py_value *own = py_env_find(&d->r->globals, m);
    if (!own || own->kind == PY_OPAQUE || own->kind == PY_INT)
        py_env_set(d->r, &d->r->globals, m, py_int((int64_t)d->c->examples));
}

/* What an object does behind its way back: step, update. */
static void call_updates(drive *d, const drive_entry *e, py_value self) {
    const py_env *env = &e->type.type->env;
    for (uint32_t i = 0; i < env->list.n; i++) {
        py_value   f = env->list.at[i].value, x;
        py_failure failure;
        char       plain[80];
        name_plain(symbols_name(&d->r->names, env->list.at[i].name), plain, sizeof plain);
        bool update = strstr(plain, "update") || strstr(plain, "step") || strstr(plain, "optim");
        if (f.kind != PY_FUNCTION || f.function->how || !update || strcmp(plain, e->name) == 0) continue;
        if (call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure)) return;
    }
}

bool drive_run(drive *d, const drive_entry *e, uint32_t *from, py_failure *failure) {
    py_value self = py_none(), x, forward;
    *from = d->r->trace.list.n;
    *failure = (py_failure){.type = NULL};
    d->handed_on = e->type.kind == PY_CLASS;
    if (e->f.kind == PY_NONE) {
        *from = 0;
        *failure = d->r->first;
        return true;
    }
    py_refresh(d->r);
    set_globals(d);
    if (e->type.kind == PY_CLASS) {
        if (!make_object(d, e->type, &self)) return false;
        forward = object_forward(d, e->type, self, e->name);
        *from = d->r->trace.list.n;
        if (!call(d, method_of(d, e->f, self), e->f.function, true, forward, &x, failure)) return false;
        if (d->after && !failure->type) call_updates(d, e, self);
        return true;
    }
    forward = is_backward_name(e->name) || e->f.function->def->list.n > 1 ? run_forward(d) : py_none();
    *from = d->r->trace.list.n;
    return call(d, e->f, e->f.function, false, forward, &x, failure);
}

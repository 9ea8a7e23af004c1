/* What the parameters of a program's functions get: values of the case, by what they are called, by how they
 * are used, by their place. */
#include "teach/judge/arguments.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/code.h"

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

py_value argument_as_it_is(drive *d, var_id v) {
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

py_value argument_value(drive *d, var_id v) {
    d->handed = d->handed || ir_var(d->c->s->g, v)->kind >= VAR_PARAM;
    return argument_as_it_is(d, v);
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
            put(d, all, own_name(d, v), argument_value(d, v));
    }
    if (computed) put(d, all, "A0", argument_value(d, first_of(d, VAR_INPUT)));
    if (computed) put(d, all, "X", argument_value(d, first_of(d, VAR_INPUT)));
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
        py_value linear[3] = {argument_value(d, a), argument_value(d, d->layers.weights.at[l]),
                              argument_value(d, d->layers.biases.at[l])};
        py_value both[2] = {py_new_list(d->r, PY_TUPLE, linear, 3), argument_value(d, z)};
        py_push(d->r, all.list, py_new_list(d->r, PY_TUPLE, both, 2));
    }
    return all;
}

static py_value tuple_by_names(drive *d, const py_node *names) {
    py_value all = py_new_list(d->r, PY_TUPLE, NULL, 0);
    for (uint32_t i = 0; i < names->list.n; i++) {
        const char *name =
            names->list.at[i]->kind == E_NAME ? symbols_name(&d->r->names, names->list.at[i]->name) : "";
        var_id v = name_variable_in(d->c->s->m, &d->layers, name);
        d->unknown = d->unknown || !v;
        py_push(d->r, all.list, v ? argument_value(d, v) : py_none());
    }
    return all;
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
        else if (!p->a) {
            d->unbound = p;
            return false;
        }
    }
    return !d->r->failed;
}

bool arguments_call(drive *d, py_value f, const py_callable *own, bool method, py_value forward,
                    py_value *out, py_failure *failure) {
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
    py_value want = argument_as_it_is(d, v);
    if (want.kind != PY_ARRAY || py_array_size(want.array) != py_array_size(x.array)) return false;
    for (int64_t i = 0; i < py_array_size(x.array); i++) {
        double a = py_array_get(x.array, i), b = py_array_get(want.array, i);
        if (!(a - b < 1e-9 && b - a < 1e-9)) return false;
    }
    return true;
}

/* The program's own forward function, called: what it returns. None: there is none. */
py_value arguments_forward(drive *d) {
    py_run *r = d->r;
    d->forward_failed = false;
    for (uint32_t i = 0; i < r->globals.list.n && !d->no_forward; i++) {
        py_value   f = r->globals.list.at[i].value, x;
        py_failure failure;
        if (f.kind != PY_FUNCTION ||
            !code_is_forward_name(symbols_name(&r->names, r->globals.list.at[i].name)))
            continue;
        bool tracing = r->tracing;
        bool done = arguments_call(d, f, f.function, false, py_none(), &x, &failure);
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
    return argument_value(d, predicted(d));
}

static py_value cache_for(drive *d, const py_callable *f, const py_node *p, py_value forward) {
    const char    *name = symbols_name(&d->r->names, p->name);
    const py_node *names = code_unpacked_from(f, p->name);
    py_value       own = cache_of(d, forward);
    if (own.kind != PY_NONE && !(names && own.kind == PY_DICT)) {
        d->handed_on = true;
        return own;
    }
    if (names) return tuple_by_names(d, names);
    if (code_any_node(d->r, f->def->b, p->name, code_is_indexed_by_text)) return dict_of(d, true, true);
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
        *out = py_float(HANDED_RATE);
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

py_value argument_gradient(drive *d, uint32_t number) {
    const subject  *s = d->c->s;
    const variable *x = ir_var(s->g, s->right.list.at[number].var);
    matrix          m = d->c->right[number];
    bool            flat = x->kind == VAR_PARAM && d->view.flat && (m.rows == 1 || m.cols == 1) &&
                (d->layers.weights.n == 1 || !is_weight(d, s->right.list.at[number].var));
    return m.at ? array_of(d, m, d->view.turned, flat) : py_none();
}

/* {"dW1": .., ..}, or {"W1": .., ..} of the parameters alone where they are taken by the parameters' keys. */
static py_value gradients_of(drive *d, bool own_keys) {
    const subject *s = d->c->s;
    py_value       all = py_new_dict(d->r);
    for (uint32_t i = 0; i < s->right.list.n; i++) {
        const char *own = own_name(d, s->right.list.at[i].var);
        if (own_keys && ir_var(s->g, s->right.list.at[i].var)->kind != VAR_PARAM) continue;
        const char *name = arena_format(&d->r->a, "%s%s", own_keys ? "" : "d", own);
        if (name) put(d, all, name, argument_gradient(d, i));
    }
    return all;
}

/* The parameters in the order of their declaration, or their gradients. */
static py_value list_of(drive *d, bool gradients) {
    const subject *s = d->c->s;
    py_value       all = py_new_list(d->r, PY_LIST, NULL, 0);
    for (var_id v = 1; v < s->g->vars.n; v++) {
        uint32_t i = 0;
        if (ir_var(s->g, v)->kind != VAR_PARAM) continue;
        while (i < s->right.list.n && s->right.list.at[i].var != v) i++;
        if (i == s->right.list.n) continue;
        py_push(d->r, all.list, gradients ? argument_gradient(d, i) : argument_value(d, v));
    }
    return all;
}

static bool gradient_by_name(drive *d, const char *name, py_value *out) {
    const subject *s = d->c->s;
    var_id         v = d->gradients ? name_gradient_in(s->m, &d->layers, name) : 0;
    for (uint32_t i = 0; v && i < s->right.list.n; i++) {
        if (s->right.list.at[i].var != v) continue;
        *out = argument_gradient(d, i);
        return true;
    }
    return false;
}

static double keep_for(const drive *d, const char *name) {
    return name_keep(name, d->masks.list.n ? ir_keep(d->c->s->g, d->masks.list.at[0].mask) : 1);
}

static bool is_used_as(const drive *d, const py_callable *f, const py_node *p, code_test test) {
    return f->def->kind == S_DEF && code_any_node(d->r, f->def->b, p->name, test);
}

/* All parameters as the function takes them apart. */
static py_value parameters_for(drive *d, const py_callable *f, const py_node *p) {
    const py_node *names = code_unpacked_from(f, p->name);
    if (names) return tuple_by_names(d, names);
    return is_used_as(d, f, p, code_is_zipped) ? list_of(d, false) : dict_of(d, true, false);
}

static py_value gradients_for(drive *d, const py_callable *f, const py_node *p) {
    if (is_used_as(d, f, p, code_is_zipped)) return list_of(d, true);
    return gradients_of(d, is_used_as(d, f, p, code_is_indexed_by_name));
}

static bool by_role(drive *d, const py_callable *f, const py_node *p, py_value forward, py_value *out) {
    name_role      role = name_role_of(symbols_name(&d->r->names, p->name));
    switch (role) {
    case ROLE_INPUT:
        *out = argument_value(d, first_of(d, VAR_INPUT));
        return true;
    case ROLE_LABEL:
        *out = argument_value(d, first_of(d, VAR_LABEL));
        return true;
    case ROLE_PREDICTED:
        *out = prediction_from(d, forward);
        return true;
    case ROLE_PARAMETERS:
        *out = parameters_for(d, f, p);
        return true;
    case ROLE_GRADIENTS:
        if (d->gradients) *out = gradients_for(d, f, p);
        return d->gradients;
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

/* What the variables of a series are called but for their numbers: x of xs; X of inputs, where that is the
 * model's. false: the name is no series'. */
static bool stem_of(const drive *d, const char *name, char *stem, size_t size) {
    const model *m = d->c->s->m;
    name_role    role = name_role_of(name);
    char         two[90];
    var_id       v = 0;
    if (role == ROLE_INPUT) v = first_of(d, VAR_INPUT);
    if (role == ROLE_LABEL) v = first_of(d, VAR_LABEL);
    name_plain(name, stem, size);
    size_t n = strlen(stem);
    if (n < 2 || stem[n - 1] != 's') return false;
    stem[n - 1] = 0;
    snprintf(two, sizeof two, "%s2", stem);
    if (name_variable(m, two) || !v) return true;
    name_plain(ir_var_name(&m->g, v), stem, size);
    n = strlen(stem);
    if (n > 1 && stem[n - 1] == '1') stem[n - 1] = 0;
    return true;
}

/* xs, hs: what is there at each step, [X1, X2, ..], [H0, H1, ..]. None: it is no such name. */
static py_value series_of(drive *d, const py_callable *f, const py_node *p) {
    const model *m = d->c->s->m;
    char         stem[80], one[90];
    uint32_t     count = 0;
    py_value     all = py_new_list(d->r, PY_LIST, NULL, 0);
    if (!stem_of(d, symbols_name(&d->r->names, p->name), stem, sizeof stem)) return py_none();
    for (;; count++) {
        snprintf(one, sizeof one, "%s%u", stem, count + 1);
        var_id v = name_variable(m, one);
        if (!v || ir_var(&m->g, v)->kind == VAR_PARAM || !d->c->value[v].at) break;
        if (!count && ir_var(&m->g, v)->kind == VAR_DEFINED) {
            matrix   x = d->c->value[v], zeros = {x.rows, x.cols, NULL};
            zeros.at = arena_new(&d->r->a, x.rows * x.cols * sizeof(double));
            if (zeros.at) py_push(d->r, all.list, array_of(d, zeros, d->view.turned, false));
        }
        py_push(d->r, all.list, argument_value(d, v));
    }
    py_list *l = all.list;
    if (l->items.n == count + 1 && !code_any_node(d->r, f->def->b, p->name, code_is_indexed_ahead)) {
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
    bool pairs = f->def->kind == S_DEF && code_any_node(d->r, f->def->b, p->name, code_is_looped_in_pairs);
    return pairs ? pairs_of(d) : series_of(d, f, p);
}

static bool mask_by_name(drive *d, const char *name, py_value *out) {
    uint32_t number;
    if (!d->masks.list.n || !name_is_mask(name, &number) || number > d->masks.list.n) return false;
    var_id mask = d->masks.list.at[number ? number - 1 : 0].mask;
    *out = d->view.course ? on_and_off(d, mask) : argument_value(d, mask);
    return true;
}

/* x may be another thing than X, if X is computed. */
static bool is_exact(const drive *d, var_id v, const char *name) {
    const ir *g = d->c->s->g;
    return strcmp(ir_var_name(g, v), name) == 0 || strlen(name) > 1 || ir_var(g, v)->kind <= VAR_PARAM;
}

/* hprev, h_prev: what the model calls H0. */
static bool first_state(drive *d, const char *name, py_value *out) {
    char plain[80], first[90];
    name_plain(name, plain, sizeof plain);
    size_t n = strlen(plain);
    if (n < 5 || strcmp(plain + n - 4, "prev") != 0) return false;
    snprintf(first, sizeof first, "%.*s0", (int)(n - 4), plain);
    var_id v = name_variable(d->c->s->m, first);
    if (!v || ir_var(d->c->s->g, v)->kind != VAR_INPUT) return false;
    *out = argument_value(d, v);
    return true;
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
        *out = argument_value(d, v);
        return true;
    }
    if (gradient_by_name(d, name, out) || mask_by_name(d, name, out)) return true;
    *out = own_setting(d, p);
    return out->kind != PY_NONE || by_role(d, f, p, forward, out) || first_state(d, name, out);
}

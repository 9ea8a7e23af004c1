/* The values with which a program itself began: its inputs, labels, parameters and masks, as the model has
 * them. */
#include "teach/judge/parts.h"

#include <assert.h>
#include <string.h>

static bool is_named(const gatherer *w, var_id v, const py_event *e) {
    if (ir_var(w->c->s->g, v)->kind == VAR_PARAM) return gather_parameter_of(w, e) == v;
    if (w->weight_parts.n > 1 && parts_has(w, e)) return false; /* what goes into a layer */
    return name_variable_in(w->c->s->m, &w->layers, gather_event_name(w, e)) == v;
}

static bool takes_role(const gatherer *w, var_id v, const py_event *e) {
    const ir *g = w->c->s->g;
    name_role role = name_role_of(gather_event_name(w, e));
    if (w->y_predicted && strcmp(gather_event_name(w, e), "y") == 0) return false;
    if (w->weight_parts.n > 1 && parts_has(w, e)) return false; /* what goes into a layer */
    return (ir_var(g, v)->kind == VAR_INPUT && role == ROLE_INPUT) ||
           (ir_var(g, v)->kind == VAR_LABEL && role == ROLE_LABEL);
}

/* Whole numbers for classes become a matrix with a single 1 for each example. */
static matrix one_hot(const gatherer *w, matrix x, bool columns) {
    size_t n = x.rows * x.cols, k = 0;
    assert(x.at || !n);
    for (size_t i = 0; i < n; i++) k = x.at[i] >= (double)k && x.at[i] < 100 ? (size_t)x.at[i] + 1 : k;
    matrix y = {columns ? k : n, columns ? n : k, arena_new(w->a, n * k * sizeof(double) + 8)};
    for (size_t i = 0; y.at && i < n; i++)
        if (x.at[i] >= 0 && x.at[i] < (double)k)
            y.at[columns ? (size_t)x.at[i] * n + i : i * k + (size_t)x.at[i]] = 1;
    return y;
}

/* A flat bias or label becomes what the model has. */
static matrix as_declared(const gatherer *w, var_id v, matrix x, const py_event *e) {
    const variable *own = ir_var(w->c->s->g, v);
    bool            columns = w->c->s->m->examples == own->sh.cols;
    if (e->value.kind != PY_ARRAY || e->value.array->rank != 1) return x;
    if (own->kind == VAR_LABEL && own->onehot && e->value.array->type != PY_OF_BOOL)
        return one_hot(w, x, columns);
    if (own->sh.rows == dim_literal(1) || (own->kind == VAR_LABEL && columns)) {
        x.cols = x.rows;
        x.rows = 1;
    }
    return x;
}

/* 0 and one other number, or that number alone; *on: it. */
static bool has_two_values(matrix x, double *on) {
    *on = 0;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        if (x.at[i] == 0) continue;
        if (*on != 0 && x.at[i] != *on) return false;
        *on = x.at[i];
    }
    return *on > 0;
}

/* What the program keeps: its last number of such a name; else what the model says. */
static double keep_of(const gatherer *w, var_id mask) {
    double keep = ir_keep(w->c->s->g, mask);
    for (uint32_t i = 0; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        const char     *name = gather_event_name(w, e);
        if (!py_is_number(e->value) || name_role_of(name) != ROLE_KEEP) continue;
        double own = name_keep(name, py_as_double(e->value));
        if (own > 0 && own <= 1) keep = own;
    }
    return keep;
}

/* An event's value that is there or not for each unit; at NULL: it is none. *on: what it is where it is
 * there. */
static matrix two_valued(const gatherer *w, const py_event *e, double *on) {
    bool   array = e->value.kind == PY_ARRAY && e->value.array->rank == 2;
    matrix x = array && e->how != 'l' ? gather_matrix(w->a, e->value, w->view.turned) : (matrix){0};
    return x.at && has_two_values(x, on) ? x : (matrix){0};
}

/* The number of the mask that an event is called as; 0: of none. */
static uint32_t mask_called(const gatherer *w, const case_masks *masks, const py_event *e) {
    uint32_t number;
    if (!name_is_mask(gather_event_name(w, e), &number)) return 0;
    if (masks->list.n == 1) return 1;
    return number <= masks->list.n ? number : 0;
}

bool gather_masks(gatherer *w, matrix *given) {
    case_masks masks;
    uint32_t   n = 0;
    if (case_find_masks(w->c->s, w->a, &masks)) return false;
    for (uint32_t i = w->handed_on ? 0 : w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        uint32_t        number = mask_called(w, &masks, e);
        double          on;
        matrix          x = number ? two_valued(w, e, &on) : (matrix){0};
        if (!x.at) continue;
        var_id v = masks.list.at[number - 1].mask;
        double scale = on == 1 ? 1 / keep_of(w, v) : 1;
        for (size_t k = 0; k < x.rows * x.cols; k++) x.at[k] *= scale;
        n += !given[v].at;
        given[v] = x;
    }
    return n && n == masks.list.n;
}

bool gather_drops(gatherer *w) {
    case_masks masks;
    uint32_t   end = gather_way_back(w);
    if (case_find_masks(w->c->s, w->a, &masks) || !masks.list.n) return false;
    for (uint32_t i = w->begin; i < end; i++) {
        const py_event *e = gather_event(w, i);
        double          on;
        if (!py_event_names(e) || mask_called(w, &masks, e)) continue;
        if (name_role_of(gather_event_name(w, e)) == ROLE_LABEL) continue;
        matrix x = two_valued(w, e, &on);
        if (x.at && x.rows * x.cols > 1) return true;
    }
    return false;
}

/* The last value before the way back that is called as the variable. */
static bool take_given(const gatherer *w, var_id v, uint32_t end,
                       bool (*is_it)(const gatherer *, var_id, const py_event *), matrix *given) {
    bool any = false;
    for (uint32_t i = 0; i < end; i++) {
        const py_event *e = gather_event(w, i);
        if (!py_event_names(e) || !is_it(w, v, e)) continue;
        matrix x = as_declared(w, v, gather_matrix(w->a, e->value, w->view.turned), e);
        if (!x.at) continue;
        given[v] = x;
        any = true;
    }
    return any;
}

/* Is x one of the columns of all? */
static bool is_column_of(matrix x, matrix all) {
    for (size_t j = 0; j < all.cols && x.rows == all.rows && x.cols == 1; j++) {
        size_t i = 0;
        while (i < x.rows && x.at[i] == all.at[i * all.cols + j]) i++;
        if (i == x.rows) return true;
    }
    return false;
}

static var_id first_of(const gatherer *w, uint8_t kind) {
    const ir *g = w->c->s->g;
    var_id    v = 1;
    while (v < g->vars.n && ir_var(g, v)->kind != kind) v++;
    return v < g->vars.n ? v : 0;
}

/* A program that takes one example at a time, under whatever name: out = X[:, i:i+1]. */
static void take_one(gatherer *w, matrix *given, uint32_t end) {
    var_id x = first_of(w, VAR_INPUT), y = first_of(w, VAR_LABEL);
    bool   both = x && y && given[x].at && given[y].at;
    if (!both || given[y].cols != 1 || given[x].cols < 2 ||
        ir_var(w->c->s->g, x)->sh.cols != w->c->s->m->examples)
        return;
    for (uint32_t i = end; i-- > 0;) {
        const py_event *e = gather_event(w, i);
        bool            array = e->value.kind == PY_ARRAY;
        matrix          one = array ? gather_matrix(w->a, e->value, w->view.turned) : (matrix){0};
        if (!one.at || !is_column_of(one, given[x])) continue;
        given[x] = one;
        return;
    }
}

dfoo_status gather_given(gatherer *w, matrix *given) {
    const ir *g = w->c->s->g;
    uint32_t  end = gather_way_back(w);
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind > VAR_PARAM) continue;
        if (!take_given(w, v, end, is_named, given)) take_given(w, v, end, takes_role, given);
    }
    take_one(w, given, end);
    gather_masks(w, given);
    return arena_status(w->a);
}

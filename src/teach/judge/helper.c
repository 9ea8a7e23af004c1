/* Functions that a line calls, and what they returned to it: dA1 * relu_slope(Z1), cost_slope(a, y). A line
 * stays to blame where the function is right, and was handed something else. */
#include "teach/judge/helper.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/attribute.h"

enum { SO_NEAR = 80 }; /* so many events before */

/* Did a function return something to the line of this event, just before? */
static bool is_returned_to(const gatherer *w, uint32_t returned, uint32_t event) {
    const py_event *r = gather_event(w, returned), *e = gather_event(w, event);
    return r->how == 'r' && r->value.kind == PY_ARRAY && r->call_line == e->line && r->frame != e->frame;
}

static matrix value_of(const gatherer *w, uint32_t event) {
    return gather_matrix(w->a, gather_event(w, event)->value, w->view.turned);
}

/* The return of a function whose result is the event's whole value; `event`: there is none. */
static uint32_t whole(const gatherer *w, uint32_t event) {
    matrix   x = value_of(w, event);
    uint32_t least = event > SO_NEAR ? event - SO_NEAR : 0;
    for (uint32_t i = event; i-- > least;) {
        if (is_returned_to(w, i, event) && matrix_same(value_of(w, i), x, 1)) return i;
        if (gather_event(w, i)->frame == gather_event(w, event)->frame) break; /* another statement's */
    }
    return event;
}

/* Where the function made what it returned: the event that gave it a name there, or the return itself. */
static uint32_t inside(const gatherer *w, uint32_t returned) {
    const py_event *r = gather_event(w, returned);
    matrix          x = value_of(w, returned);
    uint32_t        found = returned;
    for (uint32_t i = returned; i-- > w->begin && i + SO_NEAR > returned;) {
        const py_event *e = gather_event(w, i);
        if (e->frame != r->frame || !py_event_names(e)) continue;
        if (matrix_same(value_of(w, i), x, 1)) found = i;
    }
    return found;
}

uint32_t helper_made(const gatherer *w, uint32_t event, const char *called) {
    uint32_t line = 0;
    for (int depth = 0; depth < 4; depth++) {
        uint32_t returned = whole(w, event);
        char     plain[80];
        if (returned == event) break;
        name_plain(symbols_name(&w->r->names, gather_event(w, returned)->function), plain, sizeof plain);
        if (called && !strstr(plain, called)) break;
        event = inside(w, returned);
        line = gather_event(w, event)->line;
    }
    return line;
}

/* --------------------------------------------------------------- right elsewhere */

static uint32_t times_called(const gatherer *w, const py_node *f) {
    uint32_t n = 0;
    for (uint32_t i = w->from; i < w->to; i++)
        n += gather_event(w, i)->how == 'r' && gather_event(w, i)->node == f;
    return n;
}

/* Did the function return a gradient that is right, another time? */
static bool is_right_elsewhere(const gatherer *w, const judge_verdicts *all, uint32_t returned) {
    const py_node *f = gather_event(w, returned)->node;
    for (uint32_t k = 0; k < all->list.n; k++) {
        const judge_verdict *v = &all->list.at[k];
        if (v->how >= JUDGED_WRONG) continue;
        for (uint32_t i = w->from; i < w->to; i++) {
            const py_event *e = gather_event(w, i);
            if (e->how != 'r' || e->node != f) continue;
            matrix x = value_of(w, i);
            if (matrix_same(x, v->claim.value, 1) && !matrix_same(x, value_of(w, returned), 1)) return true;
        }
    }
    return false;
}

/* ----------------------------------------------------------------------- factors */

/* x1 * x2 and y1 * y2 are the same, entry by entry, and not all zero. */
static bool are_same_products(matrix x1, matrix x2, matrix y1, matrix y2) {
    size_t n = x1.rows * x1.cols, some = 0;
    if (x2.rows * x2.cols != n || y1.rows * y1.cols != n || y2.rows * y2.cols != n) return false;
    for (size_t i = 0; i < n; i++) {
        double x = x1.at[i] * x2.at[i], y = y1.at[i] * y2.at[i];
        if (fabs(x - y) > 1e-9 * (fabs(x) + fabs(y)) + 1e-14) return false;
        some += y != 0;
    }
    return some > 1 || some == n;
}

static matrix scaled(arena *a, matrix x, double k) {
    matrix y = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    for (size_t i = 0; y.at && i < x.rows * x.cols; i++) y.at[i] = k * x.at[i];
    return y;
}

static matrix entrywise(arena *a, matrix x, matrix y) {
    assert(x.rows == y.rows && x.cols == y.cols);
    matrix z = {x.rows, x.cols, arena_new(a, x.rows * x.cols * sizeof(double))};
    for (size_t i = 0; z.at && i < x.rows * x.cols; i++) z.at[i] = x.at[i] * y.at[i];
    return z;
}

/* z = x * y, entry by entry. */
static bool is_product(arena *a, matrix z, matrix x, matrix y) {
    matrix one = scaled(a, z, 0);
    for (size_t i = 0; one.at && i < z.rows * z.cols; i++) one.at[i] = 1;
    return one.at && are_same_products(z, one, x, y);
}

typedef struct blaming {
    const gatherer       *w;
    const judge_verdicts *all;
    const judge_verdict  *own;
    matrix                returned;
} blaming;

static bool is_sized(matrix x, matrix y) {
    return x.at && x.rows == y.rows && x.cols == y.cols;
}

/* With gradient i in place of what was returned the line would be right, and it is not that. */
static bool is_gradient_meant(const blaming *b, uint32_t i) {
    const double m = b->w->c->examples, factors[] = {1, 1 / m, m};
    matrix       g = b->w->c->right[i], x = b->own->claim.value, y = b->own->expected;
    for (int k = 0; is_sized(g, y) && k < 3; k++) {
        matrix s = scaled(b->w->a, g, b->all->sign * factors[k]);
        if (s.at && are_same_products(x, s, y, b->returned)) return !matrix_same(s, b->returned, 1);
    }
    return false;
}

static bool is_of_data(const blaming *b, uint32_t number) {
    const subject *s = b->w->c->s;
    return ir_var(s->g, s->right.list.at[number].var)->kind == VAR_DEFINED;
}

/* The slope between gradients i and k, dZ1 and dA1, is what should have been returned. */
static bool is_slope_meant(const blaming *b, uint32_t i, uint32_t k) {
    matrix z = b->w->c->right[i], a = b->w->c->right[k], x = b->own->claim.value, y = b->own->expected;
    if (i == k || !is_of_data(b, i) || !is_of_data(b, k) || !is_sized(z, y) || !is_sized(a, y)) return false;
    matrix left = entrywise(b->w->a, x, z), right = entrywise(b->w->a, y, a);
    return left.at && right.at && is_product(b->w->a, left, right, b->returned) &&
           !is_product(b->w->a, z, a, b->returned);
}

/* The function of an event, with the object that it is a method of; None: it is not known. */
static py_value function_of(const gatherer *w, const py_event *e) {
    py_value *f = py_env_find(&w->r->globals, e->function);
    if (e->self) {
        py_object *o = (py_object *)(uintptr_t)e->self;
        py_value  *m = py_class_find(o->type, e->function);
        return m ? py_bind_method(w->r, *m, (py_value){.kind = PY_OBJECT, .object = o}) : py_none();
    }
    return f ? *f : py_none();
}

static uint32_t parameters_of(const py_node *def) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < def->list.n; i++) n += !def->list.at[i]->a && !def->list.at[i]->op;
    return n;
}

/* Is the function of one operand the slope of gradients i and k, at a value of the forward pass? */
static bool is_slope_of(const blaming *b, py_value f, uint32_t i, uint32_t k) {
    const gatherer *w = b->w;
    const uint32_t  events = w->r->trace.list.n;
    bool            same = false;
    for (var_id v = 1; v < w->c->s->g->vars.n && !same; v++) {
        matrix   x = w->c->value[v], z = b->w->c->right[i];
        int64_t  dim[2] = {(int64_t)x.rows, (int64_t)x.cols};
        py_value arg, out;
        if (ir_var(w->c->s->g, v)->kind != VAR_DEFINED || !is_sized(x, z)) continue;
        arg = py_of_array(py_array_new(w->r, PY_OF_FLOAT, 2, dim));
        if (arg.kind != PY_ARRAY) return false;
        for (size_t n = 0; n < x.rows * x.cols; n++) arg.array->at[n] = x.at[n];
        py_ready(w->r);
        if (!py_call(w->r, f, &arg, 1, &out)) continue;
        matrix y = gather_matrix(w->a, out, false);
        same = y.at && is_product(w->a, z, b->w->c->right[k], y);
    }
    w->r->trace.list.n = events;
    py_ready(w->r);
    return same;
}

/* Is what an event returned a factor of the value, and another should stand there? */
static bool is_wrong_factor(blaming *b, uint32_t event) {
    const py_event *e = gather_event(b->w, event);
    const uint32_t  n = b->w->c->s->right.list.n;
    matrix          y = b->own->expected;
    b->returned = gather_like(b->w, event, y);
    if (!is_sized(b->returned, y) || !is_sized(b->own->claim.value, y)) return false;
    for (uint32_t i = 0; i < n; i++)
        if (is_gradient_meant(b, i)) return true;
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < n; k++) {
            if (!is_slope_meant(b, i, k)) continue;
            py_value f = function_of(b->w, e);
            bool     single = e->node && parameters_of(e->node) == 1u + (e->self != NULL);
            return !single || f.kind == PY_NONE || !is_slope_of(b, f, i, k);
        }
    return false;
}

/* The function itself, where its slope is meant: the line that calls it should call another one. */
static bool is_function_itself(const gatherer *w, uint32_t returned) {
    static const char *const slopes[] = {"deriv", "prime", "grad", "slope", "back", "bwd", "diff"};
    const char              *name = symbols_name(&w->r->names, gather_event(w, returned)->function);
    char                     plain[80];
    name_plain(name, plain, sizeof plain);
    bool slope = plain[0] == 'd' || name_is_backward(name);
    for (size_t i = 0; i < sizeof slopes / sizeof *slopes; i++) slope = slope || strstr(plain, slopes[i]);
    matrix x = value_of(w, returned);
    for (var_id v = 1; v < w->c->s->g->vars.n && !slope; v++)
        if (ir_var(w->c->s->g, v)->kind == VAR_DEFINED && matrix_same(x, w->c->value[v], 1)) return true;
    return false;
}

/* The return of a wrong factor of an event's value; `event`: there is none. */
static uint32_t factor(const gatherer *w, const judge_verdicts *all, const judge_verdict *own,
                       uint32_t event) {
    blaming  b = {w, all, own, {0}};
    uint32_t least = event > SO_NEAR ? event - SO_NEAR : 0;
    for (uint32_t i = event; i-- > least;) {
        bool returned = is_returned_to(w, i, event) && !is_function_itself(w, i);
        if (returned && is_wrong_factor(&b, i)) return i;
        if (gather_event(w, i)->frame == gather_event(w, event)->frame) break;
    }
    return event;
}

uint32_t helper_line(const gatherer *w, const judge_verdicts *all, const judge_verdict *own, bool named) {
    uint32_t event = own->claim.origin, line = 0;
    for (int depth = 0; depth < 4; depth++) {
        uint32_t returned = whole(w, event);
        if (returned == event && !depth && own->expected.at) returned = factor(w, all, own, event);
        if (returned == event) break;
        const py_node *f = gather_event(w, returned)->node;
        if (is_right_elsewhere(w, all, returned) || (!named && times_called(w, f) > 1)) break;
        event = inside(w, returned);
        line = gather_event(w, event)->line;
    }
    return line;
}

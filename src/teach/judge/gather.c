/* Which value of a run is which gradient. Names tell it (dW2, grads["dW2"], nabla_w[-1]), or the value itself
 * where it is right, or the shape of what is on the way back, or how a parameter changes. */
#include "teach/judge/gather.h"
#include "teach/judge/aliases.h"
#include "teach/judge/code.h"
#include "teach/judge/parameters.h"
#include "teach/judge/parts.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static matrix event_matrix(const gatherer *w, const py_event *e) {
    return gather_matrix(w->a, e->value, w->view.turned);
}

dfoo_status gather_begin(gatherer *w) {
    w->layers.from_zero = w->from_zero;
    w->layers.y_predicted = w->y_predicted;
    DFOO_TRY(name_split(w->c->s, w->a, &w->layers));
    gather_note_parameters(w);
    aliases_by_name(w);
    parts_note(w);
    aliases_note(w);
    gather_find_end(w);
    return arena_status(w->a);
}

static uint32_t first_backward(const gatherer *w);

/* ------------------------------------------------------------------- claims */

static matrix wanted(const gatherer *w, uint32_t number) {
    return w->c->right[number];
}

static bool is_same_line(const py_event *x, const py_event *y) {
    return x->line == y->line && x->name == y->name && x->frame == y->frame && x->how == y->how;
}

/* Is x one example of what is as y for all of them: a column, a row? */
static bool is_one_of(const gatherer *w, matrix x, matrix y, bool *columns) {
    *columns = x.cols == 1 && y.cols > 1 && x.rows == y.rows;
    bool row = x.rows == 1 || x.cols == 1; /* as a list of numbers it is neither */
    return x.at && y.at && (*columns || (row && y.rows > 1 && (double)y.rows == w->c->examples &&
                                         x.rows * x.cols == y.cols));
}

/* One example at a time: the values of as many rounds of a loop as there are examples, side by side. */
static matrix stacked(const gatherer *w, const py_event *last, matrix x, matrix y, bool columns) {
    matrix          all = {y.rows, y.cols, arena_new(w->a, y.rows * y.cols * sizeof(double))};
    const py_event *e = last, *first = gather_event(w, w->from);
    size_t          t = columns ? y.cols : y.rows, n = columns ? y.rows : y.cols;
    for (; all.at && t && e >= first; e--) {
        if (!is_same_line(e, last)) continue;
        matrix one = event_matrix(w, e);
        if (!one.at || one.rows != x.rows || one.cols != x.cols) return x;
        t--;
        for (size_t i = 0; i < n; i++) all.at[columns ? i * y.cols + t : t * y.cols + i] = one.at[i];
    }
    return t ? x : all;
}

/* A value of the gradient's shape: a row of n for a column of n, and the reverse, where rank 1 leaves it
 * open. */
static matrix in_shape(const gatherer *w, const py_event *e, uint32_t number) {
    matrix x = event_matrix(w, e), y = wanted(w, number);
    bool   columns;
    if (is_one_of(w, x, y, &columns)) return stacked(w, e, x, y, columns);
    bool flat = e->value.kind == PY_ARRAY && e->value.array->rank == 1;
    if (x.at && flat && x.rows == y.rows * y.cols && (y.rows == 1 || y.cols == 1)) {
        x.rows = y.rows;
        x.cols = y.cols;
    }
    return x;
}

matrix gather_like(const gatherer *w, uint32_t event, matrix like) {
    const py_event *e = gather_event(w, event);
    matrix          x = event_matrix(w, e);
    bool            columns;
    return is_one_of(w, x, like, &columns) ? stacked(w, e, x, like, columns) : x;
}

/* A line of the way back that is run once for each example, with a column or a row each time. */
bool gather_is_loop(const gatherer *w) {
    uint32_t i = first_backward(w), n = 0;
    if (i >= w->to || w->c->examples < 2) return false;
    const py_event *first = gather_event(w, i);
    matrix          x = event_matrix(w, first);
    for (uint32_t k = i; k < w->to; k++) n += is_same_line(gather_event(w, k), first);
    return x.at && (x.cols == 1 || x.rows == 1) && (double)n == w->c->examples;
}

matrix gather_value(const gatherer *w, uint32_t event, uint32_t number) {
    return in_shape(w, gather_event(w, event), number);
}

static bool is_parameter(const gatherer *w, uint32_t number) {
    return ir_var(w->c->s->g, w->c->s->right.list.at[number].var)->kind == VAR_PARAM;
}

static judge_claim *claim_of(const judge_claims *c, uint32_t number) {
    for (uint32_t i = 0; i < c->list.n; i++)
        if (c->list.at[i].number == number) return &c->list.at[i];
    return NULL;
}

/* In a function that is called once for each example: the gradient of one of them. */
static bool is_of_one(const gatherer *w, const py_event *e) {
    uint32_t calls = 0;
    if (w->c->examples < 3 || e->how != '=' || !e->frame) return false;
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *x = gather_event(w, i);
        calls += x->line == e->line && x->name == e->name && x->how == '=' && x->function == e->function;
        if (x != e && x->frame == e->frame && x->line == e->line && x->name == e->name) return false;
    }
    return (double)calls == w->c->examples;
}

static void put_claim(const gatherer *w, judge_claims *out, uint32_t number, uint32_t event,
                      const char *name) {
    const py_event *e = gather_event(w, event);
    if (is_parameter(w, number) && is_of_one(w, e)) return;
    bool            flat = e->value.kind == PY_ARRAY && e->value.array->rank == 1;
    judge_claim     c = {.number = number,
                         .name = name,
                         .line = e->line,
                         .event = event,
                         .origin = event,
                         .value = in_shape(w, e, number),
                         .flat = flat};
    judge_claim    *old = claim_of(out, number);
    if (!c.value.at) return;
    if (old && old->event > event) return;
    /* What is assigned again from elsewhere without a change keeps its first line. */
    if (old && matrix_same(old->value, c.value, 1)) return;
    if (old)
        *old = c;
    else
        vec_push(w->a, &out->list, c);
}

static const char *label(const gatherer *w, const py_event *e) {
    const char *name = symbols_name(&w->r->names, e->name);
    const char *text = NULL;
    if (e->key.kind == PY_INT) text = arena_format(w->a, "%s[%lld]", name, (long long)e->key.whole);
    if (e->key.kind == PY_STRING) text = e->key.text->at;
    return text ? text : name;
}

/* An element that was appended, or put in front: its place among those of its list, from 0. */
typedef struct appended {
    int64_t place;
    bool    fits, fits_reversed; /* have all the shape of the parameter at their place? */
} appended;

static bool has_shape_of(const gatherer *w, const py_event *e, var_id v) {
    matrix x = event_matrix(w, e), y = w->c->value[v];
    bool   flat = x.at && e->value.kind == PY_ARRAY && e->value.array->rank == 1;
    return v && x.at && y.at &&
           ((x.rows == y.rows && x.cols == y.cols) || (flat && x.rows == y.rows * y.cols));
}

static bool is_appended_to(const py_event *e, const py_event *to) {
    return e->how == 'a' && e->frame == to->frame && e->name == to->name;
}

static appended find_appended(const gatherer *w, const py_event *own, uint32_t n) {
    const char *list = symbols_name(&w->r->names, own->name);
    bool        front = own->key.kind == PY_INT;
    appended    x = {-1, true, true};
    uint32_t    k = 0, at = 0;
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (!is_appended_to(e, own)) continue;
        if (e == own) at = k;
        x.fits = x.fits && k < n && has_shape_of(w, e, name_element(&w->layers, list, k, 0));
        x.fits_reversed =
            x.fits_reversed && k < n && has_shape_of(w, e, name_element(&w->layers, list, n - 1 - k, 0));
        k++;
    }
    if (k == n) x.place = front ? n - 1 - at : at;
    if (k == n && !front && x.fits_reversed) x.place = n - 1 - at; /* it is turned round later */
    return x;
}

static var_id appended_gradient(const gatherer *w, const py_event *e) {
    const char *list = symbols_name(&w->r->names, e->name);
    uint32_t    n = name_elements(&w->layers, list);
    if (!n || !name_is_backward(list)) return 0;
    appended x = find_appended(w, e, n);
    return x.place < 0 ? 0 : name_element(&w->layers, list, x.place, 0);
}

/* dW1 by its own name, or by its place in a list. */
static var_id gradient_of(const gatherer *w, const py_event *e) {
    const model *m = w->c->s->m;
    const char  *list = symbols_name(&w->r->names, e->name);
    if (e->how == 'a') return appended_gradient(w, e);
    if (e->key.kind == PY_INT && !name_is_backward(list)) return 0;
    if (e->key.kind == PY_INT)
        return name_element(&w->layers, list, e->key.whole, gather_base_of(w, e->name));
    var_id own = gather_is_in_gradients(w, e) ? name_variable_in(m, &w->layers, e->key.text->at) : 0;
    if (own && ir_var(&m->g, own)->kind == VAR_PARAM) return own;
    var_id named = name_gradient_in(m, &w->layers, gather_event_name(w, e));
    return named ? named : parts_gradient(w, e);
}

static bool is_data_gradient(const gatherer *w, uint32_t number) {
    const gradient *v = &w->c->s->right.list.at[number];
    return ir_var(w->c->s->g, v->var)->kind == VAR_DEFINED && w->c->right[number].at &&
           (w->c->examples == 1 || w->c->right[number].rows * w->c->right[number].cols > 1);
}

/* Is it a gradient of the way back but for a factor? Of few entries that would be chance. */
static bool is_multiple(const gatherer *w, matrix x, uint32_t number) {
    enum { FEW = 4 };
    matrix y = wanted(w, number);
    return is_data_gradient(w, number) && y.rows * y.cols >= FEW && matrix_ratio(x, y) != 0;
}

/* Does the gradient belong to a variable that is called as this one: A1 as A2? */
static bool is_alike(const gatherer *w, uint32_t number, const char *name) {
    return ir_var_name(w->c->s->g, w->c->s->right.list.at[number].var)[0] == name[0];
}

/* grads["dA2"] is dA1 in the older numbering of the course: what fits by value, or else by shape, is meant.
 */
static uint32_t renumbered(const gatherer *w, uint32_t number, const py_event *e) {
    const derivation *d = &w->c->s->right;
    double            m = w->c->examples;
    if (number == d->list.n || d->scale_of[d->list.at[number].var] != SCALE_DATA) return number;
    const char *own = ir_var_name(w->c->s->g, d->list.at[number].var);
    matrix      x = in_shape(w, e, number);
    if (own[0] != 'A' && own[0] != 'a' && !w->from_zero) return number;
    if (matrix_same(x, wanted(w, number), 1) || matrix_same(x, wanted(w, number), 1 / m)) return number;
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_alike(w, i, own) &&
            (matrix_same(x, wanted(w, i), 1) || matrix_same(x, wanted(w, i), 1 / m)))
            return i;
    for (uint32_t i = 0; i < d->list.n; i++)
        if (is_alike(w, i, own) && is_multiple(w, x, i)) return i;
    matrix y = wanted(w, number);
    return x.rows == y.rows && x.cols == y.cols ? number : d->list.n;
}

static bool is_sized_as(matrix x, matrix y) {
    return x.at && y.at && x.rows == y.rows && x.cols == y.cols;
}

/* Are these A1 and Z1? */
static bool is_behind(const char *activation, const char *z) {
    bool letters = (activation[0] == 'A' || activation[0] == 'H') && z[0] == 'Z';
    return letters && strcmp(activation + 1, z + 1) == 0;
}

/* dA1 *= A1 > 0, dhidden[H <= 0] = 0: what was dA1 becomes dZ1 in place. The number of that; number: it stays
 * what it was. */
static uint32_t in_place(const gatherer *w, const judge_claims *out, uint32_t number, const py_event *e) {
    const derivation  *d = &w->c->s->right;
    const judge_claim *old = claim_of(out, number);
    uint32_t           z = number + 1;
    if (e->how == '=' || e->how == 'i' || e->how == 'a' || z >= d->list.n || !old) return number;
    const py_event *made = gather_event(w, old->event);
    const ir       *g = w->c->s->g;
    matrix          x = in_shape(w, e, z), y = wanted(w, z);
    bool named = is_behind(ir_var_name(g, d->list.at[number].var), ir_var_name(g, d->list.at[z].var));
    bool same = made->frame == e->frame && made->name == e->name && is_sized_as(x, y);
    case_masks masks;
    if (!named || !same || case_find_masks(w->c->s, w->a, &masks)) return number;
    return !masks.list.n || matrix_ratio(x, y) != 0 ? z : number;
}

static void by_name(gatherer *w, judge_claims *out) {
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (!py_event_names(e)) continue;
        var_id v = gradient_of(w, e);
        if (!v) continue;
        uint32_t number = renumbered(w, gather_number(w, v), e);
        if (number < w->c->s->right.list.n) put_claim(w, out, in_place(w, out, number, e), i, label(w, e));
    }
}

/* grad_V, dV, V_grad: the gradient of what is called `own`. One letter has to stand alone. */
static bool is_named_after(const char *name, const char *plain, const char *own) {
    size_t n = strlen(own), len = strlen(plain), all = strlen(name);
    bool   behind = n && len > n && strcmp(plain + len - n, own) == 0;
    if (n == 1) return behind && (len == 2 || (all > 2 && name[all - 2] == '_'));
    return behind || (n && len > n && strncmp(plain, own, n) == 0);
}

/* dW, db for the first layer beside dW2, db2; d + the program's own name of a parameter; or the shape alone.
 */
static bool names_parameter(const gatherer *w, const char *name, var_id v) {
    char plain[80], own[80];
    name_plain(name, plain, sizeof plain);
    uint32_t k = 0;
    for (; k < w->layers.weights.n; k++)
        if (w->layers.weights.at[k] == v) break;
    bool weight = k < w->layers.weights.n;
    for (uint32_t i = 0; !weight && i < w->layers.biases.n; i++)
        if (w->layers.biases.at[i] == v) k = i;
    if (k == 0 && strcmp(plain, weight ? "dw" : "db") == 0) return true;
    const char *alias = "";
    for (uint32_t i = 0; i < w->aliases.n; i++)
        if (w->aliases.at[i].of == v) alias = symbols_name(&w->r->names, w->aliases.at[i].name);
    name_plain(alias, own, sizeof own);
    return is_named_after(name, plain, own);
}

static bool is_taken(const judge_claims *c, uint32_t event) {
    for (uint32_t i = 0; i < c->list.n; i++)
        if (c->list.at[i].event == event) return true;
    return false;
}

/* Is it in a helper that is called layer by layer, and is handed a gradient? */
static bool is_in_helper(const gatherer *w, const py_event *e) {
    const py_value *f = e->function ? py_env_find(&w->r->globals, e->function) : NULL;
    for (uint32_t i = 0; f && f->kind == PY_FUNCTION && i < f->function->def->list.n; i++)
        if (name_is_backward(symbols_name(&w->r->names, f->function->def->list.at[i]->name))) return true;
    return false;
}

static bool is_named_backward(const gatherer *w, const py_event *e) {
    return py_event_names(e) && name_is_backward(gather_event_name(w, e)) &&
           !name_variable_in(w->c->s->m, &w->layers, gather_event_name(w, e));
}

/* dW and db beside dW2 and db2; d and the program's own name of a parameter. */
static void by_own_name(gatherer *w, judge_claims *out) {
    const derivation *d = &w->c->s->right;
    for (uint32_t number = 0; number < d->list.n; number++) {
        if (!is_parameter(w, number) || claim_of(out, number)) continue;
        for (uint32_t i = w->from; i < w->to; i++) {
            const py_event *e = gather_event(w, i);
            const char     *name = gather_event_name(w, e);
            if (!is_named_backward(w, e) || gradient_of(w, e) || is_in_helper(w, e)) continue;
            if (!names_parameter(w, name, d->list.at[number].var)) continue;
            matrix x = in_shape(w, e, number), y = wanted(w, number);
            bool   shared = w->layers.weights.n > 1 && strlen(name) <= 2; /* dW of whichever layer */
            if (!shared || !w->failed || (x.rows == y.rows && x.cols == y.cols))
                put_claim(w, out, number, i, label(w, e));
        }
    }
}

/* ---------------------------------------------- what is on the way back */

/* dZ is not the gradient of an A, even where it has its value. */
static bool is_of_another_kind(const gatherer *w, const py_event *e, uint32_t number) {
    char        plain[80];
    const char *own = ir_var_name(w->c->s->g, w->c->s->right.list.at[number].var);
    name_plain(gather_event_name(w, e), plain, sizeof plain);
    bool z = strncmp(plain, "dz", 2) == 0, a = strncmp(plain, "da", 2) == 0;
    bool parameter = strncmp(plain, "dw", 2) == 0 || strncmp(plain, "db", 2) == 0;
    if (parameter && !is_parameter(w, number)) return true;
    return (z && (own[0] == 'A' || own[0] == 'a')) || (a && (own[0] == 'Z' || own[0] == 'z'));
}

/* Right values have no need of a name. sign: -1 where the program carries the negative gradient. */
static void by_value(gatherer *w, judge_claims *out) {
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        const char     *name = gather_event_name(w, e);
        if (!py_event_names(e) || e->how == 'a' || !name_is_backward(name)) continue;
        for (uint32_t number = 0; number < w->c->s->right.list.n; number++) {
            const judge_claim *old = claim_of(out, number);
            bool               other = old && strcmp(old->name, label(w, e)) != 0;
            if (!is_data_gradient(w, number) || other || is_of_another_kind(w, e, number)) continue;
            matrix x = in_shape(w, e, number), y = wanted(w, number);
            double k = matrix_ratio(x, y), m = w->c->examples;
            bool   same = fabs(k - 1) < 1e-9 || fabs(k + 1) < 1e-9 || fabs(fabs(k) * m - 1) < 1e-9;
            if (same) put_claim(w, out, number, i, label(w, e));
        }
    }
}

/* Of D1 = dropout(A1) a multiple is on the way to dA1. */
static bool is_dropped(const gatherer *w, uint32_t number) {
    case_masks masks;
    if (case_find_masks(w->c->s, w->a, &masks)) return false;
    for (uint32_t i = 0; i < masks.list.n; i++)
        if (masks.list.at[i].result == w->c->s->right.list.at[number].var) return true;
    return false;
}

/* 2 * (A2 - Y) is dA2 with a mistake, under whatever name: where nothing else is it, or the same name was. */
static void by_multiple(gatherer *w, judge_claims *out) {
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (!is_named_backward(w, e) || e->how == 'a' || is_taken(out, i)) continue;
        for (uint32_t number = 0; number < w->c->s->right.list.n; number++) {
            const judge_claim *old = claim_of(out, number);
            if (old && strcmp(old->name, label(w, e)) != 0) continue;
            if (is_of_another_kind(w, e, number) || is_dropped(w, number)) continue;
            if (is_multiple(w, in_shape(w, e, number), number)) put_claim(w, out, number, i, label(w, e));
        }
    }
}

/* Of what has no name or right value: the last value of the shape of dZ; of a parameter, of its shape. */
static bool goes_by_shape(const gatherer *w, uint32_t number) {
    const char *own = ir_var_name(w->c->s->g, w->c->s->right.list.at[number].var);
    if (is_parameter(w, number)) return w->c->right[number].rows * w->c->right[number].cols > 1;
    return is_data_gradient(w, number) && (own[0] == 'Z' || own[0] == 'z');
}

static bool is_another_right(const gatherer *w, uint32_t number, const py_event *e);

/* The next event in from .. to whose value may be the gradient of this number by its shape; w->to: none. */
static uint32_t next_of_shape(const gatherer *w, const judge_claims *out, uint32_t number, uint32_t from) {
    matrix y = wanted(w, number);
    for (uint32_t i = from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (!is_named_backward(w, e) || e->how == 'a' || e->how == 'i' || is_taken(out, i)) continue;
        matrix x = gather_like(w, i, y);
        if (gradient_of(w, e) || !x.at || x.rows != y.rows || x.cols != y.cols) continue;
        if (!w->failed || !is_another_right(w, number, e)) return i; /* what comes of that was not reached */
    }
    return w->to;
}

static uint32_t count_line(const gatherer *w, uint32_t event) {
    uint32_t n = 0;
    for (uint32_t i = w->from; i < w->to; i++)
        n += gather_is_again(gather_event(w, i), gather_event(w, event));
    return n;
}

/* An event on the way back that no name tells, of that shape. */
static bool is_open(const gatherer *w, uint32_t event, matrix y) {
    const py_event *e = gather_event(w, event);
    if (!is_named_backward(w, e) || e->how == 'a' || e->how == 'i' || gradient_of(w, e)) return false;
    return is_sized_as(gather_like(w, event, y), y);
}

static bool is_further_line(const gatherer *w, uint32_t found, const py_event *e) {
    const py_event *x = gather_event(w, found);
    return x->name == e->name && x->line != e->line;
}

/* The line that is run as often as there are gradients, all of them or those that are left; of several lines
 * for the same name the last one. w->to: there is none. */
static uint32_t line_of_rounds(const gatherer *w, const judge_claims *out, uint32_t first, uint32_t n,
                               uint32_t left) {
    uint32_t found = w->to;
    matrix   y = wanted(w, first);
    for (uint32_t i = w->from; i < w->to; i++) {
        if (!is_open(w, i, y)) continue;
        uint32_t rounds = count_line(w, i);
        if (rounds != n && (rounds != left || left < 2 || is_taken(out, i))) continue;
        if (found == w->to || is_further_line(w, found, gather_event(w, i))) found = i;
    }
    return found;
}

/* Those that are not known already; how many. */
static uint32_t keep_open(const judge_claims *out, uint32_t *numbers, uint32_t n) {
    uint32_t open = 0;
    for (uint32_t i = 0; i < n; i++)
        if (!claim_of(out, numbers[i])) numbers[open++] = numbers[i];
    return open;
}

/* A loop over layers, or steps of time, of one size: its rounds are their gradients, in order. */
static void by_rounds(gatherer *w, judge_claims *out, uint32_t first) {
    uint32_t numbers[24], n = 0, left = 0, k = 0;
    matrix   y = wanted(w, first);
    for (uint32_t i = 0; i < w->c->s->right.list.n && n < 24; i++) {
        if (is_parameter(w, i) || !goes_by_shape(w, i) || !is_sized_as(wanted(w, i), y)) continue;
        left += !claim_of(out, i);
        numbers[n++] = i;
    }
    if (n < 2 || !left) return;
    uint32_t event = line_of_rounds(w, out, first, n, left);
    if (event >= w->to) return;
    if (count_line(w, event) != n) n = keep_open(out, numbers, n);
    for (uint32_t i = w->from; k < n && i < w->to; i++) {
        if (!gather_is_again(gather_event(w, i), gather_event(w, event))) continue;
        if (!claim_of(out, numbers[k])) put_claim(w, out, numbers[k], i, label(w, gather_event(w, i)));
        k++;
    }
}

/* dU2, dU1, .. of one shape: as many names as there are gradients, in the order of both. */
static void by_order(gatherer *w, judge_claims *out, uint32_t first) {
    enum { MOST = 24 };
    uint32_t numbers[MOST], events[MOST], n = 0, k = 0;
    matrix   y = wanted(w, first);
    for (uint32_t i = first; i < w->c->s->right.list.n && n < MOST; i++) {
        bool open = !claim_of(out, i) && !is_parameter(w, i) && goes_by_shape(w, i);
        if (open && is_sized_as(wanted(w, i), y)) numbers[n++] = i;
    }
    for (uint32_t i = next_of_shape(w, out, first, w->from); i < w->to && k < MOST;
         i = next_of_shape(w, out, first, i + 1)) {
        uint32_t at = 0;
        while (at < k && gather_event(w, events[at])->name != gather_event(w, i)->name) at++;
        events[at] = i;
        if (at == k) k++;
    }
    for (uint32_t i = 0; n > 1 && n == k && i < n; i++)
        put_claim(w, out, numbers[i], events[i], label(w, gather_event(w, events[i])));
}

static void by_shape(gatherer *w, judge_claims *out) {
    const uint32_t n = w->c->s->right.list.n;
    for (uint32_t number = 0; number < w->c->s->right.list.n; number++)
        if (!claim_of(out, number) && !is_parameter(w, number) && goes_by_shape(w, number))
            by_rounds(w, out, number);
    for (uint32_t number = 0; number < n; number++)
        if (!claim_of(out, number) && !is_parameter(w, number) && goes_by_shape(w, number))
            by_order(w, out, number);
    for (uint32_t number = 0; number < n; number++) {
        if (claim_of(out, number) || !goes_by_shape(w, number)) continue;
        if (w->failed && is_parameter(w, number)) continue; /* sums and loops were only begun */
        for (uint32_t i = next_of_shape(w, out, number, w->from); i < w->to;
             i = next_of_shape(w, out, number, i + 1))
            put_claim(w, out, number, i, label(w, gather_event(w, i)));
    }
}

/* ------------------------------------------------------------------ updates */

static bool is_root(const py_run *r, const py_node *n, sym name) {
    bool called = n->kind == E_NAME || n->kind == E_ATTRIBUTE;
    (void)name;
    return called && strcmp(symbols_name(&r->names, n->name), "sqrt") == 0;
}

/* Adam, RMSprop: a step that is divided by a root is no multiple of the gradient, and tells nothing of it. */
static bool is_scaled_by_root(const gatherer *w, const py_event *e) {
    return e->node && code_any_node(w->r, e->node, 0, is_root);
}

static void by_update(gatherer *w, judge_claims *out) {
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (!gather_is_update(w, e)) continue;
        var_id   v = gather_parameter_of(w, e);
        uint32_t number = gather_number(w, v);
        if (number == w->c->s->right.list.n || is_scaled_by_root(w, e)) continue;
        matrix x = gather_matrix(w->a, e->before, w->view.turned), y = event_matrix(w, e),
               t = wanted(w, number);
        judge_claim *old = claim_of(out, number);
        for (size_t k = 0; k < x.rows * x.cols; k++) x.at[k] -= y.at[k];
        if (x.rows * x.cols == t.rows * t.cols && (t.rows == 1 || t.cols == 1)) {
            x.rows = t.rows;
            x.cols = t.cols;
        }
        if (old) {
            double factor = matrix_ratio(x, old->value);
            if (factor < 0) out->ascends = true;
            /* w -= rate / m * sum: with the factor of the update it is the gradient */
            bool right = matrix_same(x, t, out->rate) || matrix_same(x, t, HANDED_RATE);
            if (factor > 0 && right) old->value = t;
            continue;
        }
        judge_claim c = {.number = number,
                         .name = label(w, e),
                         .line = e->line,
                         .event = i,
                         .origin = i,
                         .value = x,
                         .update = true};
        vec_push(w->a, &out->list, c);
    }
}

/* The claim that is called as what a returned part is a multiple of. */
static judge_claim *claim_called(const gatherer *w, judge_claims *c, const py_event *part) {
    for (uint32_t i = 0; i < c->list.n; i++) {
        const py_event *e = gather_event(w, c->list.at[i].event);
        if (part->name && e->name == part->name && e->frame == part->frame && e->key.kind == PY_NONE)
            return &c->list.at[i];
    }
    return NULL;
}

/* return dW / n, db / n: what is returned counts, not what the sum was called. */
static void by_multiples_returned(const gatherer *w, judge_claims *out) {
    const py_event *end = gather_event(w, w->to - 1);
    for (uint32_t i = w->from; i + 1 < w->to && end->how == 'r'; i++) {
        const py_event *e = gather_event(w, i);
        judge_claim    *old = e->how == 't' && e->frame == end->frame ? claim_called(w, out, e) : NULL;
        if (!old || e->node->kind == E_NAME || !is_parameter(w, old->number)) continue;
        matrix x = in_shape(w, e, old->number);
        if (!x.at) continue;
        old->value = x;
        old->event = old->origin = i;
        old->line = e->line;
    }
}

/* Is a parameter among the values, made or changed? */
static bool holds_parameters(const gatherer *w, const py_list *all) {
    for (uint32_t i = w->from; i + 1 < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (e->value.kind != PY_ARRAY || !gather_parameter_of(w, e)) continue;
        for (uint32_t k = 0; k < all->items.n; k++) {
            matrix x = gather_matrix(w->a, all->items.at[k], w->view.turned);
            if (matrix_same(x, event_matrix(w, e), 1)) return true;
        }
    }
    return false;
}

/* By their places: what is returned are the gradients of all parameters, in the order of declaration. */
static void by_places_returned(const gatherer *w, const py_list *all, judge_claims *out) {
    const uint32_t last = w->to - 1;
    uint32_t       n = 0;
    if (holds_parameters(w, all)) return;
    for (var_id v = 1; v < w->c->s->g->vars.n; v++) {
        if (ir_var(w->c->s->g, v)->kind != VAR_PARAM) continue;
        while (n < all->items.n && all->items.at[n].kind != PY_ARRAY) n++;
        uint32_t number = gather_number(w, v);
        if (n == all->items.n || number == w->c->s->right.list.n) return;
        matrix x = gather_matrix(w->a, all->items.at[n++], w->view.turned);
        if (!x.at || !is_sized_as(x, wanted(w, number))) return;
        if (claim_of(out, number)) continue;
        for (uint32_t i = w->from; i < last; i++) {
            const py_event *e = gather_event(w, i);
            if (!matrix_same(event_matrix(w, e), x, 1)) continue;
            put_claim(w, out, number, i, ir_var_name(w->c->s->g, w->c->s->right.list.at[number].grad));
            break;
        }
    }
}

/* {"W1": .., ..}: a gradient under the name of its parameter. */
static void by_keys_returned(const gatherer *w, const py_dict *all, judge_claims *out) {
    for (uint32_t i = w->from; i < w->to; i++)
        if (gather_is_update(w, gather_event(w, i))) return; /* these are the parameters, changed */
    for (uint32_t i = w->from; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (e->of != all || e->how != 'i' || e->key.kind != PY_STRING) continue;
        var_id   v = name_variable_in(w->c->s->m, &w->layers, e->key.text->at);
        uint32_t number = v ? gather_number(w, v) : w->c->s->right.list.n;
        bool     open = number < w->c->s->right.list.n && is_parameter(w, number);
        if (open && !claim_of(out, number)) put_claim(w, out, number, i, label(w, e));
    }
}

/* What the way back returned, where no name says so: return weight_grad(..), bias_grad(..). */
static void by_returned(gatherer *w, judge_claims *out) {
    const py_event *end = gather_event(w, w->to - 1);
    if (end->how != 'r') return;
    by_multiples_returned(w, out);
    if (end->value.kind == PY_TUPLE) by_places_returned(w, end->value.list, out);
    if (end->value.kind == PY_DICT && w->returns) by_keys_returned(w, end->value.dict, out);
}

/* dA1 that is right, and dZ1 that is the same by mistake. */
static bool is_another_right(const gatherer *w, uint32_t number, const py_event *e) {
    for (uint32_t i = 0; i < w->c->s->right.list.n; i++) {
        if (i == number || !is_data_gradient(w, i)) continue;
        double k = fabs(matrix_ratio(in_shape(w, e, i), wanted(w, i)));
        bool   same = fabs(k - 1) < 1e-9 || fabs(k * w->c->examples - 1) < 1e-9;
        if (same && !matrix_same(wanted(w, i), wanted(w, number), 1)) return true;
    }
    return false;
}

/* Is the event another gradient's claim? */
static bool is_of_other(const gatherer *w, const judge_claims *c, const judge_claim *own, uint32_t event) {
    (void)w;
    for (uint32_t i = 0; i < c->list.n; i++)
        if (c->list.at[i].event == event && c->list.at[i].number != own->number) return true;
    return false;
}

/* May an earlier event be where a claim's value came from? Not if it is another gradient's. */
static bool may_be_origin(const gatherer *w, const judge_claims *c, const judge_claim *own, uint32_t event,
                          bool named) {
    const py_event *e = gather_event(w, event), *at = gather_event(w, own->event);
    bool both = e->value.kind == at->value.kind && (py_is_number(e->value) || e->value.kind == PY_ARRAY);
    if (!py_event_names(e) || !both || !is_named_backward(w, e)) return false;
    if (e->value.kind == PY_ARRAY && e->value.array->rank != at->value.array->rank) return false;
    if (is_of_other(w, c, own, event)) return false;
    var_id v = gradient_of(w, e);
    if (v && gather_number(w, v) != own->number && e->frame == at->frame) return false;
    return named || !is_another_right(w, own->number, e);
}

/* Has another gradient the same value? Then nothing tells where this one came from. */
static bool is_repeated(const judge_claims *c, const judge_claim *own) {
    for (uint32_t i = 0; i < c->list.n; i++)
        if (c->list.at[i].number != own->number && matrix_same(c->list.at[i].value, own->value, 1))
            return true;
    return false;
}

/* grads["db2"] = db. */
static bool is_called_shorter(const gatherer *w, const judge_claim *own, uint32_t event) {
    char plain[80], shorter[80];
    name_plain(own->name, plain, sizeof plain);
    name_plain(gather_event_name(w, gather_event(w, event)), shorter, sizeof shorter);
    return strlen(shorter) > 1 && strncmp(plain, shorter, strlen(shorter)) == 0;
}

/* The line where a value first came up: in a helper that the caller's line calls, or under another name. */
static void find_origins(const gatherer *w, judge_claims *c) {
    for (uint32_t k = 0; k < c->list.n; k++) {
        judge_claim *own = &c->list.at[k];
        if (own->update) continue;
        bool   repeated = is_repeated(c, own);
        matrix x = gather_matrix(w->a, gather_event(w, own->event)->value, false);
        for (uint32_t i = own->event > 60 ? own->event - 60 : 0; i < own->event; i++) {
            bool other = repeated && !is_called_shorter(w, own, i);
            if (i < w->from || other || !may_be_origin(w, c, own, i, repeated)) continue;
            if (!matrix_same(gather_matrix(w->a, gather_event(w, i)->value, false), x, 1)) continue;
            own->line = gather_event(w, i)->line;
            own->origin = i;
            break;
        }
    }
}

/* The learning rate, if the program has a name for it. */
static double rate_of(const gatherer *w) {
    double rate = 0;
    for (uint32_t i = 0; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        if (py_is_number(e->value) && name_role_of(gather_event_name(w, e)) == ROLE_RATE)
            rate = py_as_double(e->value);
    }
    return rate;
}

static bool is_zero(matrix x) {
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (x.at[i] != 0) return false;
    return true;
}

/* A run that ended in an error leaves sums and loops behind that were only begun. */
static void drop_unfinished(const gatherer *w, judge_claims *out) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < out->list.n; i++) {
        const judge_claim *k = &out->list.at[i];
        const py_event    *e = gather_event(w, k->event);
        matrix             y = wanted(w, k->number);
        bool               part = k->value.cols == 1 && y.at && y.cols > 1 && k->value.rows == y.rows;
        bool begun = !k->update && (e->how == '+' || is_zero(k->value) || part);
        if (!begun) out->list.at[n++] = *k;
    }
    out->list.n = n;
}

bool gather_find(const gatherer *w, matrix x, uint32_t before, uint32_t *event) {
    for (uint32_t i = w->from; i < before; i++) {
        const py_event *e = gather_event(w, i);
        if (!py_event_names(e)) continue;
        double k = fabs(matrix_ratio(gather_like(w, i, x), x));
        if (fabs(k - 1) > 1e-9 && fabs(k * w->c->examples - 1) > 1e-9) continue;
        *event = i;
        return true;
    }
    return false;
}

static int by_number(const void *x, const void *y) {
    const judge_claim *a = x, *b = y;
    return a->number < b->number ? -1 : a->number > b->number;
}

dfoo_status gather_claims(gatherer *w, judge_claims *out) {
    *out = (judge_claims){.failed = w->failed, .rate = rate_of(w)};
    by_name(w, out);
    by_own_name(w, out);
    by_value(w, out);
    by_multiple(w, out);
    if (w->to > w->from && !w->failed) by_returned(w, out);
    by_update(w, out);
    by_shape(w, out);
    if (w->failed) drop_unfinished(w, out);
    find_origins(w, out);
    if (out->list.n) qsort(out->list.at, out->list.n, sizeof *out->list.at, by_number);
    return arena_status(w->a);
}

bool gather_is_backward(const gatherer *w, uint32_t event) {
    const py_event *e = gather_event(w, event);
    var_id          v = is_named_backward(w, e) && e->how != 'a' ? gradient_of(w, e) : 0;
    uint32_t number = v ? gather_number(w, v) : w->c->s->right.list.n;
    bool known = number < w->c->s->right.list.n && is_parameter(w, number);
    return is_named_backward(w, e) && e->how != 'a' && !known;
}

void gather_put(const gatherer *w, judge_claims *claims, uint32_t number, uint32_t event) {
    put_claim(w, claims, number, event, label(w, gather_event(w, event)));
    qsort(claims->list.at, claims->list.n, sizeof *claims->list.at, by_number);
}

/* Where the way back begins. */
static uint32_t first_backward(const gatherer *w) {
    uint32_t i = w->from;
    for (; i < w->to; i++) {
        const py_event *e = gather_event(w, i);
        bool            array = e->value.kind == PY_ARRAY && e->value.array->rank >= 1;
        bool            zeros = array && matrix_same(gather_matrix(w->a, e->value, false),
                                                     gather_matrix(w->a, e->value, false), 0);
        bool            backward = is_named_backward(w, e) && !gather_parameter_of(w, e);
        if ((array && !zeros && backward) || gather_is_update(w, e)) break;
    }
    return i;
}

uint32_t gather_way_back(const gatherer *w) {
    return first_backward(w);
}

var_id gather_parameter(const gatherer *w, uint32_t event) {
    return gather_parameter_of(w, gather_event(w, event));
}

uint32_t gather_update(const gatherer *w, uint32_t event) {
    const py_event *e = gather_event(w, event);
    return gather_is_update(w, e) ? gather_number(w, gather_parameter_of(w, e)) : w->c->s->right.list.n;
}

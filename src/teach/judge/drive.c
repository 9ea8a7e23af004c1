/* Programs set going: functions, methods of objects that are made for it, or their own statements. */
#include "teach/judge/drive.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "teach/judge/arguments.h"
#include "teach/judge/code.h"

/* -------------------------------------------------------------------- objects */

/* An array of the object that stands for a parameter takes the case's values, in its own shape. */
static void overwrite(drive *d, py_value *own, var_id v) {
    if (own->kind != PY_ARRAY) return;
    py_value x = argument_as_it_is(d, v);
    if (x.kind != PY_ARRAY || py_array_size(x.array) != py_array_size(own->array)) return;
    bool same = x.array->rank == own->array->rank;
    for (int k = 0; same && k < x.array->rank; k++) same = x.array->dim[k] == own->array->dim[k];
    d->handed = true;
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
typedef struct inner_part {
    py_value    value;
    const char *name; /* as an attribute; "": it stands in a list */
} inner_part;

typedef struct inner_arrays {
    VEC(py_value *) weights;
    VEC(py_value *) biases;
    VEC(inner_part) parts; /* that are looked into */
} inner_arrays;

static void look_into(drive *d, inner_arrays *out, const char *name, py_value x) {
    enum { MOST = 200 };
    if (out->parts.n < MOST) vec_push(&d->r->a, &out->parts, (inner_part){x, name});
}

static void take_attribute(drive *d, inner_arrays *out, const char *whose, const char *name, py_value *x) {
    if (name_says_nothing(name)) name = whose;
    if (x->kind != PY_ARRAY)
        look_into(d, out, name, *x);
    else if (!name_is_backward(name) && name_is_weight(name) && x->array->rank == 2)
        vec_push(&d->r->a, &out->weights, x);
    else if (!name_is_backward(name) && name_is_bias(name))
        vec_push(&d->r->a, &out->biases, x);
}

static void find_inner(drive *d, inner_part of, inner_arrays *out) {
    py_value part = of.value;
    bool     list = part.kind == PY_LIST || part.kind == PY_TUPLE;
    for (uint32_t i = 0; list && i < part.list->items.n; i++) look_into(d, out, "", part.list->items.at[i]);
    for (uint32_t i = 0; part.kind == PY_DICT && !name_is_backward(of.name) && i < part.dict->items.n; i++) {
        py_pair *p = &part.dict->items.at[i];
        if (p->key.kind == PY_STRING) take_attribute(d, out, of.name, p->key.text->at, &p->value);
        else look_into(d, out, "", p->value);
    }
    for (uint32_t i = 0; part.kind == PY_OBJECT && i < part.object->env.list.n; i++)
        take_attribute(d, out, of.name, symbols_name(&d->r->names, part.object->env.list.at[i].name),
                       &part.object->env.list.at[i].value);
}

static bool has_value(drive *d, const py_value *x, var_id v) {
    matrix own = gather_matrix(&d->r->a, *x, d->view.turned), y = d->c->value[v];
    return own.at && y.at && own.rows * own.cols == y.rows * y.cols &&
           (matrix_same(own, y, 1) || own.rows == 1 || own.cols == 1);
}

/* The same, and no other line of as many numbers. Numbers of the case are all different. */
static bool has_very_value(drive *d, const py_value *x, var_id v) {
    matrix own = gather_matrix(&d->r->a, *x, d->view.turned), y = d->c->value[v];
    if (!own.at || !y.at || own.rows * own.cols != y.rows * y.cols) return false;
    if (y.rows == 1 || y.cols == 1) own = (matrix){y.rows, y.cols, own.at};
    return matrix_same(own, y, 1);
}

/* Does every weight that the object holds have a value of the model's? Else its gradients are at other values
 * than the model's, and no mistake. */
static bool holds_the_case(drive *d, const inner_arrays *in) {
    for (uint32_t i = 0; i < in->weights.n; i++) {
        bool any = false;
        for (uint32_t k = 0; k < d->layers.weights.n; k++)
            any = any || has_value(d, in->weights.at[i], d->layers.weights.at[k]);
        if (!any) return false;
    }
    return true;
}

/* Layers that are objects of their own: as many weights as the model has are the model's, in order.
 * false: the object has others. */
static bool overwrite_inner(drive *d, py_value self) {
    inner_arrays in = {{0}, {0}, {0}}, own = {{0}, {0}, {0}};
    for (uint32_t i = 0; i < self.object->env.list.n; i++)
        look_into(d, &in, symbols_name(&d->r->names, self.object->env.list.at[i].name),
                  self.object->env.list.at[i].value);
    for (uint32_t i = 0; i < in.parts.n; i++) find_inner(d, in.parts.at[i], &in);
    for (uint32_t i = 0; in.weights.n == d->layers.weights.n && i < in.weights.n; i++)
        overwrite(d, in.weights.at[i], d->layers.weights.at[i]);
    for (uint32_t i = 0; in.biases.n == d->layers.biases.n && i < in.biases.n; i++)
        overwrite(d, in.biases.at[i], d->layers.biases.at[i]);
    look_into(d, &own, "", self);
    for (uint32_t i = 0; i < own.parts.n; i++) find_inner(d, own.parts.at[i], &own);
    return holds_the_case(d, &own);
}

/* Does an array have the parameter's shape, as it would be handed out? A bias may be (n,). */
static bool has_shape(const drive *d, py_value x, var_id v) {
    matrix m = d->c->value[v];
    bool   line = m.rows == 1 || m.cols == 1;
    if (x.kind != PY_ARRAY || !m.at) return false;
    if (x.array->rank == 1) return line && (size_t)py_array_size(x.array) == m.rows * m.cols;
    return x.array->rank == 2 && (size_t)x.array->dim[0] == (d->view.turned ? m.cols : m.rows) &&
           (size_t)x.array->dim[1] == (d->view.turned ? m.rows : m.cols);
}

/* The parameter that the name says; 0: none. */
static var_id parameter_called(const drive *d, const char *name) {
    const model *m = d->c->s->m;
    var_id       v = name_variable_in(m, &d->layers, name);
    return v && ir_var(&m->g, v)->kind == VAR_PARAM ? v : 0;
}

/* A place of an object where an array stands: self.V, self.p["V"], self.ws[0]. */
typedef struct place {
    py_value   *x;
    const char *name; /* "": it stands in a list */
    bool        taken;
} place;

typedef struct places {
    VEC(place) list;
} places;

static void note_place(drive *d, places *out, const char *name, py_value *x) {
    bool back = *name && name[1] && name_is_backward(name);
    bool told = back || parameter_called(d, name);
    if (x->kind == PY_ARRAY) vec_push(&d->r->a, &out->list, (place){x, name, told});
}

static void find_places(drive *d, py_object *o, places *out) {
    for (uint32_t i = 0; i < o->env.list.n; i++) {
        const char *name = symbols_name(&d->r->names, o->env.list.at[i].name);
        py_value   *x = &o->env.list.at[i].value;
        bool        back = name[1] && name_is_backward(name);
        note_place(d, out, name, x);
        for (uint32_t k = 0; x->kind == PY_DICT && !back && k < x->dict->items.n; k++) {
            py_pair *p = &x->dict->items.at[k];
            note_place(d, out, p->key.kind == PY_STRING ? p->key.text->at : "", &p->value);
        }
        for (uint32_t k = 0; x->kind == PY_LIST && !back && k < x->list->items.n; k++)
            note_place(d, out, "", &x->list->items.at[k]);
    }
}

static bool is_held(drive *d, const places *all, var_id v) {
    for (uint32_t i = 0; i < all->list.n; i++)
        if (has_very_value(d, all->list.at[i].x, v)) return true;
    return false;
}

/* Of a parameter that the object holds under no name of its own, the first array of its shape is it. Sizes
 * are all different. */
static void overwrite_by_shape(drive *d, const places *all, var_id v) {
    for (uint32_t i = 0; i < all->list.n; i++) {
        place *p = &all->list.at[i];
        if (p->taken || !has_shape(d, *p->x, v)) continue;
        p->taken = true;
        overwrite(d, p->x, v);
        return;
    }
}

/* false: it holds some of the parameters, and others elsewhere; its gradients are at other values than the
 * model's, and no mistake. */
static bool overwrite_rest(drive *d, py_object *o) {
    const name_layers *l = &d->layers;
    places             all = {{0}};
    uint32_t           held = 0, n = l->weights.n + l->biases.n;
    find_places(d, o, &all);
    for (uint32_t k = 0; k < all.list.n; k++)
        for (uint32_t i = 0; i < n && !all.list.at[k].taken; i++) {
            var_id v = i < l->weights.n ? l->weights.at[i] : l->biases.at[i - l->weights.n];
            all.list.at[k].taken = has_very_value(d, all.list.at[k].x, v);
        }
    for (uint32_t i = 0; i < n; i++) {
        var_id v = i < l->weights.n ? l->weights.at[i] : l->biases.at[i - l->weights.n];
        if (!is_held(d, &all, v)) overwrite_by_shape(d, &all, v);
        if (is_held(d, &all, v)) held++;
        else if (!d->elsewhere) d->elsewhere = v;
    }
    return held == 0 || held == n;
}

static bool init_object(drive *d, py_value type, const py_value *init, py_value *self) {
    py_failure failure;
    return arguments_call(d, type, init->function, true, py_none(), self, &failure) && !failure.type &&
           self->kind == PY_OBJECT;
}

static bool make_object(drive *d, py_value type, py_value *self) {
    const py_value *init = py_env_find(&type.type->env, symbols_add(&d->r->names, "__init__", 8));
    if (!init || init->kind != PY_FUNCTION) {
        py_ready(d->r);
        *self = d->r->call(d->r, type, NULL, 0);
        bool made = !d->r->failed && self->kind == PY_OBJECT;
        py_ready(d->r);
        return made;
    }
    if (!init_object(d, type, init, self)) return false;
    overwrite_all(d, &self->object->env);
    bool inner = overwrite_inner(d, *self);
    d->foreign = !overwrite_rest(d, self->object) || !inner;
    return !d->foreign || init_object(d, type, init, self); /* all of its values are its own then */
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
    if (!code_is_backward_name(entry)) return x;
    for (uint32_t i = 0; i < type.type->env.list.n; i++) {
        py_value    f = type.type->env.list.at[i].value;
        const char *name = symbols_name(&d->r->names, type.type->env.list.at[i].name);
        py_failure  failure;
        if (f.kind != PY_FUNCTION || f.function->how || !code_is_forward_name(name)) continue;
        if (arguments_call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure) &&
            !failure.type)
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
            if (x.kind == PY_FUNCTION && !code_is_forward_name(name) &&
                code_is_backward_name(name) == (pass == 0))
                vec_push(a, &out->list, (drive_entry){x, py_none(), name});
            for (uint32_t k = 0; x.kind == PY_CLASS && k < x.type->env.list.n; k++) {
                py_value f = x.type->env.list.at[k].value;
                name = symbols_name(&r->names, x.type->env.list.at[k].name);
                if (f.kind == PY_FUNCTION && !f.function->how && name[0] != '_' &&
                    code_is_backward_name(name) == (pass == 0) && !code_is_forward_name(name))
                    vec_push(a, &out->list, (drive_entry){f, x, name});
            }
        }
    vec_push(a, &out->list, (drive_entry){py_none(), py_none(), "the program"});
    return arena_status(a);
}

/* What goes down the gradient, whatever that is called. */
static bool is_step(const char *plain) {
    static const char *const words[] = {"step",  "optim",    "sgd",   "descent", "adam",
                                        "apply", "momentum", "train", "fit",     "rmsprop"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strstr(plain, words[i]) && !strstr(plain, "update")) return true;
    return false;
}

static bool is_of_kind(const char *name, drive_kind kind) {
    char plain[80];
    name_plain(name, plain, sizeof plain);
    bool descends = kind == DRIVE_STEP && strstr(plain, "descent");
    if ((code_is_backward_name(name) && !descends) || strstr(plain, "deriv") || strstr(plain, "prime") ||
        strstr(plain, "plot"))
        return false;
    if (kind == DRIVE_UPDATE) return strstr(plain, "update") != NULL;
    if (kind == DRIVE_STEP) return is_step(plain);
    if (kind == DRIVE_START) return strncmp(plain, "init", 4) == 0;
    return strstr(plain, "cost") || strstr(plain, "loss") || strstr(plain, "crossentropy");
}

void drive_call_kind(drive *d, drive_kind kind) {
    py_run *r = d->r;
    d->gradients = kind == DRIVE_UPDATE || kind == DRIVE_STEP;
    d->behind = (py_failure){.type = NULL};
    for (uint32_t i = 0; i < r->globals.list.n; i++) {
        py_value   f = r->globals.list.at[i].value, x;
        py_failure failure;
        if (f.kind != PY_FUNCTION || !is_of_kind(symbols_name(&r->names, r->globals.list.at[i].name), kind))
            continue;
        py_refresh(r);
        if (!arguments_call(d, f, f.function, kind == DRIVE_START, py_none(), &x, &failure)) continue;
        if (failure.type && kind == DRIVE_UPDATE) d->behind = failure;
        if (!failure.type && kind != DRIVE_STEP) break;
    }
    d->gradients = false;
}

static void set_globals(drive *d);

/* self.backward(..), of the class. */
static bool is_way_back(const py_run *r, const py_node *n, sym own) {
    bool        method = n->kind == E_CALL && n->a->kind == E_ATTRIBUTE && n->a->a->kind == E_NAME;
    const char *of = method ? symbols_name(&r->names, n->a->a->name) : "";
    return strcmp(of, "self") == 0 && n->a->name != own &&
           code_is_backward_name(symbols_name(&r->names, n->a->name));
}

/* By its name, or as a method that has another one for the way back. */
static bool trains(const py_run *r, py_value f, sym own) {
    static const char *const words[] = {"update", "train", "sgd", "step", "batch"};
    const char              *name = symbols_name(&r->names, own);
    char                     plain[80];
    name_plain(name, plain, sizeof plain);
    bool named = strcmp(plain, "fit") == 0;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) named = named || strstr(plain, words[i]);
    if (!named && f.kind == PY_FUNCTION && !code_is_backward_name(name))
        named = code_any_node(r, f.function->def->b, own, is_way_back);
    return named && f.kind == PY_FUNCTION && !f.function->how && f.function->def->kind == S_DEF;
}

bool drive_train(drive *d) {
    py_run *r = d->r;
    for (uint32_t i = 0; i < r->globals.list.n; i++) {
        py_value type = r->globals.list.at[i].value, self, x;
        for (uint32_t k = 0; type.kind == PY_CLASS && k < type.type->env.list.n; k++) {
            py_value   f = type.type->env.list.at[k].value;
            py_failure failure;
            if (!trains(r, f, type.type->env.list.at[k].name)) continue;
            py_refresh(r);
            set_globals(d);
            if (make_object(d, type, &self) &&
                arguments_call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure) &&
                !failure.type)
                return true;
        }
    }
    return false;
}

bool drive_is_backward(const drive_entry *e) {
    char plain[80];
    name_plain(e->name, plain, sizeof plain);
    return e->f.kind == PY_NONE || code_is_backward_name(e->name) || strcmp(plain, "fit") == 0 ||
           strncmp(plain, "train", 5) == 0;
}

/* Names that functions take from outside: what the program could not make itself. */
static void set_globals(drive *d) {
    const ir *g = d->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind > VAR_PARAM) continue;
        sym       name = symbols_find(&d->r->names, ir_var_name(g, v), strlen(ir_var_name(g, v)));
        py_value *own = name ? py_env_find(&d->r->globals, name) : NULL;
        if (!name) continue;
        if (!own || own->kind == PY_OPAQUE) py_env_set(d->r, &d->r->globals, name, argument_value(d, v));
    }
    sym       m = symbols_add(&d->r->names, "m", 1);
    py_value *own = py_env_find(&d->r->globals, m);
    if (!own || own->kind == PY_OPAQUE || own->kind == PY_INT)
        py_env_set(d->r, &d->r->globals, m, py_int((int64_t)d->c->examples));
}

static void hand(drive *d, const char *name, py_value x) {
    sym own = symbols_find(&d->r->names, name, strlen(name));
    if (own && x.kind != PY_NONE) py_env_set(d->r, &d->r->globals, own, x);
}

void drive_hand_all(drive *d) {
    const ir *g = d->c->s->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind <= VAR_PARAM || ir_var(g, v)->kind == VAR_DEFINED)
            hand(d, ir_var_name(g, v), argument_value(d, v));
    for (uint32_t i = 0; i < d->c->s->right.list.n; i++)
        hand(d, ir_var_name(g, d->c->s->right.list.at[i].grad), argument_gradient(d, i));
    hand(d, "m", py_int((int64_t)d->c->examples));
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
        d->gradients = true;
        bool done = arguments_call(d, method_of(d, f, self), f.function, true, py_none(), &x, &failure);
        d->gradients = false;
        if (!done) continue;
        d->behind = failure;
        return;
    }
}

bool drive_run(drive *d, const drive_entry *e, uint32_t *from, py_failure *failure) {
    py_value self = py_none(), x, forward;
    *from = d->r->trace.list.n;
    *failure = (py_failure){.type = NULL};
    d->handed_on = e->type.kind == PY_CLASS;
    d->foreign = d->unknown = d->handed = false;
    d->unbound = NULL;
    d->elsewhere = 0;
    d->behind = (py_failure){.type = NULL};
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
        if (!arguments_call(d, method_of(d, e->f, self), e->f.function, true, forward, &x, failure))
            return false;
        if (d->after && !failure->type) call_updates(d, e, self);
        return true;
    }
    forward =
        code_is_backward_name(e->name) || e->f.function->def->list.n > 1 ? arguments_forward(d) : py_none();
    *from = d->r->trace.list.n;
    return arguments_call(d, e->f, e->f.function, false, forward, &x, failure);
}

/* Statements, and calls. */
#include "teach/python/exec.h"

#include <assert.h>
#include <string.h>

#include "teach/python/attribute.h"

typedef enum { FLOW_ON, FLOW_BREAK, FLOW_CONTINUE, FLOW_RETURN } flow;

static flow run_block(py_run *r, const py_node *block);
static flow run_statement(py_run *r, const py_node *n);

/* ------------------------------------------------------------------- calls */

static void too_many(py_run *r, const py_node *def, uint32_t takes, uint32_t n) {
    const char *name = def->name ? symbols_name(&r->names, def->name) : "<lambda>";
    py_raise(r, "TypeError", "%s() takes %u positional argument%s but %u were given", name, takes,
             takes == 1 ? "" : "s", n);
}

/* The positional arguments; *bare counts what no parameter takes. */
static void put_places(py_run *r, const py_node *def, py_env *env, const py_value *args, uint32_t n) {
    uint32_t used = 0, takes = 0;
    bool     by_name = false;
    for (uint32_t i = 0; i < def->list.n; i++) {
        const py_node *p = def->list.at[i];
        if (p->op == '|' || p->op == '*') by_name = true;
        if (p->op == '*') {
            py_env_set(r, env, p->name, py_new_list(r, PY_TUPLE, args + used, n - used));
            used = n;
        }
        if (p->op || by_name) continue;
        takes++;
        if (used < n) py_env_set(r, env, p->name, args[used++]);
    }
    if (used < n) too_many(r, def, takes, n);
}

static void put_keywords(py_run *r, const py_node *def, py_env *env, const py_keyword *keys, uint32_t n) {
    py_value rest = py_none();
    for (uint32_t i = 0; i < def->list.n; i++)
        if (def->list.at[i]->op == 'k') py_env_set(r, env, def->list.at[i]->name, rest = py_new_dict(r));
    for (uint32_t k = 0; k < n && !r->failed; k++) {
        const py_node *p = NULL;
        for (uint32_t i = 0; i < def->list.n && !p; i++)
            if (!def->list.at[i]->op && def->list.at[i]->name == keys[k].name) p = def->list.at[i];
        const char *name = symbols_name(&r->names, keys[k].name),
                   *own = def->name ? symbols_name(&r->names, def->name) : "<lambda>";
        if (!p && rest.kind == PY_DICT)
            py_dict_set(r, rest.dict, py_string_of(r, name), keys[k].value);
        else if (!p)
            py_raise(r, "TypeError", "%s() got an unexpected keyword argument '%s'", own, name);
        else if (py_env_find(env, p->name))
            py_raise(r, "TypeError", "%s() got multiple values for argument '%s'", own, name);
        else
            py_env_set(r, env, p->name, keys[k].value);
    }
}

static void put_defaults(py_run *r, const py_callable *f, py_env *env) {
    for (uint32_t i = 0; i < f->def->list.n; i++) {
        const py_node *p = f->def->list.at[i];
        if (p->op || py_env_find(env, p->name)) continue;
        if (p->a)
            py_env_set(r, env, p->name, f->defaults[i]);
        else
            py_raise(r, "TypeError", "%s() missing 1 required positional argument: '%s'",
                     f->def->name ? symbols_name(&r->names, f->def->name) : "<lambda>",
                     symbols_name(&r->names, p->name));
    }
}

static py_value run_body(py_run *r, const py_callable *f) {
    if (f->def->kind == E_LAMBDA) return py_eval(r, f->def->a);
    py_list *outside = r->yielded;
    r->result = py_none();
    r->yielded = NULL;
    flow     how = run_block(r, f->def->b);
    py_value x = how == FLOW_RETURN ? r->result : py_none();
    if (r->yielded) x = (py_value){.kind = PY_LIST, .list = r->yielded};
    r->yielded = outside;
    r->result = py_none();
    return x;
}

static py_value call_function(py_run *r, const py_callable *f, const py_value *args, uint32_t n,
                              const py_keyword *keys, uint32_t n_keys) {
    py_env            *env = arena_new(&r->a, sizeof *env), *before = r->env;
    const py_callable *caller = r->in;
    uint32_t           frame = r->frame, call_line = r->call_line, line = r->line;
    if (!env) return py_stop(r, "there is no memory left");
    env->outer = f->outer;
    put_places(r, f->def, env, args, n);
    if (!r->failed) put_keywords(r, f->def, env, keys, n_keys);
    if (!r->failed) put_defaults(r, f, env);
    if (r->failed || !py_enter(r)) return py_none();
    r->env = env;
    r->in = f;
    r->frame = ++r->frames;
    r->call_line = line;
    py_value x = run_body(r, f);
    py_event e = {.line = r->line, .how = 'r', .value = x, .node = f->def};
    if (f->def->kind == S_DEF) py_trace_event(r, e);
    r->env = before;
    r->in = caller;
    r->frame = frame;
    r->call_line = call_line;
    if (!r->failed) r->line = line;
    py_leave(r);
    return x;
}

static py_value call_with(py_run *r, py_value f, const py_value *args, uint32_t n, const py_keyword *keys,
                          uint32_t n_keys);

static py_value construct(py_run *r, py_class *type, const py_value *args, uint32_t n, const py_keyword *keys,
                          uint32_t n_keys) {
    py_object *o = arena_new(&r->a, sizeof *o);
    if (!o) return py_stop(r, "there is no memory left");
    o->type = type;
    py_value        self = {.kind = PY_OBJECT, .object = o};
    const py_value *init = py_class_find(type, symbols_add(&r->names, "__init__", 8));
    if (init)
        call_with(r, py_bind_method(r, *init, self), args, n, keys, n_keys);
    else if (n && type->base)
        return py_opaque(r, "an object of this class");
    return self;
}

/* numpy.vectorize(f)(x) */
static py_value call_each(py_run *r, py_value f, const py_value *args, uint32_t n) {
    const py_array *a = n == 1 ? py_as_array(r, args[0]) : NULL;
    py_array       *z = a ? py_array_like(r, PY_OF_FLOAT, a) : NULL;
    if (n != 1) return py_stop(r, "vectorize of functions with %u arguments is not known here", n);
    for (int64_t i = 0, size = z ? py_array_size(z) : 0; i < size && !r->failed; i++) {
        py_value        x = py_numpy_number((py_type)a->type, py_array_get(a, i)), y = r->call(r, f, &x, 1);
        const py_array *one = r->failed ? NULL : py_as_array(r, y);
        if (one && py_array_size(one) == 1) z->at[i] = one->at[0];
        if (one && i == 0) z->type = one->type;
    }
    return r->failed || !z ? py_none() : py_result(z);
}

static py_value call_method(py_run *r, const py_method *m, const py_value *args, uint32_t n,
                            const py_keyword *keys, uint32_t n_keys) {
    VEC(py_value) all = {0};
    if (m->of.kind == PY_NONE) return call_each(r, m->self, args, n);
    vec_push(&r->a, &all, m->self);
    for (uint32_t i = 0; i < n; i++) vec_push(&r->a, &all, args[i]);
    return py_step(r, 0) ? call_with(r, m->of, all.at, all.n, keys, n_keys) : py_none();
}

static py_value call_with(py_run *r, py_value f, const py_value *args, uint32_t n, const py_keyword *keys,
                          uint32_t n_keys) {
    const py_value *at;
    if (r->failed) return py_none();
    switch (f.kind) {
    case PY_FUNCTION:
        return call_function(r, f.function, args, n, keys, n_keys);
    case PY_NATIVE:
        return py_native_call(r, f, args, n, keys, n_keys);
    case PY_METHOD:
        return call_method(r, f.method, args, n, keys, n_keys);
    case PY_CLASS:
        return construct(r, f.type, args, n, keys, n_keys);
    case PY_OPAQUE:
        return f;
    case PY_OBJECT:
        at = py_class_find(f.object->type, symbols_add(&r->names, "__call__", 8));
        if (!at) at = py_class_find(f.object->type, symbols_add(&r->names, "forward", 7));
        if (at) return call_with(r, py_bind_method(r, *at, f), args, n, keys, n_keys);
        break;
    default:
        break;
    }
    return py_raise(r, "TypeError", "'%s' object is not callable", py_type_name(f));
}

static py_value call(py_run *r, py_value f, const py_value *args, uint32_t n) {
    return call_with(r, f, args, n, NULL, 0);
}

static py_value native(const char *name) {
    return py_native_value(py_native_find(name), name);
}

void py_exec_begin(py_run *r) {
    r->native = native;
    r->call = call;
    r->call_with = call_with;
    r->env = &r->globals;
}

/* --------------------------------------------------------- simple statements */

static flow run_expression(py_run *r, const py_node *n) {
    if (n->a->kind != E_STRING) py_eval(r, n->a);
    return FLOW_ON;
}

/* A, cache = sigmoid(Z): the course's helpers of that name give the pair, others only A. */
static py_value as_pair(py_run *r, const py_node *n, py_value x) {
    const py_node *t = n->list.at[0], *c = n->a;
    if (t->kind != E_TUPLE || t->list.n != 2 || c->kind != E_CALL || c->a->kind != E_NAME || c->list.n != 1)
        return x;
    if (x.kind != PY_ARRAY || py_env_find(&r->globals, c->a->name) || !py_env_find(&r->helpers, c->a->name))
        return x;
    py_value both[2] = {x, py_eval(r, c->list.at[0])};
    return py_new_list(r, PY_TUPLE, both, 2);
}

static flow run_assign(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a);
    if (!r->failed) x = as_pair(r, n, x);
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) py_assign(r, n->list.at[i], x, '=', n);
    return FLOW_ON;
}

static flow run_augment(py_run *r, const py_node *n) {
    py_value x = py_target_value(r, n->a, false);
    py_value y = r->failed ? x : py_eval(r, n->b);
    if (r->failed) return FLOW_ON;
    py_value before = x;
    if (r->tracing && x.kind == PY_ARRAY)
        before = py_of_array(py_array_copy(r, x.array, (py_type)x.array->type));
    py_value z = py_augmented(r, n->op, x, y);
    if (r->failed) return FLOW_ON;
    r->before = before;
    py_assign(r, n->a, z, n->op, n);
    r->before = py_none();
    return FLOW_ON;
}

/* What an expression is a multiple of: g of g, g / n and 2 * g. 0: of nothing that has a name. */
static sym multiple_of(const py_node *n) {
    if (n->kind == E_NAME) return n->name;
    if (n->kind != E_BINARY || (n->op != '/' && n->op != '*')) return 0;
    if (n->a->kind == E_NAME) return n->a->name;
    return n->op == '*' && n->b->kind == E_NAME ? n->b->name : 0;
}

/* return a, b: each part on its own. */
static void trace_parts(py_run *r, const py_node *n, py_value x) {
    if (!n->a || n->a->kind != E_TUPLE || x.kind != PY_TUPLE || x.list->items.n != n->a->list.n) return;
    for (uint32_t i = 0; i < n->a->list.n; i++) {
        const py_node *part = n->a->list.at[i];
        py_event       e = {.line = part->line, .how = 't', .name = multiple_of(part), .node = part};
        e.value = x.list->items.at[i];
        if (e.value.kind == PY_ARRAY) py_trace_event(r, e);
    }
}

static flow run_return(py_run *r, const py_node *n) {
    r->result = n->a ? py_eval(r, n->a) : py_none();
    if (!r->failed) trace_parts(r, n, r->result);
    return FLOW_RETURN;
}

/* A generator is run to its end when it is called: what it yields is a list. */
static flow run_yield(py_run *r, const py_node *n) {
    py_value x = n->a ? py_eval(r, n->a) : py_none();
    if (!r->yielded) r->yielded = py_new_list(r, PY_LIST, NULL, 0).list;
    const py_list *all = n->op && !r->failed ? py_items(r, x) : NULL;
    for (uint32_t i = 0; all && i < all->items.n && !r->failed; i++) py_push(r, r->yielded, all->items.at[i]);
    if (!n->op && !r->failed && r->yielded) py_push(r, r->yielded, x);
    return FLOW_ON;
}

static flow run_flow(py_run *r, const py_node *n) {
    (void)r;
    return n->kind == S_BREAK ? FLOW_BREAK : n->kind == S_CONTINUE ? FLOW_CONTINUE : FLOW_ON;
}

static flow run_import(py_run *r, const py_node *n) {
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) {
        const py_node *x = n->list.at[i];
        py_value       v = py_import(r, x->text);
        if (v.kind != PY_OPAQUE || !py_env_find(&r->helpers, x->name)) py_set_name(r, x->name, v);
    }
    return FLOW_ON;
}

static flow run_global(py_run *r, const py_node *n) {
    for (uint32_t i = 0; i < n->list.n && r->env != &r->globals; i++)
        vec_push(&r->a, &r->env->elsewhere, n->list.at[i]->name);
    return FLOW_ON;
}

static flow run_del(py_run *r, const py_node *n) {
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++) {
        const py_node *t = n->list.at[i];
        if (t->kind == E_NAME && !py_env_remove(r->env, t->name))
            py_raise(r, "NameError", "name '%s' is not defined", symbols_name(&r->names, t->name));
    }
    return FLOW_ON;
}

static flow run_assert(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a);
    if (!r->failed && x.kind != PY_OPAQUE && !py_truth(r, x)) {
        py_value why = n->b && !r->failed ? py_eval(r, n->b) : py_none();
        py_raise(r, "AssertionError", "%s", why.kind == PY_STRING ? why.text->at : "");
    }
    return FLOW_ON;
}

static flow run_raise(py_run *r, const py_node *n) {
    const py_node *type = n->a && n->a->kind == E_CALL ? n->a->a : n->a;
    py_value       text = n->a && n->a->kind == E_CALL ? py_eval(r, n->a) : py_none();
    const char    *name = type && type->kind == E_NAME ? symbols_name(&r->names, type->name) : "RuntimeError";
    py_raise(r, name, "%s", text.kind == PY_STRING ? text.text->at : "");
    return FLOW_ON;
}

static flow run_unknown(py_run *r, const py_node *n) {
    py_stop(r, "%s", n->text);
    return FLOW_ON;
}

/* ------------------------------------------------------- compound statements */

static flow run_if(py_run *r, const py_node *n) {
    py_value x = py_eval(r, n->a);
    bool     yes = !r->failed && py_truth(r, x);
    if (r->failed) return FLOW_ON;
    if (yes) return run_block(r, n->b);
    if (!n->c) return FLOW_ON;
    return n->c->kind == S_IF ? run_statement(r, n->c) : run_block(r, n->c);
}

/* Loops end when much has been done: the first rounds are what is asked about. */
static bool has_time(py_run *r) {
    if (r->steps <= r->soft_steps) return py_step(r, 1);
    r->cut++;
    return false;
}

static flow run_while(py_run *r, const py_node *n) {
    for (;;) {
        py_value x = py_eval(r, n->a);
        if (r->failed || !py_truth(r, x)) break;
        flow how = run_block(r, n->b);
        if (how == FLOW_RETURN || r->failed) return how;
        if (how == FLOW_BREAK || !has_time(r)) return FLOW_ON;
    }
    return n->c && !r->failed ? run_block(r, n->c) : FLOW_ON;
}

static flow run_for(py_run *r, const py_node *n) {
    py_value of = py_eval(r, n->b);
    bool     more = true;
    for (int64_t i = 0; !r->failed; i++) {
        py_value x = py_item(r, of, i, &more);
        if (!more || r->failed) break;
        r->line = n->line;
        py_assign(r, n->a, x, 'l', n);
        flow how = r->failed ? FLOW_ON : run_block(r, n->list.at[0]);
        if (how == FLOW_RETURN || r->failed) return how;
        if (how == FLOW_BREAK || !has_time(r)) return FLOW_ON;
    }
    return n->c && !r->failed ? run_block(r, n->c) : FLOW_ON;
}

static uint8_t decoration(const py_run *r, const py_node *n) {
    for (uint32_t i = 0; i < n->more.n; i++) {
        const char *name = n->more.at[i]->kind == E_NAME ? symbols_name(&r->names, n->more.at[i]->name) : "";
        if (strcmp(name, "staticmethod") == 0) return 's';
        if (strcmp(name, "classmethod") == 0) return 'c';
        if (strcmp(name, "property") == 0) return 'p';
    }
    return 0;
}

static flow run_def(py_run *r, const py_node *n) {
    py_callable *f = arena_new(&r->a, sizeof *f);
    py_value    *defaults = arena_new(&r->a, (n->list.n + 1) * sizeof *defaults);
    if (!f || !defaults) {
        py_stop(r, "there is no memory left");
        return FLOW_ON;
    }
    for (uint32_t i = 0; i < n->list.n && !r->failed; i++)
        if (n->list.at[i]->a) defaults[i] = py_eval(r, n->list.at[i]->a);
    bool inner = r->env != &r->globals && !r->in_class;
    *f = (py_callable){.def = n,
                       .outer = inner ? r->env : NULL,
                       .defaults = defaults,
                       .of = r->in_class,
                       .how = decoration(r, n)};
    if (!r->failed) py_set_name(r, n->name, (py_value){.kind = PY_FUNCTION, .function = f});
    return FLOW_ON;
}

static flow run_class(py_run *r, const py_node *n) {
    py_class *type = arena_new(&r->a, sizeof *type), *before = r->in_class;
    py_env   *env = r->env;
    if (!type) {
        py_stop(r, "there is no memory left");
        return FLOW_ON;
    }
    type->name = n->name;
    py_value base = n->list.n ? py_eval(r, n->list.at[0]) : py_none();
    if (base.kind == PY_CLASS) type->base = base.type;
    if (r->failed) return FLOW_ON;
    r->env = &type->env;
    r->in_class = type;
    run_block(r, n->b);
    r->env = env;
    r->in_class = before;
    if (!r->failed) py_set_name(r, n->name, (py_value){.kind = PY_CLASS, .type = type});
    return FLOW_ON;
}

static bool is_caught(const py_run *r, const py_node *handler, const char *type) {
    static const char *const all[] = {"Exception", "BaseException", "ArithmeticError", "LookupError"};
    if (!handler->a) return true;
    const py_node *const *list = handler->a->kind == E_TUPLE ? (const py_node *const *)handler->a->list.at
                                                             : (const py_node *const *)&handler->a;
    uint32_t              n = handler->a->kind == E_TUPLE ? handler->a->list.n : 1;
    for (uint32_t i = 0; i < n; i++) {
        const char *name = list[i]->kind == E_NAME || list[i]->kind == E_ATTRIBUTE
                               ? symbols_name(&r->names, list[i]->name)
                               : "";
        for (size_t k = 0; k < sizeof all / sizeof *all; k++)
            if (strcmp(name, all[k]) == 0) return true;
        if (strcmp(name, type) == 0) return true;
    }
    return false;
}

static flow handle(py_run *r, const py_node *n) {
    py_failure what = r->failure;
    for (uint32_t i = 0; i < n->list.n; i++) {
        const py_node *h = n->list.at[i];
        if (!is_caught(r, h, what.type)) continue;
        r->failed = false;
        if (h->name) py_set_name(r, h->name, py_string_of(r, what.message));
        return run_block(r, h->b);
    }
    return FLOW_ON;
}

static flow run_try(py_run *r, const py_node *n) {
    flow how = run_block(r, n->b);
    if (r->failed && !r->stopped)
        how = handle(r, n);
    else if (!r->failed && n->a && how == FLOW_ON)
        how = run_block(r, n->a);
    if (!n->c || r->stopped) return how;
    bool       failed = r->failed;
    py_failure what = r->failure;
    py_value   result = r->result;
    r->failed = false;
    flow last = run_block(r, n->c);
    if (last != FLOW_ON || r->failed) return last;
    r->failed = failed;
    r->failure = what;
    r->result = result;
    return how;
}

static flow run_with(py_run *r, const py_node *n) {
    for (uint32_t i = 0; i + 1 < n->list.n && !r->failed; i += 2) {
        py_value x = py_eval(r, n->list.at[i]);
        if (n->list.at[i + 1] && !r->failed) py_assign(r, n->list.at[i + 1], x, '=', n);
    }
    return r->failed ? FLOW_ON : run_block(r, n->b);
}

/* ---------------------------------------------------------------------- all */

typedef flow (*runner)(py_run *r, const py_node *n);

static const runner runners[] = {[S_EXPRESSION] = run_expression,
                                 [S_ASSIGN] = run_assign,
                                 [S_AUGMENT] = run_augment,
                                 [S_IF] = run_if,
                                 [S_FOR] = run_for,
                                 [S_WHILE] = run_while,
                                 [S_DEF] = run_def,
                                 [S_CLASS] = run_class,
                                 [S_RETURN] = run_return,
                                 [S_YIELD] = run_yield,
                                 [S_BREAK] = run_flow,
                                 [S_CONTINUE] = run_flow,
                                 [S_PASS] = run_flow,
                                 [S_IMPORT] = run_import,
                                 [S_GLOBAL] = run_global,
                                 [S_DEL] = run_del,
                                 [S_ASSERT] = run_assert,
                                 [S_RAISE] = run_raise,
                                 [S_TRY] = run_try,
                                 [S_WITH] = run_with,
                                 [S_UNKNOWN] = run_unknown};

static flow run_statement(py_run *r, const py_node *n) {
    flow how = FLOW_ON;
    assert(n->kind < sizeof runners / sizeof *runners && runners[n->kind]);
    r->line = n->line;
    if (!py_step(r, 1)) return how;
    if (py_enter(r)) how = runners[n->kind](r, n);
    py_leave(r);
    return how;
}

static flow run_block(py_run *r, const py_node *block) {
    flow how = FLOW_ON;
    for (uint32_t i = 0; i < block->list.n && how == FLOW_ON && !r->failed; i++)
        how = run_statement(r, block->list.at[i]);
    return how;
}

static void forget_targets(py_run *r, const py_node *t) {
    if (t->kind == E_NAME && !py_env_find(&r->globals, t->name))
        py_env_set(r, &r->globals, t->name, py_opaque(r, symbols_name(&r->names, t->name)));
    if (t->kind == E_TUPLE)
        for (uint32_t i = 0; i < t->list.n; i++) forget_targets(r, t->list.at[i]);
}

static void note_failure(py_run *r, const py_node *n) {
    py_problem  what = {r->failure.line ? r->failure.line : n->line, NULL};
    const char *type = r->failure.type;
    what.text = strcmp(type, "Limit") == 0 ? r->failure.message
                                           : arena_format(&r->a, "%s: %s", type, r->failure.message);
    if (!what.text) what.text = type;
    vec_push(&r->a, &r->problems.list, what);
    if (!r->first.type) r->first = r->failure;
    r->failed = r->stopped = false;
    r->depth = 0;
    r->env = &r->globals;
    r->in = NULL;
    r->in_class = NULL;
    r->frame = r->call_line = 0;
    for (uint32_t i = 0; n->kind == S_ASSIGN && i < n->list.n; i++) forget_targets(r, n->list.at[i]);
}

void py_exec_all(py_run *r, const py_node *block) {
    for (uint32_t i = 0; i < block->list.n && !r->a.failed && r->steps <= r->most_steps; i++) {
        flow how = run_statement(r, block->list.at[i]);
        (void)how;
        if (r->failed) note_failure(r, block->list.at[i]);
    }
}

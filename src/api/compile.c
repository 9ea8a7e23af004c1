/* From a model to a function: which variables are given, which are wanted, and the plan between them. */
#include <assert.h>
#include <string.h>

#include "api/function.h"

typedef struct compiling {
    dfoo_function *f;
    work          *w;
    const bool    *given; /* by var_id: the caller's, in spite of its equation */
    VEC(var_id) wanted;
} compiling;

/* ------------------------------------------------------------------ outputs */

static bool is_wanted(const compiling *c, var_id v) {
    for (uint32_t i = 0; i < c->wanted.n; i++)
        if (c->wanted.at[i] == v) return true;
    return false;
}

static void want(compiling *c, var_id v) {
    if (!is_wanted(c, v)) vec_push(&c->w->a, &c->wanted, v);
}

/* The cost, the gradient of every parameter that it depends on, and the products with the Hessian. */
static void want_usual(compiling *c) {
    const derivation *dv = &c->w->dv;
    want(c, c->w->m.cost);
    for (uint32_t i = 0; i < dv->list.n; i++)
        if (ir_var(&c->w->m.g, dv->list.at[i].var)->kind == VAR_PARAM) want(c, dv->list.at[i].grad);
    for (uint32_t i = 0; i < c->w->second.list.n; i++)
        if (c->w->second.list.at[i].part == PART_GOAL) want(c, c->w->second.list.at[i].grad);
}

static dfoo_status read_outputs(compiling *c, const char *list) {
    if (!list) want_usual(c);
    for (const char *name; (name = work_word(c->w, &list));) {
        var_id v = work_find_exactly(c->w, name);
        if (!v) return DFOO_EINPUT;
        want(c, v);
    }
    if (!c->wanted.n) return diag_alone(&c->w->messages, "no output is asked for");
    return arena_status(&c->w->a);
}

/* Training computes the gradients of parameters only, which needs fewer names. */
static bool as_training_does(const compiling *c) {
    const ir *g = &c->w->m.g;
    for (uint32_t i = 0; i < c->wanted.n; i++) {
        const variable *x = ir_var(g, c->wanted.at[i]);
        if (c->wanted.at[i] == c->w->m.cost) continue;
        if (x->kind != VAR_GRADIENT || ir_var(g, x->of)->kind != VAR_PARAM) return false;
    }
    return true;
}

/* ------------------------------------------------------------------ the plan */

/* Has the variable a value before anything is computed? */
static bool is_there(const compiling *c, var_id v) {
    return c->given[v] || var_is_source((var_kind)ir_var(&c->w->m.g, v)->kind);
}

static dfoo_status refuse_output(compiling *c, var_id v) {
    const ir       *g = &c->w->m.g;
    const variable *x = ir_var(g, v);
    const char     *name = ir_var_name(g, v);
    if (x->kind != VAR_GRADIENT) return diag_alone(&c->w->messages, "%s is not computed by the model", name);
    return diag_alone(&c->w->messages, "%s is not computed: %s does not depend on %s", name,
                      ir_var_name(g, c->w->m.cost), ir_var_name(g, x->of));
}

static dfoo_status make_plan(compiling *c, const program *run) {
    dfoo_status status =
        plan_make(&c->w->m.g, &c->w->a, run, c->wanted.at, c->wanted.n, &c->f->p);
    if (status == DFOO_EINPUT) return work_open_function(c->w);
    DFOO_TRY(status);
    for (buffer_id b = 1; b < c->f->p->buffers.n; b++) {
        const plan_buffer *x = &c->f->p->buffers.at[b];
        if (x->kind == BUFFER_LEAF && !is_there(c, x->var)) return refuse_output(c, x->var);
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------------ the ports */

static dfoo_status make_ports(compiling *c) {
    dfoo_function *f = c->f;
    const ir      *g = &c->w->m.g;
    arena         *a = &c->w->a;
    for (var_id v = 1; v < f->p->n_vars; v++) {
        const variable *x = ir_var(g, v);
        if (!is_there(c, v)) continue;
        buffer_id b = f->p->of_var[v];
        bool      read = b && f->p->buffers.at[b].kind == BUFFER_LEAF && f->p->buffers.at[b].var == v;
        bool      optional = x->kind == VAR_CONST || x->kind == VAR_MASK;
        vec_push(a, &f->in.list,
                 (port){.name = ir_var_name(g, v), .var = v, .sh = x->sh, .optional = optional,
                                        .waits = read && !optional});
    }
    for (uint32_t i = 0; i < c->wanted.n; i++) {
        var_id v = c->wanted.at[i];
        vec_push(a, &f->out.list, (port){.name = ir_var_name(g, v), .var = v, .sh = ir_var(g, v)->sh});
    }
    return arena_status(a);
}

dfoo_status function_plan(dfoo_function *f, const bool *given, const program *run, const var_id *wanted,
                          uint32_t n) {
    compiling c = {.f = f, .w = &f->w, .given = given};
    for (uint32_t i = 0; i < n; i++) vec_push(&f->w.a, &c.wanted, wanted[i]);
    DFOO_TRY(make_plan(&c, run));
    return make_ports(&c);
}

dfoo_status function_sizes(dfoo_function *f) {
    for (uint32_t i = 0; i < f->w.m.size_values.n; i++) {
        const size_value *s = &f->w.m.size_values.at[i];
        if (!sizes_get(&f->s, dim_named(s->name))) sizes_set(&f->s, s->name, s->value);
    }
    return arena_status(&f->w.a);
}

dfoo_status function_compile(dfoo_function *f, const dfoo_compile_options *opt) {
    compiling c = {.f = f, .w = &f->w};
    bool     *given, *moves = NULL;
    program   all = {{0}}, run = {{0}};
    DFOO_TRY(work_name(c.w));
    DFOO_TRY(work_read_given(c.w, opt->inputs, &given));
    if (opt->hvp) DFOO_TRY(work_movers(c.w, NULL, &moves));
    work_options how_derived = {.convention = opt->convention, .given = given, .wanted = moves};
    DFOO_TRY(work_derive(c.w, &how_derived));
    if (opt->hvp) DFOO_TRY(work_along(c.w, moves, moves));
    DFOO_TRY(read_outputs(&c, opt->outputs));
    program_options how = {.all = !as_training_does(&c), .digits = opt->digits != 0, .given = given};
    DFOO_TRY(work_program(c.w, &how, &all));
    DFOO_TRY(work_leave_out(c.w, given, &all, &run));
    DFOO_TRY(function_plan(f, given, &run, c.wanted.at, c.wanted.n));
    return function_sizes(f);
}

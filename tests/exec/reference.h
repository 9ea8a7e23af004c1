/* The values that a program leaves behind, computed statement by statement with the slow
 * evaluator; and random values to start from. Updates are seen by later statements. */
#ifndef TESTS_EXEC_REFERENCE_H
#define TESTS_EXEC_REFERENCE_H

#include "core/base/rng.h"
#include "exec/model.h"

typedef struct reference {
    sketch  *m;
    matrix *of;    /* by var; at is NULL where it has no value */
    double *start; /* by var: the values of constants */
} reference;

static inline matrix reference_room(const reference *r, var_id v) {
    shape  sh = ir_var(&r->m->g, v)->sh;
    matrix x = {.rows = sizes_get(&r->m->s, sh.rows), .cols = sizes_get(&r->m->s, sh.cols)};
    x.at = calloc(x.rows * x.cols, sizeof *x.at);
    assert(x.at);
    return x;
}

/* Labels are in (0, 1), constants have their value, inputs are normal, parameters 0.3 of it. */
static inline reference reference_open(sketch *m, uint64_t seed) {
    reference r = {.m = m, .of = calloc(m->g.vars.n, sizeof(matrix)), .start = calloc(m->g.vars.n, sizeof(double))};
    assert(r.of && r.start);
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        r.start[v] = x->value;
        if (x->kind == VAR_DEFINED || x->kind == VAR_GRADIENT) continue;
        r.of[v] = reference_room(&r, v);
        rng random = rng_start(seed, RNG_CHECK, v);
        for (size_t i = 0; i < r.of[v].rows * r.of[v].cols; i++)
            r.of[v].at[i] = x->kind == VAR_CONST   ? x->value
                            : x->kind == VAR_LABEL ? 0.05 + 0.9 * rng_uniform(&random)
                            : x->kind == VAR_PARAM ? 0.3 * rng_normal(&random)
                                                   : rng_normal(&random);
    }
    return r;
}

static inline void reference_close(reference *r) {
    for (var_id v = 1; v < r->m->g.vars.n; v++) free(r->of[v].at);
    free(r->of);
    free(r->start);
}

static inline void reference_statement(reference *r, const stmt *s) {
    evaluation e;
    arena      a;
    arena_init(&a, mem_default());
    dfoo_status status = eval_init(&e, &r->m->g, &a, &r->m->s);
    assert(status == DFOO_OK);
    status = eval_add_node(&e, s->node);
    assert(status == DFOO_OK);
    for (var_id v = 1; v < r->m->g.vars.n; v++) {
        matrix to = e.value[ir_var(&r->m->g, v)->leaf];
        if (!to.at || !r->of[v].at) continue;
        memcpy(to.at, r->of[v].at, to.rows * to.cols * sizeof(double));
        r->m->g.vars.at[v].value = to.at[0]; /* a state that is a constant has moved on */
    }
    eval_run(&e);
    for (var_id v = 1; v < r->m->g.vars.n; v++) r->m->g.vars.at[v].value = r->start[v];
    matrix made = eval_node(&e, s->node);
    if (!r->of[s->var].at) r->of[s->var] = reference_room(r, s->var);
    memcpy(r->of[s->var].at, made.at, made.rows * made.cols * sizeof(double));
    arena_free(&a);
    (void)status;
}

static inline void reference_run(reference *r) {
    for (uint32_t i = 0; i < r->m->p.list.n; i++) reference_statement(r, &r->m->p.list.at[i]);
}

#endif

/* Holds exec against the reference: plans a model, runs both, and compares every variable
 * that the plan knows after each of a few runs. */
#ifndef TESTS_EXEC_COMPARE_H
#define TESTS_EXEC_COMPARE_H

/* cmocka.h wants these before it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <stdio.h>

#include "run/exec/exec.h"
#include "exec/reference.h"

static inline plan *make_plan(sketch *m, const var_id *keep, uint32_t n_keep) {
    plan *p = NULL;
    assert_int_equal(plan_make(&m->g, &m->a, &m->p, keep, n_keep, &p), DFOO_OK);
    return p;
}

static inline void show_plan(const plan *p) {
    buf b;
    buf_init(&b, mem_default());
    plan_print(p, &b);
    if (b.text) fputs(b.text, stderr);
    buf_free(&b);
}

/* Gives the leaves of the plan the reference's values; `bind`: keeps copies in the right type. */
static inline void set_leaves(exec *e, const plan *p, const reference *r) {
    for (buffer_id b = 1; b < p->buffers.n; b++) {
        const plan_buffer *x = &p->buffers.at[b];
        if (x->kind != BUFFER_LEAF || !r->of[x->var].at) continue;
        assert_int_equal(exec_set(e, x->var, r->of[x->var].at), DFOO_OK);
    }
}

/* The largest distance of two entries, on the scale of the largest entry; what cancels down
 * to nothing is not magnified. */
static inline double distance(matrix x, matrix y) {
    double off = matrix_difference(x, y), scale = 0;
    for (size_t i = 0; i < y.rows * y.cols; i++)
        if (fabs(y.at[i]) > scale) scale = fabs(y.at[i]);
    return scale < 1e-3 ? off * scale * 1e3 : off;
}

static inline void compare_var(exec *e, const plan *p, const reference *r, var_id v, double tolerance) {
    matrix want = r->of[v], got = want;
    if (!p->of_var[v] || !want.at) return;
    got.at = calloc(want.rows * want.cols, sizeof(double));
    assert_non_null(got.at);
    exec_get(e, v, got.at);
    double off = distance(got, want);
    free(got.at);
    if (off <= tolerance) return;
    show_plan(p);
    fail_msg("%s is off by %g", ir_var_name(&r->m->g, v), off);
}

static inline void compare_type(sketch *m, const plan *p, exec_dtype type, uint64_t seed, int runs, double tolerance, unsigned threads) {
    reference r = reference_open(m, seed);
    exec     *e = NULL;
    assert_int_equal(exec_open(p, &m->g, NULL, type, EXEC_BEST, &m->s, &e), DFOO_OK);
    assert_int_equal(exec_threads(e, threads), DFOO_OK);
    set_leaves(e, p, &r);
    for (int i = 0; i < runs; i++) {
        reference_run(&r);
        exec_run(e);
        for (var_id v = 1; v < m->g.vars.n; v++) compare_var(e, p, &r, v, tolerance);
    }
    exec_close(e);
    reference_close(&r);
}

static inline void compare_plan(sketch *m, const plan *p, uint64_t seed, int runs) {
    compare_type(m, p, EXEC_F64, seed, runs, 1e-12, 1);
    compare_type(m, p, EXEC_F32, seed, runs, 1e-4, 1);
}

/* Keeps all variables that statements define. */
static inline plan *plan_keeping_all(sketch *m) {
    var_id   keep[512];
    uint32_t n = 0;
    for (var_id v = 1; v < m->g.vars.n && n < 512; v++)
        if (program_find(&m->p, v)) keep[n++] = v;
    return make_plan(m, keep, n);
}

#endif

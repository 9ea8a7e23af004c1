/* Parameters and gradients go out of a training and back in, between two steps. */
#include <assert.h>
#include <math.h>

#include "run/train/resume.h"
#include "run/train/setup.h"

/* Parameters that the step does not know stand where they are scored. */
static exec *place_of(trainer *t, var_id v) {
    return t->plan->of_var[v] ? t->step : t->scorer.e;
}

static dfoo_status get_one(trainer *t, var_id v, dfoo_arrays *out) {
    size_t      rows, cols;
    dfoo_array *x;
    if (!exec_data(place_of(t, v), v, &rows, &cols)) return DFOO_OK;
    DFOO_TRY(arrays_add_matrix(out, ir_var_name(&t->m->g, v), rows, cols, NULL, &x));
    exec_get(place_of(t, v), v, x->data);
    return DFOO_OK;
}

dfoo_status train_get(trainer *t, bool gradients, dfoo_arrays *out) {
    const ir *g = &t->m->g;
    assert(!gradients || t->opt->gradients);
    for (var_id v = 1; v < g->vars.n; v++) {
        var_id of = ir_var(g, v)->kind != VAR_PARAM ? 0 : gradients ? ir_var(g, v)->gradient : v;
        if (of) DFOO_TRY(get_one(t, of, out));
    }
    return DFOO_OK;
}

static dfoo_status check_one(const trainer *t, var_id v, const dfoo_array *x) {
    const ir *g = &t->m->g;
    shape     sh = ir_var(g, v)->sh;
    size_t    rows, cols;
    if (!array_as_matrix(x, &rows, &cols) || rows != sizes_get(&t->s, sh.rows) ||
        cols != sizes_get(&t->s, sh.cols))
        return diag_alone(g->d, "%s is %s, which does not fit %s", x->name,
                          arrays_dims_text(g->d->a, x->ndim, x->dim), print_shape_text(g, g->d->a, sh));
    for (size_t i = 0; i < rows * cols; i++)
        if (!isfinite(x->data[i]))
            return diag_alone(g->d, "%s: %g is not a finite number", x->name, x->data[i]);
    return DFOO_OK;
}

static const dfoo_array *given(const trainer *t, var_id v, const dfoo_arrays *set) {
    return ir_var(&t->m->g, v)->kind == VAR_PARAM ? arrays_get(set, ir_var_name(&t->m->g, v)) : NULL;
}

dfoo_status train_set(trainer *t, const dfoo_arrays *parameters) {
    for (var_id v = 1; v < t->m->g.vars.n; v++) {
        const dfoo_array *x = given(t, v, parameters);
        if (x) DFOO_TRY(check_one(t, v, x));
    }
    for (var_id v = 1; v < t->m->g.vars.n; v++) {
        const dfoo_array *x = given(t, v, parameters);
        if (x) DFOO_TRY(exec_set(place_of(t, v), v, x->data));
    }
    t->scored = false;
    t->touched = true;
    return DFOO_OK;
}

/* --------------------------------------------------------------- learning rate */

double train_rate(const trainer *t) {
    return t->given_rate;
}

dfoo_status train_set_rate(trainer *t, double rate) {
    assert(isfinite(rate));
    t->given_rate = rate;
    if (!t->stepper.alpha) t->rate = rate;
    t->touched = true;
    return trainer_set_number(t, t->stepper.alpha0, rate);
}

/* ------------------------------------------------------------------------ file */

dfoo_status train_save(trainer *t, const char *path) {
    data_dtype type = t->opt->feed.dtype == EXEC_F32 ? DATA_EXACT : DATA_F64;
    DFOO_TRY(resume_collect(t));
    return data_write_npz(path, t->run, type, t->m->g.d);
}

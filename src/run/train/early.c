/* Early stopping: the parameters with the least cost of the test data are kept, and training ends when
 * that has not happened for a while. */
#include <math.h>
#include <string.h>

#include "run/train/early.h"

static dfoo_status copy_parameters(trainer *t) {
    const ir *g = &t->m->g;
    size_t    rows, cols;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM || !exec_data(t->step, v, &rows, &cols)) continue;
        dfoo_array *copy = arrays_get(t->best.parameters, ir_var_name(g, v));
        if (!copy)
            DFOO_TRY(arrays_add_matrix(t->best.parameters, ir_var_name(g, v), rows, cols, NULL, &copy));
        exec_get(t->step, v, copy->data);
    }
    return DFOO_OK;
}

static void end_if_late(trainer *t) {
    if (t->epoch < t->epochs && t->epoch - t->best.epoch >= t->opt->patience) t->stop = t->best.ended = true;
}

bool best_is_by_r2(const trainer *t) {
    return !t->opt->metric && t->scorer.units.n > 1 && isfinite(t->test_score.r2);
}

/* A cost of several targets adds up units that have nothing to do with each other: it is that of the one with
 * the largest. Watched is what part of each target's variance is not explained, as a mean. */
static double own_value(const trainer *t) {
    return best_is_by_r2(t) ? 1 - t->test_score.r2 : t->test_score.cost;
}

/* What is watched, the less the better. */
static dfoo_status watched_value(trainer *t, double *out) {
    *out = own_value(t);
    if (!t->opt->metric) return DFOO_OK;
    train_metrics metrics;
    arena         a;
    uint32_t      i = t->opt->metric - 1;
    arena_init(&a, t->a.mem);
    dfoo_status status = scorer_metrics(&t->scorer, &t->test, &a, &metrics);
    arena_free(&a);
    if (status == DFOO_OK) *out = metrics.value[i] * -train_metric(i)->sign;
    if (status == DFOO_OK && isnan(*out))
        return diag_alone(t->m->g.d, "--metric %s: there is none for the labels of this model",
                          train_metric(i)->name);
    return status;
}

dfoo_status best_watch(trainer *t) {
    double cost;
    if (!t->opt->patience) return DFOO_OK;
    DFOO_TRY(watched_value(t, &cost));
    if (cost < t->best.cost || (t->best.none && isfinite(cost))) {
        t->best.none = false;
        t->best.cost = cost;
        t->best.epoch = t->epoch;
        return copy_parameters(t);
    }
    end_if_late(t);
    return DFOO_OK;
}

dfoo_status best_open(trainer *t) {
    t->best.none = true;
    t->best.cost = NAN; /* nothing is less */
    return t->opt->patience ? arrays_new(&t->m->g.a->mem, &t->best.parameters) : DFOO_OK;
}

dfoo_status best_restore(trainer *t) {
    for (var_id v = 1; v < t->m->g.vars.n; v++) {
        if (ir_var(&t->m->g, v)->kind != VAR_PARAM) continue;
        const dfoo_array *x = arrays_get(t->best.parameters, ir_var_name(&t->m->g, v));
        if (x) DFOO_TRY(exec_set(t->step, v, x->data));
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------------- the run */

static const char *last_name(trainer *t, var_id v) {
    return arena_format(&t->a, "dfoo.last.%s", ir_var_name(&t->m->g, v));
}

static dfoo_status put_one(trainer *t, var_id v) {
    const char       *name = last_name(t, v);
    const dfoo_array *best = arrays_get(t->best.parameters, ir_var_name(&t->m->g, v));
    dfoo_array       *x = arrays_get(t->run, ir_var_name(&t->m->g, v));
    if (!name) return DFOO_ENOMEM;
    if (!best) return DFOO_OK;
    DFOO_TRY(arrays_add(t->run, name, x->ndim, x->dim, x->data, NULL));
    memcpy(x->data, best->data, array_entries(x) * sizeof *x->data);
    return DFOO_OK;
}

dfoo_status best_put(trainer *t) {
    double epoch = (double)t->best.epoch;
    if (!t->best.parameters || t->best.none) return DFOO_OK;
    DFOO_TRY(arrays_add(t->run, "dfoo.best_epoch", 0, NULL, &epoch, NULL));
    DFOO_TRY(arrays_add(t->run, "dfoo.best_cost", 0, NULL, &t->best.cost, NULL));
    for (var_id v = 1; v < t->m->g.vars.n; v++)
        if (ir_var(&t->m->g, v)->kind == VAR_PARAM) DFOO_TRY(put_one(t, v));
    return DFOO_OK;
}

/* The parameters that training began with are the best ones of the file. */
static dfoo_status get_one(trainer *t, var_id v) {
    const char       *name = last_name(t, v);
    const dfoo_array *last = name ? arrays_get(t->resumed, name) : NULL;
    const dfoo_array *best = arrays_get(t->run, ir_var_name(&t->m->g, v));
    if (!name) return DFOO_ENOMEM;
    if (!last) return DFOO_OK;
    if (array_entries(last) != array_entries(best))
        return diag_alone(t->m->g.d, "%s is damaged: %s is not what training wrote", t->opt->file, name);
    if (t->best.parameters)
        DFOO_TRY(arrays_add(t->best.parameters, best->name, best->ndim, best->dim, best->data, NULL));
    DFOO_TRY(exec_set(t->step, v, last->data));
    return exec_set(t->scorer.e, v, last->data);
}

dfoo_status best_get(trainer *t) {
    const dfoo_array *epoch = arrays_get(t->resumed, "dfoo.best_epoch");
    const dfoo_array *cost = arrays_get(t->resumed, "dfoo.best_cost");
    if (!epoch || epoch->ndim || !cost || cost->ndim ||
        !(epoch->data[0] >= 0 && epoch->data[0] <= (double)t->epoch))
        return DFOO_OK;
    for (var_id v = 1; v < t->m->g.vars.n; v++)
        if (ir_var(&t->m->g, v)->kind == VAR_PARAM) DFOO_TRY(get_one(t, v));
    if (!t->best.parameters) return DFOO_OK;
    t->best.none = false;
    t->best.epoch = (size_t)epoch->data[0];
    t->best.cost = cost->data[0];
    end_if_late(t);
    return DFOO_OK;
}

/* What is done to inputs before training: scaling as the user says, standardising as the data says. */
#include <math.h>
#include <string.h>

#include "run/feed/scale.h"

/* ------------------------------------------------------------------- scaling */

static dfoo_status check_scale_of(const bind_request *r, const feed_scale *x) {
    const ir *g = &r->m->g;
    VEC(const char *) names = {0};
    for (var_id v = 1; v < g->vars.n && x->var; v++) {
        if (ir_var(g, v)->kind != VAR_INPUT) continue;
        if (strcmp(ir_var_name(g, v), x->var) == 0) return DFOO_OK;
        vec_push(r->a, &names, ir_var_name(g, v));
    }
    DFOO_TRY(arena_status(r->a));
    return !x->var ? DFOO_OK
                   : diag_alone(g->d, "--scale %s=..: the model has no input '%s'; it has %s", x->var, x->var,
                               names.n ? text_list(r->a, names.at, names.n) : "none");
}

static const feed_scale *scale_of(const feed_options *opt, const char *name) {
    const feed_scale *found = NULL;
    for (uint32_t i = 0; i < opt->n_scales; i++) {
        const feed_scale *x = &opt->scales[i];
        if (x->var ? strcmp(x->var, name) == 0 : !found) found = x;
    }
    return found;
}

dfoo_status bind_scales(const bind_request *r, const bound *b) {
    const ir *g = &r->m->g;
    for (uint32_t i = 0; i < r->opt->n_scales; i++) DFOO_TRY(check_scale_of(r, &r->opt->scales[i]));
    for (uint32_t i = 0; i < b->views.n; i++) {
        var_id             v = b->views.at[i].var;
        const feed_scale *x = scale_of(r->opt, ir_var_name(g, v));
        if (!x || ir_var(g, v)->kind != VAR_INPUT || v == r->opt->weight) continue;
        memo *known = memos_get(r->memos, r->a, v);
        if (!known) return DFOO_ENOMEM;
        known->times = x->times;
        known->over = x->over;
    }
    return DFOO_OK;
}

/* ------------------------------------------------------------- standardising */

/* Mean and standard deviation (of the n values, not of a population they stand for) of an entry. An
 * entry that is always the same has 1, so that it becomes 0. */
static void moments(const view *v, const uint32_t *pick, size_t n, size_t i, double *mean, double *sd) {
    double sum = 0, squares = 0, first = view_entry(v, pick[0], i);
    bool   constant = true;
    for (size_t j = 0; j < n; j++) {
        double x = view_entry(v, pick[j], i);
        sum += x - first;
        constant = constant && x == first;
    }
    *mean = first + sum / (double)n;
    for (size_t j = 0; j < n; j++) {
        double x = view_entry(v, pick[j], i) - *mean;
        squares += x * x;
    }
    double deviation = sqrt(squares / (double)n);
    *sd = constant || deviation == 0 ? 1 : deviation;
}

static dfoo_status check_scale(const model *m, const view *v, size_t i, double mean, double sd) {
    if (isfinite(mean) && isfinite(sd)) return DFOO_OK;
    return diag_alone(m->g.d, "entry %zu of %s cannot be standardised: its values are too large", i + 1,
                     ir_var_name(&m->g, v->var));
}

static dfoo_status learn_one(const model *m, arena *a, const view *v, const uint32_t *pick, size_t n,
                             memos *out) {
    memo   *known = memos_get(out, a, v->var);
    double *mean = arena_new(a, v->entries * sizeof *mean), *sd = arena_new(a, v->entries * sizeof *sd);
    if (!known || !mean || !sd) return DFOO_ENOMEM;
    for (size_t i = 0; i < v->entries; i++) {
        moments(v, pick, n, i, &mean[i], &sd[i]);
        DFOO_TRY(check_scale(m, v, i, mean[i], sd[i]));
    }
    known->entries = v->entries;
    known->mean = mean;
    known->sd = sd;
    return DFOO_OK;
}

dfoo_status standardize_learn(const model *m, arena *a, const bound *from, const uint32_t *pick, size_t n,
                              var_id except, memos *out) {
    for (uint32_t i = 0; i < from->views.n; i++) {
        const view *v = &from->views.at[i];
        const memo *known = memos_find(out, v->var);
        if (v->var == except || (known && known->n_rules)) continue; /* rules have said it */
        if (ir_var(&m->g, v->var)->kind == VAR_INPUT && v->by_example)
            DFOO_TRY(learn_one(m, a, v, pick, n, out));
    }
    return DFOO_OK;
}

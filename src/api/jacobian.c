/* Jacobians for a call: the model as it is for one example, with small names for what belongs to it, derived
 * from a value instead of the cost; what comes out is tried on random values. */
#include <ctype.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "api/api.h"

static bool has_examples(const work *w, var_id v) {
    shape s = ir_var(&w->m.g, v)->sh;
    return w->m.examples && (s.rows == w->m.examples || s.cols == w->m.examples);
}

/* ------------------------------------------------------------- one example */

/* z1 for Z1, and dz1 for its gradient, if nothing else is called so. */
static dfoo_status make_small(work *w, var_id v) {
    ir         *g = &w->m.g;
    const char *name = ir_var_name(g, v);
    char       *small = arena_new(&w->a, strlen(name) + 1);
    if (!small) return DFOO_ENOMEM;
    bool gradient = ir_var(g, v)->kind == VAR_GRADIENT;
    for (size_t i = 0; name[i]; i++)
        small[i] = (char)(i || !gradient ? tolower((unsigned char)name[i]) : name[i]);
    sym to = symbols_add(&w->names, small, strlen(small));
    if (!to) return DFOO_ENOMEM;
    return ir_find_var(g, to) ? DFOO_OK : ir_rename(g, v, to);
}

static dfoo_status make_one_example(work *w) {
    bool *of_examples = work_flags(w);
    if (!of_examples) return DFOO_ENOMEM;
    for (var_id v = 1; v < w->m.g.vars.n; v++) of_examples[v] = has_examples(w, v);
    DFOO_TRY(ir_make_single(&w->m.g, w->m.examples));
    for (var_id v = 1; v < w->m.g.vars.n; v++)
        if (of_examples[v]) DFOO_TRY(make_small(w, v));
    for (uint32_t i = 0; i < w->m.size_names.n; i++)
        if (dim_named(w->m.size_names.at[i]) == w->m.examples)
            w->m.size_names.at[i] = w->m.size_names.at[--w->m.size_names.n];
    w->m.examples = w->m.g.examples = 0;
    return DFOO_OK;
}

/* ---------------------------------------------------------------- deriving */

static dfoo_status refuse(work *w, var_id f, const char *why) {
    return diag_alone(&w->messages, "%s has no Jacobian of one example: %s", ir_var_name(&w->m.g, f), why);
}

/* Is f a column, or a row where examples are rows, once there is one example? */
static dfoo_status check_value(work *w, var_id f, bool *rows) {
    bool *data;
    if (ir_var(&w->m.g, f)->kind != VAR_DEFINED)
        return diag_alone(&w->messages, "a Jacobian is of a value that the model computes, and %s is none",
                          ir_var_name(&w->m.g, f));
    DFOO_TRY(diff_run(&w->m, &w->a, &(diff_options){.convention = CONVENTION_DJ}, &w->dv));
    DFOO_TRY(model_data_dependent(&w->m, &w->a, &data));
    if (w->m.examples && w->dv.examples_interact) return refuse(w, f, "examples affect each other");
    if (w->m.examples && data[f] && !has_examples(w, f)) return refuse(w, f, "it is of all of them together");
    shape s = ir_var(&w->m.g, f)->sh;
    dim   one = dim_literal(1), m = w->m.examples ? w->m.examples : one;
    bool  column = shape_is_scalar(s) || s.cols == one || s.cols == m, row = s.rows == one || s.rows == m;
    *rows = w->m.examples ? !w->m.examples_are_columns : !column;
    if (column || row) return DFOO_OK;
    return diag_alone(&w->messages, "%s is %s, and a Jacobian is of a column or a row",
                      ir_var_name(&w->m.g, f), print_shape_text(&w->m.g, &w->a, s));
}

dfoo_status work_jacobian(work *w, const char *name) {
    bool       rows = false;
    derivation first;
    var_id     f = work_find(w, name);
    if (!f) return DFOO_EINPUT;
    w->m.cost = f;
    DFOO_TRY(check_value(w, f, &rows));
    if (w->m.examples) DFOO_TRY(make_one_example(w));
    bool *given = work_flags(w);
    if (!given) return DFOO_ENOMEM;
    given[f] = true;
    DFOO_TRY(diff_run(&w->m, &w->a, &(diff_options){.convention = CONVENTION_DJ, .given = given}, &first));
    DFOO_TRY(simplify_derivation(&first, &w->m.g, &w->a, NULL));
    DFOO_TRY(diff_jacobian(&first, &w->m, &w->a, f, rows, &w->dv));
    w->m.forward = w->dv.forward; /* what leads to it */
    return w->dv.list.n ? DFOO_OK : refuse(w, f, "what it depends on are no columns");
}

/* ------------------------------------------------------------------ trying */

typedef struct trial {
    work      *w;
    evaluation e;
    double     worst;
} trial;

static double value_at(trial *t, double *x, double home, double h, size_t i) {
    *x = home + h;
    eval_run(&t->e);
    return eval_var(&t->e, t->w->m.cost).at[i];
}

/* Entry [i,j] by differences of the value's entry i; the best of some steps. */
static double entry(trial *t, var_id by, size_t i, size_t j, double want) {
    const matrix value = eval_var(&t->e, by);
    double      *x = &value.at[j], home = *x, best = INFINITY;
    for (double h = 1e-2; h > 1e-6; h /= 4) {
        double wide = (value_at(t, x, home, 2 * h, i) - value_at(t, x, home, -2 * h, i)) / (4 * h);
        double close = (value_at(t, x, home, h, i) - value_at(t, x, home, -h, i)) / (2 * h);
        double off = fabs((4 * close - wide) / 3 - want);
        if (off < best) best = off;
    }
    if (isinf(best)) best = 0;
    value_at(t, x, home, 0, i);
    return best;
}

/* By a value in between: what is computed from it goes on from what it is set to. */
static dfoo_status program_behind(work *w, var_id by, program *out) {
    for (uint32_t i = 0; i < w->dv.forward.list.n; i++) {
        const stmt *s = &w->dv.forward.list.at[i];
        if (s->var != by) DFOO_TRY(program_add(&w->m.g, out, s->var, s->node, s->at));
    }
    return DFOO_OK;
}

static dfoo_status try_one(work *w, const gradient *v, const sizes *s, arena *a, double *worst) {
    trial      t = {.w = w};
    evaluation all;
    program    behind = {{0}}, lines = {{0}};
    DFOO_TRY(eval_init(&all, &w->m.g, a, s));
    DFOO_TRY(eval_random(&all, 7, 0));
    DFOO_TRY(eval_add_program(&all, &w->dv.forward));
    for (uint32_t i = 0; i < w->dv.list.n; i++)
        DFOO_TRY(program_add(&w->m.g, &lines, w->dv.list.at[i].grad, w->dv.list.at[i].whole, span_at(0, 0)));
    DFOO_TRY(eval_add_program(&all, &lines));
    eval_run(&all);
    DFOO_TRY(program_behind(w, v->var, &behind));
    DFOO_TRY(eval_init(&t.e, &w->m.g, a, s));
    DFOO_TRY(eval_random(&t.e, 7, 0));
    matrix from = eval_var(&all, v->var), to = eval_var(&t.e, v->var), J = eval_var(&all, v->grad);
    if (!to.at) return DFOO_ENOMEM;
    memcpy(to.at, from.at, from.rows * from.cols * sizeof *to.at);
    DFOO_TRY(eval_add_program(&t.e, &behind));
    double most = 0, largest = 0;
    for (size_t i = 0; i < J.rows * J.cols; i++) {
        if (!isfinite(J.at[i])) continue; /* a logarithm of a negative draw: nothing to hold it against */
        most = fmax(most, entry(&t, v->var, i / J.cols, i % J.cols, J.at[i]));
        largest = fmax(largest, fabs(J.at[i]));
    }
    if (most > 0) *worst = fmax(*worst, most / fmax(largest, DBL_EPSILON));
    return arena_status(a);
}

dfoo_status work_try_jacobian(work *w, double *worst) {
    sizes s;
    DFOO_TRY(model_try_sizes(&w->m, &w->a, 0, &s));
    for (uint32_t i = 0; i < w->dv.list.n; i++) {
        arena scratch;
        arena_init(&scratch, w->a.mem);
        dfoo_status status = try_one(w, &w->dv.list.at[i], &s, &scratch, worst);
        arena_free(&scratch);
        DFOO_TRY(status);
    }
    if (*worst <= 1e-6) return DFOO_OK;
    diag_alone(&w->messages, "these Jacobians do not agree with differences (they are %.2g off)", *worst);
    return DFOO_NO;
}

/* Arrays of the caller's as values of a model's inputs, labels and parameters, for explaining:
 * sizes follow from them, what is not given is left to be drawn. */
#include <string.h>

#include "api/api.h"

dfoo_status work_unfit(work *w, var_id v, const dfoo_array *x) {
    return diag_alone(&w->messages, "%s is %s, which does not fit %s", x->name,
                      arrays_dims_text(&w->a, x->ndim, x->dim),
                      print_shape_text(&w->m.g, &w->a, ir_var(&w->m.g, v)->sh));
}

static bool fits(sizes *s, dim d, size_t n) {
    return dim_is_named(d) ? sizes_set(s, dim_name(d), n) : d == n;
}

/* A vector fits where one of the dimensions is 1. */
static bool matrix_of(const variable *v, const dfoo_array *x, size_t *rows, size_t *cols) {
    bool row = v->sh.rows == dim_literal(1) && v->sh.cols != dim_literal(1);
    if (!array_as_matrix(x, rows, cols)) return false;
    if (x->ndim == 1 && row) {
        *cols = *rows;
        *rows = 1;
    }
    return *rows && *cols;
}

static dfoo_status take(work *w, var_id v, const dfoo_array *x, sizes *s, matrix *given) {
    const variable *var = ir_var(&w->m.g, v);
    size_t          rows, cols;
    bool            ok = matrix_of(var, x, &rows, &cols);
    if (ok && shape_is_scalar(var->sh)) ok = rows * cols == 1;
    else ok = ok && fits(s, var->sh.rows, rows) && fits(s, var->sh.cols, cols);
    if (!ok) return work_unfit(w, v, x);
    given[v] = (matrix){rows, cols, arena_new(&w->a, rows * cols * sizeof(double))};
    if (!given[v].at) return DFOO_ENOMEM;
    memcpy(given[v].at, x->data, rows * cols * sizeof(double));
    return DFOO_OK;
}

/* What was not said by the arrays: the model's own sizes, then small ones. */
static dfoo_status fill_sizes(work *w, sizes *s) {
    sizes small;
    DFOO_TRY(model_try_sizes(&w->m, &w->a, 0, &small));
    for (uint32_t i = 0; i < w->m.size_values.n; i++)
        if (!s->of[w->m.size_values.at[i].name])
            s->of[w->m.size_values.at[i].name] = w->m.size_values.at[i].value;
    for (sym k = 0; k < s->n && k < small.n; k++)
        if (!s->of[k]) s->of[k] = small.of[k];
    return DFOO_OK;
}

dfoo_status work_values(work *w, const dfoo_arrays *in, sizes *s, matrix **given) {
    dfoo_status status = DFOO_OK;
    *given = arena_new(&w->a, w->m.g.vars.n * sizeof **given);
    if (!*given) return DFOO_ENOMEM;
    DFOO_TRY(sizes_init(s, &w->a, &w->names));
    for (size_t i = 0; i < arrays_count(in); i++) {
        const dfoo_array *x = arrays_at(in, i);
        var_id            v = ir_find_var(&w->m.g, symbols_find(&w->names, x->name, strlen(x->name)));
        if (strncmp(x->name, "dfoo.", 5) == 0) continue; /* what a run keeps for predicting */
        uint8_t kind = v ? ir_var(&w->m.g, v)->kind : VAR_DEFINED;
        if (kind > VAR_PARAM && kind != VAR_MASK) {
            diag_warn(&w->messages, NULL, span_at(0, 0),
                      "%s is no input, label or parameter of the model: this array is not used", x->name);
            continue;
        }
        dfoo_status one = take(w, v, x, s, *given);
        if (one == DFOO_ENOMEM) return one;
        if (one != DFOO_OK) status = one;
    }
    DFOO_TRY(status);
    DFOO_TRY(fill_sizes(w, s));
    return lang_check_sizes(&w->m, &w->a, s);
}

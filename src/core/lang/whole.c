/* What no single line of a model says: which dimension the examples have, and what has to hold
 * when all lines are read. */
#include "core/lang/reader.h"

#include <assert.h>

static dim data_dim(const variable *v, bool last) {
    assert(v->kind == VAR_INPUT || v->kind == VAR_LABEL);
    return last ? v->sh.cols : v->sh.rows;
}

/* The name that all inputs and labels share in the last (else in the first) place; 0: none. */
static dim shared_dim(const reader *r, bool last) {
    dim found = 0;
    for (var_id v = 1; v < r->g->vars.n; v++) {
        const variable *x = ir_var(r->g, v);
        if (x->kind != VAR_INPUT && x->kind != VAR_LABEL) continue;
        dim d = data_dim(x, last);
        if (!dim_is_named(d) || (found && d != found)) return 0;
        found = d;
    }
    return found;
}

void lang_find_examples(reader *r) {
    model *m = r->m;
    if (m->examples) return;
    m->examples_are_columns = true;
    m->examples = shared_dim(r, true);
    if (!m->examples) {
        m->examples = shared_dim(r, false);
        m->examples_are_columns = !m->examples;
    }
    if (!r->said_examples) return;
    m->examples = dim_named(r->said_examples);
    m->examples_are_columns = true;
    for (var_id v = 1; v < r->g->vars.n; v++) {
        const variable *x = ir_var(r->g, v);
        if ((x->kind == VAR_INPUT || x->kind == VAR_LABEL) && x->sh.rows == m->examples)
            m->examples_are_columns = false;
    }
}

/* A parameter for each example trains beautifully and predicts nothing. */
static dfoo_status check_parameters(reader *r) {
    dfoo_status status = DFOO_OK;
    for (var_id v = 1; v < r->g->vars.n; v++) {
        const variable *x = ir_var(r->g, v);
        const char     *examples = symbols_name(r->p.names, dim_name(r->m->examples));
        if (x->kind != VAR_PARAM || !r->m->examples) continue;
        if (x->sh.rows != r->m->examples && x->sh.cols != r->m->examples) continue;
        const char *name = ir_var_name(r->g, v);
        status = diag_error(r->d, &r->m->src, x->at, "the parameter %s has the examples' dimension %s", name,
                            examples);
        diag_note(r->d, "a parameter is shared by all examples; one for each would learn them by heart and "
                        "predict nothing");
        dim other = x->sh.cols == r->m->examples ? x->sh.rows : x->sh.cols;
        diag_note(r->d, "%s : %s would fit here", name,
                  lang_shape_text(r, r->m->examples_are_columns ? shape_of(other, 1) : shape_of(1, other)));
    }
    return status;
}

static dfoo_status check_sizes(reader *r) {
    dfoo_status status = DFOO_OK;
    for (uint32_t i = 0; i < r->m->size_values.n; i++) {
        const size_value *s = &r->m->size_values.at[i];
        if (dim_named(s->name) != r->m->examples) continue;
        status =
            diag_error(r->d, &r->m->src, s->at, "%s is the number of examples, which comes from the data",
                       symbols_name(r->p.names, s->name));
        diag_note(r->d, "leave this size out");
    }
    return status;
}

dfoo_status lang_check_whole(reader *r) {
    DFOO_TRY(check_parameters(r));
    DFOO_TRY(check_sizes(r));
    if (r->d->n_errors) return DFOO_EINPUT;
    if (!r->m->cost) {
        uint32_t end = (uint32_t)r->m->src.len;
        diag_error(r->d, &r->m->src, span_at(end, end), "the model does not say what to minimise");
        diag_note(r->d, "end it with a line such as: minimize J");
        return DFOO_EINPUT;
    }
    return DFOO_OK;
}

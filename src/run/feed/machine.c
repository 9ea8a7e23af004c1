/* What exec is asked for, and what is said where it cannot be: a function without a formula, matrices that
 * are too large. */
#include "run/feed/machine.h"
#include "run/feed/view.h"

dfoo_status machine_plan(const model *m, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                         plan **out) {
    dfoo_status status = plan_make(&m->g, a, p, keep, n_keep, out);
    if (status != DFOO_EINPUT) return status;
    for (uint32_t i = 0; i < m->functions.n; i++) {
        const char *name = symbols_name(m->g.names, m->functions.at[i].name);
        if (!m->functions.at[i].body)
            return diag_alone(m->g.d,
                              "the function %s has no formula, so it cannot be computed: write %s(z) = ..",
                              name, name);
    }
    return diag_alone(m->g.d, "a function without a formula cannot be computed");
}

dfoo_status machine_open(const plan *p, const model *m, exec_dtype type, exec_machine how, const sizes *s,
                         exec **out) {
    dfoo_status status = exec_open(p, &m->g, &m->g.a->mem, type, how.isa, s, out);
    if (status == DFOO_EINPUT)
        return diag_alone(m->g.d, "the matrices of the model are larger than memory can be");
    if (status == DFOO_OK && how.threads > 1) status = exec_threads(*out, how.threads);
    if (status == DFOO_OK) return DFOO_OK;
    exec_close(*out);
    *out = NULL;
    return status;
}

void machine_needs(const plan *p, bool *needed) {
    for (var_id v = 1; v < p->n_vars; v++)
        if (is_data(p->g, v) && p->of_var[v] && p->buffers.at[p->of_var[v]].kind == BUFFER_LEAF)
            needed[v] = true;
}

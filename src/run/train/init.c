/* How parameters start: from given arrays by name, else as the model says behind `~`.
 *
 * Values are drawn in double, in the order of the entries (row by row), from the stream
 * (seed, RNG_INIT, number of the parameter in the file), so that neither the order of work nor
 * the type of the numbers changes them, and another parameter's size does not either. Everything here and
 * in base/rng.c is made of + - * / and sqrt, which round in one way only: the bits are the same on
 * every machine.
 * Fan-in and fan-out are those of the first product that the parameter is a factor of: columns and
 * rows of W in W @ X, rows and columns of W in X @ W or W.T @ X. A parameter without `~` starts
 * as xavier if it is a factor of a product, else (biases) as zeros. */
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "run/train/internal.h"

static void look_at_factor(const ir *g, node_id n, bool left, factor_use *use) {
    const node *x = ir_node(g, n);
    bool        turned = x->op == OP_TRANSPOSE;
    if (turned) x = ir_node(g, x->arg[0]);
    if (x->op == OP_VAR && use[x->ref] == FACTOR_NO)
        use[x->ref] = left != turned ? FACTOR_COLUMNS : FACTOR_ROWS;
}

dfoo_status factors_find(const model *m, arena *a, factor_use **out) {
    const ir *g = &m->g;
    *out = arena_new(a, g->vars.n * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        node_list need = {{0}};
        DFOO_TRY(ir_reach(g, a, &m->forward.list.at[i].node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(g, need.list.at[k]);
            if (x->op != OP_MATMUL) continue;
            look_at_factor(g, x->arg[0], true, *out);
            look_at_factor(g, x->arg[1], false, *out);
        }
    }
    return DFOO_OK;
}

/* A start with its numbers filled in: normal with deviation b, or uniform from a to b. */
typedef struct law {
    bool   normal;
    double a, b;
} law;

static law law_of(start_id start, const variable *v, double fan_in, double fan_out) {
    double x = v->init_arg[0];
    switch (start) {
    case START_ones:
        return (law){false, 1, 1};
    case START_constant:
        return (law){false, x, x};
    case START_he_uniform:
        return (law){false, -sqrt(6 / fan_in), sqrt(6 / fan_in)};
    case START_lecun_uniform:
        return (law){false, -sqrt(3 / fan_in), sqrt(3 / fan_in)};
    case START_orthogonal: /* to be made so */
        return (law){true, 0, 1};
    case START_he:
        return (law){true, 0, sqrt(2 / fan_in)};
    case START_xavier:
        return (law){true, 0, sqrt(2 / (fan_in + fan_out))};
    case START_xavier_uniform:
        return (law){false, -sqrt(6 / (fan_in + fan_out)), sqrt(6 / (fan_in + fan_out))};
    case START_lecun:
        return (law){true, 0, sqrt(1 / fan_in)};
    case START_normal:
        return (law){true, 0, v->n_init_args ? x : 1};
    case START_uniform: /* of one number: from -x to x */
        if (v->n_init_args == 2) return (law){false, x, v->init_arg[1]};
        return (law){false, v->n_init_args ? -x : -1, v->n_init_args ? x : 1};
    default:
        return (law){false, 0, 0};
    }
}

static void draw(law l, rng r, double *out, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (l.normal)
            out[i] = l.b * rng_normal(&r);
        else
            out[i] = l.a == l.b ? l.a : l.a + (l.b - l.a) * rng_uniform(&r);
    }
}

static dfoo_status start_one(const model *m, const sizes *s, var_id v, factor_use use, rng r,
                             dfoo_arrays *run) {
    const variable *x = ir_var(&m->g, v);
    size_t          rows = sizes_get(s, x->sh.rows), cols = sizes_get(s, x->sh.cols);
    bool        across = use == FACTOR_NO ? m->examples_are_columns || !m->examples : use == FACTOR_COLUMNS;
    double      fan_in = (double)(across ? cols : rows), fan_out = (double)(across ? rows : cols);
    start_id    start = start_find(symbols_name(m->g.names, x->init));
    dfoo_array *out;
    if (!x->init) start = use == FACTOR_NO ? START_zeros : START_xavier;
    dfoo_status status = arrays_add_matrix(run, ir_var_name(&m->g, v), rows, cols, NULL, &out);
    if (status == DFOO_EINPUT)
        return diag_alone(m->g.d, "%s would be (%zu, %zu): more than memory can hold", ir_var_name(&m->g, v),
                         rows, cols);
    DFOO_TRY(status);
    draw(law_of(start, x, fan_in, fan_out), r, out->data, rows * cols);
    if (start != START_orthogonal) return DFOO_OK;
    return orthogonal(out->data, rows, cols, x->n_init_args ? x->init_arg[0] : 1, &m->g.a->mem);
}

/* ---------------------------------------------------------------------- from */

static dfoo_status copy_given(const model *m, const sizes *s, var_id v, const dfoo_array *given,
                              const char *from, dfoo_arrays *run) {
    const variable *x = ir_var(&m->g, v);
    size_t          rows = sizes_get(s, x->sh.rows), cols = sizes_get(s, x->sh.cols);
    for (size_t i = 0; i < rows * cols; i++)
        if (!isfinite(given->data[i]))
            return diag_alone(m->g.d, "%s: %s: row %zu, column %zu: %g is not a finite number", from,
                             given->name, i / cols + 1, i % cols + 1, given->data[i]);
    return arrays_add_matrix(run, given->name, rows, cols, given->data, NULL);
}

/* What the given arrays lack is named; that they have nothing at all is an error. */
static dfoo_status report_lacking(const model *m, arena *a, const dfoo_arrays *from, const char *from_name) {
    const ir    *g = &m->g;
    const char **names = arena_new(a, g->vars.n * sizeof *names);
    uint32_t     n = 0, n_params = 0;
    for (var_id v = 1; names && v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        n_params++;
        if (!arrays_get(from, ir_var_name(g, v))) names[n++] = ir_var_name(g, v);
    }
    if (!names) return DFOO_ENOMEM;
    const char *text = train_list_text(a, names, n);
    if (n_params && n == n_params)
        return diag_alone(g->d, "%s holds no parameter of the model: there are %s", from_name, text);
    if (n)
        diag_warn(g->d, NULL, span_at(0, 0), "%s does not hold %s: %s as the model says", from_name, text,
                  n == 1 ? "it starts" : "they start");
    return a->failed || g->d->a->failed ? DFOO_ENOMEM : DFOO_OK;
}

dfoo_status start_parameters(const model *m, arena *a, const sizes *s, uint64_t seed, const dfoo_arrays *from,
                             const char *from_name, dfoo_arrays *run) {
    factor_use *use;
    uint32_t    number = 0;
    if (from) DFOO_TRY(report_lacking(m, a, from, from_name));
    DFOO_TRY(factors_find(m, a, &use));
    for (var_id v = 1; v < m->g.vars.n; v++) {
        if (ir_var(&m->g, v)->kind != VAR_PARAM) continue;
        const dfoo_array *given = from ? arrays_get(from, ir_var_name(&m->g, v)) : NULL;
        rng               r = rng_start(seed, RNG_INIT, number++);
        if (given)
            DFOO_TRY(copy_given(m, s, v, given, from_name, run));
        else
            DFOO_TRY(start_one(m, s, v, use[v], r, run));
    }
    return DFOO_OK;
}

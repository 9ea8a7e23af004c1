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

#include "run/rule/factors.h"
#include "run/train/orthogonal.h"
#include "run/train/start.h"

/* How numbers are drawn: all the same, normal with a deviation, or uniform between two bounds around 0. The
 * size is `of` itself, or the root of `of` divided by the fan. */
typedef struct law {
    enum { ALL_SAME, NORMAL, UNIFORM } kind;
    double of;
    enum { FAN_NONE, FAN_IN, FAN_BOTH } fan;
} law;

static const law laws[START_COUNT] = {
    [START_ones] = {ALL_SAME, 1, FAN_NONE},     [START_constant] = {ALL_SAME, 1, FAN_NONE},
    [START_normal] = {NORMAL, 1, FAN_NONE},     [START_uniform] = {UNIFORM, 1, FAN_NONE},
    [START_he] = {NORMAL, 2, FAN_IN},           [START_he_uniform] = {UNIFORM, 6, FAN_IN},
    [START_xavier] = {NORMAL, 2, FAN_BOTH},     [START_xavier_uniform] = {UNIFORM, 6, FAN_BOTH},
    [START_lecun] = {NORMAL, 1, FAN_IN},        [START_lecun_uniform] = {UNIFORM, 3, FAN_IN},
    [START_orthogonal] = {NORMAL, 1, FAN_NONE}, /* to be made so */
};

/* The bounds of uniform numbers; normal ones have the second as deviation. `arg`: the numbers of the model.
 */
static void size_of(const law *l, double fan_in, double fan_out, const double *arg, uint32_t n_args,
                    double out[2]) {
    double fan = l->fan == FAN_IN ? fan_in : fan_in + fan_out;
    out[1] = l->fan != FAN_NONE ? sqrt(l->of / fan) : n_args ? arg[n_args - 1] : l->of;
    out[0] = n_args == 2 ? arg[0] : -out[1];
}

static void draw(const law *l, const double size[2], rng r, double *out, size_t n) {
    for (size_t i = 0; i < n; i++)
        out[i] = l->kind == NORMAL    ? size[1] * rng_normal(&r)
                 : l->kind == UNIFORM ? size[0] + (size[1] - size[0]) * rng_uniform(&r)
                                      : size[1];
}

static dfoo_status start_one(const model *m, const sizes *s, var_id v, factor_use use, rng r,
                             dfoo_arrays *run) {
    const variable *x = ir_var(&m->g, v);
    size_t          rows = sizes_get(s, x->sh.rows), cols = sizes_get(s, x->sh.cols);
    bool        across = use == FACTOR_NO ? m->examples_are_columns || !m->examples : use == FACTOR_COLUMNS;
    start_id    start = use == FACTOR_NO ? START_zeros : START_xavier;
    double      size[2];
    dfoo_array *out;
    if (x->init) start = start_find(symbols_name(m->g.names, x->init));
    dfoo_status status = arrays_add_matrix(run, ir_var_name(&m->g, v), rows, cols, NULL, &out);
    if (status == DFOO_EINPUT)
        return diag_alone(m->g.d, "%s would be (%zu, %zu): more than memory can hold", ir_var_name(&m->g, v),
                          rows, cols);
    DFOO_TRY(status);
    bool orthogonals = start == START_orthogonal;
    size_of(&laws[start], (double)(across ? cols : rows), (double)(across ? rows : cols), x->init_arg,
            orthogonals ? 0 : x->n_init_args, size);
    draw(&laws[start], size, r, out->data, rows * cols);
    if (orthogonals)
        DFOO_TRY(orthogonal(out->data, rows, cols, x->n_init_args ? x->init_arg[0] : 1, &m->g.a->mem));
    if (x->symmetric) matrix_symmetrise((matrix){rows, cols, out->data});
    return DFOO_OK;
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
    DFOO_TRY(model_check_symmetric(m, v, from, given->data, cols));
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
    const char *text = text_list(a, names, n);
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

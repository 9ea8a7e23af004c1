/* A set of values to try a model on: sizes, then inputs, labels and parameters, then
 * everything that follows from them, evaluated once. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/core.h"
#include "teach/check/inside.h"

/* -------------------------------------------------------------------- work */

static double node_work(const instance *in, const node *x) {
    double entries = instance_size(in, x->sh.rows) * instance_size(in, x->sh.cols);
    double work = 10 + 4 * entries;
    if (x->op == OP_MATMUL) work += entries * instance_size(in, ir_shape(in->s->g, x->arg[0]).cols);
    return work;
}

double instance_size(const instance *in, dim d) {
    return (double)sizes_get(&in->sz, d);
}

static double forward_work(const instance *in) {
    double work = 0;
    for (uint32_t i = 0; i < in->s->nodes.list.n; i++)
        work += node_work(in, ir_node(in->s->g, in->s->nodes.list.at[i]));
    return work;
}

/* -------------------------------------------------------------- evaluation */

static dfoo_status prepare(instance *in) {
    const subject *s = in->s;
    evaluation    *e = &in->e;
    DFOO_TRY(eval_init(e, s->g, in->a, &in->sz));
    DFOO_TRY(eval_add_program(e, &s->m->forward));
    DFOO_TRY(eval_add_program(e, &s->raw));
    for (uint32_t i = 0; i < s->kinks.n; i++) DFOO_TRY(eval_add_node(e, s->kinks.at[i].node));
    in->work = forward_work(in);
    return DFOO_OK;
}

static void run(instance *in) {
    eval_run(&in->e);
    in->finite = isfinite(eval_var(&in->e, in->s->m->cost).at[0]);
}

static dfoo_status gradients_new(arena *a, uint32_t n, gradient_values *out) {
    out->n = n;
    out->of = arena_new(a, (n + 1) * sizeof *out->of);
    out->misfit = arena_new(a, n + 1);
    out->rounding = arena_new(a, (n + 1) * sizeof *out->rounding);
    return out->of && out->misfit && out->rounding ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status note_raw(instance *in) {
    const derivation *d = &in->s->right;
    gradient_values  *out = &in->raw;
    DFOO_TRY(gradients_new(in->a, d->list.n, out));
    for (uint32_t i = 0; i < out->n; i++)
        if (d->list.at[i].raw) out->of[i] = in->e.value[ir_var(in->s->g, d->list.at[i].grad)->leaf];
    return rounding_measure(&in->e, NULL, in->a, out->of, out->n, out->rounding);
}

static dfoo_status note_signs(instance *in) {
    uint32_t n = in->s->kinks.n;
    matrix  *values = arena_new(in->a, (n + 1) * sizeof *values);
    in->signs = arena_new(in->a, (n + 1) * sizeof *in->signs);
    in->doubt = arena_new(in->a, (n + 1) * sizeof *in->doubt);
    if (!values || !in->signs || !in->doubt) return DFOO_ENOMEM;
    for (uint32_t k = 0; k < n; k++) values[k] = eval_node(&in->e, in->s->kinks.at[k].node);
    if (n) DFOO_TRY(rounding_measure(&in->e, NULL, in->a, values, n, in->doubt));
    for (uint32_t k = 0; k < n; k++) {
        matrix x = values[k];
        in->signs[k] = arena_new(in->a, x.rows * x.cols);
        if (!in->signs[k]) return DFOO_ENOMEM;
        for (size_t i = 0; i < x.rows * x.cols; i++) in->signs[k][i] = kink_sign(x.at[i], in->doubt[k][i]);
    }
    return DFOO_OK;
}

/* What is known of the instance once its values are there. */
static dfoo_status note(instance *in) {
    DFOO_TRY(note_raw(in));
    DFOO_TRY(note_signs(in));
    return arena_status(in->a);
}

/* ----------------------------------------------------------- random values */

/* Weights are divided by the root of what they sum over, so that the layers of a deep network
 * neither saturate nor overflow, and biases are positive, so that few units of a relu are
 * never reached. Every third draw is positive altogether, for models that need that. */
static void draw_entries(const instance *in, const variable *x, matrix at, uint32_t v, uint32_t draw) {
    assert(at.at && at.rows && at.cols);
    rng    r = rng_start(in->seed, RNG_CHECK, draw * 4096 + v);
    size_t fan_in = in->s->m->examples_are_columns || !in->s->m->examples ? at.cols : at.rows;
    bool   bias = x->kind == VAR_PARAM && fan_in == 1, positive = draw % 3 == 2;
    double scale = x->kind == VAR_INPUT ? 1 : 1 / sqrt((double)fan_in);
    for (size_t i = 0; i < at.rows * at.cols; i++)
        at.at[i] = positive ? 0.5 + rng_uniform(&r)
                   : bias   ? fabs(rng_normal(&r)) / 2
                            : scale * rng_normal(&r);
    if (x->symmetric) matrix_symmetrise(at);
}

static dfoo_status fill_random(instance *in, uint32_t draw) {
    const ir *g = in->s->g;
    DFOO_TRY(eval_random(&in->e, in->seed, draw));
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if (x->kind == VAR_INPUT || x->kind == VAR_PARAM) draw_entries(in, x, eval_var(&in->e, v), v, draw);
    }
    return DFOO_OK;
}

/* How many gradients are 0 or not finite: such an instance proves little. */
static uint32_t count_poor(const instance *in) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < in->s->right.list.n; i++) {
        double largest = matrix_largest(in->e.value[ir_var(in->s->g, in->s->right.list.at[i].grad)->leaf]);
        n += !isfinite(largest) || largest == 0;
    }
    return in->finite ? n : UINT32_MAX;
}

/* The best of some draws. */
dfoo_status instance_random(instance *in, const subject *s, arena *a, uint64_t seed, uint32_t first) {
    enum { MOST_DRAWS = 9 };
    uint32_t best = first, least = UINT32_MAX;
    *in = (instance){.s = s, .a = a, .seed = seed};
    DFOO_TRY(model_try_sizes(s->m, a, first / 100, &in->sz));
    DFOO_TRY(prepare(in));
    for (uint32_t draw = first; draw < first + MOST_DRAWS && least; draw++) {
        DFOO_TRY(fill_random(in, draw));
        run(in);
        uint32_t poor = count_poor(in);
        if (poor >= least) continue;
        least = poor;
        best = draw;
    }
    DFOO_TRY(fill_random(in, best));
    run(in);
    return note(in);
}

/* ------------------------------------------------------------ given arrays */

/* An array for a variable, as a matrix; n numbers fit (1, n) as well as (n, 1). */
static dfoo_status as_matrix(const instance *in, const variable *x, const dfoo_array *from, size_t *rows,
                             size_t *cols) {
    bool row = from->ndim == 1 && x->sh.rows == dim_literal(1) && x->sh.cols != dim_literal(1);
    if (!array_as_matrix(from, rows, cols))
        return diag_error(in->s->g->d, NULL, span_at(0, 0),
                          "the array %s has %d dimensions, and %s is a matrix", from->name, from->ndim,
                          from->name);
    if (row) {
        *cols = *rows;
        *rows = 1;
    }
    return DFOO_OK;
}

static dfoo_status bind(instance *in, dim d, size_t n, const char *array, const char *what) {
    const ir *g = in->s->g;
    if (dim_is_named(d) ? n && sizes_set(&in->sz, dim_name(d), n) : n == (d ? d : 1)) return DFOO_OK;
    if (!dim_is_named(d))
        return diag_error(g->d, NULL, span_at(0, 0), "the array %s has %zu %s, and the model says %u", array,
                          n, what, d ? d : 1);
    return diag_error(g->d, NULL, span_at(0, 0), "the array %s has %zu %s, and %s is %zu", array, n, what,
                      symbols_name(g->names, dim_name(d)), sizes_get(&in->sz, d));
}

/* What follows from nothing else: data, parameters, and the masks of dropout. */
static bool may_be_given(const variable *x) {
    return x->kind <= VAR_PARAM || x->kind == VAR_MASK;
}

static const dfoo_array *array_of(const instance *in, var_id v, const dfoo_arrays *values) {
    return may_be_given(ir_var(in->s->g, v)) ? arrays_get(values, ir_var_name(in->s->g, v)) : NULL;
}

/* The model's own sizes first, then the arrays', then small ones for what neither says. */
static dfoo_status given_sizes(instance *in, const dfoo_arrays *values) {
    const model *m = in->s->m;
    sizes        rest;
    DFOO_TRY(sizes_init(&in->sz, in->a, m->g.names));
    for (uint32_t i = 0; i < m->size_values.n; i++)
        sizes_set(&in->sz, m->size_values.at[i].name, m->size_values.at[i].value);
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable   *x = ir_var(&m->g, v);
        const dfoo_array *from = array_of(in, v, values);
        size_t            rows, cols;
        if (!from) continue;
        DFOO_TRY(as_matrix(in, x, from, &rows, &cols));
        DFOO_TRY(bind(in, x->sh.rows, rows, from->name, "rows"));
        DFOO_TRY(bind(in, x->sh.cols, cols, from->name, "columns"));
    }
    DFOO_TRY(model_try_sizes(m, in->a, 0, &rest));
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (!in->sz.of[m->size_names.at[i]]) in->sz.of[m->size_names.at[i]] = rest.of[m->size_names.at[i]];
    return lang_check_sizes(m, in->a, &in->sz);
}

/* Where one evaluation takes long, the first examples will do. */
static void trim_examples(instance *in) {
    enum { LONG = 1000000, FEWEST = 8 };
    dim d = in->s->m->examples;
    if (!d || !dim_is_named(d)) return;
    size_t *n = &in->sz.of[dim_name(d)];
    in->all_examples = *n;
    while (*n > FEWEST && forward_work(in) > LONG) *n = *n / 2 < FEWEST ? FEWEST : *n / 2;
}

static dfoo_status fill_given(instance *in, const dfoo_arrays *values) {
    const ir *g = in->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        const dfoo_array *from = array_of(in, v, values);
        if (!may_be_given(ir_var(g, v))) continue;
        if (!from) {
            vec_push(in->a, &in->drawn, v);
            continue;
        }
        matrix to = eval_var(&in->e, v);
        size_t stride = array_entries(from);
        if (ir_var(g, v)->sh.rows == in->s->m->examples && in->all_examples) stride /= in->all_examples;
        else stride /= to.rows;
        for (size_t i = 0; i < to.rows; i++)
            for (size_t j = 0; j < to.cols; j++) to.at[i * to.cols + j] = from->data[i * stride + j];
        DFOO_TRY(model_check_symmetric(in->s->m, v, NULL, to.at, to.cols));
    }
    return DFOO_OK;
}

static void note_unused(instance *in, const dfoo_arrays *values) {
    const ir *g = in->s->g;
    for (size_t i = 0; i < arrays_count(values); i++) {
        const char *name = arrays_at(values, i)->name;
        var_id      v = ir_find_var(g, symbols_find(g->names, name, strlen(name)));
        if (!v || !may_be_given(ir_var(g, v))) vec_push(in->a, &in->unused, name);
    }
}

dfoo_status instance_given(instance *in, const subject *s, arena *a, uint64_t seed,
                           const dfoo_arrays *values) {
    *in = (instance){.s = s, .a = a, .seed = seed};
    DFOO_TRY(given_sizes(in, values));
    trim_examples(in);
    DFOO_TRY(prepare(in));
    DFOO_TRY(fill_random(in, 0));
    DFOO_TRY(fill_given(in, values));
    note_unused(in, values);
    run(in);
    return note(in);
}

/* --------------------------------------------------- gradients of a program */

/* Forward values are shared, not copied, unless the program computes them itself. */
static void share_forward(const instance *in, const program *p, evaluation *e) {
    const ir *g = in->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        node_id leaf = ir_var(g, v)->leaf;
        if (ir_var(g, v)->kind != VAR_GRADIENT && leaf < in->e.n_nodes) e->value[leaf] = in->e.value[leaf];
    }
    for (uint32_t i = 0; i < p->list.n; i++) e->value[ir_var(g, p->list.at[i].var)->leaf] = (matrix){0};
}

static bool fits(const instance *in, const stmt *st) {
    return shape_equal(ir_shape(in->s->g, st->node), ir_var(in->s->g, st->var)->sh);
}

dfoo_status instance_gradients(instance *in, arena *a, const program *p, bool with_rounding,
                               gradient_values *out) {
    const subject *s = in->s;
    evaluation     e;
    program        fitting = {{0}};
    DFOO_TRY(gradients_new(a, s->right.list.n, out));
    DFOO_TRY(eval_init(&e, s->g, a, &in->sz));
    share_forward(in, p, &e);
    for (uint32_t i = 0; i < p->list.n; i++)
        if (fits(in, &p->list.at[i])) vec_push(a, &fitting.list, p->list.at[i]);
    DFOO_TRY(eval_add_program(&e, &fitting));
    for (uint32_t i = 0; i < p->list.n; i++)
        if (!fits(in, &p->list.at[i])) DFOO_TRY(eval_add_node(&e, p->list.at[i].node));
    eval_run(&e);
    for (uint32_t i = 0; i < out->n; i++) {
        const stmt *st = program_find(p, s->right.list.at[i].grad);
        if (!st) continue;
        out->misfit[i] = !fits(in, st);
        out->of[i] = e.value[out->misfit[i] ? st->node : ir_var(s->g, st->var)->leaf];
    }
    if (with_rounding) DFOO_TRY(rounding_measure(&in->e, &e, a, out->of, out->n, out->rounding));
    return arena_status(a);
}

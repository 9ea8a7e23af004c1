/* Values and gradients inside of a trained model, over some examples. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "run/feed/examples.h"
#include "run/feed/machine.h"
#include "run/train/recall.h"
#include "run/train/train.h"

typedef struct reader {
    recalled  r;
    program   p;
    plan     *plan;
    exec     *e;
    sizes     s;
    examples  examples;
    var_id   *keep;
    uint32_t  n_keep;
    bool      gradients;
} reader;

/* ------------------------------------------------------------------- what is shown */

/* Does a variable come from labels? What does is the loss, not the model. */
static bool is_of_labels(const reader *k, const bool *of_label, node_id f, arena *a) {
    const ir *g = &k->r.m->g;
    node_list names = {{0}};
    if (ir_names(g, a, f, &names) != DFOO_OK) return true;
    for (uint32_t i = 0; i < names.list.n; i++) {
        var_id v = ir_node(g, names.list.at[i])->ref;
        if (ir_var(g, v)->kind == VAR_LABEL || of_label[v]) return true;
    }
    return false;
}

/* A target that is learned in other units (units.c) is predicted twice: scaled(P), and P in its own. */
static bool is_scaled(const ir *g, var_id v) {
    return strncmp(ir_var_name(g, v), "scaled(", 7) == 0;
}

static bool is_told_again(const reader *k, var_id v) {
    for (uint32_t i = 0; i < k->n_keep && v == k->r.m->predict.at[0]; i++)
        if (is_scaled(&k->r.m->g, k->keep[i])) return true;
    return false;
}

static const char *plain_name(const reader *k, var_id v) {
    const char *name = ir_var_name(&k->r.m->g, v);
    return is_scaled(&k->r.m->g, v) ? arena_text(k->r.a, name + 7, strlen(name) - 8) : name;
}

/* Values of the model itself with an entry for each example; then gradients of parameters. */
static dfoo_status choose(reader *k) {
    const model *m = k->r.m;
    const ir    *g = &m->g;
    bool        *of_label = arena_new(k->r.a, g->vars.n);
    k->keep = arena_new(k->r.a, (2 * g->vars.n + 1) * sizeof *k->keep);
    if (!of_label || !k->keep) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < k->p.list.n; i++) {
        var_id          v = k->p.list.at[i].var;
        const variable *x = ir_var(g, v);
        if (x->kind != VAR_DEFINED) continue;
        of_label[v] = is_of_labels(k, of_label, k->p.list.at[i].node, k->r.a);
        if (!of_label[v] && by_example(m, x) && !is_told_again(k, v)) k->keep[k->n_keep++] = v;
    }
    for (var_id v = 1; k->gradients && v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && program_find(&k->p, ir_var(g, v)->gradient))
            k->keep[k->n_keep++] = ir_var(g, v)->gradient;
    return arena_status(k->r.a);
}

/* Are the labels there that the gradients need? */
static bool has_labels(const reader *k) {
    const ir *g = &k->r.m->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_LABEL && !bound_find(&k->r.bound, v)) return false;
    return true;
}

/* ------------------------------------------------------------------------ running */

static dfoo_status plan_it(reader *k) {
    k->n_keep = 0;
    DFOO_TRY(choose(k));
    return machine_plan(k->r.m, k->r.a, &k->p, k->keep, k->n_keep, &k->plan);
}

static dfoo_status pick_some(reader *k) {
    uint32_t *pick = arena_new(k->r.a, TRAIN_LAYER_EXAMPLES * sizeof *pick);
    if (k->r.n <= TRAIN_LAYER_EXAMPLES) return DFOO_OK;
    if (!pick) return DFOO_ENOMEM;
    for (size_t i = 0; i < TRAIN_LAYER_EXAMPLES; i++) {
        size_t j = i * k->r.n / TRAIN_LAYER_EXAMPLES;
        pick[i] = k->r.pick ? k->r.pick[j] : (uint32_t)j;
    }
    k->r.pick = pick;
    k->r.n = TRAIN_LAYER_EXAMPLES;
    return DFOO_OK;
}

static dfoo_status run(reader *k) {
    const ir *g = &k->r.m->g;
    DFOO_TRY(pick_some(k));
    DFOO_TRY(sizes_for(k->r.m, k->r.a, &k->r.z.s, k->r.n, &k->s));
    DFOO_TRY(machine_open(k->plan, k->r.m, EXEC_F64, k->r.opt->machine, &k->s, &k->e));
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && k->plan->of_var[v])
            DFOO_TRY(exec_set(k->e, v, arrays_get(k->r.run, ir_var_name(g, v))->data));
    examples_request want = {.m = k->r.m,
                             .a = k->r.a,
                             .from = &k->r.bound,
                             .memos = &k->r.memos,
                             .pick = k->r.pick,
                             .n = k->r.n,
                             .type = EXEC_F64,
                             .in_order = true};
    DFOO_TRY(examples_open(&want, &k->examples));
    examples_bind(&k->examples, k->e);
    exec_run(k->e);
    return DFOO_OK;
}

/* ------------------------------------------------------------------------ reading */

static int compare(const void *left, const void *right) {
    double l = *(const double *)left, r = *(const double *)right;
    return (l > r) - (l < r);
}

static dfoo_status describe(const reader *k, var_id v, train_layer *out) {
    const ir *g = &k->r.m->g;
    size_t    rows = 0, cols = 0, n, zeros = 0;
    if (!exec_data(k->e, v, &rows, &cols)) return DFOO_ENOMEM;
    n = rows * cols;
    double *x = arena_new(k->r.a, (n + 1) * sizeof *x);
    if (!x) return DFOO_ENOMEM;
    exec_get(k->e, v, x);
    for (size_t i = 0; i < n; i++) {
        x[i] = fabs(x[i]);
        zeros += x[i] == 0;
    }
    qsort(x, n, sizeof *x, compare);
    *out = (train_layer){.name = plain_name(k, v),
                         .gradient = ir_var(g, v)->kind == VAR_GRADIENT,
                         .low = x[n / 20],
                         .middle = x[n / 2],
                         .high = x[n - 1 - n / 20],
                         .zeros = (double)zeros / (double)n};
    return out->name ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status describe_all(const reader *k, train_layers *out) {
    train_layer *at = arena_new(k->r.a, (k->n_keep + 1) * sizeof *at);
    if (!at) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < k->n_keep; i++) DFOO_TRY(describe(k, k->keep[i], &at[i]));
    *out = (train_layers){k->n_keep, at, k->r.n};
    return DFOO_OK;
}

static dfoo_status read_layers(reader *k, model *m, const program *p, train_layers *out) {
    DFOO_TRY(recalled_check(&k->r));
    DFOO_TRY(model_without_dropout(&m->g, p, &k->p));
    DFOO_TRY(plan_it(k));
    DFOO_TRY(recalled_bind(&k->r, k->plan));
    k->gradients = has_labels(k);
    if (k->gradients) DFOO_TRY(plan_it(k));
    DFOO_TRY(run(k));
    return describe_all(k, out);
}

dfoo_status train_layers_read(model *m, const program *p, const dfoo_arrays *run, const feed_source *data,
                              const feed_options *opt, arena *a, train_layers *out) {
    reader k = {.r = {.m = m, .a = a, .opt = opt, .run = run, .data = data}};
    *out = (train_layers){.n = 0};
    dfoo_status status = read_layers(&k, m, p, out);
    examples_close(&k.examples);
    exec_close(k.e);
    return status;
}

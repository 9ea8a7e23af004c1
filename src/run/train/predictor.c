/* Predicting from plain memory: inputs are prepared into memory that the plan is bound to, and what it
 * computes is copied out. Nothing is looked up, reported or, while the number of examples stays, allocated.
 */
#include <assert.h>
#include <string.h>

#include "run/feed/bind.h"
#include "run/feed/machine.h"
#include "run/train/predictor.h"
#include "run/train/recall.h"
#include "run/train/score.h"

/* -------------------------------------------------------------------- opening */

/* A value for each column that is used. */
static dfoo_status use_rules(predictor *k, const memo *own, predictor_input *in) {
    column_rule *rules = arena_new(k->a, own->n_rules * sizeof *rules);
    if (!rules) return DFOO_ENOMEM;
    in->n = 0;
    for (uint32_t i = 0; i < own->n_rules; i++)
        if (own->rules[i].kind != PREPARE_LEFT) rules[in->n++] = own->rules[i];
    in->rules = rules;
    if (prepare_entries(rules, (uint32_t)in->n) == in->entries) return DFOO_OK;
    return diag_alone(k->m->g.d, "the run has rules for %zu entries of %s, which has %zu",
                      prepare_entries(rules, (uint32_t)in->n), ir_var_name(&k->m->g, in->var), in->entries);
}

static dfoo_status add_input(predictor *k, var_id v, const memos *known) {
    const variable  *x = ir_var(&k->m->g, v);
    const memo      *own = memos_find(known, v);
    predictor_input *in = &k->inputs[k->n_inputs++];
    if (x->kind == VAR_LABEL)
        return diag_alone(k->m->g.d, "the prediction reads the label %s, which is not known when predicting",
                          ir_var_name(&k->m->g, v));
    if (!by_example(k->m, x))
        return diag_alone(
            k->m->g.d, "the input %s has no entry for each example: such a model predicts with dfoo_predict",
            ir_var_name(&k->m->g, v));
    *in = (predictor_input){.var = v, .first = k->n_in, .entries = sizes_get(&k->s, entries_dim(k->m, x))};
    in->n = in->entries;
    if (own && own->n_rules) DFOO_TRY(use_rules(k, own, in));
    k->n_in += in->n;
    if (!own) return DFOO_OK;
    if (own->mean && own->entries != in->entries)
        return diag_alone(k->m->g.d, "the run has means of %zu entries for %s, which has %zu", own->entries,
                          ir_var_name(&k->m->g, v), in->entries);
    in->mean = own->mean;
    in->sd = own->sd;
    in->times = own->times;
    in->over = own->over;
    return DFOO_OK;
}

static dfoo_status find_inputs(predictor *k) {
    bool *needed = arena_new(k->a, k->m->g.vars.n);
    memos known;
    k->inputs = arena_new(k->a, k->m->g.vars.n * sizeof *k->inputs);
    if (!needed || !k->inputs) return DFOO_ENOMEM;
    machine_needs(k->p, needed);
    DFOO_TRY(memos_recall(k->m, k->a, k->run, &known));
    for (var_id v = 1; v < k->m->g.vars.n; v++)
        if (needed[v]) DFOO_TRY(add_input(k, v, &known));
    return DFOO_OK;
}

/* Sizes follow from the parameters, the model and what training set; inputs that they leave open, from what
 * training remembers of their columns. */
static dfoo_status find_sizes(predictor *k) {
    sizing       z;
    feed_options none = {.dtype = k->type};
    DFOO_TRY(sizing_init(&z, k->m, k->a, &none, NULL));
    DFOO_TRY(bind_parameters(&z, k->run, "the run"));
    sizes_examples(k->m, &z.s, 1);
    k->s = z.s;
    return sizing_complete(&z);
}

dfoo_status predictor_open(const model *m, const program *p, const dfoo_arrays *run, exec_dtype type,
                           exec_isa isa, arena *a, predictor *out) {
    recalled r = {.m = m, .run = run};
    *out = (predictor){.m = m, .a = a, .run = run, .type = type, .isa = isa};
    DFOO_TRY(recalled_check(&r));
    const variable *y = ir_var(&m->g, out->prediction = m->predict.at[0]);
    if (!by_example(m, y))
        return diag_alone(m->g.d, "%s has no entry for each example: such a model predicts with dfoo_predict",
                          ir_var_name(&m->g, out->prediction));
    DFOO_TRY(machine_plan(m, a, p, &out->prediction, 1, &out->p));
    DFOO_TRY(find_sizes(out));
    DFOO_TRY(find_inputs(out));
    out->n_out = sizes_get(&out->s, entries_dim(m, y));
    return arena_status(a);
}

/* -------------------------------------------------------------------- scratch */

static dfoo_status set_parameters(predictor_scratch *x) {
    const ir *g = &x->k->m->g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_PARAM)
            DFOO_TRY(exec_set(x->e, v, arrays_get(x->k->run, ir_var_name(g, v))->data));
    return DFOO_OK;
}

static size_t number_size(const predictor_scratch *x) {
    return x->k->type == EXEC_F32 ? sizeof(float) : sizeof(double);
}

/* Each input's block begins at a multiple of 64 bytes. */
static size_t block_size(const predictor_scratch *x, const predictor_input *in, size_t n) {
    return (in->entries * n * number_size(x) + 63) / 64 * 64;
}

static dfoo_status make_room(predictor_scratch *x, size_t n) {
    size_t size = 64, at = 0;
    for (uint32_t i = 0; i < x->k->n_inputs; i++) size += block_size(x, &x->k->inputs[i], n);
    x->n = 0;
    if (size > x->size) {
        mem_free(&x->mem, x->values, x->size);
        x->values = mem_new(&x->mem, size);
        x->size = x->values ? size : 0;
        if (!x->values) return DFOO_ENOMEM;
    }
    sizes_examples(x->k->m, &x->s, n);
    DFOO_TRY(exec_resize(x->e, &x->s));
    char *first = (char *)x->values + (64 - (uintptr_t)x->values % 64) % 64;
    for (uint32_t i = 0; i < x->k->n_inputs; at += block_size(x, &x->k->inputs[i++], n))
        exec_bind(x->e, x->k->inputs[i].var, first + at);
    x->n = n;
    return DFOO_OK;
}

dfoo_status scratch_open(predictor_scratch *x, const predictor *k, arena *a, const dfoo_allocator *mem) {
    size_t most = 1;
    for (uint32_t i = 0; i < k->n_inputs; i++)
        most = k->inputs[i].entries > most ? k->inputs[i].entries : most;
    *x = (predictor_scratch){.k = k, .mem = *mem, .entries = arena_new(a, most * sizeof *x->entries)};
    if (!x->entries) return DFOO_ENOMEM;
    DFOO_TRY(sizes_for(k->m, a, &k->s, 1, &x->s));
    DFOO_TRY(exec_open(k->p, &k->m->g, mem, k->type, k->isa, &x->s, &x->e));
    DFOO_TRY(set_parameters(x));
    return make_room(x, 1);
}

void scratch_close(predictor_scratch *x) {
    exec_close(x->e);
    mem_free(&x->mem, x->values, x->size);
    *x = (predictor_scratch){.k = NULL};
}

/* -------------------------------------------------------------------- running */

static double prepared(const predictor_input *in, double x, size_t i) {
    if (in->mean) return (x - in->mean[i]) / in->sd[i];
    return in->over != 0 ? x * in->times / in->over : x;
}

/* The entries of one input, of examples that are rows of `from`, as the plan reads them. */
static void put_input(const predictor_scratch *x, const predictor_input *in, const double *from, void *to) {
    bool   across = x->k->m->examples_are_columns;
    size_t n = x->n, step = x->k->n_in;
    for (size_t j = 0; j < n; j++) {
        const double *entry = from + j * step + in->first;
        if (in->rules) {
            prepare_expand(in->rules, (uint32_t)in->n, entry, x->entries);
            entry = x->entries;
        }
        for (size_t i = 0; i < in->entries; i++) {
            double value = prepared(in, entry[i], i);
            size_t at = across ? i * n + j : j * in->entries + i;
            if (x->k->type == EXEC_F32)
                ((float *)to)[at] = (float)value;
            else
                ((double *)to)[at] = value;
        }
    }
}

static void get_outputs(const predictor_scratch *x, double *to) {
    bool        across = x->k->m->examples_are_columns;
    size_t      n = x->n, n_out = x->k->n_out, rows, cols;
    const void *from = exec_data(x->e, x->k->prediction, &rows, &cols);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n_out; i++) {
            size_t at = across ? i * n + j : j * n_out + i;
            to[j * n_out + i] =
                x->k->type == EXEC_F32 ? (double)((const float *)from)[at] : ((const double *)from)[at];
        }
}

dfoo_status scratch_run(predictor_scratch *x, const double *in, size_t n, double *out) {
    if (!n) return DFOO_OK;
    if (n != x->n) DFOO_TRY(make_room(x, n));
    char *to = (char *)x->values + (64 - (uintptr_t)x->values % 64) % 64;
    for (uint32_t i = 0; i < x->k->n_inputs; to += block_size(x, &x->k->inputs[i++], n))
        put_input(x, &x->k->inputs[i], in, to);
    exec_run(x->e);
    get_outputs(x, out);
    return DFOO_OK;
}

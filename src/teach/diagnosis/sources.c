/* Answers that are equations, and answers that are arrays. */
#include <string.h>

#include "teach/diagnosis/inside.h"

/* ------------------------------------------------------------------- claims */

/* A claim becomes the value of its gradient, where it fits; a number fits a matrix of one entry. */
static dfoo_status add_claim(const instance *in, evaluation *e, const claim *c) {
    const ir *g = in->s->g;
    shape     x = ir_shape(g, c->node), v = ir_var(g, c->var)->sh;
    program   one = {{0}};
    bool      single = shape_is_scalar(x) && shape_is_single(v);
    vec_push(e->a, &one.list, (stmt){.var = c->var, .node = c->node});
    return shape_equal(x, v) || single ? eval_add_program(e, &one) : eval_add_node(e, c->node);
}

/* Evaluated one after the other: a name may be claimed twice. What is not claimed is derived. */
static dfoo_status claim_answers(void *user, const instance *in, uint32_t n, arena *a, answer_list *out) {
    const model *m = user;
    const ir    *g = in->s->g;
    evaluation   e;
    (void)n;
    DFOO_TRY(eval_init(&e, g, a, &in->sz));
    for (node_id i = 1; i < in->e.n_nodes; i++)
        if (ir_node(g, i)->op == OP_VAR) e.value[i] = in->e.value[i];
    for (uint32_t i = 0; i < m->claims.n; i++) { /* gradients are written to: not the instance's */
        matrix *x = &e.value[ir_var(g, m->claims.at[i].var)->leaf];
        size_t  bytes = x->rows * x->cols * sizeof(double);
        if (!x->at || x->at != in->e.value[ir_var(g, m->claims.at[i].var)->leaf].at) continue;
        double *copy = arena_new(a, bytes);
        if (!copy) return DFOO_ENOMEM;
        memcpy(copy, x->at, bytes);
        x->at = copy;
    }
    for (uint32_t i = 0; i < m->claims.n; i++) DFOO_TRY(add_claim(in, &e, &m->claims.at[i]));
    eval_run(&e);
    for (uint32_t i = 0; i < m->claims.n; i++) {
        const claim *c = &m->claims.at[i];
        answer       x = {.name = ir_var_name(g, c->var), .of = ir_var_name(g, c->var)};
        x.ndim = shape_is_scalar(ir_shape(g, c->node)) ? 0 : 2;
        x.text = c->text;
        x.line = c->line;
        x.value = e.value[c->node];
        vec_push(a, &out->list, x);
    }
    return arena_status(a);
}

answer_source source_claims(const model *m) {
    return (answer_source){.answers = claim_answers, .user = (void *)(uintptr_t)m};
}

/* ------------------------------------------------------------------- arrays */

static answer array_answer(const instance *in, const dfoo_array *x) {
    const ir *g = in->s->g;
    var_id    v = ir_find_var(g, symbols_find(g->names, x->name, strlen(x->name)));
    answer    out = {.name = x->name, .of = x->name, .ndim = x->ndim};
    size_t    rows, cols;
    if (!array_as_matrix(x, &rows, &cols)) {
        out.fault = "it has more than two dimensions";
        return out;
    }
    bool row = v && x->ndim == 1 && ir_var(g, v)->sh.rows == dim_literal(1);
    out.value = row ? (matrix){cols, rows, x->data} : (matrix){rows, cols, x->data};
    return out;
}

/* In the order of the sweep, as nobody says in which they were computed; then what the model does not
 * have. */
static dfoo_status array_answers(void *user, const instance *in, uint32_t n, arena *a, answer_list *out) {
    const dfoo_arrays *set = user;
    const derivation  *d = &in->s->right;
    (void)n;
    for (uint32_t i = 0; i < d->list.n; i++) {
        const dfoo_array *x = arrays_get(set, ir_var_name(in->s->g, d->list.at[i].grad));
        if (x) vec_push(a, &out->list, array_answer(in, x));
    }
    return arena_status(a);
}

answer_source source_arrays(const dfoo_arrays *answers) {
    bool single = false;
    for (size_t i = 0; i < arrays_count(answers); i++)
        single = single || arrays_at(answers, i)->dtype == DFOO_F32;
    return (answer_source){.answers = array_answers, .user = (void *)(uintptr_t)answers,
                           .same = single ? 1e-4 : 1e-7};
}

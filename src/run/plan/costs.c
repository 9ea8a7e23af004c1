/* What a plan costs, and how long its intermediates live, in the model's sizes: operations, numbers that are
 * read and written. A cost is a sum of products of sizes. */
#include <stdlib.h>
#include <string.h>

#include "run/plan/plan.h"

enum { MOST_DIMS = 3 };

/* factor * dim[0] * dim[1] * ..; the dims ascend, 0 stands for none. */
typedef struct term {
    double factor;
    dim    dims[MOST_DIMS];
} term;

typedef struct sum {
    arena *a;
    VEC(term) terms;
} sum;

static int by_value(const void *x, const void *y) {
    dim a = *(const dim *)x, b = *(const dim *)y;
    return (a > b) - (a < b);
}

/* Sizes that are literal are part of the factor. */
static void sum_add(sum *s, double factor, dim x, dim y, dim z) {
    term t = {.factor = factor, .dims = {x, y, z}};
    for (int i = 0; i < MOST_DIMS; i++) {
        if (t.dims[i] && !dim_is_named(t.dims[i])) t.factor *= t.dims[i];
        if (!dim_is_named(t.dims[i])) t.dims[i] = 0;
    }
    qsort(t.dims, MOST_DIMS, sizeof t.dims[0], by_value);
    for (uint32_t i = 0; i < s->terms.n; i++) {
        if (memcmp(s->terms.at[i].dims, t.dims, sizeof t.dims) != 0) continue;
        s->terms.at[i].factor += t.factor;
        return;
    }
    if (factor != 0) vec_push(s->a, &s->terms, t);
}

static void sum_shape(sum *s, double factor, shape sh) {
    if (shape_is_scalar(sh)) sum_add(s, factor, 1, 1, 1);
    else sum_add(s, factor, sh.rows, sh.cols, 1);
}

static void sum_sum(sum *s, const sum *other) {
    for (uint32_t i = 0; i < other->terms.n; i++) {
        const term *t = &other->terms.at[i];
        sum_add(s, t->factor, t->dims[0], t->dims[1], t->dims[2]);
    }
}

static void print_term(const ir *g, const term *t, buf *out) {
    bool first = t->factor == 1;
    if (!first) buf_number(out, t->factor);
    for (int i = 0; i < MOST_DIMS; i++) {
        if (!t->dims[i]) continue;
        bool brackets = dim_is_sum(g->names, t->dims[i]);
        if (!first) buf_puts(out, "*");
        if (brackets) buf_puts(out, "(");
        print_dim(g, t->dims[i], out);
        if (brackets) buf_puts(out, ")");
        first = false;
    }
    if (first) buf_puts(out, "1");
}

static void print_sum(const ir *g, const sum *s, buf *out) {
    for (uint32_t i = 0; i < s->terms.n; i++) {
        if (i) buf_puts(out, " + ");
        print_term(g, &s->terms.at[i], out);
    }
    if (!s->terms.n) buf_puts(out, "0");
}

/* ------------------------------------------------------------ instructions */

typedef struct cost {
    sum      work, in, out;
    uint32_t loops; /* over the entries of a block */
} cost;

static shape shape_in(const plan *p, buffer_id b) { return p->buffers.at[b].sh; }

static void cost_of_block(const plan *p, const plan_instr *in, cost *c) {
    for (uint32_t i = 0; i < in->steps.n; i++) {
        const plan_step *s = &in->steps.at[i];
        if (s->kind == STEP_OP || s->kind == STEP_REDUCE) sum_shape(&c->work, 1, in->sh);
        if (plan_step_arity(s) && !s->inside && !shape_is_scalar(in->sh)) c->loops++;
        if (s->kind == STEP_LOAD) sum_shape(&c->in, 1, shape_in(p, s->buffer));
        else if (s->buffer) sum_shape(&c->out, 1, shape_in(p, s->buffer));
    }
}

static void cost_of_product(const plan *p, const plan_instr *in, cost *c) {
    shape a = shape_in(p, in->a), out = shape_in(p, in->out);
    sum_add(&c->work, 2, out.rows, out.cols, in->transpose_a ? a.rows : a.cols);
}

/* The largest entry, differences, powers, their sum, and what they are divided by; a matrix is taken apart in
 * about as many steps as a cube has entries. */
static void cost_of_other(const plan *p, const plan_instr *in, cost *c) {
    shape a = shape_in(p, in->a);
    bool  taken_apart = in->op == OP_INV || in->op == OP_SOLVE || in->op == OP_DET || in->op == OP_LOGDET;
    if (in->kind == PLAN_SOFTMAX) sum_shape(&c->work, 5, a);
    else if (in->kind == PLAN_MATRIX && taken_apart) sum_add(&c->work, 1, a.rows, a.rows, a.rows);
    else if (in->kind == PLAN_MATRIX) sum_shape(&c->work, 1, a);
}

static void cost_of(const plan *p, const plan_instr *in, cost *c) {
    if (in->kind == PLAN_BLOCK) {
        cost_of_block(p, in, c);
        return;
    }
    if (in->kind == PLAN_PRODUCT) cost_of_product(p, in, c);
    else cost_of_other(p, in, c);
    sum_shape(&c->in, 1, shape_in(p, in->a));
    if (in->b) sum_shape(&c->in, 1, shape_in(p, in->b));
    if (in->add) sum_shape(&c->in, 1, shape_in(p, in->out));
    sum_shape(&c->out, 1, shape_in(p, in->out));
}

/* Number 0 are all together. */
static void print_cost(const ir *g, uint32_t number, const cost *c, buf *out) {
    size_t start = out->len;
    if (number) buf_printf(out, "%3u  ", number);
    else buf_puts(out, "all  ");
    print_sum(g, &c->work, out);
    size_t used = out->len - start;
    buf_repeat(out, ' ', used < 28 ? 28 - used : 1);
    print_sum(g, &c->in, out);
    buf_puts(out, " -> ");
    print_sum(g, &c->out, out);
    if (c->loops) buf_printf(out, "  in %u loop%s", c->loops, c->loops == 1 ? "" : "s");
    buf_puts(out, "\n");
}

static void print_instructions(const plan *p, arena *a, buf *out) {
    cost all = {.work = {a, {0}}, .in = {a, {0}}, .out = {a, {0}}};
    buf_puts(out, "\n# operations, an elementary function being one; numbers read -> numbers written; ");
    buf_puts(out, "loops over a block's entries\n");
    for (uint32_t i = 0; i < p->code.n && !a->failed; i++) {
        cost c = {.work = {a, {0}}, .in = {a, {0}}, .out = {a, {0}}};
        cost_of(p, &p->code.at[i], &c);
        sum_sum(&all.work, &c.work);
        sum_sum(&all.in, &c.in);
        sum_sum(&all.out, &c.out);
        print_cost(p->g, i + 1, &c, out);
    }
    print_cost(p->g, 0, &all, out);
}

/* ----------------------------------------------------------------- buffers */

static void print_buffer(const plan *p, const plan_buffer *x, buf *out) {
    size_t start = out->len;
    buf_puts(out, "     ");
    if (x->var) buf_puts(out, ir_var_name(p->g, x->var));
    else buf_printf(out, "t%u", x->number);
    size_t used = out->len - start;
    buf_repeat(out, ' ', used < 15 ? 15 - used : 1);
    print_shape(p->g, x->sh, out);
    used = out->len - start;
    buf_repeat(out, ' ', used < 28 ? 28 - used : 1);
    if (x->kind == BUFFER_KEPT) buf_printf(out, "%u .. end\n", x->first + 1);
    else buf_printf(out, "%u .. %u\n", x->first + 1, x->last + 1);
}

static void print_buffers(const plan *p, buf *out) {
    buf_puts(out, "\n# buffers, from the instruction that writes one to the last that needs it: ");
    buf_puts(out, "then it is another's\n");
    for (buffer_id i = 1; i < p->buffers.n; i++) {
        const plan_buffer *x = &p->buffers.at[i];
        bool               used = x->first != UINT32_MAX && x->kind != BUFFER_LEAF;
        if (used && !shape_is_scalar(x->sh)) print_buffer(p, x, out);
    }
}

void plan_print_costs(const plan *p, buf *out) {
    arena a;
    arena_init(&a, p->g->a->mem);
    print_instructions(p, &a, out);
    print_buffers(p, out);
    if (a.failed) out->failed = true;
    arena_free(&a);
}

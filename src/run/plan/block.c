/* Blocks: where elementwise trees, reductions and copies go.
 *
 * A tree joins the earliest block over its shape that comes after everything that it
 * reads, so that chains, sums over them and the backward pass through an activation run
 * as one pass over the data. An update joins no block before the last reader of the old
 * value; in the readers' own block it may stand, because there each entry is loaded
 * before any is stored. */
#include <stdlib.h>

#include "run/plan/build.h"

typedef struct tree {
    VEC(node_id) nodes; /* ascending; they become steps */
    uint32_t from;      /* the first block that may hold them */
} tree;

static uint32_t latest(uint32_t a, uint32_t b) {
    return a > b ? a : b;
}

/* The first instruction that may read the value from within a block over `over`. */
static uint32_t ready(const builder *b, value_id v, shape over) {
    const value *x = &b->values.at[v];
    if (x->kind == VALUE_LEAF) return 0;
    return x->kind == VALUE_STEP && shape_equal(x->sh, over) ? x->at : x->at + 1;
}

static bool joins(const builder *b, node_id n, shape over) {
    const node *x = ir_node(b->g, n);
    bool        runs = op_elementwise((op_id)x->op) || x->op == OP_ONES;
    return runs && shape_equal(x->sh, over) && !b->memo[n] && !b->product[n] && !is_constant(b->g, n);
}

static int by_number(const void *x, const void *y) {
    node_id a = *(const node_id *)x, b = *(const node_id *)y;
    return (a > b) - (a < b);
}

/* Collects the nodes below `root` that run in its block; whatever else they read has a value. */
static void gather(builder *b, node_id root, shape over, bool with_root, tree *t) {
    VEC(node_id) stack = {0};
    arena *a = &b->scratch;
    b->walk++;
    vec_push(a, &stack, root);
    while (stack.n && !a->failed) {
        node_id n = stack.at[--stack.n];
        if (b->mark[n] == b->walk) continue;
        b->mark[n] = b->walk;
        bool inside = (n == root && with_root) || joins(b, n, over);
        if (!inside && is_constant(b->g, n)) continue;
        if (!inside) {
            value_id v = value_solid(b, value_of_node(b, n));
            if (v) t->from = latest(t->from, ready(b, v, over));
            continue;
        }
        vec_push(a, &t->nodes, n);
        const node *x = ir_node(b->g, n);
        if (!is_constant(b->g, n))
            for (int i = 0; i < op_table[x->op].arity; i++) vec_push(a, &stack, x->arg[i]);
    }
    if (t->nodes.n) qsort(t->nodes.at, t->nodes.n, sizeof(node_id), by_number);
}

/* The earliest block over this shape from number `from` on; a new one if there is none. */
static uint32_t find_block(builder *b, shape over, uint32_t from) {
    for (uint32_t i = from; i < b->p->code.n; i++) {
        const plan_instr *in = &b->p->code.at[i];
        if (in->kind == PLAN_BLOCK && shape_equal(in->sh, over)) return i;
    }
    return instr_add(b, (plan_instr){.kind = PLAN_BLOCK, .sh = over});
}

static uint32_t add_step(builder *b, uint32_t at, plan_step s) {
    plan_instr *in = &b->p->code.at[at];
    vec_push(b->a, &in->steps, s);
    return in->steps.n - 1;
}

static bool same_source(const plan_step *x, const plan_step *y) {
    return x->kind == y->kind && x->size == y->size && x->number == y->number && x->buffer == y->buffer;
}

/* A load, number or size: the one that is there already, or a new one. */
static uint32_t source_step(builder *b, uint32_t at, plan_step s) {
    const plan_instr *in = &b->p->code.at[at];
    for (uint32_t i = 0; i < in->steps.n; i++)
        if (same_source(&in->steps.at[i], &s)) return i;
    return add_step(b, at, s);
}

static plan_step constant_step(const ir *g, node_id n) {
    plan_step   s = {.kind = STEP_NUMBER};
    const node *x = ir_node(g, n);
    if (x->op == OP_SIZE) return (plan_step){.kind = STEP_SIZE, .size = x->ref};
    ir_is_number(g, n, &s.number);
    return s;
}

static uint32_t step_of_value(builder *b, uint32_t at, value_id v) {
    v = value_solid(b, v);
    const value *x = &b->values.at[v];
    if (x->kind == VALUE_STEP && x->at == at) {
        if (b->values.at[v].last_read < at + 1) b->values.at[v].last_read = at + 1;
        return x->step;
    }
    return source_step(b, at, (plan_step){.kind = STEP_LOAD, .buffer = value_buffer(b, v, at)});
}

static uint32_t step_of_node(builder *b, uint32_t at, node_id n) {
    if (is_constant(b->g, n)) return source_step(b, at, constant_step(b->g, n));
    return step_of_value(b, at, value_of_node(b, n));
}

static uint32_t emit(builder *b, uint32_t at, node_id n) {
    const node *x = ir_node(b->g, n);
    plan_step   s = {.kind = STEP_OP, .op = x->op, .attr = x->attr};
    if (x->op == OP_ONES) return add_step(b, at, (plan_step){.kind = STEP_NUMBER, .number = 1});
    if (is_constant(b->g, n)) return add_step(b, at, constant_step(b->g, n));
    for (int i = 0; i < op_table[x->op].arity; i++) s.arg[i] = step_of_node(b, at, x->arg[i]);
    return add_step(b, at, s);
}

/* Without memory, steps and values are missing: nothing may be looked up any more. */
static bool failed(const builder *b) {
    return b->a->failed || b->scratch.failed;
}

static value_id emit_tree(builder *b, uint32_t at, const tree *t) {
    value_id v = 0;
    for (uint32_t i = 0; i < t->nodes.n && !failed(b); i++) {
        uint32_t step = emit(b, at, t->nodes.at[i]);
        v = value_step(b, at, step, 0);
        b->memo[t->nodes.at[i]] = v;
    }
    return v;
}

value_id place_tree(builder *b, node_id root) {
    tree  t = {.from = 0};
    shape over = ir_shape(b->g, root);
    gather(b, root, over, true, &t);
    if (failed(b)) return 0;
    return emit_tree(b, find_block(b, over, t.from), &t);
}

value_id place_reduction(builder *b, node_id root) {
    const node *x = ir_node(b->g, root);
    tree        t = {.from = 0};
    shape       over = ir_shape(b->g, x->arg[0]);
    gather(b, x->arg[0], over, false, &t);
    if (failed(b)) return 0;
    uint32_t at = find_block(b, over, t.from);
    emit_tree(b, at, &t);
    if (failed(b)) return 0;
    plan_step s = {
        .kind = STEP_REDUCE, .op = x->op, .attr = x->attr, .arg = {step_of_node(b, at, x->arg[0])}};
    s.buffer = buffer_new(b, x->sh);
    add_step(b, at, s);
    return failed(b) ? 0 : value_result(b, at, x->sh, s.buffer);
}

/* Makes step number `step` the new value of v. An earlier value that the same block would
 * have stored there was only read inside of the block. */
static value_id store_update(builder *b, uint32_t at, uint32_t step, var_id v) {
    buffer_id   buffer = b->p->of_var[v];
    plan_instr *in = &b->p->code.at[at];
    for (uint32_t i = 0; i < step; i++)
        if (in->steps.at[i].kind != STEP_LOAD && in->steps.at[i].buffer == buffer) in->steps.at[i].buffer = 0;
    in->steps.at[step].buffer = buffer;
    in->steps.at[step].var = v;
    return value_step(b, at, step, buffer);
}

/* The first block in which v may be overwritten. */
static uint32_t after_readers(builder *b, var_id v) {
    value_id     old = value_of_var(b, v);
    const value *x = &b->values.at[old];
    uint32_t     made = x->kind == VALUE_LEAF ? 0 : x->at;
    return x->last_read ? latest(made, x->last_read - 1) : made;
}

value_id place_update(builder *b, node_id root, var_id v) {
    tree  t = {.from = 0};
    shape over = ir_shape(b->g, root);
    t.from = after_readers(b, v);
    gather(b, root, over, true, &t);
    if (failed(b)) return 0;
    uint32_t at = find_block(b, over, t.from);
    value_id made = emit_tree(b, at, &t);
    b->memo[root] = 0; /* what is overwritten next time is nobody else's value */
    return made && !failed(b) ? store_update(b, at, b->values.at[made].step, v) : 0;
}

value_id place_copy(builder *b, value_id from, var_id into) {
    if (!from || failed(b)) return 0;
    from = value_solid(b, from);
    if (failed(b)) return 0;
    shape    over = b->values.at[from].sh;
    uint32_t first = ready(b, from, over);
    if (into) first = latest(first, after_readers(b, into));
    uint32_t at = find_block(b, over, first);
    if (failed(b)) return 0;
    uint32_t source = step_of_value(b, at, from);
    uint32_t step = add_step(b, at, (plan_step){.kind = STEP_COPY, .arg = {source}});
    if (failed(b)) return 0;
    return into ? store_update(b, at, step, into) : value_step(b, at, step, 0);
}

static uint32_t step_of_factor(builder *b, uint32_t at, value_id v) {
    return v ? step_of_value(b, at, v) : source_step(b, at, (plan_step){.kind = STEP_NUMBER, .number = 1});
}

/* The same operation on the same steps, if its value is nobody's who may be overwritten. */
static uint32_t find_operation(const builder *b, uint32_t at, const plan_step *s) {
    const plan_instr *in = &b->p->code.at[at];
    for (uint32_t i = 0; i < in->steps.n; i++) {
        const plan_step *x = &in->steps.at[i];
        bool same = x->kind == s->kind && x->op == s->op && x->arg[0] == s->arg[0] && x->arg[1] == s->arg[1];
        if (same && (!x->buffer || b->p->buffers.at[x->buffer].kind == BUFFER_WORK)) return i;
    }
    return UINT32_MAX;
}

value_id place_number(builder *b, op_id op, value_id x, value_id y) {
    shape    over = shape_scalar();
    uint32_t first = latest(x ? ready(b, x, over) : 0, y ? ready(b, y, over) : 0);
    uint32_t at = find_block(b, over, first);
    if (failed(b)) return 0;
    plan_step s = {.kind = STEP_OP, .op = (uint8_t)op};
    s.arg[0] = step_of_factor(b, at, x);
    if (op_table[op].arity > 1) s.arg[1] = step_of_factor(b, at, y);
    uint32_t step = find_operation(b, at, &s);
    if (step == UINT32_MAX) step = add_step(b, at, s);
    return failed(b) ? 0 : value_step(b, at, step, b->p->code.at[at].steps.at[step].buffer);
}

/* Values, and the buffers that they get when somebody outside of their block asks. */
#include <assert.h>

#include "run/plan/build.h"

static value_id value_add(builder *b, value v) {
    vec_push(&b->scratch, &b->values, v);
    return b->scratch.failed ? 0 : b->values.n - 1;
}

buffer_id buffer_new(builder *b, shape sh) {
    vec_push(b->a, &b->p->buffers, (plan_buffer){.sh = sh, .kind = BUFFER_WORK});
    return b->a->failed ? 0 : b->p->buffers.n - 1;
}

uint32_t instr_add(builder *b, plan_instr in) {
    vec_push(b->a, &b->p->code, in);
    return b->p->code.n - 1;
}

bool is_constant(const ir *g, node_id n) {
    double unused;
    return ir_node(g, n)->op == OP_SIZE || ir_is_number(g, n, &unused);
}

value_id value_of_var(builder *b, var_id v) {
    if (b->current[v]) return b->current[v];
    shape     sh = ir_var(b->g, v)->sh;
    buffer_id buffer = buffer_new(b, sh);
    if (!buffer) return 0;
    b->p->buffers.at[buffer].kind = BUFFER_LEAF;
    b->p->buffers.at[buffer].var = v;
    b->p->of_var[v] = buffer;
    return b->current[v] = value_add(b, (value){.kind = VALUE_LEAF, .sh = sh, .buffer = buffer});
}

value_id value_of_node(builder *b, node_id n) {
    const node *x = ir_node(b->g, n);
    return x->op == OP_VAR ? value_of_var(b, x->ref) : b->memo[n];
}

value_id value_step(builder *b, uint32_t at, uint32_t step, buffer_id buffer) {
    return value_add(
        b, (value){.kind = VALUE_STEP, .sh = b->p->code.at[at].sh, .at = at, .step = step, .buffer = buffer});
}

value_id value_result(builder *b, uint32_t at, shape sh, buffer_id buffer) {
    return value_add(b, (value){.kind = VALUE_RESULT, .sh = sh, .at = at, .buffer = buffer});
}

/* A view of a view is what it was at first. */
value_id value_view(builder *b, value_id base) {
    value x = b->values.at[base];
    if (x.kind == VALUE_VIEW) return x.base;
    return value_add(b, (value){.kind = VALUE_VIEW, .sh = shape_of(x.sh.cols, x.sh.rows), .base = base});
}

buffer_id value_buffer(builder *b, value_id v, uint32_t reader) {
    value *x = &b->values.at[v];
    assert(x->kind != VALUE_VIEW);
    if (x->last_read < reader + 1) x->last_read = reader + 1;
    if (x->buffer) return x->buffer;
    plan_step *step = &b->p->code.at[x->at].steps.at[x->step];
    if (!step->buffer) { /* otherwise another value of the same step has asked before */
        step->buffer = buffer_new(b, x->sh);
        b->p->buffers.at[step->buffer].var = step->var;
    }
    return x->buffer = step->buffer;
}

value_id value_solid(builder *b, value_id v) {
    value x = b->values.at[v];
    if (x.kind != VALUE_VIEW) return v;
    if (x.solid) return x.solid;
    plan_instr in = {.kind = PLAN_TRANSPOSE, .sh = x.sh, .out = buffer_new(b, x.sh)};
    in.a = value_buffer(b, x.base, b->p->code.n);
    uint32_t at = instr_add(b, in);
    value_id solid = value_result(b, at, x.sh, in.out);
    b->values.at[v].solid = solid;
    return solid;
}

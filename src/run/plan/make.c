/* A program -> a plan, statement by statement.
 *
 * For each statement that is needed, from the top of its expression down: which nodes
 * need a value of their own (ROLE_VALUE), and which run in the block of who uses them
 * (ROLE_INLINE); then, from the bottom up, the former get their instructions. */
#include <assert.h>

#include "run/plan/build.h"

static bool failed(const builder *b) {
    return b->a->failed || b->scratch.failed;
}

/* ------------------------------------------------------------------- roles */

/* A node that has its argument's value as it is: a number transposed or summed up, a sum
 * along an axis of length 1. */
static bool is_alias(const ir *g, node_id n) {
    const node *x = ir_node(g, n);
    uint8_t     rule = op_table[x->op].rule;
    if (rule == SHAPE_TRANSPOSED) return shape_is_scalar(x->sh);
    return is_reduction(x->op) && shape_equal(x->sh, ir_shape(g, x->arg[0]));
}

static void role_of_argument(builder *b, node_id arg, shape over) {
    const node *x = ir_node(b->g, arg);
    bool        inside = (op_elementwise((op_id)x->op) || x->op == OP_ONES) && shape_equal(x->sh, over);
    if (is_constant(b->g, arg)) return;
    if (!inside || b->product[arg]) need_value(b, arg);
    else if (b->role[arg] == ROLE_NONE) b->role[arg] = ROLE_INLINE;
}

static void roles_below(builder *b, node_id n) {
    const node *x = ir_node(b->g, n);
    if (is_constant(b->g, n)) return;
    if (b->product[n]) {
        product_needs(b, n);
    } else if (is_alias(b->g, n)) {
        need_value(b, x->arg[0]);
    } else if (op_elementwise((op_id)x->op)) {
        for (int i = 0; i < op_table[x->op].arity; i++) role_of_argument(b, x->arg[i], x->sh);
    } else if (is_reduction(x->op)) {
        role_of_argument(b, x->arg[0], ir_shape(b->g, x->arg[0]));
    } else {
        for (int i = 0; i < op_table[x->op].arity; i++) need_value(b, x->arg[i]);
    }
}

static void give_roles(builder *b, const node_list *need) {
    for (uint32_t i = need->list.n; i-- > 0 && !failed(b);) {
        node_id n = need->list.at[i];
        if (b->role[n] != ROLE_NONE && !b->memo[n] && ir_node(b->g, n)->op != OP_VAR) roles_below(b, n);
    }
}

/* ------------------------------------------------------------------ values */

static value_id transpose_value(builder *b, node_id n) {
    value_id base = value_of_node(b, ir_node(b->g, n)->arg[0]);
    if (!base || failed(b)) return 0;
    value_id  view = value_view(b, base);
    buffer_id buffer = b->values.at[base].buffer;
    if (failed(b)) return 0;
    /* What is overwritten later cannot be read through a view then. */
    bool overwritten =
        buffer && b->p->buffers.at[buffer].kind == BUFFER_LEAF && b->updated[b->p->buffers.at[buffer].var];
    return overwritten ? value_solid(b, view) : view;
}

/* A number is the only entry of its line: softmax(x) = exp(x - x), log_softmax(x) = x - x. */
static value_id softmax_number(builder *b, const node *x) {
    value_id v = value_of_node(b, x->arg[0]);
    value_id zero = place_number(b, OP_SUB, v, v);
    return x->op == OP_SOFTMAX && zero ? place_number(b, OP_EXP, zero, 0) : zero;
}

static value_id softmax_value(builder *b, const node *x) {
    if (shape_is_scalar(x->sh)) return softmax_number(b, x);
    value_id v = value_solid(b, value_of_node(b, x->arg[0]));
    if (failed(b)) return 0;
    plan_instr in = {.kind = PLAN_SOFTMAX, .op = x->op, .attr = x->attr, .sh = x->sh};
    in.a = value_buffer(b, v, b->p->code.n);
    in.out = buffer_new(b, x->sh);
    uint32_t at = instr_add(b, in);
    return failed(b) ? 0 : value_result(b, at, x->sh, in.out);
}

/* An operand in a buffer: a number or a transpose that is asked for elsewhere, too, has one made for it. */
static buffer_id operand_buffer(builder *b, node_id n) {
    value_id v = value_solid(b, value_of_node(b, n));
    return failed(b) ? 0 : value_buffer(b, v, b->p->code.n);
}

static value_id matrix_value(builder *b, const node *x) {
    if (shape_is_scalar(ir_shape(b->g, x->arg[0]))) /* the norm of a number */
        return place_number(b, OP_ABS, value_of_node(b, x->arg[0]), 0);
    plan_instr in = {.kind = PLAN_MATRIX, .op = x->op, .attr = x->attr, .sh = x->sh};
    in.start = ir_piece_start(b->g, x, 0);
    in.a = operand_buffer(b, x->arg[0]);
    if (op_table[x->op].arity > 1 && in.a) in.b = operand_buffer(b, x->arg[1]);
    in.out = buffer_new(b, x->sh);
    uint32_t at = instr_add(b, in);
    return failed(b) ? 0 : value_result(b, at, x->sh, in.out);
}

static value_id make_value(builder *b, node_id n) {
    const node *x = ir_node(b->g, n);
    if (is_constant(b->g, n)) return place_tree(b, n);
    if (b->product[n]) return product_value(b, n);
    if (is_alias(b->g, n)) return value_of_node(b, x->arg[0]);
    if (op_elementwise((op_id)x->op)) return place_tree(b, n);
    switch ((op_id)x->op) {
    case OP_ONES: return place_tree(b, n);
    case OP_SUM: case OP_MEAN: case OP_MAX: return place_reduction(b, n);
    case OP_TRANSPOSE: return transpose_value(b, n);
    case OP_SOFTMAX: case OP_LOG_SOFTMAX: return softmax_value(b, x);
    case OP_OPEN: b->has_open = true; return 0;
    default: return matrix_value(b, x);
    }
}

static dfoo_status make_values(builder *b, const node_list *need) {
    for (uint32_t i = 0; i < need->list.n && !failed(b) && !b->has_open; i++) {
        node_id n = need->list.at[i];
        if (b->role[n] == ROLE_VALUE && !b->memo[n] && ir_node(b->g, n)->op != OP_VAR)
            b->memo[n] = make_value(b, n);
        b->role[n] = ROLE_NONE;
    }
    if (b->has_open) return DFOO_EINPUT;
    return failed(b) ? DFOO_ENOMEM : DFOO_OK;
}

/* -------------------------------------------------------------- statements */

/* The value gets the variable's name in what is printed, unless it has one. */
static void name_value(builder *b, value_id v, var_id var) {
    const value *x = &b->values.at[v];
    if (x->kind == VALUE_STEP) {
        plan_step *step = &b->p->code.at[x->at].steps.at[x->step];
        if (!step->var) step->var = var;
    }
    if (x->buffer && !b->p->buffers.at[x->buffer].var) b->p->buffers.at[x->buffer].var = var;
}

static dfoo_status define(builder *b, const stmt *s, const node_list *need) {
    need_value(b, s->node);
    give_roles(b, need);
    DFOO_TRY(make_values(b, need));
    value_id  v = value_of_node(b, s->node);
    buffer_id buffer = v ? b->values.at[v].buffer : 0;
    bool      leaf = buffer && b->p->buffers.at[buffer].kind == BUFFER_LEAF;
    if (leaf && b->updated[b->p->buffers.at[buffer].var]) v = place_copy(b, v, 0);
    if (!v || failed(b)) return DFOO_ENOMEM;
    name_value(b, v, s->var);
    b->current[s->var] = v;
    return DFOO_OK;
}

/* Forgets what was computed from the old value of v. */
static void forget(builder *b, var_id v) {
    b->walk++;
    b->mark[ir_var(b->g, v)->leaf] = b->walk;
    for (node_id n = ir_var(b->g, v)->leaf; n < b->g->nodes.n; n++) {
        const node *x = ir_node(b->g, n);
        for (int i = 0; i < op_table[x->op].arity; i++)
            if (b->mark[x->arg[i]] == b->walk) b->mark[n] = b->walk;
        if (b->mark[n] == b->walk) b->memo[n] = 0;
    }
}

static dfoo_status update(builder *b, const stmt *s, const node_list *need) {
    const node *x = ir_node(b->g, s->node);
    bool        whole = shape_equal(x->sh, ir_var(b->g, s->var)->sh);
    bool        inside = whole && op_elementwise((op_id)x->op) && !b->memo[s->node] && !b->product[s->node] &&
                  !is_constant(b->g, s->node);
    bool added = product_updates(b, s);
    assert(whole);
    if (added) product_update_needs(b, s);
    else b->role[s->node] = inside ? ROLE_INLINE : ROLE_VALUE;
    give_roles(b, need);
    DFOO_TRY(make_values(b, need));
    value_of_var(b, s->var);
    if (failed(b)) return DFOO_ENOMEM;
    value_id v = added    ? product_update(b, s)
                 : inside ? place_update(b, s->node, s->var)
                          : place_copy(b, value_of_node(b, s->node), s->var);
    if (!v || failed(b)) return DFOO_ENOMEM;
    b->current[s->var] = v;
    forget(b, s->var);
    return DFOO_OK;
}

static dfoo_status make_statements(builder *b, const program *p) {
    for (uint32_t i = 0; i < p->list.n; i++) {
        const stmt *s = &p->list.at[i];
        if (!b->needed[i] || b->deferred[s->var]) continue;
        product_mark(b, &b->needs[i]);
        DFOO_TRY(b->updated[s->var] ? update(b, s, &b->needs[i]) : define(b, s, &b->needs[i]));
    }
    return DFOO_OK;
}

/* --------------------------------------------------------------------- end */

static dfoo_status keep_values(builder *b, const var_id *keep, uint32_t n_keep) {
    for (uint32_t i = 0; i < n_keep; i++) {
        value_id v = value_of_var(b, keep[i]);
        if (v) v = value_solid(b, v);
        if (failed(b)) return DFOO_ENOMEM;
        buffer_id buffer = value_buffer(b, v, b->p->code.n);
        if (failed(b)) return DFOO_ENOMEM;
        plan_buffer *x = &b->p->buffers.at[buffer];
        if (x->kind == BUFFER_WORK) x->kind = BUFFER_KEPT;
        if (!x->var) x->var = keep[i];
        b->p->of_var[keep[i]] = buffer;
    }
    return DFOO_OK;
}

static void drop_empty_blocks(plan *p) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < p->code.n; i++)
        if (p->code.at[i].kind != PLAN_BLOCK || p->code.at[i].steps.n) p->code.at[n++] = p->code.at[i];
    p->code.n = n;
}

static void touch(plan *p, buffer_id buffer, uint32_t at) {
    plan_buffer *x = &p->buffers.at[buffer];
    if (x->first == UINT32_MAX) x->first = at;
    x->last = at;
}

static void find_lifetimes(plan *p) {
    uint32_t unnamed = 0;
    for (buffer_id i = 0; i < p->buffers.n; i++) p->buffers.at[i].first = UINT32_MAX;
    for (uint32_t i = 0; i < p->code.n; i++) {
        const plan_instr *in = &p->code.at[i];
        touch(p, in->a, i);
        touch(p, in->b, i);
        touch(p, in->alpha, i);
        touch(p, in->out, i);
        for (uint32_t k = 0; k < in->steps.n; k++) touch(p, in->steps.at[k].buffer, i);
    }
    for (buffer_id i = 1; i < p->buffers.n; i++)
        if (!p->buffers.at[i].var) p->buffers.at[i].number = ++unnamed;
}

static dfoo_status builder_init(builder *b, const ir *g, arena *a) {
    uint32_t n_nodes = g->nodes.n, n_vars = g->vars.n;
    plan    *p = arena_new(a, sizeof *p);
    *b = (builder){.g = g, .a = a, .p = p};
    arena_init(&b->scratch, a->mem);
    if (!p) return DFOO_ENOMEM;
    *p = (plan){.g = g, .n_vars = n_vars, .of_var = arena_new(a, n_vars * sizeof *p->of_var)};
    b->memo = arena_new(&b->scratch, n_nodes * sizeof *b->memo);
    b->uses = arena_new(&b->scratch, n_nodes * sizeof *b->uses);
    b->mark = arena_new(&b->scratch, n_nodes * sizeof *b->mark);
    b->role = arena_new(&b->scratch, n_nodes);
    b->product = arena_new(&b->scratch, n_nodes);
    b->current = arena_new(&b->scratch, n_vars * sizeof *b->current);
    b->deferred = arena_new(&b->scratch, n_vars * sizeof *b->deferred);
    b->updated = arena_new(&b->scratch, n_vars);
    vec_push(&b->scratch, &b->values, (value){0});
    vec_push(a, &p->buffers, (plan_buffer){0});
    /* numbers that nothing has to be computed for come before everything else */
    vec_push(a, &p->code, (plan_instr){.kind = PLAN_BLOCK, .sh = shape_scalar()});
    return failed(b) ? DFOO_ENOMEM : DFOO_OK;
}

static dfoo_status make(builder *b, const program *p, const var_id *keep, uint32_t n_keep) {
    DFOO_TRY(live_statements(b, p, keep, n_keep));
    DFOO_TRY(make_statements(b, p));
    return keep_values(b, keep, n_keep);
}

dfoo_status plan_make(const ir *g, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                      plan **out) {
    builder     b;
    dfoo_status status = builder_init(&b, g, a);
    *out = NULL;
    if (status == DFOO_OK) status = make(&b, p, keep, n_keep);
    if (status == DFOO_OK) {
        drop_empty_blocks(b.p);
        find_lifetimes(b.p);
        status = loops_choose(b.p, &b.scratch);
    }
    arena_free(&b.scratch);
    if (status == DFOO_OK) *out = b.p;
    return status;
}

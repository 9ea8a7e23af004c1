/* Texts of the tables -> nodes. The texts are ours and short, so a recursive walk is fine. */
#include <assert.h>
#include <string.h>

#include "core/ir/ir.h"

static node_id build(ir *g, const ast *x, const template_env *env);

static bool is_name(const ir *g, const ast *x, const char *name) {
    return strcmp(symbols_name(g->names, x->name), name) == 0;
}

static node_id build_name(ir *g, const ast *x, const template_env *env) {
    const char *name = symbols_name(g->names, x->name);
    for (uint32_t i = 0; i < env->n_names; i++)
        if (strcmp(name, env->names[i].name) == 0) return env->names[i].n;
    if (strcmp(name, "y") == 0) return env->y;
    if (strcmp(name, "dy") == 0) return env->dy;
    if (strcmp(name, "da") == 0 || strcmp(name, "db") == 0) return env->change;
    if (strcmp(name, "pi") == 0) return ir_number(g, IR_PI);
    return strlen(name) == 1 && name[0] >= 'a' && name[0] <= 'c' ? env->arg[name[0] - 'a'] : 0;
}

/* How many entries of a one entry of the reduced value joins. */
static node_id build_count(ir *g, node_id a, uint8_t axis) {
    assert(a);
    shape s = ir_shape(g, a);
    if (shape_is_scalar(s)) return ir_number(g, 1);
    if (axis == AXIS_0) return ir_size(g, s.rows);
    if (axis == AXIS_1) return ir_size(g, s.cols);
    if (s.rows == dim_literal(1)) return ir_size(g, s.cols);
    if (s.cols == dim_literal(1)) return ir_size(g, s.rows);
    return ir_op2(g, OP_MUL, ir_size(g, s.rows), ir_size(g, s.cols));
}

/* part(x, like), around(x, like): of x what lies where `like` does, or x among zeros in like's shape. */
static node_id build_piece(ir *g, node_id make(ir *, node_id, uint8_t, dim, dim), const node_id *arg,
                           const template_env *env) {
    if (!arg[1]) return 0;
    return make(g, arg[0], env->axis, env->start, shape_along(ir_shape(g, arg[1]), env->axis));
}

static node_id build_call(ir *g, const ast *x, const template_env *env) {
    node_id  arg[3] = {0, 0, 0};
    uint32_t n = 0;
    uint8_t  attr = AXIS_ALL;
    for (const ast *a = x->arg; a; a = a->next) {
        if (a->kind == AST_KEYWORD) attr = env->axis; /* the tables only write axis=axis */
        else if (n < 3) arg[n++] = build(g, a, env);
    }
    if (!arg[0]) return 0;
    if (is_name(g, x, "ones")) return ir_ones(g, ir_shape(g, arg[0]));
    if (is_name(g, x, "eye")) return ir_eye(g, ir_shape(g, arg[0]).rows);
    if (is_name(g, x, "part")) return build_piece(g, ir_slice, arg, env);
    if (is_name(g, x, "around")) return build_piece(g, ir_pad, arg, env);
    if (is_name(g, x, "count")) return build_count(g, arg[0], env->axis);
    if (is_name(g, x, "prime")) {
        const node *y = ir_node(g, arg[0]);
        return ir_open(g, y->ref, (uint8_t)(y->attr + 1), y->arg[0]);
    }
    op_id op = op_find(symbols_name(g->names, x->name));
    if (op_table[op].rule == SHAPE_SAME || op_table[op].rule == SHAPE_JOINED) attr = env->axis;
    else if (op_table[op].rule != SHAPE_REDUCED) attr = 0;
    return ir_op(g, op, attr, arg[0], arg[1], arg[2]);
}

static node_id build(ir *g, const ast *x, const template_env *env) {
    switch ((ast_kind)x->kind) {
    case AST_NUMBER: return ir_number(g, x->number);
    case AST_NAME: return build_name(g, x, env);
    case AST_CALL: return build_call(g, x, env);
    case AST_NEGATE: return ir_op1(g, OP_NEG, build(g, x->arg, env));
    case AST_TRANSPOSE: return ir_op1(g, OP_TRANSPOSE, build(g, x->arg, env));
    case AST_BINARY: {
        node_id left = build(g, x->arg, env), right = build(g, x->arg->next, env);
        return ir_op2(g, op_infix(x->sign), left, right);
    }
    case AST_SLICE: case AST_RANGE: case AST_ABSENT: case AST_KEYWORD: break; /* not in tables */
    }
    return 0;
}

op_id template_op(const ir *g, const ast *x) {
    switch ((ast_kind)x->kind) {
    case AST_CALL: return op_find(symbols_name(g->names, x->name));
    case AST_NEGATE: return OP_NEG;
    case AST_TRANSPOSE: return OP_TRANSPOSE;
    case AST_BINARY: return op_infix(x->sign);
    default: return OP_NONE;
    }
}

template_env template_operands(const ir *g, node_id n, int k) {
    const node *x = ir_node(g, n);
    return (template_env){
        .arg = {x->arg[0], x->arg[1], x->arg[2]}, .axis = x->attr, .start = ir_piece_start(g, x, k)};
}

node_id template_build(ir *g, const ast *text, const template_env *env) {
    return text ? build(g, text, env) : 0;
}

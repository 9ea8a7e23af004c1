/* Models for the tests of plan and exec and for the benchmarks: an ir store, a program that
 * is written as text, and sizes. Just enough of the notation; errors are assertions. */
#ifndef TESTS_EXEC_MODEL_H
#define TESTS_EXEC_MODEL_H

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/ir/eval.h"

typedef struct sketch {
    arena   a;
    symbols names;
    diags   d;
    ir      g;
    program p;
    sizes   s;
} sketch;

static inline dfoo_status model_open(sketch *m, dfoo_allocator mem) {
    *m = (sketch){.p = {{0}}};
    arena_init(&m->a, mem);
    symbols_init(&m->names, &m->a);
    diags_init(&m->d, &m->a);
    return ir_init(&m->g, &m->a, &m->names, &m->d);
}

static inline void model_close(sketch *m) {
    arena_free(&m->a);
}

static inline sym model_sym(sketch *m, const char *name) {
    return symbols_add(&m->names, name, strlen(name));
}

/* "3" or "n1"; NULL: a number has no dimensions */
static inline dim model_dim(sketch *m, const char *text) {
    if (!text) return 0;
    return text[0] >= '0' && text[0] <= '9' ? dim_literal((uint32_t)atoi(text)) : dim_named(model_sym(m, text));
}

static inline var_id model_var(sketch *m, var_kind kind, const char *name, const char *rows, const char *cols) {
    variable v = {.name = model_sym(m, name), .kind = (uint8_t)kind, .sh = {model_dim(m, rows), model_dim(m, cols)}};
    return ir_add_var(&m->g, v);
}

static inline var_id model_const(sketch *m, const char *name, double value) {
    return ir_add_var(&m->g, (variable){.name = model_sym(m, name), .kind = VAR_CONST, .value = value});
}

static inline var_id model_find(const sketch *m, const char *name) {
    return ir_find_var(&m->g, symbols_find(&m->names, name, strlen(name)));
}

static inline node_id model_build(sketch *m, const ast *x);

static inline node_id model_name(sketch *m, sym name) {
    var_id v = ir_find_var(&m->g, name);
    return v ? ir_var(&m->g, v)->leaf : ir_size(&m->g, dim_named(name));
}

/* f(..), with axis=0 or axis=1; `ones(x)` has x's shape, `open(x)` has no formula. */
static inline node_id model_call(sketch *m, const ast *x) {
    const char *name = symbols_name(&m->names, x->name);
    node_id     arg[3] = {0, 0, 0};
    uint32_t    n = 0;
    uint8_t     axis = AXIS_ALL;
    for (const ast *a = x->arg; a; a = a->next) {
        if (a->kind == AST_KEYWORD) axis = a->arg->number == 0 ? AXIS_0 : AXIS_1;
        else arg[n++] = model_build(m, a);
    }
    if (strcmp(name, "ones") == 0) return ir_ones(&m->g, ir_shape(&m->g, arg[0]));
    if (strcmp(name, "open") == 0) return ir_open(&m->g, x->name, 0, arg[0]);
    op_id op = op_find(name);
    return ir_op(&m->g, op, op_has_axis(op) ? axis : 0, arg[0], arg[1], arg[2]);
}

static inline op_id model_infix(uint32_t sign) {
    for (int op = 1; op < OP_COUNT; op++) {
        const char *name = op_table[op].name;
        if (!(op_table[op].flags & OP_FLAG_INFIX) || op_table[op].arity != 2) continue;
        if (sign == (name[1] ? (uint32_t)(name[0] * 256 + name[1]) : (uint32_t)name[0])) return (op_id)op;
    }
    return OP_NONE;
}

static inline node_id model_build(sketch *m, const ast *x) {
    switch ((ast_kind)x->kind) {
    case AST_NUMBER: return ir_number(&m->g, x->number);
    case AST_NAME: return model_name(m, x->name);
    case AST_CALL: return model_call(m, x);
    case AST_NEGATE: return ir_op1(&m->g, OP_NEG, model_build(m, x->arg));
    case AST_TRANSPOSE: return ir_op1(&m->g, OP_TRANSPOSE, model_build(m, x->arg));
    case AST_BINARY: {
        node_id left = model_build(m, x->arg), right = model_build(m, x->arg->next);
        return ir_op2(&m->g, model_infix(x->sign), left, right);
    }
    default: return 0;
    }
}

static inline node_id model_node(sketch *m, const char *text) {
    const ast *x = syntax_read(&m->a, &m->names, &m->d, text, false);
    return x ? model_build(m, x) : 0;
}

/* Appends `name = text`; a new variable is made if there is none of that name. */
static inline var_id model_define(sketch *m, const char *name, const char *text) {
    node_id n = model_node(m, text);
    assert(n || m->a.failed);
    if (!n) return 0;
    var_id v = model_find(m, name);
    shape  sh = ir_shape(&m->g, n);
    if (!v) v = ir_add_var(&m->g, (variable){.name = model_sym(m, name), .kind = VAR_DEFINED, .sh = sh});
    if (v) program_add(&m->g, &m->p, v, n, span_at(0, 0));
    return v;
}

/* To be called when all names are there. */
static inline dfoo_status model_sizes(sketch *m) {
    return sizes_init(&m->s, &m->a, &m->names);
}

static inline void model_size(sketch *m, const char *name, size_t value) {
    m->s.of[symbols_find(&m->names, name, strlen(name))] = value;
}

/* The two-layer network of the documents with its backward pass. */
static inline void model_two_layers(sketch *m) {
    model_var(m, VAR_INPUT, "X", "n0", "m");
    model_var(m, VAR_LABEL, "Y", "n2", "m");
    model_var(m, VAR_PARAM, "W1", "n1", "n0");
    model_var(m, VAR_PARAM, "b1", "n1", "1");
    model_var(m, VAR_PARAM, "W2", "n2", "n1");
    model_var(m, VAR_PARAM, "b2", "n2", "1");
    model_define(m, "Z1", "W1 @ X + b1");
    model_define(m, "A1", "tanh(Z1)");
    model_define(m, "Z2", "W2 @ A1 + b2");
    model_define(m, "A2", "sigmoid(Z2)");
    model_define(m, "L", "-(Y * log(A2) + (1 - Y) * log(1 - A2))");
    model_define(m, "J", "1/m * sum(L)");
    model_define(m, "dZ2", "A2 - Y");
    model_define(m, "dW2", "1/m * dZ2 @ A1.T");
    model_define(m, "db2", "1/m * sum(dZ2, axis=1)");
    model_define(m, "dZ1", "W2.T @ dZ2 * (1 - A1**2)");
    model_define(m, "dW1", "1/m * dZ1 @ X.T");
    model_define(m, "db1", "1/m * sum(dZ1, axis=1)");
}

#endif

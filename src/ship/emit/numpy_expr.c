/* Nodes -> Python, in lines as `derive` has them; what differs is numpy's: its names, and that comparisons
 * are booleans there, which neither subtract nor negate, and add up to "or", so they become floats where
 * they are not just factors or summed. */
#include <math.h>

#include "ship/emit/numpy.h"

/* ------------------------------------------------------------------- kinds */

static bool is_comparison(uint8_t op) {
    return op == OP_LT || op == OP_GT || op == OP_LE || op == OP_GE || op == OP_EQ || op == OP_NE;
}

/* What numpy does with integers and booleans; where nothing is said, integers become floats, and booleans
 * have to be made floats first. */
enum { KEEPS_INTEGERS = 1, ONE_BOOLEAN = 2, ALL_BOOLEANS = 4 }; /* one of two operands, all may be booleans */

static const uint8_t takes[OP_COUNT] = {
    [OP_ADD] = KEEPS_INTEGERS | ONE_BOOLEAN,  [OP_SUB] = KEEPS_INTEGERS | ONE_BOOLEAN,
    [OP_MUL] = KEEPS_INTEGERS | ONE_BOOLEAN,  [OP_MATMUL] = KEEPS_INTEGERS | ONE_BOOLEAN,
    [OP_DIV] = ONE_BOOLEAN,                   [OP_DROPOUT] = ONE_BOOLEAN,
    [OP_SUM] = KEEPS_INTEGERS | ALL_BOOLEANS, [OP_MEAN] = ALL_BOOLEANS,
    [OP_TRANSPOSE] = ALL_BOOLEANS,            [OP_POW] = KEEPS_INTEGERS,
    [OP_NEG] = KEEPS_INTEGERS,                [OP_ABS] = KEEPS_INTEGERS,
    [OP_SIGN] = KEEPS_INTEGERS,               [OP_MAXIMUM] = KEEPS_INTEGERS,
    [OP_MINIMUM] = KEEPS_INTEGERS,            [OP_WHERE] = KEEPS_INTEGERS,
    [OP_MAX] = KEEPS_INTEGERS,                [OP_RELU] = KEEPS_INTEGERS,
    [OP_LEAKY_RELU] = KEEPS_INTEGERS,         [OP_CLIP] = KEEPS_INTEGERS,
    [OP_TRACE] = KEEPS_INTEGERS,              [OP_DIAG] = KEEPS_INTEGERS,
    [OP_SLICE] = KEEPS_INTEGERS,              [OP_PAD] = KEEPS_INTEGERS,
    [OP_CONCAT] = KEEPS_INTEGERS,             [OP_KRON] = KEEPS_INTEGERS,
    [OP_CUMSUM] = KEEPS_INTEGERS,             [OP_CUMSUM_BACK] = KEEPS_INTEGERS,
};

static uint8_t kind_of(const numpy *p, const node *x) {
    if (is_comparison(x->op)) return NUMPY_BOOL;
    switch ((op_id)x->op) {
    case OP_SIZE: return NUMPY_INT;
    case OP_VAR: return p->var_kind[x->ref];
    case OP_TRANSPOSE: return p->kind[x->arg[0]];
    case OP_NUMBER: {
        double value = p->g->numbers.at[x->ref];
        return floor(value) == value ? NUMPY_INT : NUMPY_FLOAT;
    }
    default: break;
    }
    if (!(takes[x->op] & KEEPS_INTEGERS)) return NUMPY_FLOAT;
    for (int i = x->op == OP_WHERE; i < op_table[x->op].arity; i++)
        if (p->kind[x->arg[i]] == NUMPY_FLOAT) return NUMPY_FLOAT;
    return NUMPY_INT;
}

dfoo_status numpy_add_kinds(numpy *p, const stmt *s) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(p->g, p->a, &s->node, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(p->g, need.list.at[i]);
        p->kind[need.list.at[i]] = kind_of(p, x);
        numpy_use(p, (op_id)x->op);
    }
    p->var_kind[s->var] = p->kind[s->node] == NUMPY_INT ? NUMPY_INT : NUMPY_FLOAT;
    return DFOO_OK;
}

/* numpy has no negative powers of integers. */
static bool may_be_negative_power(const numpy *p, const node *x) {
    uint8_t base = ir_node(p->g, x->arg[0])->op;
    return ir_node(p->g, x->arg[1])->op != OP_NUMBER && base != OP_NUMBER && base != OP_SIZE;
}

/* Must operand i be made a float here? */
static bool wants_float(const numpy *p, const node *x, int i) {
    uint8_t kind = p->kind[x->arg[i]];
    if (kind == NUMPY_INT) return x->op == OP_POW && i == 0 && may_be_negative_power(p, x);
    if (kind != NUMPY_BOOL || takes[x->op] & ALL_BOOLEANS || (x->op == OP_WHERE && i == 0)) return false;
    return !(takes[x->op] & ONE_BOOLEAN) || (i == 0 && p->kind[x->arg[1]] == NUMPY_BOOL);
}

/* -------------------------------------------------------------------- words */

static const char *size_name(const void *user, sym name) {
    return ((const numpy *)user)->size[name];
}

static void write_dim(const numpy *p, dim d, buf *out) {
    dim_put(p->g->names, d, size_name, p, out);
}

static const char *dim_text(const void *user, arena *a, dim d) {
    buf b;
    buf_init(&b, a->mem);
    write_dim(user, d, &b);
    return buf_keep(&b, a);
}

void numpy_ones(const numpy *p, shape s, buf *out) {
    buf_puts(out, "np.ones((");
    write_dim(p, s.rows, out);
    buf_puts(out, ", ");
    write_dim(p, s.cols, out);
    buf_puts(out, "))");
}

static const char *leaf(const void *user, arena *a, const node *x) {
    const numpy *p = user;
    if (x->op == OP_VAR) return p->var[x->ref];
    if (x->op == OP_NUMBER && p->g->numbers.at[x->ref] == IR_PI) return "np.pi";
    buf b;
    buf_init(&b, a->mem);
    if (x->op == OP_NUMBER) buf_number(&b, p->g->numbers.at[x->ref]);
    else if (x->op == OP_SIZE) write_dim(p, x->ref, &b);
    else if (x->op == OP_DIAG) {
        buf_puts(&b, "np.eye(");
        write_dim(p, x->sh.rows, &b);
        buf_puts(&b, ")");
    } else numpy_ones(p, x->sh, &b);
    return buf_keep(&b, a);
}

static const char *called(const void *user, arena *a, const node *x) {
    (void)a;
    return x->op == OP_OPEN ? numpy_prime_name(user, x->ref, x->attr) : numpy_call((op_id)x->op);
}

static const char *axis(const void *user, const node *x) {
    bool first = x->attr == AXIS_0;
    if (!op_has_axis((op_id)x->op) || x->attr == AXIS_ALL) return "";
    if (op_table[x->op].rule != SHAPE_REDUCED) return first ? ", axis=0" : ", axis=1";
    if (shape_is_scalar(ir_shape(((const numpy *)user)->g, x->arg[0]))) return "";
    return first ? ", axis=0, keepdims=True" : ", axis=1, keepdims=True";
}

static const char *as_float(const numpy *p, node_id n) {
    return shape_is_scalar(ir_shape(p->g, n)) ? "float(%)" : "(%).astype(float)";
}

static const char *around(const void *user, const node *x, int i) {
    return wants_float(user, x, i) ? as_float(user, x->arg[i]) : NULL;
}

void numpy_expression(const numpy *p, node_id n, buf *out) {
    const line_words words = {.user = p, .leaf = leaf, .function = called, .behind = axis, .dim = dim_text,
                              .around = around,
                              .in_sum = LINE_IN_FRACTION, .in_call = LINE_LOOSE};
    line_node(&words, p->g, n, p->kind[n] == NUMPY_BOOL ? as_float(p, n) : NULL, out);
}

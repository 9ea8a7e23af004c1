/* Nodes -> Python. The text has the form of print.c's, so that its lines are those of
 * `derive`; what differs is numpy's: comparisons are booleans there, which neither subtract nor
 * negate, and add up to "or", so they become floats where they are not just factors or summed.
 * An explicit stack holds what is still to be written. */
#include <math.h>

#include "ship/emit/numpy.h"

enum { PREC_ANY, PREC_COMPARE, PREC_SUM, PREC_PRODUCT, PREC_NEGATE, PREC_POWER, PREC_POSTFIX };

typedef struct item {
    const char *text; /* or, if NULL, a node */
    node_id     n;
    uint8_t     least; /* brackets if the node binds less tightly */
    bool        tight; /* no blanks around * and /: inside a fraction of numbers, or in a sum */
    bool        as_float;
} item;

typedef struct writer {
    const numpy *p;
    const ir    *g;
    arena        scratch;
    VEC(item) stack;
} writer;

/* ------------------------------------------------------------------- kinds */

static bool is_comparison(uint8_t op) {
    return op == OP_LT || op == OP_GT || op == OP_LE || op == OP_GE || op == OP_EQ || op == OP_NE;
}

/* Does numpy keep integers integers? */
static bool keeps_integers(uint8_t op) {
    switch ((op_id)op) {
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_MATMUL: case OP_POW: case OP_NEG: case OP_ABS: case OP_SIGN:
    case OP_MAXIMUM: case OP_MINIMUM: case OP_WHERE: case OP_SUM: case OP_MAX: case OP_RELU: case OP_LEAKY_RELU:
        return true;
    default: return false;
    }
}

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
    if (!keeps_integers(x->op)) return NUMPY_FLOAT;
    for (int i = x->op == OP_WHERE; i < op_table[x->op].arity; i++)
        if (p->kind[x->arg[i]] == NUMPY_FLOAT) return NUMPY_FLOAT;
    return NUMPY_INT;
}

dfoo_status numpy_add_kinds(numpy *p, const stmt *s) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(p->g, p->a, &s->node, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node           *x = ir_node(p->g, need.list.at[i]);
        const numpy_function *f = numpy_function_of((op_id)x->op);
        p->kind[need.list.at[i]] = kind_of(p, x);
        p->used[x->op] = true;
        if (f) p->used[f->needs] = true;
    }
    p->var_kind[s->var] = p->kind[s->node] == NUMPY_INT ? NUMPY_INT : NUMPY_FLOAT;
    return DFOO_OK;
}

/* Must operand i be made a float here? */
static bool wants_float(const numpy *p, const node *x, int i) {
    uint8_t kind = p->kind[x->arg[i]];
    if (kind == NUMPY_INT && x->op == OP_POW && i == 0) { /* numpy: no negative powers of integers */
        uint8_t base = ir_node(p->g, x->arg[0])->op;
        return ir_node(p->g, x->arg[1])->op != OP_NUMBER && base != OP_NUMBER && base != OP_SIZE;
    }
    if (kind != NUMPY_BOOL) return false;
    switch ((op_id)x->op) {
    case OP_ADD: case OP_SUB: case OP_MUL: case OP_DIV: case OP_MATMUL: case OP_DROPOUT:
        return i == 0 && p->kind[x->arg[1]] == NUMPY_BOOL;
    case OP_SUM: case OP_MEAN: case OP_TRANSPOSE: return false;
    case OP_WHERE: return i != 0;
    default: return true;
    }
}

/* ----------------------------------------------------------------- writing */

static uint8_t precedence(const node *x) {
    if (is_comparison(x->op)) return PREC_COMPARE;
    switch ((op_id)x->op) {
    case OP_ADD: case OP_SUB: return PREC_SUM;
    case OP_MUL: case OP_DIV: case OP_MATMUL: case OP_DROPOUT: return PREC_PRODUCT;
    case OP_NEG: return PREC_NEGATE;
    case OP_POW: return PREC_POWER;
    default: return PREC_POSTFIX;
    }
}

static void push_text(writer *w, const char *text) {
    vec_push(&w->scratch, &w->stack, (item){.text = text});
}

static void push_operand(writer *w, const node *x, int i, uint8_t least, bool tight) {
    bool as_float = wants_float(w->p, x, i);
    vec_push(&w->scratch, &w->stack, (item){.n = x->arg[i], .least = least, .tight = tight, .as_float = as_float});
}

static bool is_scalar(const writer *w, node_id n) {
    return shape_is_scalar(ir_shape(w->g, n));
}

/* A product of numbers is written 2*m, a fraction of numbers 1/m. */
static bool writes_tight(const writer *w, const node *x, bool inherited) {
    bool numbers = is_scalar(w, x->arg[0]) && is_scalar(w, x->arg[1]);
    return x->op == OP_DIV ? inherited || numbers : x->op == OP_MUL && inherited && numbers;
}

/* Operands are pushed last first. Comparisons never stand bare in another: Python chains them. */
static void push_infix(writer *w, const node *x, bool tight) {
    uint8_t prec = precedence(x);
    bool    power = x->op == OP_POW, sum = prec == PREC_SUM;
    uint8_t left = power ? PREC_POSTFIX : prec == PREC_COMPARE ? PREC_SUM : prec;
    uint8_t right = power ? PREC_POWER : (uint8_t)(prec + 1);
    if (right == PREC_NEGATE) right = PREC_POWER;
    bool close = writes_tight(w, x, tight);
    push_operand(w, x, 1, right, sum || close);
    if (!power && !close) push_text(w, " ");
    push_text(w, x->op == OP_DROPOUT ? "*" : op_table[x->op].name);
    if (!power && !close) push_text(w, " ");
    push_operand(w, x, 0, left, sum || close);
}

static void push_axis(writer *w, const node *x) {
    bool reduced = op_table[x->op].rule == SHAPE_REDUCED;
    if (reduced && (x->attr == AXIS_ALL || is_scalar(w, x->arg[0]))) return;
    if (!reduced && x->op != OP_SOFTMAX && x->op != OP_LOG_SOFTMAX) return;
    push_text(w, reduced ? ", keepdims=True" : "");
    push_text(w, x->attr == AXIS_0 ? ", axis=0" : ", axis=1");
}

static void push_call(writer *w, const node *x) {
    const numpy_function *f = numpy_function_of((op_id)x->op);
    push_text(w, ")");
    push_axis(w, x);
    for (int i = op_table[x->op].arity; i-- > 0;) {
        push_operand(w, x, i, PREC_ANY, false);
        if (i) push_text(w, ", ");
    }
    push_text(w, "(");
    push_text(w, x->op == OP_OPEN ? numpy_prime_name(w->p, x->ref, x->attr) : f ? f->call : op_table[x->op].name);
}

static void write_dim(const numpy *p, dim d, buf *out) {
    if (dim_is_named(d)) buf_puts(out, p->size[dim_name(d)]);
    else buf_printf(out, "%u", d);
}

void numpy_ones(const numpy *p, shape s, buf *out) {
    buf_puts(out, "np.ones((");
    write_dim(p, s.rows, out);
    buf_puts(out, ", ");
    write_dim(p, s.cols, out);
    buf_puts(out, "))");
}

static void write_leaf(const writer *w, const node *x, buf *out) {
    if (x->op == OP_NUMBER && w->g->numbers.at[x->ref] == IR_PI) buf_puts(out, "np.pi");
    else if (x->op == OP_NUMBER) buf_number(out, w->g->numbers.at[x->ref]);
    else if (x->op == OP_SIZE) write_dim(w->p, x->ref, out);
    else if (x->op == OP_VAR) buf_puts(out, w->p->var[x->ref]);
    else numpy_ones(w->p, x->sh, out);
}

static void write_node(writer *w, item it, buf *out) {
    const node *x = ir_node(w->g, it.n);
    bool        bracket = !it.as_float && precedence(x) < it.least;
    if (it.as_float) {
        buf_puts(out, is_scalar(w, it.n) ? "float(" : "(");
        push_text(w, is_scalar(w, it.n) ? ")" : ").astype(float)");
    } else if (bracket) {
        buf_puts(out, "(");
        push_text(w, ")");
    }
    if (op_table[x->op].arity == 0) {
        write_leaf(w, x, out);
    } else if (x->op == OP_TRANSPOSE) {
        push_text(w, ".T");
        push_operand(w, x, 0, PREC_POSTFIX, false);
    } else if (x->op == OP_NEG) {
        buf_puts(out, "-");
        push_operand(w, x, 0, PREC_NEGATE, it.tight);
    } else if ((op_table[x->op].flags & OP_FLAG_INFIX) || x->op == OP_DROPOUT) {
        push_infix(w, x, it.tight && (!bracket || shape_is_scalar(x->sh)));
    } else {
        push_call(w, x);
    }
}

void numpy_expression(const numpy *p, node_id n, buf *out) {
    writer w = {.p = p, .g = p->g};
    arena_init(&w.scratch, out->mem);
    vec_push(&w.scratch, &w.stack, (item){.n = n, .as_float = p->kind[n] == NUMPY_BOOL});
    while (w.stack.n) {
        item it = w.stack.at[--w.stack.n];
        if (it.text) buf_puts(out, it.text);
        else write_node(&w, it, out);
    }
    if (w.scratch.failed) out->failed = true;
    arena_free(&w.scratch);
}

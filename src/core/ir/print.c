/* Nodes -> text in the notation. The text parses back to the same node: brackets stand
 * exactly where precedence needs them. An explicit stack holds what is still to be written. */
#include "core/ir/ir.h"

enum { PREC_ANY, PREC_COMPARE, PREC_SUM, PREC_PRODUCT, PREC_NEGATE, PREC_POWER, PREC_POSTFIX };

typedef struct item {
    const char *text; /* or, if NULL, a node */
    node_id     n;
    uint8_t     least; /* brackets if the node binds less tightly */
    bool        keep;  /* of a mask, not its name */
    uint8_t     tight; /* where blanks around an operator are left out: TIGHT_.. */
} item;

typedef struct writer {
    const ir   *g;
    const bool *small; /* by var_id: these names in lower case; may be NULL */
    arena     scratch;
    VEC(item) stack;
} writer;

static uint8_t precedence(const node *x) {
    switch ((op_id)x->op) {
    case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE: return PREC_COMPARE;
    case OP_ADD: case OP_SUB: return PREC_SUM;
    case OP_MUL: case OP_DIV: case OP_MATMUL: return PREC_PRODUCT;
    case OP_NEG: return PREC_NEGATE;
    case OP_POW: return PREC_POWER;
    default: return PREC_POSTFIX;
    }
}

static void push_text(writer *w, const char *text) {
    vec_push(&w->scratch, &w->stack, (item){.text = text});
}

/* A quotient is written close in a sum and in a function's operand, a product of numbers inside a
 * fraction and there: -Y/A2 + 1/(2*m), erf(Z1/sqrt(2)), sqrt(2*pi). */
enum { TIGHT_NOT, TIGHT_IN_SUM, TIGHT_IN_FRACTION };

static void push_node(writer *w, node_id n, uint8_t least, uint8_t tight) {
    vec_push(&w->scratch, &w->stack, (item){.n = n, .least = least, .tight = tight});
}

static bool is_scalar(const writer *w, node_id n) {
    return shape_is_scalar(ir_shape(w->g, n));
}

/* A product of numbers is written 2*m, a fraction of numbers 1/m. */
static bool writes_tight(const writer *w, const node *x, uint8_t inherited) {
    if (x->op == OP_DIV) return inherited || (is_scalar(w, x->arg[0]) && is_scalar(w, x->arg[1]));
    return x->op == OP_MUL && inherited == TIGHT_IN_FRACTION && is_scalar(w, x->arg[0]) && is_scalar(w, x->arg[1]);
}

/* Operands are pushed last first. */
static void push_infix(writer *w, const node *x, uint8_t tight) {
    uint8_t prec = precedence(x);
    bool    power = x->op == OP_POW, sum = prec == PREC_SUM;
    uint8_t left = power ? PREC_POSTFIX : prec == PREC_COMPARE ? PREC_SUM : prec; /* comparisons do not chain */
    uint8_t right = power ? PREC_POWER : (uint8_t)(prec + 1);
    if (right == PREC_NEGATE) right = PREC_POWER; /* a * (-b) reads better than a * -b */
    bool    close = writes_tight(w, x, tight);
    uint8_t inside = sum ? TIGHT_IN_SUM : close ? TIGHT_IN_FRACTION : TIGHT_NOT;
    push_node(w, x->arg[1], right, inside);
    if (!power && !close) push_text(w, " ");
    push_text(w, op_table[x->op].name);
    if (!power && !close) push_text(w, " ");
    push_node(w, x->arg[0], left, inside);
}

static void push_axis(writer *w, const node *x) {
    bool softmax = x->op == OP_SOFTMAX || x->op == OP_LOG_SOFTMAX;
    if (op_table[x->op].rule == SHAPE_REDUCED && x->attr != AXIS_ALL)
        push_text(w, x->attr == AXIS_0 ? ", axis=0, keepdims=True" : ", axis=1, keepdims=True");
    if (softmax && x->attr != ir_class_axis(w->g, x->sh)) push_text(w, x->attr == AXIS_0 ? ", axis=0" : ", axis=1");
}

/* A mask is written as what it keeps: dropout(A1, 0.8). */
static void write_keep(const writer *w, node_id mask, buf *out) {
    const variable *v = ir_var(w->g, ir_node(w->g, mask)->ref);
    if (v->of) buf_puts(out, ir_var_name(w->g, v->of));
    else buf_number(out, v->value);
}

static bool is_mask(const ir *g, node_id n) {
    return ir_node(g, n)->op == OP_VAR && ir_var(g, ir_node(g, n)->ref)->kind == VAR_MASK;
}

static void push_call(writer *w, const node *x) {
    uint8_t inside = op_elementwise(x->op) && op_table[x->op].arity == 1 ? TIGHT_IN_FRACTION : TIGHT_NOT;
    push_text(w, ")");
    push_axis(w, x);
    for (int i = op_table[x->op].arity; i-- > 0;) {
        if (x->op == OP_DROPOUT && i == 1 && is_mask(w->g, x->arg[1])) vec_push(&w->scratch, &w->stack, (item){.n = x->arg[1], .keep = true});
        else push_node(w, x->arg[i], PREC_ANY, inside);
        if (i) push_text(w, ", ");
    }
    push_text(w, "(");
    if (x->op != OP_OPEN) {
        push_text(w, op_table[x->op].name);
        return;
    }
    for (int i = 0; i < x->attr; i++) push_text(w, "'");
    push_text(w, symbols_name(w->g->names, x->ref));
}

static void write_leaf(writer *w, const node *x, buf *out) {
    if (x->op == OP_NUMBER && w->g->numbers.at[x->ref] == IR_PI) buf_puts(out, "pi");
    else if (x->op == OP_NUMBER) buf_number(out, w->g->numbers.at[x->ref]);
    else if (x->op == OP_SIZE) print_dim(w->g, x->ref, out);
    else if (x->op == OP_VAR) print_name(w->g, x->ref, w->small && w->small[x->ref], out);
    else {
        buf_puts(out, "ones");
        print_shape(w->g, x->sh, out);
    }
}

static void write_node(writer *w, item it, buf *out) {
    const node *x = ir_node(w->g, it.n);
    bool        bracket = precedence(x) < it.least;
    if (bracket) {
        buf_puts(out, "(");
        push_text(w, ")");
    }
    if (op_table[x->op].arity == 0) {
        write_leaf(w, x, out);
    } else if (x->op == OP_TRANSPOSE) {
        push_text(w, ".T");
        push_node(w, x->arg[0], PREC_POSTFIX, TIGHT_NOT);
    } else if (x->op == OP_NEG) {
        buf_puts(out, "-");
        push_node(w, x->arg[0], PREC_NEGATE, it.tight);
    } else if (op_table[x->op].flags & OP_FLAG_INFIX) {
        push_infix(w, x, !bracket || shape_is_scalar(x->sh) ? it.tight : TIGHT_NOT);
    } else {
        push_call(w, x);
    }
}

void print_name(const ir *g, var_id v, bool small, buf *out) {
    for (const char *c = ir_var_name(g, v); *c; c++) buf_repeat(out, small && *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c, 1);
}

void print_node(const ir *g, node_id n, buf *out) {
    print_node_small(g, n, NULL, out);
}

void print_node_small(const ir *g, node_id n, const bool *small, buf *out) {
    writer w = {.g = g, .small = small};
    arena_init(&w.scratch, g->a->mem);
    push_node(&w, n, PREC_ANY, TIGHT_NOT);
    while (w.stack.n) {
        item it = w.stack.at[--w.stack.n];
        if (it.text) buf_puts(out, it.text);
        else if (it.keep) write_keep(&w, it.n, out);
        else write_node(&w, it, out);
    }
    if (w.scratch.failed) out->failed = true;
    arena_free(&w.scratch);
}

void print_dim(const ir *g, dim d, buf *out) {
    if (dim_is_named(d)) buf_puts(out, symbols_name(g->names, dim_name(d)));
    else buf_printf(out, "%u", d);
}

void print_shape(const ir *g, shape s, buf *out) {
    if (shape_is_scalar(s)) {
        buf_puts(out, "number");
        return;
    }
    buf_puts(out, "(");
    print_dim(g, s.rows, out);
    buf_puts(out, ", ");
    print_dim(g, s.cols, out);
    buf_puts(out, ")");
}

const char *print_shape_text(const ir *g, arena *a, shape s) {
    buf b;
    buf_init(&b, a->mem);
    print_shape(g, s, &b);
    char *text = buf_status(&b) == DFOO_OK ? arena_text(a, b.text, b.len) : NULL;
    if (!text) a->failed = true;
    buf_free(&b);
    return text ? text : "";
}

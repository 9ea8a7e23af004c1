/* A plan as text, one instruction a line: what it is, the shape, and what it does in the
 * notation. Steps of a block that are used once stand inside the expression that uses
 * them; the others are named, by their variable or buffer if they have one, else r1, r2, .. */
#include "run/plan/plan.h"

typedef struct item {
    const char *text; /* or, if NULL, a step */
    uint32_t    step;
    uint8_t     least; /* brackets if the step binds less tightly */
} item;

typedef struct writer {
    const plan       *p;
    const plan_instr *in;
    uint32_t         *uses; /* by step of the block */
    arena             scratch;
    buf              *out;
    VEC(item) stack;
} writer;

enum { PREC_ANY, PREC_COMPARE, PREC_SUM, PREC_PRODUCT, PREC_NEGATE, PREC_POWER, PREC_POSTFIX };

static uint8_t precedence_of_op(uint8_t op) {
    switch ((op_id)op) {
    case OP_LT: case OP_GT: case OP_LE: case OP_GE: case OP_EQ: case OP_NE: return PREC_COMPARE;
    case OP_ADD: case OP_SUB: return PREC_SUM;
    case OP_MUL: case OP_DIV: return PREC_PRODUCT;
    case OP_NEG: return PREC_NEGATE;
    case OP_POW: return PREC_POWER;
    default: return PREC_POSTFIX;
    }
}

static void write_buffer(const writer *w, buffer_id buffer) {
    const plan_buffer *x = &w->p->buffers.at[buffer];
    if (x->var) buf_puts(w->out, ir_var_name(w->p->g, x->var));
    else buf_printf(w->out, "t%u", x->number);
}

static void write_step_name(const writer *w, uint32_t step) {
    const plan_step *s = &w->in->steps.at[step];
    if (s->buffer) write_buffer(w, s->buffer);
    else if (s->var) buf_puts(w->out, ir_var_name(w->p->g, s->var));
    else buf_printf(w->out, "r%u", step);
}

static bool is_source(const plan_step *s) {
    return s->kind == STEP_LOAD || s->kind == STEP_NUMBER || s->kind == STEP_SIZE;
}

/* A line of its own: what is stored, and what is used more than once. */
static bool has_line(const writer *w, uint32_t step) {
    const plan_step *s = &w->in->steps.at[step];
    if (s->kind == STEP_LOAD) return false;
    return s->buffer != 0 || (!is_source(s) && w->uses[step] > 1);
}

/* -------------------------------------------------------------- expressions */

static void push_text(writer *w, const char *text) {
    vec_push(&w->scratch, &w->stack, (item){.text = text});
}

static void push_step(writer *w, uint32_t step, uint8_t least) {
    vec_push(&w->scratch, &w->stack, (item){.step = step, .least = least});
}

static void push_infix(writer *w, const plan_step *s) {
    uint8_t prec = precedence_of_op(s->op);
    bool    power = s->op == OP_POW, tight = power || (s->op == OP_DIV && shape_is_scalar(w->in->sh));
    push_step(w, s->arg[1], power ? PREC_POWER : (uint8_t)(prec + 1));
    if (!tight) push_text(w, " ");
    push_text(w, op_table[s->op].name);
    if (!tight) push_text(w, " ");
    push_step(w, s->arg[0], power ? PREC_POSTFIX : prec);
}

static void push_call(writer *w, const plan_step *s) {
    push_text(w, ")");
    if (s->kind == STEP_REDUCE && s->attr != AXIS_ALL)
        push_text(w, s->attr == AXIS_0 ? ", axis=0" : ", axis=1");
    for (int i = op_table[s->op].arity; i-- > 0;) {
        push_step(w, s->arg[i], PREC_ANY);
        if (i) push_text(w, ", ");
    }
    buf_printf(w->out, "%s(", op_table[s->op].name);
}

static void write_operation(writer *w, const plan_step *s, uint8_t least) {
    if (s->kind == STEP_COPY) {
        push_step(w, s->arg[0], least);
        return;
    }
    bool infix = s->kind == STEP_OP && (op_table[s->op].flags & OP_FLAG_INFIX);
    if (!infix) {
        push_call(w, s);
        return;
    }
    if (precedence_of_op(s->op) < least) {
        buf_puts(w->out, "(");
        push_text(w, ")");
    }
    if (s->op != OP_NEG) {
        push_infix(w, s);
        return;
    }
    buf_puts(w->out, "-");
    push_step(w, s->arg[0], PREC_NEGATE);
}

static void write_item(writer *w, item it, uint32_t whole) {
    const plan_step *s = &w->in->steps.at[it.step];
    if (it.text) buf_puts(w->out, it.text);
    else if (s->kind == STEP_LOAD || (it.step != whole && has_line(w, it.step))) write_step_name(w, it.step);
    else if (s->kind == STEP_NUMBER) buf_number(w->out, s->number);
    else if (s->kind == STEP_SIZE) print_dim(w->p->g, s->size, w->out);
    else write_operation(w, s, it.least);
}

/* ------------------------------------------------------------ instructions */

static void write_block(writer *w) {
    const char *between = "";
    w->uses = arena_new(&w->scratch, w->in->steps.n * sizeof *w->uses);
    if (!w->uses) return;
    for (uint32_t i = 0; i < w->in->steps.n; i++) {
        const plan_step *s = &w->in->steps.at[i];
        for (uint32_t k = 0; k < plan_step_arity(s); k++) w->uses[s->arg[k]]++;
    }
    for (uint32_t i = 0; i < w->in->steps.n; i++) {
        if (!has_line(w, i)) continue;
        buf_puts(w->out, between);
        write_step_name(w, i);
        buf_puts(w->out, " = ");
        push_step(w, i, PREC_ANY);
        while (w->stack.n) write_item(w, w->stack.at[--w->stack.n], i);
        between = "; ";
    }
}

static void write_product(const writer *w) {
    const plan_instr *in = w->in;
    write_buffer(w, in->out);
    buf_puts(w->out, in->add ? " += " : " = ");
    if (in->alpha) {
        write_buffer(w, in->alpha);
        buf_puts(w->out, " * ");
    }
    write_buffer(w, in->a);
    buf_puts(w->out, in->transpose_a ? ".T @ " : " @ ");
    write_buffer(w, in->b);
    if (in->transpose_b) buf_puts(w->out, ".T");
}

static void write_call(const writer *w) {
    const plan_instr *in = w->in;
    bool    piece = op_table[in->op].rule == SHAPE_PIECE;
    bool    axis = op_has_axis((op_id)in->op) && in->attr != AXIS_ALL;
    write_buffer(w, in->out);
    buf_puts(w->out, " = ");
    if (in->kind != PLAN_TRANSPOSE)
        buf_printf(w->out, "%s(", in->op == OP_SLICE ? "slice" : op_table[in->op].name);
    write_buffer(w, in->a);
    if (in->b) buf_puts(w->out, ", ");
    if (in->b) write_buffer(w, in->b);
    if (piece) buf_puts(w->out, ", ");
    if (piece) print_dim(w->p->g, in->start, w->out);
    if (axis) buf_printf(w->out, ", axis=%d", in->attr == AXIS_0 ? 0 : 1);
    buf_puts(w->out, in->kind == PLAN_TRANSPOSE ? ".T" : ")");
}

static void write_head(const writer *w, uint32_t number) {
    static const char *const names[] = {"block", "product", "transpose", "softmax", "matrix"};
    bool   numbers = shape_is_scalar(w->in->sh);
    size_t start = w->out->len;
    const char *name = numbers && w->in->kind == PLAN_BLOCK ? "numbers" : names[w->in->kind];
    buf_printf(w->out, "%3u  %-9s ", number, name);
    if (!numbers) print_shape(w->p->g, w->in->sh, w->out);
    size_t used = w->out->len - start;
    buf_repeat(w->out, ' ', used < 28 ? 28 - used : 1);
}

static void write_instr(writer *w, uint32_t number) {
    write_head(w, number);
    if (w->in->kind == PLAN_BLOCK) write_block(w);
    else if (w->in->kind == PLAN_PRODUCT) write_product(w);
    else write_call(w);
    buf_puts(w->out, "\n");
}

void plan_print(const plan *p, buf *out) {
    writer w = {.p = p, .out = out};
    arena_init(&w.scratch, p->g->a->mem);
    for (uint32_t i = 0; i < p->code.n; i++) {
        w.in = &p->code.at[i];
        write_instr(&w, i + 1);
    }
    if (w.scratch.failed) out->failed = true;
    arena_free(&w.scratch);
}

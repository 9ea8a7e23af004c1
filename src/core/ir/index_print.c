/* Index trees as text: z2[i] = W2[i,1]*a1[1] + .. + b2[i]. Trees are small, so the walk is recursive. */
#include "core/ir/index.h"

enum { PREC_COMPARE = 1, PREC_SUM, PREC_PRODUCT, PREC_TIGHT };

static int precedence(uint8_t op) {
    if (op >= OP_LT && op <= OP_NE) return PREC_COMPARE;
    return op == OP_ADD || op == OP_SUB ? PREC_SUM : op == OP_POW ? PREC_TIGHT : PREC_PRODUCT;
}

typedef struct printer {
    const ir          *g;
    const index_style *style;
    buf               *out;
    char               replace; /* this letter is printed as `by` */
    char               by;
} printer;

static void print(const printer *p, const index_tree *x, int least);

static void print_letter(const printer *p, char letter) {
    buf_repeat(p->out, letter == p->replace ? p->by : letter, 1);
}

/* [i,j], [i], or nothing; a letter that is 0 is not written. */
static void print_place(const printer *p, char row, char col) {
    if (!row && !col) return;
    buf_puts(p->out, "[");
    if (row) print_letter(p, row);
    if (row && col) buf_puts(p->out, ",");
    if (col) print_letter(p, col);
    buf_puts(p->out, "]");
}

/* z2[i], W2[i,j], b2[i]: a literal 1 is left out of a column, the example of one example. */
static void print_entry(const printer *p, const index_tree *x) {
    bool small = p->style->small && p->style->small[x->var] && p->style->example;
    char row = x->row == '1' ? 0 : x->row, col = x->col == '1' ? 0 : x->col;
    if (small && row == p->style->example) row = 0;
    if (small && col == p->style->example) col = 0;
    print_name(p->g, x->var, small && p->style->lower[x->var], p->out);
    print_place(p, row, col);
}

/* (dZ2 @ A1.T)[i,j] */
static void print_at(const printer *p, const index_tree *x) {
    bool small = p->style->small && p->style->example, call = !(op_table[ir_node(p->g, x->node)->op].flags & OP_FLAG_INFIX);
    char row = x->row == '1' ? 0 : x->row, col = x->col == '1' ? 0 : x->col;
    if (small && row == p->style->example) row = 0;
    if (small && col == p->style->example) col = 0;
    if (!row && !col) call = true; /* nothing follows */
    if (!call) buf_puts(p->out, "(");
    print_node_small(p->g, x->node, small ? p->style->lower : NULL, p->out);
    if (!call) buf_puts(p->out, ")");
    print_place(p, row, col);
}

static void print_sum(const printer *p, const index_tree *x) {
    if (!x->spelled) {
        buf_printf(p->out, "Σ%c ", x->letter);
        print(p, x->a, x->a->kind == INDEX_SUM ? 0 : PREC_PRODUCT);
        return;
    }
    printer first = *p;
    first.replace = x->letter;
    first.by = '1';
    print(&first, x->a, PREC_PRODUCT);
    buf_puts(p->out, " + .. + ");
    print(p, x->a, PREC_PRODUCT);
    buf_puts(p->out, " + ..");
}

static void print_operation(const printer *p, const index_tree *x, int least) {
    const op_info *info = &op_table[x->op];
    int            prec = precedence(x->op);
    bool           infix = (info->flags & OP_FLAG_INFIX) != 0, bracket = infix && prec < least;
    if (bracket) buf_puts(p->out, "(");
    if (!infix) {
        buf_puts(p->out, x->op == OP_OPEN ? symbols_name(p->g->names, x->function) : info->name);
        buf_repeat(p->out, '\'', x->primes);
        buf_puts(p->out, "(");
        print(p, x->a, 0);
        if (x->b) buf_puts(p->out, ", ");
        if (x->b) print(p, x->b, 0);
        if (x->c) buf_puts(p->out, ", ");
        if (x->c) print(p, x->c, 0);
        buf_puts(p->out, ")");
    } else if (!x->b) {
        buf_puts(p->out, "-");
        print(p, x->a, PREC_TIGHT);
    } else {
        bool partial = index_has_partial(x->a) || index_has_partial(x->b) || x->a->kind == INDEX_LOSS;
        bool sum = x->b->kind == INDEX_SUM; /* nothing follows it: it needs no brackets */
        bool loose = prec == PREC_SUM || (x->op == OP_MUL && (partial || sum));
        print(p, x->a, prec);
        buf_printf(p->out, loose ? " %s " : "%s", info->name);
        print(p, x->b, sum ? 0 : prec + 1);
    }
    if (bracket) buf_puts(p->out, ")");
}

static void print(const printer *p, const index_tree *x, int least) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER:
        if (x->number == IR_PI) buf_puts(p->out, "pi");
        else buf_number(p->out, x->number);
        break;
    case INDEX_SIZE: print_dim(p->g, x->size, p->out); break;
    case INDEX_ENTRY: print_entry(p, x); break;
    case INDEX_SUM:
        if (least > PREC_SUM) buf_puts(p->out, "(");
        print_sum(p, x);
        if (least > PREC_SUM) buf_puts(p->out, ")");
        break;
    case INDEX_NODE: print_operation(p, x, least); break;
    case INDEX_DELTA:
        buf_puts(p->out, "δ[");
        print_letter(p, x->row);
        buf_puts(p->out, ",");
        print_letter(p, x->col);
        buf_puts(p->out, "]");
        break;
    case INDEX_AT: print_at(p, x); break;
    case INDEX_PARTIAL:
        buf_puts(p->out, "∂");
        print(p, x->a, PREC_TIGHT);
        buf_puts(p->out, "/∂");
        print(p, x->b, PREC_TIGHT);
        break;
    case INDEX_LOSS:
        buf_printf(p->out, "∂%s/∂", p->style->loss);
        print(p, x->a, PREC_TIGHT);
        break;
    }
}

void index_print(const ir *g, const index_tree *x, const index_style *style, buf *out) {
    printer p = {.g = g, .style = style, .out = out};
    print(&p, x, 0);
}

/* Index trees -> mathematics: sums with their letter below, partial derivatives as fractions, entries
 * as W_{2}[i,j]. The trees are made of our own templates, so the walk is recursive as in ir/index.c. */
#include "core/notation/tex.h"

enum { PREC_ANY, PREC_COMPARE, PREC_SUM, PREC_PRODUCT, PREC_TIGHT };

typedef struct printer {
    const tex         *p;
    const index_style *style;
    buf               *out;
    char               replace, by; /* this letter is written as that */
} printer;

static void put(const printer *w, const index_tree *x, int least);

/* What stands in the brackets of an entry: nothing for a literal 1 and for the one example. */
static char letter_of(const printer *w, char letter, bool small) {
    if (letter == '1' || (small && letter == w->style->example)) return 0;
    return letter && letter == w->replace ? w->by : letter;
}

static void put_letters(const printer *w, char row, char col) {
    if (row && col) buf_printf(w->out, "[%c,%c]", row, col);
    else if (row || col) buf_printf(w->out, "[%c]", row ? row : col);
}

static void put_entry(const printer *w, const index_tree *x) {
    bool small = w->style->small && w->style->small[x->var] && w->style->example;
    buf_puts(w->out, tex_name(w->p, x->var, small && w->style->lower[x->var]));
    put_letters(w, letter_of(w, x->row, small), letter_of(w, x->col, small));
}

/* One entry of a whole expression: (dZ2 A1^T)[i,j]. */
static void put_at(const printer *w, const index_tree *x) {
    bool small = w->style->small && w->style->example;
    char row = letter_of(w, x->row, small), col = letter_of(w, x->col, small);
    bool bracket = (row || col) && (op_table[ir_node(w->p->g, x->node)->op].flags & OP_FLAG_INFIX) != 0;
    if (bracket) buf_puts(w->out, "\\left(");
    tex_node(w->p, x->node, small ? w->style->lower : NULL, w->out);
    if (bracket) buf_puts(w->out, "\\right)");
    put_letters(w, row, col);
}

static void put_sum(const printer *w, const index_tree *x) {
    if (!x->spelled) {
        buf_printf(w->out, "\\sum_{%c} ", x->letter);
        put(w, x->a, PREC_PRODUCT);
        return;
    }
    printer first = *w;
    first.replace = x->letter;
    first.by = '1';
    put(&first, x->a, PREC_PRODUCT);
    buf_puts(w->out, " + \\cdots + ");
    put(w, x->a, PREC_PRODUCT);
    buf_puts(w->out, " + \\cdots");
}

static bool begins_with_digit(const index_tree *x) {
    while (x->kind == INDEX_NODE && x->b && x->op != OP_DIV && x->op != OP_ADD && x->op != OP_SUB) x = x->a;
    return x->kind == INDEX_NUMBER;
}

static const char *sign_of(uint8_t op) {
    switch ((op_id)op) {
    case OP_LE: return "\\le";
    case OP_GE: return "\\ge";
    case OP_EQ: return "=";
    case OP_NE: return "\\ne";
    default: return op_table[op].name;
    }
}

static void put_infix(const printer *w, const index_tree *x, int prec) {
    bool sum = x->b->kind == INDEX_SUM; /* nothing follows it: it needs no brackets */
    if (x->op == OP_DIV) {
        buf_puts(w->out, "\\frac{");
        put(w, x->a, PREC_ANY);
        buf_puts(w->out, "}{");
        put(w, x->b, PREC_ANY);
        buf_puts(w->out, "}");
        return;
    }
    put(w, x->a, x->op == OP_POW ? PREC_TIGHT + 1 : prec);
    if (x->op == OP_POW) buf_puts(w->out, "^{");
    else if (x->op == OP_MUL) buf_puts(w->out, begins_with_digit(x->b) ? " \\cdot " : " \\, ");
    else buf_printf(w->out, " %s ", sign_of(x->op));
    put(w, x->b, sum || x->op == OP_POW ? PREC_ANY : prec + 1);
    if (x->op == OP_POW) buf_puts(w->out, "}");
}

/* A function by the latex column of ops.def: its operands stand in brackets of their own. */
static void put_function(const printer *w, const index_tree *x) {
    if (x->op == OP_OPEN) {
        buf_puts(w->out, tex_word(w->p, symbols_name(w->p->g->names, x->function)));
        buf_repeat(w->out, '\'', x->primes);
        buf_puts(w->out, "(");
        put(w, x->a, PREC_ANY);
        buf_puts(w->out, ")");
        return;
    }
    for (const char *c = op_table[x->op].latex; *c; c++) {
        if (*c != '#') {
            buf_put(w->out, c, 1);
            continue;
        }
        bool bare = c > op_table[x->op].latex && c[-1] == ' ';
        if (bare) buf_puts(w->out, "\\left(");
        put(w, *++c == 'a' ? x->a : *c == 'b' ? x->b : x->c, PREC_ANY);
        if (bare) buf_puts(w->out, "\\right)");
    }
}

static void put_operation(const printer *w, const index_tree *x, int least) {
    bool infix = (op_table[x->op].flags & OP_FLAG_INFIX) != 0;
    bool compares = x->op >= OP_LT && x->op <= OP_NE;
    int  prec = compares ? PREC_COMPARE : x->op == OP_ADD || x->op == OP_SUB || x->op == OP_NEG ? PREC_SUM : x->op == OP_POW || x->op == OP_DIV ? PREC_TIGHT : PREC_PRODUCT;
    bool bracket = infix && prec < least;
    if (bracket) buf_puts(w->out, "\\left(");
    if (infix && x->b) {
        put_infix(w, x, prec);
    } else if (infix) {
        buf_puts(w->out, "-");
        put(w, x->a, PREC_PRODUCT);
    } else {
        put_function(w, x);
    }
    if (bracket) buf_puts(w->out, "\\right)");
}

static void put_partial(const printer *w, const index_tree *of, const index_tree *by) {
    buf_puts(w->out, "\\frac{\\partial ");
    if (of) put(w, of, PREC_TIGHT);
    else buf_puts(w->out, tex_word(w->p, w->style->loss));
    buf_puts(w->out, "}{\\partial ");
    put(w, by, PREC_TIGHT);
    buf_puts(w->out, "}");
}

static void put(const printer *w, const index_tree *x, int least) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER:
        if (x->number == IR_PI) buf_puts(w->out, "\\pi");
        else buf_number(w->out, x->number);
        break;
    case INDEX_SIZE: tex_dim(w->p, x->size, w->out); break;
    case INDEX_ENTRY: put_entry(w, x); break;
    case INDEX_SUM:
        if (least > PREC_SUM) buf_puts(w->out, "\\left(");
        put_sum(w, x);
        if (least > PREC_SUM) buf_puts(w->out, "\\right)");
        break;
    case INDEX_NODE: put_operation(w, x, least); break;
    case INDEX_DELTA: buf_printf(w->out, "\\delta_{%c,%c}", x->row, x->col); break;
    case INDEX_AT: put_at(w, x); break;
    case INDEX_PARTIAL: put_partial(w, x->a, x->b); break;
    case INDEX_LOSS: put_partial(w, NULL, x->a); break;
    }
}

void tex_index(const tex *p, const index_tree *x, const index_style *style, buf *out) {
    printer w = {.p = p, .style = style, .out = out};
    put(&w, x, PREC_ANY);
}

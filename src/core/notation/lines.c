/* The notation's own lines: its words, names, shapes. The text parses back to what it was written from. */
#include "core/notation/inside.h"

static void leaf(const math *x, bool close, buf *out) {
    if (x->kind != MATH_GLYPH) {
        buf_puts(out, x->text);
        return;
    }
    for (const char *c = glyph_table[x->sign].line; *c; c++)
        if (!close || *c != ' ') buf_put(out, c, 1);
}

const math_target target_line = {.leaf = leaf};

void print_dim(const ir *g, dim d, buf *out) {
    if (dim_is_named(d)) buf_puts(out, symbols_name(g->names, dim_name(d)));
    else buf_printf(out, "%u", d);
}

const char *print_dim_text(const ir *g, arena *a, dim d) {
    buf b;
    buf_init(&b, a->mem);
    print_dim(g, d, &b);
    return buf_keep(&b, a);
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
    return buf_keep(&b, a);
}

void print_row_and_column(const model *m, buf *out) {
    arena scratch;
    arena_init(&scratch, out->mem);
    node_id n = model_row_and_column(m, &scratch);
    if (n) {
        buf_puts(out, "#   a column stands against a row in ");
        print_node(&m->g, n, out);
        buf_puts(out, ": every entry of one with every entry of the other, ");
        print_shape(&m->g, ir_shape(&m->g, n), out);
        buf_puts(out, "\n");
    }
    if (scratch.failed) out->failed = true;
    arena_free(&scratch);
}

/* -------------------------------------------------------------------- words */

static const char *leaf_text(const void *user, arena *a, const node *x) {
    const line_of *of = user;
    const ir      *g = of->g;
    buf            b;
    buf_init(&b, a->mem);
    if (x->op == OP_NUMBER && g->numbers.at[x->ref] == IR_PI) buf_puts(&b, "pi");
    else if (x->op == OP_NUMBER) buf_number(&b, g->numbers.at[x->ref]);
    else if (x->op == OP_SIZE) print_dim(g, x->ref, &b);
    else if (x->op == OP_VAR) print_name(g, x->ref, of->small && of->small[x->ref], &b);
    else if (x->op == OP_DIAG) { /* of ones */
        buf_puts(&b, "eye(");
        print_dim(g, x->sh.rows, &b);
        buf_puts(&b, ")");
    } else {
        buf_puts(&b, "ones");
        print_shape(g, x->sh, &b);
    }
    return buf_keep(&b, a);
}

static const char *function_text(const void *user, arena *a, const node *x) {
    if (x->op != OP_OPEN) return op_table[x->op].name;
    buf b;
    buf_init(&b, a->mem);
    buf_puts(&b, symbols_name(((const line_of *)user)->g->names, x->ref));
    buf_repeat(&b, '\'', x->attr);
    return buf_keep(&b, a);
}

static const char *axis_text(const void *user, const node *x) {
    const ir *g = ((const line_of *)user)->g;
    bool      softmax = x->op == OP_SOFTMAX || x->op == OP_LOG_SOFTMAX;
    if (!op_has_axis((op_id)x->op) || x->attr == AXIS_ALL) return "";
    if (softmax && x->attr == ir_class_axis(g, x->sh)) return "";
    if (op_table[x->op].rule != SHAPE_REDUCED) return x->attr == AXIS_0 ? ", axis=0" : ", axis=1";
    return x->attr == AXIS_0 ? ", axis=0, keepdims=True" : ", axis=1, keepdims=True";
}

static const char *dim_text(const void *user, arena *a, dim d) {
    return print_dim_text(((const line_of *)user)->g, a, d);
}

/* A mask is written as what it keeps: dropout(A1, 0.8). */
static const char *keep_text(const void *user, arena *a, const node *mask) {
    const ir       *g = ((const line_of *)user)->g;
    const variable *v = ir_var(g, mask->ref);
    return v->of ? ir_var_name(g, v->of) : math_number(a, v->value)->text;
}

line_words notation_words(const line_of *of) {
    return (line_words){.user = of, .leaf = leaf_text, .function = function_text, .behind = axis_text,
                        .dim = dim_text, .keep = keep_text, .in_sum = LINE_IN_SUM,
                        .in_call = LINE_IN_FRACTION};
}

void line_node(const line_words *words, const ir *g, node_id n, const char *around, buf *out) {
    arena scratch;
    arena_init(&scratch, out->mem);
    math_write(&target_line, line_math(words, g, &scratch, n, around), out);
    if (scratch.failed) out->failed = true;
    arena_free(&scratch);
}

void print_node(const ir *g, node_id n, buf *out) {
    print_node_small(g, n, NULL, out);
}

void print_node_small(const ir *g, node_id n, const bool *small, buf *out) {
    line_of    of = {g, small};
    line_words words = notation_words(&of);
    line_node(&words, g, n, NULL, out);
}

/* Nodes -> mathematics, from the latex column of ops.def.
 *
 * Brackets stand where a reader would need them, which is not where the notation does: a
 * factor that is a number may stand anywhere in a matrix product, a fraction brackets itself,
 * and what stands side by side binds more tightly than an entry-by-entry product. An explicit
 * stack holds what is still to be written. */
#include <string.h>

#include "core/notation/tex.h"

/* CLOSED is complete in itself, but is not raised to a power without brackets. */
enum { PREC_ANY, PREC_SUM, PREC_NEGATE, PREC_ENTRIES, PREC_PRODUCT, PREC_CLOSED, PREC_ATOM, PREC_BRACKET };

typedef struct item {
    const char *text; /* or, if NULL, a node */
    node_id     n;
    uint8_t     least; /* brackets if the node binds less tightly */
} item;

typedef struct writer {
    const tex *p;
    const ir    *g;
    const bool  *small;
    arena        scratch;
    VEC(item) stack;
} writer;

typedef struct bracketing {
    uint8_t least[3];
} bracketing;

static bool is_scalar(const writer *w, node_id n) {
    return w->p->numbers || shape_is_scalar(ir_shape(w->g, n));
}

static const char *name_of(const writer *w, var_id v) {
    return tex_name(w->p, v, w->small && w->small[v]);
}

/* Does a reduction reduce anything? */
static bool reduces(const writer *w, const node *x) {
    return op_table[x->op].rule == SHAPE_REDUCED && !is_scalar(w, x->arg[0]);
}

/* Entry by entry; else a product is written side by side. */
static bool is_by_entries(const writer *w, const node *x) {
    return x->op == OP_MUL && !is_scalar(w, x->arg[0]) && !is_scalar(w, x->arg[1]);
}

static bool is_long_number(const writer *w, const node *x) {
    double v = w->g->numbers.at[x->ref];
    return v != 0 && (v < 1e-4 || v >= 1e6);
}

static uint8_t precedence(const writer *w, const node *x) {
    switch ((op_id)x->op) {
    case OP_ADD: case OP_SUB: return PREC_SUM;
    case OP_NEG: return PREC_NEGATE;
    case OP_MUL: return is_by_entries(w, x) ? PREC_ENTRIES : PREC_PRODUCT;
    case OP_MATMUL: return PREC_PRODUCT;
    case OP_NUMBER: return is_long_number(w, x) ? PREC_CLOSED : PREC_ATOM;
    case OP_SIZE: case OP_VAR: case OP_ONES: return PREC_ATOM;
    default: return reduces(w, x) ? PREC_PRODUCT : PREC_CLOSED;
    }
}

/* ------------------------------------------------------------- what it looks like */

static bool is_product(const node *x) {
    return x->op == OP_MUL || x->op == OP_MATMUL;
}

static bool begins_with_minus(const writer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    while (is_product(x)) x = ir_node(w->g, x->arg[0]);
    return x->op == OP_NEG;
}

static bool begins_with_digit(const writer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    while (is_product(x) || x->op == OP_POW || x->op == OP_TRANSPOSE) x = ir_node(w->g, x->arg[0]);
    return x->op == OP_NUMBER;
}

/* A factor behind a sum sign would be taken for a part of what is summed. */
static bool ends_with_sum(const writer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    while (is_product(x) || x->op == OP_NEG) x = ir_node(w->g, x->arg[x->op == OP_NEG ? 0 : 1]);
    return reduces(w, x);
}

static uint8_t right_of_sign(const writer *w, node_id n, uint8_t least) {
    return begins_with_minus(w, n) ? PREC_BRACKET : least;
}

static uint8_t left_of_factor(const writer *w, node_id n, uint8_t least) {
    return ends_with_sum(w, n) ? PREC_BRACKET : least;
}

/* ----------------------------------------------------------------- templates */

static void push_text(writer *w, const char *text) {
    vec_push(&w->scratch, &w->stack, (item){.text = text});
}

static void push_node(writer *w, node_id n, uint8_t least) {
    vec_push(&w->scratch, &w->stack, (item){.n = n, .least = least});
}

/* A template's own text, with brackets that grow. Bars open and close in turn. */
static const char *grown(writer *w, const char *text, size_t len, bool *bar) {
    const char *out = "";
    for (size_t i = 0; i < len && out; i++) {
        char c = text[i];
        if (c == '(' || c == '[') out = arena_format(&w->scratch, "%s\\left%c", out, c);
        else if (c == ')' || c == ']') out = arena_format(&w->scratch, "%s\\right%c", out, c);
        else if (c == '|') {
            out = arena_format(&w->scratch, *bar ? "%s\\right|" : "%s\\left|", out);
            *bar = !*bar;
        } else out = arena_format(&w->scratch, "%s%c", out, c);
    }
    return out ? out : "";
}

/* Writes #a + #b with the operands of x: onto the stack, so in pieces that are then turned round. */
static void push_template(writer *w, const char *text, const node *x, bracketing b) {
    uint32_t from = w->stack.n;
    bool     bar = false;
    while (*text) {
        if (*text == '#') {
            int i = text[1] - 'a';
            push_node(w, x->arg[i], b.least[i]);
            text += 2;
            continue;
        }
        size_t len = strcspn(text, "#");
        push_text(w, grown(w, text, len, &bar));
        text += len;
    }
    for (uint32_t i = from, k = w->stack.n; i + 1 < k; i++) {
        item swap = w->stack.at[i];
        w->stack.at[i] = w->stack.at[--k];
        w->stack.at[k] = swap;
    }
}

/* What operand c of a function's template must bind like: anything if it is enclosed, as in
 * {#a} or (#a, ..; the bare one of \log #a gets brackets. */
static uint8_t least_in(const char *text, char c) {
    const char *at = strchr(text, '#');
    while (at && at[1] != c) at = strchr(at + 2, '#');
    if (!at) return PREC_ANY;
    const char *before = at, *behind = at + 2;
    while (before > text && before[-1] == ' ') before--;
    while (*behind == ' ') behind++;
    bool opened = before > text && strchr("{([|,}", before[-1]) != NULL;
    bool closed = *behind && (strchr("})]|,", *behind) || strncmp(behind, "\\text", 5) == 0);
    if (before > text && before[-1] == '+') return PREC_ENTRIES;
    return opened && closed ? PREC_ANY : PREC_BRACKET;
}

static bracketing of_function(const char *text) {
    bracketing b;
    for (int i = 0; i < 3; i++) b.least[i] = least_in(text, (char)('a' + i));
    return b;
}

/* ------------------------------------------------------------------- infix */

static void push_product(writer *w, const node *x) {
    node_id    a = x->arg[0], b = x->arg[1];
    bool       entries = is_by_entries(w, x), number = is_scalar(w, a) || is_scalar(w, b);
    uint8_t    least = entries ? PREC_ENTRIES : PREC_PRODUCT;
    uint8_t    right = entries ? PREC_PRODUCT : number ? PREC_PRODUCT : PREC_CLOSED;
    bracketing how = {{left_of_factor(w, a, ir_node(w->g, a)->op == OP_NEG ? PREC_NEGATE : least), right_of_sign(w, b, right), 0}};
    if (entries) push_template(w, op_table[OP_MUL].latex, x, how);
    else push_template(w, begins_with_digit(w, b) ? "#a \\cdot #b" : "#a \\, #b", x, how);
}

/* A matrix to a power is a power of its entries. */
static void push_power(writer *w, const node *x) {
    bool matrix = !is_scalar(w, x->arg[0]);
    push_template(w, matrix ? "#a^{\\odot #b}" : op_table[OP_POW].latex, x, (bracketing){{PREC_ATOM, matrix ? PREC_NEGATE : PREC_ANY, 0}});
}

static void push_infix(writer *w, const node *x) {
    const char *text = op_table[x->op].latex;
    switch ((op_id)x->op) {
    case OP_ADD: case OP_SUB:
        push_template(w, text, x, (bracketing){{PREC_SUM, right_of_sign(w, x->arg[1], PREC_ENTRIES), 0}});
        break;
    case OP_MUL: case OP_MATMUL: push_product(w, x); break;
    case OP_NEG: push_template(w, text, x, (bracketing){{right_of_sign(w, x->arg[0], PREC_ENTRIES), 0, 0}}); break;
    case OP_POW: push_power(w, x); break;
    case OP_TRANSPOSE: push_template(w, text, x, (bracketing){{PREC_ATOM, 0, 0}}); break;
    case OP_DIV: push_template(w, text, x, (bracketing){{PREC_ANY, PREC_ANY, 0}}); break;
    default: push_template(w, text, x, (bracketing){{PREC_SUM, PREC_SUM, 0}}); break; /* comparisons */
    }
}

/* -------------------------------------------------------------- reductions */

/* \sum_{t=1}^{m} \left(Z_{1}\right)_{\cdot t}: columns added up; entries if all of them are. */
static void push_reduction(writer *w, const node *x) {
    const tex *p = w->p;
    const char  *word = op_table[x->op].latex;
    int          len = (int)strcspn(word, " ");
    const char  *index = x->attr == AXIS_0 ? arena_format(&w->scratch, "%s \\cdot", p->row)
                         : x->attr == AXIS_1 ? arena_format(&w->scratch, "\\cdot %s", p->col)
                                             : arena_format(&w->scratch, "%s,%s", p->row, p->col);
    buf end;
    buf_init(&end, w->scratch.mem);
    if (x->op == OP_SUM && x->attr != AXIS_ALL) {
        shape s = ir_shape(w->g, x->arg[0]);
        buf_puts(&end, "=1}^{");
        tex_dim(p, x->attr == AXIS_0 ? s.rows : s.cols, &end);
    }
    const char *letter = x->attr == AXIS_0 ? p->row : x->attr == AXIS_1 ? p->col : index;
    const char *sign = arena_format(&w->scratch, "%.*s_{%s%s} ", len, word, letter ? letter : "", end.text ? end.text : "");
    if (end.failed) w->scratch.failed = true;
    buf_free(&end);
    const node *arg = ir_node(w->g, x->arg[0]);
    bool        plain = arg->op == OP_VAR && !strpbrk(name_of(w, arg->ref), "_{");
    push_text(w, "}");
    push_text(w, index ? index : "");
    push_text(w, "_{");
    push_node(w, x->arg[0], plain ? PREC_ANY : PREC_BRACKET);
    push_text(w, sign ? sign : "");
}

/* ------------------------------------------------------------------ leaves */

void tex_dim(const tex *p, dim d, buf *out) {
    const char *name = dim_is_named(d) && dim_name(d) < p->n_syms ? p->size[dim_name(d)] : NULL;
    if (!dim_is_named(d)) buf_printf(out, "%u", d);
    else buf_puts(out, name ? name : tex_word(p, symbols_name(p->g->names, dim_name(d))));
}

void tex_shape(const tex *p, shape s, buf *out) {
    if (shape_is_scalar(s)) {
        buf_puts(out, "\\text{number}");
        return;
    }
    buf_puts(out, "(");
    tex_dim(p, s.rows, out);
    buf_puts(out, " \\times ");
    tex_dim(p, s.cols, out);
    buf_puts(out, ")");
}

/* 1e-08 is 10^{-8}. */
static void write_number(const writer *w, const node *x, buf *out) {
    double value = w->g->numbers.at[x->ref];
    if (value == IR_PI) {
        buf_puts(out, "\\pi");
        return;
    }
    buf text;
    buf_init(&text, out->mem);
    buf_number(&text, value);
    const char *e = text.text ? strchr(text.text, 'e') : NULL;
    if (!e) {
        buf_puts(out, text.text ? text.text : "");
    } else {
        size_t      len = (size_t)(e - text.text);
        const char *power = e + 1;
        bool        one = len == 1 && text.text[0] == '1';
        if (!one) buf_printf(out, "%.*s \\cdot ", (int)len, text.text);
        const char *minus = *power == '-' ? "-" : "";
        power += strspn(power, "+-0");
        buf_printf(out, "10^{%s%s}", minus, *power ? power : "0");
    }
    if (text.failed) out->failed = true;
    buf_free(&text);
}

static void write_leaf(const writer *w, const node *x, buf *out) {
    if (x->op == OP_NUMBER) write_number(w, x, out);
    else if (x->op == OP_SIZE) tex_dim(w->p, x->ref, out);
    else if (x->op == OP_VAR) buf_puts(out, name_of(w, x->ref));
    else {
        buf_printf(out, "%s_{", op_table[x->op].latex);
        tex_dim(w->p, x->sh.rows, out);
        buf_puts(out, " \\times ");
        tex_dim(w->p, x->sh.cols, out);
        buf_puts(out, "}");
    }
}

static void push_open(writer *w, const node *x) {
    push_text(w, "\\right)");
    push_node(w, x->arg[0], PREC_ANY);
    push_text(w, "\\left(");
    for (uint32_t i = 0; i < x->attr; i++) push_text(w, "'");
    const char *name = x->ref < w->p->n_syms ? w->p->function[x->ref] : NULL;
    push_text(w, name ? name : tex_word(w->p, symbols_name(w->g->names, x->ref)));
}

static void write_node(writer *w, item it, buf *out) {
    const node *x = ir_node(w->g, it.n);
    if (precedence(w, x) < it.least) {
        buf_puts(out, "\\left(");
        push_text(w, "\\right)");
    }
    if (op_table[x->op].arity == 0) write_leaf(w, x, out);
    else if (x->op == OP_OPEN) push_open(w, x);
    else if ((op_table[x->op].flags & OP_FLAG_INFIX) || x->op == OP_TRANSPOSE) push_infix(w, x);
    else if (reduces(w, x)) push_reduction(w, x);
    else if (op_table[x->op].rule == SHAPE_REDUCED) push_node(w, x->arg[0], PREC_BRACKET); /* of one number */
    else push_template(w, op_table[x->op].latex, x, of_function(op_table[x->op].latex));
}

void tex_node(const tex *p, node_id n, const bool *small, buf *out) {
    writer w = {.p = p, .g = p->g, .small = small};
    arena_init(&w.scratch, out->mem);
    push_node(&w, n, PREC_ANY);
    while (w.stack.n) {
        item it = w.stack.at[--w.stack.n];
        if (it.text) buf_puts(out, it.text);
        else write_node(&w, it, out);
    }
    if (w.scratch.failed) out->failed = true;
    arena_free(&w.scratch);
}

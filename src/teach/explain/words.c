/* Names, expressions and shapes as texts, and the blocks of a document. */
#include <string.h>

#include "teach/explain/teller.h"

const char *doc_take(teller *t, buf *b) {
    const char *text = b->text ? arena_text(t->a, b->text, b->len) : "";
    if (b->failed) t->a->failed = true;
    buf_free(b);
    return text ? text : "";
}

block *doc_add(teller *t, block_kind kind, uint8_t indent, const char *words) {
    uint32_t n = t->doc->blocks.n;
    vec_push(t->a, &t->doc->blocks, (block){.kind = (uint8_t)kind, .indent = indent, .words = words ? words : "", .tail = ""});
    return t->doc->blocks.n > n ? &t->doc->blocks.at[n] : &t->doc->spare;
}

block *doc_add_hidden(teller *t) {
    uint32_t n = t->doc->hidden.n;
    vec_push(t->a, &t->doc->hidden, (block){.kind = BLOCK_LINE, .words = "", .tail = ""});
    return t->doc->hidden.n > n ? &t->doc->hidden.at[n] : &t->doc->spare;
}

void doc_say(teller *t, uint8_t indent, const char *format, ...) {
    buf     b;
    va_list args;
    buf_init(&b, t->a->mem);
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    doc_add(t, BLOCK_WORDS, indent, doc_take(t, &b));
}

/* ------------------------------------------------------------------- marks */

const char *doc_next(const document *doc, const char *text, size_t *prose, const side **formula) {
    const char *mark = strchr(text, MARK_BEGIN);
    *formula = NULL;
    *prose = mark ? (size_t)(mark - text) : strlen(text);
    if (!*text) return NULL;
    if (!mark) return text + *prose;
    uint32_t number = 0;
    for (mark++; *mark && *mark != MARK_END; mark++) number = number * 10 + (uint32_t)(*mark - '0');
    if (number < doc->marks.n) *formula = &doc->marks.at[number];
    return *mark ? mark + 1 : mark;
}

/* What a formula shows has no marks: the plain forms of those in its text were put in when it was made. */
void doc_plain(const document *doc, const char *text, buf *out) {
    size_t      prose;
    const side *formula;
    for (const char *rest; (rest = doc_next(doc, text, &prose, &formula)); text = rest) {
        buf_put(out, text, prose);
        if (formula) buf_puts(out, formula->shown);
    }
}

static const char *mark(const teller *t, side s) {
    uint32_t number = t->doc->marks.n;
    vec_push(t->a, &t->doc->marks, s);
    const char *text = arena_format(t->a, "%c%u%c", MARK_BEGIN, number, MARK_END);
    return t->doc->marks.n > number && text ? text : "";
}

static side node_side(teller *t, node_id n, bool small) {
    buf b;
    small = small && t->doc->style.example;
    buf_init(&b, t->a->mem);
    print_node_small(t->g, n, small ? t->doc->lower : NULL, &b);
    return (side){.n = n, .small = small, .shown = doc_take(t, &b)};
}

static side index_side(teller *t, const index_tree *x, const index_style *style) {
    buf b;
    buf_init(&b, t->a->mem);
    index_print(t->g, x, style, &b);
    return (side){.x = x, .style = *style, .shown = doc_take(t, &b)};
}

static side formula_side(teller *t, const char *notation) {
    buf b;
    buf_init(&b, t->a->mem);
    doc_plain(t->doc, notation, &b);
    return (side){.notation = notation, .shown = doc_take(t, &b)};
}

const char *doc_name(const teller *t, var_id v) {
    return mark(t, (side){.v = v, .shown = ir_var_name(t->g, v)});
}

const char *doc_small_name(teller *t, var_id v) {
    buf  b;
    bool small = t->doc->lower[v] && t->doc->style.example;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, small, &b);
    return mark(t, (side){.v = v, .small = small, .shown = doc_take(t, &b)});
}

const char *doc_node(teller *t, node_id n, bool small) {
    return mark(t, node_side(t, n, small));
}

const char *doc_index(teller *t, const index_tree *x, const index_style *style) {
    return x ? mark(t, index_side(t, x, style)) : ""; /* without memory */
}

static const char *formula(teller *t, bool layers, const char *format, va_list args) {
    buf b;
    buf_init(&b, t->a->mem);
    buf_vprintf(&b, format, args);
    side s = formula_side(t, doc_take(t, &b));
    s.layers = layers;
    return mark(t, s);
}

const char *doc_formula(teller *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = formula(t, false, format, args);
    va_end(args);
    return text;
}

const char *doc_slide(teller *t, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = formula(t, true, format, args);
    va_end(args);
    return text;
}

const char *doc_equation(teller *t, const stmt *s) {
    return doc_formula(t, "%s = %s", doc_name(t, s->var), doc_node(t, s->node, false));
}

const char *doc_function(teller *t, op_id op) {
    return mark(t, (side){.function = op, .notation = op_table[op].name, .shown = op_table[op].name});
}

const char *doc_slope(teller *t, op_id op) {
    buf b;
    buf_init(&b, t->a->mem);
    explain_slope(op, &b);
    return doc_formula(t, "%s", doc_take(t, &b));
}

const char *doc_shape(teller *t, shape s, bool one_example) {
    buf b;
    dim m = t->d->m->examples;
    buf_init(&b, t->a->mem);
    if (one_example && m && s.rows == m) s.rows = dim_literal(1);
    if (one_example && m && s.cols == m) s.cols = dim_literal(1);
    print_shape(t->g, s, &b);
    return mark(t, (side){.is_shape = true, .sh = s, .shown = doc_take(t, &b)});
}

/* ------------------------------------------------------------ sides of lines */

static void add_side(block *b, side s) {
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = s;
}

void doc_add_node(teller *t, block *b, node_id n, bool small) {
    add_side(b, node_side(t, n, small));
}

void doc_add_index(teller *t, block *b, const index_tree *x, const index_style *style) {
    if (x) add_side(b, index_side(t, x, style));
}

void doc_add_formula(teller *t, block *b, const char *notation) {
    add_side(b, formula_side(t, notation));
}

void doc_add_value(teller *t, block *b, const char *notation, value v) {
    value *own = arena_new(t->a, sizeof *own);
    side   s = formula_side(t, notation);
    if (own) *own = v;
    s.value = own;
    add_side(b, s);
}

/* "(n1, n2) @ (n2, m) -> (n1, m)" for a product, else the shape. */
const char *doc_shapes(teller *t, node_id n, bool one_example) {
    const node *x = ir_node(t->g, n);
    const char *out = doc_shape(t, x->sh, one_example);
    const node *p = x->op == OP_MUL ? ir_node(t->g, x->arg[0]) : x;
    if (p->op != OP_MATMUL) return out;
    const char *a = doc_shape(t, ir_shape(t->g, p->arg[0]), one_example), *b = doc_shape(t, ir_shape(t->g, p->arg[1]), one_example);
    const char *c = doc_shape(t, p->sh, one_example);
    const char *product = doc_formula(t, "%s @ %s -> %s", a, b, c);
    const char *text = p == x ? product : arena_format(t->a, "%s, times %s", product, out);
    return text ? text : out;
}

/* Names, expressions and shapes as texts, and the blocks of a document. */
#include <string.h>

#include "explain/teller.h"

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

void doc_say(teller *t, uint8_t indent, const char *format, ...) {
    buf     b;
    va_list args;
    buf_init(&b, t->a->mem);
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    doc_add(t, BLOCK_WORDS, indent, doc_take(t, &b));
}

const char *doc_name(const teller *t, var_id v) {
    return ir_var_name(t->g, v);
}

const char *doc_small_name(teller *t, var_id v) {
    buf b;
    buf_init(&b, t->a->mem);
    print_name(t->g, v, t->doc->small[v] && t->doc->style.example, &b);
    return doc_take(t, &b);
}

const char *doc_node(teller *t, node_id n, bool small) {
    buf b;
    buf_init(&b, t->a->mem);
    print_node_small(t->g, n, small && t->doc->style.example ? t->doc->small : NULL, &b);
    return doc_take(t, &b);
}

const char *doc_shape(teller *t, shape s, bool one_example) {
    buf b;
    dim m = t->d->m->examples;
    buf_init(&b, t->a->mem);
    if (one_example && m && s.rows == m) s.rows = dim_literal(1);
    if (one_example && m && s.cols == m) s.cols = dim_literal(1);
    print_shape(t->g, s, &b);
    return doc_take(t, &b);
}

void doc_add_node(teller *t, block *b, node_id n, bool small) {
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = (side){.n = n, .shown = doc_node(t, n, small)};
}

void doc_add_index(teller *t, block *b, const index_tree *x, const index_style *style) {
    buf out;
    buf_init(&out, t->a->mem);
    if (!x) return;
    index_print(t->g, x, style, &out);
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = (side){.x = x, .shown = doc_take(t, &out)};
}

/* "(n1, n2) @ (n2, m) -> (n1, m)" for a product, else the shape. */
const char *doc_shapes(teller *t, node_id n, bool one_example) {
    const node *x = ir_node(t->g, n);
    const char *out = doc_shape(t, x->sh, one_example);
    const node *p = x->op == OP_MUL ? ir_node(t->g, x->arg[0]) : x;
    if (p->op != OP_MATMUL) return out;
    const char *a = doc_shape(t, ir_shape(t->g, p->arg[0]), one_example), *b = doc_shape(t, ir_shape(t->g, p->arg[1]), one_example);
    const char *c = doc_shape(t, p->sh, one_example);
    const char *text = p == x ? arena_format(t->a, "%s @ %s -> %s", a, b, c) : arena_format(t->a, "%s @ %s -> %s, times %s", a, b, c, out);
    return text ? text : out;
}

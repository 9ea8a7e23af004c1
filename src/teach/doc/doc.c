/* Names, expressions and shapes as texts, and the blocks of a document. */
#include <assert.h>
#include <string.h>

#include "teach/doc/doc.h"

const char *doc_take(document *doc, buf *b) {
    return buf_keep(b, doc->a);
}

const char *doc_text(document *doc, const char *format, ...) {
    buf     b;
    va_list args;
    buf_init(&b, doc->a->mem);
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    return doc_take(doc, &b);
}

const char *doc_examples(const document *doc) {
    return symbols_name(doc->g->names, dim_name(doc->d->m->examples));
}

block *doc_add(document *doc, block_kind kind, uint8_t indent, const char *words) {
    uint32_t n = doc->blocks.n;
    assert(words);
    vec_push(doc->a, &doc->blocks,
             (block){.kind = (uint8_t)kind, .indent = indent, .words = words, .tail = ""});
    return doc->blocks.n > n ? &doc->blocks.at[n] : &doc->spare;
}

block *doc_add_line(document *doc, uint8_t indent, const char *words, node_id a, node_id b,
                    const char *tail) {
    block *line = doc_add(doc, BLOCK_LINE, indent, words);
    if (a) doc_add_node(doc, line, a, false);
    doc_add_node(doc, line, b, false);
    line->tail = tail;
    return line;
}

block *doc_add_hidden(document *doc) {
    uint32_t n = doc->hidden.n;
    vec_push(doc->a, &doc->hidden, (block){.kind = BLOCK_LINE, .words = "", .tail = ""});
    return doc->hidden.n > n ? &doc->hidden.at[n] : &doc->spare;
}

void doc_say(document *doc, uint8_t indent, const char *format, ...) {
    buf     b;
    va_list args;
    buf_init(&b, doc->a->mem);
    va_start(args, format);
    buf_vprintf(&b, format, args);
    va_end(args);
    doc_add(doc, BLOCK_WORDS, indent, doc_take(doc, &b));
}

/* ------------------------------------------------------------------- names */

/* Is a name in lower case that of a size or of another variable? N1 is not to be n1 beside 1/n1. */
static bool is_taken(document *doc, var_id v) {
    const model *m = doc->d->m;
    buf          b;
    buf_init(&b, doc->a->mem);
    print_name(&m->g, v, true, &b);
    bool   same = b.text && strcmp(b.text, ir_var_name(&m->g, v)) == 0;
    sym    lower = b.text ? symbols_find(m->g.names, b.text, b.len) : 0;
    var_id other = ir_find_var(&m->g, lower);
    doc->a->failed = doc->a->failed || b.failed;
    buf_free(&b);
    if (same || !lower) return false;
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (m->size_names.at[i] == lower) return true;
    return other && other != v;
}

dfoo_status doc_open(document *doc) {
    const derivation *d = doc->d;
    const ir         *g = &d->m->g;
    dim               m = d->m->examples;
    bool              per_example = m && !d->examples_interact;
    doc->small = arena_new(doc->a, 2 * (size_t)g->vars.n + 1); /* changes (δZ1) get names later */
    doc->lower = arena_new(doc->a, 2 * (size_t)g->vars.n + 1);
    if (!doc->small || !doc->lower) return DFOO_ENOMEM;
    for (var_id k = 1; k < g->vars.n && m; k++) {
        shape  s = ir_var(g, k)->sh;
        var_id named_as =
            ir_var(g, k)->kind == VAR_GRADIENT ? ir_var(g, k)->of : k; /* dZ1 is dz1 where Z1 is z1 */
        doc->small[k] = s.rows == m || s.cols == m;
        doc->lower[k] = doc->small[k] && !is_taken(doc, named_as);
        per_example = per_example && !(s.rows == m && s.cols == m); /* an entry for each pair of examples */
    }
    doc->style = (index_style){.small = doc->small, .lower = doc->lower, .example = per_example ? 't' : 0,
                               .loss = d->used == CONVENTION_COURSE ? "l" : "J"};
    return DFOO_OK;
}

node_id gradient_formula(const gradient *v) {
    return v->shown ? v->whole : v->local;
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

static const char *mark(document *doc, side s) {
    uint32_t number = doc->marks.n;
    vec_push(doc->a, &doc->marks, s);
    return doc->marks.n > number ? doc_text(doc, "%c%u%c", MARK_BEGIN, number, MARK_END) : "";
}

static side node_side(document *doc, node_id n, bool small) {
    buf b;
    small = small && doc->style.example;
    buf_init(&b, doc->a->mem);
    print_node_small(doc->g, n, small ? doc->lower : NULL, &b);
    return (side){.n = n, .small = small, .shown = doc_take(doc, &b)};
}

static side index_side(document *doc, const index_tree *x, const index_style *style) {
    buf b;
    buf_init(&b, doc->a->mem);
    index_print(doc->g, x, style, &b);
    return (side){.x = x, .style = *style, .shown = doc_take(doc, &b)};
}

static side formula_side(document *doc, const char *notation) {
    buf b;
    buf_init(&b, doc->a->mem);
    doc_plain(doc, notation, &b);
    return (side){.notation = notation, .shown = doc_take(doc, &b)};
}

const char *doc_name(document *doc, var_id v) {
    assert(v && v < doc->g->vars.n);
    return mark(doc, (side){.v = v, .shown = ir_var_name(doc->g, v)});
}

const char *doc_small_name(document *doc, var_id v) {
    assert(v && v < doc->g->vars.n);
    buf  b;
    bool small = doc->lower[v] && doc->style.example;
    buf_init(&b, doc->a->mem);
    print_name(doc->g, v, small, &b);
    return mark(doc, (side){.v = v, .small = small, .shown = doc_take(doc, &b)});
}

const char *doc_node(document *doc, node_id n, bool small) {
    return mark(doc, node_side(doc, n, small));
}

const char *doc_index(document *doc, const index_tree *x, const index_style *style) {
    return x ? mark(doc, index_side(doc, x, style)) : ""; /* without memory */
}

static const char *formula(document *doc, bool layers, const char *format, va_list args) {
    buf b;
    buf_init(&b, doc->a->mem);
    buf_vprintf(&b, format, args);
    side s = formula_side(doc, doc_take(doc, &b));
    s.layers = layers;
    return mark(doc, s);
}

const char *doc_formula(document *doc, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = formula(doc, false, format, args);
    va_end(args);
    return text;
}

const char *doc_slide(document *doc, const char *format, ...) {
    va_list args;
    va_start(args, format);
    const char *text = formula(doc, true, format, args);
    va_end(args);
    return text;
}

const char *doc_equation(document *doc, const stmt *s) {
    return doc_formula(doc, "%s = %s", doc_name(doc, s->var), doc_node(doc, s->node, false));
}

const char *doc_function(document *doc, op_id op) {
    return mark(doc, (side){.function = op, .notation = op_table[op].name, .shown = op_table[op].name});
}

/* "log'(u) = 1/u", with the function itself for y. */
static void slope(op_id op, buf *out) {
    const op_info *info = &op_table[op];
    const char    *text = info->grad[0][0] ? info->grad[0] : "0";
    buf_printf(out, "%s'(u) = ", info->name);
    for (const char *c = text; *c; c++) {
        bool inside = (c > text && c[-1] >= 'a' && c[-1] <= 'z') || (c[1] >= 'a' && c[1] <= 'z');
        if (*c == 'y' && !inside) buf_printf(out, "%s(u)", info->name);
        else if (*c == 'a' && !inside) buf_puts(out, "u");
        else buf_put(out, c, 1);
    }
}

const char *doc_slope(document *doc, op_id op) {
    buf b;
    buf_init(&b, doc->a->mem);
    slope(op, &b);
    return doc_formula(doc, "%s", doc_take(doc, &b));
}

const char *doc_shape(document *doc, shape s, bool one_example) {
    buf b;
    dim m = doc->d->m->examples;
    buf_init(&b, doc->a->mem);
    if (one_example && m && s.rows == m) s.rows = dim_literal(1);
    if (one_example && m && s.cols == m) s.cols = dim_literal(1);
    print_shape(doc->g, s, &b);
    return mark(doc, (side){.is_shape = true, .sh = s, .shown = doc_take(doc, &b)});
}

/* ------------------------------------------------------------ sides of lines */

static void add_side(block *b, side s) {
    assert(s.shown);
    if (b->n_sides < MOST_SIDES) b->sides[b->n_sides++] = s;
}

void doc_add_node(document *doc, block *b, node_id n, bool small) {
    assert(n < doc->g->nodes.n);
    add_side(b, node_side(doc, n, small));
}

void doc_add_index(document *doc, block *b, const index_tree *x, const index_style *style) {
    if (x) add_side(b, index_side(doc, x, style));
}

void doc_add_formula(document *doc, block *b, const char *notation) {
    add_side(b, formula_side(doc, notation));
}

void doc_add_value(document *doc, block *b, const char *notation, value v) {
    value *own = arena_new(doc->a, sizeof *own);
    side   s = formula_side(doc, notation);
    if (own) *own = v;
    s.value = own;
    add_side(b, s);
}

/* "(n1, n2) @ (n2, m) -> (n1, m)" for a product, else the shape. */
const char *doc_shapes(document *doc, node_id n, bool one_example) {
    const node *x = ir_node(doc->g, n);
    const char *out = doc_shape(doc, x->sh, one_example);
    const node *p = x->op == OP_MUL ? ir_node(doc->g, x->arg[0]) : x;
    if (p->op != OP_MATMUL) return out;
    const char *a = doc_shape(doc, ir_shape(doc->g, p->arg[0]), one_example);
    const char *b = doc_shape(doc, ir_shape(doc->g, p->arg[1]), one_example);
    const char *c = doc_shape(doc, p->sh, one_example);
    const char *product = doc_formula(doc, "%s @ %s -> %s", a, b, c);
    return p == x ? product : doc_text(doc, "%s, times %s", product, out);
}

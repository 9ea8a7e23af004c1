/* Index trees -> mathematics, in a line or set: sums with their letter, partial derivatives, entries such
 * as W2[i,j]. The trees are made of our own templates, so the walk is recursive as in ir/index.c. */
#include "core/ir/dims.h"
#include "core/notation/inside.h"

/* What set mathematics asks of numbers; a power's base has brackets of its own or is a function. */
const rule entry_rules[OP_COUNT] = {
    COMPARISONS(BINDS_COMPARE, BINDS_COMPARE),
    [OP_ADD] = {BINDS_SUM, BINDS_SUM, BINDS_PRODUCT, GLYPH_PLUS},
    [OP_SUB] = {BINDS_SUM, BINDS_SUM, BINDS_PRODUCT, GLYPH_MINUS},
    [OP_NEG] = {BINDS_SUM, BINDS_PRODUCT, 0, GLYPH_NEGATIVE},
    [OP_MUL] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_POWER, GLYPH_SIDE},
    [OP_DIV] = {BINDS_POWER, BINDS_ANY, BINDS_ANY, GLYPH_OVER},
    [OP_POW] = {BINDS_POWER, BINDS_CLOSED, BINDS_ANY, GLYPH_POWER},
};

typedef struct writer {
    const ir          *g;
    arena             *a;
    const notation    *p; /* NULL: in a line */
    const index_style *style;
    char               replace, by; /* this letter is written as that */
} writer;

static const math *whole(const writer *w, const index_tree *x);

static const math *operand(const writer *w, const index_tree *x, uint8_t least) {
    return math_least(w->a, whole(w, x), least);
}

static const math *plain(const writer *w, const char *text) {
    return math_leaf(w->a, MATH_PLAIN, text);
}

/* ------------------------------------------------------------------- entries */

static const math *letter(const writer *w, char c) {
    if (index_is_fixed(c))
        return math_leaf(w->a, MATH_NUMBER, arena_format(w->a, "%d", c - INDEX_FIXED(0) + 1));
    return math_leaf(w->a, c == '1' ? MATH_NUMBER : MATH_LETTER, arena_text(w->a, &c, 1));
}

/* i, or i+n so many rows further down; the first one of these is n+1. */
static const math *further(const writer *w, char c, dim behind) {
    dim first;
    if (!behind) return letter(w, c);
    bool fixed = c == '1' && dim_add(w->g->names, behind, dim_literal(1), &first);
    const math *to = fixed ? NULL : letter(w, c), *n = w->p ? set_dim(w->p, fixed ? first : behind)
                                            : plain(w, print_dim_text(w->g, w->a, fixed ? first : behind));
    return to ? math_row(w->a, to, w->p ? math_glyph(GLYPH_PLUS) : plain(w, "+"), n) : n;
}

/* [i,j], [i], or nothing: a literal 1 is left out, and so is the one example. */
static const math *place(const writer *w, const index_tree *x, bool small) {
    const math *row[2] = {NULL, NULL};
    char        at[2] = {x->row, x->col};
    dim         behind[2] = {x->row_behind, x->col_behind};
    for (int i = 0; i < 2; i++) {
        if (!at[i] || (at[i] == '1' && !behind[i]) || (small && at[i] == w->style->example)) continue;
        row[i] = further(w, at[i] == w->replace ? w->by : at[i], behind[i]);
    }
    if (!row[0] && !row[1]) return NULL;
    const math *both = math_row(w->a, row[0], row[0] && row[1] ? math_glyph(GLYPH_BESIDE) : NULL, row[1]);
    return math_row(w->a, math_glyph(GLYPH_SQUARE), both, math_glyph(GLYPH_SQUARE_CLOSE));
}

static const math *name_of(const writer *w, var_id v, bool small) {
    if (w->p) return set_name(w->p, v, small);
    buf b;
    buf_init(&b, w->a->mem);
    print_name(w->g, v, small, &b);
    return plain(w, buf_keep(&b, w->a));
}

static const math *entry(const writer *w, const index_tree *x) {
    bool small = w->style->small && w->style->small[x->var] && w->style->example;
    return math_row(w->a, name_of(w, x->var, small && w->style->lower[x->var]), place(w, x, small), NULL);
}

/* One entry of a whole expression: (dZ2 @ A1.T)[i,j]. */
static const math *at(const writer *w, const index_tree *x) {
    bool        small = w->style->small && w->style->example;
    bool        infix = (op_table[ir_node(w->g, x->node)->op].flags & OP_FLAG_INFIX) != 0;
    const math *where = place(w, x, small), *of;
    line_of     line = {w->g, small ? w->style->lower : NULL};
    line_words  words = notation_words(&line);
    if (w->p) of = set_node(w->p, x->node, line.small);
    else of = line_math(&words, w->g, w->a, x->node, NULL);
    if (where && infix) of = math_brackets(w->a, of, LINE_LOOSE);
    math all = *math_row(w->a, of, where, NULL);
    all.inside = LINE_LOOSE;
    return math_make(w->a, all);
}

/* ---------------------------------------------------------------- operations */

static const math *sum(const writer *w, const index_tree *x) {
    const math *dots = math_glyph(GLYPH_DOTS), *plus = math_glyph(GLYPH_PLUS), *sign = math_glyph(GLYPH_SUM);
    bool        sums = !w->p && !x->spelled && x->a->kind == INDEX_SUM;
    const math *body = operand(w, x->a, sums ? BINDS_ANY : BINDS_PRODUCT);
    if (!x->spelled && w->p) {
        body = math_row(w->a, math_below(w->a, sign, letter(w, x->letter)), math_glyph(GLYPH_GAP), body);
    } else if (!x->spelled) {
        body = math_row(w->a, math_row(w->a, sign, letter(w, x->letter), NULL), plain(w, " "), body);
    } else {
        writer first = *w;
        first.replace = x->letter;
        first.by = '1';
        const math *end = math_row(w->a, plus, math_row(w->a, body, plus, dots), NULL);
        body = math_row(w->a, operand(&first, x->a, BINDS_PRODUCT), math_row(w->a, plus, dots, NULL), end);
    }
    return math_bound(w->a, body, BINDS_SUM);
}

/* In a line only sums are written with blanks, and products with a derivative or a sum. */
static const math *line_infix(const writer *w, const index_tree *x, const rule *r, const math *a,
                              const math *b) {
    bool partial = index_has_partial(x->a) || index_has_partial(x->b) || x->a->kind == INDEX_LOSS;
    bool loose = r->binds == BINDS_SUM || (x->op == OP_MUL && (partial || x->b->kind == INDEX_SUM));
    math row = *math_row(w->a, a, math_glyph(r->sign), b);
    row.close_from = loose ? LINE_NEVER : LINE_LOOSE;
    return math_make(w->a, row);
}

static const math *infix(const writer *w, const index_tree *x, const rule *r) {
    uint8_t     least = x->b->kind == INDEX_SUM ? BINDS_ANY : r->right; /* nothing follows a sum */
    const math *a = operand(w, x->a, r->left), *bare = whole(w, x->b), *b = math_least(w->a, bare, least);
    if (!w->p) return line_infix(w, x, r, a, b);
    if (r->binds == BINDS_SUM) return math_sum(w->a, a, (glyph_id)r->sign, b);
    if (x->op == OP_DIV) return math_of(w->a, MATH_FRACTION, a, b);
    if (x->op == OP_POW) return math_above(w->a, a, b);
    bool digits = x->op == OP_MUL && bare->has & HAS_DIGIT_FIRST;
    return math_row(w->a, a, math_glyph(digits ? GLYPH_DOT : (glyph_id)r->sign), b);
}

typedef struct operands {
    const writer     *w;
    const index_tree *x;
} operands;

static const math *form_operand(void *user, int i, uint8_t least) {
    const operands *o = user;
    return operand(o->w, i == 0 ? o->x->a : i == 1 ? o->x->b : o->x->c, least);
}

static const math *set_function_of(const writer *w, const index_tree *x) {
    operands      o = {w, x};
    form_operands how = {.operand = form_operand, .user = &o};
    if (x->op != OP_OPEN) return set_form(w->p, op_table[x->op].form, &how);
    const math *name = math_primed(w->a, set_word(w->p, symbols_name(w->g->names, x->function)), x->primes);
    const math *call = math_row(w->a, math_glyph(GLYPH_OPEN), whole(w, x->a), math_glyph(GLYPH_CLOSE));
    return math_row(w->a, name, math_glyph(GLYPH_CALL), call);
}

static const math *line_function_of(const writer *w, const index_tree *x) {
    const math *list = whole(w, x->a), *comma = math_glyph(GLYPH_COMMA);
    if (x->b) list = math_row(w->a, list, comma, whole(w, x->b));
    if (x->c) list = math_row(w->a, list, comma, whole(w, x->c));
    line_of     line = {w->g, NULL};
    line_words  words = notation_words(&line);
    node        one = {.op = x->op, .attr = x->primes, .ref = x->function};
    const char *name = words.function(&line, w->a, &one);
    return math_row(w->a, plain(w, name), math_brackets(w->a, list, LINE_LOOSE), NULL);
}

static const math *operation(const writer *w, const index_tree *x) {
    const rule *r = (w->p ? entry_rules : line_rules) + x->op;
    if (!r->binds) return math_bound(w->a, w->p ? set_function_of(w, x) : line_function_of(w, x), BINDS_ATOM);
    if (x->b) return math_bound(w->a, infix(w, x, r), r->binds);
    return math_bound(w->a, math_row(w->a, math_glyph(r->sign), operand(w, x->a, r->left), NULL), r->binds);
}

/* --------------------------------------------------------------- derivatives */

static const math *delta(const writer *w, const index_tree *x) {
    if (!w->p) return math_row(w->a, math_glyph(GLYPH_CHANGE), place(w, x, false), NULL);
    const math *col = further(w, x->col, x->col_behind);
    const math *both = math_row(w->a, letter(w, x->row), math_glyph(GLYPH_BESIDE), col);
    return math_below(w->a, math_glyph(GLYPH_DELTA), both);
}

/* How `of`, or the loss, changes with `by`. */
static const math *partial(const writer *w, const index_tree *of, const index_tree *by) {
    const math *d = math_glyph(GLYPH_PARTIAL);
    const math *loss = w->p ? set_word(w->p, w->style->loss) : plain(w, w->style->loss);
    const math *above = math_row(w->a, d, of ? operand(w, of, BINDS_POWER) : loss, NULL);
    const math *below = math_row(w->a, d, operand(w, by, BINDS_POWER), NULL);
    if (w->p) return math_bound(w->a, math_of(w->a, MATH_FRACTION, above, below), BINDS_ATOM);
    return math_row(w->a, above, math_glyph(GLYPH_STROKE), below);
}

static const math *number(const writer *w, double value) {
    if (w->p) return math_number_set(w->a, value);
    return value == IR_PI ? plain(w, "pi") : math_number(w->a, value);
}

static const math *size(const writer *w, dim d) {
    const math *x = w->p ? set_dim(w->p, d) : plain(w, print_dim_text(w->g, w->a, d));
    return dim_is_sum(w->g->names, d) ? math_bound(w->a, x, BINDS_SUM) : x;
}

static const math *whole(const writer *w, const index_tree *x) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: return number(w, x->number);
    case INDEX_SIZE: return size(w, x->size);
    case INDEX_ENTRY: return entry(w, x);
    case INDEX_SUM: return sum(w, x);
    case INDEX_NODE: return operation(w, x);
    case INDEX_DELTA: return delta(w, x);
    case INDEX_AT: return at(w, x);
    case INDEX_PARTIAL: return partial(w, x->a, x->b);
    case INDEX_LOSS: return partial(w, NULL, x->a);
    }
    return &math_nothing;
}

const math *set_index(const notation *p, const index_tree *x, const index_style *style) {
    writer w = {.g = p->g, .a = p->a, .p = p, .style = style};
    return whole(&w, x);
}

void index_print(const ir *g, const index_tree *x, const index_style *style, buf *out) {
    arena scratch;
    arena_init(&scratch, out->mem);
    writer w = {.g = g, .a = &scratch, .style = style};
    math_write(&target_line, whole(&w, x), out);
    if (scratch.failed || g->names->a->failed) out->failed = true;
    arena_free(&scratch);
}

/* Nodes -> mathematics: in a line, which parses back to the same node, or set.
 *
 * The two have rules of their own: in a line brackets stand exactly where precedence needs them; in set
 * mathematics where a reader would need them, as a factor that is a number may stand anywhere in a matrix
 * product, a fraction brackets itself, and what stands side by side binds more tightly than an
 * entry-by-entry product. Nodes are made in their order, operands first. */
#include <assert.h>
#include <string.h>

#include "core/ir/dims.h"
#include "core/notation/inside.h"

const rule line_rules[OP_COUNT] = {
    COMPARISONS(BINDS_COMPARE, BINDS_SUM), /* they do not chain */
    [OP_ADD] = {BINDS_SUM, BINDS_SUM, BINDS_PRODUCT, GLYPH_PLUS},
    [OP_SUB] = {BINDS_SUM, BINDS_SUM, BINDS_PRODUCT, GLYPH_MINUS},
    [OP_MUL] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_POWER, GLYPH_TIMES}, /* a * (-b) reads better */
    [OP_DIV] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_POWER, GLYPH_OVER},
    [OP_MATMUL] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_POWER, GLYPH_SIDE},
    [OP_NEG] = {BINDS_NEGATE, BINDS_NEGATE, 0, GLYPH_NEGATIVE},
    [OP_POW] = {BINDS_POWER, BINDS_ATOM, BINDS_POWER, GLYPH_POWER},
    [OP_TRANSPOSE] = {BINDS_ATOM, BINDS_ATOM, 0, GLYPH_TRANSPOSED},
};

const rule set_rules[OP_COUNT] = {
    COMPARISONS(BINDS_CLOSED, BINDS_SUM), /* in brackets of their own */
    [OP_ADD] = {BINDS_SUM, BINDS_SUM, BINDS_ENTRIES, GLYPH_PLUS},
    [OP_SUB] = {BINDS_SUM, BINDS_SUM, BINDS_ENTRIES, GLYPH_MINUS},
    [OP_MUL] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_PRODUCT, GLYPH_SIDE}, /* with a number */
    [OP_MATMUL] = {BINDS_PRODUCT, BINDS_PRODUCT, BINDS_CLOSED, GLYPH_SIDE},
    [OP_KRON] = {BINDS_ENTRIES, BINDS_ENTRIES, BINDS_PRODUCT, GLYPH_KRON},
    [OP_NEG] = {BINDS_MINUS, BINDS_ENTRIES, 0, GLYPH_NEGATIVE},
    [OP_DIV] = {BINDS_CLOSED, BINDS_ANY, BINDS_ANY, GLYPH_NONE},
    [OP_POW] = {BINDS_CLOSED, BINDS_ATOM, BINDS_ANY, GLYPH_NONE},
    [OP_TRANSPOSE] = {BINDS_CLOSED, BINDS_ATOM, 0, GLYPH_NONE},
};

static const rule by_entries = {BINDS_ENTRIES, BINDS_ENTRIES, BINDS_PRODUCT, GLYPH_TIMES};

typedef struct writer {
    const ir         *g;
    arena            *a;
    const line_words *words; /* of a line .. */
    const notation   *p;     /* .. or the names of what is set */
    const bool       *small;
    node_list         need;
    const math      **made;  /* by place in it */
} writer;

static const math *made(const writer *w, node_id n) {
    const math *x = w->made[node_list_place(&w->need, n)];
    assert(x); /* operands come first */
    return x;
}

static bool is_scalar(const writer *w, node_id n) {
    return (w->p && w->p->numbers) || shape_is_scalar(ir_shape(w->g, n));
}

/* ------------------------------------------------------------------ in a line */

static const math *plain(const writer *w, const char *text) {
    return math_leaf(w->a, MATH_PLAIN, text);
}

/* "float(%)" around something. */
static const math *put_into(const writer *w, const char *around, const math *x) {
    const char *at = strchr(around, '%');
    assert(at);
    return math_row(w->a, plain(w, arena_text(w->a, around, (size_t)(at - around))), x, plain(w, at + 1));
}

static const math *line_operand(const writer *w, const node *x, int i, uint8_t least) {
    const math *m = made(w, x->arg[i]);
    const char *around = w->words->around ? w->words->around(w->words->user, x, i) : NULL;
    if (around) return put_into(w, around, m);
    bool close = is_scalar(w, x->arg[i]) || ir_node(w->g, x->arg[i])->op == OP_NEG;
    return m->binds < least ? math_brackets(w->a, m, close ? LINE_AS_AROUND : LINE_LOOSE) : m;
}

/* A quotient is written close in a sum and in a function's operand, a product of numbers inside a fraction
 * and there, a fraction of numbers always. */
static uint8_t close_from(const writer *w, const node *x, const rule *r) {
    bool numbers = is_scalar(w, x->arg[0]) && is_scalar(w, x->arg[1]);
    if (r->sign == GLYPH_OVER) return numbers ? LINE_LOOSE : LINE_IN_SUM;
    return x->op == OP_MUL && numbers ? LINE_IN_FRACTION : LINE_NEVER;
}

static const math *line_operator(const writer *w, const node *x, const rule *r) {
    const math *a = line_operand(w, x, 0, r->left), *sign = math_glyph(r->sign);
    math        row = *math_row(w->a, a, sign, NULL);
    if (x->op == OP_NEG) row.part[0] = sign, row.part[1] = a;
    else row.inside = r->binds == BINDS_SUM ? w->words->in_sum : LINE_LOOSE;
    if (r->right) {
        row.part[2] = line_operand(w, x, 1, r->right);
        row.close_from = close_from(w, x, r);
    }
    row.binds = r->binds;
    return math_make(w->a, row);
}

static const math *line_dim(const writer *w, dim d) {
    return plain(w, w->words->dim(w->words->user, w->a, d));
}

/* 2:5 */
static const math *line_range(const writer *w, const node *x) {
    dim end = 0, n = shape_along(x->sh, x->attr);
    if (!dim_add(w->g->names, x->ref, n, &end)) return &math_nothing;
    return math_row(w->a, line_dim(w, x->ref), plain(w, ":"), line_dim(w, end));
}

/* Z[2:5, :], Z[2:5, 0:1] */
static const math *line_slice(const writer *w, const node *x) {
    const node *of = ir_node(w->g, x->arg[0]);
    bool        both = x->attr == AXIS_1 && of->op == OP_SLICE && of->attr == AXIS_0;
    const math *all = plain(w, ":"), *range = line_range(w, x), *comma = math_glyph(GLYPH_COMMA);
    if (both) range = math_row(w->a, line_range(w, of), comma, range);
    else range = x->attr == AXIS_0 ? math_row(w->a, range, comma, all) : math_row(w->a, all, comma, range);
    range = math_row(w->a, plain(w, "["), range, plain(w, "]"));
    const math *a = line_operand(w, both ? of : x, 0, BINDS_ATOM);
    return math_bound(w->a, math_row(w->a, a, range, NULL), BINDS_ATOM);
}

/* The operands of what was put together one after the other are one list. */
static const math *line_joined(const writer *w, const node *x) {
    const node *first = ir_node(w->g, x->arg[0]);
    const math *right = line_operand(w, x, 1, BINDS_ANY), *comma = math_glyph(GLYPH_COMMA);
    bool        more = first->op == x->op && first->attr == x->attr;
    return math_row(w->a, more ? line_joined(w, first) : line_operand(w, x, 0, BINDS_ANY), comma, right);
}

/* A, before, after */
static const math *line_padded(const writer *w, const node *x) {
    const math *comma = math_glyph(GLYPH_COMMA), *a = line_operand(w, x, 0, BINDS_ANY);
    const math *ends = math_row(w->a, line_dim(w, x->ref), comma, line_dim(w, ir_piece_rest(w->g, x)));
    return math_row(w->a, a, comma, ends);
}

static const math *line_call(const writer *w, const node *x) {
    const line_words *words = w->words;
    bool              one = op_elementwise(x->op) && op_table[x->op].arity == 1;
    const math       *list = x->op == OP_PAD ? line_padded(w, x) : line_operand(w, x, 0, BINDS_ANY);
    if (x->op == OP_CONCAT) list = line_joined(w, x);
    for (int i = 1; i < op_table[x->op].arity && x->op != OP_CONCAT; i++) {
        const node *b = ir_node(w->g, x->arg[i]);
        bool        keep = x->op == OP_DROPOUT && b->op == OP_VAR;
        const math *next = keep ? plain(w, words->keep(words->user, w->a, b)) : line_operand(w, x, i, 0);
        list = math_row(w->a, list, math_glyph(GLYPH_COMMA), next);
    }
    const char *behind = words->behind(words->user, x);
    if (behind[0]) list = math_row(w->a, list, plain(w, behind), NULL);
    list = math_brackets(w->a, list, one ? words->in_call : LINE_LOOSE);
    return math_row(w->a, plain(w, words->function(words->user, w->a, x)), list, NULL);
}

static const math *line_one(const writer *w, const node *x) {
    bool        masked = x->op == OP_DROPOUT && !w->words->keep;
    const rule *r = &line_rules[masked ? OP_MUL : x->op];
    if (op_table[x->op].arity == 0 || ir_is_eye(w->g, x))
        return plain(w, w->words->leaf(w->words->user, w->a, x));
    if (x->op == OP_SLICE) return line_slice(w, x);
    return r->binds ? line_operator(w, x, r) : line_call(w, x);
}

/* ------------------------------------------------------------------------ set */

/* Does a reduction reduce anything? */
static bool reduces(const writer *w, const node *x) {
    return op_table[x->op].rule == SHAPE_REDUCED && x->op != OP_NORM && !is_scalar(w, x->arg[0]);
}

static const math *right_of_sign(const writer *w, node_id n, uint8_t least) {
    const math *x = made(w, n);
    return math_least(w->a, x, x->has & HAS_MINUS_FIRST ? BINDS_BRACKET : least);
}

/* A factor behind a sum sign would be taken for a part of what is summed. */
static const math *left_of_factor(const writer *w, node_id n, uint8_t least) {
    const math *x = made(w, n);
    if (ir_node(w->g, n)->op == OP_NEG) least = BINDS_MINUS;
    return math_least(w->a, x, x->has & HAS_SUM_LAST ? BINDS_BRACKET : least);
}

static const math *set_product(const writer *w, const node *x) {
    bool        number = is_scalar(w, x->arg[0]) || is_scalar(w, x->arg[1]);
    bool        entries = x->op == OP_MUL && !number;
    const rule *r = entries ? &by_entries : &set_rules[number ? OP_MUL : OP_MATMUL];
    glyph_id     sign = !entries && made(w, x->arg[1])->has & HAS_DIGIT_FIRST ? GLYPH_DOT : (glyph_id)r->sign;
    const math *a = left_of_factor(w, x->arg[0], r->left), *b = right_of_sign(w, x->arg[1], r->right);
    return math_bound(w->a, math_row(w->a, a, math_glyph(sign), b), r->binds);
}

/* A matrix to a power is a power of its entries. */
static const math *set_power(const writer *w, const node *x, const rule *r) {
    bool        matrix = !is_scalar(w, x->arg[0]);
    const math *power = math_least(w->a, made(w, x->arg[1]), matrix ? BINDS_MINUS : r->right);
    if (matrix) power = math_row(w->a, math_glyph(GLYPH_EACH_POWER), power, NULL);
    return math_above(w->a, math_least(w->a, made(w, x->arg[0]), r->left), power);
}

static const math *set_negative(const writer *w, const node *x, const rule *r) {
    math row = *math_row(w->a, math_glyph(r->sign), right_of_sign(w, x->arg[0], r->left), NULL);
    row.has |= HAS_MINUS_FIRST;
    row.binds = r->binds;
    return math_make(w->a, row);
}

/* A to the power -1, or -⊤: the inverse of a transpose is the transpose of the inverse. */
static const math *set_inverse(const writer *w, node_id of, bool turned) {
    for (; ir_node(w->g, of)->op == OP_TRANSPOSE; of = ir_node(w->g, of)->arg[0]) turned = !turned;
    const math *sign = turned ? math_glyph(GLYPH_TOP) : math_leaf(w->a, MATH_NUMBER, "1");
    const math *power = math_row(w->a, math_glyph(GLYPH_NEGATIVE), sign, NULL);
    return math_above(w->a, math_least(w->a, made(w, of), BINDS_ATOM), power);
}

/* W with its layer above it, and the transposition behind that; NULL: nothing stands above it. */
static const math *set_turned_layer(const writer *w, node_id n) {
    const math *name = ir_node(w->g, n)->op == OP_VAR ? made(w, n) : &math_nothing;
    int         i = name->kind == MATH_ABOVE ? 1 : name->kind == MATH_BOTH ? 2 : 0;
    if (!i || name->part[i]->kind != MATH_RAISED) return NULL;
    math turned = *name;
    const math *above = math_row(w->a, name->part[i]->part[0], math_glyph(GLYPH_TOP), NULL);
    turned.part[i] = math_of(w->a, MATH_RAISED, above, NULL);
    return math_make(w->a, turned);
}

static const math *set_transposed(const writer *w, const node *x, const math *a) {
    const node *of = ir_node(w->g, x->arg[0]);
    const math *layer = set_turned_layer(w, x->arg[0]);
    if (layer) return layer;
    return of->op == OP_INV ? set_inverse(w, of->arg[0], true) : math_transposed(w->a, a);
}

static const math *set_operator(const writer *w, const node *x, const rule *r) {
    const math *a = math_least(w->a, made(w, x->arg[0]), r->left);
    switch ((op_id)x->op) {
    case OP_MUL: case OP_MATMUL: return set_product(w, x);
    case OP_NEG: return set_negative(w, x, r);
    case OP_POW: return set_power(w, x, r);
    case OP_TRANSPOSE: return set_transposed(w, x, a);
    case OP_DIV: return math_of(w->a, MATH_FRACTION, a, made(w, x->arg[1]));
    case OP_ADD: case OP_SUB:
        return math_sum(w->a, a, (glyph_id)r->sign, right_of_sign(w, x->arg[1], r->right));
    case OP_KRON:
        a = math_row(w->a, a, math_glyph(r->sign), right_of_sign(w, x->arg[1], r->right));
        return math_bound(w->a, a, r->binds);
    default: /* comparisons */
        a = math_row(w->a, a, math_glyph(r->sign), math_least(w->a, made(w, x->arg[1]), r->right));
        return math_bound(w->a, math_fence(w->a, GLYPH_SQUARE, a, GLYPH_SQUARE_CLOSE), r->binds);
    }
}

/* Rows 3 to 5: counted from 1, as entries are. */
static const math *set_slice(const writer *w, const node *x) {
    dim first = 0, last = 0, n = shape_along(x->sh, x->attr);
    if (!dim_add(w->g->names, x->ref, dim_literal(1), &first) || !dim_add(w->g->names, x->ref, n, &last))
        return &math_nothing;
    const math *range = set_dim(w->p, first), *all = math_glyph(GLYPH_ALL),
               *beside = math_glyph(GLYPH_BESIDE);
    if (n != dim_literal(1)) range = math_row(w->a, range, math_glyph(GLYPH_UP_TO), set_dim(w->p, last));
    range = x->attr == AXIS_0 ? math_row(w->a, range, beside, all) : math_row(w->a, all, beside, range);
    const math *of = made(w, x->arg[0]);
    bool        bare = of->kind == MATH_LETTER || of->kind == MATH_GLYPH || of->kind == MATH_WORD;
    if (!bare) of = math_least(w->a, of, BINDS_BRACKET);
    return math_bound(w->a, math_below(w->a, of, range), BINDS_CLOSED);
}

/* (n + 1) times m */
static const math *set_dims(const writer *w, shape s) {
    const math *rows = math_least(w->a, set_dim(w->p, s.rows), BINDS_PRODUCT);
    return math_row(w->a, rows, math_glyph(GLYPH_BY), math_least(w->a, set_dim(w->p, s.cols), BINDS_PRODUCT));
}

static const math *set_zeros(const writer *w, shape s) {
    return math_below(w->a, math_leaf(w->a, MATH_NUMBER, "0"), set_dims(w, s));
}

/* One more block below those that are there, or beside them. */
static const math *set_next(const writer *w, const math *rows, uint8_t axis, const math *x) {
    return rows ? math_of(w->a, axis == AXIS_0 ? MATH_NEXT : MATH_CELL, rows, x) : x;
}

static const math *set_blocks(const writer *w, const math *rows) {
    return math_bound(w->a, math_of(w->a, MATH_MATRIX, rows, NULL), BINDS_ATOM);
}

static const math *set_padded(const writer *w, const node *x) {
    shape       s = x->sh;
    dim        *own = x->attr == AXIS_0 ? &s.rows : &s.cols, rest = ir_piece_rest(w->g, x);
    const math *rows = NULL;
    *own = x->ref;
    if (x->ref) rows = set_zeros(w, s);
    rows = set_next(w, rows, x->attr, made(w, x->arg[0]));
    *own = rest;
    return set_blocks(w, rest ? set_next(w, rows, x->attr, set_zeros(w, s)) : rows);
}

static const math *set_parts(const writer *w, const node *x) {
    const node *first = ir_node(w->g, x->arg[0]);
    bool        more = first->op == x->op && first->attr == x->attr;
    return set_next(w, more ? set_parts(w, first) : made(w, x->arg[0]), x->attr, made(w, x->arg[1]));
}

/* i and all columns, all rows and t, or i,t. */
static const math *reduced_place(const writer *w, uint8_t axis, const math *row, const math *col) {
    const math *each = math_glyph(GLYPH_EACH), *gap = math_glyph(GLYPH_GAP);
    if (axis == AXIS_ALL) return math_row(w->a, row, math_glyph(GLYPH_BESIDE), col);
    return axis == AXIS_0 ? math_row(w->a, row, gap, each) : math_row(w->a, each, gap, col);
}

/* The sum over t = 1 .. m of (Z_1) at all rows and t: columns added up; entries if all of them are. */
static const math *set_reduction(const writer *w, const node *x) {
    const math *row = math_leaf(w->a, MATH_LETTER, w->p->row), *col = math_leaf(w->a, MATH_LETTER, w->p->col);
    const math *place = reduced_place(w, x->attr, row, col);
    const math *below = x->attr == AXIS_ALL ? place : x->attr == AXIS_0 ? row : col;
    const math *sign = form_name(w->p, op_table[x->op].form);
    shape       s = ir_shape(w->g, x->arg[0]);
    if (x->op == OP_SUM && x->attr != AXIS_ALL) {
        below = math_row(w->a, below, math_glyph(GLYPH_FROM), math_leaf(w->a, MATH_NUMBER, "1"));
        sign = math_below(w->a, sign, below);
        sign = math_above(w->a, sign, set_dim(w->p, x->attr == AXIS_0 ? s.rows : s.cols));
    } else {
        sign = math_below(w->a, sign, below);
    }
    const math *of = made(w, x->arg[0]);
    bool        name = of->kind == MATH_LETTER || of->kind == MATH_GLYPH;
    of = math_below(w->a, math_least(w->a, of, name ? BINDS_ANY : BINDS_BRACKET), place);
    math all = *math_row(w->a, sign, math_glyph(x->op == OP_SUM ? GLYPH_GAP : GLYPH_APPLY), of);
    all.has |= HAS_SUM_LAST;
    all.binds = BINDS_PRODUCT;
    return math_make(w->a, all);
}

static const math *set_leaf(const writer *w, const node *x) {
    switch ((op_id)x->op) {
    case OP_NUMBER: return math_number_set(w->a, w->g->numbers.at[x->ref]);
    case OP_SIZE: return set_dim(w->p, x->ref);
    case OP_VAR: return set_name(w->p, x->ref, w->small && w->small[x->ref]);
    default: return math_below(w->a, math_glyph(GLYPH_ONES), set_dims(w, x->sh));
    }
}

/* The operands of the form of one node. */
typedef struct operands {
    const writer *w;
    const node   *x;
} operands;

static const math *form_operand(void *user, int i, uint8_t least) {
    const operands *o = user;
    return math_least(o->w->a, made(o->w, o->x->arg[i]), least);
}

/* solve(A, B) is A to the power -1 times B. */
static const math *set_solution(const writer *w, const node *x) {
    const math *b = right_of_sign(w, x->arg[1], set_rules[OP_MATMUL].right);
    const math *row = math_row(w->a, set_inverse(w, x->arg[0], false), math_glyph(GLYPH_SIDE), b);
    return math_bound(w->a, row, BINDS_PRODUCT);
}

/* The norm of each column or row has the place of a column or row below. */
static const math *set_norms(const writer *w, const node *x, const math *norm) {
    const math *row = math_leaf(w->a, MATH_LETTER, w->p->row), *col = math_leaf(w->a, MATH_LETTER, w->p->col);
    return math_below(w->a, norm, x->attr == AXIS_0 ? col : row);
}

/* Does it run along an axis that a reader would not expect, or could not know? */
static bool names_axis(const writer *w, const node *x) {
    if (op_table[x->op].rule != SHAPE_SAME || x->op == OP_OPEN || shape_is_scalar(x->sh)) return false;
    return x->op == OP_CUMSUM || x->op == OP_CUMSUM_BACK || x->attr != ir_class_axis(w->g, x->sh);
}

/* cumsum_i: the letter that runs stands below the name. */
static const math *set_along(const writer *w, const node *x) {
    const math *name = form_name(w->p, op_table[x->op].form);
    name = math_below(w->a, name, math_leaf(w->a, MATH_LETTER, x->attr == AXIS_0 ? w->p->row : w->p->col));
    const math *operand = math_brackets(w->a, made(w, x->arg[0]), LINE_AS_AROUND);
    return math_row(w->a, name, math_glyph(GLYPH_CALL), operand);
}

static const math *set_eye(const writer *w, const node *x) {
    return math_below(w->a, math_leaf(w->a, MATH_LETTER, "I"), set_dim(w->p, x->sh.rows));
}

static const math *set_call(const writer *w, const node *x) {
    operands      o = {w, x};
    form_operands how = {.operand = form_operand, .user = &o, .grows = true};
    const math   *first = made(w, x->arg[0]), *call;
    if (x->op == OP_OPEN) {
        const math *name = math_primed(w->a, set_function(w->p, x->ref), x->attr);
        call = math_row(w->a, name, math_glyph(GLYPH_CALL), math_brackets(w->a, first, LINE_AS_AROUND));
    } else if (op_table[x->op].rule == SHAPE_REDUCED && x->op != OP_NORM) { /* of one number */
        call = math_brackets(w->a, first, LINE_AS_AROUND);
    } else if (names_axis(w, x)) {
        call = set_along(w, x);
    } else {
        call = set_form(w->p, op_table[x->op].form, &how);
        if (x->op == OP_NORM && x->attr != AXIS_ALL) call = set_norms(w, x, call);
    }
    return math_bound(w->a, call, BINDS_CLOSED);
}

static const math *set_one(const writer *w, const node *x) {
    const rule *r = &set_rules[x->op];
    if (op_table[x->op].arity == 0) return set_leaf(w, x);
    if (r->binds) return set_operator(w, x, r);
    if (x->op == OP_SLICE) return set_slice(w, x);
    if (x->op == OP_PAD) return set_padded(w, x);
    if (x->op == OP_CONCAT) return set_blocks(w, set_parts(w, x));
    if (x->op == OP_INV) return set_inverse(w, x->arg[0], false);
    if (x->op == OP_SOLVE) return set_solution(w, x);
    if (ir_is_eye(w->g, x)) return set_eye(w, x);
    return reduces(w, x) ? set_reduction(w, x) : set_call(w, x);
}

/* ----------------------------------------------------------------------- both */

static const math *make_all(writer *w, node_id root) {
    if (!root || ir_reach(w->g, w->a, &root, 1, &w->need) != DFOO_OK) return &math_nothing;
    w->made = arena_new(w->a, w->need.list.n * sizeof *w->made);
    if (!w->made) return &math_nothing;
    for (uint32_t i = 0; i < w->need.list.n; i++) {
        const node *x = ir_node(w->g, w->need.list.at[i]);
        w->made[i] = w->p ? set_one(w, x) : line_one(w, x);
    }
    if (w->g->names->a->failed) w->a->failed = true; /* a sum of dimensions that could not be named */
    return made(w, root);
}

const math *line_math(const line_words *words, const ir *g, arena *a, node_id n, const char *around) {
    writer      w = {.g = g, .a = a, .words = words};
    const math *x = make_all(&w, n);
    return around ? put_into(&w, around, x) : x;
}

const math *set_node(const notation *p, node_id n, const bool *small) {
    writer w = {.g = p->g, .a = p->a, .p = p, .small = small};
    return make_all(&w, n);
}

/* One operation down a route with letters: which entry of the operand an entry of the result changes with,
 * and how
 * much. */
#include "teach/tell/entries.h"

index_tree *entries_entry(entries *e, node_id n, letters at) {
    char        row = at.row_range ? '~' : at.row, col = at.col_range ? '^' : at.col;
    index_tree *x = index_of_node(&e->env, n, row, col);
    if (at.row_range && !index_replace(x, row, at.row, at.row_behind, at.row_range)) return NULL;
    if (at.col_range && !index_replace(x, col, at.col, at.col_behind, at.col_range)) return NULL;
    return x;
}

static letters fit(const teller *t, node_id n, letters at) {
    shape s = ir_shape(t->g, n);
    if (s.rows == dim_literal(1) || shape_is_scalar(s)) at.row = '1', at.row_behind = at.row_range = 0;
    if (s.cols == dim_literal(1) || shape_is_scalar(s)) at.col = '1', at.col_behind = at.col_range = 0;
    return at;
}

/* Letters for what a sum or a maximum joins. */
static letters joined(entries *e, const node *x, letters at) {
    shape s = ir_shape(e->t->g, x->arg[0]);
    if (shape_is_scalar(s)) return at;
    if (x->attr != AXIS_1) at.row = s.rows == dim_literal(1) ? '1' : index_fresh(&e->env, s.rows);
    if (x->attr != AXIS_0) at.col = s.cols == dim_literal(1) ? '1' : index_fresh(&e->env, s.cols);
    return at;
}

/* y[i] * (δ[i,k] - y[k]), and for the logarithm δ[i,k] - exp(y[k]). */
static index_tree *softmax_factor(entries *e, const hop *h, letters from, letters to) {
    bool        down = ir_node(e->t->g, h->n)->attr == AXIS_0;
    char        own = down ? from.row : from.col, other_own = down ? to.row : to.col;
    index_tree *same = other_own == '1' ? index_number(&e->env, 1) : index_delta(&e->env, own, other_own);
    index_tree *y = entries_entry(e, h->y, from), *other = entries_entry(e, h->y, to);
    if (h->kind == HOP_LOG_SOFTMAX)
        return index_op(&e->env, OP_SUB, same, index_op(&e->env, OP_EXP, other, NULL));
    return index_op(&e->env, OP_MUL, y, index_op(&e->env, OP_SUB, same, other));
}

static index_tree *mean_factor(entries *e, const hop *h) {
    ir          *g = e->t->g;
    const node  *x = ir_node(g, h->n);
    template_env env = {.arg = {x->arg[0], 0, 0}, .y = h->y, .dy = ir_number(g, 1), .axis = x->attr};
    node_id      n = template_build(g, ir_grad(g, OP_MEAN, 0), &env); /* 1/count * 1 * ones */
    while (n && ir_node(g, n)->op == OP_MUL) n = ir_node(g, n)->arg[0];
    return n ? entries_entry(e, n, letters_at('1', '1')) : NULL;
}

/* y = a @ b, down to one of them: the letter of what they share, and the entry of the other. */
static index_tree *product_down(entries *e, const hop *h, letters *at) {
    node    x = *ir_node(e->t->g, h->n);
    dim     inner = ir_shape(e->t->g, x.arg[0]).cols;
    char    k = inner == dim_literal(1) ? '1' : index_fresh(&e->env, inner);
    letters left = {at->row, k, at->row_behind, 0, at->row_range, 0};
    letters right = {k, at->col, 0, at->col_behind, 0, at->col_range};
    bool    is_left = h->kind == HOP_LEFT;
    *at = is_left ? left : right;
    return entries_entry(e, x.arg[is_left], is_left ? right : left);
}

/* An entry's part of the maximum that it belongs to. */
static index_tree *max_factor(entries *e, const hop *h, letters at) {
    ir     *g = e->t->g;
    node_id is = ir_op2(g, OP_EQ, h->to, h->y);
    return entries_entry(e, ir_op2(g, OP_DIV, is, ir_op(g, OP_SUM, ir_node(g, h->n)->attr, is, 0, 0)), at);
}

static index_tree *softmax_down(entries *e, const hop *h, letters *at) {
    letters from = *at;
    if (from.row_range || from.col_range) return NULL;
    bool    down = ir_node(e->t->g, h->n)->attr == AXIS_0;
    shape   s = ir_shape(e->t->g, h->n);
    dim     along = down ? s.rows : s.cols;
    char    k = along == dim_literal(1) ? '1' : index_fresh(&e->env, along);
    if (down) at->row = k;
    else at->col = k;
    return softmax_factor(e, h, from, *at);
}

/* Two new letters for an entry that acts on every entry above it. */
static letters any_entry(entries *e, node_id n) {
    shape s = ir_shape(e->t->g, n);
    return fit(e->t, n, letters_at(index_fresh(&e->env, s.rows), index_fresh(&e->env, s.cols)));
}

/* y = inv(a): -y[i,p] * y[q,j]. y = solve(a, b): by a -inv(a)[i,p] * y[q,j], by b inv(a)[i,p]. */
static index_tree *inverse_factor(entries *e, const hop *h, letters from, letters to) {
    const node  x = *ir_node(e->t->g, h->n);
    node_id     inverse = x.op == OP_INV ? h->y : ir_op1(e->t->g, OP_INV, x.arg[0]);
    index_tree *left = inverse ? entries_entry(e, inverse, letters_at(from.row, to.row)) : NULL;
    if (!left || h->operand) return left;
    index_tree *right = entries_entry(e, h->y, letters_at(to.col, from.col));
    return index_op(&e->env, OP_NEG, index_op(&e->env, OP_MUL, left, right), NULL);
}

/* det(a): y * inv(a)[q,p]; its logarithm without y. */
static index_tree *det_factor(entries *e, const hop *h, letters to) {
    const node  x = *ir_node(e->t->g, h->n);
    node_id     inverse = ir_op1(e->t->g, OP_INV, x.arg[0]);
    index_tree *entry = inverse ? entries_entry(e, inverse, letters_at(to.col, to.row)) : NULL;
    if (x.op == OP_LOGDET || !entry) return entry;
    return index_op(&e->env, OP_MUL, entries_entry(e, h->y, to), entry);
}

/* Where an entry stands on a diagonal: the other letter is the same. */
static index_tree *diag_down(entries *e, const hop *h, letters *at) {
    letters from = *at;
    bool    from_column = ir_shape(e->t->g, h->to).cols == dim_literal(1);
    if (from_column) return index_delta(&e->env, from.row, from.col);
    at->col = index_fresh(&e->env, 0);
    return index_delta(&e->env, from.row, at->col);
}

/* Row i of what is taken is row i + n of what it is taken from. Row k of what a part is put into is row i + n
 * where
 * i is its row of the part: k is that from here on. */
static index_tree *piece_down(entries *e, const hop *h, letters *at, renamed *r) {
    const node *x = ir_node(e->t->g, h->n);
    dim   start = ir_piece_start(e->t->g, x, h->operand), n = shape_along(ir_shape(e->t->g, h->to), x->attr);
    char *own = x->attr == AXIS_0 ? &at->row : &at->col;
    dim  *behind = x->attr == AXIS_0 ? &at->row_behind : &at->col_behind;
    dim  *range = x->attr == AXIS_0 ? &at->row_range : &at->col_range;
    if (*range) return NULL;
    if (x->op == OP_SLICE) {
        *behind = start;
        *range = shape_along(x->sh, x->attr);
        return index_number(&e->env, 1);
    }
    *r = (renamed){.letter = *own, .by = n == dim_literal(1) ? '1' : index_fresh(&e->env, n), .start = start,
                   .range = n};
    if (*own == '1') return NULL;
    *own = r->by;
    return index_number(&e->env, 1);
}

/* NULL: no letters say which entries act on which, as in a cumsum. */
static index_tree *table_down(entries *e, const hop *h, letters *at, renamed *r) {
    const node x = *ir_node(e->t->g, h->n);
    letters    from = *at;
    uint8_t    rule = op_table[x.op].rule;
    if (rule == SHAPE_PIECE || rule == SHAPE_JOINED) return piece_down(e, h, at, r);
    if (rule > SHAPE_JOINED || from.row_range || from.col_range) return NULL;
    if (x.op == OP_DIAG) return diag_down(e, h, at);
    if (x.op == OP_CUMSUM || x.op == OP_CUMSUM_BACK) return NULL;
    if (x.op == OP_NORM) {
        *at = joined(e, &x, from);
        return index_op(&e->env, OP_DIV, entries_entry(e, h->to, *at), entries_entry(e, h->y, from));
    }
    *at = any_entry(e, h->to);
    if (h->operand) at->col = from.col;
    if (x.op == OP_TRACE) return index_delta(&e->env, at->row, at->col);
    return x.op == OP_INV || x.op == OP_SOLVE ? inverse_factor(e, h, from, *at) : det_factor(e, h, *at);
}

static bool joins_entries(const hop *h) {
    return h->kind == HOP_SUM || h->kind == HOP_MEAN || h->kind == HOP_MAX;
}

/* One hop down: the factor it gives, and the letters behind it. */
index_tree *entries_step_down(entries *e, const hop *h, letters *at, renamed *r) {
    const node  x = *ir_node(e->t->g, h->n);
    index_tree *out = index_number(&e->env, 1);
    letters     from = *at;
    *r = (renamed){0};
    if (joins_entries(h)) *at = joined(e, &x, from);
    switch ((hop_kind)h->kind) {
    case HOP_ENTRY: out = entries_entry(e, h->factor, from); break;
    case HOP_LEFT: case HOP_RIGHT: out = product_down(e, h, at); break;
    case HOP_TURN: 
        *at = (letters){from.col, from.row, from.col_behind, from.row_behind, from.col_range, from.row_range};
        break;
    case HOP_MEAN: out = mean_factor(e, h); break;
    case HOP_MAX: out = max_factor(e, h, *at); break;
    case HOP_SOFTMAX: case HOP_LOG_SOFTMAX: out = softmax_down(e, h, at); break;
    case HOP_TABLE: out = table_down(e, h, at, r); break;
    case HOP_SUM: break;
    case HOP_OTHER: return NULL;
    }
    *at = fit(e->t, h->to, *at);
    return at->row && at->col ? out : NULL;
}

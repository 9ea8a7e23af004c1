/* A product that does not fit is told by the shapes of its two factors. The sizes of a case are all
 * different, so shapes tell the matrices: a row of the catalogue that is a product of just these at some step
 * is the mistake. */
#include "teach/judge/failure.h"

#include <string.h>

typedef struct factor {
    int64_t rows, cols;
} factor;

static factor of_shape(const judge_case *c, shape s, bool transposed) {
    factor f = {(int64_t)sizes_get(&c->sz, s.rows), (int64_t)sizes_get(&c->sz, s.cols)};
    if (shape_is_scalar(s)) f = (factor){1, 1};
    return transposed ? (factor){f.cols, f.rows} : f;
}

/* "a", "b.T", "dy": a word of a row's text at a step. false: it is something else. */
static bool read_factor(const judge_case *c, const step *s, const char *word, size_t len, factor *out) {
    const ir *g = c->s->g;
    bool      transposed = len > 2 && memcmp(word + len - 2, ".T", 2) == 0;
    size_t    n = transposed ? len - 2 : len;
    node_id   at = n == 1 && *word == 'a'                       ? ir_node(g, s->op)->arg[0]
                   : n == 1 && *word == 'b'                     ? ir_node(g, s->op)->arg[1]
                   : n == 2 && word[0] == 'd' && word[1] == 'y' ? s->in
                                                                : 0;
    if (!at) return false;
    *out = of_shape(c, ir_shape(g, at), transposed);
    return true;
}

static bool is_product_of(const judge_case *c, const step *s, const mistake *row, const factor want[2]) {
    const char *sign = strstr(row->text, " @ "), *second = sign ? sign + 3 : NULL;
    factor      f[2];
    if (!second || strpbrk(row->text, "( ") < sign || strpbrk(second, " (")) return false;
    if (!read_factor(c, s, row->text, (size_t)(sign - row->text), &f[0])) return false;
    if (!read_factor(c, s, second, strlen(second), &f[1])) return false;
    return memcmp(f, want, sizeof f) == 0;
}

static bool is_square(factor f) {
    return f.rows == f.cols;
}

static const mistake *row_called(const char *name) {
    uint32_t i = 0;
    while (i < mistake_count && strcmp(mistake_table[i].name, name) != 0) i++;
    return i < mistake_count ? &mistake_table[i] : NULL;
}

static bool is_factor(factor x, factor y) {
    return x.rows == y.rows && x.cols == y.cols;
}

/* Has a variable of that kind this shape, as it is or transposed? */
static bool is_another(const judge_case *c, factor f, node_id own, bool parameter) {
    const ir *g = c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        bool kind = parameter ? x->kind == VAR_PARAM : x->kind == VAR_DEFINED || x->kind == VAR_INPUT;
        if (!kind || x->leaf == own) continue;
        if (is_factor(of_shape(c, x->sh, false), f) || is_factor(of_shape(c, x->sh, true), f)) return true;
    }
    return false;
}

/* What the two factors of a product should be at a step; one of them fits, and the other is another layer's.
 */
static const mistake *row_of_step(const judge_case *c, const step *s, const factor want[2]) {
    const ir *g = c->s->g;
    node_id   a = ir_node(g, s->op)->arg[0], b = ir_node(g, s->op)->arg[1];
    factor    dy = of_shape(c, ir_shape(g, s->in), false);
    if (s->operand == 1) {
        bool other = !is_factor(want[0], of_shape(c, ir_shape(g, a), true));
        if (is_factor(want[1], dy) && other && is_another(c, want[0], a, true))
            return row_called("dA from another layer's W");
        return NULL;
    }
    if (is_factor(want[0], dy) && is_another(c, want[1], b, false))
        return row_called("dW from another layer's A");
    factor right = of_shape(c, ir_shape(g, b), true);
    return is_factor(want[1], right) && is_another(c, want[0], s->in, false)
               ? row_called("dW from another layer's dZ")
               : NULL;
}

/* Two that would fit as a product. */
static bool is_product_by_entries(const judge_case *c, const step *s, const factor want[2]) {
    const ir *g = c->s->g;
    node_id   a = ir_node(g, s->op)->arg[0], b = ir_node(g, s->op)->arg[1];
    factor    dy = of_shape(c, ir_shape(g, s->in), false);
    factor    first = s->operand == 1 ? of_shape(c, ir_shape(g, a), true) : dy;
    factor    second = s->operand == 1 ? dy : of_shape(c, ir_shape(g, b), true);
    return is_factor(want[0], first) && is_factor(want[1], second);
}

/* An update that was not summed up: the parameter's shape and that of what would be summed. */
static bool is_unsummed(const judge_case *c, const step *s, const factor want[2]) {
    if (s->kind != TRAIL_REDUCE) return false;
    factor from = of_shape(c, ir_shape(c->s->g, s->in), false),
           to = of_shape(c, ir_shape(c->s->g, s->out), false);
    return (is_factor(want[0], to) && is_factor(want[1], from)) ||
           (is_factor(want[0], from) && is_factor(want[1], to));
}

/* Does it stand in a product? */
static bool is_weight(const judge_case *c, var_id v) {
    for (uint32_t i = 0; i < c->s->nodes.list.n; i++) {
        const node *x = ir_node(c->s->g, c->s->nodes.list.at[i]);
        for (int k = 0; x->op == OP_MATMUL && k < 2; k++)
            if (x->arg[k] == ir_var(c->s->g, v)->leaf) return true;
    }
    return false;
}

/* Is b the transpose of a, or what a line and a column make together? */
static bool is_turned_round(factor a, factor b, bool weight) {
    if (a.rows == b.cols && a.cols == b.rows && a.rows != a.cols) return true;
    if (a.rows == 1) return a.cols > 1 && is_factor(b, (factor){a.cols, a.cols});
    return weight && a.cols == 1 && is_factor(b, (factor){a.rows, a.rows});
}

/* b is added to a, which has the shape of a parameter. */
static const mistake *row_of_addend(factor a, factor b, bool weight) {
    if (is_turned_round(a, b, weight)) return row_called("dW transposed");
    if (a.cols == 1 && b.cols == 1) return row_called("db from another layer's dZ");
    if (a.cols == 1 || a.rows == 1) return NULL;
    if (a.rows == b.rows)
        return row_called(b.cols == b.rows ? "dW from A of its own layer" : "dW from another layer's A");
    return a.cols == b.cols ? row_called("dW from another layer's dZ") : NULL;
}

/* A gradient that is added to a sum of another shape: += where the parameter's own stands on the left. */
static const mistake *row_of_sum(const judge_case *c, const factor want[2]) {
    const ir *g = c->s->g;
    for (var_id v = 1; v < g->vars.n; v++) {
        bool own = is_factor(want[0], of_shape(c, ir_var(g, v)->sh, false));
        if (ir_var(g, v)->kind != VAR_PARAM || !own) continue;
        const mistake *row = row_of_addend(want[0], want[1], is_weight(c, v));
        if (row) return row;
    }
    return NULL;
}

/* dW of the wrong shape, and the penalty of W. */
static const mistake *row_of_turned(const judge_case *c, const factor want[2]) {
    const ir *g = c->s->g;
    bool      other = want[0].rows == want[1].cols && want[0].cols == want[1].rows;
    bool      turned = other && want[0].rows != want[0].cols;
    for (var_id v = 1; v < g->vars.n && turned; v++)
        if (ir_var(g, v)->kind == VAR_PARAM && is_factor(want[1], of_shape(c, ir_var(g, v)->sh, false)))
            return row_called("dW transposed");
    return NULL;
}

/* The row of that function with another layer's values. */
static const mistake *row_of_slope(uint8_t op) {
    for (uint32_t i = 0; i < mistake_count; i++) {
        const mistake *row = &mistake_table[i];
        if (row->place == AT_LOCAL && row->op == op && strstr(row->text, "oa")) return row;
    }
    return NULL;
}

/* A gradient of one layer, times what has the shape of another layer. */
static const mistake *row_of_other_slope(const judge_case *c, const factor want[2]) {
    const ir *g = c->s->g;
    for (uint32_t i = 0; i < c->s->right.trail.n; i++) {
        const step *s = &c->s->right.trail.at[i];
        if (s->kind != TRAIL_LOCAL) continue;
        factor         dy = of_shape(c, ir_shape(g, s->in), false);
        const mistake *row = row_of_slope(ir_node(g, s->op)->op);
        if (row && row->op != OP_MATMUL && is_factor(want[0], dy) && is_another(c, want[1], s->in, false))
            return row;
    }
    return NULL;
}

static bool is_product_step(const judge_case *c, const step *s) {
    return s->kind == TRAIL_LOCAL && ir_node(c->s->g, s->op)->op == OP_MATMUL;
}

static const mistake *row_of_entries(const judge_case *c, const factor want[2], bool sum) {
    for (uint32_t i = 0; i < c->s->right.trail.n; i++) {
        const step *s = &c->s->right.trail.at[i];
        if (is_product_step(c, s) && is_product_by_entries(c, s, want)) return row_called("* for @");
    }
    for (uint32_t i = 0; i < c->s->right.trail.n; i++)
        if (is_unsummed(c, &c->s->right.trail.at[i], want)) return row_called("no sum");
    const mistake *row = sum ? row_of_sum(c, want) : row_of_turned(c, want);
    return row || sum ? row : row_of_other_slope(c, want);
}

/* A row of the catalogue that is a product of just these. */
static const mistake *row_of_product(const judge_case *c, const factor want[2], failure_line at) {
    for (uint32_t i = 0; i < c->s->right.trail.n; i++) {
        const step *s = &c->s->right.trail.at[i];
        for (uint32_t k = 0; is_product_step(c, s) && k < mistake_count; k++) {
            const mistake *row = &mistake_table[k];
            bool here = row->place == AT_LOCAL && row->op == OP_MATMUL && row->operand == s->operand &&
                        (!at.weight || s->operand == 0) && (!at.other || s->operand == 1);
            if (here && is_product_of(c, s, row, want)) return row;
        }
    }
    return NULL;
}

/* A product of the forward pass, with the values of another layer, or the weights turned. */
static const mistake *row_of_forward(const judge_case *c, const factor want[2]) {
    for (uint32_t i = 0; i < c->s->nodes.list.n; i++) {
        const node *x = ir_node(c->s->g, c->s->nodes.list.at[i]);
        if (x->op != OP_MATMUL) continue;
        factor a = of_shape(c, ir_shape(c->s->g, x->arg[0]), false),
               b = of_shape(c, ir_shape(c->s->g, x->arg[1]), false);
        if (is_factor(want[0], a) && is_another(c, want[1], x->arg[1], false))
            return row_called("another layer's values");
        if (is_factor(want[0], (factor){a.cols, a.rows}) && is_factor(want[1], b))
            return row_called("W turned");
    }
    return NULL;
}

static const mistake *find_row(const judge_case *c, const py_failure *f, bool turned, failure_line at,
                               bool forward) {
    factor want[2] = {{f->left[0], f->left[1]}, {f->right[0], f->right[1]}};
    if (!f->product && !f->entrywise) return NULL;
    if (turned) {
        want[0] = (factor){f->right[1], f->right[0]};
        want[1] = (factor){f->left[1], f->left[0]};
    }
    if (is_square(want[0]) && is_square(want[1])) return NULL;
    if (f->entrywise) return row_of_entries(c, want, at.sum);
    const mistake *row = row_of_product(c, want, at);
    for (uint32_t i = 0; !row && i < c->s->right.trail.n; i++)
        if (is_product_step(c, &c->s->right.trail.at[i]))
            row = row_of_step(c, &c->s->right.trail.at[i], want);
    return row ? row : forward ? row_of_forward(c, want) : NULL;
}

const mistake *failure_row(const judge_case *c, arena *a, const py_failure *f, bool turned, failure_line at) {
    const mistake *row = find_row(c, f, turned, at, false);
    dim            m = c->s->m->examples;
    uint32_t       n = (uint32_t)c->sz.n;
    judge_case     one = *c;
    if (row) return row;
    if (!m || !dim_is_named(m)) return find_row(c, f, turned, at, true);
    one.sz.of = arena_new(a, (n + 1) * sizeof *one.sz.of); /* a loop that takes one example at a time */
    if (!one.sz.of) return NULL;
    memcpy(one.sz.of, c->sz.of, n * sizeof *one.sz.of);
    one.sz.of[dim_name(m)] = 1;
    row = find_row(&one, f, turned, at, false);
    if (!row) row = find_row(c, f, turned, at, true);
    return row ? row : find_row(&one, f, turned, at, true);
}

/* The name of a size that only one has; else the number. */
static const char *name_of(const judge_case *c, arena *a, int64_t n) {
    const model *m = c->s->m;
    const char  *found = NULL;
    for (uint32_t i = 0; i < m->size_names.n; i++)
        if (c->sz.of[m->size_names.at[i]] == (size_t)n)
            found = symbols_name(c->s->g->names, m->size_names.at[i]);
    if (!found) found = arena_format(a, "%lld", (long long)n);
    return found ? found : "";
}

const char *failure_shapes(const judge_case *c, arena *a, const py_failure *f) {
    const int64_t *at[2] = {f->left, f->right};
    const char    *text = "";
    for (int k = 0; k < 2 && (f->product || f->entrywise) && text; k++) {
        const char *rows = name_of(c, a, at[k][0]), *cols = name_of(c, a, at[k][1]);
        long long   n = (long long)at[k][0], m = (long long)at[k][1];
        const char *more = k ? ", " : "";
        text = f->flat ? arena_format(a, "%s%s(%lld,) is (%s,)", text, more, n, rows)
                       : arena_format(a, "%s%s(%lld,%lld) is (%s, %s)", text, more, n, m, rows, cols);
    }
    return text ? text : "";
}

/* Index trees. Templates and the statements they are made for are small; the walks are
 * recursive over our own tables and over one summand of a statement at the most. */
#include "core/ir/index.h"

#include <assert.h>
#include <math.h>
#include <string.h>

static index_tree *tree(const index_env *env, index_kind kind, index_tree *a, index_tree *b) {
    index_tree *x = arena_new(env->a, sizeof *x);
    if (x) *x = (index_tree){.kind = (uint8_t)kind, .a = a, .b = b};
    return x;
}

index_tree *index_entry(const index_env *env, var_id v, char row, char col) {
    index_tree *x = tree(env, INDEX_ENTRY, NULL, NULL);
    shape       s = ir_var(env->g, v)->sh;
    if (!x) return NULL;
    x->var = v;
    x->row = s.rows == dim_literal(1) ? '1' : row;
    x->col = s.cols == dim_literal(1) ? '1' : col;
    if (shape_is_scalar(s)) x->row = x->col = 0;
    return x;
}

index_tree *index_number(const index_env *env, double value) {
    index_tree *k = tree(env, INDEX_NUMBER, NULL, NULL);
    if (k) k->number = value;
    return k;
}

index_tree *index_op(const index_env *env, op_id op, index_tree *a, index_tree *b) {
    if (!a || (op_table[op].arity > 1 && !b)) return NULL;
    index_tree *k = tree(env, INDEX_NODE, a, b);
    if (k) k->op = (uint8_t)op;
    return k;
}

index_tree *index_sum(const index_env *env, char letter, index_tree *a) {
    index_tree *k = a && letter ? tree(env, INDEX_SUM, a, NULL) : NULL;
    if (!k) return NULL;
    k->letter = letter;
    k->size = env->along ? env->along[(unsigned char)letter & 127] : 0;
    return k;
}

index_tree *index_delta(const index_env *env, char row, char col) {
    index_tree *k = row && col ? tree(env, INDEX_DELTA, NULL, NULL) : NULL;
    if (k) k->row = row;
    if (k) k->col = col;
    return k;
}

index_tree *index_delta_behind(const index_env *env, char row, char col, dim start) {
    index_tree *k = index_delta(env, row, col);
    if (k) k->col_behind = start;
    return k;
}

index_tree *index_partial(const index_env *env, index_tree *y, index_tree *a) {
    return y && a ? tree(env, INDEX_PARTIAL, y, a) : NULL;
}

index_tree *index_loss(const index_env *env, index_tree *a, index_tree *through) {
    return a && through ? tree(env, INDEX_LOSS, a, through) : NULL;
}

index_tree *index_at(const index_env *env, node_id n, char row, char col) {
    assert(!n || n < env->g->nodes.n);
    index_tree *k = n ? tree(env, INDEX_AT, NULL, NULL) : NULL;
    if (!k) return NULL;
    shape sh = ir_shape(env->g, n);
    k->node = n;
    k->row = sh.rows == dim_literal(1) ? '1' : shape_is_scalar(sh) ? 0 : row;
    k->col = sh.cols == dim_literal(1) ? '1' : shape_is_scalar(sh) ? 0 : col;
    return k;
}

char index_fresh(const index_env *env, dim along) {
    char *at = env->fresh, *t = at && along && along == env->g->examples ? strchr(at, 't') : NULL;
    if (t) at = t;
    else if (at && *at == 't' && at[1]) at++;
    char letter = at ? *at : 0;
    if (letter) memmove(at, at + 1, strlen(at));
    if (letter && env->along) env->along[(unsigned char)letter & 127] = along;
    return letter;
}

static bool is_number(const index_tree *x, double value) {
    if (x && x->kind == INDEX_NODE && x->op == OP_NEG) return is_number(x->a, -value);
    return x && x->kind == INDEX_NUMBER && x->number == value;
}

index_tree *index_times(const index_env *env, index_tree *a, index_tree *b) {
    if (!a || !b) return NULL;
    if (is_number(a, 1)) return b;
    if (is_number(b, 1)) return a;
    if (is_number(b, -1)) return index_op(env, OP_NEG, a, NULL);
    if (is_number(a, -1)) return index_op(env, OP_NEG, b, NULL);
    if (b->kind == INDEX_NODE && b->op == OP_NEG)
        return index_op(env, OP_NEG, index_times(env, a, b->a), NULL);
    return index_op(env, OP_MUL, a, b);
}

/* A dimension as a number. */
static index_tree *size_tree(const index_env *env, dim d) {
    if (!dim_is_named(d)) return index_number(env, d);
    index_tree *k = tree(env, INDEX_SIZE, NULL, NULL);
    if (k) k->size = d;
    return k;
}

/* How many entries of x one entry of its mean joins. */
static index_tree *count_of(const index_env *env, const node *x) {
    shape       s = ir_shape(env->g, x->arg[0]);
    index_tree *out = index_number(env, 1);
    dim         d[2] = {s.rows, s.cols};
    for (int i = 0; i < 2; i++) {
        bool joined = x->attr == AXIS_ALL || x->attr == i;
        if (joined && !shape_is_scalar(s) && d[i] != dim_literal(1))
            out = index_times(env, out, size_tree(env, d[i]));
    }
    return out;
}

/* One entry of a sum or a mean: over the letters that the axis joins. */
static index_tree *reduced(const index_env *env, const node *x, char row, char col) {
    shape s = ir_shape(env->g, x->arg[0]);
    bool  joins_rows = x->attr != AXIS_1 && s.rows != dim_literal(1) && !shape_is_scalar(s);
    bool  joins_cols = x->attr != AXIS_0 && s.cols != dim_literal(1) && !shape_is_scalar(s);
    char  i = joins_rows ? index_fresh(env, s.rows) : row, t = joins_cols ? index_fresh(env, s.cols) : col;
    if (!i || !t) return NULL;
    index_tree *out = index_of_node(env, x->arg[0], i, t);
    if (joins_cols) out = index_sum(env, t, out);
    if (joins_rows) out = index_sum(env, i, out);
    index_tree *one = index_number(env, 1);
    return x->op == OP_SUM ? out : index_times(env, index_op(env, OP_DIV, one, count_of(env, x)), out);
}

static index_tree *product(const index_env *env, const node *x, char row, char col) {
    dim         inner = ir_shape(env->g, x->arg[0]).cols;
    bool        one = inner == dim_literal(1);
    char        k = one ? '1' : index_fresh(env, inner);
    if (!k) return NULL;
    index_tree *a = index_of_node(env, x->arg[0], row, k), *b = index_of_node(env, x->arg[1], k, col);
    index_tree *both = index_op(env, OP_MUL, a, b);
    return one ? both : index_sum(env, k, both);
}

/* exp(z[i])/Σk exp(z[k]), or the logarithm of that. */
static index_tree *softmax(const index_env *env, const node *x, char row, char col) {
    shape s = ir_shape(env->g, x->arg[0]);
    dim   along = x->attr == AXIS_0 ? s.rows : s.cols;
    bool  one = along == dim_literal(1); /* a single class: no sum */
    char  k = one ? '1' : index_fresh(env, along);
    if (!k) return NULL;
    index_tree *z = index_of_node(env, x->arg[0], row, col);
    index_tree *other =
        x->attr == AXIS_0 ? index_of_node(env, x->arg[0], k, col) : index_of_node(env, x->arg[0], row, k);
    index_tree *sum = index_op(env, OP_EXP, other, NULL);
    if (!one) sum = index_sum(env, k, sum);
    if (x->op == OP_SOFTMAX) return index_op(env, OP_DIV, index_op(env, OP_EXP, z, NULL), sum);
    return index_op(env, OP_SUB, z, index_op(env, OP_LOG, sum, NULL));
}

/* The sum of the entries whose two indices are the same. */
static index_tree *trace_entry(const index_env *env, const node *x) {
    bool one = ir_shape(env->g, x->arg[0]).rows == dim_literal(1);
    char i = one ? '1' : index_fresh(env, 0);
    index_tree *entry = i ? index_of_node(env, x->arg[0], i, i) : NULL;
    return entry && !one ? index_sum(env, i, entry) : entry;
}

/* Of a column: its entry where both indices are the same, else 0. */
static index_tree *diag_entry(const index_env *env, const node *x, char row, char col) {
    if (x->sh.cols == dim_literal(1)) return index_of_node(env, x->arg[0], row, row);
    if (row == col) return index_of_node(env, x->arg[0], row, '1');
    index_tree *entry = index_of_node(env, x->arg[0], row, '1');
    return entry ? index_times(env, index_delta(env, row, col), entry) : NULL;
}

/* Of rows of a variable: its entry so many rows further down. Of anything else, the entry of the whole. */
static index_tree *slice_entry(const index_env *env, node_id n, char row, char col) {
    const node *x = ir_node(env->g, n), *of = ir_node(env->g, x->arg[0]);
    if (x->op != OP_SLICE || of->op != OP_VAR) return index_at(env, n, row, col);
    index_tree *k = index_entry(env, of->ref, row, col);
    if (k && x->attr == AXIS_0) k->row_behind = x->ref, k->row_range = x->sh.rows;
    if (k && x->attr == AXIS_1) k->col_behind = x->ref, k->col_range = x->sh.cols;
    return k;
}

static index_tree *elementwise(const index_env *env, const node *x, char row, char col) {
    index_tree *arg[3] = {NULL, NULL, NULL};
    for (int i = 0; i < op_table[x->op].arity; i++) {
        arg[i] = index_of_node(env, x->arg[i], row, col);
        if (!arg[i]) return NULL;
    }
    bool        ones = x->op == OP_MUL && ir_node(env->g, x->arg[1])->op == OP_ONES; /* nobody writes 1/3*1 */
    index_tree *k = ones ? arg[0] : tree(env, INDEX_NODE, arg[0], arg[1]);
    if (!k || ones) return k;
    k->c = arg[2];
    k->op = x->op == OP_DROPOUT ? OP_MUL : x->op;
    if (x->op == OP_OPEN) k->function = x->ref;
    if (x->op == OP_OPEN) k->primes = x->attr;
    return k;
}

static index_tree *leaf(const index_env *env, const node *x, char row, char col) {
    switch ((op_id)x->op) {
    case OP_VAR: return index_entry(env, x->ref, row, col);
    case OP_NUMBER: return index_number(env, env->g->numbers.at[x->ref]);
    case OP_SIZE: return size_tree(env, x->ref);
    default: assert(x->op == OP_ONES); return index_number(env, 1);
    }
}

index_tree *index_of_node(const index_env *env, node_id n, char row, char col) {
    const node *x = ir_node(env->g, n);
    if (x->sh.rows == dim_literal(1)) row = '1';
    if (x->sh.cols == dim_literal(1)) col = '1';
    if (op_table[x->op].arity == 0) return leaf(env, x, row, col);
    if (op_elementwise((op_id)x->op) || x->op == OP_OPEN) return elementwise(env, x, row, col);
    if (x->op == OP_TRANSPOSE) return index_of_node(env, x->arg[0], col, row);
    if (!env->fresh) return NULL;
    switch ((op_id)x->op) {
    case OP_SUM: case OP_MEAN: return reduced(env, x, row, col);
    case OP_SOFTMAX: case OP_LOG_SOFTMAX: return softmax(env, x, row, col);
    case OP_MATMUL: return product(env, x, row, col);
    case OP_TRACE: return trace_entry(env, x);
    case OP_DIAG: return diag_entry(env, x, row, col);
    default: return slice_entry(env, n, row, col);
    }
}

static const char *name_of(const index_env *env, const ast *x) {
    return symbols_name(env->g->names, x->name);
}

static char letter_of(const index_env *env, const ast *x) {
    if (!x) return 0;
    return x->kind == AST_NUMBER ? '1' : name_of(env, x)[0];
}

static index_tree *build_entry(const index_env *env, const ast *x) {
    for (uint32_t i = 0; i < env->n_names; i++) {
        if (strcmp(env->names[i].name, name_of(env, x)) != 0) continue;
        char row = letter_of(env, x->arg), col = x->arg ? letter_of(env, x->arg->next) : 0;
        return index_of_node(env, env->names[i].n, row, col);
    }
    return NULL;
}

bool index_occurs(const index_tree *x, char letter) {
    if (!x) return false;
    if (x->row == letter || x->col == letter || x->letter == letter) return true;
    return index_occurs(x->a, letter) || index_occurs(x->b, letter) || index_occurs(x->c, letter);
}

bool index_replace(index_tree *x, char letter, char by, dim start, dim range) {
    if (!x) return true;
    bool behind = (x->row == letter && x->row_behind) || (x->col == letter && x->col_behind);
    if (behind || x->letter == letter || (x->kind == INDEX_DELTA && x->row == letter && start)) return false;
    if (x->row == letter) x->row = by, x->row_behind = start, x->row_range = range;
    if (x->col == letter) x->col = by, x->col_behind = start, x->col_range = range;
    return index_replace(x->a, letter, by, start, range) && index_replace(x->b, letter, by, start, range) &&
           index_replace(x->c, letter, by, start, range);
}

void index_nodes(const index_tree *x, void (*use)(void *user, node_id n), void *user) {
    if (!x) return;
    if (x->kind == INDEX_AT) use(user, x->node);
    index_nodes(x->a, use, user);
    index_nodes(x->b, use, user);
    index_nodes(x->c, use, user);
}

/* sum(j, x), spell(j, x) */
static index_tree *build_sum(const index_env *env, const ast *x, bool spelled) {
    char        letter = letter_of(env, x->arg);
    index_tree *body = index_build(env, x->arg->next);
    if (body && !index_occurs(body, letter)) return body; /* a dimension of 1: nothing to add up */
    index_tree *out = index_sum(env, letter, body);
    if (out) out->spelled = spelled;
    return out;
}

static index_tree *build_call(const index_env *env, const ast *x) {
    const char *name = name_of(env, x);
    bool        spelled = strcmp(name, "spell") == 0;
    if (spelled || strcmp(name, "sum") == 0) return build_sum(env, x, spelled);
    index_tree *a = index_build(env, x->arg), *b = x->arg->next ? index_build(env, x->arg->next) : NULL;
    if (!a || (x->arg->next && !b)) return NULL;
    if (strcmp(name, "D") == 0) return index_partial(env, a, b);
    if (strcmp(name, "DL") == 0) return tree(env, INDEX_LOSS, a, b);
    return index_op(env, op_find(name), a, b);
}

index_tree *index_build(const index_env *env, const ast *x) {
    switch ((ast_kind)x->kind) {
    case AST_NAME: return build_entry(env, x);
    case AST_CALL: return build_call(env, x);
    case AST_NUMBER: return index_number(env, x->number);
    case AST_NEGATE: return index_op(env, OP_NEG, index_build(env, x->arg), NULL);
    case AST_BINARY:
        return index_op(env, op_infix(x->sign), index_build(env, x->arg), index_build(env, x->arg->next));
    default: return NULL;
    }
}

/* -------------------------------------------------------------- written out */

/* How far a letter runs. */
static size_t range_of(const ir *g, const sizes *s, const index_tree *x, char letter) {
    if (!x) return 0;
    if (x->kind == INDEX_ENTRY || x->kind == INDEX_AT) {
        shape sh = x->kind == INDEX_AT ? ir_shape(g, x->node) : ir_var(g, x->var)->sh;
        if (x->row == letter) return sizes_get(s, x->row_range ? x->row_range : sh.rows);
        return x->col == letter ? sizes_get(s, x->col_range ? x->col_range : sh.cols) : 0;
    }
    size_t range = range_of(g, s, x->a, letter);
    if (!range) range = range_of(g, s, x->b, letter);
    return range ? range : range_of(g, s, x->c, letter);
}

typedef struct spelling {
    const index_env *env;
    const sizes     *s;
    char             at[128]; /* by letter: the number that it is; 0: none yet */
} spelling;

static index_tree *spell(spelling *w, const index_tree *x);

/* The number in the place of a letter and of what is added to it. False: there is no sign for it. */
static bool fix(const spelling *w, char *letter, dim *behind) {
    char by = w->at[(unsigned char)*letter & 127];
    if (by) *letter = by;
    if (!*behind) return true;
    size_t i = *letter == '1' ? 0 : (size_t)(*letter - INDEX_FIXED(0));
    i += sizes_get(w->s, *behind);
    *letter = INDEX_FIXED(i);
    *behind = 0;
    return i < INDEX_MOST;
}

static index_tree *spell_sum(spelling *w, const index_tree *x) {
    char       *at = &w->at[(unsigned char)x->letter & 127];
    size_t      n = x->size ? sizes_get(w->s, x->size) : range_of(w->env->g, w->s, x->a, x->letter);
    index_tree *out = NULL;
    if (!n || n > INDEX_MOST) return NULL;
    for (size_t i = 0; i < n; i++) {
        *at = INDEX_FIXED(i);
        index_tree *one = spell(w, x->a);
        out = i ? index_op(w->env, OP_ADD, out, one) : one;
        if (!out) break;
    }
    *at = 0;
    return out;
}

/* A product with a δ is the other factor, or 0. */
static index_tree *chosen(const spelling *w, const index_tree *x, index_tree *out) {
    if (x->kind != INDEX_NODE || x->op != OP_MUL) return out;
    if (x->a->kind != INDEX_DELTA && x->b->kind != INDEX_DELTA) return out;
    bool zero = is_number(out->a, 0) || is_number(out->b, 0);
    return zero ? index_number(w->env, 0) : index_times(w->env, out->a, out->b);
}

/* An entry of rows of something, or of things on top of each other, is one of an operand; of anything else it
 * stays. */
static index_tree *spell_part(spelling *w, index_tree *x) {
    const ir   *g = w->env->g;
    const node *n = ir_node(g, x->node);
    char       *at = n->attr == AXIS_0 ? &x->row : &x->col;
    size_t      i = index_is_fixed(*at) ? (size_t)(*at - INDEX_FIXED(0)) : 0;
    node_id     of = n->arg[0];
    if (n->op != OP_SLICE && n->op != OP_CONCAT) return x;
    if (n->op == OP_SLICE) {
        i += n->ref ? sizes_get(w->s, n->ref) : 0;
    } else {
        shape  sh = ir_shape(g, of);
        size_t above = sizes_get(w->s, n->attr == AXIS_0 ? sh.rows : sh.cols);
        if (i >= above) of = n->arg[1], i -= above;
    }
    char keep[128]; /* the letters that it takes are free again behind it */
    if (i >= INDEX_MOST || !w->env->fresh || strlen(w->env->fresh) >= sizeof keep) return NULL;
    strcpy(keep, w->env->fresh);
    *at = INDEX_FIXED(i);
    const index_tree *part = index_of_node(w->env, of, x->row, x->col);
    index_tree       *out = part ? spell(w, part) : NULL;
    strcpy(w->env->fresh, keep);
    return out;
}

/* An operand, if there is one. */
static bool spell_into(spelling *w, const index_tree *x, index_tree **out) {
    *out = x ? spell(w, x) : NULL;
    return *out || !x;
}

static index_tree *spell(spelling *w, const index_tree *x) {
    if (x->kind == INDEX_SUM) return spell_sum(w, x);
    index_tree *out = arena_new(w->env->a, sizeof *out);
    if (!out) return NULL;
    *out = *x;
    bool fits = fix(w, &out->row, &out->row_behind) && fix(w, &out->col, &out->col_behind);
    if (!fits) return NULL;
    if (x->kind == INDEX_DELTA) return index_number(w->env, out->row == out->col);
    if (x->kind == INDEX_AT) return spell_part(w, out);
    bool whole = spell_into(w, x->a, &out->a) && spell_into(w, x->b, &out->b) && spell_into(w, x->c, &out->c);
    return whole ? chosen(w, x, out) : NULL;
}

index_tree *index_spell(const index_env *env, const index_tree *x, const sizes *s) {
    spelling w = {.env = env, .s = s};
    return x ? spell(&w, x) : NULL;
}

/* ------------------------------------------------------------------ values */

bool index_has_partial(const index_tree *x) {
    if (!x) return false;
    if (x->kind == INDEX_PARTIAL || (x->kind == INDEX_LOSS && x->b)) return true;
    return index_has_partial(x->a) || index_has_partial(x->b) || index_has_partial(x->c);
}

size_t index_range(const evaluation *e, const index_tree *x, char letter) {
    return range_of(e->g, e->s, x, letter);
}

static size_t place(const index_values *v, char letter) {
    assert((unsigned char)letter < 128);
    if (index_is_fixed(letter)) return (size_t)(letter - INDEX_FIXED(0));
    return letter == 0 || letter == '1' ? 0 : v->at[(unsigned char)letter & 127];
}

/* A letter that runs further than a matrix goes has no value there: such a line does not hold. */
static double entry_value(const index_values *v, node_id n, const index_tree *x) {
    matrix m = eval_node(v->e, n);
    size_t row = place(v, x->row) + sizes_offset(v->e->s, x->row_behind);
    size_t col = place(v, x->col) + sizes_offset(v->e->s, x->col_behind);
    assert(m.at);
    return row < m.rows && col < m.cols ? m.at[row * m.cols + col] : NAN;
}

static double node_value(index_values *v, const index_tree *x) {
    double a = index_value(v, x->a), b = x->b ? index_value(v, x->b) : 0, c = x->c ? index_value(v, x->c) : 0;
    double y = x->op == OP_OPEN ? eval_open(x->function, x->primes, a) : eval_scalar((op_id)x->op, a, b, c);
    return v->noise != 0 ? y * eval_noise(v->noise, v->noisy++) : y;
}

static double sum_value(index_values *v, const index_tree *x) {
    unsigned char letter = (unsigned char)x->letter & 127;
    size_t range = x->size ? sizes_get(v->e->s, x->size) : index_range(v->e, x->a, x->letter),
           old = v->at[letter];
    double sum = 0;
    assert(range);
    for (size_t i = 0; i < range; i++) {
        v->at[letter] = i;
        sum += index_value(v, x->a);
    }
    v->at[letter] = old;
    return sum;
}

double index_value(index_values *v, const index_tree *x) {
    const ir *g = v->e->g;
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: return x->number;
    case INDEX_SIZE: return (double)sizes_get(v->e->s, x->size);
    case INDEX_ENTRY: return entry_value(v, ir_var(g, x->var)->leaf, x);
    case INDEX_AT: return entry_value(v, x->node, x);
    case INDEX_SUM: return sum_value(v, x);
    case INDEX_NODE: return node_value(v, x);
    case INDEX_DELTA: return place(v, x->row) == place(v, x->col) + sizes_offset(v->e->s, x->col_behind);
    case INDEX_PARTIAL: return v->partial(v->user, v, x);
    case INDEX_LOSS: break;
    }
    if (x->b) return v->partial(v->user, v, x);
    return entry_value(v, ir_var(g, ir_var(g, x->a->var)->gradient)->leaf, x->a);
}

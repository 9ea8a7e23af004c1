/* A model in single numbers, for one example: every entry of every variable and of every gradient has a line
 * of its own, with all its products. What the entries are is read off the formulas (index.h), with numbers in
 * the place of letters and every sum written out. */
#include "teach/tell/teller.h"

enum { MOST_LINES = 160, MOST_INDEX = 9 };

/* What stands for each letter: a number, as INDEX_FIXED has it, or another letter. */
typedef struct scalars {
    teller    *t;
    index_env  env;
    evaluation sized; /* of which only the sizes are asked for */
    char       by[128];
    uint32_t   n_lines, n_left;
} scalars;

static index_tree *expand(scalars *w, const index_tree *x);

/* ---------------------------------------------------------------------- sizes */

static bool is_in(const ir *g, var_kind kind, dim d) {
    for (var_id v = 1; v < g->vars.n; v++) {
        const variable *x = ir_var(g, v);
        if (x->kind == kind && (x->sh.rows == d || x->sh.cols == d) && !x->onehot) return true;
    }
    return false;
}

dfoo_status scalar_sizes(const model *m, arena *a, sizes *out) {
    DFOO_TRY(sizes_init(out, a, m->g.names));
    for (uint32_t i = 0; i < m->size_values.n; i++)
        if (m->size_values.at[i].set) sizes_set(out, m->size_values.at[i].name, m->size_values.at[i].value);
    for (uint32_t i = 0; i < m->size_names.n; i++) {
        sym  name = m->size_names.at[i];
        dim  d = dim_named(name);
        bool one = d == m->examples || (is_in(&m->g, VAR_LABEL, d) && !is_in(&m->g, VAR_INPUT, d));
        if (!out->of[name]) sizes_set(out, name, one ? 1 : 2);
    }
    return arena_status(a);
}

bool scalar_fits(const model *m, const sizes *s) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        shape sh = ir_var(&m->g, v)->sh;
        bool  known = !shape_is_scalar(sh) && ir_var(&m->g, v)->kind <= VAR_DEFINED;
        if (known && (sizes_get(s, sh.rows) > MOST_INDEX || sizes_get(s, sh.cols) > MOST_INDEX)) return false;
    }
    return true;
}

/* ---------------------------------------------------------------------- trees */

static bool is_example(const scalars *w, dim d) {
    return w->t->d->m->examples && d == w->t->d->m->examples;
}

/* A place in an entry with the letter replaced, so many rows further down. */
static char placed(const scalars *w, char letter, dim behind) {
    char to = letter > 0 ? w->by[(unsigned char)letter & 127] : 0;
    if (!to) to = letter;
    size_t more = sizes_offset(w->sized.s, behind);
    if (more && to == '1') to = INDEX_FIXED(0);
    return (char)(to + (char)more);
}

static index_tree *expand_entry(scalars *w, const index_tree *x) {
    index_tree *out = arena_new(w->env.a, sizeof *out);
    if (!out) return NULL;
    *out = *x;
    out->row = placed(w, x->row, x->row_behind);
    out->col = placed(w, x->col, x->col_behind);
    out->row_behind = out->col_behind = out->row_range = out->col_range = 0;
    return out;
}

static bool is_number(const index_tree *x, double value) {
    return x && x->kind == INDEX_NUMBER && x->number == value;
}

/* The operation without 0 and 1 that say nothing; NULL: all of it says something. */
static index_tree *shorter(scalars *w, uint8_t op, index_tree *a, index_tree *b) {
    bool zero = is_number(a, 0) || is_number(b, 0);
    if (op == OP_MUL) return zero ? index_number(&w->env, 0) : index_times(&w->env, a, b);
    if (op == OP_ADD && zero) return is_number(a, 0) ? b : a;
    bool first = (op == OP_DIV && is_number(b, 1)) || (op == OP_SUB && is_number(b, 0));
    return first ? a : NULL;
}

static index_tree *operation(scalars *w, const index_tree *x) {
    index_tree *a = expand(w, x->a), *b = x->b ? expand(w, x->b) : NULL, *c = x->c ? expand(w, x->c) : NULL;
    if (!a || (x->b && !b) || (x->c && !c)) return NULL;
    index_tree *less = b ? shorter(w, x->op, a, b) : NULL;
    if (less) return less;
    index_tree *out = arena_new(w->env.a, sizeof *out);
    if (!out) return NULL;
    *out = *x;
    out->a = a;
    out->b = b;
    out->c = c;
    return out;
}

/* Every summand; the only example keeps its letter, which is not written. */
static index_tree *sum(scalars *w, const index_tree *x) {
    unsigned char letter = (unsigned char)x->letter & 127;
    size_t n = x->size ? sizes_get(w->sized.s, x->size) : index_range(&w->sized, x->a, x->letter);
    char   old = w->by[letter];
    bool   example = n == 1 && is_example(w, x->size ? x->size : w->env.along[letter]);
    index_tree *out = NULL;
    for (size_t i = 0; i < n && i < MOST_INDEX; i++) {
        w->by[letter] = example ? 't' : INDEX_FIXED(i);
        index_tree *one = expand(w, x->a);
        if (!one) return NULL;
        out = !out || is_number(out, 0) ? one : is_number(one, 0) ? out : index_op(&w->env, OP_ADD, out, one);
    }
    w->by[letter] = old;
    return out;
}

/* Trees are as deep as one formula of the model. NULL: there is something in it that has no entries. */
static index_tree *expand(scalars *w, const index_tree *x) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: return index_number(&w->env, x->number);
    case INDEX_SIZE: return index_number(&w->env, (double)sizes_get(w->sized.s, x->size));
    case INDEX_ENTRY: return expand_entry(w, x);
    case INDEX_SUM: return sum(w, x);
    case INDEX_NODE: return operation(w, x);
    case INDEX_DELTA:
        return index_number(&w->env, placed(w, x->row, 0) == placed(w, x->col, x->col_behind));
    case INDEX_AT: case INDEX_PARTIAL: case INDEX_LOSS: break;
    }
    return NULL;
}

/* ---------------------------------------------------------------------- lines */

/* The places of a variable's entries: letters for numbers. */
typedef struct spot {
    char row, col;
} spot;

static char letter_at(const scalars *w, dim d, size_t i) {
    return is_example(w, d) ? 't' : INDEX_FIXED(i);
}

static size_t count(const scalars *w, dim d) {
    return is_example(w, d) ? 1 : sizes_get(w->sized.s, d);
}

/* One entry of a formula, spelled out; NULL: it has no such form. */
static index_tree *entry_of(scalars *w, node_id n, spot at) {
    char fresh[] = "kpqrsuvwxyzabcdefgh", *old = w->env.fresh;
    dim  along[128] = {0};
    w->env.fresh = fresh;
    w->env.along = along;
    w->by['i'] = at.row;
    w->by['j'] = at.col;
    const index_tree *x = index_of_node(&w->env, n, 'i', 'j');
    index_tree       *out = x ? expand(w, x) : NULL;
    w->env.fresh = old;
    w->env.along = NULL;
    return out;
}

static index_tree *entry_of_var(scalars *w, var_id v, spot at) {
    return index_entry(&w->env, v, at.row, at.col);
}

static bool has_entry(const index_tree *x, const index_tree *e) {
    if (!x) return false;
    if (x->kind == INDEX_ENTRY && x->var == e->var && x->row == e->row && x->col == e->col) return true;
    return has_entry(x->a, e) || has_entry(x->b, e) || has_entry(x->c, e);
}

static block *new_line(scalars *w) {
    if (w->n_lines++ < MOST_LINES) return doc_add(w->t->doc, BLOCK_LINE, 3, "");
    w->n_left++;
    return NULL;
}

static void add_side(scalars *w, block *b, const index_tree *x) {
    doc_add_index(w->t->doc, b, x, &w->t->doc->style);
}

/* Calls `use` for each entry of a variable. */
static void each_entry(scalars *w, var_id v, void (*use)(scalars *w, var_id v, spot at)) {
    shape  s = ir_var(w->t->g, v)->sh;
    size_t rows = shape_is_scalar(s) ? 1 : count(w, s.rows), cols = shape_is_scalar(s) ? 1 : count(w, s.cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++) use(w, v, (spot){letter_at(w, s.rows, i), letter_at(w, s.cols, k)});
}

static void forward_entry(scalars *w, var_id v, spot at) {
    node_id           n = program_find(&w->t->d->forward, v)->node;
    const index_tree *y = entry_of_var(w, v, at), *x = entry_of(w, n, at);
    block            *b = y && x ? new_line(w) : NULL;
    if (!b) return;
    add_side(w, b, y);
    add_side(w, b, x);
}

/* Has every entry of the formula a spelled form? */
static bool is_spelled(scalars *w, node_id n) {
    shape s = ir_shape(w->t->g, n);
    return entry_of(w, n, (spot){letter_at(w, s.rows, 0), letter_at(w, s.cols, 0)}) != NULL;
}

/* What no entries can be written of is left as it is. */
static void whole_line(scalars *w, node_id a, node_id b) {
    block *line = new_line(w);
    if (!line) return;
    doc_add_node(w->t->doc, line, a, false);
    doc_add_node(w->t->doc, line, b, false);
}

/* ------------------------------------------------------------------- backward */

/* The sum that the chain rule makes: over the entries of y that this one acts on. */
typedef struct chain {
    const index_tree *of;
    index_tree       *sum;
    const gradient   *y;
    node_id           formula;
} chain;

/* dy of one entry; 1 where that is all it says. */
static index_tree *arriving(scalars *w, const gradient *y, spot at) {
    const node *x = ir_node(w->t->g, y->whole ? y->whole : y->local);
    if (x->op == OP_NUMBER || x->op == OP_ONES) return index_number(&w->env, 1);
    return entry_of_var(w, y->grad, at);
}

static void add_through(scalars *w, chain *c, spot at) {
    index_tree *formula = entry_of(w, c->formula, at);
    if (!formula || !has_entry(formula, c->of)) return;
    index_tree *slope = index_partial(&w->env, entry_of_var(w, c->y->var, at), (index_tree *)c->of);
    index_tree *one = index_times(&w->env, arriving(w, c->y, at), slope);
    c->sum = c->sum ? index_op(&w->env, OP_ADD, c->sum, one) : one;
}

static void add_statement(scalars *w, chain *c, const stmt *s) {
    shape sh = ir_var(w->t->g, s->var)->sh;
    c->y = derivation_find(w->t->d, s->var);
    c->formula = s->node;
    if (!c->y || !gradient_formula(c->y)) return;
    bool   one = shape_is_scalar(sh);
    size_t rows = one ? 1 : count(w, sh.rows), cols = one ? 1 : count(w, sh.cols);
    for (size_t i = 0; i < rows; i++)
        for (size_t k = 0; k < cols; k++)
            add_through(w, c, (spot){letter_at(w, sh.rows, i), letter_at(w, sh.cols, k)});
}

static void backward_entry(scalars *w, var_id v, spot at) {
    const gradient  *d = derivation_find(w->t->d, v);
    const use_table *users = &w->t->o->moved;
    chain            c = {.of = entry_of_var(w, v, at)};
    const index_tree *name = entry_of_var(w, d->grad, at), *last = entry_of(w, d->local, at);
    for (uint32_t i = users->first[v]; c.of && i < users->first[v + 1]; i++)
        add_statement(w, &c, &w->t->d->forward.list.at[users->list[i]]);
    block *b = name && last ? new_line(w) : NULL;
    if (!b) return;
    add_side(w, b, name);
    add_side(w, b, c.sum);
    add_side(w, b, last);
}

/* --------------------------------------------------------------------- telling */

static scalars begin(teller *t) {
    return (scalars){.t = t, .env = {.g = t->g, .a = t->a}, .sized = {.g = t->g, .s = t->doc->at}};
}

static void say_left(scalars *w) {
    if (w->n_left) doc_say(w->t->doc, 3, "and %u more", w->n_left);
}

void scalar_forward(teller *t) {
    scalars w = begin(t);
    for (uint32_t i = 0; i < t->d->forward.list.n; i++) {
        const stmt *s = &t->d->forward.list.at[i];
        if (is_spelled(&w, s->node)) each_entry(&w, s->var, forward_entry);
        else whole_line(&w, ir_var(t->g, s->var)->leaf, s->node);
    }
    say_left(&w);
}

/* Of the values and parameters, or of the inputs. */
static void backward(teller *t, bool inputs) {
    scalars w = begin(t);
    for (uint32_t i = 0; i < t->d->list.n; i++) {
        const gradient *v = &t->d->list.at[i];
        const node     *x = v->local ? ir_node(t->g, v->local) : NULL;
        bool            is_input = ir_var(t->g, v->var)->kind == VAR_INPUT;
        if (!x || v->given || is_input != inputs || x->op == OP_NUMBER || x->op == OP_ONES) continue;
        if (is_spelled(&w, v->local)) each_entry(&w, v->var, backward_entry);
        else whole_line(&w, ir_var(t->g, v->grad)->leaf, v->local);
    }
    say_left(&w);
}

void scalar_backward(teller *t) {
    backward(t, false);
}

void scalar_inputs(teller *t) {
    backward(t, true);
}

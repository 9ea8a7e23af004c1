/* One entry of a formula with the numbers in it: sums are written out, every name is its value. */
#include <math.h>

#include "teach/tell/figures.h"

typedef struct spelling {
    figures     *f;
    index_env    env;
    index_values at;
} spelling;

static size_t place(const spelling *w, char letter) {
    return letter == 0 || letter == '1' ? 0 : w->at.at[(unsigned char)letter & 127];
}

static index_tree *spell(spelling *w, const index_tree *x);

static index_tree *entry(spelling *w, const index_tree *x) {
    matrix m = eval_node(w->f->p->e, ir_var(w->f->t->g, x->var)->leaf);
    size_t i = place(w, x->row) * m.cols + place(w, x->col);
    if (!m.at || i >= m.rows * m.cols) return NULL;
    double      value = figures_shown(w->f, m, i);
    index_tree *size = index_number(&w->env, fabs(value));
    return value < 0 ? index_op(&w->env, OP_NEG, size, NULL) : size; /* in brackets where it has to be */
}

static index_tree *sum(spelling *w, const index_tree *x) {
    unsigned char letter = (unsigned char)x->letter & 127;
    size_t n = x->size ? sizes_get(w->at.e->s, x->size) : index_range(w->at.e, x->a, x->letter);
    index_tree *out = NULL;
    for (size_t i = 0; i < n; i++) {
        w->at.at[letter] = i;
        index_tree *one = spell(w, x->a);
        out = i ? index_op(&w->env, OP_ADD, out, one) : one;
    }
    w->at.at[letter] = 0;
    return out;
}

static index_tree *operation(spelling *w, const index_tree *x) {
    index_tree *out = arena_new(w->env.a, sizeof *out);
    if (!out) return NULL;
    *out = *x;
    out->a = spell(w, x->a);
    out->b = x->b ? spell(w, x->b) : NULL;
    out->c = x->c ? spell(w, x->c) : NULL;
    return out->a && (out->b || !x->b) && (out->c || !x->c) ? out : NULL;
}

/* Trees are as deep as one formula of the model. */
static index_tree *spell(spelling *w, const index_tree *x) {
    switch ((index_kind)x->kind) {
    case INDEX_NUMBER: return index_number(&w->env, x->number);
    case INDEX_SIZE: return index_number(&w->env, (double)sizes_get(w->at.e->s, x->size));
    case INDEX_ENTRY: return entry(w, x);
    case INDEX_SUM: return sum(w, x);
    case INDEX_NODE: return x->op == OP_OPEN ? NULL : operation(w, x);
    case INDEX_DELTA: return index_number(&w->env, place(w, x->row) == place(w, x->col));
    case INDEX_AT: case INDEX_PARTIAL: case INDEX_LOSS: break;
    }
    return NULL;
}

const index_tree *figures_spelled(figures *f, node_id formula, size_t row, size_t col) {
    char     fresh[] = "kpqrsuvwnt";
    spelling w = {.f = f, .env = {.g = f->t->g, .a = f->t->a, .fresh = fresh}, .at = {.e = f->p->e}};
    w.at.at['i'] = row;
    w.at.at['j'] = col;
    const index_tree *x = index_of_node(&w.env, formula, 'i', 'j');
    return x ? spell(&w, x) : NULL;
}

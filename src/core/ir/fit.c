/* What sizes have to be for a model: that the rows and columns that are taken are there, that n - 1 is one or
 * more. */
#include "core/ir/model.h"

typedef struct needs {
    const ir *g;
    arena    *a;
    VEC(need) list;
} needs;

static void add_need(needs *w, dim_sum sum, int64_t least, need of) {
    if (sum.failed || dim_sum_at_least(&sum, least)) return;
    of.sum = sum;
    of.least = least;
    vec_push(w->a, &w->list, of);
}

/* A slice or a pad: what stands before the piece, the piece, what stands behind it. */
static void add_piece(needs *w, node_id n, span at) {
    const node *x = ir_node(w->g, n);
    dim     own = shape_along(x->sh, x->attr), of = shape_along(ir_shape(w->g, x->arg[0]), x->attr);
    bool    pad = x->op == OP_PAD;
    dim_sum start = dim_read(w->g->names, x->ref), part = dim_read(w->g->names, pad ? of : own),
            all = dim_read(w->g->names, pad ? own : of);
    need one = {.n = n, .at = at};
    add_need(w, start, 0, one);
    add_need(w, part, 1, one);
    add_need(w, dim_sum_sub(all, dim_sum_add(start, part)), 0, one);
}

static dfoo_status find_needs(const model *m, needs *w) {
    for (var_id v = 1; v < m->g.vars.n; v++) {
        const variable *x = ir_var(&m->g, v);
        if (x->kind > VAR_PARAM) continue;
        add_need(w, dim_read(m->g.names, x->sh.rows), !shape_is_scalar(x->sh), (need){.v = v, .at = x->at});
        add_need(w, dim_read(m->g.names, x->sh.cols), !shape_is_scalar(x->sh), (need){.v = v, .at = x->at});
    }
    for (uint32_t i = 0; i < m->forward.list.n; i++) {
        const stmt *s = &m->forward.list.at[i];
        node_list   all = {{0}};
        DFOO_TRY(ir_reach(&m->g, w->a, &s->node, 1, &all));
        for (uint32_t k = 0; k < all.list.n; k++)
            if (op_table[ir_node(&m->g, all.list.at[k])->op].rule == SHAPE_PIECE)
                add_piece(w, all.list.at[k], s->at);
    }
    return arena_status(w->a);
}

/* The first need that these sizes do not meet; what is not known may be met. */
static const need *unmet(const needs *w, const sizes *s) {
    int64_t value;
    for (uint32_t i = 0; i < w->list.n; i++)
        if (sizes_value(s, &w->list.at[i].sum, &value) && value < w->list.at[i].least) return &w->list.at[i];
    return NULL;
}

bool model_misfit(const model *m, arena *a, const sizes *s, need *out) {
    needs w = {.g = &m->g, .a = a};
    const need *x = find_needs(m, &w) == DFOO_OK ? unmet(&w, s) : NULL;
    if (x) *out = *x;
    return x != NULL;
}

/* One size more, or one less, that brings a need nearer; false: there is none. */
static bool move_size(const need *x, sizes *s) {
    for (int down = 0; down < 2; down++)
        for (uint32_t i = 0; i < x->sum.n; i++) {
            const dim_term *t = &x->sum.at[i];
            if (!t->n || (t->times < 0) != down) continue;
            size_t *size = &s->of[t->of[0]];
            if (down && *size < 2) continue;
            *size = down ? *size - 1 : *size + 1;
            return true;
        }
    return false;
}

dfoo_status model_move_sizes(const model *m, arena *a, sizes *s) {
    enum { MOST_MOVES = 200 };
    needs w = {.g = &m->g, .a = a};
    DFOO_TRY(find_needs(m, &w));
    const need *x;
    for (int i = 0; i < MOST_MOVES && (x = unmet(&w, s)); i++)
        if (!move_size(x, s)) break;
    return DFOO_OK;
}

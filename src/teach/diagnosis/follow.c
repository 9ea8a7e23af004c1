/* What follows from the answers so far, and whether an answer is that. */
#include <math.h>

#include "teach/diagnosis/inside.h"

bool is_answer(const judging *w, const answer *x, matrix y, const double *rounding) {
    if (!x->value.at || !y.at) return false;
    if (x->scaled) return matrix_factor(x->value, y, 10 * w->same) > 0;
    return agrees(x->value, NULL, y, rounding, w->same);
}

/* The gradient that a statement defines, by number; n: none. */
static uint32_t defined_by(const side *x, const stmt *st) {
    uint32_t u = 0;
    while (u < x->s.right.list.n && x->s.right.list.at[u].grad != st->var) u++;
    return u;
}

/* Is it to be computed on the way to the goal? */
static bool is_needed(const side *x, const matrix *known, uint32_t goal, const bool *needed, uint32_t u) {
    return u < x->s.right.list.n && needed[u] && (u == goal || !known[u].at);
}

static void mark_needed(const side *x, const program *p, uint32_t goal, const matrix *known, bool *needed,
                        arena *a) {
    const ir *g = x->s.g;
    needed[goal] = true;
    for (uint32_t i = p->list.n; i-- > 0;) {
        node_list names = {{0}};
        if (!is_needed(x, known, goal, needed, defined_by(x, &p->list.at[i]))) continue;
        if (ir_names(g, a, p->list.at[i].node, &names) != DFOO_OK) return;
        for (uint32_t k = 0; k < names.list.n; k++) {
            uint32_t u = defined_by(x, &(stmt){.var = ir_node(g, names.list.at[k])->ref});
            if (u < x->s.right.list.n) needed[u] = true;
        }
    }
}

dfoo_status known_values(const side *x, const instance *in, const ir *g, const matrix *known, uint32_t goal,
                         arena *a, evaluation *e) {
    DFOO_TRY(eval_init(e, g, a, &in->sz));
    for (node_id i = 1; i < in->e.n_nodes && i < g->nodes.n; i++)
        if (ir_node(g, i)->op == OP_VAR && ir_var(g, ir_node(g, i)->ref)->kind != VAR_GRADIENT)
            e->value[i] = in->e.value[i];
    for (uint32_t u = 0; u < x->s.right.list.n; u++)
        if (u != goal && known[u].at) e->value[ir_var(g, x->s.right.list.at[u].grad)->leaf] = known[u];
    return DFOO_OK;
}

bool leads_elsewhere(const side *x, arena *a, const program *p, const matrix *known, uint32_t goal) {
    bool *needed = arena_new(a, x->s.right.list.n + 1);
    if (!needed) return true;
    mark_needed(x, p, goal, known, needed, a);
    for (uint32_t i = 0; i < p->list.n; i++) {
        uint32_t u = defined_by(x, &p->list.at[i]);
        if (is_needed(x, known, goal, needed, u) && p->list.at[i].node != x->s.raw.list.at[u].node)
            return true;
    }
    return a->failed;
}

/* A shape that is not the variable's is possible at the goal only. */
dfoo_status follow(const side *x, uint32_t k, arena *a, const program *p, const matrix *known, uint32_t goal,
                   matrix *out) {
    const ir  *g = x->s.g;
    bool      *needed = arena_new(a, x->s.right.list.n + 1);
    evaluation e;
    *out = (matrix){0};
    if (!needed) return DFOO_ENOMEM;
    DFOO_TRY(known_values(x, &x->in[k], g, known, goal, a, &e));
    mark_needed(x, p, goal, known, needed, a);
    for (uint32_t i = 0; i < p->list.n; i++) {
        const stmt *st = &p->list.at[i];
        uint32_t    u = defined_by(x, st);
        program     one = {{0}};
        if (!is_needed(x, known, goal, needed, u)) continue;
        bool whole = shape_equal(ir_shape(g, st->node), ir_var(g, st->var)->sh);
        if (!whole && u != goal) return DFOO_OK;
        vec_push(a, &one.list, *st);
        DFOO_TRY(whole ? eval_add_program(&e, &one) : eval_add_node(&e, st->node));
        if (u == goal) *out = e.value[whole ? ir_var(g, st->var)->leaf : st->node];
    }
    eval_run(&e);
    return arena_status(a);
}

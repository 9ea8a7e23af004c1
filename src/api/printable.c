/* Lines without a name for their parts can be as long as a tree of all paths; such a text is refused before
 * it is written. */
#include "api/api.h"

enum { MOST_NAMES_IN_A_LINE = 100000 };

/* How many names and operations a node is as a tree, as it is printed. */
static dfoo_status tree_size(work *w, node_id root, double *out) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(&w->m.g, &w->a, &root, 1, &need));
    double *size = arena_new(&w->a, need.list.n * sizeof *size);
    if (!size) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(&w->m.g, need.list.at[i]);
        size[i] = 1;
        for (int k = 0; k < op_table[x->op].arity; k++) size[i] += size[node_list_place(&need, x->arg[k])];
    }
    *out = need.list.n ? size[need.list.n - 1] : 0;
    return DFOO_OK;
}

static dfoo_status line_printable(work *w, var_id v, node_id n) {
    double size = 0;
    if (!n) return DFOO_OK;
    DFOO_TRY(tree_size(w, n, &size));
    if (size <= MOST_NAMES_IN_A_LINE) return DFOO_OK;
    diag_alone(&w->messages, "%s written out is %.2g names and operations long", ir_var_name(&w->m.g, v),
               size);
    diag_note(&w->messages,
              "what is used more than once needs a name: give the inner values lines of their own");
    return DFOO_EINPUT;
}

dfoo_status work_printable(work *w) {
    for (uint32_t i = 0; i < w->m.forward.list.n; i++)
        DFOO_TRY(line_printable(w, w->m.forward.list.at[i].var, w->m.forward.list.at[i].node));
    for (uint32_t i = 0; i < w->dv.list.n; i++) {
        DFOO_TRY(line_printable(w, w->dv.list.at[i].grad, w->dv.list.at[i].whole));
        DFOO_TRY(line_printable(w, w->dv.list.at[i].grad, w->dv.list.at[i].local));
    }
    for (uint32_t i = 0; i < w->dv.trail.n; i++) {
        const step *s = &w->dv.trail.at[i];
        if (s->kind == TRAIL_REWRITE && s->goal) DFOO_TRY(line_printable(w, s->goal, s->in));
    }
    return DFOO_OK;
}

/* What the formats share: which gradients are wanted, and bytes of texts that dfoo did not write. */
#include "ship/emit/inside.h"

#include <string.h>

bool emit_is_listed(const bool *only, const gradient *v) {
    return v->shown && !v->given && (!only || only[v->var]);
}

bool emit_is_unreached(const derivation *d, const bool *only, var_id v) {
    if (derivation_is_jacobian(d)) return false;
    return ir_var(&d->m->g, v)->kind == VAR_PARAM && !derivation_find(d, v) && (!only || only[v]);
}

bool emit_uses_size(const ir *g, const node *x, sym name) {
    bool own = dim_has(g->names, x->sh.rows, name) || dim_has(g->names, x->sh.cols, name);
    if (x->op == OP_SIZE) return x->ref == dim_named(name);
    if (op_table[x->op].rule != SHAPE_PIECE) return x->op == OP_ONES && own;
    dim before = x->ref, behind = x->op == OP_PAD ? ir_piece_rest(g, x) : shape_along(x->sh, x->attr);
    return dim_has(g->names, before, name) || dim_has(g->names, behind, name);
}

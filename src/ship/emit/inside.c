/* What the formats share: which gradients are wanted, and bytes of texts that dfoo did not write. */
#include "ship/emit/inside.h"

#include <string.h>

bool emit_is_listed(const bool *only, const gradient *v) {
    return v->shown && !v->given && (!only || only[v->var]);
}

bool emit_is_unreached(const derivation *d, const bool *only, var_id v) {
    return ir_var(&d->m->g, v)->kind == VAR_PARAM && !derivation_find(d, v) && (!only || only[v]);
}

bool emit_uses_size(const node *x, sym name) {
    dim d = dim_named(name);
    if (x->op == OP_SIZE) return x->ref == d;
    return x->op == OP_ONES && (x->sh.rows == d || x->sh.cols == d);
}

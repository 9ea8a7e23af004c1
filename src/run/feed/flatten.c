/* Examples that are arrays themselves: images of (height, width, colours), one after the other in an array
 * of one dimension more. Each becomes one column (or row) of entries in row-major order, which is
 * x.reshape(m, -1).T in numpy. Training remembers their shape: an array of just this shape is one example
 * later, and one of another shape is refused, even if it has as many entries. */
#include <assert.h>
#include <string.h>

#include "run/feed/flatten.h"

/* Are the dimensions of x from `from` on those of a remembered example? */
static bool same_dims(const dfoo_array *x, int from, const memo *known) {
    return known->n_dims && x->ndim - from == known->n_dims &&
           memcmp(x->dim + from, known->dim, (size_t)known->n_dims * sizeof *known->dim) == 0;
}

bool flatten_is_due(const bind_request *r, var_id v, const dfoo_array *x) {
    const memo *known = memos_find(r->memos, v);
    return x->ndim > 2 || (r->remembered && known && same_dims(x, 0, known));
}

static void say_flattened(const bind_request *r, var_id v, const dfoo_array *x, size_t n) {
    if (!r->opt->flatten)
        diag_tell(r->m->g.d, "%s: %s is %s, and %s is read as %zu examples of %zu entries, as --flatten says",
                  source_name(r), x->name, arrays_dims_text(r->a, x->ndim, x->dim), var_name(r, v), n,
                  n ? array_entries(x) / n : 0);
}

static dfoo_status other_shape(const bind_request *r, const dfoo_array *x, const memo *known) {
    return diag_alone(r->m->g.d, "%s: %s is %s, where examples of %s are needed, as training saw them",
                      source_name(r), x->name, arrays_dims_text(r->a, x->ndim, x->dim),
                      arrays_dims_text(r->a, known->n_dims, known->dim));
}

dfoo_status flatten(const bind_request *r, var_id v, const dfoo_array *x, size_t *n) {
    const ir *g = &r->m->g;
    memo     *known = memos_get(r->memos, r->a, v);
    *n = x->dim[0];
    if (!known) return DFOO_ENOMEM;
    assert(flatten_is_due(r, v, x));
    if (!by_example(r->m, ir_var(g, v)))
        return diag_alone(g->d, "%s: %s has %d dimensions, and %s is needed", source_name(r), x->name,
                          x->ndim, print_shape_text(g, r->a, ir_var(g, v)->sh));
    if (r->remembered && same_dims(x, 0, known)) {
        *n = 1;
        return DFOO_OK;
    }
    if (r->remembered && known->n_dims) return same_dims(x, 1, known) ? DFOO_OK : other_shape(r, x, known);
    if (!r->remembered) {
        known->n_dims = x->ndim - 1;
        memcpy(known->dim, x->dim + 1, (size_t)known->n_dims * sizeof *known->dim);
    }
    say_flattened(r, v, x, *n);
    return arena_status(r->a);
}

/* The public interface: sets of arrays. */
#include "api/api.h"

/* Who keeps the messages about a set: the context that it was made with. */
static dfoo *context_of(const dfoo_arrays *set) {
    return arrays_owner(set);
}

dfoo_status set_new(dfoo *d, dfoo_arrays **out) {
    DFOO_TRY(arrays_new(&d->mem, out));
    arrays_own(*out, d);
    return DFOO_OK;
}

dfoo_status set_plain(dfoo *d, const dfoo_arrays **set, dfoo_arrays **own) {
    *own = NULL;
    if (!*set || arrays_are_plain(*set)) return DFOO_OK;
    DFOO_TRY(arrays_new(&d->mem, own));
    dfoo_status status = arrays_add_plain(*own, *set);
    if (status == DFOO_OK) *set = *own;
    return status;
}

dfoo_status dfoo_arrays_new(dfoo *d, dfoo_arrays **out) {
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, out);
    return set_new(d, out);
}

void dfoo_arrays_free(dfoo_arrays *set) {
    arrays_free(set);
}

dfoo_status dfoo_arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                            const double *data,
                            dfoo_array **out) {
    if (out) *out = NULL;
    NEED(NULL, set);
    NEED(context_of(set), name);
    NEED(context_of(set), dim || ndim <= 0);
    return arrays_add(set, name, ndim, dim, data, out);
}

dfoo_status dfoo_arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols,
                                   const double *data,
                                   dfoo_array **out) {
    if (out) *out = NULL;
    NEED(NULL, set);
    NEED(context_of(set), name);
    return arrays_add_matrix(set, name, rows, cols, data, out);
}

dfoo_status dfoo_arrays_add_f32(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                                const float *data,
                                dfoo_array **out) {
    if (out) *out = NULL;
    NEED(NULL, set);
    NEED(context_of(set), name);
    NEED(context_of(set), dim || ndim <= 0);
    return arrays_add_f32(set, name, ndim, dim, data, out);
}

dfoo_status dfoo_arrays_borrow(dfoo_arrays *set, const char *name, dfoo_dtype dtype, int ndim,
                               const size_t *dim,
                               const ptrdiff_t *step, const void *data, dfoo_array **out) {
    if (out) *out = NULL;
    NEED(NULL, set);
    NEED(context_of(set), name);
    NEED(context_of(set), dim || ndim <= 0);
    NEED(context_of(set), data);
    KNOWN(context_of(set), dtype, DFOO_F32);
    return arrays_borrow(set, name, dtype, ndim, dim, step, data, out);
}

dfoo_array *dfoo_arrays_get(const dfoo_arrays *set, const char *name) {
    return set && name ? arrays_get(set, name) : NULL;
}

size_t dfoo_arrays_count(const dfoo_arrays *set) {
    return set ? arrays_count(set) : 0;
}

dfoo_array *dfoo_arrays_at(const dfoo_arrays *set, size_t i) {
    return set ? arrays_at(set, i) : NULL;
}

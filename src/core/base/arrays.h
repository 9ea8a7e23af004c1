/* Named arrays of numbers (dfoo_arrays): what files hold and what runs take and give. */
#ifndef BASE_ARRAYS_H
#define BASE_ARRAYS_H

#include "core/base/mem.h"

dfoo_status arrays_new(const dfoo_allocator *mem, dfoo_arrays **out);
void        arrays_free(dfoo_arrays *set);

/* A pointer that the set keeps for whoever made it; NULL at first. */
void  arrays_own(dfoo_arrays *set, void *owner);
void *arrays_owner(const dfoo_arrays *set);

dfoo_status arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                       const double *data, dfoo_array **out);
dfoo_status arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols,
                              const double *data, dfoo_array **out);

/* An array of either type, with a copy of the caller's dense `data` (NULL: zeros), or as it lies in the
 * caller's memory. */
dfoo_status arrays_add_f32(dfoo_arrays *set, const char *name, int ndim, const size_t *dim, const float *data,
                           dfoo_array **out);
dfoo_status arrays_borrow(dfoo_arrays *set, const char *name, dfoo_dtype dtype, int ndim, const size_t *dim,
                          const ptrdiff_t *step, const void *data, dfoo_array **out);

/* Has every array its entries as doubles, row by row, in `data`? The rooms expect no other. */
bool arrays_are_plain(const dfoo_arrays *set);

/* Has every array its entries row by row, as doubles or floats, from `values` on? */
bool arrays_are_dense(const dfoo_arrays *set);

/* Adds all arrays of another set: plain ones as they lie, copies of the others. */
dfoo_status arrays_add_plain(dfoo_arrays *set, const dfoo_arrays *from);

/* Moves all arrays to `to`, whose allocator is the same. DFOO_EINPUT: both have an array `*twice`, and
 * what stands behind it has not been moved. */
dfoo_status arrays_move(dfoo_arrays *from, dfoo_arrays *to, const char **twice);

dfoo_array *arrays_get(const dfoo_arrays *set, const char *name);
size_t      arrays_count(const dfoo_arrays *set);
dfoo_array *arrays_at(const dfoo_arrays *set, size_t i);

/* The number of entries; 1 for a scalar. */
size_t array_entries(const dfoo_array *x);

/* The array as a matrix: a scalar is (1, 1), a vector of n is (n, 1), what has more than two
 * dimensions does not count (false). */
bool array_as_matrix(const dfoo_array *x, size_t *rows, size_t *cols);

/* "(209, 64, 64, 3)" and "(209,)", as numpy writes them; "" without memory. */
const char *arrays_dims_text(arena *a, int ndim, const size_t *dim);

#endif

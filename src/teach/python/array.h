/* numpy's arrays: views with steps over shared entries, broadcast, summed, multiplied. */
#ifndef PYTHON_ARRAY_H
#define PYTHON_ARRAY_H

#include "teach/python/value.h"

/* Of the given shape, zeroed; NULL if something has failed (raised). */
py_array *py_array_new(py_run *r, py_type type, int rank, const int64_t *dim);
py_array *py_array_like(py_run *r, py_type type, const py_array *shape);
py_array *py_array_copy(py_run *r, const py_array *x, py_type type);
py_array *py_array_view(py_run *r, const py_array *x);
py_array *py_array_number(py_run *r, py_type type, double x); /* rank 0 */

int64_t py_array_size(const py_array *x);
/* The place of the entry with the running number i, row by row. */
ptrdiff_t            py_array_place(const py_array *x, int64_t i);
static inline double py_array_get(const py_array *x, int64_t i) {
    return x->at[py_array_place(x, i)];
}
void py_array_fill(py_array *x, double value);

/* (3, 4) as numpy writes it, (3,4) as its messages about broadcasting do. */
const char *py_shape_text(py_run *r, int rank, const int64_t *dim, bool blanks);

/* A value as an array: numbers, and lists of lists of the same length. NULL: raised. */
py_array *py_as_array(py_run *r, py_value x);
/* A result: an array of rank 0 becomes a number of numpy's. */
py_value py_result(const py_array *x);
bool     py_is_numeric(py_value x); /* a number or an array */

/* Stretches a view of x to a shape that it fits; false: it does not fit. */
bool py_array_stretch(const py_array *x, int rank, const int64_t *dim, py_array *out);
/* The common shape of some arrays; false (and raised): there is none. */
bool py_array_broadcast(py_run *r, const py_array *const *x, int n, py_array *shape);

/* Writes the values of `from` (stretched) into the entries of `to`, in its type. what: for the message, NULL:
 * assignment. */
bool py_array_assign(py_run *r, py_array *to, const py_array *from);

typedef double (*py_function)(double x);
py_array *py_array_map(py_run *r, const py_array *x, py_function f, py_type type);

/* A binary operation by its sign ('+', PY_SIGN_POWER, '<', 'M'aximum, ..); out: an array to write to, or
 * NULL. */
py_array *py_array_binary(py_run *r, int op, const py_array *x, const py_array *y, py_array *out);
double    py_binary_number(int op, double x, double y, bool whole);

/* axis: ALL_AXES, or from -rank to rank - 1 (else raised). */
enum { PY_ALL_AXES = 1 << 20 };
bool py_array_axis(py_run *r, const py_array *x, int64_t axis, int *out);
/* 's'um, 'm'ean, 'p'roduct, '<' min, '>' max, 'a'rgmax, 'i' argmin, '&' all, '|' any, 'v'ariance,
 * 'd'eviation; ddof: of the last two. */
py_array *py_array_reduce(py_run *r, int how, const py_array *x, int64_t axis, bool keep, double ddof);

py_array *py_array_dot(py_run *r, const py_array *x, const py_array *y, bool at_sign);
py_array *py_array_transpose(py_run *r, const py_array *x);
/* A view where that is possible, else a copy. One entry of dim may be -1. */
py_array *py_array_reshape(py_run *r, const py_array *x, int rank, const int64_t *dim);
py_array *py_array_join(py_run *r, const py_list *parts, int64_t axis);
py_array *py_array_add_axis(py_run *r, const py_array *x, int at); /* a view */

/* x[index], and x[index] = value. */
py_value py_array_index(py_run *r, const py_array *x, py_value index);
bool     py_array_set(py_run *r, py_array *x, py_value index, py_value value);

/* The first index, the step and the number of a slice over n; false: raised. */
bool py_slice_over(py_run *r, const py_list *slice, int64_t n, int64_t *first, int64_t *step, int64_t *count);

#endif

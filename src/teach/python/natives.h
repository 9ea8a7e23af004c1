/* The functions that Python and numpy bring along: one table (natives.def), a row for each. */
#ifndef PYTHON_NATIVES_H
#define PYTHON_NATIVES_H

#include <string.h>

#include "teach/python/operators.h"

enum { PY_MOST_ARGUMENTS = 10 };

/* The arguments of a call by their place among the row's parameters. */
typedef struct py_arguments {
    py_value at[PY_MOST_ARGUMENTS];
    bool     given[PY_MOST_ARGUMENTS];
    py_list  rest;  /* of a parameter with a star */
    bool     plain; /* of math or Python's own: numbers go in and out */
} py_arguments;

typedef py_value (*py_row)(py_run *r, const py_native *f, const py_arguments *x);

struct py_native {
    const char *names;      /* with blanks between: "numpy.sum array.sum" */
    const char *parameters; /* "a axis? keepdims?": ? may be missing, * all that are left */
    py_row      run;
    int         detail; /* what the row's function needs to know */
    py_function map;
};

/* The row of a dotted name; NULL: there is none. */
const py_native *py_native_find(const char *path);
/* Is there any row that begins with this, as "numpy.random" does? */
bool        py_native_module(const char *path);
py_value    py_native_value(const py_native *f, const char *path);
py_value    py_native_call(py_run *r, py_value f, const py_value *args, uint32_t n, const py_keyword *keys,
                           uint32_t n_keys);
const char *py_native_name(const py_native *f, char *text, size_t size); /* the last part of its first name */

/* Is this the row whose first name that is? */
static inline bool py_native_is(const py_native *f, const char *first) {
    size_t n = strlen(first);
    return strncmp(f->names, first, n) == 0 && (f->names[n] == ' ' || f->names[n] == '\0');
}

/* Of a dtype argument; `none` if it is not given. */
py_type py_read_type(py_run *r, py_value x, py_type none);
/* (3, 4) or 3. false: raised. */
bool py_read_shape(py_run *r, py_value x, int64_t dim[PY_RANK], int *rank);

/* What rows run: numpy_make.c, numpy_shape.c, numpy_values.c, numpy_random.c, builtins.c, methods.c. */
py_value np_same(py_run *r, const py_native *f, const py_arguments *x);
py_value np_ask(py_run *r, const py_native *f, const py_arguments *x);
py_value np_round(py_run *r, const py_native *f, const py_arguments *x);
py_value math_whole(py_run *r, const py_native *f, const py_arguments *x);
py_value np_binary(py_run *r, const py_native *f, const py_arguments *x);
py_value np_logical(py_run *r, const py_native *f, const py_arguments *x);
py_value np_where(py_run *r, const py_native *f, const py_arguments *x);
py_value np_clip(py_run *r, const py_native *f, const py_arguments *x);
py_value py_softmax(py_run *r, const py_native *f, const py_arguments *x);
py_value np_nan_to_num(py_run *r, const py_native *f, const py_arguments *x);
py_value np_reduce(py_run *r, const py_native *f, const py_arguments *x);
py_value np_extreme(py_run *r, const py_native *f, const py_arguments *x);
py_value np_deviation(py_run *r, const py_native *f, const py_arguments *x);
py_value np_cumulate(py_run *r, const py_native *f, const py_arguments *x);
py_value np_count_nonzero(py_run *r, const py_native *f, const py_arguments *x);
py_value np_dot(py_run *r, const py_native *f, const py_arguments *x);
py_value np_outer(py_run *r, const py_native *f, const py_arguments *x);
py_value np_inner(py_run *r, const py_native *f, const py_arguments *x);
py_value np_tensordot(py_run *r, const py_native *f, const py_arguments *x);
py_value np_einsum(py_run *r, const py_native *f, const py_arguments *x);
py_value np_norm(py_run *r, const py_native *f, const py_arguments *x);
py_value np_trace(py_run *r, const py_native *f, const py_arguments *x);
py_value np_close(py_run *r, const py_native *f, const py_arguments *x);
py_value np_array_equal(py_run *r, const py_native *f, const py_arguments *x);
py_value np_sort(py_run *r, const py_native *f, const py_arguments *x);
py_value np_argsort(py_run *r, const py_native *f, const py_arguments *x);
py_value np_unique(py_run *r, const py_native *f, const py_arguments *x);
py_value np_nonzero(py_run *r, const py_native *f, const py_arguments *x);
py_value np_bincount(py_run *r, const py_native *f, const py_arguments *x);
py_value np_array(py_run *r, const py_native *f, const py_arguments *x);
py_value np_astype(py_run *r, const py_native *f, const py_arguments *x);
py_value np_itself(py_run *r, const py_native *f, const py_arguments *x);
py_value np_fill_zero(py_run *r, const py_native *f, const py_arguments *x);
py_value np_filled(py_run *r, const py_native *f, const py_arguments *x);
py_value torch_filled(py_run *r, const py_native *f, const py_arguments *x);
py_value np_full(py_run *r, const py_native *f, const py_arguments *x);
py_value np_like(py_run *r, const py_native *f, const py_arguments *x);
py_value np_full_like(py_run *r, const py_native *f, const py_arguments *x);
py_value np_eye(py_run *r, const py_native *f, const py_arguments *x);
py_value np_arange(py_run *r, const py_native *f, const py_arguments *x);
py_value np_linspace(py_run *r, const py_native *f, const py_arguments *x);
py_value np_diag(py_run *r, const py_native *f, const py_arguments *x);
py_value np_diagflat(py_run *r, const py_native *f, const py_arguments *x);
py_value np_meshgrid(py_run *r, const py_native *f, const py_arguments *x);
py_value np_nothing(py_run *r, const py_native *f, const py_arguments *x);
py_value np_type(py_run *r, const py_native *f, const py_arguments *x);
py_value np_vectorize(py_run *r, const py_native *f, const py_arguments *x);
py_value np_apply_along_axis(py_run *r, const py_native *f, const py_arguments *x);
py_value np_reshape(py_run *r, const py_native *f, const py_arguments *x);
py_value array_reshape(py_run *r, const py_native *f, const py_arguments *x);
py_value np_ravel(py_run *r, const py_native *f, const py_arguments *x);
py_value np_transpose(py_run *r, const py_native *f, const py_arguments *x);
py_value array_transpose(py_run *r, const py_native *f, const py_arguments *x);
py_value np_swapaxes(py_run *r, const py_native *f, const py_arguments *x);
py_value np_moveaxis(py_run *r, const py_native *f, const py_arguments *x);
py_value np_squeeze(py_run *r, const py_native *f, const py_arguments *x);
py_value np_expand_dims(py_run *r, const py_native *f, const py_arguments *x);
py_value np_atleast(py_run *r, const py_native *f, const py_arguments *x);
py_value np_broadcast_to(py_run *r, const py_native *f, const py_arguments *x);
py_value np_concatenate(py_run *r, const py_native *f, const py_arguments *x);
py_value np_stacked(py_run *r, const py_native *f, const py_arguments *x);
py_value np_stack(py_run *r, const py_native *f, const py_arguments *x);
py_value np_append(py_run *r, const py_native *f, const py_arguments *x);
py_value np_insert(py_run *r, const py_native *f, const py_arguments *x);
py_value np_delete(py_run *r, const py_native *f, const py_arguments *x);
py_value np_tile(py_run *r, const py_native *f, const py_arguments *x);
py_value np_repeat(py_run *r, const py_native *f, const py_arguments *x);
py_value np_flip(py_run *r, const py_native *f, const py_arguments *x);
py_value np_roll(py_run *r, const py_native *f, const py_arguments *x);
py_value np_split(py_run *r, const py_native *f, const py_arguments *x);
py_value np_triangle(py_run *r, const py_native *f, const py_arguments *x);
py_value np_shape(py_run *r, const py_native *f, const py_arguments *x);
py_value array_tolist(py_run *r, const py_native *f, const py_arguments *x);
py_value array_item(py_run *r, const py_native *f, const py_arguments *x);
py_value array_fill(py_run *r, const py_native *f, const py_arguments *x);
py_value array_sort(py_run *r, const py_native *f, const py_arguments *x);
py_value random_rand(py_run *r, const py_native *f, const py_arguments *x);
py_value random_sized(py_run *r, const py_native *f, const py_arguments *x);
py_value random_between(py_run *r, const py_native *f, const py_arguments *x);
py_value random_whole(py_run *r, const py_native *f, const py_arguments *x);
py_value random_binomial(py_run *r, const py_native *f, const py_arguments *x);
py_value random_permutation(py_run *r, const py_native *f, const py_arguments *x);
py_value random_shuffle(py_run *r, const py_native *f, const py_arguments *x);
py_value random_choice(py_run *r, const py_native *f, const py_arguments *x);
py_value random_generator(py_run *r, const py_native *f, const py_arguments *x);
py_value py_len(py_run *r, const py_native *f, const py_arguments *x);
py_value py_range(py_run *r, const py_native *f, const py_arguments *x);
py_value py_enumerate(py_run *r, const py_native *f, const py_arguments *x);
py_value py_zip(py_run *r, const py_native *f, const py_arguments *x);
py_value py_reversed(py_run *r, const py_native *f, const py_arguments *x);
py_value py_sorted(py_run *r, const py_native *f, const py_arguments *x);
py_value py_sum(py_run *r, const py_native *f, const py_arguments *x);
py_value py_extreme(py_run *r, const py_native *f, const py_arguments *x);
py_value py_any(py_run *r, const py_native *f, const py_arguments *x);
py_value py_abs(py_run *r, const py_native *f, const py_arguments *x);
py_value py_round(py_run *r, const py_native *f, const py_arguments *x);
py_value py_pow(py_run *r, const py_native *f, const py_arguments *x);
py_value py_divmod(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_int(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_float(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_bool(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_str(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_list(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_set(py_run *r, const py_native *f, const py_arguments *x);
py_value py_mapped(py_run *r, const py_native *f, const py_arguments *x);
py_value py_filter(py_run *r, const py_native *f, const py_arguments *x);
py_value py_isinstance(py_run *r, const py_native *f, const py_arguments *x);
py_value py_type_of(py_run *r, const py_native *f, const py_arguments *x);
py_value py_hasattr(py_run *r, const py_native *f, const py_arguments *x);
py_value py_getattr(py_run *r, const py_native *f, const py_arguments *x);
py_value py_setattr(py_run *r, const py_native *f, const py_arguments *x);
py_value py_callable_(py_run *r, const py_native *f, const py_arguments *x);
py_value py_id(py_run *r, const py_native *f, const py_arguments *x);
py_value py_first(py_run *r, const py_native *f, const py_arguments *x);
py_value py_zero(py_run *r, const py_native *f, const py_arguments *x);
py_value py_copy(py_run *r, const py_native *f, const py_arguments *x);
py_value py_tqdm(py_run *r, const py_native *f, const py_arguments *x);
py_value py_error(py_run *r, const py_native *f, const py_arguments *x);
py_value str_format(py_run *r, const py_native *f, const py_arguments *x);
py_value str_join(py_run *r, const py_native *f, const py_arguments *x);
py_value str_starts(py_run *r, const py_native *f, const py_arguments *x);
py_value str_split(py_run *r, const py_native *f, const py_arguments *x);
py_value str_replace(py_run *r, const py_native *f, const py_arguments *x);
py_value str_letters(py_run *r, const py_native *f, const py_arguments *x);
py_value str_strip(py_run *r, const py_native *f, const py_arguments *x);
py_value str_find(py_run *r, const py_native *f, const py_arguments *x);
py_value str_isdigit(py_run *r, const py_native *f, const py_arguments *x);
py_value list_append(py_run *r, const py_native *f, const py_arguments *x);
py_value list_extend(py_run *r, const py_native *f, const py_arguments *x);
py_value list_insert(py_run *r, const py_native *f, const py_arguments *x);
py_value list_pop(py_run *r, const py_native *f, const py_arguments *x);
py_value list_remove(py_run *r, const py_native *f, const py_arguments *x);
py_value list_reverse(py_run *r, const py_native *f, const py_arguments *x);
py_value list_sort(py_run *r, const py_native *f, const py_arguments *x);
py_value list_index(py_run *r, const py_native *f, const py_arguments *x);
py_value list_count(py_run *r, const py_native *f, const py_arguments *x);
py_value list_clear(py_run *r, const py_native *f, const py_arguments *x);
py_value py_to_dict(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_list(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_get(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_pop(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_setdefault(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_update(py_run *r, const py_native *f, const py_arguments *x);
py_value dict_add(py_run *r, const py_native *f, const py_arguments *x);
py_value py_map(py_run *r, const py_native *f, const py_arguments *x);

#endif

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

/* What rows run: numpy_make.c, numpy_shape.c, numpy_values.c, numpy_random.c, builtins.c, methods.c */
#define NATIVE(NAMES, PARAMETERS, RUN, DETAIL) \
    py_value RUN(py_run *r, const py_native *f, const py_arguments *x);
#define MAP(NAMES, FUNCTION)
#include "teach/python/natives.def"
py_value py_map(py_run *r, const py_native *f, const py_arguments *x);

#endif

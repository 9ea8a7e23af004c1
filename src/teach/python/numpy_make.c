/* numpy's functions that make arrays. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/natives.h"
#include "teach/python/walk.h"

/* -------------------------------------------------------- shapes and types */

static const struct {
    const char *name; /* of a row, or the letter with which a text begins */
    py_type     type;
} types[] = {{"int", PY_OF_INT},
             {"bool", PY_OF_BOOL},
             {"float", PY_OF_FLOAT},
             {"numpy.int64", PY_OF_INT},
             {"numpy.bool_", PY_OF_BOOL},
             {"numpy.float64", PY_OF_FLOAT},
             {"torch.long", PY_OF_INT},
             {"torch.float", PY_OF_FLOAT},
             {"i", PY_OF_INT},
             {"u", PY_OF_INT},
             {"b", PY_OF_BOOL},
             {"f", PY_OF_FLOAT},
             {"d", PY_OF_FLOAT}};

static bool names_type(py_value x, const char *name) {
    if (x.kind == PY_NATIVE) return py_native_is(x.native, name);
    return x.kind == PY_STRING && !name[1] && x.text->at[0] == name[0];
}

py_type py_read_type(py_run *r, py_value x, py_type none) {
    if (x.kind == PY_NONE) return none;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (names_type(x, types[i].name)) return types[i].type;
    if (x.kind == PY_NATIVE || x.kind == PY_STRING || x.kind == PY_CLASS)
        py_stop(r, "arrays of this type are not known here");
    else
        py_raise(r, "TypeError", "Cannot interpret '%s' as a data type", py_type_name(x));
    return none;
}

bool py_read_shape(py_run *r, py_value x, int64_t dim[PY_RANK], int *rank) {
    *rank = 0;
    if (x.kind == PY_INT || x.kind == PY_BOOL || (x.kind == PY_ARRAY && x.array->rank == 0)) {
        *rank = 1;
        return py_as_index(r, x, &dim[0]);
    }
    if (x.kind != PY_TUPLE && x.kind != PY_LIST && x.kind != PY_ARRAY) {
        py_raise(r, "TypeError", "'%s' object cannot be interpreted as an integer", py_type_name(x));
        return false;
    }
    const py_list *items = py_items(r, x);
    for (uint32_t i = 0; i < items->items.n; i++) {
        if (*rank == PY_RANK) {
            py_stop(r, "arrays of more than %d dimensions are not known here", PY_RANK);
            return false;
        }
        if (!py_as_index(r, items->items.at[i], &dim[(*rank)++])) return false;
    }
    return !r->failed;
}

static py_value filled(py_run *r, py_value shape, py_value type, double value, py_type none) {
    int64_t   dim[PY_RANK];
    int       rank;
    py_type   t = py_read_type(r, type, none);
    py_array *x = py_read_shape(r, shape, dim, &rank) ? py_array_new(r, t, rank, dim) : NULL;
    if (x && value != 0) py_array_fill(x, t == PY_OF_BOOL ? 1 : value);
    return py_of_array(x);
}

py_value np_filled(py_run *r, const py_native *f, const py_arguments *x) {
    return filled(r, x->at[0], x->at[1], f->detail, PY_OF_FLOAT);
}

py_value torch_filled(py_run *r, const py_native *f, const py_arguments *x) {
    bool     one = x->rest.items.n == 1 && x->rest.items.at[0].kind == PY_TUPLE;
    py_value shape = one ? x->rest.items.at[0] : py_new_list(r, PY_TUPLE, x->rest.items.at, x->rest.items.n);
    return filled(r, shape, x->at[1], f->detail, PY_OF_FLOAT);
}

static py_value full_of(py_run *r, py_array *shape, py_value value, py_value type) {
    const py_array *from = shape ? py_as_array(r, value) : NULL;
    if (!from) return py_none();
    py_array *x = py_array_like(r, py_read_type(r, type, (py_type)from->type), shape);
    return x && py_array_assign(r, x, from) ? py_of_array(x) : py_none();
}

py_value np_full(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t dim[PY_RANK];
    int     rank;
    (void)f;
    if (!py_read_shape(r, x->at[0], dim, &rank)) return py_none();
    return full_of(r, py_array_new(r, PY_OF_FLOAT, rank, dim), x->at[1], x->at[2]);
}

py_value np_full_like(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    if (!a) return py_none();
    py_value type = x->at[2];
    py_value made = full_of(r, a, x->at[1], type);
    return type.kind == PY_NONE && made.kind == PY_ARRAY
               ? py_of_array(py_array_copy(r, made.array, (py_type)a->type))
               : made;
}

py_value np_like(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    if (!a) return py_none();
    py_array *z = py_array_like(r, py_read_type(r, x->at[1], (py_type)a->type), a);
    if (z && f->detail) py_array_fill(z, f->detail);
    return py_of_array(z);
}

/* -------------------------------------------------------------- from values */

static const py_array *with_rank(py_run *r, const py_array *a, py_value ndmin) {
    int64_t least = 0;
    if (ndmin.kind != PY_NONE && !py_as_index(r, ndmin, &least)) return NULL;
    while (a && a->rank < least && !r->failed) a = py_array_add_axis(r, a, 0);
    return a;
}

py_value np_array(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    if (a) a = with_rank(r, a, x->at[3]);
    if (!a) return py_none();
    py_type type = py_read_type(r, x->at[1], (py_type)a->type);
    (void)f;
    if (r->failed) return py_none();
    return py_of_array(py_array_copy(r, a, type));
}

py_value np_itself(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    return x->at[0];
}

py_value np_astype(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    return a ? py_of_array(py_array_copy(r, a, (py_type)f->detail)) : py_none();
}

py_value np_fill_zero(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    if (a) py_array_fill(a, 0);
    return x->at[0];
}

/* np.float64(x), np.int32(x) */
py_value np_type(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->given[0] ? x->at[0] : py_float(0));
    return a ? py_result(py_array_copy(r, a, (py_type)f->detail)) : py_none();
}

py_value np_nothing(py_run *r, const py_native *f, const py_arguments *x) {
    (void)r;
    (void)f;
    (void)x;
    return py_none();
}

/* -------------------------------------------------------------------- rows */

py_value np_eye(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t n, m, k = 0;
    (void)f;
    if (!py_as_index(r, x->at[0], &n)) return py_none();
    m = n;
    if (x->at[1].kind != PY_NONE && x->at[1].kind != PY_NATIVE && !py_as_index(r, x->at[1], &m))
        return py_none();
    if (x->given[2] && !py_as_index(r, x->at[2], &k)) return py_none();
    int64_t   dim[2] = {n, m};
    py_array *z = py_array_new(r, py_read_type(r, x->at[3], PY_OF_FLOAT), 2, dim);
    for (int64_t i = 0; z && i < n; i++)
        if (i + k >= 0 && i + k < m) z->at[i * m + i + k] = 1;
    return py_of_array(z);
}

py_value np_arange(py_run *r, const py_native *f, const py_arguments *x) {
    double  from = 0, to, step = 1;
    py_type type = PY_OF_INT;
    (void)f;
    for (int i = 0; i < 3; i++) {
        if (!x->given[i] || x->at[i].kind == PY_NONE) continue;
        if (!py_is_number(x->at[i]))
            return py_raise(r, "TypeError", "arange() takes numbers, not '%s'", py_type_name(x->at[i]));
        if (x->at[i].kind == PY_FLOAT) type = PY_OF_FLOAT;
    }
    to = py_as_double(x->at[0]);
    if (x->given[1] && x->at[1].kind != PY_NONE) {
        from = to;
        to = py_as_double(x->at[1]);
    }
    if (x->given[2] && x->at[2].kind != PY_NONE) step = py_as_double(x->at[2]);
    if (step == 0) return py_raise(r, "ZeroDivisionError", "division by zero");
    double    count = ceil((to - from) / step);
    int64_t   n = count > 0 ? count < 1e9 ? (int64_t)count : 1000000000 : 0;
    py_array *z = py_array_new(r, py_read_type(r, x->at[3], type), 1, &n);
    for (int64_t i = 0; z && i < n; i++) z->at[i] = from + (double)i * step;
    return py_of_array(z);
}

py_value np_linspace(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t n = 50;
    bool    end = !x->given[3] || py_truth(r, x->at[3]);
    (void)f;
    if (x->given[2] && !py_as_index(r, x->at[2], &n)) return py_none();
    if (!py_is_number(x->at[0]) || !py_is_number(x->at[1]))
        return py_stop(r, "linspace of arrays is not known here");
    py_array *z = py_array_new(r, PY_OF_FLOAT, 1, &n);
    double    from = py_as_double(x->at[0]), to = py_as_double(x->at[1]), parts = (double)(end ? n - 1 : n);
    for (int64_t i = 0; z && i < n; i++)
        z->at[i] = from + (parts > 0 ? (double)i * ((to - from) / parts) : 0);
    if (z && end && n > 1) z->at[n - 1] = to;
    return py_of_array(z);
}

static py_value diagonal(py_run *r, const py_array *a) {
    int64_t   n = a->dim[0] < a->dim[1] ? a->dim[0] : a->dim[1];
    py_array *z = py_array_new(r, (py_type)a->type, 1, &n);
    for (int64_t i = 0; z && i < n; i++) z->at[i] = a->at[i * (a->step[0] + a->step[1])];
    return py_of_array(z);
}

static py_value with_diagonal(py_run *r, const py_array *a) {
    int64_t   n = py_array_size(a), dim[2] = {n, n};
    py_array *z = py_array_new(r, (py_type)a->type, 2, dim);
    for (int64_t i = 0; z && i < n; i++) z->at[i * (n + 1)] = py_array_get(a, i);
    return py_of_array(z);
}

py_value np_diag(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    if (!a) return py_none();
    if (x->given[1]) return py_stop(r, "diagonals beside the main one are not known here");
    if (a->rank == 2) return diagonal(r, a);
    return a->rank == 1 ? with_diagonal(r, a) : py_raise(r, "ValueError", "Input must be 1- or 2-d.");
}

py_value np_diagflat(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    return a ? with_diagonal(r, a) : py_none();
}

py_value np_meshgrid(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *grid[2];
    (void)f;
    if (x->rest.items.n != 2) return py_stop(r, "meshgrid of other than two rows is not known here");
    const py_array *a = py_as_array(r, x->rest.items.at[0]), *b = py_as_array(r, x->rest.items.at[1]);
    if (!a || !b) return py_none();
    int64_t dim[2] = {py_array_size(b), py_array_size(a)};
    for (int k = 0; k < 2; k++) grid[k] = py_array_new(r, (py_type)(k ? b : a)->type, 2, dim);
    if (r->failed) return py_none();
    for (int64_t i = 0; i < dim[0]; i++)
        for (int64_t j = 0; j < dim[1]; j++) {
            grid[0]->at[i * dim[1] + j] = py_array_get(a, j);
            grid[1]->at[i * dim[1] + j] = py_array_get(b, i);
        }
    py_value both[2] = {py_of_array(grid[0]), py_of_array(grid[1])};
    return py_new_list(r, PY_LIST, both, 2);
}

/* ---------------------------------------------------- calling other functions */

py_value np_vectorize(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    py_method *m = arena_new(&r->a, sizeof *m);
    if (!m) return py_stop(r, "there is no memory left");
    m->of = py_none(); /* of nothing: a function that is called entry by entry */
    m->self = x->at[0];
    return (py_value){.kind = PY_METHOD, .method = m};
}

py_value np_apply_along_axis(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[2]);
    int64_t         axis = 0;
    (void)f;
    if (!a || !py_as_index(r, x->at[1], &axis)) return py_none();
    if (a->rank != 2) return py_stop(r, "apply_along_axis is known of matrices only");
    bool     rows = axis == 1 || axis == -1;
    py_value from = py_of_array(rows ? (py_array *)a : py_array_transpose(r, a)),
             out = py_new_list(r, PY_LIST, NULL, 0);
    bool     more = true;
    for (int64_t i = 0; !r->failed; i++) {
        py_value row = py_item(r, from, i, &more);
        if (!more) break;
        py_push(r, out.list, r->call(r, x->at[0], &row, 1));
    }
    py_array *z = py_as_array(r, out);
    return z && z->rank == 2 && !rows ? py_of_array(py_array_transpose(r, z)) : py_of_array(z);
}

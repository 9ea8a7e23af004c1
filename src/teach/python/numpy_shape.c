/* numpy's functions that give the same entries another shape, or put arrays together. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/natives.h"
#include "teach/python/walk.h"

static py_value reshaped(py_run *r, py_value a, py_value shape, py_value order) {
    int64_t         dim[PY_RANK];
    int             rank;
    const py_array *x = py_as_array(r, a);
    if (!x || !py_read_shape(r, shape, dim, &rank)) return py_none();
    if (order.kind != PY_STRING || !py_text_is(order, "F"))
        return py_of_array(py_array_reshape(r, x, rank, dim));
    int64_t turned[PY_RANK];
    for (int k = 0; k < rank; k++) turned[k] = dim[rank - 1 - k];
    py_array *y = py_array_reshape(r, py_array_transpose(r, x), rank, turned);
    return y ? py_of_array(py_array_transpose(r, y)) : py_none();
}

py_value np_reshape(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return reshaped(r, x->at[0], x->at[1], x->at[2]);
}

/* Of x.f(2, 3) and x.f((2, 3)): the tuple. */
static py_value one_tuple(py_run *r, const py_arguments *x) {
    if (x->rest.items.n == 1 && x->rest.items.at[0].kind != PY_INT) return x->rest.items.at[0];
    return py_new_list(r, PY_TUPLE, x->rest.items.at, x->rest.items.n);
}

py_value array_reshape(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return reshaped(r, x->at[0], one_tuple(r, x), x->at[2]);
}

py_value np_ravel(py_run *r, const py_native *f, const py_arguments *x) {
    py_value        row = reshaped(r, x->at[0], py_int(-1), x->at[1]);
    const py_array *a = row.kind == PY_ARRAY ? row.array : NULL;
    if (x->at[0].kind == PY_ARRAY && py_array_size(x->at[0].array) == 0 && r->failed) return row;
    return a && f->detail == 'c' ? py_of_array(py_array_copy(r, a, (py_type)a->type)) : row;
}

static py_value permuted(py_run *r, const py_array *a, py_value axes) {
    int64_t   order[PY_RANK];
    int       n, axis;
    py_array *y = py_array_view(r, a);
    if (!y || !py_read_shape(r, axes, order, &n)) return py_none();
    if (n != a->rank) return py_raise(r, "ValueError", "axes don't match array");
    for (int k = 0; k < n; k++) {
        if (!py_array_axis(r, a, order[k], &axis)) return py_none();
        y->dim[k] = a->dim[axis];
        y->step[k] = a->step[axis];
        for (int i = 0; i < k; i++)
            if (order[i] == order[k]) return py_raise(r, "ValueError", "repeated axis in transpose");
    }
    return py_of_array(y);
}

py_value np_transpose(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    if (!a) return py_none();
    if (x->given[1] && x->at[1].kind != PY_NONE) return permuted(r, a, x->at[1]);
    return py_of_array(py_array_transpose(r, a));
}

py_value array_transpose(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    if (!a) return py_none();
    return x->rest.items.n ? permuted(r, a, one_tuple(r, x)) : py_of_array(py_array_transpose(r, a));
}

/* The array and two of its axes, and a view of it; NULL: not so. */
static py_array *with_axes(py_run *r, const py_arguments *x, const py_array **a, int *i, int *j) {
    int64_t p, q;
    *a = py_as_array(r, x->at[0]);
    if (!*a || !py_as_index(r, x->at[1], &p) || !py_as_index(r, x->at[2], &q)) return NULL;
    if (!py_array_axis(r, *a, p, i) || !py_array_axis(r, *a, q, j)) return NULL;
    return py_array_view(r, *a);
}

py_value np_swapaxes(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a;
    int             i, j;
    py_array       *y = with_axes(r, x, &a, &i, &j);
    (void)f;
    if (!y) return py_none();
    y->dim[i] = a->dim[j];
    y->step[i] = a->step[j];
    y->dim[j] = a->dim[i];
    y->step[j] = a->step[i];
    return py_of_array(y);
}

py_value np_moveaxis(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a;
    int             i, j;
    py_array       *y = with_axes(r, x, &a, &i, &j);
    (void)f;
    for (; y && i < j; i++) {
        int64_t   dim = y->dim[i];
        ptrdiff_t step = y->step[i];
        y->dim[i] = y->dim[i + 1];
        y->step[i] = y->step[i + 1];
        y->dim[i + 1] = dim;
        y->step[i + 1] = step;
    }
    for (; y && i > j; i--) {
        int64_t   dim = y->dim[i];
        ptrdiff_t step = y->step[i];
        y->dim[i] = y->dim[i - 1];
        y->step[i] = y->step[i - 1];
        y->dim[i - 1] = dim;
        y->step[i - 1] = step;
    }
    return py_of_array(y);
}

py_value np_squeeze(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         axis = PY_ALL_AXES;
    int             only = -1, rank = 0;
    (void)f;
    if (!a || (x->given[1] && x->at[1].kind != PY_NONE && !py_as_index(r, x->at[1], &axis))) return py_none();
    if (axis != PY_ALL_AXES && !py_array_axis(r, a, axis, &only)) return py_none();
    if (only >= 0 && a->dim[only] != 1)
        return py_raise(r, "ValueError",
                        "cannot select an axis to squeeze out which has size not equal to one");
    py_array *y = py_array_view(r, a);
    for (int k = 0; y && k < a->rank; k++) {
        if (a->dim[k] == 1 && (only < 0 || only == k)) continue;
        y->dim[rank] = a->dim[k];
        y->step[rank++] = a->step[k];
    }
    if (y) y->rank = (uint8_t)rank;
    return py_of_array(y);
}

py_value np_expand_dims(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         axis;
    (void)f;
    if (!a || !py_as_index(r, x->at[1], &axis)) return py_none();
    if (axis < 0) axis += a->rank + 1;
    if (axis < 0 || axis > a->rank)
        return py_raise(r, "AxisError", "axis %lld is out of bounds for array of dimension %d",
                        (long long)axis, a->rank + 1);
    return py_of_array(py_array_add_axis(r, a, (int)axis));
}

py_value np_atleast(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    while (a && a->rank < f->detail) a = py_array_add_axis(r, a, 0);
    return py_of_array((py_array *)a);
}

py_value np_broadcast_to(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         dim[PY_RANK];
    int             rank;
    py_array        wide;
    (void)f;
    if (!a || !py_read_shape(r, x->at[1], dim, &rank)) return py_none();
    py_array *size = py_array_new(r, PY_OF_FLOAT, rank, dim);
    if (!size) return py_none();
    if (!py_array_stretch(a, rank, dim, &wide))
        return py_raise(
            r, "ValueError",
            "operands could not be broadcast together with remapped shapes [original->remapped]: %s  and "
            "requested shape %s",
            py_shape_text(r, a->rank, a->dim, false), py_shape_text(r, rank, dim, false));
    return py_of_array(py_array_copy(r, &wide, (py_type)a->type));
}

/* ----------------------------------------------------------------- joining */

static int64_t axis_of(py_run *r, py_value x, int64_t none) {
    int64_t axis = none;
    if (x.kind != PY_NONE) py_as_index(r, x, &axis);
    return axis;
}

py_value np_concatenate(py_run *r, const py_native *f, const py_arguments *x) {
    py_value row = py_int(-1);
    (void)f;
    const py_list *parts = py_items(r, x->at[0]);
    if (x->given[1] && x->at[1].kind == PY_NONE) {
        py_value flat = py_new_list(r, PY_LIST, NULL, 0);
        for (uint32_t i = 0; i < parts->items.n; i++)
            py_push(r, flat.list, reshaped(r, parts->items.at[i], row, py_none()));
        parts = flat.list;
    }
    return r->failed ? py_none() : py_of_array(py_array_join(r, parts, axis_of(r, x->at[1], 0)));
}

/* A part as vstack (a row), column_stack (a column) or hstack wants it. */
static const py_array *as_part(py_run *r, py_value part, int how) {
    const py_array *a = py_as_array(r, part);
    if (a && !a->rank) a = py_array_add_axis(r, a, 0);
    if (a && a->rank == 1 && how != 'h') a = py_array_add_axis(r, a, how == 'v' ? 0 : 1);
    return a;
}

py_value np_stacked(py_run *r, const py_native *f, const py_arguments *x) {
    const py_list *parts = py_items(r, x->at[0]);
    py_value       all = py_new_list(r, PY_LIST, NULL, 0);
    int64_t        axis = f->detail == 'v' ? 0 : 1;
    for (uint32_t i = 0; i < parts->items.n && !r->failed; i++) {
        const py_array *a = as_part(r, parts->items.at[i], f->detail);
        if (a && a->rank == 1) axis = 0;
        py_push(r, all.list, py_of_array((py_array *)a));
    }
    return r->failed ? py_none() : py_of_array(py_array_join(r, all.list, axis));
}

py_value np_stack(py_run *r, const py_native *f, const py_arguments *x) {
    const py_list *parts = py_items(r, x->at[0]);
    py_value       all = py_new_list(r, PY_LIST, NULL, 0);
    int64_t        axis = axis_of(r, x->at[1], 0);
    (void)f;
    for (uint32_t i = 0; i < parts->items.n && !r->failed; i++) {
        const py_array *a = py_as_array(r, parts->items.at[i]), *first = py_as_array(r, parts->items.at[0]);
        if (!a) return py_none();
        if (a->rank != first->rank || memcmp(a->dim, first->dim, a->rank * sizeof *a->dim) != 0)
            return py_raise(r, "ValueError", "all input arrays must have the same shape");
        int64_t at = axis < 0 ? axis + a->rank + 1 : axis;
        if (at < 0 || at > a->rank)
            return py_raise(r, "AxisError", "axis %lld is out of bounds for array of dimension %d",
                            (long long)axis, a->rank + 1);
        py_push(r, all.list, py_of_array(py_array_add_axis(r, a, (int)at)));
    }
    return r->failed ? py_none() : py_of_array(py_array_join(r, all.list, axis));
}

py_value np_append(py_run *r, const py_native *f, const py_arguments *x) {
    py_value both[2] = {x->at[0], x->at[1]};
    (void)f;
    if (x->at[2].kind == PY_NONE)
        for (int i = 0; i < 2; i++) both[i] = reshaped(r, both[i], py_int(-1), py_none());
    return r->failed ? py_none()
                     : py_of_array(
                           py_array_join(r, py_new_list(r, PY_LIST, both, 2).list, axis_of(r, x->at[2], 0)));
}

/* [start, stop) along an axis, as a view. */
static py_array *part_of(py_run *r, const py_array *a, int axis, int64_t start, int64_t stop) {
    py_array *y = py_array_view(r, a);
    if (!y) return NULL;
    y->at += start * a->step[axis];
    y->dim[axis] = stop - start;
    return y;
}

static py_value around(py_run *r, const py_array *a, int axis, int64_t stop, py_value middle, int64_t start) {
    py_value parts[3] = {py_of_array(part_of(r, a, axis, 0, stop)), middle,
                         py_of_array(part_of(r, a, axis, start, a->dim[axis]))};
    if (middle.kind == PY_NONE) parts[1] = parts[2];
    return r->failed ? py_none()
                     : py_of_array(py_array_join(
                           r, py_new_list(r, PY_LIST, parts, middle.kind == PY_NONE ? 2 : 3).list, axis));
}

/* The axis and the place in it that insert and delete are about. */
static const py_array *place_in(py_run *r, const py_arguments *x, int k, int *axis, int64_t *at,
                                int64_t more) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         n = -1;
    if (a && x->at[k].kind == PY_NONE) a = py_array_reshape(r, a, 1, &n);
    if (!a || !py_as_index(r, x->at[1], at) || !py_array_axis(r, a, axis_of(r, x->at[k], 0), axis))
        return NULL;
    if (*at < 0) *at += a->dim[*axis];
    if (*at >= 0 && *at < a->dim[*axis] + more) return a;
    py_raise(r, "IndexError", "index %lld is out of bounds for axis %d with size %lld", (long long)*at, *axis,
             (long long)a->dim[*axis]);
    return NULL;
}

py_value np_insert(py_run *r, const py_native *f, const py_arguments *x) {
    int             axis;
    int64_t         at;
    const py_array *a = place_in(r, x, 3, &axis, &at, 1), *value = a ? py_as_array(r, x->at[2]) : NULL;
    (void)f;
    if (!value) return py_none();
    py_array shape = *a;
    shape.dim[axis] = 1;
    py_array *middle = py_array_like(r, (py_type)a->type, &shape);
    if (!middle || !py_array_assign(r, middle, value)) return py_none();
    return around(r, a, axis, at, py_of_array(middle), at);
}

py_value np_delete(py_run *r, const py_native *f, const py_arguments *x) {
    int             axis;
    int64_t         at;
    const py_array *a = place_in(r, x, 2, &axis, &at, 0);
    (void)f;
    return a ? around(r, a, axis, at, py_none(), at + 1) : py_none();
}

/* -------------------------------------------------------------- repetitions */

py_value np_tile(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         reps[PY_RANK];
    int             n;
    (void)f;
    if (!a || !py_read_shape(r, x->at[1], reps, &n)) return py_none();
    while (a && a->rank < n) a = py_array_add_axis(r, a, 0);
    for (int k = 0; a && k < n; k++) {
        int      axis = a->rank - n + k;
        py_value part = py_of_array((py_array *)a), all = py_new_list(r, PY_LIST, NULL, 0);
        if (reps[k] < 1) return py_stop(r, "tiling fewer than one time is not known here");
        for (int64_t i = 0; i < reps[k] && py_step(r, 1); i++) py_push(r, all.list, part);
        a = r->failed ? NULL : py_array_join(r, all.list, axis);
    }
    return py_of_array((py_array *)a);
}

py_value np_repeat(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         times, n = -1;
    int             axis;
    (void)f;
    if (a && (x->at[2].kind == PY_NONE || !a->rank)) a = py_array_reshape(r, a, 1, &n);
    if (!a || !py_as_index(r, x->at[1], &times) || !py_array_axis(r, a, axis_of(r, x->at[2], 0), &axis))
        return py_none();
    py_array shape = *a;
    shape.dim[axis] = times > (1 << 22) ? times : shape.dim[axis] * times;
    py_array *z = py_array_like(r, (py_type)a->type, &shape);
    for (int64_t i = 0; z && i < a->dim[axis]; i++)
        for (int64_t k = 0; k < times; k++)
            if (!py_array_assign(r, part_of(r, z, axis, i * times + k, i * times + k + 1),
                                 part_of(r, a, axis, i, i + 1)))
                return py_none();
    return py_of_array(z);
}

static py_array *flipped(py_run *r, const py_array *a, int axis) {
    py_array *y = py_array_view(r, a);
    if (!y) return NULL;
    if (y->dim[axis]) y->at += (y->dim[axis] - 1) * y->step[axis];
    y->step[axis] = -y->step[axis];
    return y;
}

py_value np_flip(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *a = py_as_array(r, x->at[0]);
    int64_t   along = f->detail;
    int       axis;
    if (f->detail == PY_ALL_AXES) along = axis_of(r, x->at[1], PY_ALL_AXES);
    if (!a || r->failed) return py_none();
    if (!a->rank) return py_result(a);
    if (along == PY_ALL_AXES) {
        for (int k = 0; a && k < a->rank; k++) a = flipped(r, a, k);
        return py_of_array(a);
    }
    return py_array_axis(r, a, along, &axis) ? py_of_array(flipped(r, a, axis)) : py_none();
}

py_value np_roll(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         shift, n = -1;
    int             axis;
    (void)f;
    if (!a || !py_as_index(r, x->at[1], &shift)) return py_none();
    const py_array *row = x->at[2].kind == PY_NONE ? py_array_reshape(r, a, 1, &n) : a;
    if (!row || !py_array_axis(r, row, axis_of(r, x->at[2], 0), &axis)) return py_none();
    int64_t size = row->dim[axis];
    if (!size) return x->at[0];
    int64_t  at = ((-shift % size) + size) % size;
    py_value parts[2] = {py_of_array(part_of(r, row, axis, at, size)),
                         py_of_array(part_of(r, row, axis, 0, at))};
    if (r->failed) return py_none();
    py_array *z = py_array_join(r, py_new_list(r, PY_LIST, parts, 2).list, axis);
    return z ? py_of_array(py_array_reshape(r, z, a->rank, a->dim)) : py_none();
}

/* Up to each of some indices, and to the end. */
static py_value split_at(py_run *r, const py_array *a, int axis, const py_list *where) {
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    int64_t  from = 0;
    for (uint32_t i = 0; i <= where->items.n && !r->failed; i++) {
        int64_t to = a->dim[axis];
        if (i < where->items.n && !py_as_index(r, where->items.at[i], &to)) return py_none();
        to = to < from ? from : to > a->dim[axis] ? a->dim[axis] : to;
        py_push(r, out.list, py_of_array(part_of(r, a, axis, from, to)));
        from = to;
    }
    return out;
}

py_value np_split(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int             axis;
    int64_t         n, from = 0;
    py_value        out = py_new_list(r, PY_LIST, NULL, 0);
    if (!a || !py_array_axis(r, a, axis_of(r, x->at[2], 0), &axis)) return py_none();
    if (x->at[1].kind == PY_LIST || x->at[1].kind == PY_TUPLE) return split_at(r, a, axis, x->at[1].list);
    if (!py_as_index(r, x->at[1], &n)) return py_none();
    if (n < 1) return py_raise(r, "ValueError", "number sections must be larger than 0.");
    if (a->dim[axis] % n && !f->detail)
        return py_raise(r, "ValueError", "array split does not result in an equal division");
    for (int64_t i = 0; i < n && !r->failed; i++) {
        int64_t to = from + a->dim[axis] / n + (i < a->dim[axis] % n);
        py_push(r, out.list, py_of_array(part_of(r, a, axis, from, to)));
        from = to;
    }
    return out;
}

py_value np_triangle(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         k = axis_of(r, x->at[1], 0);
    if (!a || r->failed) return py_none();
    if (a->rank != 2) return py_stop(r, "triangles are known of matrices only");
    py_array *z = py_array_copy(r, a, (py_type)a->type);
    for (int64_t i = 0; z && i < a->dim[0]; i++)
        for (int64_t j = 0; j < a->dim[1]; j++)
            if (f->detail == 'u' ? j - i < k : j - i > k) z->at[i * a->dim[1] + j] = 0;
    return py_of_array(z);
}

/* ----------------------------------------------------------------- measures */

static py_value shape_value(py_run *r, const py_array *a) {
    py_value t = py_new_list(r, PY_TUPLE, NULL, 0);
    for (int k = 0; k < a->rank; k++) py_push(r, t.list, py_int(a->dim[k]));
    return t;
}

py_value np_shape(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         i;
    if (!a) return py_none();
    if (f->detail == 's') return shape_value(r, a);
    if (f->detail == 'n') return py_int(py_array_size(a));
    if (f->detail == 'd') return py_int(a->rank);
    if (!x->given[1]) return shape_value(r, a); /* torch's x.size() */
    if (!py_as_index(r, x->at[1], &i)) return py_none();
    if (i < 0) i += a->rank;
    return i >= 0 && i < a->rank ? py_int(a->dim[i]) : py_raise(r, "IndexError", "Dimension out of range");
}

/* -------------------------------------------------------------- other methods */

py_value array_tolist(py_run *r, const py_native *f, const py_arguments *x) {
    py_value v = x->at[0];
    if (v.kind != PY_ARRAY || v.array->rank == 0) {
        const py_array *a = py_as_array(r, v);
        v = a ? py_result(a) : py_none();
        v.numpy = false;
        return v;
    }
    py_value out = py_new_list(r, PY_LIST, NULL, 0);
    for (int64_t i = 0; i < v.array->dim[0] && !r->failed; i++) {
        bool         more;
        py_arguments row = {.at = {py_item(r, v, i, &more)}};
        py_push(r, out.list, array_tolist(r, f, &row));
    }
    return out;
}

py_value array_item(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         i = 0;
    (void)f;
    if (!a || (x->given[1] && !py_as_index(r, x->at[1], &i))) return py_none();
    if (!x->given[1] && py_array_size(a) != 1)
        return py_raise(r, "ValueError", "can only convert an array of size 1 to a Python scalar");
    if (i < 0 || i >= py_array_size(a))
        return py_raise(r, "IndexError", "index %lld is out of bounds", (long long)i);
    py_value v = py_numpy_number((py_type)a->type, py_array_get(a, i));
    v.numpy = false;
    return v;
}

py_value array_fill(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *a = py_as_array(r, x->at[0]), *value = a ? py_as_array(r, x->at[1]) : NULL;
    (void)f;
    if (value) py_array_assign(r, a, value);
    return py_none();
}

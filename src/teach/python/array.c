/* Arrays: made, viewed, stretched, filled and copied. */
#include "teach/python/array.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "teach/python/walk.h"

enum { MOST_ENTRIES = 1 << 22 };

static py_array *blank(py_run *r) {
    py_array *x = arena_new(&r->a, sizeof *x);
    if (!x) py_step(r, 0);
    return x;
}

static void row_by_row(py_array *x) {
    ptrdiff_t step = 1;
    for (int k = x->rank; k-- > 0;) {
        x->step[k] = step;
        step *= x->dim[k] ? x->dim[k] : 1;
    }
}

py_array *py_array_new(py_run *r, py_type type, int rank, const int64_t *dim) {
    int64_t size = 1;
    if (r->failed) return NULL;
    if (rank > PY_RANK) {
        py_stop(r, "arrays of more than %d dimensions are not known here", PY_RANK);
        return NULL;
    }
    for (int k = 0; k < rank; k++) {
        if (dim[k] < 0) {
            py_raise(r, "ValueError", "negative dimensions are not allowed");
            return NULL;
        }
        size = dim[k] > MOST_ENTRIES || size * dim[k] > MOST_ENTRIES ? MOST_ENTRIES + 1 : size * dim[k];
    }
    if (size > MOST_ENTRIES) {
        py_stop(r, "an array is too large: more than %d entries", MOST_ENTRIES);
        return NULL;
    }
    py_array *x = blank(r);
    if (!x || !py_step(r, (uint64_t)(1 + size / 16))) return NULL;
    x->at = arena_new(&r->a, (size_t)size * sizeof *x->at);
    if (!x->at) {
        py_step(r, 0);
        return NULL;
    }
    x->type = (uint8_t)type;
    x->rank = (uint8_t)rank;
    for (int k = 0; k < rank; k++) x->dim[k] = dim[k];
    row_by_row(x);
    return x;
}

py_array *py_array_like(py_run *r, py_type type, const py_array *shape) {
    return py_array_new(r, type, shape->rank, shape->dim);
}

py_array *py_array_view(py_run *r, const py_array *x) {
    py_array *v = blank(r);
    if (v) *v = *x;
    return v;
}

py_array *py_array_number(py_run *r, py_type type, double x) {
    py_array *v = py_array_new(r, type, 0, NULL);
    if (v) v->at[0] = x;
    return v;
}

int64_t py_array_size(const py_array *x) {
    int64_t size = 1;
    for (int k = 0; k < x->rank; k++) size *= x->dim[k];
    return size;
}

ptrdiff_t py_array_place(const py_array *x, int64_t i) {
    ptrdiff_t at = 0;
    for (int k = x->rank; k-- > 0;) {
        at += (i % x->dim[k]) * x->step[k];
        i /= x->dim[k];
    }
    return at;
}

void py_array_fill(py_array *x, double value) {
    py_walk w = py_walk_start(x);
    for (int64_t i = 0, n = py_array_size(x); i < n; i++, py_walk_next(&w)) x->at[w.at] = value;
}

static double converted(double x, uint8_t type) {
    if (type == PY_OF_INT && isnan(x)) return -9223372036854775808.0; /* as processors have it */
    return type == PY_OF_BOOL ? x != 0 : type == PY_OF_INT ? trunc(x) : x;
}

py_array *py_array_map(py_run *r, const py_array *x, py_function f, py_type type) {
    py_array *y = py_array_like(r, type, x);
    py_walk   w = py_walk_start(x);
    if (!y) return NULL;
    for (int64_t i = 0, n = py_array_size(x); i < n; i++, py_walk_next(&w)) y->at[i] = f(x->at[w.at]);
    return y;
}

py_array *py_array_copy(py_run *r, const py_array *x, py_type type) {
    py_array *y = py_array_like(r, type, x);
    py_walk   w = py_walk_start(x);
    if (!y) return NULL;
    for (int64_t i = 0, n = py_array_size(x); i < n; i++, py_walk_next(&w))
        y->at[i] = converted(x->at[w.at], (uint8_t)type);
    return y;
}

/* ------------------------------------------------------------ broadcasting */

const char *py_shape_text(py_run *r, int rank, const int64_t *dim, bool blanks) {
    char   text[PY_RANK * 24 + 8] = "(";
    size_t at = 1;
    for (int k = 0; k < rank; k++)
        at += (size_t)snprintf(text + at, sizeof text - at, "%s%lld", k ? blanks ? ", " : "," : "",
                               (long long)dim[k]);
    snprintf(text + at, sizeof text - at, "%s)", rank == 1 ? "," : "");
    const char *copy = arena_text(&r->a, text, strlen(text));
    return copy ? copy : "";
}

bool py_array_stretch(const py_array *x, int rank, const int64_t *dim, py_array *out) {
    py_array y = *x;
    if (x->rank > rank) return false;
    y.rank = (uint8_t)rank;
    for (int k = 0; k < rank; k++) {
        int from = k - (rank - x->rank);
        y.dim[k] = dim[k];
        y.step[k] = 0;
        if (from < 0 || (x->dim[from] == 1 && dim[k] != 1)) continue;
        if (x->dim[from] != dim[k]) return false;
        y.step[k] = x->step[from];
    }
    *out = y;
    return true;
}

static bool broadcast_into(py_array *shape, const py_array *x) {
    int     rank = shape->rank > x->rank ? shape->rank : x->rank;
    int64_t dim[PY_RANK];
    for (int k = 0; k < rank; k++) {
        int     a = k - (rank - shape->rank), b = k - (rank - x->rank);
        int64_t p = a < 0 ? 1 : shape->dim[a], q = b < 0 ? 1 : x->dim[b];
        if (p != q && p != 1 && q != 1) return false;
        dim[k] = p == 1 ? q : p;
    }
    shape->rank = (uint8_t)rank;
    memcpy(shape->dim, dim, (size_t)rank * sizeof *dim);
    return true;
}

bool py_array_broadcast(py_run *r, const py_array *const *x, int n, py_array *shape) {
    bool fits = true;
    buf  text;
    *shape = (py_array){.rank = 0};
    for (int i = 0; i < n && fits; i++) fits = broadcast_into(shape, x[i]);
    if (fits) return true;
    buf_init(&text, r->a.mem);
    for (int i = 0; i < n; i++) buf_printf(&text, "%s ", py_shape_text(r, x[i]->rank, x[i]->dim, false));
    py_raise(r, "ValueError", "operands could not be broadcast together with shapes %s",
             text.text ? text.text : "");
    buf_free(&text);
    if (n == 2 && x[0]->rank == x[1]->rank && x[0]->rank && !r->stopped) {
        r->failure.entrywise = true;
        r->failure.flat = x[0]->rank == 1;
        for (int k = 0; k < 2; k++) {
            r->failure.left[k] = k < x[0]->rank ? x[0]->dim[k] : 1;
            r->failure.right[k] = k < x[1]->rank ? x[1]->dim[k] : 1;
        }
    }
    return false;
}

bool py_array_assign(py_run *r, py_array *to, const py_array *from) {
    py_array y = *from, wide;
    while (y.rank > to->rank && y.dim[0] == 1) {
        y.rank--;
        memmove(y.dim, y.dim + 1, y.rank * sizeof *y.dim);
        memmove(y.step, y.step + 1, y.rank * sizeof *y.step);
    }
    if (!py_array_stretch(&y, to->rank, to->dim, &wide)) {
        py_raise(r, "ValueError", "could not broadcast input array from shape %s into shape %s",
                 py_shape_text(r, y.rank, y.dim, false), py_shape_text(r, to->rank, to->dim, false));
        return false;
    }
    /* A copy first: both may be views of the same entries. */
    const py_array *copy = py_array_copy(r, &wide, (py_type)to->type);
    py_walk         w = py_walk_start(to);
    if (!copy) return false;
    for (int64_t i = 0, n = py_array_size(to); i < n; i++, py_walk_next(&w)) to->at[w.at] = copy->at[i];
    return true;
}

/* -------------------------------------------------------------- from values */

bool py_is_numeric(py_value x) {
    return py_is_number(x) || x.kind == PY_ARRAY;
}

static py_array *stacked(py_run *r, const py_list *parts) {
    int64_t   dim[PY_RANK + 1] = {parts->items.n};
    py_type   type = PY_OF_BOOL;
    py_array *first = NULL, *all = NULL;
    VEC(py_array *) rows = {0};
    for (uint32_t i = 0; i < parts->items.n; i++) {
        py_array *x = py_as_array(r, parts->items.at[i]);
        if (!x) return NULL;
        if (!first) first = x;
        if (x->rank != first->rank || memcmp(x->dim, first->dim, x->rank * sizeof *x->dim) != 0) {
            py_raise(r, "ValueError",
                     "setting an array element with a sequence. The requested array has an inhomogeneous "
                     "shape after "
                     "1 dimensions. The detected shape was (%u,) + inhomogeneous part.",
                     parts->items.n);
            return NULL;
        }
        if (x->type > type) type = (py_type)x->type;
        vec_push(&r->a, &rows, x);
    }
    if (!first) type = PY_OF_FLOAT;
    for (int k = 0; first && k < first->rank; k++) dim[k + 1] = first->dim[k];
    all = py_array_new(r, type, 1 + (first ? first->rank : 0), dim);
    for (uint32_t i = 0; all && i < rows.n; i++) {
        py_array row = *all;
        row.rank--;
        row.at += (ptrdiff_t)i * all->step[0];
        memmove(row.dim, row.dim + 1, row.rank * sizeof *row.dim);
        memmove(row.step, row.step + 1, row.rank * sizeof *row.step);
        if (!py_array_assign(r, &row, rows.at[i])) return NULL;
    }
    return all;
}

static py_array *of_list(py_run *r, py_value x) {
    py_array *all = NULL;
    if (++r->depth > 100) py_stop(r, "the lists are nested too deeply");
    if (!r->failed) all = stacked(r, x.kind == PY_RANGE ? py_items(r, x) : x.list);
    r->depth--;
    return all;
}

py_array *py_as_array(py_run *r, py_value x) {
    if (r->failed) return NULL;
    switch (x.kind) {
    case PY_ARRAY:
        return x.array;
    case PY_BOOL:
        return py_array_number(r, PY_OF_BOOL, x.truth);
    case PY_INT:
        return py_array_number(r, PY_OF_INT, (double)x.whole);
    case PY_FLOAT:
        return py_array_number(r, PY_OF_FLOAT, x.number);
    case PY_TUPLE:
    case PY_LIST:
    case PY_RANGE:
        return of_list(r, x);
    case PY_OPAQUE:
        py_stop(r, "%s is not known", x.text->at);
        return NULL;
    case PY_NONE:
        py_raise(r, "TypeError", "unsupported operand type(s): 'NoneType' stands where numbers are expected");
        return NULL;
    default:
        py_raise(r, "TypeError", "a '%s' stands where numbers are expected", py_type_name(x));
        return NULL;
    }
}

py_value py_result(const py_array *x) {
    if (!x) return py_none();
    if (x->rank) return py_of_array((py_array *)x);
    return py_numpy_number((py_type)x->type, x->at[0]);
}

/* ------------------------------------------------------------------- shapes */

bool py_array_axis(py_run *r, const py_array *x, int64_t axis, int *out) {
    bool fits = axis >= -x->rank && axis < x->rank;
    *out = (int)(axis < 0 ? axis + x->rank : axis);
    if (!fits)
        py_raise(r, "AxisError", "axis %lld is out of bounds for array of dimension %d", (long long)axis,
                 x->rank);
    return fits;
}

py_array *py_array_transpose(py_run *r, const py_array *x) {
    py_array *y = py_array_view(r, x);
    for (int k = 0; y && k < x->rank; k++) {
        y->dim[k] = x->dim[x->rank - 1 - k];
        y->step[k] = x->step[x->rank - 1 - k];
    }
    return y;
}

py_array *py_array_add_axis(py_run *r, const py_array *x, int at) {
    py_array *y = py_array_view(r, x);
    if (!y) return NULL;
    if (x->rank == PY_RANK) {
        py_stop(r, "arrays of more than %d dimensions are not known here", PY_RANK);
        return NULL;
    }
    assert(at >= 0 && at <= x->rank);
    memmove(y->dim + at + 1, y->dim + at, (size_t)(x->rank - at) * sizeof *y->dim);
    memmove(y->step + at + 1, y->step + at, (size_t)(x->rank - at) * sizeof *y->step);
    y->dim[at] = 1;
    y->step[at] = 0;
    y->rank++;
    return y;
}

/* The shape as it was asked for, in which numpy calls the open size newaxis. */
static const char *open_shape_text(py_run *r, int rank, const int64_t *dim) {
    char   text[PY_RANK * 24 + 8] = "(";
    size_t at = 1;
    for (int k = 0; k < rank; k++) {
        if (k) text[at++] = ',';
        if (dim[k] < 0)
            at += (size_t)snprintf(text + at, sizeof text - at, "newaxis");
        else
            at += (size_t)snprintf(text + at, sizeof text - at, "%lld", (long long)dim[k]);
    }
    snprintf(text + at, sizeof text - at, "%s)", rank == 1 ? "," : "");
    const char *copy = arena_text(&r->a, text, strlen(text));
    return copy ? copy : "";
}

/* The sizes of a new shape, with the one that is -1 found out. */
static bool settle(py_run *r, int64_t size, int rank, const int64_t *dim, int64_t *out) {
    int64_t known = 1;
    int     open = -1;
    for (int k = 0; k < rank; k++) {
        out[k] = dim[k];
        if (dim[k] < 0 && open >= 0) {
            py_raise(r, "ValueError", "can only specify one unknown dimension");
            return false;
        }
        if (dim[k] < 0)
            open = k;
        else if (dim[k] && known > INT64_MAX / 64 / dim[k])
            known = INT64_MAX / 64;
        else
            known *= dim[k];
    }
    bool fits = open < 0 ? known == size : known && size % known == 0;
    if (fits && open >= 0) out[open] = size / known;
    if (fits) return true;
    py_raise(r, "ValueError", "cannot reshape array of size %lld into shape %s", (long long)size,
             open_shape_text(r, rank, dim));
    return false;
}

static bool lies_row_by_row(const py_array *x) {
    ptrdiff_t step = 1;
    for (int k = x->rank; k-- > 0;) {
        if (x->dim[k] != 1 && x->step[k] != step) return false;
        step *= x->dim[k];
    }
    return true;
}

/* Only dimensions of 1 came or went: the entries may lie as they will. */
static bool same_but_ones(const py_array *x, py_array *y) {
    int k = 0;
    for (int i = 0; i < x->rank; i++) {
        if (x->dim[i] == 1) continue;
        while (k < y->rank && y->dim[k] == 1) y->step[k++] = 0;
        if (k == y->rank || y->dim[k] != x->dim[i]) return false;
        y->step[k++] = x->step[i];
    }
    while (k < y->rank && y->dim[k] == 1) y->step[k++] = 0;
    return k == y->rank;
}

py_array *py_array_reshape(py_run *r, const py_array *x, int rank, const int64_t *dim) {
    int64_t to[PY_RANK];
    if (rank > PY_RANK) {
        py_stop(r, "arrays of more than %d dimensions are not known here", PY_RANK);
        return NULL;
    }
    if (!settle(r, py_array_size(x), rank, dim, to)) return NULL;
    py_array *y = py_array_view(r, x);
    if (!y) return NULL;
    y->rank = (uint8_t)rank;
    memcpy(y->dim, to, (size_t)rank * sizeof *to);
    if (lies_row_by_row(x))
        row_by_row(y);
    else if (!same_but_ones(x, y)) {
        const py_array *copy = py_array_copy(r, x, (py_type)x->type);
        if (!copy) return NULL;
        y->at = copy->at;
        row_by_row(y);
    }
    return y;
}

static bool joins(py_run *r, const py_array *first, const py_array *x, int axis, uint32_t number) {
    if (x->rank != first->rank) {
        py_raise(r, "ValueError",
                 "all the input array dimensions for the concatenation axis must match exactly, but the "
                 "array at index 0 "
                 "has %d dimension(s) and the array at index %u has %d dimension(s)",
                 first->rank, number, x->rank);
        return false;
    }
    for (int k = 0; k < x->rank; k++) {
        if (k == axis || x->dim[k] == first->dim[k]) continue;
        py_raise(
            r, "ValueError",
            "all the input array dimensions except for the concatenation axis must match exactly, but along "
            "dimension %d, the array at index 0 has size %lld and the array at index %u has size %lld",
            k, (long long)first->dim[k], number, (long long)x->dim[k]);
        return false;
    }
    return true;
}

py_array *py_array_join(py_run *r, const py_list *parts, int64_t along) {
    int64_t   dim[PY_RANK];
    int       axis;
    py_type   type = PY_OF_BOOL;
    py_array *first = parts->items.n ? py_as_array(r, parts->items.at[0]) : NULL;
    if (!parts->items.n) py_raise(r, "ValueError", "need at least one array to concatenate");
    if (!first) return NULL;
    if (!first->rank) py_raise(r, "ValueError", "zero-dimensional arrays cannot be concatenated");
    if (r->failed || !py_array_axis(r, first, along, &axis)) return NULL;
    memcpy(dim, first->dim, sizeof dim);
    dim[axis] = 0;
    for (uint32_t i = 0; i < parts->items.n; i++) {
        const py_array *x = py_as_array(r, parts->items.at[i]);
        if (!x || !joins(r, first, x, axis, i)) return NULL;
        dim[axis] += x->dim[axis];
        if (x->type > type) type = (py_type)x->type;
    }
    py_array *all = py_array_new(r, type, first->rank, dim);
    ptrdiff_t at = 0;
    for (uint32_t i = 0; all && i < parts->items.n; i++) {
        const py_array *x = py_as_array(r, parts->items.at[i]);
        py_array        part = *all;
        if (!x) return NULL;
        part.dim[axis] = x->dim[axis];
        part.at += at * all->step[axis];
        at += x->dim[axis];
        if (!py_array_assign(r, &part, x)) return NULL;
    }
    return all;
}

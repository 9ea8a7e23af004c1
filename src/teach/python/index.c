/* x[..] and x[..] = .. as numpy has them: integers, slices, newaxis and .. make a view; lists of indices and
 * masks choose entries one by one. */
#include <assert.h>
#include <string.h>

#include "teach/python/walk.h"

enum { MOST_ITEMS = 8 };

/* What stands between the brackets, axis by axis. */
typedef struct plan {
    py_value  item[MOST_ITEMS]; /* ints, slices, None, arrays of whole numbers */
    int       n;
    bool      chooses; /* there is an array among them */
    bool      dots;    /* dots: an ellipsis is among them */
    py_array *array[MOST_ITEMS];
} plan;

/* ------------------------------------------------------------ what is meant */

static py_value no_index(py_run *r) {
    return py_raise(r, "IndexError",
                    "only integers, slices (`:`), ellipsis (`...`), numpy.newaxis (`None`) and integer or "
                    "boolean arrays are valid indices");
}

/* Where a mask holds: for each of its axes the indices. */
static void add_mask(py_run *r, plan *p, const py_array *mask, const py_array *x, int axis) {
    py_array *of[PY_RANK];
    int64_t   found = 0;
    py_walk   w = py_walk_start(mask);
    for (int k = 0; k < mask->rank; k++)
        if (axis + k < x->rank && mask->dim[k] != x->dim[axis + k])
            py_raise(r, "IndexError",
                     "boolean index did not match indexed array along dimension %d; dimension is %lld but "
                     "corresponding "
                     "boolean dimension is %lld",
                     axis + k, (long long)x->dim[axis + k], (long long)mask->dim[k]);
    for (int64_t i = 0, n = py_array_size(mask); i < n; i++, py_walk_next(&w)) found += mask->at[w.at] != 0;
    for (int k = 0; k < mask->rank; k++) of[k] = py_array_new(r, PY_OF_INT, 1, &found);
    if (r->failed) return;
    w = py_walk_start(mask);
    found = 0;
    for (int64_t i = 0, n = py_array_size(mask); i < n; i++, py_walk_next(&w)) {
        if (mask->at[w.at] == 0) continue;
        for (int k = 0; k < mask->rank; k++) of[k]->at[found] = (double)w.index[k];
        found++;
    }
    for (int k = 0; k < mask->rank && p->n < MOST_ITEMS; k++) {
        p->array[p->n] = of[k];
        p->item[p->n++] = py_of_array(of[k]);
    }
    p->chooses = true;
}

static int takes_axes(py_run *r, py_value item) {
    if (item.kind == PY_NONE || item.kind == PY_ELLIPSIS) return 0;
    if (item.kind == PY_LIST) {
        py_array *x = py_as_array(r, item);
        return x && x->type == PY_OF_BOOL ? x->rank : 1;
    }
    return item.kind == PY_ARRAY && item.array->type == PY_OF_BOOL ? item.array->rank : 1;
}

static void add_array(py_run *r, plan *p, py_array *a, const py_array *x, int axis) {
    if (!a) return;
    if (a->type == PY_OF_BOOL && a->rank) {
        add_mask(r, p, a, x, axis);
        return;
    }
    if (a->type != PY_OF_INT && py_array_size(a)) no_index(r);
    p->array[p->n] = a;
    p->item[p->n++] = py_of_array(a);
    p->chooses = true;
}

static void add_item(py_run *r, plan *p, py_value item, const py_array *x, int axis) {
    bool plain = item.kind == PY_INT || item.kind == PY_SLICE || item.kind == PY_NONE;
    if (p->n == MOST_ITEMS) py_stop(r, "an index has too many parts");
    if (r->failed) return;
    if (plain)
        p->item[p->n++] = item;
    else if (item.kind == PY_ARRAY || item.kind == PY_LIST || item.kind == PY_RANGE)
        add_array(r, p, py_as_array(r, item), x, axis);
    else if (item.kind == PY_OPAQUE)
        py_stop(r, "%s is not known", item.text->at);
    else
        no_index(r);
}

static bool make_plan(py_run *r, plan *p, const py_array *x, py_value index) {
    py_list        one = {.items = {.at = &index, .n = 1}};
    const py_list *all = index.kind == PY_TUPLE ? index.list : &one;
    int            taken = 0, axis = 0;
    *p = (plan){.n = 0};
    for (uint32_t i = 0; i < all->items.n; i++) taken += takes_axes(r, all->items.at[i]);
    if (taken > x->rank)
        py_raise(r, "IndexError", "too many indices for array: array is %d-dimensional, but %d were indexed",
                 x->rank, taken);
    for (uint32_t i = 0; i < all->items.n && !r->failed; i++) {
        py_value item = all->items.at[i];
        if (item.kind != PY_ELLIPSIS) {
            add_item(r, p, item, x, axis);
            axis += takes_axes(r, item);
            continue;
        }
        py_value none = py_none(), whole[3] = {none, none, none};
        for (int k = taken; k < x->rank && !p->dots; k++, axis++)
            add_item(r, p, py_new_list(r, PY_SLICE, whole, 3), x, axis);
        p->dots = true;
    }
    py_value none = py_none(), whole[3] = {none, none, none};
    for (; axis < x->rank && !r->failed; axis++) add_item(r, p, py_new_list(r, PY_SLICE, whole, 3), x, axis);
    return !r->failed;
}

/* ------------------------------------------------------------------- slices */

static int64_t clamp(int64_t i, int64_t n, bool down) {
    if (i < 0) i += n;
    int64_t low = down ? -1 : 0, high = down ? n - 1 : n;
    return i < low ? low : i > high ? high : i;
}

/* The first index, the step and the number of a slice over n. */
bool py_slice_over(py_run *r, const py_list *s, int64_t n, int64_t *first, int64_t *step, int64_t *count) {
    int64_t i, stop;
    *step = 1;
    if (s->items.at[2].kind != PY_NONE && !py_as_index(r, s->items.at[2], step)) return false;
    if (*step == 0 || *step < -INT32_MAX || *step > INT32_MAX) {
        py_raise(r, "ValueError", "slice step cannot be zero");
        return false;
    }
    bool down = *step < 0;
    *first = down ? n - 1 : 0;
    stop = down ? -1 : n;
    if (s->items.at[0].kind != PY_NONE) {
        if (!py_as_index(r, s->items.at[0], &i)) return false;
        *first = clamp(i, n, down);
    }
    if (s->items.at[1].kind != PY_NONE) {
        if (!py_as_index(r, s->items.at[1], &i)) return false;
        stop = clamp(i, n, down);
    }
    *count = down ? (*first - stop + -*step - 1) / -*step : (stop - *first + *step - 1) / *step;
    if (*count < 0) *count = 0;
    return true;
}

static bool in_bounds(py_run *r, int64_t *i, int64_t n, int axis) {
    int64_t asked = *i;
    if (*i < 0) *i += n;
    if (*i >= 0 && *i < n) return true;
    py_raise(r, "IndexError", "index %lld is out of bounds for axis %d with size %lld", (long long)asked,
             axis, (long long)n);
    return false;
}

/* ------------------------------------------------------------------- views */

/* Ints, slices and None; axes that arrays choose from are left out, and told in `axis_of`. */
static bool view_of(py_run *r, const plan *p, const py_array *x, py_array *out, int axis_of[MOST_ITEMS]) {
    int      axis = 0, rank = 0;
    py_array y = *x;
    for (int k = 0; k < p->n; k++) {
        int64_t first = 0, step = 1, count = 0, i;
        bool    over = p->item[k].kind == PY_SLICE || p->item[k].kind == PY_NONE;
        axis_of[k] = axis;
        if (over && rank == PY_RANK) {
            py_stop(r, "arrays of more than %d dimensions are not known here", PY_RANK);
            return false;
        }
        if (p->item[k].kind == PY_NONE) {
            y.dim[rank] = 1;
            y.step[rank++] = 0;
            continue;
        }
        if (p->item[k].kind == PY_INT) {
            i = p->item[k].whole;
            if (!in_bounds(r, &i, x->dim[axis], axis)) return false;
            y.at += i * x->step[axis];
        } else if (p->item[k].kind == PY_SLICE) {
            if (!py_slice_over(r, p->item[k].list, x->dim[axis], &first, &step, &count)) return false;
            if (count) y.at += first * x->step[axis];
            y.dim[rank] = count;
            y.step[rank++] = (ptrdiff_t)step * x->step[axis];
        }
        axis++;
    }
    y.rank = (uint8_t)rank;
    *out = y;
    return true;
}

/* ---------------------------------------------------------------- choosing */

/* The entries that arrays choose: `rest` runs over what slices leave, `shape` over the choice; `first` is the
 * axis of the outcome at which the choice stands. offset: by running number of the choice, where it begins.
 */
typedef struct choice {
    py_array   rest, shape;
    int        first;
    ptrdiff_t *offset;
} choice;

/* Ints beside arrays choose as well. */
static bool ints_become_arrays(py_run *r, plan *p) {
    for (int k = 0; k < p->n; k++) {
        if (p->item[k].kind != PY_INT) continue;
        p->array[k] = py_array_number(r, PY_OF_INT, (double)p->item[k].whole);
        p->item[k] = py_of_array(p->array[k]);
    }
    return !r->failed;
}

static int first_axis(const plan *p) {
    int before = 0, first = -1, last = -1;
    for (int k = 0; k < p->n; k++) {
        if (!p->array[k]) {
            if (first < 0) before++;
            continue;
        }
        if (first < 0) first = k;
        if (last >= 0 && last != k - 1) return 0; /* something stands between them */
        last = k;
    }
    return before;
}

static bool add_offsets(py_run *r, const py_array *index, const py_array *x, int axis, choice *c) {
    py_array wide;
    int64_t  n = py_array_size(&c->shape);
    if (!py_array_stretch(index, c->shape.rank, c->shape.dim, &wide)) return false;
    py_walk w = py_walk_start(&wide);
    for (int64_t i = 0; i < n; i++, py_walk_next(&w)) {
        int64_t at = (int64_t)wide.at[w.at];
        if (!in_bounds(r, &at, x->dim[axis], axis)) return false;
        c->offset[i] += at * x->step[axis];
    }
    return true;
}

static bool choose(py_run *r, plan *p, const py_array *x, choice *c) {
    const py_array *arrays[MOST_ITEMS];
    int             n = 0, axis_of[MOST_ITEMS];
    *c = (choice){.first = 0};
    if (!ints_become_arrays(r, p) || !view_of(r, p, x, &c->rest, axis_of)) return false;
    for (int k = 0; k < p->n; k++)
        if (p->array[k]) arrays[n++] = p->array[k];
    c->first = first_axis(p);
    if (!py_array_broadcast(r, arrays, n, &c->shape)) {
        if (!r->stopped) {
            r->failure.type = "IndexError";
            const char *text = arena_format(&r->a, "shape mismatch: indexing arrays%s",
                                            r->failure.message + strlen("operands"));
            r->failure.message = text ? text : "";
        }
        return false;
    }
    c->offset = arena_new(&r->a, (size_t)(py_array_size(&c->shape) + 1) * sizeof *c->offset);
    if (!c->offset) return py_step(r, 0);
    for (int k = 0; k < p->n; k++)
        if (p->array[k] && !add_offsets(r, p->array[k], x, axis_of[k], c)) return false;
    return py_step(r, (uint64_t)py_array_size(&c->shape) / 8);
}

/* The outcome: its shape, entries still to come. */
static py_array *chosen_shape(py_run *r, const choice *c, py_type type) {
    int64_t dim[2 * PY_RANK];
    int     rank = 0;
    for (int k = 0; k < c->first; k++) dim[rank++] = c->rest.dim[k];
    for (int k = 0; k < c->shape.rank; k++) dim[rank++] = c->shape.dim[k];
    for (int k = c->first; k < c->rest.rank; k++) dim[rank++] = c->rest.dim[k];
    return py_array_new(r, type, rank, dim);
}

/* Hands each entry of the outcome the place that it stands for. */
static void each_chosen(const choice *c, py_array *z, bool get) {
    py_walk w = py_walk_start(z);
    for (int64_t i = 0, n = py_array_size(z); i < n; i++, py_walk_next(&w)) {
        int64_t   number = 0;
        ptrdiff_t at = 0;
        for (int k = 0; k < c->shape.rank; k++) number = number * c->shape.dim[k] + w.index[c->first + k];
        for (int k = 0; k < c->rest.rank; k++)
            at += w.index[k < c->first ? k : k + c->shape.rank] * c->rest.step[k];
        double *place = c->rest.at + c->offset[number] + at;
        if (get)
            z->at[i] = *place;
        else
            *place = z->at[i];
    }
}

/* --------------------------------------------------------------------- face */

py_value py_array_index(py_run *r, const py_array *x, py_value index) {
    plan     p;
    py_array y;
    choice   c;
    int      axis_of[MOST_ITEMS];
    if (!make_plan(r, &p, x, index)) return py_none();
    if (p.chooses) {
        py_array *z = choose(r, &p, x, &c) ? chosen_shape(r, &c, (py_type)x->type) : NULL;
        if (!z) return py_none();
        each_chosen(&c, z, true);
        return py_result(z);
    }
    if (!view_of(r, &p, x, &y, axis_of)) return py_none();
    if (y.rank == 0 && !p.dots) return py_numpy_number((py_type)x->type, y.at[0]);
    return py_of_array(py_array_view(r, &y));
}

static bool set_view(py_run *r, const plan *p, const py_array *x, const py_array *from) {
    py_array y;
    int      axis_of[MOST_ITEMS];
    if (!view_of(r, p, x, &y, axis_of)) return false;
    if (y.rank == 0 && from->rank && py_array_size(from) == 1)
        from = py_array_reshape(r, from, 0, NULL);
    else if (y.rank == 0 && from->rank && !p->dots)
        py_raise(r, "ValueError", "setting an array element with a sequence.");
    return !r->failed && py_array_assign(r, &y, from);
}

/* Is the whole index one mask of the array's shape? numpy has rules of its own for that. */
static bool fits_mask(py_run *r, const py_array *x, py_value index, const py_array *from, const py_array *z) {
    if (index.kind != PY_ARRAY || index.array->type != PY_OF_BOOL || index.array->rank != x->rank)
        return true;
    if (from->rank > 1)
        py_raise(r, "TypeError",
                 "NumPy boolean array indexing assignment requires a 0 or 1-dimensional input, input has %d "
                 "dimensions",
                 from->rank);
    else if (from->rank == 1 && from->dim[0] != z->dim[0] && from->dim[0] != 1)
        py_raise(r, "ValueError",
                 "NumPy boolean array indexing assignment cannot assign %lld input values to the %lld output "
                 "values where the mask is true",
                 (long long)from->dim[0], (long long)z->dim[0]);
    return !r->failed;
}

static bool fill_chosen(py_run *r, py_array *z, const py_array *from) {
    if (py_array_assign(r, z, from)) return true;
    if (r->stopped) return false;
    const char *own = py_shape_text(r, from->rank, from->dim, false);
    const char *text = arena_format(&r->a,
                                    "shape mismatch: value array of shape %s could not be broadcast to "
                                    "indexing result of shape %s",
                                    own, py_shape_text(r, z->rank, z->dim, false));
    r->failure.message = text ? text : "";
    return false;
}

bool py_array_set(py_run *r, py_array *x, py_value index, py_value value) {
    plan      p;
    choice    c;
    py_array *from = py_as_array(r, value);
    if (!from || !make_plan(r, &p, x, index)) return false;
    if (!p.chooses) return set_view(r, &p, x, from);
    py_array *z = choose(r, &p, x, &c) ? chosen_shape(r, &c, (py_type)x->type) : NULL;
    if (!z || !fits_mask(r, x, index, from, z) || !fill_chosen(r, z, from)) return false;
    each_chosen(&c, z, false);
    return true;
}

/* numpy's functions of entries: one by one, two arrays together, along an axis. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/natives.h"
#include "teach/python/walk.h"

/* Into `out` if that is given. */
static py_value put_out(py_run *r, py_array *z, py_value out) {
    if (!z || out.kind != PY_ARRAY) return py_result(z);
    return py_array_assign(r, out.array, z) ? out : py_none();
}

/* -------------------------------------------------------------- one by one */

static py_value plain_map(py_run *r, const py_native *f, py_value x) {
    if (x.kind == PY_ARRAY && py_array_size(x.array) == 1) x = py_float(py_array_get(x.array, 0));
    if (x.kind == PY_ARRAY)
        return py_raise(r, "TypeError", "only size-1 arrays can be converted to Python scalars");
    if (!py_is_number(x)) return py_raise(r, "TypeError", "must be real number, not %s", py_type_name(x));
    double value = py_as_double(x), y = f->map(value);
    if (isinf(y) && isfinite(value) && (f->map == exp || f->map == expm1 || f->map == sinh || f->map == cosh))
        return py_raise(r, "OverflowError", "math range error");
    if (!isfinite(y) && isfinite(value)) return py_raise(r, "ValueError", "math domain error");
    return py_float(y);
}

py_value py_map(py_run *r, const py_native *f, const py_arguments *x) {
    if (x->plain) return plain_map(r, f, x->at[0]);
    const py_array *a = py_as_array(r, x->at[0]);
    return a ? put_out(r, py_array_map(r, a, f->map, PY_OF_FLOAT), x->at[1]) : py_none();
}

static double square(double x) {
    return x * x;
}

static double sign_of(double x) {
    return isnan(x) ? x : (double)((x > 0) - (x < 0));
}

static double negative(double x) {
    return -x;
}

static double itself(double x) {
    return x;
}

static double inverse(double x) {
    return 1 / x;
}

static double is_nan(double x) {
    return isnan(x);
}

static double is_inf(double x) {
    return isinf(x);
}

static double is_finite(double x) {
    return isfinite(x);
}

static double is_zero(double x) {
    return x == 0;
}

static const struct {
    char        detail;
    py_function f;
} functions[] = {{'a', fabs},    {'-', negative}, {'+', itself}, {'2', square},    {'s', sign_of},
                 {'1', inverse}, {'n', is_nan},   {'i', is_inf}, {'f', is_finite}, {'!', is_zero}};

static py_function function_of(int detail) {
    size_t i = 0;
    while (functions[i].detail != detail) i++;
    return functions[i].f;
}

py_value np_same(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    if (!a) return py_none();
    if (f->detail == '-' && a->type == PY_OF_BOOL)
        return py_raise(
            r, "TypeError",
            "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or "
            "the logical_not function instead.");
    if (f->detail == 's' && a->type == PY_OF_BOOL)
        return py_raise(r, "UFuncTypeError",
                        "ufunc 'sign' did not contain a loop with signature matching types "
                        "<class 'numpy.dtype[bool_]'> -> None");
    py_array *z = py_array_map(r, a, function_of(f->detail), (py_type)a->type);
    for (int64_t i = 0; z && a->type == PY_OF_INT && i < py_array_size(z); i++) z->at[i] = trunc(z->at[i]);
    return put_out(r, z, x->at[1]);
}

py_value np_ask(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    py_value        v = a ? py_result(py_array_map(r, a, function_of(f->detail), PY_OF_BOOL)) : py_none();
    if (x->plain && v.kind == PY_BOOL) v.numpy = false;
    return v;
}

static double rounded(double x, double unit) {
    return nearbyint(x * unit) / unit;
}

py_value np_round(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         digits = 0;
    (void)f;
    if (!a || (x->given[1] && !py_as_index(r, x->at[1], &digits))) return py_none();
    py_array *z = py_array_copy(r, a, (py_type)a->type);
    double    unit = pow(10, (double)digits);
    for (int64_t i = 0; z && a->type == PY_OF_FLOAT && i < py_array_size(z); i++)
        z->at[i] = rounded(z->at[i], unit);
    return py_result(z);
}

py_value math_whole(py_run *r, const py_native *f, const py_arguments *x) {
    if (!py_is_number(x->at[0]))
        return py_raise(r, "TypeError", "must be real number, not %s", py_type_name(x->at[0]));
    double value = py_as_double(x->at[0]);
    if (!(fabs(value) < 9e18))
        return py_raise(r, "OverflowError", "cannot convert float infinity to integer");
    return py_int((int64_t)(f->detail == 'f' ? floor(value) : ceil(value)));
}

py_value np_binary(py_run *r, const py_native *f, const py_arguments *x) {
    if (x->plain && py_is_number(x->at[0]) && py_is_number(x->at[1]))
        return py_float(py_binary_number(f->detail, py_as_double(x->at[0]), py_as_double(x->at[1]), false));
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    if (!b) return py_none();
    py_array *out = x->at[2].kind == PY_ARRAY ? x->at[2].array : NULL;
    py_array *z = py_array_binary(r, f->detail, a, b, out);
    return out && z ? x->at[2] : py_result(z);
}

py_value np_logical(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    if (a && b) a = py_array_copy(r, a, PY_OF_BOOL);
    if (a && b) b = py_array_copy(r, b, PY_OF_BOOL);
    return a && b ? py_result(py_array_binary(r, f->detail, a, b, NULL)) : py_none();
}

static py_value where_true(py_run *r, const py_array *a) {
    py_value out = py_new_list(r, PY_TUPLE, NULL, 0);
    int64_t  n = 0, size = py_array_size(a);
    for (int64_t i = 0; i < size; i++) n += py_array_get(a, i) != 0;
    for (int k = 0; k < a->rank; k++) {
        py_array *z = py_array_new(r, PY_OF_INT, 1, &n);
        py_walk   w = py_walk_start(a);
        for (int64_t i = 0, at = 0; z && i < size; i++, py_walk_next(&w))
            if (a->at[w.at] != 0) z->at[at++] = (double)w.index[k];
        py_push(r, out.list, py_of_array(z));
    }
    return r->failed ? py_none() : out;
}

py_value np_nonzero(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         n = -1;
    if (a && f->detail) a = py_array_reshape(r, a, 1, &n);
    return a ? where_true(r, a) : py_none();
}

py_value np_where(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *all[3], *c = py_as_array(r, x->at[0]);
    py_array        shape, wide[3];
    (void)f;
    if (!c) return py_none();
    if (!x->given[1] || !x->given[2]) return where_true(r, c);
    all[0] = c;
    for (int k = 1; k < 3; k++)
        if (!(all[k] = py_as_array(r, x->at[k]))) return py_none();
    if (!py_array_broadcast(r, all, 3, &shape)) return py_none();
    py_array *z =
        py_array_like(r, all[1]->type > all[2]->type ? (py_type)all[1]->type : (py_type)all[2]->type, &shape);
    bool fits = true;
    for (int k = 0; k < 3; k++) fits = fits && py_array_stretch(all[k], shape.rank, shape.dim, &wide[k]);
    if (!z || !fits) return py_none();
    py_walk p = py_walk_start(&wide[0]), q = py_walk_start(&wide[1]), s = py_walk_start(&wide[2]);
    for (int64_t i = 0, n = py_array_size(z); i < n;
         i++, py_walk_next(&p), py_walk_next(&q), py_walk_next(&s))
        z->at[i] = wide[0].at[p.at] != 0 ? wide[1].at[q.at] : wide[2].at[s.at];
    return py_of_array(z);
}

py_value np_clip(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *z = py_as_array(r, x->at[0]);
    (void)f;
    for (int k = 1; z && k < 3; k++) {
        if (!x->given[k] || x->at[k].kind == PY_NONE) continue;
        const py_array *limit = py_as_array(r, x->at[k]);
        z = limit ? py_array_binary(r, k == 1 ? 'M' : 'm', z, limit, NULL) : NULL;
    }
    return put_out(r, z, x->at[3]);
}

/* The exponentials along an axis, over their sum; without one, over all. */
py_value py_softmax(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    py_array       *z = a ? py_array_copy(r, a, PY_OF_FLOAT) : NULL;
    int64_t         along;
    int             axis = -1;
    bool            whole = !x->given[1] || x->at[1].kind == PY_NONE;
    (void)f;
    if (!z || (!whole && !(py_as_index(r, x->at[1], &along) && py_array_axis(r, z, along, &axis))))
        return py_none();
    int64_t size = py_array_size(z), n = axis < 0 ? size : z->dim[axis], inner = 1;
    for (int k = axis + 1; axis >= 0 && k < z->rank; k++) inner *= z->dim[k];
    for (int64_t line = 0; n && line < size / n; line++) {
        double *at = z->at + line / inner * inner * n + line % inner, most = at[0], sum = 0;
        for (int64_t i = 0; i < n; i++) most = fmax(most, at[i * inner]);
        for (int64_t i = 0; i < n; i++) sum += at[i * inner] = exp(at[i * inner] - most);
        for (int64_t i = 0; i < n; i++) at[i * inner] /= sum;
    }
    return py_result(z);
}

py_value np_nan_to_num(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    py_array       *z = a ? py_array_copy(r, a, (py_type)a->type) : NULL;
    (void)f;
    for (int64_t i = 0; z && i < py_array_size(z); i++)
        if (!isfinite(z->at[i]))
            z->at[i] = isnan(z->at[i]) ? 0 : z->at[i] > 0 ? 1.7976931348623157e308 : -1.7976931348623157e308;
    return py_result(z);
}

/* ------------------------------------------------------------ along an axis */

/* Several axes, one after the other. */
static py_array *reduce_axes(py_run *r, int how, py_array *a, py_value axes, bool keep) {
    bool done[PY_RANK] = {false};
    int  rank = a->rank;
    for (uint32_t i = 0; i < axes.list->items.n; i++) {
        int64_t along;
        int     axis;
        if (!py_as_index(r, axes.list->items.at[i], &along) || !py_array_axis(r, a, along, &axis))
            return NULL;
        if (done[axis]) {
            py_raise(r, "ValueError", "duplicate value in 'axis'");
            return NULL;
        }
        done[axis] = true;
    }
    for (int k = rank; a && k-- > 0;)
        if (done[k]) a = py_array_reduce(r, how, a, k, keep, 0);
    return a;
}

static py_value reduce_by(py_run *r, int how, py_value of, py_value axis, bool keep, double ddof) {
    py_array *a = py_as_array(r, of);
    int64_t   along = PY_ALL_AXES;
    if (!a) return py_none();
    if (axis.kind == PY_TUPLE) return py_result(reduce_axes(r, how, a, axis, keep));
    if (axis.kind != PY_NONE && !py_as_index(r, axis, &along)) return py_none();
    if (a->rank == 0 && (along == 0 || along == -1)) along = PY_ALL_AXES;
    return py_result(py_array_reduce(r, how, a, along, keep, ddof));
}

static py_value into_out(py_run *r, py_value z, py_value out) {
    if (out.kind != PY_ARRAY || r->failed) return z;
    const py_array *a = py_as_array(r, z);
    return a && py_array_assign(r, out.array, a) ? out : py_none();
}

static bool keeps(py_run *r, const py_arguments *x, int k) {
    return x->given[k] && py_truth(r, x->at[k]);
}

py_value np_reduce(py_run *r, const py_native *f, const py_arguments *x) {
    return into_out(r, reduce_by(r, f->detail, x->at[0], x->at[1], keeps(r, x, 4), 0), x->at[3]);
}

py_value np_extreme(py_run *r, const py_native *f, const py_arguments *x) {
    return into_out(r, reduce_by(r, f->detail, x->at[0], x->at[1], keeps(r, x, 3), 0), x->at[2]);
}

py_value np_deviation(py_run *r, const py_native *f, const py_arguments *x) {
    double ddof = x->given[4] && py_is_number(x->at[4]) ? py_as_double(x->at[4]) : 0;
    return reduce_by(r, f->detail, x->at[0], x->at[1], keeps(r, x, 5), ddof);
}

py_value np_count_nonzero(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    py_array *b = a ? py_array_copy(r, a, PY_OF_BOOL) : NULL;
    return b ? reduce_by(r, 's', py_of_array(b), x->at[1], false, 0) : py_none();
}

py_value np_cumulate(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    int64_t         along = 0, n = -1;
    int             axis;
    if (a && x->at[1].kind == PY_NONE) a = py_array_reshape(r, a, 1, &n);
    if (!a || (x->at[1].kind != PY_NONE && !py_as_index(r, x->at[1], &along)) ||
        !py_array_axis(r, a, along, &axis))
        return py_none();
    py_array *z = py_array_copy(r, a, a->type == PY_OF_BOOL ? PY_OF_INT : (py_type)a->type);
    py_walk   w;
    if (!z) return py_none();
    w = py_walk_start(z);
    for (int64_t i = 0, size = py_array_size(z); i < size; i++, py_walk_next(&w)) {
        if (!w.index[axis]) continue;
        double before = z->at[w.at - z->step[axis]];
        z->at[w.at] = f->detail == 's' ? before + z->at[w.at] : before * z->at[w.at];
    }
    return py_of_array(z);
}

/* ---------------------------------------------------------------- products */

py_value np_dot(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    return b ? put_out(r, py_array_dot(r, a, b, f->detail == '@'), x->at[2]) : py_none();
}

static const py_array *row_of(py_run *r, py_value x) {
    int64_t         n = -1;
    const py_array *a = py_as_array(r, x);
    return a ? py_array_reshape(r, a, 1, &n) : NULL;
}

py_value np_outer(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = row_of(r, x->at[0]), *b = a ? row_of(r, x->at[1]) : NULL;
    (void)f;
    if (!b) return py_none();
    const py_array *column = py_array_add_axis(r, a, 1), *row = py_array_add_axis(r, b, 0);
    return column && row ? put_out(r, py_array_binary(r, '*', column, row, NULL), x->at[2]) : py_none();
}

py_value np_inner(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = f->detail == 'v' ? row_of(r, x->at[0]) : py_as_array(r, x->at[0]);
    const py_array *b = !a ? NULL : f->detail == 'v' ? row_of(r, x->at[1]) : py_as_array(r, x->at[1]);
    if (b && b->rank > 1) b = py_array_transpose(r, b);
    return b ? py_result(py_array_dot(r, a, b, false)) : py_none();
}

py_value np_tensordot(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t axes = 2;
    (void)f;
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    if (!b || (x->given[2] && x->at[2].kind != PY_INT))
        return r->failed ? py_none() : py_stop(r, "tensordot of chosen axes is not known here");
    if (x->given[2]) axes = x->at[2].whole;
    if (axes == 1) return py_result(py_array_dot(r, a, b, false));
    return py_stop(r, "tensordot over %lld axes is not known here", (long long)axes);
}

/* "ij,jk->ik": which letter each axis has. */
typedef struct sums {
    const py_array *x[3];
    int             n;
    char            letters[3][PY_RANK + 1], out[PY_RANK + 1], all[12];
    int64_t         size[12];
    int             n_all;
} sums;

static int letter_at(const sums *e, char c) {
    const char *at = c ? strchr(e->all, c) : NULL;
    return at ? (int)(at - e->all) : -1;
}

/* One letter of operand k; false: it does not fit. */
static bool add_letter(py_run *r, sums *e, int k, int n, char letter) {
    if (k < e->n && n >= e->x[k]->rank)
        py_raise(r, "ValueError",
                 "einstein sum subscripts string contains too many subscripts for operand %d", k);
    if (r->failed || k >= e->n || e->n_all > 10) return false;
    int at = letter_at(e, letter);
    if (at < 0) e->all[at = e->n_all++] = letter;
    if (e->size[at] && e->size[at] != e->x[k]->dim[n])
        py_raise(r, "ValueError", "operand has a mismatch in its core dimension %d", n);
    e->size[at] = e->x[k]->dim[n];
    e->letters[k][n] = letter;
    return !r->failed;
}

static bool read_letters(py_run *r, sums *e, const char *text) {
    int k = 0, n = 0;
    for (; *text && *text != '-'; text++) {
        if (*text == ' ') continue;
        if (*text != ',' && !add_letter(r, e, k, n++, *text)) return false;
        if (*text == ',') {
            k++;
            n = 0;
        }
    }
    for (int i = 0; i < e->n; i++)
        if (strlen(e->letters[i]) != e->x[i]->rank)
            py_raise(r, "ValueError",
                     "operand has more dimensions than subscripts given in einstein sum, but no '...' "
                     "ellipsis provided to broadcast the extra dimensions.");
    if (r->failed || k + 1 != e->n || text[0] != '-' || text[1] != '>') return false;
    n = 0;
    for (text += 2; *text && n < PY_RANK; text++)
        if (*text != ' ') e->out[n++] = *text;
    return *text == '\0';
}

static double term(const sums *e, const int64_t *index) {
    double product = 1;
    for (int k = 0; k < e->n; k++) {
        ptrdiff_t at = 0;
        for (int i = 0; i < e->x[k]->rank; i++)
            at += index[letter_at(e, e->letters[k][i])] * e->x[k]->step[i];
        product *= e->x[k]->at[at];
    }
    return product;
}

static py_value sum_over(py_run *r, const sums *e) {
    int64_t dim[PY_RANK], total = 1, index[12];
    int     rank = (int)strlen(e->out);
    for (int k = 0; k < rank; k++) {
        if (letter_at(e, e->out[k]) < 0)
            return py_raise(r, "ValueError", "einsum: an index of the output is not in the input");
        dim[k] = e->size[letter_at(e, e->out[k])];
    }
    for (int k = 0; k < e->n_all; k++)
        total = e->size[k] > 1 << 22 || total > 1 << 22 ? 1 << 30 : total * e->size[k];
    py_type type = PY_OF_BOOL;
    for (int k = 0; k < e->n; k++) type = e->x[k]->type > type ? (py_type)e->x[k]->type : type;
    py_array *z = py_array_new(r, type, rank, dim);
    if (!z || !py_step(r, (uint64_t)total / 2)) return py_none();
    for (int64_t i = 0; i < total; i++) {
        int64_t   rest = i;
        ptrdiff_t at = 0;
        for (int k = 0; k < e->n_all; k++) {
            index[k] = rest % e->size[k];
            rest /= e->size[k];
        }
        for (int k = 0; k < rank; k++) at += index[letter_at(e, e->out[k])] * z->step[k];
        z->at[at] += term(e, index);
        if (type == PY_OF_BOOL) z->at[at] = z->at[at] != 0;
    }
    return py_result(z);
}

py_value np_einsum(py_run *r, const py_native *f, const py_arguments *x) {
    sums e = {.n = (int)x->rest.items.n};
    (void)f;
    if (x->at[0].kind != PY_STRING || e.n < 1 || e.n > 3)
        return py_stop(r, "einsum of this form is not known here");
    for (int k = 0; k < e.n; k++)
        if (!(e.x[k] = py_as_array(r, x->rest.items.at[k]))) return py_none();
    if (read_letters(r, &e, x->at[0].text->at)) return sum_over(r, &e);
    return r->failed ? py_none() : py_stop(r, "einsum of this form is not known here");
}

/* Which norm is asked for: 1, 2, or 0 that is not known here. */
static int norm_order(const py_array *a, py_value ord, py_value axis) {
    bool matrix = a->rank == 2 && axis.kind == PY_NONE;
    if (ord.kind == PY_NONE || py_text_is(ord, "fro")) return 2;
    if (!py_is_number(ord) || matrix) return 0;
    return py_as_double(ord) == 1 ? 1 : py_as_double(ord) == 2 ? 2 : 0;
}

py_value np_norm(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    int order = a ? norm_order(a, x->at[1], x->at[2]) : 0;
    if (!order) return a ? py_stop(r, "this norm is not known here") : py_none();
    py_array       *z = py_array_map(r, a, order == 1 ? fabs : square, PY_OF_FLOAT);
    py_value        sum = z ? reduce_by(r, 's', py_of_array(z), x->at[2], keeps(r, x, 3), 0) : py_none();
    const py_array *s = sum.kind == PY_NONE ? NULL : py_as_array(r, sum);
    return s ? py_result(order == 1 ? s : py_array_map(r, s, sqrt, PY_OF_FLOAT)) : py_none();
}

py_value np_trace(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]);
    double          sum = 0;
    (void)f;
    if (!a) return py_none();
    if (a->rank != 2) return py_raise(r, "ValueError", "diag requires an array of at least two dimensions");
    for (int64_t i = 0; i < a->dim[0] && i < a->dim[1]; i++) sum += a->at[i * (a->step[0] + a->step[1])];
    return py_numpy_number((py_type)a->type, sum);
}

/* -------------------------------------------------------------- comparisons */

static double close_to(double x, double y, double rtol, double atol) {
    if (!isfinite(x) || !isfinite(y)) return x == y;
    return fabs(x - y) <= atol + rtol * fabs(y);
}

py_value np_close(py_run *r, const py_native *f, const py_arguments *x) {
    double          rtol = x->given[2] && py_is_number(x->at[2]) ? py_as_double(x->at[2]) : 1e-5;
    double          atol = x->given[3] && py_is_number(x->at[3]) ? py_as_double(x->at[3]) : 1e-8;
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    const py_array *both[2] = {a, b};
    py_array        shape, p, q;
    if (!b || !py_array_broadcast(r, both, 2, &shape)) return py_none();
    py_array *z = py_array_like(r, PY_OF_BOOL, &shape);
    if (!z || !py_array_stretch(a, shape.rank, shape.dim, &p) ||
        !py_array_stretch(b, shape.rank, shape.dim, &q))
        return py_none();
    for (int64_t i = 0, n = py_array_size(z); i < n; i++)
        z->at[i] = close_to(py_array_get(&p, i), py_array_get(&q, i), rtol, atol);
    if (f->detail == 'i') return py_result(z);
    py_value all = py_result(py_array_reduce(r, '&', z, PY_ALL_AXES, false, 0));
    all.numpy = false;
    return all;
}

py_value np_array_equal(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = py_as_array(r, x->at[0]), *b = a ? py_as_array(r, x->at[1]) : NULL;
    (void)f;
    if (!b) return py_none();
    bool same = a->rank == b->rank && memcmp(a->dim, b->dim, a->rank * sizeof *a->dim) == 0;
    for (int64_t i = 0, n = py_array_size(a); same && i < n; i++)
        same = py_array_get(a, i) == py_array_get(b, i);
    return py_bool(same);
}

/* ------------------------------------------------------------------ sorting */

/* Heap sort of indices by value, stable by the index. */
static bool comes_after(const double *at, ptrdiff_t step, int64_t i, int64_t j) {
    double x = at[i * step], y = at[j * step];
    return x > y || (isnan(x) && !isnan(y)) || ((x == y || (isnan(x) && isnan(y))) && i > j);
}

static void sift(const double *at, ptrdiff_t step, int64_t *order, int64_t root, int64_t n) {
    for (int64_t child; (child = 2 * root + 1) < n; root = child) {
        if (child + 1 < n && comes_after(at, step, order[child + 1], order[child])) child++;
        if (comes_after(at, step, order[root], order[child])) return;
        int64_t swap = order[root];
        order[root] = order[child];
        order[child] = swap;
    }
}

static int64_t *sorted_order(py_run *r, const double *at, ptrdiff_t step, int64_t n) {
    int64_t *order = arena_new(&r->a, (size_t)(n + 1) * sizeof *order);
    if (!order || !py_step(r, (uint64_t)n)) {
        py_step(r, 0);
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) order[i] = i;
    for (int64_t i = n / 2; i-- > 0;) sift(at, step, order, i, n);
    for (int64_t last = n - 1; last > 0; last--) {
        int64_t swap = order[0];
        order[0] = order[last];
        order[last] = swap;
        sift(at, step, order, 0, last);
    }
    return order;
}

/* Sorts each row along an axis; where: the indices instead of the values. */
static py_value sorted_along(py_run *r, const py_array *a, py_value along, bool where) {
    int64_t chosen = -1;
    int     axis;
    if (!a || (along.kind != PY_NONE && !py_as_index(r, along, &chosen)) ||
        !py_array_axis(r, a, chosen, &axis))
        return py_none();
    py_array *z = py_array_copy(r, a, where ? PY_OF_INT : (py_type)a->type), ends;
    if (!z) return py_none();
    ends = *z;
    ends.dim[axis] = a->dim[axis] ? 1 : 0;
    py_walk w = py_walk_start(&ends);
    for (int64_t i = 0, n = py_array_size(&ends); i < n; i++, py_walk_next(&w)) {
        py_array  from = *a;
        ptrdiff_t at = 0;
        for (int k = 0; k < a->rank; k++) at += w.index[k] * a->step[k];
        const int64_t *order = sorted_order(r, from.at + at, a->step[axis], a->dim[axis]);
        if (!order) return py_none();
        for (int64_t k = 0; k < a->dim[axis]; k++)
            z->at[w.at + k * z->step[axis]] = where ? (double)order[k] : a->at[at + order[k] * a->step[axis]];
    }
    return py_of_array(z);
}

py_value np_sort(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return sorted_along(r, py_as_array(r, x->at[0]), x->at[1], false);
}

py_value np_argsort(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    return sorted_along(r, py_as_array(r, x->at[0]), x->at[1], true);
}

py_value array_sort(py_run *r, const py_native *f, const py_arguments *x) {
    py_array *a = py_as_array(r, x->at[0]);
    (void)f;
    py_value z = sorted_along(r, a, x->at[1], false);
    if (z.kind == PY_ARRAY) py_array_assign(r, a, z.array);
    return py_none();
}

py_value np_unique(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = row_of(r, x->at[0]);
    int64_t         n = 0;
    (void)f;
    py_value z = a ? sorted_along(r, a, py_none(), false) : py_none();
    if (z.kind != PY_ARRAY) return z;
    for (int64_t i = 0; i < z.array->dim[0]; i++)
        if (!n ||
            (z.array->at[n - 1] != z.array->at[i] && !(isnan(z.array->at[n - 1]) && isnan(z.array->at[i]))))
            z.array->at[n++] = z.array->at[i];
    z.array->dim[0] = n;
    return z;
}

py_value np_bincount(py_run *r, const py_native *f, const py_arguments *x) {
    const py_array *a = row_of(r, x->at[0]);
    double          most = -1;
    (void)f;
    for (int64_t i = 0; a && i < a->dim[0]; i++) {
        if (py_array_get(a, i) < 0)
            return py_raise(r, "ValueError", "'list' argument must have no negative elements");
        most = fmax(most, py_array_get(a, i));
    }
    int64_t   n = most < 1e9 ? (int64_t)most + 1 : 1000000000;
    py_array *z = a ? py_array_new(r, PY_OF_INT, 1, &n) : NULL;
    for (int64_t i = 0; z && i < a->dim[0]; i++) z->at[(int64_t)py_array_get(a, i)]++;
    return py_of_array(z);
}

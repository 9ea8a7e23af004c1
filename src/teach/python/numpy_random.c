/* Random numbers for programs that start from some: the same for the same program, not those of numpy. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/natives.h"

static double draw(py_run *r, int how) {
    return how == 'u' ? rng_uniform(&r->random) : rng_normal(&r->random);
}

/* An array of draws times `scale` plus `low`; without a size one number. */
static py_value drawn(py_run *r, int how, py_value size, double low, double scale) {
    int64_t dim[PY_RANK];
    int     rank = 0;
    if (size.kind == PY_NONE) return py_float(low + scale * draw(r, how));
    py_array *z = py_read_shape(r, size, dim, &rank) ? py_array_new(r, PY_OF_FLOAT, rank, dim) : NULL;
    for (int64_t i = 0, n = z ? py_array_size(z) : 0; i < n; i++) z->at[i] = low + scale * draw(r, how);
    return py_of_array(z);
}

py_value random_rand(py_run *r, const py_native *f, const py_arguments *x) {
    const py_list *rest = &x->rest;
    if (!rest->items.n) return drawn(r, f->detail, py_none(), 0, 1);
    if (rest->items.n == 1) return drawn(r, f->detail, rest->items.at[0], 0, 1);
    return drawn(r, f->detail, py_new_list(r, PY_TUPLE, rest->items.at, rest->items.n), 0, 1);
}

py_value random_sized(py_run *r, const py_native *f, const py_arguments *x) {
    return drawn(r, f->detail, x->at[0], 0, 1);
}

static double number_or(py_value x, double none) {
    return py_is_number(x) ? py_as_double(x) : none;
}

/* uniform(low, high), normal(mean, deviation); both may be arrays. */
py_value random_between(py_run *r, const py_native *f, const py_arguments *x) {
    double   a = number_or(x->at[0], 0), b = number_or(x->at[1], 1);
    py_value from = x->at[0], size = x->at[2];
    if (from.kind != PY_ARRAY) return drawn(r, f->detail, size, a, f->detail == 'u' ? b - a : b);
    py_value noise =
        drawn(r, f->detail, size.kind == PY_NONE ? py_none() : size, 0, f->detail == 'u' ? 1 : b);
    if (size.kind == PY_NONE) {
        py_array *z = py_array_copy(r, from.array, PY_OF_FLOAT);
        for (int64_t i = 0, n = z ? py_array_size(z) : 0; i < n; i++)
            z->at[i] = z->at[i] + b * draw(r, f->detail);
        return py_of_array(z);
    }
    return py_binary(r, '+', from, noise);
}

/* randint(low, high): below high; Python's own: up to it. */
py_value random_whole(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t low = 0, high = 0, dim[PY_RANK];
    int     rank;
    bool    one = x->at[1].kind == PY_NONE;
    if (!py_as_index(r, x->at[0], one ? &high : &low) || (!one && !py_as_index(r, x->at[1], &high)))
        return py_none();
    high += f->detail;
    if (low >= high || high - low > UINT32_MAX) return py_raise(r, "ValueError", "low >= high");
    if (!x->given[2] || x->at[2].kind == PY_NONE)
        return py_int(low + rng_below(&r->random, (uint32_t)(high - low)));
    py_array *z = py_read_shape(r, x->at[2], dim, &rank) ? py_array_new(r, PY_OF_INT, rank, dim) : NULL;
    for (int64_t i = 0, n = z ? py_array_size(z) : 0; i < n; i++)
        z->at[i] = (double)(low + rng_below(&r->random, (uint32_t)(high - low)));
    return py_of_array(z);
}

py_value random_binomial(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t times, dim[PY_RANK];
    int     rank = 0;
    (void)f;
    if (!py_as_index(r, x->at[0], &times) || !py_is_number(x->at[1])) return py_none();
    if (x->at[2].kind != PY_NONE && !py_read_shape(r, x->at[2], dim, &rank)) return py_none();
    py_array *z = py_array_new(r, PY_OF_INT, rank, dim);
    for (int64_t i = 0, n = z ? py_array_size(z) : 0; i < n; i++)
        for (int64_t k = 0; k < times && py_step(r, 1); k++)
            z->at[i] += rng_uniform(&r->random) < py_as_double(x->at[1]);
    return py_result(z);
}

/* A random order of 0 .. n - 1. */
static uint32_t *order(py_run *r, int64_t n) {
    uint32_t *at =
        n < 1 << 22 && py_step(r, (uint64_t)n) ? arena_new(&r->a, (size_t)(n + 1) * sizeof *at) : NULL;
    if (!at) {
        py_stop(r, "a permutation is too long");
        return NULL;
    }
    for (int64_t i = 0; i < n; i++) at[i] = (uint32_t)i;
    rng_shuffle(&r->random, at, (uint32_t)n);
    return at;
}

static py_value chosen_rows(py_run *r, const py_array *a, const uint32_t *at, int64_t n) {
    py_array *index = py_array_new(r, PY_OF_INT, 1, &n);
    for (int64_t i = 0; index && i < n; i++) index->at[i] = at[i];
    return index ? py_array_index(r, a, py_of_array(index)) : py_none();
}

py_value random_permutation(py_run *r, const py_native *f, const py_arguments *x) {
    int64_t n = 0;
    (void)f;
    if (x->at[0].kind == PY_INT) {
        n = x->at[0].whole < 0 ? 0 : x->at[0].whole;
        const uint32_t *at = order(r, n);
        py_array       *z = at ? py_array_new(r, PY_OF_INT, 1, &n) : NULL;
        for (int64_t i = 0; z && i < n; i++) z->at[i] = at[i];
        return py_of_array(z);
    }
    const py_array *a = py_as_array(r, x->at[0]);
    if (!a || !a->rank)
        return r->failed ? py_none()
                         : py_raise(r, "ValueError", "x must be an integer or at least 1-dimensional");
    const uint32_t *at = order(r, a->dim[0]);
    return at ? chosen_rows(r, a, at, a->dim[0]) : py_none();
}

py_value random_shuffle(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    if (x->at[0].kind == PY_ARRAY && x->at[0].array->rank) {
        const uint32_t *at = order(r, x->at[0].array->dim[0]);
        py_value        z = at ? chosen_rows(r, x->at[0].array, at, x->at[0].array->dim[0]) : py_none();
        if (z.kind == PY_ARRAY) py_array_assign(r, x->at[0].array, z.array);
        return py_none();
    }
    if (x->at[0].kind != PY_LIST)
        return py_raise(r, "TypeError", "'%s' object does not support item assignment",
                        py_type_name(x->at[0]));
    py_list        *l = x->at[0].list;
    const uint32_t *at = order(r, l->items.n);
    py_value        copy = py_new_list(r, PY_LIST, l->items.at, l->items.n);
    for (uint32_t i = 0; at && i < copy.list->items.n && !r->failed; i++)
        l->items.at[i] = copy.list->items.at[at[i]];
    return py_none();
}

/* Indices below n of the given size. */
static py_array *chosen_indices(py_run *r, int64_t n, py_value size, bool replace) {
    int64_t dim[PY_RANK];
    int     rank = 0;
    if (size.kind != PY_NONE && !py_read_shape(r, size, dim, &rank)) return NULL;
    if (n < 1 || n > UINT32_MAX)
        py_raise(r, "ValueError", "a must be greater than 0 unless no samples are taken");
    py_array *index = py_array_new(r, PY_OF_INT, rank, dim);
    int64_t   count = index ? py_array_size(index) : 0;
    if (!replace && count > n)
        py_raise(r, "ValueError", "Cannot take a larger sample than population when 'replace=False'");
    const uint32_t *at = replace || r->failed ? NULL : order(r, n);
    for (int64_t i = 0; i < count && !r->failed; i++)
        index->at[i] = at ? at[i] : rng_below(&r->random, (uint32_t)n);
    return r->failed ? NULL : index;
}

py_value random_choice(py_run *r, const py_native *f, const py_arguments *x) {
    bool            whole = x->at[0].kind == PY_INT;
    const py_array *a = whole ? NULL : py_as_array(r, x->at[0]);
    int64_t         n = whole ? x->at[0].whole : a && a->rank ? a->dim[0] : 0;
    (void)f;
    if (r->failed) return py_none();
    const py_array *index = chosen_indices(r, n, x->at[1], !x->given[2] || py_truth(r, x->at[2]));
    if (!index) return py_none();
    if (!a) return py_result(index);
    py_value chosen = index->rank ? py_of_array((py_array *)index) : py_int((int64_t)index->at[0]);
    return py_array_index(r, a, chosen);
}

py_value random_generator(py_run *r, const py_native *f, const py_arguments *x) {
    (void)f;
    (void)x;
    py_value v = py_string_of(r, "numpy.random");
    v.kind = PY_MODULE;
    return v;
}

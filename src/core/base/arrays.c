/* Named arrays: a list of separately allocated arrays, found through a table of their names' hashes. */
#include "core/base/arrays.h"

#include <assert.h>
#include <string.h>

#include "core/base/text.h"

typedef struct entry {
    dfoo_array array;
    void      *own; /* memory of the set's; NULL: borrowed */
    size_t     name_size, data_size;
} entry;

struct dfoo_arrays {
    dfoo_allocator mem;
    entry        **list; /* entries stay where they are when the list grows */
    size_t         n, cap;
    uint32_t      *slots; /* numbers in the list from 1, 0: free; 2 * cap of them, a power of two */
    void          *owner;
};

enum { FIRST_CAP = 16 };

dfoo_status arrays_new(const dfoo_allocator *mem, dfoo_arrays **out) {
    *out = mem_new(mem, sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    (*out)->mem = *mem;
    return DFOO_OK;
}

void arrays_own(dfoo_arrays *set, void *owner) {
    set->owner = owner;
}

void *arrays_owner(const dfoo_arrays *set) {
    return set->owner;
}

static void entry_free(const dfoo_allocator *mem, entry *e) {
    if (!e) return;
    mem_free(mem, (char *)e->array.name, e->name_size);
    mem_free(mem, e->own, e->data_size);
    mem_free(mem, e, sizeof *e);
}

void arrays_free(dfoo_arrays *set) {
    if (!set) return;
    dfoo_allocator mem = set->mem;
    for (size_t i = 0; i < set->n; i++) entry_free(&mem, set->list[i]);
    mem_free(&mem, set->list, set->cap * sizeof *set->list);
    mem_free(&mem, set->slots, 2 * set->cap * sizeof *set->slots);
    mem_free(&mem, set, sizeof *set);
}

size_t array_entries(const dfoo_array *x) {
    assert(x->ndim >= 0 && x->ndim <= DFOO_MAX_DIMS);
    size_t n = 1;
    for (int i = 0; i < x->ndim; i++) n *= x->dim[i];
    return n;
}

bool array_as_matrix(const dfoo_array *x, size_t *rows, size_t *cols) {
    *rows = x->ndim > 0 ? x->dim[0] : 1;
    *cols = x->ndim > 1 ? x->dim[1] : 1;
    return x->ndim <= 2;
}

static size_t size_of(dfoo_dtype dtype) {
    return dtype == DFOO_F32 ? sizeof(float) : sizeof(double);
}

/* What an array is to be; `data` is copied, or borrowed with these steps. */
typedef struct wanted {
    const char      *name;
    dfoo_dtype       dtype;
    int              ndim;
    const size_t    *dim;
    const void      *data;
    bool             borrow;
    const ptrdiff_t *step; /* NULL: row by row */
} wanted;

/* The number of entries; false: there are more than there are addresses. */
static bool count_entries(const wanted *w, size_t *n) {
    *n = 1;
    if (w->ndim < 0 || w->ndim > DFOO_MAX_DIMS) return false;
    for (int i = 0; i < w->ndim; i++) {
        if (w->dim[i] && *n > SIZE_MAX / 2 / sizeof(double) / w->dim[i]) return false;
        *n *= w->dim[i];
    }
    return true;
}

/* Fills in the shape, and says whether the array lies row by row. */
static bool set_shape(dfoo_array *x, const wanted *w) {
    bool      dense = true;
    ptrdiff_t step = 1;
    x->ndim = w->ndim;
    for (int i = w->ndim; i-- > 0;) {
        x->dim[i] = w->dim[i];
        x->step[i] = w->step ? w->step[i] : step;
        dense = dense && (x->step[i] == step || x->dim[i] <= 1);
        step *= (ptrdiff_t)w->dim[i];
    }
    return dense;
}

static dfoo_status entry_new(const dfoo_allocator *mem, const wanted *w, entry **out) {
    size_t n;
    if (!count_entries(w, &n)) return DFOO_EINPUT;
    entry *e = mem_new(mem, sizeof *e);
    if (!e) return DFOO_ENOMEM;
    e->name_size = strlen(w->name) + 1;
    char *own_name = mem_new(mem, e->name_size);
    e->array.name = own_name;
    e->data_size = w->borrow ? 0 : n * size_of(w->dtype);
    if (!w->borrow) e->own = mem_new(mem, e->data_size);
    if (!own_name || (!w->borrow && !e->own)) {
        entry_free(mem, e);
        return DFOO_ENOMEM;
    }
    memcpy(own_name, w->name, e->name_size);
    if (!w->borrow && w->data && n) memcpy(e->own, w->data, e->data_size);
    void *values = w->borrow ? (void *)w->data : e->own; /* what is borrowed is only read */
    bool  dense = set_shape(&e->array, w);
    e->array.dtype = w->dtype;
    e->array.values = values;
    e->array.borrowed = w->borrow;
    if (dense && w->dtype == DFOO_F64) e->array.data = values;
    *out = e;
    return DFOO_OK;
}

/* The slot of a name, or the free one where it belongs. */
static uint32_t *slot_of(const dfoo_arrays *set, const char *name) {
    size_t mask = 2 * set->cap - 1, i = hash_bytes(HASH_START, name, strlen(name)) & mask;
    while (set->slots[i] && strcmp(set->list[set->slots[i] - 1]->array.name, name) != 0) i = (i + 1) & mask;
    return &set->slots[i];
}

static entry **find(const dfoo_arrays *set, const char *name) {
    uint32_t number = set->cap ? *slot_of(set, name) : 0;
    return number ? &set->list[number - 1] : NULL;
}

static bool list_room(dfoo_arrays *set) {
    assert(set->n <= set->cap);
    if (set->n < set->cap) return true;
    size_t    cap = set->cap ? set->cap * 2 : FIRST_CAP;
    uint32_t *slots = cap < UINT32_MAX ? mem_new(&set->mem, 2 * cap * sizeof *slots) : NULL;
    entry   **list = slots ? mem_new(&set->mem, cap * sizeof *list) : NULL;
    if (!list) {
        mem_free(&set->mem, slots, 2 * cap * sizeof *slots);
        return false;
    }
    if (set->n) memcpy(list, set->list, set->n * sizeof *list);
    mem_free(&set->mem, set->list, set->cap * sizeof *list);
    mem_free(&set->mem, set->slots, 2 * set->cap * sizeof *slots);
    set->list = list;
    set->slots = slots;
    set->cap = cap;
    for (uint32_t i = 0; i < set->n; i++) *slot_of(set, list[i]->array.name) = i + 1;
    return true;
}

/* Puts an array, for which there is room and whose name is new, behind the others. */
static void append(dfoo_arrays *set, entry *e) {
    uint32_t *slot = slot_of(set, e->array.name);
    assert(set->list && set->n < set->cap && !*slot);
    set->list[set->n++] = e;
    *slot = (uint32_t)set->n;
}

static void forget_all(dfoo_arrays *set) {
    set->n = 0;
    if (set->cap) memset(set->slots, 0, 2 * set->cap * sizeof *set->slots);
}

static dfoo_status add(dfoo_arrays *set, const wanted *w, dfoo_array **out) {
    entry *e = NULL;
    if (out) *out = NULL;
    DFOO_TRY(entry_new(&set->mem, w, &e));
    entry **old = find(set, w->name);
    if (old) {
        entry_free(&set->mem, *old);
        *old = e;
    } else if (list_room(set)) {
        append(set, e);
    } else {
        entry_free(&set->mem, e);
        return DFOO_ENOMEM;
    }
    if (out) *out = &e->array;
    return DFOO_OK;
}

dfoo_status arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                       const double *data, dfoo_array **out) {
    return add(set, &(wanted){.name = name, .dtype = DFOO_F64, .ndim = ndim, .dim = dim, .data = data}, out);
}

dfoo_status arrays_add_f32(dfoo_arrays *set, const char *name, int ndim, const size_t *dim, const float *data,
                           dfoo_array **out) {
    return add(set, &(wanted){.name = name, .dtype = DFOO_F32, .ndim = ndim, .dim = dim, .data = data}, out);
}

dfoo_status arrays_borrow(dfoo_arrays *set, const char *name, dfoo_dtype dtype, int ndim, const size_t *dim,
                          const ptrdiff_t *step, const void *data, dfoo_array **out) {
    wanted w = {
        .name = name, .dtype = dtype, .ndim = ndim, .dim = dim, .data = data, .borrow = true, .step = step};
    return add(set, &w, out);
}

dfoo_status arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols,
                              const double *data, dfoo_array **out) {
    size_t dim[2] = {rows, cols};
    return arrays_add(set, name, 2, dim, data, out);
}

dfoo_status arrays_move(dfoo_arrays *from, dfoo_arrays *to, const char **twice) {
    assert(from != to);
    dfoo_status status = DFOO_OK;
    size_t      n_moved = 0, n = from->n;
    *twice = NULL;
    for (; n_moved < n; n_moved++) {
        entry **old = find(to, from->list[n_moved]->array.name);
        if (old) *twice = (*old)->array.name;
        status = old ? DFOO_EINPUT : list_room(to) ? DFOO_OK : DFOO_ENOMEM;
        if (status != DFOO_OK) break;
        append(to, from->list[n_moved]);
    }
    forget_all(from);
    for (size_t i = n_moved; i < n; i++) append(from, from->list[i]); /* what stays moves to the front */
    return status;
}

dfoo_array *arrays_get(const dfoo_arrays *set, const char *name) {
    entry **e = find(set, name);
    return e ? &(*e)->array : NULL;
}

size_t arrays_count(const dfoo_arrays *set) {
    return set->n;
}

dfoo_array *arrays_at(const dfoo_arrays *set, size_t i) {
    return i < set->n ? &set->list[i]->array : NULL;
}

/* -------------------------------------------------------------------- plain */

bool arrays_are_plain(const dfoo_arrays *set) {
    for (size_t i = 0; i < set->n; i++)
        if (!set->list[i]->array.data) return false;
    return true;
}

static bool is_dense(const dfoo_array *x) {
    ptrdiff_t step = 1;
    for (int i = x->ndim; i-- > 0; step *= (ptrdiff_t)x->dim[i])
        if (x->step[i] != step && x->dim[i] > 1) return false;
    return true;
}

bool arrays_are_dense(const dfoo_arrays *set) {
    for (size_t i = 0; i < set->n; i++)
        if (!is_dense(&set->list[i]->array)) return false;
    return true;
}

/* Where the entry lies that is number `i` row by row. */
static ptrdiff_t place_of(const dfoo_array *x, size_t i) {
    ptrdiff_t at = 0;
    for (int k = x->ndim; k-- > 0; i /= x->dim[k]) at += (ptrdiff_t)(i % x->dim[k]) * x->step[k];
    return at;
}

static void copy_plain(const dfoo_array *x, double *to) {
    size_t n = array_entries(x);
    for (size_t i = 0; i < n; i++) {
        ptrdiff_t at = place_of(x, i);
        to[i] =
            x->dtype == DFOO_F32 ? (double)((const float *)x->values)[at] : ((const double *)x->values)[at];
    }
}

dfoo_status arrays_add_plain(dfoo_arrays *set, const dfoo_arrays *from) {
    for (size_t i = 0; i < from->n; i++) {
        const dfoo_array *x = &from->list[i]->array;
        dfoo_array       *copy = NULL;
        if (x->data) DFOO_TRY(arrays_borrow(set, x->name, DFOO_F64, x->ndim, x->dim, NULL, x->data, NULL));
        else DFOO_TRY(arrays_add(set, x->name, x->ndim, x->dim, NULL, &copy));
        if (copy) copy_plain(x, copy->data);
    }
    return DFOO_OK;
}

const char *arrays_dims_text(arena *a, int ndim, const size_t *dim) {
    const char *text = "(";
    for (int i = 0; i < ndim && text; i++) text = arena_format(a, "%s%s%zu", text, i ? ", " : "", dim[i]);
    if (text) text = arena_format(a, ndim == 1 ? "%s,)" : "%s)", text);
    return text ? text : "";
}

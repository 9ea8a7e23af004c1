/* Named arrays: a list of separately allocated arrays, found by name through a scan (sets
 * are small: the variables of a model). */
#include "core/base/arrays.h"

#include <string.h>

typedef struct entry {
    dfoo_array array;
    size_t     name_size, data_size;
} entry;

struct dfoo_arrays {
    dfoo_allocator mem;
    entry        **list; /* entries stay where they are when the list grows */
    size_t         n, cap;
    void          *owner;
};

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
    mem_free(mem, e->array.data, e->data_size);
    mem_free(mem, e, sizeof *e);
}

void arrays_free(dfoo_arrays *set) {
    if (!set) return;
    dfoo_allocator mem = set->mem;
    for (size_t i = 0; i < set->n; i++) entry_free(&mem, set->list[i]);
    mem_free(&mem, set->list, set->cap * sizeof *set->list);
    mem_free(&mem, set, sizeof *set);
}

size_t array_entries(const dfoo_array *x) {
    size_t n = 1;
    for (int i = 0; i < x->ndim; i++) n *= x->dim[i];
    return n;
}

bool array_as_matrix(const dfoo_array *x, size_t *rows, size_t *cols) {
    *rows = x->ndim > 0 ? x->dim[0] : 1;
    *cols = x->ndim > 1 ? x->dim[1] : 1;
    return x->ndim <= 2;
}

static dfoo_status entry_new(const dfoo_allocator *mem, const char *name, int ndim, const size_t *dim,
                             const double *data, entry **out) {
    size_t n = 1;
    if (ndim < 0 || ndim > DFOO_MAX_DIMS) return DFOO_EINPUT;
    for (int i = 0; i < ndim; i++) {
        if (dim[i] && n > SIZE_MAX / 2 / sizeof(double) / dim[i]) return DFOO_EINPUT;
        n *= dim[i];
    }
    entry *e = mem_new(mem, sizeof *e);
    if (!e) return DFOO_ENOMEM;
    e->name_size = strlen(name) + 1;
    e->data_size = n * sizeof(double);
    char *own_name = mem_new(mem, e->name_size);
    e->array.name = own_name;
    e->array.data = mem_new(mem, e->data_size);
    if (!own_name || !e->array.data) {
        entry_free(mem, e);
        return DFOO_ENOMEM;
    }
    memcpy(own_name, name, e->name_size);
    if (data && n) memcpy(e->array.data, data, e->data_size);
    e->array.ndim = ndim;
    for (int i = 0; i < ndim; i++) e->array.dim[i] = dim[i];
    *out = e;
    return DFOO_OK;
}

static entry **find(const dfoo_arrays *set, const char *name) {
    for (size_t i = 0; i < set->n; i++)
        if (strcmp(set->list[i]->array.name, name) == 0) return &set->list[i];
    return NULL;
}

static bool list_room(dfoo_arrays *set) {
    if (set->n < set->cap) return true;
    size_t cap = set->cap ? set->cap * 2 : 16;
    entry **list = set->mem.realloc(set->mem.user, set->list, set->cap * sizeof *list, cap * sizeof *list);
    if (!list) return false;
    set->list = list;
    set->cap = cap;
    return true;
}

dfoo_status arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim,
                       const double *data, dfoo_array **out) {
    entry *e = NULL;
    if (out) *out = NULL;
    DFOO_TRY(entry_new(&set->mem, name, ndim, dim, data, &e));
    entry **old = find(set, name);
    if (old) {
        entry_free(&set->mem, *old);
        *old = e;
    } else if (list_room(set)) {
        set->list[set->n++] = e;
    } else {
        entry_free(&set->mem, e);
        return DFOO_ENOMEM;
    }
    if (out) *out = &e->array;
    return DFOO_OK;
}

dfoo_status arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols,
                              const double *data, dfoo_array **out) {
    size_t dim[2] = {rows, cols};
    return arrays_add(set, name, 2, dim, data, out);
}

dfoo_status arrays_move(dfoo_arrays *from, dfoo_arrays *to, const char **twice) {
    *twice = NULL;
    for (size_t i = 0; i < from->n; i++) {
        entry **old = find(to, from->list[i]->array.name);
        if (old) {
            *twice = (*old)->array.name;
            return DFOO_EINPUT;
        }
        if (!list_room(to)) return DFOO_ENOMEM;
        to->list[to->n++] = from->list[i];
        from->list[i] = NULL;
    }
    from->n = 0;
    return DFOO_OK;
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

const char *arrays_dims_text(arena *a, int ndim, const size_t *dim) {
    const char *text = "(";
    for (int i = 0; i < ndim && text; i++) text = arena_format(a, "%s%s%zu", text, i ? ", " : "", dim[i]);
    if (text) text = arena_format(a, ndim == 1 ? "%s,)" : "%s)", text);
    return text ? text : "";
}

/* The public interface: contexts, sets of arrays, and the files that hold arrays and texts. */
#include <string.h>

#include "api/api.h"
#include "host/host.h"

const char *dfoo_status_text(dfoo_status status) {
    static const char *const texts[] = {"ok", "the answer is no", "wrong input", "a file could not be read or written", "out of memory"};
    return (unsigned)status < sizeof texts / sizeof *texts ? texts[status] : "unknown status";
}

dfoo_status dfoo_open(const dfoo_allocator *mem, dfoo **out) {
    dfoo_allocator m = mem ? *mem : mem_default();
    *out = mem_new(&m, sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    (*out)->mem = m;
    buf_init(&(*out)->messages, m);
    return DFOO_OK;
}

void dfoo_close(dfoo *d) {
    if (!d) return;
    dfoo_allocator mem = d->mem;
    buf_free(&d->messages);
    mem_free(&mem, d, sizeof *d);
}

const char *dfoo_messages(dfoo *d) {
    return d->messages.text ? d->messages.text : "";
}

void dfoo_messages_clear(dfoo *d) {
    buf_free(&d->messages);
    d->messages.failed = false;
}

void dfoo_text_free(dfoo *d, char *text) {
    if (text) mem_free(&d->mem, text, strlen(text) + 1);
}

/* ------------------------------------------------------------------ arrays */

dfoo_status dfoo_arrays_new(dfoo *d, dfoo_arrays **out) {
    return arrays_new(&d->mem, out);
}

void dfoo_arrays_free(dfoo_arrays *set) {
    arrays_free(set);
}

dfoo_status dfoo_arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim, const double *data, dfoo_array **out) {
    return arrays_add(set, name, ndim, dim, data, out);
}

dfoo_status dfoo_arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols, const double *data, dfoo_array **out) {
    return arrays_add_matrix(set, name, rows, cols, data, out);
}

dfoo_array *dfoo_arrays_get(const dfoo_arrays *set, const char *name) {
    return arrays_get(set, name);
}

size_t dfoo_arrays_count(const dfoo_arrays *set) {
    return arrays_count(set);
}

dfoo_array *dfoo_arrays_at(const dfoo_arrays *set, size_t i) {
    return arrays_at(set, i);
}

/* ------------------------------------------------------------------- files */

dfoo_status dfoo_arrays_read(dfoo *d, const char *path, dfoo_arrays *set) {
    work        w;
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_read(path, NULL, &w.messages, set);
    return work_close(&w, status);
}

dfoo_status dfoo_arrays_write(dfoo *d, const char *path, const dfoo_arrays *set, dfoo_dtype type) {
    work        w;
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_write_npz(path, set, type == DFOO_F32 ? DATA_F32 : DATA_F64, &w.messages);
    return work_close(&w, status);
}

dfoo_status dfoo_text_write(dfoo *d, const char *path, const char *text) {
    work        w;
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_write_text(path, text, strlen(text), &w.messages);
    return work_close(&w, status);
}

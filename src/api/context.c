/* The public interface: contexts, and the files that hold arrays and texts. */
#include <string.h>

#include "api/api.h"
#include "host/host.h"

const char *dfoo_version(void) {
    return DFOO_VERSION;
}

const char *dfoo_status_text(dfoo_status status) {
    static const char *const texts[] = {"ok", "the answer is no", "wrong input",
                                        "a file could not be read or written",
                                        "out of memory", "wrong use of a function"};
    return (unsigned)status < sizeof texts / sizeof *texts ? texts[status] : "unknown status";
}

dfoo_status dfoo_open(const dfoo_allocator *mem, dfoo **out) {
    if (out) *out = NULL;
    NEED(NULL, out);
    NEED(NULL, !mem || mem->realloc);
    dfoo_allocator m = mem ? *mem : mem_default();
    dfoo          *d = mem_new(&m, sizeof *d);
    if (!d) return DFOO_ENOMEM;
    d->mem = memory_begin(&d->limit, m);
    buf_init(&d->messages, d->mem);
    arena_init(&d->kept, d->mem);
    *out = d;
    return DFOO_OK;
}

void dfoo_close(dfoo *d) {
    if (!d) return;
    dfoo_allocator raw = d->limit.raw;
    dfoo_messages_clear(d);
    mem_free(&raw, d, sizeof *d);
}

void dfoo_text_free(dfoo *d, char *text) {
    if (d && text) mem_free(&d->mem, text, strlen(text) + 1);
}

/* ------------------------------------------------------------------- files */

dfoo_status dfoo_arrays_read(dfoo *d, const char *path, dfoo_arrays *set) {
    work w;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, set);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_read(path, NULL, &w.messages, set);
    return work_close(&w, status);
}

dfoo_status dfoo_arrays_write(dfoo *d, const char *path, const dfoo_arrays *set, dfoo_dtype type) {
    work w;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, set);
    KNOWN(d, type, DFOO_F32);
    data_dtype   as = type == DFOO_F32 ? DATA_F32 : DATA_F64;
    dfoo_arrays *plain = NULL;
    dfoo_status  status = work_begin(&w, d);
    if (status == DFOO_OK) status = set_plain(d, &set, &plain);
    if (status == DFOO_OK) status = data_write_npz(path, set, as, &w.messages);
    arrays_free(plain);
    return work_close(&w, status);
}

dfoo_status dfoo_text_read(dfoo *d, const char *path, char **text, size_t *len) {
    work w;
    buf  out;
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, text);
    buf_init(&out, d->mem);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_read_text(path, &w.messages, &out);
    status = work_close(&w, status);
    if (status == DFOO_OK && len) *len = out.len;
    return work_text(status, &out, text);
}

dfoo_status dfoo_text_write(dfoo *d, const char *path, const char *text) {
    work w;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, text);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_write_text(path, text, strlen(text), &w.messages);
    return work_close(&w, status);
}

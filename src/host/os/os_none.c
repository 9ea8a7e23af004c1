/* A platform that has the C library and nothing else, such as WebAssembly: one thread, one processor, one
 * locale. A file is written beside its place and renamed, as far as C promises that; nothing is flushed. */
#include "host/os/os.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <time.h>

/* ----------------------------------------------------------------- numbers */

dfoo_status point_locale_begin(point_locale *l) {
    *l = (point_locale){0};
    return DFOO_OK;
}

void point_locale_end(point_locale *l) { (void)l; }
void point_locale_pause(const point_locale *l) { (void)l; }
void point_locale_resume(const point_locale *l) { (void)l; }

/* ----------------------------------------------------------------- threads */

dfoo_status os_thread_start(const dfoo_allocator *mem, void (*work)(void *arg), void *arg, os_thread **out) {
    (void)mem, (void)work, (void)arg;
    *out = NULL;
    return DFOO_ENOMEM;
}

void os_thread_join(os_thread *t) {
    (void)t;
    assert(!"there are no threads");
}

void os_thread_pause(void) {}
void os_thread_yield(void) {}

struct os_bell {
    dfoo_allocator mem;
    unsigned       count;
};

dfoo_status os_bell_new(const dfoo_allocator *mem, os_bell **out) {
    os_bell *b = *out = mem_new(mem, sizeof *b);
    if (!b) return DFOO_ENOMEM;
    b->mem = *mem;
    return DFOO_OK;
}

void os_bell_free(os_bell *b) {
    if (!b) return;
    dfoo_allocator mem = b->mem;
    mem_free(&mem, b, sizeof *b);
}

unsigned os_bell_count(os_bell *b) {
    return b->count;
}

void os_bell_ring(os_bell *b) {
    b->count++;
}

/* Nobody else could ring it. */
void os_bell_wait(os_bell *b, unsigned count) {
    (void)b, (void)count;
    assert(b->count != count);
}

void os_lock(void) {}
void os_unlock(void) {}

/* ---------------------------------------------------------- what there is */

double os_seconds(void) {
    struct timespec now;
    if (!timespec_get(&now, TIME_UTC)) return 0;
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

unsigned os_processors(void) {
    return 1;
}

uint64_t os_memory(void) {
    return UINT64_MAX;
}

/* ------------------------------------------------------------------- files */

os_kind os_path_kind(const char *path) {
    FILE    *file;
    os_kind  kind;
    uint64_t size;
    int      error = os_open(path, &file, &kind, &size);
    if (file) fclose(file);
    return error == EISDIR ? OS_FOLDER : error ? OS_NOTHING : kind;
}

/* What cannot be sought in is a device. */
int os_open(const char *path, FILE **out, os_kind *kind, uint64_t *size) {
    *size = 0;
    *kind = OS_DEVICE;
    *out = fopen(path, "rb");
    if (!*out) return errno;
    if (fgetc(*out) == EOF && ferror(*out)) return errno;
    if (fseek(*out, 0, SEEK_END) != 0) return 0;
    long end = ftell(*out);
    if (end < 0 || end == LONG_MAX || fseek(*out, 0, SEEK_SET) != 0) return errno ? errno : EFBIG;
    *kind = OS_FILE;
    *size = (uint64_t)end;
    return 0;
}

int os_seek(FILE *file, uint64_t at) {
    return at < LONG_MAX && fseek(file, (long)at, SEEK_SET) == 0 ? 0 : errno ? errno : EFBIG;
}

void os_error_text(int error, char *out, size_t size) {
    snprintf(out, size, "%s", strerror(error));
}

int os_target_begin(os_target *t, const char *path, arena *a) {
    *t = (os_target){.path = path, .temp = arena_format(a, "%s.tmp", path)};
    if (!t->temp) return ENOMEM;
    if (os_path_kind(path) == OS_FOLDER) return EISDIR;
    FILE *file = fopen(t->temp, "wb");
    if (!file) return errno;
    return fclose(file) == 0 ? 0 : errno;
}

int os_target_replace(os_target *t, arena *a) {
    (void)a;
    if (t->temp && rename(t->temp, t->path) != 0) return errno;
    t->temp = NULL;
    return 0;
}

void os_target_drop(os_target *t) {
    if (t->temp) remove(t->temp);
    t->temp = NULL;
}

/* --------------------------------------------------------------- libraries */

void *os_library(const char *name) {
    (void)name;
    return NULL;
}

void *os_library_symbol(void *library, const char *name) {
    (void)library, (void)name;
    return NULL;
}

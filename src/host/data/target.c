/* Where files are written to, and text as it is.
 *
 * A file is written beside its place and takes it when it is complete (os.h); pipes and devices are
 * written to directly. */
#include "host/data/internal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

static dfoo_status choose(target *t, const char *path) {
    t->shown = path;
    int error = os_target_begin(&t->file, path, &t->scratch);
    if (!error) return DFOO_OK;
    const char *done = t->file.temp ? "written (through a temporary file beside it)" : "written";
    t->file.temp = NULL;
    return data_io(t->d, path, done, error);
}

dfoo_status target_begin(target *t, const char *path, diags *d) {
    *t = (target){.d = d, .shown = "standard output"};
    arena_init(&t->scratch, d->a->mem);
    dfoo_status status = strcmp(path, "-") == 0 ? DFOO_OK : choose(t, path);
    if (status != DFOO_OK) arena_free(&t->scratch);
    return status;
}

dfoo_status target_open(target *t, FILE **out) {
    const char *path = t->file.temp ? t->file.temp : t->file.path;
    *out = path ? fopen(path, "wb") : stdout;
    return *out ? DFOO_OK : data_io(t->d, t->shown, "written", errno);
}

dfoo_status target_close(target *t, FILE *file, dfoo_status so_far) {
    assert(file);
    bool failed = ferror(file) || fflush(file) != 0;
    int  error = errno ? errno : EIO;
    if (file != stdout && fclose(file) != 0 && !failed) {
        error = errno;
        failed = true;
    }
    return so_far == DFOO_OK && failed ? data_io(t->d, t->shown, "written", error) : so_far;
}

dfoo_status target_end(target *t, dfoo_status so_far) {
    int error = so_far == DFOO_OK && t->file.temp ? os_target_replace(&t->file, &t->scratch) : 0;
    if (error) so_far = data_io(t->d, t->shown, "written", error);
    if (so_far != DFOO_OK) os_target_drop(&t->file);
    arena_free(&t->scratch);
    return so_far;
}

dfoo_status data_write_text(const char *path, const char *text, size_t len, diags *d) {
    target t;
    FILE  *file;
    DFOO_TRY(target_begin(&t, path, d));
    dfoo_status status = target_open(&t, &file);
    if (status == DFOO_OK) {
        fwrite(text, 1, len, file);
        status = target_close(&t, file, DFOO_OK);
    }
    return target_end(&t, status);
}

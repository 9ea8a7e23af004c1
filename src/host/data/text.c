/* Texts that people write, models, equations, programs: read as a whole, within a bound. What goes on for
 * ever or is no text is refused where that is seen. */
#include "host/data/internal.h"

#include <errno.h>
#include <string.h>

enum { PART = 1 << 16 };

static bool is_over(const char *path, uint64_t size, diags *d) {
    if (size <= DATA_MOST_TEXT) return false;
    data_bad(d, path, "is more than %d MB: too large for a text that somebody wrote",
             DATA_MOST_TEXT / 1000000);
    return true;
}

/* A signal may interrupt a read. */
static size_t read_part(FILE *file, char *to, size_t len) {
    for (;;) {
        size_t n = fread(to, 1, len, file);
        if (n > 0 || !ferror(file) || errno != EINTR) return n;
        clearerr(file);
    }
}

static dfoo_status read_stream(const char *path, FILE *file, diags *d, buf *out) {
    char part[PART];
    for (size_t n; (n = read_part(file, part, sizeof part)) > 0;) {
        if (is_over(path, out->len + n, d)) return DFOO_EINPUT;
        buf_put(out, part, n);
        DFOO_TRY(buf_status(out));
        if (memchr(part, 0, n)) return DFOO_OK; /* no text: nothing behind it is wanted */
    }
    return ferror(file) ? data_io(d, path, "read", errno) : DFOO_OK;
}

dfoo_status data_read_bytes_of_text(const char *path, diags *d, buf *out) {
    bool        standard = strcmp(path, "-") == 0;
    const char *shown = standard ? "standard input" : path;
    FILE       *file = stdin;
    os_kind     kind = OS_DEVICE;
    uint64_t    size = 0;
    int         error = standard ? 0 : os_open(path, &file, &kind, &size);
    dfoo_status status = DFOO_EINPUT;
    if (error) status = data_io(d, shown, error == EISDIR ? "read" : "opened", error);
    else if (!is_over(shown, size, d)) status = read_stream(shown, file, d, out);
    if (file && !standard) fclose(file);
    return status;
}

dfoo_status data_read_text(const char *path, diags *d, buf *out) {
    DFOO_TRY(data_read_bytes_of_text(path, d, out));
    if (!out->len || !memchr(out->text, 0, out->len)) return DFOO_OK;
    return data_bad(d, path, "is no text: it has a zero byte");
}

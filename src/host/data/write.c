/* Where files are written to, text, and CSV.
 *
 * A file is written beside its place, flushed to the disk and renamed: whoever looks sees the
 * old file or the new one, also after a crash. What processes that were killed while they wrote
 * left beside it is removed by the next one. Pipes and devices are written to directly. */
#include "core/core.h"
#include "host/data/internal.h"

#include <csv.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ------------------------------------------------------------------ target */

/* What a symbolic link stands for, so that the link survives and its target is replaced. A path
 * that cannot be followed comes back as it is: opening it will tell why. */
static const char *follow_links(arena *a, const char *path) {
    enum { MOST_LINKS = 40, LONGEST = 4096 };
    char link[LONGEST];
    for (int i = 0; path && i < MOST_LINKS; i++) {
        ssize_t len = readlink(path, link, sizeof link);
        if (len <= 0 || len == LONGEST) break;
        const char *slash = strrchr(path, '/');
        int         folder = slash && link[0] != '/' ? (int)(slash - path) + 1 : 0;
        path = arena_format(a, "%.*s%.*s", folder, path, (int)len, link);
    }
    return path;
}

/* Is `name` what make_temp, or libzip for it, calls a temporary file of `base`: base.PID-N.tmp..,
 * and that process gone? */
static bool is_left_over(const char *name, const char *base) {
    size_t len = strlen(base);
    char  *end;
    if (strncmp(name, base, len) != 0 || name[len] != '.' || !isdigit((unsigned char)name[len + 1])) return false;
    long process = strtol(name + len + 1, &end, 10);
    if (*end != '-' || !isdigit((unsigned char)end[1])) return false;
    end += 1 + strspn(end + 1, "0123456789");
    if (strncmp(end, ".tmp", 4) != 0 || (end[4] && end[4] != '.')) return false;
    return process > 0 && kill((pid_t)process, 0) != 0 && errno == ESRCH;
}

static dfoo_status remove_left_overs(target *t) {
    const char *slash = strrchr(t->path, '/');
    const char *folder = slash ? arena_text(&t->scratch, t->path, (size_t)(slash - t->path) + 1) : ".";
    DIR        *dir = folder ? opendir(folder) : NULL;
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (is_left_over(e->d_name, slash ? slash + 1 : t->path)) unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) closedir(dir);
    return folder ? DFOO_OK : DFOO_ENOMEM;
}

/* Creates an empty file beside the path; its mode follows the umask. */
static dfoo_status make_temp(target *t, bool replaces) {
    enum { TRIES = 1000 };
    int file = -1;
    for (int i = 0; file < 0 && i < TRIES; i++) {
        t->temp = arena_format(&t->scratch, "%s.%ld-%d.tmp", t->path, (long)getpid(), i);
        if (!t->temp) return DFOO_ENOMEM;
        file = open(t->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (file < 0 && errno != EEXIST) break;
    }
    if (file < 0) return data_io(t->d, t->shown, "written (through a temporary file beside it)", errno);
    struct stat st;
    if (!replaces && fstat(file, &st) == 0) t->mode = st.st_mode & 07777;
    close(file);
    return DFOO_OK;
}

static dfoo_status choose(target *t, const char *path) {
    struct stat st;
    if (strcmp(path, "-") == 0) {
        t->shown = "standard output";
        return DFOO_OK;
    }
    t->shown = path;
    t->path = follow_links(&t->scratch, path);
    if (!t->path) return DFOO_ENOMEM;
    bool exists = stat(t->path, &st) == 0;
    if (exists && S_ISDIR(st.st_mode)) return data_io(t->d, path, "written", EISDIR);
    if (exists && !S_ISREG(st.st_mode)) return DFOO_OK;
    t->mode = exists ? st.st_mode & 07777 : 0666;
    DFOO_TRY(remove_left_overs(t));
    return make_temp(t, exists);
}

dfoo_status target_begin(target *t, const char *path, diags *d) {
    *t = (target){.d = d};
    arena_init(&t->scratch, d->a->mem);
    dfoo_status status = choose(t, path);
    if (status != DFOO_OK) arena_free(&t->scratch);
    return status;
}

dfoo_status target_open(target *t, FILE **out) {
    const char *path = t->temp ? t->temp : t->path;
    *out = path ? fopen(path, "wb") : stdout;
    return *out ? DFOO_OK : data_io(t->d, t->shown, "written", errno);
}

dfoo_status target_close(target *t, FILE *file, dfoo_status so_far) {
    bool failed = ferror(file) || fflush(file) != 0;
    int  error = errno ? errno : EIO;
    if (file != stdout && fclose(file) != 0 && !failed) {
        error = errno;
        failed = true;
    }
    return so_far == DFOO_OK && failed ? data_io(t->d, t->shown, "written", error) : so_far;
}

/* Makes a rename durable. File systems that cannot do this say EINVAL, and are left alone. */
static bool flush_folder(target *t) {
    const char *slash = strrchr(t->path, '/');
    size_t      len = slash ? (size_t)(slash - t->path) + 1 : 0;
    const char *folder = slash ? arena_text(&t->scratch, t->path, len) : ".";
    int         file = folder ? open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    if (file < 0) return true;
    bool ok = fsync(file) == 0 || errno != EIO;
    close(file);
    return ok;
}

static bool flush_and_rename(target *t) {
    int file = open(t->temp, O_RDWR | O_CLOEXEC);
    if (file < 0) return false;
    bool ok = fchmod(file, (mode_t)t->mode) == 0 && fsync(file) == 0;
    if (close(file) != 0) ok = false;
    if (!ok || rename(t->temp, t->path) != 0) return false;
    t->temp = NULL;
    return flush_folder(t);
}

dfoo_status target_end(target *t, dfoo_status so_far) {
    if (so_far == DFOO_OK && t->temp && !flush_and_rename(t))
        so_far = data_io(t->d, t->shown, "written", errno);
    if (t->temp && so_far != DFOO_OK) unlink(t->temp);
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

/* --------------------------------------------------------------------- CSV */

/* A column's name, in quotes only where it needs them. */
static void put_name(FILE *file, const char *name) {
    bool plain = name[0] && !strpbrk(name, ",;\t\"\n\r") && name[0] != ' ' && name[strlen(name) - 1] != ' ';
    if (plain) fputs(name, file);
    else csv_fwrite(file, name, strlen(name));
}

static void write_header(const char *const *columns, size_t n, const data_texts *last, FILE *file) {
    for (size_t k = 0; k < n; k++) {
        if (k) fputc(',', file);
        put_name(file, columns[k]);
    }
    if (last) fputc(',', file);
    if (last) put_name(file, last->name);
    fputc('\n', file);
}

static dfoo_status write_row(const double *x, size_t n, buf *line, FILE *file) {
    line->len = 0;
    for (size_t k = 0; k < n; k++) {
        if (k) buf_puts(line, ",");
        buf_number(line, x[k]);
    }
    DFOO_TRY(buf_status(line));
    fwrite(line->text, 1, line->len, file);
    return DFOO_OK;
}

/* What is written: the matrix, and a column of texts behind it or NULL. */
typedef struct sheet {
    const double      *x;
    size_t             rows, cols;
    const char *const *columns; /* NULL: no header */
    const data_texts  *last;
} sheet;

static dfoo_status write_rows(const sheet *s, buf *line, FILE *file) {
    for (size_t i = 0; i < s->rows && !ferror(file); i++) {
        DFOO_TRY(write_row(s->x + i * s->cols, s->cols, line, file));
        if (s->last) fputc(',', file);
        if (s->last) put_name(file, s->last->texts[i]);
        fputc('\n', file);
    }
    return DFOO_OK;
}

static dfoo_status write_csv(target *t, const sheet *s) {
    FILE        *file;
    buf          line;
    point_locale locale;
    DFOO_TRY(point_locale_begin(&locale));
    dfoo_status status = target_open(t, &file);
    if (status == DFOO_OK) {
        buf_init(&line, t->d->a->mem);
        if (s->columns) write_header(s->columns, s->cols, s->last, file);
        status = target_close(t, file, write_rows(s, &line, file));
        buf_free(&line);
    }
    point_locale_end(&locale);
    return status;
}

dfoo_status data_write_table(const char *path, const dfoo_array *x, const char *const *columns,
                             const data_texts *last, diags *d) {
    target t;
    sheet  s = {.x = x->data, .columns = columns, .last = last};
    if (!array_as_matrix(x, &s.rows, &s.cols))
        return data_bad(d, path, "array '%s' has %d dimensions; CSV holds a matrix", x->name, x->ndim);
    DFOO_TRY(target_begin(&t, path, d));
    return target_end(&t, write_csv(&t, &s));
}

dfoo_status data_write_csv(const char *path, const dfoo_array *x, const char *const *columns,
                           diags *d) {
    return data_write_table(path, x, columns, NULL, d);
}

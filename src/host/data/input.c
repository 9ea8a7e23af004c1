/* Opening what is to be read. A regular file is read where it is; standard input and pipes are read into
 * memory: the beginning when they are opened, the rest when it is known that somebody can read it. */
#include "host/data/internal.h"

#include <errno.h>
#include <string.h>

/* The last part of a path without .gz and the ending that is left then. */
static const char *stem_of(arena *a, const char *path) {
    const char *slash = strrchr(path, '/');
    const char *start = slash ? slash + 1 : path;
    size_t      len = strlen(start);
    if (strcmp(path, "-") == 0) return "stdin";
    if (len > 3 && memcmp(start + len - 3, ".gz", 3) == 0) len -= 3;
    for (size_t i = len; i-- > 1;) {
        if (start[i] != '.') continue;
        len = i;
        break;
    }
    return arena_text(a, start, len);
}

/* Twice the memory for what is read into it, if there is so much. */
static dfoo_status more_room(input *in) {
    enum { FIRST = 1 << 16, LARGE = 1 << 24 };
    dfoo_allocator mem = in->d->a->mem;
    size_t         cap = in->cap ? in->cap * 2 : FIRST;
    bool           fits = cap > in->cap && (cap < LARGE || cap < os_memory());
    unsigned char *more = fits ? mem.realloc(mem.user, in->bytes, in->cap, cap) : NULL;
    if (!more && in->cap >= LARGE)
        data_bad(in->d, in->shown, "there is no memory for more than %.3g GB of it", (double)in->cap * 1e-9);
    if (!more) return DFOO_ENOMEM;
    in->bytes = more;
    in->cap = cap;
    return DFOO_OK;
}

/* Fills the memory that there is for it. */
static dfoo_status fill(input *in) {
    while (in->size < in->cap) {
        size_t n = fread(in->bytes + in->size, 1, in->cap - (size_t)in->size, in->file);
        in->size += n;
        if (n > 0) continue;
        if (!ferror(in->file)) {
            in->is_whole = true;
            return DFOO_OK;
        }
        if (errno != EINTR) return data_io(in->d, in->shown, "read", errno);
        clearerr(in->file);
    }
    return DFOO_OK;
}

static dfoo_status read_more(input *in) {
    DFOO_TRY(more_room(in));
    return fill(in);
}

dfoo_status input_rest(input *in) {
    while (!in->path && !in->is_whole) DFOO_TRY(read_more(in));
    return DFOO_OK;
}

/* FILE:PART, where FILE exists and the whole does not: splits at the first such colon. */
static dfoo_status split_part(input *in, arena *scratch, const char *path) {
    if (os_path_kind(path) != OS_NOTHING) return DFOO_OK;
    for (const char *colon = strchr(path, ':'); colon; colon = strchr(colon + 1, ':')) {
        char *file = arena_text(scratch, path, (size_t)(colon - path));
        if (!file) return DFOO_ENOMEM;
        if (os_path_kind(file) == OS_NOTHING || os_path_kind(file) == OS_FOLDER) continue;
        in->path = in->shown = file;
        in->part = colon + 1;
        break;
    }
    return DFOO_OK;
}

static dfoo_status open_path(input *in) {
    os_kind kind;
    int     error = os_open(in->path, &in->file, &kind, &in->size);
    if (error) return data_io(in->d, in->shown, error == EISDIR ? "read" : "opened", error);
    if (kind == OS_FILE) return DFOO_OK;
    in->path = NULL;
    return read_more(in);
}

void input_close(input *in) {
    dfoo_allocator mem = in->d->a->mem;
    if (in->file && in->file != stdin) fclose(in->file);
    mem_free(&mem, in->bytes, in->cap);
}

dfoo_status input_open(input *in, const char *path, const char *name, arena *scratch) {
    in->path = in->shown = path;
    if (strcmp(path, "-") == 0) {
        in->path = NULL;
        in->shown = "standard input";
        in->file = stdin;
        DFOO_TRY(read_more(in));
    } else {
        DFOO_TRY(split_part(in, scratch, path));
        DFOO_TRY(open_path(in));
    }
    in->name = name ? name : stem_of(scratch, in->file == stdin ? "-" : in->shown);
    if (!in->name) return DFOO_ENOMEM;
    return in->size ? DFOO_OK : data_bad(in->d, in->shown, "is empty");
}

/* Opening a file, and finding the reader for it.
 *
 * A regular file is read where it is; standard input and pipes are first read into memory. The
 * first bytes tell the format; where they tell nothing, it is text, and that is CSV. */
#include "host/data/internal.h"

#include <errno.h>
#include <string.h>

/* ----------------------------------------------------------------- opening */

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

static dfoo_status read_whole(input *in) {
    enum { FIRST = 1 << 16 };
    dfoo_allocator mem = in->d->a->mem;
    for (;;) {
        if (in->size == in->cap) {
            size_t         cap = in->cap ? in->cap * 2 : FIRST;
            unsigned char *more = cap > in->cap ? mem.realloc(mem.user, in->bytes, in->cap, cap) : NULL;
            if (!more) return DFOO_ENOMEM;
            in->bytes = more;
            in->cap = cap;
        }
        size_t n = fread(in->bytes + in->size, 1, in->cap - (size_t)in->size, in->file);
        in->size += n;
        if (n > 0) continue;
        if (!ferror(in->file)) return DFOO_OK;
        if (errno != EINTR) return data_io(in->d, in->shown, "read", errno);
        clearerr(in->file);
    }
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
    return read_whole(in);
}

static void input_close(input *in) {
    dfoo_allocator mem = in->d->a->mem;
    if (in->file && in->file != stdin) fclose(in->file);
    mem_free(&mem, in->bytes, in->cap);
}

static dfoo_status input_open(input *in, const char *path, const char *name, arena *scratch) {
    in->path = in->shown = path;
    if (strcmp(path, "-") == 0) {
        in->path = NULL;
        in->shown = "standard input";
        in->file = stdin;
        DFOO_TRY(read_whole(in));
    } else {
        DFOO_TRY(split_part(in, scratch, path));
        DFOO_TRY(open_path(in));
    }
    in->name = name ? name : stem_of(scratch, in->file == stdin ? "-" : in->shown);
    if (!in->name) return DFOO_ENOMEM;
    return in->size ? DFOO_OK : data_bad(in->d, in->shown, "is empty");
}

/* ---------------------------------------------------------------- dispatch */

typedef enum {
    FORMAT_NONE,
    FORMAT_NPY,
    FORMAT_NPZ,
    FORMAT_HDF5,
    FORMAT_IDX,
    FORMAT_GZIP,
    FORMAT_UTF16,
    FORMAT_CSV
} format;

static bool begins(const stream *s, const char *magic, size_t len) {
    return s->head_len >= len && memcmp(s->head, magic, len) == 0;
}

static bool ends(const char *name, const char *ending) {
    size_t n = strlen(name), e = strlen(ending);
    return n > e && strcmp(name + n - e, ending) == 0;
}

static format find_format(const stream *s) {
    if (begins(s, "\x93NUMPY", 6)) return FORMAT_NPY;
    if (begins(s, "PK\3\4", 4) || begins(s, "PK\5\6", 4)) return FORMAT_NPZ;
    if (begins(s, "\x89HDF\r\n\x1a\n", 8)) return FORMAT_HDF5;
    if (begins(s, "\x1f\x8b", 2)) return FORMAT_GZIP;
    if (begins(s, "\xff\xfe", 2) || begins(s, "\xfe\xff", 2)) return FORMAT_UTF16;
    if (idx_begins(s->head, s->head_len)) return FORMAT_IDX;
    if (ends(s->file, ".h5") || ends(s->file, ".hdf5")) return FORMAT_HDF5; /* it may begin later */
    return memchr(s->head, 0, s->head_len) ? FORMAT_NONE : FORMAT_CSV;
}

/* The format, other than text, that a name promises; or NULL. */
static const char *promise(const char *name) {
    if (ends(name, ".npz")) return "an NPZ file";
    if (ends(name, ".npy")) return "an NPY file";
    return ends(name, "-ubyte") ? "an IDX file" : NULL;
}

static dfoo_status bad_content(stream *s) {
    const char *what = promise(s->file);
    DFOO_TRY(stream_status(s));
    if (what)
        return stream_bad(s, "is not %s: it begins with '%s'", what,
                          data_shown(s->d->a, (const char *)s->head, s->head_len < 16 ? s->head_len : 16));
    return stream_bad(s, "is not a file of arrays that is known here (NPZ, NPY, HDF5, IDX, CSV)");
}

/* Where a CSV goes when no table was asked for. */
static dfoo_status csv_matrix(stream *s, const input *in, const data_read_options *opt, dfoo_arrays *set) {
    arena      a;
    data_table t;
    arena_init(&a, in->d->a->mem);
    dfoo_status status = csv_read(s, opt, &a, &t);
    for (size_t k = 0; status == DFOO_OK && k < t.n_cols; k++) {
        if (t.classes[k].n == 0) continue;
        const char *first = t.classes[k].names[0];
        status = stream_bad(s, "column %zu holds words, such as '%s', but numbers are needed here", k + 1,
                            data_shown(in->d->a, first, strlen(first)));
    }
    if (status == DFOO_OK) status = arrays_add_matrix(set, in->name, t.n_rows, t.n_cols, t.values, NULL);
    arena_free(&a);
    return status;
}

typedef struct request {
    const input             *in;
    const data_read_options *opt;
    dfoo_arrays             *set; /* NULL: only a CSV will do */
} request;

static dfoo_status read_stream(const request *r, stream *s);

static dfoo_status read_gzip(const request *r, stream *packed) {
    stream      s;
    gunzip     *g;
    dfoo_status status = stream_from_gzip(&s, packed, &g);
    if (status == DFOO_OK) status = read_stream(r, &s);
    gunzip_close(g);
    return status;
}

static dfoo_status read_csv(const request *r, stream *s) {
    if (promise(s->file)) return bad_content(s);
    if (r->opt->table) return csv_read(s, r->opt, r->opt->tables, r->opt->table);
    return csv_matrix(s, r->in, r->opt, r->set);
}

static dfoo_status read_stream(const request *r, stream *s) {
    bool plain = s->exact; /* else it comes out of a gzip file */
    stream_peek(s);
    if (s->trouble[0]) return stream_status(s);
    if (s->head_len == 0) return stream_bad(s, "is empty");
    format f = find_format(s);
    if (f == FORMAT_GZIP && plain) return read_gzip(r, s);
    if (f == FORMAT_GZIP || (!plain && (f == FORMAT_NPZ || f == FORMAT_HDF5)))
        return stream_bad(s, "is packed twice: unpack it with gunzip first");
    if (f == FORMAT_UTF16) return stream_bad(s, "is text in UTF-16: save it as UTF-8");
    if (!r->set && f != FORMAT_CSV) return stream_bad(s, "is not a CSV file");
    if (r->in->part && f != FORMAT_NPZ && f != FORMAT_HDF5)
        return stream_bad(s, "holds a single array: leave out ':%s'",
                          data_shown(s->d->a, r->in->part, strlen(r->in->part)));
    const text_sink sink = {r->opt->texts, r->opt->tables}, *texts = sink.to ? &sink : NULL;
    switch (f) {
    case FORMAT_NPY: return npy_read(s, r->in->name, r->set, texts);
    case FORMAT_NPZ: return npz_read(r->in, r->set, texts);
    case FORMAT_HDF5: return hdf5_read(r->in, r->set, texts);
    case FORMAT_IDX: return idx_read(s, r->in->name, r->set);
    case FORMAT_CSV: return read_csv(r, s);
    default: return bad_content(s);
    }
}

static dfoo_status read_input(const request *r) {
    stream s;
    memory m = {.bytes = r->in->bytes, .len = (size_t)r->in->size};
    if (r->in->path) stream_from_file(&s, r->in->d, r->in->shown, r->in->file, r->in->size);
    else stream_from_memory(&s, r->in->d, r->in->shown, &m);
    return read_stream(r, &s);
}

static dfoo_status read_path(const char *path, const data_read_options *opt, diags *d, dfoo_arrays *set) {
    arena scratch;
    input in = {.d = d};
    arena_init(&scratch, d->a->mem);
    dfoo_status status = input_open(&in, path, opt->name, &scratch);
    if (status == DFOO_OK) status = read_input(&(request){.in = &in, .opt = opt, .set = set});
    input_close(&in);
    arena_free(&scratch);
    return status;
}

dfoo_status data_read(const char *path, const data_read_options *opt, diags *d, dfoo_arrays *set) {
    data_read_options defaults = {0};
    if (opt && opt->table) *opt->table = (data_table){0};
    return read_path(path, opt ? opt : &defaults, d, set);
}

dfoo_status data_read_csv(const char *path, const data_read_options *opt, diags *d, arena *a,
                          data_table *table) {
    data_read_options own = opt ? *opt : (data_read_options){0};
    own.table = table;
    own.tables = a;
    *table = (data_table){0};
    return read_path(path, &own, d, NULL);
}

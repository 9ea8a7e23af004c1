/* Finding the reader for a file: by its first bytes; where they tell nothing it is text, and that is CSV. */
#include "host/data/internal.h"

#include <string.h>

typedef struct request {
    input                   *in;
    const data_read_options *opt;
    const text_sink         *texts;
    dfoo_arrays             *set; /* NULL: only a CSV will do */
} request;

typedef struct format {
    const char *magic; /* what such a file begins with; NULL: it is told otherwise */
    size_t      len;
    dfoo_status (*read)(const request *r, stream *s);
    bool in_place;  /* not from within a gzip file */
    bool no_table;  /* there are only arrays in it, */
    bool one_array; /* and but one, without a name */
} format;

static bool ends(const char *name, const char *ending) {
    size_t n = strlen(name), e = strlen(ending);
    return n > e && strcmp(name + n - e, ending) == 0;
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

/* ----------------------------------------------------------------- readers */

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

static dfoo_status read_npy(const request *r, stream *s) {
    return npy_read(s, r->in->name, r->set, r->texts);
}

static dfoo_status read_npz(const request *r, stream *s) {
    (void)s;
    return npz_read(r->in, r->set, r->texts);
}

static dfoo_status read_hdf5(const request *r, stream *s) {
    (void)s;
    return hdf5_read(r->in, r->set, r->texts);
}

static dfoo_status read_idx(const request *r, stream *s) {
    return idx_read(s, r->in->name, r->set);
}

static dfoo_status read_utf16(const request *r, stream *s) {
    (void)r;
    return stream_bad(s, "is text in UTF-16: save it as UTF-8");
}

static dfoo_status read_unknown(const request *r, stream *s) {
    (void)r;
    return bad_content(s);
}

static dfoo_status read_csv(const request *r, stream *s) {
    if (promise(s->file)) return bad_content(s);
    if (r->opt->table) return csv_read(s, r->opt, r->opt->tables, r->opt->table);
    return csv_matrix(s, r->in, r->opt, r->set);
}

static dfoo_status read_stream(const request *r, stream *s);

static dfoo_status read_gzip(const request *r, stream *packed) {
    stream      s;
    unpacker   *u;
    dfoo_status status = stream_unpack(&s, packed, UNPACK_GZIP, &u);
    s.unpacked = r->in->unpacked;
    s.narrow = r->in->narrow;
    if (status == DFOO_OK) status = read_stream(r, &s);
    unpacker_close(u);
    return status;
}

/* ----------------------------------------------------------------- formats */

static const format formats[] = {
    {"\x93NUMPY", 6, read_npy, .no_table = true, .one_array = true},
    {"PK\3\4", 4, read_npz, .in_place = true, .no_table = true},
    {"PK\5\6", 4, read_npz, .in_place = true, .no_table = true}, /* an empty one */
    {"\x89HDF\r\n\x1a\n", 8, read_hdf5, .in_place = true, .no_table = true},
    {"\x1f\x8b", 2, read_gzip, .in_place = true},
    {"\xff\xfe", 2, read_utf16, .in_place = false},
    {"\xfe\xff", 2, read_utf16, .in_place = false},
};
static const format idx = {NULL, 0, read_idx, .no_table = true, .one_array = true};
static const format late_hdf5 = {NULL, 0, read_hdf5, .in_place = true, .no_table = true}; /* begins later */
static const format csv = {NULL, 0, read_csv, .one_array = true};
static const format unknown = {NULL, 0, read_unknown, .no_table = true, .one_array = true};

static const format *find_format(const stream *s) {
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (s->head_len >= formats[i].len && memcmp(s->head, formats[i].magic, formats[i].len) == 0)
            return &formats[i];
    if (idx_begins(s->head, s->head_len)) return &idx;
    if (ends(s->file, ".h5") || ends(s->file, ".hdf5")) return &late_hdf5;
    return memchr(s->head, 0, s->head_len) ? &unknown : &csv;
}

static dfoo_status read_stream(const request *r, stream *s) {
    bool unpacked = !s->exact; /* it comes out of a gzip file */
    stream_peek(s);
    if (s->trouble[0]) return stream_status(s);
    if (s->head_len == 0) return stream_bad(s, "is empty");
    const format *f = find_format(s);
    if (unpacked && f->in_place) return stream_bad(s, "is packed twice: unpack it with gunzip first");
    if (!r->set && f->no_table) return stream_bad(s, "is not a CSV file");
    if (r->in->part && f->one_array)
        return stream_bad(s, "holds a single array: leave out ':%s'",
                          data_shown(s->d->a, r->in->part, strlen(r->in->part)));
    return f->read(r, s);
}

static void open_stream(const input *in, memory *m, stream *s) {
    *m = (memory){.bytes = in->bytes, .len = (size_t)in->size};
    if (in->path) stream_from_file(s, in->d, in->shown, in->file, in->size);
    else stream_from_memory(s, in->d, in->shown, m);
    s->narrow = in->narrow;
}

/* A pipe that nobody could read is not read to its end: it may have none. */
static dfoo_status read_input(const request *r) {
    stream s;
    memory m;
    if (!r->in->is_whole && !r->in->path) {
        open_stream(r->in, &m, &s);
        stream_peek(&s);
        if (find_format(&s) == &unknown) return bad_content(&s);
    }
    DFOO_TRY(input_rest(r->in));
    open_stream(r->in, &m, &s);
    return read_stream(r, &s);
}

/* What is unpacked may be so much larger than the file, or a gigabyte: images that are mostly black pass, and
 * nobody is surprised by a small file that fills the machine. */
static uint64_t budget_of(uint64_t size) {
    enum { TIMES = 200 };
    const uint64_t always = UINT64_C(1) << 30;
    return size > always / TIMES ? size * TIMES : always;
}

static dfoo_status read_path(const char *path, const data_read_options *opt, diags *d, dfoo_arrays *set) {
    arena scratch;
    input in = {.d = d};
    arena_init(&scratch, d->a->mem);
    dfoo_status status = input_open(&in, path, opt->name, &scratch);
    budget unpacked = {.most = budget_of(in.size)};
    in.unpacked = &unpacked;
    in.narrow = opt->narrow;
    const text_sink sink = {opt->texts, opt->tables};
    const request   r = {.in = &in, .opt = opt, .texts = sink.to ? &sink : NULL, .set = set};
    if (status == DFOO_OK) status = read_input(&r);
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

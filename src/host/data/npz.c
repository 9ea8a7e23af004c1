/* NPZ, numpy's file of several arrays: a zip archive with an entry "W1.npy" for the array W1. Read and
 * written entry by entry, without a copy of the archive in memory. */
#include "host/data/archive.h"

#include <string.h>

/* ----------------------------------------------------------------- reading */

static dfoo_status read_entry(const archive_directory *dir, const archive_entry *e, const char *name,
                              dfoo_arrays *set, const text_sink *texts) {
    stream      s;
    archive_reader *r;
    dfoo_status status = archive_open(dir, e, name, &s, &r);
    if (status == DFOO_OK) status = npy_read(&s, name, set, texts);
    archive_close(r);
    return status;
}

/* The name of the array in an entry "NAME.npy"; NULL for other entries, or without memory. */
static const char *array_name(arena *a, const archive_entry *e) {
    size_t len = strlen(e->name);
    if (len <= 4 || strcmp(e->name + len - 4, ".npy") != 0) return NULL;
    return arena_text(a, e->name, len - 4);
}

static dfoo_status no_arrays(const input *in, const archive_directory *dir, arena *scratch) {
    VEC(const char *) names = {0};
    for (uint32_t i = 0; i < dir->list.n && in->part; i++) {
        const char *name = array_name(scratch, &dir->list.at[i]);
        if (name) vec_push(scratch, &names, name);
    }
    DFOO_TRY(arena_status(scratch));
    if (names.n == 0)
        return data_bad(in->d, in->shown, "is a zip file without arrays (entries named NAME.npy)");
    return data_bad(in->d, in->shown, "holds no array '%s'; it has %s",
                    data_shown(in->d->a, in->part, strlen(in->part)),
                    data_shown_names(in->d->a, names.at, names.n));
}

static dfoo_status read_all(const input *in, arena *scratch, dfoo_arrays *set, const text_sink *texts) {
    archive_directory dir;
    bool          any = false;
    DFOO_TRY(archive_read(in, scratch, &dir));
    for (uint32_t i = 0; i < dir.list.n; i++) {
        const archive_entry *e = &dir.list.at[i];
        const char      *name = array_name(scratch, e);
        DFOO_TRY(arena_status(scratch));
        if (!name || (in->part && strcmp(in->part, name) != 0)) continue;
        if (e->twice)
            return data_bad(in->d, in->shown, "holds two arrays named '%s'",
                            data_shown(in->d->a, name, strlen(name)));
        DFOO_TRY(read_entry(&dir, e, name, set, texts));
        any = true;
    }
    return any ? DFOO_OK : no_arrays(in, &dir, scratch);
}

dfoo_status npz_read(const input *in, dfoo_arrays *set, const text_sink *texts) {
    arena scratch;
    arena_init(&scratch, in->d->a->mem);
    dfoo_status status = read_all(in, &scratch, set, texts);
    arena_free(&scratch);
    return status;
}

/* ----------------------------------------------------------------- writing */

/* An array as an NPY file. */
typedef struct npy_file {
    const dfoo_array *x;
    size_t            entry_size;
    size_t            header_len;
    uint64_t          size;
    unsigned char     header[512];
} npy_file;

static bool fits_float(const dfoo_array *x) {
    for (size_t i = 0, n = array_entries(x); i < n; i++)
        if ((double)(float)x->data[i] != x->data[i] && x->data[i] == x->data[i]) return false;
    return true;
}

/* Version 1.0; the header is padded with blanks so that the entries begin at a multiple of 64. */
static void npy_start(npy_file *n, const dfoo_array *x, data_dtype dtype) {
    enum { START = 10 };
    char  dims[EXTENT_TEXT];
    extent sh = {.ndim = x->ndim};
    memcpy(sh.dim, x->dim, sizeof sh.dim);
    extent_text(&sh, dims);
    n->x = x;
    n->entry_size = dtype == DATA_F32 || (dtype == DATA_EXACT && fits_float(x)) ? 4 : 8;
    size_t room = sizeof n->header - START;
    size_t len = (size_t)snprintf((char *)n->header + START, room,
                                  "{'descr': '<f%zu', 'fortran_order': False, 'shape': %s, }",
                                  n->entry_size, dims);
    n->header_len = (START + len + 1 + 63) / 64 * 64;
    memset(n->header + START + len, ' ', n->header_len - START - len);
    n->header[n->header_len - 1] = '\n';
    memcpy(n->header, "\x93NUMPY\x01\x00", 8);
    n->header[8] = (unsigned char)((n->header_len - START) & 255);
    n->header[9] = (unsigned char)((n->header_len - START) >> 8);
    n->size = n->header_len + (uint64_t)array_entries(x) * n->entry_size;
}

static void entry_bytes(const npy_file *n, uint64_t i, unsigned char *out) {
    uint64_t bits = 0;
    if (n->entry_size == 4) {
        float    x = (float)n->x->data[i];
        uint32_t half;
        memcpy(&half, &x, 4);
        bits = half;
    } else {
        memcpy(&bits, &n->x->data[i], 8);
    }
    for (size_t k = 0; k < n->entry_size; k++) out[k] = (unsigned char)(bits >> 8 * k & 255);
}

/* The entries from number `at` on, as many as there is room for; their bytes. 0 at the end. */
static size_t npy_piece(const npy_file *n, uint64_t *at, unsigned char *out, size_t room) {
    size_t   len = 0;
    uint64_t end = array_entries(n->x);
    for (; *at < end && len + n->entry_size <= room; ++*at, len += n->entry_size)
        entry_bytes(n, *at, out + len);
    return len;
}

enum { PIECE = 1 << 14 };

/* The bytes are made twice: their sum stands before them. */
static uint32_t npy_sum(const npy_file *n) {
    unsigned char piece[PIECE];
    uint32_t      sum = unpack_sum(0, n->header, n->header_len);
    uint64_t      at = 0;
    for (size_t len; (len = npy_piece(n, &at, piece, PIECE)) > 0;) sum = unpack_sum(sum, piece, len);
    return sum;
}

static void npy_write(const npy_file *n, FILE *file) {
    unsigned char piece[PIECE];
    uint64_t      at = 0;
    fwrite(n->header, 1, n->header_len, file);
    for (size_t len; !ferror(file) && (len = npy_piece(n, &at, piece, PIECE)) > 0;)
        fwrite(piece, 1, len, file);
}

/* A name in a zip archive has at most 2^16 bytes, and they are UTF-8. */
static bool is_possible(const char *name) {
    if (strlen(name) > UINT16_MAX - sizeof ".npy") return false;
    for (size_t n; *name; name += n)
        if (!(n = text_utf8(name))) return false;
    return true;
}

static dfoo_status write_entry(target *t, archive_writer *w, const dfoo_array *x, data_dtype dtype) {
    npy_file n;
    if (!is_possible(x->name))
        return data_bad(t->d, t->shown, "cannot be written: '%s' is too long for a name, or no UTF-8",
                        data_shown(t->d->a, x->name, strlen(x->name)));
    const char *entry_name = arena_format(&t->scratch, "%s.npy", x->name);
    if (!entry_name) return DFOO_ENOMEM;
    npy_start(&n, x, dtype);
    DFOO_TRY(archive_add(w, entry_name, n.size, npy_sum(&n)));
    npy_write(&n, w->file);
    return DFOO_OK;
}

static dfoo_status write_archive(target *t, FILE *file, const dfoo_arrays *set, data_dtype dtype) {
    archive_writer w = {.file = file, .a = &t->scratch, .largest = UINT32_MAX};
    for (size_t i = 0; i < arrays_count(set) && !ferror(file); i++)
        DFOO_TRY(write_entry(t, &w, arrays_at(set, i), dtype));
    archive_finish(&w);
    return DFOO_OK;
}

dfoo_status data_write_npz(const char *path, const dfoo_arrays *set, data_dtype dtype, diags *d) {
    target t;
    FILE  *file;
    if (arrays_count(set) == 0) return data_bad(d, path, "there are no arrays to write");
    DFOO_TRY(target_begin(&t, path, d));
    dfoo_status status = target_open(&t, &file);
    if (status == DFOO_OK) status = target_close(&t, file, write_archive(&t, file, set, dtype));
    return target_end(&t, status);
}

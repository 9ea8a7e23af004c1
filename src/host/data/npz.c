/* NPZ, numpy's file of several arrays: a zip archive with an entry "W1.npy" for the array W1.
 *
 * Read and written through libzip, entry by entry, without a copy of the archive in memory
 * (but for pipes, since a zip archive is read and written with seeks). */
#include "host/data/internal.h"

#include <string.h>
#include <zip.h>

static dfoo_status zip_fails(diags *d, const char *where, const char *done, zip_error_t *error) {
    if (zip_error_code_zip(error) == ZIP_ER_MEMORY) return DFOO_ENOMEM;
    if (zip_error_system_type(error) == ZIP_ET_SYS)
        return data_io(d, where, done, zip_error_code_system(error));
    return data_bad(d, where, "cannot be %s: %s", done, zip_error_strerror(error));
}

/* ----------------------------------------------------------------- reading */

static dfoo_status open_fails(const input *in, zip_error_t *error) {
    int code = zip_error_code_zip(error);
    dfoo_status status;
    if (code == ZIP_ER_NOZIP || code == ZIP_ER_INCONS)
        status = data_bad(in->d, in->shown,
                          "begins like an NPZ file, but the zip directory at its end is missing or damaged: "
                          "the file may be cut off");
    else status = zip_fails(in->d, in->shown, "read", error);
    zip_error_fini(error);
    return status;
}

static dfoo_status open_archive(const input *in, zip_t **out) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *file = in->path ? zip_source_file_create(in->path, 0, -1, &error)
                                  : zip_source_buffer_create(in->bytes, in->size, 0, &error);
    if (!file) return open_fails(in, &error);
    *out = zip_open_from_source(file, ZIP_RDONLY, &error);
    if (*out) return DFOO_OK;
    zip_source_free(file);
    return open_fails(in, &error);
}

static size_t entry_next(stream *s, unsigned char *to, size_t len) {
    zip_file_t *file = s->from;
    zip_int64_t n = zip_fread(file, to, len);
    if (n >= 0) return (size_t)n;
    zip_error_t *error = zip_file_get_error(file);
    snprintf(s->trouble, sizeof s->trouble, "%s", zip_error_strerror(error));
    s->trouble_io = zip_error_system_type(error) == ZIP_ET_SYS;
    return 0;
}

/* What the directory says of an entry, held against the size of the file. */
static dfoo_status check_entry(const stream *s, const zip_stat_t *st, uint64_t file_size) {
    const zip_uint64_t need = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE | ZIP_STAT_COMP_METHOD;
    if ((st->valid & need) != need) return stream_bad(s, "the zip directory is damaged");
    if ((st->valid & ZIP_STAT_ENCRYPTION_METHOD) && st->encryption_method != ZIP_EM_NONE)
        return stream_bad(s, "is encrypted");
    if (st->comp_method != ZIP_CM_STORE && st->comp_method != ZIP_CM_DEFLATE)
        return stream_bad(s, "is compressed by method %d; numpy stores (0) or deflates (8)", st->comp_method);
    uint64_t most = st->comp_method == ZIP_CM_STORE ? st->comp_size : stream_unpacked_most(st->comp_size);
    if (st->comp_size > file_size || st->size > most)
        return stream_bad(s, "the zip directory declares %llu bytes, more than the file can hold",
                          (unsigned long long)st->size);
    return DFOO_OK;
}

static dfoo_status read_entry(const input *in, zip_t *archive, zip_uint64_t i, const char *name,
                              dfoo_arrays *set, const text_sink *texts) {
    stream     s = {.d = in->d, .file = in->shown, .array = name, .next = entry_next, .exact = true};
    zip_stat_t st;
    zip_stat_init(&st);
    if (zip_stat_index(archive, i, 0, &st) != 0)
        return zip_fails(in->d, in->shown, "read", zip_get_error(archive));
    DFOO_TRY(check_entry(&s, &st, in->size));
    zip_file_t *file = zip_fopen_index(archive, i, 0);
    if (!file) {
        snprintf(s.trouble, sizeof s.trouble, "%s", zip_strerror(archive));
        return stream_status(&s);
    }
    s.from = file;
    s.most = st.size;
    dfoo_status status = npy_read(&s, name, set, texts);
    zip_fclose(file);
    return status;
}

/* The name of the array in an entry "NAME.npy"; NULL for other entries, or without memory. */
static const char *array_name(arena *a, const char *entry) {
    size_t len = entry ? strlen(entry) : 0;
    if (len <= 4 || strcmp(entry + len - 4, ".npy") != 0) return NULL;
    return arena_text(a, entry, len - 4);
}

static dfoo_status no_arrays(const input *in, zip_t *archive, arena *scratch) {
    VEC(const char *) names = {0};
    zip_int64_t n = zip_get_num_entries(archive, 0);
    for (zip_int64_t i = 0; i < n && in->part; i++) {
        const char *name = array_name(scratch, zip_get_name(archive, (zip_uint64_t)i, 0));
        if (name) vec_push(scratch, &names, name);
    }
    DFOO_TRY(arena_status(scratch));
    if (names.n == 0)
        return data_bad(in->d, in->shown, "is a zip file without arrays (entries named NAME.npy)");
    return data_bad(in->d, in->shown, "holds no array '%s'; it has %s",
                    data_shown(in->d->a, in->part, strlen(in->part)),
                    data_shown_names(in->d->a, names.at, names.n));
}

static dfoo_status read_all(const input *in, zip_t *archive, arena *scratch, dfoo_arrays *set,
                            const text_sink *texts) {
    zip_int64_t n = zip_get_num_entries(archive, 0), n_read = 0;
    for (zip_int64_t i = 0; i < n; i++) {
        const char *entry = zip_get_name(archive, (zip_uint64_t)i, 0);
        const char *name = array_name(scratch, entry);
        DFOO_TRY(arena_status(scratch));
        if (!name || (in->part && strcmp(in->part, name) != 0)) continue;
        if (zip_name_locate(archive, entry, 0) != i)
            return data_bad(in->d, in->shown, "holds two arrays named '%s'",
                            data_shown(in->d->a, name, strlen(name)));
        DFOO_TRY(read_entry(in, archive, (zip_uint64_t)i, name, set, texts));
        n_read++;
    }
    return n_read ? DFOO_OK : no_arrays(in, archive, scratch);
}

dfoo_status npz_read(const input *in, dfoo_arrays *set, const text_sink *texts) {
    zip_t *archive = NULL;
    arena  scratch;
    DFOO_TRY(open_archive(in, &archive));
    arena_init(&scratch, in->d->a->mem);
    dfoo_status status = read_all(in, archive, &scratch, set, texts);
    arena_free(&scratch);
    zip_discard(archive);
    return status;
}

/* ----------------------------------------------------------------- writing */

/* An array as the bytes of an NPY file, made while libzip reads them. */
typedef struct npy_source {
    const dfoo_array *x;
    size_t            entry_size;
    size_t            header_len;
    uint64_t          size, at;
    zip_error_t       error;
    unsigned char     header[512];
} npy_source;

static bool fits_float(const dfoo_array *x) {
    for (size_t i = 0, n = array_entries(x); i < n; i++)
        if ((double)(float)x->data[i] != x->data[i] && x->data[i] == x->data[i]) return false;
    return true;
}

/* Version 1.0; the header is padded with blanks so that the entries begin at a multiple of 64. */
static void npy_start(npy_source *n, const dfoo_array *x, data_dtype dtype) {
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
    zip_error_init(&n->error);
}

static void entry_bytes(const npy_source *n, uint64_t i, unsigned char out[8]) {
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

/* The next bytes: of the header, or of one entry, which `entry` has room for. */
static const unsigned char *npy_piece(const npy_source *n, unsigned char entry[8], size_t *len) {
    if (n->at < n->header_len) {
        *len = n->header_len - (size_t)n->at;
        return n->header + n->at;
    }
    uint64_t at = n->at - n->header_len;
    size_t   skip = (size_t)(at % n->entry_size);
    entry_bytes(n, at / n->entry_size, entry);
    *len = n->entry_size - skip;
    return entry + skip;
}

static size_t npy_bytes(npy_source *n, unsigned char *to, uint64_t len) {
    size_t done = 0;
    while (done < len && n->at < n->size) {
        unsigned char        entry[8];
        size_t               left;
        const unsigned char *from = npy_piece(n, entry, &left);
        size_t               piece = len - done < left ? (size_t)(len - done) : left;
        memcpy(to + done, from, piece);
        done += piece;
        n->at += piece;
    }
    return done;
}

static zip_int64_t npy_command(void *user, void *data, zip_uint64_t len, zip_source_cmd_t command) {
    npy_source *n = user;
    zip_stat_t *st = data;
    switch (command) {
    case ZIP_SOURCE_OPEN: n->at = 0; return 0;
    case ZIP_SOURCE_READ: return (zip_int64_t)npy_bytes(n, data, len);
    case ZIP_SOURCE_CLOSE:
    case ZIP_SOURCE_FREE: return 0; /* the sources belong to data_write_npz */
    case ZIP_SOURCE_STAT:
        zip_stat_init(st);
        st->size = n->size;
        st->valid = ZIP_STAT_SIZE;
        return sizeof *st;
    case ZIP_SOURCE_ERROR: return zip_error_to_data(&n->error, data, len);
    case ZIP_SOURCE_SUPPORTS:
        return zip_source_make_command_bitmap(ZIP_SOURCE_OPEN, ZIP_SOURCE_READ, ZIP_SOURCE_CLOSE,
                                              ZIP_SOURCE_STAT, ZIP_SOURCE_ERROR, ZIP_SOURCE_FREE, -1);
    default: zip_error_set(&n->error, ZIP_ER_OPNOTSUPP, 0); return -1;
    }
}

/* The date of every entry is 1980-01-01, the first that zip knows (numpy's, too). */
static bool add_entry(zip_t *archive, npy_source *n, const char *entry_name) {
    enum { FIRST_DAY = 1 << 5 | 1 };
    zip_source_t *bytes = zip_source_function(archive, npy_command, n);
    if (!bytes) return false;
    zip_int64_t i = zip_file_add(archive, entry_name, bytes, ZIP_FL_ENC_UTF_8);
    if (i < 0) {
        zip_source_free(bytes);
        return false;
    }
    return zip_set_file_compression(archive, (zip_uint64_t)i, ZIP_CM_STORE, 0) == 0 &&
           zip_file_set_dostime(archive, (zip_uint64_t)i, 0, FIRST_DAY, 0) == 0;
}

static dfoo_status fill(target *t, zip_t *archive, const dfoo_arrays *set, npy_source *sources,
                        data_dtype dtype) {
    for (size_t i = 0; i < arrays_count(set); i++) {
        const dfoo_array *x = arrays_at(set, i);
        const char       *entry_name = arena_format(&t->scratch, "%s.npy", x->name);
        if (!entry_name) return DFOO_ENOMEM;
        npy_start(&sources[i], x, dtype);
        if (!add_entry(archive, &sources[i], entry_name))
            return zip_fails(t->d, t->shown, "written", zip_get_error(archive));
    }
    return zip_close(archive) == 0 ? DFOO_OK : zip_fails(t->d, t->shown, "written", zip_get_error(archive));
}

static dfoo_status write_archive(target *t, zip_source_t *file, const dfoo_arrays *set,
                                 npy_source *sources, data_dtype dtype) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_keep(file); /* closing the archive gives back one */
    zip_t *archive = zip_open_from_source(file, ZIP_CREATE | ZIP_TRUNCATE, &error);
    if (!archive) {
        zip_source_free(file);
        dfoo_status status = zip_fails(t->d, t->shown, "written", &error);
        zip_error_fini(&error);
        return status;
    }
    dfoo_status status = fill(t, archive, set, sources, dtype);
    if (status != DFOO_OK) zip_discard(archive);
    return status;
}

/* Copies an archive that was written to memory to where it belongs. */
static dfoo_status copy_archive(target *t, zip_source_t *archive) {
    unsigned char piece[16384];
    FILE         *file;
    zip_int64_t   n = 0;
    DFOO_TRY(target_open(t, &file));
    if (zip_source_open(archive) != 0)
        return target_close(t, file, zip_fails(t->d, t->shown, "written", zip_source_error(archive)));
    while (!ferror(file) && (n = zip_source_read(archive, piece, sizeof piece)) > 0)
        fwrite(piece, 1, (size_t)n, file);
    zip_source_close(archive);
    return target_close(t, file, n < 0 ? DFOO_EIO : DFOO_OK);
}

static dfoo_status write_npz(target *t, const dfoo_arrays *set, npy_source *sources, data_dtype dtype) {
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *file = t->file.temp ? zip_source_file_create(t->file.temp, 0, -1, &error)
                                 : zip_source_buffer_create(NULL, 0, 0, &error);
    if (!file) {
        dfoo_status status = zip_fails(t->d, t->shown, "written", &error);
        zip_error_fini(&error);
        return status;
    }
    dfoo_status status = write_archive(t, file, set, sources, dtype);
    if (status == DFOO_OK && !t->file.temp) status = copy_archive(t, file);
    zip_source_free(file);
    return status;
}

dfoo_status data_write_npz(const char *path, const dfoo_arrays *set, data_dtype dtype, diags *d) {
    dfoo_allocator mem = d->a->mem;
    target         t;
    size_t         size = arrays_count(set) * sizeof(npy_source);
    if (size == 0) return data_bad(d, path, "there are no arrays to write");
    npy_source *sources = mem_new(&mem, size);
    if (!sources) return DFOO_ENOMEM;
    dfoo_status status = target_begin(&t, path, d);
    if (status == DFOO_OK) status = target_end(&t, write_npz(&t, set, sources, dtype));
    mem_free(&mem, sources, size);
    return status;
}

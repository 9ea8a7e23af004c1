/* HDF5 through libhdf5: datasets of numbers, from any group, as float64.
 *
 * libhdf5 keeps its state for the whole process: a lock gives one context at a time its turn,
 * and the automatic printing of errors is switched off only while it lasts. The innermost entry
 * of the library's error stack ends up in the message. */
#include "host/data/hdf5_library.h"

#include <string.h>

typedef struct reader {
    const hdf5_library *h;
    const input *in;
    dfoo_arrays *set;
    const text_sink *texts; /* NULL: texts are passed over */
    hdf5_id        file;
    arena        scratch;
    symbols      names; /* of the arrays that were read */
    VEC(const char *) paths;
} reader;

/* A dataset that is open: what is needed to decide whether it can be read. */
typedef struct dataset {
    const char *path;
    hdf5_id       id, type, space, plan;
} dataset;

/* ----------------------------------------------------------------- errors */

static int first_error(unsigned n, const hdf5_error *error, void *user) {
    char *text = user;
    if (n == 0 && error->text) snprintf(text, 120, "%s", error->text);
    return 0;
}

static dfoo_status fails(const reader *r, const char *path, const char *what) {
    char text[120] = "the library gives no reason";
    r->h->Ewalk(HDF5_DEFAULT, HDF5_UPWARD, first_error, text);
    if (!path) return data_bad(r->in->d, r->in->shown, "%s: %s", what, text);
    return data_bad(r->in->d, r->in->shown, "dataset '%s' %s: %s",
                    data_shown(r->in->d->a, path, strlen(path)), what, text);
}

/* Refuses a dataset, for a reason in words. */
static dfoo_status refuse(const reader *r, const char *path, const char *why) {
    return data_bad(r->in->d, r->in->shown, "dataset '%s' %s",
                    data_shown(r->in->d->a, path, strlen(path)), why);
}

/* --------------------------------------------------------------- a dataset */

static const char *type_name(int c) {
    switch (c) {
    case HDF5_STRING: return "holds text, not numbers";
    case HDF5_COMPOUND: return "holds records, not numbers";
    case HDF5_ENUM: return "holds names of an enumeration, not numbers";
    case HDF5_TIME: return "holds times, not numbers";
    default: return "holds entries that are not numbers";
    }
}

static bool is_number(int c) {
    return c == HDF5_INTEGER || c == HDF5_FLOAT;
}

/* h5py stores bool as an enumeration FALSE = 0, TRUE = 1. */
static bool is_bool(const reader *r, hdf5_id type) {
    char first[8] = "", second[8] = "";
    const hdf5_library *h = r->h;
    if (h->Tget_class(type) != HDF5_ENUM) return false;
    if (h->Tget_size(type) != 1 || h->Tget_nmembers(type) != 2) return false;
    for (unsigned i = 0; i < 2; i++) {
        char *name = h->Tget_member_name(type, i);
        if (name) snprintf(i ? second : first, 8, "%s", name);
        h->free_memory(name);
    }
    return strcmp(first, "FALSE") == 0 && strcmp(second, "TRUE") == 0;
}

/* The most bytes a dataset may claim: what is stored, by the longest that deflate can make of
 * it when chunks may be packed. Packed data also get 64 MiB on trust, since other filters reach
 * any ratio for constants. */
static uint64_t claim_limit(const reader *r, const dataset *s) {
    uint64_t stored = r->h->Dget_storage_size(s->id);
    if (stored > r->in->size) stored = r->in->size;
    if (r->h->Pget_layout(s->plan) != HDF5_CHUNKED || stored == 0) return stored;
    uint64_t most = stream_unpacked_most(stored);
    return most > UINT64_C(1) << 26 ? most : UINT64_C(1) << 26;
}

static dfoo_status get_shape(const reader *r, const dataset *s, extent *sh) {
    uint64_t dims[HDF5_MOST_DIMS];
    char    text[EXTENT_TEXT];
    size_t  size = r->h->Tget_size(s->type), n;
    int     ndim = r->h->Sget_simple_extent_dims(s->space, dims, NULL);
    if (ndim < 0) return fails(r, s->path, "has no shape");
    if (ndim > DFOO_MAX_DIMS) return refuse(r, s->path, "has more than 8 dimensions");
    sh->ndim = ndim;
    for (int i = 0; i < ndim; i++) {
        if (dims[i] > SIZE_MAX) return refuse(r, s->path, "is larger than any memory");
        sh->dim[i] = (size_t)dims[i];
    }
    if (!extent_entries(sh, size, &n)) return refuse(r, s->path, "is larger than any memory");
    extent_text(sh, text);
    if ((uint64_t)n * size > claim_limit(r, s))
        return data_bad(r->in->d, r->in->shown,
                        "dataset '%s' has the shape %s, but the file stores only %llu bytes of it: it was "
                        "never written, or the file is damaged",
                        data_shown(r->in->d->a, s->path, strlen(s->path)), text,
                        (unsigned long long)r->h->Dget_storage_size(s->id));
    return DFOO_OK;
}

static dfoo_status read_numbers(reader *r, const dataset *s, const char *name) {
    extent       sh = {0};
    dfoo_array *x;
    if (r->h->Sget_simple_extent_type(s->space) == HDF5_NO_SHAPE)
        return refuse(r, s->path, "is empty (it has no shape)");
    if (r->h->Pget_layout(s->plan) == HDF5_VIRTUAL || r->h->Pget_external_count(s->plan) > 0)
        return refuse(r, s->path, "keeps its numbers in another file");
    DFOO_TRY(get_shape(r, s, &sh));
    bool packed = r->h->Pget_layout(s->plan) == HDF5_CHUNKED;
    DFOO_TRY(extent_add(r->in->d, r->in->shown, packed ? r->in->unpacked : NULL, &sh, name, DFOO_F64,
                        r->set, &x));
    size_t n = array_entries(x);
    bool   as_bytes = is_bool(r, s->type); /* libhdf5 makes no doubles of enumerations */
    hdf5_id  to = as_bytes ? s->type : *r->h->native_double;
    if (n > 0 && r->h->Dread(s->id, to, HDF5_ALL, HDF5_ALL, HDF5_DEFAULT, x->data) < 0)
        return fails(r, s->path, "cannot be read");
    const unsigned char *bytes = (const unsigned char *)x->data;
    while (as_bytes && n-- > 0) x->data[n] = bytes[n] != 0; /* from the end: no byte is lost */
    return DFOO_OK;
}

/* Texts of a fixed size, padded behind their end. */
static bool read_fixed_texts(const reader *r, const dataset *s, size_t n, const char **out) {
    dfoo_allocator mem = r->in->d->a->mem;
    size_t         size = r->h->Tget_size(s->type);
    char          *bytes = mem_new(&mem, n * size);
    bool           ok = bytes && r->h->Dread(s->id, s->type, HDF5_ALL, HDF5_ALL, HDF5_DEFAULT, bytes) >= 0;
    bool           blanks = r->h->Tget_strpad(s->type) == HDF5_PADDED_BY_BLANKS;
    for (size_t i = 0; ok && i < n; i++) {
        size_t len = size;
        while (blanks && len > 0 && bytes[i * size + len - 1] == ' ') len--;
        out[i] = texts_copy(r->texts, bytes + i * size, len);
    }
    mem_free(&mem, bytes, n * size);
    return ok;
}

/* Those of any length are passed over: they lie in a heap of the file, and a damaged one
 * makes libhdf5 1.10 crash. */
static dfoo_status read_texts(reader *r, const dataset *s, const char *name) {
    extent  sh = {0};
    size_t n;
    if (r->h->Tis_variable_str(s->type) != 0) return DFOO_OK;
    if (r->h->Sget_simple_extent_type(s->space) == HDF5_NO_SHAPE) return DFOO_OK;
    if (r->h->Pget_layout(s->plan) == HDF5_VIRTUAL || r->h->Pget_external_count(s->plan) > 0) return DFOO_OK;
    if (r->h->Dget_storage_size(s->id) == 0) return DFOO_OK; /* never written */
    DFOO_TRY(get_shape(r, s, &sh));
    extent_entries(&sh, r->h->Tget_size(s->type), &n);
    const char **out = texts_add(r->texts, name, n);
    if (!out) return DFOO_ENOMEM;
    bool ok = read_fixed_texts(r, s, n, out);
    DFOO_TRY(arena_status(r->texts->a));
    return ok ? DFOO_OK : fails(r, s->path, "cannot be read");
}

static dfoo_status read_open(reader *r, const dataset *s) {
    int c = r->h->Tget_class(s->type);
    const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path;
    size_t      len = strlen(name);
    arena      *a = r->in->d->a;
    if (c == HDF5_STRING && r->texts) return read_texts(r, s, name);
    if (!is_number(c) && !is_bool(r, s->type))
        return r->in->part ? refuse(r, s->path, type_name(c)) : DFOO_OK;
    if (symbols_find(&r->names, name, len))
        return data_bad(r->in->d, r->in->shown, "holds two datasets named '%s'; FILE:%s reads one",
                        data_shown(a, name, len), data_shown(a, s->path, strlen(s->path)));
    symbols_add(&r->names, name, len);
    DFOO_TRY(arena_status(&r->scratch));
    return read_numbers(r, s, name);
}

static dfoo_status read_dataset(reader *r, const char *path) {
    dfoo_status status;
    dataset     s = {.path = path, .id = r->h->Dopen(r->file, path, HDF5_DEFAULT)};
    if (s.id < 0) return fails(r, path, "cannot be opened");
    s.type = r->h->Dget_type(s.id);
    s.space = r->h->Dget_space(s.id);
    s.plan = r->h->Dget_create_plist(s.id);
    if (s.type < 0 || s.space < 0 || s.plan < 0) status = fails(r, path, "is damaged");
    else status = read_open(r, &s);
    if (s.plan >= 0) r->h->Pclose(s.plan);
    if (s.space >= 0) r->h->Sclose(s.space);
    if (s.type >= 0) r->h->Tclose(s.type);
    r->h->Dclose(s.id);
    return status;
}

/* ------------------------------------------------------------------ a file */

static int collect(hdf5_id at, const char *path, const hdf5_object *info, void *user) {
    reader *r = user;
    (void)at;
    if (info->type != HDF5_DATASET) return 0;
    const char *copy = arena_text(&r->scratch, path, strlen(path));
    if (copy) vec_push(&r->scratch, &r->paths, copy);
    return 0;
}

static dfoo_status no_dataset(reader *r, const char *path) {
    if (r->paths.n == 0) return data_bad(r->in->d, r->in->shown, "holds no datasets");
    return data_bad(r->in->d, r->in->shown, "holds no dataset '%s'; it has %s",
                    data_shown(r->in->d->a, path, strlen(path)),
                    data_shown_names(r->in->d->a, r->paths.at, r->paths.n));
}

static dfoo_status read_all(reader *r) {
    const char *part = r->in->part;
    if (r->h->Ovisit(r->file, HDF5_BY_NAME, HDF5_UP, collect, r) < 0)
        return fails(r, NULL, "is a damaged HDF5 file");
    DFOO_TRY(arena_status(&r->scratch));
    if (part) {
        if (*part == '/') part++;
        for (uint32_t i = 0; i < r->paths.n; i++)
            if (strcmp(r->paths.at[i], part) == 0) return read_dataset(r, part);
        return no_dataset(r, part);
    }
    for (uint32_t i = 0; i < r->paths.n; i++) DFOO_TRY(read_dataset(r, r->paths.at[i]));
    bool any = r->names.names.n > 1 || (r->texts && r->texts->to->list.n);
    return any ? DFOO_OK : data_bad(r->in->d, r->in->shown, "holds no datasets of numbers");
}

/* What is in memory becomes the image of a file that never touches the disk. */
static hdf5_id image_access(const hdf5_library *h, const input *in) {
    hdf5_id access = h->Pcreate(*h->file_access);
    if (access >= 0) {
        h->Pset_fapl_core(access, 1 << 16, 0);
        h->Pset_file_image(access, in->bytes, (size_t)in->size);
    }
    return access;
}

static dfoo_status read_file(reader *r) {
    const char *no_file = "/dev/null/image"; /* libhdf5 refuses an image under the name of a file */
    const char *path = r->in->path ? r->in->path : no_file;
    hdf5_id       access = r->in->path ? HDF5_DEFAULT : image_access(r->h, r->in);
    arena_init(&r->scratch, r->in->d->a->mem);
    symbols_init(&r->names, &r->scratch);
    r->file = r->h->Fopen(path, HDF5_READ_ONLY, access);
    dfoo_status status = r->file < 0 ? fails(r, NULL, "is not a whole HDF5 file") : read_all(r);
    if (r->file >= 0) r->h->Fclose(r->file);
    if (access > 0) r->h->Pclose(access);
    arena_free(&r->scratch);
    return status;
}

/* The library's printing of errors is off while it reads. */
static dfoo_status read_quietly(reader *r) {
    hdf5_print print;
    void      *print_to;
    r->h->Eget_auto(HDF5_DEFAULT, &print, &print_to);
    r->h->Eset_auto(HDF5_DEFAULT, NULL, NULL);
    dfoo_status status = read_file(r);
    r->h->Eset_auto(HDF5_DEFAULT, print, print_to);
    return status;
}

dfoo_status hdf5_read(const input *in, dfoo_arrays *set, const text_sink *texts) {
    const char *why;
    os_lock();
    reader      r = {.h = hdf5_library_get(&why), .in = in, .set = set, .texts = texts};
    dfoo_status status = r.h ? read_quietly(&r) : data_bad(in->d, in->shown, "cannot be read: %s", why);
    os_unlock();
    return status;
}

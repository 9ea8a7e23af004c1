/* HDF5 through libhdf5: datasets of numbers, from any group, as float64.
 *
 * libhdf5 keeps its state for the whole process: a lock gives one context at a time its turn,
 * and the automatic printing of errors is switched off only while it lasts. The innermost entry
 * of the library's error stack ends up in the message. */
#define H5_USE_18_API /* the functions that every release from 1.8 on has */
#include "host/data/internal.h"

#include <hdf5.h>
#include <string.h>

typedef struct reader {
    const input *in;
    dfoo_arrays *set;
    const text_sink *texts; /* NULL: texts are passed over */
    hid_t        file;
    arena        scratch;
    symbols      names; /* of the arrays that were read */
    VEC(const char *) paths;
} reader;

/* A dataset that is open: what is needed to decide whether it can be read. */
typedef struct dataset {
    const char *path;
    hid_t       id, type, space, plan;
} dataset;

/* ----------------------------------------------------------------- errors */

static herr_t first_error(unsigned n, const H5E_error_t *error, void *user) {
    char *text = user;
    if (n == 0 && error->desc) snprintf(text, 120, "%s", error->desc);
    return 0;
}

static dfoo_status fails(const reader *r, const char *path, const char *what) {
    char text[120] = "the library gives no reason";
    H5Ewalk(H5E_DEFAULT, H5E_WALK_UPWARD, first_error, text);
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

static const char *type_name(H5T_class_t c) {
    switch (c) {
    case H5T_STRING: return "holds text, not numbers";
    case H5T_COMPOUND: return "holds records, not numbers";
    case H5T_ENUM: return "holds names of an enumeration, not numbers";
    case H5T_TIME: return "holds times, not numbers";
    default: return "holds entries that are not numbers";
    }
}

static bool is_number(H5T_class_t c) {
    return c == H5T_INTEGER || c == H5T_FLOAT;
}

/* h5py stores bool as an enumeration FALSE = 0, TRUE = 1. */
static bool is_bool(hid_t type) {
    char first[8] = "", second[8] = "";
    if (H5Tget_class(type) != H5T_ENUM || H5Tget_size(type) != 1 || H5Tget_nmembers(type) != 2) return false;
    for (unsigned i = 0; i < 2; i++) {
        char *name = H5Tget_member_name(type, i);
        if (name) snprintf(i ? second : first, 8, "%s", name);
        H5free_memory(name);
    }
    return strcmp(first, "FALSE") == 0 && strcmp(second, "TRUE") == 0;
}

/* The most bytes a dataset may claim: what is stored, by the longest that deflate can make of
 * it when chunks may be packed. Packed data also get 64 MiB on trust, since other filters reach
 * any ratio for constants. */
static uint64_t claim_limit(const reader *r, const dataset *s) {
    uint64_t stored = H5Dget_storage_size(s->id);
    if (stored > r->in->size) stored = r->in->size;
    if (H5Pget_layout(s->plan) != H5D_CHUNKED || stored == 0) return stored;
    uint64_t most = stream_unpacked_most(stored);
    return most > UINT64_C(1) << 26 ? most : UINT64_C(1) << 26;
}

static dfoo_status get_shape(const reader *r, const dataset *s, extent *sh) {
    hsize_t dims[H5S_MAX_RANK];
    char    text[EXTENT_TEXT];
    size_t  size = H5Tget_size(s->type), n;
    int     ndim = H5Sget_simple_extent_dims(s->space, dims, NULL);
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
                        (unsigned long long)H5Dget_storage_size(s->id));
    return DFOO_OK;
}

static dfoo_status read_numbers(reader *r, const dataset *s, const char *name) {
    extent       sh = {0};
    dfoo_array *x;
    if (H5Sget_simple_extent_type(s->space) == H5S_NULL)
        return refuse(r, s->path, "is empty (it has no shape)");
    if (H5Pget_layout(s->plan) == H5D_VIRTUAL || H5Pget_external_count(s->plan) > 0)
        return refuse(r, s->path, "keeps its numbers in another file");
    DFOO_TRY(get_shape(r, s, &sh));
    DFOO_TRY(extent_add(r->in->d, r->in->shown, &sh, name, r->set, &x));
    size_t n = array_entries(x);
    bool   as_bytes = is_bool(s->type); /* libhdf5 makes no doubles of enumerations */
    hid_t  to = as_bytes ? s->type : H5T_NATIVE_DOUBLE;
    if (n > 0 && H5Dread(s->id, to, H5S_ALL, H5S_ALL, H5P_DEFAULT, x->data) < 0)
        return fails(r, s->path, "cannot be read");
    const unsigned char *bytes = (const unsigned char *)x->data;
    while (as_bytes && n-- > 0) x->data[n] = bytes[n] != 0; /* from the end: no byte is lost */
    return DFOO_OK;
}

/* Texts of a fixed size, padded behind their end. */
static bool read_fixed_texts(const reader *r, const dataset *s, size_t n, const char **out) {
    dfoo_allocator mem = r->in->d->a->mem;
    size_t         size = H5Tget_size(s->type);
    char          *bytes = mem_new(&mem, n * size);
    bool           ok = bytes && H5Dread(s->id, s->type, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes) >= 0;
    bool           blanks = H5Tget_strpad(s->type) == H5T_STR_SPACEPAD;
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
    if (H5Tis_variable_str(s->type) != 0 || H5Sget_simple_extent_type(s->space) == H5S_NULL) return DFOO_OK;
    if (H5Pget_layout(s->plan) == H5D_VIRTUAL || H5Pget_external_count(s->plan) > 0) return DFOO_OK;
    if (H5Dget_storage_size(s->id) == 0) return DFOO_OK; /* never written */
    DFOO_TRY(get_shape(r, s, &sh));
    extent_entries(&sh, H5Tget_size(s->type), &n);
    const char **out = texts_add(r->texts, name, n);
    if (!out) return DFOO_ENOMEM;
    bool ok = read_fixed_texts(r, s, n, out);
    DFOO_TRY(arena_status(r->texts->a));
    return ok ? DFOO_OK : fails(r, s->path, "cannot be read");
}

static dfoo_status read_open(reader *r, const dataset *s) {
    H5T_class_t c = H5Tget_class(s->type);
    const char *slash = strrchr(s->path, '/'), *name = slash ? slash + 1 : s->path;
    size_t      len = strlen(name);
    arena      *a = r->in->d->a;
    if (c == H5T_STRING && r->texts) return read_texts(r, s, name);
    if (!is_number(c) && !is_bool(s->type)) return r->in->part ? refuse(r, s->path, type_name(c)) : DFOO_OK;
    if (symbols_find(&r->names, name, len))
        return data_bad(r->in->d, r->in->shown, "holds two datasets named '%s'; FILE:%s reads one",
                        data_shown(a, name, len), data_shown(a, s->path, strlen(s->path)));
    symbols_add(&r->names, name, len);
    DFOO_TRY(arena_status(&r->scratch));
    return read_numbers(r, s, name);
}

static dfoo_status read_dataset(reader *r, const char *path) {
    dfoo_status status;
    dataset     s = {.path = path, .id = H5Dopen2(r->file, path, H5P_DEFAULT)};
    if (s.id < 0) return fails(r, path, "cannot be opened");
    s.type = H5Dget_type(s.id);
    s.space = H5Dget_space(s.id);
    s.plan = H5Dget_create_plist(s.id);
    if (s.type < 0 || s.space < 0 || s.plan < 0) status = fails(r, path, "is damaged");
    else status = read_open(r, &s);
    if (s.plan >= 0) H5Pclose(s.plan);
    if (s.space >= 0) H5Sclose(s.space);
    if (s.type >= 0) H5Tclose(s.type);
    H5Dclose(s.id);
    return status;
}

/* ------------------------------------------------------------------ a file */

static herr_t collect(hid_t at, const char *path, const H5O_info_t *info, void *user) {
    reader *r = user;
    (void)at;
    if (info->type != H5O_TYPE_DATASET) return 0;
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
    if (H5Ovisit(r->file, H5_INDEX_NAME, H5_ITER_INC, collect, r) < 0)
        return fails(r, NULL, "is a damaged HDF5 file");
    DFOO_TRY(arena_status(&r->scratch));
    if (part) {
        if (*part == '/') part++;
        for (uint32_t i = 0; i < r->paths.n; i++)
            if (strcmp(r->paths.at[i], part) == 0) return read_dataset(r, part);
        return no_dataset(r, part);
    }
    for (uint32_t i = 0; i < r->paths.n; i++) DFOO_TRY(read_dataset(r, r->paths.at[i]));
    if (r->names.names.n <= 1 && !(r->texts && r->texts->to->list.n)) return data_bad(r->in->d, r->in->shown, "holds no datasets of numbers");
    return DFOO_OK;
}

/* What is in memory becomes the image of a file that never touches the disk. */
static hid_t image_access(const input *in) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (access >= 0) {
        H5Pset_fapl_core(access, 1 << 16, 0);
        H5Pset_file_image(access, in->bytes, (size_t)in->size);
    }
    return access;
}

static dfoo_status read_file(reader *r) {
    const char *no_file = "/dev/null/image"; /* libhdf5 refuses an image under the name of a file */
    const char *path = r->in->path ? r->in->path : no_file;
    hid_t       access = r->in->path ? H5P_DEFAULT : image_access(r->in);
    arena_init(&r->scratch, r->in->d->a->mem);
    symbols_init(&r->names, &r->scratch);
    r->file = H5Fopen(path, H5F_ACC_RDONLY, access);
    dfoo_status status = r->file < 0 ? fails(r, NULL, "is not a whole HDF5 file") : read_all(r);
    if (r->file >= 0) H5Fclose(r->file);
    if (access > 0) H5Pclose(access);
    arena_free(&r->scratch);
    return status;
}

dfoo_status hdf5_read(const input *in, dfoo_arrays *set, const text_sink *texts) {
    reader     r = {.in = in, .set = set, .texts = texts};
    H5E_auto_t print;
    void      *print_to;
    os_lock();
    H5Eget_auto(H5E_DEFAULT, &print, &print_to);
    H5Eset_auto(H5E_DEFAULT, NULL, NULL);
    dfoo_status status = read_file(&r);
    H5Eset_auto(H5E_DEFAULT, print, print_to);
    os_unlock();
    return status;
}

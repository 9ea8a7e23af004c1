/* Files of arrays: what is written is read back, and what is damaged is refused. */
#include "data/files.h"

#include "host/data/archive.h"

#include <fcntl.h>
#include <math.h>
#include <zip.h>
#include <zlib.h>

/* ------------------------------------------------------------------- made up */

static const double VALUES[] = {1, -2.5, 0.1, -0.0, 1e300, INFINITY, -INFINITY, NAN, 5e-324, 12, 13, 14};

/* Arrays of 0 to 8 dimensions, and empty ones. */
static void fill(dfoo_arrays *set) {
    const size_t dims[] = {3, 4, 1, 1, 1, 1, 1, 1}, none[] = {0, 5};
    assert_int_equal(arrays_add(set, "s", 0, NULL, VALUES + 1, NULL), DFOO_OK);
    assert_int_equal(arrays_add(set, "v", 1, dims, VALUES, NULL), DFOO_OK);
    assert_int_equal(arrays_add(set, "W1", 2, dims, VALUES, NULL), DFOO_OK);
    assert_int_equal(arrays_add(set, "group/T", 8, dims, VALUES, NULL), DFOO_OK);
    assert_int_equal(arrays_add(set, "none", 2, none, NULL, NULL), DFOO_OK);
}

static void expect_same(const dfoo_arrays *left, const dfoo_arrays *right) {
    assert_int_equal(arrays_count(left), arrays_count(right));
    for (size_t i = 0; i < arrays_count(left); i++) {
        const dfoo_array *x = arrays_at(left, i), *y = arrays_at(right, i);
        assert_string_equal(x->name, y->name);
        assert_int_equal(x->ndim, y->ndim);
        assert_memory_equal(x->dim, y->dim, sizeof x->dim);
        assert_memory_equal(x->data, y->data, array_entries(x) * sizeof(double));
    }
}

static const char *write_npz(const char *name, data_dtype dtype) {
    result      r;
    const char *path = at(name);
    result_start(&r);
    fill(r.set);
    result_check(&r, data_write_npz(path, r.set, dtype, &r.d));
    expect_ok(&r);
    result_free(&r);
    return path;
}

/* Packs the entries of one archive into another, deflated. */
static const char *deflate_npz(const char *from_path, const char *name) {
    const char *path = at(name);
    zip_t      *from = zip_open(from_path, ZIP_RDONLY, NULL);
    zip_t      *to = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(from);
    assert_non_null(to);
    for (zip_uint64_t i = 0; i < (zip_uint64_t)zip_get_num_entries(from, 0); i++) {
        zip_source_t *entry = zip_source_zip(to, from, i, 0, 0, -1);
        assert_non_null(entry);
        assert_int_equal(zip_file_add(to, zip_get_name(from, i, 0), entry, 0), i);
        assert_int_equal(zip_set_file_compression(to, i, ZIP_CM_DEFLATE, 9), 0);
    }
    assert_int_equal(zip_close(to), 0);
    zip_discard(from);
    return path;
}

static const char *zip_of(const char *name, const char *entry, const void *bytes, size_t len, int method) {
    const char *path = at(name);
    zip_t      *archive = zip_open(path, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    assert_non_null(archive);
    zip_source_t *from = zip_source_buffer(archive, bytes, len, 0);
    assert_int_equal(zip_file_add(archive, entry, from, 0), 0);
    assert_int_equal(zip_set_file_compression(archive, 0, method, 0), 0);
    assert_int_equal(zip_close(archive), 0);
    return path;
}

/* An NPY file of version 1 with this header and so many bytes behind it. */
static const char *npy_of(const char *name, const char *header, size_t n) {
    unsigned char bytes[2048] = "\x93NUMPY\x01";
    size_t        len = strlen(header);
    assert_true(10 + len + n <= sizeof bytes);
    bytes[8] = (unsigned char)len;
    bytes[9] = (unsigned char)(len >> 8);
    for (size_t i = 0; i < len; i++) bytes[10 + i] = (unsigned char)header[i];
    for (size_t i = 0; i < n; i++) bytes[10 + len + i] = (unsigned char)i;
    return put(name, bytes, 10 + len + n);
}

/* ----------------------------------------------------------------- NPZ, NPY */

static void npz_comes_back(void **state) {
    (void)state;
    result      r, s;
    const char *path = write_npz("a.npz", DATA_F64);
    result_start(&s);
    fill(s.set);
    read_with(&r, path, NULL);
    expect_ok(&r);
    expect_same(r.set, s.set);
    result_free(&r);
    read_with(&r, deflate_npz(path, "b.npz"), NULL);
    expect_ok(&r);
    expect_same(r.set, s.set);
    result_free(&r);
    result_free(&s);
}

static void npz_float32_rounds(void **state) {
    (void)state;
    result r;
    read_with(&r, write_npz("a.npz", DATA_F32), NULL);
    expect_ok(&r);
    const double *x = arrays_get(r.set, "W1")->data;
    for (size_t i = 0; i < 12; i++) {
        double want = i == 4 ? INFINITY : (double)(float)VALUES[i];
        assert_memory_equal(&x[i], &want, i == 7 ? 0 : sizeof want);
    }
    assert_true(isnan(x[7]));
    result_free(&r);
}

static void npz_has_the_same_bytes_always(void **state) {
    (void)state;
    size_t n_a, n_b;
    setenv("TZ", "America/New_York", 1);
    unsigned char *a = get(write_npz("a.npz", DATA_F64), &n_a);
    setenv("TZ", "Asia/Tokyo", 1);
    unsigned char *b = get(write_npz("b.npz", DATA_F64), &n_b);
    assert_int_equal(n_a, n_b);
    assert_memory_equal(a, b, n_a);
    free(a);
    free(b);
}

static void one_array_is_chosen_after_a_colon(void **state) {
    (void)state;
    result r;
    char   path[400];
    write_npz("a:b.npz", DATA_F64);
    snprintf(path, sizeof path, "%s:group/T", at("a:b.npz"));
    read_with(&r, path, NULL);
    expect_ok(&r);
    assert_int_equal(arrays_count(r.set), 1);
    assert_int_equal(arrays_at(r.set, 0)->ndim, 8);
    result_free(&r);
    snprintf(path, sizeof path, "%s:W2", at("a:b.npz"));
    refuses(path, DFOO_EINPUT, "a:b.npz: holds no array 'W2'; it has 's', 'v', 'W1', 'group/T', 'none'");
    put_text("a.csv", "1,2\n");
    snprintf(path, sizeof path, "%s:x", at("a.csv"));
    refuses(path, DFOO_EINPUT, "a.csv: holds a single array: leave out ':x'");
}

/* A damaged file is refused with one message or read as something; nothing else. */
static void try_damaged(const char *name, const unsigned char *bytes, size_t len) {
    result r;
    read_with(&r, put(name, bytes, len), NULL);
    if (r.status != DFOO_OK) assert_non_null(strstr(r.text.text, name));
    result_free(&r);
}

static void try_all_damages(const char *path, const char *name) {
    size_t         len;
    unsigned char *bytes = get(path, &len);
    for (size_t i = 0; i < len; i++) try_damaged(name, bytes, i);
    for (size_t i = 0; i < len; i++) {
        static const unsigned char flips[] = {1, 0x80, 0xFF};
        for (size_t k = 0; k < sizeof flips; k++) {
            bytes[i] ^= flips[k];
            try_damaged(name, bytes, len);
            bytes[i] ^= flips[k];
        }
    }
    free(bytes);
}

/* What is larger than 4 GB takes another form; here everything over 100 bytes does. */
static void zip64_comes_back(void **state) {
    (void)state;
    size_t         len;
    arena          a;
    result         r;
    const char    *header = "{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }";
    unsigned char *bytes = get(npy_of("x.npy", header, 72), &len);
    uint32_t       sum = (uint32_t)crc32(0, bytes, (uInt)len);
    FILE          *file = fopen(at("wide.npz"), "wb");
    arena_init(&a, mem_default());
    archive_writer w = {.file = file, .a = &a, .largest = 100};
    for (int i = 0; i < 3; i++) {
        assert_int_equal(archive_add(&w, arena_format(&a, i ? "ä%d.npy" : "W%d.npy", i), len, sum), DFOO_OK);
        assert_int_equal(fwrite(bytes, 1, len, file), len);
    }
    archive_finish(&w);
    fclose(file);
    arena_free(&a);
    free(bytes);
    read_with(&r, at("wide.npz"), NULL);
    expect_ok(&r);
    assert_int_equal(arrays_get(r.set, "ä2")->dim[0], 9);
    result_free(&r);
    try_all_damages(at("wide.npz"), "damaged.npz");
    zip_t *other = zip_open(at("wide.npz"), ZIP_RDONLY | ZIP_CHECKCONS, NULL);
    assert_non_null(other);
    assert_int_equal(zip_get_num_entries(other, 0), 3);
    zip_discard(other);
}

static void damaged_npz_is_refused(void **state) {
    (void)state;
    try_all_damages(write_npz("a.npz", DATA_F64), "damaged.npz");
    try_all_damages(deflate_npz(at("a.npz"), "b.npz"), "damaged.npz");
}

static void npy_headers(void **state) {
    (void)state;
    static const struct {
        const char *header;
        size_t      n;
        const char *message; /* NULL: fine */
    } cases[] = {
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", 16, NULL},
        {"{\"shape\":(2L,1L),\"descr\":\"|u1\",\"fortran_order\":True}\n", 2, NULL},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (0, 9), }", 0, NULL},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 1), }", 15,
         "shape (2, 1) needs 16 bytes, but only 15 follow"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (2,), }", 17,
         "shape (2,) needs 16 bytes, but 17 follow"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 8,
         "has more entries than any memory"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8,
         "header is damaged: 'shape'"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,1,1,1,1,1,1,1,1), }", 8,
         "more than 8 dimensions"},
        {"{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", 20,
         "holds text ('<U5'); what fits: float16"},
        {"{'descr': '|S5', 'fortran_order': False, 'shape': (1,), }", 5, "holds byte strings ('|S5')"},
        {"{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 5, "holds Python objects ('|O')"},
        {"{'descr': '<c16', 'fortran_order': False, 'shape': (1,), }", 16, "holds complex numbers"},
        {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (1,), }", 8, "holds dates"},
        {"{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", 16, "holds floats of an unusual size"},
        {"{'descr': '<i3', 'fortran_order': False, 'shape': (1,), }", 3, "entries of another type ('<i3')"},
        {"{'descr': [('a', '<f8')], 'fortran_order': False, 'shape': (1,), }", 8, "holds records"},
        {"{'descr': '<f8', 'fortran_order': 0, 'shape': (1,), }", 8, "damaged: 'fortran_order'"},
        {"{'descr': '<f8', 'shape': (1,), }", 8, "damaged: a missing key"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,), 'x': 1}", 8, "damaged: its keys"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1,)", 8, "damaged: its end"},
        {"{'descr': '<f8', 'fortran_order': False, 'shape': (1;)}", 8, "damaged: 'shape'"},
        {"{'descr': '<f8", 8, "damaged: 'descr'"},
        {"[1]", 8, "damaged: no '{'"},
        {"", 0, "damaged: no '{'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        result r;
        read_with(&r, npy_of("x.npy", cases[i].header, cases[i].n), NULL);
        if (cases[i].message) expect_message(&r, DFOO_EINPUT, cases[i].message);
        else {
            expect_ok(&r);
            assert_non_null(arrays_get(r.set, "x"));
        }
        result_free(&r);
    }
    refuses(put("x.npy", "\x93NUMPY\x04\x00\x01\x00{}", 12), DFOO_EINPUT, "version 4.0; versions 1 to 3");
    refuses(put("x.npy", "\x93NUMPY\x02\x00\xff\xff\xff\x7f", 12), DFOO_EINPUT, "header of 2147483647 bytes");
}

static void npz_entries_are_not_believed(void **state) {
    (void)state;
    size_t         len;
    unsigned char *bytes =
        get(npy_of("y.npy", "{'descr': '<f8', 'fortran_order': False, 'shape': (9,), }", 64), &len);
    refuses(zip_of("x.npz", "W1.npy", bytes, len, ZIP_CM_STORE), DFOO_EINPUT,
            "x.npz: array 'W1': the shape (9,) needs 72 bytes, but only 64 follow");
    refuses(zip_of("x.npz", "notes.txt", bytes, len, ZIP_CM_STORE), DFOO_EINPUT, "without arrays");
    refuses(zip_of("x.npz", "W1.npy", bytes, 3, ZIP_CM_STORE), DFOO_EINPUT,
            "array 'W1': ends in the NPY header");
    free(bytes);
}

/* ------------------------------------------------------------------- others */

static void idx_files(void **state) {
    (void)state;
    static const unsigned char images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0,
                                           1, 0, 0, 0, 3, 1, 2, 3, 4, 5, 255};
    result                     r;
    read_with(&r, put("train-images-idx3-ubyte", images, sizeof images), NULL);
    expect_ok(&r);
    const dfoo_array *x = arrays_get(r.set, "train-images-idx3-ubyte");
    assert_non_null(x);
    assert_int_equal(x->ndim, 3);
    assert_int_equal(x->dim[2], 3);
    assert_true(x->data[5] == 255);
    result_free(&r);

    gzFile packed = gzopen(at("t10k.idx3-ubyte.gz"), "wb");
    assert_int_equal(gzwrite(packed, images, sizeof images), sizeof images);
    gzclose(packed);
    read_with(&r, at("t10k.idx3-ubyte.gz"), &(data_read_options){.name = "X"});
    expect_ok(&r);
    assert_non_null(arrays_get(r.set, "X"));
    result_free(&r);
    try_all_damages(at("t10k.idx3-ubyte.gz"), "damaged.gz");
    refuses(put("a-ubyte", images, sizeof images - 1), DFOO_EINPUT,
            "a-ubyte: the shape (2, 1, 3) needs 6 bytes");
    refuses(put("a-ubyte", "\0\0\x0b\x09", 4), DFOO_EINPUT, "has 9 dimensions");
    refuses(put("a-ubyte", "\0\0\x0b\x02\0\0", 6), DFOO_EINPUT, "ends in the IDX header");
}

static void what_is_not_there_or_no_file_of_arrays(void **state) {
    (void)state;
    refuses(at("nothing.npz"), DFOO_EIO, "nothing.npz: cannot be opened: No such file");
    refuses(at("nothing.npz:W1"), DFOO_EIO, "nothing.npz:W1: cannot be opened: No such file");
    refuses(folder, DFOO_EIO, ": cannot be read: Is a directory");
    refuses(put_text("a.npz", ""), DFOO_EINPUT, "a.npz: is empty");
    refuses(put_text("a.npz", "<!DOCTYPE html>\n<html>"), DFOO_EINPUT,
            "is not an NPZ file: it begins with '<!DOCTYPE html>?'");
    refuses(put_text("a.npy", "1,2\n"), DFOO_EINPUT, "is not an NPY file");
    refuses(put("a.bin", "\x80\x04\x95\0\0", 5), DFOO_EINPUT, "is not a file of arrays that is known here");
    refuses(put("a.csv", "\xff\xfe" "1\0,\0", 6), DFOO_EINPUT, "is text in UTF-16");
    refuses(put("a.npz", "PK\3\4", 4), DFOO_EINPUT, "the file may be cut off");
    refuses(put("a.npz", "PK\5\6\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22), DFOO_EINPUT, "without arrays");
}

/* A pipe is read into memory first. */
static void pipes(void **state) {
    (void)state;
    int    ends[2];
    result r;
    char   path[40];
    size_t len;
    unsigned char *bytes = get(write_npz("a.npz", DATA_F64), &len);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, len), len);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    read_with(&r, path, NULL);
    expect_ok(&r);
    assert_int_equal(arrays_count(r.set), 5);
    result_free(&r);
    close(ends[0]);
    free(bytes);
}

/* ------------------------------------------------------------------ writing */

static dfoo_status write_to(const char *path, const char *message) {
    result r;
    result_start(&r);
    fill(r.set);
    result_check(&r, data_write_npz(path, r.set, DATA_F64, &r.d));
    if (r.status != DFOO_OK) expect_message(&r, r.status, message);
    dfoo_status status = r.status;
    result_free(&r);
    return status;
}

static void a_failed_write_leaves_what_was_there(void **state) {
    (void)state;
    result r;
    size_t before;
    files_count(true);
    assert_int_equal(write_to(at("no/a.npz"), "no/a.npz: cannot be written"), DFOO_EIO);
    assert_int_equal(write_to(folder, "Is a directory"), DFOO_EIO);
    assert_int_equal(write_to("/dev/full", "No space left"), DFOO_EIO);
    result_start(&r);
    result_check(&r, data_write_npz(at("a.npz"), r.set, DATA_F64, &r.d));
    expect_message(&r, DFOO_EINPUT, "a.npz: there are no arrays to write");
    result_free(&r);

    /* The name is refused only when the archive is under way. */
    put_text("a.npz", "old");
    before = files_count(false);
    result_start(&r);
    fill(r.set);
    assert_int_equal(arrays_add_matrix(r.set, "\xff\xfe", 1, 1, VALUES, NULL), DFOO_OK);
    result_check(&r, data_write_npz(at("a.npz"), r.set, DATA_F64, &r.d));
    expect_message(&r, DFOO_EINPUT, "a.npz: cannot be written");
    result_free(&r);
    assert_int_equal(files_count(false), before);
    size_t         len;
    unsigned char *bytes = get(at("a.npz"), &len);
    assert_int_equal(len, 3);
    free(bytes);
}

static void links_and_modes_survive_a_write(void **state) {
    (void)state;
    struct stat st;
    put_text("real.npz", "old");
    assert_int_equal(chmod(at("real.npz"), 0640), 0);
    assert_int_equal(symlink("real.npz", at("link.npz")), 0);
    assert_int_equal(write_to(at("link.npz"), ""), DFOO_OK);
    assert_int_equal(lstat(at("link.npz"), &st), 0);
    assert_true(S_ISLNK(st.st_mode));
    assert_int_equal(stat(at("real.npz"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
    assert_true(st.st_size > 1000);
    mode_t mask = umask(027);
    assert_int_equal(write_to(at("new.npz"), ""), DFOO_OK);
    umask(mask);
    assert_int_equal(stat(at("new.npz"), &st), 0);
    assert_int_equal(st.st_mode & 07777, 0640);
}

/* --------------------------------------------------------- without memory */

static dfoo_status read_without(const dfoo_allocator *mem, void *user) {
    arena        a;
    diags        d;
    dfoo_arrays *set;
    data_table   table;
    const char  *path = user;
    bool         as_table = strstr(path, "words") != NULL;
    DFOO_TRY(arrays_new(mem, &set));
    arena_init(&a, *mem);
    diags_init(&d, &a);
    dfoo_status status =
        as_table ? data_read_csv(path, NULL, &d, &a, &table) : data_read(path, NULL, &d, set);
    arena_free(&a);
    arrays_free(set);
    return status;
}

/* A failure to read becomes success, so that fail_every_call ends. */
static dfoo_status refuse_without(const dfoo_allocator *mem, void *user) {
    dfoo_status status = read_without(mem, user);
    return status == DFOO_EINPUT || status == DFOO_EIO ? DFOO_OK : status;
}

static dfoo_status write_without(const dfoo_allocator *mem, void *user) {
    arena        a;
    diags        d;
    dfoo_arrays *set;
    const char  *path = user;
    bool         csv = strstr(path, ".csv") != NULL;
    DFOO_TRY(arrays_new(mem, &set));
    arena_init(&a, *mem);
    diags_init(&d, &a);
    dfoo_status status = arrays_add_matrix(set, "x", 3, 4, VALUES, NULL);
    if (status == DFOO_OK && csv) status = data_write_csv(path, arrays_at(set, 0), NULL, &d);
    else if (status == DFOO_OK) status = data_write_npz(path, set, DATA_F64, &d);
    arena_free(&a);
    arrays_free(set);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char        path[300];
    const char *words = "a,b,c\n1,x,2\n2,y,3\n3,x,4\n";
    const char *reads[] = {"a.npz", "v.npy", "m.csv", "words.csv", "i.gz", "a.npz:W1"};
    const char *wrong[] = {"bad.npz", "bad.npy", "bad.csv", "bad_words.csv", "nothing", "a.npz:W9"};
    write_npz("a.npz", DATA_F64);
    npy_of("v.npy", "{'descr': '<f8', 'fortran_order': True, 'shape': (2, 1), }", 16);
    put_text("m.csv", "a,b\n1,2\n3,4\n");
    put_text("words.csv", words);
    gzFile packed = gzopen(at("i.gz"), "wb");
    gzwrite(packed, "\0\0\x08\x01\0\0\0\x02\1\2", 10);
    gzclose(packed);
    put_text("bad.npz", "PK\3\4");
    npy_of("bad.npy", "{'descr': '<U5', 'fortran_order': False, 'shape': (1,), }", 20);
    put_text("bad.csv", "a,b\n1,x\n3,y\n");
    put_text("bad_words.csv", "a,b\n1,x\n3,\n");
    for (size_t i = 0; i < sizeof reads / sizeof *reads; i++) {
        snprintf(path, sizeof path, "%s", at(reads[i]));
        fail_every_call(read_without, path);
        snprintf(path, sizeof path, "%s", at(wrong[i]));
        fail_every_call(refuse_without, path);
    }
    files_count(true);
    snprintf(path, sizeof path, "%s", at("w.npz"));
    fail_every_call(write_without, path);
    snprintf(path, sizeof path, "%s", at("w.csv"));
    fail_every_call(write_without, path);
    assert_int_equal(files_count(true), 2); /* no temporary file is left */
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(npz_comes_back),
        cmocka_unit_test(npz_float32_rounds),
        cmocka_unit_test(npz_has_the_same_bytes_always),
        cmocka_unit_test(one_array_is_chosen_after_a_colon),
        cmocka_unit_test(zip64_comes_back),
        cmocka_unit_test(damaged_npz_is_refused),
        cmocka_unit_test(npy_headers),
        cmocka_unit_test(npz_entries_are_not_believed),
        cmocka_unit_test(idx_files),
        cmocka_unit_test(what_is_not_there_or_no_file_of_arrays),
        cmocka_unit_test(pipes),
        cmocka_unit_test(a_failed_write_leaves_what_was_there),
        cmocka_unit_test(links_and_modes_survive_a_write),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, files_start, files_done);
}

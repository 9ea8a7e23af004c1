/* HDF5 files: datasets of numbers wherever they are, refusals of the rest. */
#define H5_USE_18_API
#include "data/files.h"

#include <fcntl.h>
#include <hdf5.h>

#include "host/data/hdf5_library.h"

/* A dataset of this type in the file, as it is (values in the native type `memory`). */
static void add(hid_t file, const char *path, hid_t type, int ndim, const hsize_t *dims, hid_t memory,
                const void *values) {
    hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    hid_t space = ndim < 0 ? H5Screate(H5S_NULL) : H5Screate_simple(ndim, dims, NULL);
    hid_t id = H5Dcreate2(file, path, type, space, links, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(id >= 0);
    if (values) assert_true(H5Dwrite(id, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0);
    H5Dclose(id);
    H5Sclose(space);
    H5Pclose(links);
}

static hid_t start(const char *name) {
    hid_t file = H5Fcreate(at(name), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    assert_true(file >= 0);
    return file;
}

static void add_text(hid_t file, const char *path) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, 4);
    add(file, path, type, 0, NULL, type, "abc");
    H5Tclose(type);
}

/* As h5py stores numpy's bool. */
static void add_bool(hid_t file, const char *path) {
    const hsize_t     two = 2;
    const signed char no = 0, yes = 1, values[] = {1, 0};
    hid_t             type = H5Tcreate(H5T_ENUM, 1);
    H5Tenum_insert(type, "FALSE", &no);
    H5Tenum_insert(type, "TRUE", &yes);
    add(file, path, type, 1, &two, type, values);
    H5Tclose(type);
}

static const char *several(void) {
    const hsize_t dims[] = {2, 3};
    const double  W[] = {1, 2, 3, 4, 5, 6.5};
    const int     n = -7;
    const float   f[] = {0.5F, 0.25F, 0, 1, 2, 3};
    hid_t         file = start("several.h5");
    add(file, "W1", H5T_IEEE_F64BE, 2, dims, H5T_NATIVE_DOUBLE, W);
    add(file, "layers/dense/b1:0", H5T_IEEE_F32LE, 2, dims, H5T_NATIVE_FLOAT, f);
    add(file, "layers/n", H5T_STD_I16LE, 0, NULL, H5T_NATIVE_INT, &n);
    add_bool(file, "mask");
    add_text(file, "note");
    H5Fclose(file);
    return at("several.h5");
}

static void all_datasets_are_read(void **state) {
    (void)state;
    result r;
    read_with(&r, several(), NULL);
    expect_ok(&r);
    assert_int_equal(arrays_count(r.set), 4);
    const dfoo_array *x = arrays_get(r.set, "W1");
    assert_int_equal(x->dim[1], 3);
    assert_true(x->data[5] == 6.5);
    assert_true(arrays_get(r.set, "b1:0")->data[1] == 0.25);
    assert_int_equal(arrays_get(r.set, "n")->ndim, 0);
    assert_true(arrays_get(r.set, "n")->data[0] == -7);
    assert_true(arrays_get(r.set, "mask")->data[0] == 1);
    assert_true(arrays_get(r.set, "mask")->data[1] == 0);
    result_free(&r);
}

static void one_dataset(const char *part, dfoo_status status, const char *message) {
    char   path[400];
    result r;
    snprintf(path, sizeof path, "%s:%s", at("several.h5"), part);
    read_with(&r, path, NULL);
    if (status == DFOO_OK) {
        expect_ok(&r);
        assert_int_equal(arrays_count(r.set), 1);
        assert_string_equal(arrays_at(r.set, 0)->name, message);
    } else {
        expect_message(&r, status, message);
    }
    result_free(&r);
}

static void one_dataset_is_chosen_after_a_colon(void **state) {
    (void)state;
    several();
    one_dataset("W1", DFOO_OK, "W1");
    one_dataset("/layers/dense/b1:0", DFOO_OK, "b1:0");
    one_dataset("note", DFOO_EINPUT, "several.h5: dataset 'note' holds text, not numbers");
    one_dataset("layers", DFOO_EINPUT,
                "holds no dataset 'layers'; it has 'W1', 'layers/dense/b1:0', 'layers/n', 'mask', 'note'");
}

static void what_cannot_be_read(void **state) {
    (void)state;
    const hsize_t huge[] = {1 << 20, 1 << 20, 1 << 10}, many[] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    const double  x[] = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    hid_t         file = start("a.h5");
    add(file, "x", H5T_NATIVE_DOUBLE, 3, huge, 0, NULL); /* late allocation: nothing is stored */
    H5Fclose(file);
    refuses(at("a.h5"), DFOO_EINPUT,
            "dataset 'x' has the shape (1048576, 1048576, 1024), but the file stores only 0");

    file = start("a.h5");
    add(file, "x", H5T_NATIVE_DOUBLE, 9, many, H5T_NATIVE_DOUBLE, x);
    H5Fclose(file);
    refuses(at("a.h5"), DFOO_EINPUT, "dataset 'x' has more than 8 dimensions");

    file = start("a.h5");
    add(file, "x", H5T_NATIVE_DOUBLE, -1, NULL, 0, NULL);
    H5Fclose(file);
    refuses(at("a.h5"), DFOO_EINPUT, "dataset 'x' is empty");

    file = start("a.h5");
    add(file, "a/x", H5T_NATIVE_DOUBLE, 1, many, H5T_NATIVE_DOUBLE, x);
    add(file, "b/x", H5T_NATIVE_DOUBLE, 1, many, H5T_NATIVE_DOUBLE, x);
    H5Fclose(file);
    refuses(at("a.h5"), DFOO_EINPUT, "a.h5: holds two datasets named 'x'; FILE:b/x reads one");

    file = start("a.h5");
    add_text(file, "note");
    H5Fclose(file);
    refuses(at("a.h5"), DFOO_EINPUT, "a.h5: holds no datasets of numbers");
    refuses(put_text("a.h5", "1,2\n"), DFOO_EINPUT, "a.h5: is not a whole HDF5 file");
}

/* Chunks may be packed; empty ones are not stored. */
static void packed_chunks(void **state) {
    (void)state;
    enum { N = 1 << 16 };
    const hsize_t n = N, chunk = 1 << 12;
    float        *x = calloc(N, sizeof *x);
    hid_t file = start("z.h5"), plan = H5Pcreate(H5P_DATASET_CREATE), space = H5Screate_simple(1, &n, NULL);
    x[N - 1] = 3;
    H5Pset_chunk(plan, 1, &chunk);
    H5Pset_deflate(plan, 9);
    hid_t id = H5Dcreate2(file, "x", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, plan, H5P_DEFAULT);
    assert_true(H5Dwrite(id, H5T_NATIVE_FLOAT, H5S_ALL, H5S_ALL, H5P_DEFAULT, x) >= 0);
    H5Dclose(id);
    H5Sclose(space);
    H5Pclose(plan);
    H5Fclose(file);
    free(x);
    result r;
    read_with(&r, at("z.h5"), NULL);
    expect_ok(&r);
    assert_int_equal(arrays_get(r.set, "x")->dim[0], N);
    assert_true(arrays_get(r.set, "x")->data[N - 1] == 3);
    result_free(&r);
}

static void cut_files_are_refused(void **state) {
    (void)state;
    size_t         len;
    unsigned char *bytes = get(several(), &len);
    for (size_t i = 0; i < len; i += i < 700 ? 1 : 7) {
        result r;
        read_with(&r, put("cut.h5", bytes, i), NULL);
        if (r.status != DFOO_OK) assert_non_null(strstr(r.text.text, "cut.h5"));
        result_free(&r);
    }
    free(bytes);
}

static void pipes(void **state) {
    (void)state;
    int            ends[2];
    result         r;
    char           path[40];
    size_t         len;
    unsigned char *bytes = get(several(), &len);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], bytes, len), len);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    read_with(&r, path, NULL);
    expect_ok(&r);
    assert_int_equal(arrays_count(r.set), 4);
    result_free(&r);
    close(ends[0]);
    free(bytes);
}

/* The library's printing of errors is off while we read, and then as it was. */
static void printing_is_restored(void **state) {
    (void)state;
    H5E_auto_t before, after;
    void      *to;
    assert_true(H5Eget_auto2(H5E_DEFAULT, &before, &to) >= 0);
    refuses(put_text("a.h5", "1,2\n"), DFOO_EINPUT, "is not a whole HDF5 file");
    assert_true(H5Eget_auto2(H5E_DEFAULT, &after, &to) >= 0);
    assert_true(before != NULL && before == after);
}

/* What the library is declared to be is what its header says. */
static void declarations_are_those_of_the_header(void **state) {
    (void)state;
    _Static_assert(sizeof(hid_t) == sizeof(hdf5_id) && sizeof(hsize_t) == sizeof(uint64_t), "ids and sizes");
    _Static_assert(sizeof(herr_t) == sizeof(int) && sizeof(htri_t) == sizeof(int), "results");
    _Static_assert(offsetof(H5O_info_t, type) == offsetof(hdf5_object, type), "objects");
    _Static_assert(offsetof(H5E_error2_t, desc) == offsetof(hdf5_error, text), "errors");
    const int pairs[][2] = {
        {HDF5_DEFAULT, H5P_DEFAULT}, {HDF5_ALL, H5S_ALL}, {HDF5_UPWARD, H5E_WALK_UPWARD},
        {HDF5_READ_ONLY, H5F_ACC_RDONLY}, {HDF5_BY_NAME, H5_INDEX_NAME}, {HDF5_UP, H5_ITER_INC},
        {HDF5_INTEGER, H5T_INTEGER}, {HDF5_FLOAT, H5T_FLOAT}, {HDF5_TIME, H5T_TIME},
        {HDF5_STRING, H5T_STRING}, {HDF5_COMPOUND, H5T_COMPOUND}, {HDF5_ENUM, H5T_ENUM},
        {HDF5_CHUNKED, H5D_CHUNKED},
        {HDF5_VIRTUAL, H5D_VIRTUAL}, {HDF5_NO_SHAPE, H5S_NULL}, {HDF5_MOST_DIMS, H5S_MAX_RANK},
        {HDF5_PADDED_BY_BLANKS, H5T_STR_SPACEPAD}, {HDF5_DATASET, H5O_TYPE_DATASET},
        {HDF5_DEFAULT, H5E_DEFAULT}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        if (pairs[i][0] != pairs[i][1]) fail_msg("number %zu is %d, not %d", i, pairs[i][0], pairs[i][1]);
}

static dfoo_status read_without(const dfoo_allocator *mem, void *user) {
    arena        a;
    diags        d;
    dfoo_arrays *set;
    DFOO_TRY(arrays_new(mem, &set));
    arena_init(&a, *mem);
    diags_init(&d, &a);
    dfoo_status status = data_read(user, NULL, &d, set);
    arena_free(&a);
    arrays_free(set);
    return status == DFOO_EINPUT ? DFOO_OK : status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    char path[400];
    snprintf(path, sizeof path, "%s", several());
    fail_every_call(read_without, path);
    snprintf(path, sizeof path, "%s:W2", several());
    fail_every_call(read_without, path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declarations_are_those_of_the_header),
        cmocka_unit_test(all_datasets_are_read), cmocka_unit_test(one_dataset_is_chosen_after_a_colon),
        cmocka_unit_test(what_cannot_be_read),   cmocka_unit_test(packed_chunks),
        cmocka_unit_test(cut_files_are_refused), cmocka_unit_test(pipes),
        cmocka_unit_test(printing_is_restored),  cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, files_start, files_done);
}

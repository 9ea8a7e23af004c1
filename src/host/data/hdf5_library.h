/* libhdf5, loaded when the first HDF5 file is opened, so that nobody needs it who has none.
 *
 * What is declared here are the functions and numbers of its public interface that are used (the HDF5
 * Reference Manual), in the form that versions from 1.10 on have; test_hdf5.c holds them against hdf5.h. */
#ifndef DATA_HDF5_LIBRARY_H
#define DATA_HDF5_LIBRARY_H

#include "host/data/internal.h"

typedef int64_t hdf5_id; /* negative: a failure */

enum { HDF5_DEFAULT = 0, HDF5_ALL = 0, HDF5_UPWARD = 0, HDF5_READ_ONLY = 0, HDF5_BY_NAME = 0, HDF5_UP = 0 };
enum { HDF5_INTEGER = 0, HDF5_FLOAT = 1, HDF5_TIME = 2, HDF5_STRING = 3, HDF5_COMPOUND = 6, HDF5_ENUM = 8 };
enum { HDF5_CHUNKED = 2, HDF5_VIRTUAL = 3 };
enum { HDF5_NO_SHAPE = 2, HDF5_MOST_DIMS = 32 };
enum { HDF5_PADDED_BY_BLANKS = 2 };
enum { HDF5_DATASET = 1 };

/* What a walk is given of an error, and of an object (of which only the beginning is declared). */
typedef struct hdf5_error {
    hdf5_id     class_id, major, minor;
    unsigned    line;
    const char *function, *file, *text;
} hdf5_error;
typedef struct hdf5_object {
    unsigned long file;
    uint64_t      address;
    int           type;
} hdf5_object;
typedef int (*hdf5_see_error)(unsigned n, const hdf5_error *error, void *user);
typedef int (*hdf5_see_object)(hdf5_id at, const char *path, const hdf5_object *object, void *user);
typedef int (*hdf5_print)(hdf5_id stack, void *user);

/* X(result, name without H5, name in the library, parameters) */
#define HDF5_FUNCTIONS(X)                                                                                  \
    X(int, open, "H5open", (void))                                                                         \
    X(int, get_libversion, "H5get_libversion", (unsigned *major, unsigned *minor, unsigned *patch))        \
    X(int, free_memory, "H5free_memory", (void *memory))                                                   \
    X(int, Ewalk, "H5Ewalk2", (hdf5_id stack, int direction, hdf5_see_error see, void *user))              \
    X(int, Eget_auto, "H5Eget_auto2", (hdf5_id stack, hdf5_print * print, void **user))                    \
    X(int, Eset_auto, "H5Eset_auto2", (hdf5_id stack, hdf5_print print, void *user))                       \
    X(hdf5_id, Fopen, "H5Fopen", (const char *path, unsigned flags, hdf5_id access))                       \
    X(int, Fclose, "H5Fclose", (hdf5_id file))                                                             \
    X(int, Ovisit, "H5Ovisit1", (hdf5_id at, int index, int order, hdf5_see_object see, void *user))       \
    X(hdf5_id, Dopen, "H5Dopen2", (hdf5_id at, const char *path, hdf5_id access))                          \
    X(hdf5_id, Dget_type, "H5Dget_type", (hdf5_id dataset))                                                \
    X(hdf5_id, Dget_space, "H5Dget_space", (hdf5_id dataset))                                              \
    X(hdf5_id, Dget_create_plist, "H5Dget_create_plist", (hdf5_id dataset))                                \
    X(uint64_t, Dget_storage_size, "H5Dget_storage_size", (hdf5_id dataset))                               \
    X(int, Dread, "H5Dread",                                                                               \
      (hdf5_id dataset, hdf5_id type, hdf5_id memory, hdf5_id part, hdf5_id transfer, void *out))          \
    X(int, Dclose, "H5Dclose", (hdf5_id dataset))                                                          \
    X(int, Tget_class, "H5Tget_class", (hdf5_id type))                                                     \
    X(size_t, Tget_size, "H5Tget_size", (hdf5_id type))                                                    \
    X(int, Tget_nmembers, "H5Tget_nmembers", (hdf5_id type))                                               \
    X(char *, Tget_member_name, "H5Tget_member_name", (hdf5_id type, unsigned i))                          \
    X(int, Tget_strpad, "H5Tget_strpad", (hdf5_id type))                                                   \
    X(int, Tis_variable_str, "H5Tis_variable_str", (hdf5_id type))                                         \
    X(int, Tclose, "H5Tclose", (hdf5_id type))                                                             \
    X(int, Sget_simple_extent_dims, "H5Sget_simple_extent_dims",                                           \
      (hdf5_id id, uint64_t * dim, uint64_t * most))                                                       \
    X(int, Sget_simple_extent_type, "H5Sget_simple_extent_type", (hdf5_id space))                          \
    X(int, Sclose, "H5Sclose", (hdf5_id space))                                                            \
    X(hdf5_id, Pcreate, "H5Pcreate", (hdf5_id class_id))                                                   \
    X(int, Pget_layout, "H5Pget_layout", (hdf5_id plan))                                                   \
    X(int, Pget_external_count, "H5Pget_external_count", (hdf5_id plan))                                   \
    X(int, Pset_fapl_core, "H5Pset_fapl_core", (hdf5_id access, size_t increment, unsigned backing_store)) \
    X(int, Pset_file_image, "H5Pset_file_image", (hdf5_id access, void *bytes, size_t len))                \
    X(int, Pclose, "H5Pclose", (hdf5_id plan))

typedef struct hdf5_library {
#define X(result, name, symbol, parameters) result (*name) parameters;
    HDF5_FUNCTIONS(X)
#undef X
    hdf5_id *native_double, *file_access; /* known once `open` was called */
} hdf5_library;

/* The library, loaded at the first call; NULL: it is not there, *why says what is missing. To be called
 * between os_lock and os_unlock. */
const hdf5_library *hdf5_library_get(const char **why);

#endif

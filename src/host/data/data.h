/* Files of numbers <-> arrays: NPZ, NPY, CSV, HDF5 and IDX (the MNIST files) come in, NPZ and
 * CSV go out.
 *
 * Whatever the file holds becomes float64, unless `narrow` says otherwise; integers beyond 2^53 lose their
 * last digits. A file that cannot be read gives exactly one error in `d`, beginning with its path, and a
 * status: DFOO_EIO when the file system refused, DFOO_EINPUT when the contents are wrong, DFOO_ENOMEM.
 * No size in a file is believed before it was held against the bytes that are there.
 * The exception is HDF5: of files made to harm, libhdf5 1.10 can crash, so read what you trust;
 * and it keeps state for the whole process, which readers here take turns at. It is loaded when the first
 * HDF5 file is opened, and only then.
 * A path of "-" is standard input or output. Scratch memory comes from the allocator of d->a;
 * zlib and libhdf5 use the C library's.
 */
#ifndef DATA_DATA_H
#define DATA_DATA_H

#include "core/core.h"

/* The class names of a column of text: names[0..n), sorted by bytes; the column holds their
 * numbers. A column of numbers has n 0. */
typedef struct data_classes {
    uint32_t     n;
    const char **names;
} data_classes;

/* A CSV file; everything in it belongs to the arena it was read into. */
typedef struct data_table {
    size_t        n_rows, n_cols;
    const char  **names;   /* of the columns; NULL without a header; may be "" */
    data_classes *classes; /* one per column */
    double       *values;  /* (n_rows, n_cols), row-major */
} data_table;

typedef enum { DATA_HEADER_AUTO, DATA_HEADER_YES, DATA_HEADER_NO } data_header;

/* An array of texts, such as the names of classes; UTF-8. */
typedef struct data_texts {
    const char  *name;
    size_t       n;
    const char **texts;
} data_texts;

typedef struct data_text_list {
    VEC(data_texts) list;
} data_text_list;

/* All zero is the default. */
typedef struct data_read_options {
    const char *name;   /* for the array of a file that does not name it (NPY, IDX, CSV);
                           NULL: the file's stem, "stdin" for "-" */
    data_header header; /* CSV: does the first line hold names? AUTO: yes, if a field of it is not
                           a number; no, if numbers and words stand where they stand below it */
    bool        gaps;   /* CSV: "nan" is a number, as data_write_csv writes it; else it is a word */
    bool        missing; /* CSV: a field that is empty, or NA, N/A, NaN, null, None or ?, is a value that is
                            missing: NAN, in a column of words, too */
    bool        narrow; /* NPZ, NPY, IDX: arrays that lose nothing by it are float32 */
    data_table *table;  /* NULL: a CSV becomes a matrix and must hold numbers only. Otherwise a */
    arena      *tables; /* CSV is put there, into this arena; n_cols stays 0 for other files. */
    data_text_list *texts; /* Arrays of text are put there, into the arena `tables`, too. NULL: NPZ and
                              NPY refuse them, HDF5 passes over them (and always over texts
                              of variable length). */
} data_read_options;

/* Reads every array of a file into `set`; an array of the same name is replaced. The type is
 * found from the content, then from the name; .gz is unpacked (NPZ and HDF5 excepted).
 * "FILE.npz:NAME" and "FILE.h5:PATH" read one array. HDF5: datasets of numbers in any group,
 * called by the last part of their path. opt may be NULL. After a failure the set holds what was
 * read before it, and the array that failed, incomplete, under its name. */
dfoo_status data_read(const char *path, const data_read_options *opt, diags *d, dfoo_arrays *set);

/* Reads a CSV file: comma, or semicolon or tab where the first line has these and no comma;
 * quotes; blank lines are skipped; a column holds numbers only or words only, no field is
 * empty unless `missing` says so. opt may be NULL; of it, `header`, `gaps` and `missing` are used. On failure
 * the table is all zero. */
dfoo_status data_read_csv(const char *path, const data_read_options *opt, diags *d, arena *a,
                          data_table *table);

/* F32 rounds to nearest, and what is too large becomes infinite; EXACT takes float32 for each
 * array that loses nothing by it, float64 for the others. */
typedef enum { DATA_F32, DATA_F64, DATA_EXACT } data_dtype;

/* Writes all arrays as numpy.savez does (stored, C order, little endian); the same arrays give
 * the same bytes. The file is complete or not there: after a failure, what was there before still
 * is. A target that is not a regular file (a pipe, a device) is written to directly. An empty set
 * is refused. */
dfoo_status data_write_npz(const char *path, const dfoo_arrays *set, data_dtype dtype, diags *d);

/* Writes a matrix, a row per line, in the fewest digits that read back as the same double; a
 * vector is one column. columns: a name for each, or NULL for no header. Complete or not there,
 * as above. */
dfoo_status data_write_csv(const char *path, const dfoo_array *x, const char *const *columns,
                           diags *d);

/* The same with a last column of texts, one for each row. last: may be NULL. */
dfoo_status data_write_table(const char *path, const dfoo_array *x, const char *const *columns,
                             const data_texts *last, diags *d);

/* Appends the text of a file to `out`: a model, equations, a program. At most so many bytes, and no zero
 * byte; "-" is standard input. */
enum { DATA_MOST_TEXT = 64000000 };
dfoo_status data_read_text(const char *path, diags *d, buf *out);
/* The same with a zero byte, for who shows where it stands; what lies far behind it is not read. */
dfoo_status data_read_bytes_of_text(const char *path, diags *d, buf *out);

/* Writes text as it is. Complete or not there, as above. */
dfoo_status data_write_text(const char *path, const char *text, size_t len, diags *d);

#endif

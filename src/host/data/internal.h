/* What the files of this room share: messages, byte streams, numbers in bytes, the opened
 * input, the target of a write, and one reader per format. */
#ifndef DATA_INTERNAL_H
#define DATA_INTERNAL_H

#include <stdio.h>

#include "host/data/data.h"
#include "host/os/os.h"

/* ---------------------------------------------------------------- messages */

/* Adds the error "where: ...". DFOO_EINPUT, or DFOO_ENOMEM when there was no room for it. */
dfoo_status data_bad(diags *d, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Adds "where: cannot be <done>: <text of the errno>". DFOO_EIO, or DFOO_ENOMEM. */
dfoo_status data_io(diags *d, const char *where, const char *done, int error);

/* Text from a file, fit for a message: clipped, without control characters. Never NULL. */
const char *data_shown(arena *a, const char *text, size_t len);

/* Up to `n` names as text: 'a', 'b', 'c' and 12 more. Never NULL. */
const char *data_shown_names(arena *a, const char *const *names, size_t n);

/* ----------------------------------------------------------------- streams */

enum { STREAM_HEAD = 512 };

/* The memory that may be taken for what is unpacked from one file. */
typedef struct budget {
    uint64_t most, taken;
} budget;

/* Bytes that are read once, front to back, from a file, memory, a zip entry or gzip data. */
typedef struct stream {
    diags      *d;
    const char *file;  /* what messages begin with */
    const char *array; /* the part of the file this is, or NULL */
    uint64_t    most;  /* at most so many bytes follow: never allocate more on a file's word */
    bool        exact; /* exactly so many should */
    bool        narrow;   /* as in data_read_options */
    budget     *unpacked; /* what arrays made of these bytes may take; NULL: the bytes are not packed */

    /* Puts 1 to len bytes; 0 at the end and in trouble. */
    size_t (*next)(struct stream *s, unsigned char *to, size_t len);
    void *from;

    bool          ended;
    char          trouble[128]; /* why it ended early; "" if it did not */
    bool          trouble_io;   /* the trouble is the file system's */
    unsigned char head[STREAM_HEAD]; /* bytes that were looked at before they were read */
    size_t        head_at, head_len;
} stream;

void stream_from_file(stream *s, diags *d, const char *name, FILE *file, uint64_t size);

typedef struct memory {
    const unsigned char *bytes;
    size_t               len;
} memory;
void stream_from_memory(stream *s, diags *d, const char *name, memory *m);

/* Unpacks `packed`, which must outlive it; close also after a failure. */
typedef enum { UNPACK_GZIP, UNPACK_DEFLATE } unpack_kind;
typedef struct unpacker unpacker;
dfoo_status stream_unpack(stream *s, stream *packed, unpack_kind kind, unpacker **out);
void        unpacker_close(unpacker *u);

/* The CRC-32 of bytes that follow those with the sum `sum`; 0 at first. */
uint32_t unpack_sum(uint32_t sum, const unsigned char *bytes, size_t len);

/* The longest deflate can make of `packed` bytes (258 bytes for 2 bits). */
uint64_t stream_unpacked_most(uint64_t packed);

/* How many bytes were read: fewer than len at the end and in trouble. */
size_t stream_read(stream *s, void *to, size_t len);

/* The first bytes, up to STREAM_HEAD; they will be read all the same. */
size_t stream_peek(stream *s);

/* Reads exactly len bytes of `what` ("the header"), or reports that the file ends there. */
dfoo_status stream_need(stream *s, void *to, size_t len, const char *what);

/* Nothing may follow; reading on at the end also compares checksums. */
dfoo_status stream_end(stream *s);

/* Reports what stopped the stream, if anything did. */
dfoo_status stream_status(stream *s);

/* data_bad with the file and the array in front. */
dfoo_status stream_bad(const stream *s, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* ------------------------------------------------- numbers as bytes, shapes */

/* kind: f, i, u or b (bool), as numpy has it; size in bytes. */
typedef struct number_type {
    char   kind;
    size_t size;
    bool   big_endian;
} number_type;

typedef struct extent {
    int    ndim;
    size_t dim[DFOO_MAX_DIMS];
} extent;

enum { EXTENT_TEXT = DFOO_MAX_DIMS * 22 + 3 };
void extent_text(const extent *sh, char out[EXTENT_TEXT]); /* (3, 4) */

/* Adds an array that is to be filled from `file`, if there is memory for it and the budget allows it (NULL:
 * the file is not packed); if not, a message says what it would take. */
dfoo_status extent_add(diags *d, const char *file, budget *b, const extent *sh, const char *name,
                       dfoo_dtype dtype, dfoo_arrays *set, dfoo_array **out);

/* The number of entries; false when their bytes, or doubles, cannot be counted in a size_t. */
bool extent_entries(const extent *sh, size_t entry_size, size_t *n);

/* Reads the rest of the stream, which must be the entries of one array, into the set. */
dfoo_status numbers_read(stream *s, number_type type, const extent *sh, bool fortran_order,
                         const char *name, dfoo_arrays *set);

/* ------------------------------------------------------------------- input */

/* An opened file; all text in it lives in the scratch arena it was opened with. */
typedef struct input {
    diags         *d;
    const char    *path;  /* NULL: the bytes are in memory (standard input, a pipe) */
    const char    *shown; /* for messages */
    const char    *part;  /* what follows the colon of FILE:PART, or NULL */
    const char    *name;  /* for an array the file does not name */
    FILE          *file;  /* NULL: in memory */
    unsigned char *bytes;
    size_t         cap;
    uint64_t       size;     /* of what is in memory, in so far as it has been read */
    bool           is_whole; /* in memory: nothing follows */
    budget        *unpacked;
    bool           narrow;
} input;

/* "-", FILE, or FILE:PART; close also after a failure. */
dfoo_status input_open(input *in, const char *path, const char *name, arena *scratch);
void        input_close(input *in);

/* Reads what is still to come from a pipe. */
dfoo_status input_rest(input *in);

/* Reads the bytes [at, at + len) of a file, which has them. */
dfoo_status input_at(const input *in, uint64_t at, void *to, size_t len);

/* These bytes as a stream. Nothing else may be read from the file meanwhile. */
typedef struct section {
    const input *in;
    uint64_t     at, left;
} section;
dfoo_status stream_from_section(stream *s, section *part, const input *in, uint64_t at, uint64_t len);

/* Where arrays of text go: a list and the arena of what is in it. NULL: nowhere. */
typedef struct text_sink {
    data_text_list *to;
    arena          *a;
} text_sink;

/* Adds an array of n texts with room for them, NULL without memory; a text of `len` bytes from a file
 * as a text of the arena, up to a zero byte. */
const char **texts_add(const text_sink *to, const char *name, size_t n);
const char  *texts_copy(const text_sink *to, const char *text, size_t len);
/* Reads the entries of one array of text as NPY has them: kind S (bytes) or U (UCS-4), `width`
 * characters each. */
dfoo_status texts_read(stream *s, char kind, size_t width, bool big_endian, const extent *sh,
                       const char *name, const text_sink *to);

dfoo_status npy_read(stream *s, const char *name, dfoo_arrays *set, const text_sink *texts);
dfoo_status npz_read(const input *in, dfoo_arrays *set, const text_sink *texts);
dfoo_status hdf5_read(const input *in, dfoo_arrays *set, const text_sink *texts);
bool        idx_begins(const unsigned char *head, size_t len);
dfoo_status idx_read(stream *s, const char *name, dfoo_arrays *set);
dfoo_status csv_read(stream *s, const data_read_options *opt, arena *a, data_table *table);

/* A field of a CSV as a number: 1, -.5, 2e-3, inf; blanks around it are allowed, hexadecimal
 * and nan are not. text[len] is 0. Uses strtod: the numeric locale must be "C". */
bool csv_number(const char *text, size_t len, double *out);

/* ------------------------------------------------------------------ target */

/* Where a write goes: a temporary file beside the path that takes its place at the end, or,
 * when the path is not a regular file, that file itself. */
typedef struct target {
    diags      *d;
    arena       scratch;
    const char *shown;
    os_target   file; /* all zero: standard output */
} target;

dfoo_status target_begin(target *t, const char *path, diags *d);
/* A stream to write to; what it is closed with is target_close. */
dfoo_status target_open(target *t, FILE **out);
dfoo_status target_close(target *t, FILE *file, dfoo_status so_far);
/* Puts the temporary file in its place if so_far is DFOO_OK, else removes it. Frees the target. */
dfoo_status target_end(target *t, dfoo_status so_far);

#endif

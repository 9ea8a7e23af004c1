/* Arrays of numbers in bytes, as NPY and IDX store them, into arrays of float64, or float32.
 *
 * Needs a stream that stands at the first entry; reads it to its end, in pieces, so that the
 * only large memory is the array itself. */
#include "host/data/internal.h"

#include <math.h>
#include <string.h>

void extent_text(const extent *sh, char out[EXTENT_TEXT]) {
    size_t at = 0;
    out[at++] = '(';
    for (int i = 0; i < sh->ndim; i++)
        at += (size_t)snprintf(out + at, EXTENT_TEXT - at, "%s%zu", i ? ", " : "", sh->dim[i]);
    snprintf(out + at, EXTENT_TEXT - at, sh->ndim == 1 ? ",)" : ")");
}

bool extent_entries(const extent *sh, size_t entry_size, size_t *n) {
    size_t bytes = entry_size > sizeof(double) ? entry_size : sizeof(double);
    *n = 1;
    for (int i = 0; i < sh->ndim; i++) {
        if (sh->dim[i] && *n > SIZE_MAX / 2 / bytes / sh->dim[i]) return false;
        *n *= sh->dim[i];
    }
    return true;
}

static void tell_size(diags *d, const char *file, const extent *sh, const char *name, double bytes,
                      const char *as, const char *why) {
    char text[EXTENT_TEXT];
    extent_text(sh, text);
    data_bad(d, file, "'%s' has the shape %s, and %s its %.3g GB as %s",
             data_shown(d->a, name, strlen(name)), text, why, bytes * 1e-9, as);
}

dfoo_status extent_add(diags *d, const char *file, budget *b, const extent *sh, const char *name,
                       dfoo_dtype dtype, dfoo_arrays *set, dfoo_array **out) {
    enum { LARGE = 1 << 24 };
    bool   narrow = dtype == DFOO_F32;
    const char *as = narrow ? "float32" : "float64";
    size_t n = 0;
    if (!extent_entries(sh, sizeof(double), &n)) return DFOO_ENOMEM;
    uint64_t bytes = (uint64_t)n * (narrow ? sizeof(float) : sizeof(double));
    if (b && bytes > b->most - b->taken) {
        tell_size(d, file, sh, name, (double)bytes, as,
                  "a packed file of this size has to be unpacked first for");
        return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
    }
    if (b) b->taken += bytes;
    uint64_t    free = bytes < LARGE ? UINT64_MAX : os_memory();
    bool        fits = bytes < free - free / 16;
    dfoo_status status = !fits    ? DFOO_ENOMEM
                         : narrow ? arrays_add_f32(set, name, sh->ndim, sh->dim, NULL, out)
                                  : arrays_add(set, name, sh->ndim, sh->dim, NULL, out);
    if (status == DFOO_ENOMEM && bytes >= LARGE)
        tell_size(d, file, sh, name, (double)bytes, as, "there is no memory for");
    return status;
}

/* ------------------------------------------------------------- one number */

static bool host_is_big_endian(void) {
    const uint16_t one = 1;
    unsigned char  first;
    memcpy(&first, &one, 1);
    return first == 0;
}

static void swap_bytes(unsigned char *raw, size_t n, size_t size) {
    for (size_t i = 0; i < n; i++, raw += size) {
        for (size_t k = 0; k < size / 2; k++) {
            unsigned char t = raw[k];
            raw[k] = raw[size - 1 - k];
            raw[size - 1 - k] = t;
        }
    }
}

/* IEEE 754 binary16: 1 sign, 5 exponent (bias 15), 10 fraction bits. */
static double half_value(uint16_t bits) {
    int    exponent = bits >> 10 & 31;
    double fraction = bits & 1023, x;
    if (exponent == 31) x = fraction > 0 ? NAN : INFINITY;
    else if (exponent == 0) x = ldexp(fraction, -24);
    else x = ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -x : x;
}

#define EACH(T, VALUE)                                \
    for (size_t i = 0; i < n; i++) {                  \
        T v;                                          \
        memcpy(&v, raw + i * sizeof v, sizeof v);     \
        out[i] = (VALUE);                             \
    }                                                 \
    break

/* n numbers in the host's byte order; `type` is one that the readers let through. */
static void convert(number_type type, const unsigned char *raw, size_t n, double *out) {
    switch (type.kind * 16 + (int)type.size) {
    case 'f' * 16 + 2: EACH(uint16_t, half_value(v));
    case 'f' * 16 + 4: EACH(float, v);
    case 'f' * 16 + 8: EACH(double, v);
    case 'i' * 16 + 1: EACH(int8_t, v);
    case 'i' * 16 + 2: EACH(int16_t, v);
    case 'i' * 16 + 4: EACH(int32_t, v);
    case 'i' * 16 + 8: EACH(int64_t, (double)v);
    case 'u' * 16 + 1: EACH(uint8_t, v);
    case 'u' * 16 + 2: EACH(uint16_t, v);
    case 'u' * 16 + 4: EACH(uint32_t, v);
    case 'u' * 16 + 8: EACH(uint64_t, (double)v);
    default: EACH(uint8_t, v != 0);
    }
}

/* -------------------------------------------------------------- the array */

/* A place in an array that is visited with the first index running fastest. */
typedef struct walk {
    const extent *sh;
    size_t       step[DFOO_MAX_DIMS], at[DFOO_MAX_DIMS];
    size_t       offset; /* row-major */
} walk;

static walk walk_start(const extent *sh) {
    walk   w = {.sh = sh};
    size_t step = 1;
    for (int i = sh->ndim - 1; i >= 0; i--) {
        w.step[i] = step;
        step *= sh->dim[i];
    }
    return w;
}

static void walk_next(walk *w) {
    for (int i = 0; i < w->sh->ndim; i++) {
        w->offset += w->step[i];
        if (++w->at[i] < w->sh->dim[i]) return;
        w->offset -= w->step[i] * w->sh->dim[i];
        w->at[i] = 0;
    }
}

static dfoo_status check_size(stream *s, number_type type, const extent *sh, size_t *n) {
    char text[EXTENT_TEXT];
    extent_text(sh, text);
    if (!extent_entries(sh, type.size, n))
        return stream_bad(s, "the shape %s has more entries than any memory", text);
    uint64_t need = (uint64_t)*n * type.size;
    if (need > s->most)
        return stream_bad(s, "the shape %s needs %llu bytes, but %s%llu follow: the file is cut off or "
                             "damaged",
                          text, (unsigned long long)need, s->exact ? "only " : "at most ",
                          (unsigned long long)s->most);
    if (s->exact && need < s->most)
        return stream_bad(s, "the shape %s needs %llu bytes, but %llu follow", text,
                          (unsigned long long)need, (unsigned long long)s->most);
    return DFOO_OK;
}

/* Whether every number of the type is a float, too. */
static bool is_narrow(number_type type) {
    return type.size <= (type.kind == 'f' ? sizeof(float) : sizeof(int16_t));
}

/* Where the array's entry lies, or n of them from there on. */
static void put(dfoo_array *x, size_t at, const double *values, size_t n) {
    float *to = x->data ? NULL : (float *)x->values; /* of the set's own */
    if (x->data) memcpy(x->data + at, values, n * sizeof *values);
    for (size_t i = 0; to && i < n; i++) to[at + i] = (float)values[i];
}

dfoo_status numbers_read(stream *s, number_type type, const extent *sh, bool fortran_order,
                         const char *name, dfoo_arrays *set) {
    enum { PIECE = 2048 };
    unsigned char raw[PIECE * 8];
    double        values[PIECE];
    size_t        n;
    dfoo_array   *x;
    walk          w = walk_start(sh);
    bool          swap = type.big_endian != host_is_big_endian();
    DFOO_TRY(check_size(s, type, sh, &n));
    dfoo_dtype dtype = s->narrow && is_narrow(type) ? DFOO_F32 : DFOO_F64;
    DFOO_TRY(extent_add(s->d, s->file, s->unpacked, sh, name, dtype, set, &x));
    for (size_t done = 0, piece; done < n; done += piece) {
        piece = n - done < PIECE ? n - done : PIECE;
        DFOO_TRY(stream_need(s, raw, piece * type.size, "the numbers"));
        if (swap) swap_bytes(raw, piece, type.size);
        convert(type, raw, piece, values);
        if (!fortran_order) put(x, done, values, piece);
        for (size_t i = 0; fortran_order && i < piece; i++, walk_next(&w)) put(x, w.offset, values + i, 1);
    }
    return stream_end(s);
}

/* NPY, numpy's file of one array: "\x93NUMPY", version, the length of the header, the header (a
 * Python dictionary: {'descr': '<f8', 'fortran_order': False, 'shape': (3, 4), }), the entries.
 * Format: numpy/lib/format.py, versions 1 to 3. */
#include "host/data/internal.h"

#include <stdlib.h>
#include <string.h>

enum { LONGEST_HEADER = 65536, LONGEST_DESCR = 40 };

typedef struct header {
    const char *at, *end; /* what is left to parse */
    const char *wrong;    /* what was found instead of what was expected */
    char        descr[LONGEST_DESCR + 1];
    bool        structured, fortran_order, too_many_dims;
    extent       sh;
    unsigned    seen; /* one bit per key */
} header;

static char header_peek(header *h) {
    while (h->at < h->end && *h->at && strchr(" \t\r\n", *h->at)) h->at++;
    return h->at < h->end ? *h->at : 0;
}

static bool header_take(header *h, char c) {
    if (header_peek(h) != c) return false;
    h->at++;
    return true;
}

static bool header_take_word(header *h, const char *word) {
    size_t len = strlen(word);
    header_peek(h);
    if ((size_t)(h->end - h->at) < len || memcmp(h->at, word, len) != 0) return false;
    h->at += len;
    return true;
}

static bool header_string(header *h, const char **text, size_t *len) {
    char quote = header_peek(h);
    if (quote != '\'' && quote != '"') return false;
    *text = ++h->at;
    while (h->at < h->end && *h->at != quote) h->at++;
    *len = (size_t)(h->at - *text);
    return header_take(h, quote);
}

/* A structured type is a list: it need not be understood to be refused. */
static bool header_descr(header *h) {
    const char *text;
    size_t      len;
    if (header_peek(h) == '[' || header_peek(h) == '(') {
        h->structured = true;
        return true;
    }
    if (!header_string(h, &text, &len) || len > LONGEST_DESCR) return false;
    memcpy(h->descr, text, len);
    h->descr[len] = 0;
    return true;
}

static bool header_dim(header *h, size_t *out) {
    size_t n = 0;
    char   c = header_peek(h);
    if (c < '0' || c > '9') return false;
    for (; h->at < h->end && *h->at >= '0' && *h->at <= '9'; h->at++) {
        size_t digit = (size_t)(*h->at - '0');
        if (n > (SIZE_MAX - digit) / 10) return false;
        n = n * 10 + digit;
    }
    header_take(h, 'L'); /* a long of Python 2 */
    *out = n;
    return true;
}

static bool header_shape(header *h) {
    if (!header_take(h, '(')) return false;
    while (!header_take(h, ')')) {
        size_t dim;
        if (!header_dim(h, &dim)) return false;
        if (h->sh.ndim == DFOO_MAX_DIMS) h->too_many_dims = true;
        else h->sh.dim[h->sh.ndim++] = dim;
        if (!header_take(h, ',') && header_peek(h) != ')') return false;
    }
    return true;
}

static bool header_entry(header *h) {
    const char *key;
    size_t      len;
    h->wrong = "its keys";
    if (!header_string(h, &key, &len) || !header_take(h, ':')) return false;
    if (len == 5 && memcmp(key, "descr", 5) == 0) {
        h->seen |= 1;
        h->wrong = "'descr'";
        return header_descr(h);
    }
    if (len == 13 && memcmp(key, "fortran_order", 13) == 0) {
        h->seen |= 2;
        h->wrong = "'fortran_order'";
        h->fortran_order = header_take_word(h, "True");
        return h->fortran_order || header_take_word(h, "False");
    }
    if (len == 5 && memcmp(key, "shape", 5) == 0 && !(h->seen & 4)) {
        h->seen |= 4;
        h->wrong = "'shape'";
        return header_shape(h);
    }
    return false;
}

static bool header_parse(header *h) {
    h->wrong = "no '{' at its start";
    if (!header_take(h, '{')) return false;
    while (!header_take(h, '}')) {
        if (!header_entry(h)) return false;
        if (h->structured) return true;
        h->wrong = "its end";
        if (!header_take(h, ',') && header_peek(h) != '}') return false;
    }
    h->wrong = "a missing key ('descr', 'fortran_order' and 'shape' are needed)";
    return h->seen == 7;
}

/* ------------------------------------------------------------- entry types */

static const char *descr_kind(char kind) {
    switch (kind) {
    case 'U': return "text";
    case 'S':
    case 'a': return "byte strings";
    case 'O': return "Python objects";
    case 'c': return "complex numbers";
    case 'M': return "dates";
    case 'm': return "time spans";
    case 'V': return "records";
    case 'f': return "floats of an unusual size";
    default: return "entries of another type";
    }
}

static bool descr_type(const char *descr, number_type *out) {
    char *end;
    bool  has_order = descr[0] && strchr("<>|=", descr[0]);
    out->big_endian = descr[0] == '>';
    if (has_order) descr++;
    if (!descr[0] || !strchr("fiub", descr[0]) || descr[1] < '1' || descr[1] > '9') return false;
    out->kind = descr[0];
    out->size = strtoul(descr + 1, &end, 10);
    if (*end) return false;
    if (out->kind == 'b') return out->size == 1;
    if (out->kind == 'f' && out->size == 1) return false;
    return out->size == 1 || out->size == 2 || out->size == 4 || out->size == 8;
}

static dfoo_status bad_type(const stream *s, const header *h) {
    const char *fits = "float16, float32, float64, int8 to int64, uint8 to uint64, bool";
    const char *descr = data_shown(s->d->a, h->descr, strlen(h->descr));
    char        kind = h->descr[0];
    if (h->structured) return stream_bad(s, "holds records (a structured type); what fits: %s", fits);
    if (kind && strchr("<>|=", kind)) kind = h->descr[1];
    return stream_bad(s, "holds %s ('%s'); what fits: %s", descr_kind(kind), descr, fits);
}

/* ------------------------------------------------------------------- file */

/* Reads what precedes the header: the length of it. */
static dfoo_status read_start(stream *s, size_t *len) {
    unsigned char start[12];
    DFOO_TRY(stream_need(s, start, 8, "the NPY header"));
    if (memcmp(start, "\x93NUMPY", 6) != 0) return stream_bad(s, "is not in NPY format");
    if (start[6] < 1 || start[6] > 3)
        return stream_bad(s, "is in NPY format version %d.%d; versions 1 to 3 are known", start[6], start[7]);
    size_t n = start[6] == 1 ? 2 : 4;
    DFOO_TRY(stream_need(s, start + 8, n, "the NPY header"));
    *len = start[8] | (size_t)start[9] << 8;
    if (n == 4) *len |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
    if (*len > LONGEST_HEADER)
        return stream_bad(s, "has an NPY header of %zu bytes: it is damaged, or of a structured type", *len);
    if (*len > s->most) return stream_bad(s, "ends in the NPY header: the file is cut off or damaged");
    return DFOO_OK;
}

static dfoo_status read_header(stream *s, char *text, size_t len, header *h) {
    DFOO_TRY(stream_need(s, text, len, "the NPY header"));
    *h = (header){.at = text, .end = text + len};
    if (!header_parse(h)) return stream_bad(s, "the NPY header is damaged: %s", h->wrong);
    if (h->too_many_dims) return stream_bad(s, "has more than %d dimensions", DFOO_MAX_DIMS);
    return DFOO_OK;
}

/* '<U7', '|S7': how many characters; 0: no such type. */
static size_t descr_text(const char *descr, char *kind, bool *big_endian) {
    char *end;
    *big_endian = descr[0] == '>';
    if (descr[0] && strchr("<>|=", descr[0])) descr++;
    *kind = descr[0] == 'a' ? 'S' : descr[0];
    if ((*kind != 'S' && *kind != 'U') || descr[1] < '1' || descr[1] > '9') return 0;
    unsigned long width = strtoul(descr + 1, &end, 10);
    return *end || width > UINT32_MAX ? 0 : width;
}

dfoo_status npy_read(stream *s, const char *name, dfoo_arrays *set, const text_sink *texts) {
    dfoo_allocator mem = s->d->a->mem;
    header         h;
    number_type    type;
    size_t         len = 0;
    DFOO_TRY(read_start(s, &len));
    char *text = mem_new(&mem, len);
    if (!text) return DFOO_ENOMEM;
    dfoo_status status = read_header(s, text, len, &h);
    mem_free(&mem, text, len);
    DFOO_TRY(status);
    char   kind;
    bool   big_endian;
    size_t width = texts && !h.structured ? descr_text(h.descr, &kind, &big_endian) : 0;
    if (width) return texts_read(s, kind, width, big_endian, &h.sh, name, texts);
    if (h.structured || !descr_type(h.descr, &type)) return bad_type(s, &h);
    return numbers_read(s, type, &h.sh, h.fortran_order, name, set);
}

/* IDX, the format of the MNIST files: two zero bytes, the type of the entries, the number of
 * dimensions; the dimensions as big-endian 32-bit numbers; the entries, big-endian, row-major.
 * Source: http://yann.lecun.com/exdb/mnist/ ("the IDX file format"). */
#include "host/data/internal.h"

static bool type_of(unsigned char code, number_type *out) {
    static const struct {
        unsigned char code;
        number_type   type;
    } types[] = {{0x08, {'u', 1, true}}, {0x09, {'i', 1, true}}, {0x0B, {'i', 2, true}},
                 {0x0C, {'i', 4, true}}, {0x0D, {'f', 4, true}}, {0x0E, {'f', 8, true}}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        *out = types[i].type;
        if (types[i].code == code) return true;
    }
    return false;
}

bool idx_begins(const unsigned char *head, size_t len) {
    number_type type;
    return len >= 4 && head[0] == 0 && head[1] == 0 && head[3] > 0 && type_of(head[2], &type);
}

dfoo_status idx_read(stream *s, const char *name, dfoo_arrays *set) {
    unsigned char start[4], dims[4 * DFOO_MAX_DIMS];
    number_type   type;
    DFOO_TRY(stream_need(s, start, 4, "the IDX header"));
    if (!idx_begins(start, 4) || !type_of(start[2], &type)) return stream_bad(s, "is not in IDX format");
    if (start[3] > DFOO_MAX_DIMS)
        return stream_bad(s, "has %d dimensions; at most %d are possible", start[3], DFOO_MAX_DIMS);
    extent sh = {.ndim = start[3]};
    DFOO_TRY(stream_need(s, dims, 4 * (size_t)sh.ndim, "the IDX header"));
    for (int i = 0; i < sh.ndim; i++) {
        const unsigned char *p = dims + (size_t)i * 4;
        sh.dim[i] = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    }
    return numbers_read(s, type, &sh, false, name, set);
}

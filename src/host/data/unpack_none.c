/* A build without zlib: what is packed is refused, and sums are made here. */
#include "host/data/internal.h"

dfoo_status stream_unpack(stream *s, stream *packed, unpack_kind kind, unpacker **out) {
    (void)kind;
    *out = NULL;
    *s = (stream){.d = packed->d, .file = packed->file, .array = packed->array};
    return stream_bad(s, "is packed, and this dfoo was built without zlib: unpack it first");
}

void unpacker_close(unpacker *u) {
    (void)u;
}

/* CRC-32 as in ISO 3309, the lowest bit first: eight steps of the division by its polynomial for a byte. */
uint32_t unpack_sum(uint32_t sum, const unsigned char *bytes, size_t len) {
    sum = ~sum;
    for (size_t i = 0; i < len; i++) {
        sum ^= bytes[i];
        for (int k = 0; k < 8; k++) sum = sum >> 1 ^ (UINT32_C(0xEDB88320) & (0 - (sum & 1)));
    }
    return ~sum;
}

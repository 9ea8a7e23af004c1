/* What zlib unpacks, gzip data and the deflated entries of a zip archive, as streams. unpack_none.c is its
 * sibling for a build without zlib. */
#include "host/data/internal.h"

#include <string.h>
#include <zlib.h>

struct unpacker {
    dfoo_allocator mem;
    stream        *packed;
    unpack_kind    kind;
    z_stream       z;
    bool           open, done;
    unsigned char  in[16384];
};

static bool refill(unpacker *u) {
    if (u->z.avail_in > 0) return true;
    u->z.next_in = u->in;
    u->z.avail_in = (uInt)stream_read(u->packed, u->in, sizeof u->in);
    return u->z.avail_in > 0;
}

static void unpack_fails(unpacker *u, stream *s, const char *why) {
    const char *deeper = u->packed->trouble;
    snprintf(s->trouble, sizeof s->trouble, "%s", deeper[0] ? deeper : why);
    s->trouble_io = u->packed->trouble_io;
    u->done = true;
}

/* Another member of gzip data may follow, as after `cat a.gz b.gz`. */
static void end_member(unpacker *u) {
    if (u->kind == UNPACK_GZIP && refill(u)) inflateReset(&u->z);
    else u->done = true;
}

static size_t unpack_next(stream *s, unsigned char *to, size_t len) {
    unpacker *u = s->from;
    uInt      want = len < 1u << 30 ? (uInt)len : 1u << 30;
    u->z.next_out = to;
    u->z.avail_out = want;
    while (u->z.avail_out == want && !u->done) {
        if (!refill(u)) {
            unpack_fails(u, s, "the packed data are cut off");
            break;
        }
        int result = inflate(&u->z, Z_NO_FLUSH);
        if (result == Z_STREAM_END) end_member(u);
        else if (result != Z_OK && result != Z_BUF_ERROR)
            unpack_fails(u, s, u->z.msg ? u->z.msg : "damaged data");
    }
    return want - u->z.avail_out;
}

dfoo_status stream_unpack(stream *s, stream *packed, unpack_kind kind, unpacker **out) {
    static const int window[] = {[UNPACK_GZIP] = 15 + 16, [UNPACK_DEFLATE] = -15}; /* for inflateInit2 */
    dfoo_allocator   mem = packed->d->a->mem;
    unpacker        *u = *out = mem_new(&mem, sizeof *u);
    if (!u) return DFOO_ENOMEM;
    u->mem = mem;
    u->packed = packed;
    u->kind = kind;
    if (inflateInit2(&u->z, window[kind]) != Z_OK) return DFOO_ENOMEM;
    u->open = true;
    *s = (stream){.d = packed->d, .file = packed->file, .next = unpack_next, .from = u,
                  .most = stream_unpacked_most(packed->most)};
    return DFOO_OK;
}

void unpacker_close(unpacker *u) {
    if (!u) return;
    if (u->open) inflateEnd(&u->z);
    dfoo_allocator mem = u->mem;
    mem_free(&mem, u, sizeof *u);
}

uint32_t unpack_sum(uint32_t sum, const unsigned char *bytes, size_t len) {
    enum { MOST = 1 << 30 };
    uLong all = sum;
    for (size_t n; len > 0; bytes += n, len -= n) {
        n = len < MOST ? len : MOST;
        all = crc32(all, bytes, (uInt)n);
    }
    return (uint32_t)all;
}

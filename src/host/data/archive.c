/* Reading a zip archive: the directory at its end first, which says where the entries lie. No size in it is
 * believed before it was held against the bytes that are there. */
#include "host/data/archive.h"

#include <string.h>

enum {
    END_SIZE = 22,      /* of what stands behind the directory, */
    LOCATOR_SIZE = 20,  /* and before that, where sizes have 64 bits, */
    END64_SIZE = 56,
    CENTRAL_SIZE = 46,  /* an entry of the directory, without name and extra fields */
    LOCAL_SIZE = 30,    /* what stands before the bytes of an entry, likewise */
    LONGEST_COMMENT = 65535,
    ENCRYPTED = 1,
    STORED = 0,
    DEFLATED = 8
};

/* A number of n bytes, the lowest first. */
static uint64_t number(const unsigned char *p, size_t n) {
    uint64_t x = 0;
    while (n-- > 0) x = x << 8 | p[n];
    return x;
}

static bool is_signed(const unsigned char *p, unsigned char a, unsigned char b) {
    return p[0] == 'P' && p[1] == 'K' && p[2] == a && p[3] == b;
}

static dfoo_status damaged(const input *in) {
    return data_bad(in->d, in->shown,
                    "begins like an NPZ file, but the zip directory at its end is missing or damaged: the "
                    "file may be cut off");
}

/* --------------------------------------------------------------- directory */

/* Where the directory lies, as the end of the file says. */
typedef struct place {
    uint64_t at, size, n, end; /* the directory ends at `end` at the latest */
} place;

/* The last end record whose comment fits behind it. */
static const unsigned char *find_end(const unsigned char *tail, size_t len) {
    for (size_t i = len < END_SIZE ? 0 : len - END_SIZE + 1; i-- > 0;)
        if (is_signed(tail + i, 5, 6) && number(tail + i + 20, 2) <= len - i - END_SIZE) return tail + i;
    return NULL;
}

/* Sizes that do not fit stand in a record of their own, which a locator before the end points to. */
static dfoo_status find_end64(const input *in, place *p) {
    unsigned char locator[LOCATOR_SIZE], end[END64_SIZE];
    if (p->end < LOCATOR_SIZE) return damaged(in);
    DFOO_TRY(input_at(in, p->end - LOCATOR_SIZE, locator, LOCATOR_SIZE));
    uint64_t at = number(locator + 8, 8);
    if (!is_signed(locator, 6, 7) || at > p->end - LOCATOR_SIZE || p->end - LOCATOR_SIZE - at < END64_SIZE)
        return damaged(in);
    DFOO_TRY(input_at(in, at, end, END64_SIZE));
    if (!is_signed(end, 6, 6)) return damaged(in);
    *p = (place){.n = number(end + 32, 8), .size = number(end + 40, 8), .at = number(end + 48, 8), .end = at};
    return DFOO_OK;
}

static dfoo_status find_directory(const input *in, arena *a, place *p) {
    const size_t   most = END_SIZE + LONGEST_COMMENT;
    size_t         len = in->size < most ? (size_t)in->size : most;
    unsigned char *tail = arena_new(a, len);
    if (!tail) return DFOO_ENOMEM;
    DFOO_TRY(input_at(in, in->size - len, tail, len));
    const unsigned char *end = find_end(tail, len);
    if (!end) return damaged(in);
    *p = (place){.n = number(end + 10, 2), .size = number(end + 12, 4), .at = number(end + 16, 4),
                 .end = in->size - len + (uint64_t)(end - tail)};
    if (p->n == UINT16_MAX || p->size == UINT32_MAX || p->at == UINT32_MAX) DFOO_TRY(find_end64(in, p));
    bool fits = p->at <= p->end && p->size <= p->end - p->at && p->size < SIZE_MAX;
    return fits && p->n <= p->size / CENTRAL_SIZE ? DFOO_OK : damaged(in);
}

/* The extra field of zip64, which holds what does not fit in 32 bits: its contents, *len bytes of them. */
static const unsigned char *find_zip64(const unsigned char *extra, size_t all, size_t *len) {
    for (size_t size; all >= 4; extra += size, all -= size) {
        *len = (size_t)number(extra + 2, 2);
        size = *len + 4;
        if (size > all) break;
        if (number(extra, 2) == 1) return extra + 4;
    }
    *len = 0;
    return extra;
}

static bool read_zip64(const unsigned char *extra, size_t all, archive_entry *e) {
    uint64_t *const      wide[] = {&e->size, &e->packed, &e->at};
    size_t               len;
    const unsigned char *p = find_zip64(extra, all, &len);
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++) {
        if (*wide[i] != UINT32_MAX) continue;
        if (len < 8) return false;
        *wide[i] = number(p, 8);
        p += 8;
        len -= 8;
    }
    return true;
}

/* The entry at p, of which `left` bytes are there, into *e; how long it is, 0: it is damaged. */
static size_t read_entry(const unsigned char *p, uint64_t left, arena *a, archive_entry *e) {
    if (left < CENTRAL_SIZE || !is_signed(p, 1, 2)) return 0;
    size_t name = (size_t)number(p + 28, 2), extra = (size_t)number(p + 30, 2);
    size_t comment = (size_t)number(p + 32, 2);
    size_t size = CENTRAL_SIZE + name + extra + comment;
    if (size > left || memchr(p + CENTRAL_SIZE, 0, name)) return 0;
    *e = (archive_entry){.name = arena_text(a, (const char *)p + CENTRAL_SIZE, name),
                         .flags = (unsigned)number(p + 8, 2), .method = (unsigned)number(p + 10, 2),
                         .crc = (uint32_t)number(p + 16, 4), .packed = number(p + 20, 4),
                         .size = number(p + 24, 4), .at = number(p + 42, 4)};
    return read_zip64(p + CENTRAL_SIZE + name, extra, e) ? size : 0;
}

dfoo_status archive_read(const input *in, arena *a, archive_directory *out) {
    place   p = {0};
    symbols names;
    DFOO_TRY(find_directory(in, a, &p));
    unsigned char *bytes = arena_new(a, (size_t)p.size);
    *out = (archive_directory){.in = in, .at = p.at};
    symbols_init(&names, a);
    if (!bytes) return DFOO_ENOMEM;
    DFOO_TRY(input_at(in, p.at, bytes, (size_t)p.size));
    for (uint64_t at = 0; out->list.n < p.n;) {
        archive_entry e;
        size_t    size = read_entry(bytes + at, p.size - at, a, &e);
        DFOO_TRY(arena_status(a));
        if (!size) return damaged(in);
        size_t len = strlen(e.name);
        e.twice = symbols_find(&names, e.name, len) != 0;
        symbols_add(&names, e.name, len);
        vec_push(a, &out->list, e);
        DFOO_TRY(arena_status(a));
        at += size;
    }
    return DFOO_OK;
}

/* ----------------------------------------------------------------- entries */

/* The bytes in the archive; those bytes unpacked, if they are packed; and what is checked of them. */
struct archive_reader {
    dfoo_allocator mem;
    section        bytes;
    stream         stored, unpacked;
    unpacker      *unpacking;
    stream        *from; /* one of the two */
    uint64_t       left;
    uint32_t       crc, want;
};

static size_t checked_next(stream *s, unsigned char *to, size_t len) {
    archive_reader *r = s->from;
    if (len > r->left) len = (size_t)r->left;
    size_t n = len ? stream_read(r->from, to, len) : 0;
    r->crc = unpack_sum(r->crc, to, n);
    r->left -= n;
    if (n == 0 && r->from->trouble[0]) {
        memcpy(s->trouble, r->from->trouble, sizeof s->trouble);
        s->trouble_io = r->from->trouble_io;
    } else if (n == 0 && (r->left > 0 || r->crc != r->want)) {
        snprintf(s->trouble, sizeof s->trouble, r->left > 0 ? "its bytes end too early" : "CRC error");
    }
    return n;
}

static dfoo_status bad_size(const stream *s, uint64_t size) {
    return stream_bad(s, "the zip directory declares %llu bytes, more than the file can hold",
                      (unsigned long long)size);
}

/* Holds what the directory says against what there is. */
static dfoo_status check_entry(const stream *s, const archive_directory *dir, const archive_entry *e) {
    if (e->flags & ENCRYPTED) return stream_bad(s, "is encrypted");
    if (e->method != STORED && e->method != DEFLATED)
        return stream_bad(s, "is compressed by method %u; numpy stores (0) or deflates (8)", e->method);
    if (e->at > dir->at || dir->at - e->at < LOCAL_SIZE || e->packed > dir->at - e->at - LOCAL_SIZE)
        return bad_size(s, e->packed);
    uint64_t most = e->method == STORED ? e->packed : stream_unpacked_most(e->packed);
    return e->size <= most ? DFOO_OK : bad_size(s, e->size);
}

/* Behind a header of its own, whose names and extra fields may differ from those of the directory. */
static dfoo_status find_bytes(const archive_directory *dir, const archive_entry *e, const stream *s,
                              uint64_t *at) {
    unsigned char local[LOCAL_SIZE];
    DFOO_TRY(input_at(dir->in, e->at, local, LOCAL_SIZE));
    uint64_t skip = LOCAL_SIZE + number(local + 26, 2) + number(local + 28, 2);
    if (!is_signed(local, 3, 4))
        return stream_bad(s, "the zip directory is damaged: no entry lies where it says");
    if (e->packed + skip > dir->at - e->at) return bad_size(s, e->packed);
    *at = e->at + skip;
    return DFOO_OK;
}

dfoo_status archive_open(const archive_directory *dir, const archive_entry *e, const char *shown, stream *s,
                         archive_reader **out) {
    const input   *in = dir->in;
    dfoo_allocator mem = in->d->a->mem;
    uint64_t       at = 0;
    *out = NULL;
    *s = (stream){.d = in->d, .file = in->shown, .array = shown, .next = checked_next, .most = e->size};
    s->exact = true;
    s->narrow = in->narrow;
    DFOO_TRY(check_entry(s, dir, e));
    DFOO_TRY(find_bytes(dir, e, s, &at));
    archive_reader *r = *out = s->from = mem_new(&mem, sizeof *r);
    if (!r) return DFOO_ENOMEM;
    r->mem = mem;
    r->left = e->size;
    r->want = e->crc;
    r->from = &r->stored;
    DFOO_TRY(stream_from_section(&r->stored, &r->bytes, in, at, e->packed));
    r->stored.array = shown;
    if (e->method == STORED) return DFOO_OK;
    s->unpacked = in->unpacked;
    r->from = &r->unpacked;
    return stream_unpack(&r->unpacked, &r->stored, UNPACK_DEFLATE, &r->unpacking);
}

void archive_close(archive_reader *r) {
    if (!r) return;
    dfoo_allocator mem = r->mem;
    unpacker_close(r->unpacking);
    mem_free(&mem, r, sizeof *r);
}

/* Writing a zip archive: stored entries, then the directory that says where they lie. */
#include "host/data/archive.h"

#include <assert.h>
#include <string.h>

/* The date of every entry is 1980-01-01, the first that zip knows (numpy's, too); names are UTF-8; who
 * unpacks it makes files that all may read. */
enum { VERSION = 20, VERSION64 = 45, UNIX = 3, UTF8 = 1 << 11, FIRST_DAY = 1 << 5 | 1, MODE = 0100644 };

static void put(archive_writer *w, uint64_t x, size_t n) {
    for (size_t i = 0; i < n; i++) fputc((int)(x >> 8 * i & 255), w->file);
    w->at += n;
}

static void put_text(archive_writer *w, const char *text, size_t len) {
    fwrite(text, 1, len, w->file);
    w->at += len;
}

static bool is_wide(const archive_writer *w, uint64_t x) {
    return x >= w->largest;
}

/* x in 32 bits, or the sign that it stands in the extra field of zip64. */
static void put_narrow(archive_writer *w, uint64_t x) {
    put(w, is_wide(w, x) ? UINT32_MAX : x, 4);
}

/* What both headers of an entry hold, up to the length of its extra field. */
static void put_header(archive_writer *w, const archive_entry *e, unsigned version, size_t extra) {
    put(w, version, 2);
    put(w, e->flags, 2);
    put(w, 0, 2); /* stored */
    put(w, 0, 2); /* midnight */
    put(w, FIRST_DAY, 2);
    put(w, e->crc, 4);
    put_narrow(w, e->size);
    put_narrow(w, e->size);
    put(w, strlen(e->name), 2);
    put(w, extra, 2);
}

static size_t extra_size(const archive_writer *w, const archive_entry *e, bool with_place) {
    size_t n = is_wide(w, e->size) ? 16 : 0;
    if (with_place && is_wide(w, e->at)) n += 8;
    return n ? n + 4 : 0;
}

/* The extra field of zip64 with those numbers that need it. */
static void put_extra(archive_writer *w, const archive_entry *e, bool with_place) {
    size_t all = extra_size(w, e, with_place);
    if (!all) return;
    put(w, 1, 2);
    put(w, all - 4, 2);
    for (int i = 0; i < 2 && is_wide(w, e->size); i++) put(w, e->size, 8);
    if (with_place && is_wide(w, e->at)) put(w, e->at, 8);
}

static bool is_ascii(const char *text) {
    while (*text && !(*text & 0x80)) text++;
    return !*text;
}

dfoo_status archive_add(archive_writer *w, const char *name, uint64_t size, uint32_t crc) {
    archive_entry e = {.name = name, .size = size, .packed = size, .crc = crc, .at = w->at};
    size_t    extra = extra_size(w, &e, false);
    e.flags = is_ascii(name) ? 0 : UTF8;
    assert(strlen(name) <= UINT16_MAX);
    put(w, 0x04034b50, 4);
    put_header(w, &e, extra ? VERSION64 : VERSION, extra);
    put_text(w, name, strlen(name));
    put_extra(w, &e, false);
    w->at += size;
    vec_push(w->a, &w->list, e);
    return arena_status(w->a);
}

static void put_central(archive_writer *w, const archive_entry *e) {
    size_t   extra = extra_size(w, e, true);
    unsigned version = extra ? VERSION64 : VERSION;
    put(w, 0x02014b50, 4);
    put(w, version | UNIX << 8, 2);
    put_header(w, e, version, extra);
    put(w, 0, 6); /* no comment, disk 0, no text */
    put(w, (uint64_t)MODE << 16, 4);
    put_narrow(w, e->at);
    put_text(w, e->name, strlen(e->name));
    put_extra(w, e, true);
}

/* The end record for what does not fit, and where it stands. */
static void put_end64(archive_writer *w, uint64_t n, uint64_t at, uint64_t size) {
    uint64_t end = w->at;
    put(w, 0x06064b50, 4);
    put(w, 44, 8); /* bytes that follow */
    put(w, VERSION64 | UNIX << 8, 2);
    put(w, VERSION64, 2);
    put(w, 0, 8); /* disk 0 */
    put(w, n, 8);
    put(w, n, 8);
    put(w, size, 8);
    put(w, at, 8);
    put(w, 0x07064b50, 4);
    put(w, 0, 4);
    put(w, end, 8);
    put(w, 1, 4); /* disk in all */
}

void archive_finish(archive_writer *w) {
    uint64_t at = w->at, n = w->list.n;
    for (uint32_t i = 0; i < w->list.n; i++) put_central(w, &w->list.at[i]);
    uint64_t size = w->at - at;
    if (n >= UINT16_MAX || is_wide(w, at) || is_wide(w, size)) put_end64(w, n, at, size);
    put(w, 0x06054b50, 4);
    put(w, 0, 4); /* disk 0 */
    put(w, n < UINT16_MAX ? n : UINT16_MAX, 2);
    put(w, n < UINT16_MAX ? n : UINT16_MAX, 2);
    put_narrow(w, size);
    put_narrow(w, at);
    put(w, 0, 2); /* no comment */
}

/* Byte streams and the room's messages.
 *
 * All readers but libzip's and libhdf5's own take their bytes from a stream, which knows how
 * many can come at most. A stream in trouble ends early and keeps the reason; whoever misses
 * bytes asks stream_need or stream_status for the report. */
#include "host/data/internal.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

/* ---------------------------------------------------------------- messages */

static dfoo_status report(diags *d, buf *text, dfoo_status status) {
    bool failed = buf_status(text) != DFOO_OK;
    if (!failed) diag_error(d, NULL, span_at(0, 0), "%s", text->text);
    buf_free(text);
    return failed || arena_status(d->a) != DFOO_OK ? DFOO_ENOMEM : status;
}

dfoo_status data_bad(diags *d, const char *where, const char *format, ...) {
    buf     text;
    va_list args;
    buf_init(&text, d->a->mem);
    buf_printf(&text, "%s: ", where);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    return report(d, &text, DFOO_EINPUT);
}

dfoo_status data_io(diags *d, const char *where, const char *done, int error) {
    char reason[128];
    buf  text;
    if (error == ENOMEM) return DFOO_ENOMEM;
    os_error_text(error, reason, sizeof reason);
    buf_init(&text, d->a->mem);
    buf_printf(&text, "%s: cannot be %s: %s", where, done, reason);
    return report(d, &text, DFOO_EIO);
}

dfoo_status stream_bad(const stream *s, const char *format, ...) {
    buf     text;
    va_list args;
    buf_init(&text, s->d->a->mem);
    buf_printf(&text, "%s: ", s->file);
    if (s->array) buf_printf(&text, "array '%s': ", data_shown(s->d->a, s->array, strlen(s->array)));
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    return report(s->d, &text, DFOO_EINPUT);
}

const char *data_shown(arena *a, const char *text, size_t len) {
    enum { MOST = 60 };
    size_t keep = len;
    if (len > MOST) {
        keep = MOST - 3;
        while (keep > 0 && ((unsigned char)text[keep] & 0xC0) == 0x80) keep--;
    }
    char *copy = arena_new(a, keep + 4);
    if (!copy) return "?";
    for (size_t i = 0; i < keep; i++) {
        unsigned char c = (unsigned char)text[i];
        copy[i] = c < 0x20 || c == 0x7F ? '?' : text[i];
    }
    if (keep < len) memcpy(copy + keep, "...", 4);
    return copy;
}

const char *data_shown_names(arena *a, const char *const *names, size_t n) {
    enum { MOST = 8 };
    buf text;
    buf_init(&text, a->mem);
    for (size_t i = 0; i < n && i < MOST; i++)
        buf_printf(&text, "%s'%s'", i ? ", " : "", data_shown(a, names[i], strlen(names[i])));
    if (n > MOST) buf_printf(&text, " and %zu more", n - MOST);
    const char *copy = buf_status(&text) == DFOO_OK && n ? arena_text(a, text.text, text.len) : NULL;
    if (text.failed) a->failed = true;
    buf_free(&text);
    return copy ? copy : "?";
}

/* ----------------------------------------------------------------- reading */

size_t stream_read(stream *s, void *to, size_t len) {
    unsigned char *p = to;
    size_t         got = 0;
    if (s->head_at < s->head_len) {
        got = s->head_len - s->head_at < len ? s->head_len - s->head_at : len;
        memcpy(p, s->head + s->head_at, got);
        s->head_at += got;
    }
    while (got < len && !s->ended) {
        size_t n = s->next(s, p + got, len - got);
        if (n == 0) s->ended = true;
        got += n;
    }
    s->most -= got < s->most ? got : s->most;
    return got;
}

size_t stream_peek(stream *s) {
    while (s->head_len < STREAM_HEAD && !s->ended) {
        size_t n = s->next(s, s->head + s->head_len, STREAM_HEAD - s->head_len);
        if (n == 0) s->ended = true;
        s->head_len += n;
    }
    return s->head_len;
}

dfoo_status stream_status(stream *s) {
    if (!s->trouble[0]) return DFOO_OK;
    dfoo_status status = stream_bad(s, "cannot be read: %s", s->trouble);
    return status == DFOO_EINPUT && s->trouble_io ? DFOO_EIO : status;
}

dfoo_status stream_need(stream *s, void *to, size_t len, const char *what) {
    size_t got = stream_read(s, to, len);
    if (got == len) return DFOO_OK;
    DFOO_TRY(stream_status(s));
    return stream_bad(s, "ends in %s, %zu bytes too early: the file is cut off or damaged", what,
                      len - got);
}

/* -------------------------------------------------------- files and memory */

static size_t file_next(stream *s, unsigned char *to, size_t len) {
    FILE *file = s->from;
    for (;;) {
        size_t n = fread(to, 1, len, file);
        if (n > 0 || !ferror(file)) return n;
        if (errno != EINTR) break;
        clearerr(file);
    }
    s->trouble_io = true;
    os_error_text(errno, s->trouble, sizeof s->trouble);
    return 0;
}

void stream_from_file(stream *s, diags *d, const char *name, FILE *file, uint64_t size) {
    *s = (stream){.d = d, .file = name, .next = file_next, .from = file, .most = size, .exact = true};
}

static size_t memory_next(stream *s, unsigned char *to, size_t len) {
    memory *m = s->from;
    size_t  n = len < m->len ? len : m->len;
    if (n) memcpy(to, m->bytes, n);
    m->bytes += n;
    m->len -= n;
    return n;
}

void stream_from_memory(stream *s, diags *d, const char *name, memory *m) {
    *s = (stream){.d = d, .file = name, .next = memory_next, .from = m, .most = m->len, .exact = true};
}

/* -------------------------------------------------------------------- gzip */

struct gunzip {
    dfoo_allocator mem;
    stream        *packed;
    z_stream       z;
    bool           open, done;
    unsigned char  in[16384];
};

uint64_t stream_unpacked_most(uint64_t packed) {
    return packed > UINT64_MAX / 2048 ? UINT64_MAX : packed * 1032;
}

static bool refill(gunzip *g) {
    if (g->z.avail_in > 0) return true;
    g->z.next_in = g->in;
    g->z.avail_in = (uInt)stream_read(g->packed, g->in, sizeof g->in);
    return g->z.avail_in > 0;
}

static void gunzip_fails(gunzip *g, stream *s, const char *why) {
    const char *deeper = g->packed->trouble;
    snprintf(s->trouble, sizeof s->trouble, "%s", deeper[0] ? deeper : why);
    s->trouble_io = g->packed->trouble_io;
    g->done = true;
}

static size_t gunzip_next(stream *s, unsigned char *to, size_t len) {
    gunzip *g = s->from;
    uInt    want = len < 1u << 30 ? (uInt)len : 1u << 30;
    g->z.next_out = to;
    g->z.avail_out = want;
    while (g->z.avail_out == want && !g->done) {
        if (!refill(g)) {
            gunzip_fails(g, s, "the gzip data are cut off");
            break;
        }
        int result = inflate(&g->z, Z_NO_FLUSH);
        if (result == Z_STREAM_END) { /* another member may follow, as after `cat a.gz b.gz` */
            if (!refill(g)) g->done = true;
            else inflateReset(&g->z);
        } else if (result != Z_OK && result != Z_BUF_ERROR) {
            gunzip_fails(g, s, g->z.msg ? g->z.msg : "damaged gzip data");
        }
    }
    return want - g->z.avail_out;
}

dfoo_status stream_from_gzip(stream *s, stream *packed, gunzip **out) {
    dfoo_allocator mem = packed->d->a->mem;
    gunzip        *g = *out = mem_new(&mem, sizeof *g);
    if (!g) return DFOO_ENOMEM;
    g->mem = mem;
    g->packed = packed;
    if (inflateInit2(&g->z, 15 + 16) != Z_OK) return DFOO_ENOMEM; /* 16: a gzip header, not zlib's */
    g->open = true;
    *s = (stream){.d = packed->d, .file = packed->file, .next = gunzip_next, .from = g,
                  .most = stream_unpacked_most(packed->most)};
    return DFOO_OK;
}

void gunzip_close(gunzip *g) {
    if (!g) return;
    if (g->open) inflateEnd(&g->z);
    dfoo_allocator mem = g->mem;
    mem_free(&mem, g, sizeof *g);
}

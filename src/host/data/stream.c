/* Byte streams: every reader but libhdf5's own takes its bytes from one.
 *
 * A stream knows how many bytes can come at most. In trouble it ends early and keeps the reason; whoever
 * misses bytes asks stream_need or stream_status for the report. */
#include "host/data/internal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

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

dfoo_status stream_end(stream *s) {
    unsigned char more;
    if (stream_read(s, &more, 1) > 0) return stream_bad(s, "more bytes follow than the shape needs");
    return stream_status(s);
}

/* -------------------------------------------------------- files and memory */

static size_t file_bytes(stream *s, FILE *file, unsigned char *to, size_t len) {
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

static size_t file_next(stream *s, unsigned char *to, size_t len) {
    return file_bytes(s, s->from, to, len);
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

static size_t section_next(stream *s, unsigned char *to, size_t len) {
    section      *part = s->from;
    const input  *in = part->in;
    if (len > part->left) len = (size_t)part->left;
    if (!len) return 0;
    size_t n = in->path ? file_bytes(s, in->file, to, len) : len;
    if (!in->path) memcpy(to, in->bytes + part->at, len);
    part->at += n;
    part->left -= n;
    return n;
}

dfoo_status stream_from_section(stream *s, section *part, const input *in, uint64_t at, uint64_t len) {
    assert(at <= in->size && len <= in->size - at);
    *part = (section){.in = in, .at = at, .left = len};
    *s = (stream){.d = in->d, .file = in->shown, .next = section_next, .from = part, .most = len};
    s->exact = true;
    int error = in->path ? os_seek(in->file, at) : 0;
    return error ? data_io(in->d, in->shown, "read", error) : DFOO_OK;
}

dfoo_status input_at(const input *in, uint64_t at, void *to, size_t len) {
    stream  s;
    section part;
    DFOO_TRY(stream_from_section(&s, &part, in, at, len));
    return stream_need(&s, to, len, "the zip directory");
}

void stream_from_memory(stream *s, diags *d, const char *name, memory *m) {
    *s = (stream){.d = d, .file = name, .next = memory_next, .from = m, .most = m->len, .exact = true};
}

uint64_t stream_unpacked_most(uint64_t packed) {
    return packed > UINT64_MAX / 2048 ? UINT64_MAX : packed * 1032;
}

/* Arrays of text: labels written out, and the names of classes. HDF5 and NPY files hold them in
 * entries of a fixed width that a zero byte ends early; here they become texts of an arena. */
#include "host/data/internal.h"

#include <string.h>

enum { LONGEST_TEXT = 4096 };

const char **texts_add(const text_sink *to, const char *name, size_t n) {
    data_texts x = {.name = arena_text(to->a, name, strlen(name)), .n = n};
    if (n > SIZE_MAX / 2 / sizeof *x.texts) return NULL;
    x.texts = arena_new(to->a, (n + 1) * sizeof *x.texts);
    vec_push(to->a, &to->to->list, x);
    return arena_status(to->a) == DFOO_OK ? x.texts : NULL;
}

const char *texts_copy(const text_sink *to, const char *text, size_t len) {
    const char *end = len ? memchr(text, 0, len) : NULL;
    const char *copy = arena_text(to->a, text, end ? (size_t)(end - text) : len);
    return copy ? copy : "";
}

/* A character as UTF-8; what is none becomes '?'. */
static size_t put_utf8(uint32_t c, char out[4]) {
    if (c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) c = '?';
    size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6) out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(n == 1 ? c : (0xF00u >> n & 0xFF) | c);
    return n;
}

static size_t ucs4_text(const unsigned char *raw, size_t width, bool big_endian, char *out) {
    size_t len = 0;
    for (size_t i = 0; i < width; i++, raw += 4) {
        uint32_t c = big_endian
                         ? (uint32_t)raw[0] << 24 | (uint32_t)raw[1] << 16 | (uint32_t)raw[2] << 8 | raw[3]
                         : (uint32_t)raw[3] << 24 | (uint32_t)raw[2] << 16 | (uint32_t)raw[1] << 8 | raw[0];
        if (!c) break;
        len += put_utf8(c, out + len);
    }
    return len;
}

dfoo_status texts_read(stream *s, char kind, size_t width, bool big_endian, const extent *sh,
                       const char *name, const text_sink *to) {
    unsigned char raw[LONGEST_TEXT * 4];
    char          text[LONGEST_TEXT * 4];
    size_t        size = kind == 'U' ? width * 4 : width, n;
    if (width > LONGEST_TEXT)
        return stream_bad(s, "holds texts of %zu characters; %d are possible", width, LONGEST_TEXT);
    if (!extent_entries(sh, size, &n) || (uint64_t)n * size > s->most)
        return stream_bad(s, "the shape needs more bytes than follow: the file is cut off or damaged");
    const char **out = texts_add(to, name, n);
    if (!out) return DFOO_ENOMEM;
    for (size_t i = 0; i < n; i++) {
        DFOO_TRY(stream_need(s, raw, size, "the texts"));
        if (kind == 'U')
            out[i] = texts_copy(to, text, ucs4_text(raw, width, big_endian, text));
        else
            out[i] = texts_copy(to, (const char *)raw, size);
    }
    DFOO_TRY(arena_status(to->a));
    return stream_end(s);
}

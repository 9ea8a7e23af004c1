/* The room's messages, each beginning with the file, and text from files made fit for them. */
#include "host/data/internal.h"

#include <errno.h>
#include <string.h>

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
    for (size_t i = 0, n; i < keep; i += n ? n : 1) {
        n = text_character(text + i, keep - i);
        memcpy(copy + i, n ? text + i : "?", n ? n : 1);
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
    return buf_keep(&text, a);
}

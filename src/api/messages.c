/* Messages: what calls report, kept by the context as one text and one by one. */
#include <stdarg.h>
#include <string.h>

#include "api/api.h"

const char *dfoo_messages(dfoo *d) {
    return d && d->messages.text ? d->messages.text : "";
}

void dfoo_messages_clear(dfoo *d) {
    if (!d) return;
    buf_free(&d->messages);
    d->messages.failed = false;
    arena_free(&d->kept);
    arena_init(&d->kept, d->mem);
    memset(&d->list, 0, sizeof d->list);
}

size_t dfoo_message_count(const dfoo *d) {
    return d ? d->list.n : 0;
}

const dfoo_message *dfoo_message_at(const dfoo *d, size_t i) {
    return d && i < d->list.n ? &d->list.at[i] : NULL;
}

/* ----------------------------------------------------------------- keeping */

static const char *copy(dfoo *d, const char *text) {
    const char *own = arena_text(&d->kept, text, strlen(text));
    return own ? own : "";
}

/* The lines below a message, without the last line end. */
static const char *join_notes(dfoo *d, const diag *one) {
    const char *all = "";
    for (uint32_t i = 0; i < one->notes.n && all; i++)
        all = arena_format(&d->kept, "%s%s%s", all, i ? "\n" : "", one->notes.at[i]);
    return all ? all : "";
}

/* A range that goes beyond its line ends with it. */
static size_t characters(const source *src, span at) {
    size_t end = at.end < src->len ? at.end : src->len, start = at.start < end ? at.start : end;
    size_t line = strcspn(src->text + start, "\r\n");
    size_t n = text_columns(src->text + start, end - start < line ? end - start : line);
    return n ? n : 1;
}

static void keep_one(dfoo *d, const diag *one) {
    static const dfoo_message_kind kinds[] = {
        [DIAG_ERROR] = DFOO_ERROR, [DIAG_WARNING] = DFOO_WARNING, [DIAG_NOTE] = DFOO_NOTE};
    dfoo_message m = {.kind = kinds[one->kind], .text = copy(d, one->message),
                      .suggestion = join_notes(d, one)};
    if (one->src) {
        uint32_t line, column;
        source_place(one->src, one->at.start, &line, &column);
        m.file = copy(d, one->src->name);
        m.line = line;
        m.column = column;
        m.length = characters(one->src, one->at);
    }
    vec_push(&d->kept, &d->list, m);
}

void messages_keep(dfoo *d, const diags *from, uint32_t first) {
    diags_render(from, first, &d->messages);
    for (uint32_t i = first; i < from->list.n; i++) keep_one(d, &from->list.at[i]);
    if (d->kept.failed) d->messages.failed = true;
}

dfoo_status messages_say(dfoo *d, dfoo_status status, const char *format, ...) {
    buf     text;
    va_list args;
    buf_init(&text, d->mem);
    va_start(args, format);
    buf_vprintf(&text, format, args);
    va_end(args);
    diag  one = {.kind = DIAG_ERROR, .message = text.text ? text.text : ""};
    diags list = {.list = {&one, 1, 1}};
    messages_keep(d, &list, 0);
    bool ok = buf_status(&text) == DFOO_OK && !d->messages.failed;
    buf_free(&text);
    return ok ? status : DFOO_ENOMEM;
}

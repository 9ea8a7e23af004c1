/* Diagnostics and how they look. */
#include "core/base/diag.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

void diags_init(diags *d, arena *a) {
    *d = (diags){.a = a};
}

span span_at(uint32_t start, uint32_t end) {
    assert(start <= end);
    return (span){.start = start, .end = end, .point = start};
}

span span_join(span a, span b) {
    return (span){.start = a.start < b.start ? a.start : b.start,
                  .end = a.end > b.end ? a.end : b.end,
                  .point = a.point};
}

static const char *format_text(arena *a, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int   len = vsnprintf(NULL, 0, format, again);
    char *text = len < 0 ? NULL : arena_new(a, (size_t)len + 1);
    va_end(again);
    if (text) vsnprintf(text, (size_t)len + 1, format, args);
    return text ? text : "out of memory";
}

static void add(diags *d, diag_kind kind, const source *src, span at, const char *format, va_list args) {
    vec_push(d->a, &d->list,
             (diag){.kind = kind, .src = src, .at = at, .message = format_text(d->a, format, args)});
    d->n_errors += kind == DIAG_ERROR;
}

dfoo_status diag_error(diags *d, const source *src, span at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(d, DIAG_ERROR, src, at, format, args);
    va_end(args);
    return DFOO_EINPUT;
}

dfoo_status diag_alone(diags *d, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(d, DIAG_ERROR, NULL, span_at(0, 0), format, args);
    va_end(args);
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

void diag_warn(diags *d, const source *src, span at, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(d, DIAG_WARNING, src, at, format, args);
    va_end(args);
}

void diag_tell(diags *d, const char *format, ...) {
    va_list args;
    va_start(args, format);
    add(d, DIAG_NOTE, NULL, span_at(0, 0), format, args);
    va_end(args);
}

void diag_note(diags *d, const char *format, ...) {
    if (!d->list.n) return;
    va_list args;
    va_start(args, format);
    const char *text = format_text(d->a, format, args);
    va_end(args);
    vec_push(d->a, &d->list.at[d->list.n - 1].notes, text);
}

/* The bytes of the line that holds byte `at`. */
static void line_of(const source *src, uint32_t at, size_t *start, size_t *end) {
    assert(!src->text[src->len]);
    size_t s = at <= src->len ? at : src->len;
    while (s > 0 && src->text[s - 1] != '\n') s--;
    size_t e = s;
    while (e < src->len && src->text[e] != '\n') e++;
    if (e > s && src->text[e - 1] == '\r') e--;
    *start = s;
    *end = e;
}

void source_place(const source *src, uint32_t at, uint32_t *line, uint32_t *column) {
    size_t start, end;
    line_of(src, at, &start, &end);
    uint32_t n = 1;
    for (size_t i = 0; i < start; i++) n += src->text[i] == '\n';
    *line = n;
    *column = 1 + (uint32_t)text_columns(src->text + start, (at <= src->len ? at : src->len) - start);
}

/* `sign` under each of the columns that the bytes [from, to) take, `point` under that byte (a tab
 * stays a tab, and so does what is shown as \xNN take four). */
static void underline(const diag *d, size_t from, size_t to, size_t end, char sign, buf *out) {
    assert(from <= end && to <= end);
    const char *text = d->src->text;
    for (size_t i = from, n; i < to; i += n ? n : 1) {
        n = text_character(text + i, end - i);
        if (sign == ' ' && text[i] == '\t')
            buf_repeat(out, '\t', 1);
        else {
            buf_repeat(out, sign != ' ' && i == d->at.point ? '^' : sign, 1);
            if (!n) buf_repeat(out, sign, 3);
        }
    }
}

/* The line itself and under it the range, as in   ~~~^~~~ */
static void render_caret(const diag *d, uint32_t line, buf *out) {
    size_t start, end;
    line_of(d->src, d->at.start, &start, &end);
    buf_printf(out, "%5u | ", line);
    buf_visible(out, d->src->text + start, end - start);
    buf_puts(out, "\n      | ");
    size_t stop = d->at.end < end ? d->at.end : end;
    underline(d, start, d->at.start, end, ' ', out);
    if (stop <= d->at.start) buf_repeat(out, '^', 1);
    underline(d, d->at.start, stop, end, '~', out);
    buf_puts(out, "\n");
}

/* A message may hold what the user wrote; its own line ends stay. */
static void render_text(const char *text, buf *out) {
    while (*text) {
        size_t len = strcspn(text, "\n");
        buf_visible(out, text, len);
        text += len;
        if (*text) buf_put(out, text++, 1);
    }
}

void diags_render(const diags *d, uint32_t from, buf *out) {
    static const char *const kinds[] = {"error", "warning", "note"};
    for (uint32_t i = from; i < d->list.n; i++) {
        const diag *one = &d->list.at[i];
        uint32_t    line = 0, column = 0;
        if (one->src) {
            source_place(one->src, one->at.start, &line, &column);
            render_text(one->src->name, out);
            buf_printf(out, ":%u:%u: ", line, column);
        }
        buf_printf(out, "%s: ", kinds[one->kind]);
        render_text(one->message, out);
        buf_puts(out, "\n");
        if (one->src) render_caret(one, line, out);
        for (uint32_t k = 0; k < one->notes.n; k++) {
            buf_puts(out, "   ");
            render_text(one->notes.at[k], out);
            buf_puts(out, "\n");
        }
    }
}

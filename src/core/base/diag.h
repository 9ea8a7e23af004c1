/* Diagnostics: what a user is told about wrong input, with the place in the text.
 *
 * A pass reports as many as it finds and then returns DFOO_EINPUT; the list renders
 * itself as `file:line:column: error: ...` with the line and a caret range. */
#ifndef BASE_DIAG_H
#define BASE_DIAG_H

#include "core/base/text.h"

/* A text that positions refer to. */
typedef struct source {
    const char *name;
    const char *text; /* zero-terminated */
    size_t      len;
} source;

/* Bytes [start, end) of a source; `point` is the byte under the ^ (often an operator). */
typedef struct span {
    uint32_t start, end, point;
} span;

typedef enum { DIAG_ERROR, DIAG_WARNING, DIAG_NOTE } diag_kind;

typedef struct diag {
    diag_kind     kind;
    const source *src; /* NULL: the message stands alone */
    span          at;
    const char   *message;
    VEC(const char *) notes; /* lines that stand below the caret */
} diag;

typedef struct diags {
    arena *a;
    VEC(diag) list;
    uint32_t n_errors;
} diags;

void diags_init(diags *d, arena *a);

/* Adds a diagnostic and returns DFOO_EINPUT, so that a failing function can return it. */
dfoo_status diag_error(diags *d, const source *src, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* The same for what no text has a place for: an option, a file. DFOO_ENOMEM if memory ran out. */
dfoo_status diag_alone(diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

void diag_warn(diags *d, const source *src, span at, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A note that stands alone: what was done with input that did not fit as it was. */
void diag_tell(diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds a line to the newest diagnostic. */
void diag_note(diags *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Writes all diagnostics from number `from` on. */
void diags_render(const diags *d, uint32_t from, buf *out);

/* Line and column (both from 1; columns count characters) of a byte of a source. */
void source_place(const source *src, uint32_t at, uint32_t *line, uint32_t *column);

span span_at(uint32_t start, uint32_t end);
span span_join(span a, span b);

#endif

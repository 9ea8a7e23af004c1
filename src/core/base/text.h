/* Text: a growing buffer, and interned strings.
 *
 * A buffer without memory keeps what it had and remembers it (buf_status). Interned
 * strings (`sym`) are small numbers: two names are the same if their numbers are. */
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>

#include "core/base/mem.h"

typedef struct buf {
    dfoo_allocator mem;
    char          *text; /* always ends with a zero byte once something was put */
    size_t         len, cap;
    bool           failed;
} buf;

void        buf_init(buf *b, dfoo_allocator mem);
void        buf_free(buf *b);
void        buf_put(buf *b, const char *text, size_t len);
void        buf_puts(buf *b, const char *text);
void        buf_repeat(buf *b, char c, size_t times);
void        buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void        buf_vprintf(buf *b, const char *format, va_list args);
dfoo_status buf_status(const buf *b);

/* Ends a buffer whose text went into `out`: that it had no memory is remembered there. */
void buf_close(buf *b, buf *out);

/* Ends a buffer with its text in the arena. Never NULL: without memory it is empty; the arena remembers. */
const char *buf_keep(buf *b, arena *a);

/* Hands the text over: it is freed with mem_free(mem, text, strlen(text) + 1); NULL without memory. */
char *buf_take(buf *b);

/* A number in the fewest digits that read back as the same double: 0.1, 3, 1e-08. */
void buf_number(buf *b, double x);

/* The number of columns that `len` bytes of UTF-8 take. */
size_t text_columns(const char *text, size_t len);

/* The bytes of the character that text[0..len) begins with: a tab, or one that can be shown. 0: it is
 * a control character or no UTF-8. */
size_t text_character(const char *text, size_t len);

/* Writes text so that it can be shown: what is no character as \xNN, byte by byte. */
void buf_visible(buf *b, const char *text, size_t len);

/* The same as a text of the arena, where no line ends either. NULL without memory. */
char *text_visible(arena *a, const char *text);

/* The length of the UTF-8 sequence at the start of a zero-terminated text; 0: it is none. */
size_t text_utf8(const char *text);

/* The code point of the sequence at the start of a text. */
uint32_t text_code_point(const char *text);

/* The next line of a text of comments: without its # and line end; NULL behind the last. */
const char *text_comment_line(const char **rest, size_t *len);

/* How far two names are apart: a letter that is missing, too many or another is 2, one in the other case 1,
 * two neighbours exchanged 1 (Damerau's distance, doubled). */
unsigned text_distance(const char *a, const char *b);

/* Which of the names that are tried was meant by a wrong one: the closest, nearer than `most`. */
typedef struct text_near {
    const char *wrong, *best;
    unsigned    most;
} text_near;

void text_try(text_near *n, const char *name);

/* Some texts as one: a, b, c; of many, the first ones and "..". Never NULL. */
const char *text_list(arena *a, const char *const *texts, size_t n);

/* Copies of n texts; NULL without memory. */
const char **text_copies(arena *a, const char *const *texts, size_t n);

typedef uint32_t sym; /* 0 is no string */

typedef struct symbols {
    arena *a;
    VEC(const char *) names; /* names.at[sym]; at[0] is "" */
    sym     *slots;          /* open addressing, a power of two */
    uint32_t n_slots;
} symbols;

void        symbols_init(symbols *s, arena *a);
sym         symbols_add(symbols *s, const char *text, size_t len);
sym         symbols_find(const symbols *s, const char *text, size_t len);
const char *symbols_name(const symbols *s, sym name);

/* FNV-1a over `len` bytes, going on from `hash` (HASH_START at first). */
#define HASH_START UINT32_C(2166136261)
uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len);

#endif

/* Buffers and interned strings. */
#include "core/base/text.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(buf *b, dfoo_allocator mem) {
    *b = (buf){.mem = mem};
}

void buf_free(buf *b) {
    mem_free(&b->mem, b->text, b->cap);
    b->text = NULL;
    b->len = b->cap = 0;
}

void buf_close(buf *b, buf *out) {
    out->failed = out->failed || b->failed;
    buf_free(b);
}

const char *buf_keep(buf *b, arena *a) {
    const char *text = b->text ? arena_text(a, b->text, b->len) : "";
    if (b->failed) a->failed = true;
    buf_free(b);
    return text ? text : "";
}

static bool buf_room(buf *b, size_t more) {
    if (b->failed) return false;
    if (b->len + more + 1 <= b->cap) return true;
    size_t cap = b->cap ? b->cap * 2 : 256;
    while (cap < b->len + more + 1) cap *= 2;
    char *text = b->mem.realloc(b->mem.user, b->text, b->cap, cap);
    if (!text) {
        b->failed = true;
        return false;
    }
    b->text = text;
    b->cap = cap;
    return true;
}

void buf_put(buf *b, const char *text, size_t len) {
    assert(text || !len);
    if (!buf_room(b, len)) return;
    assert(b->text);
    if (len) memcpy(b->text + b->len, text, len);
    b->len += len;
    b->text[b->len] = 0;
}

void buf_puts(buf *b, const char *text) {
    buf_put(b, text, strlen(text));
}

void buf_repeat(buf *b, char c, size_t times) {
    if (!buf_room(b, times)) return;
    memset(b->text + b->len, c, times);
    b->len += times;
    b->text[b->len] = 0;
}

void buf_vprintf(buf *b, const char *format, va_list args) {
    va_list again;
    va_copy(again, args);
    int len = vsnprintf(NULL, 0, format, args);
    if (len >= 0 && buf_room(b, (size_t)len)) {
        vsnprintf(b->text + b->len, (size_t)len + 1, format, again);
        b->len += (size_t)len;
    }
    va_end(again);
}

void buf_printf(buf *b, const char *format, ...) {
    va_list args;
    va_start(args, format);
    buf_vprintf(b, format, args);
    va_end(args);
}

dfoo_status buf_status(const buf *b) {
    return b->failed ? DFOO_ENOMEM : DFOO_OK;
}

char *buf_take(buf *b) {
    assert(b->len <= b->cap);
    char *text = NULL;
    if (buf_room(b, 0)) {
        b->text[b->len] = 0;
        text = b->mem.realloc(b->mem.user, b->text, b->cap, b->len + 1);
        if (text) {
            b->text = NULL;
            b->cap = 0;
        }
    }
    buf_free(b);
    return text;
}

void buf_number(buf *b, double x) {
    char text[40];
    bool plain = fabs(x) < 1e7 && x == floor(x); /* 10, not 1e+01 */
    if (plain) snprintf(text, sizeof text, "%.0f", x);
    for (int digits = 1; digits <= 17 && !plain; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, x);
        if (isnan(x) || strtod(text, NULL) == x) break;
    }
    buf_puts(b, text);
}

size_t text_columns(const char *text, size_t len) {
    size_t columns = 0;
    for (size_t i = 0; i < len; i++) columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* The length of the UTF-8 sequence at the start: not longer than needed, no surrogate, nothing behind
 * U+10FFFF. 0: it is none. A zero byte ends the text before `len` does. */
static size_t sequence(const unsigned char *s, size_t len) {
    static const struct {
        unsigned char first, least, most, length; /* of first bytes from here on; the second byte */
    } rows[] = {{0xF5, 0x80, 0xBF, 0}, {0xF4, 0x80, 0x8F, 4}, {0xF1, 0x80, 0xBF, 4}, {0xF0, 0x90, 0xBF, 4},
                {0xEE, 0x80, 0xBF, 3}, {0xED, 0x80, 0x9F, 3}, {0xE1, 0x80, 0xBF, 3}, {0xE0, 0xA0, 0xBF, 3},
                {0xC2, 0x80, 0xBF, 2}, {0x80, 0x80, 0xBF, 0}, {0x00, 0x00, 0xFF, 1}};
    size_t row = 0;
    while (s[0] < rows[row].first) row++;
    size_t n = rows[row].length;
    if (n > len || (n > 1 && (s[1] < rows[row].least || s[1] > rows[row].most))) return 0;
    for (size_t i = 2; i < n; i++)
        if ((s[i] & 0xC0) != 0x80) return 0;
    return n;
}

size_t text_utf8(const char *text) {
    return sequence((const unsigned char *)text, 4);
}

/* What a terminal obeys, and what turns the text around it: the controls of ASCII and behind it, the marks
 * and overrides of direction (U+061C, U+200E, U+200F, U+202A to E, U+2066 to 9), Unicode's own line ends. */
static bool is_control(const unsigned char *s, size_t len) {
    if (s[0] < 0x80) return (s[0] < 32 && s[0] != '\t') || s[0] == 127;
    if (len < 2 || s[0] == 0xC2) return s[0] == 0xC2 && len > 1 && s[1] < 0xA0;
    if (s[0] == 0xD8) return s[1] == 0x9C;
    if (s[0] != 0xE2 || len < 3) return false;
    return s[1] == 0x80 ? s[2] == 0x8E || s[2] == 0x8F || (s[2] >= 0xA8 && s[2] <= 0xAE)
                        : s[1] == 0x81 && s[2] >= 0xA6 && s[2] <= 0xA9;
}

size_t text_character(const char *text, size_t len) {
    const unsigned char *s = (const unsigned char *)text;
    return !len || is_control(s, len) ? 0 : sequence(s, len);
}

void buf_visible(buf *b, const char *text, size_t len) {
    for (size_t i = 0, n; i < len; i += n ? n : 1) {
        n = text_character(text + i, len - i);
        if (n)
            buf_put(b, text + i, n);
        else
            buf_printf(b, "\\x%02X", (unsigned char)text[i]);
    }
}

char *text_visible(arena *a, const char *text) {
    buf shown;
    buf_init(&shown, a->mem);
    buf_visible(&shown, text, strlen(text));
    if (shown.failed) a->failed = true;
    char *own = shown.failed ? NULL : arena_text(a, shown.text ? shown.text : "", shown.len);
    buf_free(&shown);
    return own;
}

uint32_t text_code_point(const char *text) {
    const unsigned char *s = (const unsigned char *)text;
    if (s[0] < 0x80 || !s[1]) return s[0];
    if (s[0] < 0xE0 || !s[2]) return ((s[0] & 0x1FU) << 6) | (s[1] & 0x3FU);
    if (s[0] < 0xF0 || !s[3]) return ((s[0] & 0x0FU) << 12) | ((s[1] & 0x3FU) << 6) | (s[2] & 0x3FU);
    return ((s[0] & 7U) << 18) | ((s[1] & 0x3FU) << 12) | ((s[2] & 0x3FU) << 6) | (s[3] & 0x3FU);
}

const char *text_comment_line(const char **head, size_t *len) {
    const char *line = *head;
    if (!line || !*line) return NULL;
    *len = strcspn(line, "\n");
    *head = line + *len + (line[*len] == '\n');
    if (*len && line[0] == '#') {
        line++;
        --*len;
        if (*len && line[0] == ' ') {
            line++;
            --*len;
        }
    }
    return line;
}

enum { LONGEST = 40 };

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

/* The optimal string alignment by its recurrence; three rows are kept: this one, the one above, and that
 * above it. */
unsigned text_distance(const char *a, const char *b) {
    size_t n = strlen(a), k = strlen(b);
    if (n > LONGEST || k > LONGEST) return 2 * LONGEST;
    unsigned rows[3][LONGEST + 1];
    for (size_t j = 0; j <= k; j++) rows[0][j] = (unsigned)(2 * j);
    for (size_t i = 1; i <= n; i++) {
        unsigned       *row = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *higher = rows[(i + 1) % 3];
        row[0] = (unsigned)(2 * i);
        for (size_t j = 1; j <= k; j++) {
            unsigned other = a[i - 1] == b[j - 1] ? 0 : (a[i - 1] ^ b[j - 1]) == 32 ? 1 : 2;
            row[j] = least(above[j - 1] + other, least(above[j], row[j - 1]) + 2);
            if (i > 1 && j > 1 && other && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = least(row[j], higher[j - 2] + 1);
        }
    }
    return rows[n % 3][k];
}

void text_try(text_near *n, const char *name) {
    unsigned far = text_distance(n->wrong, name);
    if (far >= n->most) return;
    n->most = far;
    n->best = name;
}

const char *text_list(arena *a, const char *const *texts, size_t n) {
    enum { MOST = 12 };
    const char *text = "";
    for (size_t i = 0; i < n && i <= MOST && text; i++)
        text = arena_format(a, "%s%s%s", text, i ? ", " : "", i == MOST ? ".." : texts[i]);
    return text ? text : "";
}

const char **text_copies(arena *a, const char *const *texts, size_t n) {
    const char **own = n < SIZE_MAX / sizeof *own ? arena_new(a, (n + 1) * sizeof *own) : NULL;
    for (size_t i = 0; own && i < n; i++) own[i] = arena_text(a, texts[i], strlen(texts[i]));
    return a->failed ? NULL : own;
}

uint32_t hash_bytes(uint32_t hash, const void *bytes, size_t len) {
    const unsigned char *p = bytes;
    for (size_t i = 0; i < len; i++) hash = (hash ^ p[i]) * UINT32_C(16777619);
    return hash;
}

void symbols_init(symbols *s, arena *a) {
    *s = (symbols){.a = a};
    vec_push(a, &s->names, "");
}

/* The slot of a text: its own, or the free one where it belongs. */
static uint32_t find_slot(const symbols *s, const char *text, size_t len) {
    assert(s->n_slots && !(s->n_slots & (s->n_slots - 1)) && s->names.n <= s->n_slots);
    uint32_t i = hash_bytes(HASH_START, text, len) & (s->n_slots - 1);
    while (s->slots[i]) {
        const char *name = s->names.at[s->slots[i]];
        if (strlen(name) == len && memcmp(name, text, len) == 0) break;
        i = (i + 1) & (s->n_slots - 1);
    }
    return i;
}

static bool grow_slots(symbols *s) {
    uint32_t n = s->n_slots ? s->n_slots * 2 : 64;
    sym     *slots = arena_new(s->a, n * sizeof *slots);
    if (!slots) return false;
    s->slots = slots;
    s->n_slots = n;
    for (sym name = 1; name < s->names.n; name++)
        slots[find_slot(s, s->names.at[name], strlen(s->names.at[name]))] = name;
    return true;
}

sym symbols_find(const symbols *s, const char *text, size_t len) {
    return s->n_slots ? s->slots[find_slot(s, text, len)] : 0;
}

sym symbols_add(symbols *s, const char *text, size_t len) {
    sym known = symbols_find(s, text, len);
    if (known || s->names.n == 0) return known;
    if (s->names.n * 2 >= s->n_slots && !grow_slots(s)) return 0;
    char *copy = arena_text(s->a, text, len);
    if (!copy) return 0;
    sym name = s->names.n;
    vec_push(s->a, &s->names, copy);
    if (s->names.n == name) return 0;
    s->slots[find_slot(s, text, len)] = name;
    return name;
}

const char *symbols_name(const symbols *s, sym name) {
    return name < s->names.n ? s->names.at[name] : "";
}

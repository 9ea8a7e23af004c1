/* The public interface: confusion matrices, as numbers and as a table of text. */
#include <stdio.h>
#include <string.h>

#include "api/api.h"

/* What a caller holds, and the memory that it lies in. */
typedef struct confusion {
    dfoo_confusion shown; /* first: a pointer to one is a pointer to the other */
    arena          a;
} confusion;

static dfoo_status copy(confusion *c, const train_confusion *from) {
    size_t       n = from->n, *count = arena_new(&c->a, n * n * sizeof *count);
    const char **names = arena_new(&c->a, n * sizeof *names);
    if (!count || !names) return DFOO_ENOMEM;
    memcpy(count, from->count, n * n * sizeof *count);
    for (size_t i = 0; i < n; i++) {
        buf b;
        buf_init(&b, c->a.mem);
        buf_visible(&b, from->classes[i], strlen(from->classes[i])); /* they are shown */
        names[i] = buf_keep(&b, &c->a);
    }
    c->shown = (dfoo_confusion){n, names, count};
    return arena_status(&c->a);
}

dfoo_status confusion_new(dfoo *d, const train_confusion *from, dfoo_confusion **out) {
    *out = NULL;
    if (!from->n) return DFOO_OK;
    confusion *c = mem_new(&d->mem, sizeof *c);
    if (!c) return DFOO_ENOMEM;
    arena_init(&c->a, d->mem);
    dfoo_status status = copy(c, from);
    if (status == DFOO_OK)
        *out = &c->shown;
    else
        dfoo_confusion_free(d, &c->shown);
    return status;
}

void dfoo_confusion_free(dfoo *d, dfoo_confusion *x) {
    if (!d || !x) return;
    confusion *c = (confusion *)x;
    arena_free(&c->a);
    mem_free(&d->mem, c, sizeof *c);
}

/* ----------------------------------------------------------------------- sums */

static size_t row_sum(const dfoo_confusion *c, size_t i) {
    size_t sum = 0;
    for (size_t k = 0; k < c->classes; k++) sum += c->count[i * c->classes + k];
    return sum;
}

static size_t column_sum(const dfoo_confusion *c, size_t k) {
    size_t sum = 0;
    for (size_t i = 0; i < c->classes; i++) sum += c->count[i * c->classes + k];
    return sum;
}

/* ---------------------------------------------------------------------- table */

enum { MOST_IN_TABLE = 20, LONGEST_NAME = 16 };

/* A name, cut where it is too long; padded to `width` columns on the right or on the left. */
static void put_name(buf *b, const char *name, size_t width, bool right) {
    size_t len = strlen(name), columns = text_columns(name, len);
    bool   cut = columns > LONGEST_NAME;
    while (cut && text_columns(name, len) > LONGEST_NAME - 2) len--;
    columns = cut ? LONGEST_NAME : columns;
    if (right) buf_repeat(b, ' ', width - columns);
    buf_put(b, name, len);
    if (cut) buf_puts(b, "..");
    if (!right) buf_repeat(b, ' ', width - columns);
}

static size_t name_columns(const char *name) {
    size_t columns = text_columns(name, strlen(name));
    return columns < LONGEST_NAME ? columns : LONGEST_NAME;
}

/* 97.56%, without a printf that would write 97,56% in some locales; "-" of none. */
static void put_part(buf *b, size_t part, size_t whole, size_t width) {
    char   text[40] = "-";
    size_t of_10000 = whole ? (size_t)((double)part / (double)whole * 10000 + 0.5) : 0;
    if (whole) snprintf(text, sizeof text, "%zu.%02zu%%", of_10000 / 100, of_10000 % 100);
    buf_printf(b, "%*s", (int)width, text);
}

static size_t digits(size_t n) {
    size_t count = 1;
    while (n /= 10) count++;
    return count;
}

/* The widths of the columns: names of rows, and each class. */
typedef struct widths {
    size_t first, of[MOST_IN_TABLE];
} widths;

static widths measure(const dfoo_confusion *c) {
    widths w = {.first = strlen("precision")};
    for (size_t i = 0; i < c->classes; i++) {
        if (name_columns(c->names[i]) > w.first) w.first = name_columns(c->names[i]);
        w.of[i] = name_columns(c->names[i]) > 7 ? name_columns(c->names[i]) : 7; /* 100.00% */
        for (size_t k = 0; k < c->classes; k++)
            if (digits(c->count[k * c->classes + i]) > w.of[i])
                w.of[i] = digits(c->count[k * c->classes + i]);
    }
    return w;
}

static void put_table(buf *b, const dfoo_confusion *c) {
    widths w = measure(c);
    buf_printf(b, "%-*s  predicted as\n", (int)w.first, "is");
    buf_repeat(b, ' ', w.first);
    for (size_t k = 0; k < c->classes; k++) {
        buf_puts(b, "  ");
        put_name(b, c->names[k], w.of[k], true);
    }
    buf_puts(b, "   recall\n");
    for (size_t i = 0; i < c->classes; i++) {
        put_name(b, c->names[i], w.first, false);
        for (size_t k = 0; k < c->classes; k++)
            buf_printf(b, "  %*zu", (int)w.of[k], c->count[i * c->classes + k]);
        buf_puts(b, "  ");
        put_part(b, c->count[i * c->classes + i], row_sum(c, i), 7);
        buf_puts(b, "\n");
    }
    buf_printf(b, "%-*s", (int)w.first, "precision");
    for (size_t k = 0; k < c->classes; k++) {
        buf_puts(b, "  ");
        put_part(b, c->count[k * c->classes + k], column_sum(c, k), w.of[k]);
    }
    buf_puts(b, "\n");
}

/* ------------------------------------------------------------------- mistakes */

/* The place of the most frequent mistake behind (in the order of the list) the one at `after`; classes^2:
 * none. */
static size_t next_mistake(const dfoo_confusion *c, size_t after) {
    size_t n = c->classes * c->classes, best = n, limit = after < n ? c->count[after] : SIZE_MAX;
    for (size_t at = 0; at < n; at++) {
        size_t count = c->count[at];
        bool   later = count < limit || (count == limit && at > after);
        if (at % (c->classes + 1) == 0 || !count || !later) continue;
        if (best == n || count > c->count[best]) best = at;
    }
    return best;
}

static void put_mistakes(buf *b, const dfoo_confusion *c) {
    enum { MOST = 10 };
    size_t n = c->classes * c->classes, at = next_mistake(c, n);
    if (at < n) buf_printf(b, "most often mistaken, of %zu classes:\n", c->classes);
    for (int i = 0; i < MOST && at < n; i++, at = next_mistake(c, at))
        buf_printf(b, "%6zu  %s predicted as %s\n", c->count[at], c->names[at / c->classes],
                   c->names[at % c->classes]);
}

/* Names as a terminal may have them: they come with the data. */
static dfoo_status show_names(dfoo_confusion *c, arena *a) {
    const char **names = arena_new(a, c->classes * sizeof *names);
    for (size_t i = 0; names && i < c->classes; i++) names[i] = text_visible(a, c->names[i]);
    c->names = names;
    return arena_status(a);
}

dfoo_status dfoo_confusion_text(dfoo *d, const dfoo_confusion *confusion, char **text) {
    buf b;
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, confusion);
    NEED(d, text);
    arena          a;
    dfoo_confusion shown = *confusion;
    arena_init(&a, d->mem);
    buf_init(&b, d->mem);
    dfoo_status status = show_names(&shown, &a);
    if (status == DFOO_OK && shown.classes <= MOST_IN_TABLE) put_table(&b, &shown);
    else if (status == DFOO_OK) put_mistakes(&b, &shown);
    if (status == DFOO_OK) status = buf_status(&b);
    arena_free(&a);
    return work_text(status, &b, text);
}

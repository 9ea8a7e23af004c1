/* The words of findings. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run/lessons/look.h"

void finding_word(finding *f, const char *name, const char *format, ...) {
    char    text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    const char *own = arena_text(f->a, text, strlen(text));
    if (own && f->n_words < MOST_WORDS) f->words[f->n_words++] = (word){name, own};
}

void finding_rates(finding *f, const watched *w) {
    finding_word(f, "rate", "%g", w->rate);
    finding_word(f, "smaller", "%g", w->rate / 10);
    finding_word(f, "larger", "%g", w->rate * 10);
}

static void put_word(const finding *f, const char *name, size_t len, buf *out) {
    for (uint32_t i = 0; i < f->n_words; i++)
        if (strlen(f->words[i].name) == len && memcmp(f->words[i].name, name, len) == 0)
            buf_puts(out, f->words[i].text);
}

void finding_fill(const finding *f, const char *text, buf *out) {
    while (*text) {
        size_t len = strcspn(text, "{");
        buf_put(out, text, len);
        text += len;
        if (!*text) return;
        len = strcspn(text, "}");
        put_word(f, text + 1, len - 1, out);
        text += len + (text[len] == '}');
    }
}

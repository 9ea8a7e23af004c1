/* A text that grows. */
#include "text.h"

#include "cli.h"

#include <stdlib.h>
#include <string.h>

void text_put(text *t, const char *more, size_t len) {
    if (t->len + len + 1 > t->room && !t->failed) {
        size_t room = 2 * (t->len + len + 1);
        char  *at = realloc(t->at, room);
        if (!at) t->failed = true;
        else *t = (text){at, t->len, room, false};
    // cppcheck-suppress memleak ; t has it
    }
    if (t->failed) return;
    memcpy(t->at + t->len, more, len);
    t->at[t->len += len] = 0;
}

void text_puts(text *t, const char *more) {
    text_put(t, more, strlen(more));
}

void text_put_quoted(text *t, const char *what) {
    text_puts(t, "\"");
    while (*what) {
        size_t n = utf8_length(what);
        char   escaped[8];
        if (n == 0) text_puts(t, "\\ufffd");
        else if (*what == '"' || *what == '\\') text_put(t, "\\", 1), text_put(t, what, 1);
        else if (!is_shown(what, n)) {
            snprintf(escaped, sizeof escaped, "\\u%04x", code_point(what, n));
            text_puts(t, escaped);
        } else text_put(t, what, n);
        what += n ? n : 1;
    }
    text_puts(t, "\"");
}

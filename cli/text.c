/* A text that grows. */
#include "text.h"

#include <stdlib.h>
#include <string.h>

void text_put(text *t, const char *more, size_t len) {
    if (t->len + len + 1 > t->room && !t->failed) {
        size_t room = 2 * (t->len + len + 1);
        char  *at = realloc(t->at, room);
        if (!at) t->failed = true;
        else *t = (text){at, t->len, room, false};
    }
    if (t->failed) return;
    memcpy(t->at + t->len, more, len);
    t->at[t->len += len] = 0;
}

void text_puts(text *t, const char *more) {
    text_put(t, more, strlen(more));
}

/* A text that grows. */
#ifndef CLI_TEXT_H
#define CLI_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/* Begins as zeros; `at` is freed by whoever has it, and is NULL as long as nothing was put. Without memory it
 * stays as it is, and `failed` says so. */
typedef struct text {
    char  *at;
    size_t len, room;
    bool   failed;
} text;

void text_put(text *t, const char *more, size_t len);
void text_puts(text *t, const char *more);
void text_put_quoted(text *t, const char *what); /* as a string of JSON */

#endif

/* Any bytes as the text of a model: it is refused with a message, or it can be shown, derived in
 * every form, and each equality of an explanation holds. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfoo.h"

int    LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) __attribute__((weak)); /* libFuzzer's; replay.c has none */

/* Bytes: beyond these a run takes too long to try many. */
enum { LARGEST = 4096, LARGEST_EXPLAINED = 1024 };

static void fail(dfoo *d, const char *what, dfoo_status status, const char *text) {
    fprintf(stderr, "%s: %s\n%s%s", what, dfoo_status_text(status), dfoo_messages(d), text ? text : "");
    abort();
}

/* Something comes if, and only if, the status is OK; wrong input has a message. */
static void expect(dfoo *d, const char *what, dfoo_status status, bool came, const char *text) {
    if (status != DFOO_OK && status != DFOO_EINPUT) fail(d, what, status, text);
    if ((status == DFOO_OK) != came) fail(d, what, status, text);
    if (status == DFOO_EINPUT && !strstr(dfoo_messages(d), "error: ")) fail(d, "no message", status, text);
    dfoo_messages_clear(d);
}

/* The same for a call that hands out *text, which is freed. */
static void expect_text(dfoo *d, const char *what, dfoo_status status, char **text) {
    expect(d, what, status, *text != NULL, *text);
    dfoo_text_free(d, *text);
}

/* The name before the first " = " at the start of a line; false if there is none. */
static bool first_gradient(const char *derived, char *name, size_t size) {
    for (const char *line = derived; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        size_t len = strcspn(line, " #\n");
        if (len == 0 || len >= size || strncmp(line + len, " = ", 3) != 0) continue;
        memcpy(name, line, len);
        name[len] = '\0';
        return true;
    }
    return false;
}

static void explain_first(dfoo *d, dfoo_model *model, dfoo_convention convention) {
    static const dfoo_format formats[] = {DFOO_TEXT, DFOO_HTML, DFOO_LATEX, DFOO_TYPST, DFOO_MARKDOWN, DFOO_JSON};
    char  *derived, *text;
    char   name[200];
    const dfoo_derive_options plain = {.size = sizeof plain, .convention = convention};
    if (dfoo_derive(model, &plain, &derived) == DFOO_OK && first_gradient(derived, name, sizeof name))
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            dfoo_explain_options how = {.size = sizeof how, .convention = convention, .format = formats[i]};
            expect_text(d, "explain", dfoo_explain(model, i % 2 ? NULL : name, &how, &text), &text);
        }
    dfoo_messages_clear(d);
    dfoo_text_free(d, derived);
}

static void derive_all(dfoo *d, dfoo_model *model, dfoo_convention convention) {
    static const dfoo_derive_options list[] = {{.steps = 0}, {.steps = 1}, {.run = 1},
                                               {.format = DFOO_NUMPY}, {.format = DFOO_LATEX}, {.format = DFOO_JSON}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        char               *text;
        dfoo_derive_options how = list[i];
        how.size = sizeof how;
        how.convention = convention;
        expect_text(d, "derive", dfoo_derive(model, &how, &text), &text);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    dfoo       *d;
    dfoo_model *model;
    char       *text;
    if (size > LARGEST || dfoo_open(NULL, &d) != DFOO_OK) return 0;
    dfoo_status status = dfoo_model_parse(d, "fuzz.eq", (const char *)data, size, &model);
    expect(d, "parse", status, model != NULL, NULL);
    if (model) {
        expect_text(d, "show", dfoo_show(model, DFOO_WITH(dfoo_show_options, .plan = 1), &text), &text);
        for (int c = DFOO_COURSE; c <= DFOO_DJ; c++) {
            derive_all(d, model, (dfoo_convention)c);
            if (size <= LARGEST_EXPLAINED) explain_first(d, model, (dfoo_convention)c);
        }
    }
    dfoo_model_free(model);
    dfoo_close(d);
    return 0;
}

/* ------------------------------------------------------------------ mutation */

/* Changes of bytes rarely leave a model. Most changes here put one token in the place of
 * another, from a list or from the same text. */
static const char *const tokens[] = {
    "+", "-", "*", "/", "@", "**", ".T", "(", ")", "'", ",", " == ", " > ", "0", "1", "2", "-1", "0.5", "1/m", "m", "n", "1e300", "X", "Y", "W", "Z", "A",
    "sum(X)", "sum(X, axis=0)", "sum(X, axis=1, keepdims=True)", "mean(X)", "max(X, axis=0)", "exp(X)", "log(X)", "sqrt(X)", "abs(X)", "tanh(X)", "sigmoid(X)",
    "softmax(X)", "softmax(X, axis=1)", "log_softmax(X)", "relu(X)", "maximum(X, 0)", "where(X > 0, X, 0)", "dropout(X, 0.5)", "ones(n, m)", "X**2", "X.T", "X @ X.T", "(X + 1)", "\n"};

static bool is_word(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* The token around a byte. */
static size_t token_at(const uint8_t *data, size_t size, size_t at, size_t *start) {
    size_t end = at + 1;
    if (is_word(data[at])) {
        while (at > 0 && is_word(data[at - 1])) at--;
        while (end < size && is_word(data[end])) end++;
    }
    *start = at;
    return end - at;
}

static unsigned next_random(unsigned *seed, size_t n) {
    *seed = *seed * 1664525u + 1013904223u;
    return (unsigned)((*seed >> 8) % n);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed) {
    char   copy[200];
    size_t start, from, len;
    if (size == 0 || next_random(&seed, 8) == 0) return LLVMFuzzerMutate ? LLVMFuzzerMutate(data, size, most) : size;
    size_t old = token_at(data, size, next_random(&seed, size), &start);
    if (next_random(&seed, 2)) {
        const char *text = tokens[next_random(&seed, sizeof tokens / sizeof *tokens)];
        len = strlen(text);
        memcpy(copy, text, len);
    } else {
        len = token_at(data, size, next_random(&seed, size), &from);
        if (len > sizeof copy) return size;
        memcpy(copy, data + from, len);
    }
    if (next_random(&seed, 4) == 0) old = 0; /* in front of it */
    if (size - old + len > most) return size;
    memmove(data + start + len, data + start + old, size - start - old);
    memcpy(data + start, copy, len);
    return size - old + len;
}

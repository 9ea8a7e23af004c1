/* Words and numbers, read strictly, and what a mistyped word may have been. */
#include "cli.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

bool parse_number(const char *text, double *out) {
    if (!*text || text[strspn(text, "0123456789+-.eE")]) return false;
    char *end;
    *out = strtod(text, &end);
    return end != text && !*end && isfinite(*out);
}

bool parse_whole(const char *text, uint64_t *out) {
    if (!*text) return false;
    uint64_t value = 0;
    for (; *text; text++) {
        if (*text < '0' || *text > '9') return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > (UINT64_MAX - digit) / 10) return false;
        value = value * 10 + digit;
    }
    *out = value;
    return true;
}

bool parse_bytes(const char *text, uint64_t *out) {
    static const char letters[] = "KMGT";
    char              number[32];
    size_t            len = strspn(text, "0123456789.");
    const char       *end = text + len, *letter = *end ? strchr(letters, toupper((unsigned char)*end)) : NULL;
    double            value, unit = 1;
    for (const char *l = letters; letter && l <= letter; l++) unit *= 1000;
    end += letter != NULL;
    end += *end == 'B';
    if (*end || len >= sizeof number) return false;
    snprintf(number, sizeof number, "%.*s", (int)len, text);
    if (!parse_number(number, &value) || value * unit < 1 || value * unit > 1e18) return false;
    *out = (uint64_t)(value * unit);
    return true;
}

size_t utf8_length(const char *at) {
    static const struct { unsigned char mask, lead; size_t n; } kinds[] = {
        {0x80, 0x00, 1}, {0xE0, 0xC0, 2}, {0xF0, 0xE0, 3}, {0xF8, 0xF0, 4}};
    for (size_t k = 0; k < COUNT_OF(kinds); k++) {
        size_t i = 1;
        if (((unsigned char)*at & kinds[k].mask) != kinds[k].lead) continue;
        while (i < kinds[k].n && ((unsigned char)at[i] & 0xC0) == 0x80) i++;
        return i == kinds[k].n ? i : 0;
    }
    return 0;
}

unsigned code_point(const char *at, size_t n) {
    static const unsigned char first[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    unsigned                   code = (unsigned char)*at & first[n];
    for (size_t i = 1; i < n; i++) code = code << 6 | ((unsigned char)at[i] & 0x3Fu);
    return code;
}

bool is_shown(const char *at, size_t n) {
    static const struct { unsigned first, last; } hidden[] = {
        {0, 0x1F},          {0x7F, 0x9F},       {0x61C, 0x61C},     {0x200E, 0x200F},
        {0x2028, 0x202E}, {0x2066, 0x2069}, {0xD800, 0xDFFF}};
    if (!n) return false;
    unsigned code = code_point(at, n);
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (code >= hidden[i].first && code <= hidden[i].last) return false;
    return true;
}

bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

bool is_word(const char *word, const char *text, size_t len) {
    return word && strlen(word) == len && memcmp(word, text, len) == 0;
}

const char *list_words(dfoo_words list, char text[HELP_SIZE]) {
    size_t len = 0;
    text[0] = 0;
    for (size_t i = 0; dfoo_word(list, i) && len < HELP_SIZE; i++)
        len += (size_t)snprintf(text + len, HELP_SIZE - len, "%s%s", i ? ", " : "", dfoo_word(list, i));
    return text;
}

const char *ending_text(dfoo_words list, size_t i, char text[ENDING_SIZE]) {
    const char *ending = dfoo_word_ending(list, i);
    snprintf(text, ENDING_SIZE, ending ? " (%s)" : "%s", ending ? ending : "");
    return text;
}

enum { LONGEST_WORD = 32 };

static bool same_letter(char a, char b) {
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static size_t least_of(size_t a, size_t b) {
    return a < b ? a : b;
}

/* How many letters have to be put in, left out, replaced or swapped with their neighbour. */
static size_t distance(const char *a, size_t n_a, const char *b, size_t n_b) {
    size_t d[LONGEST_WORD + 1][LONGEST_WORD + 1];
    for (size_t i = 0; i <= n_a; i++) {
        for (size_t j = 0; j <= n_b; j++) {
            if (i == 0 || j == 0) {
                d[i][j] = i + j;
                continue;
            }
            d[i][j] = least_of(d[i - 1][j - 1] + !same_letter(a[i - 1], b[j - 1]),
                               least_of(d[i - 1][j], d[i][j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]))
                d[i][j] = least_of(d[i][j], d[i - 2][j - 2] + 1);
        }
    }
    return d[n_a][n_b];
}

void guess_try(guess *g, const char *candidate) {
    size_t n_word = strlen(g->word), n_candidate = strlen(candidate);
    if (n_word < 2 || n_word > LONGEST_WORD || n_candidate > LONGEST_WORD) return;
    size_t far = distance(g->word, n_word, candidate, n_candidate);
    bool   begins = n_word >= 3 && strncmp(candidate, g->word, n_word) == 0;
    if (begins) far = 1;
    if (far <= 1 + least_of(n_word, n_candidate) / 4 && (!g->best || far < g->distance)) {
        g->best = candidate;
        g->distance = far;
    }
}

/* Numbers as people write them: $1,250.50, 12.5 %, 81,4, 1.250,50 €. A unit is not counted with, 12.5 % is
 * 12.5. That a column has one unit, and a file one decimal sign, is for csv_table.c to see. */
#include "host/data/csv_table.h"

#include <stdio.h>
#include <string.h>

enum { LONGEST = 48 };

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static size_t digits_at(const char *p) {
    size_t n = 0;
    while (is_digit(p[n])) n++;
    return n;
}

/* -------------------------------------------------------------------- units */

/* What is left of a field while signs and units are taken from both ends. */
typedef struct dressed {
    const char *at, *end;
    bool        minus, plus;
    const char *unit; /* NULL: none yet */
} dressed;

static bool take_front(dressed *x, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(x->end - x->at) < n || memcmp(x->at, word, n) != 0) return false;
    x->at += n;
    return true;
}

static bool take_end(dressed *x, const char *word) {
    size_t n = strlen(word);
    if ((size_t)(x->end - x->at) < n || memcmp(x->end - n, word, n) != 0) return false;
    x->end -= n;
    return true;
}

/* A blank, or one at which no line breaks. */
static void take_blank(dressed *x, bool take(dressed *x, const char *word)) {
    if (!take(x, " ")) take(x, "\xC2\xA0");
}

static void take_sign(dressed *x) {
    if (x->minus || x->plus) return;
    x->minus = take_front(x, "-");
    x->plus = !x->minus && take_front(x, "+");
}

static void take_unit(dressed *x, bool take(dressed *x, const char *word)) {
    static const char *const units[] = {"$", "€", "£", "¥", "₹", "%"};
    for (size_t i = 0; i < sizeof units / sizeof *units && !x->unit; i++)
        if (take(x, units[i])) x->unit = units[i];
    if (x->unit) take_blank(x, take);
}

/* -$5, $ -5, 5 %, 5€: what remains is digits, with what stands between them. */
static bool undress(dressed *x) {
    take_sign(x);
    take_unit(x, take_front);
    take_sign(x);
    if (!x->unit) take_unit(x, take_end);
    return x->at < x->end && is_digit(*x->at) && x->end - x->at < LONGEST;
}

/* ------------------------------------------------------------------ digits */

/* 1,234,567: one to three digits, and groups of three; how many bytes that is, 0 if it is not. */
static size_t groups_at(const char *p, char sign) {
    size_t n = digits_at(p), start = n;
    if (!n || n > 3) return 0;
    while (p[n] == sign && digits_at(p + n + 1) == 3) n += 4;
    return n > start && p[n] != sign ? n : 0;
}

/* Digits in groups or not, and behind `point` some more: into `out`, with the point that C has. */
static bool read_digits(const char *p, char group, char point, char *out, bool *grouped) {
    size_t n = groups_at(p, group);
    *grouped = n > 0;
    if (!n) n = digits_at(p);
    for (size_t i = 0; i < n; i++)
        if (p[i] != group) *out++ = p[i];
    if (p[n] == point) {
        size_t behind = digits_at(p + n + 1);
        *out++ = '.';
        memcpy(out, p + n + 1, behind);
        out += behind;
        n += 1 + behind;
    }
    *out = 0;
    return n > 0 && !p[n];
}

bool csv_written_number(const char *text, size_t len, bool commas, csv_written *out) {
    char    body[LONGEST], plain[LONGEST];
    bool    grouped;
    dressed x = {.at = text, .end = text + len};
    *out = (csv_written){.unit = ""};
    if (!undress(&x)) return false;
    snprintf(body, sizeof body, "%.*s", (int)(x.end - x.at), x.at);
    out->decimal_comma = commas && strchr(body, ',');
    if (!read_digits(body, out->decimal_comma ? '.' : ',', out->decimal_comma ? ',' : '.', plain, &grouped))
        return false;
    out->decimal_point = !out->decimal_comma && strchr(body, '.');
    if (x.unit) out->unit = x.unit;
    else if (!out->decimal_comma && !grouped) return false; /* for csv_number to read */
    if (!csv_number(plain, strlen(plain), &out->value)) return false;
    if (x.minus) out->value = -out->value;
    return true;
}

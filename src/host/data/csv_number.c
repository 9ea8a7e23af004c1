/* Text as a number. */
#include "host/data/internal.h"

#include <float.h>
#include <math.h>
#include <stdlib.h>

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/* Case does not matter; `word` is in lower case. */
static bool is_word(const char *text, const char *end, const char *word) {
    for (; text < end && *word; text++, word++)
        if ((*text | 0x20) != *word) return false;
    return text == end && !*word;
}

typedef struct decimal {
    uint64_t digits; /* the first 19 of them */
    int      exponent;
    bool     exact; /* the number is digits * 10^exponent */
} decimal;

/* Takes digits up to the first byte that is none; each moves the exponent by so much. */
static const char *take_digits(const char *p, const char *end, int moves, decimal *n) {
    for (; p < end && is_digit(*p); p++, n->exponent += moves) {
        if (n->digits < UINT64_C(1000000000000000000)) n->digits = n->digits * 10 + (uint64_t)(*p - '0');
        else n->exact = false;
    }
    return p;
}

/* [sign] digits; NULL: there are none. */
static const char *take_exponent(const char *p, const char *end, int *out) {
    enum { LARGEST = 100000 }; /* far behind what a double can hold */
    bool minus = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+')) p++;
    if (p == end) return NULL;
    int n = 0;
    for (; p < end && is_digit(*p); p++)
        if (n < LARGEST) n = n * 10 + (*p - '0');
    *out = minus ? -n : n;
    return p;
}

/* digits [. digits] [e [sign] digits] up to `end`. */
static bool parse_decimal(const char *start, const char *end, decimal *n) {
    *n = (decimal){.exact = true};
    const char *p = take_digits(start, end, 0, n);
    bool        any = p > start;
    if (p < end && *p == '.') {
        const char *point = p + 1;
        p = take_digits(point, end, -1, n);
        any |= p > point;
    }
    int exponent = 0;
    if (any && p < end && (*p | 0x20) == 'e') p = take_exponent(p + 1, end, &exponent);
    n->exponent += exponent;
    return any && p == end;
}

/* Where both factors are exact doubles, one multiplication or division rounds correctly
 * (W. D. Clinger, "How to read floating point numbers accurately", PLDI 1990). */
static bool exact_value(const decimal *n, double *out) {
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                  1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (FLT_EVAL_METHOD != 0 || !n->exact || n->digits > UINT64_C(1) << 53) return false;
    if (n->exponent < -22 || n->exponent > 22) return false;
    *out = n->exponent < 0 ? (double)n->digits / tens[-n->exponent] : (double)n->digits * tens[n->exponent];
    return true;
}

bool csv_number(const char *text, size_t len, double *out) {
    const char *end = text + len;
    decimal     n;
    while (text < end && is_blank(*text)) text++;
    while (end > text && is_blank(end[-1])) end--;
    const char *start = text;
    bool        minus = text < end && *text == '-';
    if (text < end && (*text == '-' || *text == '+')) text++;
    if (is_word(text, end, "inf") || is_word(text, end, "infinity")) {
        *out = minus ? -INFINITY : INFINITY;
        return true;
    }
    if (!parse_decimal(text, end, &n)) return false;
    if (!exact_value(&n, out)) *out = strtod(start, NULL);
    else if (minus) *out = -*out;
    return true;
}

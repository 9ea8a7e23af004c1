/* Text -> tokens. Line ends inside brackets are white space (what begins a statement ends a forgotten
 * bracket, so that its own line is blamed and the next one read); `np.` before a name is dropped;
 * typographic signs, which copying from slides brings, are read as what they stand for. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "core/syntax/syntax.h"

typedef struct lexer {
    const source *src;
    arena        *a;
    symbols      *names;
    diags        *d;
    tokens       *out;
    uint32_t      at;
    uint32_t      depth; /* of open brackets */
    bool          spaced;
} lexer;

static const char *rest(const lexer *l) {
    return l->src->text + l->at;
}

static bool starts(const lexer *l, const char *text) {
    const char *s = rest(l);
    while (*text && *s == *text) s++, text++;
    return !*text;
}

static void emit(lexer *l, token t, uint32_t len) {
    assert(l->at + len <= l->src->len);
    t.spaced = l->spaced;
    t.at = span_at(l->at, l->at + len);
    vec_push(l->a, &l->out->list, t);
    l->at += len;
    l->spaced = false;
}

static void end_line(lexer *l) {
    const tokens *out = l->out;
    if (out->list.n && out->list.at[out->list.n - 1].kind != TOKEN_END)
        emit(l, (token){.kind = TOKEN_END}, 0);
    l->depth = 0;
}

/* The UTF-8 sequences that stand for a sign: their length, else 0. */
static uint32_t prime_length(const lexer *l) {
    if (*rest(l) == '\'') return 1;
    return starts(l, "\xE2\x80\x99") || starts(l, "\xE2\x80\xB2") ? 3 : 0;
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* A digit as an index, ₀ .. ₉: which one; -1: it is none. */
static int subscript(const char *s) {
    unsigned char c = (unsigned char)s[0] == 0xE2 && (unsigned char)s[1] == 0x82 ? (unsigned char)s[2] : 0;
    return c >= 0x80 && c <= 0x89 ? c - 0x80 : -1;
}

/* Greek letters and other letters of two UTF-8 bytes may be part of a name (0xCE.. 0xD1). */
static uint32_t name_char(const char *s) {
    unsigned char c = (unsigned char)s[0];
    if (is_letter(s[0]) || is_digit(s[0])) return 1;
    if (subscript(s) >= 0) return 3;
    return c >= 0xCE && c <= 0xD1 && ((unsigned char)s[1] & 0xC0) == 0x80 ? 2 : 0;
}

/* A package in front of a function's name: np.tanh, torch.tanh. */
static uint32_t package_length(const lexer *l) {
    static const char *const packages[] = {"np.", "numpy.", "jnp.", "torch.", "math.", "tf.nn.", "tf.math.",
                                           "tf.", "F.", "nn.functional."};
    for (size_t i = 0; i < sizeof packages / sizeof *packages; i++) {
        if (!starts(l, packages[i])) continue; /* what stands behind it may be past the end */
        size_t      len = strlen(packages[i]);
        const char *name = rest(l) + len;
        bool        called = strcspn(name, "(") == strspn(name, "abcdefghijklmnopqrstuvwxyz_0123456789");
        bool        own = strncmp(name, "dot(", 4) == 0 || strncmp(name, "sum(", 4) == 0 ||
                   strncmp(name, "mean(", 5) == 0; /* of a matrix F */
        if (is_letter(*name) && (i < 2 || (called && (i < 8 || !own))))
            return (uint32_t)len;
    }
    return 0;
}

/* The name with its indices as digits: Z₁ is Z1. */
static sym plain_name(lexer *l, uint32_t len) {
    char *text = arena_text(l->a, rest(l), len), *out = text;
    if (!text) return 0;
    for (const char *s = text; *s;) {
        int digit = subscript(s);
        if (digit >= 0) *out++ = (char)('0' + digit);
        else *out++ = *s;
        s += digit >= 0 ? 3 : 1;
    }
    return symbols_add(l->names, text, (size_t)(out - text));
}

static void lex_name(lexer *l) {
    l->at += package_length(l);
    uint32_t len = 0, more;
    while ((more = name_char(rest(l) + len))) len += more;
    emit(l, (token){.kind = TOKEN_NAME, .name = plain_name(l, len)}, len);
}

/* Digits, a point, digits, an exponent. "1." counts, as in numpy's 1./m. */
static void lex_number(lexer *l) {
    const char *s = rest(l), *p = s;
    while (is_digit(*p)) p++;
    if (*p == '.' && !is_letter(p[1])) {
        p++;
        while (is_digit(*p)) p++;
    }
    if ((*p == 'e' || *p == 'E') && (is_digit(p[1]) || ((p[1] == '-' || p[1] == '+') && is_digit(p[2])))) {
        p += 2;
        while (is_digit(*p)) p++;
    }
    uint32_t len = (uint32_t)(p - s);
    char    *text = arena_text(l->a, s, len);
    emit(l, (token){.kind = TOKEN_NUMBER, .number = text ? strtod(text, NULL) : 0}, len);
}

static void lex_primes(lexer *l) {
    uint32_t len = 0, one, start = l->at;
    uint16_t count = 0;
    while ((one = prime_length(l))) {
        len += one;
        l->at += one;
        count++;
    }
    l->at = start;
    emit(l, (token){.kind = TOKEN_PRIMES, .primes = count}, len);
}

/* Signs of slides: −, · and × (entry by entry, as * is), ≤, ≥; the transpose ᵀ or ⊤; ² and ³. */
static bool lex_typography(lexer *l) {
    static const struct {
        const char *text;
        uint32_t    sign;
    } signs[] = {{"\xE2\x88\x92", '-'}, {"\xC2\xB7", '*'}, {"\xE2\x8B\x85", '*'}, {"\xC3\x97", '*'},
                 {"\xE2\x8A\x99", '*'}, {"\xE2\x89\xA4", '<' * 256 + '='}, {"\xE2\x89\xA5", '>' * 256 + '='}};
    static const char *const turned[] = {"\xE1\xB5\x80", "\xE2\x8A\xA4"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++) {
        if (!starts(l, signs[i].text)) continue;
        emit(l, (token){.kind = TOKEN_SIGN, .sign = signs[i].sign}, (uint32_t)strlen(signs[i].text));
        return true;
    }
    for (size_t i = 0; i < sizeof turned / sizeof *turned; i++) {
        if (!starts(l, turned[i])) continue;
        emit(l, (token){.kind = TOKEN_SIGN, .sign = '.'}, 0);
        emit(l, (token){.kind = TOKEN_NAME, .name = symbols_add(l->names, "T", 1)}, 3);
        return true;
    }
    if (!starts(l, "\xC2\xB2") && !starts(l, "\xC2\xB3")) return false;
    double power = rest(l)[1] == '\xB2' ? 2 : 3;
    emit(l, (token){.kind = TOKEN_SIGN, .sign = '*' * 256 + '*'}, 0);
    emit(l, (token){.kind = TOKEN_NUMBER, .number = power}, 2);
    return true;
}

static bool lex_sign(lexer *l) {
    static const char *const pairs[] = {"**", "<=", ">=", "==", "!="};
    if ((unsigned char)*rest(l) >= 0x80) return lex_typography(l);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (!starts(l, pairs[i])) continue;
        uint32_t sign = (uint32_t)pairs[i][0] * 256 + (uint32_t)pairs[i][1];
        emit(l, (token){.kind = TOKEN_SIGN, .sign = sign}, 2);
        return true;
    }
    char c = *rest(l);
    if (!strchr("+-*/@()[]{}=,:~<>.;|", c)) return false;
    if (c == '(' || c == '[') l->depth++;
    if ((c == ')' || c == ']') && l->depth) l->depth--;
    emit(l, (token){.kind = TOKEN_SIGN, .sign = (uint32_t)c}, 1);
    return true;
}

static void report_character(lexer *l) {
    const char *s = rest(l);
    uint32_t    len = (uint32_t)text_character(s, l->src->len - l->at), known = len;
    if (!len) len = 1;
    span     at = span_at(l->at, l->at + len);
    unsigned c = (unsigned char)s[0];
    if (!known) {
        diag_error(l->d, l->src, at, "a character that is not text (byte 0x%02x)", c);
    } else {
        diag_error(l->d, l->src, at, "'%.*s' is not part of the notation", (int)len, s);
        if (c == '^') diag_note(l->d, "a power is written **, as in Z**2");
        if (c == '!' || c == '&') diag_note(l->d, "comparisons are < > <= >= == != and give 0 or 1");
        if (c == '\\') diag_note(l->d, "a function is written without it: tanh(Z1)");
        if (c == '%') diag_note(l->d, "a comment begins with #");
    }
    l->at += len;
}

/* ------------------------------------------------- lines and what begins one */

static const char *skip_blanks(const char *s) {
    while (*s == ' ' || *s == '\t') s++;
    return s;
}

static const char *skip_name(const char *s) {
    for (uint32_t more; (more = name_char(s));) s += more;
    return s;
}

static bool is_word(const char *from, const char *to, const char *word) {
    return (size_t)(to - from) == strlen(word) && memcmp(from, word, strlen(word)) == 0;
}

static bool is_equals(const char *s) {
    return s[0] == '=' && s[1] != '=';
}

/* [2] behind a name, or (a, b): what may stand between a name and the = of its definition. */
static const char *skip_brackets(const char *s) {
    char close = *s == '[' ? ']' : ')';
    if (*s != '[' && *s != '(') return s;
    while (*s != close && *s && *s != '\n') s++;
    return *s == close ? skip_blanks(s + 1) : s;
}

/* NAME =, NAME[2] =, NAME(z) =, input NAME, minimize NAME, ..: a text that can only be the start of a
 * statement. `axis =` and `keepdims =` stand inside calls. */
static bool begins_statement(const char *s) {
    static const char *const words[] = {"input",    "label",    "param",    "const",  "size",
                                        "examples", "function", "minimize", "predict"};
    const char *name = skip_blanks(s), *end = skip_name(name), *next = skip_blanks(end);
    if (end == name || is_digit(*name)) return false;
    for (size_t i = 0; next > end && i < sizeof words / sizeof *words; i++)
        if (is_word(name, end, words[i]) && skip_name(next) > next && !is_digit(*next)) return true;
    return !is_word(name, end, "axis") && !is_word(name, end, "keepdims") && is_equals(skip_brackets(next));
}

/* Inside brackets a line end is white space, unless they were forgotten. */
static bool ends_line(const lexer *l) {
    return !l->depth || begins_statement(rest(l) + 1);
}

static void lex_one(lexer *l) {
    char c = *rest(l);
    if (is_blank(c)) {
        if (c == '\n' && ends_line(l)) end_line(l);
        l->at++;
        l->spaced = true;
    } else if (c == '#') {
        while (l->at < l->src->len && *rest(l) != '\n') l->at++;
    } else if (is_letter(c) || name_char(rest(l)) == 2) {
        lex_name(l);
    } else if (is_digit(c) || (c == '.' && is_digit(rest(l)[1]))) {
        lex_number(l);
    } else if (prime_length(l)) {
        lex_primes(l);
    } else if (!lex_sign(l)) {
        report_character(l);
    }
}

void syntax_lex(const source *src, arena *a, symbols *names, diags *d, tokens *out) {
    assert(!src->text[src->len]);
    lexer l = {.src = src, .a = a, .names = names, .d = d, .out = out, .spaced = true};
    out->src = src;
    if (strncmp(src->text, "\xEF\xBB\xBF", 3) == 0) l.at = 3;
    while (l.at < src->len) lex_one(&l);
    emit(&l, (token){.kind = TOKEN_END}, 0);
}

/* A Python text in tokens: indentation, names, numbers, strings with their prefixes, signs. Lines inside
 * brackets and behind a backslash go on; comments, blank lines and the commands of notebooks (%matplotlib,
 * !pip) vanish. */
#include <assert.h>
#include <string.h>

#include "teach/python/tree.h"

enum { MOST_INDENTS = 60 };

typedef struct lexer {
    arena      *a;
    const char *text;
    uint32_t    len, at, line;
    uint32_t    open; /* brackets */
    uint32_t    indent[MOST_INDENTS];
    uint32_t    n_indent;
    py_tokens  *out;
} lexer;

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (unsigned char)c >= 128;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static char peek(const lexer *x, uint32_t ahead) {
    return x->at + ahead < x->len ? x->text[x->at + ahead] : '\0';
}

static void put(lexer *x, py_token_kind kind, uint32_t start, uint32_t line, const char *what) {
    vec_push(x->a, &x->out->list, (py_token){(uint8_t)kind, start, x->at, line, what});
}

static bool ends_line(const lexer *x) {
    return x->at >= x->len || peek(x, 0) == '\n' || (peek(x, 0) == '\r' && peek(x, 1) == '\n');
}

static void skip_comment(lexer *x) {
    while (x->at < x->len && peek(x, 0) != '\n') x->at++;
}

/* The column behind the blanks at a line's start. */
static uint32_t blanks(lexer *x) {
    uint32_t column = 0;
    for (;; x->at++) {
        if (peek(x, 0) == ' ')
            column++;
        else if (peek(x, 0) == '\t')
            column += 8 - column % 8;
        else if (peek(x, 0) != '\f')
            return column;
    }
}

/* Is the line at hand empty, a comment, or a command of a notebook? Then it is skipped. */
static bool nothing_there(lexer *x) {
    char c = peek(x, 0);
    if (!ends_line(x) && c != '#' && c != '%' && c != '!') return false;
    skip_comment(x);
    if (x->at < x->len) x->at++;
    x->line++;
    return true;
}

static void start_line(lexer *x) {
    uint32_t column = blanks(x);
    while (x->at < x->len && nothing_there(x)) column = blanks(x);
    if (x->at >= x->len) return;
    if (column > x->indent[x->n_indent]) {
        if (x->n_indent + 1 == MOST_INDENTS) {
            put(x, PY_TOKEN_BAD, x->at, x->line, "too many levels of indentation");
            return;
        }
        x->indent[++x->n_indent] = column;
        put(x, PY_TOKEN_INDENT, x->at, x->line, NULL);
        return;
    }
    while (x->n_indent && column < x->indent[x->n_indent]) {
        x->n_indent--;
        put(x, PY_TOKEN_DEDENT, x->at, x->line, NULL);
    }
    if (column != x->indent[x->n_indent])
        put(x, PY_TOKEN_BAD, x->at, x->line, "unindent does not match any outer indentation level");
}

/* ----------------------------------------------------------------- tokens */

static void read_number(lexer *x) {
    uint32_t start = x->at;
    bool     base = peek(x, 0) == '0' && strchr("xXbBoO", peek(x, 1)) && peek(x, 1);
    while (is_letter(peek(x, 0)) || is_digit(peek(x, 0)) || peek(x, 0) == '.') {
        bool exponent = !base && (peek(x, 0) == 'e' || peek(x, 0) == 'E');
        x->at++;
        if (exponent && (peek(x, 0) == '+' || peek(x, 0) == '-')) x->at++;
    }
    put(x, PY_TOKEN_NUMBER, start, x->line, NULL);
}

/* How many letters of a prefix (r, b, u, f) stand before a quote here; -1: it is no string. */
static int string_prefix(const lexer *x) {
    for (uint32_t n = 0; n < 3; n++) {
        char c = peek(x, n);
        if (c == '\'' || c == '"') return (int)n;
        if (!c || !strchr("rbufRBUF", c)) return -1;
    }
    return -1;
}

static void read_string(lexer *x, int prefix) {
    uint32_t start = x->at, line = x->line;
    x->at += (uint32_t)prefix;
    char quote = peek(x, 0);
    bool three = peek(x, 1) == quote && peek(x, 2) == quote;
    x->at += three ? 3 : 1;
    for (;;) {
        char c = peek(x, 0);
        if (x->at >= x->len || (c == '\n' && !three)) {
            put(x, PY_TOKEN_BAD, start, line, "the string does not end");
            return;
        }
        if (c == '\n') x->line++;
        if (c == '\\') {
            if (peek(x, 1) == '\n') x->line++;
            x->at += 2;
            if (x->at > x->len) x->at = x->len;
            continue;
        }
        x->at++;
        if (c != quote) continue;
        if (!three) break;
        if (peek(x, 0) != quote || peek(x, 1) != quote) continue;
        x->at += 2;
        break;
    }
    put(x, PY_TOKEN_STRING, start, line, NULL);
}

static void read_sign(lexer *x) {
    static const char *const longer[] = {"**=", "//=", "...", "<<=", ">>=", "**", "//", "<<",
                                         ">>",  "<=",  ">=",  "==",  "!=",  "->", "+=", "-=",
                                         "*=",  "/=",  "%=",  "@=",  "&=",  "|=", "^=", ":="};
    uint32_t                 start = x->at;
    char                     c = peek(x, 0);
    for (size_t i = 0; i < sizeof longer / sizeof *longer; i++) {
        uint32_t n = (uint32_t)strlen(longer[i]);
        if (x->len - x->at < n || memcmp(x->text + x->at, longer[i], n) != 0) continue;
        x->at += n;
        put(x, PY_TOKEN_SIGN, start, x->line, NULL);
        return;
    }
    x->at++;
    bool known = c && strchr("+-*/%@&|^~<>()[]{},:;.=", c);
    if (known && strchr("([{", c)) x->open++;
    if (known && strchr(")]}", c) && x->open) x->open--;
    put(x, known ? PY_TOKEN_SIGN : PY_TOKEN_BAD, start, x->line,
        known ? NULL : "this character means nothing in Python");
}

static void read_token(lexer *x) {
    char c = peek(x, 0);
    int  prefix = string_prefix(x);
    if (prefix >= 0)
        read_string(x, prefix);
    else if (is_letter(c)) {
        uint32_t start = x->at;
        while (is_letter(peek(x, 0)) || is_digit(peek(x, 0))) x->at++;
        put(x, PY_TOKEN_NAME, start, x->line, NULL);
    } else if (is_digit(c) || (c == '.' && is_digit(peek(x, 1))))
        read_number(x);
    else
        read_sign(x);
}

static void end_line(lexer *x) {
    if (!x->open) put(x, PY_TOKEN_NEWLINE, x->at, x->line, NULL);
    x->at += peek(x, 0) == '\r' ? 2 : 1;
    x->line++;
    if (!x->open) start_line(x);
}

static bool skip_between(lexer *x) {
    char c = peek(x, 0);
    if (c == ' ' || c == '\t' || c == '\f' || (c == '\r' && peek(x, 1) != '\n'))
        x->at++;
    else if (c == '#')
        skip_comment(x);
    else if (c == '\\' && (peek(x, 1) == '\n' || (peek(x, 1) == '\r' && peek(x, 2) == '\n'))) {
        x->at += peek(x, 1) == '\n' ? 2 : 3;
        x->line++;
    } else
        return false;
    return true;
}

dfoo_status py_lex(arena *a, const char *text, size_t len, uint32_t first_line, py_tokens *out) {
    lexer x = {.a = a, .text = text, .len = (uint32_t)len, .line = first_line, .out = out};
    assert(len < UINT32_MAX);
    if (len >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) x.at = 3;
    start_line(&x);
    while (x.at < x.len && !a->failed) {
        if (skip_between(&x)) continue;
        if (ends_line(&x))
            end_line(&x);
        else
            read_token(&x);
    }
    x.at = x.len;
    if (out->list.n && out->list.at[out->list.n - 1].kind != PY_TOKEN_NEWLINE)
        put(&x, PY_TOKEN_NEWLINE, x.at, x.line, NULL);
    while (x.n_indent-- > 0) put(&x, PY_TOKEN_DEDENT, x.at, x.line, NULL);
    put(&x, PY_TOKEN_END, x.at, x.line, NULL);
    return arena_status(a);
}

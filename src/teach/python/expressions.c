/* Python's expressions. What is wrong is noted once; from there on every function returns NULL, and lists
 * stay as they are. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "teach/python/parser.h"

enum { DEEPEST = 90 };

/* -------------------------------------------------------------- the tokens */

static bool is_text(const py_parser *p, const py_token *t, const char *word) {
    size_t len = strlen(word);
    return (t->kind == PY_TOKEN_NAME || t->kind == PY_TOKEN_SIGN) && t->end - t->start == len &&
           memcmp(p->text + t->start, word, len) == 0;
}

bool py_parser_sees(const py_parser *p, const char *word) {
    return is_text(p, p->at, word);
}

void py_parser_next(py_parser *p) {
    if (p->at->kind == PY_TOKEN_END) return;
    p->behind = p->at->end;
    p->behind_line = p->at->line;
    p->at++;
}

bool py_parser_takes(py_parser *p, const char *word) {
    if (!py_parser_sees(p, word)) return false;
    py_parser_next(p);
    return true;
}

void py_parser_fails(py_parser *p, const char *format, ...) {
    char    text[200];
    va_list args;
    if (p->wrong) return;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    p->wrong = p->at->kind == PY_TOKEN_BAD ? p->at->what : arena_format(p->a, "%s", text);
    if (!p->wrong) p->wrong = "";
    p->wrong_line = p->at->line;
}

static void fails_here(py_parser *p, const char *expected) {
    int len = (int)(p->at->end - p->at->start);
    if (p->at->kind == PY_TOKEN_NEWLINE || p->at->kind == PY_TOKEN_END || len == 0 || len > 40)
        py_parser_fails(p, "the line ends where %s is expected", expected);
    else
        py_parser_fails(p, "'%.*s' stands where %s is expected", len, p->text + p->at->start, expected);
}

void py_parser_expects(py_parser *p, const char *word) {
    char quoted[20];
    snprintf(quoted, sizeof quoted, "'%s'", word);
    if (!py_parser_takes(p, word)) fails_here(p, quoted);
}

static const char *const keywords[] = {
    "False", "None",   "True", "and",   "as",     "assert",   "break", "class", "continue",
    "def",   "del",    "elif", "else",  "except", "finally",  "for",   "from",  "global",
    "if",    "import", "in",   "is",    "lambda", "nonlocal", "not",   "or",    "pass",
    "raise", "return", "try",  "while", "with",   "yield"};

static bool is_keyword(const py_parser *p) {
    for (size_t i = 0; i < sizeof keywords / sizeof *keywords; i++)
        if (py_parser_sees(p, keywords[i])) return true;
    return false;
}

sym py_parser_name(py_parser *p) {
    if (p->at->kind != PY_TOKEN_NAME || is_keyword(p)) {
        fails_here(p, "a name");
        return 0;
    }
    sym name = symbols_add(p->names, p->text + p->at->start, p->at->end - p->at->start);
    py_parser_next(p);
    return name;
}

py_node *py_parser_node(py_parser *p, py_node_kind kind) {
    py_node *n = p->wrong ? NULL : arena_new(p->a, sizeof *n);
    if (!n) {
        py_parser_fails(p, "there is no memory left");
        return NULL;
    }
    *n = (py_node){.kind = (uint8_t)kind, .line = p->at->line, .start = p->at->start};
    return py_parser_end(p, n);
}

py_node *py_parser_end(py_parser *p, py_node *n) {
    if (n) {
        n->end = p->behind > n->start ? p->behind : n->start;
        n->end_line = p->behind_line > n->line ? p->behind_line : n->line;
    }
    return p->wrong ? NULL : n;
}

static py_node *leaf(py_parser *p, py_node_kind kind) {
    py_node *n = py_parser_node(p, kind);
    py_parser_next(p);
    return py_parser_end(p, n);
}

/* A node around one that begins where it does. */
static py_node *around(py_parser *p, py_node_kind kind, int op, py_node *a, py_node *b) {
    py_node *n = py_parser_node(p, kind);
    if (!n || !a) return NULL;
    n->op = (uint8_t)op;
    n->line = a->line;
    n->start = a->start;
    n->a = a;
    n->b = b;
    return py_parser_end(p, n);
}

/* ------------------------------------------------------- numbers and strings */

static void read_based(py_node *n, const char *text) {
    int base = text[1] == 'x' || text[1] == 'X' ? 16 : text[1] == 'b' || text[1] == 'B' ? 2 : 8;
    n->value = (double)strtoull(text + 2, NULL, base);
}

static py_node *number(py_parser *p) {
    char        text[64];
    size_t      len = 0;
    const char *from = p->text + p->at->start;
    char       *end = text;
    py_node    *n = py_parser_node(p, E_NUMBER);
    for (uint32_t i = 0; i < p->at->end - p->at->start && len + 1 < sizeof text; i++)
        if (from[i] != '_') text[len++] = from[i];
    text[len] = '\0';
    if (!n) return NULL;
    n->whole = !strpbrk(text, ".eE") || (text[0] == '0' && len > 1 && strchr("xX", text[1]));
    if (text[0] == '0' && len > 1 && strchr("xXbBoO", text[1]))
        read_based(n, text);
    else {
        n->value = strtod(text, &end);
        if (end != text + len) py_parser_fails(p, "'%s' is a number that is not known here", text);
    }
    py_parser_next(p);
    return py_parser_end(p, n);
}

static char escaped(char c) {
    static const char letters[] = "nrtabfv0", values[] = "\n\r\t\a\b\f\v";
    const char       *at = c ? strchr(letters, c) : NULL;
    return at ? values[at - letters] : c;
}

/* The letters before the quotes of a string; where they end. */
static const char *string_prefix(const char *from, bool *raw, bool *format) {
    for (; *from != '\'' && *from != '"'; from++) {
        *raw = *raw || *from == 'r' || *from == 'R';
        *format = *format || *from == 'f' || *from == 'F';
    }
    return from;
}

/* The text of a string token without prefix, quotes and escapes. */
static void string_text(py_parser *p, const py_token *t, bool *format, const char **text, size_t *len) {
    bool        raw = false;
    const char *from = string_prefix(p->text + t->start, &raw, format), *end = p->text + t->end;
    size_t      quotes = end - from >= 6 && from[1] == from[0] && from[2] == from[0] ? 3 : 1;
    char       *to = arena_new(p->a, (size_t)(end - from) + 1);
    *len = 0;
    *text = to ? to : "";
    end -= quotes;
    for (from += quotes; to && from < end; from++) {
        if (*from != '\\' || raw || from + 1 == end)
            to[(*len)++] = *from;
        else if (*++from != '\n') {
            if (!strchr("nrtabfv0'\"\\", *from)) to[(*len)++] = '\\';
            to[(*len)++] = escaped(*from);
        }
    }
}

static py_node *field_expression(py_parser *p, const char *text, size_t len) {
    py_tokens tokens = {{0}};
    if (len == 0 || len > 2000) {
        py_parser_fails(p, "an f-string with an empty expression");
        return NULL;
    }
    if (py_lex(p->a, text, len, p->at->line, &tokens) != DFOO_OK) return NULL;
    py_parser inner = *p;
    inner.text = text;
    inner.at = tokens.list.at;
    inner.behind = 0;
    py_node *n = py_parser_list(&inner);
    if (inner.at->kind != PY_TOKEN_NEWLINE && !py_parser_sees(&inner, "="))
        fails_here(&inner, "the end of the expression");
    if (inner.wrong) py_parser_fails(p, "in an f-string: %s", inner.wrong);
    return n;
}

/* Where the expression of a field ends: at its } or ! or : outside of all brackets. */
static size_t field_end(const char *text, size_t len) {
    size_t open = 0;
    for (size_t i = 0; i < len; i++) {
        if (strchr("([{", text[i]))
            open++;
        else if (open && strchr(")]}", text[i]))
            open--;
        else if (!open &&
                 (text[i] == '}' || text[i] == ':' || (text[i] == '!' && i + 1 < len && text[i + 1] != '=')))
            return i;
    }
    return len;
}

static void add_text(py_parser *p, py_node *to, const char *text, size_t len) {
    py_node *n = py_parser_node(p, E_STRING);
    if (!n || !to) return;
    n->text = text;
    n->n_text = len;
    vec_push(p->a, &to->list, n);
}

static size_t add_field(py_parser *p, py_node *to, const char *text, size_t len) {
    size_t   end = field_end(text, len), close = end;
    py_node *n = py_parser_node(p, E_FIELD);
    while (close < len && text[close] != '}') close++;
    if (!n || !to || close == len) {
        py_parser_fails(p, "the } of an f-string is missing");
        return len;
    }
    n->a = field_expression(p, text, end);
    size_t colon = end < close && text[end] == '!' ? end + 2 : end;
    n->text = colon < close ? text + colon + 1 : "";
    n->n_text = colon < close ? close - colon - 1 : 0;
    if (n->a) vec_push(p->a, &to->list, n);
    return close + 1;
}

static void add_format(py_parser *p, py_node *to, const char *text, size_t len) {
    size_t start = 0;
    for (size_t i = 0; i < len && !p->wrong;) {
        bool twice = i + 1 < len && (text[i] == '{' || text[i] == '}') && text[i + 1] == text[i];
        if (!twice && text[i] != '{') {
            i++;
            continue;
        }
        add_text(p, to, text + start, i - start + (twice ? 1 : 0));
        i = twice ? i + 2 : i + 1 + add_field(p, to, text + i + 1, len - i - 1);
        start = i;
    }
    if (start < len) add_text(p, to, text + start, len - start);
}

static py_node *string(py_parser *p) {
    py_node *all = py_parser_node(p, E_FORMAT);
    bool     any = false;
    while (p->at->kind == PY_TOKEN_STRING && all && !p->wrong) {
        bool        format = false;
        const char *text;
        size_t      len;
        string_text(p, p->at, &format, &text, &len);
        any = any || format;
        if (format)
            add_format(p, all, text, len);
        else
            add_text(p, all, text, len);
        py_parser_next(p);
    }
    if (!py_parser_end(p, all)) return NULL;
    if (any || all->list.n != 1) return all;
    all->kind = E_STRING;
    all->text = all->list.at[0]->text;
    all->n_text = all->list.at[0]->n_text;
    return all;
}

/* ------------------------------------------------------------------- atoms */

static py_node *star_or_expression(py_parser *p) {
    if (!py_parser_sees(p, "*")) return py_parser_expression(p);
    py_node *n = py_parser_node(p, E_STAR);
    py_parser_next(p);
    py_node *a = py_parser_expression(p);
    if (n) n->a = a;
    return py_parser_end(p, n);
}

static py_node *or_test(py_parser *p);

/* for a in b if c: what stands behind the value of a comprehension. */
static py_node *comprehension(py_parser *p, py_node *value, py_node *of_dict, int bracket) {
    py_node *n = around(p, E_EACH, bracket, value, of_dict);
    while (n && py_parser_sees(p, "for")) {
        py_node *f = py_parser_node(p, E_FOR);
        py_parser_next(p);
        py_node *a = py_parser_targets(p);
        py_parser_expects(p, "in");
        py_node *b = or_test(p);
        if (!f || !b) return NULL;
        f->a = a;
        f->b = b;
        while (py_parser_takes(p, "if")) {
            py_node *c = or_test(p);
            if (c) vec_push(p->a, &f->list, c);
        }
        vec_push(p->a, &n->list, f);
    }
    return py_parser_end(p, n);
}

/* What stands between brackets: a list, or a comprehension. */
static py_node *bracketed(py_parser *p, py_node_kind kind, const char *end, int bracket) {
    py_node *n = py_parser_node(p, kind);
    bool     comma = false;
    py_parser_next(p);
    while (n && !p->wrong && !py_parser_sees(p, end)) {
        py_node *x = star_or_expression(p);
        if (x && !n->list.n && py_parser_sees(p, "for")) {
            x = comprehension(p, x, NULL, bracket);
            py_parser_expects(p, end);
            return py_parser_end(p, x);
        }
        if (x) vec_push(p->a, &n->list, x);
        comma = py_parser_takes(p, ",");
        if (!comma) break;
    }
    py_parser_expects(p, end);
    if (n && kind == E_TUPLE && n->list.n == 1 && !comma && n->list.at[0]->kind != E_STAR)
        return py_parser_end(p, n->list.at[0]);
    return py_parser_end(p, n);
}

static py_node *braces(py_parser *p) {
    py_node *n = py_parser_node(p, E_DICT);
    py_parser_next(p);
    while (n && !p->wrong && !py_parser_sees(p, "}")) {
        bool     stars = py_parser_takes(p, "**");
        py_node *key = stars ? NULL : py_parser_expression(p);
        if (!stars && !n->list.n && !py_parser_sees(p, ":")) n->kind = E_SET;
        if (n->kind == E_DICT && !stars) py_parser_expects(p, ":");
        py_node *value = n->kind == E_DICT ? py_parser_expression(p) : NULL;
        if (!stars && py_parser_sees(p, "for")) {
            py_node *each = comprehension(p, key, value, '{');
            py_parser_expects(p, "}");
            return py_parser_end(p, each);
        }
        vec_push(p->a, &n->list, key);
        if (n->kind == E_DICT) vec_push(p->a, &n->list, value);
        if (!py_parser_takes(p, ",")) break;
    }
    py_parser_expects(p, "}");
    return py_parser_end(p, n);
}

static py_node *name_or_word(py_parser *p) {
    static const struct {
        const char  *word;
        py_node_kind kind;
    } words[] = {{"None", E_NONE}, {"True", E_TRUE}, {"False", E_FALSE}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (py_parser_sees(p, words[i].word)) return leaf(p, words[i].kind);
    py_node *n = py_parser_node(p, E_NAME);
    if (is_keyword(p)) fails_here(p, "a value");
    sym name = py_parser_name(p);
    if (n) n->name = name;
    return py_parser_end(p, n);
}

static py_node *atom(py_parser *p) {
    if (p->at->kind == PY_TOKEN_NUMBER) return number(p);
    if (p->at->kind == PY_TOKEN_STRING) return string(p);
    if (p->at->kind == PY_TOKEN_NAME) return name_or_word(p);
    if (py_parser_sees(p, "(")) return bracketed(p, E_TUPLE, ")", '(');
    if (py_parser_sees(p, "[")) return bracketed(p, E_LIST, "]", '[');
    if (py_parser_sees(p, "{")) return braces(p);
    if (py_parser_sees(p, "...")) return leaf(p, E_ELLIPSIS);
    fails_here(p, "a value");
    return NULL;
}

/* --------------------------------------------------------- calls and indices */

static py_node *argument(py_parser *p) {
    if (py_parser_sees(p, "**")) {
        py_node *n = py_parser_node(p, E_STARS);
        py_parser_next(p);
        py_node *a = py_parser_expression(p);
        if (n) n->a = a;
        return py_parser_end(p, n);
    }
    if (p->at->kind == PY_TOKEN_NAME && is_text(p, p->at + 1, "=")) {
        py_node *n = py_parser_node(p, E_KEYWORD);
        sym      name = py_parser_name(p);
        py_parser_next(p);
        py_node *a = py_parser_expression(p);
        if (!n) return NULL;
        n->name = name;
        n->a = a;
        return py_parser_end(p, n);
    }
    return star_or_expression(p);
}

static py_node *call(py_parser *p, py_node *of) {
    py_node *n = around(p, E_CALL, 0, of, NULL);
    py_parser_next(p);
    while (n && !p->wrong && !py_parser_sees(p, ")")) {
        py_node *x = argument(p);
        if (x && py_parser_sees(p, "for")) x = comprehension(p, x, NULL, '(');
        if (x) vec_push(p->a, &n->list, x);
        if (!py_parser_takes(p, ",")) break;
    }
    py_parser_expects(p, ")");
    return py_parser_end(p, n);
}

static bool ends_index(const py_parser *p) {
    return py_parser_sees(p, ":") || py_parser_sees(p, ",") || py_parser_sees(p, "]");
}

static py_node *one_index(py_parser *p) {
    py_node *part[3] = {NULL, NULL, NULL}, *n = py_parser_node(p, E_SLICE);
    int      k = 0;
    bool     slice = false;
    while (k < 3 && n && !p->wrong) {
        if (!ends_index(p)) part[k] = star_or_expression(p);
        k++;
        if (!py_parser_takes(p, ":")) break;
        slice = true;
    }
    if (!slice) {
        if (!part[0]) fails_here(p, "an index");
        return part[0];
    }
    if (!n) return NULL;
    n->a = part[0];
    n->b = part[1];
    n->c = part[2];
    return py_parser_end(p, n);
}

static py_node *subscript(py_parser *p, py_node *of) {
    py_node *all = py_parser_node(p, E_TUPLE);
    bool     comma = false;
    py_parser_next(p);
    while (all && !p->wrong && !(comma && py_parser_sees(p, "]"))) {
        py_node *x = one_index(p);
        if (x) vec_push(p->a, &all->list, x);
        if (!py_parser_takes(p, ",")) break;
        comma = true;
    }
    py_parser_expects(p, "]");
    if (!py_parser_end(p, all) || !all->list.n) return NULL;
    return around(p, E_INDEX, 0, of, comma ? all : all->list.at[0]);
}

static py_node *attribute(py_parser *p, py_node *of) {
    py_parser_next(p);
    if (p->at->kind != PY_TOKEN_NAME) fails_here(p, "a name");
    if (p->wrong) return NULL;
    sym name = symbols_add(p->names, p->text + p->at->start, p->at->end - p->at->start);
    py_parser_next(p);
    py_node *n = around(p, E_ATTRIBUTE, 0, of, NULL);
    if (n) n->name = name;
    return n;
}

static py_node *primary(py_parser *p) {
    enum { LONGEST = 60 };
    py_node *n = atom(p);
    for (int i = 0; n && !p->wrong; i++) {
        if (py_parser_sees(p, "("))
            n = call(p, n);
        else if (py_parser_sees(p, "["))
            n = subscript(p, n);
        else if (py_parser_sees(p, "."))
            n = attribute(p, n);
        else
            break;
        if (i > LONGEST) py_parser_fails(p, "this is nested too deeply");
    }
    return n;
}

/* --------------------------------------------------------------- operators */

typedef struct sign {
    const char *text;
    uint8_t     op, level;
} sign;

static const sign signs[] = {{"|", '|', 1},
                             {"^", '^', 2},
                             {"&", '&', 3},
                             {"<<", PY_SIGN_SHIFT_LEFT, 4},
                             {">>", PY_SIGN_SHIFT_RIGHT, 4},
                             {"+", '+', 5},
                             {"-", '-', 5},
                             {"*", '*', 6},
                             {"/", '/', 6},
                             {"//", PY_SIGN_FLOOR, 6},
                             {"%", '%', 6},
                             {"@", '@', 6}};

static const sign *sign_here(const py_parser *p, const sign *table, size_t n) {
    for (size_t i = 0; i < n && p->at->kind != PY_TOKEN_END; i++)
        if (py_parser_sees(p, table[i].text)) return &table[i];
    return NULL;
}

static bool enter(py_parser *p) {
    if (++p->depth > DEEPEST) py_parser_fails(p, "this is nested too deeply");
    return !p->wrong;
}

static py_node *unary(py_parser *p);

static py_node *power(py_parser *p) {
    py_node *n = primary(p);
    if (!py_parser_takes(p, "**")) return n;
    py_node *b = unary(p);
    return b ? around(p, E_BINARY, PY_SIGN_POWER, n, b) : NULL;
}

static py_node *unary(py_parser *p) {
    py_node *n = NULL;
    if (!enter(p)) return NULL;
    if (py_parser_sees(p, "-") || py_parser_sees(p, "+") || py_parser_sees(p, "~")) {
        n = py_parser_node(p, E_UNARY);
        if (n) n->op = (uint8_t)p->text[p->at->start];
        py_parser_next(p);
        py_node *a = unary(p);
        if (n) n->a = a;
        n = py_parser_end(p, n);
    } else
        n = power(p);
    p->depth--;
    return n;
}

static py_node *binary(py_parser *p, int level) {
    py_node    *n = unary(p);
    const sign *s;
    for (int i = 0; n && (s = sign_here(p, signs, sizeof signs / sizeof *signs)) && s->level >= level; i++) {
        if (i > 4 * DEEPEST) py_parser_fails(p, "the expression is too long");
        py_parser_next(p);
        if (!enter(p)) return NULL;
        py_node *b = binary(p, s->level + 1);
        p->depth--;
        n = b ? around(p, E_BINARY, s->op, n, b) : NULL;
    }
    return n;
}

static const sign comparisons[] = {
    {"==", PY_SIGN_SAME, 0}, {"!=", PY_SIGN_OTHER, 0},   {"<", '<', 0},
    {">", '>', 0},           {"<=", PY_SIGN_AT_MOST, 0}, {">=", PY_SIGN_AT_LEAST, 0},
    {"is", PY_SIGN_IS, 0},   {"in", PY_SIGN_IN, 0},      {"not", PY_SIGN_NOT_IN, 0}};

static py_node *comparison(py_parser *p) {
    py_node    *n = binary(p, 0), *all = NULL;
    const sign *s;
    while (n && (s = sign_here(p, comparisons, sizeof comparisons / sizeof *comparisons))) {
        if (!all) {
            all = around(p, E_COMPARE, 0, n, NULL);
            if (!all) return NULL;
            vec_push(p->a, &all->list, n);
        }
        py_node *how = py_parser_node(p, E_COMPARE);
        py_parser_next(p);
        if (s->op == PY_SIGN_NOT_IN) py_parser_expects(p, "in");
        if (!how) return NULL;
        how->op = s->op == PY_SIGN_IS && py_parser_takes(p, "not") ? PY_SIGN_IS_NOT : s->op;
        py_node *b = binary(p, 0);
        if (!b) return NULL;
        vec_push(p->a, &all->more, how);
        vec_push(p->a, &all->list, b);
    }
    return all ? py_parser_end(p, all) : n;
}

static py_node *not_test(py_parser *p) {
    if (!py_parser_sees(p, "not")) return comparison(p);
    py_node *n = py_parser_node(p, E_NOT);
    py_parser_next(p);
    if (!enter(p)) return NULL;
    py_node *a = not_test(p);
    p->depth--;
    if (n) n->a = a;
    return py_parser_end(p, n);
}

static py_node *and_test(py_parser *p) {
    py_node *n = not_test(p);
    for (int i = 0; n && i < DEEPEST && py_parser_takes(p, "and"); i++) {
        py_node *b = not_test(p);
        n = b ? around(p, E_AND, 0, n, b) : NULL;
    }
    return n;
}

static py_node *or_test(py_parser *p) {
    py_node *n = and_test(p);
    for (int i = 0; n && i < DEEPEST && py_parser_takes(p, "or"); i++) {
        py_node *b = and_test(p);
        n = b ? around(p, E_OR, 0, n, b) : NULL;
    }
    return n;
}

static py_node *lambda(py_parser *p) {
    py_node *n = py_parser_node(p, E_LAMBDA);
    py_parser_next(p);
    py_parser_parameters(p, n, ":");
    py_parser_expects(p, ":");
    py_node *a = py_parser_expression(p);
    if (n) n->a = a;
    return py_parser_end(p, n);
}

py_node *py_parser_expression(py_parser *p) {
    if (!enter(p)) return NULL;
    py_node *n = py_parser_sees(p, "lambda") ? lambda(p) : or_test(p);
    if (n && py_parser_takes(p, "if")) {
        py_node *b = or_test(p);
        py_parser_expects(p, "else");
        py_node *c = py_parser_expression(p);
        n = around(p, E_CHOICE, 0, n, b);
        if (n) n->c = c;
    }
    p->depth--;
    return p->wrong ? NULL : n;
}

/* ------------------------------------------------------------------- lists */

static bool ends_list(const py_parser *p) {
    static const char *const ends[] = {"=", ")", "]", "}", ":", ";", "in"};
    if (p->at->kind == PY_TOKEN_NEWLINE || p->at->kind == PY_TOKEN_END) return true;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (py_parser_sees(p, ends[i])) return true;
    return false;
}

static py_node *list_of(py_parser *p, py_node *(*one)(py_parser *p)) {
    py_node *n = one(p);
    if (!n || !py_parser_sees(p, ",")) return n;
    py_node *all = around(p, E_TUPLE, 0, n, NULL);
    if (!all) return NULL;
    all->a = NULL;
    vec_push(p->a, &all->list, n);
    while (py_parser_takes(p, ",") && !ends_list(p) && !p->wrong) {
        n = one(p);
        if (n) vec_push(p->a, &all->list, n);
    }
    return py_parser_end(p, all);
}

py_node *py_parser_list(py_parser *p) {
    return list_of(p, star_or_expression);
}

static py_node *one_target(py_parser *p) {
    if (!py_parser_sees(p, "*")) return primary(p);
    return star_or_expression(p);
}

py_node *py_parser_targets(py_parser *p) {
    return list_of(p, one_target);
}

static void one_parameter(py_parser *p, py_node *f) {
    py_node *n = py_parser_node(p, E_PARAMETER);
    if (!n) return;
    if (py_parser_takes(p, "/"))
        n->op = '/';
    else if (py_parser_takes(p, "**"))
        n->op = 'k';
    else if (py_parser_takes(p, "*"))
        n->op = py_parser_sees(p, ",") ? '|' : '*';
    if (n->op != '/' && n->op != '|') n->name = py_parser_name(p);
    if (f->kind == S_DEF && py_parser_takes(p, ":")) py_parser_expression(p); /* what it should be */
    if (py_parser_takes(p, "=")) n->a = py_parser_expression(p);
    vec_push(p->a, &f->list, py_parser_end(p, n));
}

void py_parser_parameters(py_parser *p, py_node *f, const char *end) {
    while (f && !p->wrong && !py_parser_sees(p, end)) {
        one_parameter(p, f);
        if (!py_parser_takes(p, ",")) break;
    }
}

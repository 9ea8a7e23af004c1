/* TeX as this room makes it -> MathML, which browsers render themselves.
 *
 * Known are the commands that ops.def, names.c, node.c, index.c and formula.c write, and no others; one
 * that is not known is shown as its name. The reader goes into groups as deep as MOST_DEPTH; what is
 * nested more deeply, which nobody reads, is shown as it is written. */
#include <string.h>

#include "core/notation/tex.h"

enum { MOST_DEPTH = 100 };

typedef struct reader {
    const char *at;
    arena      *a;
    int         depth;
    bool        too_deep;
} reader;

typedef enum { KIND_IDENTIFIER, KIND_OPERATOR, KIND_LIMITS, KIND_FUNCTION, KIND_SPACE } symbol_kind;

/* Signs by their commands. LIMITS have their scripts below and above. */
static const struct symbol {
    const char *command, *sign;
    uint8_t     kind;
} symbols_known[] = {
    {"odot", "⊙", KIND_OPERATOR},    {"cdot", "⋅", KIND_OPERATOR},    {"times", "×", KIND_OPERATOR},   {"to", "→", KIND_OPERATOR},
    {"le", "≤", KIND_OPERATOR},      {"ge", "≥", KIND_OPERATOR},      {"ne", "≠", KIND_OPERATOR},      {"langle", "⟨", KIND_OPERATOR},
    {"lfloor", "⌊", KIND_OPERATOR},  {"rfloor", "⌋", KIND_OPERATOR},
    {"rangle", "⟩", KIND_OPERATOR},  {"cdots", "⋯", KIND_IDENTIFIER}, {"dots", "…", KIND_IDENTIFIER},  {"top", "⊤", KIND_IDENTIFIER},
    {"partial", "∂", KIND_IDENTIFIER}, {"prime", "′", KIND_OPERATOR}, {"sum", "∑", KIND_LIMITS},       {"max", "max", KIND_LIMITS},
    {"min", "min", KIND_LIMITS},     {"log", "log", KIND_FUNCTION},   {"sin", "sin", KIND_FUNCTION},   {"cos", "cos", KIND_FUNCTION},
    {"tanh", "tanh", KIND_FUNCTION}, {"exp", "exp", KIND_FUNCTION},   {",", "0.1667em", KIND_SPACE},   {"quad", "1em", KIND_SPACE},
    {"alpha", "α", 0},   {"beta", "β", 0},  {"gamma", "γ", 0},  {"delta", "δ", 0},  {"epsilon", "ε", 0}, {"zeta", "ζ", 0},  {"eta", "η", 0},
    {"theta", "θ", 0},   {"iota", "ι", 0},  {"kappa", "κ", 0},  {"lambda", "λ", 0}, {"mu", "μ", 0},      {"nu", "ν", 0},    {"xi", "ξ", 0},
    {"pi", "π", 0},      {"rho", "ρ", 0},   {"sigma", "σ", 0},  {"varsigma", "ς", 0}, {"tau", "τ", 0},   {"upsilon", "υ", 0}, {"phi", "φ", 0},
    {"chi", "χ", 0},     {"psi", "ψ", 0},   {"omega", "ω", 0},  {"Gamma", "Γ", 0},  {"Delta", "Δ", 0},   {"Theta", "Θ", 0}, {"Lambda", "Λ", 0},
    {"Xi", "Ξ", 0},      {"Pi", "Π", 0},    {"Sigma", "Σ", 0},  {"Upsilon", "Υ", 0}, {"Phi", "Φ", 0},   {"Psi", "Ψ", 0},   {"Omega", "Ω", 0},
};

static const char *read_row(reader *r);
static const char *read_argument(reader *r);

/* ------------------------------------------------------------------ tokens */

static void skip_blanks(reader *r) {
    while (*r->at == ' ') r->at++;
}

static bool take(reader *r, const char *text) {
    size_t len = strlen(text);
    skip_blanks(r);
    if (strncmp(r->at, text, len) != 0) return false;
    r->at += len;
    return true;
}

static const char *safe(const char *made) {
    return made ? made : ""; /* the arena remembers that there was no memory */
}

static const char *escaped(reader *r, const char *text, size_t len) {
    buf b;
    buf_init(&b, r->a->mem);
    for (size_t i = 0; i < len; i++) {
        char c = text[i];
        if (c == '&') buf_puts(&b, "&amp;");
        else if (c == '<') buf_puts(&b, "&lt;");
        else if (c == '>') buf_puts(&b, "&gt;");
        else buf_put(&b, &c, 1);
    }
    const char *out = b.text ? arena_text(r->a, b.text, b.len) : "";
    if (b.failed) r->a->failed = true;
    buf_free(&b);
    return safe(out);
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The text of a group {..} without its commands: \_ is _, \mathit{x} is x, \textless{} is <. */
static const char *read_words(reader *r) {
    int   depth = 0;
    char *out = arena_new(r->a, strlen(r->at) + 1);
    size_t n = 0;
    if (!out || !take(r, "{")) return "";
    for (; *r->at && (depth || *r->at != '}'); r->at++) {
        if (strncmp(r->at, "\\textless", 9) == 0) out[n++] = '<', r->at += 8;
        else if (strncmp(r->at, "\\textgreater", 12) == 0) out[n++] = '>', r->at += 11;
        else if (*r->at == '\\' && is_letter(r->at[1])) r->at += strspn(r->at + 1, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
        else if (*r->at == '\\') out[n++] = *++r->at;
        else if (*r->at == '{') depth++;
        else if (*r->at == '}') depth--;
        else if (*r->at != '$') out[n++] = *r->at;
        if (!*r->at) break;
    }
    if (*r->at == '}') r->at++;
    return escaped(r, out, n);
}

/* ---------------------------------------------------------------- commands */

/* Is there something in it that a bracket has to grow for? */
static bool is_tall(const char *inside) {
    return strstr(inside, "<mfrac") || strstr(inside, "<mtable") || strstr(inside, "<munder") || strstr(inside, "<msqrt");
}

/* What opens and closes a bracket that grows. */
static const char *read_fence(reader *r) {
    char open = *r->at ? *r->at++ : ' ';
    const char *inside = read_row(r), *close = "";
    if (take(r, "\\right")) {
        close = arena_text(r->a, r->at, *r->at ? 1 : 0);
        if (*r->at) r->at++;
    }
    const char *how = is_tall(inside) ? "" : " stretchy=\"false\"";
    return safe(arena_format(r->a, "<mrow><mo%s>%c</mo>%s<mo%s>%s</mo></mrow>", how, open, inside, how, safe(close)));
}

static const char *read_matrix(reader *r) {
    const char *rows = "";
    do {
        const char *cells = "";
        do cells = safe(arena_format(r->a, "%s<mtd>%s</mtd>", cells, read_row(r)));
        while (take(r, "&"));
        rows = safe(arena_format(r->a, "%s<mtr>%s</mtr>", rows, cells));
    } while (take(r, "\\\\"));
    take(r, "\\end{bmatrix}");
    return safe(arena_format(r->a, "<mrow><mo>[</mo><mtable>%s</mtable><mo>]</mo></mrow>", rows));
}

static bool ends_row(reader *r) {
    skip_blanks(r);
    return !*r->at || *r->at == '}' || *r->at == '&' || strncmp(r->at, "\\\\", 2) == 0 || strncmp(r->at, "\\end{", 5) == 0 ||
           (strncmp(r->at, "\\right", 6) == 0 && !is_letter(r->at[6]));
}

/* A function's name, and that it is applied, which is a small space, if anything follows. */
static const char *applied(reader *r, const char *how, const char *name) {
    const char *made = safe(arena_format(r->a, how, name));
    return ends_row(r) ? made : safe(arena_format(r->a, "%s<mo>&#x2061;</mo>", made));
}

static const char *symbol(reader *r, const char *name, bool *limits) {
    for (size_t i = 0; i < sizeof symbols_known / sizeof *symbols_known; i++) {
        const struct symbol *s = &symbols_known[i];
        if (strcmp(s->command, name) != 0) continue;
        *limits = s->kind == KIND_LIMITS;
        if (s->kind == KIND_SPACE) return safe(arena_format(r->a, "<mspace width=\"%s\"/>", s->sign));
        if (s->kind == KIND_FUNCTION) return applied(r, "<mi>%s</mi>", s->sign);
        if (s->kind == KIND_LIMITS && s->sign[0] == 'm') return safe(arena_format(r->a, "<mi>%s</mi>", s->sign));
        bool operation = s->kind == KIND_OPERATOR || s->kind == KIND_LIMITS;
        bool bracket = strcmp(name, "langle") == 0 || strcmp(name, "rangle") == 0 || strcmp(name, "lfloor") == 0 ||
                       strcmp(name, "rfloor") == 0;
        return safe(arena_format(r->a, operation ? bracket ? "<mo stretchy=\"false\">%s</mo>" : "<mo>%s</mo>" : "<mi>%s</mi>", s->sign));
    }
    return safe(arena_format(r->a, "<mtext>%s</mtext>", name));
}

static const char *read_command(reader *r, bool *limits) {
    size_t len = 0;
    r->at++;
    while (is_letter(r->at[len])) len++;
    if (!len) len = *r->at != 0;
    const char *name = safe(arena_text(r->a, r->at, len));
    r->at += len;
    if (strcmp(name, "frac") == 0) {
        const char *above = read_argument(r), *below = read_argument(r);
        return safe(arena_format(r->a, "<mfrac>%s%s</mfrac>", above, below));
    }
    if (strcmp(name, "sqrt") == 0) return safe(arena_format(r->a, "<msqrt>%s</msqrt>", read_argument(r)));
    if (strcmp(name, "left") == 0) return read_fence(r);
    if (strcmp(name, "begin") == 0 && take(r, "{bmatrix}")) return read_matrix(r);
    if (strcmp(name, "text") == 0) return safe(arena_format(r->a, "<mtext>%s</mtext>", read_words(r)));
    if (strcmp(name, "mathbf") == 0 && take(r, "{1}")) return "<mn>𝟏</mn>";
    if (strcmp(name, "operatorname") == 0) return applied(r, "<mi mathvariant=\"normal\">%s</mi>", read_words(r));
    if (strcmp(name, "mathrm") == 0) return safe(arena_format(r->a, "<mi mathvariant=\"normal\">%s</mi>", read_words(r)));
    if (strcmp(name, "mathit") == 0) return safe(arena_format(r->a, "<mi class=\"word\">%s</mi>", read_words(r)));
    if (strcmp(name, "%") == 0 || strcmp(name, "_") == 0) return safe(arena_format(r->a, "<mi>%s</mi>", name));
    return symbol(r, name, limits);
}

/* ------------------------------------------------------------------- atoms */

/* One thing without its scripts; a group is a row. */
static const char *read_atom(reader *r, bool *limits) {
    const char *start = r->at;
    *limits = false;
    if (*r->at == '{') {
        r->at++;
        const char *inside = read_row(r);
        take(r, "}");
        return safe(arena_format(r->a, "<mrow>%s</mrow>", inside));
    }
    if (*r->at == '\\') return read_command(r, limits);
    if (is_digit(*r->at)) {
        r->at += strspn(r->at, "0123456789.");
        return safe(arena_format(r->a, "<mn>%.*s</mn>", (int)(r->at - start), start));
    }
    size_t n = text_utf8(r->at);
    r->at += n ? n : 1;
    const char *sign = escaped(r, start, n ? n : 1);
    if (is_letter(*start) || n > 1) return safe(arena_format(r->a, "<mi>%s</mi>", sign));
    bool bracket = strchr("()[]|", *start) != NULL;
    return safe(arena_format(r->a, bracket ? "<mo stretchy=\"false\">%s</mo>" : "<mo>%s</mo>", *start == '-' ? "−" : sign));
}

/* What a command takes: a group, or one atom. */
static const char *read_argument(reader *r) {
    bool limits;
    skip_blanks(r);
    return *r->at ? read_atom(r, &limits) : "<mrow></mrow>";
}

static const char *read_primes(reader *r) {
    size_t n = strspn(r->at, "'");
    r->at += n;
    return n == 1 ? "<mo>′</mo>" : n == 2 ? "<mo>″</mo>" : n ? "<mo>‴</mo>" : NULL;
}

static const char *read_scripted(reader *r) {
    bool        limits;
    const char *base = read_atom(r, &limits), *below = NULL, *above = NULL;
    for (;;) {
        if (*r->at == '\'') above = read_primes(r);
        else if (*r->at == '^' && !above) r->at++, above = read_argument(r);
        else if (*r->at == '_' && !below) r->at++, below = read_argument(r);
        else break;
    }
    if (!below && !above) return base;
    if (strstr(base, "&#x2061;")) base = safe(arena_format(r->a, "<mrow>%s</mrow>", base));
    const char *tag = below && above ? (limits ? "munderover" : "msubsup") : below ? (limits ? "munder" : "msub") : limits ? "mover" : "msup";
    return safe(arena_format(r->a, "<%s>%s%s%s</%s>", tag, base, below ? below : "", above ? above : "", tag));
}

/* Is a minus behind it a sign, as in x = -1, and no difference? */
static bool comes_before_sign(const char *made) {
    static const char *const closing[] = {")</mo>", "]</mo>", "|</mo>", "⟩</mo>", "⌋</mo>", "′</mo>"};
    size_t len = strlen(made);
    for (size_t i = 0; i < sizeof closing / sizeof *closing; i++) {
        size_t n = strlen(closing[i]);
        if (len >= n && strcmp(made + len - n, closing[i]) == 0) return false;
    }
    return strncmp(made, "<mo", 3) == 0 && made[3] != 'v';
}

static const char *read_row(reader *r) {
    buf b;
    buf_init(&b, r->a->mem);
    r->too_deep = r->too_deep || ++r->depth > MOST_DEPTH;
    bool sign = false;
    while (!r->too_deep && !ends_row(r)) {
        const char *made = read_scripted(r);
        buf_puts(&b, sign && strcmp(made, "<mo>−</mo>") == 0 ? "<mo form=\"prefix\">−</mo>" : made);
        sign = comes_before_sign(made);
    }
    r->depth--;
    const char *out = b.text ? arena_text(r->a, b.text, b.len) : "";
    if (b.failed) r->a->failed = true;
    buf_free(&b);
    return safe(out);
}

void tex_mathml(const char *text, arena *scratch, buf *out) {
    reader      r = {.at = text, .a = scratch};
    const char *row = read_row(&r);
    if (r.too_deep || *r.at) buf_printf(out, "<mtext>%s</mtext>", escaped(&r, text, strlen(text)));
    else buf_puts(out, row);
}

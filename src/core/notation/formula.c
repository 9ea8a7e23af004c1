/* Formulas of the notation by their text -> mathematics, for what is no node and no index tree: a
 * slide's line, the derivative of a function, matrices of numbers.
 *
 *   a + b, a - b, -a, a * b, a @ b, a b      a ** b (a power)    a / b, a/b (a fraction; a/b binds tightly)
 *   a = b, a -> b, a < b, a > b, a != b      a · b               .. (dots)
 *   A.T (transposed)    W[i,j] (an entry)    f(a, b)    f'(a)    [1 2; 3 4] (a matrix)    <a, b>
 *   Σi a, ∂a, ∂a/∂b, δa                      byte 1, number, byte 2: a part that is set already
 *
 * A product of two things with entries is entry by entry; names tell which have. The reader descends
 * the grammar, as deep as our own texts are nested. What it cannot read is set as upright text. */
#include <string.h>

#include "core/notation/tex.h"

enum { MOST_DEPTH = 60 };

typedef struct reader {
    const tex       *p;
    const tex_parts *parts;
    const char      *at;
    int              depth;
    bool             wrong;
} reader;

static const tex_part nothing = {"", false};

static tex_part read_relation(reader *r);
static tex_part read_power(reader *r);
static tex_part read_list(reader *r, const char *open, const char *close, const char *end);

static void skip_blanks(reader *r) {
    while (*r->at == ' ') r->at++;
}

static bool take(reader *r, const char *sign) {
    size_t len = strlen(sign);
    skip_blanks(r);
    if (strncmp(r->at, sign, len) != 0) return false;
    r->at += len;
    return true;
}

static const char *safe(const char *made) {
    return made ? made : ""; /* the arena remembers that there was no memory */
}

/* ------------------------------------------------------------------- names */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Signs beyond ASCII that are no letters of names. */
static const char *const signs[] = {"Σ", "∂", "δ", "·", "→", "⊙"};

static bool is_sign(const char *at) {
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i], strlen(signs[i])) == 0) return true;
    return false;
}

static size_t name_length(const char *at) {
    size_t n = 0;
    while (at[n] && !is_sign(at + n) && (is_letter(at[n]) || at[n] == '_' || (n && is_digit(at[n])))) n++;
    return n;
}

/* The variable of a name, or the one that it is the lower case of. */
static var_id find_name(const tex *p, const char *name, size_t len, bool *small) {
    sym exact = symbols_find(p->g->names, name, len);
    *small = false;
    if (exact && ir_find_var(p->g, exact)) return ir_find_var(p->g, exact);
    *small = true;
    if (len == 1) return 0; /* the operands of the tables are called a, b and y */
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const char *other = ir_var_name(p->g, v);
        size_t      i = 0;
        if (ir_var(p->g, v)->kind == VAR_DEFINED && strchr(other, '(')) continue; /* of a function's own */
        while (i < len && other[i] && (other[i] == name[i] || (other[i] >= 'A' && other[i] <= 'Z' && other[i] + 32 == name[i]))) i++;
        if (i == len && !other[i]) return v;
    }
    return 0;
}

/* The name of a function: \sigma, \log; its operands in brackets follow. */
static const char *function_name(reader *r, op_id op) {
    const char *latex = op_table[op].latex, *end = strchr(latex, '#');
    if (op == OP_EXP) return "\\exp";
    if (!end || end == latex || strchr("({|", end[-1]) == NULL) {
        if (!end || end == latex || end[-1] != ' ') return NULL;
    }
    size_t len = (size_t)(end - latex);
    while (len && strchr("( |", latex[len - 1])) len--;
    if (!len || latex[len - 1] == '{' || latex[len - 1] == '^') return NULL;
    return arena_text(r->p->a, latex, len);
}

/* A word in upright letters. */
static const char *upright(reader *r, const char *name) {
    const char *out = "";
    for (; *name; name++) out = safe(arena_format(r->p->a, *name == '_' ? "%s\\_" : "%s%c", out, *name));
    return safe(arena_format(r->p->a, "\\operatorname{%s}", out));
}

static tex_part read_name(reader *r) {
    size_t      len = name_length(r->at);
    const char *start = r->at, *name = arena_text(r->p->a, start, len);
    bool        small;
    r->at += len;
    if (!name) return nothing;
    if (strcmp(name, "d") == 0 && *r->at == '\1') { /* the gradient of a part: dz2 */
        tex_part of = read_power(r);
        return (tex_part){safe(arena_format(r->p->a, "\\mathrm{d}%s", of.tex)), of.matrix};
    }
    var_id v = find_name(r->p, name, len, &small);
    if (v) return (tex_part){tex_name(r->p, v, small), !r->p->numbers && !shape_is_scalar(ir_var(r->p->g, v)->sh)};
    op_id       op = op_find(name);
    if (*r->at == '(' && (op == OP_SQRT || op == OP_EXP)) {
        r->at++;
        return read_list(r, op == OP_SQRT ? "\\sqrt{" : "e^{", "}", ")");
    }
    const char *function = op ? function_name(r, op) : NULL;
    if (op) return (tex_part){function ? function : upright(r, name), false};
    bool gradient = name[0] == 'd' && len > 1 && find_name(r->p, name + 1, len - 1, &small);
    if (gradient || (len == 2 && name[0] == 'd')) return (tex_part){safe(arena_format(r->p->a, "\\mathrm{d}%s", tex_word(r->p, name + 1))), gradient};
    bool word = len > 1 && strcspn(name, "0123456789") == len;
    if (*r->at == '(' && word) return (tex_part){upright(r, name), strcmp(name, "diag") == 0};
    bool capital = len == 1 && *name >= 'A' && *name <= 'Z'; /* any matrix, as the words say */
    return (tex_part){tex_word(r->p, name), capital && !r->p->numbers};
}

/* ------------------------------------------------------------------- atoms */

/* 3e-05 is 3 times 10 to the -5. */
static const char *read_exponent(reader *r, const char *digits) {
    const char *minus = r->at[1] == '-' ? "-" : "", *power = r->at + 1 + strlen(minus);
    while (power[0] == '0' && is_digit(power[1])) power++;
    size_t len = strspn(power, "0123456789");
    r->at = power + len;
    return arena_format(r->p->a, strcmp(digits, "1") == 0 ? "10^{%s%s%.*s}" : "%s \\cdot 10^{%s%.*s}", strcmp(digits, "1") == 0 ? "" : digits, minus, (int)len, power);
}

static tex_part read_number(reader *r) {
    size_t len = strspn(r->at, "0123456789.");
    while (len > 1 && r->at[len - 1] == '.') len--; /* "1 .." */
    const char *digits = arena_text(r->p->a, r->at, len);
    r->at += len;
    if (*r->at == 'e' && (is_digit(r->at[1]) || (r->at[1] == '-' && is_digit(r->at[2])))) digits = read_exponent(r, safe(digits));
    return (tex_part){safe(digits), false};
}

static tex_part read_mark(reader *r) {
    uint32_t number = 0;
    for (r->at++; is_digit(*r->at); r->at++) number = number * 10 + (uint32_t)(*r->at - '0');
    if (*r->at == '\2') r->at++;
    return r->parts && r->parts->part ? r->parts->part(r->parts->user, number) : nothing;
}

/* Operands between two signs, with commas. */
static tex_part read_list(reader *r, const char *open, const char *close, const char *end) {
    tex_part out = read_relation(r);
    while (take(r, ",")) out.tex = safe(arena_format(r->p->a, "%s, %s", out.tex, read_relation(r).tex));
    if (!take(r, end)) r->wrong = true;
    out.tex = safe(arena_format(r->p->a, "%s%s%s", open, out.tex, close));
    return out;
}

/* [1 2 3; 4 5 6] */
static tex_part read_matrix(reader *r) {
    const char *rows = "";
    r->at++;
    while (!r->wrong && !take(r, "]")) {
        if (take(r, ";")) rows = safe(arena_format(r->p->a, "%s \\\\ ", rows));
        else {
            const char *before = r->at;
            bool        first = !rows[0] || rows[strlen(rows) - 1] == ' ';
            bool        minus = take(r, "-");
            tex_part    entry = read_power(r);
            rows = safe(arena_format(r->p->a, "%s%s%s%s", rows, first ? "" : " & ", minus ? "-" : "", entry.tex));
            if (r->at == before) r->wrong = true;
        }
        if (!*r->at) break;
    }
    return (tex_part){safe(arena_format(r->p->a, "\\begin{bmatrix} %s \\end{bmatrix}", rows)), true};
}

static tex_part read_atom(reader *r) {
    skip_blanks(r);
    if (take(r, "..")) return (tex_part){"\\cdots", false};
    if (take(r, "∂")) return (tex_part){safe(arena_format(r->p->a, "\\partial %s", read_power(r).tex)), false};
    if (take(r, "δ")) {
        tex_part of = read_power(r);
        return (tex_part){safe(arena_format(r->p->a, "\\delta %s", of.tex)), of.matrix};
    }
    if (*r->at == '\1') return read_mark(r);
    if (*r->at == '[') return read_matrix(r);
    if (take(r, "(")) return read_list(r, "\\left(", "\\right)", ")");
    if (take(r, "<")) {
        tex_part pair = read_list(r, "\\langle ", " \\rangle ", ">");
        pair.matrix = false;
        return pair;
    }
    if (is_digit(*r->at)) return read_number(r);
    if (name_length(r->at)) return read_name(r);
    r->wrong = true;
    return nothing;
}

/* ---------------------------------------------------------------- postfixes */

/* W2[i,j]; the slides' z[1], which has its layer above. */
static tex_part read_entry(reader *r, tex_part of) {
    size_t len = strcspn(r->at, "]");
    if (!r->at[len]) r->wrong = true;
    const char *inside = arena_text(r->p->a, r->at + 1, len ? len - 1 : 0);
    bool        above = r->parts && r->parts->layers;
    r->at += r->at[len] ? len + 1 : len;
    bool turned = above && strncmp(r->at, ".T", 2) == 0, prime = above && *r->at == '\'';
    if (turned) r->at += 2;
    if (prime) r->at++;
    return (tex_part){safe(arena_format(r->p->a, above ? "%s^{[%s]%s}" : "%s[%s]%s", of.tex, safe(inside), turned ? " \\top" : prime ? " \\prime" : "")), above};
}

/* What has something above already gets brackets before something else is set above. */
static const char *raisable(reader *r, const char *tex) {
    size_t len = strlen(tex), end = strlen("\\right)");
    bool   closed = len >= end && strcmp(tex + len - end, "\\right)") == 0;
    return strchr(tex, '^') && !closed ? safe(arena_format(r->p->a, "\\left(%s\\right)", tex)) : tex;
}

static tex_part read_postfix(reader *r) {
    tex_part out = read_atom(r);
    bool     function = true; /* of what stands in brackets right behind it */
    while (!r->wrong) {
        if (*r->at == '[') out = read_entry(r, out);
        else if (strncmp(r->at, ".T", 2) == 0) {
            r->at += 2;
            out.tex = safe(arena_format(r->p->a, "%s^\\top", raisable(r, out.tex)));
        } else if (*r->at == '\'') {
            r->at++;
            out.tex = safe(arena_format(r->p->a, "%s'", out.tex));
        } else if (*r->at == '(' && function) {
            r->at++;
            tex_part operands = read_list(r, "\\left(", "\\right)", ")");
            out = (tex_part){safe(arena_format(r->p->a, "%s%s", out.tex, operands.tex)), operands.matrix || out.matrix};
        } else break;
    }
    return out;
}

static tex_part read_power(reader *r) {
    tex_part out = read_postfix(r);
    if (r->wrong || strncmp(r->at, "**", 2) != 0) return out;
    r->at += 2;
    bool     minus = *r->at == '-';
    r->at += minus;
    tex_part power = read_postfix(r);
    return (tex_part){safe(arena_format(r->p->a, out.matrix ? "%s^{\\odot %s%s}" : "%s^{%s%s}", raisable(r, out.tex), minus ? "-" : "", power.tex)), out.matrix};
}

/* ---------------------------------------------------------------- operators */

/* Fractions without blanks around the stroke bind more tightly than products: 1/m, ∂l/∂z. */
static tex_part read_tight(reader *r) {
    tex_part out = read_power(r);
    while (!r->wrong && *r->at == '/') {
        r->at++;
        tex_part below = read_power(r);
        out = (tex_part){safe(arena_format(r->p->a, "\\frac{%s}{%s}", out.tex, below.tex)), out.matrix || below.matrix};
    }
    return out;
}

static bool begins_atom(const char *at) {
    return *at == '\1' || *at == '(' || is_digit(*at) || (name_length(at) > 0) || strncmp(at, "∂", strlen("∂")) == 0 || strncmp(at, "δ", strlen("δ")) == 0;
}

static tex_part read_product(reader *r) {
    skip_blanks(r);
    if (take(r, "Σ")) {
        char letter = *r->at;
        if (letter) r->at++;
        return (tex_part){safe(arena_format(r->p->a, "\\sum_{%c} %s", letter ? letter : ' ', read_product(r).tex)), false};
    }
    bool     minus = take(r, "-");
    tex_part out = read_tight(r);
    if (minus) out.tex = safe(arena_format(r->p->a, "-%s", out.tex));
    while (!r->wrong) {
        skip_blanks(r);
        bool fraction = *r->at == '/', times = r->at[0] == '*' && r->at[1] != '*', dot = take(r, "·");
        bool product = times || fraction || *r->at == '@', side = !product && !dot && begins_atom(r->at);
        if (!product && !side && !dot) break;
        if (product) r->at++;
        skip_blanks(r);
        bool     sum = strncmp(r->at, "Σ", strlen("Σ")) == 0, digit = is_digit(*r->at);
        tex_part b = sum ? read_product(r) : read_tight(r);
        const char *format = fraction ? "\\frac{%s}{%s}" : dot || digit ? "%s \\cdot %s" : times && out.matrix && b.matrix ? "%s \\odot %s" : "%s \\, %s";
        out = (tex_part){safe(arena_format(r->p->a, format, out.tex, b.tex)), out.matrix || b.matrix};
    }
    return out;
}

static tex_part read_sum(reader *r) {
    tex_part out = read_product(r);
    while (!r->wrong) {
        skip_blanks(r);
        bool minus = r->at[0] == '-' && r->at[1] != '>', plus = *r->at == '+';
        if (!minus && !plus) break;
        r->at++;
        tex_part b = read_product(r);
        out = (tex_part){safe(arena_format(r->p->a, "%s %c %s", out.tex, minus ? '-' : '+', b.tex)), out.matrix || b.matrix};
    }
    return out;
}

static const char *read_sign(reader *r) {
    static const char *const list[][2] = {{"->", "\\to"}, {"→", "\\to"}, {"!=", "\\ne"}, {"<=", "\\le"}, {">=", "\\ge"}, {"==", "="}, {"=", "="}, {">", ">"}, {"<", "<"}};
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        bool end_of_pair = list[i][0][0] == '>' && r->at[0] == '>' && r->at[-1] != ' ';
        if (!end_of_pair && take(r, list[i][0])) return list[i][1];
    }
    return NULL;
}

static tex_part read_relation(reader *r) {
    if (++r->depth > MOST_DEPTH) {
        r->wrong = true;
        return nothing;
    }
    tex_part    out = read_sum(r);
    const char *sign;
    while (!r->wrong && (skip_blanks(r), sign = read_sign(r))) {
        tex_part b = read_sum(r);
        out = (tex_part){safe(arena_format(r->p->a, "%s %s %s", out.tex, sign, b.tex)), out.matrix};
    }
    r->depth--;
    return out;
}

void tex_formula(const tex *p, const char *notation, const tex_parts *parts, buf *out) {
    reader   r = {.p = p, .parts = parts, .at = notation};
    size_t   start = out->len;
    tex_part whole = read_relation(&r);
    buf_puts(out, whole.tex);
    while (!r.wrong && take(&r, ",")) buf_printf(out, ",\\quad %s", read_relation(&r).tex);
    skip_blanks(&r);
    if (!r.wrong && !*r.at) return;
    out->len = start; /* it is shown as it is written */
    buf_puts(out, "\\text{");
    for (const char *c = notation; *c; c++) {
        if (*c == '\1') {
            r.at = c;
            buf_printf(out, "$%s$", read_mark(&r).tex);
            c = r.at - 1;
        } else tex_prose(c, text_utf8(c) ? text_utf8(c) : 1, out), c += text_utf8(c) > 1 ? text_utf8(c) - 1 : 0;
    }
    buf_puts(out, "}");
}

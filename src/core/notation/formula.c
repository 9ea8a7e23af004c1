/* Formulas of the notation by their text -> mathematics, for what is no node and no index tree: a slide's
 * line, the derivative of a function, matrices of numbers. Brackets stay as they are written.
 *
 *   a + b, a - b, -a, a * b, a @ b, a b      a ** b (a power)    a / b, a/b (a fraction; a/b binds tightly)
 *   a = b, a -> b, a < b, a > b, a != b      a · b               .. (dots)
 *   A.T (transposed)    W[i,j] (an entry)    f(a, b)    f'(a)    [1 2; 3 4] (a matrix)    <a, b>
 *   Σi a, ∂a, ∂a/∂b, δa                      byte 1, number, byte 2: a part that is set already
 *
 * A product of two things with entries is entry by entry; names tell which have. The reader descends
 * the grammar, as deep as our own texts are nested. What it cannot read is set as text. */
#include <string.h>

#include "core/notation/inside.h"

enum { MOST_DEPTH = 60 };

typedef struct reader {
    const notation      *p;
    arena               *a;
    const formula_parts *parts;
    const char          *at;
    int                  depth;
    bool                 wrong;
} reader;

static const math *read_relation(reader *r);
static const math *read_power(reader *r);

static void skip_blanks(reader *r) {
    while (*r->at == ' ') r->at++;
}

/* Is this sign next? It is taken. */
static bool take_here(reader *r, const char *sign) {
    size_t len = strlen(sign);
    if (strncmp(r->at, sign, len) != 0) return false;
    r->at += len;
    return true;
}

static bool take(reader *r, const char *sign) {
    skip_blanks(r);
    return take_here(r, sign);
}

static const math *wrong(reader *r) {
    r->wrong = true;
    return &math_nothing;
}

static bool has_entries(const math *x) {
    return (x->has & HAS_ENTRIES) != 0;
}

/* a sign b, with entries if one of them has. */
static const math *joined(reader *r, const math *a, glyph_id sign, const math *b) {
    return math_entries(r->a, math_row(r->a, a, math_glyph(sign), b), has_entries(a) || has_entries(b));
}

/* What was made of x has entries if x has. */
static const math *keeping(reader *r, const math *x, const math *made) {
    return math_entries(r->a, made, has_entries(x));
}

/* A sign before something. */
static const math *before(reader *r, glyph_id sign, const math *x) {
    return keeping(r, x, math_row(r->a, math_glyph(sign), x, NULL));
}

/* ------------------------------------------------------------------- names */

static bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
}

static bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/* Signs beyond ASCII that are no letters of names. */
static bool is_sign(const char *at) {
    static const char *const signs[] = {"Σ", "∂", "δ", "·", "→", "⊙"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(at, signs[i], strlen(signs[i])) == 0) return true;
    return false;
}

static size_t name_length(const char *at) {
    size_t n = 0;
    while (at[n] && !is_sign(at + n) && (is_letter(at[n]) || at[n] == '_' || (n && is_digit(at[n])))) n++;
    return n;
}

static bool is_lower_case_of(const char *name, size_t len, const char *other) {
    for (size_t i = 0; i < len; i++) {
        bool capital = other[i] >= 'A' && other[i] <= 'Z';
        if (other[i] != name[i] && !(capital && other[i] + 32 == name[i])) return false;
    }
    return !other[len];
}

/* The variable of a name, or the one that it is the lower case of. */
static var_id find_name(const notation *p, const char *name, bool *small) {
    size_t len = strlen(name);
    sym    exact = symbols_find(p->g->names, name, len);
    *small = false;
    if (exact && ir_find_var(p->g, exact)) return ir_find_var(p->g, exact);
    *small = true;
    if (len == 1) return 0; /* the operands of the tables are called a, b and y */
    for (var_id v = 1; v < p->g->vars.n; v++) {
        const char *other = ir_var_name(p->g, v);
        bool        own = ir_var(p->g, v)->kind == VAR_DEFINED && strchr(other, '('); /* of a function */
        if (!own && is_lower_case_of(name, len, other)) return v;
    }
    return 0;
}

/* Operands with commas, up to the bracket that ends them. */
static const math *read_list(reader *r, const char *end) {
    const math *out = read_relation(r);
    bool        entries = has_entries(out);
    while (take(r, ",")) out = joined(r, out, GLYPH_COMMA, read_relation(r));
    if (!take(r, end)) r->wrong = true;
    return math_entries(r->a, out, entries);
}

static const math *read_bracket(reader *r) {
    const math *inside = read_list(r, ")");
    return keeping(r, inside, math_brackets(r->a, inside, LINE_AS_AROUND));
}

/* sum(dZ[l], axis=1, keepdims=True): the columns of dZ[l], added up. */
static const math *read_axis_sum(reader *r) {
    const math *of = read_relation(r), *each = math_glyph(GLYPH_EACH), *gap = math_glyph(GLYPH_GAP);
    bool        columns = take(r, ", axis=1"), rows = !columns && take(r, ", axis=0");
    const math *letter = math_leaf(r->a, MATH_LETTER, rows ? r->p->row : r->p->col);
    const math *place = rows ? math_row(r->a, letter, gap, each) : math_row(r->a, each, gap, letter);
    take(r, ", keepdims=True");
    if (!(rows || columns) || !take(r, ")")) r->wrong = true;
    const math *sign = math_below(r->a, math_glyph(GLYPH_SUM), letter);
    return math_row(r->a, sign, gap, math_below(r->a, math_brackets(r->a, of, LINE_AS_AROUND), place));
}

/* A function of the table: with its operand if that stands below a root or above an e. */
static const math *read_function(reader *r, op_id op, const char *name) {
    if (op == OP_SQRT && take_here(r, "(")) return math_of(r->a, MATH_ROOT, read_list(r, ")"), NULL);
    if (op == OP_SUM && r->parts && r->parts->layers && take_here(r, "(")) return read_axis_sum(r);
    const math *e = math_leaf(r->a, MATH_LETTER, "e");
    if (op == OP_EXP && take_here(r, "(")) return math_above(r->a, e, read_list(r, ")"));
    const math *known = op == OP_EXP ? math_glyph(GLYPH_EXP) : form_name(r->p, op_table[op].form);
    return known ? known : math_leaf(r->a, MATH_UPRIGHT, name);
}

static const math *read_index(reader *r);

/* The first of the variables that are called so, with a number behind it: Z1 of Z. */
static var_id numbered_name(const reader *r, const char *letters) {
    size_t len = strlen(letters);
    for (var_id v = 1; v < r->p->g->vars.n; v++) {
        const char *name = ir_var_name(r->p->g, v);
        if (strncmp(name, letters, len) == 0 && is_digit(name[len])) return v;
    }
    return 0;
}

/* dZ[l] in another notation than dZ: NULL, it is something else. */
static const math *layer_gradient(reader *r, const char *name) {
    if (name[0] != 'd' || !r->parts || !r->parts->layers || *r->at != '[') return NULL;
    var_id      v = numbered_name(r, name + 1);
    const math *letters = v ? set_word(r->p, name + 1) : NULL;
    if (!v || !set_is_gradient(r->p, v)) return NULL;
    r->at++;
    return math_entries(r->a, set_layer_gradient(r->p, v, letters, read_index(r)), true);
}

/* The gradient of what a name means: dz2, where there is a z2; of any single letter. */
static const math *gradient_name(reader *r, const char *name) {
    bool small, known = name[0] == 'd' && name[1] && find_name(r->p, name + 1, &small);
    if (!known && !(name[0] == 'd' && strlen(name) == 2)) return NULL;
    const math *d = math_leaf(r->a, MATH_ROMAN, "d");
    return math_entries(r->a, math_row(r->a, d, set_word(r->p, name + 1), NULL), known);
}

/* A name that the model does not know: a function in words, or any number or matrix, as the words say. */
static const math *free_name(reader *r, const char *name) {
    size_t len = strlen(name);
    bool   word = len > 1 && strcspn(name, "0123456789") == len;
    bool   capital = len == 1 && *name >= 'A' && *name <= 'Z';
    bool   diagonal = strcmp(name, "diag") == 0;
    if (*r->at == '(' && word) return math_entries(r->a, math_leaf(r->a, MATH_UPRIGHT, name), diagonal);
    return math_entries(r->a, set_word(r->p, name), capital && !r->p->numbers);
}

static const math *read_name(reader *r) {
    size_t      len = name_length(r->at);
    const char *name = arena_text(r->a, r->at, len);
    bool        small;
    r->at += len;
    if (!name) return &math_nothing;
    if (strcmp(name, "d") == 0 && *r->at == '\1') { /* the gradient of a part: dz2 */
        const math *of = read_power(r), *d = math_leaf(r->a, MATH_ROMAN, name);
        return keeping(r, of, math_row(r->a, d, of, NULL));
    }
    var_id v = find_name(r->p, name, &small);
    bool   entries = v && !r->p->numbers && !shape_is_scalar(ir_var(r->p->g, v)->sh);
    if (v) return math_entries(r->a, set_name(r->p, v, small), entries);
    op_id op = op_find(name);
    if (op) return read_function(r, op, name);
    const math *gradient = layer_gradient(r, name);
    if (!gradient) gradient = gradient_name(r, name);
    return gradient ? gradient : free_name(r, name);
}

/* ------------------------------------------------------------------- atoms */

/* 12.5, and 3e-05, which is 3 times 10 to the -5. */
static const math *read_number(reader *r) {
    const char *from = r->at;
    r->at += strspn(r->at, "0123456789.");
    while (r->at > from + 1 && r->at[-1] == '.') r->at--; /* "1 .." */
    bool power = *r->at == 'e' && is_digit(r->at[r->at[1] == '-' ? 2 : 1]);
    if (power) r->at += 2 + strspn(r->at + 2, "0123456789");
    const char *digits = arena_text(r->a, from, (size_t)(r->at - from));
    return digits ? math_digits_set(r->a, digits) : &math_nothing;
}

static const math *read_mark(reader *r) {
    uint32_t number = 0;
    for (r->at++; is_digit(*r->at); r->at++) number = number * 10 + (uint32_t)(*r->at - '0');
    if (*r->at == '\2') r->at++;
    return r->parts && r->parts->part ? r->parts->part(r->parts->user, number) : &math_nothing;
}

static const math *read_row(reader *r) {
    const math *row = NULL;
    while (!r->wrong && (skip_blanks(r), *r->at && *r->at != ';' && *r->at != ']')) {
        const char *from = r->at;
        bool        minus = take(r, "-");
        const math *entry = read_power(r);
        if (r->at == from) r->wrong = true;
        if (minus) entry = before(r, GLYPH_NEGATIVE, entry);
        row = row ? math_of(r->a, MATH_CELL, row, entry) : entry;
    }
    return row ? row : &math_nothing;
}

/* 1 2 3; 4 5 6] */
static const math *read_matrix(reader *r) {
    const math *rows = read_row(r);
    while (!r->wrong && take(r, ";")) rows = math_of(r->a, MATH_NEXT, rows, read_row(r));
    if (!take(r, "]")) r->wrong = true;
    return math_entries(r->a, math_of(r->a, MATH_MATRIX, rows, NULL), true);
}

/* a, b>, which is a number */
static const math *read_pair(reader *r) {
    const math *pair = read_list(r, ">");
    return math_row(r->a, math_glyph(GLYPH_ANGLE), pair, math_glyph(GLYPH_ANGLE_CLOSE));
}

static const math *read_atom(reader *r) {
    if (take(r, "..")) return math_glyph(GLYPH_DOTS);
    if (take(r, "∂")) return math_entries(r->a, before(r, GLYPH_PARTIAL, read_power(r)), false);
    if (take(r, "δ")) return before(r, GLYPH_CHANGE, read_power(r));
    if (take(r, "[")) return read_matrix(r);
    if (take(r, "(")) return read_bracket(r);
    if (take(r, "<")) return read_pair(r);
    if (*r->at == '\1') return read_mark(r);
    if (is_digit(*r->at)) return read_number(r);
    return name_length(r->at) ? read_name(r) : wrong(r);
}

/* ---------------------------------------------------------------- postfixes */

/* i,j] or 1] or l-1] */
static const math *read_index(reader *r) {
    const math *row = NULL;
    while (*r->at && *r->at != ']') {
        char        c = *r->at++;
        const char *text = arena_text(r->a, &c, 1);
        const math *x = math_leaf(r->a, is_digit(c) ? MATH_NUMBER : MATH_LETTER, text);
        if (c == ',' || c == '-') x = math_glyph(c == ',' ? GLYPH_BESIDE : GLYPH_NEGATIVE);
        row = row ? math_row(r->a, row, x, NULL) : x;
    }
    if (!take(r, "]")) r->wrong = true;
    return row ? row : &math_nothing;
}

/* The same in its brackets. */
static const math *read_place(reader *r) {
    return math_row(r->a, math_glyph(GLYPH_SQUARE), read_index(r), math_glyph(GLYPH_SQUARE_CLOSE));
}

/* W2[i,j]; the slides' z[1], which has its layer above, and a transposition or a prime behind it. */
static const math *read_entry(reader *r, const math *of) {
    const math *inside = read_place(r);
    if (!r->parts || !r->parts->layers) return math_entries(r->a, math_row(r->a, of, inside, NULL), false);
    if (take_here(r, ".T")) inside = math_row(r->a, inside, math_glyph(GLYPH_TOP), NULL);
    else if (take_here(r, "'")) inside = math_row(r->a, inside, math_glyph(GLYPH_TOP_PRIME), NULL);
    return math_entries(r->a, math_above(r->a, of, inside), true);
}

/* What has something above already gets brackets before something else is set above. */
static const math *raisable(reader *r, const math *x) {
    const math *end = x;
    while (end->kind == MATH_ROW && end->part[0]) {
        int i = end->part[2] ? 2 : end->part[1] ? 1 : 0;
        end = end->part[i];
    }
    if (!(x->has & HAS_RAISED) || end->kind == MATH_FENCE) return x;
    return math_brackets(r->a, x, LINE_AS_AROUND);
}

static const math *read_postfix(reader *r) {
    const math *out = read_atom(r);
    while (!r->wrong) {
        uint32_t primes = (uint32_t)strspn(r->at, "'");
        if (take_here(r, "[")) out = read_entry(r, out);
        else if (take_here(r, ".T")) out = keeping(r, out, math_transposed(r->a, raisable(r, out)));
        else if (take_here(r, "(")) out = joined(r, out, GLYPH_CALL, read_bracket(r));
        else if (primes) out = keeping(r, out, math_primed(r->a, out, primes)), r->at += primes;
        else break;
    }
    return out;
}

static const math *read_power(reader *r) {
    const math *out = read_postfix(r);
    bool        entries = has_entries(out);
    if (r->wrong || !take_here(r, "**")) return out;
    bool        minus = take_here(r, "-");
    const math *power = read_postfix(r);
    if (minus) power = before(r, GLYPH_NEGATIVE, power);
    if (entries) power = before(r, GLYPH_EACH_POWER, power);
    return math_entries(r->a, math_above(r->a, raisable(r, out), power), entries);
}

/* ---------------------------------------------------------------- operators */

static const math *fraction(reader *r, const math *above, const math *below) {
    bool entries = has_entries(above) || has_entries(below);
    return math_entries(r->a, math_of(r->a, MATH_FRACTION, above, below), entries);
}

/* Fractions without blanks around the stroke bind more tightly than products: 1/m, ∂l/∂z. */
static const math *read_tight(reader *r) {
    const math *out = read_power(r);
    while (!r->wrong && take_here(r, "/")) out = fraction(r, out, read_power(r));
    return out;
}

static bool begins(const char *at, const char *sign) {
    return strncmp(at, sign, strlen(sign)) == 0;
}

static bool begins_atom(const char *at) {
    if (*at == '\1' || *at == '(' || is_digit(*at)) return true;
    return name_length(at) > 0 || begins(at, "∂") || begins(at, "δ");
}

/* What stands between two factors, nothing at all among it; 0: it is the end of the product. */
static char take_factor_sign(reader *r) {
    skip_blanks(r);
    if (begins(r->at, "**")) return 0;
    if (take_here(r, "·")) return '.';
    if (*r->at && strchr("*@/", *r->at)) return *r->at++;
    return begins_atom(r->at) ? ' ' : 0;
}

static const math *read_product(reader *r);

static const math *read_sum_sign(reader *r) {
    const char *letter = *r->at ? arena_text(r->a, r->at++, 1) : "";
    const math *sign = math_below(r->a, math_glyph(GLYPH_SUM), math_leaf(r->a, MATH_LETTER, letter));
    return math_row(r->a, sign, math_glyph(GLYPH_GAP), read_product(r));
}

static const math *read_product(reader *r) {
    if (take(r, "Σ")) return read_sum_sign(r);
    bool        minus = take(r, "-");
    const math *out = read_tight(r);
    if (minus) out = before(r, GLYPH_NEGATIVE, out);
    for (char sign; !r->wrong && (sign = take_factor_sign(r));) {
        skip_blanks(r);
        bool        digit = is_digit(*r->at);
        const math *b = begins(r->at, "Σ") ? read_product(r) : read_tight(r);
        bool        entries = sign == '*' && has_entries(out) && has_entries(b);
        if (sign == '/') out = fraction(r, out, b);
        else out = joined(r, out, sign == '.' || digit ? GLYPH_DOT : entries ? GLYPH_TIMES : GLYPH_SIDE, b);
    }
    return out;
}

static const math *read_sum(reader *r) {
    const math *out = read_product(r);
    while (!r->wrong) {
        skip_blanks(r);
        if (begins(r->at, "->")) break;
        bool minus = take_here(r, "-");
        if (!minus && !take_here(r, "+")) break;
        out = joined(r, out, minus ? GLYPH_MINUS : GLYPH_PLUS, read_product(r));
    }
    return out;
}

static glyph_id read_sign(reader *r) {
    static const struct {
        const char *text;
        glyph_id     sign;
    } list[] = {{"->", GLYPH_TO}, {"→", GLYPH_TO}, {"!=", GLYPH_NE}, {"<=", GLYPH_LE}, {">=", GLYPH_GE},
                {"==", GLYPH_EQ},
                {"=", GLYPH_EQ}, {">", GLYPH_GT}, {"<", GLYPH_LT}};
    skip_blanks(r);
    for (size_t i = 0; i < sizeof list / sizeof *list; i++) {
        bool end_of_pair = list[i].text[0] == '>' && r->at[0] == '>' && r->at[-1] != ' ';
        if (!end_of_pair && take(r, list[i].text)) return list[i].sign;
    }
    return GLYPH_NONE;
}

static const math *read_relation(reader *r) {
    if (++r->depth > MOST_DEPTH) return wrong(r);
    const math *out = read_sum(r);
    bool        entries = has_entries(out);
    for (glyph_id sign; !r->wrong && (sign = read_sign(r));) out = joined(r, out, sign, read_sum(r));
    r->depth--;
    return math_entries(r->a, out, entries);
}

/* A text that is no formula is shown as it is written. */
static const math *as_text(reader *r, const char *text) {
    const math *row = NULL;
    while (*text) {
        const math *x;
        size_t      len = strcspn(text, "\1");
        r->at = text + len;
        if (len) x = math_leaf(r->a, MATH_PROSE, arena_text(r->a, text, len));
        else x = math_of(r->a, MATH_INSET, read_mark(r), NULL);
        row = row ? math_row(r->a, row, x, NULL) : x;
        text = r->at;
    }
    return math_of(r->a, MATH_TEXT, row ? row : &math_nothing, NULL);
}

const math *set_formula(const notation *p, const char *text, const formula_parts *parts) {
    reader      r = {.p = p, .a = p->a, .parts = parts, .at = text};
    const math *all = read_relation(&r);
    while (!r.wrong && take(&r, ",")) {
        const math *comma = math_row(r.a, math_glyph(GLYPH_BESIDE), math_glyph(GLYPH_QUAD), NULL);
        all = math_row(r.a, all, comma, read_relation(&r));
    }
    skip_blanks(&r);
    return r.wrong || *r.at ? as_text(&r, text) : all;
}

/* How an operation looks: its form in ops.def, with #a #b #c for the operands.
 *
 *   log #a       a function's name and its operand, which gets brackets
 *   max(#a, #b)  .. with brackets of the form's own; () || ⌊⌋
 *   e^#a √#a     above; below a root
 *   #a^-1        an inverse
 *   log_2 #a     below a name
 *   1 + - if else, letters Greek and Latin; words of several letters are upright */
#include <string.h>

#include "core/notation/inside.h"

typedef struct reader {
    arena               *a;
    const char          *at;
    const form_operands *operands;
    bool                 inside; /* of brackets or of something raised */
    bool                 summand;
} reader;

static const struct piece {
    const char *text;
    uint8_t     sign, close; /* close: of a bracket */
    const char *end;
} pieces[] = {
    {" + ", GLYPH_PLUS, 0, NULL},       {" - ", GLYPH_MINUS, 0, NULL},
    {", ", GLYPH_COMMA, 0, NULL},       {" ", GLYPH_APPLY, 0, NULL},
    {"∑", GLYPH_SUM, 0, NULL},          {"(", GLYPH_OPEN, GLYPH_CLOSE, ")"},
    {"|", GLYPH_BAR, GLYPH_BAR, "|"},   {"‖", GLYPH_NORM, GLYPH_NORM, "‖"},
    {"⌊", GLYPH_FLOOR, GLYPH_FLOOR_CLOSE, "⌋"},
};

static bool take(reader *r, const char *text) {
    bool taken = strncmp(r->at, text, strlen(text)) == 0;
    if (taken) r->at += strlen(text);
    return taken;
}

static const struct piece *take_piece(reader *r) {
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (take(r, pieces[i].text)) return &pieces[i];
    return NULL;
}

static const math *read_form(reader *r, const char *end);

static const math *read_operand(reader *r) {
    int     i = *r->at++ - 'a';
    uint8_t least = r->summand ? BINDS_ENTRIES : r->inside ? BINDS_ANY : BINDS_BRACKET;
    if (*r->at == '^') least = BINDS_ATOM;
    return r->operands ? r->operands->operand(r->operands->user, i, least) : &math_nothing;
}

static const math *read_bracket(reader *r, const struct piece *t) {
    bool around = r->inside, grows = r->operands && r->operands->grows && t->sign != GLYPH_FLOOR;
    r->inside = true;
    const math *x = read_form(r, t->end);
    r->inside = around;
    if (grows) return math_fence(r->a, (glyph_id)t->sign, x, (glyph_id)t->close);
    return math_row(r->a, math_glyph((glyph_id)t->sign), x, math_glyph((glyph_id)t->close));
}

/* log_2: what stands below a name. */
static const math *with_below(reader *r, const math *name) {
    if (!take(r, "_")) return name;
    size_t      n = strspn(r->at, "0123456789");
    const char *digits = arena_text(r->a, r->at, n);
    r->at += n;
    return math_below(r->a, name, math_leaf(r->a, MATH_NUMBER, digits));
}

static const math *read_word(reader *r) {
    size_t      n = strspn(r->at, "abcdefghijklmnopqrstuvwxyz");
    const math *letter = math_greek(r->at);
    const char *word = arena_text(r->a, r->at, n ? n : text_utf8(r->at));
    r->at += n ? n : text_utf8(r->at);
    if (!word || letter != &math_nothing) return letter;
    for (int s = GLYPH_MAX; s <= GLYPH_TANH; s++)
        if (strcmp(glyph_table[s].line, word) == 0) return with_below(r, math_glyph((glyph_id)s));
    if (word[0] >= '0' && word[0] <= '9') return math_leaf(r->a, MATH_NUMBER, word);
    return math_leaf(r->a, n == 1 ? MATH_LETTER : MATH_UPRIGHT, word);
}

/* What stands above, or below a root, is enclosed by that. */
static const math *read_enclosed(reader *r) {
    bool around = r->inside;
    r->inside = true;
    const math *minus = take(r, "-") ? math_glyph(GLYPH_NEGATIVE) : NULL;
    const math *x = take(r, "#") ? read_operand(r) : read_word(r);
    if (minus) x = math_row(r->a, minus, x, NULL);
    r->inside = around;
    return x;
}

static const math *read_part(reader *r) {
    static const char *const words[] = {" if ", " else "};
    for (int i = 0; i < 2; i++)
        if (take(r, words[i])) {
            const math *text = math_of(r->a, MATH_TEXT, math_leaf(r->a, MATH_PROSE, words[i]), NULL);
            return math_row(r->a, math_glyph(GLYPH_GAP), text, math_glyph(GLYPH_GAP));
        }
    if (take(r, "#")) return read_operand(r);
    if (take(r, "√")) return math_of(r->a, MATH_ROOT, read_enclosed(r), NULL);
    const struct piece *t = take_piece(r);
    r->summand = t && t->sign == GLYPH_PLUS;
    if (t && t->close) return read_bracket(r, t);
    return t ? math_glyph((glyph_id)t->sign) : read_word(r);
}

/* A name with a bracket behind it is applied to what is in there. */
static bool is_called(const math *before, const reader *r) {
    return before && (before->kind == MATH_GLYPH || before->kind == MATH_UPRIGHT) && *r->at == '(';
}

static const math *read_form(reader *r, const char *end) {
    const math *row = NULL;
    while (*r->at && !take(r, end)) {
        if (take(r, "^")) row = math_above(r->a, row ? row : &math_nothing, read_enclosed(r));
        else if (is_called(row, r)) row = math_row(r->a, row, math_glyph(GLYPH_CALL), read_part(r));
        else if (row) row = math_row(r->a, row, read_part(r), NULL);
        else row = read_part(r);
    }
    return row ? row : &math_nothing;
}

const math *set_form(const notation *p, const char *form, const form_operands *operands) {
    reader r = {.a = p->a, .at = form, .operands = operands};
    return read_form(&r, "\n");
}

const math *form_name(const notation *p, const char *form) {
    reader r = {.a = p->a, .at = form};
    if (take(&r, "∑")) return math_glyph(GLYPH_SUM);
    if (!(form[0] >= 'a' && form[0] <= 'z') && (unsigned char)form[0] < 0x80) return NULL;
    if (math_greek(form) == &math_nothing && (unsigned char)form[0] >= 0x80) return NULL;
    const math *name = read_word(&r);
    return strncmp(r.at, "(#a", 3) == 0 || strncmp(r.at, " #a", 3) == 0 ? name : NULL;
}

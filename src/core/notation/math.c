/* Building mathematics, and writing it through the table of a target. */
#include "core/ir/ir.h"
#include "core/notation/math.h"

#include <assert.h>
#include <string.h>

const glyph_info glyph_table[GLYPH_COUNT] = {
    {"", "", "", CLASS_OPERATOR},
#define GLYPH(ID, LINE, TEX, TEXT, CLASS) {LINE, TEX, TEXT, CLASS_##CLASS},
#include "core/notation/glyphs.def"
};

static const math signs[GLYPH_COUNT] = {
    {.kind = MATH_ROW},
#define GLYPH(ID, ...) {.kind = MATH_GLYPH, .sign = GLYPH_##ID, .binds = BINDS_ATOM},
#include "core/notation/glyphs.def"
};

const math math_nothing = {.kind = MATH_ROW, .binds = BINDS_ATOM};

/* ---------------------------------------------------------------- building */

const math *math_make(arena *a, math x) {
    math *made = arena_new(a, sizeof *made);
    if (!made) return &math_nothing;
    *made = x;
    return made;
}

static bool has_height(math_kind kind) {
    return kind == MATH_FRACTION || kind == MATH_GRADIENT || kind == MATH_ROOT || kind == MATH_MATRIX ||
           kind == MATH_UNDER || kind == MATH_UNDEROVER;
}

/* What the surroundings want to know of it, from its parts; a bracket hides what it begins and ends with. */
static uint8_t has_of(math_kind kind, const math *const *part) {
    uint8_t     has = kind == MATH_RAISED ? HAS_RAISED : 0;
    const math *first = part[0], *last = first;
    for (int i = 0; i < 3; i++) {
        if (!part[i]) continue;
        last = part[i];
        has |= last->has & (HAS_HEIGHT | HAS_RAISED);
    }
    if (has_height(kind)) has |= HAS_HEIGHT;
    if (!first) return has;
    if (kind == MATH_ROW) has |= first->has & (HAS_DIGIT_FIRST | HAS_MINUS_FIRST);
    if (kind == MATH_ROW) has |= last->has & HAS_SUM_LAST;
    if (kind >= MATH_BELOW && kind <= MATH_BOTH) has |= first->has & HAS_DIGIT_FIRST;
    return has;
}

static const math *whole(arena *a, math_kind kind, uint8_t binds, const math *x, const math *y,
                         const math *z) {
    math all = {.kind = (uint8_t)kind, .binds = binds, .close_from = LINE_NEVER, .inside = LINE_AS_AROUND,
                .part = {x, y, z}};
    all.has = has_of(kind, all.part);
    return math_make(a, all);
}

const math *math_leaf(arena *a, math_kind kind, const char *text) {
    assert(kind < MATH_ROW && kind != MATH_GLYPH);
    math leaf = {.kind = (uint8_t)kind, .text = text ? text : "", .binds = BINDS_ATOM};
    if (kind == MATH_NUMBER) leaf.has = HAS_DIGIT_FIRST;
    return math_make(a, leaf);
}

const math *math_glyph(glyph_id sign) {
    return &signs[sign];
}

const math *math_row(arena *a, const math *x, const math *y, const math *z) {
    return whole(a, MATH_ROW, BINDS_ATOM, x, y, z);
}

/* Brackets will stand around it where it matters what it begins or ends with. */
const math *math_sum(arena *a, const math *x, glyph_id sign, const math *y) {
    math sum = *math_row(a, x, math_glyph(sign), y);
    sum.has &= (uint8_t)~(HAS_DIGIT_FIRST | HAS_MINUS_FIRST | HAS_SUM_LAST);
    sum.binds = BINDS_SUM;
    return math_make(a, sum);
}

const math *math_of(arena *a, math_kind kind, const math *x, const math *y) {
    return whole(a, kind, BINDS_CLOSED, x, y, NULL);
}

/* A bracket knows whether it grows: MathML wants to be told. */
const math *math_fence(arena *a, glyph_id open, const math *x, glyph_id close) {
    const math *bracket[2] = {&signs[open], &signs[close]};
    for (int i = 0; i < 2 && x->has & HAS_HEIGHT; i++) {
        math tall = *bracket[i];
        tall.has |= HAS_HEIGHT;
        bracket[i] = math_make(a, tall);
    }
    return whole(a, MATH_FENCE, BINDS_ATOM, bracket[0], x, bracket[1]);
}

const math *math_brackets(arena *a, const math *x, uint8_t inside) {
    math fence = *math_fence(a, GLYPH_OPEN, x, GLYPH_CLOSE);
    fence.inside = inside;
    return math_make(a, fence);
}

const math *math_entries(arena *a, const math *x, bool entries) {
    if (entries == ((x->has & HAS_ENTRIES) != 0)) return x;
    math made = *x;
    made.has ^= HAS_ENTRIES;
    return math_make(a, made);
}

const math *math_bound(arena *a, const math *x, uint8_t binds) {
    math made = *x;
    made.binds = binds;
    return math_make(a, made);
}

const math *math_least(arena *a, const math *x, uint8_t least) {
    return x->binds < least ? math_brackets(a, x, LINE_AS_AROUND) : x;
}

static bool takes_limits(const math *base) {
    return base->sign == GLYPH_SUM || base->sign == GLYPH_MAX || base->sign == GLYPH_MIN;
}

const math *math_below(arena *a, const math *base, const math *below) {
    math_kind kind = takes_limits(base) ? MATH_UNDER : MATH_BELOW;
    return whole(a, kind, BINDS_ATOM, base, math_of(a, MATH_LOWERED, below, NULL), NULL);
}

/* What stands below already stays; the two stand above each other. */
static const math *set_above(arena *a, const math *base, const math *above) {
    bool      below = base->kind == MATH_BELOW || base->kind == MATH_UNDER;
    math_kind kind = base->kind == MATH_BELOW ? MATH_BOTH : MATH_UNDEROVER;
    if (below) return whole(a, kind, BINDS_CLOSED, base->part[0], base->part[1], above);
    return whole(a, MATH_ABOVE, BINDS_CLOSED, base, above, NULL);
}

const math *math_above(arena *a, const math *base, const math *above) {
    return set_above(a, base, math_of(a, MATH_RAISED, above, NULL));
}

const math *math_transposed(arena *a, const math *base) {
    math made = *set_above(a, base, &signs[GLYPH_TRANSPOSED]);
    made.has |= HAS_RAISED;
    return math_make(a, made);
}

/* Primes do not make a name less of an atom. More than three, which nobody writes, stand in threes. */
const math *math_primed(arena *a, const math *base, uint32_t primes) {
    static const glyph_id sign[] = {GLYPH_NONE, GLYPH_PRIME, GLYPH_PRIME2, GLYPH_PRIME3};
    for (; primes > 3; primes -= 3) base = math_primed(a, base, 3);
    if (!primes) return base;
    return math_bound(a, set_above(a, base, &signs[sign[primes]]), BINDS_ATOM);
}

/* ------------------------------------------------------------------- letters */

/* Greek letters that look Latin are. */
static const struct look {
    const char *greek;
    math        latin;
} looks[] = {
#define LOOK(GREEK, LATIN) {GREEK, {.kind = MATH_LETTER, .binds = BINDS_ATOM, .text = LATIN}}
    LOOK("Α", "A"), LOOK("Β", "B"), LOOK("Ε", "E"), LOOK("Ζ", "Z"), LOOK("Η", "H"), LOOK("Ι", "I"),
    LOOK("Κ", "K"), LOOK("Μ", "M"), LOOK("Ν", "N"), LOOK("Ο", "O"), LOOK("Ρ", "P"), LOOK("Τ", "T"),
    LOOK("Χ", "X"), LOOK("ο", "o"),
#undef LOOK
};

const math *math_greek(const char *text) {
    for (int s = GLYPH_ALPHA; s < GLYPH_COUNT; s++)
        if (strncmp(text, glyph_table[s].sign, 2) == 0) return math_glyph((glyph_id)s);
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++)
        if (strncmp(text, looks[i].greek, 2) == 0) return &looks[i].latin;
    return &math_nothing;
}

/* ----------------------------------------------------------------- numbers */

const math *math_number(arena *a, double value) {
    buf b;
    buf_init(&b, a->mem);
    buf_number(&b, value);
    return math_leaf(a, MATH_NUMBER, buf_keep(&b, a));
}

const math *math_number_set(arena *a, double value) {
    math pi = signs[GLYPH_PI];
    pi.has = HAS_DIGIT_FIRST; /* 2 times pi is written with a dot */
    return value == IR_PI ? math_make(a, pi) : math_digits_set(a, math_number(a, value)->text);
}

const math *math_digits_set(arena *a, const char *digits) {
    if (!digits) digits = ""; /* no memory */
    const char *e = strchr(digits, 'e');
    if (!e) return math_leaf(a, MATH_NUMBER, digits);
    const char *power = e + 1 + strspn(e + 1, "+-0"), *minus = e[1] == '-' ? "-" : "";
    const math *exponent = math_leaf(a, MATH_NUMBER, *power ? power : "0");
    if (*minus) exponent = math_row(a, &signs[GLYPH_NEGATIVE], exponent, NULL);
    const math *ten = math_above(a, math_leaf(a, MATH_NUMBER, "10"), exponent);
    if (e == digits + 1 && *digits == '1') return ten;
    const math *factor = math_leaf(a, MATH_NUMBER, arena_text(a, digits, (size_t)(e - digits)));
    return math_bound(a, math_row(a, factor, &signs[GLYPH_DOT], ten), BINDS_CLOSED);
}

/* ----------------------------------------------------------------- writing */

typedef struct item {
    const char *text; /* or, if NULL, mathematics */
    const math *x;
    uint8_t     around; /* the surroundings in a line */
    bool        close;  /* of a sign: without blanks */
} item;

typedef struct writer {
    arena scratch;
    VEC(item) stack;
} writer;

static void push(writer *w, item it) {
    vec_push(&w->scratch, &w->stack, it);
}

/* Parts are pushed last first. */
static void push_parts(writer *w, const math *x, const char *const *frame, uint8_t around) {
    bool    close = x->kind == MATH_ROW && around >= x->close_from;
    uint8_t inside = close ? LINE_IN_FRACTION : x->inside == LINE_AS_AROUND ? around : x->inside;
    if (frame[3]) push(w, (item){.text = frame[3]});
    for (int i = 3; i-- > 0;) {
        if (!x->part[i]) continue;
        push(w, (item){.x = x->part[i], .around = inside, .close = close});
        if (frame[i]) push(w, (item){.text = frame[i]});
    }
}

/* A blank that parts words is not written twice. */
static void put_frame(const char *text, buf *out) {
    bool parted = out->len && out->text[out->len - 1] == ' ';
    buf_puts(out, text + (parted && text[0] == ' '));
}

void math_write(const math_target *to, const math *x, buf *out) {
    writer w;
    memset(&w, 0, sizeof w);
    arena_init(&w.scratch, out->mem);
    push(&w, (item){.x = x});
    while (w.stack.n) {
        item it = w.stack.at[--w.stack.n];
        assert(!it.text != !it.x);
        if (!it.x) put_frame(it.text, out);
        else if (it.x->kind < MATH_ROW) to->leaf(it.x, it.close, out);
        else push_parts(&w, it.x, to->frame[it.x->kind], it.around);
    }
    if (w.scratch.failed) out->failed = true;
    arena_free(&w.scratch);
}

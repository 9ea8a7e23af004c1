/* Mathematics as data: what stands beside, above and below what, in no language yet.
 *
 * Who reads something (a node, an index tree, a formula's text, a name) decides on brackets and makes a
 * `math`; a target's table says how its parts are written. Values are immutable and shared, live in an
 * arena, and are never NULL: without memory they are empty, and the arena remembers it. */
#ifndef NOTATION_MATH_H
#define NOTATION_MATH_H

#include "core/base/text.h"

typedef enum {
    /* leaves, with a text or a sign */
    MATH_PLAIN,   /* part of a line, as it is */
    MATH_LETTER,
    MATH_NUMBER,
    MATH_GLYPH,
    MATH_WORD,    /* a name of several letters, slanted */
    MATH_UPRIGHT, /* a function's name */
    MATH_ROMAN,   /* the d of dZ1 */
    MATH_PROSE,   /* words, inside of MATH_TEXT */
    /* what has parts */
    MATH_ROW,       /* beside each other */
    MATH_FRACTION,  /* above, below */
    MATH_GRADIENT,  /* what is differentiated, by what */
    MATH_ROOT,
    MATH_DOTTED,    /* with a dot above it */
    MATH_FENCE,     /* a bracket that grows, what is in it, a bracket */
    MATH_MATRIX,    /* of .. */
    MATH_NEXT,      /* the rows above, one more row */
    MATH_CELL,      /* the entries before it, one more */
    MATH_LOWERED,   /* what stands below .. */
    MATH_RAISED,    /* .. or above: always behind a base, in one of these: */
    MATH_BELOW,     /* base, lowered */
    MATH_ABOVE,     /* base, raised; GLYPH_PRIME.. and GLYPH_TRANSPOSED are raised already */
    MATH_BOTH,      /* base, lowered, raised */
    MATH_UNDER,     /* the same of a sum and its like, which have them under and over the sign */
    MATH_UNDEROVER,
    MATH_TEXT,      /* words .. */
    MATH_INSET,     /* .. and a formula among them */
    MATH_KINDS
} math_kind;

typedef enum {
    GLYPH_NONE,
#define GLYPH(ID, ...) GLYPH_##ID,
#include "core/notation/glyphs.def"
    GLYPH_COUNT
} glyph_id;

typedef enum {
    CLASS_LETTER, CLASS_NUMBER, CLASS_FUNCTION, CLASS_OPERATOR, CLASS_PREFIX, CLASS_BRACKET, CLASS_SPACE
} glyph_class;

typedef struct glyph_info {
    const char *line, *tex, *sign;
    uint8_t     class;
} glyph_info;

extern const glyph_info glyph_table[GLYPH_COUNT];

/* How tightly something binds; what binds less tightly than its place asks for gets brackets. A line of
 * text has its levels, set mathematics has some of its own. CLOSED is complete in itself, but is not
 * raised to a power without brackets; BRACKET asks for brackets around everything. */
enum {
    BINDS_ANY, BINDS_COMPARE, BINDS_SUM, BINDS_MINUS, BINDS_ENTRIES, BINDS_PRODUCT, BINDS_NEGATE, BINDS_POWER,
    BINDS_CLOSED, BINDS_ATOM, BINDS_BRACKET
};

/* A line leaves out the blanks around an operator in these surroundings: -Y/A2 + 1/(2*m), sqrt(2*pi). */
enum { LINE_LOOSE, LINE_IN_SUM, LINE_IN_FRACTION, LINE_NEVER, LINE_AS_AROUND = LINE_NEVER };

/* What the surroundings want to know of a math. */
enum {
    HAS_MINUS_FIRST = 1, HAS_DIGIT_FIRST = 2, HAS_SUM_LAST = 4,
    HAS_HEIGHT = 8, /* brackets around it should grow */
    HAS_RAISED = 16,
    HAS_ENTRIES = 32 /* a product of two such is entry by entry; only formulas by their text ask for it */
};

typedef struct math {
    uint8_t     kind, sign, binds, has;
    uint8_t     close_from; /* of a row: blanks fall away from these surroundings on */
    uint8_t     inside;     /* of a row: the surroundings of its parts, unless it is close */
    const char *text;
    const struct math *part[3];
} math;

extern const math math_nothing;

const math *math_leaf(arena *a, math_kind kind, const char *text);
const math *math_glyph(glyph_id sign);
const math *math_make(arena *a, math x); /* one like x */
const math *math_row(arena *a, const math *x, const math *y, const math *z); /* each may be NULL */
const math *math_sum(arena *a, const math *x, glyph_id sign, const math *y);
const math *math_of(arena *a, math_kind kind, const math *x, const math *y);

/* Brackets that grow; LINE_AS_AROUND or other surroundings for what is in it. */
const math *math_fence(arena *a, glyph_id open, const math *x, glyph_id close);
const math *math_brackets(arena *a, const math *x, uint8_t inside);

/* The Greek letter, or the Latin one that looks like it, that a text begins with; math_nothing: none. */
const math *math_greek(const char *text);

/* x with HAS_ENTRIES, or without. */
const math *math_entries(arena *a, const math *x, bool entries);

/* x, bound as tightly as that. */
const math *math_bound(arena *a, const math *x, uint8_t binds);

/* x, in brackets if it binds less tightly than that. */
const math *math_least(arena *a, const math *x, uint8_t least);

/* A base with something below it, or above; what is there already stays. */
const math *math_below(arena *a, const math *base, const math *below);
const math *math_above(arena *a, const math *base, const math *above);
const math *math_transposed(arena *a, const math *base);
const math *math_primed(arena *a, const math *base, uint32_t primes);

const math *math_number(arena *a, double value);       /* 1e-08 */
const math *math_number_set(arena *a, double value);   /* .. is 10 to the -8; pi its letter */
const math *math_digits_set(arena *a, const char *digits);

/* -------------------------------------------------------------------- targets */

/* How a language writes mathematics: what stands before, between and behind the parts of each kind, and
 * the leaves. `close`: a sign without blanks. */
typedef struct math_target {
    const char *frame[MATH_KINDS][4];
    void (*leaf)(const math *x, bool close, buf *out);
} math_target;

/* target_latex: TeX with the macro \grad for MATH_GRADIENT, which page_tex.macros defines. */
extern const math_target target_line, target_tex, target_latex, target_mathml, target_typst;

/* Writes with a stack of its own: formulas are as deep as the user nests them. */
void math_write(const math_target *to, const math *x, buf *out);

#endif

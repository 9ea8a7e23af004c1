/* The face of the document's room: an explanation as data, sections, sentences, and lines of equalities.
 * `tell` makes it, `verify` evaluates every line, `page` writes it; no renderer does mathematics.
 *
 * How content is written: every sentence, reason and remark is a string in which mathematics is
 * *marked*, so that each format can set it as mathematics and link names to what explains them.
 *   - doc_name, doc_small_name, doc_node, doc_shape, doc_index return such marks: a few bytes that
 *     stand for an entry of `marks`. They are put together with %s like any other text.
 *   - doc_formula(t->doc, "d%s[i] = %s", ..) marks a formula of the notation that is no node or index
 *     tree; it may have marks inside. Its text is set by its signs: .T ** * @ -> / [i,j] ' Σi ∂x/∂y δ · <a,
 * b>.
 *   - What is left unmarked is prose. Do not measure, compare or look into a marked string: ask
 *     ir_var_name for a name, doc_plain for the text that a reader of plain text sees.
 *   - Sides of lines are the same kind of thing; doc_add_node, doc_add_index, doc_add_formula add one. */
#ifndef DOC_DOC_H
#define DOC_DOC_H

#include "core/core.h"

struct form;

/* What a formula of the two other ways stands for: the sum of all entries of left * right, what a small
 * change does, or a matrix of one example. */
typedef struct value {
    node_id            left, right, times; /* <left, right>, times a number if there is one */
    var_id             change_of,
        when; /* the change of a variable when another moves by its δ; with left: <left, change> */
    bool               total; /* of what the goal's gradient differentiates, when the goal moves */
    const struct form *form;
} value;

/* A piece of mathematics, one side of an equality or a mark in a sentence: an index tree, a node in
 * matrix notation, a name, a shape, or else a formula of the notation. */
typedef struct side {
    const index_tree *x;
    node_id           n;
    var_id            v;        /* a name: links to its explanation */
    bool              is_shape;
    shape             sh;
    const struct value *value;  /* of a formula: what its number is; NULL: it is not evaluated */
    const char       *notation; /* a formula by its text, which may have marks */
    const char       *shown;    /* in plain text; made when the line is */
    bool              small;    /* a node or a name as for one example: z1 */
    index_style       style;    /* of an index tree */
    op_id             function; /* a function's name: links to its derivative */
    bool              layers;   /* a formula in which z[1] is what the slides write with the layer above */
} side;

/* A mark in a string is MARK_BEGIN, the decimal number of the entry in `marks`, MARK_END. */
#define MARK_BEGIN '\001'
#define MARK_END   '\002'

/* δV, a variable that holds a change of another. */
typedef struct change {
    var_id change, of;
} change;

/* ROW: two equalities side by side, u = a and u' = b, in columns with those of the rows around it. */
typedef enum { BLOCK_TITLE, BLOCK_WORDS, BLOCK_SECTION, BLOCK_LINE, BLOCK_ROW } block_kind;

enum { MOST_SIDES = 4 };

typedef struct block {
    uint8_t     kind;
    uint8_t     indent;
    const char *words;     /* the sentence, the heading, the reason in front of a line */
    side        sides[MOST_SIDES];
    uint32_t    n_sides;
    const char *tail;      /* behind a line: shapes, a remark */
    const char *rule;      /* the rewrite that made the line, by its name; NULL: none did */
    const stmt *about;     /* of a section: the statement that it goes through */
    bool        of_options; /* words about options of the program, for text only: a page has none */
    bool        hanging;   /* the line goes on from the one above: begins at its first = */
} block;

/* A statement between the goal and gradients that are taken as known. */
typedef struct stage {
    const stmt *s;
    node_id     known; /* what its variable's gradient is; 0: the way goes on through it */
    node_id     times; /* 1/m or m where the two gradients differentiate different things */
} stage;

typedef struct ground  ground;  /* values that documents share (verify.h) .. */
typedef struct outline outline; /* .. and what is known of their model (tell.h) */

typedef struct document {
    const char       *name; /* of what is explained: dZ1, sigmoid */
    const derivation *d;    /* NULL: a function is explained */
    ir               *g;
    arena            *a;
    bool             *small;   /* by var_id: has an entry for each example */
    bool             *lower;   /* by var_id: .. and a name of its own in lower case for one of them */
    index_style       style;   /* for one example */
    const char       *operands; /* of a function with several: x, y; NULL: it has one */
    ground           *ground;  /* NULL: it has values of its own */
    outline          *outline; /* NULL: it has one of its own */
    const sizes      *at;      /* it is evaluated at these, which its indices need; NULL: at small ones */
    bool              far;     /* the cost is too far away for differences of it */
    var_id            goal;    /* what is explained */
    VEC(block) blocks;
    VEC(side) marks;
    VEC(stage) stages;   /* from the goal on, in the order of the program */
    VEC(change) changes;
    VEC(block) hidden; /* lines that are evaluated and not shown */
    block spare; /* what is added where there is no memory */
} document;

/* How the lines of an explanation held. */
typedef struct explain_result {
    uint32_t n_identities, n_derivatives, n_failed;
    double   worst_identity, worst_derivative;
    const char *first_failed; /* as plain text, the first line that did not hold; lives as long as this */
    bool     not_finite; /* nothing was evaluated: at no random values are all values finite */
    bool     points;     /* the values were chosen: nine points */
} explain_result;

/* Which variables have an entry for each example, and how they are called for one: fills in small, lower
 * and style of a document about a gradient of doc->d. */
dfoo_status doc_open(document *doc);

/* A gradient's formula as `derive` or `derive --steps` shows it. */
node_id gradient_formula(const gradient *v);

/* ---- building: texts live in the arena of the document, and are never NULL. What these return is
 * marked as mathematics (doc.h) and is put together with other text by %s. */
const char *doc_take(document *doc, buf *b); /* the buffer's text; the buffer is freed */
const char *doc_text(document *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *doc_examples(const document *doc); /* how many examples there are: m */
const char *doc_name(document *doc, var_id v);
const char *doc_small_name(document *doc, var_id v);              /* as for one example: z1 */
const char *doc_node(document *doc, node_id n, bool small);
const char *doc_equation(document *doc, const stmt *s); /* Z1 = W1 @ X + b1 */
const char *doc_shape(document *doc, shape s, bool one_example);
const char *doc_shapes(document *doc, node_id n,
                       bool one_example); /* "(n1, n2) @ (n2, m) -> (n1, m)", else the shape */

const char *doc_index(document *doc, const index_tree *x, const index_style *style);

/* A formula of the notation by its text; doc_slide: where z[1] has the layer in brackets above. */
const char *doc_formula(document *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *doc_slide(document *doc, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A function's derivative by the table of operations: log'(u) = 1/u. */
const char *doc_slope(document *doc, op_id op);

/* A function by its name. */
const char *doc_function(document *doc, op_id op);

/* Adds a block; the pointer is good until the next one. */
block *doc_add(document *doc, block_kind kind, uint8_t indent, const char *words);
/* A line a = b, or b alone where a is 0. */
block *doc_add_line(document *doc, uint8_t indent, const char *words, node_id a, node_id b, const char *tail);
void   doc_say(document *doc, uint8_t indent, const char *format, ...) __attribute__((format(printf, 3, 4)));
void   doc_add_node(document *doc, block *b, node_id n, bool small);
void   doc_add_index(document *doc, block *b, const index_tree *x, const index_style *style);
void   doc_add_formula(document *doc, block *b, const char *notation); /* is shown, but not evaluated */
void   doc_add_value(document *doc, block *b, const char *notation, value v); /* is evaluated as v */

/* A line that is evaluated like the others and not shown: what the words around it claim. */
block *doc_add_hidden(document *doc);

/* ---- reading */

/* The text of a marked string as plain text shows it. */
void doc_plain(const document *doc, const char *text, buf *out);

/* A marked string in pieces: prose, then the formula behind it. Returns what is left, NULL at the
 * end; `*formula` is NULL where the last piece has none. */
const char *doc_next(const document *doc, const char *text, size_t *prose, const side **formula);

#endif

/* An explanation as data: sections, sentences, and lines of equalities. story.c makes it,
 * prove.c evaluates every line, text.c and its siblings (sheet.h) write it; no renderer does mathematics.
 *
 * How content is written: every sentence, reason and remark is a string in which mathematics is
 * *marked*, so that each format can set it as mathematics and link names to what explains them.
 *   - doc_name, doc_small_name, doc_node, doc_shape, doc_index return such marks: a few bytes that
 *     stand for an entry of `marks`. They are put together with %s like any other text.
 *   - doc_formula(t, "d%s[i] = %s", ..) marks a formula of the notation that is no node or index
 *     tree; it may have marks inside. Its text is set by its signs: .T ** * @ -> / [i,j] ' Σi ∂x/∂y δ · <a, b>.
 *   - What is left unmarked is prose. Do not measure, compare or look into a marked string: ask
 *     ir_var_name for a name, doc_plain for the text that a reader of plain text sees.
 *   - Sides of lines are the same kind of thing; doc_add_node, doc_add_index, doc_add_formula add one. */
#ifndef EXPLAIN_DOC_H
#define EXPLAIN_DOC_H

#include "teach/explain/explain.h"
#include "core/core.h"

struct form;

/* What a formula of the two other ways stands for: the sum of all entries of left * right, what a small
 * change does, or a matrix of one example. */
typedef struct value {
    node_id            left, right, times; /* <left, right>, times a number if there is one */
    var_id             change_of, when;    /* the change of a variable when another moves by its δ; with left: <left, change> */
    bool               total;              /* of what the goal's gradient differentiates, when the goal moves */
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
    bool        hanging;   /* the line goes on from the one above: begins at its first = */
} block;

/* A statement between the goal and gradients that are taken as known. */
typedef struct stage {
    const stmt *s;
    node_id     known; /* what its variable's gradient is; 0: the way goes on through it */
    node_id     times; /* 1/m or m where the two gradients differentiate different things */
} stage;

typedef struct document {
    const char       *name; /* of what is explained: dZ1, sigmoid */
    const derivation *d;    /* NULL: a function is explained */
    const ir         *g;
    arena            *a;
    bool             *small;   /* by var_id: has an entry for each example */
    bool             *lower;   /* by var_id: .. and a name of its own in lower case for one of them */
    index_style       style;   /* for one example */
    var_id            goal;    /* what is explained */
    VEC(block) blocks;
    VEC(side) marks;
    VEC(stage) stages;   /* from the goal on, in the order of the program */
    VEC(change) changes;
    VEC(block) hidden; /* lines that are evaluated and not shown */
    block spare; /* what is added where there is no memory */
} document;

/* prove.c: evaluates all lines on random values, and the gradient of `goal` against
 * differences of the cost. */
dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed, explain_result *result);

/* The text of a marked string as plain text shows it. */
void doc_plain(const document *doc, const char *text, buf *out);

/* A marked string in pieces: prose, then the formula behind it. Returns what is left, NULL at the
 * end; `*formula` is NULL where the last piece has none. */
const char *doc_next(const document *doc, const char *text, size_t *prose, const side **formula);

/* story.c: fills in the blocks that explain doc->goal, and evaluates them; `g` is doc->g, to build
 * nodes in. */
dfoo_status story_explain(document *doc, ir *g, const program *run, const explain_options *opt, explain_result *result);

#endif

/* An explanation as data: sections, sentences, and lines of equalities. story.c makes it,
 * prove.c evaluates every line, text.c writes it; no renderer does mathematics. */
#ifndef EXPLAIN_DOC_H
#define EXPLAIN_DOC_H

#include "explain/explain.h"
#include "ir/index.h"

/* One side of an equality: an index tree, or a node in matrix notation. */
typedef struct side {
    const index_tree *x;
    node_id           n;
    const char       *shown; /* how it is written; made when the line is */
} side;

typedef enum { BLOCK_TITLE, BLOCK_WORDS, BLOCK_SECTION, BLOCK_LINE } block_kind;

enum { MOST_SIDES = 4 };

typedef struct block {
    uint8_t     kind;
    uint8_t     indent;
    const char *words;     /* the sentence, the heading, the reason in front of a line */
    side        sides[MOST_SIDES];
    uint32_t    n_sides;
    const char *tail;      /* behind a line: shapes, a remark */
    bool        hanging;   /* the line goes on from the one above: begins at its first = */
} block;

typedef struct document {
    const derivation *d;
    const ir         *g;
    arena            *a;
    bool             *small;   /* by var_id: has an entry for each example */
    index_style       style;   /* for one example */
    VEC(block) blocks;
    block spare; /* what is added where there is no memory */
} document;

/* prove.c: evaluates all lines on random values, and the gradient of `goal` against
 * differences of the cost. */
dfoo_status prove_document(const document *doc, var_id goal, const program *run, uint64_t seed, explain_result *result);

/* text.c */
void write_document(const document *doc, const explain_result *result, buf *out);

#endif

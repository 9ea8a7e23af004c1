/* Inside the explaining room: the state of telling one story, shared by the files that make
 * its parts. doc_: putting blocks together; link_: the way from the variable to known
 * gradients; proof_: the paragraphs of proofs.def. */
#ifndef EXPLAIN_TELLER_H
#define EXPLAIN_TELLER_H

#include "explain/doc.h"

typedef enum { PROOF_NONE, PROOF_RIGHT, PROOF_RIGHT_ONE, PROOF_LEFT, PROOF_LEFT_ONE, PROOF_WEIGHT_LEFT, PROOF_WEIGHT_RIGHT, PROOF_TURNED_LEFT, PROOF_TURNED_RIGHT, PROOF_BIAS_COLUMN, PROOF_BIAS_ROW,
               PROOF_ENTRY, PROOF_ENTRY_ROW } proof_kind;


/* One statement on the way, and what of it concerns the variable. */
typedef struct link {
    proof_kind      kind;
    const stmt     *s;
    const gradient *to, *from; /* dU, and dV of the statement's variable V */
    node_id         product;   /* y = a @ b inside the statement, if that is the kind */
    node_id         rest;      /* the other summands, or 0 */
} link;

typedef struct teller {
    document         *doc;
    const derivation *d;
    ir               *g;
    arena            *a;
    const gradient   *goal;
    VEC(link) links;
} teller;

/* ---- words.c: texts live in the arena of the call, and are never NULL. What these return is
 * marked as mathematics (doc.h) and is put together with other text by %s. */
const char *doc_take(teller *t, buf *b); /* the buffer's text; the buffer is freed */
const char *doc_name(const teller *t, var_id v);
const char *doc_small_name(teller *t, var_id v);              /* as for one example: z1 */
const char *doc_node(teller *t, node_id n, bool small);
const char *doc_shape(teller *t, shape s, bool one_example);
const char *doc_shapes(teller *t, node_id n, bool one_example); /* "(n1, n2) @ (n2, m) -> (n1, m)", else the shape */

const char *doc_index(teller *t, const index_tree *x, const index_style *style);

/* A formula of the notation by its text; doc_slide: where z[1] has the layer in brackets above. */
const char *doc_formula(teller *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *doc_slide(teller *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A function's derivative by the table of operations: log'(a) = 1/a. */
const char *doc_slope(teller *t, op_id op);

/* A function by its name. */
const char *doc_function(teller *t, op_id op);

/* Adds a block; the pointer is good until the next one. */
block *doc_add(teller *t, block_kind kind, uint8_t indent, const char *words);
void   doc_say(teller *t, uint8_t indent, const char *format, ...) __attribute__((format(printf, 3, 4)));
void   doc_add_node(teller *t, block *b, node_id n, bool small);
void   doc_add_index(teller *t, block *b, const index_tree *x, const index_style *style);
void   doc_add_formula(teller *t, block *b, const char *notation); /* is shown, but not evaluated */

/* ---- links.c */

/* Fills t->links: all links between the goal and gradients with a name of their own, the
 * cost's side first. */
dfoo_status link_find(teller *t);
bool        link_is_indexed(const teller *t, const link *l); /* told in indices, by its proof */
bool        link_is_operand(const teller *t, node_id n, var_id v);
bool        link_is_entrywise(teller *t, node_id n);
bool        link_uses(teller *t, const stmt *s, var_id v);

/* ---- proof.c */
void proof_tell(teller *t, const link *l);

/* One more line of index equalities over a link's names (see proofs.def; m is the number of
 * examples), in a style of its own. */
void proof_add_line(teller *t, const link *l, const char *formula, const index_style *style);

#endif

/* Inside the explaining room: the state of telling one story, shared by the files that make
 * its parts. doc_: putting blocks together; link_: the way from the variable to known
 * gradients; proof_: the paragraphs of proofs.def. */
#ifndef EXPLAIN_TELLER_H
#define EXPLAIN_TELLER_H

#include "teach/explain/doc.h"

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
    const explain_how  *how;
    const explain_edit *edit;
    VEC(link) links;
} teller;

/* ---- words.c: texts live in the arena of the call, and are never NULL. What these return is
 * marked as mathematics (doc.h) and is put together with other text by %s. */
const char *doc_take(teller *t, buf *b); /* the buffer's text; the buffer is freed */
const char *doc_name(const teller *t, var_id v);
const char *doc_small_name(teller *t, var_id v);              /* as for one example: z1 */
const char *doc_node(teller *t, node_id n, bool small);
const char *doc_equation(teller *t, const stmt *s); /* Z1 = W1 @ X + b1 */
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
void   doc_add_value(teller *t, block *b, const char *notation, value v); /* is evaluated as v */

/* A line that is evaluated like the others and not shown: what the words around it claim. */
block *doc_add_hidden(teller *t);

/* ---- links.c */

/* Fills t->links: all links between the goal and gradients with a name of their own, the
 * cost's side first. */
dfoo_status link_find(teller *t);
bool        link_is_indexed(const teller *t, const link *l); /* told in indices, by its proof */
bool        link_is_operand(const teller *t, node_id n, var_id v);
bool        link_is_entrywise(teller *t, node_id n);
bool        link_uses(teller *t, const stmt *s, var_id v);
bool        link_moves(teller *t, const stmt *s, var_id v); /* as it uses v, and not only flat: sign(v) */

/* ---- story.c: the end of a link that was told by its entries (`with_matrices`) or otherwise */
void story_end_link(teller *t, const link *l, bool with_matrices);

/* ---- kinks.c: where a statement has no derivative by U, and what is used there */
void kinks_tell(teller *t, const link *l);

/* ---- numbers.c: the same in numbers, at given values or a random draw */
dfoo_status numbers_tell(teller *t, const program *run, const explain_options *opt, explain_result *r);

/* ---- paths.c */

/* How the goal reaches the cost, and which gradients on the way are known. */
void paths_tell(teller *t);

/* "dZ2, dZ3": the shown gradients that the story builds on; "" if there are none. */
const char *links_known(teller *t);

/* ---- rewrites.c */

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
const char *derivative_remarks(teller *t, const link *l);

/* dV, and what simplification made of it, each step with its name. */
void add_rewrites(teller *t, const gradient *v, const char *remarks);

/* The same behind entries: which sums of matrices they are. */
void add_matrices(teller *t, const link *l);

/* Every simplification of the gradients that are told, or how many there were. */
void add_all_rewrites(teller *t, bool show);

/* Why v's line is what it is: the names of rules, or of gradients that were written out. */
const char *rewrite_names(teller *t, const gradient *v);

/* ---- differential.c, jacobian.c: the other two ways */
void differential_tell(teller *t);
void jacobian_tell(teller *t);

/* ---- entries.c: any link by its entries; false (and nothing is told) if its formula is too large */
bool entries_tell(teller *t, const link *l);

/* The line ∂V[i]/∂U[j] = .., where U stands in one way only; false where it does not. */
bool entries_add_partial(teller *t, const link *l, const char *words);

/* ∂l/∂U[i,j] for one example, where U is shared by the examples: the sum over all entries of V, of
 * which δ leaves one. */
bool entries_tell_shared(teller *t, const link *l);

/* ---- proof.c */
void proof_tell(teller *t, const link *l);

/* The formula of a line of proofs.def, by its number: NULL if it has none, or there is no such line. */
const char *proof_formula(uint32_t line);
uint32_t    proof_n_lines(void);

/* Of a link's paragraph the lines of matrices only: what the entries are all at once. */
void proof_outer(teller *t, const link *l);

/* One more line of index equalities over a link's names (see proofs.def; m is the number of
 * examples), in a style of its own; behind them the entry of the whole. */
void proof_add_line(teller *t, const link *l, const char *formula, node_id whole, const index_style *style);

#endif

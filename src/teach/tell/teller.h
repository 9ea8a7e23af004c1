/* Inside the telling room: the state of telling one story, shared by the files that make its parts.
 * link_: the way from the variable to known gradients; proof_: the paragraphs of proofs.def. */
#ifndef TELL_TELLER_H
#define TELL_TELLER_H

#include "teach/tell/tell.h"

typedef enum {
    PROOF_NONE,
    PROOF_RIGHT,
    PROOF_RIGHT_ONE,
    PROOF_LEFT,
    PROOF_LEFT_ONE,
    PROOF_WEIGHT_LEFT,
    PROOF_WEIGHT_RIGHT,
    PROOF_TURNED_LEFT,
    PROOF_TURNED_RIGHT,
    PROOF_BIAS_COLUMN,
    PROOF_BIAS_ROW,
    PROOF_ENTRY,
    PROOF_ENTRY_ROW
} proof_kind;

static inline bool proof_is_bias(proof_kind k) { return k == PROOF_BIAS_COLUMN || k == PROOF_BIAS_ROW; }
static inline bool proof_is_turned(proof_kind k) { return k == PROOF_TURNED_LEFT || k == PROOF_TURNED_RIGHT; }
static inline bool proof_is_entry(proof_kind k) { return k == PROOF_ENTRY || k == PROOF_ENTRY_ROW; }
static inline bool proof_is_rows(proof_kind k) { /* is a row of y what belongs together? */
    return k == PROOF_LEFT || k == PROOF_LEFT_ONE || k == PROOF_WEIGHT_RIGHT || k == PROOF_TURNED_RIGHT ||
           k == PROOF_BIAS_ROW || k == PROOF_ENTRY_ROW;
}

/* One statement on the way, and what of it concerns the variable. */
typedef struct link {
    proof_kind      kind;
    const stmt     *s;
    const gradient *to, *from; /* dU, and dV of the statement's variable V */
    node_id         product;   /* y = a @ b inside the statement, if that is the kind */
    node_id         rest;      /* the other summands, or 0 */
} link;

/* The statements that have a variable, by its id: list[first[v]] up to list[first[v + 1]], in the order of
 * the program. */
typedef struct use_table {
    uint32_t *first, *list;
} use_table;

struct outline {
    use_table moved, flat; /* those that move with it, and those that do not: sign(v) */
    double   *paths;       /* by var_id: how many lead to the cost .. */
    uint32_t *far;         /* .. and how many statements are on the longest */
    uint32_t *rewrite, *next; /* the first rewrite of a gradient, by var_id; that behind one, by step; 1 + its
                                 number, 0: none */
    uint32_t  n_vars;
};

/* The first rewrite of v's gradient, or the one behind another of them; NULL: there is none. */
const step *outline_rewrite(const outline *o, const derivation *d, var_id v, const step *behind);

typedef struct teller {
    document         *doc;
    const derivation *d;
    ir               *g;
    arena            *a;
    const gradient   *goal;
    const explain_how  *how;
    const explain_edit *edit;
    const outline      *o;
    VEC(link) links;
} teller;

/* Is there a number that one example adds, and that has a name: the loss l? What it adds to J has none;
 * without examples J is it. */
static inline bool tell_has_loss(const teller *t) {
    return !t->d->m->examples || (t->doc->style.example && t->d->used == CONVENTION_COURSE);
}

/* ---- story.c: its parts */

/* Begins the telling of a document about doc->goal. */
dfoo_status story_open(teller *t, document *doc, const tell_options *opt);

/* The goal's gradient, with the shapes of what it is made of. */
void story_goal(teller *t, uint8_t indent, const char *words);
/* Every link, the cost's side first, by its entries. */
void story_links(teller *t);
/* The statements of all links, for what is measured. */
void story_stages(teller *t);
/* Did something cancel on the way to what is shown? */
bool story_has_cancelled(const teller *t, const gradient *v);

/* ---- scalar.c: every entry in a line of its own, at doc->at: of values, of the gradients of values and
 * parameters, of those of inputs */
void scalar_forward(teller *t);
void scalar_backward(teller *t);
void scalar_inputs(teller *t);

/* ---- links.c */

/* Is the link's variable there for each example, or for the only one that there is, a column? */
bool tell_is_example(const teller *t, const link *l);

/* Fills t->links: all links between the goal and gradients with a name of their own, the
 * cost's side first. */
dfoo_status link_find(teller *t);
bool        link_is_indexed(const teller *t, const link *l); /* told in indices, by its proof */
bool        link_is_operand(const teller *t, node_id n, var_id v);
bool        link_is_entrywise(teller *t, node_id n);
bool        link_uses(teller *t, const stmt *s, var_id v);
bool        link_moves(teller *t, const stmt *s, var_id v); /* as it uses v, and not only flat: sign(v) */
bool        link_is_last(const teller *t, const link *l);   /* of those to its variable */
const char *link_way(teller *t, const link *l);             /* "through Z2 = W2 @ A1 + b2" */
void        link_tell_call(teller *t, const link *l); /* of a call of the model's own function: its formula */

/* The nodes of a statement's formula, and which of them, by place, move with v. False without memory. */
bool link_movers(teller *t, const stmt *s, var_id v, node_list *need, bool **moves);

/* Does an expression have this node? */
bool node_has(teller *t, node_id n, node_id part);

/* ---- ends.c: the end of a link that was told by its entries (`with_matrices`) or otherwise */
void ends_tell(teller *t, const link *l, bool with_matrices);

/* Where the sum over the examples that share a parameter and the 1/m come from, behind one example's part. */
void ends_examples(teller *t, const link *l);

/* What one of several ways contributes, as a matrix. */
void ends_part(teller *t, const link *l, const char *remarks);

/* ---- kinks.c: where a statement has no derivative by U, and what is used there */
void kinks_tell(teller *t, const link *l);

/* ---- numbers.c: the same in numbers, at given values or simple ones */
dfoo_status numbers_tell(teller *t, const program *run, const tell_options *opt, explain_result *r);

/* ---- paths.c */

/* How the goal reaches the cost, and which gradients on the way are known. */
void paths_tell(teller *t);

/* "dZ2, dZ3": the shown gradients that the story builds on; "" if there are none. And how many. */
const char *links_known(teller *t, uint32_t *count);

/* ---- rewrites.c */

/* The functions that a gradient passes through, with their derivatives: log'(a) = 1/a. */
const char *derivative_remarks(teller *t, const link *l);

/* dV, and what simplification made of it, each step with its name. */
void add_rewrites(teller *t, const gradient *v, const char *remarks);

/* Which sums of a formula stand for sums over indices: "; axis=1: along each row"; "": it has none. */
const char *sums_in(teller *t, node_id n);

/* The same behind entries: which sums of matrices they are. */
void add_matrices(teller *t, const link *l);

/* Every simplification of the gradients that are told, or how many there were. */
void add_all_rewrites(teller *t, bool show);

/* What the rules of its operations make of a link that is not told otherwise: dU, or the part of it. */
void add_by_rules(teller *t, const link *l, const char *remarks);

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

/* The entry of a parameter's gradient as the sum over the examples of what each hands to it. */
void entries_add_examples(teller *t, const link *l);

/* ---- proof.c */
void proof_tell(teller *t, const link *l);

/* A sentence of a table, filled in for a link. */
const char *proof_words(teller *t, const link *l, const char *text);

/* Two examples side by side in small numbers, where the link is a product by what has one for each. */
void proof_two_examples(teller *t, const link *l);

/* The formula of a line of proofs.def, by its number: NULL if it has none, or there is no such line. */
const char *proof_formula(uint32_t line);
uint32_t    proof_n_lines(void);

/* Of a link's paragraph the lines of matrices only: what the entries are all at once. */
void proof_outer(teller *t, const link *l);

/* One more line of index equalities over a link's names (see proofs.def; m is the number of
 * examples), in a style of its own; behind them the entry of the whole. */
void proof_add_line(teller *t, const link *l, const char *formula, node_id whole, const index_style *style);

#endif

/* The face of the telling room: a derivation -> the document that explains one gradient, or a function. */
#ifndef TELL_TELL_H
#define TELL_TELL_H

#include "teach/doc/doc.h"

/* What an explanation needs of the simplifying room: shorter forms of an expression. */
typedef struct explain_how {
    node_id (*tidy)(void *user, node_id n);    /* 0 and 1, signs */
    node_id (*best)(void *user, node_id n);    /* as a line of derive would be written */
    node_id (*any_labels)(void *user, node_id n); /* the same, where labels' columns need not sum to 1 */
    /* tells every table rule that simplifying an expression applies; the sentences of a rewrite's names */
    void (*rules)(void *user, node_id n,
                  void (*on_rule)(void *to, const char *rule, const char *sentence, node_id before,
                                  node_id after),
                  void *to);
    const char *(*sentences)(void *user, const char *names);
    void *user;
} explain_how;

typedef enum { BY_INDEX, BY_JACOBIAN, BY_DIFFERENTIAL } explain_way;

/* A planted mistake: asked for every formula of proofs.def, by the number of its line, when it is
 * used; what it returns is told instead, NULL leaves it alone. */
typedef struct explain_edit {
    const char *(*apply)(void *user, uint32_t line, const char *formula);
    void *user;
} explain_edit;

/* The line that layers have in common, and those layers: the goal's is told for all of them. */
typedef struct tell_layers {
    const char     *line; /* dA[l-1] = W[l].T @ dZ[l] */
    const var_id   *of;
    const unsigned *l;
    const op_id    *function; /* what g[l] is in it, or OP_NONE */
    uint32_t        n;
} tell_layers;

typedef struct primer_page primer_page; /* a row of primer.def, see primer.h */

/* What parameters are in numbers: simple ones, all 0, all the same. */
typedef enum { START_SIMPLE, START_ZEROS, START_EQUAL } explain_start;

typedef struct tell_options {
    explain_way         way;
    bool                steps;   /* every simplification, not only how many there were */
    bool                numbers; /* the steps in numbers as well .. */
    bool                forward; /* .. from the data on, where the way is short .. */
    const sizes        *sizes;   /* .. with these sizes, NULL: small ones .. */
    const matrix       *given;   /* .. and values by var_id, where there are such; the rest is drawn */
    uint32_t            n_given;
    explain_start       start; /* .. and these parameters, which then take a few steps */
    const tell_layers  *layers; /* the goal is told for these; NULL: for itself */
    const primer_page  *page;  /* a page of the primer is told instead; NULL: none */
    uint64_t            seed; /* of the values that every line is checked on */
    const explain_how  *how;  /* may be NULL: nothing is simplified */
    const explain_edit *edit; /* may be NULL */
} tell_options;

/* What the explanations of one derivation share: document.outline. In the arena. */
dfoo_status tell_outline(const derivation *d, ir *g, arena *a, outline **out);

/* Fills in the blocks that explain the gradient of doc->goal, and evaluates them. `run` is the program with
 * all gradients. */
dfoo_status tell_gradient(document *doc, const program *run, const tell_options *opt, explain_result *result);

/* What explain_function needs of the simplifying room. */
typedef struct explain_function_how {
    node_id (*tidy)(void *user, node_id n);                                      /* 0 and 1, signs */
    node_id (*best)(void *user, node_id n, node_id name,
                    node_id formula); /* the shortest form, where name = formula; 0: there is no name */
    node_id (*write_out)(void *user, node_id n, node_id name,
                         node_id formula); /* the name replaced by the formula */
    void *user;
} explain_function_how;

/* Is this operation a function of one value, whose derivative can be explained? */
bool tell_is_function(op_id op);

/* Fills in the blocks that derive a function by z, rule by rule, and evaluates them; `def` is its definition,
 * a node over z. */
dfoo_status tell_function(document *doc, var_id z, node_id def, const explain_function_how *how,
                          explain_result *r);

#endif

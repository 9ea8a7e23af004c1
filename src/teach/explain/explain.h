/* The face of the explaining room: derivations -> text for people.
 *
 * Everything that is displayed as an equality is a line of data (doc.h) that is evaluated
 * on random values before it is written. */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "core/core.h"

/* The derived gradients as equations in the notation, under a head that says what they
 * differentiate. `only` (by var_id, may be NULL): just these variables' gradients. `steps`:
 * all of them as well, grouped by the equation they come from. */
dfoo_status explain_derivation(const derivation *d, const bool *only, bool steps, buf *out);

/* The head alone, as lines of comments: what the gradients differentiate. */
dfoo_status explain_head(const derivation *d, const bool *only, buf *out);

/* What an explanation needs of the simplifying room: shorter forms of an expression. */
typedef struct explain_how {
    node_id (*tidy)(void *user, node_id n);    /* 0 and 1, signs */
    node_id (*best)(void *user, node_id n);    /* as a line of derive would be written */
    node_id (*any_labels)(void *user, node_id n); /* the same, where labels' columns need not sum to 1 */
    /* tells every table rule that simplifying an expression applies; the sentences of a rewrite's names */
    void (*rules)(void *user, node_id n, void (*on_rule)(void *to, const char *rule, const char *sentence, node_id before, node_id after), void *to);
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

struct sheet; /* explanations on their way into a format */

typedef struct explain_options {
    dfoo_format format;
    bool        standalone; /* DFOO_LATEX: a whole document */
    bool        whole;      /* the model is explained: what its gradients differentiate, all that is asked for, links */
    uint64_t    seed;       /* of the values that every line is checked on */

    explain_way        way;
    bool               steps;   /* every simplification, not only how many there were */
    bool               numbers; /* the steps in numbers as well .. */
    const sizes       *sizes;   /* .. with these sizes, NULL: small ones .. */
    const matrix      *given;   /* .. and values by var_id, where there are such; the rest is drawn */
    uint32_t           n_given;
    const explain_how *how;
    const explain_edit *edit; /* may be NULL */

    /* Of a whole model: explains a function that it uses (explain_function, with `into`); may be NULL. */
    dfoo_status (*function)(void *user, op_id op, struct sheet *into);
    void         *user;
    struct sheet *into; /* explain_function: the sheet of a model that it is to stand on; NULL: its own */
} explain_options;

typedef struct explain_result {
    uint32_t n_identities, n_derivatives, n_failed;
    double   worst_identity, worst_derivative;
    bool     not_finite; /* nothing was evaluated: at no random values are all values finite */
    bool     points;     /* the values were chosen: nine points */
} explain_result;

/* The proofs of gradients, in their order. `run` is the program with all gradients
 * (simplify_program with `all`). DFOO_NO: a line did not hold; the text says so. */
dfoo_status explain_gradients(const derivation *d, ir *g, const var_id *goals, uint32_t n, const program *run, const explain_options *how,
                              buf *out, explain_result *result);

/* The variables whose gradients say something: all that `derive --steps` lists, in the order of
 * the derivation. In the arena. */
dfoo_status explain_goals(const derivation *d, arena *a, var_id **goals, uint32_t *n);

/* Is this operation a function of one value, whose derivative can be explained? */
bool explain_is_function(op_id op);

/* "log'(a) = 1/a": a function's derivative as the table of operations has it. */
void explain_slope(op_id op, buf *out);

/* What explain_function needs of the simplifying room. */
typedef struct explain_function_how {
    node_id (*tidy)(void *user, node_id n);                                      /* 0 and 1, signs */
    node_id (*best)(void *user, node_id n, node_id name, node_id formula);        /* the shortest form, where name = formula */
    node_id (*write_out)(void *user, node_id n, node_id name, node_id formula);   /* the name replaced by the formula */
    void *user;
} explain_function_how;

/* The derivative by z of a function, whose definition is a node over z, rule by rule. */
dfoo_status explain_function(model *m, const char *title, var_id z, node_id def, const explain_function_how *how, const explain_options *opt,
                             buf *out, explain_result *result);

#endif

/* The face of the explaining room: derivations -> text for people, in a format.
 *
 * Everything that is displayed as an equality is a line of data (doc.h) that is evaluated
 * on random values before it is written. */
#ifndef EXPLAIN_EXPLAIN_H
#define EXPLAIN_EXPLAIN_H

#include "teach/page/formats.h"
#include "teach/tell/primer.h"

struct sheet; /* explanations on their way into a format */

typedef struct explain_options {
    dfoo_format  format;
    notation_style style;    /* of mathematics that is set; its derivation is the one that is explained */
    bool         numbered;   /* LaTeX: the line of each title has its number and a label */
    bool         standalone; /* a whole document, where the format has both */
    bool whole; /* the model is explained: what its gradients differentiate, all that is asked for, links */
    tell_options tell;

    /* Of a whole model: explains a function that it uses (explain_function, with `into`); may be NULL. */
    dfoo_status (*function)(void *user, op_id op, struct sheet *into);
    void         *user;
    struct sheet *into; /* explain_function: the sheet of a model that it is to stand on; NULL: its own */
} explain_options;

/* The proofs of gradients, in their order. `run` is the program with all gradients
 * (simplify_program with `all`). DFOO_NO: a line did not hold; the text says so. */
dfoo_status explain_gradients(const derivation *d, ir *g, const var_id *goals, uint32_t n, const program *run,
                              const explain_options *how, buf *out, explain_result *result);

/* The variables whose gradients say something: all that `derive --steps` lists, in the order of
 * the derivation, those first that `derive` shows. In the arena. */
dfoo_status explain_goals(const derivation *d, arena *a, var_id **goals, uint32_t *n);

/* The variable that a page of the primer is about in this model, the goal with tell.page = page; 0: the model
 * has nothing of the kind. */
dfoo_status explain_page_goal(const derivation *d, ir *g, arena *a, const primer_page *page, var_id *goal);

/* The derivative of a function by each of its n operands z (at most 3), rule by rule; its definition is a
 * node over them. */
dfoo_status explain_function(model *m, const char *title, const var_id *z, uint32_t n, node_id def,
                             const explain_function_how *how, const explain_options *opt, buf *out,
                             explain_result *result);

#endif

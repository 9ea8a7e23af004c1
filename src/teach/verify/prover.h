/* Inside the verifying room, and for what shows numbers: the state of evaluating one document, and what is
 * measured by differences. */
#ifndef VERIFY_PROVER_H
#define VERIFY_PROVER_H

#include "teach/doc/forms.h"
#include "teach/verify/verify.h"

typedef struct prover {
    const document *doc;
    arena          *a;
    sizes           s;
    evaluation     *e;      /* everything, run once */
    eval_pool      *pool;   /* of the others; NULL: there is none */
    evaluation     *local;  /* by var_id: the equation of one variable alone, made when needed */
    bool           *has_local;
    var_id          goal;
    evaluation      network; /* everything behind the goal, which has a value of its own */
    evaluation      near;    /* the goal and the stages behind it, up to known gradients */
    double         *symmetric; /* NULL: the goal is not; else room for its values */
    double          known;  /* the largest entry of the known gradients */
    double          least;  /* gradients below this are rounding beside those they come from */
    double          away;   /* how far the sides that were compared last are from each other */
    double          tilt;   /* slopes are given with so many times their error added, to see what that does */
    bool            no_slope; /* something was measured at a kink or a jump: it is NAN */
    bool            failed; /* out of memory */
} prover;

/* ---- prove.c: a prover that evaluates the program with all gradients and what the document's stages need,
 * at these sizes, NULL: small ones. */
dfoo_status prover_open(prover *p, const document *doc, var_id goal, const program *run, const sizes *at);

/* ---- measure.c */

/* Something that depends on a number, to be measured: `value` computes it again. */
typedef struct measured {
    double (*value)(void *user);
    void  *user;
    double noise; /* the largest number that is met on the way to it, whose rounding it has; 0: itself */
} measured;

/* How it changes when `at` moves, by two-sided differences, and about how wrong that may be. NAN and
 * INFINITY where there is no derivative. */
double measure_slope(const measured *f, double *at, double *error);

/* How y, which running e computes, changes when x moves along delta; `error` is made that of the
 * worst entry, if it was less. NAN in entries without a derivative. False: no memory. */
bool measure_along(arena *a, evaluation *e, matrix x, matrix delta, matrix y, matrix *out, double *error);

/* The largest number that is met in an evaluation. */
double measure_largest(const evaluation *e);

/* ---- differences.c */

/* For index trees: a partial derivative, or a share of the loss's, by two-sided differences of the
 * equation that defines the variable. `user` is the prover. */
double differences_entry(void *user, const index_values *v, const index_tree *x);

/* The equation of a variable, its operands as in the whole run. NULL: it has none, or no memory. */
evaluation *differences_equation(prover *p, var_id v);
double      differences_entry_slope(prover *p, evaluation *e, double *at,
                                    const double *y); /* of y in it, when `at` moves */

/* The sum of <dV, V> over the known gradients dV, which changes with an entry of the goal in p->near
 * as the gradient's entry says. `user` is the prover. */
double differences_near(void *user);

/* The cost, which changes with an entry of the goal in p->network. `user` is the prover. */
double differences_cost(void *user);

/* Makes p->near, and p->network if it is asked for; in both the goal keeps its value, and its entries can be
 * moved. */
dfoo_status differences_open(prover *p, bool network);

/* ---- values.c */

/* The value of a formula that is neither a node nor an index tree, in one example (forms; the others
 * are the same for each), and about how wrong the change in it may be. False: it has none, or there
 * is no memory. */
bool values_measure(prover *p, const value *v, size_t example, matrix *out, double *error);

/* Is there a difference quotient in it? */
bool values_have_differences(const value *v);

#endif

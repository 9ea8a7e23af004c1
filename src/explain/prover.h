/* Inside the explaining room: the state of evaluating one document, and what is measured by
 * differences. */
#ifndef EXPLAIN_PROVER_H
#define EXPLAIN_PROVER_H

#include "explain/forms.h"

typedef struct prover {
    const document *doc;
    arena          *a;
    sizes           s;
    evaluation      e;      /* everything, run once */
    evaluation     *local;  /* by var_id: the equation of one variable alone, made when needed */
    bool           *has_local;
    var_id          goal;
    evaluation      network; /* everything behind the goal, which has a value of its own */
    evaluation      near;    /* the goal and the stages behind it, up to known gradients */
    double          least;  /* gradients below this are rounding beside those they come from */
    bool            failed; /* out of memory */
} prover;

/* ---- differences.c */

/* Something that depends on a number, to be measured: `value` computes it again. */
typedef struct measured {
    double (*value)(void *user);
    void *user;
} measured;

/* How it changes when `at` moves, by two-sided differences, and about how wrong that may be. */
double differences_slope(const measured *f, double *at, double *error);

/* For index trees: a partial derivative, or a share of the loss's, by two-sided differences of the
 * equation that defines the variable. `user` is the prover. */
double differences_entry(void *user, const index_values *v, const index_tree *x);

/* The value of a formula that is neither a node nor an index tree, in one example (forms; the others
 * are the same for each). False: it has none, or there is no memory. */
bool differences_value(prover *p, const value *v, size_t example, matrix *out);

/* Is there a difference quotient in it? */
bool differences_in(const value *v);

/* How the sum of <dV, V> over the known gradients dV changes with an entry of the goal in p->near:
 * what the gradient's entry is. */
double differences_near_slope(prover *p, double *at);

/* Makes p->near, and p->network; in both the goal keeps its value, and its entries can be moved. */
dfoo_status differences_open(prover *p);

#endif

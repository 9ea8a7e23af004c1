/* Inside the telling room: the state of showing a gradient in numbers, shared by the files that do it.
 *
 * The values are few and simple, so that a reader can compute them with pencil and paper, and every equality
 * holds for the digits that are shown: `hand.c` chooses values and digits so that it does. */
#ifndef TELL_FIGURES_H
#define TELL_FIGURES_H

#include "teach/tell/routes.h"
#include "teach/verify/prover.h"

/* A line: what is shown, and the formula that it is computed by, 0: it is given, or stands for itself. */
typedef struct figure {
    node_id n, formula;
} figure;

typedef struct figures {
    teller *t;
    prover *p;
    const tell_options *opt;
    VEC(figure) lines;
    evaluation by_hand; /* the formulas of the lines alone, over the digits that are shown of their names */
    bool       forward; /* the lines begin at the data */
    int        digits;  /* of every number */
} figures;

/* ---- hand.c */

/* Draws the values, or takes what is given, and chooses the digits; differences can be measured then. */
dfoo_status figures_draw(figures *f);

enum { MOST_SHOWN = 8 }; /* rows and columns of a matrix */

/* A matrix as [0.31 -1.2; 0.07 2.1]; of a large one the first rows and columns. */
const char *figures_matrix(figures *f, matrix m);

/* A number as it is shown. */
double figures_shown(const figures *f, matrix m, size_t i);

/* ---- moved.c: one entry of the gradient, and what the cost does when its variable moves there */

/* The entry of the gradient that is looked at. */
size_t figures_entry(const figures *f);
void   figures_moved(figures *f, explain_result *r);

/* ---- alike.c: whether units are alike, and why they stay so; what makes a gradient 0 */
void figures_alike(figures *f);
/* A few steps from where all parameters are equal, the last that is told. */
void figures_steps(figures *f);

/* ---- spelled.c: the formula for one entry, with the numbers in it; NULL: it has no such form */
const index_tree *figures_spelled(figures *f, node_id formula, size_t row, size_t col);

#endif

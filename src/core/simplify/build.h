/* Rational forms -> nodes, in the order and with the signs a person would use. */
#ifndef SIMPLIFY_BUILD_H
#define SIMPLIFY_BUILD_H

#include "core/simplify/rational.h"

/* The order in which atoms stand in what the user wrote; what is not listed comes last. */
typedef struct atom_order {
    const node_id *at;
    uint32_t       n;
} atom_order;

typedef struct builder {
    algebra   *s;
    ir        *g;
    atom_order order;
    VEC(double) costs; /* by node_id, filled as nodes appear */
    bool misfit;       /* two parts of the form at hand do not fit entry by entry, as a row and a column */
} builder;

/* How hard an expression is to read: operations and names, as a tree. */
double build_cost(builder *b, node_id n);

/* Is this a sum of matrix products and other things, whose numbers stay with their terms? */
bool build_keeps_apart(const builder *b, form x);

/* The cheapest way found to write a form of this shape; 0 if the form is not ok. */
node_id build_form(builder *b, form x, shape sh);

#endif

/* Products and sums as lists: `a * b / c` has the factors a, b and, below the line, c;
 * `a - b + c` the terms a, c and, subtracted, b. Rules match a list in any order.
 *
 * A name whose formula is a product (a sum) stands in the list as its factors (terms); if none
 * of them is used, view_write writes the name again. */
#ifndef SIMPLIFY_VIEW_H
#define SIMPLIFY_VIEW_H

#include "core/ir/ir.h"

enum { VIEW_MOST = 24, VIEW_NAMES = 8 };

typedef struct view_item {
    node_id n;
    bool    minus; /* below the line; subtracted */
    bool    used;
    uint8_t from;  /* 0, or 1 + the number of the name it comes from */
} view_item;

typedef struct view_name {
    node_id name;
    bool    minus, negative; /* as it stands; the sign that its formula brought */
} view_name;

typedef struct view {
    bool      ok;       /* false: longer than a rule could want */
    bool      product;  /* else a sum */
    bool      negative; /* the sign of a product */
    view_item at[VIEW_MOST];
    uint32_t  n;
    view_name names[VIEW_NAMES];
    uint32_t  n_names;
} view;

/* formula[var], for var < n_formulas, is what a name is looked through to; 0: it is not. */
typedef struct formulas {
    const node_id *of;
    uint32_t       n;
} formulas;

/* What a name stands for, names of names followed; the node itself if it is no name or has no formula. */
node_id formula_of(const ir *g, formulas f, node_id n);

view view_of(const ir *g, formulas f, node_id n, bool product);

/* Is a node written with the operations of a product (a sum)? */
bool view_is_product(const ir *g, node_id n);
bool view_is_sum(const ir *g, node_id n);

/* The node with the items that are not used and, where the first used one stood, `by` (0: nothing). */
node_id view_write(ir *g, const view *v, node_id by);

/* -n, without a second sign where one is there already. */
node_id view_negate(ir *g, node_id n);

/* The same value for certain: equal, or products of the same factors. */
bool view_equal(const ir *g, formulas f, node_id a, node_id b, bool negated);

#endif

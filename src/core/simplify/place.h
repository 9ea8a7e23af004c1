/* The one place at which two matrix products differ: A @ X @ b and A @ X.T @ b at their second factor. */
#ifndef SIMPLIFY_PLACE_H
#define SIMPLIFY_PLACE_H

#include "core/ir/ir.h"

enum { MOST_CHAIN = 16 };

typedef struct place {
    bool     right[MOST_CHAIN]; /* which operand, level by level */
    uint32_t n;
    node_id  here, there; /* what stands there in the one and the other: no products themselves, so that one
                             product of their sum takes no more multiplications than two products */
} place;

bool place_find(const ir *g, node_id x, node_id y, place *out);
bool place_same(const place *x, const place *y);

/* The product with something else at the place; 0 without memory. */
node_id place_put(ir *g, node_id product, const place *p, node_id by);

#endif

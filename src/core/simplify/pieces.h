/* Inside the simplifying room: rows and columns that are taken and put together. */
#ifndef SIMPLIFY_PIECES_H
#define SIMPLIFY_PIECES_H

#include "core/ir/ir.h"

/* The same value in a shorter form where pieces meet: slices of slices, of what is put together and of what
 * stands
 * among zeros; sums of neighbours among zeros. 0: there is none, or no memory. */
node_id pieces_fold(ir *g, node_id n);

#endif

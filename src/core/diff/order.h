/* Inside the differentiation room: what the sweep needs to know of the forward program, and asks for. */
#ifndef DIFF_ORDER_H
#define DIFF_ORDER_H

#include "core/diff/diff.h"

/* The statements that lead to the cost: what a statement uses stands before it. */
dfoo_status order_forward(model *m, arena *a, program *out);

/* What the cost is to be differentiated by, by var_id: parameters, inputs, and what depends on one. */
dfoo_status order_reached(const model *m, arena *a, const program *forward, bool **out);

/* Whose derivative each gradient is (scale_of), the convention, and why it is not the course's. */
dfoo_status order_scales(const model *m, arena *a, const program *forward, derivation *d);

/* Does a value of one example affect another's loss? */
dfoo_status order_interaction(const model *m, arena *a, const program *forward, derivation *d);

/* symmetric.c: (n + n.T)/2 */
node_id symmetric_part(ir *g, arena *a, node_id n);

#endif

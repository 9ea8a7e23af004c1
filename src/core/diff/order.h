/* Inside the differentiation room: what the sweep needs to know of the forward program. */
#ifndef DIFF_ORDER_H
#define DIFF_ORDER_H

#include "core/diff/diff.h"

dfoo_status order_leaves(const ir *g, arena *a, node_id root, node_list *out);
dfoo_status order_forward(model *m, arena *a, program *out);
dfoo_status order_reached(const model *m, arena *a, const program *forward, bool **out);
dfoo_status order_scales(const model *m, arena *a, const program *forward, derivation *d);
dfoo_status order_interaction(const model *m, arena *a, const program *forward, derivation *d);

#endif

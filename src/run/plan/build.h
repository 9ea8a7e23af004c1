/* Inside the planning room: the state while a plan is made.
 *
 * A value is what a node or a variable is at some point of the program. It lives in a
 * register of a block, or in a buffer; it gets a buffer when somebody outside of its block
 * asks. Blocks are open until the end: a step joins the earliest block of its shape that
 * comes after everything that it reads. */
#ifndef PLAN_BUILD_H
#define PLAN_BUILD_H

#include "run/plan/plan.h"

typedef uint32_t value_id; /* 0: none */

typedef enum {
    VALUE_LEAF,   /* there before the plan starts */
    VALUE_STEP,   /* step `step` of block `at` */
    VALUE_RESULT, /* in its buffer once instruction `at` is done */
    VALUE_VIEW    /* `base`, transposed, as long as only products ask */
} value_kind;

typedef struct value {
    uint8_t   kind;
    shape     sh;
    uint32_t  at, step;
    buffer_id buffer;
    value_id  base;
    value_id  solid;     /* VIEW: the same in a buffer, once somebody asked */
    uint32_t  last_read; /* 1 + the last instruction that reads it */
} value;

/* What the statement at hand needs of a node. */
enum { ROLE_NONE, ROLE_INLINE /* in the block of who uses it */, ROLE_VALUE };

typedef struct builder {
    const ir *g;
    arena    *a; /* of the plan */
    arena     scratch;
    plan     *p;
    VEC(value) values;
    value_id *memo;     /* by node: its value, if it was computed and still holds */
    value_id *current;  /* by var: the value that it has now */
    bool     *updated;  /* by var: assigned in place */
    node_id  *deferred; /* by var: a product that is only computed in the update that reads it */
    uint32_t *uses;     /* by node: how many needed nodes and statements refer to it */
    uint8_t  *role;     /* by node */
    bool     *product;  /* by node: a sum of products, as product.c computes it */
    node_list *needs;   /* by statement: the nodes that it needs */
    bool      *needed;  /* by statement: it is not dead code */
    uint32_t *mark;     /* by node: visited in walk number `walk` */
    uint32_t  walk;
    bool      has_open; /* a function without a formula was met */
} builder;

/* What a block adds up while it goes through its entries. */
static inline bool is_reduction(uint8_t op) { return op == OP_SUM || op == OP_MEAN || op == OP_MAX; }

/* values.c */
value_id  value_of_var(builder *b, var_id v);
value_id  value_of_node(builder *b, node_id n);         /* that has one */
bool      is_constant(const ir *g, node_id n);          /* +-number or size: needs no value in a block */
buffer_id buffer_new(builder *b, shape sh);
buffer_id value_buffer(builder *b, value_id v, uint32_t reader);
value_id  value_solid(builder *b, value_id v);          /* a view becomes a buffer */
value_id  value_result(builder *b, uint32_t at, shape sh, buffer_id buffer);
value_id  value_step(builder *b, uint32_t at, uint32_t step, buffer_id buffer);
value_id  value_view(builder *b, value_id base);        /* base.T */
uint32_t  instr_add(builder *b, plan_instr in);

/* live.c */
dfoo_status live_statements(builder *b, const program *p, const var_id *keep, uint32_t n_keep);

/* block.c */
value_id place_tree(builder *b, node_id root);                       /* elementwise */
value_id place_reduction(builder *b, node_id root);                  /* sum, mean, max */
value_id place_update(builder *b, node_id root, var_id v);           /* elementwise, stored in v */
value_id place_copy(builder *b, value_id from, var_id into);         /* into: updated, or 0 */
value_id place_number(builder *b, op_id op, value_id x,
                      value_id y); /* an operation on numbers; 0 stands for 1 */

/* loops.c */
dfoo_status loops_choose(plan *p, arena *scratch); /* which steps of its blocks are one loop */

/* product.c */
void     product_mark(builder *b, const node_list *need);  /* fills b->product for the nodes of a statement */
void     product_needs(builder *b, node_id n);             /* gives the operands their roles */
value_id product_value(builder *b, node_id n);             /* into a buffer of its own */
bool     product_updates(builder *b, const stmt *s);       /* v = v + products: can be added in place */
void     product_update_needs(builder *b, const stmt *s);
value_id product_update(builder *b, const stmt *s);
bool     product_alone(const builder *b, node_id n); /* a scaled product that only one statement wants */

var_id   product_waits(const builder *b, const stmt *s);   /* W = W - alpha * dW: the variable dW; or 0 */

static inline void need_value(builder *b, node_id n) { b->role[n] = ROLE_VALUE; }

#endif

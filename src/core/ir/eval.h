/* The slow evaluator: float64, one node after the other, one entry after the other.
 *
 * It is the reference that everything else is held against, and what explain, check and
 * the tests use. Nothing in it is clever. */
#ifndef IR_EVAL_H
#define IR_EVAL_H

#include "core/ir/dims.h"

/* What the size names stand for: of[sym], 0 where a name has no value yet. */
typedef struct sizes {
    size_t        *of;
    uint32_t       n;
    const symbols *names;
} sizes;

dfoo_status sizes_init(sizes *s, arena *a, const symbols *names);
size_t      sizes_get(const sizes *s, dim d); /* as a number; 0: not known, or none: n - 1 of 1 */
bool        sizes_set(sizes *s, sym name, size_t value); /* false: it has another value; of a sum like 4*n the
                                                            one name that is not known yet is set */

/* The same where 0 is a number, too: what stands before a piece. */
size_t      sizes_offset(const sizes *s, dim d);

/* The dimension where this name had that value. */
size_t      sizes_get_with(const sizes *s, dim d, sym name, size_t value);

/* What a sum of sizes is; false: a size in it is not known. */
bool        sizes_value(const sizes *s, const dim_sum *sum, int64_t *out);

typedef struct matrix {
    size_t  rows, cols; /* a number is 1 x 1 */
    double *at;         /* row-major; NULL: not computed here */
} matrix;

typedef struct evaluation {
    const ir    *g;
    arena       *a;
    const sizes *s;
    matrix      *value;  /* by node_id */
    uint32_t     n_nodes;
    VEC(node_id) rooms;  /* the nodes that have a matrix here */
    VEC(stmt) order;     /* var 0: compute the node; else: copy the node's value to the variable */
    double    noise;     /* every value that is rounded, and every term of a sum, is made wrong by up to so
                            much of itself, to see what that does; 0: as it should be */
    uint64_t  noisy;     /* how many were: where the sequence of errors goes on */
} evaluation;

/* Prepares the evaluation of nodes that exist now. All memory comes from the arena. */
dfoo_status eval_init(evaluation *e, const ir *g, arena *a, const sizes *s);

/* Room for nodes that were made since. */
dfoo_status eval_grow(evaluation *e);

/* Evaluations of one store that are made and ended one after the other: what they need by node is made once
 * for all of them. */
typedef struct eval_pool {
    arena  *a;
    matrix *value[8]; /* cleared, for n_nodes nodes; NULL: taken, or there is none */
    uint32_t n_nodes;
} eval_pool;

dfoo_status eval_take(eval_pool *pool, evaluation *e, const ir *g, arena *a, const sizes *s);
void        eval_return(eval_pool *pool, evaluation *e);

/* Appends a program, or one more node, to what is computed. */
dfoo_status eval_add_program(evaluation *e, const program *p);
dfoo_status eval_add_node(evaluation *e, node_id n);

/* The storage of a variable's value, for inputs to be filled in; at is NULL without memory. */
matrix eval_var(evaluation *e, var_id v);

/* Computes everything that was added, in order. Constants get their values first. */
void eval_run(evaluation *e);
void eval_run_from(evaluation *e, uint32_t first); /* those from this place of the order on */

static inline matrix eval_node(const evaluation *e, node_id n) {
    assert(n < e->n_nodes);
    return e->value[n];
}

/* A number between 1 - noise and 1 + noise; the n-th of a sequence without a pattern. */
static inline double eval_noise(double noise, uint64_t n) {
    uint64_t bits = (n + 1) * UINT64_C(0x9E3779B97F4A7C15);
    return 1 + noise * ((double)(bits >> 11) / 4503599627370496.0 - 1);
}

/* One elementwise operation on numbers. */
double eval_scalar(op_id op, double a, double b, double c);

/* The smooth function that stands in for an open one, or its derivative of that many primes. */
double eval_open(sym function, unsigned primes, double z);

/* |x - y| relative to the largest entry of both; infinite if shapes differ or one is not finite
 * where the other is. */
double matrix_difference(matrix x, matrix y);

/* The symmetric part, (m + m.T)/2, in m's place. */
void matrix_symmetrise(matrix m);

/* Fills all inputs, labels and parameters of a store with random values that suit `p`'s
 * functions: labels in (0, 1), onehot columns that sum to 1, symmetric matrices, masks of a dropout as in
 * training, the rest normal. */
dfoo_status eval_random(evaluation *e, uint64_t seed, uint32_t draw);

#endif

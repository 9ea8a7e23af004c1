/* Linear algebra of the slow evaluator: Gauss-Jordan elimination with complete pivoting. Nothing in it is
 * shared with the factorisation that runs (run/exec/lu.h), which is held against it. */
#ifndef IR_LINEAR_H
#define IR_LINEAR_H

#include <stddef.h>

/* Of an n x n matrix with k right-hand sides: how many numbers the scratch memory must have room for. */
static inline size_t linear_scratch(size_t n) { return n * n + n; }

/* x, n x k, becomes the solution of a @ x = x. NaN everywhere if a is singular: a pivot is exactly 0. */
void linear_solve(size_t n, size_t k, const double *a, double *x, double *scratch);

/* The determinant, or the logarithm of its absolute value: 0 and -infinity of a singular matrix. */
double linear_det(size_t n, const double *a, double *scratch);
double linear_logdet(size_t n, const double *a, double *scratch);

#endif

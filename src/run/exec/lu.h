/* The factorisation P @ A = L @ U with partial pivoting, in double precision, rows one after the other in
 * memory. L has ones on its diagonal, which are not stored. */
#ifndef EXEC_LU_H
#define EXEC_LU_H

#include <stdbool.h>
#include <stddef.h>

/* a, n x n, becomes L and U; pivot[i] is the row that changed places with row i. The sign of the permutation,
 * or 0 if a is singular: a pivot is exactly 0. */
int lu_factor(size_t n, double *a, size_t *pivot);

/* x, n x k, becomes the solution of A @ x = x. */
void lu_solve(size_t n, const double *lu, const size_t *pivot, size_t k, double *x);

#endif

/* Loops over blocks of numbers: one table of functions for float, one for double.
 *
 * A block is n contiguous entries, or rows x cols contiguous ones. y may be the same memory
 * as an operand, but may not overlap it in any other way. */
#ifndef EXEC_KERNELS_H
#define EXEC_KERNELS_H

#include "run/exec/exec.h"

/* y[i] = op(a[i], b[i], c[i]); operands that the operation does not have are not read. */
typedef void (*block_fn)(size_t n, void *y, const void *a, const void *b, const void *c);

/* y[i] = what a loop of the plan makes of the leaves x[LOOP_X][i], .., x[LOOP_P][0], ..; those that it does
 * not have point anywhere where n entries may be read. */
typedef void (*loop_fn)(size_t n, void *y, const void *const *x);

typedef struct kernels {
    size_t   size; /* of one entry */
    block_fn op[OP_COUNT];
    block_fn first[OP_COUNT], second[OP_COUNT]; /* of two operands the first, the second is one entry */
    loop_fn  loop[LOOP_COUNT], loop_one[LOOP_COUNT]; /* loop_one: of Y there is one entry */
    block_fn copy, square, cube, inverse; /* a, a**2, a**3, a**-1 */
    void (*fill)(size_t n, void *y, double value);
    void (*fill_rows)(size_t rows, size_t cols, void *y, const void *a); /* y[i][j] = a[i] */
    void (*repeat)(size_t rows, size_t cols, void *y, const void *a);    /* y[i][j] = a[j] */
    double (*sum)(size_t n, const void *a);
    double (*most)(size_t n, const void *a);                               /* NaN if there is one */
    void (*sum_rows)(size_t rows, size_t cols, void *y, const void *a);  /* y[i] += sum over j of a[i][j] */
    void (*most_rows)(size_t rows, size_t cols, void *y,
                      const void *a); /* y[i] = max(y[i], a[i][j] for all j) */
    void (*sum_cols)(size_t rows, size_t cols, void *y, const void *a);  /* y[j] += sum over i of a[i][j] */
    void (*most_cols)(size_t rows, size_t cols, void *y, const void *a);
    void (*divide)(size_t n, void *y, double by);
    void (*transpose)(size_t rows, size_t cols, size_t y_cols, void *y,
                      const void *a); /* y: cols x rows, of y_cols */
    void (*softmax_rows)(bool is_log, size_t rows, size_t cols, void *y,
                         const void *a); /* each row is a line */
    /* each column is a line; the first `count` of cols */
    void (*softmax_cols)(bool is_log, size_t rows, size_t cols, size_t count, void *y, const void *a);
    void (*set)(size_t n, void *y, const double *a);
    void (*get)(size_t n, double *y, const void *a);
} kernels;

/* One for each instruction set; NULL where the library was built for another processor. The reference has the
 * bits of processors with fused multiply-add instructions, from the C library's fma. */
const kernels *kernels_reference(exec_dtype type);
const kernels *kernels_baseline(exec_dtype type);
const kernels *kernels_avx2(exec_dtype type);
const kernels *kernels_avx512(exec_dtype type);

#endif

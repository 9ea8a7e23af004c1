/* Matrix products: back ends of one shape.
 *
 *   c = alpha * op(a) @ op(b)       or, with `add`,       c += alpha * op(a) @ op(b)
 *
 * op(a) is m x k, op(b) k x n, c m x n; all dense and row-major, so that a is stored m x k,
 * or k x m if it is read transposed. c overlaps neither a nor b. Without `add`, c is only
 * written. All sizes are at least 1 and at most INT_MAX.
 *
 * A call computes one part of c, so that threads can share a product; which bits come out
 * may depend on the parts. */
#ifndef EXEC_GEMM_H
#define EXEC_GEMM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gemm {
    size_t m, n, k;
    bool   transpose_a, transpose_b, add;
} gemm;

/* Rows [row_from, row_to) and columns [col_from, col_to) of c. */
typedef struct gemm_part {
    size_t row_from, row_to, col_from, col_to;
} gemm_part;

/* scratch: GEMM_SCRATCH bytes, 64-byte aligned, of the calling thread. */
typedef void (*gemm_fn)(const gemm *s, double alpha, const void *a, const void *b, void *c,
                        const gemm_part *part, void *scratch);

enum { GEMM_SCRATCH = 1 << 20 };

/* Slow and obvious, with sums in double; what the tests hold the others against. */
void gemm_ref_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);
void gemm_ref_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);

/* CBLAS. */
void gemm_blas_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);
void gemm_blas_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);

/* Vector instructions of x86; only to be called where kernels_have_avx2 or _avx512 says so. */
void gemm_avx2_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);
void gemm_avx2_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);
void gemm_avx512_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);
void gemm_avx512_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch);

/* The best of them on this processor, for float or double. */
gemm_fn gemm_for(bool is_double);

#endif

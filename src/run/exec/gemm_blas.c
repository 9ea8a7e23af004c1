/* Matrix products by CBLAS. One column or one row is a matrix-vector product. */
#include <cblas.h>

#include "run/exec/gemm.h"

#define PRODUCT(NAME, REAL, GEMM, GEMV)                                                             \
    void NAME(const gemm *s, double alpha, const void *pa, const void *pb, void *pc,                \
              const gemm_part *part, void *scratch) {                                               \
        int  m = (int)(part->row_to - part->row_from), n = (int)(part->col_to - part->col_from);    \
        int  k = (int)s->k, lda = (int)(s->transpose_a ? s->m : s->k);                              \
        int  ldb = (int)(s->transpose_b ? s->k : s->n), ldc = (int)s->n;                            \
        REAL beta = s->add ? 1 : 0;                                                                 \
        const REAL *a = (const REAL *)pa + part->row_from * (s->transpose_a ? 1 : s->k);            \
        const REAL *b = (const REAL *)pb + part->col_from * (s->transpose_b ? s->k : 1);            \
        REAL       *c = (REAL *)pc + part->row_from * s->n + part->col_from;                        \
        (void)scratch;                                                                              \
        if (s->n == 1)                                                                              \
            GEMV(CblasRowMajor, s->transpose_a ? CblasTrans : CblasNoTrans, s->transpose_a ? k : m, \
                 s->transpose_a ? m : k, (REAL)alpha, a, lda, b, 1, beta, c, 1);                    \
        else if (m == 1)                                                                            \
            GEMV(CblasRowMajor, s->transpose_b ? CblasNoTrans : CblasTrans, s->transpose_b ? n : k, \
                 s->transpose_b ? k : n, (REAL)alpha, b, ldb, a, s->transpose_a ? lda : 1, beta, c, 1); \
        else                                                                                        \
            GEMM(CblasRowMajor, s->transpose_a ? CblasTrans : CblasNoTrans,                         \
                 s->transpose_b ? CblasTrans : CblasNoTrans, m, n, k, (REAL)alpha, a, lda, b,       \
                 ldb, beta, c, ldc);                                                                \
    }

PRODUCT(gemm_blas_f32, float, cblas_sgemm, cblas_sgemv)
PRODUCT(gemm_blas_f64, double, cblas_dgemm, cblas_dgemv)

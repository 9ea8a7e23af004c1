/* Which matrix product: a BLAS for large ones, which it splits over the cores itself; for the
 * many small ones of a network vector code, whose call costs less, where this processor has it. */
#include "run/exec/gemm.h"

#include "run/exec/kernels.h"

/* From this many multiplications on the BLAS is the faster one: about 400 x 400 x 400. */
static const double LARGE = 6.4e7;

static bool is_large(const gemm *s, const gemm_part *part) {
    bool whole = part->row_from == 0 && part->row_to == s->m && part->col_from == 0 && part->col_to == s->n;
    return whole && (double)s->m * (double)s->n * (double)s->k >= LARGE;
}

#define CHOOSE(NAME, LEVEL, TYPE)                                                                                              \
    static void NAME(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) { \
        gemm_fn fn = is_large(s, part) ? gemm_blas_##TYPE : gemm_##LEVEL##_##TYPE;                                             \
        fn(s, alpha, a, b, c, part, scratch);                                                                                  \
    }
CHOOSE(avx2_or_blas_f32, avx2, f32)
CHOOSE(avx2_or_blas_f64, avx2, f64)
CHOOSE(avx512_or_blas_f32, avx512, f32)
CHOOSE(avx512_or_blas_f64, avx512, f64)

gemm_fn gemm_for(bool is_double) {
    if (kernels_have_avx512()) return is_double ? avx512_or_blas_f64 : avx512_or_blas_f32;
    if (kernels_have_avx2()) return is_double ? avx2_or_blas_f64 : avx2_or_blas_f32;
    return is_double ? gemm_blas_f64 : gemm_blas_f32;
}

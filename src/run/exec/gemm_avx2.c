/* Matrix products for x86 processors with AVX2 and FMA. */
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#include <string.h>

#include "run/exec/gemm.h"
#define TARGET_CLANG _Pragma("clang attribute push(__attribute__((target(\"avx2,fma\"))), apply_to = function)")
#define TARGET_GCC _Pragma("GCC target(\"avx2,fma\")")
#include "run/exec/gemm_target.inc"
#define MOST_ROWS 6

/* The first n entries. */
static inline __m256i mask_f32(size_t n) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

static inline __m256i mask_f64(size_t n) {
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)n), _mm256_setr_epi64x(0, 1, 2, 3));
}

static inline float total_f32(__m256 v) {
    __m128 x = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps(x, x, 1)));
}

static inline double total_f64(__m256d v) {
    __m128d x = _mm_add_pd(_mm256_castpd256_pd128(v), _mm256_extractf128_pd(v, 1));
    return _mm_cvtsd_f64(_mm_add_sd(x, _mm_unpackhi_pd(x, x)));
}

#define REAL float
#define G(name) f32_##name
#define V __m256
#define LANES 8
#define LOAD(p) _mm256_loadu_ps(p)
#define STORE(p, v) _mm256_storeu_ps(p, v)
#define BROADCAST(x) _mm256_set1_ps(x)
#define FMADD(a, b, c) _mm256_fmadd_ps(a, b, c)
#define ZERO() _mm256_setzero_ps()
#define MUL(a, b) _mm256_mul_ps(a, b)
#define LOAD_PART(p, n) _mm256_maskload_ps(p, mask_f32(n))
#define STORE_PART(p, n, v) _mm256_maskstore_ps(p, mask_f32(n), v)
#define TOTAL(v) total_f32(v)
#define SIDE 4
#define SQUARE(from, from_row, to, to_row) square_f32(from, from_row, to, to_row)
#include "run/exec/gemm_simd.inc"
#include "run/exec/gemm_undef.inc"

#define REAL double
#define G(name) f64_##name
#define V __m256d
#define LANES 4
#define LOAD(p) _mm256_loadu_pd(p)
#define STORE(p, v) _mm256_storeu_pd(p, v)
#define BROADCAST(x) _mm256_set1_pd(x)
#define FMADD(a, b, c) _mm256_fmadd_pd(a, b, c)
#define ZERO() _mm256_setzero_pd()
#define MUL(a, b) _mm256_mul_pd(a, b)
#define LOAD_PART(p, n) _mm256_maskload_pd(p, mask_f64(n))
#define STORE_PART(p, n, v) _mm256_maskstore_pd(p, mask_f64(n), v)
#define TOTAL(v) total_f64(v)
#define SIDE 2
#define SQUARE(from, from_row, to, to_row) square_f64(from, from_row, to, to_row)
#include "run/exec/gemm_simd.inc"
#include "run/exec/gemm_undef.inc"

void gemm_avx2_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    f32_product(s, alpha, a, b, c, part, scratch);
}

void gemm_avx2_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    f64_product(s, alpha, a, b, c, part, scratch);
}
TARGET_END
#else
#include "run/exec/gemm.h"
/* never called here */
void gemm_avx2_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    gemm_blas_f32(s, alpha, a, b, c, part, scratch);
}

void gemm_avx2_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    gemm_blas_f64(s, alpha, a, b, c, part, scratch);
}
#endif

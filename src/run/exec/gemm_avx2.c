/* Matrix products for x86 processors with AVX2 and FMA. */
#if defined(__x86_64__) && defined(__GNUC__)
#if defined(__clang__)
#include <immintrin.h>
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC target("avx2,fma")
#endif
#include "run/exec/gemm_avx2.inc"

#define WIDTH 32
#define MOST_ROWS 6
#define DOTS 3
#define FMADD_f32(a, b, c) _mm256_fmadd_ps(a, b, c)
#define FMADD_f64(a, b, c) _mm256_fmadd_pd(a, b, c)
#define LOAD_PART_f32(p, n) _mm256_maskload_ps(p, mask_f32(n))
#define LOAD_PART_f64(p, n) _mm256_maskload_pd(p, mask_f64(n))
#define STORE_PART_f32(p, n, v) _mm256_maskstore_ps(p, mask_f32(n), v)
#define STORE_PART_f64(p, n, v) _mm256_maskstore_pd(p, mask_f64(n), v)
#include "run/exec/gemm_both.inc"

gemm_set gemm_avx2(bool is_double) {
    return is_double ? (gemm_set){f64_product, f64_join} : (gemm_set){f32_product, f32_join};
}
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
#include "run/exec/gemm.h"

gemm_set gemm_avx2(bool is_double) {
    (void)is_double;
    return (gemm_set){0};
}
#endif

/* Matrix products for x86 processors with AVX-512. */
#if defined(__x86_64__) && defined(__GNUC__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
                             apply_to = function)
#else
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#endif
#include <immintrin.h>

#define WIDTH 64
#define MOST_ROWS 14
#define DOTS 6
#define FMA_f32(a, b, c) __builtin_fmaf(a, b, c)
#define FMA_f64(a, b, c) __builtin_fma(a, b, c)
#define FMADD_f32(a, b, c) _mm512_fmadd_ps(a, b, c)
#define FMADD_f64(a, b, c) _mm512_fmadd_pd(a, b, c)
#define LOAD_PART_f32(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define LOAD_PART_f64(p, n) _mm512_maskz_loadu_pd((__mmask8)((1u << (n)) - 1), p)
#define STORE_PART_f32(p, n, v) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), v)
#define STORE_PART_f64(p, n, v) _mm512_mask_storeu_pd(p, (__mmask8)((1u << (n)) - 1), v)
#include "run/exec/gemm_both.inc"

gemm_set gemm_avx512(bool is_double) {
    return is_double ? (gemm_set){f64_product, f64_join} : (gemm_set){f32_product, f32_join};
}
#if defined(__clang__)
#pragma clang attribute pop
#endif
#else
#include "run/exec/gemm.h"

gemm_set gemm_avx512(bool is_double) {
    (void)is_double;
    return (gemm_set){0};
}
#endif

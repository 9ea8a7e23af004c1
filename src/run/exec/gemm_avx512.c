/* Matrix products for x86 processors with AVX-512. */
#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
#include <string.h>

#include "run/exec/gemm.h"
#define TARGET_CLANG _Pragma("clang attribute push(__attribute__((target(\"avx512f,avx512vl,avx512dq,avx512bw,avx2,fma\"))), apply_to = function)")
#define TARGET_GCC _Pragma("GCC target(\"avx512f,avx512vl,avx512dq,avx512bw,avx2,fma\")")
#include "run/exec/gemm_target.inc"
#define MOST_ROWS 14

#define REAL float
#define G(name) f32_##name
#define V __m512
#define LANES 16
#define LOAD(p) _mm512_loadu_ps(p)
#define STORE(p, v) _mm512_storeu_ps(p, v)
#define BROADCAST(x) _mm512_set1_ps(x)
#define FMADD(a, b, c) _mm512_fmadd_ps(a, b, c)
#define ZERO() _mm512_setzero_ps()
#define MUL(a, b) _mm512_mul_ps(a, b)
#define LOAD_PART(p, n) _mm512_maskz_loadu_ps((__mmask16)((1u << (n)) - 1), p)
#define STORE_PART(p, n, v) _mm512_mask_storeu_ps(p, (__mmask16)((1u << (n)) - 1), v)
#define TOTAL(v) _mm512_reduce_add_ps(v)
#define SIDE 4
#define SQUARE(from, from_row, to, to_row) square_f32(from, from_row, to, to_row)
#include "run/exec/gemm_simd.inc"
#include "run/exec/gemm_undef.inc"

#define REAL double
#define G(name) f64_##name
#define V __m512d
#define LANES 8
#define LOAD(p) _mm512_loadu_pd(p)
#define STORE(p, v) _mm512_storeu_pd(p, v)
#define BROADCAST(x) _mm512_set1_pd(x)
#define FMADD(a, b, c) _mm512_fmadd_pd(a, b, c)
#define ZERO() _mm512_setzero_pd()
#define MUL(a, b) _mm512_mul_pd(a, b)
#define LOAD_PART(p, n) _mm512_maskz_loadu_pd((__mmask8)((1u << (n)) - 1), p)
#define STORE_PART(p, n, v) _mm512_mask_storeu_pd(p, (__mmask8)((1u << (n)) - 1), v)
#define TOTAL(v) _mm512_reduce_add_pd(v)
#define SIDE 2
#define SQUARE(from, from_row, to, to_row) square_f64(from, from_row, to, to_row)
#include "run/exec/gemm_simd.inc"
#include "run/exec/gemm_undef.inc"

void gemm_avx512_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    f32_product(s, alpha, a, b, c, part, scratch);
}

void gemm_avx512_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    f64_product(s, alpha, a, b, c, part, scratch);
}
TARGET_END
#else
#include "run/exec/gemm.h"
/* never called here */
void gemm_avx512_f32(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    gemm_blas_f32(s, alpha, a, b, c, part, scratch);
}

void gemm_avx512_f64(const gemm *s, double alpha, const void *a, const void *b, void *c, const gemm_part *part, void *scratch) {
    gemm_blas_f64(s, alpha, a, b, c, part, scratch);
}
#endif

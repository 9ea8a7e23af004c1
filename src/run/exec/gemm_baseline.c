/* Matrix products for any processor that the compiler was told to build for: SSE2, NEON, or what the
 * compiler makes of vectors of 16 bytes. Only where multiplying and adding is one instruction (NEON) have
 * they the bits of the others. */
#include <stddef.h>

#if defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#define MOST_ROWS 14
#define DOTS 2
#define FMADD_f32(a, b, c) ((f32_vec)vfmaq_f32((float32x4_t)(c), (float32x4_t)(a), (float32x4_t)(b)))
#define FMADD_f64(a, b, c) ((f64_vec)vfmaq_f64((float64x2_t)(c), (float64x2_t)(a), (float64x2_t)(b)))
#define FMA_f32(a, b, c) __builtin_fmaf(a, b, c)
#define FMA_f64(a, b, c) __builtin_fma(a, b, c)
#else
#define MOST_ROWS 6
#define DOTS 1
#define FMADD_f32(a, b, c) ((a) * (b) + (c))
#define FMADD_f64(a, b, c) ((a) * (b) + (c))
#define FMA_f32(a, b, c) ((a) * (b) + (c))
#define FMA_f64(a, b, c) ((a) * (b) + (c))
#endif
#define WIDTH 16

typedef float  part_f32 __attribute__((vector_size(16)));
typedef double part_f64 __attribute__((vector_size(16)));

static inline part_f32 load_part_f32(const float *p, size_t n) {
    part_f32 v = {0};
    if (n > 0) v[0] = p[0];
    if (n > 1) v[1] = p[1];
    if (n > 2) v[2] = p[2];
    if (n > 3) v[3] = p[3];
    return v;
}

static inline part_f64 load_part_f64(const double *p, size_t n) {
    return (part_f64){n > 0 ? p[0] : 0, n > 1 ? p[1] : 0};
}

static inline void store_part_f32(float *p, size_t n, part_f32 v) {
    if (n > 0) p[0] = v[0];
    if (n > 1) p[1] = v[1];
    if (n > 2) p[2] = v[2];
    if (n > 3) p[3] = v[3];
}

static inline void store_part_f64(double *p, size_t n, part_f64 v) {
    if (n > 0) p[0] = v[0];
    if (n > 1) p[1] = v[1];
}

#define LOAD_PART_f32(p, n) load_part_f32(p, n)
#define LOAD_PART_f64(p, n) load_part_f64(p, n)
#define STORE_PART_f32(p, n, v) store_part_f32(p, n, v)
#define STORE_PART_f64(p, n, v) store_part_f64(p, n, v)
#include "run/exec/gemm_both.inc"

gemm_set gemm_baseline(bool is_double) {
    return is_double ? (gemm_set){f64_product, f64_join} : (gemm_set){f32_product, f32_join};
}

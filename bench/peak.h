/* The most that one thread of this processor can multiply and add: chains of independent operations on
 * registers, in the widest vectors that dfoo uses here. In 1e9 operations a second, of float. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

#include <math.h>
#include <time.h>

#include "run/exec/isa.h"

/* The time of this thread alone, so that busy neighbours hardly matter. */
static inline double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

enum { PEAK_CHAINS = 12, PEAK_ROUNDS = 1 << 20 };

#define PEAK_LOOP(NAME, TARGET, VECTOR, ZERO, SPLAT, FMADD)                                      \
    TARGET static float NAME(void) {                                                             \
        VECTOR x[PEAK_CHAINS], one = SPLAT(0.999999f), small = SPLAT(1e-6f);                     \
        float  first[16];                                                                        \
        for (int i = 0; i < PEAK_CHAINS; i++) x[i] = ZERO();                                     \
        for (int r = 0; r < PEAK_ROUNDS; r++)                                                    \
            for (int i = 0; i < PEAK_CHAINS; i++) x[i] = FMADD(x[i], one, small);                \
        for (int i = 1; i < PEAK_CHAINS; i++) x[0] = FMADD(x[i], one, x[0]);                     \
        memcpy(first, &x[0], sizeof x[0]);                                                       \
        return first[0];                                                                         \
    }

#if defined(__x86_64__) && defined(__GNUC__)
#include <immintrin.h>
PEAK_LOOP(peak_avx2, __attribute__((target("avx2,fma"))), __m256, _mm256_setzero_ps, _mm256_set1_ps, _mm256_fmadd_ps)
PEAK_LOOP(peak_avx512, __attribute__((target("avx512f"))), __m512, _mm512_setzero_ps, _mm512_set1_ps, _mm512_fmadd_ps)
#else
static float peak_avx2(void) { return 0; }
static float peak_avx512(void) { return 0; }
#endif
typedef float peak_vec __attribute__((vector_size(16)));
static inline peak_vec peak_zero(void) { return (peak_vec){0}; }
static inline peak_vec peak_splat(float x) { return x - (peak_vec){0}; }
#define PEAK_FMADD(a, b, c) ((a) * (b) + (c))
PEAK_LOOP(peak_baseline, , peak_vec, peak_zero, peak_splat, PEAK_FMADD)

static inline double peak_gflops(void) {
    bool            avx512 = exec_isa_here(EXEC_AVX512), avx2 = exec_isa_here(EXEC_AVX2);
    float         (*loop)(void) = avx512 ? peak_avx512 : avx2 ? peak_avx2 : peak_baseline;
    double          lanes = avx512 ? 16 : avx2 ? 8 : 4, best = INFINITY;
    volatile float  sink = 0;
    for (int i = 0; i < 60; i++) {
        double start = now();
        sink = sink + loop();
        best = fmin(best, now() - start);
    }
    return 2 * lanes * PEAK_CHAINS * (double)PEAK_ROUNDS / best * 1e-9;
}

#endif

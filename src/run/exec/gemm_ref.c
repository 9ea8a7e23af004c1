/* Matrix products as they are defined, entry by entry: slow and obvious. Every other one has the same bits,
 * where the processor has fused multiply-add instructions. */
#include <math.h>

#include "run/exec/gemm.h"

enum { MOST_LANES = GEMM_LANES_BYTES / sizeof(float) };

#define REFERENCE(NAME, REAL, FMA)                                                                         \
    /* The products of x and y, which lie x_step and y_step apart, as one chain. */                        \
    static REAL chain_##NAME(const REAL *x, size_t x_step, const REAL *y, size_t y_step, size_t n) {       \
        REAL sum = 0;                                                                                      \
        for (size_t p = 0; p < n; p++) sum = FMA(x[p * x_step], y[p * y_step], sum);                       \
        return sum;                                                                                        \
    }                                                                                                      \
    /* The same by lanes; what is missing in the last round is 0. */                                       \
    static REAL lanes_##NAME(const REAL *x, size_t x_step, const REAL *y, size_t y_step, size_t n) {       \
        enum { LANES = GEMM_LANES_BYTES / sizeof(REAL) };                                                  \
        REAL lane[MOST_LANES] = {0};                                                                       \
        for (size_t p = 0; p < (n + LANES - 1) / LANES * LANES; p++)                                       \
            lane[p % LANES] = FMA(p < n ? x[p * x_step] : 0, p < n ? y[p * y_step] : 0, lane[p % LANES]);  \
        for (size_t half = LANES / 2; half; half /= 2)                                                     \
            for (size_t i = 0; i < half; i++) lane[i] += lane[half + i];                                   \
        return lane[0];                                                                                    \
    }                                                                                                      \
    static void entry_##NAME(const gemm *s, REAL alpha, const REAL *x, const REAL *y, REAL *to,            \
                             size_t depth) {                                                               \
        bool   lanes = gemm_by_lanes(s);                                                                   \
        size_t x_step = s->transpose_a ? s->m : 1, y_step = s->transpose_b ? 1 : s->n;                     \
        size_t block = gemm_block(depth, lanes ? GEMM_LANES_DEPTH : GEMM_DEPTH);                           \
        for (size_t p = 0; p < depth; p += block) {                                                        \
            size_t n = depth - p < block ? depth - p : block;                                              \
            REAL   sum =                                                                                   \
                (lanes ? lanes_##NAME : chain_##NAME)(x + p * x_step, x_step, y + p * y_step, y_step, n);  \
            *to = p || s->add ? FMA(alpha, sum, *to) : alpha * sum;                                        \
        }                                                                                                  \
    }                                                                                                      \
    static void product_##NAME(const gemm *s, double alpha, const void *a, const void *b, void *c,         \
                               const gemm_part *part, void *scratch) {                                     \
        (void)scratch;                                                                                     \
        size_t a_row = s->transpose_a ? 1 : s->k, a_col = s->transpose_a ? s->m : 1;                       \
        size_t b_row = s->transpose_b ? 1 : s->n, b_col = s->transpose_b ? s->k : 1;                       \
        for (size_t i = part->row_from; i < part->row_to; i++)                                             \
            for (size_t j = part->col_from; j < part->col_to; j++)                                         \
                entry_##NAME(s, (REAL)alpha, (const REAL *)a + i * a_row + part->k_from * a_col,           \
                             (const REAL *)b + part->k_from * b_row + j * b_col, (REAL *)c + i * s->n + j, \
                             part->k_to - part->k_from);                                                   \
    }                                                                                                      \
    static void join_##NAME(size_t n, size_t n_slices, double alpha, bool add, const void *slices,         \
                            void *c) {                                                                     \
        const REAL *x = slices;                                                                            \
        REAL       *to = c;                                                                                \
        for (size_t i = 0; i < n; i++) {                                                                   \
            REAL sum = x[i];                                                                               \
            for (size_t q = 1; q < n_slices; q++) sum += x[q * n + i];                                     \
            to[i] = add ? FMA((REAL)alpha, sum, to[i]) : (REAL)alpha * sum;                                \
        }                                                                                                  \
    }

REFERENCE(f32, float, fmaf)
REFERENCE(f64, double, fma)

gemm_set gemm_reference(bool is_double) {
    return is_double ? (gemm_set){product_f64, join_f64} : (gemm_set){product_f32, join_f32};
}

/* Matrix products as they are defined. */
#include "run/exec/gemm.h"

#define PRODUCT(NAME, REAL)                                                                     \
    void NAME(const gemm *s, double alpha, const void *a, const void *b, void *c,               \
              const gemm_part *part, void *scratch) {                                           \
        (void)scratch;                                                                          \
        for (size_t i = part->row_from; i < part->row_to; i++) {                                \
            for (size_t j = part->col_from; j < part->col_to; j++) {                            \
                double sum = 0;                                                                 \
                for (size_t p = 0; p < s->k; p++) {                                             \
                    size_t at_a = s->transpose_a ? p * s->m + i : i * s->k + p;                 \
                    size_t at_b = s->transpose_b ? j * s->k + p : p * s->n + j;                 \
                    sum += (double)((const REAL *)a)[at_a] * (double)((const REAL *)b)[at_b];   \
                }                                                                               \
                REAL *to = &((REAL *)c)[i * s->n + j];                                          \
                *to = (REAL)(alpha * sum + (s->add ? (double)*to : 0));                         \
            }                                                                                   \
        }                                                                                       \
    }

PRODUCT(gemm_ref_f32, float)
PRODUCT(gemm_ref_f64, double)

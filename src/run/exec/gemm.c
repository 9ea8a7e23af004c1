/* In which order a product is summed, from its shape alone. */
#include "run/exec/gemm.h"

#include <assert.h>

enum { SLICE_LEAST = 8192, SLICED_MOST = 4096, LANES_LEAST = 32 };

size_t gemm_slices(const gemm *s) {
    size_t n = s->k / SLICE_LEAST;
    if (n < 2 || s->m * s->n > SLICED_MOST) return 1;
    return n < GEMM_SLICES ? n : GEMM_SLICES;
}

size_t gemm_most_sliced(const gemm *s) {
    size_t n = s->k / SLICE_LEAST, entries = s->m * s->n;
    if (n < 2) return 0;
    return (n < GEMM_SLICES ? n : GEMM_SLICES) * (entries < SLICED_MOST ? entries : SLICED_MOST);
}

size_t gemm_slice_from(const gemm *s, size_t i) {
    size_t n = gemm_slices(s), from = i * gemm_block(s->k, (s->k + n - 1) / n);
    assert(i <= n);
    return from < s->k ? from : s->k;
}

size_t gemm_block(size_t depth, size_t most) {
    assert(depth > 0 && most > 0);
    size_t n = (depth + most - 1) / most;
    return (depth + n - 1) / n;
}

/* Rows of a, or columns of b, that lie along k in memory; the few on the other side are packed if need be. */
static bool few_columns(const gemm *s) { return s->n <= GEMM_FEW && !s->transpose_a; }
static bool few_rows(const gemm *s) { return s->m <= GEMM_FEW && s->transpose_b; }

bool gemm_by_lanes(const gemm *s) {
    return s->k >= LANES_LEAST && (few_columns(s) || few_rows(s));
}

bool gemm_few_columns(const gemm *s) {
    return few_columns(s) && !(few_rows(s) && s->m < s->n);
}

/* More than one block of rows goes through the whole block of b. */
size_t gemm_scratch(const gemm *s) {
    bool keep = s->m > GEMM_A_LEAST_ROWS || s->n > GEMM_A_LEAST_ROWS;
    return GEMM_A_BYTES + (keep ? GEMM_B_BYTES : GEMM_STRIP_BYTES);
}

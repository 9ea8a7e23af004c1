/* Matrix products of our own, siblings of one shape.
 *
 *   c = alpha * op(a) @ op(b)       or, with `add`,       c += alpha * op(a) @ op(b)
 *
 * op(a) is m x k, op(b) k x n, c m x n; all dense and row-major, so that a is stored m x k,
 * or k x m if it is read transposed. c overlaps neither a nor b. Without `add`, c is only
 * written. All sizes are at least 1 and at most INT_MAX.
 *
 * Which bits come out is defined by the shape alone (gemm_ref.c is the definition, in loops;
 * docs/decisions/own-products.md says why):
 *   - k is cut into slices (gemm_slices), and each slice into blocks of equal length;
 *   - a block is summed as a chain, s = fma(a, b, s) for increasing p, or by lanes
 *     (gemm_by_lanes): entry p goes to lane p modulo the number of lanes, which is fixed, the
 *     lanes being added in halves;
 *   - the blocks of a slice are added in order, and so are the slices.
 * So neither the width of a vector nor who computes which part of c makes a difference. */
#ifndef EXEC_GEMM_H
#define EXEC_GEMM_H

#include <stdbool.h>
#include <stddef.h>

typedef struct gemm {
    size_t m, n, k;
    bool   transpose_a, transpose_b, add;
} gemm;

/* Rows [row_from, row_to) and columns [col_from, col_to) of c, summed over [k_from, k_to), which is a slice.
 */
typedef struct gemm_part {
    size_t row_from, row_to, col_from, col_to, k_from, k_to;
} gemm_part;

enum {
    GEMM_DEPTH = 256,        /* the longest block of a chain */
    GEMM_LANES_DEPTH = 2048, /* the longest block that is summed by lanes */
    GEMM_LANES_BYTES = 128,  /* all lanes together: 32 of float, 16 of double */
    GEMM_FEW = 8,            /* rows or columns of c that make a product one of few dot products */
    GEMM_SLICES = 16         /* at most */
};

/* Into how many slices k is cut: 1, unless k is long and c so small that threads could share nothing else. */
size_t gemm_slices(const gemm *s);
/* How many entries all slices may have together, for this shape and all smaller ones. */
size_t gemm_most_sliced(const gemm *s);
/* The first p of slice number i; that of number gemm_slices is k. */
size_t gemm_slice_from(const gemm *s, size_t i);
/* The length of all blocks but the last, when `depth` is cut into blocks of at most `most`. */
size_t gemm_block(size_t depth, size_t most);
/* Few dot products whose operands lie along k (one side of c has at most GEMM_FEW entries). */
bool gemm_by_lanes(const gemm *s);
/* By lanes only: the few are the columns of c. */
bool gemm_few_columns(const gemm *s);

/* Computes one part of c. scratch: gemm_scratch bytes, 64-byte aligned, of the calling thread. */
typedef void (*gemm_fn)(const gemm *s, double alpha, const void *a, const void *b, void *c,
                        const gemm_part *part, void *scratch);
/* c = alpha * sum of the slices, or c += ..; n entries each, one slice after the other. */
typedef void (*gemm_join_fn)(size_t n, size_t n_slices, double alpha, bool add, const void *slices, void *c);

typedef struct gemm_set {
    gemm_fn      product;
    gemm_join_fn join;
} gemm_set;

/* How much scratch a product needs at most, with the kernels of any instruction set. */
size_t gemm_scratch(const gemm *s);

enum {
    GEMM_A_BYTES = 144 << 10,                /* a packed block of a */
    GEMM_A_LEAST_ROWS = 60,                  /* which has at least so many rows, if there are so many */
    GEMM_B_BYTES = GEMM_DEPTH * 4096,        /* a packed block of b */
    GEMM_STRIP_BYTES = GEMM_DEPTH * 2 * 64   /* one strip of it */
};

/* One for each instruction set, for float or double; `product` is NULL where the library was built for
 * another processor. The reference is slow and obvious: the definition. */
gemm_set gemm_reference(bool is_double);
gemm_set gemm_baseline(bool is_double);
gemm_set gemm_avx2(bool is_double);
gemm_set gemm_avx512(bool is_double);

#endif

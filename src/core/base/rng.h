/* Random numbers: the counter-based generator Philox4x32-10 (Salmon, Moraes, Dror, Shaw,
 * "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
 *
 * A number is a pure function of (seed, stream, index): no state, the same bits on every
 * machine, in any order and on any number of threads. */
#ifndef BASE_RNG_H
#define BASE_RNG_H

#include <stdint.h>

/* Streams, so that two uses of one seed never share numbers. */
enum { RNG_INIT = 1, RNG_SHUFFLE = 2, RNG_SPLIT = 3, RNG_CHECK = 4, RNG_DROPOUT = 5, RNG_PRACTICE = 6 };

typedef struct rng {
    uint64_t seed;
    uint64_t stream;
    uint64_t index; /* of the next number */
} rng;

rng      rng_start(uint64_t seed, uint32_t stream, uint32_t substream);
uint64_t rng_bits(rng *r);                        /* 64 random bits */
double   rng_uniform(rng *r);                     /* in [0, 1), a multiple of 2^-53 */
double   rng_normal(rng *r);                      /* mean 0, variance 1 */
double   rng_mask(rng *r, double keep);           /* 1/keep with probability keep, else 0 */
uint32_t rng_below(rng *r, uint32_t n);           /* 0 .. n - 1, each equally likely */
void     rng_shuffle(rng *r, uint32_t *items, uint32_t n);

/* The natural logarithm of x > 0, with the same bits everywhere. */
double portable_log(double x);

#endif

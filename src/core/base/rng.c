/* Philox4x32-10 and what is drawn from it. */
#include "core/base/rng.h"

#include <assert.h>
#include <math.h>

/* Ten rounds over a 128-bit counter with a 64-bit key; constants from the paper, table 2. */
static void philox(const uint32_t counter[4], const uint32_t key_in[2], uint32_t out[4]) {
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t key[2] = {key_in[0], key_in[1]};
    for (int round = 0; round < 10; round++) {
        uint64_t p0 = UINT64_C(0xD2511F53) * c[0];
        uint64_t p1 = UINT64_C(0xCD9E8D57) * c[2];
        uint32_t next[4] = {(uint32_t)(p1 >> 32) ^ c[1] ^ key[0], (uint32_t)p1,
                            (uint32_t)(p0 >> 32) ^ c[3] ^ key[1], (uint32_t)p0};
        for (int i = 0; i < 4; i++) c[i] = next[i];
        key[0] += UINT32_C(0x9E3779B9);
        key[1] += UINT32_C(0xBB67AE85);
    }
    for (int i = 0; i < 4; i++) out[i] = c[i];
}

rng rng_start(uint64_t seed, uint32_t stream, uint32_t substream) {
    return (rng){.seed = seed, .stream = (uint64_t)stream << 32 | substream, .index = 0};
}

uint64_t rng_bits(rng *r) {
    uint64_t block = r->index / 2;
    uint32_t counter[4] = {(uint32_t)block, (uint32_t)(block >> 32), (uint32_t)r->stream,
                           (uint32_t)(r->stream >> 32)};
    uint32_t key[2] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
    uint32_t out[4];
    philox(counter, key, out);
    unsigned half = (unsigned)(r->index++ & 1) * 2;
    return (uint64_t)out[half + 1] << 32 | out[half];
}

double rng_uniform(rng *r) {
    return (double)(rng_bits(r) >> 11) * 0x1p-53;
}

/* The natural logarithm of x > 0 in nothing but exactly rounded operations, so that normal
 * numbers have the same bits everywhere: x = f * 2^e, log f = 2 artanh((f - 1)/(f + 1)). */
double portable_log(double x) {
    assert(x > 0 && isfinite(x));
    int    e;
    double f = frexp(x, &e);
    if (f < 0.70710678118654752) {
        f *= 2;
        e--;
    }
    double s = (f - 1) / (f + 1), s2 = s * s, sum = 0;
    for (int k = 21; k >= 1; k -= 2) sum = sum * s2 + 1.0 / k;
    return 2 * s * sum + e * 0.69314718055994531;
}

/* Marsaglia's polar method: a point in the unit disc gives one normal number (the second
 * is not kept, so that a number depends on the index alone). */
double rng_normal(rng *r) {
    for (;;) {
        double x = 2 * rng_uniform(r) - 1;
        double y = 2 * rng_uniform(r) - 1;
        double s = x * x + y * y;
        if (s < 1 && s > 0) return x * sqrt(-2 * portable_log(s) / s);
    }
}

double rng_mask(rng *r, double keep) {
    assert(keep > 0 && keep <= 1);
    return rng_uniform(r) < keep ? 1 / keep : 0;
}

uint32_t rng_below(rng *r, uint32_t n) {
    if (n < 2) return 0;
    uint64_t limit = UINT64_MAX - UINT64_MAX % n;
    uint64_t bits;
    do bits = rng_bits(r);
    while (bits >= limit);
    return (uint32_t)(bits % n);
}

void rng_shuffle(rng *r, uint32_t *items, uint32_t n) {
    for (uint32_t i = n; i > 1; i--) {
        uint32_t k = rng_below(r, i);
        uint32_t t = items[i - 1];
        items[i - 1] = items[k];
        items[k] = t;
    }
}

/* How many random cases a test looks at: DFOO_TIMES multiplies their number, DFOO_SEED says where they begin. */
#ifndef TESTS_TIMES_H
#define TESTS_TIMES_H

#include <stdint.h>
#include <stdlib.h>

static inline uint64_t times_setting(const char *name, uint64_t otherwise) {
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : otherwise;
}

static inline uint64_t times_count(uint64_t usual) {
    return usual * times_setting("DFOO_TIMES", 1);
}

static inline uint64_t times_first(void) {
    return times_setting("DFOO_SEED", 1);
}

/* A sanitizer makes everything many times slower: it gets one of `n` cases, all with DFOO_TIMES. Otherwise 1. */
static inline uint32_t times_every(uint32_t n) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return times_count(1) > 1 ? 1 : n;
#else
    (void)n;
    return 1;
#endif
}

#endif

/* Which kernels: those that were asked for, or the best that this processor has. */
#include "run/exec/isa.h"

#include <assert.h>
#include <string.h>

static bool everywhere(void) { return true; }

#if defined(__x86_64__) && defined(__GNUC__)
static bool have_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

static bool have_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
#else
static bool have_avx512(void) { return false; }
static bool have_avx2(void) { return false; }
#endif

#if defined(__ARM_NEON) && defined(__aarch64__)
enum { BASELINE_FUSED = 1 };
#else
enum { BASELINE_FUSED = 0 };
#endif

/* From the slowest on. */
static const isa_kernels sets[EXEC_ISAS] = {
    [EXEC_BEST] = {.name = "best", .here = everywhere},
    [EXEC_REFERENCE] = {"reference", everywhere, kernels_reference, gemm_reference, true},
    [EXEC_BASELINE] = {"baseline", everywhere, kernels_baseline, gemm_baseline, BASELINE_FUSED},
    [EXEC_AVX2] = {"avx2", have_avx2, kernels_avx2, gemm_avx2, true},
    [EXEC_AVX512] = {"avx512", have_avx512, kernels_avx512, gemm_avx512, true},
};

const isa_kernels *isa_at(exec_isa isa) {
    assert(isa < EXEC_ISAS && sets[isa].here());
    if (isa != EXEC_BEST) return &sets[isa];
    for (isa = EXEC_AVX512; !sets[isa].here(); isa--) continue;
    return &sets[isa];
}

exec_isa exec_isa_find(const char *name) {
    exec_isa isa = EXEC_BEST;
    while (isa < EXEC_ISAS && strcmp(name, sets[isa].name) != 0) isa++;
    return isa;
}

const char *exec_isa_word(exec_isa isa) {
    assert(isa < EXEC_ISAS);
    return sets[isa].name;
}

bool exec_isa_here(exec_isa isa) { return sets[isa].here(); }

bool exec_isa_fused(exec_isa isa) { return isa_at(isa)->fused; }

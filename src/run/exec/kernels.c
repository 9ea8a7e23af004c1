/* Which kernels: the best that this processor has. */
#include "run/exec/kernels.h"

#if defined(__x86_64__) && defined(__GNUC__)
bool kernels_have_avx512(void) {
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
}

bool kernels_have_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#else
bool kernels_have_avx512(void) { return false; }
bool kernels_have_avx2(void) { return false; }
#endif

const kernels *kernels_for(exec_dtype type) {
    if (kernels_have_avx512()) return kernels_avx512(type);
    return kernels_have_avx2() ? kernels_avx2(type) : kernels_baseline(type);
}

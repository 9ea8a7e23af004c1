/* The kernels for x86 processors with AVX-512; picked at run time by kernels.c. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* loops that call functions stay as they are */
#endif

#if defined(__x86_64__) && defined(__clang__)
#include <math.h>
#include <string.h>

#include "run/exec/kernels.h"
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), \
                             apply_to = function)
#define ISA(name) ISA_(name)
#define ISA_(name) name##_avx512
#define HAS_FMA 1
#include "run/exec/kernels_both.inc"
#pragma clang attribute pop
#elif defined(__x86_64__) && defined(__GNUC__)
#include <math.h>
#include <string.h>

#include "run/exec/kernels.h"
#pragma GCC target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma")
#define ISA(name) ISA_(name)
#define ISA_(name) name##_avx512
#define HAS_FMA 1
#include "run/exec/kernels_both.inc"
#else
#include "run/exec/kernels.h"

const kernels *kernels_avx512(exec_dtype type) {
    (void)type;
    return NULL;
}
#endif

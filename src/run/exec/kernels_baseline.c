/* The kernels for any processor that the compiler was told to build for. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* loops that call functions stay as they are */
#endif

#define ISA(name) ISA_(name)
#define ISA_(name) name##_baseline
#if defined(__ARM_NEON) && defined(__aarch64__)
#define HAS_FMA 1
#else
#define HAS_FMA 0
#endif
#include "run/exec/kernels_both.inc"

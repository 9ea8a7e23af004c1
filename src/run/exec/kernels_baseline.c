/* The kernels for any processor that the compiler was told to build for. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* loops that call functions stay as they are */
#endif

#define ISA(name) ISA_(name)
#define ISA_(name) name##_baseline
#define HAS_FMA 0
#include "run/exec/kernels_both.inc"

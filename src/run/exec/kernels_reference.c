/* The kernels with the bits that processors with fused multiply-add instructions give, on any processor: the
 * C library's fma is exact, and slow where it has to be computed. */
#if defined(__clang__)
#pragma clang diagnostic ignored "-Wpass-failed" /* loops that call functions stay as they are */
#endif

#define ISA(name) ISA_(name)
#define ISA_(name) name##_reference
#define HAS_FMA 1
#include "run/exec/kernels_both.inc"

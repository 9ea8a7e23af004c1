/* Which matrix product: vector code where this processor has it, else CBLAS. */
#include "exec/gemm.h"

#include "exec/kernels.h"

gemm_fn gemm_for(bool is_double) {
    if (kernels_have_avx512()) return is_double ? gemm_avx512_f64 : gemm_avx512_f32;
    if (kernels_have_avx2()) return is_double ? gemm_avx2_f64 : gemm_avx2_f32;
    return is_double ? gemm_blas_f64 : gemm_blas_f32;
}

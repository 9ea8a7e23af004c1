/* The instruction sets: which kernels each has, and whether they can run here. */
#ifndef EXEC_ISA_H
#define EXEC_ISA_H

#include "run/exec/gemm.h"
#include "run/exec/kernels.h"

typedef struct isa_kernels {
    const char *name;
    bool (*here)(void);
    const kernels *(*kernels)(exec_dtype type);
    gemm_set (*gemm)(bool is_double);
    bool fused; /* see exec_isa_fused */
} isa_kernels;

/* EXEC_BEST: the best that is here. */
const isa_kernels *isa_at(exec_isa isa);

#endif

/* Matrix products alone, on one thread in float32: how many operations a second, and how much that is of what
 * the processor can do at most. The shapes are those of a training step of each network; before a time is
 * printed, some rows of the product are held against the definition.
 *
 *   bench/gemm [-avx2] [NAME..]        all by default; the instruction set is the best there is
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/rng.h"
#include "peak.h"

typedef struct row_of_table {
    const char *name;
    gemm        s;
} row_of_table;

#define FORWARD(out, in, count) {.m = out, .n = count, .k = in}
#define WEIGHTS(out, in, count) {.m = out, .n = in, .k = count, .transpose_b = true}
#define BACK(out, in, count) {.m = in, .n = count, .k = out, .transpose_a = true}

static const row_of_table shapes[] = {
    {"T1 Z", FORWARD(4, 2, 400)}, {"T1 dW", WEIGHTS(4, 2, 400)},
    {"NIEL1 Z", FORWARD(30, 784, 1)}, {"NIEL10 Z", FORWARD(30, 784, 10)}, {"NIEL10 dW", WEIGHTS(30, 784, 10)},
    {"MSE16 Z", FORWARD(64, 64, 16)}, {"MSE16 dW", WEIGHTS(64, 64, 16)}, {"MSE16 dA", BACK(64, 64, 16)},
    {"T2 Z", FORWARD(20, 12288, 209)}, {"T2 dW", WEIGHTS(20, 12288, 209)},
    {"T3 Z", FORWARD(128, 784, 128)}, {"T3 dW", WEIGHTS(128, 784, 128)}, {"T3 Z2", FORWARD(10, 128, 128)},
    {"T4 Z", FORWARD(512, 784, 128)}, {"T4 dW", WEIGHTS(512, 512, 128)}, {"T4 dA", BACK(512, 512, 128)},
    {"T5 Z", FORWARD(1024, 1024, 512)}, {"T5 dW", WEIGHTS(1024, 1024, 512)}, {"T5 dA", BACK(1024, 1024, 512)},
    {"T6 Z", FORWARD(4096, 4096, 1024)}, {"T6 dW", WEIGHTS(4096, 4096, 1024)}, {"T6 dA", BACK(4096, 4096, 1024)},
    {"LOGI Z", FORWARD(1, 30, 1000000)}, {"LOGI dW", WEIGHTS(1, 30, 1000000)},
    {"rows Z", {.m = 100000, .n = 10, .k = 64}}, {"rows dW", {.m = 64, .n = 10, .k = 100000, .transpose_a = true}},
    {"1024", FORWARD(1024, 1024, 1024)}, {"2048", FORWARD(2048, 2048, 2048)},
};

static float *filled(size_t n, uint32_t stream) {
    float *x = aligned_alloc(64, (n * sizeof *x + 63) / 64 * 64);
    rng    r = rng_start(1, RNG_CHECK, stream);
    for (size_t i = 0; x && i < n; i++) x[i] = (float)rng_uniform(&r) - 0.5f;
    return x;
}

static void run_all(const gemm *s, gemm_set set, const float *a, const float *b, float *c, float *slices, void *scratch) {
    size_t n = gemm_slices(s), entries = s->m * s->n;
    for (size_t i = 0; i < n; i++) {
        gemm_part part = {0, s->m, 0, s->n, gemm_slice_from(s, i), gemm_slice_from(s, i + 1)};
        set.product(s, 1, a, b, n > 1 ? slices + i * entries : c, &part, scratch);
    }
    if (n > 1) set.join(entries, n, 1, false, slices, c);
}

/* The same bits as the definition has, in the last row; the processor has fused operations or they may differ. */
static bool is_right(const gemm *s, const float *a, const float *b, const float *c) {
    if (gemm_slices(s) > 1) return true;
    float    *want = malloc(s->m * s->n * sizeof *want);
    gemm_part last = {s->m - 1, s->m, 0, s->n, 0, s->k};
    if (!want) return false;
    gemm_reference(false).product(s, 1, a, b, want, &last, NULL);
    size_t at = (s->m - 1) * s->n;
    bool   same = !isa_at(EXEC_BEST)->fused || memcmp(want + at, c + at, s->n * sizeof *want) == 0;
    free(want);
    return same;
}

static bool measure(const row_of_table *x, gemm_set set, double peak) {
    const gemm *s = &x->s;
    float *a = filled(s->m * s->k, 0), *b = filled(s->k * s->n, 1), *c = filled(s->m * s->n, 2);
    float *slices = filled(gemm_slices(s) > 1 ? GEMM_SLICES * s->m * s->n : 1, 3);
    void  *scratch = aligned_alloc(64, gemm_scratch(s));
    if (!a || !b || !c || !slices || !scratch) return false;
    run_all(s, set, a, b, c, slices, scratch);
    bool   right = is_right(s, a, b, c);
    double best = INFINITY, end = now() + 0.4, work = 2.0 * (double)s->m * (double)s->n * (double)s->k;
    int    count = work > 1e7 ? 1 : (int)(1e7 / work) + 1;
    do {
        double start = now();
        for (int i = 0; i < count; i++) run_all(s, set, a, b, c, slices, scratch);
        best = fmin(best, (now() - start) / count);
    } while (now() < end);
    printf("%-10s %4zu x %7zu x %7zu %s%s %12.2f us %7.1f GFLOP/s %5.2f of peak%s\n", x->name, s->m, s->n, s->k,
           s->transpose_a ? "T" : "-", s->transpose_b ? "T" : "-", best * 1e6, work / best * 1e-9,
           work / best * 1e-9 / peak, right ? "" : "   WRONG");
    free(a);
    free(b);
    free(c);
    free(slices);
    free(scratch);
    return right;
}

int main(int argc, char **argv) {
    bool     named = argc > 1 && argv[1][0] == '-';
    exec_isa isa = named ? exec_isa_find(argv[1] + 1) : EXEC_BEST;
    int      wrong = 0, first = named ? 2 : 1;
    if (!exec_isa_here(isa)) return 2;
    gemm_set set = isa_at(isa)->gemm(false);
    double   peak = peak_gflops();
    printf("one thread, float32, %s; peak of the widest vectors %.1f GFLOP/s\n", isa_at(isa)->name, peak);
    for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
        bool wanted = argc == first;
        for (int k = first; k < argc; k++)
            wanted = wanted || strncmp(argv[k], shapes[i].name, strlen(argv[k])) == 0;
        if (wanted) wrong += !measure(&shapes[i], set, peak);
    }
    return wrong != 0;
}

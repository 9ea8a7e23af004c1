/* How far roundings may move what was computed. Every value on the way is made wrong on purpose (eval.h),
 * far more than rounding does and far less than what counts, and what that does to the result is scaled
 * down: no rule of any operation is needed for that, and what is left of larger numbers that cancel shows
 * as such. */
#include <assert.h>
#include <float.h>
#include <math.h>
#include <string.h>

#include "teach/check/inside.h"

enum { DRAWS = 4 };
static const double wrong = 1.0 / (UINT64_C(1) << 36); /* relative */
static const double safety = 16;

static void run_both(evaluation *first, evaluation *then, double noise) {
    evaluation *both[] = {first, then};
    for (int i = 0; i < 2; i++) {
        if (!both[i]) continue;
        both[i]->noise = noise;
        eval_run(both[i]);
    }
}

/* The larger of what was seen and how far this is from what it should be; infinite where that is not
 * known. */
static void widen(matrix x, const double *clean, double *out) {
    for (size_t k = 0; k < x.rows * x.cols; k++) {
        double off = fabs(x.at[k] - clean[k]);
        if (!(off <= out[k])) out[k] = isnan(off) ? (double)INFINITY : off;
    }
}

dfoo_status rounding_measure(evaluation *first, evaluation *then, arena *a, const matrix *values, uint32_t n,
                             double **out) {
    const double scale = safety * DBL_EPSILON / 2 / wrong;
    double     **clean = arena_new(a, (n + 1) * sizeof *clean);
    if (!clean) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        size_t bytes = values[i].rows * values[i].cols * sizeof(double);
        if (!values[i].at) continue;
        clean[i] = arena_new(a, bytes);
        out[i] = arena_new(a, bytes);
        if (!clean[i] || !out[i]) return DFOO_ENOMEM;
        memcpy(clean[i], values[i].at, bytes);
    }
    for (int draw = 0; draw < DRAWS; draw++) {
        run_both(first, then, wrong);
        for (uint32_t i = 0; i < n; i++)
            if (values[i].at) widen(values[i], clean[i], out[i]);
    }
    run_both(first, then, 0);
    for (uint32_t i = 0; i < n; i++)
        for (size_t k = 0; values[i].at && k < values[i].rows * values[i].cols; k++)
            out[i][k] = scale * out[i][k] + DBL_MIN;
    return DFOO_OK;
}

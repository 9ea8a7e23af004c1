/* The masks of dropouts: fresh for each step, and a function of the seed, the step and the mask
 * alone (the first mask of the model is 0), so that a run can be repeated. Scores and predictions need none
 * (see scorer_plan). */
#include "run/train/masks.h"

static void fill(exec_dtype type, void *at, size_t n, double keep, rng *r) {
    for (size_t i = 0; i < n; i++) {
        double x = rng_mask(r, keep);
        if (type == EXEC_F32)
            ((float *)at)[i] = (float)x;
        else
            ((double *)at)[i] = x;
    }
}

dfoo_status masks_draw(const model *m, const plan *p, exec *e, exec_dtype type, uint64_t seed,
                       uint64_t step) {
    uint32_t number = 0;
    for (var_id v = 1; v < p->n_vars; v++) {
        size_t rows, cols;
        if (ir_var(&m->g, v)->kind != VAR_MASK) continue;
        number++;
        if (!p->of_var[v]) continue;
        void *at = exec_data(e, v, &rows, &cols);
        rng   r = rng_start(seed, RNG_DROPOUT, number - 1);
        if (!at) return DFOO_ENOMEM;
        r.index = step << 32; /* a mask has fewer entries than that */
        fill(type, at, rows * cols, ir_keep(&m->g, v), &r);
    }
    return DFOO_OK;
}

bool masks_any(const model *m, const plan *p) {
    for (var_id v = 1; v < p->n_vars; v++)
        if (ir_var(&m->g, v)->kind == VAR_MASK && p->of_var[v]) return true;
    return false;
}

/* Slopes by two-sided differences, each with about how wrong it may be.
 *
 * Three steps, each half of the one before, are taken together so that the curvature drops out;
 * then shorter ones, as long as these can be better: for the logarithm of what is nearly 0, or beside
 * a kink. The error is how far the last two of the three agree, and rounding. Where the slopes to the
 * left and to the right differ however short the step is, as those of relu at 0, or grow, as at a jump,
 * there is no slope: NAN. */
#include "teach/verify/prover.h"

#include <math.h>
#include <string.h>

typedef struct best {
    double slope, error;
    double bend; /* the last difference of slopes that did not shrink with the step */
} best;

static const best nothing_yet = {NAN, INFINITY, 0};

/* f on both sides of a point, at h, h/2, h/4, and there. */
typedef struct around {
    double up[3], down[3], here, size;
} around;

/* A slope that differs from the one to the other side, or from that of a longer step, and not less so
 * than over the longer step; 0: there is none to be seen behind rounding. */
static double bend_of(const around *f, double h, const double quotient[3], double rounding) {
    double corner[2] = {fabs(f->up[0] + f->down[0] - 2 * f->here) / h,
                        fabs(f->up[2] + f->down[2] - 2 * f->here) / (h / 4)};
    double growth = fabs(quotient[2] - quotient[0]);
    if (corner[1] > corner[0] / 2 && corner[1] > 400 * rounding) return corner[1];
    return growth > fabs(quotient[2]) / 2 + 400 * rounding ? growth : 0;
}

/* Takes in the values around a point. False: a hundredth of h cannot be better, as this one is
 * good, or as rounding alone would be more. */
static bool improve(const around *f, double h, best *b) {
    double quotient[3], rounding = 4e-15 * f->size / h;
    for (int i = 0; i < 3; i++) quotient[i] = (f->up[i] - f->down[i]) / (2 * h / (1 << i));
    double slope = (4 * quotient[2] - quotient[1]) / 3,
           error = fabs(slope - (4 * quotient[1] - quotient[0]) / 3) + rounding;
    double bend = bend_of(f, h, quotient, rounding);
    if (bend > 0) b->bend = bend;
    if (bend > 0 || !isfinite(error)) return true;
    if (isinf(b->error) && b->bend > 0 && 400 * rounding > b->bend) return false; /* it may be there still */
    if (error < b->error) {
        b->slope = slope;
        b->error = error;
    }
    return error > 1e-9 * fabs(slope) && 100 * rounding < b->error;
}

static const double first_step = 2e-3, longest = 1e-1, shortest = 1e-11;

static void put(around *f, int i, double up, double down) {
    f->up[i] = up;
    f->down[i] = down;
    f->size = fmax(f->size, fmax(fabs(up), fabs(down)));
}

static void look_around(const measured *f, double *at, double h, around *out) {
    double old = *at;
    out->here = f->value(f->user);
    out->size = f->noise;
    for (int i = 0; i < 3; i++) {
        *at = old + h / (1 << i);
        double up = f->value(f->user);
        *at = old - h / (1 << i);
        put(out, i, up, f->value(f->user));
        *at = old;
    }
}

double measure_slope(const measured *f, double *at, double *error) {
    best   b = nothing_yet;
    around y;
    bool   more = true;
    for (double part = longest; more && part > shortest; part /= 100) {
        double h = first_step * part * fmax(1, fabs(*at));
        look_around(f, at, h, &y);
        more = improve(&y, h, &b);
    }
    *error = b.error;
    return b.slope;
}

double measure_largest(const evaluation *e) {
    double most = 0;
    for (uint32_t i = 0; i < e->order.n; i++) {
        matrix m = e->value[e->order.at[i].node];
        for (size_t k = 0; m.at && k < m.rows * m.cols; k++) most = fmax(most, fabs(m.at[k]));
    }
    return most;
}

/* ------------------------------------------------------------- of a matrix */

/* A matrix y that is computed from x, which is moved along delta. */
typedef struct moving {
    evaluation *e;
    matrix      x, delta, y;
    double      noise;  /* the largest number that is met on the way to y, whose rounding it has */
    size_t      n;      /* entries of y */
    double     *old;    /* x where it stands */
    around     *around; /* by entry of y */
    best       *best;
} moving;

static void move(const moving *w, double h) {
    for (size_t i = 0; i < w->x.rows * w->x.cols; i++) w->x.at[i] = w->old[i] + h * w->delta.at[i];
    eval_run(w->e);
}

static void look_around_all(moving *w, double h) {
    move(w, 0);
    for (size_t i = 0; i < w->n; i++) w->around[i] = (around){.here = w->y.at[i], .size = w->noise};
    for (int k = 0; k < 3; k++) {
        move(w, h / (1 << k));
        for (size_t i = 0; i < w->n; i++) w->around[i].up[k] = w->y.at[i];
        move(w, -h / (1 << k));
        for (size_t i = 0; i < w->n; i++) put(&w->around[i], k, w->around[i].up[k], w->y.at[i]);
    }
}

static bool moving_open(moving *w, arena *a) {
    size_t n_x = w->x.rows * w->x.cols;
    w->n = w->y.rows * w->y.cols;
    w->old = arena_new(a, n_x * sizeof *w->old);
    w->around = arena_new(a, w->n * sizeof *w->around);
    w->best = arena_new(a, w->n * sizeof *w->best);
    if (!w->old || !w->around || !w->best) return false;
    memcpy(w->old, w->x.at, n_x * sizeof *w->old);
    for (size_t i = 0; i < w->n; i++) w->best[i] = nothing_yet;
    return true;
}

bool measure_along(arena *a, evaluation *e, matrix x, matrix delta, matrix y, matrix *out, double *error) {
    moving w = {.e = e, .x = x, .delta = delta, .y = y, .noise = measure_largest(e)};
    double part = longest;
    bool   more = true;
    *out = (matrix){y.rows, y.cols, arena_new(a, y.rows * y.cols * sizeof(double))};
    if (!out->at || !moving_open(&w, a)) return false;
    while (more && part > shortest) {
        look_around_all(&w, first_step * part);
        more = false;
        for (size_t i = 0; i < w.n; i++) more |= improve(&w.around[i], first_step * part, &w.best[i]);
        part /= 100;
    }
    memcpy(x.at, w.old, x.rows * x.cols * sizeof(double));
    for (size_t i = 0; i < w.n; i++) {
        out->at[i] = w.best[i].slope;
        if (isfinite(w.best[i].error)) *error = fmax(*error, w.best[i].error);
    }
    return true;
}

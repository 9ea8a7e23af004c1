/* A gradient held against difference quotients.
 *
 * An entry is wrong if it is further from its quotient than what the quotient may be wrong by, what
 * roundings may have done to the gradient, and a ten-thousand-millionth of itself. So a verdict is made
 * only where the numbers prove it; where they prove little, that is a verdict of its own. */
#include <assert.h>
#include <float.h>
#include <math.h>

#include "teach/check/inside.h"

double matrix_largest(matrix x) {
    double most = 0;
    for (size_t i = 0; x.at && i < x.rows * x.cols; i++) {
        if (!isfinite(x.at[i])) return INFINITY;
        most = fmax(most, fabs(x.at[i]));
    }
    return most;
}

double matrix_factor(matrix x, matrix y, double same) {
    if (!x.at || !y.at || x.rows != y.rows || x.cols != y.cols) return 0;
    size_t n = x.rows * x.cols, big = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(y.at[i]) > fabs(y.at[big])) big = i;
    double c = x.at[big] / y.at[big], most = matrix_largest(x);
    if (!isfinite(c) || c == 0) return 0;
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x.at[i] - c * y.at[i]) <= same * most)) return 0;
    return c;
}

bool agrees(matrix x, const double *rounding_x, matrix y, const double *rounding_y, double same) {
    if (x.rows != y.rows || x.cols != y.cols) return false;
    double largest = 0;
    for (size_t i = 0; i < y.rows * y.cols; i++)
        if (isfinite(y.at[i])) largest = fmax(largest, fabs(y.at[i]));
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        double few = same * largest + (rounding_x ? rounding_x[i] : 0) + (rounding_y ? rounding_y[i] : 0);
        bool   equal = x.at[i] == y.at[i] || (isnan(x.at[i]) && isnan(y.at[i]));
        bool   finite = isfinite(x.at[i]) && isfinite(y.at[i]);
        if (!equal && !(finite && fabs(x.at[i] - y.at[i]) <= few)) return false;
    }
    return true;
}

typedef struct entry {
    double derived, size, rounding;
} entry;

/* The derivative along a direction, and what its terms amount to. */
static entry along(const differences *q, matrix x, const double *rounding) {
    assert(q->direction);
    entry  out = {0, 0, 0};
    double squares = 0;
    for (size_t i = 0; x.at && i < q->rows * q->cols; i++) {
        double term = x.at[i] * q->direction[i];
        out.derived += term;
        squares += term * term;
        if (rounding) out.rounding += fabs(rounding[i] * q->direction[i]);
    }
    out.size = sqrt(squares);
    return out;
}

static entry entry_of(const differences *q, size_t at, matrix x, const double *rounding) {
    if (at == ALONG) return along(q, x, rounding);
    if (!x.at) return (entry){0, 0, 0};
    return (entry){x.at[at], fabs(x.at[at]), rounding ? rounding[at] : 0};
}

static void compare(judged *j, const difference *at, matrix x, const double *rounding, double largest) {
    assert(at->judged);
    entry  e = entry_of(j->q, at->at, x, rounding);
    double away = fabs(e.derived - at->value), size = fmax(e.size, fabs(at->value));
    double allowed = 1e-10 * size + ERRORS * at->error + e.rounding;
    double relative = away / fmax(at->at == ALONG ? e.size : largest, fabs(at->value));
    bool   wrong = away > allowed, first = !j->n_checked && !j->along;
    if (at->at == ALONG) j->along = true;
    else j->n_checked++;
    j->n_wrong += wrong;
    j->not_zero = j->not_zero || fabs(at->value) > ERRORS * at->error;
    j->sharp = j->sharp || ERRORS * at->error + e.rounding < 1e-3 * size;
    if (away < DBL_MIN) relative = 0;
    if (first || (j->n_wrong && wrong && j->n_wrong == 1) ||
        (relative > j->distance && wrong == (j->n_wrong > 0))) {
        j->distance = relative;
        j->worst = *at;
        j->derived = e.derived;
    }
}

static bool is_zero_but_for_rounding(const judged *j, matrix x, const double *rounding) {
    for (size_t i = 0; i < x.rows * x.cols; i++)
        if (!rounding || fabs(x.at[i]) > rounding[i]) return false;
    return !j->not_zero;
}

static verdict decide(const judged *j, matrix x, const double *rounding, bool misfit, double largest) {
    if (misfit) return VERDICT_SHAPE;
    if (!x.at) return j->n_wrong ? VERDICT_MISSING : VERDICT_UNREACHED;
    if (!isfinite(largest)) return VERDICT_NOT_FINITE;
    if (j->n_wrong) return VERDICT_WRONG;
    if (!j->n_checked && !j->along) return VERDICT_UNTOLD;
    if (largest == 0) return VERDICT_ZERO;
    if (is_zero_but_for_rounding(j, x, rounding)) return VERDICT_ROUNDING;
    return j->sharp ? VERDICT_RIGHT : VERDICT_VAGUE;
}

judged judge(const differences *q, matrix x, const double *rounding, bool misfit) {
    assert(!x.at || misfit || (x.rows == q->rows && x.cols == q->cols));
    judged j = {.q = q};
    double largest = misfit ? 0 : matrix_largest(x), scale = largest;
    for (uint32_t i = 0; i < q->list.n; i++)
        if (q->list.at[i].judged && q->list.at[i].at != ALONG) scale = fmax(scale, fabs(q->list.at[i].value));
    for (uint32_t i = 0; i < q->list.n && !misfit && isfinite(largest); i++) {
        if (q->list.at[i].judged) compare(&j, &q->list.at[i], x, rounding, scale);
        else j.n_kinks++;
    }
    j.verdict = decide(&j, x, rounding, misfit, largest);
    return j;
}

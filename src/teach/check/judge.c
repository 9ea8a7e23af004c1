/* A gradient held against difference quotients.
 *
 * An entry is wrong if it is further from its quotient than a ten-millionth of itself and
 * eight times the quotient's own error, as estimated for this entry and on the average. */
#include <assert.h>
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

/* The derivative along a direction, and what its terms amount to. */
static double along(const differences *q, matrix x, double *size) {
    assert(q->direction);
    double sum = 0, squares = 0;
    for (size_t i = 0; x.at && i < q->rows * q->cols; i++) {
        double term = x.at[i] * q->direction[i];
        sum += term;
        squares += term * term;
    }
    *size = sqrt(squares);
    return sum;
}

static void compare(judged *j, const difference *at, matrix x, double largest) {
    assert(at->judged);
    double derived = x.at && at->at != ALONG ? x.at[at->at] : 0, size = fabs(derived);
    if (at->at == ALONG) derived = along(j->q, x, &size);
    double away = fabs(derived - at->value);
    double allowed = 1e-7 * fmax(size, fabs(at->value)) + 8 * fmax(at->error, j->q->noise);
    double relative = away / fmax(at->at == ALONG ? size : largest, fabs(at->value));
    bool   wrong = away > allowed, first = !j->n_checked && !j->along;
    if (at->at == ALONG) j->along = true;
    else j->n_checked++;
    j->n_wrong += wrong;
    if (away == 0) relative = 0;
    if (first || (j->n_wrong && wrong && j->n_wrong == 1) ||
        (relative > j->distance && wrong == (j->n_wrong > 0))) {
        j->distance = relative;
        j->worst = *at;
        j->derived = derived;
    }
}

static verdict decide(const judged *j, matrix x, bool misfit, double largest) {
    const differences *q = j->q;
    if (misfit) return VERDICT_SHAPE;
    if (!x.at) return j->n_wrong ? VERDICT_MISSING : VERDICT_UNREACHED;
    if (!isfinite(largest)) return VERDICT_NOT_FINITE;
    if (j->n_wrong) return VERDICT_WRONG;
    if (!j->n_checked && !j->along) return VERDICT_UNTOLD;
    if (largest == 0) return VERDICT_ZERO;
    return 8 * q->noise > 1e-3 * largest ? VERDICT_ROUNDING : VERDICT_RIGHT;
}

judged judge(const differences *q, matrix x, bool misfit) {
    assert(!x.at || misfit || (x.rows == q->rows && x.cols == q->cols));
    judged j = {.q = q};
    double largest = misfit ? 0 : matrix_largest(x), scale = largest;
    for (uint32_t i = 0; i < q->list.n; i++)
        if (q->list.at[i].judged && q->list.at[i].at != ALONG) scale = fmax(scale, fabs(q->list.at[i].value));
    for (uint32_t i = 0; i < q->list.n && !misfit && isfinite(largest); i++) {
        if (q->list.at[i].judged) compare(&j, &q->list.at[i], x, scale);
        else j.n_kinks++;
    }
    j.verdict = decide(&j, x, misfit, largest);
    return j;
}

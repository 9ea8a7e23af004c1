/* Elimination with complete pivoting: the largest entry that is left is the next pivot. Columns change
 * places, too; which ones is kept as numbers behind the copy of the matrix. */
#include "core/ir/linear.h"

#include <math.h>
#include <string.h>

typedef struct elimination {
    size_t  n, k;
    double *a;      /* the copy */
    double *column; /* which column of the matrix stands in this place */
    double *x;      /* the right-hand sides; NULL: none */
    double  sign;
} elimination;

static void swap(double *a, double *b, size_t n, size_t step) {
    for (size_t i = 0; i < n; i++) {
        double t = a[i * step];
        a[i * step] = b[i * step];
        b[i * step] = t;
    }
}

/* Brings the largest entry that is left to (at, at). NaN counts as largest: it is to be seen. */
static void bring_pivot(elimination *e, size_t at) {
    size_t n = e->n, row = at, col = at;
    double most = fabs(e->a[at * n + at]);
    for (size_t i = at; i < n; i++)
        for (size_t j = at; j < n; j++)
            if (fabs(e->a[i * n + j]) > most || isnan(e->a[i * n + j])) {
                most = fabs(e->a[i * n + j]);
                row = i;
                col = j;
            }
    if (row != at) {
        swap(e->a + at * n, e->a + row * n, n, 1);
        if (e->x) swap(e->x + at * e->k, e->x + row * e->k, e->k, 1);
        e->sign = -e->sign;
    }
    if (col != at) {
        swap(e->a + at, e->a + col, n, n);
        swap(e->column + at, e->column + col, 1, 1);
        e->sign = -e->sign;
    }
}

/* Takes the pivot's row off another one. */
static void take_off(elimination *e, size_t at, size_t row) {
    size_t n = e->n;
    double by = e->a[row * n + at] / e->a[at * n + at];
    for (size_t j = at; j < n; j++) e->a[row * n + j] -= by * e->a[at * n + j];
    for (size_t j = 0; e->x && j < e->k; j++) e->x[row * e->k + j] -= by * e->x[at * e->k + j];
}

/* Makes the copy triangular, or, with right-hand sides, diagonal. */
static void eliminate(elimination *e) {
    for (size_t at = 0; at < e->n; at++) {
        bring_pivot(e, at);
        if (e->a[at * e->n + at] == 0) return; /* and all that is left is 0 */
        for (size_t i = e->x ? 0 : at + 1; i < e->n; i++)
            if (i != at) take_off(e, at, i);
    }
}

static elimination begin(size_t n, size_t k, const double *a, double *x, double *scratch) {
    elimination e = {.n = n, .k = k, .a = scratch, .column = scratch + n * n, .x = x, .sign = 1};
    memcpy(e.a, a, n * n * sizeof *a);
    for (size_t i = 0; i < n; i++) e.column[i] = (double)i;
    return e;
}

/* Rows of the solution go where the columns came from. */
static void put_back(elimination *e) {
    for (size_t i = 0; i < e->n; i++)
        while (e->column[i] != (double)i) {
            size_t to = (size_t)e->column[i];
            swap(e->x + i * e->k, e->x + to * e->k, e->k, 1);
            swap(e->column + i, e->column + to, 1, 1);
        }
}

void linear_solve(size_t n, size_t k, const double *a, double *x, double *scratch) {
    elimination e = begin(n, k, a, x, scratch);
    eliminate(&e);
    for (size_t i = 0; i < n; i++) {
        double pivot = e.a[i * n + i];
        for (size_t j = 0; j < k; j++) x[i * k + j] = pivot == 0 ? NAN : x[i * k + j] / pivot;
    }
    if (e.a[n * n - 1] == 0)
        for (size_t i = 0; i < n * k; i++) x[i] = NAN;
    else
        put_back(&e);
}

double linear_det(size_t n, const double *a, double *scratch) {
    elimination e = begin(n, 0, a, NULL, scratch);
    eliminate(&e);
    double out = e.sign;
    for (size_t i = 0; i < n; i++) out *= e.a[i * n + i];
    return out;
}

double linear_logdet(size_t n, const double *a, double *scratch) {
    elimination e = begin(n, 0, a, NULL, scratch);
    eliminate(&e);
    double out = 0;
    for (size_t i = 0; i < n; i++) out += log(fabs(e.a[i * n + i]));
    return out;
}

/* A matrix whose rows (or, if there are more of them, columns) are at right angles and of length 1: the
 * normal numbers that it holds, made so one after the other by Gram and Schmidt's method. Of such
 * numbers that gives every direction alike. Only + - * / and sqrt in a fixed order, so the bits are the
 * same on every machine. */
#include <math.h>

#include "run/train/orthogonal.h"

/* Products are summed in eight parts. */
static double dot(const double *x, const double *y, size_t n) {
    enum { PARTS = 8 };
    double part[PARTS] = {0};
    size_t i = 0;
    for (; i + PARTS <= n; i += PARTS)
        for (size_t k = 0; k < PARTS; k++) part[k] += x[i + k] * y[i + k];
    for (size_t k = 0; i + k < n; k++) part[k] += x[i + k] * y[i + k];
    return ((part[0] + part[1]) + (part[2] + part[3])) + ((part[4] + part[5]) + (part[6] + part[7]));
}

/* n vectors of `size` numbers, one behind the other. Twice, as the first time leaves an error that is as much
 * larger than rounding as the vector became shorter. */
static void right_angles(double *v, size_t n, size_t size) {
    for (size_t j = 0; j < n; j++) {
        double *x = v + j * size;
        for (size_t i = 0; i < 2 * j; i++) {
            const double *y = v + i % j * size;
            double        along = dot(y, x, size);
            for (size_t k = 0; k < size; k++) x[k] -= along * y[k];
        }
        double length = sqrt(dot(x, x, size));
        for (size_t k = 0; k < size && length > 0; k++) x[k] /= length;
    }
}

static void turn(const double *from, size_t rows, size_t cols, double *to) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) to[j * rows + i] = from[i * cols + j];
}

dfoo_status orthogonal(double *x, size_t rows, size_t cols, double gain, const dfoo_allocator *mem) {
    if (rows <= cols) {
        right_angles(x, rows, cols);
    } else {
        double *turned = mem_new(mem, rows * cols * sizeof *turned);
        if (!turned) return DFOO_ENOMEM;
        turn(x, rows, cols, turned);
        right_angles(turned, cols, rows);
        turn(turned, cols, rows, x);
        mem_free(mem, turned, rows * cols * sizeof *turned);
    }
    for (size_t i = 0; i < rows * cols; i++) x[i] *= gain;
    return DFOO_OK;
}

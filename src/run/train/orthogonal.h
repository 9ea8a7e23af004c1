/* Matrices at right angles. */
#ifndef TRAIN_ORTHOGONAL_H
#define TRAIN_ORTHOGONAL_H

#include "core/core.h"

/* Makes the rows or columns of a matrix of normal numbers orthogonal, of length `gain`. */
dfoo_status orthogonal(double *x, size_t rows, size_t cols, double gain, const dfoo_allocator *mem);

#endif

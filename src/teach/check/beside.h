/* Two matrices side by side: what was found, and what is right. */
#ifndef CHECK_BESIDE_H
#define CHECK_BESIDE_H

#include "teach/check/inside.h"

/* What is to say of both in numbers. */
typedef struct beside {
    bool   same_shape;
    bool   constant;     /* one is the other times `least` */
    double least, most;  /* of found/right, where right is not 0; not finite: it is 0 everywhere */
    double cosine;
    double largest;      /* difference, at [row, col] */
    size_t row, col, n_differ, n;
} beside;

beside beside_of(matrix found, matrix right);

/* Lines: a head with name and shapes, rows of both with the entries that differ marked, the numbers. */
void beside_put(const char *name, const char *what, matrix found, matrix right, buf *out);

/* The same as an object. */
void beside_put_json(matrix found, matrix right, buf *out);

#endif

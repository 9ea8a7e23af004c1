/* Metrics of predictions that are held against labels. */
#ifndef TRAIN_METRICS_H
#define TRAIN_METRICS_H

#include "run/train/train.h"

/* n examples of `count` entries each, one after the other: labels and predictions. */
typedef struct scored {
    size_t        n, count;
    bool          values; /* several entries are no classes */
    const double *y, *p;
} scored;

/* Which of them there are follows from the labels: classes (0 and 1, or of several entries), or values. Of
 * several columns of values R2 is the mean; they may have different units. */
dfoo_status metrics_of(const scored *x, arena *a, train_metrics *out);

#endif

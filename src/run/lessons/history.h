/* How a training went, epoch by epoch: the loop writes the rows, lessons and files read them. */
#ifndef LESSONS_HISTORY_H
#define LESSONS_HISTORY_H

#include "core/core.h"

/* Values that were not evaluated are NAN. */
typedef struct history_row {
    double epoch, cost, accuracy, test_cost, test_accuracy, learning_rate;
} history_row;

enum { HISTORY_COLUMNS = sizeof(history_row) / sizeof(double) };
extern const char *const history_columns[HISTORY_COLUMNS];

typedef struct history {
    VEC(history_row) rows;
    history_row end; /* as it was scored; replaces a row of its epoch */
    bool        has_end;
} history;

/* The rows so far, the end as it was scored among them. */
size_t             history_count(const history *h);
const history_row *history_at(const history *h, size_t i);

/* As the matrix `name`, with the end or without; no rows, no matrix. */
dfoo_status history_put(const history *h, const char *name, bool with_end, dfoo_arrays *out);

/* The rows of such a matrix; false: it is none. */
bool history_take(history *h, const dfoo_array *x, arena *a);

#endif

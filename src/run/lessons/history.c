/* Rows of a history, and the matrix that files have of it. */
#include <assert.h>
#include <string.h>

#include "run/lessons/history.h"

const char *const history_columns[HISTORY_COLUMNS] = {"epoch",     "cost",          "accuracy",
                                                      "test_cost", "test_accuracy", "learning_rate"};

static bool end_is_last(const history *h) {
    return h->rows.n && h->rows.at[h->rows.n - 1].epoch == h->end.epoch;
}

size_t history_count(const history *h) {
    return h->rows.n + (h->has_end && !end_is_last(h));
}

const history_row *history_at(const history *h, size_t i) {
    assert(i < history_count(h));
    return h->has_end && i + 1 == history_count(h) ? &h->end : &h->rows.at[i];
}

dfoo_status history_put(const history *h, const char *name, bool with_end, dfoo_arrays *out) {
    size_t      n = with_end ? history_count(h) : h->rows.n;
    dfoo_array *x;
    DFOO_TRY(arrays_add_matrix(out, name, n, HISTORY_COLUMNS, NULL, &x));
    for (size_t i = 0; i < n; i++)
        memcpy(x->data + i * HISTORY_COLUMNS, with_end ? history_at(h, i) : &h->rows.at[i],
               sizeof(history_row));
    return DFOO_OK;
}

bool history_take(history *h, const dfoo_array *x, arena *a) {
    if (!x || x->ndim != 2 || x->dim[1] != HISTORY_COLUMNS) return false;
    for (size_t i = 0; i < x->dim[0]; i++) {
        history_row row;
        memcpy(&row, x->data + i * HISTORY_COLUMNS, sizeof row);
        vec_push(a, &h->rows, row);
    }
    return true;
}

/* A network of two layers written out, and a training of the same network, to be held against each other. */
#ifndef TESTS_TRAIN_SESSION_H
#define TESTS_TRAIN_SESSION_H

#include "train/model.h"

/* ------------------------------------------------------- the written-out network */

enum { N0 = 2, N1 = 4, MOST = 64 };

/* W1 (4, 2), b1 (4), W2 (1, 4), b2 (1) in this order. */
enum { W1 = 0, B1 = W1 + N1 * N0, W2 = B1 + N1, B2 = W2 + N1, N_VALUES = B2 + 1 };

/* The cost of n examples and its gradient; x is (2, stride), columns are the examples pick[0..n). */
static inline double slope(const double *w, const double *x, const double *y, size_t stride, const uint32_t *pick,
                    size_t n, double *g) {
    double cost = 0;
    memset(g, 0, N_VALUES * sizeof *g);
    for (size_t k = 0; k < n; k++) {
        size_t j = pick ? pick[k] : k;
        double a1[N1], z2 = w[B2];
        for (int i = 0; i < N1; i++) {
            a1[i] = tanh(w[W1 + i * N0] * x[j] + w[W1 + i * N0 + 1] * x[stride + j] + w[B1 + i]);
            z2 += w[W2 + i] * a1[i];
        }
        double a2 = 1 / (1 + exp(-z2)), d2 = (a2 - y[j]) / (double)n;
        cost -= (y[j] * log(a2) + (1 - y[j]) * log(1 - a2)) / (double)n;
        g[B2] += d2;
        for (int i = 0; i < N1; i++) {
            double d1 = w[W2 + i] * d2 * (1 - a1[i] * a1[i]);
            g[W2 + i] += d2 * a1[i];
            g[B1 + i] += d1;
            g[W1 + i * N0] += d1 * x[j];
            g[W1 + i * N0 + 1] += d1 * x[stride + j];
        }
    }
    return cost;
}

static inline void add_start(dfoo_arrays *set, double *w) {
    fill(w, N_VALUES, 0.9);
    memcpy(add_matrix(set, "W1", N1, N0), w + W1, N1 * N0 * sizeof *w);
    memcpy(add_matrix(set, "b1", N1, 1), w + B1, N1 * sizeof *w);
    memcpy(add_matrix(set, "W2", 1, N1), w + W2, N1 * sizeof *w);
    memcpy(add_matrix(set, "b2", 1, 1), w + B2, sizeof *w);
}

static inline void assert_parameters(const dfoo_arrays *run, const double *w, double tolerance) {
    assert_arrays_close(get(run, "W1"), w + W1, N1 * N0, tolerance);
    assert_arrays_close(get(run, "b1"), w + B1, N1, tolerance);
    assert_arrays_close(get(run, "W2"), w + W2, N1, tolerance);
    assert_arrays_close(get(run, "b2"), w + B2, 1, tolerance);
}

/* A training on the data of add_binary_data, started as add_start says. */
typedef struct session {
    fixture      f;
    dfoo_arrays *data, *from, *run, *history;
    double       w[N_VALUES];
    size_t       n;
    train_input  in;
    train_result result;
} session;

static inline void session_open(session *s, size_t n) {
    *s = (session){
        .data = new_arrays(), .from = new_arrays(), .run = new_arrays(), .history = new_arrays(), .n = n};
    fixture_open(&s->f, BINARY);
    add_binary_data(s->data, n);
    add_start(s->from, s->w);
    s->in = (train_input){.data = {.name = "data.npz", .arrays = s->data}, .from = s->from, .from_name = "W0.npz"};
}

static inline dfoo_status session_run(session *s, const train_options *opt) {
    return train_run(&s->f.m, &s->f.p, &s->in, opt, s->run, s->history, &s->result);
}

static inline const double *cost_row(const session *s, size_t i) {
    const dfoo_array *x = arrays_get(s->history, "history");
    assert_non_null(x);
    assert_true(i < x->dim[0]);
    return x->data + i * HISTORY_COLUMNS;
}

static inline void session_close(session *s) {
    arrays_free(s->data);
    arrays_free(s->from);
    arrays_free(s->run);
    arrays_free(s->history);
    fixture_close(&s->f);
}

#endif

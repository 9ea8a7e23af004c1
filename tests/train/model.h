/* Models for the tests of training: from text to the program that trains, and small helpers for
 * data, options and messages. */
#ifndef TESTS_TRAIN_MODEL_H
#define TESTS_TRAIN_MODEL_H

#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>

#include "core/diff/diff.h"
#include "core/lang/lang.h"
#include "core/simplify/simplify.h"
#include "run/train/train.h"

/* The forward pass of two layers, with the declarations of its data to be put in front. */
#define TWO_LAYERS                                                           \
    "param W1 : (n1, n0) ~ xavier\nparam b1 : (n1, 1)\n"                     \
    "param W2 : (n2, n1) ~ xavier\nparam b2 : (n2, 1)\n"                     \
    "Z1 = W1 @ X + b1\nA1 = tanh(Z1)\nZ2 = W2 @ A1 + b2\nA2 = sigmoid(Z2)\n" \
    "L = -(Y * log(A2) + (1 - Y) * log(1 - A2))\nJ = 1/m * sum(L)\nminimize J\npredict A2\n"

#define BINARY "size n1 = 4\ninput X : (n0, m)\nlabel Y : (n2, m)\n" TWO_LAYERS

#define SOFTMAX                                                                         \
    "input X : (n0, m)\nlabel Y : (k, m) onehot\nparam W : (k, n0)\nparam b : (k, 1)\n" \
    "A = softmax(W @ X + b)\nJ = -1/m * sum(Y * log(A))\nminimize J\npredict A\n"

typedef struct fixture {
    dfoo_allocator mem;
    arena          a;
    symbols        names;
    diags          d;
    model          m;
    program        p;
    buf            messages;
} fixture;

static inline dfoo_status fixture_build(fixture *f, const char *text) {
    derivation       e;
    diff_options     how = {0};
    program          shown = {{0}};
    DFOO_TRY(lang_read(&f->m, &f->a, &f->names, &f->d, "test.eq", text, strlen(text)));
    DFOO_TRY(diff_run(&f->m, &f->a, &how, &e));
    DFOO_TRY(simplify_derivation(&e, &f->m.g, &f->a, NULL));
    DFOO_TRY(simplify_program(&e, &f->m.g, false, f->m.predict.at, f->m.predict.n, &shown));
    return simplify_stable(&f->m.g, &f->a, &shown, NULL, &f->p);
}

static inline dfoo_status fixture_open_with(fixture *f, dfoo_allocator mem, const char *text) {
    *f = (fixture){.mem = mem};
    arena_init(&f->a, mem);
    symbols_init(&f->names, &f->a);
    diags_init(&f->d, &f->a);
    buf_init(&f->messages, mem_default());
    return fixture_build(f, text);
}

static inline void fixture_open(fixture *f, const char *text) {
    assert_int_equal(fixture_open_with(f, mem_default(), text), DFOO_OK);
}

static inline void fixture_close(fixture *f) {
    buf_free(&f->messages);
    arena_free(&f->a);
}

static inline const char *fixture_messages(fixture *f) {
    f->messages.len = 0;
    buf_puts(&f->messages, "");
    diags_render(&f->d, 0, &f->messages);
    return f->messages.text;
}

static inline void assert_message(fixture *f, const char *part) {
    const char *text = fixture_messages(f);
    if (!strstr(text, part)) fail_msg("\"%s\" is not in:\n%s", part, text);
}

static inline dfoo_arrays *new_arrays(void) {
    dfoo_allocator mem = mem_default();
    dfoo_arrays   *set;
    assert_int_equal(arrays_new(&mem, &set), DFOO_OK);
    return set;
}

static inline double *add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols) {
    dfoo_array *x;
    assert_int_equal(arrays_add_matrix(set, name, rows, cols, NULL, &x), DFOO_OK);
    return x->data;
}

static inline double *add_vector(dfoo_arrays *set, const char *name, size_t n) {
    dfoo_array *x;
    assert_int_equal(arrays_add(set, name, 1, &n, NULL, &x), DFOO_OK);
    return x->data;
}

static inline const double *get(const dfoo_arrays *set, const char *name) {
    const dfoo_array *x = arrays_get(set, name);
    assert_non_null(x);
    return x->data;
}

static inline void assert_close(double x, double y, double tolerance) {
    if (!(fabs(x - y) <= tolerance)) fail_msg("%.17g and %.17g", x, y);
}

static inline void assert_arrays_close(const double *x, const double *y, size_t n, double tolerance) {
    for (size_t i = 0; i < n; i++) assert_close(x[i], y[i], tolerance);
}

/* Smooth values that are not random: reproducible in any language. */
static inline void fill(double *x, size_t n, double step) {
    for (size_t i = 0; i < n; i++) x[i] = sin(step * (double)(i + 1));
}

/* n examples of 2 entries (columns) and labels 0 or 1. */
static inline void add_binary_data(dfoo_arrays *set, size_t n) {
    double *x = add_matrix(set, "X", 2, n), *y = add_matrix(set, "Y", 1, n);
    fill(x, 2 * n, 1.7);
    for (size_t j = 0; j < n; j++) y[j] = x[j] * x[n + j] > 0;
}

#endif

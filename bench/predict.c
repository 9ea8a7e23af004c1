/* What one prediction costs: a predictor beside loops written by hand, for 2-4-1 and 30-20-1, one example at
 * a time. In microseconds of processor time. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dfoo.h"

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void die(dfoo *d, const char *what) {
    fprintf(stderr, "%s: %s\n", what, dfoo_messages(d));
    exit(1);
}

/* tanh of n1 units, then a sigmoid. */
static double by_hand(const double *W1, const double *b1, const double *W2, double b2, const double *x,
                      size_t n0, size_t n1) {
    double z = b2;
    for (size_t i = 0; i < n1; i++) {
        double s = b1[i];
        for (size_t k = 0; k < n0; k++) s += W1[i * n0 + k] * x[k];
        z += W2[i] * tanh(s);
    }
    return 1 / (1 + exp(-z));
}

static void measure(dfoo *d, size_t n0, size_t n1) {
    enum { TIMES = 1000000, OPENINGS = 200 };
    char         text[600];
    double       x[64], y, sum = 0, z[2];
    dfoo_model  *model;
    dfoo_arrays *data, *run;
    snprintf(text, sizeof text,
             "size n1 = %zu\ninput X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, "
             "1)\nparam W2 : (1, n1)\n"
             "param b2 : (1, 1)\nA1 = tanh(W1 @ X + b1)\nA2 = sigmoid(W2 @ A1 + b2)\n"
             "J = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\nminimize J\npredict A2\n",
             n1);
    double *examples = calloc(n0 * 8, sizeof *examples), labels[8] = {0, 1, 0, 1, 1, 1, 0, 0};
    for (size_t i = 0; i < n0 * 8; i++) examples[i] = sin((double)i);
    for (size_t i = 0; i < n0; i++) x[i] = cos((double)i);
    if (dfoo_model_parse(d, "net.eq", text, strlen(text), &model) || dfoo_arrays_new(d, &data) ||
        dfoo_arrays_add_matrix(data, "X", n0, 8, examples, NULL) ||
        dfoo_arrays_add_matrix(data, "Y", 1, 8, labels, NULL) ||
        dfoo_train(model,
                   DFOO_WITH(dfoo_train_options, .arrays = data, .epochs = 3, .file = "/tmp/dfoo-bench.npz",
                             .restart = 1, .threads = 1),
                   &run, NULL))
        die(d, "training");
    dfoo_predictor *p = NULL;
    double          t = now();
    for (int i = 0; i < OPENINGS; i++) {
        dfoo_predictor_close(p);
        if (dfoo_predictor_open(d, "/tmp/dfoo-bench.npz", &p)) die(d, "opening");
    }
    double opening = (now() - t) / OPENINGS;
    t = now();
    for (int i = 0; i < TIMES; i++) {
        x[0] = i * 1e-6;
        dfoo_predictor_run(p, x, 1, &y);
        sum += y;
    }
    z[0] = (now() - t) / TIMES;
    const double *W1 = dfoo_arrays_get(run, "W1")->data, *b1 = dfoo_arrays_get(run, "b1")->data,
                 *W2 = dfoo_arrays_get(run, "W2")->data;
    double b2 = dfoo_arrays_get(run, "b2")->data[0];
    t = now();
    for (int i = 0; i < TIMES; i++) {
        x[0] = i * 1e-6;
        sum -= by_hand(W1, b1, W2, b2, x, n0, n1);
    }
    z[1] = (now() - t) / TIMES;
    if (!(fabs(sum) < 1e-6)) die(d, "the predictor and the loop differ");
    printf("%zu-%zu-1: dfoo_predictor_run %.3f us, by hand %.3f us, opening %.3f ms\n", n0, n1, z[0] * 1e6,
           z[1] * 1e6, opening * 1e3);
    dfoo_predictor_close(p);
    dfoo_arrays_free(data);
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    free(examples);
}

int main(void) {
    dfoo *d;
    if (dfoo_open(NULL, &d)) return 1;
    measure(d, 2, 4);
    measure(d, 30, 20);
    remove("/tmp/dfoo-bench.npz");
    dfoo_close(d);
    return 0;
}

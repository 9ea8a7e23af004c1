/* How long the library takes for small things: one prediction, one gradient, a compilation, beside a loop
 * that is written by hand and, where it is installed, FANN. Every result is held against the loop before its
 * time is printed, and the allocations of a run are counted.
 *
 *   bench/latency */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "dfoo.h"
#ifdef BENCH_FANN
#include <fann.h>
#endif

/* ------------------------------------------------------------------ measuring */

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static size_t n_allocations;

static void *counted(void *user, void *block, size_t old, size_t size) {
    (void)user;
    (void)old;
    n_allocations += size > 0;
    if (size) return realloc(block, size);
    free(block);
    return NULL;
}

/* The best of some attempts of at least 20 ms each, in seconds. */
static double seconds_of(void (*run)(void *), void *user) {
    double best = INFINITY;
    for (int attempt = 0; attempt < 7; attempt++) {
        size_t n = 0;
        double start = now(), t;
        do {
            for (int i = 0; i < 64; i++, n++) run(user);
            t = now() - start;
        } while (t < 0.02);
        if (t / (double)n < best) best = t / (double)n;
    }
    return best;
}

static void require(dfoo *d, dfoo_status status) {
    if (status == DFOO_OK) return;
    fprintf(stderr, "latency: %s\n%s", dfoo_status_text(status), dfoo_messages(d));
    exit(1);
}

static void line(const char *what, const char *who, double seconds, const char *more) {
    if (seconds < 1e-3) printf("%-34s %-14s %10.3f us   %s\n", what, who, seconds * 1e6, more);
    else printf("%-34s %-14s %10.3f ms   %s\n", what, who, seconds * 1e3, more);
}

/* ------------------------------------------------------------------ a network n0 - n1 - 1, tanh and sigmoid */

enum { MOST_IN = 32, MOST_HIDDEN = 32, MOST_EXAMPLES = 512 };

typedef struct net {
    int           n0, n1, m;
    float         X[MOST_IN * MOST_EXAMPLES], Y[MOST_EXAMPLES];
    float         W1[MOST_HIDDEN * MOST_IN], b1[MOST_HIDDEN], W2[MOST_HIDDEN], b2;
    float         A2[MOST_EXAMPLES], dW1[MOST_HIDDEN * MOST_IN], db1[MOST_HIDDEN], dW2[MOST_HIDDEN], db2, J;
    dfoo_function *f;
#ifdef BENCH_FANN
    struct fann   *fann;
    fann_type      x[MOST_IN];
#endif
} net;

static void draw(net *n, int n0, int n1, int m) {
    *n = (net){.n0 = n0, .n1 = n1, .m = m};
    srand(1);
    for (int i = 0; i < n0 * m; i++) n->X[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (int i = 0; i < n1 * n0; i++) n->W1[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (int i = 0; i < n1; i++) n->b1[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (int i = 0; i < n1; i++) n->W2[i] = (float)rand() / (float)RAND_MAX - 0.5f;
    for (int t = 0; t < m; t++) n->Y[t] = (float)(rand() % 2);
}

/* Example number t: the values of the hidden units, and what the last one says. */
static float forward(const net *n, int t, float *a1) {
    float z2 = n->b2;
    for (int i = 0; i < n->n1; i++) {
        float z = n->b1[i];
        for (int k = 0; k < n->n0; k++) z += n->W1[i * n->n0 + k] * n->X[k * n->m + t];
        a1[i] = tanhf(z);
        z2 += n->W2[i] * a1[i];
    }
    return 1 / (1 + expf(-z2));
}

static void predict_by_hand(void *user) {
    net  *n = user;
    float a1[MOST_HIDDEN];
    n->A2[0] = forward(n, 0, a1);
}

static void gradient_by_hand(void *user) {
    net  *n = user;
    float a1[MOST_HIDDEN], over = 1 / (float)n->m;
    memset(n->dW1, 0, sizeof n->dW1);
    memset(n->db1, 0, sizeof n->db1);
    memset(n->dW2, 0, sizeof n->dW2);
    n->db2 = n->J = 0;
    for (int t = 0; t < n->m; t++) {
        float a2 = forward(n, t, a1), dz2 = (a2 - n->Y[t]) * over;
        n->J -= over * logf(n->Y[t] != 0 ? a2 : 1 - a2);
        n->db2 += dz2;
        for (int i = 0; i < n->n1; i++) {
            float dz1 = n->W2[i] * dz2 * (1 - a1[i] * a1[i]);
            n->dW2[i] += dz2 * a1[i];
            n->db1[i] += dz1;
            for (int k = 0; k < n->n0; k++) n->dW1[i * n->n0 + k] += dz1 * n->X[k * n->m + t];
        }
    }
}

/* ------------------------------------------------------------------ the library */

static dfoo_function *compiled(dfoo *d, dfoo_model *model, net *n, const char *outputs) {
    const dfoo_compile_options how = {.size = sizeof how, .outputs = outputs, .dtype = DFOO_F32,
                                      .max_examples = (size_t)n->m, .threads = 1};
    size_t n0 = (size_t)n->n0, n1 = (size_t)n->n1, m = (size_t)n->m;
    require(d, dfoo_model_set(model, "n1", n->n1));
    require(d, dfoo_compile(model, &how, &n->f));
    require(d, dfoo_function_bind(n->f, "X", n->X, n0, m));
    require(d, dfoo_function_bind(n->f, "Y", n->Y, 1, m));
    require(d, dfoo_function_bind(n->f, "W1", n->W1, n1, n0));
    require(d, dfoo_function_bind(n->f, "b1", n->b1, n1, 1));
    require(d, dfoo_function_bind(n->f, "W2", n->W2, 1, n1));
    require(d, dfoo_function_bind(n->f, "b2", &n->b2, 1, 1));
    return n->f;
}

static void run_function(void *user) {
    dfoo_function_run(((net *)user)->f, 0);
}

static void expect_close(const char *what, const float *is, const float *should, int n) {
    for (int i = 0; i < n; i++)
        if (!(fabsf(is[i] - should[i]) <= 1e-5f)) {
            fprintf(stderr, "latency: %s[%d] is %g, not %g\n", what, i, (double)is[i], (double)should[i]);
            exit(1);
        }
}

/* ------------------------------------------------------------------ FANN */

#ifdef BENCH_FANN
static void predict_by_fann(void *user) {
    net *n = user;
    fann_run(n->fann, n->x);
}

static void measure_fann(net *n, const char *what) {
    n->fann = fann_create_standard(3, (unsigned)n->n0, (unsigned)n->n1, 1u);
    fann_set_activation_function_hidden(n->fann, FANN_SIGMOID_SYMMETRIC);
    fann_set_activation_function_output(n->fann, FANN_SIGMOID);
    for (int k = 0; k < n->n0; k++) n->x[k] = n->X[k];
    line(what, "FANN", seconds_of(predict_by_fann, n), "");
    fann_destroy(n->fann);
}
#endif

/* ------------------------------------------------------------------ what is measured */

static net at_work;

static void measure_run(dfoo *d, const char *what, void (*by_hand)(void *)) {
    char   more[60];
    double hand = seconds_of(by_hand, &at_work);
    size_t before = n_allocations;
    double library = seconds_of(run_function, &at_work);
    (void)d;
    snprintf(more, sizeof more, "%zu allocations", n_allocations - before);
    line(what, "by hand", hand, "");
    line(what, "dfoo", library, more);
}

static void measure_prediction(dfoo *d, dfoo_model *model, int n0, int n1) {
    char   what[60];
    float  is;
    snprintf(what, sizeof what, "one prediction of %d-%d-1", n0, n1);
    draw(&at_work, n0, n1, 1);
    dfoo_function *f = compiled(d, model, &at_work, "A2");
    run_function(&at_work);
    predict_by_hand(&at_work);
    is = *(const float *)dfoo_function_get(f, "A2");
    expect_close("A2", &is, at_work.A2, 1);
    measure_run(d, what, predict_by_hand);
#ifdef BENCH_FANN
    measure_fann(&at_work, what);
#endif
    dfoo_function_free(f);
}

static void measure_gradient(dfoo *d, dfoo_model *model) {
    draw(&at_work, 2, 14, 500);
    dfoo_function *f = compiled(d, model, &at_work, NULL);
    run_function(&at_work);
    gradient_by_hand(&at_work);
    expect_close("dW1", dfoo_function_get(f, "dW1"), at_work.dW1, 28);
    expect_close("db1", dfoo_function_get(f, "db1"), at_work.db1, 14);
    expect_close("dW2", dfoo_function_get(f, "dW2"), at_work.dW2, 14);
    expect_close("J", dfoo_function_get(f, "J"), &at_work.J, 1);
    measure_run(d, "57 parameters, 500 examples", gradient_by_hand);
    dfoo_function_free(f);
}

static void compile_once(void *user) {
    dfoo_function *f;
    if (dfoo_compile(user, NULL, &f) == DFOO_OK) dfoo_function_free(f);
}

int main(void) {
    const dfoo_allocator mem = {counted, NULL};
    dfoo                *d;
    dfoo_model          *model;
    if (dfoo_open(&mem, &d) != DFOO_OK) return 1;
    require(d, dfoo_model_read(d, "two_layer", &model));
    measure_prediction(d, model, 2, 4);
    measure_prediction(d, model, 30, 20);
    measure_gradient(d, model);
    line("compiling all gradients", "dfoo", seconds_of(compile_once, model), "");
    dfoo_model_free(model);
    dfoo_close(d);
    return 0;
}

/* One training step (forward pass, backward pass, gradient descent; float32): how long it
 * takes, for the networks of different sizes. Before a time is printed, one step is held
 * against the slow evaluator.
 *
 *   bench/step [-THREADS] [NETWORK..]       T1 T2 T3 T3s T4 T5; all by default, on 2 threads
 */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "run/exec/exec.h"
#include "exec/reference.h"

typedef struct net {
    const char *name;
    size_t      examples, n_layers, width[6];
    const char *hidden; /* the function of the hidden layers; the last one is sigmoid, or softmax if it is wide */
} net;

static const net nets[] = {
    {"T1", 400, 2, {2, 4, 1}, "tanh"},
    {"T2", 209, 4, {12288, 20, 7, 5, 1}, "relu"},
    {"T3", 128, 2, {784, 128, 10}, "relu"},
    {"T3s", 32, 2, {784, 128, 10}, "relu"},
    {"T4", 128, 3, {784, 512, 512, 10}, "relu"},
    {"T5", 512, 4, {1024, 1024, 1024, 1024, 10}, "relu"},
};

/* `format` with the layer's number for %1, the one before for %0, and the one behind for %2 */
static void define(sketch *m, const char *name, size_t layer, const char *format) {
    char text[200], var[20];
    size_t n = 0;
    for (const char *c = format; *c; c++) {
        if (*c == '%') n += (size_t)snprintf(text + n, sizeof text - n, "%zu", layer + (size_t)(*++c - '1'));
        else text[n++] = *c;
    }
    text[n] = 0;
    snprintf(var, sizeof var, "%s%zu", name, layer);
    model_define(m, var, text);
}

static void declare(sketch *m, const net *t) {
    char name[20], rows[20], cols[20];
    snprintf(rows, sizeof rows, "n%zu", t->n_layers);
    model_var(m, VAR_INPUT, "A0", "n0", "m");
    model_var(m, VAR_LABEL, "Y", rows, "m");
    model_const(m, "alpha", 0.0075);
    for (size_t l = 1; l <= t->n_layers; l++) {
        snprintf(rows, sizeof rows, "n%zu", l);
        snprintf(cols, sizeof cols, "n%zu", l - 1);
        snprintf(name, sizeof name, "W%zu", l);
        model_var(m, VAR_PARAM, name, rows, cols);
        snprintf(name, sizeof name, "b%zu", l);
        model_var(m, VAR_PARAM, name, rows, "1");
    }
}

static void define_step(sketch *m, const net *t) {
    bool wide = t->width[t->n_layers] > 1, tanh = strcmp(t->hidden, "tanh") == 0;
    size_t last = t->n_layers;
    for (size_t l = 1; l <= last; l++) {
        define(m, "Z", l, "W%1 @ A%0 + b%1");
        define(m, "A", l, l < last ? (tanh ? "tanh(Z%1)" : "relu(Z%1)") : wide ? "softmax(Z%1, axis=0)" : "sigmoid(Z%1)");
    }
    define(m, "J", last, wide ? "-1/m * sum(Y * log_softmax(Z%1, axis=0))" : "-1/m * sum(Y * log(A%1) + (1 - Y) * log(1 - A%1))");
    define(m, "dZ", last, "A%1 - Y");
    for (size_t l = last; l >= 1; l--) {
        define(m, "dW", l, "1/m * dZ%1 @ A%0.T");
        define(m, "db", l, "1/m * sum(dZ%1, axis=1)");
        if (l > 1) define(m, "dZ", l - 1, tanh ? "W%2.T @ dZ%2 * (1 - A%1**2)" : "W%2.T @ dZ%2 * (Z%1 > 0)");
    }
    for (size_t l = 1; l <= last; l++) {
        define(m, "W", l, "W%1 - alpha * dW%1");
        define(m, "b", l, "b%1 - alpha * db%1");
    }
}

/* Columns of labels that sum to 1, weights that keep values moderate. */
static void tame(reference *r, const net *t) {
    matrix y = r->of[model_find(r->m, "Y")];
    for (size_t j = 0; j < y.cols && y.rows > 1; j++)
        for (size_t i = 0; i < y.rows; i++) y.at[i * y.cols + j] = i == j % y.rows;
    for (size_t l = 1; l <= t->n_layers; l++) {
        char name[20];
        snprintf(name, sizeof name, "W%zu", l);
        matrix w = r->of[model_find(r->m, name)];
        for (size_t i = 0; i < w.rows * w.cols; i++) w.at[i] *= 3 / sqrt((double)w.cols);
    }
}

static double off_by(exec *e, const plan *p, const reference *r) {
    double most = 0;
    for (var_id v = 1; v < r->m->g.vars.n; v++) {
        matrix want = r->of[v], got = want;
        if (!p->of_var[v] || !want.at) continue;
        got.at = calloc(want.rows * want.cols, sizeof(double));
        assert(got.at);
        exec_get(e, v, got.at);
        most = fmax(most, matrix_difference(got, want));
        free(got.at);
    }
    return most;
}

static void set_leaves(exec *e, const plan *p, const reference *r) {
    for (buffer_id b = 1; b < p->buffers.n; b++) {
        var_id v = p->buffers.at[b].var;
        if (p->buffers.at[b].kind == BUFFER_LEAF && r->of[v].at) exec_set(e, v, r->of[v].at);
    }
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The fastest of many short runs, each long enough for the clock. */
static double step_time(exec *e) {
    double best = INFINITY, end = now() + 1;
    exec_run(e);
    double once = now();
    exec_run(e);
    once = now() - once;
    int count = once > 1e-3 ? 1 : (int)(1e-3 / once) + 1;
    do {
        double start = now();
        for (int i = 0; i < count; i++) exec_run(e);
        best = fmin(best, (now() - start) / count);
    } while (now() < end);
    return best;
}

static double arithmetic(const net *t) {
    double sum = 0;
    for (size_t l = 1; l <= t->n_layers; l++)
        sum += (l > 1 ? 6.0 : 4.0) * (double)t->width[l] * (double)t->width[l - 1] * (double)t->examples;
    return sum;
}

static bool run(const net *t, unsigned threads) {
    sketch m;
    plan *p = NULL;
    exec *e = NULL;
    char  name[20];
    bool  open = model_open(&m, mem_default()) == DFOO_OK;
    declare(&m, t);
    define_step(&m, t);
    open = open && model_sizes(&m) == DFOO_OK;
    for (size_t l = 0; open && l <= t->n_layers; l++) {
        snprintf(name, sizeof name, "n%zu", l);
        model_size(&m, name, t->width[l]);
    }
    model_size(&m, "m", t->examples);
    snprintf(name, sizeof name, "J%zu", t->n_layers);
    var_id cost = model_find(&m, name);
    open = open && plan_make(&m.g, &m.a, &m.p, &cost, 1, &p) == DFOO_OK;
    open = open && exec_open(p, &m.g, NULL, EXEC_F32, EXEC_BEST, &m.s, &e) == DFOO_OK && exec_threads(e, threads) == DFOO_OK;
    if (!open) return false;
    reference r = reference_open(&m, 1);
    tame(&r, t);
    set_leaves(e, p, &r);
    exec_run(e);
    reference_run(&r);
    double off = off_by(e, p, &r), time = off < 1e-4 ? step_time(e) : 0;
    if (off < 1e-4) printf("%-4s %10.2f us a step  %7.1f GFLOP/s   off by %.1e\n", t->name, time * 1e6, arithmetic(t) / time * 1e-9, off);
    else printf("%-4s is wrong: off by %g\n", t->name, off);
    reference_close(&r);
    exec_close(e);
    model_close(&m);
    return off < 1e-4;
}

int main(int argc, char **argv) {
    unsigned threads = 2;
    int      wrong = 0, first = 1;
    if (argc > 1 && argv[1][0] == '-') {
        threads = (unsigned)atoi(argv[1] + 1);
        first = 2;
    }
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        bool wanted = argc == first;
        for (int k = first; k < argc; k++) wanted = wanted || strcmp(argv[k], nets[i].name) == 0;
        if (wanted) wrong += !run(&nets[i], threads);
    }
    return wrong != 0;
}

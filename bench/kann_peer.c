/* Training steps of KANN for bench/run.py, by the rules of bench/train.c: reads a number of steps per line, makes
 * them, and answers with the seconds that they took and the cost of the last one. bench/kann builds it.
 *
 *   peer WIDTHS tanh|sigmoid|relu|none sigmoid|softmax|mse M RATE DATA START THREADS
 *
 * DATA: the examples, then the labels, one example after the other; START: W1, b1, W2, .. as they lie; all float32.
 */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kann.h"

enum { MOST_LAYERS = 128 };

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void read_floats(FILE *f, float *to, size_t n) {
    if (!f || fread(to, sizeof *to, n, f) != n) exit(2);
}

static kad_node_t *hidden(kad_node_t *t, const char *name) {
    if (strcmp(name, "tanh") == 0) return kad_tanh(t);
    return strcmp(name, "sigmoid") == 0 ? kad_sigm(t) : kad_relu(t);
}

static kann_t *network(const int *width, int n, const char *name, const char *cost) {
    kad_node_t *t = kann_layer_input(width[0]);
    for (int i = 1; i < n; i++) t = hidden(kann_layer_dense(t, width[i]), name);
    int kind = strcmp(cost, "sigmoid") == 0 ? KANN_C_CEB : strcmp(cost, "softmax") == 0 ? KANN_C_CEM : KANN_C_MSE;
    return kann_new(kann_layer_cost(t, width[n], kind), 0);
}

/* Parameters stand in the order of the layers, a layer's weights and its biases in either. */
static void set_start(kann_t *net, const int *width, int n, FILE *f) {
    int layer[2] = {1, 1};
    for (int i = 1; i <= n; i++) {
        float *value[2] = {NULL, NULL};
        for (int kind = 0; kind < 2; kind++) {
            int seen = 0;
            for (int k = 0; k < net->n && !value[kind]; k++)
                if (kad_is_var(net->v[k]) && (net->v[k]->n_d == 1) == kind && ++seen == layer[kind])
                    value[kind] = net->v[k]->x;
            layer[kind]++;
        }
        read_floats(f, value[0], (size_t)width[i] * (size_t)width[i - 1]);
        read_floats(f, value[1], (size_t)width[i]);
    }
}

int main(int argc, char **argv) {
    int width[MOST_LAYERS], n = -1;
    if (argc != 9) return 2;
    for (char *at = strtok(argv[1], ","); at && n + 1 < MOST_LAYERS; at = strtok(NULL, ",")) width[++n] = atoi(at);
    kann_t *net = network(width, n, argv[2], argv[3]);
    size_t  m = (size_t)atoi(argv[4]), in = m * (size_t)width[0], out = m * (size_t)width[n];
    float  *x = malloc(in * sizeof *x), *y = malloc(out * sizeof *y), rate = (float)atof(argv[5]), scale = 1;
    FILE   *data = fopen(argv[6], "rb"), *start = fopen(argv[7], "rb");
    read_floats(data, x, in);
    read_floats(data, y, out);
    set_start(net, width, n, start);
    if (strcmp(argv[3], "mse") == 0) scale = (float)width[n]; /* KANN's mean is over the entries, too */
    if (atoi(argv[8]) > 1 && (int)m >= atoi(argv[8])) kann_mt(net, atoi(argv[8]), (int)m);
    kann_set_batch_size(net, (int)m);
    kann_switch(net, 1);
    kann_feed_bind(net, KANN_F_IN, 0, &x);
    kann_feed_bind(net, KANN_F_TRUTH, 0, &y);
    int  n_values = kann_size_var(net);
    char line[64];
    puts("ready");
    fflush(stdout);
    while (fgets(line, sizeof line, stdin)) {
        long   steps = strtol(line, NULL, 10);
        float  cost = 0;
        double began = now();
        for (long i = 0; i < steps; i++) {
            cost = kann_cost(net, 0, 1) * scale;
            for (int k = 0; k < n_values; k++) net->x[k] -= rate * scale * net->g[k];
        }
        printf("%.9f %.9g\n", now() - began, (double)cost);
        fflush(stdout);
    }
    return 0;
}

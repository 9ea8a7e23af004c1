/* A backward pass written by hand in C, held against dfoo's: what to do with a gradient that one
 * does not trust. The network is the two-layer one; with an argument, the 1/m of db2 is forgotten.
 *
 *   cc gradient_check.c $(pkg-config --cflags --libs dfoo) -lm && ./a.out && ! ./a.out wrong
 */
#include <math.h>
#include <stdio.h>

#include <dfoo.h>

enum { N0 = 3, N1 = 4, M = 7 }; /* all different: a transpose that is forgotten is noticed */

typedef struct network {
    double X[N0][M], Y[1][M], W1[N1][N0], b1[N1][1], W2[1][N1], b2[1][1];
} network;

typedef struct gradient {
    double dW1[N1][N0], db1[N1][1], dW2[1][N1], db2[1][1];
} gradient;

/* ---------------------------------------------------------- what is checked */

static void forward(const network *n, double A1[N1][M], double A2[M]) {
    for (int t = 0; t < M; t++) {
        double z2 = n->b2[0][0];
        for (int i = 0; i < N1; i++) {
            double z1 = n->b1[i][0];
            for (int k = 0; k < N0; k++) z1 += n->W1[i][k] * n->X[k][t];
            A1[i][t] = tanh(z1);
            z2 += n->W2[0][i] * A1[i][t];
        }
        A2[t] = 1 / (1 + exp(-z2));
    }
}

static void backward(const network *n, int forget, gradient *g) {
    double A1[N1][M], A2[M];
    forward(n, A1, A2);
    *g = (gradient){0};
    for (int t = 0; t < M; t++) {
        double dz2 = A2[t] - n->Y[0][t];
        g->db2[0][0] += forget ? dz2 : dz2 / M;
        for (int i = 0; i < N1; i++) {
            double dz1 = n->W2[0][i] * dz2 * (1 - A1[i][t] * A1[i][t]);
            g->dW2[0][i] += dz2 * A1[i][t] / M;
            g->db1[i][0] += dz1 / M;
            for (int k = 0; k < N0; k++) g->dW1[i][k] += dz1 * n->X[k][t] / M;
        }
    }
}

/* ----------------------------------------------------------------- the check */

/* Any numbers will do, if they are all different and not too large. */
static void fill(double *at, size_t n, double from) {
    for (size_t i = 0; i < n; i++) at[i] = sin(from + 1.7 * (double)i);
}

static void fill_network(network *n) {
    fill(&n->X[0][0], sizeof n->X / sizeof(double), 0.3);
    fill(&n->W1[0][0], sizeof n->W1 / sizeof(double), 1.1);
    fill(&n->b1[0][0], sizeof n->b1 / sizeof(double), 2.2);
    fill(&n->W2[0][0], sizeof n->W2 / sizeof(double), 3.3);
    fill(&n->b2[0][0], sizeof n->b2 / sizeof(double), 4.4);
    for (int t = 0; t < M; t++) n->Y[0][t] = t % 3 == 0;
}

static dfoo_status give(dfoo_arrays *set, const network *n) {
    dfoo_status status = dfoo_arrays_add_matrix(set, "X", N0, M, &n->X[0][0], NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "Y", 1, M, &n->Y[0][0], NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "W1", N1, N0, &n->W1[0][0], NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "b1", N1, 1, &n->b1[0][0], NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "W2", 1, N1, &n->W2[0][0], NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "b2", 1, 1, &n->b2[0][0], NULL);
    return status;
}

/* Says how far mine is from dfoo's; is it the same but for rounding? */
static int same(const dfoo_arrays *theirs, const char *name, const double *mine, size_t n) {
    const double *right = dfoo_arrays_get(theirs, name)->data;
    double        far = 0, ratio = 0;
    for (size_t i = 0; i < n; i++) {
        far = fmax(far, fabs(mine[i] - right[i]));
        ratio += mine[i] / right[i] / (double)n;
    }
    int fits = far < 1e-12;
    printf("%-4s %s, largest difference %.1e", name, fits ? "right" : "WRONG", far);
    if (!fits) printf("; on average %.3g times dfoo's", ratio);
    printf("\n");
    return fits;
}

static int compare(const dfoo_arrays *theirs, const gradient *mine) {
    int fits = same(theirs, "dW1", &mine->dW1[0][0], sizeof mine->dW1 / sizeof(double));
    fits &= same(theirs, "db1", &mine->db1[0][0], sizeof mine->db1 / sizeof(double));
    fits &= same(theirs, "dW2", &mine->dW2[0][0], sizeof mine->dW2 / sizeof(double));
    fits &= same(theirs, "db2", &mine->db2[0][0], sizeof mine->db2 / sizeof(double));
    return fits;
}

int main(int argc, char **argv) {
    (void)argv;
    network      n;
    gradient     mine;
    dfoo        *d = NULL;
    dfoo_model  *model = NULL;
    dfoo_arrays *given = NULL, *theirs = NULL;
    fill_network(&n);
    backward(&n, argc > 1, &mine);

    dfoo_status status = dfoo_open(NULL, &d);
    if (status != DFOO_OK) return 2;
    status = dfoo_model_read(d, "two_layer", &model);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &given);
    if (status == DFOO_OK) status = give(given, &n);
    if (status == DFOO_OK) status = dfoo_grad(model, given, NULL, &theirs);
    int code = 2;
    if (status == DFOO_OK)
        code = compare(theirs, &mine) ? 0 : 1;
    else
        fprintf(stderr, "%s\n%s", dfoo_status_text(status), dfoo_messages(d));
    dfoo_arrays_free(theirs);
    dfoo_arrays_free(given);
    dfoo_model_free(model);
    dfoo_close(d);
    return code;
}

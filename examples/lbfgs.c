/* An optimiser of one's own: L-BFGS of the library liblbfgs, which asks for the cost and its gradient; dfoo
 * has them from a compiled function that reads the optimiser's own vector. Fits the two-layer network to xor.
 *
 *   cc lbfgs.c $(pkg-config --cflags --libs dfoo) -llbfgs -lm */
#include <dfoo.h>
#include <lbfgs.h>

#include <stdio.h>
#include <string.h>

enum { N0 = 2, N1 = 4, M = 4, PARAMETERS = N1 * N0 + N1 + N1 + 1 };

/* A parameter as a piece of the optimiser's vector. */
typedef struct piece {
    const char *name, *gradient;
    size_t      at, rows, cols;
} piece;

static const piece pieces[] = {{"W1", "dW1", 0, N1, N0},
                               {"b1", "db1", N1 * N0, N1, 1},
                               {"W2", "dW2", N1 * N0 + N1, 1, N1},
                               {"b2", "db2", N1 * N0 + 2 * N1, 1, 1}};
enum { PIECES = sizeof pieces / sizeof *pieces };

/* The vectors of the optimiser move, so they are bound at each call; that costs no more than a few
 * comparisons. */
static lbfgsfloatval_t cost(void *user, const lbfgsfloatval_t *x, lbfgsfloatval_t *g, const int n,
                            const lbfgsfloatval_t step) {
    dfoo_function *f = user;
    (void)n;
    (void)step;
    for (int i = 0; i < PIECES; i++) {
        const piece *p = &pieces[i];
        dfoo_function_bind(f, p->name, x + p->at, p->rows, p->cols);
        dfoo_function_bind_output(f, p->gradient, g + p->at, p->rows, p->cols);
    }
    if (dfoo_function_run(f, 0) != DFOO_OK) return 0;
    return *(const double *)dfoo_function_get(f, "J");
}

static int show(void *user, const lbfgsfloatval_t *x, const lbfgsfloatval_t *g, const lbfgsfloatval_t J,
                const lbfgsfloatval_t norm_x, const lbfgsfloatval_t norm_g, const lbfgsfloatval_t step, int n, int k,
                int tries) {
    (void)user, (void)x, (void)g, (void)norm_x, (void)norm_g, (void)step, (void)n, (void)tries;
    if (k % 5 == 0) printf("iteration %d: J = %.6f\n", k, J);
    return 0;
}

static int minimise(dfoo_function *f) {
    static const double X[N0 * M] = {0, 0, 1, 1, 0, 1, 0, 1}, Y[M] = {0, 1, 1, 0};
    lbfgsfloatval_t    *x = lbfgs_malloc(PARAMETERS), J = 1;
    lbfgs_parameter_t   how;
    if (!x || dfoo_function_bind(f, "X", X, N0, M) != DFOO_OK ||
        dfoo_function_bind(f, "Y", Y, 1, M) != DFOO_OK) return 1;
    for (int i = 0; i < PARAMETERS; i++) x[i] = ((i * 37) % 17 - 8) / 8.0; /* no two units begin alike */
    lbfgs_parameter_init(&how);
    how.max_iterations = 30;
    lbfgs(PARAMETERS, x, &J, cost, show, f, &how);
    lbfgs_free(x);
    printf("J = %s\n", J < 1e-3 ? "less than 0.001" : "too large");
    return J >= 1e-3;
}

int main(void) {
    dfoo          *d;
    dfoo_model    *model = NULL;
    dfoo_function *f = NULL;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    dfoo_status status = dfoo_model_read(d, "two_layer", &model);
    if (status == DFOO_OK) status = dfoo_compile(model, NULL, &f);
    int failed = status != DFOO_OK || minimise(f);
    if (*dfoo_messages(d)) fputs(dfoo_messages(d), stderr);
    dfoo_function_free(f);
    dfoo_model_free(model);
    dfoo_close(d);
    return failed;
}

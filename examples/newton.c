/* Second derivatives at work: Newton's method trains the logistic regression, each of its steps solved by
 * conjugate gradients, which ask for nothing but products of the Hessian with directions; then Lanczos' method
 * finds the largest and the smallest eigenvalue of the Hessian at the minimum.
 *
 *   cc newton.c $(pkg-config --cflags --libs dfoo) -lm */
#include <dfoo.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 10, M = 400, PARAMETERS = N + 1 };

/* The first N entries of a vector are w, the last is b; the functions read and write them there. */
typedef struct problem {
    dfoo_function *gradient, *product;
    double         x[PARAMETERS], g[PARAMETERS], v[PARAMETERS], Hv[PARAMETERS];
} problem;

static double dot(const double *x, const double *y) {
    double sum = 0;
    for (int i = 0; i < PARAMETERS; i++) sum += x[i] * y[i];
    return sum;
}

/* y += factor * x */
static void add(double *y, double factor, const double *x) {
    for (int i = 0; i < PARAMETERS; i++) y[i] += factor * x[i];
}

/* ------------------------------------------------------------------ the model */

/* Numbers that look random, from -1 to 1. */
static double draw(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return (*state >> 8) / 8388608.0 - 1;
}

/* Features of very different sizes, on which plain gradient descent would crawl; a fifth of the labels is by
 * chance. */
static void make_data(double *X, double *Y) {
    unsigned state = 1;
    for (int t = 0; t < M; t++) {
        double z = 0.5;
        for (int i = 0; i < N; i++) {
            double x = draw(&state);
            X[i * M + t] = x * pow(2, i - 5);
            z += (i % 3 - 1) * x;
        }
        Y[t] = draw(&state) > 0.6 ? draw(&state) > 0 : z > 0;
    }
}

static dfoo_status bind(problem *p, const double *X, const double *Y) {
    const struct {
        dfoo_function *of;
        const char    *name;
        const double  *at;
        size_t         rows, cols;
    } inputs[] = {{p->gradient, "X", X, N, M},         {p->product, "X", X, N, M},
                  {p->gradient, "Y", Y, 1, M},         {p->product, "Y", Y, 1, M},
                  {p->gradient, "w", p->x, N, 1},      {p->product, "w", p->x, N, 1},
                  {p->gradient, "b", p->x + N, 1, 1},  {p->product, "b", p->x + N, 1, 1},
                  {p->product, "w_dot", p->v, N, 1},   {p->product, "b_dot", p->v + N, 1, 1}};
    dfoo_status status = DFOO_OK;
    for (size_t i = 0; status == DFOO_OK && i < sizeof inputs / sizeof *inputs; i++)
        status = dfoo_function_bind(inputs[i].of, inputs[i].name, inputs[i].at, inputs[i].rows, inputs[i].cols);
    if (status == DFOO_OK) status = dfoo_function_bind_output(p->gradient, "dw", p->g, N, 1);
    if (status == DFOO_OK) status = dfoo_function_bind_output(p->gradient, "db", p->g + N, 1, 1);
    if (status == DFOO_OK) status = dfoo_function_bind_output(p->product, "Hw", p->Hv, N, 1);
    if (status == DFOO_OK) status = dfoo_function_bind_output(p->product, "Hb", p->Hv + N, 1, 1);
    return status;
}

/* The cost at p->x, and its gradient to p->g. */
static double cost(problem *p) {
    if (dfoo_function_run(p->gradient, 0) != DFOO_OK) return NAN;
    return *(const double *)dfoo_function_get(p->gradient, "J");
}

/* The Hessian at p->x times v, to p->Hv. */
static const double *times(problem *p, const double *v) {
    memcpy(p->v, v, sizeof p->v);
    dfoo_function_run(p->product, 0);
    return p->Hv;
}

/* ------------------------------------------------------------- Newton's method */

/* Solves H step = -g by conjugate gradients, the more closely the smaller g is; how many products it took. */
static int solve(problem *p, double *step) {
    double r[PARAMETERS], d[PARAMETERS], before = dot(p->g, p->g);
    double goal = before * fmin(0.25, sqrt(before));
    int    k = 0;
    memset(step, 0, sizeof r);
    for (int i = 0; i < PARAMETERS; i++) d[i] = r[i] = -p->g[i];
    for (double now = before; now > goal && k < 2 * PARAMETERS; k++, before = now) {
        const double *Hd = times(p, d);
        double        alpha = before / dot(d, Hd);
        add(step, alpha, d);
        add(r, -alpha, Hd);
        now = dot(r, r);
        for (int i = 0; i < PARAMETERS; i++) d[i] = r[i] + now / before * d[i];
    }
    return k;
}

/* Goes along the step, half as far as long as the cost does not fall enough. */
static double walk(problem *p, double J, const double *step) {
    double slope = dot(p->g, step), from[PARAMETERS], now = J;
    memcpy(from, p->x, sizeof from);
    for (double t = 1; t > 1e-6; t /= 2) {
        memcpy(p->x, from, sizeof from);
        add(p->x, t, step);
        now = cost(p);
        if (now <= J + 1e-4 * t * slope) break;
    }
    return now;
}

static int minimise(problem *p) {
    double J = cost(p), step[PARAMETERS];
    int    products = 0;
    for (int k = 1; k <= 20 && sqrt(dot(p->g, p->g)) > 1e-10; k++) {
        products += solve(p, step);
        J = walk(p, J, step);
        printf("step %d: J = %.10f, the gradient's length %.1e\n", k, J, sqrt(dot(p->g, p->g)));
    }
    printf("%d products with the Hessian\n", products);
    return sqrt(dot(p->g, p->g)) > 1e-10;
}

/* ---------------------------------------------------------------- eigenvalues */

/* How many eigenvalues of a tridiagonal matrix lie below a number: the negative pivots. */
static int count_below(const double *a, const double *b, double number) {
    double pivot = 1;
    int    n = 0;
    for (int i = 0; i < PARAMETERS; i++) {
        pivot = a[i] - number - (i ? b[i - 1] * b[i - 1] / pivot : 0);
        if (pivot == 0) pivot = 1e-300;
        n += pivot < 0;
    }
    return n;
}

/* The k-th eigenvalue, from 0 on, by halving what it lies in. */
static double eigenvalue(const double *a, const double *b, int k) {
    double low = 0, high = 0;
    for (int i = 0; i < PARAMETERS; i++) high += fabs(a[i]) + 2 * fabs(b[i]);
    for (int i = 0; i < 200; i++) {
        double middle = (low + high) / 2;
        if (count_below(a, b, middle) > k) high = middle;
        else low = middle;
    }
    return high;
}

/* Lanczos: in an orthonormal basis q of v, Hv, HHv, .. the Hessian is tridiagonal. */
static void show_eigenvalues(problem *p) {
    double q[PARAMETERS + 1][PARAMETERS] = {{0}}, a[PARAMETERS] = {0}, b[PARAMETERS] = {0};
    for (int i = 0; i < PARAMETERS; i++) q[0][i] = 1 / sqrt(PARAMETERS);
    for (int k = 0; k < PARAMETERS; k++) {
        memcpy(q[k + 1], times(p, q[k]), sizeof q[k]);
        a[k] = dot(q[k], q[k + 1]);
        for (int again = 0; again < 2; again++) /* twice is enough */
            for (int i = 0; i <= k; i++) add(q[k + 1], -dot(q[i], q[k + 1]), q[i]);
        b[k] = sqrt(dot(q[k + 1], q[k + 1]));
        for (int i = 0; i < PARAMETERS && b[k] > 0; i++) q[k + 1][i] /= b[k];
    }
    b[PARAMETERS - 1] = 0;
    double largest = eigenvalue(a, b, PARAMETERS - 1), least = eigenvalue(a, b, 0);
    printf("eigenvalues of the Hessian: from %.4g to %.6g, their ratio is %.2g\n", least, largest, largest / least);
    printf("gradient descent would need a learning rate below %.4g\n", 2 / largest);
}

static dfoo_status compile(dfoo_model *model, problem *p) {
    dfoo_compile_options how = DFOO_INIT(dfoo_compile_options);
    dfoo_status          status = dfoo_compile(model, NULL, &p->gradient);
    how.outputs = "Hw,Hb";
    how.hvp = 1;
    return status == DFOO_OK ? dfoo_compile(model, &how, &p->product) : status;
}

int main(void) {
    static double  X[N * M], Y[M];
    static problem p;
    dfoo          *d;
    dfoo_model    *model = NULL;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    make_data(X, Y);
    dfoo_status status = dfoo_model_read(d, "logistic", &model);
    if (status == DFOO_OK) status = compile(model, &p);
    if (status == DFOO_OK) status = bind(&p, X, Y);
    int failed = status != DFOO_OK || minimise(&p);
    if (!failed) show_eigenvalues(&p);
    if (*dfoo_messages(d)) fputs(dfoo_messages(d), stderr);
    dfoo_function_free(p.gradient);
    dfoo_function_free(p.product);
    dfoo_model_free(model);
    dfoo_close(d);
    return failed;
}

/* A model that no text was written for: layers from a list of numbers, with the builders of dfoo.h; then its
 * gradients from a compiled function, and gradient descent by hand. */
#include <dfoo.h>

#include <math.h>
#include <stdio.h>

enum { LAYERS = 3, POINTS = 16 };
static const char *const units[LAYERS + 1] = {"1", "8", "8", "1"};
static const int         width[LAYERS + 1] = {1, 8, 8, 1};

/* A[l] = tanh(W[l] @ A[l-1] + b[l]), the last one without tanh; half the mean squared error. */
static dfoo_status build(dfoo *d, dfoo_model **out) {
    dfoo_builder *b;
    char          name[16];
    *out = NULL;
    if (dfoo_build_begin(d, "layers", &b) != DFOO_OK) return DFOO_ENOMEM;
    dfoo_term a = dfoo_build_input(b, "X", units[0], "m"), Y = dfoo_build_label(b, "Y", units[LAYERS], "m");
    for (int l = 1; l <= LAYERS; l++) {
        snprintf(name, sizeof name, "W%d", l);
        dfoo_term W = dfoo_build_param(b, name, units[l], units[l - 1], NULL);
        snprintf(name, sizeof name, "b%d", l);
        dfoo_term bias = dfoo_build_param(b, name, units[l], "1", NULL);
        snprintf(name, sizeof name, "Z%d", l);
        a = dfoo_build_name(b, name, dfoo_build_add(b, dfoo_build_matmul(b, W, a), bias));
        snprintf(name, sizeof name, "A%d", l);
        if (l < LAYERS) a = dfoo_build_name(b, name, dfoo_build_apply(b, "tanh", a, 0, 0));
    }
    dfoo_term error = dfoo_build_pow(b, dfoo_build_sub(b, a, Y), dfoo_build_number(b, 2));
    dfoo_term half = dfoo_build_number(b, 0.5);
    dfoo_build_minimize(b, dfoo_build_name(b, "J",
                                           dfoo_build_mul(b, half, dfoo_build_mean(b, error, DFOO_ALL))));
    dfoo_build_predict(b, a);
    dfoo_status status = dfoo_build_end(b, out);
    dfoo_build_free(b);
    return status;
}

/* All parameters, one behind the other, and where each begins. */
typedef struct parameter {
    char         name[16], gradient[20];
    double      *at;
    int          n;
    const double *d;
} parameter;

static double values[200];

static dfoo_status bind_parameters(dfoo_function *f, parameter *list) {
    double  *at = values;
    unsigned seed = 7;
    for (int l = 1; l <= LAYERS; l++)
        for (int bias = 0; bias < 2; bias++) {
            parameter *p = &list[2 * (l - 1) + bias];
            int        cols = bias ? 1 : width[l - 1];
            *p = (parameter){.at = at, .n = width[l] * cols};
            snprintf(p->name, sizeof p->name, "%c%d", bias ? 'b' : 'W', l);
            snprintf(p->gradient, sizeof p->gradient, "d%s", p->name);
            for (int i = 0; i < p->n; i++) {
                seed = seed * 1664525u + 1013904223u;
                at[i] = bias ? 0 : ((double)(seed >> 8) / (1 << 24) - 0.5) * 2 / sqrt(cols);
            }
            dfoo_status status = dfoo_function_bind(f, p->name, at, (size_t)width[l], (size_t)cols);
            if (status != DFOO_OK) return status;
            at += p->n;
        }
    return DFOO_OK;
}

static dfoo_status descend(dfoo_function *f, parameter *list) {
    double X[POINTS], Y[POINTS];
    for (int i = 0; i < POINTS; i++) {
        X[i] = -1 + 2.0 * i / (POINTS - 1);
        Y[i] = sin(3 * X[i]);
    }
    dfoo_status status = dfoo_function_bind(f, "X", X, 1, POINTS);
    if (status == DFOO_OK) status = dfoo_function_bind(f, "Y", Y, 1, POINTS);
    for (int step = 0; step <= 3000 && status == DFOO_OK; step++) {
        status = dfoo_function_run(f, 0);
        if (status != DFOO_OK) break;
        if (step % 1000 == 0)
            printf("step %4d: J = %.5f\n", step, *(const double *)dfoo_function_get(f, "J"));
        for (int k = 0; k < 2 * LAYERS; k++) {
            const double *gradient = dfoo_function_get(f, list[k].gradient);
            for (int i = 0; i < list[k].n; i++) list[k].at[i] -= 0.3 * gradient[i];
        }
    }
    return status;
}

int main(void) {
    dfoo          *d;
    dfoo_model    *model = NULL;
    dfoo_function *f = NULL;
    char          *text = NULL;
    parameter      list[2 * LAYERS];
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    dfoo_status status = build(d, &model);
    if (status == DFOO_OK) status = dfoo_model_text(model, &text);
    if (status == DFOO_OK) fputs(text, stdout);
    if (status == DFOO_OK) status = dfoo_compile(model, NULL, &f);
    if (status == DFOO_OK) status = bind_parameters(f, list);
    if (status == DFOO_OK) status = descend(f, list);
    if (status != DFOO_OK) fprintf(stderr, "%s\n%s", dfoo_status_text(status), dfoo_messages(d));
    dfoo_text_free(d, text);
    dfoo_function_free(f);
    dfoo_model_free(model);
    dfoo_close(d);
    return status != DFOO_OK;
}

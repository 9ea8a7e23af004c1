/* A prediction in a loop of control: a network learns when a cart on a rail has to be pushed, its run is
 * written to a file, and a predictor that is opened from this file alone answers at every tick, without
 * asking for memory.
 *
 *   cc control.c $(pkg-config --cflags --libs dfoo) -lm && ./a.out
 */
#include <math.h>
#include <stdio.h>

#include <dfoo.h>

enum { SITUATIONS = 400, TICKS = 300 };

static const char controller[] = "size  n1 = 8\n"
                                 "input X  : (2, m)\n"
                                 "label Y  : (1, m)\n"
                                 "param W1 : (n1, 2) ~ xavier\n"
                                 "param b1 : (n1, 1) ~ zeros\n"
                                 "param W2 : (1, n1) ~ xavier\n"
                                 "A1 = tanh(W1 @ X + b1)\n"
                                 "F  = W2 @ A1\n"
                                 "J  = 1/(2*m) * sum((F - Y)**2)\n"
                                 "minimize J\n"
                                 "predict  F\n";

/* What an expert would do: pull back, and brake; never harder than 1. */
static double expert(double place, double speed) {
    return tanh(-2 * place - 1.5 * speed);
}

static dfoo_status watch_expert(dfoo_arrays *set) {
    dfoo_array *x, *y;
    dfoo_status status = dfoo_arrays_add_matrix(set, "X", 2, SITUATIONS, NULL, &x);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "Y", 1, SITUATIONS, NULL, &y);
    for (int j = 0; status == DFOO_OK && j < SITUATIONS; j++) {
        x->data[j] = (j % 20) / 10.0 - 0.95;
        x->data[SITUATIONS + j] = (j / 20) / 10.0 - 0.95;
        y->data[j] = expert(x->data[j], x->data[SITUATIONS + j]);
    }
    return status;
}

static dfoo_status learn(dfoo *d, const char *file) {
    dfoo_model  *model = NULL;
    dfoo_arrays *seen = NULL, *run = NULL;
    dfoo_status  status = dfoo_model_parse(d, "controller.eq", controller, sizeof controller - 1, &model);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &seen);
    if (status == DFOO_OK) status = watch_expert(seen);
    if (status == DFOO_OK)
        status = dfoo_train(model,
                            DFOO_WITH(dfoo_train_options, .arrays = seen, .optimizer = "adam",
                                      .learning_rate = 0.02, .epochs = 500, .file = file, .restart = 1),
                            &run, NULL);
    dfoo_arrays_free(run);
    dfoo_arrays_free(seen);
    dfoo_model_free(model);
    return status;
}

/* The cart, 20 times a second. */
static void drive(dfoo_predictor *p) {
    double state[2] = {0.9, 0.4}, force = 0; /* place, speed */
    for (int tick = 0; tick < TICKS; tick++) {
        if (dfoo_predictor_run(p, state, 1, &force) != DFOO_OK) return;
        state[1] += 0.05 * force;
        state[0] += 0.05 * state[1];
        if (tick % 60 == 0)
            printf("%4.1f s: at %6.3f, speed %6.3f, force %6.3f\n", tick * 0.05, state[0], state[1], force);
    }
    printf("at rest: %s\n", fabs(state[0]) < 0.05 && fabs(state[1]) < 0.05 ? "yes" : "no");
}

int main(void) {
    static const char file[] = "controller.npz";
    dfoo             *d;
    dfoo_predictor   *p;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    dfoo_status status = learn(d, file);
    if (status == DFOO_OK) status = dfoo_predictor_open(d, file, &p);
    if (status == DFOO_OK) {
        drive(p);
        dfoo_predictor_close(p);
    } else {
        fputs(dfoo_messages(d), stderr);
    }
    remove(file);
    dfoo_close(d);
    return status == DFOO_OK ? 0 : 1;
}

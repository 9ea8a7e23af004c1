/* A program that learns while it runs, without a file: the model is a string, the examples and the
 * parameters are arrays, and all memory comes from the program's own allocator, which counts it.
 *
 * It learns one period of a sine from noisy readings and then answers single questions.
 *
 *   cc embedded.c $(pkg-config --cflags --libs dfoo) -lm && ./a.out
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <dfoo.h>

enum { READINGS = 200 };

static const char curve[] = "size  n1 = 12\n"
                            "input X  : (1, m)\n"
                            "label Y  : (1, m)\n"
                            "param W1 : (n1, 1) ~ uniform(-4, 4)\n"
                            "param b1 : (n1, 1) ~ uniform(-2, 2)\n"
                            "param W2 : (1, n1) ~ xavier\n"
                            "param b2 : (1, 1)  ~ zeros\n"
                            "A1 = tanh(W1 @ X + b1)\n"
                            "A2 = W2 @ A1 + b2\n"
                            "J  = 1/(2*m) * sum((A2 - Y)**2)\n"
                            "minimize J\n"
                            "predict  A2\n";

typedef struct meter {
    size_t used, most;
} meter;

/* The allocator of dfoo.h: malloc, realloc and free in one, and the sizes are told. */
static void *counted(void *user, void *block, size_t old_size, size_t new_size) {
    meter *m = user;
    void  *moved = NULL;
    if (new_size)
        moved = realloc(block, new_size);
    else
        free(block);
    if (new_size && !moved) return NULL; /* the old block stays */
    m->used = m->used - old_size + new_size;
    if (m->used > m->most) m->most = m->used;
    return moved;
}

/* Something like noise in [-0.1, 0.1]. */
static double noise(void) {
    static unsigned state = 1;
    state = state * 1103515245U + 12345U;
    return ((double)(state >> 16 & 0x7FFF) / 0x7FFF - 0.5) / 5;
}

/* The readings, as columns of a 1 x READINGS matrix. */
static dfoo_status take_readings(dfoo *d, dfoo_arrays **out) {
    dfoo_array *x, *y;
    dfoo_status status = dfoo_arrays_new(d, out);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(*out, "X", 1, READINGS, NULL, &x);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(*out, "Y", 1, READINGS, NULL, &y);
    for (int i = 0; status == DFOO_OK && i < READINGS; i++) {
        x->data[i] = 2.0 * i / (READINGS - 1) - 1; /* an array stays where it is while others are added */
        y->data[i] = sin(3.14159265 * x->data[i]) + noise();
    }
    return status;
}

/* What the model answers to one x. */
static dfoo_status ask(dfoo *d, dfoo_model *model, const dfoo_arrays *run, double x, double *answer) {
    dfoo_arrays *question = NULL, *out = NULL;
    dfoo_status  status = dfoo_arrays_new(d, &question);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(question, "X", 1, 1, &x, NULL);
    dfoo_predict_options how = {.size = sizeof how, .arrays = question};
    if (status == DFOO_OK) status = dfoo_predict(model, run, &how, &out, NULL);
    if (status == DFOO_OK) *answer = dfoo_arrays_get(out, "A2")->data[0];
    dfoo_arrays_free(out);
    dfoo_arrays_free(question);
    return status;
}

static dfoo_status learn_and_answer(dfoo *d) {
    dfoo_model   *model = NULL;
    dfoo_arrays  *readings = NULL, *run = NULL;
    dfoo_progress last = DFOO_INIT(dfoo_progress);
    dfoo_status   status = dfoo_model_parse(d, "curve", curve, sizeof curve - 1, &model);
    if (status == DFOO_OK) status = take_readings(d, &readings);
    dfoo_train_options how = {.size = sizeof how, .arrays = readings, .epochs = 300, .batch = 20,
                              .optimizer = "adam", .learning_rate = 0.01, .threads = 1};
    if (status == DFOO_OK) status = dfoo_train(model, &how, &run, &last);
    if (status == DFOO_OK) printf("cost after %zu epochs: %.4f\n", last.epoch, last.cost);
    for (int i = -3; status == DFOO_OK && i <= 3; i++) {
        double x = i / 4.0, answer;
        status = ask(d, model, run, x, &answer);
        if (status == DFOO_OK) printf("%5.2f: %6.2f, the sine is %6.2f\n", x, answer, sin(3.14159265 * x));
    }
    dfoo_arrays_free(run);
    dfoo_arrays_free(readings);
    dfoo_model_free(model);
    return status;
}

int main(void) {
    meter          m = {0};
    dfoo_allocator memory = {.realloc = counted, .user = &m};
    dfoo          *d;
    dfoo_status    status = dfoo_open(&memory, &d);
    if (status == DFOO_OK) {
        status = learn_and_answer(d);
        if (status != DFOO_OK) fprintf(stderr, "%s\n%s", dfoo_status_text(status), dfoo_messages(d));
        dfoo_close(d);
    }
    printf("memory: at most %zu KiB, at the end %zu\n", m.most / 1024, m.used);
    return status == DFOO_OK ? 0 : 2;
}

/* Data that does not fit into memory: a function puts each mini-batch into memory that it is given. Here a
 * million examples come from a formula; a file or a network would be read in the same place. A sample of a
 * thousand says how large an example is, and is what the scores are about.
 *
 *   cc stream.c $(pkg-config --cflags --libs dfoo) -lm && ./a.out
 */
#include <math.h>
#include <stdio.h>

#include <dfoo.h>

enum { ALL = 1000000, BATCH = 5000, SAMPLE = 1000 };

static const char network[] = "size  n1 = 10\n"
                              "input X  : (n0, m)\n"
                              "label Y  : (1, m)\n"
                              "param W1 : (n1, n0) ~ xavier\n"
                              "param b1 : (n1, 1) ~ zeros\n"
                              "param W2 : (1, n1) ~ xavier\n"
                              "param b2 : (1, 1)  ~ zeros\n"
                              "A1 = tanh(W1 @ X + b1)\n"
                              "A2 = sigmoid(W2 @ A1 + b2)\n"
                              "J  = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\n"
                              "minimize J\n"
                              "predict  A2\n";

/* Is a point of the square in the circle? Points number `first` on, as columns. */
static void make_points(size_t first, size_t n, double *x, double *y) {
    for (size_t j = 0; j < n; j++) {
        double a = fmod((double)(first + j) * 0.6180339887, 1) * 2 - 1,
               b = fmod((double)(first + j) * 0.7548776662, 1) * 2 - 1;
        x[j] = a;
        x[n + j] = b;
        y[j] = a * a + b * b < 0.6;
    }
}

static int fill(void *user, size_t epoch, size_t first, dfoo_arrays *batch) {
    dfoo_array *x = dfoo_arrays_get(batch, "X"), *y = dfoo_arrays_get(batch, "Y");
    (void)epoch;
    make_points(first, x->dim[1], x->data, y->data);
    ++*(size_t *)user;
    return 0; /* anything else: it could not be read */
}

static dfoo_status make_sample(dfoo_arrays *set) {
    dfoo_array *x, *y;
    dfoo_status status = dfoo_arrays_add_matrix(set, "X", 2, SAMPLE, NULL, &x);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "Y", 1, SAMPLE, NULL, &y);
    if (status == DFOO_OK) make_points(ALL, SAMPLE, x->data, y->data);
    return status;
}

static dfoo_status train(dfoo_model *model, dfoo_arrays *sample) {
    size_t        batches = 0;
    dfoo_trainer *t;
    dfoo_progress now = DFOO_INIT(dfoo_progress);
    dfoo_status   status = dfoo_trainer_open(model,
                                             DFOO_WITH(dfoo_train_options, .arrays = sample, .fill = fill,
                                                       .fill_examples = ALL, .user = &batches, .batch = BATCH,
                                                       .optimizer = "adam", .learning_rate = 0.02, .epochs = 2),
                                             &t);
    while (status == DFOO_OK) {
        status = dfoo_trainer_epoch(t, NULL);
        if (status == DFOO_OK) status = dfoo_trainer_score(t, &now);
        if (status == DFOO_OK)
            printf("epoch %zu, %zu batches: %.1f%% of the sample are right\n", now.epoch, batches,
                   100 * now.metric);
    }
    dfoo_trainer_close(t);
    return status == DFOO_NO ? DFOO_OK : status; /* all epochs are done */
}

int main(void) {
    dfoo        *d;
    dfoo_model  *model = NULL;
    dfoo_arrays *sample = NULL;
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    dfoo_status status = dfoo_model_parse(d, "network.eq", network, sizeof network - 1, &model);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &sample);
    if (status == DFOO_OK) status = make_sample(sample);
    if (status == DFOO_OK) status = train(model, sample);
    if (status != DFOO_OK) fputs(dfoo_messages(d), stderr);
    dfoo_arrays_free(sample);
    dfoo_model_free(model);
    dfoo_close(d);
    return status == DFOO_OK ? 0 : 1;
}

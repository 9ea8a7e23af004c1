/* Training with a rule of one's own about when to stop: behind each epoch a function sees the costs, keeps a
 * copy of the best parameters, halves the learning rate where nothing gets better, and ends it in time.
 *
 *   cc early_stopping.c $(pkg-config --cflags --libs dfoo) -lm && ./a.out
 */
#include <math.h>
#include <stdio.h>

#include <dfoo.h>

enum { EXAMPLES = 160, FEATURES = 6, PATIENCE = 10 };

static const char network[] = "size  n1 = 12\n"
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

typedef struct watcher {
    double       best;
    size_t       epoch; /* of the best */
    int          halved;
    dfoo_arrays *parameters;
} watcher;

static int behind_epoch(void *user, dfoo_trainer *t, const dfoo_progress *now) {
    watcher      *w = user;
    dfoo_progress score = DFOO_INIT(dfoo_progress);
    if (dfoo_trainer_score(t, &score) != DFOO_OK) return 1;
    if (now->epoch == 1 || score.test_cost < w->best) {
        w->best = score.test_cost;
        w->epoch = now->epoch;
        return dfoo_trainer_parameters(t, w->parameters) != DFOO_OK;
    }
    if (now->epoch - w->epoch < PATIENCE) return 0;
    if (w->halved++ == 3) return 1;
    w->epoch = now->epoch; /* another chance, with shorter steps */
    return dfoo_trainer_set_learning_rate(t, dfoo_trainer_learning_rate(t) / 2) != DFOO_OK;
}

/* Noisy: one label in ten is wrong, so that a network of this size learns the noise in the end. */
static dfoo_status make_examples(dfoo_arrays *set) {
    dfoo_array *x, *y;
    dfoo_status status = dfoo_arrays_add_matrix(set, "X", FEATURES, EXAMPLES, NULL, &x);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "Y", 1, EXAMPLES, NULL, &y);
    for (int j = 0; status == DFOO_OK && j < EXAMPLES; j++) {
        for (int i = 0; i < FEATURES; i++) x->data[i * EXAMPLES + j] = sin(j * (1.3 + 0.7 * i) + i);
        y->data[j] = (x->data[j] * x->data[EXAMPLES + j] > 0) != (j % 10 == 3);
    }
    return status;
}

static dfoo_status train(dfoo *d, dfoo_model *model, watcher *w) {
    dfoo_arrays  *examples = NULL, *run = NULL;
    dfoo_progress last = DFOO_INIT(dfoo_progress);
    dfoo_status   status = dfoo_arrays_new(d, &examples);
    if (status == DFOO_OK) status = make_examples(examples);
    if (status == DFOO_OK)
        status = dfoo_train(model,
                            DFOO_WITH(dfoo_train_options, .arrays = examples, .split = 0.3,
                                      .optimizer = "adam", .batch = 16, .learning_rate = 0.02, .epochs = 2000,
                                      .each_epoch = behind_epoch, .user = w),
                            &run, &last);
    if (status == DFOO_OK)
        printf("stopped behind epoch %zu; the test cost was smallest with %.4f, and is %.4f now\n",
               last.epoch, w->best, last.test_cost);
    dfoo_arrays_free(run);
    dfoo_arrays_free(examples);
    return status;
}

int main(void) {
    dfoo       *d;
    dfoo_model *model = NULL;
    watcher     w = {.parameters = NULL};
    if (dfoo_open(NULL, &d) != DFOO_OK) return 1;
    dfoo_status status = dfoo_model_parse(d, "network.eq", network, sizeof network - 1, &model);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &w.parameters);
    if (status == DFOO_OK) status = train(d, model, &w);
    if (status == DFOO_OK)
        printf("the best W1 begins with %.3f\n", dfoo_arrays_get(w.parameters, "W1")->data[0]);
    else
        fputs(dfoo_messages(d), stderr);
    dfoo_arrays_free(w.parameters);
    dfoo_model_free(model);
    dfoo_close(d);
    return status == DFOO_OK ? 0 : 1;
}

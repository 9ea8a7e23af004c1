/* The library from C: derives the two-layer network's backward pass, trains it on four points
 * that no line separates (exclusive or), and predicts.
 *
 *   cc two_layer.c $(pkg-config --cflags --libs dfoo) && ./a.out
 */
#include <stdio.h>

#include <dfoo.h>

static int fail(dfoo *d, const char *what, dfoo_status status) {
    fprintf(stderr, "%s: %s\n%s", what, dfoo_status_text(status), d ? dfoo_messages(d) : "");
    return 2;
}

static void report(void *user, const dfoo_progress *now) {
    (void)user;
    printf("epoch %4zu: cost %.4f\n", now->epoch, now->cost);
}

int main(void) {
    static const double X[] = {0, 0, 1, 1, /**/ 0, 1, 0, 1}, Y[] = {0, 1, 1, 0}; /* 2 x 4 and 1 x 4: a column is an example */
    dfoo        *d = NULL;
    dfoo_model  *model = NULL;
    dfoo_arrays *data = NULL, *run = NULL, *out = NULL;
    char        *text = NULL;
    dfoo_status  status = dfoo_open(NULL, &d);
    if (status == DFOO_OK) status = dfoo_model_read(d, "two_layer", &model);
    if (status == DFOO_OK) status = dfoo_derive(model, NULL, &text);
    if (status != DFOO_OK) return fail(d, "derive", status);
    fputs(text, stdout);

    status = dfoo_arrays_new(d, &data);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(data, "X", 2, 4, X, NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(data, "Y", 1, 4, Y, NULL);
    dfoo_train_options how = {.size = sizeof how, .arrays = data, .epochs = 2000, .learning_rate = 1,
                              .seed = 1, .report = report, .report_every = 500};
    if (status == DFOO_OK) status = dfoo_train(model, &how, &run, NULL);
    dfoo_predict_options use = {.size = sizeof use, .arrays = data};
    if (status == DFOO_OK) status = dfoo_predict(model, run, &use, &out, NULL);
    if (status == DFOO_OK) {
        const dfoo_array *a2 = dfoo_arrays_get(out, "A2");
        for (int i = 0; i < 4; i++) printf("%g xor %g: %.3f\n", X[i], X[4 + i], a2->data[i]);
    }
    int code = status == DFOO_OK ? 0 : fail(d, "train and predict", status);
    dfoo_arrays_free(out);
    dfoo_arrays_free(run);
    dfoo_arrays_free(data);
    dfoo_text_free(d, text);
    dfoo_model_free(model);
    dfoo_close(d);
    return code;
}

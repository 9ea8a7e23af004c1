/* Through the public interface: pictures and confusion matrices of arrays, also while the n-th request
 * for memory is denied, for every n. */
#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

static const char text[] = "input X : (n, m)\nlabel Y : (1, m)\nparam w : (n, 1)\nZ = w.T @ X\nA = sigmoid(Z)\n"
                           "L = -(Y * log(A) + (1 - Y) * log(1 - A))\nJ = 1/m * sum(L)\nminimize J\npredict A\n";

enum { N = 6 };

/* n features, label 1 where the first is positive; w is (1, -1). One label is wrong. */
static dfoo_status fill(dfoo *d, size_t n, dfoo_arrays **data, dfoo_arrays **run) {
    static const double x[2 * N] = {-3, -2, -1, 1, 2, 3, 0, 0.5, -0.5, 0, 0.5, -0.5}, y[N] = {0, 0, 1, 1, 1, 1}, w[] = {1, -1};
    *run = NULL;
    DFOO_TRY(dfoo_arrays_new(d, data));
    DFOO_TRY(dfoo_arrays_new(d, run));
    DFOO_TRY(dfoo_arrays_add_matrix(*data, "X", n, N, x, NULL));
    DFOO_TRY(dfoo_arrays_add_matrix(*data, "Y", 1, N, y, NULL));
    return dfoo_arrays_add_matrix(*run, "w", n, 1, w, NULL);
}

typedef dfoo_status call(dfoo *d, dfoo_model *model, const dfoo_arrays *data, const dfoo_arrays *run);

static dfoo_status draw(dfoo *d, dfoo_model *model, const dfoo_arrays *data, const dfoo_arrays *run) {
    const dfoo_predict_options from = {.size = sizeof from, .arrays = data};
    const dfoo_plot_options    how = {.size = sizeof how, .examples = &from};
    char                      *svg;
    dfoo_status                status = dfoo_plot_model(model, run, &how, &svg);
    assert_int_equal(status == DFOO_OK, svg != NULL);
    if (svg) assert_non_null(strstr(svg, ": accuracy 83.33%</title>"));
    dfoo_text_free(d, svg);
    return status;
}

static dfoo_status use_confusion(dfoo *d, const dfoo_confusion *c) {
    char *table, *svg = NULL;
    assert_int_equal(c->classes, 2);
    assert_true(c->count[0] == 2 && c->count[1] == 0 && c->count[2] == 1 && c->count[3] == 3);
    assert_string_equal(c->names[1], "1");
    dfoo_status status = dfoo_confusion_text(d, c, &table);
    if (status == DFOO_OK)
        assert_string_equal(table, "is         predicted as\n"
                                   "                 0        1   recall\n"
                                   "0                2        0  100.00%\n"
                                   "1                1        3   75.00%\n"
                                   "precision   66.67%  100.00%\n");
    if (status == DFOO_OK) status = dfoo_plot_confusion(d, c, NULL, &svg);
    assert_int_equal(status == DFOO_OK, svg != NULL);
    dfoo_text_free(d, table);
    dfoo_text_free(d, svg);
    return status;
}

static dfoo_status confuse(dfoo *d, dfoo_model *model, const dfoo_arrays *data, const dfoo_arrays *run) {
    dfoo_confusion            *c;
    const dfoo_predict_options how = {.size = sizeof how, .arrays = data, .confusion = &c};
    dfoo_arrays               *out;
    dfoo_status                status = dfoo_predict(model, run, &how, &out, NULL);
    assert_int_equal(status == DFOO_OK, c != NULL);
    if (status == DFOO_OK) status = use_confusion(d, c);
    dfoo_confusion_free(d, c);
    dfoo_arrays_free(out);
    return status;
}

typedef struct job {
    call  *call;
    size_t features;
} job;

static dfoo_status use(const dfoo_allocator *mem, void *user) {
    job         *j = user;
    dfoo        *d;
    dfoo_model  *model = NULL;
    dfoo_arrays *data = NULL, *run = NULL;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_model_parse(d, "small.eq", text, sizeof text - 1, &model);
    if (status == DFOO_OK) status = fill(d, j->features, &data, &run);
    if (status == DFOO_OK) status = j->call(d, model, data, run);
    dfoo_arrays_free(data);
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    dfoo_close(d);
    return status;
}

static void pictures_of_a_model(void **state) {
    (void)state;
    job jobs[] = {{draw, 1}, {draw, 2}};
    for (size_t i = 0; i < sizeof jobs / sizeof *jobs; i++) fail_every_call(use, &jobs[i]);
}

static void confusion(void **state) {
    (void)state;
    job j = {confuse, 2};
    fail_every_call(use, &j);
}

static dfoo_status read_log(const dfoo_allocator *mem, void *user) {
    dfoo *d;
    char *svg;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_plot_log(d, user, NULL, &svg);
    assert_int_equal(status == DFOO_OK, svg != NULL);
    dfoo_text_free(d, svg);
    dfoo_close(d);
    return status;
}

static void pictures_of_training(void **state) {
    (void)state;
    char  path[] = "/tmp/dfoo-plot-XXXXXX";
    int   file = mkstemp(path);
    FILE *f = file >= 0 ? fdopen(file, "w") : NULL;
    assert_non_null(f);
    fputs("epoch,cost,accuracy,test_cost,test_accuracy\n0,1,0.5,2,0.4\n1,0.5,nan,nan,nan\n2,0.25,0.75,1.5,0.6\n", f);
    assert_int_equal(fclose(f), 0);
    fail_every_call(read_log, path);
    assert_int_equal(remove(path), 0);
}

/* No examples, and no options at all, are a mistake of the caller's, and told. */
static void nothing_to_show(void **state) {
    (void)state;
    dfoo        *d;
    dfoo_model  *model;
    dfoo_arrays *run;
    char        *svg = (char *)text;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_int_equal(dfoo_model_parse(d, "small.eq", text, sizeof text - 1, &model), DFOO_OK);
    assert_int_equal(dfoo_arrays_new(d, &run), DFOO_OK);
    assert_int_equal(dfoo_plot_model(model, run, NULL, &svg), DFOO_EINPUT);
    assert_null(svg);
    assert_non_null(strstr(dfoo_messages(d), "there is no data"));
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    dfoo_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pictures_of_a_model),
        cmocka_unit_test(confusion),
        cmocka_unit_test(pictures_of_training),
        cmocka_unit_test(nothing_to_show),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

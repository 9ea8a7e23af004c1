/* Trainers through dfoo.h: the loop in parts gives the bits of the whole, steps on the caller's arrays,
 * callbacks, data that comes batch by batch, and memory that runs out. */
#include "failing_allocator.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

static const char net[] = "size n1 = 4\ninput X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam b1 : "
                          "(n1, 1)\nparam W2 : (1, n1)\n"
                          "param b2 : (1, 1)\nA1 = tanh(W1 @ X + b1)\nA2 = sigmoid(W2 @ A1 + b2)\n"
                          "J = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\nminimize J\npredict A2\n";
static const char equal[] =
    "size n1 = 3\ninput X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0) ~ ones\nparam W2 : (1, n1) ~ ones\n"
    "A2 = sigmoid(W2 @ tanh(W1 @ X))\nJ = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - A2))\nminimize J\n";
static const char line[] = "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0) ~ zeros\nP = w @ X\n"
                           "J = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n";

enum { N = 50 };

/* A context, a model and data. */
typedef struct bench {
    dfoo        *d;
    dfoo_model  *model;
    dfoo_arrays *data;
} bench;

static void fill_columns(dfoo_array *x, dfoo_array *y, size_t first, size_t n) {
    for (size_t j = 0; j < n; j++) {
        x->data[j] = sin(1.7 * (double)(first + j));
        x->data[n + j] = cos(2.3 * (double)(first + j));
        y->data[j] = x->data[j] * x->data[n + j] > 0;
    }
}

static dfoo_status fill_data(dfoo_arrays *set, size_t first, size_t n) {
    dfoo_array *x, *y;
    dfoo_status status = dfoo_arrays_add_matrix(set, "X", 2, n, NULL, &x);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(set, "Y", 1, n, NULL, &y);
    if (status == DFOO_OK) fill_columns(x, y, first, n);
    return status;
}

static dfoo_status bench_open(bench *b, const dfoo_allocator *mem, const char *text) {
    *b = (bench){.d = NULL};
    dfoo_status status = dfoo_open(mem, &b->d);
    if (status == DFOO_OK) status = dfoo_model_parse(b->d, "net.eq", text, strlen(text), &b->model);
    if (status == DFOO_OK) status = dfoo_arrays_new(b->d, &b->data);
    return status == DFOO_OK ? fill_data(b->data, 0, N) : status;
}

static void bench_close(bench *b) {
    dfoo_arrays_free(b->data);
    dfoo_model_free(b->model);
    dfoo_close(b->d);
}

#define CHECK(b, call)                                                          \
    do {                                                                        \
        if ((call) != DFOO_OK) fail_msg("%s: %s", #call, dfoo_messages((b).d)); \
    } while (0)

static const double *values(const dfoo_arrays *set, const char *name) {
    const dfoo_array *x = dfoo_arrays_get(set, name);
    assert_non_null(x);
    return x->data;
}

static void assert_same(const dfoo_arrays *x, const dfoo_arrays *y) {
    assert_int_equal(dfoo_arrays_count(x), dfoo_arrays_count(y));
    for (size_t i = 0; i < dfoo_arrays_count(x); i++) {
        const dfoo_array *a = dfoo_arrays_at(x, i), *b = dfoo_arrays_get(y, a->name);
        size_t            n = 1;
        for (int k = 0; k < a->ndim; k++) n *= a->dim[k];
        assert_non_null(b);
        assert_memory_equal(a->data, b->data, n * sizeof(double));
    }
}

/* ---------------------------------------------------------------------- the loop */

static void the_parts_are_the_whole(void **state) {
    (void)state;
    for (int i = 0; i < 4; i++) {
        bench         b;
        dfoo_trainer *t;
        dfoo_arrays  *whole, *parts;
        dfoo_progress last = DFOO_INIT(dfoo_progress), end = DFOO_INIT(dfoo_progress),
                      now = DFOO_INIT(dfoo_progress);
        size_t epochs = 0, steps = 0;
        CHECK(b, bench_open(&b, NULL, net));
        dfoo_train_options how = DFOO_INIT(dfoo_train_options);
        how.arrays = b.data;
        how.epochs = 7;
        how.optimizer = "adam";
        how.batch = i & 1 ? 16 : 0;
        how.split = 0.2;
        how.dtype = i & 2 ? DFOO_F32 : DFOO_F64;
        how.threads = 1;
        CHECK(b, dfoo_train(b.model, &how, &whole, &last));
        CHECK(b, dfoo_trainer_open(b.model, &how, &t));
        assert_int_equal(dfoo_trainer_step(t, NULL, &now), DFOO_OK);
        assert_int_equal(now.epoch, how.batch ? 0 : 1);
        for (steps = 1; now.epoch < 1; steps++) {
            CHECK(b, dfoo_trainer_score(t, NULL)); /* in the middle of an epoch, too */
            CHECK(b, dfoo_trainer_step(t, NULL, &now));
        }
        assert_int_equal(steps, how.batch ? 3 : 1);
        for (epochs = 1; dfoo_trainer_epoch(t, &now) == DFOO_OK; epochs++)
            CHECK(b, dfoo_trainer_score(t, NULL));
        assert_int_equal(epochs, 7);
        CHECK(b, dfoo_trainer_end(t, &parts, &end));
        assert_int_equal(dfoo_trainer_epoch(t, NULL), DFOO_EUSE);
        assert_same(whole, parts);
        assert_true(last.cost == end.cost && last.test_metric == end.test_metric);
        dfoo_trainer_close(t);
        dfoo_arrays_free(whole);
        dfoo_arrays_free(parts);
        bench_close(&b);
    }
}

/* The gradient of `line` by hand. */
static void slope(const double *w, const double *x, const double *y, size_t n, double g[2]) {
    g[0] = g[1] = 0;
    for (size_t j = 0; j < n; j++) {
        double e = w[0] * x[j] + w[1] * x[n + j] - y[j];
        g[0] += 2 * e * x[j] / (double)n;
        g[1] += 2 * e * x[n + j] / (double)n;
    }
}

static void steps_on_the_callers_arrays(void **state) {
    bench         b;
    dfoo_trainer *t;
    dfoo_arrays  *out, *batch, *wrong;
    double        w[2] = {0, 0}, g[2];
    (void)state;
    CHECK(b, bench_open(&b, NULL, line));
    CHECK(b, dfoo_arrays_new(b.d, &out));
    CHECK(b, dfoo_arrays_new(b.d, &wrong));
    CHECK(b, dfoo_trainer_open(b.model,
                               DFOO_WITH(dfoo_train_options, .arrays = b.data, .epochs = 100,
                                         .learning_rate = 0.1, .gradients = 1, .threads = 1),
                               &t));
    for (int step = 0; step < 6; step++) {
        size_t n = step % 3 ? 5 : 9;
        double rate = step < 3 ? 0.1 : 0.025;
        bool   own = step == 4;
        CHECK(b, dfoo_arrays_new(b.d, &batch));
        CHECK(b, fill_data(batch, (size_t)step * 10, n));
        if (step == 3) CHECK(b, dfoo_trainer_set_learning_rate(t, 0.025));
        assert_true(dfoo_trainer_learning_rate(t) == rate);
        const dfoo_arrays *from = own ? b.data : batch;
        slope(w, values(from, "X"), values(from, "Y"), own ? N : n, g);
        CHECK(b, dfoo_trainer_step(t, own ? NULL : batch, NULL));
        CHECK(b, dfoo_trainer_gradients(t, out));
        CHECK(b, dfoo_trainer_parameters(t, out));
        for (int i = 0; i < 2; i++) {
            w[i] -= rate * g[i];
            assert_true(fabs(values(out, "dw")[i] - g[i]) < 1e-14);
            assert_true(fabs(values(out, "w")[i] - w[i]) < 1e-14);
        }
        dfoo_arrays_free(batch);
    }
    CHECK(b, dfoo_arrays_add_matrix(out, "w", 1, 2, (const double[]){3, 4}, NULL));
    CHECK(b, dfoo_trainer_set_parameters(t, out));
    CHECK(b, dfoo_trainer_parameters(t, out));
    assert_true(values(out, "w")[0] == 3 && values(out, "w")[1] == 4);
    CHECK(b, dfoo_arrays_add_matrix(wrong, "w", 2, 1, (const double[]){5, 6}, NULL));
    assert_int_equal(dfoo_trainer_set_parameters(t, wrong), DFOO_EINPUT);
    assert_non_null(strstr(dfoo_messages(b.d), "w is (2, 1), which does not fit (1, n0)"));
    assert_int_equal(dfoo_trainer_step(t, wrong, NULL), DFOO_EINPUT);
    CHECK(b, dfoo_trainer_parameters(t, out));
    assert_true(values(out, "w")[0] == 3);
    assert_int_equal(dfoo_trainer_set_learning_rate(t, NAN), DFOO_EUSE);
    assert_int_equal(dfoo_trainer_step(NULL, NULL, NULL), DFOO_EUSE);
    dfoo_trainer_close(t);
    dfoo_arrays_free(out);
    dfoo_arrays_free(wrong);
    bench_close(&b);
}

/* -------------------------------------------------------------------- callbacks */

typedef struct seen {
    size_t       steps, epochs, stop_at;
    double       costs[100];
    dfoo_arrays *copy;
} seen;

static int count_step(void *user, dfoo_trainer *t, const dfoo_progress *now) {
    seen *s = user;
    (void)t, (void)now;
    s->steps++;
    return 0;
}

/* Halves the learning rate, keeps a copy of the second epoch. */
static int behind_epoch(void *user, dfoo_trainer *t, const dfoo_progress *now) {
    seen         *s = user;
    dfoo_progress score = DFOO_INIT(dfoo_progress);
    assert_int_equal(now->epoch, s->epochs + 1);
    assert_int_equal(dfoo_trainer_score(t, &score), DFOO_OK);
    s->costs[s->epochs++] = score.cost;
    assert_int_equal(dfoo_trainer_set_learning_rate(t, dfoo_trainer_learning_rate(t) / 2), DFOO_OK);
    if (s->epochs == 2) assert_int_equal(dfoo_trainer_parameters(t, s->copy), DFOO_OK);
    return s->epochs == s->stop_at;
}

static void callbacks_see_and_change(void **state) {
    bench         b;
    seen          s = {.stop_at = 5};
    dfoo_arrays  *run;
    dfoo_progress last = DFOO_INIT(dfoo_progress);
    (void)state;
    CHECK(b, bench_open(&b, NULL, net));
    CHECK(b, dfoo_arrays_new(b.d, &s.copy));
    CHECK(b, dfoo_train(b.model,
                        DFOO_WITH(dfoo_train_options, .arrays = b.data, .epochs = 50, .batch = 20,
                                  .each_step = count_step, .each_epoch = behind_epoch, .user = &s),
                        &run, &last));
    assert_int_equal(s.epochs, 5);
    assert_int_equal(s.steps, 15);
    assert_int_equal(last.epoch, 5);
    assert_true(last.cost == s.costs[4]);
    const double *rows = values(run, "dfoo.history");
    for (int e = 0; e < 5; e++) assert_true(rows[e * 6 + 5] == 0.1 / (1 << e));
    assert_true(values(s.copy, "W1")[0] != values(run, "W1")[0]);
    dfoo_arrays_free(run);
    dfoo_arrays_free(s.copy);
    bench_close(&b);
}

/* ----------------------------------------------------------------------- streams */

enum { STREAM = 130, BATCH = 40 };

static int fill_batch(void *user, size_t epoch, size_t first, dfoo_arrays *batch) {
    size_t      *calls = user;
    dfoo_array  *x = dfoo_arrays_get(batch, "X");
    const size_t n = first + BATCH > STREAM ? STREAM - first : BATCH;
    assert_int_equal(x->dim[1], n);
    ++*calls;
    fill_columns(x, dfoo_arrays_get(batch, "Y"), first, n);
    return epoch == 7;
}

/* The same steps as with arrays, here in order and without a shuffle. */
static void data_comes_batch_by_batch(void **state) {
    bench         b;
    dfoo_trainer *t, *u;
    dfoo_arrays  *x, *y, *batch;
    size_t        calls = 0;
    dfoo_progress now = DFOO_INIT(dfoo_progress);
    (void)state;
    CHECK(b, bench_open(&b, NULL, net));
    CHECK(b, dfoo_arrays_new(b.d, &x));
    CHECK(b, dfoo_arrays_new(b.d, &y));
    dfoo_train_options how = DFOO_INIT(dfoo_train_options);
    how.arrays = b.data;
    how.epochs = 20;
    how.batch = BATCH;
    how.standardize = 1;
    how.threads = 1;
    CHECK(b, dfoo_trainer_open(b.model, &how, &u));
    how.fill = fill_batch;
    assert_int_equal(dfoo_trainer_open(b.model, &how, &t), DFOO_EUSE);
    how.fill_examples = STREAM;
    how.user = &calls;
    CHECK(b, dfoo_trainer_open(b.model, &how, &t));
    for (int e = 0; e < 7; e++) {
        CHECK(b, dfoo_trainer_epoch(t, &now));
        CHECK(b, dfoo_trainer_score(t, NULL));
        for (size_t at = 0; at < STREAM; at += BATCH) {
            CHECK(b, dfoo_arrays_new(b.d, &batch));
            CHECK(b, fill_data(batch, at, at + BATCH > STREAM ? STREAM - at : BATCH));
            CHECK(b, dfoo_trainer_step(u, batch, NULL));
            dfoo_arrays_free(batch);
        }
    }
    assert_int_equal(calls, 7 * 4);
    assert_int_equal(now.epoch, 7);
    CHECK(b, dfoo_trainer_parameters(t, x));
    CHECK(b, dfoo_trainer_parameters(u, y));
    assert_same(x, y);
    assert_int_equal(dfoo_trainer_epoch(t, NULL), DFOO_EIO);
    assert_non_null(strstr(dfoo_messages(b.d), "the examples from number 1 on of epoch 8 could not be had"));
    dfoo_trainer_close(t);
    dfoo_trainer_close(u);
    dfoo_arrays_free(x);
    dfoo_arrays_free(y);
    bench_close(&b);
}

/* ------------------------------------------------------------------------- zeros */

static void count_report(void *user, const dfoo_progress *now) {
    (void)now;
    ++*(size_t *)user;
}

static void zeros_can_be_meant(void **state) {
    bench         b;
    dfoo_arrays  *start, *run;
    dfoo_progress last = DFOO_INIT(dfoo_progress);
    (void)state;
    CHECK(b, bench_open(&b, NULL, net));
    size_t told = 0;
    CHECK(b, dfoo_train(b.model,
                        DFOO_WITH(dfoo_train_options, .arrays = b.data, .zeros = DFOO_ZERO_EPOCHS,
                                  .report = count_report, .user = &told),
                        &start, &last));
    assert_int_equal(last.epoch, 0);
    assert_int_equal(told, 1);
    assert_int_equal(dfoo_train(b.model, DFOO_WITH(dfoo_train_options, .arrays = b.data, .zeros = 8), &run, NULL),
                     DFOO_EUSE);
    assert_non_null(strstr(dfoo_messages(b.d), "zeros is 8, which stands for nothing"));
    CHECK(b, dfoo_train(b.model,
                        DFOO_WITH(dfoo_train_options, .arrays = b.data, .epochs = 3,
                                  .zeros = DFOO_ZERO_LEARNING_RATE),
                        &run, &last));
    assert_int_equal(last.epoch, 3);
    assert_memory_equal(values(start, "W1"), values(run, "W1"), 8 * sizeof(double));
    dfoo_arrays_free(run);
    char *text;
    CHECK(b, dfoo_show_optimizer(
                 b.d, DFOO_WITH(dfoo_train_options, .optimizer = "adamw", .zeros = DFOO_ZERO_DECAY), &text));
    assert_non_null(strstr(text, "decay = 0\n"));
    dfoo_text_free(b.d, text);
    dfoo_arrays_free(start);
    bench_close(&b);
}

/* ---------------------------------------------------------------- units that stay equal */

/* Behind four steps one weight is put apart from the other units' by a part of the way that they went; the
 * fifth step, of no length, is looked at. */
static bool stay_equal(double apart) {
    bench         b;
    dfoo_trainer *t;
    dfoo_arrays  *now;
    CHECK(b, bench_open(&b, NULL, equal));
    CHECK(b, dfoo_trainer_open(b.model, DFOO_WITH(dfoo_train_options, .arrays = b.data, .epochs = 20), &t));
    for (int step = 0; step < 4; step++) CHECK(b, dfoo_trainer_step(t, NULL, NULL));
    CHECK(b, dfoo_arrays_new(b.d, &now));
    CHECK(b, dfoo_trainer_parameters(t, now));
    double *w = dfoo_arrays_get(now, "W1")->data, way = fmax(fabs(w[0] - 1), fabs(w[1] - 1));
    w[2] += (w[0] < 1 ? 1 : -1) * apart * way; /* back a little, so that the way is the others' */
    CHECK(b, dfoo_trainer_set_parameters(t, now));
    CHECK(b, dfoo_trainer_set_learning_rate(t, 0));
    CHECK(b, dfoo_trainer_step(t, NULL, NULL));
    bool told = strstr(dfoo_messages(b.d), "are equal, and stay equal") != NULL;
    dfoo_trainer_close(t);
    dfoo_arrays_free(now);
    bench_close(&b);
    return told;
}

static void a_thousandth_of_the_way(void **state) {
    (void)state;
    assert_true(stay_equal(0));
    assert_true(stay_equal(0.00099));
    assert_false(stay_equal(0.00101));
}

/* ---------------------------------------------------------------------- no memory */

static dfoo_status everything(const dfoo_allocator *mem, void *user) {
    bench         b;
    dfoo_trainer *t = NULL;
    dfoo_arrays  *run = NULL, *batch = NULL;
    dfoo_model   *again = NULL;
    size_t        calls = 0;
    dfoo_status   status = bench_open(&b, mem, net);
    if (status == DFOO_OK) status = dfoo_model_set(b.model, "n1", 3);
    if (status == DFOO_OK) status = dfoo_arrays_new(b.d, &batch);
    if (status == DFOO_OK) status = fill_data(batch, 3, 7);
    dfoo_train_options how = DFOO_INIT(dfoo_train_options);
    how.arrays = b.data;
    how.epochs = 2;
    how.batch = BATCH;
    how.gradients = 1;
    how.threads = 1;
    how.fill = fill_batch;
    how.fill_examples = STREAM;
    how.user = &calls;
    if (status == DFOO_OK) status = dfoo_trainer_open(b.model, &how, &t);
    if (status == DFOO_OK) status = dfoo_trainer_epoch(t, NULL);
    if (status == DFOO_OK) status = dfoo_trainer_step(t, batch, NULL);
    if (status == DFOO_OK) status = dfoo_trainer_score(t, NULL);
    if (status == DFOO_OK) status = dfoo_trainer_gradients(t, batch);
    if (status == DFOO_OK) status = dfoo_trainer_parameters(t, batch);
    if (status == DFOO_OK) status = dfoo_trainer_set_parameters(t, batch);
    if (status == DFOO_OK) status = dfoo_trainer_save(t, user);
    if (status == DFOO_OK) status = dfoo_trainer_end(t, &run, NULL);
    if (status == DFOO_OK) status = dfoo_model_from_run(b.d, run, &again);
    dfoo_trainer_close(t);
    dfoo_model_free(again);
    dfoo_arrays_free(run);
    dfoo_arrays_free(batch);
    bench_close(&b);
    return status;
}

static void every_allocation_may_fail(void **state) {
    char path[] = "/tmp/dfoo-test-XXXXXX";
    (void)state;
    close(mkstemp(path));
    fail_every_call(everything, path);
    unlink(path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_parts_are_the_whole),  cmocka_unit_test(steps_on_the_callers_arrays),
        cmocka_unit_test(callbacks_see_and_change), cmocka_unit_test(data_comes_batch_by_batch),
        cmocka_unit_test(zeros_can_be_meant), cmocka_unit_test(a_thousandth_of_the_way),       cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Training against loops that are written out here: cost curves, batches, dropout; what goes wrong while
 * training; progress; prediction. */
#include "train/session.h"

#include "core/base/rng.h"

/* ------------------------------------------------------------------ cost curves */

static void full_batch_agrees_over_thousands_of_epochs(void **state) {
    enum { EPOCHS = 5000, N = 50 };
    session       s;
    double        g[N_VALUES];
    rule_setting alpha = {"alpha", 0.5};
    train_options opt = {.feed.dtype = EXEC_F64, .epochs = EPOCHS, .rule.settings = &alpha, .rule.n_settings = 1};
    (void)state;
    session_open(&s, N);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    for (size_t e = 0; e <= EPOCHS; e++) {
        double cost = slope(s.w, get(s.data, "X"), get(s.data, "Y"), N, NULL, N, g);
        assert_close(cost_row(&s, e)[0], (double)e, 0);
        assert_close(cost_row(&s, e)[1], cost, 1e-10);
        if (e < EPOCHS)
            for (int i = 0; i < N_VALUES; i++) s.w[i] -= 0.5 * g[i];
    }
    assert_parameters(s.run, s.w, 1e-9);
    assert_close(s.result.train.cost, cost_row(&s, EPOCHS)[1], 0);
    assert_int_equal(s.result.epochs, EPOCHS);
    assert_int_equal(s.result.n_values, N_VALUES);
    assert_int_equal(s.result.train.n, N);
    session_close(&s);
}

static void float32_is_close_to_float64(void **state) {
    session       s, t;
    train_options opt = {.epochs = 200};
    (void)state;
    session_open(&s, 50);
    session_open(&t, 50);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    opt.feed.dtype = EXEC_F64;
    assert_int_equal(session_run(&t, &opt), DFOO_OK);
    for (size_t e = 0; e <= 200; e++) assert_close(cost_row(&s, e)[1], cost_row(&t, e)[1], 1e-4);
    session_close(&s);
    session_close(&t);
}

/* Batches of 4 from 10 examples: 4, 4 and 2, in the order of the seed and the epoch. */
static void short_last_batch_has_its_own_size(void **state) {
    enum { N = 10, BATCH = 4, EPOCHS = 25 };
    for (int type = 0; type < 2; type++) {
        session       s;
        double        g[N_VALUES];
        train_options opt = {
            .feed.dtype = type ? EXEC_F64 : EXEC_F32, .epochs = EPOCHS, .batch = BATCH, .seed = 7};
        session_open(&s, N);
        assert_int_equal(session_run(&s, &opt), DFOO_OK);
        for (uint32_t e = 0; e < EPOCHS; e++) {
            uint32_t order[N];
            double   sum = 0;
            rng      r = rng_start(7, RNG_SHUFFLE, e);
            for (uint32_t j = 0; j < N; j++) order[j] = j;
            rng_shuffle(&r, order, N);
            for (size_t at = 0; at < N; at += BATCH) {
                size_t n = N - at < BATCH ? N - at : BATCH;
                sum += (double)n * slope(s.w, get(s.data, "X"), get(s.data, "Y"), N, order + at, n, g);
                for (int i = 0; i < N_VALUES; i++) s.w[i] -= 0.1 * g[i];
            }
            assert_close(cost_row(&s, e)[0], e + 1, 0);
            assert_close(cost_row(&s, e)[1], sum / N, type ? 1e-12 : 1e-5);
        }
        assert_parameters(s.run, s.w, type ? 1e-12 : 1e-4);
        assert_int_equal(arrays_get(s.history, "history")->dim[0], EPOCHS);
        session_close(&s);
    }
    (void)state;
}

/* Enough examples and entries for every path of the gathering, in both layouts. */
static void rows_and_columns_train_alike(void **state) {
    enum { N = 70, K = 9 };
    static const char columns[] = "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0) ~ zeros\n"
                                  "P = w @ X\nJ = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n";
    static const char rows[] = "input X : (m, n0)\nlabel Y : (m, 1)\nparam w : (n0, 1) ~ zeros\n"
                               "P = X @ w\nJ = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n";
    double            cost[2][2][2];
    (void)state;
    for (int run = 0; run < 8; run++) {
        bool         by_rows = run & 1, batches = run & 2, doubles = run & 4;
        fixture      f;
        dfoo_arrays *data = new_arrays(), *out = new_arrays();
        double *x = add_matrix(data, "X", by_rows ? N : K, by_rows ? K : N), *y = add_vector(data, "Y", N);
        for (size_t j = 0; j < N; j++) {
            for (size_t i = 0; i < K; i++) x[by_rows ? j * K + i : i * N + j] = sin((double)(j * K + i));
            y[j] = cos((double)j);
        }
        train_result  result;
        train_input   in = {.data = {.name = "data", .arrays = data}};
        train_options opt = {.feed.dtype = doubles ? EXEC_F64 : EXEC_F32, .epochs = 20, .batch = batches ? 33 : 0};
        opt.feed.machine.threads = (unsigned)run % 3;
        fixture_open(&f, by_rows ? rows : columns);
        assert_int_equal(train_run(&f.m, &f.p, &in, &opt, out, NULL, &result), DFOO_OK);
        cost[batches][doubles][by_rows] = result.train.cost;
        arrays_free(data);
        arrays_free(out);
        fixture_close(&f);
    }
    for (int b = 0; b < 2; b++) {
        assert_close(cost[b][1][0], cost[b][1][1], 1e-12);
        assert_close(cost[b][0][0], cost[b][1][0], 1e-5);
        assert_close(cost[b][0][1], cost[b][1][1], 1e-5);
    }
}

/* ----------------------------------------------------------------------- dropout */

/* A cost that counts what is kept: while training, each of 4000 entries is 0 or 2, on average 1. */
static void dropout_is_for_training_only(void **state) {
    static const char text[] = "input X : (n0, m)\nparam w : (1, 1) ~ ones\nD = dropout(X, 0.5)\n"
                               "J = 1/m * sum(D) + 0 * sum(w)\nminimize J\npredict D\n";
    double            cost[2];
    (void)state;
    for (int run = 0; run < 2; run++) {
        fixture       f;
        dfoo_arrays  *data = new_arrays(), *out = new_arrays(), *history = new_arrays();
        double       *x = add_matrix(data, "X", 4, 1000);
        train_result  result;
        train_score   score;
        train_input   in = {.data = {.name = "data", .arrays = data}};
        train_options opt = {.feed.dtype = run ? EXEC_F64 : EXEC_F32, .epochs = 2, .seed = 5};
        for (int i = 0; i < 4000; i++) x[i] = 1;
        fixture_open(&f, text);
        assert_int_equal(train_run(&f.m, &f.p, &in, &opt, out, history, &result), DFOO_OK);
        const double *rows = get(history, "history");
        cost[run] = rows[1];
        assert_close(cost[run], 4, 0.3);
        assert_true(cost[run] != 4 && rows[HISTORY_COLUMNS + 1] != cost[run]); /* fresh for each step */
        assert_close(result.train.cost, 4, 0);
        assert_int_equal(train_predict(&f.m, &f.p, out, &in.data, &opt.feed, history, &score, NULL, NULL), DFOO_OK);
        assert_arrays_close(get(history, "D"), x, 4000, 0);
        arrays_free(data);
        arrays_free(out);
        arrays_free(history);
        fixture_close(&f);
    }
    assert_close(cost[0], cost[1], 0); /* the same masks */
}

/* ---------------------------------------------------------------- what goes wrong */

static void cost_that_is_not_finite_stops(void **state) {
    session       s;
    rule_setting alpha = {"alpha", 1e4};
    train_options opt = {.feed.dtype = EXEC_F64, .rule.settings = &alpha, .rule.n_settings = 1};
    (void)state;
    session_open(&s, 10);
    fixture_close(&s.f);
    fixture_open(&s.f, "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nJ = 1/m * sum((w @ X - "
                       "Y)**2)\nminimize J\n");
    s.in.from = NULL;
    assert_int_equal(session_run(&s, &opt), DFOO_EINPUT);
    assert_message(&s.f, "the learning rate 10000 may be too large");
    assert_message(&s.f, "try a smaller one, such as 1000");
    assert_true(arrays_get(s.history, "history")->dim[0] < 100); /* the way there is kept */

    get(s.data, "X");
    arrays_get(s.data, "X")->data[3] = 1e200;
    assert_int_equal(session_run(&s, &opt), DFOO_EINPUT);
    assert_message(&s.f, "before the first step");
    session_close(&s);
}

static void functions_without_formula_are_named(void **state) {
    session       s;
    train_options opt = {0};
    (void)state;
    session_open(&s, 10);
    fixture_close(&s.f);
    fixture_open(&s.f, "function g1\ninput X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nJ = 1/m * "
                       "sum((g1(w @ X) - Y)**2)\nminimize J\n");
    s.in.from = NULL;
    assert_int_equal(session_run(&s, &opt), DFOO_EINPUT);
    assert_message(&s.f, "the function g1 has no formula");
    session_close(&s);
}

/* ---------------------------------------------------------------------- progress */

typedef struct seen {
    size_t calls, evaluated, last, stop_at;
    double cost;
} seen;

static bool watch(void *user, const train_progress *p) {
    seen *s = user;
    s->calls++;
    s->evaluated += p->evaluated;
    s->last = p->epoch;
    s->cost = p->cost;
    return !s->stop_at || p->epoch < s->stop_at;
}

static void progress_tells_and_stops(void **state) {
    session       s;
    seen          told = {0};
    train_options opt = {.feed.dtype = EXEC_F64, .epochs = 50, .every = 10, .progress = watch, .user = &told};
    (void)state;
    session_open(&s, 20);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    assert_int_equal(told.evaluated, 6); /* 0, 10, .., 40 and the end */
    assert_int_equal(told.last, 50);
    assert_close(told.cost, s.result.train.cost, 0);
    assert_true(isfinite(cost_row(&s, 10)[2]));
    assert_true(isnan(cost_row(&s, 11)[2]));
    for (int batch = 0; batch < 2; batch++) {
        told = (seen){.stop_at = 20};
        opt.batch = batch ? 7 : 0;
        assert_int_equal(session_run(&s, &opt), DFOO_OK);
        assert_true(s.result.epochs >= 20 && s.result.epochs <= 21);
        assert_int_equal(*get(s.run, "dfoo.epochs"), s.result.epochs);
    }
    session_close(&s);
}

/* -------------------------------------------------------------------- prediction */

/* A run predicts what its training measured: the same standardising, the same split of columns. */
static void prediction_repeats_the_test(void **state) {
    static const char train_file[] = "examples/data/breast_cancer_train.csv",
                      test_file[] = "examples/data/breast_cancer_test.csv";
    fixture       f;
    data_table    train, test;
    dfoo_arrays  *run = new_arrays(), *out = new_arrays();
    train_result  result;
    train_score   score;
    const char  **columns;
    train_options opt = {.standardize = true};
    (void)state;
    fixture_open(&f, BINARY);
    if (data_read_csv(train_file, NULL, &f.d, &f.a, &train) != DFOO_OK) fail_msg("%s", fixture_messages(&f));
    assert_int_equal(data_read_csv(test_file, NULL, &f.d, &f.a, &test), DFOO_OK);
    train_input in = {.data = {.name = train_file, .table = &train}, .test = {.name = test_file, .table = &test}};
    assert_int_equal(train_run(&f.m, &f.p, &in, &opt, run, NULL, &result), DFOO_OK);
    assert_true(result.test.accuracy >= 0.97);
    assert_int_equal(result.test.n, 113);

    assert_int_equal(train_predict(&f.m, &f.p, run, &in.test, &opt.feed, out, &score, NULL, NULL), DFOO_OK);
    assert_int_equal(score.n, 113);
    assert_close(score.cost, result.test.cost, 1e-12);
    assert_close(score.accuracy, result.test.accuracy, 0);
    assert_int_equal(arrays_get(out, "A2")->dim[1], 113);
    assert_int_equal(train_table(&f.m, run, arrays_get(out, "A2"), &f.a, out, &columns), DFOO_OK);
    assert_int_equal(arrays_get(out, "table")->dim[0], 113);
    assert_string_equal(columns[0], "A2");
    arrays_free(run);
    arrays_free(out);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_batch_agrees_over_thousands_of_epochs),
        cmocka_unit_test(float32_is_close_to_float64),
        cmocka_unit_test(short_last_batch_has_its_own_size),
        cmocka_unit_test(rows_and_columns_train_alike),
        cmocka_unit_test(dropout_is_for_training_only),
        cmocka_unit_test(cost_that_is_not_finite_stops),
        cmocka_unit_test(functions_without_formula_are_named),
        cmocka_unit_test(progress_tells_and_stops),
        cmocka_unit_test(prediction_repeats_the_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Training against loops that are written out here: cost curves, optimisers, batches; what goes
 * wrong while training; prediction; memory that runs out. */
#include <unistd.h>

#include "train/model.h"

#include "core/base/rng.h"

/* ------------------------------------------------------- the written-out network */

enum { N0 = 2, N1 = 4, MOST = 64 };

/* W1 (4, 2), b1 (4), W2 (1, 4), b2 (1) in this order. */
enum { W1 = 0, B1 = W1 + N1 * N0, W2 = B1 + N1, B2 = W2 + N1, N_VALUES = B2 + 1 };

/* The cost of n examples and its gradient; x is (2, stride), columns are the examples pick[0..n). */
static double slope(const double *w, const double *x, const double *y, size_t stride, const uint32_t *pick,
                    size_t n, double *g) {
    double cost = 0;
    memset(g, 0, N_VALUES * sizeof *g);
    for (size_t k = 0; k < n; k++) {
        size_t j = pick ? pick[k] : k;
        double a1[N1], z2 = w[B2];
        for (int i = 0; i < N1; i++) {
            a1[i] = tanh(w[W1 + i * N0] * x[j] + w[W1 + i * N0 + 1] * x[stride + j] + w[B1 + i]);
            z2 += w[W2 + i] * a1[i];
        }
        double a2 = 1 / (1 + exp(-z2)), d2 = (a2 - y[j]) / (double)n;
        cost -= (y[j] * log(a2) + (1 - y[j]) * log(1 - a2)) / (double)n;
        g[B2] += d2;
        for (int i = 0; i < N1; i++) {
            double d1 = w[W2 + i] * d2 * (1 - a1[i] * a1[i]);
            g[W2 + i] += d2 * a1[i];
            g[B1 + i] += d1;
            g[W1 + i * N0] += d1 * x[j];
            g[W1 + i * N0 + 1] += d1 * x[stride + j];
        }
    }
    return cost;
}

static void add_start(dfoo_arrays *set, double *w) {
    fill(w, N_VALUES, 0.9);
    memcpy(add_matrix(set, "W1", N1, N0), w + W1, N1 * N0 * sizeof *w);
    memcpy(add_matrix(set, "b1", N1, 1), w + B1, N1 * sizeof *w);
    memcpy(add_matrix(set, "W2", 1, N1), w + W2, N1 * sizeof *w);
    memcpy(add_matrix(set, "b2", 1, 1), w + B2, sizeof *w);
}

static void assert_parameters(const dfoo_arrays *run, const double *w, double tolerance) {
    assert_arrays_close(get(run, "W1"), w + W1, N1 * N0, tolerance);
    assert_arrays_close(get(run, "b1"), w + B1, N1, tolerance);
    assert_arrays_close(get(run, "W2"), w + W2, N1, tolerance);
    assert_arrays_close(get(run, "b2"), w + B2, 1, tolerance);
}

/* A training on the data of add_binary_data, started as add_start says. */
typedef struct session {
    fixture      f;
    dfoo_arrays *data, *from, *run, *history;
    double       w[N_VALUES];
    size_t       n;
    train_input  in;
    train_result result;
} session;

static void session_open(session *s, size_t n) {
    *s = (session){
        .data = new_arrays(), .from = new_arrays(), .run = new_arrays(), .history = new_arrays(), .n = n};
    fixture_open(&s->f, BINARY);
    add_binary_data(s->data, n);
    add_start(s->from, s->w);
    s->in = (train_input){.data = {.name = "data.npz", .arrays = s->data}, .from = s->from, .from_name = "W0.npz"};
}

static dfoo_status session_run(session *s, const train_options *opt) {
    return train_run(&s->f.m, &s->f.p, &s->in, opt, s->run, s->history, &s->result);
}

static const double *history_row(const session *s, size_t i) {
    const dfoo_array *x = arrays_get(s->history, "history");
    assert_non_null(x);
    assert_true(i < x->dim[0]);
    return x->data + i * TRAIN_HISTORY_COLUMNS;
}

static void session_close(session *s) {
    arrays_free(s->data);
    arrays_free(s->from);
    arrays_free(s->run);
    arrays_free(s->history);
    fixture_close(&s->f);
}

/* ------------------------------------------------------------------ cost curves */

static void full_batch_agrees_over_thousands_of_epochs(void **state) {
    enum { EPOCHS = 5000, N = 50 };
    session       s;
    double        g[N_VALUES];
    train_setting alpha = {"alpha", 0.5};
    train_options opt = {.dtype = EXEC_F64, .epochs = EPOCHS, .settings = &alpha, .n_settings = 1};
    (void)state;
    session_open(&s, N);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    for (size_t e = 0; e <= EPOCHS; e++) {
        double cost = slope(s.w, get(s.data, "X"), get(s.data, "Y"), N, NULL, N, g);
        assert_close(history_row(&s, e)[0], (double)e, 0);
        assert_close(history_row(&s, e)[1], cost, 1e-10);
        if (e < EPOCHS)
            for (int i = 0; i < N_VALUES; i++) s.w[i] -= 0.5 * g[i];
    }
    assert_parameters(s.run, s.w, 1e-9);
    assert_close(s.result.train.cost, history_row(&s, EPOCHS)[1], 0);
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
    opt.dtype = EXEC_F64;
    assert_int_equal(session_run(&t, &opt), DFOO_OK);
    for (size_t e = 0; e <= 200; e++) assert_close(history_row(&s, e)[1], history_row(&t, e)[1], 1e-4);
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
            .dtype = type ? EXEC_F64 : EXEC_F32, .epochs = EPOCHS, .batch = BATCH, .seed = 7};
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
            assert_close(history_row(&s, e)[0], e + 1, 0);
            assert_close(history_row(&s, e)[1], sum / N, type ? 1e-12 : 1e-5);
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
        train_options opt = {.dtype = doubles ? EXEC_F64 : EXEC_F32, .epochs = 20, .batch = batches ? 33 : 0};
        opt.threads = (unsigned)run % 3;
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

/* -------------------------------------------------------------------- optimisers */

typedef void update(double *w, double *v, double *s, double g, double t);

static bool is_weight; /* of the value at hand: only weights decay */

static void by_sgd(double *w, double *v, double *s, double g, double t) {
    (void)v, (void)s, (void)t;
    *w -= 0.1 * g;
}

static void by_momentum(double *w, double *v, double *s, double g, double t) {
    (void)s, (void)t;
    *v = 0.9 * *v + 0.1 * g;
    *w -= 0.1 * *v;
}

static void by_nesterov(double *w, double *v, double *s, double g, double t) {
    (void)s, (void)t;
    *v = 0.9 * *v + 0.1 * g;
    *w -= 0.1 * (0.9 * *v + 0.1 * g);
}

static void by_rmsprop(double *w, double *v, double *s, double g, double t) {
    (void)v, (void)t;
    *s = 0.9 * *s + 0.1 * g * g;
    *w -= 0.001 * g / (sqrt(*s) + 1e-8);
}

static void by_adam(double *w, double *v, double *s, double g, double t) {
    *v = 0.9 * *v + 0.1 * g;
    *s = 0.999 * *s + 0.001 * g * g;
    *w -= 0.001 * (*v / (1 - pow(0.9, t))) / (sqrt(*s / (1 - pow(0.999, t))) + 1e-8);
}

static void by_adamw(double *w, double *v, double *s, double g, double t) {
    double before = *w;
    by_adam(w, v, s, g, t);
    if (is_weight) *w -= 0.001 * 0.01 * before;
}

static const struct {
    const char *name;
    update     *step;
} optimizers[] = {{"sgd", by_sgd},         {"momentum", by_momentum}, {"nesterov", by_nesterov},
                  {"rmsprop", by_rmsprop}, {"adam", by_adam},         {"adamw", by_adamw}};

static void optimizers_step_as_written(void **state) {
    enum { N = 30, EPOCHS = 20 };
    (void)state;
    for (size_t k = 0; k < sizeof optimizers / sizeof *optimizers; k++) {
        session       s;
        double        g[N_VALUES], v[N_VALUES] = {0}, sq[N_VALUES] = {0};
        train_options opt = {.dtype = EXEC_F64, .epochs = EPOCHS, .optimizer = optimizers[k].name};
        session_open(&s, N);
        for (int again = 0; again < 2; again++) /* states start at 0 again */
            assert_int_equal(session_run(&s, &opt), DFOO_OK);
        for (int e = 0; e < EPOCHS; e++) {
            slope(s.w, get(s.data, "X"), get(s.data, "Y"), N, NULL, N, g);
            for (int i = 0; i < N_VALUES; i++) {
                is_weight = i < B1 || (i >= W2 && i < B2);
                optimizers[k].step(&s.w[i], &v[i], &sq[i], g[i], e + 1);
            }
        }
        assert_parameters(s.run, s.w, 1e-10);
        assert_string_equal(train_optimizer_name((uint32_t)k), optimizers[k].name);
        session_close(&s);
    }
    assert_null(train_optimizer_name(sizeof optimizers / sizeof *optimizers));
}

static void settings_are_used_and_checked(void **state) {
    static const struct {
        const char *optimizer, *name;
        double      value;
        const char *message;
    } wrong[] = {{"adm", "alpha", 1,
                  "no optimizer is called 'adm', and there is no such file; there are sgd, momentum, nesterov, rmsprop, adam, adamw"},
                 {"sgd", "beta", 0.5, "sgd has no 'beta'; it has alpha"},
                 {"momentum", "beta", 1, "beta = 1: it is from 0 on and less than 1"},
                 {"adam", "alpha", 0, "alpha = 0: it is a finite number greater than 0"},
                 {"adamw", "decay", -1, "decay = -1: it is a finite number from 0 on"}};
    session       s;
    double        g[N_VALUES];
    train_setting given[] = {{"alpha", 0.25}, {"beta", 0}};
    train_options opt = {
        .dtype = EXEC_F64, .epochs = 1, .optimizer = "momentum", .settings = given, .n_settings = 2};
    (void)state;
    session_open(&s, 10);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    slope(s.w, get(s.data, "X"), get(s.data, "Y"), 10, NULL, 10, g);
    for (int i = 0; i < N_VALUES; i++) s.w[i] -= 0.25 * g[i];
    assert_parameters(s.run, s.w, 1e-12);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        train_setting one = {wrong[i].name, wrong[i].value};
        opt =
            (train_options){.epochs = 1, .optimizer = wrong[i].optimizer, .settings = &one, .n_settings = 1};
        assert_int_equal(session_run(&s, &opt), DFOO_EINPUT);
        assert_message(&s.f, wrong[i].message);
    }
    session_close(&s);
}

static void optimizers_show_their_equations(void **state) {
    fixture f;
    buf     b;
    (void)state;
    fixture_open(&f, BINARY);
    buf_init(&b, mem_default());
    assert_int_equal(train_rule_show(&(train_options){.optimizer = "adam"}, &f.d, &b), DFOO_OK);
    assert_non_null(strstr(b.text, "v = beta1 * v + (1 - beta1) * g\n"));
    assert_non_null(strstr(
        b.text, "# for each parameter w with its gradient g; v and s start at 0\n# t = 1, 2, .. counts the steps\n"));
    assert_non_null(strstr(b.text, "\nconst alpha = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08\n"));
    assert_int_equal(train_rule_show(&(train_options){.optimizer = "foo"}, &f.d, &b), DFOO_EINPUT);
    buf_free(&b);
    fixture_close(&f);
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
        train_options opt = {.dtype = run ? EXEC_F64 : EXEC_F32, .epochs = 2, .seed = 5};
        for (int i = 0; i < 4000; i++) x[i] = 1;
        fixture_open(&f, text);
        assert_int_equal(train_run(&f.m, &f.p, &in, &opt, out, history, &result), DFOO_OK);
        const double *rows = get(history, "history");
        cost[run] = rows[1];
        assert_close(cost[run], 4, 0.3);
        assert_true(cost[run] != 4 && rows[TRAIN_HISTORY_COLUMNS + 1] != cost[run]); /* fresh for each step */
        assert_close(result.train.cost, 4, 0);
        assert_int_equal(train_predict(&f.m, &f.p, out, &in.data, &opt, history, &score, NULL), DFOO_OK);
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
    train_setting alpha = {"alpha", 1e4};
    train_options opt = {.dtype = EXEC_F64, .settings = &alpha, .n_settings = 1};
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
    train_options opt = {.dtype = EXEC_F64, .epochs = 50, .every = 10, .progress = watch, .user = &told};
    (void)state;
    session_open(&s, 20);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    assert_int_equal(told.evaluated, 6); /* 0, 10, .., 40 and the end */
    assert_int_equal(told.last, 50);
    assert_close(told.cost, s.result.train.cost, 0);
    assert_true(isfinite(history_row(&s, 10)[2]));
    assert_true(isnan(history_row(&s, 11)[2]));
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

    assert_int_equal(train_predict(&f.m, &f.p, run, &in.test, &opt, out, &score, NULL), DFOO_OK);
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

/* -------------------------------------------------------------------- no memory */

typedef struct everything {
    const char        *text;
    const dfoo_arrays *data, *from;
    char               file[64];
} everything;

static dfoo_status train_and_predict(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out) {
    train_result  result;
    train_score   score;
    const char  **columns;
    train_input   in = {.data = {.name = "data", .arrays = x->data}, .from = x->from, .from_name = "from"};
    train_options opt = {
        .optimizer = "adam", .epochs = 2, .batch = 4, .every = 1, .standardize = true, .split = 0.3};
    opt.file = x->file;
    opt.checkpoint = 1;
    unlink(x->file);
    opt.schedule = "exponential";
    opt.warmup = opt.patience = 1;
    opt.clip = opt.decay = 0.1;
    DFOO_TRY(fixture_build(f, x->text));
    for (; opt.epochs < 5; opt.epochs++) {
        DFOO_TRY(train_run(&f->m, &f->p, &in, &opt, run, out, &result));
        opt.resume = opt.epochs == 2; /* then a file is there that it looks at only */
    }
    DFOO_TRY(train_predict(&f->m, &f->p, run, &in.data, &opt, out, &score, NULL));
    return train_table(&f->m, run, arrays_get(out, "A"), &f->a, out, &columns);
}

typedef dfoo_status work(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out);

static dfoo_status run_work(const dfoo_allocator *mem, work *how, const everything *x) {
    fixture      f = {.mem = *mem};
    dfoo_arrays *run = NULL, *out = NULL;
    arena_init(&f.a, *mem);
    symbols_init(&f.names, &f.a);
    diags_init(&f.d, &f.a);
    dfoo_status status = arrays_new(mem, &run);
    if (status == DFOO_OK) status = arrays_new(mem, &out);
    if (status == DFOO_OK) status = how(&f, x, run, out);
    arrays_free(run);
    arrays_free(out);
    arena_free(&f.a);
    return status;
}

static dfoo_status run_everything(const dfoo_allocator *mem, void *user) {
    return run_work(mem, train_and_predict, user);
}

static void every_allocation_may_fail(void **state) {
    dfoo_arrays *data = new_arrays(), *from = new_arrays();
    double      *y = add_vector(data, "Y", 20);
    (void)state;
    fill(add_matrix(data, "X", 3, 20), 60, 1.3);
    for (int j = 0; j < 20; j++) y[j] = j % 3;
    fill(add_vector(from, "b", 3), 3, 1); /* W is missing: a warning */
    everything x = {SOFTMAX, data, from, "/tmp/dfoo-test-XXXXXX"};
    close(mkstemp(x.file));
    fail_every_call(run_everything, &x);
    unlink(x.file);
    arrays_free(data);
    arrays_free(from);
}

static dfoo_status teach(fixture *f, const everything *x, dfoo_arrays *run, dfoo_arrays *out) {
    train_result  result;
    train_input   in = {.data = {.name = "data", .arrays = x->data}};
    train_options opt = {.epochs = 6};
    DFOO_TRY(fixture_build(f, x->text));
    return train_run(&f->m, &f->p, &in, &opt, run, out, &result);
}

static dfoo_status run_lessons(const dfoo_allocator *mem, void *user) {
    return run_work(mem, teach, user);
}

/* A run that teaches many lessons: equal units, inputs far from 1, a label of 3, and relus. */
static void every_allocation_of_the_lessons_may_fail(void **state) {
    static const char text[] = "input X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (3, n0) ~ zeros\nparam W2 : (3, 3) ~ zeros\n"
                               "param w : (1, 3) ~ zeros\nA1 = relu(W1 @ X)\nA2 = tanh(W2 @ A1)\nA = sigmoid(w @ A2)\n"
                               "J = -1/m * sum(Y * log(A) + (1 - Y) * log(1 - A))\nminimize J\npredict A\n";
    dfoo_arrays      *data = new_arrays();
    double           *x = add_matrix(data, "X", 2, 20), *y = add_vector(data, "Y", 20);
    (void)state;
    for (int j = 0; j < 40; j++) x[j] = 1000 * sin(j);
    for (int j = 0; j < 20; j++) y[j] = 3 * (j % 2);
    everything given = {text, data, NULL, ""};
    fail_every_call(run_lessons, &given);
    arrays_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(full_batch_agrees_over_thousands_of_epochs),
        cmocka_unit_test(float32_is_close_to_float64),
        cmocka_unit_test(short_last_batch_has_its_own_size),
        cmocka_unit_test(rows_and_columns_train_alike),
        cmocka_unit_test(optimizers_step_as_written),
        cmocka_unit_test(settings_are_used_and_checked),
        cmocka_unit_test(optimizers_show_their_equations),
        cmocka_unit_test(dropout_is_for_training_only),
        cmocka_unit_test(cost_that_is_not_finite_stops),
        cmocka_unit_test(functions_without_formula_are_named),
        cmocka_unit_test(progress_tells_and_stops),
        cmocka_unit_test(prediction_repeats_the_test),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(every_allocation_of_the_lessons_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* Predictors through dfoo.h: the bits of dfoo_predict from the file of a run alone, in several threads,
 * without an allocation; and what they refuse. */
#include "failing_allocator.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

/* Every request for memory in this program, the C library's too; the sanitizers have an allocator of their
 * own. */
static size_t n_requests;
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && defined(__GLIBC__)
enum { COUNTS = 1 };
void *__libc_malloc(size_t size);
void *__libc_realloc(void *block, size_t size);
void *__libc_calloc(size_t n, size_t size);

void *malloc(size_t size) {
    n_requests++;
    return __libc_malloc(size);
}

void *realloc(void *block, size_t size) {
    n_requests++;
    return __libc_realloc(block, size);
}

void *calloc(size_t n, size_t size) {
    n_requests++;
    return __libc_calloc(n, size);
}
#else
enum { COUNTS = 0 };
#endif

enum { N = 24 };

typedef struct kind {
    const char *name, *text;
    bool        rows, standardize, set;
    const char *scale;
    size_t      inputs, outputs;
} kind;

static const kind kinds[] = {
    {"columns",
     "input X : (n0, m)\nlabel Y : (1, m)\nparam W1 : (n1, n0)\nparam b1 : (n1, 1)\nparam W2 : (1, n1)\nA1 = "
     "tanh(W1 @ X + b1)\n"
     "D = dropout(A1, 0.8)\nA2 = sigmoid(W2 @ D)\nJ = -1/m * sum(Y * log(A2) + (1 - Y) * log(1 - "
     "A2))\nminimize J\npredict A2\n",
     false, true, true, NULL, 3, 1},
    {"rows",
     "input X : (m, n0)\nlabel Y : (m, k) onehot\nparam W : (n0, k)\nparam b : (1, k)\nA = softmax(X @ W + "
     "b)\n"
     "J = -1/m * sum(Y * log(A))\nminimize J\npredict A\n",
     true, false, false, "X=1/7", 3, 2},
    {"two inputs",
     "const c = 0.5\ninput X : (n0, m)\ninput U : (1, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nP = w @ X + c "
     "* U\n"
     "J = 1/m * sum((P - Y)**2)\nminimize J\npredict P\n",
     false, false, false, NULL, 4, 1},
};

static dfoo_status add(dfoo_arrays *set, const char *name, size_t entries, bool rows, const double *x,
                       size_t step) {
    dfoo_array *to;
    dfoo_status status = dfoo_arrays_add_matrix(set, name, rows ? N : entries, rows ? entries : N, NULL, &to);
    for (size_t j = 0; status == DFOO_OK && j < N; j++)
        for (size_t i = 0; i < entries; i++) to->data[rows ? j * entries + i : i * N + j] = x[j * step + i];
    return status;
}

/* x (N, inputs) as the variables of the model, and labels. */
static dfoo_status make_data(const kind *k, double *x, dfoo_arrays *set) {
    double y[2 * N];
    bool   onehot = k->outputs > 1;
    for (size_t i = 0; i < N * k->inputs; i++) x[i] = 5 * sin((double)i * 1.3) + 1;
    for (size_t j = 0; j < N; j++) {
        y[onehot ? 2 * j : j] = x[j * k->inputs] > 0;
        if (onehot) y[2 * j + 1] = !(x[j * k->inputs] > 0);
    }
    dfoo_status status = add(set, "X", 3, k->rows, x, k->inputs);
    if (status == DFOO_OK && k->inputs == 4) status = add(set, "U", 1, k->rows, x + 3, k->inputs);
    return status == DFOO_OK ? add(set, "Y", k->outputs, k->rows, y, k->outputs) : status;
}

/* Trains, leaves the run in the file. */
static dfoo_status train(dfoo *d, const kind *k, const char *file, double *x, dfoo_arrays *data,
                         dfoo_model **model) {
    dfoo_arrays *run = NULL;
    dfoo_status  status = dfoo_model_parse(d, k->name, k->text, strlen(k->text), model);
    if (status == DFOO_OK && k->set) status = dfoo_model_set(*model, "n1", 5);
    if (status == DFOO_OK) status = make_data(k, x, data);
    dfoo_train_options how = DFOO_INIT(dfoo_train_options);
    how.arrays = data;
    how.epochs = 4;
    how.standardize = k->standardize;
    how.scale = k->scale;
    how.file = file;
    how.restart = 1;
    how.threads = 1;
    if (status == DFOO_OK) status = dfoo_train(*model, &how, &run, NULL);
    dfoo_arrays_free(run);
    return status;
}

static char path[] = "/tmp/dfoo-test-XXXXXX";

/* ------------------------------------------------------------------------- bits */

static void it_predicts_as_dfoo_predict_does(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        const kind     *k = &kinds[i];
        dfoo           *d;
        dfoo_arrays    *data, *run, *out;
        dfoo_model     *model, *of_run;
        dfoo_predictor *p;
        double          x[4 * N], y[2 * N];
        assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
        assert_int_equal(dfoo_arrays_new(d, &data), DFOO_OK);
        assert_int_equal(dfoo_arrays_new(d, &run), DFOO_OK);
        if (train(d, k, path, x, data, &model) != DFOO_OK) fail_msg("%s", dfoo_messages(d));
        dfoo_messages_clear(d);
        if (dfoo_predictor_open(d, path, &p) != DFOO_OK) fail_msg("%s", dfoo_messages(d));
        assert_string_equal(dfoo_messages(d), "");
        assert_int_equal(dfoo_predictor_inputs(p), k->inputs);
        assert_int_equal(dfoo_predictor_outputs(p), k->outputs);

        assert_int_equal(dfoo_arrays_read(d, path, run), DFOO_OK);
        assert_int_equal(dfoo_model_from_run(d, run, &of_run), DFOO_OK);
        assert_int_equal(
            dfoo_predict(of_run, run, DFOO_WITH(dfoo_predict_options, .arrays = data), &out, NULL), DFOO_OK);
        const double *all = dfoo_arrays_at(out, 0)->data;
        assert_int_equal(dfoo_predictor_run(p, x, N, y), DFOO_OK);
        for (size_t j = 0; j < N; j++)
            for (size_t e = 0; e < k->outputs; e++)
                assert_true(y[j * k->outputs + e] == all[k->rows ? j * k->outputs + e : e * N + j]);
        for (size_t j = 0; j < N; j++) { /* one by one */
            double one[2];
            assert_int_equal(dfoo_predictor_run(p, x + j * k->inputs, 1, one), DFOO_OK);
            for (size_t e = 0; e < k->outputs; e++)
                if (!(fabs(one[e] - y[j * k->outputs + e]) <= 1e-14 * fmax(1, fabs(one[e]))))
                    fail_msg("%s: %.17g and %.17g", k->name, one[e], y[j * k->outputs + e]);
        }
        dfoo_predictor_close(p);
        dfoo_arrays_free(out);
        dfoo_arrays_free(run);
        dfoo_arrays_free(data);
        dfoo_model_free(of_run);
        dfoo_model_free(model);
        dfoo_close(d);
    }
}

/* -------------------------------------------------------------------- no requests */

static void a_run_asks_for_no_memory(void **state) {
    failing         f = {0};
    dfoo_allocator  mem = failing_allocator(&f);
    dfoo           *d;
    dfoo_arrays    *data;
    dfoo_model     *model;
    dfoo_predictor *p;
    double          x[4 * N], y[2 * N];
    (void)state;
    assert_int_equal(dfoo_open(&mem, &d), DFOO_OK);
    assert_int_equal(dfoo_arrays_new(d, &data), DFOO_OK);
    assert_int_equal(train(d, &kinds[0], path, x, data, &model), DFOO_OK);
    assert_int_equal(dfoo_predictor_open(d, path, &p), DFOO_OK);
    for (size_t n = 1; n <= N; n += N - 1) {
        assert_int_equal(dfoo_predictor_run(p, x, n, y), DFOO_OK);
        size_t calls = f.calls, requests = n_requests;
        for (int i = 0; i < 100; i++) dfoo_predictor_run(p, x, n, y);
        assert_int_equal(f.calls, calls);
        assert_int_equal(n_requests, requests);
    }
    assert_true(!COUNTS || n_requests > 0);
    dfoo_predictor_close(p);
    dfoo_arrays_free(data);
    dfoo_model_free(model);
    dfoo_close(d);
    assert_int_equal(f.live, 0);
}

/* ----------------------------------------------------------------------- threads */

typedef struct thread {
    dfoo_predictor *p;
    const double   *x, *y;
    size_t          wrong;
    pthread_t       id;
} thread;

static void *predict_often(void *arg) {
    thread *t = arg;
    double  y;
    for (int i = 0; i < 20000; i++) {
        size_t j = (size_t)i % N;
        dfoo_predictor_run(t->p, t->x + 3 * j, 1, &y);
        t->wrong += y != t->y[j];
    }
    return NULL;
}

static void clones_run_at_the_same_time(void **state) {
    dfoo           *d;
    dfoo_arrays    *data;
    dfoo_model     *model;
    dfoo_predictor *p;
    double          x[4 * N], y[N];
    thread          threads[4];
    (void)state;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_int_equal(dfoo_arrays_new(d, &data), DFOO_OK);
    assert_int_equal(train(d, &kinds[0], path, x, data, &model), DFOO_OK);
    assert_int_equal(dfoo_predictor_open(d, path, &p), DFOO_OK);
    for (size_t j = 0; j < N; j++) assert_int_equal(dfoo_predictor_run(p, x + 3 * j, 1, &y[j]), DFOO_OK);
    for (int i = 0; i < 4; i++) {
        threads[i] = (thread){.x = x, .y = y};
        assert_int_equal(dfoo_predictor_clone(p, &threads[i].p), DFOO_OK);
        assert_int_equal(pthread_create(&threads[i].id, NULL, predict_often, &threads[i]), 0);
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i].id, NULL);
        assert_int_equal(threads[i].wrong, 0);
        dfoo_predictor_close(threads[i].p);
    }
    dfoo_predictor_close(p);
    dfoo_arrays_free(data);
    dfoo_model_free(model);
    dfoo_close(d);
}

/* ----------------------------------------------------------------------- refused */

static void assert_refused(dfoo *d, const char *text, const char *message) {
    dfoo_arrays    *run;
    dfoo_predictor *p;
    dfoo_array     *x;
    size_t          n = strlen(text);
    assert_int_equal(dfoo_arrays_new(d, &run), DFOO_OK);
    assert_int_equal(dfoo_arrays_add_matrix(run, "w", 1, 2, (const double[]){1, 2}, NULL), DFOO_OK);
    if (n) {
        assert_int_equal(dfoo_arrays_add(run, "dfoo.model", 1, &n, NULL, &x), DFOO_OK);
        for (size_t i = 0; i < n; i++) x->data[i] = (unsigned char)text[i];
        n = 1;
        assert_int_equal(dfoo_arrays_add(run, "dfoo.model_name", 1, &n, (const double[]){'x'}, NULL),
                         DFOO_OK);
    }
    dfoo_messages_clear(d);
    assert_int_equal(dfoo_predictor_new(d, run, DFOO_F64, &p), DFOO_EINPUT);
    assert_null(p);
    if (!strstr(dfoo_messages(d), message)) fail_msg("\"%s\" is not in: %s", message, dfoo_messages(d));
    dfoo_arrays_free(run);
}

static void what_cannot_be_predicted_so(void **state) {
    dfoo           *d;
    dfoo_predictor *p;
    (void)state;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_refused(d, "", "the run does not hold its model");
    assert_refused(d, "input X : (2, m)\nparam w : (1, 2)\nP = w @ X\nJ = sum(P)\nminimize J\n",
                   "what to predict");
    assert_refused(d, "input X : (2, m)\nparam v : (1, 2)\nP = v @ X\nJ = sum(P)\nminimize J\npredict P\n",
                   "the run has no v");
    assert_refused(d,
                   "examples m\ninput X : (2, m)\ninput S : (1, 1)\nparam w : (1, 2)\nP = S * (w @ X)\nJ = "
                   "1/m * sum(P)\nminimize J\npredict P\n",
                   "the input S has no entry for each example");
    assert_refused(d, "input X : (2, m)\nparam w : (1, 2)\nP = sum(w @ X)\nJ = P\nminimize J\npredict P\n",
                   "P has no entry for each example");
    assert_refused(d,
                   "input X : (2, m)\nlabel Y : (1, m)\nparam w : (1, 2)\nP = w @ X + Y\nJ = "
                   "sum(P)\nminimize J\npredict P\n",
                   "the prediction reads the label Y");
    assert_int_equal(dfoo_predictor_open(d, "/no/such/run.npz", &p), DFOO_EIO);
    assert_int_equal(dfoo_predictor_open(d, NULL, &p), DFOO_EUSE);
    assert_int_equal(dfoo_predictor_run(NULL, NULL, 1, NULL), DFOO_EUSE);
    assert_int_equal(dfoo_predictor_clone(NULL, &p), DFOO_EUSE);
    assert_int_equal(dfoo_predictor_inputs(NULL) + dfoo_predictor_outputs(NULL), 0);
    dfoo_predictor_close(NULL);
    dfoo_close(d);
}

/* --------------------------------------------------------------------- no memory */

static dfoo_status open_and_run(const dfoo_allocator *mem, void *user) {
    dfoo           *d = NULL;
    dfoo_predictor *p = NULL, *q = NULL;
    const double   *x = user;
    double          y[N];
    dfoo_status     status = dfoo_open(mem, &d);
    if (status == DFOO_OK) status = dfoo_predictor_open(d, path, &p);
    if (status == DFOO_OK) status = dfoo_predictor_clone(p, &q);
    if (status == DFOO_OK) status = dfoo_predictor_run(q, x, N, y);
    if (status == DFOO_OK) status = dfoo_predictor_run(p, x, N, y);
    dfoo_predictor_close(q);
    dfoo_predictor_close(p);
    dfoo_close(d);
    return status;
}

static void every_allocation_may_fail(void **state) {
    dfoo        *d;
    dfoo_arrays *data;
    dfoo_model  *model;
    double       x[4 * N];
    (void)state;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_int_equal(dfoo_arrays_new(d, &data), DFOO_OK);
    assert_int_equal(train(d, &kinds[0], path, x, data, &model), DFOO_OK);
    fail_every_call(open_and_run, x);
    dfoo_arrays_free(data);
    dfoo_model_free(model);
    dfoo_close(d);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_predicts_as_dfoo_predict_does), cmocka_unit_test(a_run_asks_for_no_memory),
        cmocka_unit_test(clones_run_at_the_same_time),      cmocka_unit_test(what_cannot_be_predicted_so),
        cmocka_unit_test(every_allocation_may_fail),
    };
    close(mkstemp(path));
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}

/* Compiled functions: the numbers of dfoo_grad, from the caller's memory however it lies, for any number of
 * examples, and no allocation in any run: neither from the context nor from the C library. */
#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

enum { N0 = 3, N1 = 4, N2 = 2, M = 700 };

/* ------------------------------------------------------------------ the C library's malloc, counted */

static size_t n_mallocs;

#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define COUNTS_MALLOC 1
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t size);

void *malloc(size_t size) {
    n_mallocs++;
    return __libc_malloc(size);
}
void *calloc(size_t n, size_t size) {
    n_mallocs++;
    return __libc_calloc(n, size);
}
void *realloc(void *block, size_t size) {
    n_mallocs++;
    return __libc_realloc(block, size);
}
#else
#define COUNTS_MALLOC 0
#endif

/* ------------------------------------------------------------------ data */

static double X[N0 * M], Y[N2 * M], W1[N1 * N0], b1[N1], W2[N2 * N1], b2[N2];

static double draw(unsigned *state) {
    *state = *state * 1664525u + 1013904223u;
    return (double)(*state >> 8) / (1 << 24) * 2 - 1;
}

static int fill(void **state) {
    unsigned seed = 1;
    (void)state;
    for (size_t i = 0; i < N0 * M; i++) X[i] = draw(&seed);
    for (size_t i = 0; i < N2 * M; i++) Y[i] = draw(&seed) > 0;
    for (size_t i = 0; i < N1 * N0; i++) W1[i] = draw(&seed);
    for (size_t i = 0; i < N2 * N1; i++) W2[i] = draw(&seed);
    for (size_t i = 0; i < N1; i++) b1[i] = draw(&seed);
    for (size_t i = 0; i < N2; i++) b2[i] = draw(&seed);
    return 0;
}

/* The first m columns of a matrix, packed. */
static const double *first(const double *x, size_t rows, size_t m, double *to) {
    for (size_t i = 0; i < rows; i++) memcpy(to + i * m, x + i * M, m * sizeof *x);
    return to;
}

static dfoo_status bind_parameters(dfoo_function *f) {
    DFOO_TRY(dfoo_function_bind(f, "W1", W1, N1, N0));
    DFOO_TRY(dfoo_function_bind(f, "b1", b1, N1, 1));
    DFOO_TRY(dfoo_function_bind(f, "W2", W2, N2, N1));
    return dfoo_function_bind(f, "b2", b2, N2, 1);
}

/* What dfoo_grad says of the first m examples. */
static dfoo_arrays *reference(dfoo *d, dfoo_model *model, size_t m) {
    dfoo_arrays  *in, *out;
    static double x[N0 * M], y[N2 * M];
    assert_int_equal(dfoo_arrays_new(d, &in), DFOO_OK);
    dfoo_arrays_add_matrix(in, "X", N0, m, first(X, N0, m, x), NULL);
    dfoo_arrays_add_matrix(in, "Y", N2, m, first(Y, N2, m, y), NULL);
    dfoo_arrays_add_matrix(in, "W1", N1, N0, W1, NULL);
    dfoo_arrays_add_matrix(in, "b1", N1, 1, b1, NULL);
    dfoo_arrays_add_matrix(in, "W2", N2, N1, W2, NULL);
    dfoo_arrays_add_matrix(in, "b2", N2, 1, b2, NULL);
    assert_int_equal(dfoo_grad(model, in, NULL, &out), DFOO_OK);
    dfoo_arrays_free(in);
    return out;
}

static void expect(const dfoo_arrays *want, const char *name, const double *is, double tolerance) {
    const dfoo_array *x = dfoo_arrays_get(want, name);
    size_t            n = 1;
    assert_non_null(x);
    assert_non_null(is);
    for (int i = 0; i < x->ndim; i++) n *= x->dim[i];
    for (size_t i = 0; i < n; i++)
        if (fabs(x->data[i] - is[i]) > tolerance * (1 + fabs(x->data[i])))
            fail_msg("%s[%zu] is %.17g, not %.17g", name, i, is[i], x->data[i]);
}

static dfoo       *d;
static dfoo_model *model;
static failing     counted;

static int open_model(void **state) {
    dfoo_allocator mem = failing_allocator(&counted);
    fill(state);
    return dfoo_open(&mem, &d) == DFOO_OK && dfoo_model_read(d, "two_layer", &model) == DFOO_OK ? 0 : -1;
}

static int close_model(void **state) {
    (void)state;
    dfoo_model_free(model);
    dfoo_close(d);
    assert_int_equal(counted.live, 0);
    return 0;
}

static dfoo_function *compiled(const dfoo_compile_options *how) {
    dfoo_function *f;
    dfoo_status    status = dfoo_compile(model, how, &f);
    if (status != DFOO_OK) fail_msg("%s", dfoo_messages(d));
    return f;
}

/* ------------------------------------------------------------------ tests */

static const char *const all[] = {"J", "dW1", "db1", "dW2", "db2", "A1", "dZ1", "A2"};
enum { ALL = sizeof all / sizeof *all };
#define OUTPUTS "J,dW1,db1,dW2,db2,A1,dZ1,A2"

static void any_number_of_examples(void **state) {
    static const size_t sizes[] = {1, 2, 3, 511, 512, 513, 100, 256, 257, 700, 1, 699, 5};
    dfoo_function *f = compiled(DFOO_WITH(dfoo_compile_options, .outputs = OUTPUTS, .max_examples = M));
    (void)state;
    assert_int_equal(bind_parameters(f), DFOO_OK);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        static double x[N0 * M], y[N2 * M];
        size_t        m = sizes[i], rows, cols;
        dfoo_arrays  *want = reference(d, model, m);
        assert_int_equal(dfoo_function_bind(f, "X", first(X, N0, m, x), N0, m), DFOO_OK);
        assert_int_equal(dfoo_function_bind(f, "Y", first(Y, N2, m, y), N2, m), DFOO_OK);
        assert_int_equal(dfoo_function_run(f, i % 2 ? 0 : m), DFOO_OK);
        for (size_t k = 0; k < ALL; k++) expect(want, all[k], dfoo_function_get(f, all[k]), 1e-12);
        assert_int_equal(dfoo_function_shape(f, "A1", &rows, &cols), DFOO_OK);
        assert_true(rows == N1 && cols == m);
        dfoo_arrays_free(want);
    }
    dfoo_function_free(f);
}

static void steps_and_outputs_of_ones_own(void **state) {
    static double xt[M * N0], a1[2 * N1 * M], dW1[N1 * N0], J;
    (void)state;
    for (size_t i = 0; i < N0; i++)
        for (size_t k = 0; k < M; k++) xt[k * N0 + i] = X[i * M + k];
    dfoo_function *f = compiled(DFOO_WITH(dfoo_compile_options, .outputs = OUTPUTS, .max_examples = M));
    assert_int_equal(bind_parameters(f), DFOO_OK);
    assert_int_equal(dfoo_function_bind_strided(f, "X", xt, N0, M, 1, N0), DFOO_OK); /* the other way round */
    assert_int_equal(dfoo_function_bind_strided(f, "Y", Y, N2, M, M, 1), DFOO_OK);
    assert_int_equal(dfoo_function_bind_output(f, "dW1", dW1, N1, N0), DFOO_OK);
    assert_int_equal(dfoo_function_bind_output(f, "J", &J, 1, 1), DFOO_OK);
    assert_int_equal(dfoo_function_bind_output_strided(f, "A1", a1, N1, M, 1, 2 * N1), DFOO_OK);
    for (size_t m = M; m; m /= 3) {
        dfoo_arrays *want = reference(d, model, m);
        memset(a1, 0, sizeof a1);
        dfoo_status status = dfoo_function_run(f, m);
        if (m == M / 3) { /* Y has no room to be gathered in: it is dense as a whole */
            assert_int_equal(status, DFOO_EUSE);
            assert_int_equal(dfoo_function_bind_strided(f, "Y", Y, N2, m, M, 1), DFOO_OK);
            status = dfoo_function_run(f, m);
        }
        assert_int_equal(status, DFOO_OK);
        for (size_t k = 0; k < ALL; k++)
            if (k != 5) expect(want, all[k], dfoo_function_get(f, all[k]), 1e-12);
        assert_ptr_equal(dfoo_function_get(f, "dW1"), dW1);
        for (size_t i = 0; i < N1; i++)
            for (size_t k = 0; k < M; k++) {
                double is = a1[i + k * 2 * N1], should = k < m ? dfoo_arrays_get(want,
                                                                                 "A1")->data[i * m + k] : 0;
                assert_true(fabs(is - should) < 1e-12 && a1[N1 + i + k * 2 * N1] == 0);
            }
        dfoo_arrays_free(want);
    }
    assert_int_equal(dfoo_function_bind_output(f, "dW1", NULL, 0, 0), DFOO_OK);
    assert_int_equal(dfoo_function_run(f, 1), DFOO_OK);
    assert_ptr_not_equal(dfoo_function_get(f, "dW1"), dW1);
    dfoo_function_free(f);
}

static void no_run_allocates(void **state) {
    static const unsigned threads[] = {1, 3};
    static double         x[N0 * M], y[N2 * M], J;
    (void)state;
    for (int i = 0; i < 4; i++) {
        dfoo_function *f = compiled(DFOO_WITH(dfoo_compile_options, .outputs = OUTPUTS, .max_examples = M,
                                              .threads = threads[i % 2], .dtype = DFOO_F64));
        assert_int_equal(bind_parameters(f), DFOO_OK);
        bool gathered = i / 2;
        if (gathered) {
            dfoo_function_bind_strided(f, "X", X, N0, M - 1, M, 1);
            dfoo_function_bind_strided(f, "Y", Y, N2, M - 1, M, 1);
        } else {
            dfoo_function_bind(f, "X", x, N0, M);
            dfoo_function_bind(f, "Y", y, N2, M);
        }
        dfoo_function_bind_output(f, "J", &J, 1, 1);
        size_t before = counted.calls, c_before = n_mallocs;
        for (size_t m = 1; m < M; m++) {
            if (!gathered) dfoo_function_bind(f, "X", first(X, N0, m, x), N0, m);
            if (!gathered) dfoo_function_bind(f, "Y", first(Y, N2, m, y), N2, m);
            if (dfoo_function_run(f, m) != DFOO_OK) fail_msg("%zu: %s", m, dfoo_messages(d));
            if (!isfinite(J)) fail_msg("no cost of %zu examples", m);
        }
        assert_int_equal(counted.calls, before);
        if (COUNTS_MALLOC) assert_int_equal(n_mallocs, c_before);
        dfoo_function_free(f);
    }
    assert_true(!COUNTS_MALLOC || n_mallocs > 0);
}

static void floats(void **state) {
    float        x[N0 * 5], y[N2 * 5], w1[N1 * N0], c1[N1], w2[N2 * N1], c2[N2];
    double       got[N1 * N0];
    dfoo_arrays *want = reference(d, model, 5);
    (void)state;
    for (size_t i = 0; i < N0; i++)
        for (size_t k = 0; k < 5; k++) x[i * 5 + k] = (float)X[i * M + k];
    for (size_t i = 0; i < N2; i++)
        for (size_t k = 0; k < 5; k++) y[i * 5 + k] = (float)Y[i * M + k];
    for (size_t i = 0; i < N1 * N0; i++) w1[i] = (float)W1[i];
    for (size_t i = 0; i < N2 * N1; i++) w2[i] = (float)W2[i];
    for (size_t i = 0; i < N1; i++) c1[i] = (float)b1[i];
    for (size_t i = 0; i < N2; i++) c2[i] = (float)b2[i];
    dfoo_function *f = compiled(DFOO_WITH(dfoo_compile_options, .dtype = DFOO_F32));
    dfoo_function_bind(f, "W1", w1, N1, N0);
    dfoo_function_bind(f, "b1", c1, N1, 1);
    dfoo_function_bind(f, "W2", w2, N2, N1);
    dfoo_function_bind(f, "b2", c2, N2, 1);
    dfoo_function_bind(f, "X", x, N0, 5);
    dfoo_function_bind(f, "Y", y, N2, 5);
    assert_int_equal(dfoo_function_run(f, 0), DFOO_OK);
    const float *dW1 = dfoo_function_get(f, "dW1"), *J = dfoo_function_get(f, "J");
    for (size_t i = 0; i < N1 * N0; i++) got[i] = dW1[i];
    expect(want, "dW1", got, 1e-5);
    got[0] = *J;
    expect(want, "J", got, 1e-5);
    dfoo_arrays_free(want);
    dfoo_function_free(f);
}

/* A given intermediate value and a given gradient are used as given. */
static void what_is_given(void **state) {
    double         a1[N1 * 2], dA2[N2 * 2], one[N2 * 2];
    dfoo_function *f = compiled(DFOO_WITH(dfoo_compile_options, .inputs = "A1, dA2",
                                          .outputs = "A2,dW2,db2"));
    (void)state;
    for (size_t i = 0; i < N1 * 2; i++) a1[i] = X[i];
    for (size_t i = 0; i < N2 * 2; i++) dA2[i] = Y[i] + 1;
    dfoo_function_bind(f, "A1", a1, N1, 2);
    dfoo_function_bind(f, "dA2", dA2, N2, 2);
    dfoo_function_bind(f, "W2", W2, N2, N1);
    dfoo_function_bind(f, "b2", b2, N2, 1);
    if (dfoo_function_run(f, 0) != DFOO_OK) fail_msg("%s", dfoo_messages(d));
    const double *A2 = dfoo_function_get(f, "A2"), *db2 = dfoo_function_get(f, "db2");
    for (size_t i = 0; i < N2 * 2; i++) one[i] = dA2[i] * A2[i] * (1 - A2[i]);
    for (size_t i = 0; i < N2; i++) assert_true(fabs(db2[i] - (one[2 * i] + one[2 * i + 1]) / 2) < 1e-14);
    dfoo_function_free(f);
}

static void expect_message(dfoo_status is, dfoo_status should, const char *text) {
    const dfoo_message *m = dfoo_message_at(d, 0);
    assert_int_equal(is, should);
    assert_int_equal(dfoo_message_count(d), 1);
    if (!strstr(m->text, text) && !strstr(m->suggestion, text)) fail_msg("not '%s' but '%s' '%s'", text, m->text, m->suggestion);
    dfoo_messages_clear(d);
}

static void what_is_wrong_is_told(void **state) {
    dfoo_function *f, *g = compiled(DFOO_WITH(dfoo_compile_options, .max_examples = 5));
    (void)state;
    dfoo_messages_clear(d);
    expect_message(dfoo_compile(model, DFOO_WITH(dfoo_compile_options, .outputs = "J,dW9"), &f), DFOO_EINPUT,
                   "did you mean dW2?");
    assert_null(f);
    expect_message(dfoo_compile(model, DFOO_WITH(dfoo_compile_options, .inputs = "Q"), &f), DFOO_EINPUT,
                   "'Q'");
    expect_message(dfoo_compile(model, DFOO_WITH(dfoo_compile_options, .outputs = " ,"), &f), DFOO_EINPUT,
                   "no output");
    expect_message(dfoo_compile(model, DFOO_WITH(dfoo_compile_options, .dtype = (dfoo_dtype)7), &f),
                   DFOO_EUSE, "dtype is 7");
    expect_message(dfoo_compile(model, &(dfoo_compile_options){.threads = 1}, &f), DFOO_EUSE,
                   "DFOO_INIT(dfoo_compile_options)");
    expect_message(dfoo_function_run(g, 1), DFOO_EUSE, "is not bound");
    expect_message(dfoo_function_bind(g, "x", X, 1, 1), DFOO_EINPUT, "no input 'x'");
    expect_message(dfoo_function_bind_output(g, "A1", X, 1, 1), DFOO_EINPUT, "no output 'A1'");
    expect_message(dfoo_function_bind(g, "X", NULL, 1, 1), DFOO_EUSE, "data is NULL");
    assert_int_equal(bind_parameters(g), DFOO_OK);
    expect_message(dfoo_function_bind(g, "X", X, N0, 6), DFOO_EINPUT,
                   "X is (3, 6), and (n0, m) with n0 = 3, m up to 5");
    expect_message(dfoo_function_bind(g, "X", X, 4, N0), DFOO_EINPUT, "the other way round");
    assert_int_equal(dfoo_function_bind(g, "X", X, N0, 2), DFOO_OK);
    assert_int_equal(dfoo_function_bind(g, "Y", Y, N2, 3), DFOO_OK);
    expect_message(dfoo_function_run(g, 3), DFOO_EUSE, "X is bound with 2 examples, and the run is of 3");
    assert_null(dfoo_function_get(g, "J"));
    dfoo_function_free(g);
}

/* ------------------------------------------------------------------ memory */

static dfoo_status whole_life(const dfoo_allocator *mem, void *user) {
    dfoo          *own;
    dfoo_model    *m = NULL;
    dfoo_function *f = NULL;
    static double  J;
    (void)user;
    DFOO_TRY(dfoo_open(mem, &own));
    dfoo_status status = dfoo_model_read(own, "two_layer", &m);
    if (status == DFOO_OK) status = dfoo_compile(m, DFOO_WITH(dfoo_compile_options, .max_examples = 8), &f);
    if (status == DFOO_OK) status = bind_parameters(f);
    if (status == DFOO_OK) status = dfoo_function_bind_strided(f, "X", X, N0, 8, M, 1);
    if (status == DFOO_OK) status = dfoo_function_bind(f, "Y", Y, N2, 8);
    if (status == DFOO_OK) status = dfoo_function_bind_output(f, "J", &J, 1, 1);
    if (status == DFOO_OK) status = dfoo_function_run(f, 8);
    dfoo_function_free(f);
    dfoo_model_free(m);
    dfoo_close(own);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(whole_life, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_examples), cmocka_unit_test(steps_and_outputs_of_ones_own),
        cmocka_unit_test(no_run_allocates),       cmocka_unit_test(floats),
        cmocka_unit_test(what_is_given),          cmocka_unit_test(what_is_wrong_is_told),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("compiled functions", tests, open_model, close_model);
}

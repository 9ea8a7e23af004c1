/* Sets of arrays: either type, owned or borrowed, with steps; and that every call reads them as what they
 * are. */
#include "failing_allocator.h"

#include <math.h>
#include <stdio.h>

#include "core/base/mem.h"

static const char model_text[] =
    "input X : (n, m)\nparam w : (n, 1) ~ zeros\nZ = w.T @ X\nJ = 1/m * sum(Z**2)\nminimize J\npredict Z\n";

enum { N = 3, M = 4 };
static const double X[N * M] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, -12}, w[N] = {1, -2, 0.5};

/* X in five ways: as it is, as floats, turned round, with gaps, backwards. */
enum { WAYS = 6 };
static float  as_float[N * M], gaps_float[2 * N * M];
static double turned[N * M], backwards[N * M];

static dfoo_status add(dfoo_arrays *set, int way, dfoo_array **out) {
    const size_t    dim[] = {N, M};
    const ptrdiff_t columns[] = {1, N}, gaps[] = {2 * M, 2}, back[] = {-M, -1};
    for (int i = 0; i < N; i++)
        for (int k = 0; k < M; k++) {
            as_float[i * M + k] = (float)X[i * M + k];
            gaps_float[2 * (i * M + k)] = (float)X[i * M + k];
            turned[k * N + i] = X[i * M + k];
            backwards[N * M - 1 - (i * M + k)] = X[i * M + k];
        }
    switch (way) {
    case 0: return dfoo_arrays_add_matrix(set, "X", N, M, X, out);
    case 1: return dfoo_arrays_add_f32(set, "X", 2, dim, as_float, out);
    case 2: return dfoo_arrays_borrow(set, "X", DFOO_F64, 2, dim, columns, turned, out);
    case 3: return dfoo_arrays_borrow(set, "X", DFOO_F32, 2, dim, gaps, gaps_float, out);
    case 4: return dfoo_arrays_borrow(set, "X", DFOO_F64, 2, dim, back, backwards + N * M - 1, out);
    default: return dfoo_arrays_borrow(set, "X", DFOO_F64, 2, dim, NULL, X, out);
    }
}

static void arrays_stay_what_they_are(void **state) {
    dfoo        *d;
    dfoo_arrays *set;
    dfoo_array  *x;
    (void)state;
    assert_int_equal(dfoo_open(NULL, &d), DFOO_OK);
    assert_int_equal(dfoo_arrays_new(d, &set), DFOO_OK);
    for (int way = 0; way < WAYS; way++) {
        assert_int_equal(add(set, way, &x), DFOO_OK);
        assert_int_equal(x->dtype, way == 1 || way == 3 ? DFOO_F32 : DFOO_F64);
        assert_int_equal(x->borrowed, way > 1);
        assert_int_equal(x->data != NULL, way == 0 || way == 5);
        for (int i = 0; i < N; i++)
            for (int k = 0; k < M; k++) {
                ptrdiff_t at = i * x->step[0] + k * x->step[1];
                double    is =
                    x->dtype == DFOO_F32 ? (double)((const float *)x->values)[at] : ((const double *)x->values)[at];
                assert_true(is == X[i * M + k]);
            }
    }
    assert_ptr_equal(x->values, X);
    assert_int_equal(dfoo_arrays_count(set), 1);
    assert_int_equal(dfoo_arrays_add(set, "big", 9, (size_t[]){1, 1, 1, 1, 1, 1, 1, 1, 1}, NULL, NULL),
                     DFOO_EINPUT);
    dfoo_arrays_free(set);
    dfoo_close(d);
}

static dfoo_status use(const dfoo_allocator *mem, void *user) {
    dfoo        *d;
    dfoo_model  *model = NULL;
    dfoo_arrays *in = NULL, *out = NULL, *run = NULL, *predicted = NULL;
    char        *text = NULL;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_model_parse(d, "sum", model_text, sizeof model_text - 1, &model);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &in);
    if (status == DFOO_OK) status = add(in, *(const int *)user, NULL);
    if (status == DFOO_OK) status = dfoo_arrays_new(d, &run);
    if (status == DFOO_OK)
        status = dfoo_arrays_borrow(run, "w", DFOO_F64, 2, (size_t[]){N, 1}, (ptrdiff_t[]){1, 5}, w, NULL);
    const dfoo_predict_options how = {.size = sizeof how, .arrays = in};
    if (status == DFOO_OK) status = dfoo_predict(model, run, &how, &predicted, NULL);
    if (status == DFOO_OK) status = dfoo_arrays_add_matrix(in, "w", N, 1, w, NULL);
    if (status == DFOO_OK) status = dfoo_grad(model, in, NULL, &out);
    if (status == DFOO_OK) status = dfoo_check(model, DFOO_WITH(dfoo_check_options, .values = in), &text);
    if (status == DFOO_OK) {
        const double *Z = dfoo_arrays_get(out, "Z")->data, *Z2 = dfoo_arrays_get(predicted, "Z")->data;
        for (int k = 0; k < M; k++) {
            double should = w[0] * X[k] + w[1] * X[M + k] + w[2] * X[2 * M + k];
            assert_true(fabs(Z[k] - should) < 1e-12 && fabs(Z2[k] - should) < 1e-12);
        }
    }
    dfoo_text_free(d, text);
    dfoo_arrays_free(in);
    dfoo_arrays_free(out);
    dfoo_arrays_free(run);
    dfoo_arrays_free(predicted);
    dfoo_model_free(model);
    dfoo_close(d);
    return status;
}

static void every_call_reads_them(void **state) {
    (void)state;
    for (int way = 0; way < WAYS; way++) assert_int_equal(use(NULL, &way), DFOO_OK);
}

static dfoo_status make(const dfoo_allocator *mem, void *user) {
    dfoo        *d;
    dfoo_arrays *set = NULL;
    (void)user;
    DFOO_TRY(dfoo_open(mem, &d));
    dfoo_status status = dfoo_arrays_new(d, &set);
    for (int way = 0; way < WAYS && status == DFOO_OK; way++) status = add(set, way, NULL);
    dfoo_arrays_free(set);
    dfoo_close(d);
    return status;
}

static void every_allocation_may_fail(void **state) {
    (void)state;
    fail_every_call(make, NULL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_stay_what_they_are),
        cmocka_unit_test(every_call_reads_them),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests_name("sets of arrays", tests, NULL, NULL);
}

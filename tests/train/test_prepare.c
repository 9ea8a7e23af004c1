/* Before the first step: how parameters start, standardising, splitting. */
#include "train/trial.h"

#include "run/feed/split.h"

/* ----------------------------------------------------------------------- starts */

static void moments(const double *x, size_t n, double *mean, double *variance) {
    *mean = *variance = 0;
    for (size_t i = 0; i < n; i++) *mean += x[i] / (double)n;
    for (size_t i = 0; i < n; i++) *variance += (x[i] - *mean) * (x[i] - *mean) / (double)n;
}

/* W is (40, 50): fan-in 50, fan-out 40; V is used transposed, U stands on the right. */
static void starts_have_their_moments(void **state) {
    static const struct {
        const char *start;
        double      mean, variance;
    } laws[] = {{"~ he", 0, 2.0 / 50},
                {"~ xavier", 0, 2.0 / 90},
                {"", 0, 2.0 / 90},
                {"~ xavier_uniform", 0, 2.0 / 90},
                {"~ glorot_uniform", 0, 2.0 / 90},
                {"~ xavier_normal", 0, 2.0 / 90},
                {"~ he_normal", 0, 2.0 / 50},
                {"~ he_uniform", 0, 2.0 / 50},
                {"~ lecun_uniform", 0, 1.0 / 50},
                {"~ lecun_normal", 0, 1.0 / 50},
                {"~ orthogonal", 0, 1.0 / 50},
                {"~ orthogonal(2)", 0, 4.0 / 50},
                {"~ constant(-0.5)", -0.5, 0},
                {"~ lecun", 0, 1.0 / 50},
                {"~ normal", 0, 1},
                {"~ normal(0.01)", 0, 1e-4},
                {"~ uniform", 0, 1.0 / 3},
                {"~ uniform(2, 3)", 2.5, 1.0 / 12},
                {"~ uniform(3)", 0, 3},
                {"~ zeros", 0, 0},
                {"~ ones", 1, 0}};
    static const char *const uses[] = {"param W : (40, 50) %s\nJ = sum((W @ X)**2)\n",
                                       "param W : (50, 40) %s\nJ = sum((W.T @ X)**2)\n",
                                       "param W : (50, 40) %s\nJ = sum((X.T @ W)**2)\n"};
    (void)state;
    for (size_t i = 0; i < sizeof laws / sizeof *laws; i++) {
        for (size_t k = 0; k < sizeof uses / sizeof *uses; k++) {
            trial  t;
            char   line[200], text[300];
            double mean, variance;
            snprintf(line, sizeof line, uses[k], laws[i].start);
            snprintf(text, sizeof text, "input X : (50, m)\nparam b : (40, 1)\n%sminimize J\n", line);
            trial_open(&t, text);
            add_matrix(t.data, "X", 50, 1); /* zeros: nothing moves */
            t.opt.seed = i;
            assert_runs(&t);
            moments(get(t.run, "W"), 2000, &mean, &variance);
            assert_close(mean, laws[i].mean, 4 * sqrt(laws[i].variance / 2000) + 1e-12);
            assert_close(variance, laws[i].variance, 0.15 * laws[i].variance + 1e-12);
            for (int j = 0; j < 40; j++) assert_close(get(t.run, "b")[j], 0, 0);
            assert_message(&t.f, "the cost does not depend on the parameter b: it stays as it starts");
            trial_close(&t);
        }
    }
}

/* The same seed gives the same parameters, whatever the type and the other sizes. */
static void starts_are_determined(void **state) {
    double first[8];
    (void)state;
    for (int i = 0; i < 3; i++) {
        trial      t;
        feed_size n1 = {"n1", 4};
        trial_open(&t, "input X : (2, m)\nlabel Y : (1, m)\nparam V : (n9, 2)\nparam W : (n1, 2)\nJ = sum((W "
                       "@ X)**2) + sum((V @ X)**2) + sum(Y)\nminimize J\n");
        feed_size sizes[] = {n1, {"n9", i ? 3 : 5}};
        t.opt = (train_options){.feed.dtype = i ? EXEC_F32 : EXEC_F64,
                                .epochs = 1,
                                .feed.sizes = sizes,
                                .feed.n_sizes = 2,
                                .seed = i == 2 ? 4 : 3};
        add_matrix(t.data, "X", 2, 3);
        add_matrix(t.data, "Y", 1, 3);
        assert_runs(&t);
        if (i == 0)
            memcpy(first, get(t.run, "W"), sizeof first);
        else if (i == 1)
            assert_arrays_close(first, get(t.run, "W"), 8, 1e-7);
        else
            assert_true(fabs(first[0] - get(t.run, "W")[0]) > 1e-7);
        trial_close(&t);
    }
}

/* ----------------------------------------------------------- standardise, split */

static void inputs_are_standardised(void **state) {
    trial  t;
    double mean, variance;
    (void)state;
    trial_open(&t, "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0) ~ zeros\nP = w @ X\nJ = 1/m * "
                   "sum((P - Y)**2)\nminimize J\npredict P\n");
    double *x = add_matrix(t.data, "X", 2, 30), *y = add_matrix(t.data, "Y", 1, 30);
    fill(x, 30, 1.1);
    for (int j = 0; j < 30; j++) {
        x[30 + j] = 0.1; /* always the same: becomes 0 */
        y[j] = j;
    }
    t.opt.standardize = true;
    assert_runs(&t);
    moments(x, 30, &mean, &variance);
    assert_close(get(t.run, "dfoo.mean.X")[0], mean, 1e-15);
    assert_close(get(t.run, "dfoo.sd.X")[0], sqrt(variance), 1e-15);
    assert_close(get(t.run, "dfoo.sd.X")[1], 1, 0);
    assert_close(get(t.run, "w")[1], 0, 1e-15);
    double w = 0;
    for (int j = 0; j < 30; j++) w += 0.2 / 30 * y[j] * (x[j] - mean) / sqrt(variance);
    assert_close(get(t.run, "w")[0], w, 1e-13);
    trial_close(&t);
}

static void splits_keep_the_classes(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    fill(add_matrix(t.data, "X", 2, 100), 200, 1);
    double *y = add_matrix(t.data, "Y", 1, 100);
    for (int j = 0; j < 100; j++) y[j] = j < 10; /* ten ones among a hundred */
    t.opt.split = 0.2;
    assert_runs(&t);
    assert_int_equal(t.result.train.n, 80);
    assert_int_equal(t.result.test.n, 20);

    /* A constant prediction of 0 errs in the ones: 2 of 20, 8 of 80. */
    add_matrix(t.from, "W1", 4, 2);
    add_matrix(t.from, "b1", 4, 1);
    add_matrix(t.from, "W2", 1, 4);
    add_matrix(t.from, "b2", 1, 1)[0] = -50;
    assert_runs(&t);
    assert_close(t.result.test.accuracy, 0.9, 1e-15);
    assert_close(t.result.train.accuracy, 0.9, 1e-15);
    t.opt.split = 0.001;
    assert_refused(&t, "--split 0.001 of 100 examples leaves nothing to test with", NULL);
    t.opt.split = 1;
    assert_refused(&t, "--split 1: it is a part of the examples", NULL);
    trial_close(&t);
}

/* Of each class the part is rounded to the nearest whole number, a half up: 10 ones and 90 zeros. */
static void splits_round_each_class(void **state) {
    static const struct {
        double part;
        size_t n_test;
    } cases[] = {{0.24, 2 + 22}, {0.25, 3 + 23}, {0.26, 3 + 23}, {0.05, 1 + 5}, {0.049, 0 + 4}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trial t;
        trial_open(&t, BINARY);
        fill(add_matrix(t.data, "X", 2, 100), 200, 1);
        double *y = add_matrix(t.data, "Y", 1, 100);
        for (int j = 0; j < 100; j++) y[j] = j % 10 == 0;
        t.opt.split = cases[i].part;
        assert_runs(&t);
        assert_int_equal(t.result.test.n, cases[i].n_test);
        assert_int_equal(t.result.train.n, 100 - cases[i].n_test);
        trial_close(&t);
    }
}

/* n examples of which `ones` have the label 1: how many of each class are held back. */
static bool split_classes(fixture *f, size_t n, size_t ones, double part, size_t held[2]) {
    static const size_t first = 0;
    double              y[200];
    uint32_t            order[200];
    size_t              n_test;
    bound               from = {.n = n};
    for (size_t j = 0; j < n; j++) order[j] = (uint32_t)j, y[j] = j % 2 == 1 && j / 2 < ones;
    vec_push(&f->a, &from.views,
             (view){.var = ir_find_var(&f->m.g, symbols_find(&f->names, "Y", 1)), .by_example = true, .n = n,
                    .entries = 1, .at = y, .step = 1, .offset = &first});
    if (split_examples(&f->m, &f->a, &from, part, n, order, &n_test) != DFOO_OK) return false;
    held[0] = held[1] = 0;
    for (size_t i = 0; i < n_test; i++) held[(int)y[order[i]]]++;
    return true;
}

/* In decimals: 0.35 of 10 and 0.29 of 50 are halves, though no double is 0.35 or 0.29. */
static void hundredths_are_rounded_half_up(void **state) {
    fixture f;
    size_t  n_checked = 0;
    (void)state;
    fixture_open(&f, BINARY);
    for (size_t n = 2; n <= 120; n += 7)
        for (size_t ones = 0; ones <= n / 2; ones += 1 + n / 11)
            for (size_t k = 1; k < 100; k++) {
                size_t held[2];
                if (!split_classes(&f, n, ones, (double)k / 100, held)) continue;
                n_checked++;
                assert_int_equal(held[0], ((n - ones) * k + 50) / 100);
                assert_int_equal(held[1], (ones * k + 50) / 100);
            }
    assert_true(n_checked > 5000);
    fixture_close(&f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(starts_have_their_moments),
        cmocka_unit_test(starts_are_determined),
        cmocka_unit_test(inputs_are_standardised),
        cmocka_unit_test(splits_keep_the_classes),
        cmocka_unit_test(splits_round_each_class),
        cmocka_unit_test(hundredths_are_rounded_half_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

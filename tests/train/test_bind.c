/* Binding data: sizes and their contradictions, arrays, tables, classes. All of it is seen through
 * train_run and its messages. */
#include "train/trial.h"

/* ------------------------------------------------------------------------ sizes */

static void arrays_that_do_not_fit(void **state) {
    static const struct {
        size_t      x[2], y[2];
        const char *message, *note;
    } wrong[] = {
        {{2, 400},
         {1, 399},
         "Y is (1, 399), where (n2, m) is needed, and m is 400: X is (2, 400) in data.npz",
         NULL},
        {{400, 2}, {399, 1}, "Y is (399, 1), where (n2, m) is needed, and m is 2", NULL},
        {{400, 2}, {2, 400}, "Y is (2, 400), where (n2, m) is needed, and m is 2", "or Y is: Y.T would fit, too; transpose the one that was saved so"},
        {{0, 400}, {1, 400}, "X is (0, 400): it is empty", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        trial t;
        trial_open(&t, BINARY);
        add_matrix(t.data, "X", wrong[i].x[0], wrong[i].x[1]);
        add_matrix(t.data, "Y", wrong[i].y[0], wrong[i].y[1]);
        assert_refused(&t, wrong[i].message, wrong[i].note);
        trial_close(&t);
    }
}

/* The same examples, X or Y or both saved with an example per row, give the same parameters. */
static void the_other_way_round(void **state) {
    trial  t;
    double first[2];
    (void)state;
    trial_open(&t, "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0) ~ zeros\nJ = 1/m * sum((w @ X - "
                   "Y)**2)\nminimize J\n");
    for (int turned = 0; turned < 4; turned++) {
        bool    x_turned = turned & 1, y_turned = turned & 2;
        double *x = x_turned ? add_matrix(t.data, "X", 400, 2) : add_matrix(t.data, "X", 2, 400);
        double *y = y_turned ? add_matrix(t.data, "Y", 400, 1) : add_matrix(t.data, "Y", 1, 400);
        for (int j = 0; j < 400; j++) {
            for (int i = 0; i < 2; i++) x[x_turned ? j * 2 + i : i * 400 + j] = sin(j + 3 * i);
            y[j] = sin(j) + 0.5 * sin(j + 3);
        }
        assert_runs(&t);
        if (turned == 0) memcpy(first, get(t.run, "w"), sizeof first);
        assert_arrays_close(get(t.run, "w"), first, 2, 0);
        if (x_turned) assert_message(&t.f, "note: data.npz: X is (400, 2), and is read as (2, 400)");
        if (y_turned) assert_message(&t.f, "note: data.npz: Y is (400, 1), and is read as (1, 400)");
        if (!turned) assert_string_equal(fixture_messages(&t.f), "");
    }
    trial_close(&t);
}

static void sizes_from_the_model_and_from_set(void **state) {
    feed_size set = {"n1", 6}, unknown = {"n9", 6};
    trial      t;
    (void)state;
    trial_open(&t, BINARY);
    add_binary_data(t.data, 10);
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W1")->dim[0], 4);
    t.opt.feed.sizes = &set;
    t.opt.feed.n_sizes = 1;
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W1")->dim[0], 6);
    add_matrix(t.from, "W1", 5, 2);
    assert_refused(&t, "W0.npz: W1 is (5, 2), where (n1, n0) is needed, and n1 is 6 by --set",
                   "--set n1=5 would fit");
    t.opt.feed.n_sizes = 0;
    assert_refused(&t, "and n1 is 4 in the model", "`size n1 = 5` in the model, or --set n1=5, would fit");
    t.opt.feed.sizes = &unknown;
    t.opt.feed.n_sizes = 1;
    assert_refused(&t, "--set n9: the model has no size of that name; it has n1, n0, m, n2", NULL);
    trial_close(&t);
}

static void sizes_that_are_missing(void **state) {
    trial t;
    (void)state;
    trial_open(&t, "input X : (n0, m)\nlabel Y : (n2, m)\n" TWO_LAYERS);
    add_binary_data(t.data, 10);
    assert_refused(&t, "the size n1 is not known: W1 is (n1, n0)",
                   "write `size n1 = 20` in the model, or give --set n1=20");
    trial_close(&t);
}

/* ----------------------------------------------------------------------- arrays */

static void vectors_fit_where_one_way_is_possible(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    add_binary_data(t.data, 10);
    double *y = add_vector(t.data, "Y", 10); /* one value per example */
    for (int j = 0; j < 10; j++) y[j] = j % 2;
    fill(add_vector(t.from, "b1", 4), 4, 1);
    fill(add_matrix(t.from, "W1", 4, 2), 8, 1);
    fill(add_vector(t.from, "W2", 4), 4, 1); /* n2 is 1: a row */
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W2")->dim[1], 4);
    assert_message(&t.f, "W0.npz does not hold b2: it starts as the model says");
    add_vector(t.from, "b1", 5);
    assert_refused(&t, "b1 is (1, 5), where (n1, 1) is needed", NULL);
    trial_close(&t);
}

static void what_is_missing_is_named(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    add_matrix(t.data, "X", 2, 5);
    add_matrix(t.data, "y", 1, 5);
    feed_size n2 = {"n2", 1};
    t.opt.feed.sizes = &n2;
    t.opt.feed.n_sizes = 1;
    assert_refused(&t, "data.npz: the label Y : (n2, m) is not there; there are X (2, 5), y (1, 5)",
                   "--map Y=NAME says which of them it is");
    trial_close(&t);
    trial_open(&t, BINARY);
    add_binary_data(t.data, 5);
    add_matrix(t.from, "Z", 1, 1);
    assert_refused(&t, "W0.npz holds no parameter of the model: there are W1, b1, W2, b2", NULL);
    trial_close(&t);
}

static void values_that_are_not_finite(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    add_binary_data(t.data, 100);
    arrays_get(t.data, "X")->data[100 + 70] = NAN;
    assert_refused(&t, "data.npz: X: row 2, column 71 (its example): nan is not a finite number", NULL);
    arrays_get(t.data, "X")->data[100 + 70] = 1e300;
    t.opt.feed.dtype = EXEC_F32;
    assert_refused(&t, "row 2, column 71 (its example): 1e+300 is too large for float32", NULL);
    trial_close(&t);
    trial_open(&t, BINARY);
    read_table(&t, "a,b,y\n1,2,0\n3,inf,1\n", &t.table);
    assert_refused(&t, "data.npz: row 2 of the data, column 'b': inf is not a finite number", NULL);
    trial_close(&t);
}

/* (examples, height, width) becomes an example per column. */
static void images_are_flattened(void **state) {
    size_t      dim[3] = {3, 2, 2};
    dfoo_array *x;
    trial       t;
    (void)state;
    trial_open(&t, "input X : (n0, m)\nlabel Y : (1, m)\nparam w : (1, n0) ~ zeros\nP = w @ X\nJ = 1/m * "
                   "sum((P - Y)**2)\nminimize J\npredict P\n");
    assert_int_equal(arrays_add(t.data, "X", 3, dim, NULL, &x), DFOO_OK);
    for (int i = 0; i < 12; i++) x->data[i] = i + 1;
    double *y = add_vector(t.data, "Y", 3);
    y[1] = 1;
    assert_runs(&t); /* w = -0.1 * 2/3 * (0 - 1) * the second image */
    for (int i = 0; i < 4; i++) assert_close(get(t.run, "w")[i], 0.2 / 3 * (5 + i), 1e-14);
    assert_message(&t.f, "note: data.npz: X is (3, 2, 2), and X is read as 3 examples of 4 entries, as --flatten says");
    assert_close(get(t.run, "dfoo.shape.X")[1], 2, 0);
    t.opt.feed.flatten = true;
    assert_runs(&t);
    assert_null(strstr(fixture_messages(&t.f), "note:")); /* a lesson there is: the cost rises */

    /* What is predicted from has the same shape; or is one example. */
    train_score  score;
    feed_source one = {.name = "one.npz", .arrays = t.test};
    assert_int_equal(arrays_add(t.test, "X", 2, dim + 1, NULL, &x), DFOO_OK);
    for (int i = 0; i < 4; i++) x->data[i] = 1;
    assert_int_equal(train_predict(&t.f.m, &t.f.p, t.run, &one, &t.opt.feed, t.history, &score, NULL, NULL), DFOO_OK);
    assert_int_equal(arrays_get(t.history, "P")->dim[1], 1);
    assert_close(*get(t.history, "P"), 0.2 / 3 * (5 + 6 + 7 + 8), 1e-13);
    size_t other[3] = {3, 4, 1};
    assert_int_equal(arrays_add(t.test, "X", 3, other, NULL, &x), DFOO_OK);
    assert_int_equal(train_predict(&t.f.m, &t.f.p, t.run, &one, &t.opt.feed, t.history, &score, NULL, NULL), DFOO_EINPUT);
    assert_message(&t.f, "one.npz: X is (3, 4, 1), where examples of (2, 2) are needed, as training saw them");
    trial_close(&t);
}

/* ----------------------------------------------------------------------- tables */

/* A model whose parameters show which columns went where after one step: w = rate * 2/m * sum of x y. */
#define SUMS                                                                                       \
    "label Y : (1, m)\nparam w : (1, n0) ~ zeros\nP = w @ X\nJ = 1/m * sum((P - Y)**2)\nminimize " \
    "J\npredict P\n"

static void columns_are_shared_out(void **state) {
    static const char   text[] = "a,b,c\n1,10,2\n2,20,3\n";
    static const char  *b[] = {"b"}, *none[] = {"d"};
    static const double of_last[] = {0.1 * (1 * 2 + 2 * 3), 0.1 * (10 * 2 + 20 * 3)},
                        of_b[] = {0.1 * (1 * 10 + 2 * 20), 0.1 * (2 * 10 + 3 * 20)};
    trial t;
    (void)state;
    trial_open(&t, "input X : (n0, m)\n" SUMS);
    read_table(&t, text, &t.table);
    assert_runs(&t);
    assert_arrays_close(get(t.run, "w"), of_last, 2, 1e-14);
    t.opt.feed.labels = b;
    t.opt.feed.n_labels = 1;
    assert_runs(&t);
    assert_arrays_close(get(t.run, "w"), of_b, 2, 1e-14);

    /* What was learned from named columns finds them again, in any order, with or without the label. */
    static const char *const files[] = {"x,c,a,b\n0,3,1,0\n", "c,a\n3,1\n"};
    for (int i = 0; i < 2; i++) {
        train_score  score;
        feed_source data = {.name = "new.csv", .table = &t.test_table};
        read_table(&t, files[i], &t.test_table);
        assert_int_equal(train_predict(&t.f.m, &t.f.p, t.run, &data, &(feed_options){.dtype = EXEC_F64},
                                       t.history, &score, NULL, NULL),
                         DFOO_OK);
        assert_close(*get(t.history, "P"), of_b[0] * 1 + of_b[1] * 3, 1e-12);
        assert_int_equal(isnan(score.cost) != 0, i);
    }
    read_table(&t, "a,b\n1,2\n", &t.test_table);
    t.test_table.n_rows = 1;
    assert_refused(&t, "test.npz: there is no column 'c', which training had; there are a, b", NULL);
    t.test_table.n_cols = 0;
    t.opt.feed.labels = none;
    assert_refused(&t, "there is no column 'd' for --labels; there are a, b, c", NULL);
    trial_close(&t);
}

static void columns_without_names(void **state) {
    feed_size n0 = {"n0", 4};
    trial      t;
    (void)state;
    trial_open(&t, "input X : (n0, m)\n" SUMS);
    read_table(&t, "1,10,2\n2,20,3\n", &t.table);
    assert_runs(&t);
    for (int labels = 0; labels < 2; labels++) {
        train_score  score;
        feed_source data = {.name = "new.csv", .table = &t.test_table};
        read_table(&t, labels ? "1,10,2\n" : "1,10\n", &t.test_table);
        assert_int_equal(train_predict(&t.f.m, &t.f.p, t.run, &data, &(feed_options){.dtype = EXEC_F64},
                                       t.history, &score, NULL, NULL),
                         DFOO_OK);
        assert_close(*get(t.history, "P"), 0.8 * 1 + 8 * 10, 1e-12);
        assert_int_equal(isnan(score.cost) == 0, labels);
    }
    t.test_table.n_cols = 0;
    t.opt.feed.sizes = &n0;
    t.opt.feed.n_sizes = 1;
    assert_refused(&t, "data.npz has 3 columns, and they cannot be shared out: X takes 4, Y takes 1", NULL);
    trial_close(&t);
    trial_open(&t, "input X : (n0, m)\ninput U : (n3, m)\nlabel Y : (1, m)\nparam w : (1, n0)\nparam u : (1, "
                   "n3)\nJ = 1/m * sum((w @ X + u @ U - Y)**2)\nminimize J\n");
    read_table(&t, "1,10,2\n2,20,3\n", &t.table);
    assert_refused(&t, "X takes the rest, U takes the rest, Y takes 1", "state the sizes");
    trial_close(&t);
}

static void words_in_inputs_are_refused(void **state) {
    trial t;
    (void)state;
    trial_open(&t, "input X : (n0, m)\n" SUMS);
    read_table(&t, "colour,b,y\nred,1,0\nblue,2,1\n", &t.table);
    assert_refused(&t, "column 'colour' holds words (blue, red), and X wants numbers",
                   "is it the label? --labels NAME says so");
    trial_close(&t);
}

/* ---------------------------------------------------------------------- classes */

/* Each class is its own region of the plane; names are in an order of their own. */
#define FLOWERS "a,b,kind\n0,9,setosa\n1,9,setosa\n9,0,virginica\n9,1,virginica\n-9,0,daisy\n-9,1,daisy\n"

static void classes_by_name(void **state) {
    trial        t;
    train_score  score;
    const char **columns;
    (void)state;
    trial_open(&t, SOFTMAX);
    read_table(&t, FLOWERS, &t.table);
    read_table(&t, "kind,b,a\nvirginica,0,9\nsetosa,9,0\n", &t.test_table); /* daisy is not there */
    t.opt.epochs = 20;
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W")->dim[0], 3);
    assert_close(t.result.train.accuracy, 1, 0);
    assert_close(t.result.test.accuracy, 1, 0);
    feed_source data = {.name = "new.csv", .table = &t.test_table};
    assert_int_equal(train_predict(&t.f.m, &t.f.p, t.run, &data, &t.opt.feed, t.history, &score, NULL, NULL), DFOO_OK);
    assert_close(score.cost, t.result.test.cost, 1e-15);
    assert_int_equal(train_table(&t.f.m, t.run, arrays_get(t.history, "A"), &t.f.a, t.history, &columns),
                     DFOO_OK);
    assert_string_equal(columns[0], "daisy");
    assert_string_equal(columns[2], "virginica");
    assert_true(get(t.history, "table")[2] > 0.9); /* the first is a virginica */
    read_table(&t, "kind,b,a\nrose,0,9\n", &t.test_table);
    assert_refused(&t, "test.npz: 'rose' is no class of Y; training found daisy, setosa, virginica", NULL);
    feed_size k = {"k", 4};
    t.opt.feed.sizes = &k;
    t.opt.feed.n_sizes = 1;
    assert_refused(&t, "Y has 3 classes (daisy, setosa, virginica), and the model wants 4: (k, m)", NULL);
    trial_close(&t);
}

static void two_classes_for_one_entry(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    read_table(&t, "a,b,y\n1,2,M\n3,4,B\n5,6,B\n", &t.table);
    assert_runs(&t);
    const dfoo_array *names = arrays_get(t.run, "dfoo.classes.Y");
    assert_non_null(names);
    assert_int_equal(names->dim[0], 4);
    assert_close(names->data[0], 'B', 0); /* B is 0, M is 1 */
    read_table(&t, FLOWERS, &t.table);
    assert_refused(&t, "Y has 3 classes (daisy, setosa, virginica), and a label of one entry tells two apart",
                   "label Y : (k, m) onehot");
    trial_close(&t);
}

static void classes_by_number(void **state) {
    static const double labels[] = {7, 3, 7, 5};
    trial               t;
    (void)state;
    trial_open(&t, SOFTMAX);
    fill(add_matrix(t.data, "X", 2, 4), 8, 1);
    memcpy(add_vector(t.data, "Y", 4), labels, sizeof labels);
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W")->dim[0], 3); /* 3, 5 and 7 */
    feed_size k = {"k", 10};
    t.opt.feed.sizes = &k;
    t.opt.feed.n_sizes = 1;
    assert_runs(&t);
    assert_int_equal(arrays_get(t.run, "W")->dim[0], 10); /* 0 to 9 */
    memset(add_matrix(t.data, "Y", 10, 4), 0, 40 * sizeof(double));
    assert_refused(&t, "Y is declared onehot, and the entries of example 1 sum to 0, not to 1", NULL);
    trial_close(&t);
}

/* A millionth is rounding: the entries of an example of a onehot label, both sides of a symmetric matrix. */
static void a_millionth_is_rounding(void **state) {
    static const char symmetric[] = "symmetric input S : (2, 2)\ninput X : (2, m)\nparam w : (1, 2)\n"
                                    "J = 1/m * sum((w @ S @ X)**2)\nminimize J\n";
    (void)state;
    for (int wrong = 0; wrong < 2; wrong++) {
        double away = wrong ? 1.001e-6 : 0.999e-6;
        for (int up = 0; up < 2; up++) {
            trial t;
            trial_open(&t, SOFTMAX);
            fill(add_matrix(t.data, "X", 2, 4), 8, 1);
            double *y = add_matrix(t.data, "Y", 2, 4);
            for (int j = 0; j < 4; j++) y[j] = 0.25, y[4 + j] = j == 2 ? 0.75 + (up ? away : -away) : 0.75;
            if (wrong) assert_refused(&t, "Y is declared onehot, and the entries of example 3 sum to ", NULL);
            else assert_runs(&t);
            trial_close(&t);
        }
        trial t;
        trial_open(&t, symmetric);
        fill(add_matrix(t.data, "X", 2, 4), 8, 1);
        double *s = add_matrix(t.data, "S", 2, 2);
        s[0] = 4, s[1] = 1, s[2] = 1 + 4 * away, s[3] = 2; /* a part of the largest entry */
        if (wrong) assert_refused(&t, "S is declared symmetric, and entry [1,2] is ", NULL);
        else assert_runs(&t);
        trial_close(&t);
    }
}

static void test_data_must_fit_the_training_data(void **state) {
    trial t;
    (void)state;
    trial_open(&t, BINARY);
    add_binary_data(t.data, 10);
    add_matrix(t.test, "X", 3, 5);
    add_matrix(t.test, "Y", 1, 5);
    assert_refused(&t, "test.npz: X is (3, 5), where (n0, m) is needed, and n0 is 2 in the training data",
                   NULL);
    t.opt.split = 0.5;
    assert_refused(&t, "there is test data, so nothing can be held back", NULL);
    trial_close(&t);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arrays_that_do_not_fit),
        cmocka_unit_test(the_other_way_round),
        cmocka_unit_test(sizes_from_the_model_and_from_set),
        cmocka_unit_test(sizes_that_are_missing),
        cmocka_unit_test(vectors_fit_where_one_way_is_possible),
        cmocka_unit_test(what_is_missing_is_named),
        cmocka_unit_test(values_that_are_not_finite),
        cmocka_unit_test(images_are_flattened),
        cmocka_unit_test(columns_are_shared_out),
        cmocka_unit_test(columns_without_names),
        cmocka_unit_test(words_in_inputs_are_refused),
        cmocka_unit_test(classes_by_name),
        cmocka_unit_test(two_classes_for_one_entry),
        cmocka_unit_test(classes_by_number),
        cmocka_unit_test(test_data_must_fit_the_training_data),
        cmocka_unit_test(a_millionth_is_rounding),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* The thresholds of lessons: just below one nothing is told, just above it something is. Costs and inputs are
 * made up here, so that a measure sees nothing but them. */
#include "train/model.h"

#include "run/lessons/lessons.h"

typedef dfoo_status measure(const look *k, finding *f);

/* A look at a training without anything in it. */
typedef struct scene {
    fixture f;
    watched w;
    lessons l;
    look    k;
    history h;
} scene;

static void scene_open(scene *s, const char *text) {
    *s = (scene){.k.when = AT_END};
    fixture_open(&s->f, text);
    s->w = (watched){.m = &s->f.m, .a = &s->f.a, .type = EXEC_F64, .costs = &s->h, .rate = 0.1};
    s->k.w = &s->w;
    s->k.l = &s->l;
    s->k.a = &s->f.a;
}

static bool finds(scene *s, measure *of) {
    finding f = {.a = &s->f.a};
    assert_int_equal(of(&s->k, &f), DFOO_OK);
    return f.found;
}

/* ---------------------------------------------------------------------- costs */

static void add_cost(scene *s, double cost, double test_cost) {
    history_row row = {.epoch = s->h.rows.n, .cost = cost, .test_cost = test_cost};
    vec_push(&s->f.a, &s->h.rows, row);
}

static void cost_of_five_epochs_half_as_much_again(void **state) {
    (void)state;
    for (int i = 0; i < 8; i++) {
        bool  above = i & 1, long_enough = i & 2, at_end = i & 4;
        scene s;
        scene_open(&s, BINARY);
        s.k.when = at_end ? AT_END : AT_EPOCH;
        add_cost(&s, 2, NAN);
        for (int e = 0; e < (long_enough ? 5 : 4); e++) add_cost(&s, above ? 3.000001 : 2.999999, NAN);
        assert_int_equal(finds(&s, lesson_cost_rises), above && (long_enough || at_end));
        fixture_close(&s.f);
    }
}

/* From 10 down to 9 and, `ups` times in the last half of n rows, up again by `rise`. */
static void add_swings(scene *s, size_t n, double rise, size_t ups) {
    for (size_t i = 0; i < n; i++) {
        bool up = i >= n / 2 && i % 2 == 1 && ups && ups--;
        add_cost(s, i == 0 ? 10 : 9 + (up ? rise : 0), NAN);
    }
}

static void cost_that_rises_in_each_fourth_epoch(void **state) {
    static const struct {
        size_t n, ups;
        double rise;
        bool   told;
    } cases[] = {{48, 6, 0.051, true},
                 {48, 5, 0.051, false},
                 {48, 6, 0.049, false},
                 {12, 3, 0.051, true},
                 {11, 3, 0.051, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene s;
        scene_open(&s, BINARY);
        add_swings(&s, cases[i].n, cases[i].rise, cases[i].ups);
        assert_int_equal(finds(&s, lesson_cost_swings), cases[i].told);
        fixture_close(&s.f);
    }
}

static void half_of_what_was_gained_is_lost(void **state) {
    (void)state;
    for (int above = 0; above < 2; above++) {
        scene s;
        scene_open(&s, BINARY);
        add_cost(&s, 10, NAN);
        for (int e = 0; e < 20; e++) add_cost(&s, 8 - 0.0001 * e, NAN);
        double best = s.h.rows.at[s.h.rows.n - 1].cost;
        add_cost(&s, best + (above ? 0.51 : 0.49) * (10 - best), NAN);
        assert_int_equal(finds(&s, lesson_cost_swings), above);
        fixture_close(&s.f);
    }
}

static void cost_that_falls_by_a_hundredth(void **state) {
    static const struct {
        size_t n;
        double fall;
        bool   told;
    } cases[] = {{20, 0.0099, true}, {20, 0.0101, false}, {19, 0.0099, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene s;
        scene_open(&s, BINARY);
        for (size_t e = 0; e < cases[i].n; e++)
            add_cost(&s, 1 - cases[i].fall * (double)e / (double)(cases[i].n - 1), NAN);
        assert_int_equal(finds(&s, lesson_cost_stands), cases[i].told);
        fixture_close(&s.f);
    }
}

static void test_cost_a_tenth_above_its_smallest(void **state) {
    static const struct {
        size_t before, behind;
        double above;
        bool   told;
    } cases[] = {{2, 3, 0.101, true}, {2, 3, 0.099, false}, {3, 2, 0.101, false}, {1, 3, 0.101, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        scene  s;
        double cost = 1;
        scene_open(&s, BINARY);
        for (size_t e = 0; e < cases[i].before; e++) add_cost(&s, cost *= 0.9, 2 - (double)e * 0.1);
        double best = s.h.rows.at[s.h.rows.n - 1].test_cost;
        for (size_t e = 0; e < cases[i].behind; e++) add_cost(&s, cost *= 0.9, best * (1 + cases[i].above));
        assert_int_equal(finds(&s, lesson_test_cost_rises), cases[i].told);
        fixture_close(&s.f);
    }
}

/* Half a hundredth is gained, `late` of it in the second half. */
static void as_much_in_the_second_half(void **state) {
    static const double late[] = {0.39, 0.41};
    (void)state;
    for (int i = 0; i < 2; i++) {
        scene s;
        scene_open(&s, BINARY);
        for (size_t e = 0; e < 20; e++)
            add_cost(&s, 1 - 0.005 * (e == 0 ? 0 : e <= 10 ? 1 - late[i] : e < 19 ? 1 - late[i] / 2 : 1), NAN);
        assert_int_equal(finds(&s, lesson_cost_stands), i);
        fixture_close(&s.f);
    }
}

/* The test cost turns; that of the training examples ends as low as it was then, or just below. */
static void the_training_cost_went_on_falling(void **state) {
    (void)state;
    for (int below = 0; below < 2; below++) {
        scene s;
        scene_open(&s, BINARY);
        add_cost(&s, 2, 2);
        add_cost(&s, 1, 1);
        for (size_t e = 0; e < 3; e++) add_cost(&s, below ? 1 - 1e-9 : 1, 1.5);
        assert_int_equal(finds(&s, lesson_test_cost_rises), below);
        fixture_close(&s.f);
    }
}

/* --------------------------------------------------------------------- inputs */

/* X (n, 2): entry i is plus and minus size[i] around mean[i]. */
static bool finds_in_inputs(size_t n, const double *mean, const double *size, measure *of) {
    scene   s;
    bool    features[64] = {false};
    double *x = calloc(2 * n, sizeof *x);
    scene_open(&s, BINARY);
    for (size_t i = 0; i < n; i++) x[2 * i] = mean[i] + size[i], x[2 * i + 1] = mean[i] - size[i];
    var_id v = ir_find_var(&s.f.m.g, symbols_find(&s.f.names, "X", 1));
    features[v] = true;
    memos none = {{0}};
    s.l.probe.features = features;
    s.w.memos = &none;
    s.k.sample.in = (examples){.m = &s.f.m, .type = EXEC_F64, .n = 2, .in_order = true};
    vec_push(&s.f.a, &s.k.sample.in.list,
             (example_values){.var = v, .entries = n, .by_example = true, .values = x});
    bool found = finds(&s, of);
    free(x);
    fixture_close(&s.f);
    return found;
}

static bool one_input(double mean, double size, measure *of) {
    return finds_in_inputs(1, &mean, &size, of);
}

static void inputs_above_ten_and_below_a_hundredth(void **state) {
    (void)state;
    assert_false(one_input(0, 9.999, lesson_large_inputs));
    assert_true(one_input(0, 10.001, lesson_large_inputs));
    assert_false(one_input(8, 5.99, lesson_large_inputs)); /* the root of 8**2 + 6**2 */
    assert_true(one_input(8, 6.01, lesson_large_inputs));
    assert_false(one_input(0, 0.0101, lesson_small_inputs));
    assert_true(one_input(0, 0.0099, lesson_small_inputs));
    assert_false(one_input(0, 0, lesson_small_inputs));
}

/* n entries between 0 and `most`. */
static bool are_pixels(size_t n, double most) {
    double mean[20], size[20];
    for (size_t i = 0; i < n; i++) mean[i] = size[i] = most / 2;
    return finds_in_inputs(n, mean, size, lesson_pixels);
}

static void sixteen_whole_numbers_up_to_255(void **state) {
    (void)state;
    assert_true(are_pixels(16, 255));
    assert_false(are_pixels(15, 255));
    assert_false(are_pixels(16, 256));
    assert_true(are_pixels(16, 101));
    assert_false(are_pixels(16, 100));
    assert_false(are_pixels(16, 254.5));
}

/* n entries, `n_small` of which vary by `small`, the others by 1. */
static bool are_uneven(size_t n, size_t n_small, double small) {
    double mean[9] = {0}, size[9];
    for (size_t i = 0; i < n; i++) size[i] = i < n_small ? small : 1;
    return finds_in_inputs(n, mean, size, lesson_uneven_inputs);
}

static void a_quarter_of_the_entries_a_thousand_times_smaller(void **state) {
    (void)state;
    assert_true(are_uneven(8, 2, 0.00099));
    assert_false(are_uneven(8, 2, 0.00101));
    assert_false(are_uneven(8, 1, 0.00099));
    assert_false(are_uneven(9, 2, 0.00099));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cost_of_five_epochs_half_as_much_again),
        cmocka_unit_test(cost_that_rises_in_each_fourth_epoch),
        cmocka_unit_test(half_of_what_was_gained_is_lost),
        cmocka_unit_test(cost_that_falls_by_a_hundredth),
        cmocka_unit_test(test_cost_a_tenth_above_its_smallest),
        cmocka_unit_test(as_much_in_the_second_half),
        cmocka_unit_test(the_training_cost_went_on_falling),
        cmocka_unit_test(inputs_above_ten_and_below_a_hundredth),
        cmocka_unit_test(sixteen_whole_numbers_up_to_255),
        cmocka_unit_test(a_quarter_of_the_entries_a_thousand_times_smaller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

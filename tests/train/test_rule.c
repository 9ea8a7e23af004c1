/* Optimisers against loops that are written out here, their settings, and their equations as text. */
#include "train/session.h"

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
} written[] = {{"sgd", by_sgd},         {"momentum", by_momentum}, {"nesterov", by_nesterov},
               {"rmsprop", by_rmsprop}, {"adam", by_adam},         {"adamw", by_adamw}};

static update *find_written(const char *name) {
    for (size_t k = 0; k < sizeof written / sizeof *written; k++)
        if (strcmp(written[k].name, name) == 0) return written[k].step;
    fail_msg("%s is not written out here", name);
    return NULL;
}

static void optimizers_step_as_written(void **state) {
    enum { N = 30, EPOCHS = 20 };
    (void)state;
    for (uint32_t k = 0; rule_optimizer_name(k); k++) {
        session       s;
        update       *step = find_written(rule_optimizer_name(k));
        double        g[N_VALUES], v[N_VALUES] = {0}, sq[N_VALUES] = {0};
        train_options opt = {.feed.dtype = EXEC_F64, .epochs = EPOCHS, .rule.optimizer = rule_optimizer_name(k)};
        session_open(&s, N);
        for (int again = 0; again < 2; again++) /* states start at 0 again */
            assert_int_equal(session_run(&s, &opt), DFOO_OK);
        for (int e = 0; e < EPOCHS; e++) {
            slope(s.w, get(s.data, "X"), get(s.data, "Y"), N, NULL, N, g);
            for (int i = 0; i < N_VALUES; i++) {
                is_weight = i < B1 || (i >= W2 && i < B2);
                step(&s.w[i], &v[i], &sq[i], g[i], e + 1);
            }
        }
        assert_parameters(s.run, s.w, 1e-10);
        session_close(&s);
    }
    assert_non_null(rule_optimizer_name(0));
}

static void settings_are_used_and_checked(void **state) {
    static const struct {
        const char *optimizer, *name;
        double      value;
        const char *message;
    } wrong[] = {{"adm", "alpha", 1,
                  "no optimizer is called 'adm', and there is no such file; there are sgd, "},
                 {"sgd", "beta", 0.5, "sgd has no 'beta'; it has alpha"},
                 {"momentum", "beta", 1, "beta = 1: it is from 0 on and less than 1"},
                 {"adam", "alpha", 0, "alpha = 0: it is a finite number greater than 0"},
                 {"adamw", "decay", -1, "decay = -1: it is a finite number from 0 on"}};
    session       s;
    double        g[N_VALUES];
    rule_setting given[] = {{"alpha", 0.25}, {"beta", 0}};
    train_options opt = {
        .feed.dtype = EXEC_F64, .epochs = 1, .rule.optimizer = "momentum", .rule.settings = given, .rule.n_settings = 2};
    (void)state;
    session_open(&s, 10);
    assert_int_equal(session_run(&s, &opt), DFOO_OK);
    slope(s.w, get(s.data, "X"), get(s.data, "Y"), 10, NULL, 10, g);
    for (int i = 0; i < N_VALUES; i++) s.w[i] -= 0.25 * g[i];
    assert_parameters(s.run, s.w, 1e-12);
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        rule_setting one = {wrong[i].name, wrong[i].value};
        opt =
            (train_options){.epochs = 1, .rule.optimizer = wrong[i].optimizer, .rule.settings = &one, .rule.n_settings = 1};
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
    assert_int_equal(rule_show(&(rule_options){.optimizer = "adam"}, &f.d, &b), DFOO_OK);
    assert_non_null(strstr(b.text, "v = beta1 * v + (1 - beta1) * g\n"));
    assert_non_null(strstr(
        b.text, "# for each parameter w with its gradient g; v and s start at 0\n# t = 1, 2, .. counts the steps\n"));
    assert_non_null(strstr(b.text, "\nconst alpha = 0.001, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-08\n"));
    assert_int_equal(rule_show(&(rule_options){.optimizer = "foo"}, &f.d, &b), DFOO_EINPUT);
    buf_free(&b);
    fixture_close(&f);
}

/* Numbers are taken out of a root that is divided by, where they are positive whatever t is. */
static void roots_are_of_means_alone(void **state) {
    static const struct {
        const char *line, *run;
    } cases[] = {
        {"w = w - g / (sqrt(s / (1 - 0.9**t)) + 0.1)",
         "W1 - sqrt(1 - 0.9**t) * dW1/(sqrt(sdW1) + sqrt(1 - 0.9**t) * 0.1)"},
        {"w = w - alpha * g / (0.1 + sqrt(s/4))",
         "W1 - alpha0 * sqrt(4) * dW1/(sqrt(sdW1) + sqrt(4) * 0.1)"},
        {"w = w - g / (sqrt(s / (1 - t)) + 0.1)", NULL},
        {"w = w - g / (sqrt(s / (1 - 0.9**epoch)) + 0.1)", NULL},
        {"w = w - g / (sqrt(s / (1 - 2**t)) + 0.1)", NULL},
        {"w = w - g / (sqrt(s / (0 - 4)) + 0.1)", NULL},
        {"w = w - g / (sqrt(s / 4) + s)", NULL},
        {"w = w - g / (sqrt(s / s) + 0.1)", NULL},
        {"w = w - g / (sqrt(s / 4) - 0.1)", NULL},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char    text[200];
        fixture f;
        stepper step;
        buf     b;
        snprintf(text, sizeof text, "const alpha = 1\ns = s + g**2\n%s\n", cases[i].line);
        fixture_open(&f, BINARY);
        buf_init(&b, mem_default());
        rule_options opt = {.optimizer = "own", .optimizer_text = text};
        assert_int_equal(rule_append(&f.m, &f.p, &opt, &f.a, &step), DFOO_OK);
        sym name = symbols_find(f.m.g.names, "W1", 2);
        print_node(&f.m.g, program_find(&step.p, ir_find_var(&f.m.g, name))->node, &b);
        if (cases[i].run) assert_string_equal(b.text, cases[i].run);
        else if (!strstr(b.text, "sqrt(sdW1/")) fail_msg("%s: %s", cases[i].line, b.text);
        buf_free(&b);
        fixture_close(&f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimizers_step_as_written),
        cmocka_unit_test(settings_are_used_and_checked),
        cmocka_unit_test(optimizers_show_their_equations),
        cmocka_unit_test(roots_are_of_means_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}

/* A training of one epoch on some data, for the tests of what comes before it. */
#ifndef TESTS_TRAIN_TRIAL_H
#define TESTS_TRAIN_TRIAL_H

#include "train/model.h"

#include <unistd.h>

typedef struct trial {
    fixture       f;
    dfoo_arrays  *data, *test, *from, *run, *history;
    data_table    table, test_table;
    train_options opt;
    train_result  result;
} trial;

static inline void trial_open(trial *t, const char *text) {
    *t = (trial){.data = new_arrays(),
                 .test = new_arrays(),
                 .from = new_arrays(),
                 .run = new_arrays(),
                 .history = new_arrays()};
    t->opt = (train_options){.feed.dtype = EXEC_F64, .epochs = 1};
    fixture_open(&t->f, text);
}

static inline void trial_close(trial *t) {
    arrays_free(t->data);
    arrays_free(t->test);
    arrays_free(t->from);
    arrays_free(t->run);
    arrays_free(t->history);
    fixture_close(&t->f);
}

static inline dfoo_status trial_run(trial *t) {
    train_input in = {.data = {.name = "data.npz", .arrays = t->data, .table = &t->table}};
    if (arrays_count(t->test) || t->test_table.n_cols)
        in.test = (feed_source){.name = "test.npz", .arrays = t->test, .table = &t->test_table};
    if (arrays_count(t->from)) in.from = t->from;
    in.from_name = "W0.npz";
    diags_init(&t->f.d, &t->f.a);
    return train_run(&t->f.m, &t->f.p, &in, &t->opt, t->run, t->history, &t->result);
}

static inline void assert_runs(trial *t) {
    if (trial_run(t) != DFOO_OK) fail_msg("%s", fixture_messages(&t->f));
}

static inline void assert_refused(trial *t, const char *message, const char *note) {
    assert_int_equal(trial_run(t), DFOO_EINPUT);
    assert_message(&t->f, message);
    if (note) assert_message(&t->f, note);
    assert_int_equal(t->f.d.n_errors, 1);
}

static inline void read_table(trial *t, const char *text, data_table *out) {
    const char *tmp = getenv("TMPDIR");
    char        path[400];
    snprintf(path, sizeof path, "%s/dfoo-train-XXXXXX", tmp && strlen(tmp) < 300 ? tmp : "/tmp");
    int file = mkstemp(path);
    assert_true(file >= 0);
    FILE *f = fdopen(file, "w");
    fputs(text, f);
    fclose(f);
    dfoo_status status = data_read_csv(path, NULL, &t->f.d, &t->f.a, out);
    remove(path);
    if (status != DFOO_OK) fail_msg("%s", fixture_messages(&t->f));
}

#endif

/* dfoo train: fits a model's parameters to data. A signal ends it with the run written. */
#include "cli.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ----------------------------------------------------------------- training */

static int should_stop(void *user) {
    progress_say(user);
    return signal_caught() != 0;
}

/* For --json: the scores of an epoch, and those of the end. */
static void add_scores(const dfoo_progress *now) {
    result_number("epoch", (double)now->epoch);
    result_scores("training", now->metric_name, now->cost, now->metric);
    if (!isnan(now->test_cost)) result_scores("test", now->metric_name, now->test_cost, now->test_metric);
}

static void add_history(void *user, const dfoo_progress *now) {
    (void)user;
    result_begin(NULL, '{');
    add_scores(now);
    result_end('}');
}

static void add_end(const request *r, const dfoo_progress *last) {
    result_end(']');
    add_scores(last);
    result_number("epochs", (double)last->epochs);
    result_number("seconds", last->seconds);
    result_flag("stopped", last->stopped);
    if (r->train.patience) result_number("best_epoch", (double)last->best_epoch);
    result_text("file", r->output);
}

/* What the command line does not say. */
static void complete_options(const request *r, dfoo_train_options *how, progress *p) {
    enum { MOST_THREADS = 64 };
    if (how->threads > MOST_THREADS) how->threads = MOST_THREADS;
    how->file = is_standard(r->output) ? NULL : r->output;
    how->stop = should_stop;
    how->user = p;
    how->live = p->live && !json_asked();
    if (json_asked()) how->report = add_history;
    else if (!r->quiet) how->report = progress_show;
}

/* say or out_printf */
typedef void show_line(const char *format, ...) __attribute__((format(printf, 1, 2)));

static void show_numbers(show_line *show, const char *name, double value, double test_value, bool metric) {
    char text[2][METRIC_SIZE];
    for (int i = 0; i < 2; i++) {
        double x = i ? test_value : value;
        if (metric)
            metric_text(name, x, text[i]);
        else
            snprintf(text[i], METRIC_SIZE, "%.6g", x);
    }
    if (isnan(test_value))
        show("%-12s %s\n", name, text[0]);
    else
        show("%-12s %-12s %s\n", name, text[0], text[1]);
}

static void show_end(show_line *show, const request *r, const dfoo_progress *last) {
    bool   tested = !isnan(last->test_cost);
    size_t patience = r->train.patience;
    bool   by_cost = !last->watched || strcmp(last->watched, "cost") == 0;
    show("%zu epoch%s in %.2f s\n", last->epoch, last->epoch == 1 ? "" : "s", last->seconds);
    if (last->stopped)
        show("stopped: the %s of the test data was not better for %zu epoch%s\n",
             last->watched, patience, patience == 1 ? "" : "s");
    else if (patience && last->best_epoch < last->epoch)
        show("not stopped: never %zu epochs without a better %s of the test data\n", patience,
             last->watched);
    if (patience)
        show("kept: the parameters after epoch %zu, where it was %s\n", last->best_epoch,
             by_cost ? "least" : "best");
    if (tested) show("%-12s %-12s test\n", "", "training");
    else show("%-12s %s\n", "", "training");
    show_numbers(show, "cost", last->cost, last->test_cost, false);
    if (last->metric_name) show_numbers(show, last->metric_name, last->metric, last->test_metric, true);
    if (show == out_printf) show("the run is in %s\n", r->output);
}

/* The shell, and a script that runs us, should see that a signal ended it: main ends as by that signal. */
static void show_interruption(const request *r, const dfoo_progress *last) {
    say("stopped after %zu of %zu epochs", last->epoch, last->epochs);
    if (!is_standard(r->output))
        say("; %s holds the run: the same command with --resume goes on with it", r->output);
    say("\n");
    signal_ends();
}

static dfoo_status train_model(task *w, request *r) {
    progress      p = progress_start(w->d, r->quiet || r->train.report_every);
    dfoo_progress last = DFOO_INIT(dfoo_progress);
    dfoo_arrays  *run;
    bool          to_stdout = is_standard(r->output);
    char         *config = config_write(command_at(COMMAND_train), r);
    if (!config) return DFOO_ENOMEM;
    complete_options(r, &r->train, &p);
    r->train.config = config;
    signals_catch();
    result_begin("history", '[');
    dfoo_status status = dfoo_train(w->model, &r->train, &run, &last);
    progress_clear(&p);
    say_messages(w->d);
    add_end(r, &last);
    if (status == DFOO_OK && to_stdout) status = dfoo_arrays_write(w->d, r->output, run, r->train.dtype);
    if (status == DFOO_OK && !json_asked()) show_end(to_stdout ? say : out_printf, r, &last);
    if (status == DFOO_OK && signal_caught() && last.epoch < last.epochs) show_interruption(r, &last);
    dfoo_arrays_free(run);
    r->train.config = NULL;
    free(config);
    return status;
}

dfoo_status run_train(dfoo *d, request *r) {
    task        w = {.d = d};
    if (r->quiet) say_no_notes();
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK) status = train_model(&w, r);
    task_close(&w);
    return status;
}

/* dfoo train: fits a model's parameters to data.
 *
 * Ctrl-C (SIGINT) and SIGTERM end the training behind the step at hand, with the run written; a
 * second one ends the process at once. */
#include "cli.h"

#include <math.h>
#include <signal.h>
#include <string.h>

static words       data, test;
static char       *map, *test_map, *scale;
static const char *labels, *classes, *from, *log_file, *plot_file, *output;
static double      split;
static size_t      epochs = 1000, batch, patience, report_every, threads, checkpoint;
static update      change;
static uint64_t    seed;
static bool        flatten, standardize, quiet, resume, restart;
static int         dtype, header;
static words       settings;

/* ------------------------------------------------------------------ signals */

static volatile sig_atomic_t caught;

static void catch_signal(int number) {
    caught = number;
}

static int should_stop(void *user) {
    progress_say(user);
    return caught != 0;
}

/* What was ignored (as by nohup) stays so. */
static void catch_signals(void) {
    static const int numbers[] = {SIGINT, SIGTERM};
    for (size_t i = 0; i < COUNT(numbers); i++) {
        struct sigaction old, how = {.sa_handler = catch_signal, .sa_flags = (int)(SA_RESTART | SA_RESETHAND)};
        sigemptyset(&how.sa_mask);
        if (sigaction(numbers[i], NULL, &old) == 0 && old.sa_handler != SIG_IGN) sigaction(numbers[i], &how, NULL);
    }
}

/* ----------------------------------------------------------------- training */

static bool to_stdout(void) {
    return strcmp(output, "-") == 0;
}

static dfoo_train_options train_options(progress *p) {
    dfoo_train_options how = {.size = sizeof how, .data = words_first(&data),
                              .more_data = words_rest(&data),
                              .test = words_first(&test),
                              .more_tests = words_rest(&test),
                              .map = map,
                              .test_map = test_map,
                              .flatten = flatten,
                              .scale = scale,
                              .classes = classes,
                              .header = (dfoo_header)header,
                              .labels = labels,
                              .split = split,
                              .standardize = standardize,
                              .from = from,
                              .epochs = epochs,
                              .batch = batch,
                              .patience = patience,
                              .threads = threads > 64 ? 64 : (unsigned)threads,
                              .seed = seed,
                              .dtype = dtype ? DFOO_F32 : DFOO_F64,
                              .file = to_stdout() ? NULL : output,
                              .checkpoint = checkpoint,
                              .resume = resume,
                              .restart = restart,
                              .stop = should_stop,
                              .log = log_file,
                              .plot = plot_file,
                              .report_every = report_every,
                              .user = p};
    update_fill(&change, &how);
    if (!quiet) how.report = progress_show;
    how.live = p->live;
    return how;
}

static void show_numbers(FILE *to, const char *name, double value, double test_value, bool metric) {
    char text[2][METRIC_SIZE];
    for (int i = 0; i < 2; i++) {
        double x = i ? test_value : value;
        if (metric)
            metric_text(name, x, text[i]);
        else
            snprintf(text[i], METRIC_SIZE, "%.6g", x);
    }
    if (isnan(test_value))
        fprintf(to, "%-12s %s\n", name, text[0]);
    else
        fprintf(to, "%-12s %-12s %s\n", name, text[0], text[1]);
}

static void show_end(FILE *to, const dfoo_progress *last) {
    bool tested = !isnan(last->test_cost);
    fprintf(to, "%zu epoch%s in %.2f s\n", last->epoch, last->epoch == 1 ? "" : "s", last->seconds);
    if (last->stopped)
        fprintf(to, "stopped: the cost of the test data was not better for %zu epoch%s\n", patience, patience == 1 ? "" : "s");
    if (patience) fprintf(to, "kept: the parameters after epoch %zu, where it was least\n", last->best_epoch);
    fprintf(to, tested ? "%-12s %-12s test\n" : "%-12s %s\n", "", "training");
    show_numbers(to, "cost", last->cost, last->test_cost, false);
    if (last->metric_name) show_numbers(to, last->metric_name, last->metric, last->test_metric, true);
    if (to == stdout) fprintf(to, "the run is in %s\n", output);
}

/* The shell, and a script that runs us, should see that a signal ended it: output_close first. */
static void show_interruption(const dfoo_progress *last) {
    fprintf(stderr, "stopped after %zu of %zu epochs", last->epoch, last->epochs);
    if (!to_stdout()) fprintf(stderr, "; %s holds the run: the same command with --resume goes on with it", output);
    fputs("\n", stderr);
    end_by_signal(caught);
}

static dfoo_status train_model(dfoo *d, dfoo_model *model) {
    progress           p = progress_start(d, quiet || report_every);
    dfoo_train_options how = train_options(&p);
    dfoo_progress      last = DFOO_INIT(dfoo_progress);
    dfoo_arrays       *run;
    p.d = d;
    catch_signals();
    dfoo_status status = dfoo_train(model, &how, &run, &last);
    progress_clear(&p);
    say_messages(d);
    if (status == DFOO_OK && to_stdout()) status = dfoo_arrays_write(d, output, run, how.dtype);
    if (status == DFOO_OK) show_end(to_stdout() ? stderr : stdout, &last);
    if (status == DFOO_OK && caught && last.epoch < last.epochs) show_interruption(&last);
    dfoo_arrays_free(run);
    return status;
}

static dfoo_status train(dfoo *d, const char *const *args) {
    dfoo_model *model;
    if (split > 0 && test.n)
        return wrong("--split holds back a part of --data, --test names a file: give one of them");
    if (to_stdout() && (checkpoint || resume || restart))
        return wrong("--%s needs a file: -o - is standard output", checkpoint ? "checkpoint" : resume ? "resume" : "restart");
    if (resume && restart) return wrong("--resume goes on with a run, --restart begins anew: give one of them");
    dfoo_status status = can_write(output, true);
    if (status == DFOO_OK && log_file) status = can_write(log_file, false);
    if (status == DFOO_OK && plot_file) status = strcmp(plot_file, "-") == 0 ? wrong("--plot takes a file; standard output has the report") : can_write(plot_file, false);
    if (status != DFOO_OK) return status;
    status = model_open(d, args[0], &settings, &model);
    if (status == DFOO_OK) status = train_model(d, model);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.group = "the data",
     .name = "data", .value = "FILE", .list = &data, .required = true, .reads = true,
     .help = "the examples: CSV, NPZ, NPY, HDF5 or IDX; repeatable"},
    {.name = "map", .value = "X=NAME", .joined = &map,
     .help = "the array or columns that X is read from; repeatable"},
    {.name = "labels", .value = "NAME,..", .text = &labels,
     .help = "the label columns of a CSV, else the last column"},
    OPTION_HEADER(&header),
    {.name = "classes", .value = "NAMES", .text = &classes,
     .help = "names of the classes: an array of text, a file, or a list"},
    {.name = "test", .value = "FILE", .list = &test, .reads = true,
     .help = "examples that training does not see; repeatable"},
    {.name = "test-map", .value = "X=NAME", .joined = &test_map,
     .help = "the same as --map for the test data, if its names differ"},
    {.name = "split", .value = "PART", .number = &split, .below = 1,
     .help = "hold back this part of the data for testing, as in 0.2"},
    {.name = "flatten", .flag = &flatten,
     .help = "an array of images is a column for each, without a note"},
    {.name = "scale", .value = "S", .joined = &scale,
     .help = "multiply the inputs with this, as in 1/255 or X=1/255"},
    {.name = "standardize", .flag = &standardize,
     .help = "every feature to mean 0, deviation 1 of the training data"},
    {.group = "the model",
     .name = "from", .value = "FILE", .text = &from, .reads = true, .help = "an NPZ file to start from"},
    OPTION_SET(&settings),
    OPTIONS_UPDATE(change),
    {.name = "batch", .value = "N", .count = &batch, .help = "examples in a step; all of them if not given"},
    {.group = "when to stop",
     .name = "epochs", .value = "N", .count = &epochs, .help = "passes over the data; 1000 if not given"},
    {.name = "patience", .value = "N", .count = &patience,
     .help = "stop after N epochs without a better test cost; keep the best"},
    {.group = "how it is computed",
     .name = "threads", .value = "N", .count = &threads, .help = "that share the work; all processors if not given"},
    OPTION_DTYPE(&dtype),
    {.name = "seed", .value = "N", .seed = &seed, .help = "of everything random; 0 if not given"},
    {.group = "the run",
     .name = "output", .letter = 'o', .value = "FILE", .text = &output, .required = true,
     .help = "the NPZ file for the parameters; - is standard output"},
    {.name = "checkpoint", .value = "N", .count = &checkpoint, .help = "write the run every N epochs, too"},
    {.name = "resume", .flag = &resume,
     .help = "go on with the run in the output file, bit for bit"},
    {.name = "restart", .flag = &restart, .help = "begin anew though the output file holds an unfinished run"},
    {.group = "what is told",
     .name = "log", .value = "FILE", .text = &log_file, .help = "a CSV file of the cost of every epoch"},
    {.name = "plot", .value = "FILE", .text = &plot_file, .help = "an SVG file of cost and accuracy over the epochs"},
    {.name = "report", .value = "N", .count = &report_every, .help = "a line of progress every N epochs"},
    {.name = "quiet", .flag = &quiet, .help = "no progress: errors and warnings only"},
};

const command train_command = {
    .name = "train",
    .summary = "fits its parameters to data",
    .arguments = "MODEL",
    .details = "Trains a model and writes its parameters, and what `dfoo predict` needs, to an NPZ file.\n"
               "A CSV has a line per example and the label in the last column; in other files the arrays\n"
               "carry the variables' names: X, Y.\n"
               "\n"
               "  dfoo train two_layer --data planar.csv --split 0.2 -o run.npz\n"
               "  dfoo train two_layer --set n1=20 --data planar.csv --optimizer adam -o run.npz",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 1,
    .run = train,
};

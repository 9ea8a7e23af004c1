/* dfoo predict: a trained model's output for data. */
#include "cli.h"

#include <math.h>
#include <string.h>

static const char *weights, *labels, *output = "-";
static words       data;
static char       *map;
static bool        flatten;
static int         dtype, header;
static words       settings;

static bool ends_with(const char *text, const char *end) {
    size_t n = strlen(text), n_end = strlen(end);
    return n >= n_end && strcmp(text + n - n_end, end) == 0;
}

static void say_metric(const dfoo_progress *metric) {
    char text[METRIC_SIZE];
    bool named = metric->metric_name && !isnan(metric->metric);
    if (named)
        fprintf(stderr, "%s %s", metric->metric_name, metric_text(metric->metric_name, metric->metric, text));
    if (!isnan(metric->cost)) fprintf(stderr, "%scost %.6g", named ? ", " : "", metric->cost);
    if (named || !isnan(metric->cost)) fprintf(stderr, " on the labels of %s\n", words_first(&data));
}

static void say_confusion(dfoo *d, const dfoo_confusion *matrix) {
    char *text;
    if (!matrix || dfoo_confusion_text(d, matrix, &text) != DFOO_OK) return;
    fputs(text, stderr);
    dfoo_text_free(d, text);
}

static dfoo_status predict_with(dfoo *d, dfoo_model *model, const dfoo_arrays *run) {
    dfoo_confusion            *matrix = NULL;
    const dfoo_predict_options how = {.size = sizeof how, .data = words_first(&data),
                                               .more_data = words_rest(&data), .map = map, .flatten = flatten,
                                               .header = (dfoo_header)header, .labels = labels,
                                               .dtype = dtype ? DFOO_F32 : DFOO_F64,
                                               .csv = ends_with(output, ".npz") ? NULL : output, .confusion = &matrix};
    dfoo_progress              metric = {.size = sizeof metric, .cost = NAN, .metric = NAN};
    dfoo_arrays               *out;
    dfoo_status                status = dfoo_predict(model, run, &how, &out, &metric);
    say_messages(d);
    if (status == DFOO_OK) {
        say_metric(&metric);
        say_confusion(d, matrix);
        if (!how.csv) status = dfoo_arrays_write(d, output, out, how.dtype);
    }
    dfoo_confusion_free(d, matrix);
    dfoo_arrays_free(out);
    return status;
}

static dfoo_status predict(dfoo *d, const char *const *args) {
    dfoo_arrays *run = NULL;
    dfoo_model  *model;
    if (strcmp(output, "-") != 0 && !ends_with(output, ".npz") && !ends_with(output, ".csv"))
        return wrong("--output takes FILE.csv, FILE.npz, or - for CSV to standard output, not \"%s\"",
                     output);
    dfoo_status status = can_write(output, false);
    if (status != DFOO_OK) return status;
    status = run_open(d, args[0], weights, &settings, &model, &run);
    if (status == DFOO_OK) status = predict_with(d, model, run);
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.name = "weights", .value = "FILE", .text = &weights, .required = true, .reads = true,
     .help = "the NPZ file that `dfoo train` wrote"},
    {.name = "data", .value = "FILE", .list = &data, .required = true, .reads = true,
     .help = "the examples, as for `dfoo train`; labels may be missing"},
    {.name = "map", .value = "X=NAME", .joined = &map,
     .help = "the array or columns that X is read from; else as training did"},
    {.name = "flatten", .flag = &flatten, .help = "as for `dfoo train`"},
    {.name = "output", .letter = 'o', .value = "FILE", .text = &output,
     .help = "FILE.csv or FILE.npz; CSV to standard output if not given"},
    OPTION_HEADER(&header),
    {.name = "labels", .value = "NAME,..", .text = &labels, .help = "the label columns of a CSV"},
    OPTION_DTYPE(&dtype),
    OPTION_SET(&settings),
};

const command predict_command = {
    .name = "predict",
    .summary = "its output for data, with trained parameters",
    .arguments = "[MODEL]",
    .details = "Writes what the model predicts, a line per example; if the data has labels, how good that\n"
               "is goes to standard error: accuracy, cost and, of classes, the confusion matrix. The run knows\n"
               "its model; one of dfoo 0.1 does not, and needs MODEL.\n"
               "\n"
               "  dfoo predict --weights run.npz --data planar.csv\n"
               "  dfoo predict two_layer --weights run.npz --data planar.csv -o predictions.npz",
    .options = options,
    .n_options = COUNT(options),
    .most = 1,
    .run = predict,
};

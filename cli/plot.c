/* dfoo plot: pictures of a trained model, of its mistakes, and of how training went. */
#include "cli.h"

#include <string.h>

static const char *weights, *labels, *features, *title, *log_file, *output = "-";
static char       *map;
static bool        confusion, flatten;
static int         header;
static words       settings, data;

static dfoo_predict_options examples(void) {
    return (dfoo_predict_options){.size = sizeof(dfoo_predict_options), .data = words_first(&data),
                                  .more_data = words_rest(&data), .map = map, .flatten = flatten,
                                  .header = (dfoo_header)header, .labels = labels};
}

/* "two_layer on planar.csv: confusion matrix" */
static const char *matrix_title(const char *model, char *text, size_t size) {
    const char *file = words_first(&data), *slash[2] = {strrchr(model, '/'), strrchr(file, '/')};
    snprintf(text, size, "%s on %s: confusion matrix", slash[0] ? slash[0] + 1 : model, slash[1] ? slash[1] + 1 : file);
    return text;
}

static dfoo_status plot_confusion(dfoo *d, const char *name, dfoo_model *model, const dfoo_arrays *run, char **svg) {
    char                 heading[256];
    dfoo_predict_options how = examples();
    dfoo_confusion      *matrix = NULL;
    dfoo_arrays         *out = NULL;
    how.confusion = &matrix;
    dfoo_status status = dfoo_predict(model, run, &how, &out, NULL);
    if (status == DFOO_OK && !matrix) status = wrong("--confusion: %s has no labels that are classes", words_first(&data));
    if (status == DFOO_OK) status = dfoo_plot_confusion(d, matrix, title ? title : matrix_title(name ? name : weights, heading, sizeof heading), svg);
    dfoo_confusion_free(d, matrix);
    dfoo_arrays_free(out);
    return status;
}

static dfoo_status plot_with(dfoo *d, const char *name, dfoo_model *model, const dfoo_arrays *run, char **svg) {
    const dfoo_predict_options from = examples();
    const dfoo_plot_options    how = {.size = sizeof how, .examples = &from, .features = features,
                                         .title = title};
    return confusion ? plot_confusion(d, name, model, run, svg) : dfoo_plot_model(model, run, &how, svg);
}

static dfoo_status plot_model(dfoo *d, const char *name, char **svg) {
    dfoo_arrays *run = NULL;
    dfoo_model  *model;
    dfoo_status  status = run_open(d, name, weights, &settings, &model, &run);
    if (status == DFOO_OK) status = plot_with(d, name, model, run, svg);
    dfoo_arrays_free(run);
    dfoo_model_free(model);
    return status;
}

/* What goes with what. */
static dfoo_status check_request(const char *model) {
    if (log_file && (model || weights || data.n || labels || features || confusion || settings.n))
        return wrong("--log is a picture of its own: it goes with -o and --title only");
    if (log_file) return DFOO_OK;
    if (!weights) return wrong("dfoo plot needs --weights FILE, the NPZ file that `dfoo train` wrote, and --data FILE, or --log FILE");
    if (!data.n) return wrong("dfoo plot needs --data FILE: the examples to show");
    return confusion && features ? wrong("--confusion shows all examples, so --features says nothing there") : DFOO_OK;
}

static dfoo_status plot(dfoo *d, const char *const *args) {
    char       *svg = NULL;
    dfoo_status status = check_request(args[0]);
    if (status == DFOO_OK) status = can_write(output, false);
    if (status != DFOO_OK) return status;
    status = log_file ? dfoo_plot_log(d, log_file, title, &svg) : plot_model(d, args[0], &svg);
    say_messages(d);
    if (status == DFOO_OK) status = dfoo_text_write(d, output, svg);
    if (status == DFOO_OK && strcmp(output, "-") != 0) fprintf(stderr, "the picture is in %s\n", output);
    dfoo_text_free(d, svg);
    return status;
}

static const option options[] = {
    {.name = "weights", .value = "FILE", .text = &weights, .reads = true, .help = "the NPZ file that `dfoo train` wrote"},
    {.name = "data", .value = "FILE", .list = &data, .reads = true,
     .help = "the examples, as for `dfoo train`; labels may be missing"},
    {.name = "map", .value = "X=NAME", .joined = &map,
     .help = "the array or columns that X is read from; else as training did"},
    {.name = "flatten", .flag = &flatten, .help = "as for `dfoo train`"},
    OPTION_HEADER(&header),
    {.name = "labels", .value = "NAME,..", .text = &labels, .help = "the label columns of a CSV"},
    {.name = "features", .value = "NAME,NAME", .text = &features, .help = "one or two: what is varied; the others stay at their means"},
    {.name = "confusion", .flag = &confusion, .help = "the confusion matrix instead"},
    {.name = "log", .value = "FILE", .text = &log_file, .reads = true, .help = "cost and accuracy over the epochs: a run, or a file of --log"},
    {.name = "title", .value = "TEXT", .text = &title, .help = "the heading of the picture"},
    {.name = "output", .letter = 'o', .value = "FILE", .text = &output, .help = "the SVG file; standard output if not given"},
    OPTION_SET(&settings),
};

const command plot_command = {
    .name = "plot",
    .summary = "pictures of a trained model, of its mistakes, of training",
    .arguments = "[MODEL]",
    .details = "Draws what a trained model says for every value of its features, with the examples on top:\n"
               "over two features the regions of the classes or bands of the value, over one a curve. A\n"
               "model of more features shows one or two of them. The picture is an SVG file, which every\n"
               "browser shows.\n"
               "\n"
               "  dfoo plot two_layer --weights run.npz --data planar.csv -o boundary.svg\n"
               "  dfoo plot mine.eq --weights run.npz --data iris.csv --features width,length\n"
               "  dfoo plot two_layer --weights run.npz --data planar.csv --confusion -o confusion.svg\n"
               "  dfoo plot --log run.npz -o curve.svg",
    .options = options,
    .n_options = COUNT(options),
    .most = 1,
    .run = plot,
};

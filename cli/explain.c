/* dfoo explain: why a gradient is what it is. */
#include "cli.h"

#include <string.h>

static int         convention, by, format;
static bool        ascii, all, standalone, steps, numbers;
static const char *output;
static words       settings, values;

/* What does not go together, before anything is read. */
static dfoo_status check_request(const char *const *args, bool whole) {
    const char *name = args[1] ? args[1] : args[0];
    if (standalone && format != 2) return wrong("--standalone belongs to --format latex");
    if (ascii && format != 0) return wrong("--ascii belongs to --format text");
    if (whole && !is_model(args[0])) return wrong("--all needs a MODEL, and \"%s\" is none", args[0]);
    if (whole || (args[1] && is_model(args[0]))) return DFOO_OK;
    if (args[1] && is_model(name)) return wrong("the model comes first: dfoo explain %s %s", name, args[0]);
    if (!args[1] && is_model(name))
        return wrong("\"%s\" is a model; name what to explain as well, as in dfoo explain %s dW1, or --all", name,
                     name);
    if (!args[1] && (numbers || values.n)) return wrong("--numbers and --values belong to a MODEL, and none is given");
    if (!args[1] && settings.n) return wrong("--set belongs to a MODEL, and none is given");
    return DFOO_OK;
}

static dfoo_status explain(dfoo *d, const char *const *args) {
    static const dfoo_format   formats[] = {DFOO_TEXT, DFOO_HTML, DFOO_LATEX, DFOO_MARKDOWN, DFOO_JSON};
    const bool                 plain = format == 0 && (ascii || (!output && !locale_is_utf8()));
    static const dfoo_explain_way ways[] = {DFOO_BY_INDEX, DFOO_BY_JACOBIAN, DFOO_BY_DIFFERENTIAL};
    dfoo_explain_options       how = {.size = sizeof how,
                                      .convention = convention ? DFOO_DJ : DFOO_COURSE,
                                      .format = plain ? DFOO_ASCII : formats[format],
                                      .standalone = standalone,
                                      .by = ways[by],
                                      .steps = steps,
                                      .numbers = numbers};
    const bool                 whole = all && !args[1];
    char                      *text = NULL;
    dfoo_model                *model = NULL;
    dfoo_arrays               *in = NULL;
    dfoo_status                status = check_request(args, whole);
    if (status == DFOO_OK && output) status = can_write(output, false);
    if (status == DFOO_OK && (args[1] || whole)) status = model_open(d, args[0], &settings, &model);
    if (status == DFOO_OK && values.n) status = arrays_open(d, values.at, values.n, &in);
    how.values = in;
    if (status == DFOO_OK && model) status = dfoo_explain(model, args[1], &how, &text);
    else if (status == DFOO_OK) status = dfoo_explain_function(d, args[0], &how, &text);
    status = answer_to(d, status, text, output);
    dfoo_arrays_free(in);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.name = "by", .value = "index|jacobian|differential", .choice = &by,
     .help = "by entries, by Jacobians, by small changes"},
    {.name = "steps", .flag = &steps, .help = "every simplification as well, with its rule"},
    {.name = "numbers", .flag = &numbers, .help = "the steps in numbers as well: a random draw, or --values"},
    {.name = "values", .value = "FILE", .list = &values, .reads = true,
     .help = "numbers for inputs, labels, parameters (NPZ, HDF5, ..); repeatable"},
    {.name = "all", .flag = &all, .help = "the whole model: every gradient that `derive --steps` lists"},
    {.name = "format", .value = "text|html|latex|markdown|json", .choice = &format,
     .help = "html: one page, nothing is fetched; markdown: with TeX's $..$"},
    {.name = "standalone", .flag = &standalone, .help = "with --format latex: a whole document"},
    {.name = "output", .letter = 'o', .value = "FILE", .text = &output, .help = "write to FILE, complete or not at all"},
    OPTION_CONVENTION(&convention),
    {.name = "ascii", .flag = &ascii, .help = "ASCII only; of itself where the locale is not UTF-8"},
    OPTION_SET(&settings),
};

const command explain_command = {
    .name = "explain",
    .summary = "why a gradient is what it is, step by step",
    .arguments = "MODEL NAME, MODEL --all, or a FUNCTION",
    .details = "Proves a line of `dfoo derive`: chain rule, transposes, where the 1/m comes from. NAME is a\n"
               "gradient: dZ1, dz1 and dZ[1] are the same. Every equality that is shown was evaluated on\n"
               "random values; the status is 1 if one did not hold. FUNCTION is one of the notation.\n"
               "\n"
               "  dfoo explain two_layer dZ1\n"
               "  dfoo explain two_layer dZ1 --by jacobian\n"
               "  dfoo explain two_layer dW1 --values run.npz --values data.npz\n"
               "  dfoo explain two_layer --all --format html -o two_layer.html\n"
               "  dfoo explain sigmoid",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 2,
    .run = explain,
};

/* dfoo derive: the backward pass as equations. */
#include "cli.h"

static bool        steps, run, standalone;
static int         convention, format;
static const char *wrt;
static words       settings;

static dfoo_status derive(dfoo *d, const char *const *args) {
    static const dfoo_format  formats[] = {DFOO_TEXT, DFOO_NUMPY, DFOO_LATEX, DFOO_JSON};
    const dfoo_derive_options how = {.size = sizeof how,
                                     .convention = convention ? DFOO_DJ : DFOO_COURSE,
                                     .steps = steps,
                                     .run = run,
                                     .wrt = wrt,
                                     .format = formats[format],
                                     .standalone = standalone};
    if (format && (steps || run)) return wrong("--%s comes as text only", steps ? "steps" : "run");
    if (standalone && how.format != DFOO_LATEX) return wrong("--standalone belongs to --format latex");
    char       *text = NULL;
    dfoo_model *model;
    dfoo_status status = model_open(d, args[0], &settings, &model);
    if (status == DFOO_OK) status = dfoo_derive(model, &how, &text);
    answer(d, status, text);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.name = "steps", .flag = &steps, .help = "all gradients, grouped by the equation they come from"},
    {.name = "run", .flag = &run, .help = "the program as it is run, and the rules that made it stable"},
    {.name = "format", .value = "text|numpy|latex|json", .choice = &format,
     .help = "numpy: a Python module; latex: align*; json: for programs"},
    {.name = "standalone", .flag = &standalone, .help = "with --format latex: a whole document"},
    OPTION_CONVENTION(&convention),
    {.name = "wrt", .value = "NAME,..", .text = &wrt, .help = "only these gradients"},
    OPTION_SET(&settings),
};

const command derive_command = {
    .name = "derive",
    .summary = "its backward pass, line by line, in the same notation",
    .arguments = "MODEL",
    .details = "Prints the gradients of the model as equations in its own names, with their shapes.\n"
               "\n"
               "  dfoo derive two_layer\n"
               "  dfoo derive two_layer --steps\n"
               "  dfoo derive two_layer --wrt W1,b1 --convention dJ\n"
               "  dfoo derive two_layer --format numpy > two_layer.py",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 1,
    .run = derive,
};

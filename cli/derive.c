/* dfoo derive: the backward pass as equations. */
#include "cli.h"

static bool        steps, run;
static int         convention;
static const char *wrt;
static words       settings;

static dfoo_status derive(dfoo *d, const char *const *args) {
    const dfoo_derive_options how = {
        .convention = convention ? DFOO_DJ : DFOO_COURSE, .steps = steps, .run = run, .wrt = wrt};
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
               "  dfoo derive two_layer --wrt W1,b1 --convention dJ",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 1,
    .run = derive,
};

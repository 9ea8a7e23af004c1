/* dfoo show: a model, or the equations by which its parameters change. */
#include "cli.h"

#include <string.h>

static bool        plan;
static update      change;
static words       settings;

/* A built-in model as it is written, and the summary as its comments: the output is a model. */
static void show_builtin(const char *text, const char *summary) {
    out_printf("%s\n", text);
    while (*summary) {
        size_t len = strcspn(summary, "\n");
        out_printf("%s%.*s\n", *summary == '#' ? "" : len ? "# " : "#", (int)len, summary);
        summary += len + (summary[len] == '\n');
    }
}

static dfoo_status show_model(dfoo *d, const char *name) {
    const char *builtin = plan || settings.n ? NULL : builtin_of(name);
    char       *text = NULL;
    dfoo_model *model;
    dfoo_status status = model_open(d, name, &settings, &model);
    if (status == DFOO_OK) status = dfoo_show(model, DFOO_WITH(dfoo_show_options, .plan = plan), &text);
    if (status == DFOO_OK && builtin) {
        show_builtin(builtin, text);
        dfoo_text_free(d, text);
        text = NULL;
    }
    answer(d, status, text);
    dfoo_model_free(model);
    return status;
}

static dfoo_status show(dfoo *d, const char *const *args) {
    bool given = update_given(&change);
    if (given && args[0]) return wrong("dfoo show takes a MODEL, or --optimizer and what goes with it, not both");
    if (given && plan) return wrong("--plan belongs to a MODEL, not to --optimizer");
    if (given) {
        char              *text;
        dfoo_train_options how = DFOO_INIT(dfoo_train_options);
        update_fill(&change, &how);
        dfoo_status status = dfoo_show_optimizer(d, &how, &text);
        return answer(d, status, text);
    }
    if (!args[0]) return wrong("dfoo show needs a MODEL, as in dfoo show two_layer, or --optimizer NAME");
    return show_model(d, args[0]);
}

static const option options[] = {
    {.name = "plan", .flag = &plan, .help = "the instructions that a step of training runs"},
    OPTION_SET(&settings),
    OPTIONS_UPDATE(change),
};

const command show_command = {
    .name = "show",
    .summary = "a model's equations with shapes and sizes",
    .arguments = "[MODEL]",
    .details = "Prints the equations of a model with their shapes, the sizes that are known, and the number\n"
               "of parameters; of a built-in model its text, which is a model file to begin with.\n"
               "With --optimizer, --schedule, .. the equations that `dfoo train` with these options steps by.\n"
               "\n"
               "  dfoo show two_layer > mine.eq\n"
               "  dfoo show mine.eq --set n1=20\n"
               "  dfoo show --optimizer adam --schedule cosine --clip 1",
    .options = options,
    .n_options = COUNT(options),
    .most = 1,
    .run = show,
};

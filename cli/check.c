/* dfoo check: the model's gradients against finite differences. */
#include "cli.h"

static words    values, settings;
static uint64_t seed;

static dfoo_status check(dfoo *d, const char *const *args) {
    dfoo_check_options how = {.size = sizeof how, .seed = seed};
    char              *text = NULL;
    dfoo_arrays       *in = NULL;
    dfoo_model        *model;
    dfoo_status        status = model_open(d, args[0], &settings, &model);
    if (status == DFOO_OK && values.n) status = arrays_open(d, values.at, values.n, &in);
    how.values = in;
    if (status == DFOO_OK) status = dfoo_check(model, &how, &text);
    answer(d, status, text);
    dfoo_arrays_free(in);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.name = "values", .value = "FILE", .list = &values, .reads = true,
     .help = "inputs and parameters to check at, else random ones; repeatable"},
    {.name = "seed", .value = "N", .seed = &seed, .help = "of the random values; 0 if not given"},
    OPTION_SET(&settings),
};

const command check_command = {
    .name = "check",
    .summary = "every gradient against finite differences",
    .arguments = "MODEL",
    .details = "Holds every gradient against two-sided differences in float64, and shows that mistakes\n"
               "planted on purpose are noticed. The status is 1 if something does not hold.\n"
               "\n"
               "  dfoo check two_layer\n"
               "  dfoo check two_layer --seed 7",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 1,
    .run = check,
};

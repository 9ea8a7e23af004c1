/* dfoo grad: all values and gradients at given arrays. */
#include "cli.h"

static words       values, settings;
static const char *output;
static int         dtype, convention;

static dfoo_status run_grad(dfoo *d, dfoo_model *model) {
    const dfoo_grad_options how = {.size = sizeof how,
                                   .convention = convention ? DFOO_DJ : DFOO_COURSE,
                                   .dtype = dtype ? DFOO_F32 : DFOO_F64};
    dfoo_arrays            *in, *out = NULL;
    dfoo_status             status = arrays_open(d, values.at, values.n, &in);
    if (status == DFOO_OK) status = dfoo_grad(model, in, &how, &out);
    if (status == DFOO_OK) status = dfoo_arrays_write(d, output, out, how.dtype);
    dfoo_arrays_free(out);
    dfoo_arrays_free(in);
    return status;
}

static dfoo_status grad(dfoo *d, const char *const *args) {
    dfoo_model *model;
    dfoo_status status = can_write(output, true);
    if (status != DFOO_OK) return status;
    status = model_open(d, args[0], &settings, &model);
    if (status == DFOO_OK) status = run_grad(d, model);
    dfoo_model_free(model);
    return status;
}

static const option options[] = {
    {.name = "values", .value = "FILE", .list = &values, .required = true, .reads = true,
     .help = "arrays by the variables' names (NPZ, HDF5, ..); repeatable"},
    {.name = "output", .letter = 'o', .value = "FILE", .text = &output, .required = true,
     .help = "the NPZ file to write; - is standard output"},
    OPTION_DTYPE(&dtype),
    OPTION_CONVENTION(&convention),
    OPTION_SET(&settings),
};

const command grad_command = {
    .name = "grad",
    .summary = "all values and gradients at given arrays",
    .arguments = "MODEL",
    .details = "Computes every variable of the model and its gradient. Any variable may be given, an\n"
               "intermediate one (A1) or a gradient (dA2) too, and is used as given; what cannot be\n"
               "computed from that is left out and named.\n"
               "\n"
               "  dfoo grad two_layer --values values.npz -o gradients.npz",
    .options = options,
    .n_options = COUNT(options),
    .least = 1,
    .most = 1,
    .run = grad,
};

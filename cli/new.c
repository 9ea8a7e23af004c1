/* dfoo new: a model file from a list of layers. */
#include "cli.h"

#include <errno.h>
#include <string.h>

static const char *layers, *loss, *output, *name;
static double      l2, dropout;
static bool        rows;

/* nets/mine.eq is called mine. */
static const char *base_name(const char *path, char *text, size_t size) {
    const char *slash = strrchr(path, '/'), *start = slash ? slash + 1 : path;
    size_t      len = strlen(start);
    if (len > 3 && strcmp(start + len - 3, ".eq") == 0) len -= 3;
    snprintf(text, size, "%.*s", (int)len, start);
    return text;
}

/* A file that is there is left alone: somebody may have worked on it. */
static dfoo_status write_file(const char *path, const char *text) {
    FILE *f = fopen(path, "wx");
    if (!f) return errno == EEXIST ? wrong("%s is there already, and it is left alone; name another file", path) : failed("write", path, errno);
    bool written = fputs(text, f) >= 0;
    int  error = errno;
    if (fclose(f) != 0 && written) {
        written = false;
        error = errno;
    }
    return written ? DFOO_OK : failed("write", path, error);
}

static dfoo_status new_model(dfoo *d, const char *const *args) {
    (void)args;
    char             base[256];
    char            *text = NULL;
    bool             to_file = output && strcmp(output, "-") != 0;
    dfoo_new_options how = {.size = sizeof how, .layers = layers, .loss = loss, .l2 = l2,
                            .dropout = dropout, .rows = rows, .name = name};
    if (to_file && !name) how.name = base_name(output, base, sizeof base);
    dfoo_status status = dfoo_new_model(d, &how, &text);
    if (status != DFOO_OK || !to_file) return answer(d, status, text);
    status = write_file(output, text);
    dfoo_text_free(d, text);
    if (status == DFOO_OK) fprintf(stderr, "the model is in %s; next: dfoo derive %s\n", output, output);
    return status;
}

static const option options[] = {
    {.name = "layers", .value = "LAYERS", .text = &layers, .required = true,
     .help = "activation and units of each, as in \"relu 20, sigmoid 1\""},
    {.name = "loss", .value = "LOSS", .text = &loss, .words = "cross_entropy|mse|mae",
     .help = "cross_entropy, mse or mae; if not given, by the last layer"},
    {.name = "l2", .value = "LAMBDA", .number = &l2, .help = "a penalty lambda/(2*m) * sum(W**2) on all weights"},
    {.name = "dropout", .value = "KEEP", .number = &dropout, .below = 1,
     .help = "dropout behind hidden layers: the part that is kept"},
    {.name = "rows", .flag = &rows, .help = "one example per row, not per column"},
    {.name = "name", .value = "NAME", .text = &name, .help = "the model's name in its first line"},
    {.name = "output", .letter = 'o', .value = "FILE", .text = &output,
     .help = "a file that is not there yet; standard output if not given"},
};

const command new_command = {
    .name = "new",
    .summary = "writes a model file from a list of layers",
    .arguments = "",
    .details = "Writes the equations of a network of fully connected layers, to be read and changed. Layers\n"
               "are relu, leaky_relu, sigmoid, tanh, elu, softplus, gelu, swish and linear; the last one may\n"
               "be softmax. The loss goes with the last layer: binary cross-entropy with sigmoid, that of\n"
               "several classes with softmax, half the mean squared error with the others.\n"
               "\n"
               "  dfoo new --layers \"relu 20, relu 7, relu 5, sigmoid 1\" -o mine.eq\n"
               "  dfoo new --layers \"tanh 4, softmax 3\" --l2 0.7 --dropout 0.8",
    .options = options,
    .n_options = COUNT(options),
    .run = new_model,
};

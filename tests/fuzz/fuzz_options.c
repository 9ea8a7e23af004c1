/* Text in the options that are read as a small language: layers of a new network, what is read from where, settings, schedules,
 * names of classes, weights. Each is taken, or refused with a reason. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dfoo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { LARGEST = 512 };

static dfoo *d;

static bool expect(const char *what, const char *text, dfoo_status status) {
    bool said = dfoo_message_count(d) > 0;
    if (status != DFOO_OK && (status != DFOO_EINPUT || !said)) {
        fprintf(stderr, "%s \"%s\": %s\n%s\n", what, text, dfoo_status_text(status), dfoo_messages(d));
        abort();
    }
    dfoo_messages_clear(d);
    return status == DFOO_OK;
}

/* What is written is a model. */
static void new_model(const char *text, const dfoo_new_options *options) {
    dfoo_model *model;
    char       *written = NULL;
    if (!expect("layers", text, dfoo_new_model(d, options, &written))) return;
    if (!expect("a new model", written, dfoo_model_parse(d, "new.eq", written, strlen(written), &model))) abort();
    dfoo_model_free(model);
    dfoo_text_free(d, written);
}

static dfoo_arrays *examples(void) {
    static const double x[] = {1, -2, 0.5, 0.25, 3, -1, 2, 0}, y[] = {0, 1, 1, 0};
    dfoo_arrays        *set;
    if (dfoo_arrays_new(d, &set) != DFOO_OK || dfoo_arrays_add_matrix(set, "X", 2, 4, x, NULL) != DFOO_OK ||
        dfoo_arrays_add_matrix(set, "Y", 1, 4, y, NULL) != DFOO_OK)
        abort();
    return set;
}

static void train(const char *what, const char *text, dfoo_train_options *options) {
    static dfoo_arrays *set;
    static dfoo_model  *model;
    dfoo_arrays        *run = NULL;
    if (!set) set = examples();
    if (!model && dfoo_model_read(d, "logistic", &model) != DFOO_OK) abort();
    options->arrays = set;
    options->epochs = 2;
    options->threads = 1;
    if (expect(what, text, dfoo_train(model, options, &run, NULL))) dfoo_arrays_free(run);
}

static void use(unsigned which, const char *text) {
    switch (which % 9) {
    case 0: new_model(text, DFOO_WITH(dfoo_new_options, .layers = text)); break;
    case 1: train("map", text, DFOO_WITH(dfoo_train_options, .map = text)); break;
    case 2: train("settings", text, DFOO_WITH(dfoo_train_options, .optimizer = "adam", .settings = text)); break;
    case 3: train("schedule", text, DFOO_WITH(dfoo_train_options, .schedule = text)); break;
    case 4: train("scale", text, DFOO_WITH(dfoo_train_options, .scale = text)); break;
    case 5: train("classes", text, DFOO_WITH(dfoo_train_options, .classes = text)); break;
    case 6: train("class_weight", text, DFOO_WITH(dfoo_train_options, .class_weight = text)); break;
    case 7: train("labels", text, DFOO_WITH(dfoo_train_options, .labels = text)); break;
    default: train("optimizer", text, DFOO_WITH(dfoo_train_options, .optimizer = text)); break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char text[LARGEST + 1];
    if (!size || size > LARGEST || memchr(data + 1, 0, size - 1)) return 0;
    if (!d && dfoo_open(NULL, &d) != DFOO_OK) abort();
    memcpy(text, data + 1, size - 1);
    text[size - 1] = 0;
    if (strchr(text, '/')) return 0; /* the name of a file: what is in it has fuzzers of its own */
    use(data[0], text);
    return 0;
}

/* Models and arrays that the command line names: reading them, and what may have been meant. */
#include "cli.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_there(const char *path) {
    return access(path, F_OK) == 0;
}

const char *builtin_of(const char *name) {
    for (size_t i = 0; dfoo_builtin_name(i); i++) {
        if (strcmp(dfoo_builtin_name(i), name) == 0) return dfoo_builtin_text(i);
    }
    return NULL;
}

bool is_model(const char *name) {
    return strcmp(name, "-") == 0 || is_there(name) || builtin_of(name);
}

bool is_page(const char *name) {
    size_t i = 0;
    while (dfoo_word(DFOO_PAGES, i) && strcmp(dfoo_word(DFOO_PAGES, i), name) != 0) i++;
    return dfoo_word(DFOO_PAGES, i) != NULL;
}

/* --set NAME=VALUE */
static dfoo_status set_value(dfoo_model *model, const char *word) {
    char   name[128];
    size_t len = strcspn(word, "=");
    double value;
    if (len == 0 || !word[len]) return wrong("--set takes NAME=VALUE, as in n1=20, not \"%s\"", word);
    if (len >= sizeof name) return wrong("--set: the model has no name of %zu letters", len);
    if (!parse_number(word + len + 1, &value))
        return wrong("--set %.*s= takes a number, not \"%s\"", (int)len, word, word + len + 1);
    memcpy(name, word, len);
    name[len] = 0;
    return dfoo_model_set(model, name, value);
}

/* --set .. --set .. */
static dfoo_status set_values(dfoo_status status, const words *settings, dfoo_model *model) {
    for (size_t i = 0; status == DFOO_OK && i < settings->n; i++) status = set_value(model, settings->at[i]);
    return status;
}

dfoo_status model_settings(const words *settings, dfoo_model *model) {
    return set_values(DFOO_OK, settings, model);
}

static dfoo_status model_open(dfoo *d, const char *name, const words *settings, dfoo_model **out) {
    dfoo_status status = dfoo_model_read(d, name, out);
    if (status == DFOO_EIO && !is_model(name)) {
        char models[HELP_SIZE];
        say_messages(d);
        say("   built in are: %s\n", list_words(DFOO_MODELS, models));
    }
    return set_values(status, settings, *out);
}

/* The model that a run knows. */
static dfoo_status model_of_run(task *w) {
    dfoo_status status = dfoo_model_from_run(w->d, w->values, &w->model);
    return set_values(status, &w->r->settings, w->model);
}

/* Reads all arrays of files into one set. */
static dfoo_status arrays_open(dfoo *d, const char *const *paths, size_t n, dfoo_arrays **out) {
    dfoo_status status = dfoo_arrays_new(d, out);
    for (size_t i = 0; status == DFOO_OK && i < n; i++) status = dfoo_arrays_read(d, paths[i], *out);
    return status;
}

dfoo_status task_open(task *w, dfoo *d, const request *r) {
    *w = (task){.d = d, .r = r};
    dfoo_status status = r->args[0] ? model_open(d, r->args[0], &r->settings, &w->model) : DFOO_OK;
    if (status == DFOO_OK && r->values.n) status = arrays_open(d, r->values.at, r->values.n, &w->values);
    if (status == DFOO_OK && r->directions.n)
        status = arrays_open(d, r->directions.at, r->directions.n, &w->directions);
    if (status == DFOO_OK && r->weights) status = arrays_open(d, &r->weights, 1, &w->values);
    if (status == DFOO_OK && r->weights && !w->model) status = model_of_run(w);
    return status;
}

void task_close(task *w) {
    dfoo_arrays_free(w->values);
    dfoo_arrays_free(w->directions);
    dfoo_model_free(w->model);
}

bool is_device(const char *path) {
    struct stat at;
    return stat(path, &at) == 0 && !S_ISREG(at.st_mode) && !S_ISDIR(at.st_mode);
}

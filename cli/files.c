/* Models and arrays that the command line names: reading them, and what may have been meant. */
#include "cli.h"

#include <errno.h>
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

const char *builtin_names(char text[NAMES_SIZE]) {
    size_t len = 0;
    text[0] = 0;
    for (size_t i = 0; dfoo_builtin_name(i) && len < NAMES_SIZE; i++)
        len += (size_t)snprintf(text + len, NAMES_SIZE - len, "%s%s", i ? ", " : "", dfoo_builtin_name(i));
    return text;
}

bool is_model(const char *name) {
    return strcmp(name, "-") == 0 || is_there(name) || builtin_of(name);
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

/* --set .. --set ..; without all of them there is no model. */
static dfoo_status set_values(dfoo_status status, const words *settings, dfoo_model **model) {
    for (size_t i = 0; status == DFOO_OK && i < settings->n; i++) status = set_value(*model, settings->at[i]);
    if (status != DFOO_OK) {
        dfoo_model_free(*model);
        *model = NULL;
    }
    return status;
}

dfoo_status model_open(dfoo *d, const char *name, const words *settings, dfoo_model **out) {
    dfoo_status status = dfoo_model_read(d, name, out);
    if (status == DFOO_EIO && !is_model(name)) {
        char models[NAMES_SIZE];
        say_messages(d);
        fprintf(stderr, "   built in are: %s\n", builtin_names(models));
    }
    return set_values(status, settings, out);
}

dfoo_status run_open(dfoo *d, const char *name, const char *weights, const words *settings, dfoo_model **model,
                     dfoo_arrays **run) {
    *run = NULL;
    *model = NULL;
    dfoo_status status = name ? model_open(d, name, settings, model) : DFOO_OK;
    if (status == DFOO_OK) status = arrays_open(d, &weights, 1, run);
    if (status != DFOO_OK || name) return status;
    return set_values(dfoo_model_from_run(d, *run, model), settings, model);
}

dfoo_status arrays_open(dfoo *d, const char *const *paths, size_t n, dfoo_arrays **out) {
    dfoo_status status = dfoo_arrays_new(d, out);
    for (size_t i = 0; status == DFOO_OK && i < n; i++) status = dfoo_arrays_read(d, paths[i], *out);
    if (status != DFOO_OK) {
        dfoo_arrays_free(*out);
        *out = NULL;
    }
    return status;
}

dfoo_status can_write(const char *path, bool binary) {
    if (strcmp(path, "-") == 0) {
        return binary && isatty(STDOUT_FILENO)
                   ? wrong("-o -: an NPZ file is nothing for a terminal; name a file")
                   : DFOO_OK;
    }
    struct stat at;
    char        folder[4096];
    const char *slash = strrchr(path, '/');
    size_t      len = slash ? (size_t)(slash - path) + 1 : 1;
    if (len >= sizeof folder) return failed("write", path, ENAMETOOLONG);
    memcpy(folder, slash ? path : ".", len);
    folder[len] = 0;
    if (stat(path, &at) == 0 && S_ISDIR(at.st_mode)) return failed("write", path, EISDIR);
    if (access(is_there(path) ? path : folder, W_OK) != 0) return failed("write", path, errno);
    return DFOO_OK;
}

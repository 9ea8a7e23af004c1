/* The public interface: models, from text, from a file, built in, or written from a list of layers. */
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "core/core.h"
#include "host/host.h"

dfoo_status model_new(dfoo *d, const char *name, const char *text, size_t len, dfoo_model **out) {
    dfoo_model *m = mem_new(&d->mem, sizeof *m);
    *out = NULL;
    if (!m) return DFOO_ENOMEM;
    m->d = d;
    arena_init(&m->a, d->mem);
    m->name = text_visible(&m->a, name); /* a file can be called anything, with line ends in it */
    m->text = arena_text(&m->a, text, len);
    m->len = len;
    if (arena_status(&m->a) == DFOO_OK) *out = m;
    else dfoo_model_free(m);
    return *out ? DFOO_OK : DFOO_ENOMEM;
}

/* A model is kept only if it can be read. */
dfoo_status dfoo_model_parse(dfoo *d, const char *name, const char *text, size_t len, dfoo_model **out) {
    work w;
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, name);
    NEED(d, text);
    NEED(d, out);
    DFOO_TRY(model_new(d, name, text, len, out));
    dfoo_status status = work_close(&w, work_open(&w, d, *out));
    if (status == DFOO_OK) return status;
    dfoo_model_free(*out);
    *out = NULL;
    return status;
}

dfoo_status dfoo_model_text(dfoo_model *model, char **text) {
    buf out;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    buf_init(&out, model->d->mem);
    buf_put(&out, model->text, model->len);
    return work_text(buf_status(&out), &out, text);
}

void dfoo_model_free(dfoo_model *model) {
    if (!model) return;
    dfoo_allocator mem = model->d->mem;
    arena_free(&model->a);
    mem_free(&mem, model, sizeof *model);
}

const char *dfoo_builtin_name(size_t i) {
    size_t n = 0;
    while (builtin_model_names[n]) n++;
    return i < n ? builtin_model_names[i] : NULL;
}

const char *dfoo_builtin_text(size_t i) {
    return dfoo_builtin_name(i) ? builtin_model_texts[i] : NULL;
}

const char *dfoo_builtin_like(const char *name) {
    const char *best = NULL;
    unsigned    most = 7; /* three edits */
    for (size_t i = 0; name && builtin_model_names[i]; i++) {
        unsigned far = text_distance(name, builtin_model_names[i]);
        if (far >= most) continue;
        most = far;
        best = builtin_model_names[i];
    }
    return best;
}

static dfoo_status read_builtin(dfoo *d, size_t i, dfoo_model **out) {
    char name[64];
    snprintf(name, sizeof name, "%s.eq", builtin_model_names[i]);
    return dfoo_model_parse(d, name, builtin_model_texts[i], strlen(builtin_model_texts[i]), out);
}

static dfoo_status no_file(dfoo *d, const char *path) {
    const char *like = dfoo_builtin_like(path);
    if (!like) return messages_say(d, DFOO_EIO, "%s: there is no such file", path);
    return messages_say(d, DFOO_EIO,
                        "%s: there is no such file, and no built-in model of this name; did you mean %s?",
                        path, like);
}

static dfoo_status read_file(dfoo *d, const char *path, dfoo_model **out) {
    bool        standard = strcmp(path, "-") == 0;
    const char *slash = strrchr(path, '/'), *name = slash && slash[1] ? slash + 1 : path;
    work        w;
    buf         text;
    if (!standard && os_path_kind(path) == OS_NOTHING) return no_file(d, path);
    buf_init(&text, d->mem);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = data_read_bytes_of_text(path, &w.messages, &text);
    status = work_close(&w, status);
    if (standard) name = "standard input";
    if (status == DFOO_OK) status = dfoo_model_parse(d, name, text.text ? text.text : "", text.len, out);
    buf_free(&text);
    return status;
}

dfoo_status dfoo_model_read(dfoo *d, const char *path_or_name, dfoo_model **out) {
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, path_or_name);
    NEED(d, out);
    for (size_t i = 0; builtin_model_names[i]; i++)
        if (strcmp(builtin_model_names[i], path_or_name) == 0) return read_builtin(d, i, out);
    return read_file(d, path_or_name, out);
}

static dfoo_status new_model(work *w, const void *request, buf *out) {
    const dfoo_new_options *opt = request;
    lang_new_options        how = {.layers = opt->layers, .loss = opt->loss, .l2 = opt->l2,
                                   .keep = opt->dropout,
                                   .rows = opt->rows != 0, .name = opt->name};
    if (how.name && !(how.name = text_visible(&w->a, how.name))) return DFOO_ENOMEM;
    return lang_new(&how, &w->a, &w->messages, out);
}

dfoo_status dfoo_new_model(dfoo *d, const dfoo_new_options *options, char **text) {
    dfoo_new_options how;
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, text);
    TAKE(d, dfoo_new_options, options, how);
    NEED(d, how.layers);
    return work_write_text(d, NULL, new_model, &how, text);
}

dfoo_status dfoo_model_set(dfoo_model *model, const char *name, double value) {
    work w;
    NEED(NULL, model);
    NEED(model->d, name);
    override o = {arena_text(&model->a, name, strlen(name)), value};
    if (!o.name) return DFOO_ENOMEM;
    uint32_t n = model->overrides.n;
    vec_push(&model->a, &model->overrides, o);
    dfoo_status status = arena_status(&model->a);
    if (status == DFOO_OK) status = work_close(&w, work_open(&w, model->d, model));
    if (status != DFOO_OK) model->overrides.n = n;
    return status;
}

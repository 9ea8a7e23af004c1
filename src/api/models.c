/* The public interface: models, from text, from a file, built in, or written from a list of layers. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "api/api.h"
#include "core/core.h"

/* A model is kept only if it can be read. */
dfoo_status dfoo_model_parse(dfoo *d, const char *name, const char *text, size_t len, dfoo_model **out) {
    *out = NULL;
    dfoo_model *m = mem_new(&d->mem, sizeof *m);
    if (!m) return DFOO_ENOMEM;
    m->d = d;
    arena_init(&m->a, d->mem);
    m->name = arena_text(&m->a, name, strlen(name));
    m->text = arena_text(&m->a, text, len);
    m->len = len;
    dfoo_status status = arena_status(&m->a);
    if (status == DFOO_OK) {
        work w;
        status = work_close(&w, work_open(&w, d, m));
    }
    if (status == DFOO_OK) *out = m;
    else dfoo_model_free(m);
    return status;
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
    for (size_t i = 0; builtin_model_names[i]; i++) {
        unsigned far = text_distance(name, builtin_model_names[i]);
        if (far >= most) continue;
        most = far;
        best = builtin_model_names[i];
    }
    return best;
}

/* A message without a place: $a and $b in the format stand for the two texts. */
static dfoo_status message(dfoo *d, dfoo_status status, const char *format, const char *a, const char *b) {
    buf_puts(&d->messages, "error: ");
    for (const char *p = format; *p; p++) {
        if (*p == '$') buf_puts(&d->messages, *++p == 'a' ? a : b);
        else buf_put(&d->messages, p, 1);
    }
    buf_puts(&d->messages, "\n");
    return d->messages.failed ? DFOO_ENOMEM : status;
}

static dfoo_status read_stream(dfoo *d, const char *path, FILE *f, buf *text) {
    char   part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(text, part, n);
    if (ferror(f)) return message(d, DFOO_EIO, "$a: $b", path, strerror(errno));
    return buf_status(text);
}

dfoo_status dfoo_model_read(dfoo *d, const char *path, dfoo_model **out) {
    *out = NULL;
    for (size_t i = 0; builtin_model_names[i]; i++) {
        if (strcmp(builtin_model_names[i], path) != 0) continue;
        char name[64];
        snprintf(name, sizeof name, "%s.eq", path);
        return dfoo_model_parse(d, name, builtin_model_texts[i], strlen(builtin_model_texts[i]), out);
    }
    bool  standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (!f) {
        const char *like = dfoo_builtin_like(path);
        return like ? message(d, DFOO_EIO, "$a: there is no such file, and no built-in model of this name; did you mean $b?", path, like)
                    : message(d, DFOO_EIO, "$a: $b", path, strerror(errno));
    }
    buf text;
    buf_init(&text, d->mem);
    dfoo_status status = read_stream(d, path, f, &text);
    if (!standard) fclose(f);
    if (status == DFOO_OK) {
        const char *slash = strrchr(path, '/');
        status = dfoo_model_parse(d, standard ? "standard input" : slash && slash[1] ? slash + 1 : path, text.text ? text.text : "", text.len, out);
    }
    buf_free(&text);
    return status;
}

dfoo_status dfoo_new_model(dfoo *d, const dfoo_new_options *options, char **text) {
    work             w;
    buf              out;
    lang_new_options how = {.layers = options->layers, .loss = options->loss, .l2 = options->l2, .keep = options->dropout,
                            .rows = options->rows != 0, .name = options->name};
    *text = NULL;
    buf_init(&out, d->mem);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = lang_new(&how, &w.a, &w.messages, &out);
    return work_text(work_close(&w, status), &out, text);
}

dfoo_status dfoo_model_set(dfoo_model *model, const char *name, double value) {
    work        w;
    override    o = {arena_text(&model->a, name, strlen(name)), value};
    if (!o.name) return DFOO_ENOMEM;
    uint32_t n = model->overrides.n;
    vec_push(&model->a, &model->overrides, o);
    dfoo_status status = arena_status(&model->a);
    if (status == DFOO_OK) status = work_close(&w, work_open(&w, model->d, model));
    if (status != DFOO_OK) model->overrides.n = n;
    return status;
}

/* A run knows its model: the text, its name, and what was set in it, as arrays beside the parameters. */
#include <stdio.h>
#include <string.h>

#include "api/api.h"

static const char set_prefix[] = "dfoo.set.";

/* A text as its bytes. */
static dfoo_status put_text(dfoo_arrays *run, const char *name, const char *text, size_t len) {
    dfoo_array *x;
    DFOO_TRY(arrays_add(run, name, 1, &len, NULL, &x));
    for (size_t i = 0; i < len; i++) x->data[i] = (unsigned char)text[i];
    return DFOO_OK;
}

dfoo_status run_keep_config(dfoo_arrays *run, const char *config) {
    return config && *config ? put_text(run, "dfoo.config", config, strlen(config)) : DFOO_OK;
}

dfoo_status run_keep_model(dfoo_arrays *run, const dfoo_model *model) {
    buf name;
    buf_init(&name, model->d->mem);
    dfoo_status status = put_text(run, "dfoo.model", model->text, model->len);
    if (status == DFOO_OK) status = put_text(run, "dfoo.model_name", model->name, strlen(model->name));
    for (uint32_t i = 0; i < model->overrides.n && status == DFOO_OK; i++) {
        name.len = 0;
        buf_printf(&name, "%s%s", set_prefix, model->overrides.at[i].name);
        status = buf_status(&name);
        if (status == DFOO_OK)
            status = arrays_add(run, name.text, 0, NULL, &model->overrides.at[i].value, NULL);
    }
    buf_free(&name);
    return status;
}

/* ------------------------------------------------------------------------ back */

/* NULL: it is no text, or there is no memory. */
static char *get_text(const dfoo_arrays *run, const char *name, arena *a, size_t *len) {
    const dfoo_array *x = arrays_get(run, name);
    char             *text = x && x->ndim == 1 ? arena_new(a, x->dim[0] + 1) : NULL;
    for (size_t i = 0; text && i < x->dim[0]; i++) {
        if (!(x->data[i] >= 1 && x->data[i] <= 255)) return NULL;
        text[i] = (char)(unsigned char)x->data[i];
    }
    if (text) *len = x->dim[0];
    return text;
}

static dfoo_status set_all(const dfoo_arrays *run, dfoo_model *model) {
    for (size_t i = 0; i < arrays_count(run); i++) {
        const dfoo_array *x = arrays_at(run, i);
        if (strncmp(x->name, set_prefix, strlen(set_prefix)) != 0 || x->ndim) continue;
        const char *name = x->name + strlen(set_prefix);
        override    o = {arena_text(&model->a, name, strlen(name)), x->data[0]};
        vec_push(&model->a, &model->overrides, o);
    }
    return arena_status(&model->a);
}

static dfoo_status read_model(dfoo *d, const dfoo_arrays *run, arena *a, dfoo_model **out) {
    size_t      len = 0, n = 0;
    const char *text = get_text(run, "dfoo.model", a, &len), *name = get_text(run, "dfoo.model_name", a, &n);
    if (a->failed) return DFOO_ENOMEM;
    if (!text || !name)
        return messages_say(
            d, DFOO_EINPUT,
            "the run does not hold its model, as those of older versions: give the model, too");
    DFOO_TRY(model_new(d, name, text, len, out));
    return set_all(run, *out);
}

dfoo_status run_model(dfoo *d, const dfoo_arrays *run, dfoo_model **out) {
    arena a;
    *out = NULL;
    arena_init(&a, d->mem);
    dfoo_status status = read_model(d, run, &a, out);
    arena_free(&a);
    if (status == DFOO_OK) return status;
    dfoo_model_free(*out);
    *out = NULL;
    return status;
}

dfoo_status dfoo_model_from_run(dfoo *d, const dfoo_arrays *run, dfoo_model **out) {
    work         w;
    dfoo_arrays *plain;
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, run);
    NEED(d, out);
    dfoo_status status = set_plain(d, &run, &plain);
    if (status == DFOO_OK) status = run_model(d, run, out);
    arrays_free(plain);
    if (status == DFOO_OK) status = work_close(&w, work_open(&w, d, *out)); /* it can be read */
    if (status == DFOO_OK) return status;
    dfoo_model_free(*out);
    *out = NULL;
    return status;
}

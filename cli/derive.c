/* dfoo derive: the backward pass as equations. */
#include "cli.h"

/* The derivation as data, whatever the format of the text is; it is the one from inputs and labels. */
static void add_json(const task *w, const dfoo_derive_options *asked) {
    dfoo_derive_options how = DFOO_INIT(dfoo_derive_options);
    char               *text = NULL;
    how.convention = asked->convention;
    how.wrt = asked->wrt;
    how.hvp = asked->hvp;
    how.jacobian = asked->jacobian;
    how.format = DFOO_JSON;
    if (!json_asked() || asked->given) return;
    dfoo_status status = dfoo_derive(w->model, &how, &text);
    if (status == DFOO_OK) result_json("derivation", text);
    if (status == DFOO_ENOMEM) json_lost();
    dfoo_text_free(w->d, text);
}

dfoo_status run_derive(dfoo *d, request *r) {
    task        w;
    char       *text = NULL;
    dfoo_status status = task_open(&w, d, r);
    r->derive.format = dfoo_word_format(DFOO_DERIVE_FORMATS, (size_t)r->format);
    if (status == DFOO_OK) status = dfoo_derive(w.model, &r->derive, &text);
    if (status == DFOO_OK) add_json(&w, &r->derive);
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}

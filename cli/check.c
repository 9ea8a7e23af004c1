/* dfoo check: the model's gradients against finite differences. */
#include "cli.h"

/* The same as data. */
static void add_json(const task *w, const dfoo_check_options *asked) {
    dfoo_check_options how = *asked;
    char              *text = NULL;
    how.format = DFOO_JSON;
    if (json_asked() && dfoo_check(w->model, &how, &text) <= DFOO_NO) result_json("check", text);
    dfoo_text_free(w->d, text);
}

dfoo_status run_check(dfoo *d, request *r) {
    task        w;
    char       *text = NULL;
    dfoo_status status = task_open(&w, d, r);
    r->check.values = w.values;
    if (status == DFOO_OK) status = dfoo_check(w.model, &r->check, &text);
    if (text) add_json(&w, &r->check);
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}

/* dfoo check: the model's gradients against finite differences, or a learner's program against the model. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* The same as data. */
static void add_json(const task *w, const dfoo_check_options *asked) {
    dfoo_check_options how = *asked;
    char              *text = NULL;
    how.format = DFOO_JSON;
    if (json_asked() && dfoo_check(w->model, &how, &text) <= DFOO_NO) result_json("check", text);
    dfoo_text_free(w->d, text);
}

static dfoo_status judge(const task *w, const request *r) {
    dfoo_judgement    *x = NULL;
    dfoo_judge_options how = r->judge;
    size_t             len;
    char              *source = read_all(r->against, &len);
    if (!source) return DFOO_EIO;
    how.seed = r->check.seed;
    how.hint = r->hint + 1;
    if (json_asked()) how.format = DFOO_JSON;
    dfoo_status status = dfoo_judge(w->model, r->against, source, len, &how, &x);
    if (x && json_asked()) result_json("judgement", x->text);
    else if (x) out_printf("%s", x->text);
    dfoo_judgement_free(w->d, x);
    free(source);
    return status;
}

dfoo_status run_check(dfoo *d, request *r) {
    task        w;
    char       *text = NULL;
    dfoo_status status = task_open(&w, d, r);
    r->check.values = w.values;
    if (status == DFOO_OK && r->against) status = judge(&w, r);
    else if (status == DFOO_OK) status = dfoo_check(w.model, &r->check, &text);
    if (text) add_json(&w, &r->check);
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}

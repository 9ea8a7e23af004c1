/* dfoo explain: why a gradient is what it is. */
#include "cli.h"

static dfoo_status explain(const task *w, const char *function, const dfoo_explain_options *how, char **out) {
    return function ? dfoo_explain_function(w->d, function, how, out)
                    : dfoo_explain(w->model, w->r->args[1], how, out);
}

/* The explanation as data, whatever the format of the text is. */
static void add_json(const task *w, const char *function, const dfoo_explain_options *asked) {
    dfoo_explain_options how = *asked;
    char                *text = NULL;
    how.format = DFOO_JSON;
    how.standalone = 0;
    dfoo_status status = json_asked() ? explain(w, function, &how, &text) : DFOO_OK;
    if (status <= DFOO_NO) result_json("explanation", text);
    if (status == DFOO_ENOMEM) json_lost();
    dfoo_text_free(w->d, text);
}

dfoo_status run_explain(dfoo *d, request *r) {
    const int   format = format_of(r, COMMAND_explain);
    const bool  plain = format == 0 && (r->ascii || (!r->output && !locale_is_utf8()));
    if (r->scalar) r->args[1] = "single numbers";
    const char *function = r->args[1] || r->all ? NULL : r->args[0];
    char       *text = NULL;
    task        w = {.d = d};
    if (function) r->args[0] = NULL; /* no model */
    dfoo_status status = task_open(&w, d, r);
    r->explain.format = plain ? DFOO_ASCII : dfoo_word_format(DFOO_EXPLAIN_FORMATS, (size_t)format);
    r->explain.values = w.values;
    if (status == DFOO_OK) status = explain(&w, function, &r->explain, &text);
    if (text) add_json(&w, function, &r->explain);
    status = answer(d, status, text, r->output);
    task_close(&w);
    return status;
}

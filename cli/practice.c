/* dfoo practice: exercises, and answers to them. */
#include "cli.h"

static void add_json(const task *w, const dfoo_practice_options *asked) {
    dfoo_practice_options how = *asked;
    char                 *text = NULL;
    how.format = DFOO_JSON;
    if (json_asked() && dfoo_practice(w->model, &how, &text) <= DFOO_NO) result_json("practice", text);
    dfoo_text_free(w->d, text);
}

dfoo_status run_practice(dfoo *d, request *r) {
    dfoo_practice_options *how = &r->practice;
    char                  *text = NULL;
    task                   w;
    dfoo_status            status = task_open(&w, d, r);
    how->format = dfoo_word_format(DFOO_PRACTICE_FORMATS, (size_t)format_of(r, COMMAND_practice));
    if (how->format == DFOO_TEXT && !r->output && !locale_is_utf8()) how->format = DFOO_ASCII;
    if (r->hint >= 0) how->hint = r->hint % 4 + 1;
    if (status == DFOO_OK) status = dfoo_practice(w.model, how, &text);
    if (text) add_json(&w, how);
    status = answer(d, status, text, r->output);
    task_close(&w);
    return status;
}

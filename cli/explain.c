/* dfoo explain: why a gradient is what it is. */
#include "cli.h"

dfoo_status run_explain(dfoo *d, request *r) {
    static const dfoo_format formats[] = {DFOO_TEXT, DFOO_HTML, DFOO_LATEX, DFOO_MARKDOWN, DFOO_JSON};
    const bool  plain = r->format == 0 && (r->ascii || (!r->output && !locale_is_utf8()));
    const char *function = r->args[1] || r->all ? NULL : r->args[0];
    char       *text = NULL;
    task        w = {.d = d};
    dfoo_status status = can_write(r->output, false);
    if (function) r->args[0] = NULL; /* no model */
    if (status == DFOO_OK) status = task_open(&w, d, r);
    r->explain.format = plain ? DFOO_ASCII : formats[r->format];
    r->explain.values = w.values;
    if (status == DFOO_OK)
        status = function ? dfoo_explain_function(d, function, &r->explain, &text)
                          : dfoo_explain(w.model, r->args[1], &r->explain, &text);
    status = answer(d, status, text, r->output);
    task_close(&w);
    return status;
}

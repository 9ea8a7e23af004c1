/* dfoo derive: the backward pass as equations. */
#include "cli.h"

dfoo_status run_derive(dfoo *d, request *r) {
    static const dfoo_format formats[] = {DFOO_TEXT, DFOO_NUMPY, DFOO_LATEX, DFOO_JSON};
    task                     w;
    char                    *text = NULL;
    dfoo_status              status = task_open(&w, d, r);
    r->derive.format = formats[r->format];
    if (status == DFOO_OK) status = dfoo_derive(w.model, &r->derive, &text);
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}

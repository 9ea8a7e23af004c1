/* dfoo check: the model's gradients against finite differences. */
#include "cli.h"

dfoo_status run_check(dfoo *d, request *r) {
    task        w;
    char       *text = NULL;
    dfoo_status status = task_open(&w, d, r);
    r->check.values = w.values;
    if (status == DFOO_OK) status = dfoo_check(w.model, &r->check, &text);
    status = answer(d, status, text, NULL);
    task_close(&w);
    return status;
}

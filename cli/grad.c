/* dfoo grad: all values and gradients at given arrays. */
#include "cli.h"

dfoo_status run_grad(dfoo *d, request *r) {
    task         w = {.d = d};
    dfoo_arrays *out = NULL;
    dfoo_status  status = task_open(&w, d, r);
    r->grad.directions = w.directions;
    if (status == DFOO_OK) status = dfoo_grad(w.model, w.values, &r->grad, &out);
    if (status == DFOO_OK) status = dfoo_arrays_write(d, r->output, out, r->grad.dtype);
    if (status == DFOO_OK) result_arrays("arrays", out, false);
    if (status == DFOO_OK) result_text("file", r->output);
    dfoo_arrays_free(out);
    task_close(&w);
    return status;
}

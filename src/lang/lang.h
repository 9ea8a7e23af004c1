/* The face of the language room: text -> model, with every mistake reported where it is. */
#ifndef LANG_LANG_H
#define LANG_LANG_H

#include "ir/model.h"

/* Reads a model. `name` is what messages call it; the text is copied. On DFOO_EINPUT the
 * diagnostics say why; there may be several. */
dfoo_status lang_read(model *m, arena *a, symbols *names, diags *d, const char *name, const char *text, size_t len);

/* The model with its shapes and sizes, statement by statement, and the number of parameters. */
void lang_show(const model *m, buf *out);

#endif

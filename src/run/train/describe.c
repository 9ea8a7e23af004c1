/* A run in words: how it was trained, and the rules of its columns. */
#include <string.h>

#include "run/feed/memo.h"
#include "run/train/train.h"

static void put_rules(const model *m, const memo *x, arena *a, buf *out) {
    if (!x->n_rules) return;
    buf_printf(out, "# what becomes of the columns of %s\n", ir_var_name(&m->g, x->var));
    for (uint32_t i = 0; i < x->n_rules; i++) buf_printf(out, "%s\n", prepare_line(a, &x->rules[i]));
}

static dfoo_status put_terms(const model *m, const dfoo_arrays *run, arena *a, buf *out) {
    const dfoo_array  *terms = arrays_get(run, "dfoo.terms"), *epochs = arrays_get(run, "dfoo.epochs");
    const char *const *texts = NULL;
    uint32_t           n = 0;
    if (!terms || !epochs || epochs->ndim) return DFOO_OK;
    DFOO_TRY(run_read_texts(m, a, terms, &texts, &n));
    buf_puts(out, "# trained for ");
    buf_number(out, epochs->data[0]);
    buf_puts(out, epochs->data[0] == 1 ? " epoch" : " epochs");
    for (uint32_t i = 0; i < n; i++)
        if (strncmp(texts[i], "equations", 9) != 0 && strncmp(texts[i], "data", 4) != 0)
            buf_printf(out, ", %s", texts[i]);
    buf_puts(out, "\n");
    return DFOO_OK;
}

dfoo_status train_describe(const model *m, const dfoo_arrays *run, buf *out) {
    memos known;
    arena a;
    arena_init(&a, m->g.a->mem);
    dfoo_status status = put_terms(m, run, &a, out);
    if (status == DFOO_OK) status = memos_recall(m, &a, run, &known);
    for (uint32_t i = 0; status == DFOO_OK && i < known.list.n; i++) put_rules(m, &known.list.at[i], &a, out);
    if (a.failed) status = DFOO_ENOMEM;
    arena_free(&a);
    return status == DFOO_OK ? buf_status(out) : status;
}

/* Predictions as a table, and the classes that they mean. */
#include <string.h>

#include "run/feed/memo.h"
#include "run/feed/view.h"
#include "run/train/train.h"

/* What people call the classes of a label that has `n` of them; NULL: there are none. */
static const char *const *class_texts(const memos *known, size_t n) {
    for (uint32_t i = 0; i < known->list.n; i++) {
        const char *const *texts = memo_classes(&known->list.at[i], n);
        if (texts) return texts;
    }
    return NULL;
}

static dfoo_status name_columns(const model *m, const dfoo_arrays *run, const char *name, size_t n, arena *a,
                                const char ***out) {
    memos known;
    *out = arena_new(a, (n + 1) * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    DFOO_TRY(memos_recall(m, a, run, &known));
    const char *const *classes = n > 1 ? class_texts(&known, n) : NULL;
    for (size_t i = 0; i < n; i++)
        (*out)[i] = classes  ? classes[i]
                    : n == 1 ? arena_text(a, name, strlen(name))
                             : arena_format(a, "%s_%zu", name, i + 1);
    return arena_status(a);
}

dfoo_status train_table(const model *m, const dfoo_arrays *run, const dfoo_array *x, arena *a,
                        dfoo_arrays *out, const char ***columns) {
    size_t rows, cols;
    var_id v = ir_find_var(&m->g, symbols_find(m->g.names, x->name, strlen(x->name)));
    if (!array_as_matrix(x, &rows, &cols))
        return diag_alone(m->g.d, "%s has %d dimensions, and a table has two", x->name, x->ndim);
    bool        turn = v && by_example(m, ir_var(&m->g, v)) && m->examples_are_columns;
    size_t      n = turn ? cols : rows, entries = turn ? rows : cols;
    dfoo_array *table;
    DFOO_TRY(name_columns(m, run, x->name, entries, a, columns));
    DFOO_TRY(arrays_add_matrix(out, "table", n, entries, NULL, &table));
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < entries; i++)
            table->data[j * entries + i] = x->data[turn ? i * cols + j : j * entries + i];
    return DFOO_OK;
}

static size_t class_of_row(const double *row, size_t n) {
    size_t best = 0;
    if (n == 1) return row[0] >= 0.5;
    for (size_t i = 1; i < n; i++)
        if (row[i] > row[best]) best = i;
    return best;
}

dfoo_status train_class_texts(const model *m, const dfoo_arrays *run, const dfoo_array *table, arena *a,
                              const char ***out) {
    memos  known;
    size_t rows, cols;
    *out = NULL;
    array_as_matrix(table, &rows, &cols);
    DFOO_TRY(memos_recall(m, a, run, &known));
    const char *const *classes = class_texts(&known, cols == 1 ? 2 : cols);
    if (!classes) return DFOO_OK;
    const char **texts = rows < SIZE_MAX / sizeof *texts ? arena_new(a, (rows + 1) * sizeof *texts) : NULL;
    if (!texts) return DFOO_ENOMEM;
    for (size_t i = 0; i < rows; i++) texts[i] = classes[class_of_row(table->data + i * cols, cols)];
    *out = texts;
    return DFOO_OK;
}

/* The public interface: what a trained model predicts, as arrays and as a table. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "api/load.h"

void progress_scores(dfoo_progress *p, const train_score *train, const train_score *test) {
    bool classes = (train->n && !isnan(train->accuracy)) || (test->n && !isnan(test->accuracy));
    p->cost = train->cost;
    p->metric = !train->n ? NAN : classes ? train->accuracy : train->r2;
    p->test_cost = test->n ? test->cost : NAN;
    p->test_metric = !test->n ? NAN : classes ? test->accuracy : test->r2;
    p->metric_name = isnan(p->metric) && isnan(p->test_metric) ? NULL : classes ? "accuracy" : "R2";
}

/* Does the run have rules for columns of tables? */
static bool is_prepared(const dfoo_arrays *run) {
    static const char name[] = "dfoo.prepare.";
    for (size_t i = 0; i < arrays_count(run); i++)
        if (strncmp(arrays_at(run, i)->name, name, strlen(name)) == 0) return true;
    return false;
}

dfoo_status work_examples(work *w, const dfoo_arrays *run, const dfoo_predict_options *opt, loaded *l,
                          examples_call *out) {
    *out = (examples_call){.how = {.machine = {1, w->d->isa},
                                   .dtype = opt->dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64,
                                   .flatten = opt->flatten != 0,
                                   .part = (feed_part)opt->part}};
    DFOO_TRY(work_labels(w, opt->labels, &out->how));
    if (!opt->data && !opt->arrays) return diag_alone(&w->messages, "there is no data to predict from");
    load_request r = {opt->data, opt->more_data, opt->arrays,     opt->map,
                      "--map",   opt->header,    is_prepared(run), opt->dtype == DFOO_F32};
    DFOO_TRY(load(w, &r, l, &out->data));
    DFOO_TRY(work_training_program(w, &out->p));
    return train_target_of(&w->m, &out->p, run);
}

/* Columns may have different units: each is told for itself. */
static void tell_columns(diags *d, const train_metrics *m) {
    enum { MOST = 20 };
    if (!m->columns) return;
    diag_tell(d, "R2 is the mean over %zu columns:", m->count);
    for (size_t i = 0; i < m->count && i < MOST; i++)
        diag_note(d, "%s: R2 %.4g, RMSE %.4g, MAE %.4g", m->names[i], m->columns[i].r2, m->columns[i].rmse,
                  m->columns[i].mae);
    if (m->count > MOST) diag_note(d, ".. and %zu columns more", m->count - MOST);
}

static dfoo_status predict(work *w, const dfoo_arrays *run, const dfoo_predict_options *opt, loaded *l,
                           dfoo_arrays *out, train_score *score) {
    examples_call   call;
    train_confusion confusion;
    train_metrics   metrics;
    DFOO_TRY(work_examples(w, run, opt, l, &call));
    DFOO_TRY(train_predict(&w->m, &call.p, run, &call.data, &call.how, out, score,
                           opt->confusion ? &confusion : NULL, opt->metrics ? &metrics : NULL));
    if (opt->metrics) tell_columns(&w->messages, &metrics);
    for (size_t i = 0; opt->metrics && i < opt->n_metrics && i < TRAIN_METRICS; i++)
        opt->metrics[i] = metrics.n ? metrics.value[i] : NAN;
    return opt->confusion ? confusion_new(w->d, &confusion, opt->confusion) : DFOO_OK;
}

/* All predictions side by side, a row per example. */
static dfoo_status join_tables(work *w, const dfoo_arrays *run, const dfoo_arrays *out, dfoo_arrays *tables,
                               const dfoo_array **table, const char ***names) {
    VEC(const char *) columns = {0};
    VEC(const dfoo_array *) parts = {0};
    size_t rows = 0, cols = 0;
    for (size_t i = 0; i < arrays_count(out); i++) {
        const char **own;
        dfoo_array  *part;
        DFOO_TRY(train_table(&w->m, run, arrays_at(out, i), &w->a, tables, &own));
        const dfoo_array *t = arrays_get(tables, "table");
        DFOO_TRY(arrays_add(tables, arrays_at(out, i)->name, t->ndim, t->dim, t->data, &part));
        if (rows && part->dim[0] != rows)
            return diag_alone(&w->messages, "%s has another number of examples: write an NPZ file",
                              part->name);
        rows = part->dim[0];
        for (size_t k = 0; k < part->dim[1]; k++) vec_push(&w->a, &columns, own[k]);
        cols += part->dim[1];
        vec_push(&w->a, &parts, part);
    }
    dfoo_array *all;
    DFOO_TRY(arrays_add_matrix(tables, "table", rows, cols, NULL, &all));
    for (size_t i = 0, at = 0; i < parts.n; at += parts.at[i++]->dim[1])
        for (size_t r = 0; r < rows; r++)
            memcpy(&all->data[r * cols + at], &parts.at[i]->data[r * parts.at[i]->dim[1]],
                   parts.at[i]->dim[1] * sizeof(double));
    *table = all;
    *names = columns.at;
    return arena_status(&w->a);
}

/* The class that the first prediction means, as a column behind the numbers; its name is no other column's.
 */
static dfoo_status class_column(work *w, const dfoo_arrays *run, const dfoo_arrays *out,
                                const dfoo_arrays *tables, const dfoo_array *table, const char **names,
                                data_texts *column) {
    assert(table && names);
    const dfoo_array *first = arrays_get(tables, arrays_at(out, 0)->name);
    *column = (data_texts){.name = "class", .n = table->dim[0]};
    for (size_t k = 0; k < table->dim[1]; k++)
        if (strcmp(names[k], column->name) == 0) column->name = "predicted class";
    return train_class_texts(&w->m, run, first, &w->a, &column->texts);
}

static dfoo_status write_predictions(work *w, const char *path, const dfoo_arrays *run,
                                     const dfoo_arrays *out) {
    dfoo_arrays      *tables = NULL;
    const dfoo_array *table = NULL;
    const char      **names = NULL;
    DFOO_TRY(arrays_new(&w->d->mem, &tables));
    dfoo_status status = join_tables(w, run, out, tables, &table, &names);
    data_texts  column = {.n = 0};
    if (status == DFOO_OK) status = class_column(w, run, out, tables, table, names, &column);
    if (status == DFOO_OK)
        status = data_write_table(path, table, names, column.texts ? &column : NULL, &w->messages);
    arrays_free(tables);
    return status;
}

dfoo_status dfoo_predict(dfoo_model *model, const dfoo_arrays *run, const dfoo_predict_options *options,
                         dfoo_arrays **out, dfoo_progress *metric) {
    dfoo_predict_options how;
    work                 w;
    loaded               l = {0};
    train_score          score = {.accuracy = NAN, .r2 = NAN}, no_test = score;
    dfoo_arrays         *result = NULL, *plain = NULL;
    dfoo_progress        scores = {.cost = NAN};
    if (out) *out = NULL;
    NEED(NULL, model);
    NEED(model->d, run);
    NEED(model->d, out);
    TAKE(model->d, dfoo_predict_options, options, how);
    KNOWN(model->d, how.header, DFOO_HEADER_NO);
    KNOWN(model->d, how.dtype, DFOO_F32);
    KNOWN(model->d, how.part, DFOO_PART_TEST);
    for (size_t i = 0; how.metrics && i < how.n_metrics; i++) how.metrics[i] = NAN;
    HAND_OUT(model->d, dfoo_progress, scores, metric);
    if (how.confusion) *how.confusion = NULL;
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = set_new(model->d, &result);
    if (status == DFOO_OK) status = set_plain(model->d, &run, &plain);
    if (status == DFOO_OK) status = predict(&w, run, &how, &l, result, &score);
    if (status == DFOO_OK && how.csv) status = write_predictions(&w, how.csv, run, result);
    loaded_free(&l);
    arrays_free(plain);
    progress_scores(&scores, &score, &no_test);
    if (!score.n) scores.cost = NAN;
    HAND_OUT(model->d, dfoo_progress, scores, metric);
    status = work_close(&w, status);
    if (status == DFOO_OK) {
        *out = result;
        return status;
    }
    arrays_free(result);
    if (how.confusion) {
        dfoo_confusion_free(model->d, *how.confusion);
        *how.confusion = NULL;
    }
    return status;
}

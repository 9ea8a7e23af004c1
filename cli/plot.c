/* dfoo plot: pictures of a trained model, of its mistakes, and of how training went. */
#include "cli.h"

static dfoo_status plot_confusion(task *w, request *r, char **svg) {
    char            title[256];
    dfoo_confusion *matrix = NULL;
    dfoo_arrays    *out = NULL;
    r->predict.confusion = &matrix;
    dfoo_status status = dfoo_predict(w->model, w->values, &r->predict, &out, NULL);
    if (status == DFOO_OK && !matrix)
        status = wrong("--confusion: %s has no labels that are classes", r->predict.data);
    const char *name = r->args[0] ? r->args[0] : r->weights;
    snprintf(title, sizeof title, "%s on %s: confusion matrix", base_name(name), base_name(r->predict.data));
    if (!r->plot.title) r->plot.title = title; /* two_layer on planar.csv: confusion matrix */
    if (status == DFOO_OK) status = dfoo_plot_confusion(w->d, matrix, r->plot.title, svg);
    dfoo_confusion_free(w->d, matrix);
    dfoo_arrays_free(out);
    return status;
}

static dfoo_status draw(task *w, request *r, char **svg) {
    if (r->log) return dfoo_plot_log(w->d, r->log, r->plot.title, svg);
    if (r->confusion) return plot_confusion(w, r, svg);
    r->plot.examples = &r->predict;
    return dfoo_plot_model(w->model, w->values, &r->plot, svg);
}

dfoo_status run_plot(dfoo *d, request *r) {
    char       *svg = NULL;
    task        w = {.d = d};
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK) status = draw(&w, r, &svg);
    status = answer(d, status, svg, r->output);
    if (status == DFOO_OK && !is_standard(r->output)) say("the picture is in %s\n", r->output);
    task_close(&w);
    return status;
}

/* dfoo predict: a trained model's output for data. */
#include "cli.h"

#include <math.h>
#include <string.h>

enum { MOST_METRICS = 32 };

/* The part that was asked for, if one was. */
static const char *part_text(const request *r) {
    static const char *const texts[] = {"", ", those that were trained with", ", those that were held back"};
    return texts[r->predict.part];
}

/* What is not in the line above: "RMSE 2.1, MAE 1.4". */
static void say_metrics(const dfoo_progress *metric, const double *values, size_t n) {
    char text[METRIC_SIZE];
    int  said = 0;
    for (size_t i = 0; i < n; i++) {
        const char *name = dfoo_word(DFOO_METRICS, i);
        // cppcheck-suppress uninitvar ; dfoo_predict filled them
        if (isnan(values[i])) continue;
        result_number(name, values[i]);
        if (metric->metric_name && strcmp(name, metric->metric_name) == 0) continue;
        say("%s%s %s", said++ ? ", " : "", name, metric_text(name, values[i], text));
    }
    if (said) say("\n");
}

static void say_metric(const dfoo_progress *metric, const request *r) {
    const char *file = r->predict.data;
    char        text[METRIC_SIZE];
    bool        named = metric->metric_name && !isnan(metric->metric);
    if (named) say("%s %s", metric->metric_name, metric_text(metric->metric_name, metric->metric, text));
    if (!isnan(metric->cost)) say("%scost %.6g", named ? ", " : "", metric->cost);
    if (named || !isnan(metric->cost)) say(" on the labels of %s%s\n", file, part_text(r));
}

static void say_confusion(dfoo *d, const dfoo_confusion *matrix) {
    char *text;
    if (!matrix || dfoo_confusion_text(d, matrix, &text) != DFOO_OK) return;
    say("%s", text);
    dfoo_text_free(d, text);
}

static void add_confusion(const dfoo_confusion *matrix) {
    if (!matrix) return;
    result_begin("confusion", '{');
    result_begin("classes", '[');
    for (size_t i = 0; i < matrix->classes; i++) result_text(NULL, matrix->names[i]);
    result_end(']');
    result_begin("count", '[');
    for (size_t i = 0; i < matrix->classes; i++) {
        const size_t *row = matrix->count + i * matrix->classes;
        result_begin(NULL, '[');
        for (size_t k = 0; k < matrix->classes; k++) result_number(NULL, (double)row[k]);
        result_end(']');
    }
    result_end(']');
    result_end('}');
}

static void add_predictions(const request *r, const dfoo_arrays *out) {
    if (is_standard(r->output))
        result_arrays("predictions", out, true);
    else
        result_text("file", r->output);
}

static dfoo_status predict_with(task *w, request *r) {
    dfoo_confusion *matrix = NULL;
    dfoo_progress   metric = {.size = sizeof metric, .cost = NAN, .metric = NAN};
    dfoo_arrays    *out;
    double          metrics[MOST_METRICS];
    bool            npz = !is_standard(r->output) && format_of(r, COMMAND_predict) == 1;
    r->predict.csv = npz ? NULL : !is_standard(r->output) ? r->output : json_asked() ? NULL : "-";
    r->predict.confusion = &matrix;
    r->predict.metrics = metrics;
    while (r->predict.n_metrics < MOST_METRICS && dfoo_word(DFOO_METRICS, r->predict.n_metrics))
        r->predict.n_metrics++;
    dfoo_status status = dfoo_predict(w->model, w->values, &r->predict, &out, &metric);
    say_messages(w->d);
    if (status == DFOO_OK) {
        say_metric(&metric, r);
        result_begin("metrics", '{');
        say_metrics(&metric, metrics, r->predict.n_metrics);
        result_end('}');
        say_confusion(w->d, matrix);
        result_scores("scores", metric.metric_name, metric.cost, metric.metric);
        add_confusion(matrix);
        add_predictions(r, out);
        if (npz) status = dfoo_arrays_write(w->d, r->output, out, r->predict.dtype);
    }
    dfoo_confusion_free(w->d, matrix);
    dfoo_arrays_free(out);
    return status;
}

dfoo_status run_predict(dfoo *d, request *r) {
    task w = {.d = d};
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK) status = predict_with(&w, r);
    task_close(&w);
    return status;
}

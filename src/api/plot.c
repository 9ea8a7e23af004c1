/* The public interface: pictures. Here models and files become the arrays and words that src/plot draws. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "api/load.h"
#include "api/pictures.h"
#include "teach/teach.h"

/* The last part of a path. */
static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

const char *picture_on(work *w, const char *data) {
    bool file = data && strcmp(data, "-") != 0;
    return file ? arena_format(&w->a, "%s on %s", w->m.src.name, base_name(data)) : w->m.src.name;
}

/* -------------------------------------------------------------------- history */

/* A table of numbers with named columns. */
typedef struct columns {
    size_t             n_rows, n_cols;
    const double      *values;
    const char *const *names;
} columns;

/* A column as an array; NULL: there is none of this name. */
static const double *column(const columns *t, const char *name, arena *a) {
    for (size_t k = 0; k < t->n_cols; k++) {
        if (strcmp(t->names[k], name) != 0) continue;
        double *out = arena_new(a, (t->n_rows + 1) * sizeof *out);
        for (size_t i = 0; out && i < t->n_rows; i++) out[i] = t->values[i * t->n_cols + k];
        return out;
    }
    return NULL;
}

static dfoo_status draw_history(const columns *t, const char *title, arena *a, buf *out) {
    plot_history h = {.title = title, .n = t->n_rows};
    h.epoch = column(t, "epoch", a);
    h.cost = column(t, "cost", a);
    h.test_cost = column(t, "test_cost", a);
    h.accuracy = column(t, "accuracy", a);
    h.test_accuracy = column(t, "test_accuracy", a);
    return a->failed ? DFOO_ENOMEM : plot_curves(&h, a, out);
}

dfoo_status plot_history_array(const dfoo_array *history, const char *const *names, const char *title,
                               arena *a, buf *out) {
    columns t = {history->dim[0], history->dim[1], history->data, names};
    return draw_history(&t, title, a, out);
}

dfoo_status plot_write_history(work *w, const char *path, const char *data, const dfoo_array *history,
                               const char *const *names) {
    buf     svg;
    columns t = {history->dim[0], history->dim[1], history->data, names};
    const char *title = picture_on(w, data);
    if (!title) return DFOO_ENOMEM;
    buf_init(&svg, w->d->mem);
    dfoo_status status = draw_history(&t, title, &w->a, &svg);
    if (status == DFOO_OK) status = data_write_text(path, svg.text, svg.len, &w->messages);
    buf_free(&svg);
    return status;
}

static bool has_column(const data_table *t, const char *name) {
    for (size_t k = 0; t->names && k < t->n_cols; k++)
        if (strcmp(t->names[k], name) == 0) return !t->classes[k].n;
    return false;
}

static bool is_ascending(const double *x, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]) || (i && x[i] < x[i - 1])) return false;
    return true;
}

/* The history that a run keeps. */
static bool run_history(const dfoo_arrays *set, columns *out) {
    const dfoo_array *x = arrays_get(set, "dfoo.history");
    if (!x || x->ndim != 2 || x->dim[1] != HISTORY_COLUMNS || !x->dim[0]) return false;
    *out = (columns){x->dim[0], x->dim[1], x->data, history_columns};
    return true;
}

static dfoo_status log_table(work *w, const char *path, const dfoo_arrays *set, const data_table *table,
                             columns *out) {
    if (run_history(set, out)) return DFOO_OK;
    if (!has_column(table, "epoch") || !has_column(table, "cost"))
        return diag_alone(&w->messages,
                          "%s has no history of training: "
                          "it is no run, nor has it columns of numbers called epoch and cost", path);
    if (!table->n_rows) return diag_alone(&w->messages, "%s holds no epochs", path);
    *out = (columns){table->n_rows, table->n_cols, table->values, table->names};
    return DFOO_OK;
}

static dfoo_status draw_log(work *w, const char *path, const char *title, dfoo_arrays *set, buf *out) {
    columns           t = {0};
    data_table        table;
    data_read_options how = {.gaps = true, .table = &table, .tables = &w->a};
    DFOO_TRY(data_read(path, &how, &w->messages, set));
    DFOO_TRY(log_table(w, path, set, &table, &t));
    const double *epoch = column(&t, "epoch", &w->a);
    if (!epoch) return DFOO_ENOMEM;
    if (!is_ascending(epoch, t.n_rows)) return diag_alone(&w->messages, "%s: the epochs do not ascend", path);
    return draw_history(&t, title ? title : strcmp(path, "-") == 0 ? "training" : base_name(path), &w->a,
                        out);
}

typedef struct log_request {
    const char *path, *title;
} log_request;

static dfoo_status plot_log(work *w, const void *request, buf *out) {
    const log_request *r = request;
    dfoo_arrays       *set;
    DFOO_TRY(arrays_new(&w->d->mem, &set));
    dfoo_status status = draw_log(w, r->path, r->title, set, out);
    arrays_free(set);
    return status;
}

dfoo_status dfoo_plot_log(dfoo *d, const char *path, const char *title, char **svg) {
    if (svg) *svg = NULL;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, svg);
    return work_write_text(d, NULL, plot_log, &(log_request){path, title}, svg);
}

/* ------------------------------------------------------------------ confusion */

static dfoo_status draw_matrix(work *w, const void *request, buf *out) {
    const plot_matrix *m = request;
    if (m->n > PLOT_MOST_CLASSES)
        return diag_alone(&w->messages,
                          "a confusion matrix of %u classes is too large for a picture, which shows up to %d",
                          m->n, PLOT_MOST_CLASSES);
    return plot_confusion(m, &w->a, out);
}

dfoo_status dfoo_plot_confusion(dfoo *d, const dfoo_confusion *confusion, const char *title, char **svg) {
    if (svg) *svg = NULL;
    NEED(NULL, d);
    NEED(d, confusion);
    NEED(d, svg);
    plot_matrix m = {title ? title : "confusion matrix", (uint32_t)confusion->classes, confusion->names,
                     confusion->count};
    return work_write_text(d, NULL, draw_matrix, &m, svg);
}

/* --------------------------------------------------------------------- models */

enum { GRID = 180, CURVE = 400, PLACES_AT_ONCE = 4096, NUMBERS_AT_ONCE = 1 << 22 };

/* A model at work. */
typedef struct picture {
    work              *w;
    const dfoo_arrays *run;
    examples_call      call;
    train_points       points;
    train_score        score;
    plot_model         m;
    double            *value; /* (outputs, places) */
    size_t             places;
} picture;

static dfoo_status read_examples(picture *p, const dfoo_plot_options *opt, loaded *l) {
    work     *w = p->w;
    word_list features;
    DFOO_TRY(work_examples(w, p->run, opt->examples, l, &p->call));
    DFOO_TRY(work_words(w, opt->features, &features));
    return train_points_read(&w->m, &p->call.p, p->run, &p->call.data, &p->call.how, features.list.at,
                             features.list.n, &w->a, &p->points);
}

/* How well the model does on all examples. */
static dfoo_status score_examples(picture *p) {
    dfoo_arrays *out;
    DFOO_TRY(arrays_new(&p->w->d->mem, &out));
    dfoo_status status = train_predict(&p->w->m, &p->call.p, p->run, &p->call.data, &p->call.how, out,
                                       &p->score, NULL, NULL);
    arrays_free(out);
    return status;
}

/* ----------------------------------------------------------------------- grid */

/* The model's outputs at n places from number `from` on: one part of the grid. */
static dfoo_status evaluate_part(picture *p, const double *const at[2], size_t from, size_t n,
                                 dfoo_arrays *set) {
    work         *w = p->w;
    bool          across = w->m.examples_are_columns;
    size_t        outputs = p->points.outputs;
    train_score   score;
    feed_options  how = p->call.how;
    const char   *name = ir_var_name(&w->m.g, p->points.prediction);
    how.labels = NULL;
    how.part = FEED_ALL;
    how.n_labels = 0;
    DFOO_TRY(train_points_vary(&w->m, &p->points, &p->call.data, at, n, set));
    feed_source source = {.name = "the grid", .arrays = set};
    DFOO_TRY(train_predict(&w->m, &p->call.p, p->run, &source, &how, set, &score, NULL, NULL));
    const double *y = arrays_get(set, name)->data;
    for (size_t k = 0; k < outputs; k++)
        for (size_t i = 0; i < n; i++)
            p->value[k * p->places + from + i] = y[across ? k * n + i : i * outputs + k];
    return DFOO_OK;
}

/* The places of the grid from number `from` on, row by row. */
static void fill_places(const picture *p, size_t from, size_t n, double *x, double *y) {
    for (size_t i = 0; i < n; i++) {
        x[i] = plot_step(p->m.x, (from + i) % p->m.nx, p->m.nx);
        if (p->m.ny > 1) y[i] = plot_step(p->m.y, (from + i) / p->m.nx, p->m.ny);
    }
}

/* How many places are evaluated together: of many features, fewer. */
static size_t places_at_once(const picture *p) {
    size_t most = NUMBERS_AT_ONCE / p->points.n_features;
    return most < 1 ? 1 : most < PLACES_AT_ONCE ? most : PLACES_AT_ONCE;
}

static dfoo_status evaluate(picture *p) {
    work   *w = p->w;
    size_t  at_once = places_at_once(p);
    double *x = arena_new(&w->a, PLACES_AT_ONCE * sizeof *x), *y = arena_new(&w->a,
                                                                             PLACES_AT_ONCE * sizeof *y);
    p->places = p->m.nx * p->m.ny;
    p->value = arena_new(&w->a, p->places * p->points.outputs * sizeof *p->value);
    if (!x || !y || !p->value) return DFOO_ENOMEM;
    dfoo_status status = DFOO_OK;
    for (size_t from = 0; from < p->places && status == DFOO_OK; from += at_once) {
        dfoo_arrays *set;
        size_t       n = p->places - from < at_once ? p->places - from : at_once;
        fill_places(p, from, n, x, y);
        DFOO_TRY(arrays_new(&w->d->mem, &set));
        status = evaluate_part(p, (const double *const[2]){x, y}, from, n, set);
        arrays_free(set);
    }
    p->m.value = p->value;
    return status;
}

/* ---------------------------------------------------------------------- words */

/* "two_layer.eq on planar.csv: accuracy 90.50%" */
static const char *title_of(const picture *p, const char *data) {
    arena      *a = &p->w->a;
    const char *text = picture_on(p->w, data);
    long        of_10000 = isnan(p->score.accuracy) ? -1 : lround(p->score.accuracy * 10000);
    return text && of_10000 >= 0 ? arena_format(a, "%s: accuracy %ld.%02ld%%", text, of_10000 / 100,
                                                of_10000 % 100) : text;
}

static const char *note_of(const picture *p) {
    uint32_t others = p->points.n_features - p->points.n_picked;
    if (others < 2) return others ? "the other feature at its mean" : NULL;
    return arena_format(&p->w->a, "the other %u features at their means", others);
}

/* 0 and 1 say little: "class 0" */
static const char *const *class_words(const picture *p) {
    const char **out = arena_new(&p->w->a, p->points.n_classes * sizeof *out);
    for (uint32_t i = 0; out && i < p->points.n_classes; i++) {
        const char *name = p->points.classes[i];
        bool        number = name[strspn(name, "0123456789")] == 0;
        out[i] = number ? arena_format(&p->w->a, "class %s", name) : name;
    }
    return out;
}

static dfoo_status describe(picture *p, const dfoo_plot_options *opt) {
    const train_points *x = &p->points;
    bool                two = x->n_picked == 2;
    plot_model         *m = &p->m;
    m->title = opt->title ? opt->title : title_of(p, opt->examples->data);
    m->note = note_of(p);
    m->x_label = x->features[x->picked[0]];
    m->y_label = two ? x->features[x->picked[1]] : ir_var_name(&p->w->m.g, x->prediction);
    m->label = x->label;
    m->n_classes = x->n_classes;
    m->classes = class_words(p);
    m->outputs = x->outputs;
    m->points = (plot_points){x->n, x->at[0], x->at[1], x->class_of, x->value};
    m->nx = two ? GRID : CURVE;
    m->ny = two ? GRID : 1;
    m->x = plot_range_of(x->at[0], x->n, 1);
    if (two) m->y = plot_range_of(x->at[1], x->n, 1);
    return arena_status(&p->w->a);
}

dfoo_status plot_model_picture(work *w, const dfoo_arrays *run, const dfoo_plot_options *opt, loaded *l,
                               buf *out) {
    picture p = {.w = w, .run = run};
    DFOO_TRY(read_examples(&p, opt, l));
    DFOO_TRY(score_examples(&p));
    DFOO_TRY(describe(&p, opt));
    DFOO_TRY(evaluate(&p));
    return p.m.ny > 1 ? plot_regions(&p.m, &w->a, out) : plot_outputs(&p.m, &w->a, out);
}

typedef struct model_request {
    const dfoo_arrays      *run;
    const dfoo_plot_options *how;
} model_request;

static dfoo_status plot_model_body(work *w, const void *request, buf *out) {
    const model_request *r = request;
    loaded               l = {0};
    dfoo_status          status = plot_model_picture(w, r->run, r->how, &l, out);
    loaded_free(&l);
    return status;
}

dfoo_status dfoo_plot_model(dfoo_model *model, const dfoo_arrays *run, const dfoo_plot_options *options,
                            char **svg) {
    dfoo_plot_options    how;
    dfoo_predict_options examples;
    if (svg) *svg = NULL;
    NEED(NULL, model);
    NEED(model->d, run);
    NEED(model->d, svg);
    TAKE(model->d, dfoo_plot_options, options, how);
    TAKE(model->d, dfoo_predict_options, how.examples, examples);
    KNOWN(model->d, examples.header, DFOO_HEADER_NO);
    KNOWN(model->d, examples.dtype, DFOO_F32);
    KNOWN(model->d, examples.part, DFOO_PART_TEST);
    how.examples = &examples;
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(model->d, &run, &plain);
    if (status == DFOO_OK)
        status = work_write_text(model->d, model, plot_model_body, &(model_request){run, &how}, svg);
    arrays_free(plain);
    return status;
}

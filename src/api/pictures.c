/* The public interface: the pictures of a run by their names (pictures.def). Here numbers of predictions
 * become the arrays and words that src/teach/plot draws. */
#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "api/load.h"
#include "api/pictures.h"
#include "teach/teach.h"

/* A picture at work. */
typedef struct scene {
    work                    *w;
    const dfoo_arrays       *run;
    const dfoo_plot_options *opt;
    loaded                  *l;
    const char              *kind, *title;
    train_metrics            metrics;
    train_confusion          confusion;
} scene;

static dfoo_status unsuited(const scene *s, const char *why) {
    return diag_alone(&s->w->messages, "%s: %s", s->kind, why);
}

/* ------------------------------------------------------------------- over epochs */

/* The history that the run keeps. */
static dfoo_status history_of(const scene *s, const dfoo_array **out) {
    const dfoo_array *x = arrays_get(s->run, "dfoo.history");
    if (!x || x->ndim != 2 || x->dim[1] != HISTORY_COLUMNS || !x->dim[0])
        return unsuited(s, "the run has no history of its training");
    *out = x;
    return DFOO_OK;
}

static dfoo_status scene_curve(scene *s, buf *out) {
    const dfoo_array *x = NULL;
    DFOO_TRY(history_of(s, &x));
    return plot_history_array(x, history_columns, s->title, &s->w->a, out);
}

static size_t column_number(const char *name) {
    size_t k = 0;
    while (strcmp(history_columns[k], name) != 0) k++;
    return k;
}

static const double *history_column(const scene *s, const dfoo_array *x, const char *name) {
    size_t  k = column_number(name), n = x->dim[0];
    double *out = arena_new(&s->w->a, (n + 1) * sizeof *out);
    for (size_t i = 0; out && i < n; i++) out[i] = x->data[i * x->dim[1] + k];
    return out;
}

static dfoo_status scene_rate(scene *s, buf *out) {
    const dfoo_array *x = NULL;
    DFOO_TRY(history_of(s, &x));
    assert(x);
    plot_series series = {.n = x->dim[0],
                          .x = history_column(s, x, "epoch"),
                          .y = history_column(s, x, "learning_rate"),
                          .line = x->dim[0] > 1,
                          .points = x->dim[0] == 1};
    plot_chart  c = {.title = s->title,
                     .description = "The learning rate over the epochs, as one line.",
                     .across = {.label = "epoch", .whole = true},
                     .up = {.label = "learning rate"},
                     .n = 1,
                     .series = &series,
                     .level = NAN,
                     .mark = NAN};
    return series.x && series.y ? plot_draw_chart(&c, &s->w->a, out) : DFOO_ENOMEM;
}

/* ---------------------------------------------------------------------- predictions */

static dfoo_status predict(scene *s) {
    examples_call call;
    train_score   score;
    dfoo_arrays  *out;
    work         *w = s->w;
    DFOO_TRY(work_examples(w, s->run, s->opt->examples, s->l, &call));
    DFOO_TRY(arrays_new(&w->d->mem, &out));
    dfoo_status status = train_predict(&w->m, &call.p, s->run, &call.data, &call.how, out, &score,
                                       &s->confusion, &s->metrics);
    arrays_free(out);
    return status;
}

static dfoo_status need_classes(scene *s) {
    DFOO_TRY(predict(s));
    if (s->confusion.n && s->metrics.y) return DFOO_OK;
    return unsuited(s, "it is of classes, and the data has no labels that are classes");
}

static dfoo_status need_values(scene *s) {
    DFOO_TRY(predict(s));
    if (s->metrics.y && !s->confusion.n) return DFOO_OK;
    return unsuited(s, "it is of values, and the data has no labels that are values");
}

static dfoo_status scene_confusion(scene *s, buf *out) {
    DFOO_TRY(need_classes(s));
    plot_matrix m = {s->title, s->confusion.n, s->confusion.classes, s->confusion.count};
    if (m.n > PLOT_MOST_CLASSES)
        return diag_alone(&s->w->messages,
                          "a confusion matrix of %u classes is too large for a picture, which shows up to %d",
                          m.n, PLOT_MOST_CLASSES);
    return plot_confusion(&m, &s->w->a, out);
}

/* ------------------------------------------------------------------- of each class */

static train_ranked *rank(const scene *s, size_t class) {
    train_ranked *out = arena_new(&s->w->a, (s->metrics.n + 1) * sizeof *out);
    if (out) train_rank(&s->metrics, class, out);
    return out;
}

/* What a line is made of: points behind the likeliest j examples, equal ones together. */
typedef struct line {
    size_t  n;
    double *x, *y;
    double  sum; /* the area below it */
} line;

static bool line_open(const scene *s, size_t most, line *l) {
    arena *a = &s->w->a;
    *l = (line){.x = arena_new(a, most * sizeof(double)), .y = arena_new(a, most * sizeof(double))};
    return l->x && l->y;
}

static void line_add(line *l, double x, double y, bool steps) {
    if (l->n) l->sum += (x - l->x[l->n - 1]) * (steps ? y : (y + l->y[l->n - 1]) / 2);
    l->x[l->n] = x;
    l->y[l->n++] = y;
}

/* The part of the class that is found, against the part of the others that is taken for it. */
static dfoo_status roc_line(const scene *s, size_t class, line *l) {
    size_t        n = s->metrics.n, is = 0, found = 0;
    train_ranked *r = rank(s, class);
    if (!r || !line_open(s, n + 2, l)) return DFOO_ENOMEM;
    for (size_t j = 0; j < n; j++) is += r[j].is;
    if (!is || is == n) return DFOO_OK;
    line_add(l, 0, 0, false);
    for (size_t j = 0; j < n; j++) {
        found += r[j].is;
        if (j + 1 < n && r[j + 1].value == r[j].value) continue;
        line_add(l, (double)(j + 1 - found) / (double)(n - is), (double)found / (double)is, false);
    }
    return DFOO_OK;
}

/* The part of those taken for the class that is of it, against the part that is found. Its area is the
 * average precision. */
static dfoo_status precision_line(const scene *s, size_t class, line *l) {
    size_t        n = s->metrics.n, is = 0, found = 0;
    train_ranked *r = rank(s, class);
    if (!r || !line_open(s, n + 2, l)) return DFOO_ENOMEM;
    for (size_t j = 0; j < n; j++) is += r[j].is;
    if (!is) return DFOO_OK;
    for (size_t j = 0; j < n; j++) {
        found += r[j].is;
        if (j + 1 < n && r[j + 1].value == r[j].value) continue;
        double precision = (double)found / (double)(j + 1);
        if (!l->n) line_add(l, 0, precision, true);
        line_add(l, (double)found / (double)is, precision, true);
    }
    return DFOO_OK;
}

/* Ten bins of what was said: its mean, and how often it is so. */
static dfoo_status calibration_line(const scene *s, size_t class, line *l) {
    enum { BINS = 10 };
    double        said[BINS] = {0}, is[BINS] = {0}, count[BINS] = {0};
    train_ranked *r = rank(s, class);
    if (!r || !line_open(s, BINS, l)) return DFOO_ENOMEM;
    for (size_t j = 0; j < s->metrics.n; j++) {
        if (!(r[j].value >= 0 && r[j].value <= 1))
            return unsuited(s, "the predictions are no probabilities, which lie between 0 and 1");
        size_t bin = (size_t)fmin(BINS - 1, floor(r[j].value * BINS));
        said[bin] += r[j].value;
        is[bin] += r[j].is;
        count[bin]++;
    }
    for (size_t i = 0; i < BINS; i++)
        if (count[i] > 0) line_add(l, said[i] / count[i], is[i] / count[i], false);
    return DFOO_OK;
}

/* 0 and 1 say little: "class 0" */
static const char *class_name(const scene *s, size_t k) {
    const char *name = s->confusion.classes[k];
    bool        number = name[strspn(name, "0123456789")] == 0;
    return number ? arena_format(&s->w->a, "class %s", name) : name;
}

/* Of two classes the second, else each; with the area where it means something. */
static dfoo_status draw_classes(scene *s, dfoo_status make(const scene *, size_t, line *), const char *area,
                                plot_chart c, buf *out) {
    enum { MOST = 20 };
    plot_series series[MOST];
    DFOO_TRY(need_classes(s));
    size_t first = s->confusion.n == 2, last = s->confusion.n < MOST ? s->confusion.n : MOST;
    c.n = 0;
    for (size_t k = first; k < last; k++) {
        line        l;
        const char *name = class_name(s, k);
        DFOO_TRY(make(s, k, &l));
        if (!l.n || !name) continue;
        if (area && first) name = arena_format(&s->w->a, "%s: %s %.3f", name, area, l.sum);
        else if (area) name = arena_format(&s->w->a, "%.3f %s", l.sum, name);
        if (!name) return DFOO_ENOMEM;
        series[c.n++] = (plot_series){
            .name = name, .colour = (uint32_t)k, .n = l.n, .x = l.x, .y = l.y, .line = true, .points = !area};
    }
    c.series = series;
    c.title = s->title;
    c.square = true;
    c.level = c.mark = NAN;
    if (c.n == 1) c.note = series[0].name;
    else if (area) c.note = arena_format(&s->w->a, "before each class: its %s", area);
    return plot_draw_chart(&c, &s->w->a, out);
}

static const plot_side part = {.low = -0.02, .high = 1.02, .percent = true};

static plot_side part_of(const char *label) {
    plot_side s = part;
    s.label = label;
    return s;
}

static dfoo_status scene_roc(scene *s, buf *out) {
    plot_chart c = {.across = part_of("of the others, taken for the class (false positives)"),
                    .up = part_of("of the class, found (recall)"),
                    .diagonal = true,
                    .description = "For every threshold, the part of a class that is found over the part of "
                                   "the others that is taken for it."};
    return draw_classes(s, roc_line, "AUC", c, out);
}

static dfoo_status scene_precision_recall(scene *s, buf *out) {
    plot_chart c = {.across = part_of("of the class, found (recall)"),
                    .up = part_of("of those taken for the class, right (precision)"),
                    .description = "For every threshold, the part of those taken for a class that is right "
                                   "over the part of the class that is found."};
    return draw_classes(s, precision_line, "mean precision", c, out);
}

static dfoo_status scene_calibration(scene *s, buf *out) {
    plot_chart c = {.across = part_of("said: the probability of the class"),
                    .up = part_of("so: how often it is the class"),
                    .diagonal = true,
                    .description = "In ten bins of the probability that was said, how often it is so."};
    return draw_classes(s, calibration_line, NULL, c, out);
}

/* ------------------------------------------------------------------------- values */

/* What stands over predicted values: the labels, or what the predictions miss. */
typedef enum { TRUE_VALUES, LEFT_VALUES } over;

static dfoo_status draw_value(scene *s, over what, plot_chart c, buf *out) {
    const train_metrics *m = &s->metrics;
    double              *y = arena_new(&s->w->a, (m->n + 1) * sizeof *y);
    for (size_t j = 0; y && j < m->n; j++) y[j] = what == TRUE_VALUES ? m->y[j] : m->y[j] - m->p[j];
    plot_series series = {.n = m->n, .x = m->p, .y = y, .points = true};
    c.note = arena_format(&s->w->a, "R2 %.4g, RMSE %.4g", m->value[TRAIN_METRIC_r2],
                           m->value[TRAIN_METRIC_rmse]);
    c.n = 1;
    c.series = &series;
    return c.note && y ? plot_draw_chart(&c, &s->w->a, out) : DFOO_ENOMEM;
}

/* One of several columns, in units of its label's deviation around the label's mean. */
static dfoo_status column_series(const scene *s, over what, size_t i, plot_series *out) {
    const train_metrics *m = &s->metrics;
    double              *x = arena_new(&s->w->a, (m->n + 1) * 2 * sizeof *x), mean = 0, squares = 0;
    if (!x) return DFOO_ENOMEM;
    for (size_t j = 0; j < m->n; j++) mean += m->y[j * m->count + i] / (double)m->n;
    for (size_t j = 0; j < m->n; j++) squares += pow(m->y[j * m->count + i] - mean, 2) / (double)m->n;
    double sd = squares > 0 ? sqrt(squares) : 1, *y = x + m->n;
    for (size_t j = 0; j < m->n; j++) {
        x[j] = (m->p[j * m->count + i] - mean) / sd;
        y[j] = (m->y[j * m->count + i] - mean) / sd - (what == LEFT_VALUES ? x[j] : 0);
    }
    const char *name = arena_format(&s->w->a, "%s: R2 %.4g", m->names[i], m->columns[i].r2);
    *out = (plot_series){.name = name, .colour = (uint32_t)i, .n = m->n, .x = x, .y = y, .points = true};
    return name ? DFOO_OK : DFOO_ENOMEM;
}

static dfoo_status draw_columns(scene *s, over what, plot_chart c, buf *out) {
    enum { MOST = 12 };
    plot_series series[MOST];
    c.n = s->metrics.count < MOST ? (uint32_t)s->metrics.count : MOST;
    for (uint32_t i = 0; i < c.n; i++) DFOO_TRY(column_series(s, what, i, &series[i]));
    c.series = series;
    c.note = "each column in units of its deviation, around its mean";
    return plot_draw_chart(&c, &s->w->a, out);
}

static dfoo_status draw_values(scene *s, over what, plot_chart c, buf *out) {
    c.title = s->title;
    c.across.label = "predicted";
    c.mark = NAN;
    return s->metrics.columns ? draw_columns(s, what, c, out) : draw_value(s, what, c, out);
}

static dfoo_status scene_predicted(scene *s, buf *out) {
    DFOO_TRY(need_values(s));
    plot_chart c = {.up = {.label = "true"},
                    .diagonal = true,
                    .square = true,
                    .level = NAN,
                    .description = "True values over predicted ones; on the diagonal they are the same."};
    return draw_values(s, TRUE_VALUES, c, out);
}

static dfoo_status scene_residuals(scene *s, buf *out) {
    DFOO_TRY(need_values(s));
    plot_chart c = {.up = {.label = "true - predicted"},
                    .description = "What the predictions miss, over the predicted values."};
    return draw_values(s, LEFT_VALUES, c, out);
}

/* ------------------------------------------------------------------------- layers */

static dfoo_status draw_layers(scene *s, bool gradients, buf *out) {
    examples_call call;
    train_layers  layers;
    work         *w = s->w;
    DFOO_TRY(work_examples(w, s->run, s->opt->examples, s->l, &call));
    DFOO_TRY(train_layers_read(&w->m, &call.p, s->run, &call.data, &call.how, &w->a, &layers));
    plot_row *rows = arena_new(&w->a, (layers.n + 1) * sizeof *rows);
    plot_rows r = {.title = s->title,
                   .label = gradients ? "size of the entries of a gradient" : "size of the values",
                   .description = "For each layer, between which sizes nine of ten entries lie; the median.",
                   .rows = rows};
    if (!rows) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < layers.n; i++) {
        const train_layer *x = &layers.at[i];
        if (x->gradient == gradients)
            rows[r.n++] = (plot_row){x->name, 0, x->low, x->middle, x->high, x->zeros};
    }
    const char *why = gradients ? "it needs data with labels" : "no value has an entry for each example";
    if (!r.n) return unsuited(s, why);
    r.note = arena_format(&w->a, "nine of ten entries, and the median, over %zu examples", layers.n_examples);
    return r.note ? plot_draw_rows(&r, &w->a, out) : DFOO_ENOMEM;
}

static dfoo_status scene_activations(scene *s, buf *out) {
    return draw_layers(s, false, out);
}

static dfoo_status scene_gradients(scene *s, buf *out) {
    return draw_layers(s, true, out);
}

static dfoo_status scene_model(scene *s, buf *out) {
    dfoo_plot_options how = *s->opt;
    return plot_model_picture(s->w, s->run, &how, s->l, out);
}

/* ------------------------------------------------------------------------ by name */

typedef enum { NONE, ANY, LABELLED, CLASSES, VALUES } picture_data;

typedef struct picture_kind {
    const char  *name, *help;
    picture_data data;
    dfoo_status (*draw)(scene *s, buf *out);
} picture_kind;

static const picture_kind kinds[] = {
#define PICTURE(ID, NAME, DATA, HELP) {NAME, HELP, DATA, scene_##ID},
#include "api/pictures.def"
};

enum { KINDS = sizeof kinds / sizeof *kinds };

bool picture_at(size_t i, lang_word *out) {
    if (i < KINDS) *out = (lang_word){kinds[i].name, kinds[i].help};
    return i < KINDS;
}

static dfoo_status find_kind(work *w, const char *name, const picture_kind **out) {
    const char *names[KINDS];
    for (size_t i = 0; i < KINDS; i++) {
        names[i] = kinds[i].name;
        if (strcmp(name, kinds[i].name) == 0) *out = &kinds[i];
    }
    if (*out) return DFOO_OK;
    return diag_alone(&w->messages, "no picture is called '%s'; there are %s", name,
                      text_list(&w->a, names, KINDS));
}

typedef struct kind_request {
    const dfoo_arrays       *run;
    const dfoo_plot_options *how;
    const char              *kind;
} kind_request;

/* "two_layer.eq on planar.csv, held back: roc" */
static const char *title_of(work *w, const kind_request *r, bool data) {
    static const char *const parts[] = {"", ", trained with", ", held back"};
    const char *on = picture_on(w, data ? r->how->examples->data : NULL);
    const char *part = data ? parts[r->how->examples->part] : "";
    return r->how->title ? r->how->title : on ? arena_format(&w->a, "%s%s: %s", on, part, r->kind) : NULL;
}

static dfoo_status draw_kind(work *w, const kind_request *r, loaded *l, buf *out) {
    const picture_kind *kind = NULL;
    DFOO_TRY(find_kind(w, r->kind, &kind));
    assert(kind);
    bool  data = r->how->examples->data || r->how->examples->arrays;
    scene s = {.w = w, .run = r->run, .opt = r->how, .l = l, .kind = kind->name};
    if (kind->data != NONE && !data) return unsuited(&s, "it needs data");
    s.title = title_of(w, r, kind->data != NONE);
    return s.title ? kind->draw(&s, out) : DFOO_ENOMEM;
}

static dfoo_status plot_kind_body(work *w, const void *request, buf *out) {
    loaded      l = {0};
    dfoo_status status = draw_kind(w, request, &l, out);
    loaded_free(&l);
    return status;
}

dfoo_status dfoo_plot_run(dfoo_model *model, const dfoo_arrays *run, const char *kind,
                          const dfoo_plot_options *options, char **svg) {
    dfoo_plot_options    how;
    dfoo_predict_options examples;
    if (svg) *svg = NULL;
    NEED(NULL, model);
    NEED(model->d, run);
    NEED(model->d, kind);
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
        status = work_write_text(model->d, model, plot_kind_body, &(kind_request){run, &how, kind}, svg);
    arrays_free(plain);
    return status;
}

/* The face of the plotting room: numbers and names -> pictures, as the text of an SVG file.
 *
 * A picture is drawn once, in code that knows nothing of models: the caller brings arrays, ranges
 * and words. It scales to any width, follows the reader's light or dark colours, tells classes apart
 * by the shape of their points too, and describes itself in words (<title>, <desc>). Texts may hold
 * anything: what XML does not allow is replaced. Numbers are written the same in every locale. Values
 * that are not finite leave gaps.
 *
 * Scratch memory comes from the arena. DFOO_ENOMEM is the only failure. */
#ifndef PLOT_PLOT_H
#define PLOT_PLOT_H

#include "core/core.h"

/* ------------------------------------------------------------------ training */

/* How training went: n rows; an array that is NULL is not there, NAN in it means "not evaluated". */
typedef struct plot_history {
    const char   *title;
    size_t        n;
    const double *epoch, *cost, *test_cost;
    const double *accuracy, *test_accuracy; /* parts, 0 to 1 */
} plot_history;

/* Cost above, accuracy below, each of training and test data. Long histories are thinned out so that
 * the picture looks the same: the least and the greatest value of each column of pixels stay. */
dfoo_status plot_curves(const plot_history *h, arena *scratch, buf *out);

/* -------------------------------------------------------------------- charts */

/* Values against values: a line, points, or both. Values that are not finite leave gaps. */
typedef struct plot_series {
    const char   *name;   /* in the legend; NULL: not there */
    uint32_t      colour; /* number of a sign */
    size_t        n;
    const double *x, *y;
    bool          line, points, dashed;
} plot_series;

/* One side of a chart. */
typedef struct plot_side {
    const char *label;
    double      low, high; /* equal: what the series need */
    bool        log, percent, whole;
} plot_side;

enum { PLOT_MOST_SERIES = 90 };

typedef struct plot_chart {
    const char        *title, *note, *description; /* note: a line below the title; NULL: none */
    plot_side          across, up;
    uint32_t           n;
    const plot_series *series;
    bool               diagonal;  /* the line where both sides are equal */
    bool               square;    /* both sides have the same range and length */
    double             level;     /* a horizontal line; NAN: none */
    double             mark;      /* a vertical line; NAN: none */
    const char        *mark_name; /* beside it */
} plot_chart;

dfoo_status plot_draw_chart(const plot_chart *c, arena *scratch, buf *out);

/* Of something with a name: low <= middle <= high, none below 0, and which part is 0. */
typedef struct plot_row {
    const char *name;
    uint32_t    kind; /* number of its colour and sign: 0, 1 */
    double      low, middle, high, zeros;
} plot_row;

typedef struct plot_rows {
    const char     *title, *note, *label, *description;
    uint32_t        n;
    const plot_row *rows;
} plot_rows;

/* One below the other, on a logarithmic axis. */
dfoo_status plot_draw_rows(const plot_rows *r, arena *scratch, buf *out);

/* -------------------------------------------------------------------- models */

typedef struct plot_range {
    double low, high; /* low < high */
} plot_range;

/* The range of the finite values x[0], x[step], .. with a margin. */
plot_range plot_range_of(const double *x, size_t n, size_t step);

/* Value i of n that divide the range evenly, both ends included. */
double plot_step(plot_range r, size_t i, size_t n);

/* Examples: of classes, with a value, or with neither. */
typedef struct plot_points {
    size_t          n;
    const double   *x, *y;
    const uint32_t *class_of; /* NULL: their classes are not known */
    const double   *value;    /* with values instead of classes; or NULL */
} plot_points;

/* A model of one or two features. With classes, `outputs` is 1 (the probability of class 1 of two) or the
 * number of classes (the largest is the class). */
typedef struct plot_model {
    const char        *title, *note; /* note: a line below the title; NULL: none */
    const char        *x_label, *y_label;
    const char        *label;     /* what the classes or the values are called */
    uint32_t           n_classes; /* 0: values */
    const char *const *classes;
    uint32_t           outputs;
    plot_range         x, y;
    size_t             nx, ny; /* the grid, at least 2 x 2; ny is 1 with one feature */
    const double      *value;  /* output k at column i, row j: value[(k * ny + j) * nx + i] */
    plot_points        points; /* with one feature, without y */
} plot_model;

/* Two features: the regions of the classes, or bands of the value, with the points on top. */
dfoo_status plot_regions(const plot_model *m, arena *scratch, buf *out);

/* One feature: the outputs as curves over it. */
dfoo_status plot_outputs(const plot_model *m, arena *scratch, buf *out);

/* ----------------------------------------------------------------- confusion */

/* count[i * n + k]: so many examples of class i were predicted as class k. */
typedef struct plot_matrix {
    const char        *title;
    uint32_t           n;
    const char *const *classes;
    const size_t      *count;
} plot_matrix;

enum { PLOT_MOST_CLASSES = 100 }; /* that a matrix is drawn of */

dfoo_status plot_confusion(const plot_matrix *m, arena *scratch, buf *out);

#endif

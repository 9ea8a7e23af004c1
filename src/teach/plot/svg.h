/* What the files of this room share, from the bottom up: numbers and texts in SVG; paths; axes; the
 * signs of classes; contours. Positions are in the picture's own unit, from the top left. */
#ifndef PLOT_SVG_H
#define PLOT_SVG_H

#include "teach/plot/plot.h"

/* ---------------------------------------------------------- numbers and texts */

/* A position or length, to a tenth. */
void put_length(buf *b, double x);

/* A value with so many decimals; in so many digits, with an exponent if it is very large or small. */
void put_decimals(buf *b, double x, int decimals);
void put_digits(buf *b, double x, int digits);

/* A text as XML. */
void put_text(buf *b, const char *text);
/* The same, cut to about `width` at the size of ordinary labels; the whole is in a tooltip then. */
void put_short(buf *b, const char *text, double width);

/* About how wide a text is at a size. */
double text_width(const char *text, double size);

enum { TEXT_SIZE = 12, TITLE_SIZE = 15 };

/* The same of a heading, whose letters are bold, in the widest of the fonts that are usual. */
double heading_width(const char *title);

/* A command of a path: M or L, and a position. */
void put_point(buf *b, char command, double x, double y);

/* ------------------------------------------------------------------ elements */

/* style.c: <style>, what the classes of all elements look like. */
void style_put(buf *b);

/* Opens a picture; the description is for those who cannot see it. svg_close ends it. */
void svg_open(buf *b, double width, double height, const char *title, const char *description);
void svg_close(buf *b);

/* The heading at the top, cut to the width. */
void svg_heading(buf *b, double x, const char *title, double width);

/* <text class="KIND" ..>; what stands in it follows, then svg_text_end. kind: words of the style
 * sheet (svg.c): "mid" and "end" say how it is aligned, "dim" and "small" how it looks. */
void svg_text(buf *b, const char *kind, double x, double y);
void svg_text_end(buf *b);
void svg_label(buf *b, const char *kind, double x, double y, const char *text);

void svg_rect(buf *b, const char *kind, double x, double y, double width, double height);
void svg_line(buf *b, const char *kind, double x1, double y1, double x2, double y2);

/* --------------------------------------------------------------------- paths */

/* Lines from point to point, written as they come; points that a line through their neighbours meets
 * within `within` are left out. */
typedef struct path {
    buf   *b;
    double within;
    size_t n;             /* points since path_move */
    double x, y;          /* the last one written */
    double seen_x, seen_y; /* the last one seen, */
    double seen;           /* its distance, */
    double angle, left,
        right; /* and the directions that meet all seen points: angle - right .. angle + left */
} path;

void path_open(path *p, buf *b, const char *kind, double within); /* <path class="kind" d=" */
void path_to(path *p, double x, double y);
void path_lift(path *p, bool close); /* the next point begins another line */
void path_end(path *p);

/* ---------------------------------------------------------------------- axes */

typedef struct axis {
    double low, high; /* values */
    double from, to;  /* where these are in the picture */
    bool   log;       /* low > 0 */
    bool   whole;     /* ticks at whole numbers only */
    bool   percent;
} axis;

enum { MOST_TICKS = 16 };

typedef struct ticks {
    int    n;
    double at[MOST_TICKS];
    double step; /* between two; 0 on a logarithmic axis */
} ticks;

double axis_at(const axis *a, double value);

/* Ticks at 1, 2 or 5 times a power of ten, about `wanted` of them. */
ticks axis_ticks(const axis *a, int wanted);
void  put_tick(buf *b, const axis *a, const ticks *t, int i);
/* Two axes with their grid, ticks and labels. The labels may be NULL; without `bottom` the horizontal axis
 * shows no numbers. */
typedef struct frame {
    axis        across, up;
    const char *x_label, *y_label;
    bool        bottom;
} frame;

/* How much room a frame needs on the left for its numbers and its label. `b` is written to and comes back
 * as it was. */
double frame_margin(const frame *f, buf *b);
void   frame_across(buf *b, const frame *f); /* the horizontal axis alone, with its grid */
void   frame_back(buf *b, const frame *f);  /* what lies below the data */
void   frame_front(buf *b, const frame *f); /* what lies above it */

/* --------------------------------------------------------------------- signs */

/* The colours and shapes of classes and curves: number i looks unlike all others as long as there are
 * no more than 90. "c3" in the style sheet fills with the colour of number 3, "t3" with its tint, "l3" draws
 * lines in it; "r0" .. are the colours of a ramp for values. */
enum { SIGN_COLOURS = 10, SIGN_SHAPES = 9, RAMP_COLOURS = 10 };

/* Sign number i alone, at a place. */
void sign_draw(buf *b, uint32_t i, double x, double y, double radius);

/* A line of a legend: the sign, and a name cut to `width`. */
void legend_sign(buf *b, uint32_t i, const char *name, double x, double y, double width);

/* How points are drawn: group[k] is that of point k (NULL: all are unknown); those of group >= n are left
 * out. */
typedef struct point_groups {
    uint32_t        n;
    bool            ramp; /* groups are colours of the ramp, not signs */
    const uint32_t *group;
} point_groups;

/* Draws points at (x[k], y[k]) of the picture. Of those that would hide behind another of their group only
 * one is drawn. */
dfoo_status points_draw(buf *b, arena *scratch, const double *x, const double *y, size_t n,
                        const point_groups *g);

/* ------------------------------------------------------------------ contours */

/* A field over a grid: f[j * nx + i] at (x[i], y[j]) of the picture; "above" is where f > 0. */
typedef struct field {
    size_t        nx, ny;
    const double *x, *y;
    const double *f;
} field;

/* The lines where f is 0; and the region above, as closed outlines. */
dfoo_status contour_lines(const field *f, arena *scratch, path *p);
dfoo_status contour_region(const field *f, arena *scratch, path *p);

#endif

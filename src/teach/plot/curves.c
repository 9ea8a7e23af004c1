/* How training went: the cost above, the accuracy below, over the epochs. */
#include <float.h>
#include <math.h>

#include "teach/plot/svg.h"

enum { WIDTH = 660, RIGHT = 640, TOP = 60, PANEL = 190, GAP = 18, BOTTOM = 46 };

enum { TRAIN, TEST };

/* One of the two frames, and its curves. */
typedef struct panel {
    frame         f;
    const double *y[2]; /* NULL: not there */
} panel;

typedef struct curves {
    const plot_history *h;
    buf                *b;
    panel               panels[2];
    int                 n_panels;
    size_t              best; /* the row of the lowest test cost; n: none */
} curves;

/* ---------------------------------------------------------------------- ranges */

/* Can the value be drawn? What is almost infinite would leave no room for a margin. */
static bool usable(double y) {
    return fabs(y) <= 1e280;
}

/* The range of the usable values; of none, 0 to 1. */
static plot_range range_of(const double *const y[2], size_t n) {
    plot_range r = {INFINITY, -INFINITY};
    for (int s = 0; s < 2; s++)
        for (size_t i = 0; y[s] && i < n; i++) {
            if (!usable(y[s][i])) continue;
            r.low = fmin(r.low, y[s][i]);
            r.high = fmax(r.high, y[s][i]);
        }
    return r.low <= r.high ? r : (plot_range){0, 1};
}

/* Costs that span more than a decade and a half are seen on a logarithmic axis only. */
static void cost_axis(axis *a, plot_range r) {
    double decades = r.low > 0 ? log10(r.high) - log10(r.low) : 0;
    double margin = r.high > r.low ? (r.high - r.low) * 0.05 : fmax(fabs(r.high) * 0.1, 1e-9);
    a->log = decades >= 1.5;
    a->low = a->log ? fmax(r.low * pow(10, -0.03 * decades), DBL_MIN) : r.low - margin;
    a->high = a->log ? r.high * pow(10, 0.03 * decades) : r.high + margin;
    if (!a->log && r.low >= 0 && a->low < (r.high - r.low) * 0.2) a->low = 0;
}

static void accuracy_axis(axis *a, plot_range r) {
    double margin = fmax((r.high - r.low) * 0.06, 0.01);
    a->percent = true;
    a->low = fmax(0, r.low - margin);
    a->high = fmin(1, r.high + margin);
}

static void epoch_axis(axis *a, const plot_history *h) {
    double first = h->epoch[0], last = h->epoch[h->n - 1];
    a->low = first == 1 && last > 1 ? 0 : first < last ? first : first - 0.5;
    a->high = first < last ? last : first + 0.5;
    a->whole = true;
    a->to = RIGHT;
}

/* ---------------------------------------------------------------------- layout */

static bool any_usable(const double *y, size_t n) {
    for (size_t i = 0; y && i < n; i++)
        if (usable(y[i])) return true;
    return false;
}

static void add_panel(curves *c, const char *label, const double *train, const double *test) {
    panel *p = &c->panels[c->n_panels++];
    p->y[TRAIN] = any_usable(train, c->h->n) ? train : NULL;
    p->y[TEST] = any_usable(test, c->h->n) ? test : NULL;
    p->f.y_label = label;
}

static void lay_out(curves *c) {
    double top = TOP, height = c->n_panels == 1 ? 1.5 * PANEL : PANEL, left = 0;
    for (int i = 0; i < c->n_panels; i++, top += height + GAP) {
        panel     *p = &c->panels[i];
        plot_range r = range_of(p->y, c->h->n);
        if (i == 0) cost_axis(&p->f.up, r);
        else accuracy_axis(&p->f.up, r);
        p->f.up.from = top + height;
        p->f.up.to = top;
        epoch_axis(&p->f.across, c->h);
        left = fmax(left, frame_margin(&p->f, c->b));
    }
    for (int i = 0; i < c->n_panels; i++) c->panels[i].f.across.from = left;
    c->panels[c->n_panels - 1].f.bottom = true;
    c->panels[c->n_panels - 1].f.x_label = "epoch";
}

static size_t lowest(const double *y, size_t n) {
    size_t best = n;
    for (size_t i = 0; y && i < n; i++)
        if (usable(y[i]) && (best == n || y[i] < y[best])) best = i;
    return best;
}

/* ---------------------------------------------------------------------- curves */

/* What of a column of pixels is drawn: its lowest and its highest point. */
typedef struct column {
    bool   any;
    double x, low_x, low, high_x, high;
} column;

static void column_end(column *c, path *p) {
    bool low_first = c->low_x <= c->high_x;
    if (!c->any) return;
    path_to(p, low_first ? c->low_x : c->high_x, low_first ? c->low : c->high);
    path_to(p, low_first ? c->high_x : c->low_x, low_first ? c->high : c->low);
    c->any = false;
}

static void column_add(column *c, path *p, double x, double y) {
    if (floor(x) != c->x) column_end(c, p);
    if (!c->any) *c = (column){true, floor(x), x, y, x, y};
    if (y < c->low) {
        c->low = y;
        c->low_x = x;
    }
    if (y > c->high) {
        c->high = y;
        c->high_x = x;
    }
}

/* Values that were not evaluated are passed over: the line goes on to the next one. */
static void draw_curve(const curves *c, const panel *p, int series) {
    path   line;
    column now = {.any = false};
    path_open(&line, c->b, series == TRAIN ? "curve l0" : "curve l1 test", 0.15);
    for (size_t i = 0; i < c->h->n; i++)
        if (usable(p->y[series][i]))
            column_add(&now, &line, axis_at(&p->f.across, c->h->epoch[i]),
                       axis_at(&p->f.up, p->y[series][i]));
    column_end(&now, &line);
    path_end(&line);
}

/* Few values are marked, so that it is seen where there were any. */
static void draw_dots(const curves *c, const panel *p, int series) {
    enum { FEW = 30 };
    size_t n = 0;
    for (size_t i = 0; i < c->h->n; i++) n += usable(p->y[series][i]);
    for (size_t i = 0; n <= FEW && i < c->h->n; i++)
        if (usable(p->y[series][i]))
            sign_draw(c->b, (uint32_t)series, axis_at(&p->f.across, c->h->epoch[i]),
                      axis_at(&p->f.up, p->y[series][i]), 3.2);
}

static void draw_panel(const curves *c, const panel *p) {
    frame_back(c->b, &p->f);
    double x = c->best < c->h->n ? axis_at(&p->f.across, c->h->epoch[c->best]) : 0;
    if (c->best < c->h->n) svg_line(c->b, "best", x, p->f.up.from, x, p->f.up.to);
    frame_front(c->b, &p->f);
    for (int s = 0; s < 2; s++)
        if (p->y[s]) draw_curve(c, p, s);
    for (int s = 0; s < 2; s++)
        if (p->y[s]) draw_dots(c, p, s);
}

/* ----------------------------------------------------------------------- words */

static void put_sample(const curves *c, double x, int series) {
    svg_line(c->b, series == TRAIN ? "curve l0" : "curve l1 test", x, 42, x + 30, 42);
    sign_draw(c->b, (uint32_t)series, x + 15, 42, 3.2);
    svg_label(c->b, "", x + 37, 46, series == TRAIN ? "training" : "test");
}

static void put_best(const curves *c) {
    svg_text(c->b, "dim end", RIGHT, 46);
    buf_puts(c->b, "lowest test cost ");
    put_digits(c->b, c->h->test_cost[c->best], 4);
    buf_puts(c->b, " at epoch ");
    put_decimals(c->b, c->h->epoch[c->best], 0);
    svg_text_end(c->b);
}

/* Where the cost stopped being a number. */
static void put_end(const curves *c, size_t row) {
    svg_text(c->b, "dim end", RIGHT, 46);
    buf_puts(c->b, "the cost is ");
    put_digits(c->b, c->h->cost[row], 3);
    buf_puts(c->b, " at epoch ");
    put_decimals(c->b, c->h->epoch[row], 0);
    svg_text_end(c->b);
}

static void put_words(const curves *c) {
    double left = c->panels[0].f.across.from;
    size_t n = c->h->n, last = n - 1;
    svg_heading(c->b, left, c->h->title, RIGHT - left);
    put_sample(c, left, TRAIN);
    if (c->panels[0].y[TEST] || c->panels[1].y[TEST]) put_sample(c, left + 105, TEST);
    if (c->h->cost && !usable(c->h->cost[last])) put_end(c, last);
    else if (c->best < n) put_best(c);
}

/* The last usable value as words. */
static void describe(buf *b, const char *what, const double *y, size_t n) {
    while (n && !usable(y[n - 1])) n--;
    if (!n) return;
    buf_printf(b, " %s at the end: ", what);
    put_digits(b, y[n - 1], 4);
    buf_puts(b, ".");
}

static void open_picture(const curves *c, buf *words) {
    const panel *last = &c->panels[c->n_panels - 1];
    const plot_history *h = c->h;
    buf_puts(words, c->n_panels > 1 ? "Cost and accuracy over epochs " : "Cost over epochs ");
    put_decimals(words, h->epoch[0], 0);
    buf_puts(words, " to ");
    put_decimals(words, h->epoch[h->n - 1], 0);
    buf_puts(words, ".");
    for (int i = 0; i < c->n_panels; i++) {
        const panel *p = &c->panels[i];
        if (p->y[TRAIN]) describe(words, i ? "Training accuracy" : "Training cost", p->y[TRAIN], h->n);
        if (p->y[TEST]) describe(words, i ? "Test accuracy" : "Test cost", p->y[TEST], h->n);
    }
    svg_open(c->b, WIDTH, last->f.up.from + BOTTOM, h->title, words->text ? words->text : "");
}

dfoo_status plot_curves(const plot_history *h, arena *scratch, buf *out) {
    buf    words;
    curves c = {.h = h, .b = out};
    add_panel(&c, "cost", h->cost, h->test_cost);
    if (any_usable(h->accuracy, h->n) || any_usable(h->test_accuracy, h->n))
        add_panel(&c, "accuracy", h->accuracy, h->test_accuracy);
    lay_out(&c);
    c.best = lowest(c.panels[0].y[TEST], h->n);
    buf_init(&words, scratch->mem);
    open_picture(&c, &words);
    dfoo_status status = buf_status(&words);
    buf_free(&words);
    put_words(&c);
    for (int i = 0; i < c.n_panels; i++) draw_panel(&c, &c.panels[i]);
    svg_close(out);
    return status == DFOO_OK ? buf_status(out) : status;
}

/* Values against values: what is told of a training or of predictions by curves and points. */
#include <float.h>
#include <math.h>

#include "teach/plot/svg.h"

enum { WIDTH = 660, RIGHT = 640, HEIGHT = 330, SQUARE = 390, LINE = 20, SAMPLE = 30 };

typedef struct chart {
    const plot_chart *c;
    buf              *b;
    arena            *scratch;
    frame             f;
    double            top;
    bool              legend_beside; /* at the right, where the frame is square */
} chart;

/* ---------------------------------------------------------------------- ranges */

/* Can the value be drawn? What is almost infinite would leave no room for a margin. */
static bool usable(double x, bool log) {
    return fabs(x) <= 1e280 && (!log || x > 0);
}

static void widen(plot_range *r, const double *x, size_t n, bool log) {
    for (size_t i = 0; i < n; i++) {
        if (!usable(x[i], log)) continue;
        r->low = fmin(r->low, x[i]);
        r->high = fmax(r->high, x[i]);
    }
}

static plot_range range_of(const plot_chart *c, bool up) {
    plot_range r = {INFINITY, -INFINITY};
    bool       log = up ? c->up.log : c->across.log;
    for (uint32_t i = 0; i < c->n; i++) widen(&r, up ? c->series[i].y : c->series[i].x, c->series[i].n, log);
    if (up && isfinite(c->level)) widen(&r, &c->level, 1, log);
    return r.low <= r.high ? r : log ? (plot_range){0.1, 1} : (plot_range){0, 1};
}

/* With a margin: lines end at the side, points and costs do not. */
static plot_range with_margin(plot_range r, bool log, double part) {
    if (log) {
        double decades = fmax(log10(r.high) - log10(r.low), 0.1);
        double factor = pow(10, part * decades);
        return (plot_range){fmax(r.low / factor, DBL_MIN), r.high * factor};
    }
    double margin = r.high > r.low ? (r.high - r.low) * part : fmax(fabs(r.high) * 0.1, 1e-9);
    return (plot_range){r.low - margin, r.high + margin};
}

static bool only_lines(const plot_chart *c) {
    for (uint32_t i = 0; i < c->n; i++)
        if (c->series[i].points) return false;
    return true;
}

static axis axis_of(const plot_chart *c, bool up) {
    const plot_side *s = up ? &c->up : &c->across;
    plot_range       r = {s->low, s->high}, all = range_of(c, up);
    if (!(r.low < r.high)) {
        if (c->square) {
            plot_range other = range_of(c, !up);
            all = (plot_range){fmin(all.low, other.low), fmax(all.high, other.high)};
        }
        r = up || !only_lines(c) || all.low == all.high ? with_margin(all, s->log, 0.05) : all;
    }
    return (axis){.low = r.low, .high = r.high, .log = s->log, .percent = s->percent, .whole = s->whole};
}

/* ---------------------------------------------------------------------- layout */

static uint32_t named(const plot_chart *c) {
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->n; i++) n += c->series[i].name != NULL;
    return n;
}

/* How many entries of a legend stand in a row above the frame, and how many rows that makes. */
static uint32_t per_row(const plot_chart *c) {
    double widest = 0;
    for (uint32_t i = 0; i < c->n; i++)
        if (c->series[i].name) widest = fmax(widest, text_width(c->series[i].name, TEXT_SIZE));
    uint32_t n = (uint32_t)((RIGHT - 60) / (fmin(widest, 160) + SAMPLE + 24));
    return n ? n : 1;
}

static void lay_out(chart *k) {
    const plot_chart *c = k->c;
    uint32_t rows = named(c) > 1 ? (named(c) + per_row(c) - 1) / per_row(c) : 0;
    double   legend = rows * (double)LINE;
    k->legend_beside = c->square && rows;
    k->top = 40 + (c->note ? 16 : 0) + (k->legend_beside ? 0 : legend);
    k->f.up = axis_of(c, true);
    k->f.up.from = k->top + (c->square ? SQUARE : HEIGHT);
    k->f.up.to = k->top;
    k->f.across = axis_of(c, false);
    k->f.x_label = c->across.label;
    k->f.y_label = c->up.label;
    k->f.bottom = true;
    k->f.across.from = frame_margin(&k->f, k->b);
    k->f.across.to = c->square ? k->f.across.from + SQUARE : RIGHT;
}

/* ----------------------------------------------------------------------- words */

static void put_sample(const chart *k, const plot_series *s, double x, double y, double width) {
    char kind[] = "curve l? test";
    kind[7] = (char)('0' + s->colour % SIGN_COLOURS);
    if (!s->dashed) kind[8] = 0;
    if (s->line) svg_line(k->b, kind, x, y, x + SAMPLE, y);
    if (s->points) sign_draw(k->b, s->colour, x + SAMPLE / 2.0, y, 4.4);
    svg_text(k->b, "", x + SAMPLE + 7, y + 4);
    put_short(k->b, s->name, width);
    svg_text_end(k->b);
}

static void put_legend(const chart *k) {
    const plot_chart *c = k->c;
    uint32_t          n = 0, row = per_row(c);
    if (named(c) < 2) return;
    double left = k->legend_beside ? k->f.across.to + 14 : k->f.across.from;
    double step = k->legend_beside ? 0 : (RIGHT - left) / row;
    double width = (k->legend_beside ? WIDTH - left : step) - SAMPLE - 12;
    double top = k->legend_beside ? k->top + 14 : c->note ? 58 : 42, line = LINE;
    for (uint32_t i = 0; i < c->n; i++) {
        if (!c->series[i].name) continue;
        uint32_t at = n++;
        if (k->legend_beside) put_sample(k, &c->series[i], left, top + at * line, width);
        else put_sample(k, &c->series[i], left + at % row * step, top + floor(at / row) * line, width);
    }
}

/* Beside a square frame there is only room for what needs it. */
static double width_of(const chart *k) {
    double frame = k->f.across.to + 20, heading = k->f.across.from + heading_width(k->c->title) + 10;
    return k->c->square && !k->legend_beside ? fmin(WIDTH, fmax(frame, heading)) : WIDTH;
}

static void put_head(const chart *k) {
    double left = k->f.across.from;
    svg_open(k->b, width_of(k), k->f.up.from + 48, k->c->title, k->c->description ? k->c->description : "");
    svg_heading(k->b, left, k->c->title, RIGHT - left);
    if (!k->c->note) return;
    svg_text(k->b, "dim", left, 43);
    put_short(k->b, k->c->note, RIGHT - left);
    svg_text_end(k->b);
}

/* ---------------------------------------------------------------------- curves */

static bool is_seen(const axis *a, double x) {
    return usable(x, a->log) && x >= a->low && x <= a->high;
}

static void draw_line(const chart *k, const plot_series *s) {
    path line;
    char kind[] = "curve l? test";
    kind[7] = (char)('0' + s->colour % SIGN_COLOURS);
    if (!s->dashed) kind[8] = 0;
    path_open(&line, k->b, kind, 0.15);
    for (size_t i = 0; i < s->n; i++) {
        if (is_seen(&k->f.across, s->x[i]) && is_seen(&k->f.up, s->y[i]))
            path_to(&line, axis_at(&k->f.across, s->x[i]), axis_at(&k->f.up, s->y[i]));
        else path_lift(&line, false);
    }
    path_end(&line);
}

/* All series with points as groups of one set, so that each has a sign of its own. */
static dfoo_status draw_points(const chart *k) {
    const plot_chart *c = k->c;
    size_t            n = 0, at = 0;
    uint32_t          most = 0;
    for (uint32_t i = 0; i < c->n; i++) {
        n += c->series[i].points ? c->series[i].n : 0;
        most = c->series[i].colour >= most ? c->series[i].colour + 1 : most;
    }
    double   *x = arena_new(k->scratch, (n + 1) * sizeof *x), *y = arena_new(k->scratch, (n + 1) * sizeof *y);
    uint32_t *group = arena_new(k->scratch, (n + 1) * sizeof *group);
    if (!x || !y || !group) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < c->n; i++) {
        const plot_series *s = &c->series[i];
        for (size_t j = 0; s->points && j < s->n; j++) {
            if (!is_seen(&k->f.across, s->x[j]) || !is_seen(&k->f.up, s->y[j])) continue;
            x[at] = axis_at(&k->f.across, s->x[j]);
            y[at] = axis_at(&k->f.up, s->y[j]);
            group[at++] = s->colour;
        }
    }
    return at ? points_draw(k->b, k->scratch, x, y, at, &(point_groups){most, false, group}) : DFOO_OK;
}

static void draw_guides(const chart *k) {
    const frame *f = &k->f;
    if (k->c->diagonal) {
        double low = fmax(f->across.low, f->up.low), high = fmin(f->across.high, f->up.high);
        if (low < high)
            svg_line(k->b, "best", axis_at(&f->across, low), axis_at(&f->up, low), axis_at(&f->across, high),
                     axis_at(&f->up, high));
    }
    if (is_seen(&f->up, k->c->level)) {
        double y = axis_at(&f->up, k->c->level);
        svg_line(k->b, "best", f->across.from, y, f->across.to, y);
    }
    if (!is_seen(&f->across, k->c->mark)) return;
    double x = axis_at(&f->across, k->c->mark);
    bool   left = x > (f->across.from + f->across.to) / 2;
    svg_line(k->b, "best", x, f->up.from, x, f->up.to);
    if (!k->c->mark_name) return;
    svg_label(k->b, left ? "dim end" : "dim", x + (left ? -6 : 6), f->up.to + 16, k->c->mark_name);
}

dfoo_status plot_draw_chart(const plot_chart *c, arena *scratch, buf *out) {
    chart k = {.c = c, .b = out, .scratch = scratch};
    lay_out(&k);
    put_head(&k);
    put_legend(&k);
    frame_back(out, &k.f);
    draw_guides(&k);
    frame_front(out, &k.f);
    for (uint32_t i = 0; i < c->n; i++)
        if (c->series[i].line) draw_line(&k, &c->series[i]);
    DFOO_TRY(draw_points(&k));
    svg_close(out);
    DFOO_TRY(arena_status(scratch));
    return buf_status(out);
}

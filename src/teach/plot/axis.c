/* Axes: where values are in the picture, which of them are written beside it, and the frame that two
 * axes make. */
#include <assert.h>
#include <math.h>

#include "teach/plot/svg.h"

double axis_at(const axis *a, double value) {
    assert(a->high > a->low && (!a->log || a->low > 0));
    double part = a->log ? (log(value) - log(a->low)) / (log(a->high) - log(a->low))
                         : (value - a->low) / (a->high - a->low);
    return a->from + part * (a->to - a->from);
}

/* ---------------------------------------------------------------------- ticks */

/* The least of 1, 2, 5 times a power of ten that is not below x > 0. */
static double round_up(double x) {
    assert(x > 0);
    double power = pow(10, floor(log10(x))), times = x / power;
    return power * (times <= 1.0000001 ? 1 : times <= 2.0000001 ? 2 : times <= 5.0000001 ? 5 : 10);
}

static void even_ticks(const axis *a, int wanted, ticks *t) {
    double range = a->high - a->low;
    t->step = round_up(range / wanted);
    if (a->whole && t->step < 1) t->step = 1;
    double first = ceil(a->low / t->step - 1e-9);
    for (int i = 0; t->n < MOST_TICKS; i++) {
        double value = (first + i) * t->step;
        if (value > a->high + range * 1e-9 || (t->n && value <= t->at[t->n - 1])) break;
        t->at[t->n++] = value;
    }
}

/* 1, 2, 5, 10, .. where there are few powers of ten, else powers, else some of them. */
static void log_ticks(const axis *a, int wanted, ticks *t) {
    double decades = log10(a->high) - log10(a->low);
    int    first = (int)floor(log10(a->low) - 1e-9), last = (int)ceil(log10(a->high));
    int    every = decades > wanted ? (int)ceil(decades / wanted) : 1;
    bool   between = decades * 3 <= wanted + 1;
    for (int e = first; e <= last; e++) {
        for (int times = 1; times <= 5; times = times == 1 ? 2 : times + 3) {
            double value = times * pow(10, e);
            bool   shown = times == 1 ? e % every == 0 : between;
            if (!shown || value < a->low * (1 - 1e-9) || value > a->high * (1 + 1e-9) || t->n == MOST_TICKS)
                continue;
            t->at[t->n++] = value;
        }
    }
}

ticks axis_ticks(const axis *a, int wanted) {
    assert(wanted > 0 && a->high > a->low);
    ticks t = {.n = 0};
    if (a->log) log_ticks(a, wanted, &t);
    if (t.n > 1) return t;
    t.n = 0;
    even_ticks(a, wanted, &t);
    return t;
}

/* Digits behind the point that steps of this size need. */
static int decimals_of(double step) {
    int decimals = (int)ceil(-log10(step) - 1e-9);
    return decimals > 0 ? decimals : 0;
}

void put_tick(buf *b, const axis *a, const ticks *t, int i) {
    assert(i >= 0 && i < t->n);
    double value = a->percent ? 100 * t->at[i] : t->at[i], step = a->percent ? 100 * t->step : t->step;
    double most = fmax(fabs(t->at[0]), fabs(t->at[t->n - 1]));
    if (t->step == 0) put_digits(b, value, 3);
    else if (fabs(value) < step / 2) buf_puts(b, "0");
    else if (most >= 1e7 || most < 1e-3) put_digits(b, value, 2 + (int)floor(log10(most / t->step) + 1e-9));
    else put_decimals(b, value, decimals_of(step));
    if (a->percent) buf_puts(b, "%");
}

/* The width of the widest tick: each is written to the end of `b`, measured, and taken away. */
static double ticks_width(const axis *a, const ticks *t, buf *b) {
    double widest = 0;
    size_t before = b->len;
    for (int i = 0; i < t->n; i++) {
        put_tick(b, a, t, i);
        if (b->failed) return 0;
        widest = fmax(widest, text_width(b->text + before, TEXT_SIZE));
        b->len = before;
        b->text[before] = 0;
    }
    return widest;
}

/* ---------------------------------------------------------------------- frames */

/* As many as have room beside each other. */
static ticks across_ticks(const axis *a, buf *b) {
    double length = a->to - a->from;
    for (int wanted = (int)(length / 55);; wanted--) {
        ticks t = axis_ticks(a, wanted > 1 ? wanted : 1);
        if (wanted < 2 || t.n * (ticks_width(a, &t, b) + 16) < length) return t;
    }
}

static ticks up_ticks(const axis *a) {
    return axis_ticks(a, (int)fmax(2, (a->from - a->to) / 36));
}

double frame_margin(const frame *f, buf *b) {
    ticks t = up_ticks(&f->up);
    return 18 + ticks_width(&f->up, &t, b) + (f->y_label ? 20 : 0);
}

void frame_back(buf *b, const frame *f) {
    ticks x = across_ticks(&f->across, b), y = up_ticks(&f->up);
    buf_puts(b, "<path class=\"grid\" d=\"");
    for (int i = 0; i < x.n; i++) {
        put_point(b, 'M', axis_at(&f->across, x.at[i]), f->up.from);
        put_point(b, 'L', axis_at(&f->across, x.at[i]), f->up.to);
    }
    for (int i = 0; i < y.n; i++) {
        put_point(b, 'M', f->across.from, axis_at(&f->up, y.at[i]));
        put_point(b, 'L', f->across.to, axis_at(&f->up, y.at[i]));
    }
    buf_puts(b, "\"/>\n");
}

static void put_across(buf *b, const frame *f) {
    ticks x = across_ticks(&f->across, b);
    for (int i = 0; f->bottom && i < x.n; i++) {
        svg_text(b, "dim mid", axis_at(&f->across, x.at[i]), f->up.from + 17);
        put_tick(b, &f->across, &x, i);
        svg_text_end(b);
    }
}

static void put_ticks(buf *b, const frame *f) {
    ticks y = up_ticks(&f->up);
    put_across(b, f);
    for (int i = 0; i < y.n; i++) {
        svg_text(b, "dim end", f->across.from - 7, axis_at(&f->up, y.at[i]) + 4);
        put_tick(b, &f->up, &y, i);
        svg_text_end(b);
    }
}

/* A label beside the vertical axis runs upwards. */
static void put_y_label(buf *b, const frame *f) {
    double x = f->across.from - frame_margin(f, b) + 16, y = (f->up.from + f->up.to) / 2;
    buf_puts(b, "<text class=\"mid\" transform=\"translate(");
    put_length(b, x);
    buf_puts(b, " ");
    put_length(b, y);
    buf_puts(b, ")rotate(-90)\">");
    put_short(b, f->y_label, fabs(f->up.from - f->up.to));
    svg_text_end(b);
}

static void put_x_label(buf *b, const frame *f) {
    if (!f->x_label) return;
    svg_text(b, "mid", (f->across.from + f->across.to) / 2, f->up.from + 36);
    put_short(b, f->x_label, f->across.to - f->across.from);
    svg_text_end(b);
}

void frame_across(buf *b, const frame *f) {
    ticks x = across_ticks(&f->across, b);
    buf_puts(b, "<path class=\"grid\" d=\"");
    for (int i = 0; i < x.n; i++) {
        put_point(b, 'M', axis_at(&f->across, x.at[i]), f->up.from);
        put_point(b, 'L', axis_at(&f->across, x.at[i]), f->up.to);
    }
    buf_puts(b, "\"/>\n");
    svg_rect(b, "frame", f->across.from, f->up.to, f->across.to - f->across.from, f->up.from - f->up.to);
    put_across(b, f);
    put_x_label(b, f);
}

void frame_front(buf *b, const frame *f) {
    svg_rect(b, "frame", f->across.from, f->up.to, f->across.to - f->across.from, f->up.from - f->up.to);
    put_ticks(b, f);
    if (f->y_label) put_y_label(b, f);
    put_x_label(b, f);
}

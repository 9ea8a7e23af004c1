/* Layers one below the other: between which values most entries of each lie, on a logarithmic axis. */
#include <float.h>
#include <math.h>

#include "teach/plot/svg.h"

enum { WIDTH = 660, RIGHT = 560, TOP = 62, ROW = 24, NAME = 110 };

static axis axis_of(const plot_rows *r, double left) {
    double low = INFINITY, high = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        if (!(r->rows[i].high > 0)) continue;
        double lowest = r->rows[i].low > 0 ? r->rows[i].low : r->rows[i].high;
        low = fmin(low, lowest);
        high = fmax(high, r->rows[i].high);
    }
    if (!(high > 0)) low = 0.1, high = 1;
    low = fmax(low, high * 1e-12);
    double factor = pow(high / low, 0.06) * 1.2;
    low = fmax(low / factor, DBL_MIN);
    return (axis){.low = low, .high = high * factor, .log = true, .from = left, .to = RIGHT};
}

static double place(const axis *a, double x) {
    return axis_at(a, fmin(fmax(x, a->low), a->high));
}

static void draw_row(const plot_rows *r, uint32_t i, const axis *a, buf *b) {
    const plot_row *x = &r->rows[i];
    double          y = TOP + (i + 0.5) * ROW;
    svg_text(b, "end", a->from - 10, y + 4);
    put_short(b, x->name, NAME);
    svg_text_end(b);
    if (x->high > 0) {
        svg_line(b, x->kind ? "curve l1" : "curve l0", place(a, x->low), y, place(a, x->high), y);
        if (x->middle > 0) sign_draw(b, x->kind, place(a, x->middle), y, 4.4);
    }
    if (!(x->zeros >= 0.005)) return;
    svg_text(b, "dim", RIGHT + 10, y + 4);
    buf_printf(b, "%.0f%% are 0", 100 * x->zeros);
    svg_text_end(b);
}

dfoo_status plot_draw_rows(const plot_rows *r, arena *scratch, buf *out) {
    double left = 0, bottom = TOP + r->n * (double)ROW;
    for (uint32_t i = 0; i < r->n; i++) left = fmax(left, fmin(NAME, text_width(r->rows[i].name, TEXT_SIZE)));
    axis  a = axis_of(r, left + 24);
    axis  up = {.low = 0, .high = 1, .from = bottom, .to = TOP};
    frame f = {.across = a, .up = up, .x_label = r->label, .bottom = true};
    svg_open(out, WIDTH, bottom + 48, r->title, r->description);
    svg_heading(out, left + 24, r->title, WIDTH - 30 - left);
    svg_text(out, "dim", left + 24, 43);
    put_short(out, r->note, WIDTH - 30 - left);
    svg_text_end(out);
    frame_across(out, &f);
    for (uint32_t i = 0; i < r->n; i++) draw_row(r, i, &a, out);
    svg_close(out);
    DFOO_TRY(arena_status(scratch));
    return buf_status(out);
}

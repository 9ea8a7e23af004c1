/* Ranges, frames and words that the pictures of a model share. */
#include "teach/plot/stage.h"

#include <assert.h>
#include <math.h>

/* ---------------------------------------------------------------------- ranges */

static plot_range finite_range(const double *x, size_t n, size_t step) {
    plot_range r = {INFINITY, -INFINITY};
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(x[i * step])) continue;
        r.low = fmin(r.low, x[i * step]);
        r.high = fmax(r.high, x[i * step]);
    }
    return r.low <= r.high ? r : (plot_range){0, 0};
}

plot_range plot_range_of(const double *x, size_t n, size_t step) {
    plot_range r = finite_range(x, n, step);
    double     most = fmax(fabs(r.low), fabs(r.high)), width = r.high / 2 - r.low / 2;
    double     margin = width > most * 1e-12 ? width * 0.12 : most > 0 ? most * 0.1 : 1;
    return (plot_range){r.low - margin, r.high + margin};
}

double plot_step(plot_range r, size_t i, size_t n) {
    assert(n > 1 && i < n);
    double part = (double)i / (double)(n - 1);
    return r.low * (1 - part) + r.high * part;
}

double *stage_positions(const stage *s, const axis *a, plot_range r, size_t n) {
    double *out = arena_new(s->scratch, n * sizeof *out);
    for (size_t i = 0; out && i < n; i++) out[i] = axis_at(a, plot_step(r, i, n));
    return out;
}

/* ---------------------------------------------------------------------- levels */

levels levels_of(const double *value, size_t n) {
    levels l = {.range = finite_range(value, n, 1)};
    axis   a = {.low = l.range.low, .high = l.range.high};
    if (!(a.high > a.low)) return l;
    ticks all = axis_ticks(&a, RAMP_COLOURS - 1);
    l.t.step = all.step;
    for (int i = 0; i < all.n; i++)
        if (all.at[i] > a.low && all.at[i] < a.high) l.t.at[l.t.n++] = all.at[i];
    return l;
}

uint32_t level_colour(const levels *l, int band) {
    assert(band >= 0 && band <= l->t.n);
    return l->t.n ? (uint32_t)lround((double)band * (RAMP_COLOURS - 1) / l->t.n) : RAMP_COLOURS / 2;
}

int level_of(const levels *l, double value) {
    int band = 0;
    while (band < l->t.n && value >= l->t.at[band]) band++;
    return band;
}

/* ----------------------------------------------------------------------- words */

static void describe(const stage *s, buf *words) {
    const plot_model *m = s->m;
    buf_printf(words, m->n_classes ? "The class that the model says" : "The model's output");
    buf_printf(words, "%s%s over %s", m->label ? " for " : "", m->label ? m->label : "", m->x_label);
    if (m->ny > 1) buf_printf(words, " (across) and %s (up)", m->y_label);
    buf_puts(words, ".");
    if (m->points.n) buf_printf(words, " %zu examples are marked.", m->points.n);
    if (!m->n_classes) return;
    buf_puts(words, " Classes: ");
    for (uint32_t i = 0; i < m->n_classes; i++) buf_printf(words, "%s%s", i ? ", " : "", m->classes[i]);
    buf_puts(words, ".");
}

dfoo_status stage_open(stage *s, axis up, double bottom, double below, const char *y_label) {
    const plot_model *m = s->m;
    buf               words;
    up.from = bottom;
    s->top = m->note ? 58 : 42;
    up.to = s->top;
    s->f = (frame){.up = up, .x_label = m->x_label, .y_label = y_label, .bottom = true};
    s->f.across = (axis){.low = m->x.low, .high = m->x.high, .to = STAGE_RIGHT};
    s->f.across.from = frame_margin(&s->f, s->b);
    buf_init(&words, s->scratch->mem);
    describe(s, &words);
    svg_open(s->b, STAGE_WIDTH, bottom + below, m->title, words.text ? words.text : "");
    dfoo_status status = buf_status(&words);
    buf_free(&words);
    double left = s->f.across.from;
    svg_heading(s->b, left, m->title, STAGE_WIDTH - 10 - left);
    if (!m->note) return status;
    svg_text(s->b, "dim", left, 43);
    put_short(s->b, m->note, STAGE_WIDTH - 10 - left);
    svg_text_end(s->b);
    return status;
}

void stage_classes(const stage *s) {
    enum { MOST = 19, LINE = 20 };
    const plot_model *m = s->m;
    uint32_t          shown = m->n_classes <= MOST ? m->n_classes : MOST - 1;
    double            y = s->top + 12;
    if (m->label) {
        svg_text(s->b, "dim", LEGEND, y);
        put_short(s->b, m->label, LEGEND_RIGHT - LEGEND);
        svg_text_end(s->b);
        y += LINE + 2;
    }
    for (uint32_t i = 0; i < shown; i++, y += LINE)
        legend_sign(s->b, i, m->classes[i], LEGEND + 6, y, LEGEND_RIGHT - LEGEND - 6);
    if (shown == m->n_classes) return;
    svg_text(s->b, "dim", LEGEND, y);
    buf_printf(s->b, "and %u more", m->n_classes - shown);
    svg_text_end(s->b);
}

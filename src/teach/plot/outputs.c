/* A model of one feature: its outputs as curves over it, with the examples: at their value; or, of two
 * classes, at 0 and 1; of several, in a strip below, a lane for each. */
#include <math.h>

#include "teach/plot/stage.h"

enum { LANE = 13, LANES_GAP = 44 };

static plot_range values_range(const plot_model *m) {
    plot_range a = plot_range_of(m->value, m->nx * m->outputs, 1);
    if (!m->points.value || !m->points.n) return a;
    plot_range b = plot_range_of(m->points.value, m->points.n, 1);
    return (plot_range){fmin(a.low, b.low), fmax(a.high, b.high)};
}

static dfoo_status draw_output(const stage *s, const double *x, uint32_t k) {
    path p;
    char kind[] = "curve l?";
    kind[7] = (char)('0' + (s->m->n_classes == 2 && s->m->outputs == 1 ? 1 : k % SIGN_COLOURS));
    path_open(&p, s->b, kind, 0.15);
    for (size_t i = 0; i < s->m->nx; i++) {
        double y = stage_value(s, k, i, 0);
        if (isfinite(y)) path_to(&p, x[i], axis_at(&s->f.up, y));
        else path_lift(&p, false);
    }
    path_end(&p);
    return DFOO_OK;
}

/* The sign of a class where its curve is highest. */
static void draw_sign(const stage *s, const double *x, uint32_t k) {
    size_t best = s->m->nx;
    for (size_t i = s->m->nx / 40; i < s->m->nx - s->m->nx / 40; i++) {
        double y = stage_value(s, k, i, 0);
        if (isfinite(y) && (best == s->m->nx || y > stage_value(s, k, best, 0))) best = i;
    }
    if (best < s->m->nx) sign_draw(s->b, k, x[best], axis_at(&s->f.up, stage_value(s, k, best, 0)), 5);
}

/* How high a point stands. */
static double height(const stage *s, size_t i) {
    const plot_points *p = &s->m->points;
    if (p->value) return axis_at(&s->f.up, p->value[i]);
    if (!p->class_of) return s->f.up.from;
    if (s->m->n_classes == 2) return axis_at(&s->f.up, p->class_of[i]);
    return s->f.up.from + LANES_GAP + (p->class_of[i] + 0.5) * LANE;
}

static dfoo_status draw_points(const stage *s) {
    const plot_points *p = &s->m->points;
    double            *x = arena_new(s->scratch, (p->n + 1) * sizeof *x),
           *y = arena_new(s->scratch, (p->n + 1) * sizeof *y);
    if (!x || !y) return DFOO_ENOMEM;
    for (size_t i = 0; i < p->n; i++) {
        x[i] = axis_at(&s->f.across, p->x[i]);
        y[i] = height(s, i);
    }
    point_groups g = {s->m->n_classes, false, s->m->n_classes ? p->class_of : NULL};
    return points_draw(s->b, s->scratch, x, y, p->n, &g);
}

/* What the vertical axis shows. */
static const char *output_label(const plot_model *m, arena *scratch) {
    if (!m->n_classes) return m->label ? m->label : m->y_label;
    return m->outputs == 1 ? arena_format(scratch, "probability of %s", m->classes[1]) : "probability";
}

dfoo_status plot_outputs(const plot_model *m, arena *scratch, buf *out) {
    stage      s = {.m = m, .b = out, .scratch = scratch};
    bool       lanes = m->n_classes > 2 && m->points.class_of;
    plot_range r = m->n_classes ? (plot_range){-0.06, 1.06} : values_range(m);
    double     below = lanes ? LANES_GAP + LANE * m->n_classes : 0;
    const char *label = output_label(m, scratch);
    DFOO_TRY(stage_open(&s, (axis){.low = r.low, .high = r.high}, STAGE_BOTTOM - 60, below + 48, label));
    double *x = stage_positions(&s, &s.f.across, m->x, m->nx);
    if (!x) return DFOO_ENOMEM;
    frame_back(out, &s.f);
    if (m->n_classes == 2 && m->outputs == 1) {
        double half = axis_at(&s.f.up, 0.5);
        svg_line(out, "best", s.f.across.from, half, s.f.across.to, half);
    }
    frame_front(out, &s.f);
    if (lanes)
        svg_rect(out, "frame", s.f.across.from, s.f.up.from + LANES_GAP, s.f.across.to - s.f.across.from,
                 LANE * m->n_classes);
    for (uint32_t k = 0; k < m->outputs; k++) DFOO_TRY(draw_output(&s, x, k));
    for (uint32_t k = 0; m->outputs > 1 && k < m->outputs; k++) draw_sign(&s, x, k);
    DFOO_TRY(draw_points(&s));
    if (m->n_classes) stage_classes(&s);
    svg_close(out);
    DFOO_TRY(arena_status(scratch));
    return buf_status(out);
}

/* A model of two features: what it says at every place, and the examples on top.
 *
 * The model was evaluated on a grid. The region of a class is where its output exceeds all others; a band
 * of values is drawn as all that lies above its lower end, over the bands below it. */
#include <float.h>
#include <math.h>

#include "teach/plot/stage.h"

typedef struct regions {
    stage   s;
    double *x, *y; /* the grid in the picture */
    double *f;     /* the field at hand */
} regions;

static field field_of(const regions *r) {
    return (field){r->s.m->nx, r->s.m->ny, r->x, r->y, r->f};
}

/* --------------------------------------------------------------------- classes */

/* How far class c is ahead at a place: above 0 where it is the answer. Of equals, the first is. */
static double ahead(const regions *r, uint32_t c, size_t i, size_t j) {
    const plot_model *m = r->s.m;
    double            own = stage_value(&r->s, c, i, j), best = -INFINITY;
    bool              first = true;
    for (uint32_t k = 0; k < m->n_classes; k++) {
        if (k == c) continue;
        double other = stage_value(&r->s, k, i, j);
        if (other > best) best = other;
        if (other == own && k < c) first = false;
    }
    if (isnan(own)) return -1;
    return own != best ? own - best : first ? DBL_MIN : -DBL_MIN;
}

/* With one output: how far it is above one half, which is class 1 already. */
static double above_half(const regions *r, size_t i, size_t j) {
    double p = stage_value(&r->s, 0, i, j) - 0.5;
    return p == 0 ? DBL_MIN : p;
}

static void fill_class(const regions *r, uint32_t c) {
    const plot_model *m = r->s.m;
    for (size_t j = 0; j < m->ny; j++)
        for (size_t i = 0; i < m->nx; i++)
            r->f[j * m->nx + i] = m->outputs == 1 ? above_half(r, i, j) : ahead(r, c, i, j);
}

static dfoo_status draw_region(const regions *r, const char *kind) {
    path  p;
    field f = field_of(r);
    path_open(&p, r->s.b, kind, 0.2);
    dfoo_status status = contour_region(&f, r->s.scratch, &p);
    path_end(&p);
    return status;
}

static dfoo_status draw_border(const regions *r) {
    path  p;
    field f = field_of(r);
    path_open(&p, r->s.b, "border", 0.2);
    dfoo_status status = contour_lines(&f, r->s.scratch, &p);
    path_end(&p);
    return status;
}

static void fill_frame(const regions *r, const char *kind) {
    const frame *f = &r->s.f;
    svg_rect(r->s.b, kind, f->across.from, f->up.to, f->across.to - f->across.from, f->up.from - f->up.to);
}

/* Class 0 is the ground that the others lie on. */
static dfoo_status draw_classes(const regions *r) {
    const plot_model *m = r->s.m;
    fill_frame(r, "t0");
    for (uint32_t c = 1; c < m->n_classes; c++) {
        char kind[16] = {'t', (char)('0' + c % SIGN_COLOURS), 0};
        fill_class(r, c);
        DFOO_TRY(draw_region(r, kind));
    }
    for (uint32_t c = m->outputs == 1 ? 1 : 0; c < m->n_classes; c++) {
        fill_class(r, c);
        DFOO_TRY(draw_border(r));
        if (m->n_classes == 2) break; /* that of the other is the same */
    }
    return DFOO_OK;
}

/* ---------------------------------------------------------------------- values */

static dfoo_status draw_bands(const regions *r, const levels *l) {
    const plot_model *m = r->s.m;
    char              kind[16] = {'r', (char)('0' + level_colour(l, 0)), 0};
    fill_frame(r, kind);
    for (int band = 1; band <= l->t.n; band++) {
        for (size_t i = 0; i < m->nx * m->ny; i++) {
            double x = m->value[i] - l->t.at[band - 1];
            r->f[i] = x == 0 ? DBL_MIN : x;
        }
        kind[1] = (char)('0' + level_colour(l, band));
        DFOO_TRY(draw_region(r, kind));
    }
    return DFOO_OK;
}

/* The bands one above the other, and the values between them. */
static void draw_scale(const regions *r, const levels *l) {
    buf   *b = r->s.b;
    double top = r->s.top + (r->s.m->label ? 24 : 0), height = 30;
    axis   a = {.low = l->range.low, .high = l->range.high};
    if (r->s.m->label) {
        svg_text(b, "dim", LEGEND, r->s.top + 12);
        put_short(b, r->s.m->label, LEGEND_RIGHT - LEGEND);
        svg_text_end(b);
    }
    for (int band = l->t.n; band >= 0; band--) {
        char   kind[16] = {'r', (char)('0' + level_colour(l, band)), 0};
        double y = top + (l->t.n - band) * height;
        svg_rect(b, kind, LEGEND, y, 18, height);
        if (band == l->t.n) continue;
        svg_text(b, "", LEGEND + 25, y + 4);
        put_tick(b, &a, &l->t, band);
        svg_text_end(b);
    }
}

/* ---------------------------------------------------------------------- points */

static double *places(const regions *r, const axis *a, const double *x) {
    size_t  n = r->s.m->points.n;
    double *out = arena_new(r->s.scratch, (n + 1) * sizeof *out);
    for (size_t i = 0; out && i < n; i++) out[i] = axis_at(a, x[i]);
    return out;
}

static dfoo_status draw_points(const regions *r, const levels *l) {
    const plot_points *p = &r->s.m->points;
    double            *x = places(r, &r->s.f.across, p->x), *y = places(r, &r->s.f.up, p->y);
    uint32_t          *of_value = p->value ? arena_new(r->s.scratch, (p->n + 1) * sizeof *of_value) : NULL;
    if (!x || !y || (p->value && !of_value)) return DFOO_ENOMEM;
    for (size_t i = 0; p->value && i < p->n; i++)
        of_value[i] = isfinite(p->value[i]) ? level_colour(l, level_of(l, p->value[i])) : RAMP_COLOURS;
    bool         classes = r->s.m->n_classes > 0;
    point_groups g = {classes ? r->s.m->n_classes : RAMP_COLOURS, !classes, classes ? p->class_of : of_value};
    return points_draw(r->s.b, r->s.scratch, x, y, p->n, &g);
}

dfoo_status plot_regions(const plot_model *m, arena *scratch, buf *out) {
    regions r = {.s = {.m = m, .b = out, .scratch = scratch}};
    levels  l = {.t = {.n = 0}};
    DFOO_TRY(stage_open(&r.s, (axis){.low = m->y.low, .high = m->y.high}, STAGE_BOTTOM, 48, m->y_label));
    r.x = stage_positions(&r.s, &r.s.f.across, m->x, m->nx);
    r.y = stage_positions(&r.s, &r.s.f.up, m->y, m->ny);
    r.f = arena_new(scratch, m->nx * m->ny * sizeof *r.f);
    if (!r.x || !r.y || !r.f) return DFOO_ENOMEM;
    if (m->n_classes) {
        DFOO_TRY(draw_classes(&r));
    } else {
        l = levels_of(m->value, m->nx * m->ny);
        DFOO_TRY(draw_bands(&r, &l));
    }
    DFOO_TRY(draw_points(&r, &l));
    frame_front(out, &r.s.f);
    if (m->n_classes) stage_classes(&r.s);
    else draw_scale(&r, &l);
    svg_close(out);
    DFOO_TRY(arena_status(scratch));
    return buf_status(out);
}

/* How classes are told apart: a colour (style.c) and a shape each; nine shapes and ten colours meet again
 * only after 90 classes. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/plot/svg.h"

/* Shapes that fill a circle of radius 5 about the origin. */
static const char *const shapes[SIGN_SHAPES] = {
    "M-4.4 0a4.4 4.4 0 1 0 8.8 0a4.4 4.4 0 1 0 -8.8 0z",
    "M-4 -4h8v8h-8z",
    "M0 -5.4L5 3.8H-5z",
    "M0 -5.6L5.6 0L0 5.6L-5.6 0z",
    "M-1.8 -5h3.6v3.2h3.2v3.6h-3.2v3.2h-3.6v-3.2h-3.2v-3.6h3.2z",
    "M0 5.4L5 -3.8H-5z",
    "M-5 -2.8L-2.8 -5L0 -2.2L2.8 -5L5 -2.8L2.2 0L5 2.8L2.8 5L0 2.2L-2.8 5L-5 2.8L-2.2 0z",
    "M0 -6L1.7 -1.9H5.7L2.6 .7L3.7 4.9L0 2.5L-3.7 4.9L-2.6 .7L-5.7 -1.9H-1.7z",
    "M-5.2 0L-2.6 -4.6H2.6L5.2 0L2.6 4.6H-2.6z",
};

/* ------------------------------------------------------------------------ signs */

static void put_shape(buf *b, uint32_t i, double radius) {
    buf_printf(b, "<path class=\"sign c%u\" transform=\"scale(", i % SIGN_COLOURS);
    put_decimals(b, radius / 5, 2);
    buf_printf(b, ")\" d=\"%s\"/>", shapes[i % SIGN_SHAPES]);
}

void sign_draw(buf *b, uint32_t i, double x, double y, double radius) {
    buf_puts(b, "<g transform=\"translate(");
    put_length(b, x);
    buf_puts(b, " ");
    put_length(b, y);
    buf_puts(b, ")\">");
    put_shape(b, i, radius);
    buf_puts(b, "</g>\n");
}

void legend_sign(buf *b, uint32_t i, const char *name, double x, double y, double width) {
    sign_draw(b, i, x, y - 4, 5);
    svg_text(b, "", x + 12, y);
    put_short(b, name, width - 12);
    svg_text_end(b);
}

/* ----------------------------------------------------------------------- points */

static double radius_of(size_t n) {
    return n <= 500 ? 4.4 : n <= 2000 ? 3.4 : n <= 10000 ? 2.4 : 1.6;
}

static void define_marker(buf *b, const point_groups *g, uint32_t i, double radius) {
    buf_printf(b, "<marker id=\"dfoo-m%u\" markerUnits=\"userSpaceOnUse\" overflow=\"visible\">", i);
    if (!g->group) {
        buf_puts(b, "<circle class=\"sign unknown\" r=\"");
        put_length(b, radius * 0.8);
        buf_puts(b, "\"/>");
    } else if (g->ramp) {
        buf_printf(b, "<circle class=\"spot r%u\" r=\"", i);
        put_length(b, radius);
        buf_puts(b, "\"/>");
    } else {
        put_shape(b, i, radius);
    }
    buf_puts(b, "</marker>\n");
}

/* Cells that have a point of the group at hand, as bits. */
typedef struct cells {
    double    side, x, y; /* of the first cell */
    size_t    n_x, n_y;
    uint8_t  *taken;
} cells;

/* The place of a point among the cells, and whether nobody stood there. Takes it. */
static bool take_cell(cells *c, double x, double y) {
    assert(c->side > 0 && c->taken);
    size_t i = (size_t)fmax(0, (x - c->x) / c->side), j = (size_t)fmax(0, (y - c->y) / c->side);
    if (i >= c->n_x || j >= c->n_y) return true;
    size_t bit = j * c->n_x + i;
    bool   free = !(c->taken[bit / 8] >> bit % 8 & 1);
    c->taken[bit / 8] = (uint8_t)(c->taken[bit / 8] | 1u << bit % 8);
    return free;
}

static dfoo_status cells_over(cells *c, arena *a, const double *x, const double *y, size_t n, double side) {
    double right = -INFINITY, bottom = -INFINITY;
    c->side = side;
    c->x = c->y = INFINITY;
    for (size_t k = 0; k < n; k++) {
        if (!isfinite(x[k]) || !isfinite(y[k])) continue;
        c->x = fmin(c->x, x[k]);
        c->y = fmin(c->y, y[k]);
        right = fmax(right, x[k]);
        bottom = fmax(bottom, y[k]);
    }
    c->n_x = right >= c->x ? (size_t)fmin(4000, (right - c->x) / side + 1) : 1;
    c->n_y = bottom >= c->y ? (size_t)fmin(4000, (bottom - c->y) / side + 1) : 1;
    c->taken = arena_new(a, c->n_x * c->n_y / 8 + 1);
    return c->taken ? DFOO_OK : DFOO_ENOMEM;
}

static void put_group(buf *b, const double *x, const double *y, size_t n, const point_groups *g, uint32_t i,
                      cells *c) {
    size_t drawn = 0;
    memset(c->taken, 0, c->n_x * c->n_y / 8 + 1);
    for (size_t k = 0; k < n; k++) {
        bool here = g->group ? g->group[k] == i : true;
        if (!here || !isfinite(x[k]) || !isfinite(y[k]) || !take_cell(c, x[k], y[k])) continue;
        if (!drawn) buf_puts(b, "<path class=\"marks\" d=\"");
        put_point(b, drawn++ ? 'L' : 'M', x[k], y[k]);
    }
    if (drawn == 1) buf_puts(b, "h0"); /* a point alone is no line and would not show */
    if (drawn)
        buf_printf(b,
                   "\" marker-start=\"url(#dfoo-m%u)\" marker-mid=\"url(#dfoo-m%u)\" "
                   "marker-end=\"url(#dfoo-m%u)\"/>\n",
                   i, i, i);
}

dfoo_status points_draw(buf *b, arena *scratch, const double *x, const double *y, size_t n,
                        const point_groups *g) {
    uint32_t n_groups = g->group ? g->n : 1;
    cells    c;
    double   radius = radius_of(n);
    DFOO_TRY(cells_over(&c, scratch, x, y, n, n > 500 ? radius / 2 : 0.5));
    buf_puts(b, "<defs>\n");
    for (uint32_t i = 0; i < n_groups; i++) define_marker(b, g, i, radius);
    buf_puts(b, "</defs>\n");
    for (uint32_t i = 0; i < n_groups; i++) put_group(b, x, y, n, g, i, &c);
    return DFOO_OK;
}

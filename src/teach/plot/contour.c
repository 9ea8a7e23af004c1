/* Contours: where a field over a grid passes zero, by marching squares.
 *
 * Each edge of the grid whose ends lie on both sides is passed once. In a cell, the line enters at one such
 * edge and leaves at another; it is directed so that what is above lies on one side of it all along. Each
 * edge is therefore left by one line at most and reached by one at most, and `next`, from edge to edge,
 * is all that has to be remembered to follow the lines. */
#include <assert.h>
#include <math.h>

#include "teach/plot/svg.h"

typedef struct contour {
    const field *f;
    uint32_t    *next;    /* by edge: 1 + the edge that the line goes to; 0: no line leaves here */
    uint8_t     *reached; /* by edge: a line comes here */
} contour;

/* The edges of cell (i, j), around it: below, right, above, left. Those along a row come first. */
static uint32_t edge(const field *f, size_t i, size_t j, int side) {
    size_t across = f->nx * f->ny;
    switch (side) {
    case 0: return (uint32_t)(j * f->nx + i);
    case 1: return (uint32_t)(across + j * f->nx + i + 1);
    case 2: return (uint32_t)((j + 1) * f->nx + i);
    default: return (uint32_t)(across + j * f->nx + i);
    }
}

static double value(const field *f, size_t i, size_t j) {
    assert(i < f->nx && j < f->ny);
    double x = f->f[j * f->nx + i];
    return x > 1e300 ? 1e300 : x > -1e300 ? x : -1e300; /* not a number: below */
}

/* The edge where the line that leaves the cell's upper side at edge `e` comes in again. With two lines in the
 * cell, the mean says which corners hang together. */
static int partner(const bool above[4], bool middle, int e) {
    assert(above[e] && !above[(e + 1) % 4]);
    int way = middle ? 1 : 3;
    for (int k = (e + way) % 4;; k = (k + way) % 4)
        if (!above[k] && above[(k + 1) % 4]) return k;
}

static void link_cell(contour *c, size_t i, size_t j) {
    const field *f = c->f;
    double       at[4] = {value(f, i, j), value(f, i + 1, j), value(f, i + 1, j + 1), value(f, i, j + 1)};
    bool         above[4], middle = at[0] / 4 + at[1] / 4 + at[2] / 4 + at[3] / 4 > 0;
    for (int k = 0; k < 4; k++) above[k] = at[k] > 0;
    for (int k = 0; k < 4; k++) {
        if (!above[k] || above[(k + 1) % 4]) continue;
        uint32_t to = edge(f, i, j, partner(above, middle, k));
        c->next[edge(f, i, j, k)] = to + 1;
        c->reached[to] = 1;
    }
}

static dfoo_status link_all(contour *c, const field *f, arena *scratch) {
    assert(f->nx >= 2 && f->ny >= 2);
    size_t edges = 2 * f->nx * f->ny;
    *c = (contour){f, arena_new(scratch, edges * sizeof *c->next), arena_new(scratch, edges)};
    if (!c->next || !c->reached) return DFOO_ENOMEM;
    for (size_t j = 0; j + 1 < f->ny; j++)
        for (size_t i = 0; i + 1 < f->nx; i++) link_cell(c, i, j);
    return DFOO_OK;
}

/* Where the field passes zero on an edge, as a straight line between its ends would. */
static void crossing(const field *f, uint32_t edge_, double *x, double *y) {
    size_t across = f->nx * f->ny;
    bool   up = edge_ >= across;
    size_t i = edge_ % f->nx, j = (up ? edge_ - across : edge_) / f->nx;
    double a = value(f, i, j), b = up ? value(f, i, j + 1) : value(f, i + 1, j), part = a / (a - b);
    *x = up ? f->x[i] : f->x[i] + part * (f->x[i + 1] - f->x[i]);
    *y = up ? f->y[j] + part * (f->y[j + 1] - f->y[j]) : f->y[j];
}

static void follow(contour *c, uint32_t from, path *p) {
    assert(c->next[from]);
    uint32_t e = from;
    bool     closed = false;
    for (;;) {
        double x, y;
        crossing(c->f, e, &x, &y);
        path_to(p, x, y);
        uint32_t next = c->next[e];
        c->next[e] = 0;
        if (!next) break;
        e = next - 1;
        closed = e == from;
        if (closed) break;
    }
    path_lift(p, closed);
}

/* Lines that begin at the rim first; what is left goes round. */
static void follow_all(contour *c, path *p) {
    uint32_t edges = (uint32_t)(2 * c->f->nx * c->f->ny);
    for (uint32_t e = 0; e < edges; e++)
        if (c->next[e] && !c->reached[e]) follow(c, e, p);
    for (uint32_t e = 0; e < edges; e++)
        if (c->next[e]) follow(c, e, p);
}

dfoo_status contour_lines(const field *f, arena *scratch, path *p) {
    contour c;
    DFOO_TRY(link_all(&c, f, scratch));
    follow_all(&c, p);
    return DFOO_OK;
}

static double *with_ends(const double *x, size_t n, arena *scratch) {
    double *out = arena_new(scratch, (n + 2) * sizeof *out);
    for (size_t i = 0; out && i < n + 2; i++) out[i] = x[i == 0 ? 0 : i > n ? n - 1 : i - 1];
    return out;
}

/* A ring of cells without width, below zero outside, turns every line into a closed one. */
dfoo_status contour_region(const field *f, arena *scratch, path *p) {
    size_t  nx = f->nx + 2, ny = f->ny + 2;
    double *x = with_ends(f->x, f->nx, scratch), *y = with_ends(f->y, f->ny, scratch);
    double *values = arena_new(scratch, nx * ny * sizeof *values);
    if (!x || !y || !values) return DFOO_ENOMEM;
    for (size_t j = 0; j < ny; j++)
        for (size_t i = 0; i < nx; i++) {
            bool inside = i && j && i + 1 < nx && j + 1 < ny;
            values[j * nx + i] = inside ? f->f[(j - 1) * f->nx + i - 1] : -1;
        }
    field padded = {nx, ny, x, y, values};
    return contour_lines(&padded, scratch, p);
}

/* What the pictures of a model have in common: the frame, the words around it, the points' groups. */
#ifndef PLOT_STAGE_H
#define PLOT_STAGE_H

#include "teach/plot/svg.h"

enum { STAGE_WIDTH = 660, STAGE_RIGHT = 505, STAGE_BOTTOM = 458, LEGEND = 523, LEGEND_RIGHT = 652 };

typedef struct stage {
    const plot_model *m;
    buf              *b;
    arena            *scratch;
    frame             f;
    double            top; /* of the frame */
} stage;

/* Opens the picture of a model: its frame, the heading. `up` has the range of the vertical axis; the frame
 * ends at `bottom`, the picture has room for `below` more. */
dfoo_status stage_open(stage *s, axis up, double bottom, double below, const char *y_label);

/* The classes with their signs, at the right. */
void stage_classes(const stage *s);

/* The value of output k at a place of the grid. */
static inline double stage_value(const stage *s, uint32_t k, size_t i, size_t j) {
    return s->m->value[(k * s->m->ny + j) * s->m->nx + i];
}

/* The even steps of a range, as positions on an axis. NULL without memory. */
double *stage_positions(const stage *s, const axis *a, plot_range r, size_t n);

/* The values in levels: those of the ticks. */
typedef struct levels {
    plot_range range; /* of the values */
    ticks      t;     /* between the bands: band i lies below t.at[i] */
} levels;

levels   levels_of(const double *value, size_t n);
uint32_t level_colour(const levels *l, int band); /* of the ramp */
int      level_of(const levels *l, double value); /* its band */

#endif

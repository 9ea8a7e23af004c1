/* What `dfoo cv` tries: the points of a grid, each a request of its own. */
#ifndef GRID_H
#define GRID_H

#include "cli.h"

/* One --grid NAME=A,B,..: values of an option, or of a name of the model. */
typedef struct axis {
    const option *o; /* NULL: a size or constant of the model */
    char         *text;  /* "n1=4,8", cut into its name and values */
    const char  **value;
    size_t        n;
} axis;

typedef struct point {
    request r;        /* the command's, with the values of this point */
    char  **settings; /* n1=4, one for each axis of the model's; or NULL */
} point;

typedef struct grid {
    axis  *axes;
    size_t n_axes;
    point *points;
    size_t n;
} grid;

/* The last --grid changes fastest. grid_free is to be called after a failure, too. DFOO_EINPUT: said. */
dfoo_status grid_open(const request *r, grid *out);
void        grid_free(grid *g);

/* The value that a point has on an axis. */
const char *grid_value(const grid *g, size_t point, size_t axis);

/* "n1=4, alpha=0.1" */
enum { POINT_SIZE = 512 };
const char *grid_text(const grid *g, size_t point, char text[POINT_SIZE]);

#endif

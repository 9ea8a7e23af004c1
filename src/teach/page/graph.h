/* Inside the pages' room: the graph of a model, laid out (layout.c) and drawn (graph.c). */
#ifndef PAGE_GRAPH_H
#define PAGE_GRAPH_H

#include "teach/page/sheet.h"

enum {
    BOX_WIDTH = 78,
    BOX_HEIGHT = 40,
    LAYER = 126,
    ROW = 56,
    KNOT_ROW = 24,
    MARGIN = 12,
    SWEEPS = 6,
    SHIFTS = 60
};

typedef struct place {
    var_id   var; /* 0: a knot on the way of an arrow */
    uint32_t layer;
    double   y, pull; /* pull: where it is drawn to, while the order is made */
    bool     source;  /* has no equation: an input, a label, a parameter, a mask */
    bool     data;    /* depends on the inputs or is one */
    bool     way;     /* on the way of the gradient */
    uint32_t trunk,
        trunk_layer; /* the first of the knots through which parameters come, and its layer; 0: none */
} place;

/* Between neighbouring layers; the parts of one arrow have its number. */
typedef struct edge {
    uint32_t from, to, arrow;
} edge;

typedef struct drawing {
    const sheet *p;
    const document *doc;
    arena       *a;
    VEC(place) places;
    VEC(edge) arrows; /* between boxes */
    VEC(edge) edges;  /* with the knots between them */
    uint32_t *box;    /* by var_id: 1 + the place; 0: it is not drawn */
    uint32_t  n_layers;
    uint32_t *order, *first; /* the places layer by layer; where each layer begins */
    double    height;
} drawing;

/* Boxes, arrows and their places, from the sheet and the document; no arrows: there is nothing to draw. */
dfoo_status layout_make(drawing *w);

#endif

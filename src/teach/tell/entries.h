/* Inside the telling room: a route followed with letters. */
#ifndef TELL_ENTRIES_H
#define TELL_ENTRIES_H

#include "teach/tell/routes.h"

typedef struct letters {
    char row, col;
    dim  row_behind, col_behind; /* what is added to them: [i+n,t]; 0: nothing */
    dim  row_range, col_range;   /* how far they run, where that is not the whole of it; or 0 */
} letters;

static inline letters letters_at(char row, char col) { return (letters){.row = row, .col = col}; }

/* Where a route arrives: from this entry of the top at this one, with this derivative. */
typedef struct arrival {
    letters     top, at;
    index_tree *factor;
} arrival;

typedef struct entries {
    teller     *t;
    const link *l;
    index_env   env;
    letters     top; /* of the arrival at hand */
    char        fresh[16];
    dim         along[128]; /* by letter */
    index_style style; /* of one example, or of all where the cost is the top */
    routes      r;
    arrival     to[MOST_ROUTES];
} entries;

/* The entry [row, col] of an expression as an index tree; NULL without letters or memory. */
index_tree *entries_entry(entries *e, node_id n, letters at);

/* What a hop makes of the letters that were there: one of them is another one now, so many rows further down.
 * */
typedef struct renamed {
    char letter, by; /* 0: none */
    dim  start, range;
} renamed;

/* The factor that a hop gives, and in `at` the letters behind it; NULL: no letters say which entry acts on
 * which. */
index_tree *entries_step_down(entries *e, const hop *h, letters *at, renamed *r);

#endif

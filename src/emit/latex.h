/* Inside the emitting room: LaTeX's side. */
#ifndef EMIT_LATEX_H
#define EMIT_LATEX_H

#include "emit/inside.h"

typedef struct latex {
    const derivation *d;
    const ir         *g;
    arena            *a;
    const char      **var;             /* typeset names, by var_id .. */
    const char      **size, **function; /* .. and by sym */
    const char       *row, *col;       /* letters of the indices under a sum */
    buf              *out;
} latex;

/* The letter of the Greek alphabet at a code point; NULL: it is none. */
const char *latex_greek(uint32_t point);

/* latex_names.c: typesets the names of a model, no two alike, and chooses the letters. */
dfoo_status latex_give_names(latex *p);

/* latex_expr.c */
void latex_expression(const latex *p, node_id n, buf *out);
void latex_dim(const latex *p, dim d, buf *out);

#endif

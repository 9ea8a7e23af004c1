/* Inside the emitting room: Python's side. */
#ifndef EMIT_NUMPY_H
#define EMIT_NUMPY_H

#include "ship/emit/inside.h"

/* How numpy computes an operation that is called: by `call`, which is numpy's own, or the
 * name of a function that is written into the module, `text`. */
typedef struct numpy_function {
    uint8_t     op, needs; /* needs: the operation whose function the text calls, or OP_NONE */
    bool        math;      /* the text uses Python's math */
    const char *call, *text;
} numpy_function;

const numpy_function *numpy_function_of(op_id op); /* NULL: it is not called */

/* What numpy makes of a value's entries. */
typedef enum { NUMPY_FLOAT, NUMPY_INT, NUMPY_BOOL } numpy_kind;

typedef struct numpy {
    const derivation *d;
    const ir         *g;
    arena            *a;
    const bool       *only;
    const char      **var;         /* Python's names, by var_id .. */
    const char      **size, **function; /* .. and by sym */
    bool             *needed;      /* by var_id: gradients that are computed */
    uint8_t          *kind;        /* numpy_kind by node_id .. */
    uint8_t          *var_kind;    /* .. and by var_id */
    bool              used[OP_COUNT]; /* called somewhere in the module */
    buf              *out;
} numpy;

/* numpy_names.c: Python names for all that is in the module; those of `used` are taken. */
dfoo_status numpy_give_names(numpy *p);

/* The name of an open function's derivative: g1_prime; primes 0: its own. */
const char *numpy_prime_name(const numpy *p, sym function, uint32_t primes);

/* numpy_expr.c: fills the kinds of a statement's nodes and its variable; statements come in order. */
dfoo_status numpy_add_kinds(numpy *p, const stmt *s);

/* np.ones((n1, m)) */
void numpy_ones(const numpy *p, shape s, buf *out);

/* An expression; its entries are floats unless it is an integer throughout. */
void numpy_expression(const numpy *p, node_id n, buf *out);

#endif

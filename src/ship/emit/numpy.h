/* Inside the emitting room: Python's side. */
#ifndef EMIT_NUMPY_H
#define EMIT_NUMPY_H

#include "ship/emit/inside.h"

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

/* numpy_functions.c: what a called operation is called; "": it is not called. */
const char *numpy_call(op_id op);

/* The operation is used in the module, and so are the functions that its lines of Python call. */
void numpy_use(numpy *p, op_id op);
bool numpy_needs_math(const numpy *p); /* does one of them use Python's math? */

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

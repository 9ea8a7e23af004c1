/* The face of the room that reads and runs learners' Python programs.
 *
 * A small, safe interpreter of the Python that such programs are made of, with arrays as numpy has them.
 * Imports have no effect; there is no file, no network, no clock; steps and memory are limited. Every
 * assignment is noted with its line, name and value. What is not understood is listed with its line, and the
 * rest is run all the same.
 *
 *   py_run *r;
 *   DFOO_TRY(py_open(mem, NULL, &r));
 *   py_load(r, text, len);            the statements of the program are run
 *   value = py_call(r, function, ..)  its functions can be called
 *   py_close(r);
 */
#ifndef PYTHON_PYTHON_H
#define PYTHON_PYTHON_H

#include "teach/python/array.h"

/* All zero is the default. */
typedef struct py_limits {
    uint64_t steps;      /* 0: 3 million; beyond them the run ends */
    uint64_t soft_steps; /* 0: none; beyond them loops end, and the run goes on behind them */
    size_t   bytes;      /* 0: 128 MB */
    uint64_t seed;       /* of random numbers */
} py_limits;

/* A run without a program. Freed with py_close. DFOO_ENOMEM. */
dfoo_status py_open(dfoo_allocator mem, const py_limits *limits, py_run **out);
void        py_close(py_run *r); /* NULL is fine */

/* Reads a program, which has to stay, and runs its statements at the top level. Wrong programs are no
 * failure: what was not understood, and errors of Python, are in r->problems. DFOO_ENOMEM. */
dfoo_status py_load(py_run *r, const char *text, size_t len);

/* The same in two steps: statements alone, and their execution. */
dfoo_status py_read(py_run *r, const char *text, size_t len, py_node **program);
void        py_execute(py_run *r, const py_node *program);

/* Steps and loops begin to count anew. */
void py_refresh(py_run *r);

/* Forgets an error, so that something can be called. */
void py_ready(py_run *r);

/* Calls a function of the program; false: it failed, r->failure says how, and the run can go on. */
bool py_call(py_run *r, py_value f, const py_value *args, uint32_t n, py_value *out);

py_value *py_global(py_run *r, const char *name); /* NULL: there is none */

/* Where a line of a notebook's text stands. */
typedef struct py_cell_line {
    uint32_t cell, line; /* both from 1 */
} py_cell_line;

typedef struct py_notebook {
    const char *text; /* of all code cells, one behind the other */
    size_t      len;
    VEC(py_cell_line) lines;
} py_notebook;

/* Is this the JSON of a notebook? */
bool py_is_notebook(const char *text, size_t len);
/* Its code. false: it is no notebook, or there is no memory. */
bool py_notebook_read(arena *a, const char *text, size_t len, py_notebook *out);

#endif

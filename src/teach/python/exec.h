/* Statements, and calls of the program's functions. */
#ifndef PYTHON_EXEC_H
#define PYTHON_EXEC_H

#include "teach/python/eval.h"

/* Gets the run ready: calls go through here. */
void py_exec_begin(py_run *r);

/* A block at the top level: an error in a statement is noted among the problems, its targets become unknown,
 * and the next one is run. */
void py_exec_all(py_run *r, const py_node *block);

#endif

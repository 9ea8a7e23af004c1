/* What Python's signs do with values of any kind, and texts with values in them. */
#ifndef PYTHON_OPERATORS_H
#define PYTHON_OPERATORS_H

#include "teach/python/array.h"

py_value py_binary(py_run *r, int op, py_value x, py_value y);
py_value py_unary(py_run *r, int op, py_value x);
/* x op= y: arrays and lists in place. */
py_value py_augmented(py_run *r, int op, py_value x, py_value y);
/* <, ==, in, is not, ..: a bool, or an array of them. */
py_value py_comparison(py_run *r, int op, py_value x, py_value y);
/* Is x before y in a sorted list? */
bool py_before(py_run *r, py_value x, py_value y);

/* 'dW%d' % x */
py_value py_percent(py_run *r, py_value text, py_value with);
/* One value by the format behind a colon: .3f, >10, 02d. */
void py_write_as(py_run *r, py_value x, const char *spec, size_t len, buf *out);
/* A text of the run from a buffer, which is freed. */
py_value py_string_from(py_run *r, buf *text);

#endif

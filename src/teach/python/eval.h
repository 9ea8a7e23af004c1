/* Expressions to values, and values to what is assigned to. */
#ifndef PYTHON_EVAL_H
#define PYTHON_EVAL_H

#include "teach/python/natives.h"

py_value py_eval(py_run *r, const py_node *n);

/* target = value, traced as done by statement `by`; how: '=' or the sign of an augmented one. */
void py_assign(py_run *r, const py_node *target, py_value value, int how, const py_node *by);

/* What a target holds before it is assigned to; None if that cannot be told. */
py_value py_target_value(py_run *r, const py_node *target, bool may_fail);

void py_set_name(py_run *r, sym name, py_value value);
void py_trace_event(py_run *r, py_event e);

/* One level deeper; false: too deep (raised). */
bool py_enter(py_run *r);
void py_leave(py_run *r);

#endif

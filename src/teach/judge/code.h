/* What the text of a program shows before it runs. */
#ifndef JUDGE_CODE_H
#define JUDGE_CODE_H

#include "teach/python/python.h"

typedef bool (*code_test)(const py_run *r, const py_node *n, sym name);

/* Does any part of the code pass the test? */
bool code_any_node(const py_run *r, const py_node *n, sym name, code_test test);

/* (Z1, A1, ..) = cache: the names of the first such statement of a function. */
const py_node *code_unpacked_from(const py_callable *f, sym name);

/* Tests of how a name is used: cache["A1"]; for W, b in layers; layers[l + 1]. */
bool code_is_indexed_by_text(const py_run *r, const py_node *n, sym name);
bool code_is_looped_in_pairs(const py_run *r, const py_node *n, sym name);
bool code_is_indexed_ahead(const py_run *r, const py_node *n, sym name);

/* zip(params, grads): side by side with something else. */
bool code_is_zipped(const py_run *r, const py_node *n, sym name);

/* Is a function called as the way forward is, or the way back? */
/* x[k], x.items(): by whatever key there is. */
bool code_is_indexed_by_name(const py_run *r, const py_node *n, sym name);

bool code_is_forward_name(const char *name);
bool code_is_backward_name(const char *name);

/* Is a function or method of that name called in the code? */
bool code_calls(const py_run *r, const py_node *n, const char *name);

/* Does the program call it with one example at a time? */
bool code_takes_one(const py_run *r, const py_node *program, const char *name);

#endif

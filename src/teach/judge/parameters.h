/* A program's names that are the model's parameters. */
#ifndef JUDGE_PARAMETERS_H
#define JUDGE_PARAMETERS_H

#include "teach/judge/gather.h"

/* Looks through the events for lists and dicts of parameters, and what stands beside them. */
void gather_note_parameters(gatherer *w);

/* The number of the first element of a list or dict of that name: 0 or 1. */
int gather_base_of(const gatherer *w, sym name);

/* grads["W2"], dparams["W2"]. */
bool gather_is_in_gradients(const gatherer *w, const py_event *e);

/* What a name of the program stands for, though it is called otherwise; 0: nothing that is known. */
var_id gather_alias_of(const gatherer *w, sym name);

/* w1, b1 = backprop(x, y): made of other things, whatever it is called. */
bool gather_is_from_elsewhere(const gatherer *w, const py_event *e);

/* Does it change a parameter? */
bool gather_is_update(const gatherer *w, const py_event *e);

/* The same line once more, in the same call. */
bool gather_is_again(const py_event *x, const py_event *y);

/* The first round of training ends there: w->to. */
void gather_find_end(gatherer *w);

/* The number of the gradient of a variable; as many as there are: it has none. */
uint32_t gather_number(const gatherer *w, var_id v);

#endif

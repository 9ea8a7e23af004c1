/* Parameters that are parts of objects. */
#ifndef JUDGE_PARTS_H
#define JUDGE_PARTS_H

#include "teach/judge/gather.h"

/* Layers as objects, or dicts: as many parts as the model has parameters are these, in order. */
void parts_note(gatherer *w);

/* The parameter that a part of an object stands for; 0: none. */
var_id parts_parameter(const gatherer *w, const py_event *e);

/* dW, grads["b"], weights_error of a layer that is an object: the gradient of its own parameter; 0: none. */
var_id parts_gradient(const gatherer *w, const py_event *e);

/* Does it belong to an object that has parameters, one of several? */
bool parts_has(const gatherer *w, const py_event *e);

#endif

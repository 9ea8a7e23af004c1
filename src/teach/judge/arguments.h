/* What the parameters of a program's functions get: values of the case, by what they are called. */
#ifndef JUDGE_ARGUMENTS_H
#define JUDGE_ARGUMENTS_H

#include "teach/judge/drive.h"

/* A variable of the case as the program has it: turned, flat, labels as whole numbers; to be handed to it, or
 * to be looked at. */
py_value argument_value(drive *d, var_id v);
py_value argument_as_it_is(drive *d, var_id v);

/* The gradient of this number, in the derivation's own convention. */
py_value argument_gradient(drive *d, uint32_t number);

/* Calls f with them; own is what is called, forward what the program's own forward function returned. false:
 * a parameter is not known. *failure: Python's error; type NULL: there is none. */
bool arguments_call(drive *d, py_value f, const py_callable *own, bool method, py_value forward,
                    py_value *out, py_failure *failure);

/* The program's own forward function, called: what it returns. None: there is none. */
py_value arguments_forward(drive *d);

#endif

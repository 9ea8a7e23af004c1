/* x.name of whatever x is. */
#ifndef PYTHON_ATTRIBUTE_H
#define PYTHON_ATTRIBUTE_H

#include "teach/python/natives.h"

py_value py_attribute(py_run *r, py_value x, sym name);
/* The attribute that a class hands to its objects; NULL: there is none. */
py_value *py_class_find(py_class *c, sym name);
/* What `import path` binds. */
py_value py_import(py_run *r, const char *path);
py_value py_bind_method(py_run *r, py_value f, py_value self);

/* Notes what is not known here, and goes on with an unknown value. */
py_value py_unknown(py_run *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif

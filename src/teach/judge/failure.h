/* Programs that end in an error of shapes: what it means in the model's names, and which mistake leads there.
 */
#ifndef JUDGE_FAILURE_H
#define JUDGE_FAILURE_H

#include "teach/judge/verdict.h"

/* The line that failed: x += ..; what it makes is called as a weight's gradient, or is another's. */
typedef struct failure_line {
    bool sum, weight, other;
} failure_line;

/* The product of the catalogue that takes just the shapes that did not fit; NULL: none does. turned: the
 * program has everything transposed. */
const mistake *failure_row(const judge_case *c, arena *a, const py_failure *f, bool turned, failure_line at);

/* "(5,4) is (n2, n1), (5,7) is (n2, m)"; "" if the error is not one of shapes. */
const char *failure_shapes(const judge_case *c, arena *a, const py_failure *f);

#endif

/* Operations on whole matrices that are neither products nor blocks: they are read into double precision,
 * computed by one thread, and rounded once, so they have the same bits everywhere. */
#ifndef EXEC_MATRICES_H
#define EXEC_MATRICES_H

#include "run/exec/image.h"

/* How many bytes an instruction needs for itself while it runs. */
size_t matrices_scratch(const image *im, const plan_instr *in);

/* image.partial is used as scratch memory. */
void matrices_run(const exec *e, image *im, const plan_instr *in);

#endif

/* The file of a run. */
#ifndef TRAIN_RESUME_H
#define TRAIN_RESUME_H

#include "run/train/trainer.h"

/* Reads the file of options.file, as options.resume and .restart say; compares what it was
 * made with and continues from there, once all is set up. */
dfoo_status resume_open(trainer *t);
dfoo_status resume_go_on(trainer *t);

/* Gathers what the file holds in t->run; writes it; both while training, where a file that
 * cannot be written is a warning. */
dfoo_status resume_collect(trainer *t);
dfoo_status resume_write(trainer *t, diags *d);
dfoo_status resume_checkpoint(trainer *t);

#endif

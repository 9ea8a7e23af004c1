/* Plans and execs of a model, with messages where they cannot be made. */
#ifndef FEED_MACHINE_H
#define FEED_MACHINE_H

#include "run/feed/feed.h"

dfoo_status machine_plan(const model *m, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                         plan **out);

dfoo_status machine_open(const plan *p, const model *m, exec_dtype type, exec_machine how, const sizes *s,
                         exec **out);

/* Marks the inputs and labels that a plan reads. */
void machine_needs(const plan *p, bool *needed);

#endif

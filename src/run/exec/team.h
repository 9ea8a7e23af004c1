/* Threads that run one function together, again and again. */
#ifndef EXEC_TEAM_H
#define EXEC_TEAM_H

#include "core/core.h"

typedef struct team team;

/* n - 1 threads, that with the caller's make n. DFOO_ENOMEM: no memory, or no more threads. */
dfoo_status team_open(const dfoo_allocator *mem, unsigned n, team **out);
void        team_close(team *t); /* NULL is fine */

/* Runs work(arg, 0) in the calling thread and work(arg, 1 .. n - 1) in the others; returns when all are done.
 */
void team_run(team *t, void (*work)(void *arg, unsigned number), void *arg);

/* Waits until all n have come here; only from within `work`. */
void team_barrier(team *t);

#endif

/* Threads that help their owner with work that is cut into pieces.
 *
 * Whoever is there takes the next piece; the owner takes pieces, too, so nobody is waited for who has not
 * begun one: a helper that other work keeps away costs what it would have done, and no more. Who computes
 * which piece may not make a difference. Idle helpers sleep. */
#ifndef EXEC_TEAM_H
#define EXEC_TEAM_H

#include "core/core.h"

typedef struct team team;

/* Piece number `piece`, by member number `member` < n, of which the owner is number 0. */
typedef void (*team_work)(void *arg, unsigned member, size_t piece);

/* A team of n, the thread that calls team_share included. DFOO_ENOMEM: no memory, or no more threads. */
dfoo_status team_open(const dfoo_allocator *mem, unsigned n, team **out);
void        team_close(team *t); /* NULL is fine */

/* Has all pieces done; what they wrote is seen then. One thread at a time may call it. */
void team_share(team *t, size_t n_pieces, team_work work, void *arg);

#endif

/* Which value was the first that is not finite: the variable in the order of the program, the
 * operation in its equation, the entry, and what it was computed from. */
#ifndef EXEC_FINITE_H
#define EXEC_FINITE_H

#include "run/exec/exec.h"
#include "core/core.h"

typedef struct finite_request {
    model         *m;     /* gets variables of our own, for parts of an equation */
    arena         *a;
    const program *p;     /* what was run */
    var_id         result; /* whose value is not finite */
    exec_dtype     type;
    exec_isa       isa;
    const sizes   *s;
    /* Gives the leaves of a plan of ours the values that they had. */
    dfoo_status (*set_leaves)(void *user, exec *e, const plan *p);
    void *user;
    bool  is_error; /* else the message is a warning */
} finite_request;

/* Runs again what the result needs, with every value kept, and reports. Nothing is reported if
 * every value is finite this time. DFOO_ENOMEM. */
dfoo_status finite_report(const finite_request *r);

#endif

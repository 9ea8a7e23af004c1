/* A compiled function: a plan, its execution, and the ports through which numbers come and go. */
#ifndef API_FUNCTION_H
#define API_FUNCTION_H

#include "api/api.h"
#include "run/run.h"

/* A variable that is read or written. What is bound lies at at[i * row_step + j * col_step], in entries. */
typedef struct port {
    const char *name;
    var_id      var;
    shape       sh;
    bool        optional; /* an input that has a value already */
    bool        waits;    /* an input that a run needs and that is not bound */
    void       *at;       /* NULL: not bound */
    size_t      rows, cols; /* of what is bound */
    ptrdiff_t   row_step, col_step;
    void       *room;     /* an input that is not dense is gathered here in every run */
    size_t      room_size;
    double      cell;     /* an output that is a number, after a run; as a float if that is the dtype */
} port;

typedef struct port_list {
    VEC(port) list;
} port_list;

struct dfoo_function {
    dfoo       *d;
    work        w; /* its arena has all of this but what has a size */
    plan       *p;
    exec       *e; /* NULL: not all sizes are known yet */
    exec_dtype  type;
    unsigned    threads;
    sizes       s;
    bool        most_given;
    size_t      most, now; /* examples: that there is room for; of the last run, 0: something was bound
                              since */
    port_list   in, out;
};

/* compile.c: the passes from the model to a plan with ports. */
dfoo_status function_compile(dfoo_function *f, const dfoo_compile_options *opt);

#endif

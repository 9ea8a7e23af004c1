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

/* A function of which nothing but its model is known, and how it ends. Its work is at a call: work_pause. */
dfoo_status function_open(const dfoo_model *model, dfoo_dtype dtype, dfoo_function **out);

/* compile.c: the passes from the model to a plan with ports. */
dfoo_status function_compile(dfoo_function *f, const dfoo_compile_options *opt);

/* The last of them: a program, what is given and what is wanted -> the plan and the ports. */
dfoo_status function_plan(dfoo_function *f, const bool *given, const program *run, const var_id *wanted,
                          uint32_t n);

/* Opens the execution as soon as the sizes are known, and again when there are more examples than before. */
dfoo_status function_make_room(dfoo_function *f, size_t examples);

/* Sizes that the model knows; others follow from what is bound. */
dfoo_status function_sizes(dfoo_function *f);

#endif

/* The face of the execution room: runs a plan on numbers of one type and given sizes.
 *
 * Matrices are dense and row-major, in float or double; single numbers (shape "number")
 * are kept and computed in double whatever the type of the matrices. */
#ifndef EXEC_EXEC_H
#define EXEC_EXEC_H

#include "core/core.h"
#include "run/plan/plan.h"

typedef enum { EXEC_F32, EXEC_F64 } exec_dtype;

/* Which instructions do the work. All but the baseline give the same bits on every processor, since
 * multiplying and adding is one operation in them and the order of every sum is defined by shapes alone; so
 * does the baseline of processors that have no others (aarch64). The reference is slow. */
typedef enum { EXEC_BEST, EXEC_REFERENCE, EXEC_BASELINE, EXEC_AVX2, EXEC_AVX512, EXEC_ISAS } exec_isa;

/* What does the work: so many threads (0: 1) with these instructions. */
typedef struct exec_machine {
    unsigned threads;
    exec_isa isa;
} exec_machine;

/* "avx2", ..; EXEC_ISAS: there is none of that name. */
exec_isa    exec_isa_find(const char *name);
const char *exec_isa_word(exec_isa isa);
/* Whether this processor, and this build of the library, has it. */
bool exec_isa_here(exec_isa isa);
/* Whether multiplying and adding is one operation: it has the bits of all others of which this is true. */
bool exec_isa_fused(exec_isa isa);

typedef struct exec exec;

/* Makes memory for a plan. The plan and its ir must outlive the exec, the sizes need not.
 * Parameters and states start at 0, constants at their value; inputs have no memory before
 * exec_set, exec_data or exec_bind. DFOO_EINPUT: a size is not known, 0, or too large. */
dfoo_status exec_open(const plan *p, const ir *g, const dfoo_allocator *mem, exec_dtype type, exec_isa isa,
                      const sizes *s, exec **out);
void        exec_close(exec *e); /* NULL is fine */
exec_isa    exec_isa_of(const exec *e);

/* Other sizes, as for another number of examples. A leaf whose size stays keeps its values
 * and its binding; any other has to be set or bound again. On failure nothing has changed. */
dfoo_status exec_resize(exec *e, const sizes *s);

/* Makes room so that exec_fit can give the dimension any size from 1 to the one that it has now. exec_resize
 * ends that. On failure nothing has changed. */
dfoo_status exec_vary(exec *e, dim d);

/* Gives the dimension of exec_vary another size. Allocates nothing. What is bound or set stays, and is read
 * as matrices of the new size; where kept variables lie stays the same. */
void exec_fit(exec *e, size_t n);

/* How many threads share a run, the calling one included; 1 at first. It makes no difference to the bits of
 * any result. On failure nothing has changed. */
dfoo_status exec_threads(exec *e, unsigned n);

/* Runs the plan once. Every input has been set or bound. */
void exec_run(exec *e);

/* Copies rows * cols values into a leaf, or out of a leaf or kept variable; 0 values if the
 * plan does not know the variable. DFOO_ENOMEM: no memory for a leaf that had none. */
dfoo_status exec_set(exec *e, var_id v, const double *values);
void        exec_get(const exec *e, var_id v, double *values);

/* The memory of a leaf or a kept variable (float or double), 64-byte aligned unless bound;
 * valid until exec_resize. NULL: the plan does not know the variable, it is a number, or
 * there is no memory for it. */
void *exec_data(exec *e, var_id v, size_t *rows, size_t *cols);

/* Lets a leaf read from the caller's memory, which stays as it is: rows * cols float or double. A
 * variable that the plan updates or that is a number cannot be bound; one that the plan does not know is
 * ignored. */
void exec_bind(exec *e, var_id v, const void *data);

/* Lets a kept variable be written to the caller's memory, which no bound input overlaps; NULL: to its own
 * again. Says whether that can be: not for a number or for what is no result. */
bool exec_bind_result(exec *e, var_id v, void *data);

#endif

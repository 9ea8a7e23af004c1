/* A model: the store of its nodes, its forward program, and which variable plays which part.
 * lang fills it; the passes read it and add programs of their own. */
#ifndef IR_MODEL_H
#define IR_MODEL_H

#include "core/ir/eval.h"
#include "core/ir/ir.h"

/* A function of the model file. Its body is a node over the formal variables, which have
 * the shape of a number: functions act entry by entry. body 0: left open. */
typedef struct function {
    sym     name;
    span    at;
    uint8_t n_formals;
    var_id  formal[3];
    node_id body;
} function;

/* `dW2 = ..` behind `minimize`: somebody's gradient, to be judged. */
typedef struct claim {
    var_id  var; /* a VAR_GRADIENT */
    node_id node;
    span    at;
    uint32_t    line; /* in its text, from 1 */
    const char *text; /* as it was written */
} claim;

/* `size n1 = 4`, or what the data said, or --set. */
typedef struct size_value {
    sym    name;
    size_t value;
    span   at;
    bool   set; /* by the caller, not by the model's text */
} size_value;

/* What a model says of its examples: nothing, `examples m`, `examples none`. */
typedef enum { EXAMPLES_UNSAID, EXAMPLES_NAMED, EXAMPLES_NONE } examples_said;

typedef struct model {
    ir      g;
    source  src;
    program forward;
    var_id  cost;          /* what is minimised; 0: nothing */
    VEC(var_id) predict;
    VEC(function) functions;
    VEC(claim) claims;
    VEC(size_value) size_values;
    VEC(sym) size_names;   /* every name that stands as a dimension */
    dim  examples;         /* the dimension of the examples; 0: there is none */
    bool examples_are_columns;
    examples_said examples_said;
    const char   *why_no_examples; /* why m is not their dimension, where that may surprise; or NULL */
} model;

/* The first place of the forward pass where a column stands against a row, entry by entry, which gives a
 * matrix;
 * 0: there is none, or no memory. */
node_id model_row_and_column(const model *m, arena *scratch);

/* "examples are columns, m of them", "one example", "no dimension is the examples'": in each page's head. */
void model_put_examples(const model *m, buf *out);

/* How a parameter can start (starts.def). */
typedef enum {
    START_none,
#define START(NAME, ...) START_##NAME,
#include "core/ir/starts.def"
    START_COUNT
} start_id;

typedef struct start_info {
    const char *name, *takes; /* "normal", "(sd)" */
    const char *note;
    uint32_t    least, most; /* how many numbers it takes */
} start_info;

extern const start_info start_table[START_COUNT];

start_id start_find(const char *name); /* or by another name that it has; START_none: there is no such */

const function *model_function(const model *m, sym name);

/* Does the value of a variable come from inputs or labels (at any distance)? By var_id. */
dfoo_status model_data_dependent(const model *m, arena *scratch, bool **out);

/* Is the n x n matrix that is given for a symmetric variable symmetric, up to the rounding of float32? If
 * not, that is said; `from`: where it comes from, NULL: nowhere else. Fine for other variables. */
dfoo_status model_check_symmetric(const model *m, var_id v, const char *from, const double *at, size_t n);

/* A program as it predicts: dropout(x, keep) is x. */
dfoo_status model_without_dropout(ir *g, const program *p, program *out);

/* A sum of sizes that must not be below `least`, or a matrix is empty, or rows are taken that are not there.
 * */
typedef struct need {
    dim_sum sum;
    int64_t least;
    node_id n; /* who needs it: a slice or a pad in the statement at `at`, or .. */
    var_id  v;
    span    at;
} need;

/* The first need that these sizes do not meet. False: they are all met as far as the sizes are known, or
 * there is no
 * memory, which the arena knows. */
bool model_misfit(const model *m, arena *a, const sizes *s, need *out);

/* Changes sizes by as little as makes them fit. */
dfoo_status model_move_sizes(const model *m, arena *a, sizes *s);

/* Sizes for a try-out: the model's own from 2 to 8, all different (but where there are very many)
 * and at least 2, so that a sum over the wrong dimension or a missing transpose shows. */
dfoo_status model_try_sizes(const model *m, arena *a, uint32_t draw, sizes *out);

/* Sizes for a look at the numbers: 2 or 3 (the model's own if it is less), matrices not square where that can
 * be, so many examples; what the caller has set is as it was set. */
dfoo_status model_hand_sizes(const model *m, arena *a, size_t examples, sizes *out);

#endif

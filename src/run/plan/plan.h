/* The face of the planning room: a program as an ordered list of instructions over buffers.
 *
 * A plan knows shapes only by their names; sizes, the type of the numbers and memory are
 * exec's. Elementwise operations stand in blocks: straight-line lists of steps that run on
 * a few hundred entries at a time, so that what is used only inside never gets a buffer.
 * Everything in a plan lives in the arena that was given to plan_make. */
#ifndef PLAN_PLAN_H
#define PLAN_PLAN_H

#include "core/core.h"

typedef uint32_t buffer_id; /* 0: none */

typedef enum {
    BUFFER_LEAF, /* an input, label, parameter, state or constant: what the caller sets */
    BUFFER_KEPT, /* a result that the caller reads */
    BUFFER_WORK  /* an intermediate: its memory is used again after its last reader */
} buffer_kind;

typedef struct plan_buffer {
    shape    sh;
    uint8_t  kind;
    var_id   var;         /* whose value it holds; 0: an unnamed intermediate */
    uint32_t number;      /* of an unnamed one, for printing: t1, t2, .. */
    uint32_t first, last; /* the instructions that write it first and touch it last */
} plan_buffer;

typedef enum {
    STEP_LOAD,   /* the entry of `buffer`; a smaller shape stretches over the block's */
    STEP_NUMBER, /* `number` */
    STEP_SIZE,   /* the size of `size` */
    STEP_OP,     /* the elementwise `op` of the args */
    STEP_COPY,   /* arg[0] */
    STEP_REDUCE  /* `op` (SUM, MEAN, MAX) of arg[0] along the axis `attr`, into `buffer` */
} step_kind;

/* What a block does in one loop over its entries: several operations (loops.def), or one. */
typedef enum {
    LOOP_NONE,
#define LOOP(ID, ...) LOOP_##ID,
#include "run/plan/loops.def"
    LOOP_COUNT
} plan_loop;

/* What the operations of a loop read: values with an entry for each of the block's, and single numbers. */
enum { LOOP_X, LOOP_Y, LOOP_Z, LOOP_P, LOOP_Q, LOOP_R, LOOP_LEAVES };

/* One step of a block; its value is referred to by its number. */
typedef struct plan_step {
    uint8_t   kind, op, attr;
    dim       size;
    double    number;
    uint32_t  arg[3]; /* earlier steps of the same block */
    buffer_id buffer; /* LOAD: read; else where the value is stored, 0: it stays in a register */
    var_id    var;    /* whose value this is, for printing; or 0 */
    uint8_t   loop;   /* OP: plan_loop; it does this step and those before it that are `inside` of it */
    bool      inside;
    uint32_t  leaf[LOOP_LEAVES]; /* of a loop: 1 + the step; 0: it has no such leaf */
} plan_step;

typedef enum {
    PLAN_BLOCK,     /* steps over all entries of `sh`, or on numbers; loads come before stores */
    PLAN_PRODUCT,   /* out = alpha * a @ b, or out += .. */
    PLAN_TRANSPOSE, /* out = a.T */
    PLAN_SOFTMAX,   /* out = softmax or log_softmax (`op`) of a along the axis `attr` */
    PLAN_MATRIX     /* out = `op` of a, or of a and b, along the axis `attr` if it has one: an inverse .. */
} plan_kind;

typedef struct plan_instr {
    uint8_t   kind, op, attr;
    bool      transpose_a, transpose_b; /* the product reads a.T, b.T */
    bool      add;                      /* the product is added to what is in out */
    shape     sh;                       /* of the result; of what a block runs over */
    buffer_id out, a, b;
    buffer_id alpha;                    /* a number; 0: 1 */
    dim       start;                    /* what stands before a piece that is taken, or put among zeros */
    VEC(plan_step) steps;
} plan_instr;

typedef struct plan {
    const ir *g;
    VEC(plan_buffer) buffers; /* at[0] is none */
    VEC(plan_instr) code;
    buffer_id *of_var;        /* by var_id: where the variable's value is when the plan has run; 0: nowhere */
    uint32_t   n_vars;
} plan;

/* Plans what the variables `keep` need, and every assignment to a variable that is read
 * before it is assigned or that is a parameter or a constant (an update, done in place).
 * A variable that is read but never assigned is a leaf, whatever its kind.
 * DFOO_EINPUT: a function without a formula (OPEN) is needed. DFOO_ENOMEM. */
dfoo_status plan_make(const ir *g, arena *a, const program *p, const var_id *keep, uint32_t n_keep,
                      plan **out);

/* How many operands the step has. */
uint32_t plan_step_arity(const plan_step *s);

/* Writes the plan as text, one instruction a line. */
void plan_print(const plan *p, buf *out);

/* Writes what each instruction costs, and from when to when each buffer is needed: in the model's sizes, as
 * numbers where those are. */
void plan_print_costs(const plan *p, buf *out);

#endif

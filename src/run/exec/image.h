/* Inside the execution room: a plan for given sizes, ready to run.
 *
 * An image holds the place of every buffer, the memory of the intermediates, and the
 * instructions with everything decided that does not change from run to run. exec_resize
 * makes a new image and then drops the old one. */
#ifndef EXEC_IMAGE_H
#define EXEC_IMAGE_H

#include "run/exec/exec.h"
#include "run/exec/gemm.h"
#include "run/exec/kernels.h"
#include "run/exec/team.h"

enum { TILE = 512, NO_SLOT = UINT32_MAX };

/* Where a buffer is. Numbers are not here but in image.numbers. */
typedef struct place {
    size_t   rows, cols;
    void    *at;    /* NULL: an input that was neither set nor bound */
    void    *home;  /* where it is unless the caller's memory is bound */
    void    *block; /* what was allocated for this buffer alone, or NULL */
    size_t   size;  /* of that, in bytes */
    uint32_t slot;  /* buffers that share memory have the same one */
} place;

/* An operand of a tile operation: a register, or a stretch of a buffer that moves with the tile. */
typedef enum { MOVE_REGISTER, MOVE_ENTRY, MOVE_ROW, MOVE_COL, MOVE_NOT } move;

typedef struct operand {
    uint8_t  move;
    uint32_t index; /* of the register, or the buffer_id */
    uint32_t sum;   /* 1 + the number of the sum along an axis that is made there; or 0 */
    size_t   down, right; /* so many bytes lie between two rows, two columns */
} operand;

/* What is done for each tile of rows x cols entries. */
typedef enum {
    TILE_ENTRYWISE, /* fn(rows * cols, y, a, b, c) */
    TILE_LOOP,      /* loop(rows * cols, y, leaves): LOOP_LEAVES operands from leaves.at[a] on */
    TILE_SHAPED,    /* shaped(rows, cols, y, a) */
    TILE_WHOLE      /* total y = total y + whole(rows * cols, a), or the larger of both */
} tile_kind;

typedef struct tile_op {
    uint8_t  kind;
    bool     most;
    uint32_t y, a, b, c; /* numbers of operands; WHOLE: y is the number of the total */
    block_fn fn;
    loop_fn  loop;
    void (*shaped)(size_t rows, size_t cols, void *y, const void *a);
    double (*whole)(size_t n, const void *a);
} tile_op;

/* What each thread does once, before the tiles. */
typedef enum {
    ONCE_FILL_VALUE,  /* register y = value */
    ONCE_FILL_NUMBER, /* register y = numbers[buffer] */
    ONCE_FILL_ENTRY,  /* register y = the only entry of buffer */
    ONCE_VALUE,       /* the first entry of register y = value */
    ONCE_NUMBER,      /* .. = numbers[buffer] */
    ONCE_REPEAT       /* each row of register y = buffer, one row */
} once_kind;

typedef struct once_op {
    uint8_t   kind;
    uint32_t  y;
    buffer_id buffer;
    double    value;
} once_op;

/* A sum, mean or maximum of all entries: each piece has a total of its own. */
typedef struct total {
    buffer_id buffer;
    bool      most;
    double    divide;
} total;

/* The same along an axis. `partial`: pieces lie along the axis too, so each has `entries` of its own. */
typedef struct axis_sum {
    buffer_id buffer;
    uint8_t   axis;
    bool      most, partial;
    double    divide;
    size_t    entries, offset; /* where its first piece is in image.partial */
} axis_sum;

/* How an instruction is cut into parts, which threads take one after the other. */
typedef enum { SPLIT_NOT, SPLIT_ROWS, SPLIT_COLS, SPLIT_PIECES } split;

/* Tiles are joined to pieces, by the shape alone; threads take whole pieces, and what they sum up is
 * joined in their order. So the number of threads makes no difference. */
typedef struct block {
    size_t rows, cols, tile_rows, tile_cols; /* tile_cols < cols only where tile_rows is 1 */
    size_t n_pieces;
    bool   across;                           /* a piece is some columns of tiles; else some rows */
    VEC(total) totals;
    VEC(axis_sum) sums;
    VEC(operand) operands;
    VEC(uint32_t) leaves; /* numbers of operands */
    VEC(once_op) before;
    VEC(tile_op) ops;
} block;

typedef struct number_op {
    uint8_t   kind, op; /* step_kind */
    double    value;
    uint32_t  arg[3];
    buffer_id buffer;
} number_op;

typedef struct instr {
    uint8_t    kind;    /* plan_kind */
    bool       numbers; /* a block on numbers */
    uint8_t    split;
    uint32_t   parts;
    block      block;
    VEC(number_op) number_ops;
    const plan_instr *plan;
    gemm       product;
} instr;

/* What each thread has for itself. */
typedef struct worker {
    char   *registers; /* of TILE entries each */
    void   *gemm_scratch;
    void  **pointers;  /* of the operands of the block that runs */
    char  **bases;     /* where their buffers begin */
    uint64_t started;  /* the number of the block that it has put its operands in place for */
} worker;

typedef struct image {
    arena   a;        /* of everything here but the buffers' memory and what the code refers to */
    arena   code_of;  /* what the code refers to; other sizes make it anew in the same memory */
    place  *places;   /* by buffer_id */
    double *numbers;  /* by buffer_id */
    instr  *code;     /* as many as the plan has */
    void   *work;     /* slots and registers, as allocated */
    size_t  work_size;
    size_t  slots_size;
    uint32_t n_registers, n_pointers, n_steps; /* what the largest block needs */
    size_t   n_totals, n_partial, scratch; /* what pieces and products need at most; bytes but for totals */
    uint64_t n_run;    /* how many instructions were begun */
    double  *totals;                           /* of the block that runs, piece by piece */
    char    *partial; /* sums along axes of its pieces, or slices of the product that runs */
    worker  *workers;
    double  *steps; /* scratch: of the block on numbers that runs */
} image;

struct exec {
    dfoo_allocator mem;
    const plan    *p;
    const ir      *g;
    const kernels *k;
    gemm_set       gemm;
    exec_isa       isa;
    unsigned       n_threads;
    team          *team; /* NULL: one thread */
    sizes          sizes;
    dim            varies; /* what exec_fit changes; 0: nothing */
    size_t         most;   /* up to this */
    image          im;
};

static inline bool is_number_buffer(const exec *e, buffer_id b) {
    return shape_is_scalar(e->p->buffers.at[b].sh);
}

/* A block of memory on a 64-byte boundary: `*block` is what mem_free takes, with the size `*size`. */
void *aligned_new(const dfoo_allocator *mem, size_t bytes, void **block, size_t *size);

/* layout.c: rows, cols, slots of all buffers. DFOO_EINPUT: a size that does not do. */
dfoo_status layout_sizes(const exec *e, const sizes *s, image *im);
dfoo_status layout_slots(const exec *e, image *im, arena *scratch, size_t **offsets);

/* bind.c: an instruction of the plan for the sizes of the image. */
void bind_instr(const exec *e, image *im, const sizes *s, uint32_t at);

/* run.c */
void image_run(exec *e);

#endif

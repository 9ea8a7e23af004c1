/* The face of the graph room: shapes, nodes, variables, programs.
 *
 * Nodes are small immutable records in one append-only array; a reference is a 32-bit
 * index, and arguments have smaller indices than their users, so the array is a topological
 * order. The same operation on the same arguments is the same node (hash-consing).
 *
 * A definition `A1 = tanh(Z1)` is a statement (variable A1, node tanh(VAR Z1)): expressions
 * stop at names. A program is an ordered list of statements; several programs (as written,
 * derived, shown, stable) share one store. A variable is its own thing even where its node
 * is another's.
 *
 * Builders take and return 0 ("none") when there is no memory or an argument is none, and
 * the arena remembers why: a pass asks once, at its end.
 */
#ifndef IR_IR_H
#define IR_IR_H

#include <assert.h>

#include "core/base/diag.h"
#include "core/syntax/syntax.h"

/* ------------------------------------------------------------------ shapes */

/* One dimension: a literal size, or a name. Different names never fit each other. */
typedef uint32_t dim;
#define DIM_NAMED UINT32_C(0x80000000)

typedef struct shape {
    dim rows, cols; /* both 0: a number */
} shape;

static inline dim  dim_named(sym name) { return DIM_NAMED | name; }
static inline dim  dim_literal(uint32_t n) { return n; }
static inline bool dim_is_named(dim d) { return (d & DIM_NAMED) != 0; }
static inline sym  dim_name(dim d) { return d & ~DIM_NAMED; }

static inline shape shape_scalar(void) { return (shape){0, 0}; }
static inline shape shape_of(dim rows, dim cols) { return (shape){rows, cols}; }
static inline bool  shape_is_scalar(shape s) { return s.rows == 0; }
static inline bool  shape_is_single(shape s) { return s.rows == 1 && s.cols == 1; } /* a matrix of one */
static inline bool  shape_equal(shape a, shape b) { return a.rows == b.rows && a.cols == b.cols; }

/* The shape of an elementwise operation on two operands: equal, or one is a number, or a
 * literal 1 stretches, as (n,1) with (n,m), or with (1,m), where both do. */
bool shape_broadcast(shape a, shape b, shape *out);

/* -------------------------------------------------------------- operations */

typedef enum {
    OP_NONE,
#define OP1(ID, ...) OP_##ID,
#define OP2(ID, ...) OP_##ID,
#define OP3(ID, ...) OP_##ID,
#define OPX(ID, ...) OP_##ID,
#include "core/ops.def"
    OP_COUNT
} op_id;

typedef enum {
    SHAPE_LEAF,
    SHAPE_ELEMENTWISE,
    SHAPE_SAME,
    SHAPE_PRODUCT,
    SHAPE_TRANSPOSED,
    SHAPE_REDUCED,
    SHAPE_SQUARE,    /* of a square matrix, one of the same shape */
    SHAPE_OF_SQUARE, /* .. a number */
    SHAPE_SOLVED,    /* of a square matrix and right-hand sides, the shape of these */
    SHAPE_DIAGONAL,  /* of a column a square matrix, of a square matrix a column */
    SHAPE_PIECE,     /* its own: rows or columns that are taken, or put among zeros */
    SHAPE_JOINED,    /* one after the other along an axis */
    SHAPE_KRON,      /* a block like b for each entry of a */
    SHAPE_BLOCK_DOTS, /* how many blocks like b there are in a */
    SHAPE_BLOCK_SUM  /* of one of the blocks in a, as many as b has entries */
} shape_rule;

enum { OP_FLAG_INFIX = 1, OP_FLAG_FLAT = 2, OP_FLAG_LATE = 4 };

/* A paragraph of ops.def. */
typedef struct op_info {
    const char *id;   /* "SIGMOID" */
    const char *name; /* "sigmoid", "+" */
    uint8_t     arity, rule, flags;
    bool        has_default; /* of b */
    bool        last_layer;  /* `dfoo new` takes it for the last layer only */
    double      default_b;
    const char *grad[3];
    const char *change[2]; /* not elementwise: how y changes with da, with db */
    const char *moves;     /* .. and why the gradient is as it is, where that is told by differentials */
    const char *definition, *kink, *form;
    const char *numpy;  /* numpy's name for it; "": it is written in its own way; NULL: numpy has none */
    const char *python; /* then, the lines that define it */
    const char *start;  /* of the weights of a layer with this activation; NULL: no layer */
    const char *note;
} op_info;

extern const op_info op_table[OP_COUNT];

/* The operation that a model calls by this name, or OP_NONE. Infix operations are not called. */
op_id op_find(const char *name);
op_id op_infix(uint32_t sign); /* the one that a sign of the notation stands for, or OP_NONE */
static inline bool op_elementwise(op_id op) { return op_table[op].rule == SHAPE_ELEMENTWISE; }

/* Does it run along an axis, node.attr? */
static inline bool op_has_axis(op_id op) {
    uint8_t rule = op_table[op].rule;
    return (rule == SHAPE_SAME && op != OP_OPEN) || rule == SHAPE_REDUCED || rule == SHAPE_PIECE ||
           rule == SHAPE_JOINED;
}

/* May a name of a model or of an optimiser hide the function of this name? */
static inline bool op_may_be_hidden(op_id op) { return (op_table[op].flags & OP_FLAG_LATE) != 0; }

/* May it be called with one operand? */
static inline bool op_of_one(op_id op) { return op_table[op].arity == 1 || op_table[op].has_default; }

/* ------------------------------------------------------------------- nodes */

typedef uint32_t node_id; /* 0: none */
typedef uint32_t var_id;  /* 0: none */

/* Which entries a reduction joins, and along which a softmax runs; as in numpy. */
enum { AXIS_0 = 0, AXIS_1 = 1, AXIS_ALL = 2 };

typedef struct node {
    uint8_t  op;
    uint8_t  attr; /* AXIS_..; OPEN: the number of primes */
    uint32_t ref;  /* NUMBER: index of the value; SIZE: a dim; VAR: a var_id; OPEN: the function's sym;
                      SLICE, PAD: the dim of what stands before the piece, 0: nothing */
    shape    sh;
    node_id  arg[3];
} node;

/* VAR_MASK: what a dropout multiplies with, 0 or 1/keep in each entry; 1 everywhere when predicting.
 * VAR_DIRECTION: along which a variable moves; VAR_CHANGE: how fast another one changes then; VAR_JACOBIAN:
 * how a column changes with another. The kinds up to VAR_PARAM have a gradient before anything is derived. */
typedef enum {
    VAR_INPUT, VAR_LABEL, VAR_PARAM, VAR_CONST, VAR_MASK, VAR_DEFINED, VAR_GRADIENT, VAR_DIRECTION,
    VAR_CHANGE, VAR_JACOBIAN
} var_kind;

/* Is its value there before anything is computed? */
static inline bool var_is_source(var_kind kind) { return kind <= VAR_MASK || kind == VAR_DIRECTION; }

typedef struct variable {
    sym      name;
    uint8_t  kind;
    bool     onehot;      /* a label whose columns (rows) sum to 1 */
    bool     symmetric;   /* equal to its transpose */
    bool     given_name;  /* the name was given by a pass, not written by the user */
    shape    sh;
    span     at;          /* where it is declared */
    node_id  leaf;        /* the node that stands for it */
    var_id   of;          /* VAR_GRADIENT: the variable whose gradient it is; VAR_DIRECTION, VAR_CHANGE,
                             VAR_JACOBIAN: the one that moves; VAR_MASK: the constant
                             that says how much is kept, or 0 */
    var_id   gradient;    /* the variable that holds this one's gradient, once derived; VAR_JACOBIAN: the
                             variable whose it is */
    double   value;       /* VAR_CONST; VAR_MASK: the part that is kept (ask ir_keep) */
    const double *values; /* VAR_CONST: those of its n_values entries, or NULL: `value` in each */
    size_t        n_values;
    sym      init;        /* VAR_PARAM: how it starts */
    double   init_arg[2];
    uint32_t n_init_args;
} variable;

typedef struct stmt {
    var_id  var;
    node_id node;
    span    at;
} stmt;

typedef struct program {
    VEC(stmt) list;
} program;

typedef struct ir {
    arena   *a;
    symbols *names;
    diags   *d;
    VEC(node) nodes;
    VEC(double) numbers;
    VEC(variable) vars;
    node_id  *slots;
    uint32_t  n_slots;
    var_id   *by_name; /* indexed by sym */
    uint32_t  n_by_name;
    dim       examples; /* the dimension of the examples, once known; 0: none */
    struct { /* the texts of ops.def as far as they were asked for: ir_grad and its like */
        const ast *grad[3], *change[2], *definition, *kink;
    } parsed[OP_COUNT];
    const struct rule *rules[2]; /* those of rules.def, two stages, as far as simplify has read them */
} ir;

/* Prepares an empty store; the arena, names and diagnostics are used as long as it is. */
dfoo_status ir_init(ir *g, arena *a, symbols *names, diags *d);

/* What ops.def says of an operation, as a template: the gradient by an operand, the change by that of an
 * operand, the definition, where it has its kink. NULL if it says nothing, or without memory. */
const ast *ir_grad(ir *g, op_id op, int operand);
const ast *ir_change(ir *g, op_id op, int operand);
const ast *ir_definition(ir *g, op_id op);
const ast *ir_kink(ir *g, op_id op);

/* A store that begins as another one and then goes its own way, for what is tried and thrown away with `a`;
 * names and messages are the same for both. And a node of such a fork as one of the store that it came from,
 * over variables that both have; 0 without memory. */
dfoo_status ir_fork(const ir *from, arena *a, ir *out);
node_id     ir_adopt(ir *g, const ir *from, arena *scratch, node_id n);

static inline const node *ir_node(const ir *g, node_id n) {
    assert(n < g->nodes.n);
    return &g->nodes.at[n];
}
static inline const variable *ir_var(const ir *g, var_id v) {
    assert(v < g->vars.n);
    return &g->vars.at[v];
}
const char                   *ir_var_name(const ir *g, var_id v);

#define IR_PI 3.14159265358979323846 /* the number that is written pi */

/* ---- builders; shapes follow from the arguments. 0 if the shapes do not fit: passes build
 * only what fits, lang asks ir_fits first. */
node_id ir_number(ir *g, double value); /* a negative one becomes -(number) */
node_id ir_size(ir *g, dim d);          /* a literal dimension becomes a number */
node_id ir_ones(ir *g, shape sh);       /* of a scalar's shape: the number 1 */
node_id ir_eye(ir *g, dim n);           /* the identity, as diag(ones(n, 1)) */
node_id ir_op(ir *g, op_id op, uint8_t attr, node_id a, node_id b, node_id c);
node_id ir_open(ir *g, sym function, uint8_t primes, node_id a);

/* Some rows (AXIS_0) or columns (AXIS_1) of a, `n` of them, behind the first `start`; and a among zeros,
 * `start`
 * of them before it and `n` in all. The whole is a itself. 0 if they are not there, as far as the names tell.
 * */
node_id ir_slice(ir *g, node_id a, uint8_t axis, dim start, dim n);
node_id ir_pad(ir *g, node_id a, uint8_t axis, dim start, dim n);

/* How many rows, or columns, a shape has. */
static inline dim shape_along(shape s, uint8_t axis) { return axis == AXIS_0 ? s.rows : s.cols; }

/* What stands before operand k of a node in it, or before it in its operand, along its axis: of what joins
 * and
 * takes pieces. */
dim ir_piece_start(const ir *g, const node *x, int k);

/* What stands behind the piece of a SLICE or PAD. */
dim ir_piece_rest(const ir *g, const node *x);
static inline node_id ir_op1(ir *g, op_id op, node_id a) { return ir_op(g, op, 0, a, 0, 0); }
static inline node_id ir_op2(ir *g, op_id op, node_id a, node_id b) { return ir_op(g, op, 0, a, b, 0); }

/* The axis along which a softmax runs unless it is said: the one that is not the examples'. */
uint8_t ir_class_axis(const ir *g, shape s);

/* The node with other arguments (its own op, attr and ref). */
node_id ir_rebuild(ir *g, node_id n, const node_id *args);

/* The shape that an operation on operands of these shapes has; false if they do not fit. */
bool ir_fits(const ir *g, op_id op, uint8_t attr, const shape *args, shape *out);

bool   ir_is_number(const ir *g, node_id n, double *value);
bool   ir_is_eye(const ir *g, const node *x);
shape  ir_shape(const ir *g, node_id n);

/* From now on a dimension is 1: in every shape, and as a number. Sums along it stay, and do nothing. */
dfoo_status ir_make_single(ir *g, dim d);

/* Gives a variable another name, which is new. */
dfoo_status ir_rename(ir *g, var_id v, sym name);

/* Sum over the axes along which `to` is a literal 1 (or a number) and the node is not. */
node_id ir_sum_to(ir *g, node_id n, shape to);

/* The derivative of an elementwise expression by its part z, a name mostly, entry by entry, from the rules of
 * ops.def; tidied of 1 and 0, not simplified. 0: an operation in it that depends on z is not
 * elementwise, or there is no memory. */
node_id ir_derivative(ir *g, arena *scratch, node_id n, node_id z);

/* The same with what is not elementwise held as it is, z below it or not: one term of the product rule. */
node_id ir_derivative_near(ir *g, arena *scratch, node_id n, node_id z);

/* ---- variables */
var_id ir_add_var(ir *g, variable v); /* v.leaf is made; the name must be new */
var_id ir_find_var(const ir *g, sym name);

/* The part of the entries that a mask keeps, 0 < keep <= 1. */
double ir_keep(const ir *g, var_id mask);

/* The gradient of v, named d + v's name; made at the first call. */
var_id ir_gradient_var(ir *g, var_id v);

dfoo_status program_add(ir *g, program *p, var_id var, node_id n, span at);

/* The statement that defines v, or NULL; linear. */
const stmt *program_find(const program *p, var_id v);

/* All nodes of a program have smaller numbers: how long an array by node_id must be. */
node_id program_end(const program *p);

/* A table text with its names bound: operands a, b, c, value y, incoming gradient dy. */
typedef struct template_name {
    const char *name;
    node_id     n;
} template_name;

typedef struct template_env {
    node_id arg[3];
    node_id y, dy;
    node_id change; /* what is written da or db in a text of ops.def about changes */
    uint8_t axis;
    dim     start;  /* of the piece that part() and around() are about */
    const template_name *names; /* further names, as the optimisers' tables use them */
    uint32_t             n_names;
} template_env;

/* Operands, axis and start of a node, for the text about its operand k. */
template_env template_operands(const ir *g, node_id n, int k);

node_id template_build(ir *g, const ast *text, const template_env *env);

/* The operation at the root of a table text; OP_NONE for a name or a number. */
op_id template_op(const ir *g, const ast *text);

/* ------------------------------------------------------------------- walks */

/* The nodes that `roots` need, in ascending order (arguments first), down to leaves. */
typedef struct node_list {
    VEC(node_id) list;
} node_list;
dfoo_status ir_reach(const ir *g, arena *scratch, const node_id *roots, uint32_t n_roots, node_list *out);

/* The place of a node in such a list, which has it. */
uint32_t node_list_place(const node_list *list, node_id n);

/* The names (VAR nodes) in an expression, each once, from left to right. */
dfoo_status ir_names(const ir *g, arena *scratch, node_id root, node_list *out);

/* Has an expression a node that passes the test? False without memory: the arena remembers. */
typedef bool ir_test(const void *user, const ir *g, const node *x);
bool ir_some(const ir *g, arena *scratch, node_id root, ir_test *test, const void *user);

/* A copy of an expression: `make` is called for every node, operands first, with what the
 * operands became, and says what the node becomes. 0 if it returned 0, or without memory. */
typedef node_id (*ir_map_fn)(void *user, ir *g, node_id n, const node_id *args);
node_id ir_map(ir *g, arena *scratch, node_id root, ir_map_fn make, void *user);

/* Marks (by var_id) in a program what is computed from marked variables; what those are computed from. */
dfoo_status program_spread(const ir *g, arena *scratch, const program *p, bool *marked);
dfoo_status program_needs(const ir *g, arena *scratch, const program *p, bool *marked);

#endif

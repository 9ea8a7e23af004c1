/* Expression trees -> nodes: names, functions and shapes. Operands are read before what
 * uses them, in a loop over the tree's postorder; each tree node keeps the graph node it
 * became in `value` (0 after an error, which silences what is built on it). */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/lang/reader.h"

static const char *name_of(const reader *r, const ast *x) {
    return symbols_name(r->p.names, x->name);
}

/* ------------------------------------------------------------------- names */

/* A definition of this name further down: the line, or 0. */
static uint32_t defined_later(reader *r, sym name) {
    for (uint32_t i = r->p.next; i + 1 < r->in.list.n; i++) {
        const token *t = &r->in.list.at[i];
        bool         first = i == 0 || r->in.list.at[i - 1].kind == TOKEN_END;
        if (!first || t->kind != TOKEN_NAME || t->name != name) continue;
        if (t[1].kind != TOKEN_SIGN || t[1].sign != '=') continue;
        uint32_t line, column;
        source_place(&r->m->src, t->at.start, &line, &column);
        return line;
    }
    return 0;
}

static node_id unknown_name(reader *r, const ast *x) {
    const char *name = name_of(r, x);
    sym         base = name[0] == 'd' && name[1] ? symbols_find(r->p.names, name + 1, strlen(name + 1)) : 0;
    if (lang_is_broken(r, x->name) || (base && lang_is_broken(r, base))) return 0;
    diag_error(r->d, &r->m->src, x->at, "unknown name '%s'", name);
    uint32_t    later = defined_later(r, x->name);
    const char *close = lang_closest_name(r, x->name, false);
    if (later) diag_note(r->d, "%s is defined at line %u: a name is defined before it is used", name, later);
    else if (ir_find_var(r->g, base))
        diag_note(r->d, "%s is the gradient of %s: gradients can be used behind `minimize`", name, name + 1);
    else if (close) diag_note(r->d, "did you mean %s?", close);
    else lang_meant(r, MEANT_NAME, name);
    return 0;
}

static node_id read_name(reader *r, const ast *x) {
    for (uint8_t i = 0; i < r->n_formals; i++)
        if (r->formals[i] == x->name) return ir_var(r->g, r->formal_vars[i])->leaf;
    var_id v = ir_find_var(r->g, x->name);
    if (v) return ir_var(r->g, v)->leaf;
    if (lang_is_size_name(r, x->name)) return ir_size(r->g, dim_named(x->name));
    if (strcmp(name_of(r, x), "pi") == 0) return ir_number(r->g, IR_PI);
    return unknown_name(r, x);
}

/* --------------------------------------------------------------- operators */

static node_id product(reader *r, const ast *x, node_id a, node_id b) {
    assert(a && b);
    node_id n = ir_op2(r->g, OP_MATMUL, a, b);
    return n || r->a->failed ? n : lang_mismatch_product(r, x, a, b);
}

static node_id elementwise(reader *r, const ast *x, op_id op, node_id a, node_id b) {
    assert(a && b && op_table[op].arity == 2);
    node_id n = ir_op2(r->g, op, a, b);
    return n || r->a->failed ? n : lang_mismatch_elementwise(r, x, a, b);
}

/* Two operands side by side: scaling if one is a number, else the matrix product. */
static node_id adjacent(reader *r, const ast *x, node_id a, node_id b) {
    const ast *left = x->arg;
    bool       a_number = shape_is_scalar(ir_shape(r->g, a)), b_number = shape_is_scalar(ir_shape(r->g, b));
    if (b_number && left->kind == AST_BINARY && left->sign == '/' && !left->bracketed) {
        lang_refuse(r, x, "a/b c can be read in two ways");
        diag_note(r->d, "write a/(b*c) or a/b * c");
        return 0;
    }
    return a_number || b_number ? elementwise(r, x, OP_MUL, a, b) : product(r, x, a, b);
}

static node_id read_binary(reader *r, const ast *x) {
    node_id a = x->arg->value, b = x->arg->next->value;
    if (!a || !b) return 0;
    if (x->sign == SIGN_ADJACENT) return adjacent(r, x, a, b);
    if (x->sign == '@') return product(r, x, a, b);
    return elementwise(r, x, op_infix(x->sign), a, b);
}

/* ------------------------------------------------------------------- calls */

enum { MOST_OPERANDS = 16 };

typedef struct call {
    const ast *x;
    const ast *operand[MOST_OPERANDS];
    node_id    arg[MOST_OPERANDS];
    uint32_t   n;
    uint8_t    axis;
    bool       has_axis, ok;
} call;

static bool read_axis(reader *r, call *c, const ast *value) {
    double axis;
    bool   number = value->value && ir_is_number(r->g, value->value, &axis);
    if (number && axis == -1) axis = 1;
    if (!number || (axis != 0 && axis != 1)) {
        lang_refuse(r, value, "the axis is 0 (down the columns) or 1 (along the rows)");
        return false;
    }
    c->axis = (uint8_t)axis;
    c->has_axis = true;
    return true;
}

static bool read_keyword(reader *r, call *c, const ast *k) {
    const char *name = name_of(r, k);
    if (strcmp(name, "axis") == 0) return read_axis(r, c, k->arg);
    if (strcmp(name, "keepdims") == 0) {
        const char *value = k->arg->kind == AST_NAME ? name_of(r, k->arg) : "";
        if (strcmp(value, "True") == 0 || (k->arg->kind == AST_NUMBER && k->arg->number == 1)) return true;
        lang_refuse(r, k, "the axis is always kept: every value is a matrix or a number");
        diag_note(r->d, "write keepdims=True, or leave it out");
        return false;
    }
    diag_error(r->d, &r->m->src, k->at, "'%s' does not know '%s'", name_of(r, c->x), name);
    diag_note(r->d, "the notation has axis=0 or axis=1, and keepdims=True");
    return false;
}

/* Operands and keywords apart; ok is false if one of them had an error. */
static call read_operands(reader *r, const ast *x) {
    call c = {.x = x, .axis = AXIS_ALL, .ok = true};
    for (const ast *a = x->arg; a; a = a->next) {
        if (a->kind == AST_KEYWORD) {
            c.ok = read_keyword(r, &c, a) && c.ok;
        } else if (c.n == MOST_OPERANDS) {
            lang_refuse(r, a, "too many operands");
            c.ok = false;
        } else {
            c.operand[c.n] = a;
            c.arg[c.n++] = a->value;
            c.ok = a->value && c.ok;
        }
    }
    return c;
}

static bool takes(reader *r, const call *c, uint32_t least, uint32_t most) {
    if (c->n >= least && c->n <= most) return true;
    const char *name = name_of(r, c->x);
    if (least == most)
        diag_error(r->d, &r->m->src, c->x->at, "%s takes %u operand%s, not %u", name, least,
                   least == 1 ? "" : "s", c->n);
    else
        diag_error(r->d, &r->m->src, c->x->at, "%s takes %u to %u operands, not %u", name, least, most, c->n);
    return false;
}

static node_id call_elementwise(reader *r, const call *c, op_id op) {
    const op_info *info = &op_table[op];
    node_id        arg[3] = {c->arg[0], c->arg[1], c->arg[2]};
    if (!takes(r, c, info->has_default ? 1 : info->arity, info->arity)) return 0;
    if (info->has_default && c->n == 1) arg[1] = ir_number(r->g, info->default_b);
    node_id n = ir_op(r->g, op, 0, arg[0], arg[1], arg[2]);
    if (n || r->a->failed) return n;
    assert(c->operand[0] && c->operand[1]); /* one operand always fits */
    shape   ab;
    shape   s0 = ir_shape(r->g, arg[0]), s1 = ir_shape(r->g, arg[1]);
    ast     pair = *c->x;
    ast     left = *c->operand[0], right = *c->operand[1];
    node_id first = arg[0], second = arg[1];
    if (info->arity == 3 && shape_broadcast(s0, s1, &ab)) {
        assert(c->operand[2]);
        left = *c->operand[1];
        right = *c->operand[2];
        first = arg[1];
        second = arg[2];
    }
    left.next = &right;
    pair.arg = &left;
    return lang_mismatch_elementwise(r, &pair, first, second);
}

static bool is_vector(shape s) {
    return s.rows == dim_literal(1) || s.cols == dim_literal(1);
}

/* norm(x, 1) and norm(x, inf): of a vector, or of each along an axis. */
static node_id call_vector_norm(reader *r, const call *c) {
    double value = 0;
    bool   number = ir_is_number(r->g, c->arg[1], &value);
    shape  s = ir_shape(r->g, c->arg[0]);
    if (!number || (value != 1 && value != 2 && !isinf(value))) {
        lang_refuse(r, c->operand[1], "the norms are 1, 2 and inf");
        diag_note(r->d, "norm(A) without a second operand is the root of the sum of all squares");
        return 0;
    }
    if (!is_vector(s) && !c->has_axis) {
        diag_error(r->d, &r->m->src, c->x->at, "norm(.., %s) is of a column or a row, and this is %s",
                   isinf(value) ? "inf" : value == 1 ? "1" : "2", lang_shape_text(r, s));
        diag_note(r->d, "of matrices there is norm(A), the root of the sum of all squares, and the norms of "
                        "all columns or rows along an axis");
        return 0;
    }
    uint8_t axis = c->has_axis ? c->axis : AXIS_ALL;
    if (value == 2) return ir_op(r->g, OP_NORM, axis, c->arg[0], 0, 0);
    return ir_op(r->g, value == 1 ? OP_SUM : OP_MAX, axis, ir_op1(r->g, OP_ABS, c->arg[0]), 0, 0);
}

/* kron takes any two matrices; what is made of blocks must have a whole number of them. */
static node_id refuse_blocks(reader *r, const call *c, op_id op) {
    shape a = ir_shape(r->g, c->arg[0]), b = ir_shape(r->g, c->arg[1]);
    if (shape_is_scalar(a) || shape_is_scalar(b))
        return lang_refuse(r, c->operand[!shape_is_scalar(a)], "this needs a matrix, and it is a number");
    diag_error(r->d, &r->m->src, c->x->at, "%s(%s, %s): the second shape does not divide the first",
               op_table[op].name, lang_shape_text(r, a), lang_shape_text(r, b));
    return 0;
}

static node_id refuse_matrix(reader *r, const call *c, op_id op) {
    if (op_table[op].rule >= SHAPE_KRON) return refuse_blocks(r, c, op);
    const char *name = op_table[op].name, *a = lang_shape_text(r, ir_shape(r->g, c->arg[0]));
    bool        square = op_table[op].rule != SHAPE_DIAGONAL;
    shape       s = ir_shape(r->g, c->arg[0]);
    if (square && !shape_is_scalar(s) && s.rows == s.cols) {
        diag_error(r->d, &r->m->src, c->x->at, "%s(%s, %s): the right-hand sides need as many rows", name, a,
                   lang_shape_text(r, ir_shape(r->g, c->arg[1])));
        return 0;
    }
    diag_error(r->d, &r->m->src, c->operand[0]->at, "%s takes a %s, and this is %s", name,
               square ? "square matrix" : "column or a square matrix", shape_is_scalar(s) ? "a number" : a);
    if (!square && s.rows == dim_literal(1)) diag_note(r->d, "the transpose of a row is a column: .T");
    return 0;
}

static node_id call_matrix(reader *r, const call *c, op_id op) {
    uint32_t n = op_table[op].arity;
    if (!takes(r, c, n, n)) return 0;
    node_id out = ir_op2(r->g, op, c->arg[0], n > 1 ? c->arg[1] : 0);
    return out || r->a->failed ? out : refuse_matrix(r, c, op);
}

/* Along an axis: that of the classes unless it is said; of a matrix a cumsum's must be said. */
static node_id call_along(reader *r, const call *c, op_id op) {
    shape s = ir_shape(r->g, c->arg[0]);
    bool  sums = op == OP_CUMSUM || op == OP_CUMSUM_BACK;
    if (shape_is_scalar(s)) return lang_refuse(r, c->operand[0], "this needs a matrix, and it is a number");
    if (sums && !c->has_axis && !is_vector(s)) {
        lang_refuse(r, c->x, "along which axis?");
        diag_note(r->d, "write axis=0, down the columns, or axis=1, along the rows");
        return 0;
    }
    return ir_op(r->g, op, c->has_axis ? c->axis : ir_class_axis(r->g, s), c->arg[0], 0, 0);
}

/* Below each other unless the axis is said. */
static node_id call_pieces(reader *r, const call *c, op_id op) {
    uint8_t axis = c->has_axis ? c->axis : AXIS_0;
    if (!takes(r, c, op == OP_PAD ? 3 : 1, op == OP_PAD ? 3 : MOST_OPERANDS)) return 0;
    if (op == OP_PAD) return lang_pad(r, c->operand, c->arg, axis);
    return lang_concat(r, c->operand, c->arg, c->n, axis);
}

/* What a second operand of a function that joins entries may have meant. */
static void note_second(reader *r, const call *c, op_id op) {
    if (c->n != 2) return;
    const char *first = lang_source_text(r, c->operand[0]->at);
    if (op == OP_MAX && c->operand[1]->kind != AST_NUMBER)
        diag_note(r->d, "the larger of two is written maximum(%s, %s)", first,
                  lang_source_text(r, c->operand[1]->at));
    else diag_note(r->d, "an axis is named: %s(%s, axis=1)", op_table[op].name, first);
}

static node_id call_op(reader *r, const call *c, op_id op) {
    assert(op > OP_NONE && op < OP_COUNT);
    const op_info *info = &op_table[op];
    if (c->has_axis && !op_has_axis(op)) {
        diag_error(r->d, &r->m->src, c->x->at, "%s works %s and has no axis", info->name,
                   op_elementwise(op) ? "entry by entry" : "on whole matrices");
        return 0;
    }
    if (op_elementwise(op)) return call_elementwise(r, c, op);
    if (op == OP_NORM && c->n == 2) return call_vector_norm(r, c);
    if (op == OP_CONCAT || op == OP_PAD) return call_pieces(r, c, op);
    if (info->rule >= SHAPE_SQUARE) return call_matrix(r, c, op);
    if (!takes(r, c, 1, 1)) {
        note_second(r, c, op);
        return 0;
    }
    if (info->rule == SHAPE_REDUCED)
        return ir_op(r->g, op, c->has_axis ? c->axis : AXIS_ALL, c->arg[0], 0, 0);
    return call_along(r, c, op);
}

static const struct {
    const char *name;
    op_id       op;
    uint32_t    operands;
} numpy_names[] = {
    {"dot", OP_MATMUL, 2},   {"matmul", OP_MATMUL, 2},      {"multiply", OP_MUL, 2}, {"add", OP_ADD, 2},
    {"subtract", OP_SUB, 2}, {"divide", OP_DIV, 2},         {"power", OP_POW, 2},    {"square", OP_POW, 1},
    {"negative", OP_NEG, 1}, {"transpose", OP_TRANSPOSE, 1}, {"outer", OP_MATMUL, 2}};

enum { N_NUMPY_NAMES = sizeof numpy_names / sizeof *numpy_names };

static size_t numpy_place(const char *name) {
    size_t i = 0;
    while (i < N_NUMPY_NAMES && strcmp(numpy_names[i].name, name) != 0) i++;
    return i;
}

bool lang_is_numpy_name(const char *name) {
    return numpy_place(name) < N_NUMPY_NAMES;
}

/* outer(a, b) of two vectors, lying or standing, is the column a times the row b. */
static node_id call_outer(reader *r, const call *c) {
    node_id v[2];
    for (int i = 0; i < 2; i++) {
        shape s = ir_shape(r->g, c->arg[i]);
        bool  turn = i ? s.cols == dim_literal(1) : s.cols != dim_literal(1);
        v[i] = turn && s.rows != s.cols ? ir_op1(r->g, OP_TRANSPOSE, c->arg[i]) : c->arg[i];
        if (is_vector(s)) continue;
        assert(c->operand[i]);
        diag_error(r->d, &r->m->src, c->operand[i]->at, "outer takes two columns or rows, and this is %s",
                   shape_is_scalar(s) ? "a number" : lang_shape_text(r, s));
        return 0;
    }
    return ir_op2(r->g, OP_MATMUL, v[0], v[1]);
}

/* dot with a number is the elementwise product, matmul refuses it: as numpy has it. */
static node_id call_numpy(reader *r, const call *c) {
    size_t i = numpy_place(name_of(r, c->x));
    assert(i < N_NUMPY_NAMES);
    op_id  op = numpy_names[i].op;
    if (!takes(r, c, numpy_names[i].operands, numpy_names[i].operands)) return 0;
    if (strcmp(numpy_names[i].name, "outer") == 0) return call_outer(r, c);
    if (strcmp(numpy_names[i].name, "square") == 0) return ir_op2(r->g, op, c->arg[0], ir_number(r->g, 2));
    if (numpy_names[i].operands == 1) return ir_op1(r->g, op, c->arg[0]);
    assert(c->operand[0] && c->operand[1]);
    ast pair = *c->x, left = *c->operand[0], right = *c->operand[1];
    left.next = &right;
    pair.arg = &left;
    bool number = shape_is_scalar(ir_shape(r->g, c->arg[0])) || shape_is_scalar(ir_shape(r->g, c->arg[1]));
    if (strcmp(numpy_names[i].name, "dot") == 0 && number) op = OP_MUL;
    if (op == OP_MATMUL) return product(r, &pair, c->arg[0], c->arg[1]);
    return elementwise(r, &pair, op, c->arg[0], c->arg[1]);
}

/* ones(n1, m): the operands are sizes. */
static node_id call_ones(reader *r, const ast *x) {
    shape s;
    if (ast_count(x->arg) != 2) return lang_refuse(r, x, "ones takes two sizes, as in ones(n1, m)");
    if (!lang_size_of(r, x->arg, &s.rows) || !lang_size_of(r, x->arg->next, &s.cols)) return 0;
    return ir_ones(r->g, s);
}

static node_id call_eye(reader *r, const ast *x) {
    dim n;
    if (ast_count(x->arg) != 1) return lang_refuse(r, x, "eye takes one size, as in eye(n)");
    return lang_size_of(r, x->arg, &n) ? ir_eye(r->g, n) : 0;
}

typedef struct putting_in {
    reader         *r;
    const call     *c;
    const function *f;
} putting_in;

static node_id put_operand(void *user, ir *g, node_id n, const node_id *args) {
    const putting_in *p = user;
    for (uint8_t k = 0; k < p->f->n_formals; k++)
        if (n == ir_var(g, p->f->formal[k])->leaf) return p->c->arg[k];
    node_id out = ir_rebuild(g, n, args);
    if (!out && !p->r->a->failed)
        lang_refuse(p->r, p->c->x, "the operands' shapes do not fit each other entry by entry");
    return out;
}

/* The body of a function with its formal variables replaced. */
static node_id put_in(reader *r, const call *c, const function *f, node_id body) {
    putting_in p = {r, c, f};
    return ir_map(r->g, r->a, body, put_operand, &p);
}

/* A derivative has its operand's shape, though it may be one number. */
static node_id stretch_to(reader *r, node_id n, shape s) {
    if (!n || !shape_is_scalar(ir_shape(r->g, n)) || shape_is_scalar(s)) return n;
    return ir_op2(r->g, OP_MUL, n, ir_ones(r->g, s));
}

/* A formula grows severalfold with each prime; an open function's primes are only counted. */
enum { MOST_PRIMES = 6, MOST_OPEN_PRIMES = 100 };

static bool few_primes(reader *r, const ast *x, bool has_formula) {
    unsigned most = has_formula ? MOST_PRIMES : MOST_OPEN_PRIMES;
    if (x->primes <= most) return true;
    diag_error(r->d, &r->m->src, x->at, "at most %u primes can stand here", most);
    return false;
}

/* f'(Z1), f''(Z1): the formula is differentiated by its operand, then the operand put in. */
static node_id call_prime(reader *r, const call *c, const function *f) {
    node_id body = f->body;
    if (!few_primes(r, c->x, true)) return 0;
    if (f->n_formals != 1) {
        diag_error(r->d, &r->m->src, c->x->at, "a prime needs a function of one operand, and %s has %u",
                   name_of(r, c->x), f->n_formals);
        return 0;
    }
    for (uint16_t i = 0; i < c->x->primes && body; i++)
        body = ir_derivative(r->g, r->a, body, ir_var(r->g, f->formal[0])->leaf);
    if (!body && !r->a->failed)
        return lang_refuse(r, c->x, "a prime needs a function that works entry by entry");
    return body ? stretch_to(r, put_in(r, c, f, body), ir_shape(r->g, c->arg[0])) : 0;
}

static node_id call_function(reader *r, const call *c, const function *f) {
    if (c->x->primes && f->n_formals != 1) return call_prime(r, c, f);
    if (!takes(r, c, f->n_formals, f->n_formals)) return 0;
    if (!f->body)
        return !few_primes(r, c->x, false) ? 0 : ir_open(r->g, f->name, (uint8_t)c->x->primes, c->arg[0]);
    return c->x->primes ? call_prime(r, c, f) : put_in(r, c, f, f->body);
}

/* The variable that stands for the operand of a function of the table; no name of a model is
 * spelled like it. */
static var_id table_formal(reader *r) {
    static const char hidden[] = "'(z)";
    sym    name = symbols_add(r->p.names, hidden, sizeof hidden - 1);
    var_id v = ir_find_var(r->g, name);
    return v || !name ? v : ir_add_var(r->g, (variable){.name = name, .kind = VAR_DEFINED});
}

/* tanh'(Z1): the same with a function of the table, whose slope (of leaky_relu, of elu) is no
 * operand to be differentiated by. */
static node_id call_op_prime(reader *r, const call *c, op_id op) {
    const op_info *info = &op_table[op];
    function       f = {.name = c->x->name, .n_formals = info->arity};
    if (!op_elementwise(op)) {
        diag_error(r->d, &r->m->src, c->x->at,
                   "a prime needs a function that works entry by entry, and %s does not", info->name);
        return 0;
    }
    if (op_of_one(op)) {
        if (!takes(r, c, 1, f.n_formals)) return 0;
        f.n_formals = 1;
        f.formal[0] = table_formal(r);
        if (!f.formal[0]) return 0;
        node_id slope = c->n == 2 ? c->arg[1] : info->has_default ? ir_number(r->g, info->default_b) : 0;
        f.body = ir_op2(r->g, op, ir_var(r->g, f.formal[0])->leaf, slope);
    }
    return call_prime(r, c, &f);
}

static node_id read_call(reader *r, const ast *x) {
    const function *f = model_function(r->m, x->name);
    if (strcmp(name_of(r, x), "ones") == 0) return call_ones(r, x);
    if (strcmp(name_of(r, x), "eye") == 0 && !f) return call_eye(r, x);
    call c = read_operands(r, x);
    if (!c.ok) return 0;
    if (f) return call_function(r, &c, f);
    op_id op = op_find(name_of(r, x));
    if (op == OP_DROPOUT && !x->primes) return lang_read_dropout(r, x);
    if (op) return x->primes ? call_op_prime(r, &c, op) : call_op(r, &c, op);
    if (x->primes) return lang_refuse(r, x, "a prime needs a function such as tanh or one of the model file");
    return call_numpy(r, &c); /* the parser asked is_function: there are no others */
}

/* ------------------------------------------------------------------- trees */

static node_id read_node(reader *r, const ast *x) {
    switch ((ast_kind)x->kind) {
    case AST_NUMBER: return ir_number(r->g, x->number);
    case AST_NAME: return read_name(r, x);
    case AST_CALL: return read_call(r, x);
    case AST_NEGATE: return x->arg->value ? ir_op1(r->g, OP_NEG, x->arg->value) : 0;
    case AST_TRANSPOSE:
        if (!x->arg->value) return 0;
        if (shape_is_scalar(ir_shape(r->g, x->arg->value))) return x->arg->value;
        return ir_op1(r->g, OP_TRANSPOSE, x->arg->value);
    case AST_BINARY: return read_binary(r, x);
    case AST_SLICE: return lang_read_slice(r, x);
    case AST_RANGE: case AST_ABSENT: case AST_KEYWORD: break;
    }
    return 0;
}

/* `True` behind keepdims= is not a name of the model. */
static bool is_keyword_word(const reader *r, const ast *x) {
    return x->kind == AST_NAME && (strcmp(name_of(r, x), "True") == 0 || strcmp(name_of(r, x), "False") == 0);
}

/* norm(x, inf): only there is it a number. */
static void read_infinity(const reader *r, const ast *x) {
    ast *which = x->kind == AST_CALL && strcmp(name_of(r, x), "norm") == 0 && x->arg ? x->arg->next : NULL;
    if (!which || which->kind != AST_NAME || strcmp(name_of(r, which), "inf") != 0) return;
    which->kind = AST_NUMBER;
    which->number = INFINITY;
}

node_id lang_read_expression(reader *r, ast *x) {
    ast_list order = {{0}};
    if (!x || ast_postorder(x, r->a, &order) != DFOO_OK) return 0;
    for (uint32_t i = 0; i < order.list.n; i++) read_infinity(r, order.list.at[i]);
    for (uint32_t i = 0; i < order.list.n; i++) {
        ast *one = order.list.at[i];
        one->value = is_keyword_word(r, one) ? 0 : read_node(r, one);
        if (r->a->failed) return 0;
    }
    return x->value;
}

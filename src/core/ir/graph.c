/* The node store: shapes, hash-consing, variables, programs. */
#include <assert.h>
#include <string.h>

#include "core/ir/dims.h"

/* ------------------------------------------------------------------ shapes */

static bool stretch(dim a, dim b, dim *out) {
    *out = a == dim_literal(1) ? b : a;
    return a == b || a == dim_literal(1) || b == dim_literal(1);
}

bool shape_broadcast(shape a, shape b, shape *out) {
    if (shape_is_scalar(a) || shape_is_scalar(b)) {
        *out = shape_is_scalar(a) ? b : a;
        return true;
    }
    return stretch(a.rows, b.rows, &out->rows) && stretch(a.cols, b.cols, &out->cols);
}

static shape reduced(shape s, uint8_t axis) {
    if (shape_is_scalar(s) || axis == AXIS_ALL) return shape_scalar();
    return axis == AXIS_0 ? shape_of(1, s.cols) : shape_of(s.rows, 1);
}

static bool elementwise_shape(uint8_t arity, const shape *args, shape *out) {
    *out = args[0];
    for (uint8_t i = 1; i < arity; i++)
        if (!shape_broadcast(*out, args[i], out)) return false;
    return true;
}

/* Are both matrices, and the inner dimensions the same? */
static bool meet(shape a, shape b) {
    return !shape_is_scalar(a) && !shape_is_scalar(b) && a.cols == b.rows;
}

static bool is_square(shape s) {
    return !shape_is_scalar(s) && s.rows == s.cols;
}

static bool diagonal_shape(shape s, shape *out) {
    bool column = s.cols == dim_literal(1);
    *out = shape_of(s.rows, column ? s.rows : dim_literal(1));
    return column || is_square(s);
}

static bool joined_shape(symbols *names, uint8_t axis, shape a, shape b, shape *out) {
    if (shape_is_scalar(a) || shape_is_scalar(b)) return false;
    *out = a;
    if (axis == AXIS_0) return a.cols == b.cols && dim_add(names, a.rows, b.rows, &out->rows);
    return a.rows == b.rows && dim_add(names, a.cols, b.cols, &out->cols);
}

/* Both dimensions by the same rule. */
static bool by_dims(symbols *names, bool rule(symbols *, dim, dim, dim *), shape a, shape b, shape *out) {
    return !shape_is_scalar(a) && !shape_is_scalar(b) && rule(names, a.rows, b.rows, &out->rows) &&
           rule(names, a.cols, b.cols, &out->cols) && out->rows && out->cols;
}

static bool parts_shape(const ir *g, uint8_t rule, uint8_t attr, const shape *args, shape *out) {
    if (rule == SHAPE_PIECE) return false; /* it is made in another way */
    if (rule == SHAPE_JOINED) return joined_shape(g->names, attr, args[0], args[1], out);
    return by_dims(g->names, rule == SHAPE_KRON ? dim_mul : dim_over, args[0], args[1], out);
}

bool ir_fits(const ir *g, op_id op, uint8_t attr, const shape *args, shape *out) {
    assert(op < OP_COUNT);
    const op_info *info = &op_table[op];
    *out = args[0];
    switch ((shape_rule)info->rule) {
    case SHAPE_LEAF: return false;
    case SHAPE_ELEMENTWISE: return elementwise_shape(info->arity, args, out);
    case SHAPE_SAME: return true;
    case SHAPE_TRANSPOSED:
        *out = shape_of(args[0].cols, args[0].rows);
        return true;
    case SHAPE_REDUCED:
        *out = reduced(args[0], attr);
        return true;
    case SHAPE_SQUARE: return is_square(args[0]);
    case SHAPE_OF_SQUARE:
        *out = shape_scalar();
        return is_square(args[0]);
    case SHAPE_SOLVED:
        *out = args[1];
        return is_square(args[0]) && meet(args[0], args[1]);
    case SHAPE_DIAGONAL: return diagonal_shape(args[0], out);
    case SHAPE_PRODUCT:
        *out = shape_of(args[0].rows, args[1].cols);
        return meet(args[0], args[1]);
    default: return parts_shape(g, info->rule, attr, args, out);
    }
}

/* ------------------------------------------------------------------- store */

static uint32_t node_hash(const node *n) {
    uint32_t h = hash_bytes(HASH_START, &n->op, 1);
    h = hash_bytes(h, &n->attr, 1);
    h = hash_bytes(h, &n->ref, sizeof n->ref);
    h = hash_bytes(h, &n->sh, sizeof n->sh);
    return hash_bytes(h, n->arg, sizeof n->arg);
}

static bool node_equal(const node *a, const node *b) {
    return a->op == b->op && a->attr == b->attr && a->ref == b->ref && shape_equal(a->sh, b->sh) &&
           memcmp(a->arg, b->arg, sizeof a->arg) == 0;
}

static uint32_t find_slot(const ir *g, const node *n) {
    assert(g->nodes.n < g->n_slots);
    uint32_t i = node_hash(n) & (g->n_slots - 1);
    while (g->slots[i] && !node_equal(&g->nodes.at[g->slots[i]], n)) i = (i + 1) & (g->n_slots - 1);
    return i;
}

static bool grow_slots(ir *g) {
    uint32_t n = g->n_slots ? g->n_slots * 2 : 256;
    node_id *slots = arena_new(g->a, n * sizeof *slots);
    if (!slots) return false;
    g->slots = slots;
    g->n_slots = n;
    for (node_id i = 1; i < g->nodes.n; i++) slots[find_slot(g, &g->nodes.at[i])] = i;
    return true;
}

static node_id add_node(ir *g, node n) {
    assert(op_table[n.op].arity == 0 || (n.arg[0] && n.arg[0] < g->nodes.n));
    if (g->a->failed) return 0;
    if (g->nodes.n * 2 >= g->n_slots && !grow_slots(g)) return 0;
    uint32_t slot = find_slot(g, &n);
    if (g->slots[slot]) return g->slots[slot];
    node_id id = g->nodes.n;
    vec_push(g->a, &g->nodes, n);
    if (g->a->failed) return 0;
    g->slots[slot] = id;
    return id;
}

/* Most models use a few of the operations: a text is parsed when it is first asked for. */
static const ast *parsed(ir *g, const ast **slot, const char *text) {
    if (!*slot && text && text[0]) *slot = syntax_read(g->a, g->names, g->d, text, false);
    return *slot;
}

const ast *ir_grad(ir *g, op_id op, int operand) {
    assert(op < OP_COUNT && operand >= 0 && operand < 3);
    return parsed(g, &g->parsed[op].grad[operand], op_table[op].grad[operand]);
}

const ast *ir_change(ir *g, op_id op, int operand) {
    assert(op < OP_COUNT && operand >= 0 && operand < 2);
    return parsed(g, &g->parsed[op].change[operand], op_table[op].change[operand]);
}

const ast *ir_definition(ir *g, op_id op) {
    assert(op < OP_COUNT);
    return parsed(g, &g->parsed[op].definition, op_table[op].definition);
}

const ast *ir_kink(ir *g, op_id op) {
    assert(op < OP_COUNT);
    return parsed(g, &g->parsed[op].kink, op_table[op].kink);
}

dfoo_status ir_init(ir *g, arena *a, symbols *names, diags *d) {
    *g = (ir){.a = a, .names = names, .d = d};
    vec_push(a, &g->nodes, (node){0});
    vec_push(a, &g->vars, (variable){0});
    vec_push(a, &g->numbers, 0.0);
    return arena_status(a);
}

/* ---------------------------------------------------------------- builders */

node_id ir_number(ir *g, double value) {
    if (value < 0) return ir_op1(g, OP_NEG, ir_number(g, -value));
    uint32_t i = 0;
    while (i < g->numbers.n && g->numbers.at[i] != value) i++;
    if (i == g->numbers.n) vec_push(g->a, &g->numbers, value);
    return add_node(g, (node){.op = OP_NUMBER, .ref = i});
}

static node_id term_node(ir *g, const dim_term *t) {
    int64_t times = t->times < 0 ? -t->times : t->times;
    node_id out = times != 1 || !t->n ? ir_number(g, (double)times) : 0;
    for (uint32_t i = 0; i < t->n; i++) {
        node_id one = ir_size(g, dim_named(t->of[i]));
        out = out ? ir_op2(g, OP_MUL, out, one) : one;
    }
    return out;
}

/* 4*n + 1, as a sum of products of sizes. */
static node_id sum_node(ir *g, dim_sum s) {
    node_id out = 0;
    for (int minus = 0; minus < 2; minus++)
        for (uint32_t i = 0; i < s.n; i++) {
            if ((s.at[i].times < 0) != minus) continue;
            node_id one = term_node(g, &s.at[i]);
            out = out ? ir_op2(g, minus ? OP_SUB : OP_ADD, out, one) : one;
        }
    return out;
}

node_id ir_size(ir *g, dim d) {
    if (!dim_is_named(d)) return ir_number(g, d);
    if (dim_is_sum(g->names, d)) return sum_node(g, dim_read(g->names, d));
    return add_node(g, (node){.op = OP_SIZE, .ref = d});
}

node_id ir_ones(ir *g, shape sh) {
    if (shape_is_scalar(sh)) return ir_number(g, 1);
    return add_node(g, (node){.op = OP_ONES, .sh = sh});
}

node_id ir_eye(ir *g, dim n) {
    return ir_op1(g, OP_DIAG, ir_ones(g, shape_of(n, dim_literal(1))));
}

bool ir_is_eye(const ir *g, const node *x) {
    return x->op == OP_DIAG && ir_node(g, x->arg[0])->op == OP_ONES && x->sh.rows == x->sh.cols;
}

node_id ir_op(ir *g, op_id op, uint8_t attr, node_id a, node_id b, node_id c) {
    const op_info *info = &op_table[op];
    node           n = {.op = (uint8_t)op, .attr = attr, .arg = {a, b, c}};
    shape          shapes[3] = {{0, 0}, {0, 0}, {0, 0}};
    assert(info->arity <= 3);
    for (int i = 0; i < info->arity; i++) {
        if (!n.arg[i]) return 0;
        shapes[i] = ir_shape(g, n.arg[i]);
    }
    if (!ir_fits(g, op, attr, shapes, &n.sh)) return 0;
    return add_node(g, n);
}

/* Are the `n` behind the first `start` among `all`, for all that the names tell? */
static bool is_inside(const ir *g, dim start, dim n, dim all) {
    dim_sum s = dim_sum_add(dim_read(g->names, start), dim_read(g->names, n));
    dim_sum over = dim_sum_sub(dim_read(g->names, all), s);
    return !over.failed && !dim_sum_below(&over, 0);
}

static node_id piece(ir *g, op_id op, node_id a, uint8_t axis, dim start, dim n) {
    if (!a || shape_is_scalar(ir_shape(g, a))) return 0;
    shape sh = ir_shape(g, a);
    dim   of = shape_along(sh, axis);
    if (of == n) return start ? 0 : a;
    if (!n || !is_inside(g, start, op == OP_SLICE ? n : of, op == OP_SLICE ? of : n)) return 0;
    if (axis == AXIS_0) sh.rows = n;
    else sh.cols = n;
    return add_node(g, (node){.op = (uint8_t)op, .attr = axis, .ref = start, .sh = sh, .arg = {a}});
}

node_id ir_slice(ir *g, node_id a, uint8_t axis, dim start, dim n) {
    return piece(g, OP_SLICE, a, axis, start, n);
}

node_id ir_pad(ir *g, node_id a, uint8_t axis, dim start, dim n) {
    return piece(g, OP_PAD, a, axis, start, n);
}

dim ir_piece_start(const ir *g, const node *x, int k) {
    if (x->op == OP_CONCAT) return k ? shape_along(ir_shape(g, x->arg[0]), x->attr) : 0;
    return op_table[x->op].rule == SHAPE_PIECE ? x->ref : 0;
}

dim ir_piece_rest(const ir *g, const node *x) {
    dim own = shape_along(x->sh, x->attr), of = shape_along(ir_shape(g, x->arg[0]), x->attr), rest = 0;
    dim all = x->op == OP_PAD ? own : of, n = x->op == OP_PAD ? of : own;
    if (dim_sub(g->names, all, n, &rest) && dim_sub(g->names, rest, x->ref, &rest)) return rest;
    return 0;
}

node_id ir_open(ir *g, sym function, uint8_t primes, node_id a) {
    assert(function);
    if (!a) return 0;
    return add_node(g,
                    (node){.op = OP_OPEN, .attr = primes, .ref = function, .sh = ir_shape(g, a), .arg = {a}});
}

dfoo_status ir_make_single(ir *g, dim d) {
    node_id one = ir_number(g, 1);
    if (!one) return DFOO_ENOMEM;
    for (node_id n = 1; n < g->nodes.n; n++) {
        node *x = &g->nodes.at[n];
        if (x->op == OP_SIZE && x->ref == d) *x = g->nodes.at[one];
        if (x->sh.rows == d) x->sh.rows = dim_literal(1);
        if (x->sh.cols == d) x->sh.cols = dim_literal(1);
    }
    for (var_id v = 1; v < g->vars.n; v++) g->vars.at[v].sh = ir_shape(g, g->vars.at[v].leaf);
    return grow_slots(g) ? DFOO_OK : DFOO_ENOMEM; /* what was different may be the same now */
}

uint8_t ir_class_axis(const ir *g, shape s) {
    if (g->examples && s.rows == g->examples) return AXIS_1;
    if (g->examples && s.cols == g->examples) return AXIS_0;
    return s.cols == dim_literal(1) || s.rows != dim_literal(1) ? AXIS_0 : AXIS_1;
}

node_id ir_rebuild(ir *g, node_id n, const node_id *args) {
    node copy = *ir_node(g, n);
    if (op_table[copy.op].arity == 0) return n;
    if (copy.op == OP_OPEN) return ir_open(g, copy.ref, copy.attr, args[0]);
    if (op_table[copy.op].rule == SHAPE_PIECE)
        return piece(g, (op_id)copy.op, args[0], copy.attr, copy.ref, shape_along(copy.sh, copy.attr));
    return ir_op(g, (op_id)copy.op, copy.attr, args[0], args[1], args[2]);
}

bool ir_is_number(const ir *g, node_id n, double *value) {
    const node *x = ir_node(g, n);
    double      sign = 1;
    if (x->op == OP_NEG) {
        sign = -1;
        x = ir_node(g, x->arg[0]);
    }
    if (x->op != OP_NUMBER) return false;
    *value = sign * g->numbers.at[x->ref];
    return true;
}

shape ir_shape(const ir *g, node_id n) {
    return ir_node(g, n)->sh;
}

node_id ir_sum_to(ir *g, node_id n, shape to) {
    if (!n) return 0;
    shape from = ir_shape(g, n);
    if (shape_equal(from, to)) return n;
    if (shape_is_scalar(to)) return ir_op(g, OP_SUM, AXIS_ALL, n, 0, 0);
    if (from.cols != to.cols) n = ir_op(g, OP_SUM, AXIS_1, n, 0, 0);
    if (from.rows != to.rows) n = ir_op(g, OP_SUM, AXIS_0, n, 0, 0);
    return n;
}

/* ------------------------------------------------------------------- forks */

static void *copied(arena *a, const void *from, uint32_t n, uint32_t room, size_t size) {
    void *to = arena_new(a, room * size);
    if (to && n) memcpy(to, from, n * size);
    return to;
}

#define COPY(X)                                                                               \
    do {                                                                                      \
        out->X.cap = 2 * from->X.n;                                                           \
        out->X.at = copied(a, from->X.at, from->X.n, out->X.cap, sizeof *out->X.at);          \
    } while (0)

dfoo_status ir_fork(const ir *from, arena *a, ir *out) {
    *out = *from;
    out->a = a;
    COPY(nodes);
    COPY(numbers);
    COPY(vars);
    out->slots = copied(a, from->slots, from->n_slots, from->n_slots, sizeof *out->slots);
    out->by_name = copied(a, from->by_name, from->n_by_name, from->n_by_name, sizeof *out->by_name);
    return arena_status(a);
}

node_id ir_adopt(ir *g, const ir *from, arena *scratch, node_id root) {
    node_list all = {{0}};
    node_id  *now = arena_new(scratch, from->nodes.n * sizeof *now);
    if (!now || ir_reach(from, scratch, &root, 1, &all) != DFOO_OK) return 0;
    for (uint32_t i = 0; i < all.list.n; i++) {
        node x = *ir_node(from, all.list.at[i]);
        assert(x.op != OP_VAR || x.ref < g->vars.n);
        for (int k = 0; k < op_table[x.op].arity; k++) x.arg[k] = now[x.arg[k]];
        now[all.list.at[i]] = x.op == OP_NUMBER ? ir_number(g, from->numbers.at[x.ref]) : add_node(g, x);
        if (!now[all.list.at[i]]) return 0;
    }
    return now[root];
}

/* --------------------------------------------------------------- variables */

const char *ir_var_name(const ir *g, var_id v) {
    return symbols_name(g->names, g->vars.at[v].name);
}

static bool name_room(ir *g, sym name) {
    if (name < g->n_by_name) return true;
    uint32_t n = g->n_by_name ? g->n_by_name * 2 : 64;
    while (n <= name) n *= 2;
    var_id *by_name = arena_new(g->a, n * sizeof *by_name);
    if (!by_name) return false;
    if (g->n_by_name) memcpy(by_name, g->by_name, g->n_by_name * sizeof *by_name);
    g->by_name = by_name;
    g->n_by_name = n;
    return true;
}

var_id ir_add_var(ir *g, variable v) {
    assert(v.name);
    var_id id = g->vars.n;
    if (!name_room(g, v.name)) return 0;
    v.leaf = add_node(g, (node){.op = OP_VAR, .ref = id, .sh = v.sh});
    vec_push(g->a, &g->vars, v);
    if (!v.leaf || g->a->failed) return 0;
    g->by_name[v.name] = id;
    return id;
}

var_id ir_find_var(const ir *g, sym name) {
    return name && name < g->n_by_name ? g->by_name[name] : 0;
}

dfoo_status ir_rename(ir *g, var_id v, sym name) {
    assert(name && !ir_find_var(g, name));
    if (!name_room(g, name)) return DFOO_ENOMEM;
    g->by_name[g->vars.at[v].name] = 0;
    g->by_name[name] = v;
    g->vars.at[v].name = name;
    return DFOO_OK;
}

double ir_keep(const ir *g, var_id mask) {
    assert(ir_var(g, mask)->kind == VAR_MASK);
    const variable *v = ir_var(g, mask);
    return v->of ? ir_var(g, v->of)->value : v->value;
}

var_id ir_gradient_var(ir *g, var_id v) {
    assert(v && ir_var(g, v)->kind != VAR_CONST);
    if (g->vars.at[v].gradient) return g->vars.at[v].gradient;
    const char *name = arena_format(g->a, "d%s", ir_var_name(g, v));
    if (!name) return 0;
    variable d = {.name = symbols_add(g->names, name, strlen(name)),
                  .kind = VAR_GRADIENT,
                  .of = v,
                  .sh = g->vars.at[v].sh};
    var_id   id = ir_add_var(g, d);
    g->vars.at[v].gradient = id;
    return id;
}

dfoo_status program_add(ir *g, program *p, var_id var, node_id n, span at) {
    assert(var && var < g->vars.n && n < g->nodes.n);
    vec_push(g->a, &p->list, (stmt){.var = var, .node = n, .at = at});
    return arena_status(g->a);
}

const stmt *program_find(const program *p, var_id v) {
    for (uint32_t i = 0; i < p->list.n; i++)
        if (p->list.at[i].var == v) return &p->list.at[i];
    return NULL;
}

node_id program_end(const program *p) {
    node_id end = 1;
    for (uint32_t i = 0; i < p->list.n; i++)
        if (p->list.at[i].node >= end) end = p->list.at[i].node + 1;
    return end;
}

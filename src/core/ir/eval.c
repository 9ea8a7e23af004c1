/* The slow evaluator. */
#include "core/ir/eval.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "core/base/rng.h"
#include "core/ir/linear.h"

dfoo_status sizes_init(sizes *s, arena *a, const symbols *names) {
    s->n = names->names.n;
    s->names = names;
    s->of = arena_new(a, s->n * sizeof *s->of);
    return s->of ? DFOO_OK : DFOO_ENOMEM;
}

static size_t value_of(const sizes *s, sym name) {
    return name < s->n ? s->of[name] : 0;
}

bool sizes_value(const sizes *s, const dim_sum *sum, int64_t *out) {
    *out = 0;
    for (uint32_t i = 0; i < sum->n; i++) {
        int64_t product = sum->at[i].times;
        for (uint32_t k = 0; k < sum->at[i].n; k++) product *= (int64_t)value_of(s, sum->at[i].of[k]);
        if (!product) return false;
        *out += product;
    }
    return !sum->failed;
}

static size_t value_of_sum(const sizes *s, dim d) {
    dim_sum sum = dim_read(s->names, d);
    int64_t value;
    return sizes_value(s, &sum, &value) && value > 0 ? (size_t)value : 0;
}

size_t sizes_get(const sizes *s, dim d) {
    if (!dim_is_named(d)) return d ? d : 1;
    if (value_of(s, dim_name(d))) return value_of(s, dim_name(d));
    return dim_is_sum(s->names, d) ? value_of_sum(s, d) : 0;
}

size_t sizes_offset(const sizes *s, dim d) {
    return d ? sizes_get(s, d) : 0;
}

size_t sizes_get_with(const sizes *s, dim d, sym name, size_t value) {
    if (!dim_is_named(d) || !dim_has(s->names, d, name)) return sizes_get(s, d);
    size_t before = s->of[name];
    s->of[name] = value;
    size_t out = sizes_get(s, d);
    s->of[name] = before;
    return out;
}

/* 4*n is 16: n is 4. The one term whose size is not known, if it is one name alone. */
static bool solve_sum(sizes *s, dim d, size_t value) {
    dim_sum         sum = dim_read(s->names, d), rest = {.n = 0};
    const dim_term *open = NULL;
    int64_t         known;
    for (uint32_t i = 0; i < sum.n; i++) {
        dim_sum one = {.n = 1, .at = {sum.at[i]}};
        if (sizes_value(s, &one, &known)) rest.at[rest.n++] = sum.at[i];
        else if (open || sum.at[i].n != 1) return false;
        else open = &sum.at[i];
    }
    if (!open || !sizes_value(s, &rest, &known)) return false;
    int64_t left = (int64_t)value - known;
    if (left % open->times || left / open->times < 1) return false;
    return sizes_set(s, open->of[0], (size_t)(left / open->times));
}

bool sizes_set(sizes *s, sym name, size_t value) {
    size_t known = sizes_get(s, dim_named(name));
    if (known) return known == value;
    if (dim_is_sum(s->names, dim_named(name))) return solve_sum(s, dim_named(name), value);
    if (name >= s->n) return false;
    s->of[name] = value;
    return true;
}

/* ------------------------------------------------------ one entry at a time */

#define REAL double
#define F(function) function

static double sigmoid(double x) {
    return 1 / (1 + exp(-x));
}

static double softplus(double x) {
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}

double eval_scalar(op_id op, double a, double b, double c) {
    switch (op) {
#define OP1(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#define OP2(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#define OP3(ID, NAME, VALUE, ...) \
    case OP_##ID: return VALUE;
#include "core/ops.def"
    default: return NAN;
    }
}

/* Without symmetries, different for each name: sin(p z + q) + z / 2. */
double eval_open(sym function, unsigned k, double z) {
    double p = 0.6 + 0.1 * (function % 7), q = 0.3 + 0.2 * (function % 5);
    double wave = pow(p, k) * sin(p * z + q + k * 1.5707963267948966);
    return wave + (k == 0 ? z / 2 : k == 1 ? 0.5 : 0);
}

static double entry(matrix m, size_t i, size_t j) {
    assert((m.rows == 1 || i < m.rows) && (m.cols == 1 || j < m.cols));
    return m.at[(m.rows == 1 ? 0 : i) * m.cols + (m.cols == 1 ? 0 : j)];
}

static void run_elementwise(const node *x, const matrix *arg, matrix out) {
    int arity = op_table[x->op].arity;
    for (size_t i = 0; i < out.rows; i++) {
        for (size_t j = 0; j < out.cols; j++) {
            double a = entry(arg[0], i, j);
            double b = arity > 1 ? entry(arg[1], i, j) : 0, c = arity > 2 ? entry(arg[2], i, j) : 0;
            out.at[i * out.cols + j] = eval_scalar((op_id)x->op, a, b, c);
        }
    }
}

/* A term of a sum, wrong where values are to be wrong: what a sum loses is relative to its terms. */
static double term(evaluation *e, double x) {
    return e->noise != 0 ? x * eval_noise(e->noise, e->noisy++) : x;
}

static void run_matmul(evaluation *e, matrix a, matrix b, matrix out) {
    assert(a.cols == b.rows && out.rows == a.rows && out.cols == b.cols);
    for (size_t i = 0; i < out.rows; i++) {
        for (size_t j = 0; j < out.cols; j++) {
            double sum = 0;
            for (size_t k = 0; k < a.cols; k++) sum += term(e, a.at[i * a.cols + k] * b.at[k * b.cols + j]);
            out.at[i * out.cols + j] = sum;
        }
    }
}

static void run_transpose(matrix a, matrix out) {
    assert(out.rows == a.cols && out.cols == a.rows);
    for (size_t i = 0; i < out.rows; i++)
        for (size_t j = 0; j < out.cols; j++) out.at[i * out.cols + j] = a.at[j * a.cols + i];
}

static void fill(matrix out, double value) {
    for (size_t i = 0; i < out.rows * out.cols; i++) out.at[i] = value;
}

static void run_reduce(evaluation *e, const node *x, matrix a, matrix out) {
    size_t n_out = out.rows * out.cols;
    bool   adds = x->op != OP_MAX && a.rows * a.cols > n_out;
    fill(out, x->op == OP_MAX ? -INFINITY : 0);
    for (size_t i = 0; i < a.rows; i++) {
        for (size_t j = 0; j < a.cols; j++) {
            double *to = &out.at[(out.rows == 1 ? 0 : i) * out.cols + (out.cols == 1 ? 0 : j)];
            double  v = adds ? term(e, a.at[i * a.cols + j]) : a.at[i * a.cols + j];
            *to = x->op == OP_MAX ? (v > *to || isnan(v) ? v : *to) : *to + v;
        }
    }
    if (x->op != OP_MEAN) return;
    assert(n_out);
    const size_t each = a.rows * a.cols / n_out;
    for (size_t i = 0; i < n_out; i++) out.at[i] /= (double)each;
}

/* Along one line of `n` entries, `step` apart; the largest is taken out first. */
static void softmax_line(bool is_log, const double *a, double *out, size_t n, size_t step) {
    double most = -INFINITY, sum = 0;
    for (size_t i = 0; i < n; i++) most = fmax(most, a[i * step]);
    for (size_t i = 0; i < n; i++) sum += exp(a[i * step] - most);
    for (size_t i = 0; i < n; i++) {
        double z = a[i * step] - most;
        out[i * step] = is_log ? z - log(sum) : exp(z) / sum;
    }
}

static void run_softmax(const node *x, matrix a, matrix out) {
    assert(out.rows == a.rows && out.cols == a.cols);
    bool is_log = x->op == OP_LOG_SOFTMAX;
    if (x->attr == AXIS_0)
        for (size_t j = 0; j < a.cols; j++) softmax_line(is_log, a.at + j, out.at + j, a.rows, a.cols);
    else
        for (size_t i = 0; i < a.rows; i++)
            softmax_line(is_log, a.at + i * a.cols, out.at + i * a.cols, a.cols, 1);
}

static void run_open(const node *x, matrix a, matrix out) {
    assert(out.rows == a.rows && out.cols == a.cols);
    for (size_t i = 0; i < out.rows * out.cols; i++) out.at[i] = eval_open(x->ref, x->attr, a.at[i]);
}


static void run_norm(matrix a, matrix out) {
    fill(out, 0);
    for (size_t i = 0; i < a.rows; i++)
        for (size_t j = 0; j < a.cols; j++) {
            double *to = &out.at[(out.rows == 1 ? 0 : i) * out.cols + (out.cols == 1 ? 0 : j)];
            *to = hypot(*to, a.at[i * a.cols + j]);
        }
}

/* A column on a diagonal, or the diagonal of a matrix. */
static void run_diag(matrix a, matrix out) {
    fill(out, 0);
    for (size_t i = 0; i < a.rows; i++)
        out.at[i * out.cols + (out.cols == 1 ? 0 : i)] = a.at[i * a.cols + (a.cols == 1 ? 0 : i)];
}

static double trace_of(evaluation *e, matrix a) {
    double sum = 0;
    for (size_t i = 0; i < a.rows; i++) sum += term(e, a.at[i * a.cols + i]);
    return sum;
}

/* Behind the value of such a node is room for what the elimination needs. */
static void run_linear(const node *x, const matrix *arg, matrix out) {
    assert(out.at && arg[0].at && (x->op != OP_SOLVE || arg[1].at));
    double *scratch = out.at + out.rows * out.cols;
    size_t  n = arg[0].rows;
    switch ((op_id)x->op) {
    case OP_DET: fill(out, linear_det(n, arg[0].at, scratch)); return;
    case OP_LOGDET: fill(out, linear_logdet(n, arg[0].at, scratch)); return;
    case OP_SOLVE: memcpy(out.at, arg[1].at, out.rows * out.cols * sizeof(double)); break;
    default: /* the inverse */
        fill(out, 0);
        for (size_t i = 0; i < n; i++) out.at[i * n + i] = 1;
    }
    linear_solve(n, out.cols, arg[0].at, out.at, scratch);
}

static bool is_linear(const node *x) {
    return x->op == OP_INV || x->op == OP_SOLVE || x->op == OP_DET || x->op == OP_LOGDET;
}

/* From the first entry of each line on, or from the last one back. */
static void run_cumsum(evaluation *e, const node *x, matrix a, matrix out) {
    bool   down = x->attr == AXIS_0, back = x->op == OP_CUMSUM_BACK;
    size_t lines = down ? a.cols : a.rows, n = down ? a.rows : a.cols;
    for (size_t i = 0; i < lines; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) {
            size_t at = back ? n - 1 - k : k, to = down ? at * a.cols + i : i * a.cols + at;
            out.at[to] = sum += term(e, a.at[to]);
        }
    }
}

/* Rows or columns of a, or a among zeros: the piece begins behind `skip` rows or columns. */
static void run_piece(const evaluation *e, const node *x, matrix a, matrix out) {
    bool   down = x->attr == AXIS_0, pad = x->op == OP_PAD;
    size_t skip = sizes_offset(e->s, x->ref);
    matrix of = pad ? a : out;
    fill(out, 0);
    for (size_t i = 0; i < of.rows; i++)
        for (size_t j = 0; j < of.cols; j++) {
            size_t row = i + (down ? skip : 0), col = j + (down ? 0 : skip);
            if (pad && row < out.rows && col < out.cols) out.at[row * out.cols + col] = entry(a, i, j);
            if (pad) continue;
            out.at[i * out.cols + j] = row < a.rows && col < a.cols ? a.at[row * a.cols + col] : NAN;
        }
}

static void run_concat(const node *x, matrix a, matrix b, matrix out) {
    assert(a.at && b.at && out.at);
    for (size_t i = 0; i < out.rows; i++)
        for (size_t j = 0; j < out.cols; j++) {
            bool   first = x->attr == AXIS_0 ? i < a.rows : j < a.cols;
            size_t row = first || x->attr == AXIS_1 ? i : i - a.rows;
            size_t col = first || x->attr == AXIS_0 ? j : j - a.cols;
            out.at[i * out.cols + j] = first ? a.at[row * a.cols + col] : b.at[row * b.cols + col];
        }
}

/* Blocks: entry [i,j] of the blocks' matrix with entry [k,l] of one block. */
static void run_blocks(const node *x, matrix a, matrix b, matrix out) {
    matrix all = x->op == OP_KRON ? out : a;
    matrix outer = x->op == OP_KRON ? a : x->op == OP_BLOCK_DOTS ? out : b;
    matrix inner = x->op == OP_BLOCK_SUM ? out : b;
    assert(a.at && b.at && out.at && inner.rows && inner.cols);
    fill(out, 0);
    for (size_t row = 0; row < all.rows; row++)
        for (size_t col = 0; col < all.cols; col++) {
            size_t in_outer = row / inner.rows * outer.cols + col / inner.cols;
            size_t in_inner = row % inner.rows * inner.cols + col % inner.cols, here = row * all.cols + col;
            if (x->op == OP_KRON) out.at[here] = a.at[in_outer] * b.at[in_inner];
            else if (x->op == OP_BLOCK_DOTS) out.at[in_outer] += a.at[here] * b.at[in_inner];
            else out.at[in_inner] += a.at[here] * b.at[in_outer];
        }
}

/* Operations on whole matrices. */
static void run_matrix(evaluation *e, const node *x, const matrix *arg, matrix out) {
    switch ((op_id)x->op) {
    case OP_MATMUL: run_matmul(e, arg[0], arg[1], out); break;
    case OP_TRANSPOSE: run_transpose(arg[0], out); break;
    case OP_SUM: case OP_MEAN: case OP_MAX: run_reduce(e, x, arg[0], out); break;
    case OP_SOFTMAX: case OP_LOG_SOFTMAX: run_softmax(x, arg[0], out); break;
    case OP_NORM: run_norm(arg[0], out); break;
    case OP_TRACE: fill(out, trace_of(e, arg[0])); break;
    case OP_DIAG: run_diag(arg[0], out); break;
    case OP_CUMSUM: case OP_CUMSUM_BACK: run_cumsum(e, x, arg[0], out); break;
    default: run_linear(x, arg, out);
    }
}

/* Rows, columns and blocks of matrices. */
static void run_parts(const evaluation *e, const node *x, const matrix *arg, matrix out) {
    if (op_table[x->op].rule == SHAPE_PIECE) run_piece(e, x, arg[0], out);
    else if (x->op == OP_CONCAT) run_concat(x, arg[0], arg[1], out);
    else run_blocks(x, arg[0], arg[1], out);
}

static void compute(evaluation *e, node_id n) {
    const node *x = ir_node(e->g, n);
    matrix      out = e->value[n], arg[3] = {{0}, {0}, {0}};
    assert(out.at);
    for (int i = 0; i < op_table[x->op].arity; i++) {
        arg[i] = e->value[x->arg[i]];
        assert(x->arg[i] < n && arg[i].at);
    }
    if (op_elementwise((op_id)x->op)) {
        run_elementwise(x, arg, out);
        return;
    }
    if (op_table[x->op].rule >= SHAPE_PIECE) {
        run_parts(e, x, arg, out);
        return;
    }
    switch ((op_id)x->op) {
    case OP_NUMBER: fill(out, e->g->numbers.at[x->ref]); break;
    case OP_SIZE: fill(out, (double)sizes_get(e->s, x->ref)); break;
    case OP_ONES: fill(out, 1); break;
    case OP_OPEN: run_open(x, arg[0], out); break;
    case OP_VAR: /* its value was given or copied */
        if (ir_var(e->g, x->ref)->kind == VAR_CONST) fill(out, ir_var(e->g, x->ref)->value);
        break;
    default: run_matrix(e, x, arg, out);
    }
}

/* Does an operation that is not elementwise only hand on the numbers that it was given? */
static bool hands_on(op_id op) {
    return op == OP_VAR || op == OP_NUMBER || op == OP_SIZE || op == OP_ONES || op == OP_TRANSPOSE ||
           op == OP_MAX || op == OP_DIAG;
}

static bool is_one(double x) {
    return fabs(x) == 1;
}

static bool is_whole(double x) {
    return x == floor(x) && fabs(x) < 1e9;
}

/* Is nothing lost, since a term is 0, or a factor 1, or both are whole numbers, as exponents are? */
static bool is_plain(op_id op, double a, double b) {
    bool whole = is_whole(a) && is_whole(b);
    if (op == OP_ADD || op == OP_SUB) return whole || a == 0 || b == 0;
    if (op == OP_MUL) return whole || is_one(a) || is_one(b);
    return op == OP_DIV && (is_one(b) || fabs(a) == fabs(b));
}

/* Was nothing rounded? What has a kink, or is constant somewhere, may hand on an operand, and so does a
 * sum of one. */
static bool is_exact(op_id op, double y, const double *x) {
    bool from = fabs(y) == fabs(x[0]) || fabs(y) == fabs(x[1]) || fabs(y) == fabs(x[2]);
    bool chooses = op_table[op].flags & OP_FLAG_FLAT || op_table[op].kink[0];
    if (chooses && (is_one(y) || from)) return true;
    if ((op == OP_SUM || op == OP_MEAN) && from) return true;
    return op == OP_NEG || is_plain(op, x[0], x[1]) || (op_table[op].arity == 1 && x[0] == 0);
}

static void add_noise(evaluation *e, node_id n) {
    const node *x = ir_node(e->g, n);
    matrix      out = e->value[n];
    bool        same = op_table[x->op].arity && shape_equal(x->sh, ir_shape(e->g, x->arg[0]));
    int         arity = op_elementwise((op_id)x->op) ? op_table[x->op].arity : same;
    for (size_t i = 0; i < out.rows; i++)
        for (size_t j = 0; j < out.cols; j++) {
            double *to = &out.at[i * out.cols + j], from[3] = {NAN, NAN, NAN};
            for (int k = 0; k < arity; k++) from[k] = entry(e->value[x->arg[k]], i, j);
            if (!is_exact((op_id)x->op, *to, from)) *to *= eval_noise(e->noise, e->noisy++);
        }
}

static void run_node(evaluation *e, node_id n) {
    compute(e, n);
    if (e->noise != 0 && !hands_on((op_id)ir_node(e->g, n)->op)) add_noise(e, n);
}

/* ------------------------------------------------------------------- plan */

dfoo_status eval_init(evaluation *e, const ir *g, arena *a, const sizes *s) {
    *e = (evaluation){.g = g, .a = a, .s = s, .n_nodes = g->nodes.n};
    e->value = arena_new(a, e->n_nodes * sizeof *e->value);
    return e->value ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status eval_grow(evaluation *e) {
    if (e->n_nodes >= e->g->nodes.n) return DFOO_OK;
    uint32_t n = e->g->nodes.n + e->g->nodes.n / 2;
    matrix  *value = arena_new(e->a, n * sizeof *value);
    if (!value) return DFOO_ENOMEM;
    memcpy(value, e->value, e->n_nodes * sizeof *value);
    e->value = value;
    e->n_nodes = n;
    return DFOO_OK;
}

enum { POOLED = sizeof((eval_pool *)0)->value / sizeof(matrix *) };

dfoo_status eval_take(eval_pool *pool, evaluation *e, const ir *g, arena *a, const sizes *s) {
    if (!pool) return eval_init(e, g, a, s);
    if (pool->n_nodes < g->nodes.n) { /* those that are out are not taken back */
        memset(pool->value, 0, sizeof pool->value);
        pool->n_nodes = g->nodes.n + g->nodes.n / 2;
    }
    *e = (evaluation){.g = g, .a = a, .s = s, .n_nodes = pool->n_nodes};
    for (int i = 0; i < POOLED && !e->value; i++) {
        e->value = pool->value[i];
        pool->value[i] = NULL;
    }
    if (!e->value) e->value = arena_new(pool->a, pool->n_nodes * sizeof *e->value);
    return e->value ? DFOO_OK : DFOO_ENOMEM;
}

void eval_return(eval_pool *pool, evaluation *e) {
    if (!pool || !e->value || e->n_nodes != pool->n_nodes) return;
    for (uint32_t i = 0; i < e->rooms.n; i++) e->value[e->rooms.at[i]] = (matrix){0};
    for (int i = 0; i < POOLED && e->value; i++) {
        if (pool->value[i]) continue;
        pool->value[i] = e->value;
        e->value = NULL;
    }
}

static bool make_room(evaluation *e, node_id n) {
    assert(n < e->n_nodes && !e->value[n].at);
    shape   sh = ir_shape(e->g, n);
    matrix *m = &e->value[n];
    m->rows = sizes_get(e->s, sh.rows);
    m->cols = sizes_get(e->s, sh.cols);
    size_t      more = 0;
    const node *x = ir_node(e->g, n);
    if (is_linear(x)) more = linear_scratch(sizes_get(e->s, ir_shape(e->g, x->arg[0]).rows));
    m->at = arena_new(e->a, (m->rows * m->cols + more) * sizeof(double));
    vec_push(e->a, &e->rooms, n);
    return m->at != NULL;
}

dfoo_status eval_add_node(evaluation *e, node_id n) {
    assert(n && n < e->n_nodes);
    node_list need = {{0}};
    DFOO_TRY(ir_reach(e->g, e->a, &n, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) {
        node_id k = need.list.at[i];
        if (e->value[k].at) continue;
        if (!make_room(e, k)) return DFOO_ENOMEM;
        vec_push(e->a, &e->order, (stmt){.node = k});
    }
    return arena_status(e->a);
}

dfoo_status eval_add_program(evaluation *e, const program *p) {
    for (uint32_t i = 0; i < p->list.n; i++) {
        DFOO_TRY(eval_add_node(e, p->list.at[i].node));
        vec_push(e->a, &e->order, p->list.at[i]);
        if (!eval_var(e, p->list.at[i].var).at) return DFOO_ENOMEM;
    }
    return arena_status(e->a);
}

matrix eval_var(evaluation *e, var_id v) {
    node_id leaf = ir_var(e->g, v)->leaf;
    assert(leaf < e->n_nodes);
    if (!e->value[leaf].at) make_room(e, leaf);
    return e->value[leaf];
}

void eval_run_from(evaluation *e, uint32_t first) {
    for (uint32_t i = first; i < e->order.n; i++) {
        stmt s = e->order.at[i];
        if (s.var == 0) {
            run_node(e, s.node);
            continue;
        }
        matrix from = e->value[s.node], to = eval_var(e, s.var);
        assert(from.at && to.rows == from.rows && to.cols == from.cols);
        memmove(to.at, from.at, from.rows * from.cols * sizeof(double));
    }
}

void eval_run(evaluation *e) {
    eval_run_from(e, 0);
}

double matrix_difference(matrix x, matrix y) {
    if (x.rows != y.rows || x.cols != y.cols) return INFINITY;
    double most = 0, scale = 0;
    for (size_t i = 0; i < x.rows * x.cols; i++) {
        if (isnan(x.at[i]) && isnan(y.at[i])) continue;
        if (x.at[i] == y.at[i]) {
            if (isfinite(x.at[i])) scale = fmax(scale, fabs(x.at[i]));
            continue;
        }
        if (!isfinite(x.at[i]) || !isfinite(y.at[i])) return INFINITY;
        most = fmax(most, fabs(x.at[i] - y.at[i]));
        scale = fmax(scale, fmax(fabs(x.at[i]), fabs(y.at[i])));
    }
    return most == 0 ? 0 : most / scale;
}

void matrix_symmetrise(matrix m) {
    assert(m.rows == m.cols);
    for (size_t i = 0; i < m.rows; i++)
        for (size_t j = 0; j < i; j++)
            m.at[i * m.cols + j] = m.at[j * m.cols + i] = (m.at[i * m.cols + j] + m.at[j * m.cols + i]) / 2;
}

/* ------------------------------------------------------------ random values */

static void normalise(matrix m, bool columns) {
    size_t n = columns ? m.cols : m.rows, len = columns ? m.rows : m.cols;
    size_t step = columns ? m.cols : 1, next = columns ? 1 : m.cols;
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < len; k++) sum += m.at[i * next + k * step];
        for (size_t k = 0; k < len; k++) m.at[i * next + k * step] /= sum;
    }
}

static double random_entry(const ir *g, var_id v, rng *r) {
    if (ir_var(g, v)->kind == VAR_LABEL) return 0.05 + 0.9 * rng_uniform(r);
    if (ir_var(g, v)->kind == VAR_MASK) return rng_mask(r, ir_keep(g, v));
    return rng_normal(r);
}

dfoo_status eval_random(evaluation *e, uint64_t seed, uint32_t draw) {
    for (var_id v = 1; v < e->g->vars.n; v++) {
        const variable *x = ir_var(e->g, v);
        if ((x->kind > VAR_PARAM && x->kind != VAR_MASK) || x->leaf >= e->n_nodes) continue;
        matrix m = eval_var(e, v);
        if (!m.at) return DFOO_ENOMEM;
        rng r = rng_start(seed, RNG_CHECK, draw * 4096 + v);
        for (size_t i = 0; i < m.rows * m.cols; i++) m.at[i] = random_entry(e->g, v, &r);
        if (x->symmetric) matrix_symmetrise(m);
        if (x->onehot) normalise(m, ir_class_axis(e->g, x->sh) == AXIS_0);
    }
    return DFOO_OK;
}

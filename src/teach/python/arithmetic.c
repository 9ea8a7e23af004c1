/* Arrays entry by entry, reduced along an axis, and multiplied. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "teach/python/walk.h"

/* ----------------------------------------------------------- two operands */

static double modulo(double x, double y) {
    double rest = fmod(x, y);
    if (rest != 0 && (y < 0) != (rest < 0)) rest += y;
    return rest;
}

static double floor_divided(double x, double y) {
    if (y == 0) return x / y;
    double rest = modulo(x, y), q = (x - rest) / y;
    return floor(q + 0.5);
}

static double bits(int op, double x, double y) {
    int64_t a = (int64_t)x, b = (int64_t)y;
    return (double)(op == '&' ? a & b : op == '|' ? a | b : a ^ b);
}

static double compared(int op, double x, double y) {
    switch (op) {
    case PY_SIGN_SAME:
        return x == y;
    case PY_SIGN_OTHER:
        return x != y;
    case '<':
        return x < y;
    case '>':
        return x > y;
    case PY_SIGN_AT_MOST:
        return x <= y;
    default:
        return x >= y;
    }
}

static double larger(double x, double y) {
    return isnan(x) || isnan(y) ? (double)NAN : x > y ? x : y;
}

static bool compares(int op) {
    return op == PY_SIGN_SAME || op == PY_SIGN_OTHER || op == '<' || op == '>' || op == PY_SIGN_AT_MOST ||
           op == PY_SIGN_AT_LEAST;
}

/* The functions of two numbers that have no sign. */
static double by_letter(int op, double x, double y) {
    switch (op) {
    case 'M':
        return larger(x, y);
    case 'm':
        return -larger(-x, -y);
    case 'A':
        return atan2(x, y);
    case 'H':
        return hypot(x, y);
    case 'L':
        return fmax(x, y) + log1p(exp(-fabs(x - y)));
    case 'h':
        return x == 0 ? y : x > 0;
    default:
        return compares(op) ? compared(op, x, y) : bits(op, x, y);
    }
}

double py_binary_number(int op, double x, double y, bool whole) {
    switch (op) {
    case '+':
        return x + y;
    case '-':
        return x - y;
    case '*':
        return x * y;
    case '/':
        return x / y;
    case PY_SIGN_POWER:
        return pow(x, y);
    case PY_SIGN_FLOOR:
        return whole && y == 0 ? 0 : floor_divided(x, y);
    case '%':
        return whole && y == 0 ? 0 : modulo(x, y);
    default:
        return by_letter(op, x, y);
    }
}

/* numpy's name of an operation, for its messages. */
static const char *ufunc_name(int op) {
    switch (op) {
    case '+':
        return "add";
    case '-':
        return "subtract";
    case '*':
        return "multiply";
    case '/':
        return "divide";
    case PY_SIGN_POWER:
        return "power";
    case PY_SIGN_FLOOR:
        return "floor_divide";
    case '%':
        return "remainder";
    case '&':
        return "bitwise_and";
    case '|':
        return "bitwise_or";
    case '^':
        return "bitwise_xor";
    default:
        return "ufunc";
    }
}

static py_type result_type(int op, uint8_t x, uint8_t y) {
    uint8_t type = x > y ? x : y;
    if (compares(op)) return PY_OF_BOOL;
    if (op == '/' || op == 'A' || op == 'H' || op == 'L' || op == 'h') return PY_OF_FLOAT;
    if ((op == PY_SIGN_POWER || op == PY_SIGN_FLOOR || op == '%') && type == PY_OF_BOOL) return PY_OF_INT;
    return (py_type)type;
}

static bool suits(py_run *r, int op, const py_array *x, const py_array *y) {
    bool floats = x->type == PY_OF_FLOAT || y->type == PY_OF_FLOAT;
    if ((op == '&' || op == '|' || op == '^') && floats)
        py_raise(
            r, "TypeError",
            "ufunc '%s' not supported for the input types, and the inputs could not be safely coerced to any "
            "supported types according to the casting rule ''safe''",
            ufunc_name(op));
    if (op == '-' && x->type == PY_OF_BOOL && y->type == PY_OF_BOOL)
        py_raise(r, "TypeError",
                 "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` "
                 "operator, or "
                 "the logical_xor function instead.");
    if (op != PY_SIGN_POWER || floats) return !r->failed;
    py_walk w = py_walk_start(y);
    for (int64_t i = 0, n = py_array_size(x) ? py_array_size(y) : 0; i < n; i++, py_walk_next(&w))
        if (y->at[w.at] < 0)
            py_raise(r, "ValueError", "Integers to negative integer powers are not allowed.");
    return !r->failed;
}

static bool can_hold(py_run *r, int op, uint8_t type, const py_array *out) {
    static const char *const names[] = {"bool", "int64", "float64"};
    if (type > out->type)
        py_raise(r, "UFuncTypeError",
                 "Cannot cast ufunc '%s' output from dtype('%s') to dtype('%s') with casting rule "
                 "'same_kind'",
                 ufunc_name(op), names[type], names[out->type]);
    return !r->failed;
}

static py_array *written_to(py_run *r, py_array *out, const py_array *z) {
    if (z->rank != out->rank || memcmp(z->dim, out->dim, z->rank * sizeof *z->dim) != 0) {
        py_raise(r, "ValueError",
                 "non-broadcastable output operand with shape %s doesn't match the broadcast shape %s",
                 py_shape_text(r, out->rank, out->dim, false), py_shape_text(r, z->rank, z->dim, false));
        if (out->rank == 2 && z->rank == 2 && !r->stopped) {
            r->failure.entrywise = true;
            memcpy(r->failure.left, out->dim, sizeof r->failure.left);
            memcpy(r->failure.right, z->dim, sizeof r->failure.right);
        }
        return NULL;
    }
    return py_array_assign(r, out, z) ? out : NULL;
}

/* numpy lists the output's shape behind those of the operands. */
static const char *with_shape(py_run *r, const char *message, const py_array *out) {
    const char *text = arena_format(&r->a, "%s%s ", message, py_shape_text(r, out->rank, out->dim, false));
    return text ? text : "";
}

py_array *py_array_binary(py_run *r, int op, const py_array *x, const py_array *y, py_array *out) {
    const py_array *both[] = {x, y, out};
    py_array        shape, a, b;
    if (r->failed || !suits(r, op, x, y)) return NULL;
    if (out && !can_hold(r, op, (uint8_t)result_type(op, x->type, y->type), out)) return NULL;
    if (!py_array_broadcast(r, both, 2, &shape)) {
        if (out && !r->stopped) r->failure.message = with_shape(r, r->failure.message, out);
        return NULL;
    }
    py_type   type = result_type(op, x->type, y->type);
    py_array *z = py_array_like(r, type, &shape);
    if (!z) return NULL;
    bool fits =
        py_array_stretch(x, shape.rank, shape.dim, &a) && py_array_stretch(y, shape.rank, shape.dim, &b);
    assert(fits);
    if (!fits) return NULL;
    py_walk v = py_walk_start(&a), w = py_walk_start(&b);
    bool    whole = type == PY_OF_INT;
    for (int64_t i = 0, n = py_array_size(z); i < n; i++, py_walk_next(&v), py_walk_next(&w)) {
        double value = py_binary_number(op, a.at[v.at], b.at[w.at], whole);
        z->at[i] = type == PY_OF_BOOL ? value != 0 : value;
    }
    return out ? written_to(r, out, z) : z;
}

/* ---------------------------------------------------------------- reducing */

static double centred_squares(const double *at, int64_t n, ptrdiff_t step, double ddof) {
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < n; i++) mean += at[i * step];
    mean /= (double)n;
    for (int64_t i = 0; i < n; i++) sum += (at[i * step] - mean) * (at[i * step] - mean);
    return sum / ((double)n - ddof);
}

static double extreme(const double *at, int64_t n, ptrdiff_t step, bool largest, bool where) {
    int64_t best = 0;
    for (int64_t i = 1; i < n && !isnan(at[best * step]); i++) {
        double x = at[i * step], y = at[best * step];
        if (isnan(x) || (largest ? x > y : x < y)) best = i;
    }
    return where ? (double)best : at[best * step];
}

static double summed(int how, const double *at, int64_t n, ptrdiff_t step) {
    double sum = how == 'p' || how == '&';
    for (int64_t i = 0; i < n; i++) {
        double x = at[i * step];
        if (how == 'p')
            sum *= x;
        else if (how == '&')
            sum = sum != 0 && x != 0;
        else if (how == '|')
            sum = sum != 0 || x != 0;
        else
            sum += x;
    }
    return sum;
}

static double reduced(int how, const double *at, int64_t n, ptrdiff_t step, double ddof) {
    switch (how) {
    case 'm':
        return summed('s', at, n, step) / (double)n;
    case 'v':
        return centred_squares(at, n, step, ddof);
    case 'd':
        return sqrt(centred_squares(at, n, step, ddof));
    case '<':
    case '>':
        return extreme(at, n, step, how == '>', false);
    case 'a':
    case 'i':
        return extreme(at, n, step, how == 'a', true);
    default:
        return summed(how, at, n, step);
    }
}

static py_type reduced_type(int how, uint8_t type) {
    if (how == 'm' || how == 'v' || how == 'd') return PY_OF_FLOAT;
    if (how == '&' || how == '|') return PY_OF_BOOL;
    if (how == 'a' || how == 'i' || ((how == 's' || how == 'p') && type == PY_OF_BOOL)) return PY_OF_INT;
    return (py_type)type;
}

static bool may_be_empty(py_run *r, int how, int64_t n) {
    if (n || !strchr("<>ai", how)) return true;
    if (how == '<' || how == '>')
        py_raise(r, "ValueError", "zero-size array to reduction operation %s which has no identity",
                 how == '>' ? "maximum" : "minimum");
    else
        py_raise(r, "ValueError", "attempt to get %s of an empty sequence", how == 'a' ? "argmax" : "argmin");
    return false;
}

/* All entries, as a row. */
static const py_array *flat(py_run *r, const py_array *x) {
    int64_t n = py_array_size(x);
    return py_array_reshape(r, x, 1, &n);
}

static py_array *keep_dims(py_run *r, py_array *z, int rank) {
    int64_t ones[PY_RANK] = {1, 1, 1, 1};
    return z ? py_array_reshape(r, z, rank, ones) : NULL;
}

py_array *py_array_reduce(py_run *r, int how, const py_array *x, int64_t along, bool keep, double ddof) {
    int64_t dim[PY_RANK];
    int     axis, rank = 0;
    if (r->failed) return NULL;
    if (along == PY_ALL_AXES) {
        const py_array *row = flat(r, x);
        py_array       *z = row ? py_array_reduce(r, how, row, 0, false, ddof) : NULL;
        return keep ? keep_dims(r, z, x->rank) : z;
    }
    if (!py_array_axis(r, x, along, &axis) || !may_be_empty(r, how, x->dim[axis])) return NULL;
    py_array rest = *x;
    for (int k = 0; k < x->rank; k++) {
        if (k == axis) continue;
        rest.step[rank] = x->step[k];
        dim[rank++] = x->dim[k];
    }
    rest.rank = (uint8_t)rank;
    memcpy(rest.dim, dim, (size_t)rank * sizeof *dim);
    py_array *z = py_array_new(r, reduced_type(how, x->type), rank, dim);
    py_walk   w = py_walk_start(&rest);
    if (!z || !py_step(r, (uint64_t)py_array_size(x) / 16)) return NULL;
    for (int64_t i = 0, n = py_array_size(z); i < n; i++, py_walk_next(&w))
        z->at[i] = reduced(how, x->at + w.at, x->dim[axis], x->step[axis], ddof);
    return keep ? py_array_add_axis(r, z, axis) : z;
}

/* ---------------------------------------------------------------- products */

static py_array *wrong_product(py_run *r, const py_array *x, const py_array *y, bool at_sign) {
    int64_t p = x->dim[x->rank - 1], q = y->dim[y->rank == 1 ? 0 : y->rank - 2];
    int     axis = y->rank == 1 ? 0 : y->rank - 2;
    if (at_sign)
        py_raise(r, "ValueError",
                 "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature "
                 "(n?,k),(k,m?)->(n?,m?) (size %lld is different from %lld)",
                 (long long)q, (long long)p);
    else
        py_raise(r, "ValueError", "shapes %s and %s not aligned: %lld (dim %d) != %lld (dim %d)",
                 py_shape_text(r, x->rank, x->dim, false), py_shape_text(r, y->rank, y->dim, false),
                 (long long)p, x->rank - 1, (long long)q, axis);
    if (x->rank == 2 && y->rank == 2 && !r->stopped) {
        r->failure.product = true;
        memcpy(r->failure.left, x->dim, sizeof r->failure.left);
        memcpy(r->failure.right, y->dim, sizeof r->failure.right);
    }
    return NULL;
}

/* (n, k) times (k, m) into z, row by row. */
static void multiply(const py_array *x, const py_array *y, double *z) {
    for (int64_t i = 0; i < x->dim[0]; i++)
        for (int64_t j = 0; j < y->dim[1]; j++) {
            double sum = 0;
            for (int64_t k = 0; k < x->dim[1]; k++)
                sum += x->at[i * x->step[0] + k * x->step[1]] * y->at[k * y->step[0] + j * y->step[1]];
            z[i * y->dim[1] + j] = sum;
        }
}

static py_array *product(py_run *r, const py_array *x, const py_array *y, bool at_sign) {
    py_array a = *x, b = *y;
    if (x->rank > 2 || y->rank > 2) {
        py_stop(r, "products of arrays with more than 2 dimensions are not known here");
        return NULL;
    }
    if (a.rank == 1)
        a = (py_array){
            .type = x->type, .rank = 2, .dim = {1, x->dim[0]}, .step = {0, x->step[0]}, .at = x->at};
    if (b.rank == 1)
        b = (py_array){
            .type = y->type, .rank = 2, .dim = {y->dim[0], 1}, .step = {y->step[0], 0}, .at = y->at};
    if (a.dim[1] != b.dim[0]) return wrong_product(r, x, y, at_sign);
    int64_t dim[2] = {a.dim[0], b.dim[1]}, short_dim[2];
    if (!py_step(r, (uint64_t)(dim[0] * dim[1] / 4 + 1) * (uint64_t)(a.dim[1] / 4 + 1))) return NULL;
    py_array *z = py_array_new(r, x->type > y->type ? (py_type)x->type : (py_type)y->type, 2, dim);
    if (!z) return NULL;
    multiply(&a, &b, z->at);
    if (z->type == PY_OF_BOOL)
        for (int64_t i = 0; i < dim[0] * dim[1]; i++) z->at[i] = z->at[i] != 0;
    int rank = 0;
    if (x->rank == 2) short_dim[rank++] = dim[0];
    if (y->rank == 2) short_dim[rank++] = dim[1];
    return rank == 2 ? z : py_array_reshape(r, z, rank, short_dim);
}

py_array *py_array_dot(py_run *r, const py_array *x, const py_array *y, bool at_sign) {
    if (r->failed) return NULL;
    if (x->rank && y->rank) return product(r, x, y, at_sign);
    if (!at_sign) return py_array_binary(r, '*', x, y, NULL);
    py_raise(r, "ValueError",
             "matmul: Input operand %d does not have enough dimensions (has 0, gufunc core with signature "
             "(n?,k),(k,m?)->(n?,m?) requires 1)",
             x->rank ? 1 : 0);
    return NULL;
}

/* Rows and columns that are taken, Z[0:3, :], and put together, concat(A, B): where they begin, how many they
 * are. */
#include "core/ir/dims.h"
#include "core/lang/reader.h"
#include "core/notation/notation.h"

/* ------------------------------------------------------------------- sizes */

static dim_sum sum_failed(void) {
    return (dim_sum){.failed = true};
}

/* A node as a sum of sizes, from those of its operands. */
static dim_sum sum_of_node(const ir *g, const node *x, const dim_sum *a, const dim_sum *b) {
    double value;
    switch ((op_id)x->op) {
    case OP_SIZE: return dim_read(g->names, x->ref);
    case OP_NUMBER:
        value = g->numbers.at[x->ref];
        return value < 1e9 && value == (double)(int64_t)value ? dim_sum_number((int64_t)value) : sum_failed();
    case OP_NEG: return dim_sum_sub(dim_sum_number(0), *a);
    case OP_ADD: return dim_sum_add(*a, *b);
    case OP_SUB: return dim_sum_sub(*a, *b);
    case OP_MUL: return dim_sum_times(*a, *b);
    default: return sum_failed();
    }
}

static bool refuse_size(reader *r, const ast *x) {
    lang_refuse(r, x,
                "a size is expected here: whole numbers and the names of dimensions, as in 3, n or 2*n");
    return false;
}

/* An operand as a sum of sizes; false after an error. */
static bool sum_of(reader *r, const ast *x, dim_sum *out) {
    static const dim_sum none = {.failed = true};
    node_list need = {{0}};
    node_id   root = x->value;
    if (!root || ir_reach(r->g, r->a, &root, 1, &need) != DFOO_OK) return false;
    dim_sum *sums = arena_new(r->a, need.list.n * sizeof *sums);
    if (!sums) return false;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node    *n = ir_node(r->g, need.list.at[i]);
        const dim_sum *arg[2] = {&none, &none};
        for (int k = 0; k < op_table[n->op].arity && k < 2; k++)
            arg[k] = &sums[node_list_place(&need, n->arg[k])];
        sums[i] = sum_of_node(r->g, n, arg[0], arg[1]);
    }
    *out = sums[need.list.n - 1];
    return !out->failed || refuse_size(r, x);
}

bool lang_size_of(reader *r, const ast *x, dim *out) {
    dim_sum sum;
    if (!sum_of(r, x, &sum)) return false;
    if (dim_write(r->g->names, &sum, out) && *out) return true;
    if (!r->a->failed) lang_refuse(r, x, "a size is 1 or more");
    return false;
}

/* ------------------------------------------------------------------ slices */

static const char *what_along(uint8_t axis) {
    return axis == AXIS_0 ? "row" : "column";
}

static const char *dim_text(reader *r, dim d) {
    return print_dim_text(r->g, r->a, d);
}

/* One end of a range: `otherwise` if it is not written, from the end if it is negative. */
static bool read_end(reader *r, const ast *x, dim_sum otherwise, dim_sum all, dim_sum *out) {
    *out = otherwise;
    if (x->kind == AST_ABSENT) return true;
    if (!sum_of(r, x, out)) return false;
    if (dim_sum_below(out, 0)) *out = dim_sum_add(all, *out);
    return true;
}

static bool refuse_range(reader *r, const ast *range, const ast *of, uint8_t axis, dim all, const char *why) {
    diag_error(r->d, &r->m->src, range->at, "%s has %s %ss, and %s %s", lang_source_text(r, of->at),
               dim_text(r, all), what_along(axis), lang_source_text(r, range->at), why);
    return false;
}

/* from:to among the `all` rows or columns. */
static bool read_range(reader *r, const ast *range, const ast *of, uint8_t axis, dim all, dim *start,
                       dim *n) {
    dim_sum from, to, whole = dim_read(r->g->names, all);
    if (!read_end(r, range->arg, dim_sum_number(0), whole, &from) ||
        !read_end(r, range->arg->next, whole, whole, &to))
        return false;
    dim_sum count = dim_sum_sub(to, from), behind = dim_sum_sub(whole, to);
    if (dim_sum_below(&from, 0)) return refuse_range(r, range, of, axis, all, "begins before the first");
    if (dim_sum_below(&behind, 0)) return refuse_range(r, range, of, axis, all, "goes on behind the last");
    if (dim_sum_below(&count, 1)) return refuse_range(r, range, of, axis, all, "takes none of them");
    if (dim_write(r->g->names, &from, start) && dim_write(r->g->names, &count, n)) return true;
    return !r->a->failed && refuse_size(r, range);
}

static node_id refuse_single(reader *r, const ast *x, const ast *range, uint8_t axis) {
    const char *of = lang_source_text(r, x->arg->at), *at = lang_source_text(r, range->at);
    dim_sum     sum;
    diag_error(r->d, &r->m->src, range->at, "a single %s stays a matrix here: it is written as a range",
               what_along(axis));
    if (range->arg->kind == AST_ABSENT || !sum_of(r, range->arg, &sum)) return 0;
    dim  next;
    bool last = sum.n == 1 && sum.at[0].n == 0 && sum.at[0].times == -1;
    sum = dim_sum_add(sum, dim_sum_number(1));
    const char *end = last || !dim_write(r->g->names, &sum, &next) ? "" : dim_text(r, next);
    const char *form = axis == AXIS_0 ? "%s[%s:%s, :] would fit" : "%s[:, %s:%s] would fit";
    diag_note(r->d, form, of, at, end);
    return 0;
}

node_id lang_read_slice(reader *r, const ast *x) {
    node_id    out = x->arg->value;
    const ast *range = x->arg->next;
    if (!out) return 0;
    if (shape_is_scalar(ir_shape(r->g, out))) return lang_refuse(r, x, "a number has no rows and no columns");
    for (uint8_t axis = 0; range && out; range = range->next, axis++) {
        dim start, n, all = shape_along(ir_shape(r->g, x->arg->value), axis);
        if (axis > AXIS_1) return lang_refuse(r, range, "a matrix has rows and columns, nothing more");
        if (!range->arg->next) return refuse_single(r, x, range, axis);
        if (!read_range(r, range, x->arg, axis, all, &start, &n)) return 0;
        out = ir_slice(r->g, out, axis, start, n);
        if (!out && !r->a->failed) refuse_range(r, range, x->arg, axis, all, "goes on behind the last");
    }
    return out;
}

/* ------------------------------------------------------------- put together */

node_id lang_concat(reader *r, const ast *const *x, const node_id *n, uint32_t count, uint8_t axis) {
    node_id out = n[0];
    for (uint32_t i = 0; i < count; i++)
        if (shape_is_scalar(ir_shape(r->g, n[i])))
            return lang_refuse(r, x[i], "concat takes matrices, and this is a number");
    for (uint32_t i = 1; i < count && out; i++) {
        shape   first = ir_shape(r->g, n[0]), s = ir_shape(r->g, n[i]);
        node_id next = ir_op(r->g, OP_CONCAT, axis, out, n[i], 0);
        if (!next && !r->a->failed) {
            uint8_t other = axis == AXIS_0 ? AXIS_1 : AXIS_0;
            diag_error(r->d, &r->m->src, x[i]->at,
                       "%s has %s %ss, and %s has %s: they do not fit %s each other",
                       lang_source_text(r, x[i]->at), dim_text(r, shape_along(s, other)), what_along(other),
                       lang_source_text(r, x[0]->at), dim_text(r, shape_along(first, other)),
                       axis == AXIS_0 ? "below" : "beside");
            if (shape_along(first, axis) == shape_along(s, axis))
                diag_note(r->d, "with axis=%d they would, %s each other", axis == AXIS_0,
                          axis == AXIS_0 ? "beside" : "below");
        }
        out = next;
    }
    return out;
}

/* pad(A, before, after, axis=0) */
node_id lang_pad(reader *r, const ast *const *x, const node_id *n, uint8_t axis) {
    dim_sum before, after;
    dim     start, all;
    if (shape_is_scalar(ir_shape(r->g, n[0])))
        return lang_refuse(r, x[0], "pad takes a matrix, and this is a number");
    if (!sum_of(r, x[1], &before) || !sum_of(r, x[2], &after)) return 0;
    dim_sum own = dim_read(r->g->names, shape_along(ir_shape(r->g, n[0]), axis));
    dim_sum sum = dim_sum_add(dim_sum_add(before, own), after);
    for (int i = 1; i < 3; i++)
        if (dim_sum_below(i == 1 ? &before : &after, 0)) return lang_refuse(r, x[i], "this is 0 or more");
    if (dim_write(r->g->names, &before, &start) && dim_write(r->g->names, &sum, &all))
        return ir_pad(r->g, n[0], axis, start, all);
    if (!r->a->failed) refuse_size(r, x[1]);
    return 0;
}

/* Views -> memory that exec reads: in exec's type, standardised, classes expanded.
 *
 * A full batch lies as the model wants it and is bound once (where the source lies so already, it
 * is read in place). Mini-batches are gathered from a copy in which each example is contiguous:
 * picking one costs a few cache lines, however many examples there are. */
#include <string.h>

#include "run/feed/examples.h"

enum { ALIGNMENT = 64 };

/* entries x n numbers of exec's type in a block of their own, aligned as exec aligns. */
static dfoo_status values_new(const examples *e, example_values *x, size_t n) {
    size_t size = e->type == EXEC_F32 ? sizeof(float) : sizeof(double);
    if (x->entries > (SIZE_MAX / 2 - ALIGNMENT) / size / (n ? n : 1)) return DFOO_ENOMEM;
    x->own_size = x->entries * n * size + ALIGNMENT;
    x->own = mem_new(&e->mem, x->own_size);
    if (!x->own) return DFOO_ENOMEM;
    x->values = (char *)x->own + (ALIGNMENT - (uintptr_t)x->own % ALIGNMENT) % ALIGNMENT;
    return DFOO_OK;
}

void examples_close(examples *e) {
    for (uint32_t i = 0; i < e->list.n; i++) mem_free(&e->mem, e->list.at[i].own, e->list.at[i].own_size);
    e->list.n = 0;
}

const void *examples_values(const examples *e, var_id v) {
    for (uint32_t i = 0; i < e->list.n; i++)
        if (e->list.at[i].var == v) return e->list.at[i].values;
    return NULL;
}

void examples_bind(const examples *e, exec *x) {
    for (uint32_t i = 0; i < e->list.n; i++) exec_bind(x, e->list.at[i].var, e->list.at[i].values);
}

/* ------------------------------------------------------------------- filling */

/* Where entry i of the example number j goes: to[j * by_j + i * by_i]. */
typedef struct layout {
    size_t by_j, by_i;
} layout;

/* In squares, so that source and target are both used by the cache line, whichever runs across. */
#define DEFINE_FILL(NAME, REAL)                                                                              \
    static void NAME(const view *v, const uint32_t *pick, size_t n, const memo *scale, layout l, REAL *to) { \
        enum { SIDE = 32 };                                                                                  \
        for (size_t j0 = 0; j0 < n; j0 += SIDE) {                                                            \
            for (size_t i0 = 0; i0 < v->entries; i0 += SIDE) {                                               \
                for (size_t j = j0; j < n && j < j0 + SIDE; j++) {                                           \
                    for (size_t i = i0; i < v->entries && i < i0 + SIDE; i++) {                              \
                        double x = view_entry(v, pick ? pick[j] : j, i);                                     \
                        if (scale && scale->mean)                                                            \
                            x = (x - scale->mean[i]) / scale->sd[i];                                         \
                        else if (scale)                                                                      \
                            x = x * scale->times / scale->over;                                              \
                        to[j * l.by_j + i * l.by_i] = (REAL)x;                                               \
                    }                                                                                        \
                }                                                                                            \
            }                                                                                                \
        }                                                                                                    \
    }
DEFINE_FILL(fill_f32, float)
DEFINE_FILL(fill_f64, double)

/* Can exec read the source where it lies? */
static bool lies_right(const examples_request *r, const view *v, const memo *scale) {
    bool columns = r->m->examples_are_columns;
    if ((r->type == EXEC_F32) != v->narrow || v->class_of || scale) return false;
    if (v->by_example && (!r->in_order || r->pick || v->step != (columns ? 1 : v->entries))) return false;
    for (size_t i = 0; i < v->entries; i++)
        if (v->offset[i] != (v->by_example && columns ? i * v->n : i)) return false;
    return true;
}

static dfoo_status add_values(const examples_request *r, const view *v, examples *out) {
    const memo *known = memos_find(r->memos, v->var),
               *scale = known && (known->mean || known->over != 0) ? known : NULL;
    bool            across = v->by_example && r->in_order && r->m->examples_are_columns;
    size_t          n = v->by_example ? r->n : 1;
    layout          l = across ? (layout){1, n} : (layout){v->entries, 1};
    example_values  x = {.var = v->var, .entries = v->entries, .by_example = v->by_example, .values = v->at};
    const uint32_t *pick = v->by_example ? r->pick : NULL;
    if (scale && scale->mean && scale->entries != v->entries)
        return diag_alone(r->m->g.d, "the run has means of %zu entries for %s, which has %zu", scale->entries,
                          ir_var_name(&r->m->g, v->var), v->entries);
    if (!lies_right(r, v, scale)) {
        DFOO_TRY(values_new(out, &x, n));
        if (r->type == EXEC_F32)
            fill_f32(v, pick, n, scale, l, (float *)x.values);
        else
            fill_f64(v, pick, n, scale, l, (double *)x.values);
    }
    vec_push(r->a, &out->list, x);
    if (!r->a->failed) return DFOO_OK;
    mem_free(&out->mem, x.own, x.own_size);
    return DFOO_ENOMEM;
}

dfoo_status examples_open(const examples_request *r, examples *out) {
    *out = (examples){.m = r->m, .mem = r->a->mem, .type = r->type, .n = r->n, .in_order = r->in_order};
    for (uint32_t i = 0; i < r->from->views.n; i++) DFOO_TRY(add_values(r, &r->from->views.at[i], out));
    return DFOO_OK;
}

/* ------------------------------------------------------------------- batches */

dfoo_status batch_open(const examples *e, arena *a, size_t most, examples *batch) {
    *batch = (examples){.m = e->m, .mem = e->mem, .type = e->type, .n = most, .in_order = true};
    for (uint32_t i = 0; i < e->list.n; i++) {
        example_values x = e->list.at[i];
        x.own = NULL;
        if (x.by_example) DFOO_TRY(values_new(batch, &x, most));
        vec_push(a, &batch->list, x);
        if (!a->failed) continue;
        mem_free(&batch->mem, x.own, x.own_size);
        return DFOO_ENOMEM;
    }
    return DFOO_OK;
}

/* A square of 16-byte vectors: column i of `to` (n apart) = entries from row[i] on. */
typedef float  float4 __attribute__((vector_size(16)));
typedef double double2 __attribute__((vector_size(16)));

static inline void turn_f32(const float *const *row, size_t i, float *to, size_t n) {
    float4 a, b, c, d;
    memcpy(&a, row[0] + i, sizeof a);
    memcpy(&b, row[1] + i, sizeof b);
    memcpy(&c, row[2] + i, sizeof c);
    memcpy(&d, row[3] + i, sizeof d);
    float4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
    float4 ab2 = __builtin_shufflevector(a, b, 2, 6, 3, 7), cd2 = __builtin_shufflevector(c, d, 2, 6, 3, 7);
    a = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
    b = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
    c = __builtin_shufflevector(ab2, cd2, 0, 1, 4, 5);
    d = __builtin_shufflevector(ab2, cd2, 2, 3, 6, 7);
    memcpy(to, &a, sizeof a);
    memcpy(to + n, &b, sizeof b);
    memcpy(to + 2 * n, &c, sizeof c);
    memcpy(to + 3 * n, &d, sizeof d);
}

static inline void turn_f64(const double *const *row, size_t i, double *to, size_t n) {
    double2 a, b;
    memcpy(&a, row[0] + i, sizeof a);
    memcpy(&b, row[1] + i, sizeof b);
    double2 first = __builtin_shufflevector(a, b, 0, 2), second = __builtin_shufflevector(a, b, 1, 3);
    memcpy(to, &first, sizeof first);
    memcpy(to + n, &second, sizeof second);
}

/* to (entries, n) = the picked rows of from (.., entries), transposed; row-major, apart from each other.
 * Sixteen examples at a time, in squares of V: a pass through each example at the pace of the memory. */
#define DEFINE_GATHER(NAME, REAL, V, TURN)                                                      \
    static void NAME(const REAL *restrict from, const uint32_t *pick, size_t n, size_t entries, \
                     REAL *restrict to) {                                                       \
        enum { SIDE = 16 };                                                                     \
        size_t j0 = 0;                                                                          \
        for (; j0 + SIDE <= n; j0 += SIDE) {                                                    \
            const REAL *row[SIDE];                                                              \
            size_t      i = 0;                                                                  \
            for (size_t j = 0; j < SIDE; j++) row[j] = from + pick[j0 + j] * entries;           \
            for (; i + V <= entries; i += V)                                                    \
                for (size_t j = 0; j < SIDE; j += V) TURN(row + j, i, to + i * n + j0 + j, n);  \
            for (; i < entries; i++)                                                            \
                for (size_t j = 0; j < SIDE; j++) to[i * n + j0 + j] = row[j][i];               \
        }                                                                                       \
        for (; j0 < n; j0++)                                                                    \
            for (size_t i = 0; i < entries; i++) to[i * n + j0] = from[pick[j0] * entries + i]; \
    }
DEFINE_GATHER(gather_f32, float, 4, turn_f32)
DEFINE_GATHER(gather_f64, double, 2, turn_f64)

static void gather_rows(const example_values *from, const uint32_t *pick, size_t n, size_t size, void *to) {
    size_t row = from->entries * size;
    for (size_t j = 0; j < n; j++)
        memcpy((char *)to + j * row, (const char *)from->values + pick[j] * row, row);
}

void batch_gather(const examples *e, const uint32_t *pick, size_t n, examples *batch) {
    for (uint32_t k = 0; k < e->list.n; k++) {
        const example_values *from = &e->list.at[k];
        void                 *to = (void *)batch->list.at[k].values;
        if (!from->by_example) continue;
        if (!e->m->examples_are_columns)
            gather_rows(from, pick, n, e->type == EXEC_F32 ? sizeof(float) : sizeof(double), to);
        else if (e->type == EXEC_F32)
            gather_f32(from->values, pick, n, from->entries, to);
        else
            gather_f64(from->values, pick, n, from->entries, to);
    }
    batch->n = n;
}

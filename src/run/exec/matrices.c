/* Inverse, solution, determinants by LU, and trace, diagonal, norm, running sums, pieces, blocks: the
 * operands are copied
 * as doubles into scratch memory, one function for each operation computes there, and the result is copied
 * back. */
#include "run/exec/matrices.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "run/exec/lu.h"

typedef struct matrix_of {
    size_t  rows, cols;
    double *at;
} matrix_of;

typedef struct work {
    const plan_instr *in;
    matrix_of a, b, y;
    size_t   *pivot;
    size_t    skip; /* rows or columns before a piece */
} work;

static size_t entries(const place *x) {
    return x->rows * x->cols;
}

static size_t n_scratch(const image *im, const plan_instr *in) {
    size_t n = entries(&im->places[in->a]) + entries(&im->places[in->out]);
    return in->b ? n + entries(&im->places[in->b]) : n;
}

size_t matrices_scratch(const image *im, const plan_instr *in) {
    return n_scratch(im, in) * sizeof(double) + im->places[in->a].rows * sizeof(size_t);
}

static void fill(matrix_of x, double value) {
    for (size_t i = 0; i < x.rows * x.cols; i++) x.at[i] = value;
}

/* ------------------------------------------------------------- factorisation */

static void run_inverse(const work *w) {
    size_t n = w->a.rows;
    fill(w->y, 0);
    for (size_t i = 0; i < n; i++) w->y.at[i * n + i] = 1;
    if (lu_factor(n, w->a.at, w->pivot)) lu_solve(n, w->a.at, w->pivot, n, w->y.at);
    else fill(w->y, NAN);
}

static void run_solve(const work *w) {
    size_t n = w->a.rows;
    assert(w->b.at);
    memcpy(w->y.at, w->b.at, n * w->b.cols * sizeof *w->b.at);
    if (lu_factor(n, w->a.at, w->pivot)) lu_solve(n, w->a.at, w->pivot, w->b.cols, w->y.at);
    else fill(w->y, NAN);
}

static void run_det(const work *w) {
    double det = lu_factor(w->a.rows, w->a.at, w->pivot);
    for (size_t i = 0; i < w->a.rows && det != 0; i++) det *= w->a.at[i * w->a.rows + i];
    w->y.at[0] = det;
}

static void run_logdet(const work *w) {
    double sum = lu_factor(w->a.rows, w->a.at, w->pivot) ? 0 : -INFINITY;
    for (size_t i = 0; i < w->a.rows && sum != -INFINITY; i++) sum += log(fabs(w->a.at[i * w->a.rows + i]));
    w->y.at[0] = sum;
}

/* ------------------------------------------------------------------- others */

static void run_trace(const work *w) {
    w->y.at[0] = 0;
    for (size_t i = 0; i < w->a.rows; i++) w->y.at[0] += w->a.at[i * w->a.cols + i];
}

static void run_diag(const work *w) {
    fill(w->y, 0);
    for (size_t i = 0; i < w->a.rows; i++)
        w->y.at[i * w->y.cols + (w->y.cols == 1 ? 0 : i)] = w->a.at[i * w->a.cols + (w->a.cols == 1 ? 0 : i)];
}

/* Along all of them, or along an axis: squares relative to the largest entry, which neither overflow nor
 * vanish. */
static double norm_of(const double *a, size_t rows, size_t cols, size_t step) {
    double most = 0, sum = 0;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) {
            double x = fabs(a[i * step + j]);
            most = x > most || isnan(x) ? x : most;
        }
    if (most == 0 || !isfinite(most)) return most;
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++) sum += (a[i * step + j] / most) * (a[i * step + j] / most);
    return most * sqrt(sum);
}

static void run_norm(const work *w) {
    size_t rows = w->a.rows, cols = w->a.cols;
    if (w->in->attr == AXIS_ALL) w->y.at[0] = norm_of(w->a.at, rows, cols, cols);
    else if (w->in->attr == AXIS_0)
        for (size_t j = 0; j < cols; j++) w->y.at[j] = norm_of(w->a.at + j, rows, 1, cols);
    else
        for (size_t i = 0; i < rows; i++) w->y.at[i] = norm_of(w->a.at + i * cols, 1, cols, cols);
}

static void run_cumsum(const work *w) {
    bool   down = w->in->attr == AXIS_0, back = w->in->op == OP_CUMSUM_BACK;
    size_t lines = down ? w->a.cols : w->a.rows, n = down ? w->a.rows : w->a.cols;
    size_t step = down ? w->a.cols : 1, next = down ? 1 : w->a.cols;
    for (size_t i = 0; i < lines; i++) {
        double sum = 0;
        for (size_t k = 0; k < n; k++) {
            size_t at = i * next + (back ? n - 1 - k : k) * step;
            w->y.at[at] = sum += w->a.at[at];
        }
    }
}

/* ------------------------------------------------------------------- pieces */

/* Copies all of `from`, which stands in `to` behind so many rows and columns, or the other way. */
static void copy_piece(matrix_of to, matrix_of from, size_t down, size_t right, bool take) {
    matrix_of small = take ? to : from, large = take ? from : to;
    for (size_t i = 0; i < small.rows; i++) {
        double *in = large.at + (i + down) * large.cols + right, *out = small.at + i * small.cols;
        memcpy(take ? out : in, take ? in : out, small.cols * sizeof *in);
    }
}

static void run_piece(const work *w) {
    bool      take = w->in->op == OP_SLICE, down = w->in->attr == AXIS_0;
    matrix_of small = take ? w->y : w->a, large = take ? w->a : w->y;
    size_t    end = w->skip + (down ? small.rows : small.cols);
    fill(w->y, take ? NAN : 0);
    if (end > (down ? large.rows : large.cols)) return; /* sizes that nobody has checked */
    copy_piece(w->y, w->a, down ? w->skip : 0, down ? 0 : w->skip, take);
}

static void run_concat(const work *w) {
    bool down = w->in->attr == AXIS_0;
    copy_piece(w->y, w->a, 0, 0, false);
    copy_piece(w->y, w->b, down ? w->a.rows : 0, down ? 0 : w->a.cols, false);
}

/* One block of `all`, as many as `outer` has entries: how it is gone through depends on what is made. */
static void run_block(const work *w, matrix_of all, matrix_of inner, double *outer, double *first) {
    for (size_t k = 0; k < inner.rows; k++)
        for (size_t l = 0; l < inner.cols; l++) {
            double *entry = first + k * all.cols + l, *in = inner.at + k * inner.cols + l;
            if (w->in->op == OP_KRON) *entry = *outer * *in;
            else if (w->in->op == OP_BLOCK_DOTS) *outer += *entry * *in;
            else *in += *entry * *outer;
        }
}

static void run_blocks(const work *w) {
    bool      kron = w->in->op == OP_KRON, dots = w->in->op == OP_BLOCK_DOTS;
    matrix_of all = kron ? w->y : w->a, outer = kron ? w->a : dots ? w->y : w->b,
              inner = kron || dots ? w->b : w->y;
    fill(w->y, 0);
    for (size_t i = 0; i < outer.rows; i++)
        for (size_t j = 0; j < outer.cols; j++)
            run_block(w, all, inner, outer.at + i * outer.cols + j,
                      all.at + i * inner.rows * all.cols + j * inner.cols);
}

/* ------------------------------------------------------------------ running */

static void run(const work *w) {
    switch ((op_id)w->in->op) {
    case OP_INV: run_inverse(w); break;
    case OP_SOLVE: run_solve(w); break;
    case OP_DET: run_det(w); break;
    case OP_LOGDET: run_logdet(w); break;
    case OP_TRACE: run_trace(w); break;
    case OP_DIAG: run_diag(w); break;
    case OP_NORM: run_norm(w); break;
    case OP_CUMSUM: case OP_CUMSUM_BACK: run_cumsum(w); break;
    case OP_SLICE: case OP_PAD: run_piece(w); break;
    case OP_CONCAT: run_concat(w); break;
    default: run_blocks(w); /* the plan has no others */
    }
}

static matrix_of take(const image *im, buffer_id b, double **scratch) {
    const place *x = &im->places[b];
    matrix_of out = {x->rows, x->cols, *scratch};
    *scratch += entries(x);
    return out;
}

void matrices_run(const exec *e, image *im, const plan_instr *in) {
    double *scratch = (double *)(void *)im->partial;
    work    w = {.in = in, .skip = sizes_offset(&e->sizes, in->start)};
    w.a = take(im, in->a, &scratch);
    w.y = take(im, in->out, &scratch);
    if (in->b) w.b = take(im, in->b, &scratch);
    w.pivot = (size_t *)(void *)scratch;
    e->k->get(entries(&im->places[in->a]), w.a.at, im->places[in->a].at);
    if (in->b) e->k->get(entries(&im->places[in->b]), w.b.at, im->places[in->b].at);
    run(&w);
    if (is_number_buffer(e, in->out)) im->numbers[in->out] = w.y.at[0];
    else e->k->set(entries(&im->places[in->out]), im->places[in->out].at, w.y.at);
}

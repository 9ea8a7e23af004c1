/* Runs the instructions of an image, one after the other, on one thread or on several.
 *
 * Every thread walks through all instructions; what is shared is split into as many parts
 * as there are threads, what is not is done by thread 0. Who computes what depends on the
 * sizes and the number of threads only, so a run gives the same bits every time. */
#include <math.h>

#include "run/exec/image.h"

/* One thread's share: rows and columns of the matrix at hand. */
typedef struct share {
    const exec *e;
    image      *im;
    worker     *w;
    gemm_part   part;
} share;

static size_t cut(size_t n, unsigned i, unsigned n_parts, size_t grain) {
    size_t at = n * i / n_parts / grain * grain;
    return i == n_parts ? n : at;
}

/* Part number i of rows x cols; boundaries lie on multiples of the grains. */
static gemm_part part_of(split how, size_t rows, size_t cols, unsigned i, unsigned n, size_t row_grain, size_t col_grain) {
    gemm_part p = {0, rows, 0, cols};
    if (how == SPLIT_ROWS) {
        p.row_from = cut(rows, i, n, row_grain);
        p.row_to = cut(rows, i + 1, n, row_grain);
    } else if (how == SPLIT_COLS) {
        p.col_from = cut(cols, i, n, col_grain);
        p.col_to = cut(cols, i + 1, n, col_grain);
    }
    return p;
}

/* ------------------------------------------------------------------ blocks */

/* The stretch of a row (AXIS_0) or column of sums that belongs to the share. */
static void *stretch_of(const share *s, const once_op *op, size_t *n) {
    bool   row = op->y == AXIS_0;
    size_t from = row ? s->part.col_from : s->part.row_from, to = row ? s->part.col_to : s->part.row_to;
    *n = to - from;
    return (char *)s->im->places[op->buffer].at + from * s->e->k->size;
}

static void run_once(const share *s, const block *b, const once_op *op) {
    const kernels *k = s->e->k;
    size_t         n = b->tile_rows * b->tile_cols;
    bool           sums = op->kind == ONCE_START || op->kind == ONCE_DIVIDE;
    void          *y = sums ? stretch_of(s, op, &n) : s->w->pointers[op->y], *at = s->im->places[op->buffer].at;
    switch ((once_kind)op->kind) {
    case ONCE_FILL_VALUE: k->fill(n, y, op->value); break;
    case ONCE_FILL_NUMBER: k->fill(n, y, s->im->numbers[op->buffer]); break;
    case ONCE_FILL_ENTRY: k->repeat(n, 1, y, at); break;
    case ONCE_REPEAT: k->repeat(b->tile_rows, b->tile_cols, y, at); break;
    case ONCE_START: k->fill(n, y, op->value); break;
    case ONCE_DIVIDE: k->divide(n, y, op->value); break;
    }
}

/* The operands of the tile whose first entry is (row, col). */
static void move_to(const share *s, const block *b, size_t row, size_t col) {
    for (uint32_t i = 0; i < b->operands.n; i++) {
        const operand *x = &b->operands.at[i];
        if (x->move == MOVE_REGISTER) continue;
        size_t entry = x->move == MOVE_ENTRY ? row * b->cols + col : x->move == MOVE_ROW ? row : col;
        s->w->pointers[i] = (char *)s->im->places[x->index].at + entry * s->e->k->size;
    }
}

static double join(bool most, double x, double y) {
    if (!most) return x + y;
    return y > x || isnan(y) ? y : x;
}

static void run_tile(const worker *w, const block *b, size_t rows, size_t cols) {
    void *const *at = w->pointers;
    for (uint32_t i = 0; i < b->ops.n; i++) {
        const tile_op *op = &b->ops.at[i];
        switch ((tile_kind)op->kind) {
        case TILE_ENTRYWISE: op->fn(rows * cols, at[op->y], at[op->a], at[op->b], at[op->c]); break;
        case TILE_SHAPED: op->shaped(rows, cols, at[op->y], at[op->a]); break;
        case TILE_WHOLE: w->totals[op->y] = join(op->most, w->totals[op->y], op->whole(rows * cols, at[op->a])); break;
        }
    }
}

static void run_block(const share *s, const block *b) {
    const gemm_part *part = &s->part;
    for (uint32_t i = 0; i < b->operands.n; i++)
        if (b->operands.at[i].move == MOVE_REGISTER)
            s->w->pointers[i] = s->w->registers + (size_t)b->operands.at[i].index * TILE * s->e->k->size;
    for (uint32_t i = 0; i < b->totals.n; i++) s->w->totals[i] = b->totals.at[i].most ? -INFINITY : 0;
    for (uint32_t i = 0; i < b->before.n; i++) run_once(s, b, &b->before.at[i]);
    for (size_t row = part->row_from; row < part->row_to; row += b->tile_rows) {
        size_t rows = part->row_to - row < b->tile_rows ? part->row_to - row : b->tile_rows;
        for (size_t col = part->col_from; col < part->col_to; col += b->tile_cols) {
            size_t cols = part->col_to - col < b->tile_cols ? part->col_to - col : b->tile_cols;
            move_to(s, b, row, col);
            run_tile(s->w, b, rows, cols);
        }
    }
    for (uint32_t i = 0; i < b->after.n; i++) run_once(s, b, &b->after.at[i]);
}

/* The totals of all threads that had a part, in their order. */
static void join_totals(image *im, const block *b, unsigned n) {
    for (uint32_t i = 0; i < b->totals.n; i++) {
        const total *t = &b->totals.at[i];
        double       x = im->workers[0].totals[i];
        for (unsigned k = 1; k < n; k++) x = join(t->most, x, im->workers[k].totals[i]);
        im->numbers[t->buffer] = x / t->divide;
    }
}

/* ----------------------------------------------------------------- numbers */

static double number_value(const image *im, const number_op *op) {
    const double *v = im->steps;
    switch ((step_kind)op->kind) {
    case STEP_LOAD: return im->numbers[op->buffer];
    case STEP_COPY: return v[op->arg[0]];
    case STEP_OP: return eval_scalar((op_id)op->op, v[op->arg[0]], v[op->arg[1]], v[op->arg[2]]);
    default: return op->value;
    }
}

static void run_numbers(image *im, const instr *in) {
    for (uint32_t i = 0; i < in->number_ops.n; i++) {
        const number_op *op = &in->number_ops.at[i];
        im->steps[i] = number_value(im, op);
        if (op->buffer) im->numbers[op->buffer] = im->steps[i];
    }
}

/* ------------------------------------------------------------------ others */

static void run_product(const share *s, const instr *in) {
    const plan_instr *p = in->plan;
    const place      *x = s->im->places;
    double            alpha = p->alpha ? s->im->numbers[p->alpha] : 1;
    if (s->part.row_from == s->part.row_to || s->part.col_from == s->part.col_to) return;
    s->e->gemm(&in->product, alpha, x[p->a].at, x[p->b].at, x[p->out].at, &s->part, s->w->gemm_scratch);
}

static void run_softmax(const exec *e, image *im, const plan_instr *p) {
    const place *a = &im->places[p->a], *y = &im->places[p->out];
    bool         is_log = p->op == OP_LOG_SOFTMAX;
    if (p->attr == AXIS_0) e->k->softmax_cols(is_log, a->rows, a->cols, y->at, a->at);
    else e->k->softmax_rows(is_log, a->rows, a->cols, y->at, a->at);
}

static void run_transpose(const exec *e, image *im, const plan_instr *p) {
    const place *a = &im->places[p->a];
    e->k->transpose(a->rows, a->cols, im->places[p->out].at, a->at);
}

/* Part number i of n of an instruction. */
static void run_part(exec *e, const instr *in, unsigned i, unsigned n) {
    image *im = &e->im;
    share  s = {.e = e, .im = im, .w = &im->workers[i]};
    switch ((plan_kind)in->kind) {
    case PLAN_BLOCK:
        s.part = part_of((split)in->split, in->block.rows, in->block.cols, i, n, in->block.tile_rows, 16);
        if (in->numbers) run_numbers(im, in);
        else run_block(&s, &in->block);
        break;
    case PLAN_PRODUCT:
        s.part = part_of((split)in->split, in->product.m, in->product.n, i, n, 1, 32);
        run_product(&s, in);
        break;
    case PLAN_TRANSPOSE: run_transpose(e, im, in->plan); break;
    case PLAN_SOFTMAX: run_softmax(e, im, in->plan); break;
    }
}

static void run_alone(exec *e) {
    for (uint32_t i = 0; i < e->p->code.n; i++) {
        const instr *in = &e->im.code[i];
        run_part(e, in, 0, 1);
        if (in->kind == PLAN_BLOCK) join_totals(&e->im, &in->block, 1);
    }
}

/* What thread number `number` does. Nobody goes on before what is shared is done by all, and
 * nobody begins with what is shared before thread 0 has done what is not. */
static void run_together(void *arg, unsigned number) {
    exec *e = arg;
    bool  waited = true;
    for (uint32_t i = 0; i < e->p->code.n; i++) {
        const instr *in = &e->im.code[i];
        bool         shared = in->split != SPLIT_NOT;
        if (shared && !waited) team_barrier(e->team);
        if (shared || number == 0) run_part(e, in, number, shared ? e->n_threads : 1);
        if (shared) team_barrier(e->team);
        waited = shared && in->block.totals.n == 0;
        if (in->kind == PLAN_BLOCK && number == 0) join_totals(&e->im, &in->block, shared ? e->n_threads : 1);
    }
}

void image_run(exec *e) {
    if (e->team && e->im.shared) team_run(e->team, run_together, e);
    else run_alone(e);
}

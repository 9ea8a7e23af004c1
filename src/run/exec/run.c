/* Runs the instructions of an image, one after the other, on one thread or on several.
 *
 * One thread walks through all instructions; those that have several parts are shared with the others, who
 * take part after part. What comes out depends on the sizes alone, see image.h and gemm.h. */
#include <math.h>

#include "run/exec/image.h"
#include "run/exec/matrices.h"

/* One part of an instruction: number i of n. */
typedef struct share {
    const exec *e;
    image      *im;
    worker     *w;
    size_t      i, n;
} share;

static size_t cut(size_t n, size_t i, size_t n_parts, size_t grain) {
    size_t at = n * i / n_parts / grain * grain;
    return i == n_parts ? n : at;
}

/* Part number i of n of rows x cols x depth. */
static gemm_part part_of(const share *s, split how, size_t rows, size_t cols, size_t depth) {
    enum { ROWS = 1, COLS = 32 }; /* boundaries between columns lie on whole vectors */
    gemm_part p = {0, rows, 0, cols, 0, depth};
    if (how == SPLIT_ROWS) {
        p.row_from = cut(rows, s->i, s->n, ROWS);
        p.row_to = cut(rows, s->i + 1, s->n, ROWS);
    } else if (how == SPLIT_COLS) {
        p.col_from = cut(cols, s->i, s->n, COLS);
        p.col_to = cut(cols, s->i + 1, s->n, COLS);
    }
    return p;
}

/* ------------------------------------------------------------------ blocks */

static void run_once(const share *s, const block *b, const once_op *op) {
    const kernels *k = s->e->k;
    size_t         n = b->tile_rows * b->tile_cols;
    void          *y = s->w->pointers[op->y], *at = s->im->places[op->buffer].at;
    switch ((once_kind)op->kind) {
    case ONCE_FILL_VALUE: k->fill(n, y, op->value); break;
    case ONCE_FILL_NUMBER: k->fill(n, y, s->im->numbers[op->buffer]); break;
    case ONCE_FILL_ENTRY: k->repeat(n, 1, y, at); break;
    case ONCE_VALUE: k->fill(1, y, op->value); break;
    case ONCE_NUMBER: k->fill(1, y, s->im->numbers[op->buffer]); break;
    case ONCE_REPEAT: k->repeat(b->tile_rows, b->tile_cols, y, at); break;
    }
}

/* The operands of the tile whose first entry is (row, col). */
static void move_to(const share *s, const block *b, size_t row, size_t col) {
    for (uint32_t i = 0; i < b->operands.n; i++) {
        const operand *x = &b->operands.at[i];
        s->w->pointers[i] = s->w->bases[i] + row * x->down + col * x->right;
    }
}

static double join(bool most, double x, double y) {
    if (!most) return x + y;
    return y > x || isnan(y) ? y : x;
}

static void run_loop(void *const *at, const uint32_t *leaf, const tile_op *op, size_t n) {
    const void *x[LOOP_LEAVES];
    for (int i = 0; i < LOOP_LEAVES; i++) x[i] = at[leaf[i]];
    op->loop(n, at[op->y], x);
}

static void run_tile(const worker *w, const block *b, double *totals, size_t rows, size_t cols) {
    void *const *at = w->pointers;
    for (uint32_t i = 0; i < b->ops.n; i++) {
        const tile_op *op = &b->ops.at[i];
        switch ((tile_kind)op->kind) {
        case TILE_ENTRYWISE: op->fn(rows * cols, at[op->y], at[op->a], at[op->b], at[op->c]); break;
        case TILE_LOOP: run_loop(at, b->leaves.at + op->a, op, rows * cols); break;
        case TILE_SHAPED: op->shaped(rows, cols, at[op->y], at[op->a]); break;
        case TILE_WHOLE:
            totals[op->y] = join(op->most, totals[op->y], op->whole(rows * cols, at[op->a]));
            break;
        }
    }
}

/* Registers stay where they are; what each thread needs only once is put there, before its first piece. */
static void start_block(const share *s, const block *b) {
    if (s->w->started == s->im->n_run) return;
    s->w->started = s->im->n_run;
    for (uint32_t i = 0; i < b->operands.n; i++) {
        const operand *x = &b->operands.at[i];
        s->w->pointers[i] = s->w->bases[i] =
            x->move == MOVE_REGISTER ? s->w->registers + (size_t)x->index * TILE * s->e->k->size
                                     : s->im->places[x->index].at;
    }
    for (uint32_t i = 0; i < b->before.n; i++) run_once(s, b, &b->before.at[i]);
}

/* Piece number `piece` of an axis with so many entries and tiles of this length. */
static size_t piece_from(const block *b, size_t piece, size_t entries, size_t tile) {
    if (b->n_pieces == 1) return piece ? entries : 0;
    size_t tiles = (entries + tile - 1) / tile, at = tiles * piece / b->n_pieces * tile;
    return at < entries ? at : entries;
}

static gemm_part extent_of_piece(const block *b, size_t piece) {
    gemm_part p = {0, b->rows, 0, b->cols, 0, 0};
    if (b->across) {
        p.col_from = piece_from(b, piece, b->cols, b->tile_cols);
        p.col_to = piece_from(b, piece + 1, b->cols, b->tile_cols);
    } else {
        p.row_from = piece_from(b, piece, b->rows, b->tile_rows);
        p.row_to = piece_from(b, piece + 1, b->rows, b->tile_rows);
    }
    return p;
}

static char *partial_of(const share *s, const axis_sum *x, size_t piece) {
    return s->im->partial + x->offset + piece * x->entries * s->e->k->size;
}

/* Sums begin with nothing, each piece's where its own are. */
static void start_sums(const share *s, const block *b, const gemm_part *part, size_t piece) {
    for (uint32_t i = 0; i < b->operands.n; i++) {
        const operand *x = &b->operands.at[i];
        if (!x->sum) continue;
        const axis_sum *sum = &b->sums.at[x->sum - 1];
        size_t from = sum->axis == AXIS_0 ? part->col_from : part->row_from;
        size_t to = sum->axis == AXIS_0 ? part->col_to : part->row_to;
        if (sum->partial) s->w->bases[i] = partial_of(s, sum, piece);
        s->e->k->fill(to - from, s->w->bases[i] + from * s->e->k->size, sum->most ? -INFINITY : 0);
    }
}

static void run_block(const share *s, const block *b) {
    size_t    piece = s->i;
    gemm_part part = extent_of_piece(b, piece);
    double   *totals = s->im->totals + piece * b->totals.n;
    for (uint32_t i = 0; i < b->totals.n; i++) totals[i] = b->totals.at[i].most ? -INFINITY : 0;
    start_block(s, b);
    start_sums(s, b, &part, piece);
    for (size_t row = part.row_from; row < part.row_to; row += b->tile_rows) {
        size_t rows = part.row_to - row < b->tile_rows ? part.row_to - row : b->tile_rows;
        for (size_t col = part.col_from; col < part.col_to; col += b->tile_cols) {
            size_t cols = part.col_to - col < b->tile_cols ? part.col_to - col : b->tile_cols;
            move_to(s, b, row, col);
            run_tile(s->w, b, totals, rows, cols);
        }
    }
}

static void join_totals(image *im, const block *b) {
    for (uint32_t i = 0; i < b->totals.n; i++) {
        const total *t = &b->totals.at[i];
        double       x = im->totals[i];
        for (size_t piece = 1; piece < b->n_pieces; piece++)
            x = join(t->most, x, im->totals[piece * b->totals.n + i]);
        im->numbers[t->buffer] = x / t->divide;
    }
}

static void join_sums(const share *s, const block *b) {
    const kernels *k = s->e->k;
    for (uint32_t i = 0; i < b->sums.n; i++) {
        const axis_sum *x = &b->sums.at[i];
        void           *y = s->im->places[x->buffer].at;
        if (x->partial) {
            k->fill(x->entries, y, x->most ? -INFINITY : 0);
            (x->most ? k->most_cols : k->sum_cols)(b->n_pieces, x->entries, y, partial_of(s, x, 0));
        }
        if (x->divide != 1) k->divide(x->entries, y, x->divide);
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

static double alpha_of(const image *im, const plan_instr *p) {
    return p->alpha ? im->numbers[p->alpha] : 1;
}

/* A slice of k goes to a place of its own, without alpha and what was there. */
static void run_slice(const share *s, const instr *in) {
    const place *x = s->im->places;
    gemm         g = in->product;
    gemm_part    part = {0, g.m, 0, g.n, gemm_slice_from(&g, s->i), gemm_slice_from(&g, s->i + 1)};
    g.add = false;
    s->e->gemm.product(&g, 1, x[in->plan->a].at, x[in->plan->b].at,
                       s->im->partial + s->i * g.m * g.n * s->e->k->size, &part, s->w->gemm_scratch);
}

static void join_slices(const share *s, const instr *in) {
    const gemm *g = &in->product;
    size_t      n = gemm_slices(g);
    if (n > 1)
        s->e->gemm.join(g->m * g->n, n, alpha_of(s->im, in->plan), g->add, s->im->partial,
                        s->im->places[in->plan->out].at);
}

static void run_product(const share *s, const instr *in) {
    const plan_instr *p = in->plan;
    const place      *x = s->im->places;
    const gemm       *g = &in->product;
    gemm_part         part = part_of(s, (split)in->split, g->m, g->n, g->k);
    if (in->split == SPLIT_PIECES) run_slice(s, in);
    else if (part.row_from < part.row_to && part.col_from < part.col_to)
        s->e->gemm.product(g, alpha_of(s->im, p), x[p->a].at, x[p->b].at, x[p->out].at, &part,
                           s->w->gemm_scratch);
}

static void run_softmax(const share *s, const instr *in) {
    const kernels    *k = s->e->k;
    const plan_instr *p = in->plan;
    const place      *a = &s->im->places[p->a], *y = &s->im->places[p->out];
    gemm_part         part = part_of(s, (split)in->split, a->rows, a->cols, 0);
    bool              is_log = p->op == OP_LOG_SOFTMAX;
    size_t            at = (part.row_from * a->cols + part.col_from) * k->size;
    if (p->attr == AXIS_0)
        k->softmax_cols(is_log, a->rows, a->cols, part.col_to - part.col_from, (char *)y->at + at,
                        (char *)a->at + at);
    else
        k->softmax_rows(is_log, part.row_to - part.row_from, a->cols, (char *)y->at + at, (char *)a->at + at);
}

static void run_transpose(const share *s, const instr *in) {
    const kernels *k = s->e->k;
    const place   *a = &s->im->places[in->plan->a], *y = &s->im->places[in->plan->out];
    gemm_part      part = part_of(s, (split)in->split, a->rows, a->cols, 0);
    k->transpose(part.row_to - part.row_from, a->cols, a->rows, (char *)y->at + part.row_from * k->size,
                 (char *)a->at + part.row_from * a->cols * k->size);
}

/* What a thread needs to know of the instruction that runs. */
typedef struct running {
    exec        *e;
    const instr *in;
} running;

static void run_part(void *arg, unsigned member, size_t part) {
    const running *r = arg;
    image         *im = &r->e->im;
    const instr   *in = r->in;
    share          s = {.e = r->e, .im = im, .w = &im->workers[member], .i = part, .n = in->parts};
    switch ((plan_kind)in->kind) {
    case PLAN_BLOCK:
        if (in->numbers) run_numbers(im, in);
        else run_block(&s, &in->block);
        break;
    case PLAN_PRODUCT: run_product(&s, in); break;
    case PLAN_TRANSPOSE: run_transpose(&s, in); break;
    case PLAN_SOFTMAX: run_softmax(&s, in); break;
    case PLAN_MATRIX: matrices_run(r->e, im, in->plan); break;
    }
}

/* What is left to do when all parts are there. */
static void run_rest(const exec *e, image *im, const instr *in) {
    share s = {.e = e, .im = im, .w = &im->workers[0], .n = 1};
    if (in->kind == PLAN_BLOCK && !in->numbers) {
        join_totals(im, &in->block);
        join_sums(&s, &in->block);
    } else if (in->kind == PLAN_PRODUCT) {
        join_slices(&s, in);
    }
}

void image_run(exec *e) {
    for (uint32_t i = 0; i < e->p->code.n; i++) {
        running r = {e, &e->im.code[i]};
        e->im.n_run++;
        if (e->team && r.in->parts > 1) team_share(e->team, r.in->parts, run_part, &r);
        else
            for (size_t part = 0; part < r.in->parts; part++) run_part(&r, 0, part);
        run_rest(e, &e->im, r.in);
    }
}

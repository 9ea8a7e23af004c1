/* Instructions of a plan, for given sizes.
 *
 * A block is cut into tiles of about TILE entries: stretches of one row, or several whole
 * rows where rows are short; where no operand is stretched and nothing is summed along an
 * axis, all entries are one row. Its steps become calls of kernels on registers (stretches
 * of TILE entries that stay in the first-level cache) and on buffers where they stand. */
#include <math.h>

#include "run/exec/image.h"
#include "run/exec/matrices.h"

typedef struct binder {
    const exec       *e;
    image            *im;
    const sizes      *s;
    const plan_instr *in;
    block            *out;
    uint32_t         *last; /* by step: the last step that reads it; steps.n: it is stored at the end */
    uint32_t         *of;   /* by step: 1 + its operand */
    uint32_t         *one;  /* by step: 1 + the operand that has only the first entry, where all are equal */
    VEC(bool) taken;        /* by register */
} binder;

static uint32_t add_operand(binder *b, move how, uint32_t index) {
    operand x = {.move = (uint8_t)how, .index = index};
    size_t  size = b->e->k->size;
    if (how == MOVE_ENTRY) x.down = b->out->cols * size;
    if (how == MOVE_ENTRY || how == MOVE_COL) x.right = size;
    if (how == MOVE_ROW) x.down = size;
    vec_push(&b->im->code_of, &b->out->operands, x);
    return b->out->operands.n - 1;
}

/* A register; `fresh`: one that no operation before this one writes to in each tile. */
static uint32_t add_register(binder *b, bool fresh) {
    uint32_t i = fresh ? b->taken.n : 0;
    while (i < b->taken.n && b->taken.at[i]) i++;
    if (i == b->taken.n) vec_push(&b->im->code_of, &b->taken, true);
    else b->taken.at[i] = true;
    if (b->im->n_registers < b->taken.n) b->im->n_registers = b->taken.n;
    return add_operand(b, MOVE_REGISTER, i);
}

/* ------------------------------------------------------------------- tiles */

typedef enum { LOAD_FULL, LOAD_NUMBER, LOAD_ENTRY, LOAD_ROW, LOAD_COLUMN } load_kind;

static load_kind kind_of_load(const binder *b, buffer_id buffer) {
    shape sh = b->e->p->buffers.at[buffer].sh;
    if (shape_is_scalar(sh)) return LOAD_NUMBER;
    if (shape_equal(sh, b->in->sh)) return LOAD_FULL;
    bool one_row = sh.rows != b->in->sh.rows, one_col = sh.cols != b->in->sh.cols;
    return one_row && one_col ? LOAD_ENTRY : one_row ? LOAD_ROW : LOAD_COLUMN;
}

static bool is_flat(const binder *b) {
    for (uint32_t i = 0; i < b->in->steps.n; i++) {
        const plan_step *s = &b->in->steps.at[i];
        if (s->kind == STEP_REDUCE && s->attr != AXIS_ALL) return false;
        if (s->kind != STEP_LOAD) continue;
        load_kind kind = kind_of_load(b, s->buffer);
        if (kind == LOAD_ROW || kind == LOAD_COLUMN) return false;
    }
    return true;
}

static void choose_tiles(binder *b) {
    block *x = b->out;
    x->rows = sizes_get(b->s, b->in->sh.rows);
    x->cols = sizes_get(b->s, b->in->sh.cols);
    if (is_flat(b)) {
        x->cols *= x->rows;
        x->rows = 1;
    }
    if (x->cols <= TILE) {
        x->tile_rows = TILE / x->cols < x->rows ? TILE / x->cols : x->rows;
        x->tile_cols = x->cols;
    } else {
        size_t n = (x->cols + TILE - 1) / TILE;
        x->tile_rows = 1;
        x->tile_cols = ((x->cols + n - 1) / n + 15) / 16 * 16;
    }
}

/* ----------------------------------------------------------------- operands */

static void add_before(binder *b, once_kind kind, uint32_t y, buffer_id buffer, double value) {
    vec_push(&b->im->code_of, &b->out->before,
             (once_op){.kind = (uint8_t)kind, .y = y, .buffer = buffer, .value = value});
}

static void add_op(binder *b, tile_op op) {
    vec_push(&b->im->code_of, &b->out->ops, op);
}

static uint32_t operand_of_load(binder *b, const plan_step *s) {
    uint32_t y;
    switch (kind_of_load(b, s->buffer)) {
    case LOAD_FULL: return add_operand(b, MOVE_ENTRY, s->buffer);
    case LOAD_NUMBER:
        y = add_register(b, true);
        add_before(b, ONCE_FILL_NUMBER, y, s->buffer, 0);
        return y;
    case LOAD_ENTRY:
        y = add_register(b, true);
        add_before(b, ONCE_FILL_ENTRY, y, s->buffer, 0);
        return y;
    case LOAD_ROW:
        if (b->out->tile_rows == 1) return add_operand(b, MOVE_COL, s->buffer);
        y = add_register(b, true);
        add_before(b, ONCE_REPEAT, y, s->buffer, 0);
        return y;
    case LOAD_COLUMN: break;
    }
    y = add_register(b, false);
    uint32_t column = add_operand(b, MOVE_ROW, s->buffer);
    add_op(b, (tile_op){.kind = TILE_SHAPED, .shaped = b->e->k->fill_rows, .y = y, .a = column});
    return y;
}

static double value_of_step(const binder *b, const plan_step *s) {
    return s->kind == STEP_SIZE ? (double)sizes_get(b->s, s->size) : s->number;
}

/* The operand that is a step's value; what only has to be loaded is loaded at its first use. */
static uint32_t operand_of(binder *b, uint32_t step) {
    const plan_step *s = &b->in->steps.at[step];
    if (b->of[step]) return b->of[step] - 1;
    uint32_t y;
    if (s->kind == STEP_LOAD) {
        y = operand_of_load(b, s);
    } else {
        y = add_register(b, true);
        add_before(b, ONCE_FILL_VALUE, y, 0, value_of_step(b, s));
    }
    b->of[step] = y + 1;
    return y;
}

/* Whether all entries of the step are equal within a tile. */
static bool is_one(const binder *b, uint32_t step) {
    const plan_step *s = &b->in->steps.at[step];
    if (s->kind == STEP_NUMBER || s->kind == STEP_SIZE) return true;
    if (s->kind != STEP_LOAD) return false;
    load_kind kind = kind_of_load(b, s->buffer);
    return kind == LOAD_NUMBER || kind == LOAD_ENTRY || (kind == LOAD_COLUMN && b->out->tile_rows == 1);
}

/* The operand that has the first entry of such a step: where it stands, or in a register. */
static uint32_t first_of(binder *b, uint32_t step) {
    const plan_step *s = &b->in->steps.at[step];
    if (b->one[step]) return b->one[step] - 1;
    bool     load = s->kind == STEP_LOAD, number = load && kind_of_load(b, s->buffer) == LOAD_NUMBER;
    uint32_t y;
    if (load && !number) {
        y = add_operand(b, kind_of_load(b, s->buffer) == LOAD_ENTRY ? MOVE_NOT : MOVE_ROW, s->buffer);
    } else {
        y = add_register(b, true);
        add_before(b, number ? ONCE_NUMBER : ONCE_VALUE, y, number ? s->buffer : 0,
                   number ? 0 : value_of_step(b, s));
    }
    b->one[step] = y + 1;
    return y;
}

/* What is filled once must last for all tiles. */
static bool lasts(const binder *b, const plan_step *s) {
    if (s->kind == STEP_NUMBER || s->kind == STEP_SIZE) return true;
    return s->kind == STEP_LOAD && kind_of_load(b, s->buffer) != LOAD_COLUMN;
}

/* Gives back the register of an argument that is not read after step `at`. */
static void release_one(binder *b, uint32_t arg, uint32_t at) {
    if (b->last[arg] != at || !b->of[arg] || lasts(b, &b->in->steps.at[arg])) return;
    const operand *x = &b->out->operands.at[b->of[arg] - 1];
    if (x->move == MOVE_REGISTER) b->taken.at[x->index] = false;
}

static void release(binder *b, const plan_step *s, uint32_t n_args, uint32_t at) {
    for (uint32_t i = 0; i < n_args; i++) release_one(b, s->arg[i], at);
}

/* ------------------------------------------------------------------- steps */

static bool same_memory(const binder *b, buffer_id x, buffer_id y) {
    uint32_t slot = b->im->places[x].slot;
    return x == y || (slot != NO_SLOT && slot == b->im->places[y].slot);
}

/* A result goes straight to its buffer, unless what lies there is still read by later steps. */
static bool writes_directly(const binder *b, uint32_t at) {
    buffer_id to = b->in->steps.at[at].buffer;
    if (!to) return false;
    for (uint32_t i = 0; i < b->in->steps.n; i++) {
        const plan_step *s = &b->in->steps.at[i];
        if (s->kind == STEP_LOAD && b->last[i] > at && same_memory(b, s->buffer, to)) return false;
    }
    return true;
}

/* Powers that need no pow. */
static block_fn simple_power(const kernels *k, double exponent) {
    if (exponent == 1) return k->copy;
    if (exponent == 2) return k->square;
    if (exponent == 3) return k->cube;
    return exponent == -1 ? k->inverse : NULL;
}

/* Which function does an operation, on how many of its arguments; `*one`: which of two is one entry, or 3. */
static block_fn function_of(const binder *b, const plan_step *s, uint32_t *n_args, uint32_t *one) {
    const kernels *k = b->e->k;
    *one = 3;
    *n_args = s->kind == STEP_COPY ? 1 : op_table[s->op].arity;
    if (s->kind == STEP_COPY) return k->copy;
    if (s->op == OP_POW && b->in->steps.at[s->arg[1]].kind == STEP_NUMBER) {
        block_fn power = simple_power(k, b->in->steps.at[s->arg[1]].number);
        if (power) *n_args = 1;
        if (power) return power;
    }
    if (*n_args != 2 || is_one(b, s->arg[0]) == is_one(b, s->arg[1])) return k->op[s->op];
    *one = is_one(b, s->arg[0]) ? 0 : 1;
    return (*one ? k->second : k->first)[s->op];
}

static uint32_t result_of(binder *b, uint32_t at) {
    const plan_step *s = &b->in->steps.at[at];
    uint32_t y = writes_directly(b, at) ? add_operand(b, MOVE_ENTRY, s->buffer) : add_register(b, false);
    b->of[at] = y + 1;
    return y;
}

/* Several operations in one loop. */
static void bind_loop(binder *b, uint32_t at) {
    const plan_step *s = &b->in->steps.at[at];
    bool     one = s->leaf[LOOP_Y] && is_one(b, s->leaf[LOOP_Y] - 1);
    tile_op  op = {.kind = TILE_LOOP, .loop = (one ? b->e->k->loop_one : b->e->k->loop)[s->loop]};
    uint32_t leaf[LOOP_LEAVES], any = 0;
    for (int i = 0; i < LOOP_LEAVES; i++) {
        bool first = i >= LOOP_P || (i == LOOP_Y && one);
        if (s->leaf[i]) leaf[i] = (first ? first_of : operand_of)(b, s->leaf[i] - 1);
        if (s->leaf[i] && !first) any = leaf[i];
    }
    for (int i = 0; i < LOOP_LEAVES; i++)
        if (s->leaf[i]) release_one(b, s->leaf[i] - 1, at);
    op.a = b->out->leaves.n;
    for (int i = 0; i < LOOP_LEAVES; i++)
        vec_push(&b->im->code_of, &b->out->leaves, s->leaf[i] ? leaf[i] : any);
    op.y = result_of(b, at);
    add_op(b, op);
}

static void bind_operation(binder *b, uint32_t at) {
    const plan_step *s = &b->in->steps.at[at];
    uint32_t n_args, one;
    tile_op  op = {.kind = TILE_ENTRYWISE, .fn = function_of(b, s, &n_args, &one)};
    uint32_t *args[3] = {&op.a, &op.b, &op.c};
    for (uint32_t i = 0; i < n_args; i++) *args[i] = (i == one ? first_of : operand_of)(b, s->arg[i]);
    for (uint32_t i = n_args; i < 3; i++) *args[i] = op.a;
    release(b, s, n_args, at);
    op.y = result_of(b, at);
    add_op(b, op);
}

/* How many entries one entry of the reduced value joins. */
static double entries_joined(const binder *b, buffer_id to) {
    size_t entries = sizes_get(b->s, b->in->sh.rows) * sizes_get(b->s, b->in->sh.cols);
    size_t joined = entries / (b->im->places[to].rows * b->im->places[to].cols);
    return (double)joined;
}

static void (*shaped_sum(const kernels *k, uint8_t axis, bool most))(size_t, size_t, void *, const void *) {
    if (axis == AXIS_0) return most ? k->most_cols : k->sum_cols;
    return most ? k->most_rows : k->sum_rows;
}

static uint32_t add_sum(binder *b, axis_sum x) {
    uint32_t y = add_operand(b, x.axis == AXIS_0 ? MOVE_COL : MOVE_ROW, x.buffer);
    x.entries = x.axis == AXIS_0 ? b->out->cols : b->out->rows;
    vec_push(&b->im->code_of, &b->out->sums, x);
    if (!b->im->code_of.failed) b->out->operands.at[y].sum = b->out->sums.n;
    return y;
}

static void bind_reduction(binder *b, uint32_t at) {
    const plan_step *s = &b->in->steps.at[at];
    bool    most = s->op == OP_MAX, number = is_number_buffer(b->e, s->buffer);
    tile_op op = {.kind = number ? TILE_WHOLE : TILE_SHAPED, .most = most, .a = operand_of(b, s->arg[0])};
    double  joined = s->op == OP_MEAN ? entries_joined(b, s->buffer) : 1;
    release(b, s, 1, at);
    if (number) {
        op.whole = most ? b->e->k->most : b->e->k->sum;
        op.y = b->out->totals.n;
        vec_push(&b->im->code_of, &b->out->totals,
                 (total){.buffer = s->buffer, .most = most, .divide = joined});
    } else {
        op.shaped = shaped_sum(b->e->k, s->attr, most);
        op.y = add_sum(b, (axis_sum){.buffer = s->buffer, .axis = s->attr, .most = most, .divide = joined});
    }
    add_op(b, op);
}

/* Copies what could not be written directly, after all that is read was read. */
static void bind_stores(binder *b) {
    for (uint32_t i = 0; i < b->in->steps.n; i++) {
        const plan_step *s = &b->in->steps.at[i];
        if (s->kind == STEP_LOAD || s->kind == STEP_REDUCE || !s->buffer) continue;
        uint32_t from = operand_of(b, i);
        if (b->im->code_of.failed || b->out->operands.at[from].move != MOVE_REGISTER) continue;
        uint32_t to = add_operand(b, MOVE_ENTRY, s->buffer);
        add_op(b, (tile_op){
                      .kind = TILE_ENTRYWISE, .fn = b->e->k->copy, .y = to, .a = from, .b = from, .c = from});
    }
}

static void find_last_uses(binder *b) {
    for (uint32_t i = 0; i < b->in->steps.n; i++) {
        const plan_step *s = &b->in->steps.at[i];
        for (uint32_t k = 0; !s->inside && !s->loop && k < plan_step_arity(s); k++) b->last[s->arg[k]] = i;
        for (int k = 0; s->loop && k < LOOP_LEAVES; k++)
            if (s->leaf[k]) b->last[s->leaf[k] - 1] = i;
    }
    for (uint32_t i = 0; i < b->in->steps.n; i++) {
        const plan_step *s = &b->in->steps.at[i];
        if (s->kind != STEP_LOAD && s->kind != STEP_REDUCE && s->buffer) b->last[i] = b->in->steps.n;
    }
}

/* ------------------------------------------------------------------ pieces */

/* What is done in a few microseconds is not worth the waiting. */
enum {
    LEAST_ENTRIES = 20000,
    LEAST_PRODUCT = 400000,
    MOST_PIECES = 64,
    ENOUGH_PIECES = 8,
    MOST_PARTIAL = 1 << 16
};

static bool sums_along(const block *x, uint8_t axis) {
    for (uint32_t i = 0; i < x->sums.n; i++)
        if (x->sums.at[i].axis == axis) return true;
    return false;
}

static size_t at_most(size_t n, size_t most) { return n < most ? n : most; }

/* What pieces may have of a sum along an axis, all together. */
static size_t most_entries(const axis_sum *x) { return at_most(MOST_PIECES * x->entries, MOST_PARTIAL); }

/* Sums across the pieces are made by each piece: not more of them than there is room for. */
static void place_partial_sums(block *x) {
    uint8_t axis = x->across ? AXIS_1 : AXIS_0;
    for (uint32_t i = 0; i < x->sums.n; i++)
        if (x->sums.at[i].axis == axis)
            x->n_pieces = at_most(x->n_pieces, most_entries(&x->sums.at[i]) / x->sums.at[i].entries);
    if (x->n_pieces == 0) x->n_pieces = 1;
    for (uint32_t i = 0; i < x->sums.n; i++)
        x->sums.at[i].partial = x->n_pieces > 1 && x->sums.at[i].axis == axis;
}

/* Pieces are rows of tiles or columns of tiles: those that need no partial sums along an axis, if there are
 * enough of them; else the more numerous. */
static void choose_pieces(const plan_instr *in, block *x) {
    size_t n_ops = 0;
    for (uint32_t i = 0; i < in->steps.n; i++) n_ops += plan_step_arity(&in->steps.at[i]) > 0;
    size_t down = (x->rows + x->tile_rows - 1) / x->tile_rows,
           across = (x->cols + x->tile_cols - 1) / x->tile_cols;
    size_t worth = x->rows * x->cols * n_ops / LEAST_ENTRIES;
    if (!sums_along(x, AXIS_0) && down >= ENOUGH_PIECES) x->across = false;
    else if (!sums_along(x, AXIS_1) && across >= ENOUGH_PIECES) x->across = true;
    else x->across = across > down;
    x->n_pieces = at_most(at_most(x->across ? across : down, MOST_PIECES), worth);
    place_partial_sums(x);
}

/* Room for any choice of pieces: it must do for smaller sizes, too (exec_fit), of which some have more
 * pieces. */
static void reserve_partial_sums(binder *b) {
    block *x = b->out;
    size_t entries = 0;
    for (uint32_t i = 0; i < x->sums.n; i++) {
        x->sums.at[i].offset = entries * b->e->k->size;
        entries += most_entries(&x->sums.at[i]);
    }
    if (b->im->n_partial < entries * b->e->k->size) b->im->n_partial = entries * b->e->k->size;
    size_t totals = (size_t)x->totals.n * MOST_PIECES;
    if (b->im->n_totals < totals) b->im->n_totals = totals;
}

static void bind_block(const exec *e, image *im, const sizes *s, const plan_instr *in, block *out) {
    binder b = {.e = e, .im = im, .s = s, .in = in, .out = out};
    b.last = arena_new(&im->code_of, in->steps.n * sizeof *b.last);
    b.of = arena_new(&im->code_of, in->steps.n * sizeof *b.of);
    b.one = arena_new(&im->code_of, in->steps.n * sizeof *b.one);
    if (!b.last || !b.of || !b.one) return;
    choose_tiles(&b);
    find_last_uses(&b);
    for (uint32_t i = 0; i < in->steps.n && !im->code_of.failed; i++) {
        uint8_t kind = in->steps.at[i].kind;
        if (in->steps.at[i].inside) continue;
        if (in->steps.at[i].loop) bind_loop(&b, i);
        else if (kind == STEP_OP || kind == STEP_COPY) bind_operation(&b, i);
        else if (kind == STEP_REDUCE) bind_reduction(&b, i);
    }
    if (!im->code_of.failed) bind_stores(&b);
    choose_pieces(in, out);
    reserve_partial_sums(&b);
    if (im->n_pointers < out->operands.n) im->n_pointers = out->operands.n;
}

/* -------------------------------------------------------------- sharing out */

/* Parts of what makes no sums across them, `most` at most: a few for each thread, so that one that comes
 * late or is interrupted takes fewer. Each is worth being shared out. */
static void share_out(const exec *e, instr *out, split how, size_t work, size_t least, size_t most) {
    enum { EACH = 4 };
    size_t parts = at_most(at_most(work / least, most), EACH * e->n_threads);
    if (e->n_threads == 1 || parts < 2) return;
    out->split = (uint8_t)how;
    out->parts = (uint32_t)parts;
}

/* Whoever computes some rows packs all of b, and whoever computes some columns all of a: parts are not too
 * thin. */
static void share_product(const exec *e, instr *out) {
    enum { ROWS = 64, COLS = 128 };
    const gemm *s = &out->product;
    size_t      work = s->m * s->n > SIZE_MAX / s->k ? SIZE_MAX : s->m * s->n * s->k, n = e->n_threads;
    if (gemm_slices(s) > 1) {
        out->split = SPLIT_PIECES;
        out->parts = (uint32_t)gemm_slices(s);
    } else if (s->n > s->m && s->n >= COLS / 2 * n) {
        share_out(e, out, SPLIT_COLS, work, LEAST_PRODUCT, s->n < COLS * n ? n : s->n / COLS);
    } else if (s->m >= n) {
        share_out(e, out, SPLIT_ROWS, work, LEAST_PRODUCT, s->m < ROWS * n ? n : s->m / ROWS);
    }
}

/* A transpose, or a softmax, which takes some twenty operations for each entry. */
static void share_lines(const exec *e, const image *im, const plan_instr *in, instr *out) {
    const place *a = &im->places[in->a];
    size_t       cost = in->kind == PLAN_SOFTMAX ? 20 : 1;
    bool         cols = in->kind == PLAN_SOFTMAX && in->attr == AXIS_0;
    share_out(e, out, cols ? SPLIT_COLS : SPLIT_ROWS, a->rows * a->cols * cost, LEAST_ENTRIES,
              cols ? a->cols / 64 : a->rows);
}

/* ------------------------------------------------------------ instructions */

static void bind_numbers(image *im, const sizes *s, const plan_instr *in, instr *out) {
    for (uint32_t i = 0; i < in->steps.n; i++) {
        const plan_step *x = &in->steps.at[i];
        number_op op = {.kind = x->kind, .op = x->op, .value = x->number, .buffer = x->buffer};
        for (int k = 0; k < 3; k++) op.arg[k] = x->arg[k];
        if (x->kind == STEP_SIZE) op.value = (double)sizes_get(s, x->size);
        vec_push(&im->code_of, &out->number_ops, op);
    }
    if (im->n_steps < in->steps.n) im->n_steps = in->steps.n;
}

static void bind_product(const exec *e, image *im, const plan_instr *in, gemm *out) {
    const place *a = &im->places[in->a], *c = &im->places[in->out];
    *out = (gemm){.m = c->rows, .n = c->cols, .k = in->transpose_a ? a->rows : a->cols,
                  .transpose_a = in->transpose_a, .transpose_b = in->transpose_b, .add = in->add};
    size_t bytes = gemm_most_sliced(out) * e->k->size, scratch = gemm_scratch(out);
    if (im->n_partial < bytes) im->n_partial = bytes;
    if (im->scratch < scratch) im->scratch = scratch;
}

void bind_instr(const exec *e, image *im, const sizes *s, uint32_t at) {
    const plan_instr *in = &e->p->code.at[at];
    instr            *out = &im->code[at];
    out->kind = in->kind;
    out->plan = in;
    out->numbers = in->kind == PLAN_BLOCK && shape_is_scalar(in->sh);
    out->parts = 1;
    if (out->numbers) {
        bind_numbers(im, s, in, out);
    } else if (in->kind == PLAN_BLOCK) {
        bind_block(e, im, s, in, &out->block);
        out->parts = (uint32_t)out->block.n_pieces;
    } else if (in->kind == PLAN_PRODUCT) {
        bind_product(e, im, in, &out->product);
        share_product(e, out);
    } else if (in->kind == PLAN_MATRIX) {
        size_t bytes = matrices_scratch(im, in);
        if (im->n_partial < bytes) im->n_partial = bytes;
    } else {
        share_lines(e, im, in, out);
    }
}

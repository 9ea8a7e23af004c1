/* Sizes and memory of buffers.
 *
 * Intermediates are assigned to slots in the order of the instructions; a slot is used
 * again after the last reader of what it holds. The result of a block may stand where an
 * operand of the same shape ends its life, because a block loads each entry before it
 * stores there; everything else gets memory before the operands give theirs back. */
#include <limits.h>

#include "run/exec/image.h"

typedef struct slot {
    size_t bytes;
    bool   used;
} slot;

typedef struct slots {
    const exec *e;
    image      *im;
    arena      *a;
    VEC(slot) list;
    bool *freed; /* by buffer */
} slots;

static size_t bytes_of(const slots *s, buffer_id b) {
    return s->im->places[b].rows * s->im->places[b].cols * s->e->k->size;
}

dfoo_status layout_sizes(const exec *e, const sizes *s, image *im) {
    for (buffer_id b = 1; b < e->p->buffers.n; b++) {
        shape  sh = e->p->buffers.at[b].sh;
        place *x = &im->places[b];
        *x = (place){.rows = sizes_get(s, sh.rows), .cols = sizes_get(s, sh.cols), .slot = NO_SLOT};
        if (x->rows == 0 || x->cols == 0 || x->rows > INT_MAX || x->cols > INT_MAX) return DFOO_EINPUT;
        if (x->rows > SIZE_MAX / 4 / sizeof(double) / x->cols) return DFOO_EINPUT;
    }
    return DFOO_OK;
}

/* The smallest free slot that is large enough; else the largest free one, which grows. */
static uint32_t find_slot(slots *s, size_t bytes) {
    uint32_t best = NO_SLOT;
    for (uint32_t i = 0; i < s->list.n; i++) {
        const slot *x = &s->list.at[i];
        if (x->used) continue;
        if (best == NO_SLOT) {
            best = i;
            continue;
        }
        size_t now = s->list.at[best].bytes;
        bool   better = now < bytes ? x->bytes > now : x->bytes >= bytes && x->bytes < now;
        if (better) best = i;
    }
    if (best != NO_SLOT) return best;
    vec_push(s->a, &s->list, (slot){0});
    return s->a->failed ? NO_SLOT : s->list.n - 1;
}

/* Buffers of variables that the caller sees, and numbers, have no slots that are used again. */
static void take(slots *s, buffer_id b, uint32_t at) {
    const plan_buffer *x = &s->e->p->buffers.at[b];
    if (!b || x->kind == BUFFER_LEAF || x->first != at || is_number_buffer(s->e, b)) return;
    if (s->im->places[b].slot != NO_SLOT) return;
    uint32_t i = NO_SLOT;
    if (x->kind == BUFFER_WORK) i = find_slot(s, bytes_of(s, b));
    else {
        vec_push(s->a, &s->list, (slot){0});
        i = s->list.n - 1;
    }
    if (s->a->failed) return;
    slot *to = &s->list.at[i];
    to->used = true;
    if (to->bytes < bytes_of(s, b)) to->bytes = bytes_of(s, b);
    s->im->places[b].slot = i;
}

static void give_back(slots *s, buffer_id b, uint32_t at) {
    const plan_buffer *x = &s->e->p->buffers.at[b];
    if (!b || x->kind != BUFFER_WORK || x->last != at || is_number_buffer(s->e, b)) return;
    if (s->freed[b] || s->im->places[b].slot == NO_SLOT) return;
    s->freed[b] = true;
    s->list.at[s->im->places[b].slot].used = false;
}

/* An operand that has the shape of the block, made by an earlier instruction. */
static bool full_operand(const slots *s, const plan_instr *in, const plan_step *step, uint32_t at) {
    const plan_buffer *x = &s->e->p->buffers.at[step->buffer];
    return step->kind == STEP_LOAD && x->first < at && shape_equal(x->sh, in->sh);
}

static void slots_of_instr(slots *s, uint32_t at) {
    const plan_instr *in = &s->e->p->code.at[at];
    take(s, in->out, at);
    for (uint32_t i = 0; i < in->steps.n; i++)
        if (in->steps.at[i].kind == STEP_REDUCE) take(s, in->steps.at[i].buffer, at);
    for (uint32_t i = 0; i < in->steps.n; i++)
        if (full_operand(s, in, &in->steps.at[i], at)) give_back(s, in->steps.at[i].buffer, at);
    for (uint32_t i = 0; i < in->steps.n; i++) take(s, in->steps.at[i].buffer, at);
    give_back(s, in->a, at);
    give_back(s, in->b, at);
    give_back(s, in->out, at);
    for (uint32_t i = 0; i < in->steps.n; i++) give_back(s, in->steps.at[i].buffer, at);
}

/* Fills places[].slot, and offsets[] by slot; im->slots_size is what they take together. */
dfoo_status layout_slots(const exec *e, image *im, arena *scratch, size_t **offsets) {
    slots s = {.e = e, .im = im, .a = scratch, .freed = arena_new(scratch, e->p->buffers.n)};
    if (!s.freed) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < e->p->code.n && !scratch->failed; i++) slots_of_instr(&s, i);
    *offsets = arena_new(scratch, s.list.n * sizeof **offsets);
    if (!*offsets) return DFOO_ENOMEM;
    im->slots_size = 0;
    for (uint32_t i = 0; i < s.list.n; i++) {
        (*offsets)[i] = im->slots_size;
        if (s.list.at[i].bytes > SIZE_MAX / 4 - im->slots_size) return DFOO_EINPUT;
        im->slots_size += (s.list.at[i].bytes + 63) / 64 * 64;
    }
    return arena_status(scratch);
}

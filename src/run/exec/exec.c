/* Opening, resizing and closing; values in and out. */
#include "run/exec/exec.h"

#include <assert.h>
#include <string.h>

#include "run/exec/image.h"
#include "run/exec/isa.h"

void *aligned_new(const dfoo_allocator *mem, size_t bytes, void **block, size_t *size) {
    *size = bytes + 64;
    *block = mem_new(mem, *size);
    return *block ? (char *)*block + (64 - (uintptr_t)*block % 64) : NULL;
}

/* ------------------------------------------------------------------ images */

static void place_free(const exec *e, place *x) {
    mem_free(&e->mem, x->block, x->size);
    *x = (place){0};
}

/* Frees an image; `not_in`: another image that goes on with the memory of some leaves, or NULL. */
static void image_free(const exec *e, image *im, const image *not_in) {
    for (buffer_id b = 1; im->places && b < e->p->buffers.n; b++)
        if (!not_in || not_in->places[b].block != im->places[b].block) place_free(e, &im->places[b]);
    mem_free(&e->mem, im->work, im->work_size);
    arena_free(&im->code_of);
    arena_free(&im->a);
    *im = (image){0};
}

/* What the plan changes, and parameters, are there from the start. */
static bool starts_with_memory(const exec *e, const plan_buffer *x) {
    uint8_t kind = ir_var(e->g, x->var)->kind;
    return kind == VAR_PARAM || kind == VAR_CONST;
}

/* Room for the most that exec_fit may ask for. */
static dfoo_status place_new(const exec *e, place *x, shape sh) {
    sym    name = dim_name(e->varies);
    size_t rows = e->varies ? sizes_get_with(&e->sizes, sh.rows, name, e->most) : x->rows;
    size_t cols = e->varies ? sizes_get_with(&e->sizes, sh.cols, name, e->most) : x->cols;
    x->at = aligned_new(&e->mem, rows * cols * e->k->size, &x->block, &x->size);
    return x->at ? DFOO_OK : DFOO_ENOMEM;
}

/* A leaf goes on with the memory of the old image if it has the same size. */
static dfoo_status leaf_init(const exec *e, image *im, const image *old, buffer_id b) {
    const plan_buffer *x = &e->p->buffers.at[b];
    const variable    *v = ir_var(e->g, x->var);
    place             *to = &im->places[b];
    if (old->places) {
        const place *from = &old->places[b];
        im->numbers[b] = old->numbers[b];
        if (from->rows == to->rows && from->cols == to->cols) {
            *to = *from;
            return DFOO_OK;
        }
    } else {
        im->numbers[b] = v->kind == VAR_CONST ? v->value : 0;
    }
    if (is_number_buffer(e, b) || !starts_with_memory(e, x)) return DFOO_OK;
    DFOO_TRY(place_new(e, to, x->sh));
    if (v->values && v->n_values == to->rows * to->cols) e->k->set(v->n_values, to->at, v->values);
    else if (v->kind == VAR_CONST) e->k->fill(to->rows * to->cols, to->at, v->value);
    return DFOO_OK;
}

/* Memory for slots and partial sums, and for each thread registers and a copy of parts of products. */
static dfoo_status work_new(const exec *e, image *im, const size_t *offsets) {
    size_t registers = (size_t)im->n_registers * TILE * e->k->size, partial = (im->n_partial + 63) / 64 * 64;
    size_t each = registers + im->scratch, shared = im->slots_size + partial;
    char  *at = aligned_new(&e->mem, shared + e->n_threads * each, &im->work, &im->work_size);
    if (!at) return DFOO_ENOMEM;
    im->partial = at + im->slots_size;
    im->totals = arena_new(&im->a, (im->n_totals + 1) * sizeof *im->totals);
    for (buffer_id b = 1; b < e->p->buffers.n; b++)
        if (im->places[b].slot != NO_SLOT)
            im->places[b].at = im->places[b].home = at + offsets[im->places[b].slot];
    im->steps = arena_new(&im->a, im->n_steps * sizeof *im->steps);
    im->workers = arena_new(&im->a, e->n_threads * sizeof *im->workers);
    for (unsigned i = 0; im->workers && i < e->n_threads; i++) {
        worker *w = &im->workers[i];
        w->registers = at + shared + i * each;
        w->gemm_scratch = w->registers + registers;
        w->pointers = arena_new(&im->a, (im->n_pointers + 8) * sizeof *w->pointers); /* threads do not */
        w->bases = arena_new(&im->a, (im->n_pointers + 8) * sizeof *w->bases);       /* share lines   */
    }
    return arena_status(&im->a);
}

/* The instructions for these sizes, in memory that is used again. */
static dfoo_status bind_code(const exec *e, image *im, const sizes *s) {
    arena_clear(&im->code_of);
    memset(im->code, 0, e->p->code.n * sizeof *im->code);
    for (uint32_t i = 0; i < e->p->code.n; i++) bind_instr(e, im, s, i);
    return arena_status(&im->code_of);
}

static dfoo_status image_fill(const exec *e, const sizes *s, const image *old, arena *scratch, image *im) {
    const plan *p = e->p;
    size_t     *offsets;
    im->places = arena_new(&im->a, p->buffers.n * sizeof *im->places);
    im->numbers = arena_new(&im->a, p->buffers.n * sizeof *im->numbers);
    im->code = arena_new(&im->a, p->code.n * sizeof *im->code);
    DFOO_TRY(arena_status(&im->a));
    DFOO_TRY(layout_sizes(e, s, im));
    DFOO_TRY(layout_slots(e, im, scratch, &offsets));
    DFOO_TRY(bind_code(e, im, s));
    for (buffer_id b = 1; b < p->buffers.n; b++)
        if (p->buffers.at[b].kind == BUFFER_LEAF) DFOO_TRY(leaf_init(e, im, old, b));
    return work_new(e, im, offsets);
}

static dfoo_status image_make(const exec *e, const sizes *s, const image *old, image *im) {
    arena scratch;
    arena_init(&scratch, e->mem);
    *im = (image){.n_registers = old->n_registers, .n_pointers = old->n_pointers, .n_totals = old->n_totals,
                  .n_steps = old->n_steps, .n_partial = old->n_partial, .scratch = old->scratch};
    arena_init(&im->a, e->mem);
    arena_init(&im->code_of, e->mem);
    dfoo_status status = image_fill(e, s, old, &scratch, im);
    arena_free(&scratch);
    if (status != DFOO_OK) image_free(e, im, old->places ? old : NULL);
    return status;
}

/* --------------------------------------------------------------------- face */

/* The sizes may be asked for again later, when the caller's are gone. */
static dfoo_status sizes_copy(const exec *e, const sizes *s, sizes *out) {
    *out = (sizes){.n = s->n, .of = mem_new(&e->mem, s->n * sizeof *s->of), .names = e->g->names};
    if (!out->of) return DFOO_ENOMEM;
    memcpy(out->of, s->of, s->n * sizeof *s->of);
    return DFOO_OK;
}

static void sizes_free(const exec *e, sizes *s) {
    mem_free(&e->mem, s->of, s->n * sizeof *s->of);
}

dfoo_status exec_open(const plan *p, const ir *g, const dfoo_allocator *mem, exec_dtype type, exec_isa isa,
                      const sizes *s, exec **out) {
    dfoo_allocator m = mem ? *mem : mem_default();
    exec          *e = mem_new(&m, sizeof *e);
    *out = NULL;
    if (!e) return DFOO_ENOMEM;
    const isa_kernels *by = isa_at(isa);
    *e = (exec){.mem = m,
                .p = p,
                .g = g,
                .isa = isa,
                .k = by->kernels(type),
                .gemm = by->gemm(type == EXEC_F64),
                .n_threads = 1};
    dfoo_status status = exec_resize(e, s);
    if (status == DFOO_OK) *out = e;
    else mem_free(&m, e, sizeof *e);
    return status;
}

void exec_close(exec *e) {
    if (!e) return;
    dfoo_allocator m = e->mem;
    team_close(e->team);
    image_free(e, &e->im, NULL);
    sizes_free(e, &e->sizes);
    mem_free(&m, e, sizeof *e);
}

exec_isa exec_isa_of(const exec *e) { return e->isa; }

dfoo_status exec_resize(exec *e, const sizes *s) {
    image next;
    sizes copy;
    DFOO_TRY(sizes_copy(e, s, &copy));
    dfoo_status status = image_make(e, &copy, &e->im, &next);
    if (status != DFOO_OK) {
        sizes_free(e, &copy);
        return status;
    }
    image_free(e, &e->im, &next);
    sizes_free(e, &e->sizes);
    e->im = next;
    e->sizes = copy;
    e->varies = 0;
    return DFOO_OK;
}

static void set_size(exec *e, size_t n) {
    sym name = dim_name(e->varies);
    e->sizes.of[name] = n;
    for (buffer_id b = 1; b < e->p->buffers.n; b++) {
        shape sh = e->p->buffers.at[b].sh;
        e->im.places[b].rows = sizes_get(&e->sizes, sh.rows);
        e->im.places[b].cols = sizes_get(&e->sizes, sh.cols);
    }
}

/* What an instruction becomes depends on whether its tiles have one row or several; 1, 2 and the most between
 * them show both of every instruction, so that their code together is as long as any. */
static dfoo_status reserve_code(exec *e, arena *room) {
    const size_t sizes[] = {1, e->most < 2 ? e->most : 2, e->most};
    size_t       used = 0;
    dfoo_status  status = DFOO_OK;
    for (size_t i = 0; i < 3 && status == DFOO_OK; i++) {
        set_size(e, sizes[i]);
        status = bind_code(e, &e->im, &e->sizes);
        used += arena_used(&e->im.code_of);
    }
    if (status == DFOO_OK && !arena_reserve(room, used)) status = DFOO_ENOMEM;
    return status;
}

dfoo_status exec_vary(exec *e, dim d) {
    assert(dim_is_named(d) && sizes_get(&e->sizes, d));
    sizes now = e->sizes;
    arena room;
    image next;
    arena_init(&room, e->mem);
    e->varies = d;
    e->most = sizes_get(&now, d);
    dfoo_status status = reserve_code(e, &room);
    /* registers and pointers are now counted for every size: an image for all of them */
    set_size(e, e->most);
    if (status == DFOO_OK) status = image_make(e, &e->sizes, &e->im, &next);
    if (status != DFOO_OK) {
        arena_free(&room);
        e->varies = 0;
        return bind_code(e, &e->im, &e->sizes) == DFOO_OK ? status : DFOO_ENOMEM;
    }
    image_free(e, &e->im, &next);
    e->im = next;
    arena_free(&e->im.code_of);
    e->im.code_of = room;
    bind_code(e, &e->im, &e->sizes);
    return DFOO_OK;
}

void exec_fit(exec *e, size_t n) {
    assert(e->varies && n > 0 && n <= e->most);
    if (sizes_get(&e->sizes, e->varies) == n) return;
    set_size(e, n);
    bind_code(e, &e->im, &e->sizes);
    assert(!e->im.code_of.failed);
}

dfoo_status exec_threads(exec *e, unsigned n) {
    unsigned before = e->n_threads;
    team    *members = NULL;
    if (n > 1) DFOO_TRY(team_open(&e->mem, n, &members));
    e->n_threads = n > 1 ? n : 1;
    dfoo_status status = exec_resize(e, &e->sizes);
    if (status != DFOO_OK) {
        e->n_threads = before;
        team_close(members);
        return status;
    }
    team_close(e->team);
    e->team = members;
    return DFOO_OK;
}

void exec_run(exec *e) {
    image_run(e);
}

static buffer_id buffer_of(const exec *e, var_id v) {
    return v < e->p->n_vars ? e->p->of_var[v] : 0;
}

static dfoo_status make_room(exec *e, buffer_id b) {
    place *x = &e->im.places[b];
    return x->at ? DFOO_OK : place_new(e, x, e->p->buffers.at[b].sh);
}

dfoo_status exec_set(exec *e, var_id v, const double *values) {
    buffer_id b = buffer_of(e, v);
    if (!b) return DFOO_OK;
    assert(e->p->buffers.at[b].kind == BUFFER_LEAF);
    place *x = &e->im.places[b];
    if (is_number_buffer(e, b)) {
        e->im.numbers[b] = values[0];
        return DFOO_OK;
    }
    if (!x->block) x->at = NULL; /* what was bound stays as it is */
    DFOO_TRY(make_room(e, b));
    e->k->set(x->rows * x->cols, x->at, values);
    return DFOO_OK;
}

void exec_get(const exec *e, var_id v, double *values) {
    buffer_id b = buffer_of(e, v);
    if (!b) return;
    const place *x = &e->im.places[b];
    if (is_number_buffer(e, b)) values[0] = e->im.numbers[b];
    else if (x->at) e->k->get(x->rows * x->cols, values, x->at);
}

void *exec_data(exec *e, var_id v, size_t *rows, size_t *cols) {
    buffer_id b = buffer_of(e, v);
    place    *x = &e->im.places[b];
    *rows = b ? x->rows : 0;
    *cols = b ? x->cols : 0;
    if (!b || is_number_buffer(e, b) || make_room(e, b) != DFOO_OK) return NULL;
    return x->at;
}

void exec_bind(exec *e, var_id v, const void *data) {
    buffer_id b = buffer_of(e, v);
    if (!b) return;
    assert(e->p->buffers.at[b].kind == BUFFER_LEAF && !is_number_buffer(e, b));
    place *x = &e->im.places[b];
    if (x->block) mem_free(&e->mem, x->block, x->size);
    x->block = NULL;
    x->at = (void *)data; /* the plan only reads it */
}

bool exec_bind_result(exec *e, var_id v, void *data) {
    buffer_id b = buffer_of(e, v);
    if (!b || is_number_buffer(e, b) || e->p->buffers.at[b].kind != BUFFER_KEPT) return false;
    e->im.places[b].at = data ? data : e->im.places[b].home;
    return true;
}

/* The public interface: predictors. One that is opened holds the model, its plan and the run; clones share
 * them and have what a run writes to for themselves. */
#include <string.h>

#include "api/api.h"

/* What clones share. */
typedef struct shared {
    work         w;
    bool         opened;
    dfoo_arrays *run;
    predictor    k;
} shared;

struct dfoo_predictor {
    dfoo             *d;
    shared           *own, *s; /* own: NULL in a clone */
    arena             a;
    predictor_scratch x;
};

/* The forward pass in the form in which it is run, as training has it; gradients are not needed. */
static dfoo_status forward_program(work *w, program *out) {
    program raw = {{0}}, stable = {{0}};
    for (uint32_t i = 0; i < w->m.forward.list.n; i++) {
        const stmt *s = &w->m.forward.list.at[i];
        DFOO_TRY(program_add(&w->m.g, &raw, s->var, s->node, s->at));
    }
    DFOO_TRY(simplify_stable(&w->m.g, &w->a, &raw, NULL, &stable));
    return model_without_dropout(&w->m.g, &stable, out);
}

static dfoo_status open_shared(dfoo *d, shared *s, const dfoo_arrays *run, exec_dtype type) {
    dfoo_model *model = NULL;
    program     p = {{0}};
    DFOO_TRY(arrays_new(&d->mem, &s->run));
    for (size_t i = 0; i < arrays_count(run); i++) {
        const dfoo_array *x = arrays_at(run, i);
        DFOO_TRY(arrays_add(s->run, x->name, x->ndim, x->dim, x->data, NULL));
    }
    DFOO_TRY(run_model(d, s->run, &model));
    s->opened = true;
    dfoo_status status = work_open(&s->w, d, model);
    dfoo_model_free(model);
    DFOO_TRY(status);
    DFOO_TRY(forward_program(&s->w, &p));
    DFOO_TRY(train_target_of(&s->w.m, &p, s->run));
    return predictor_open(&s->w.m, &p, s->run, type, s->w.d->isa, &s->w.a, &s->k);
}

/* With a scratch of its own; `own` if it is no clone. */
static dfoo_status new_predictor(dfoo *d, shared *s, bool own, dfoo_predictor **out) {
    dfoo_predictor *p = *out = mem_new(&d->mem, sizeof *p);
    if (!p) return DFOO_ENOMEM;
    *p = (dfoo_predictor){.d = d, .own = own ? s : NULL, .s = s};
    arena_init(&p->a, d->mem);
    return scratch_open(&p->x, &s->k, &p->a, &d->mem);
}

static dfoo_status close_shared(dfoo *d, shared *s, dfoo_status status) {
    if (!s) return status;
    if (s->opened) {
        point_locale_resume(&s->w.locale);
        status = work_close(&s->w, status);
    }
    arrays_free(s->run);
    mem_free(&d->mem, s, sizeof *s);
    return status;
}

static void free_predictor(dfoo_predictor *p) {
    if (!p) return;
    scratch_close(&p->x);
    arena_free(&p->a);
    mem_free(&p->d->mem, p, sizeof *p);
}

dfoo_status dfoo_predictor_new(dfoo *d, const dfoo_arrays *run, dfoo_dtype dtype, dfoo_predictor **out) {
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, run);
    NEED(d, out);
    KNOWN(d, dtype, DFOO_F32);
    dfoo_predictor *p = NULL;
    shared         *s = mem_new(&d->mem, sizeof *s);
    if (!s) return DFOO_ENOMEM;
    *s = (shared){.opened = false};
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(d, &run, &plain);
    if (status == DFOO_OK) status = open_shared(d, s, run, dtype == DFOO_F32 ? EXEC_F32 : EXEC_F64);
    arrays_free(plain);
    if (status == DFOO_OK) status = new_predictor(d, s, true, &p);
    if (s->opened) {
        work_tell(&s->w);
        point_locale_pause(&s->w.locale);
    }
    if (status == DFOO_OK && d->messages.failed) status = DFOO_ENOMEM;
    if (status == DFOO_OK) {
        *out = p;
        return status;
    }
    free_predictor(p);
    return close_shared(d, s, status);
}

dfoo_status dfoo_predictor_open(dfoo *d, const char *path, dfoo_predictor **out) {
    dfoo_arrays *run = NULL;
    if (out) *out = NULL;
    NEED(NULL, d);
    NEED(d, path);
    NEED(d, out);
    dfoo_status status = set_new(d, &run);
    if (status == DFOO_OK) status = dfoo_arrays_read(d, path, run);
    if (status == DFOO_OK) status = dfoo_predictor_new(d, run, DFOO_F64, out);
    arrays_free(run);
    return status;
}

dfoo_status dfoo_predictor_clone(dfoo_predictor *p, dfoo_predictor **out) {
    if (out) *out = NULL;
    NEED(NULL, p);
    NEED(p->d, out);
    dfoo_predictor *clone;
    dfoo_status     status = new_predictor(p->d, p->s, false, &clone);
    if (status == DFOO_OK)
        *out = clone;
    else
        free_predictor(clone);
    return status;
}

void dfoo_predictor_close(dfoo_predictor *p) {
    if (!p) return;
    dfoo   *d = p->d;
    shared *own = p->own;
    free_predictor(p);
    close_shared(d, own, DFOO_OK);
}

size_t dfoo_predictor_inputs(const dfoo_predictor *p) {
    return p ? p->s->k.n_in : 0;
}

size_t dfoo_predictor_outputs(const dfoo_predictor *p) {
    return p ? p->s->k.n_out : 0;
}

dfoo_status dfoo_predictor_run(dfoo_predictor *p, const double *x, size_t n, double *y) {
    NEED(NULL, p);
    NEED(p->d, x);
    NEED(p->d, y);
    return scratch_run(&p->x, x, n, y);
}

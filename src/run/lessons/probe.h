/* The probe: the forward pass, run over some of the training examples to look at the units of its layers. */
#ifndef LESSONS_PROBE_H
#define LESSONS_PROBE_H

#include "run/lessons/watched.h"

enum { PROBE_SAMPLE = 1000 };

/* y = f(z), entry by entry, of a value z that the parameters have a part in and that goes nowhere
 * else: `slope` is f'(z). */
typedef struct unit_watch {
    var_id y, z, slope;
    bool   step;   /* the slope is a step, as a relu's: exactly 0, or well away from it */
    bool   hidden; /* there are parameters between y and the cost */
} unit_watch;

/* The forward pass without dropout, which keeps what is watched, the predictions and the cost. */
typedef struct probe {
    plan *p;
    bool *features; /* by var_id: a product with parameters is made of it, or of what it makes */
    VEC(unit_watch) units;
} probe;

/* What it computed for some of the training examples. */
typedef struct probed {
    examples in; /* none is bound if e is NULL */
    exec    *e;
} probed;

/* A matrix of exec's, seen as units (or entries) of examples. */
typedef struct seen {
    exec_dtype  type;
    const void *at;
    size_t      n, units;
    bool        across; /* examples are columns */
} seen;

double seen_at(const seen *x, size_t unit, size_t example);

/* Adds the slopes to the model's store and plans the pass; it lives as long as the arena. */
dfoo_status probe_plan(model *m, const program *p, arena *a, probe *out);
dfoo_status probe_run(const probe *p, const watched *w, arena *a, const uint32_t *pick, size_t n,
                      probed *out);
void        probe_close(probed *x); /* also after a failure */

/* Runs over all training examples, a part at a time, until `visit` says false: it has seen enough. */
typedef bool (*probe_visit)(void *user, const watched *w, const probed *part);
dfoo_status probe_all(const probe *p, const watched *w, probe_visit visit, void *user);

bool probe_see(const watched *w, const probed *x, var_id v, seen *out); /* false: not there */

#endif

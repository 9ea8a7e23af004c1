/* A predictor: a model and a run, bound once, that predicts from plain memory again and again. */
#ifndef TRAIN_PREDICTOR_H
#define TRAIN_PREDICTOR_H

#include "run/feed/memo.h"
#include "run/train/train.h"

/* An input: its values are those from number `first` on of each example, prepared as training did. */
typedef struct predictor_input {
    var_id             var;
    size_t             first, n, entries; /* n values become entries */
    const column_rule *rules;             /* of the values; NULL: they are the entries */

    const double *mean, *sd;   /* NULL: not standardised */
    double        times, over; /* over 0: not scaled */
} predictor_input;

/* What all that predict with it share; it does not change. */
typedef struct predictor {
    const model       *m;
    arena             *a;
    plan              *p;
    sizes              s;
    const dfoo_arrays *run;
    exec_dtype         type;
    exec_isa           isa;
    uint32_t           n_inputs;
    predictor_input   *inputs;
    var_id             prediction;
    size_t             n_in, n_out; /* entries of an example */
} predictor;

/* `p` computes at least the first prediction of the model; everything has to stay. Memory comes from `a`.
 * DFOO_EINPUT: the run is not one of the model, or an input is not by example. */
dfoo_status predictor_open(const model *m, const program *p, const dfoo_arrays *run, exec_dtype type,
                           exec_isa isa, arena *a, predictor *out);

/* What each of those that predict at the same time has for itself. */
typedef struct predictor_scratch {
    const predictor *k;
    dfoo_allocator   mem;
    exec            *e;
    sizes            s;
    size_t           n;      /* examples that there is room for */
    void            *values; /* of all inputs */
    size_t           size;
    double          *entries; /* of an example whose values are prepared by rules */
} predictor_scratch;

dfoo_status scratch_open(predictor_scratch *x, const predictor *k, arena *a,
                         const dfoo_allocator *mem); /* close it also after a failure */
void        scratch_close(predictor_scratch *x);

/* y (n, n_out) of x (n, n_in), both a row per example. Allocates where n is not that of the run before.
 * DFOO_ENOMEM. */
dfoo_status scratch_run(predictor_scratch *x, const double *in, size_t n, double *out);

#endif

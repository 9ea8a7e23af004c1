/* The face of the room of rules: optimisers and schedules as equations, and a program that follows them. */
#ifndef RULE_RULE_H
#define RULE_RULE_H

#include "core/core.h"

typedef struct rule_setting {
    const char *name; /* alpha, beta, .. */
    double      value;
} rule_setting;

/* How parameters change; all zero is the default. */
typedef struct rule_options {
    const char         *optimizer;      /* of the table, NULL: sgd; with a text, what messages call it */
    const char         *optimizer_text; /* the equations of the user's own; NULL: those of the table */
    const rule_setting *settings;       /* the optimiser's numbers that are not its defaults */
    uint32_t            n_settings;
    const char         *schedule, *schedule_text; /* of the learning rate, in the same way; NULL: constant */
    const rule_setting *schedule_settings;
    uint32_t            n_schedule_settings;
    size_t              warmup;           /* steps over which the learning rate grows; 0: none */
    double              clip, clip_value; /* the most length of all gradients, size of an entry; 0: any */
    double              decay;            /* of weights; 0: none, or the optimiser's own */
    bool                decay_l2;         /* it is added to the gradient, not taken off the weight */
    bool                decay_all;        /* biases decay, too: parameters that are no factor of a product */
    bool                zero_rate,
        zero_decay; /* a learning rate of 0 is meant, or no decay instead of the optimiser's own */
} rule_options;

typedef struct stepper {
    program p;                       /* the program and the updates */
    double  rate;                    /* the learning rate that was given */
    var_id  alpha;                   /* the one of the step, where it is computed; else 0 */
    var_id  alpha0, t, epoch, epochs, steps; /* numbers that the updates read; 0: they do not */
    VEC(var_id) states;              /* of the parameters: they start at 0 and last */
} stepper;

/* Appends the updates of all parameters that have a gradient. DFOO_EINPUT: the equations or the options are
 * wrong. */
dfoo_status rule_append(model *m, const program *p, const rule_options *opt, arena *a, stepper *out);

/* The equations by which the options change parameters, as they are run: a text that can be given as
 * an optimiser. DFOO_EINPUT: something is wrong with them (reported). */
dfoo_status rule_show(const rule_options *opt, diags *d, buf *out);

const char *rule_optimizer_name(uint32_t i); /* NULL behind the last */
const char *rule_schedule_name(uint32_t i);

#endif

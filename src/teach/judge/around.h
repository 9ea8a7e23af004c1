/* What a program does around its gradients: the forward pass, the cost, the update, the first values, the
 * labels. A mistake there is told at its own line, and not as one of the gradients that follow from it. */
#ifndef JUDGE_AROUND_H
#define JUDGE_AROUND_H

#include "teach/judge/verdict.h"

typedef struct around_finding {
    const mistake *row;
    const char    *variable, *name; /* of the model, "J" or "W1"; of the program */
    uint32_t       line;
} around_finding;

typedef struct around_findings {
    VEC(around_finding) before; /* what comes before the gradients .. */
    VEC(around_finding) behind; /* .. and behind them */
} around_findings;

/* The program's forward pass against the model's, where what it predicts is not what the model does. *seen
 * becomes the case with the program's values where they are its own: what follows is judged given them. */
dfoo_status around_forward(gatherer *w, judge_case *seen, around_findings *out);

/* Labels that are (m,) and make (m, m) of (m, 1) or (1, m). */
dfoo_status around_labels(gatherer *w, around_findings *out);

/* The same in the program's own statements, before a function of it was called: events before end. */
dfoo_status around_own_labels(gatherer *w, uint32_t end, around_findings *out);

/* The same of functions that train: what they change, not what they leave. */
dfoo_status around_steps(gatherer *w, around_findings *out);

/* A finding behind the gradients, of a parameter. */
dfoo_status around_put(gatherer *w, const char *row, var_id v, uint32_t line, around_findings *out);

/* One bias has a gradient (n,), and another (n, 1), in a program that turns none into the other.
 * handed: its biases were handed to it. */
dfoo_status around_flat(gatherer *w, const judge_verdicts *all, bool handed, bool reshapes,
                        around_findings *out);

/* Weights that begin all equal, where there is more than one layer. */
dfoo_status around_start(gatherer *w, around_findings *out);

/* The cost that the program computes, from its own events. */
dfoo_status around_cost(gatherer *w, around_findings *out);

/* The updates of a method that is handed all examples, where the gradients are those of one at a time. */
dfoo_status around_batch(gatherer *w, around_findings *out);

/* The updates of the parameters, given the gradients that were judged; NULL: those of the case. */
dfoo_status around_updates(gatherer *w, const judge_verdicts *all, around_findings *out);

#endif

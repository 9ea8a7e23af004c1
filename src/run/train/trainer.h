/* A training at work: everything that it knows between two steps, shared by the files that set it up
 * (setup.c), run it (loop.c) and tell about it (report.c).
 *
 * What a run is continued from stands here by name and nowhere else: the parameters and the
 * states of the optimiser (stepper.states, variables of the step's exec), t, epoch, what of an epoch is
 * done, the best parameters, and the history (resume.c writes and reads them). Orders of examples and masks
 * follow from the seed, the epoch and t. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "run/feed/bind.h"
#include "run/feed/examples.h"
#include "run/lessons/lessons.h"
#include "run/train/score.h"
#include "run/train/train.h"

/* The parameters with the least cost of the test data so far (early.c). */
typedef struct best {
    dfoo_arrays *parameters; /* by name; NULL: they are not watched */
    double       cost;
    size_t       epoch;
    bool         none;  /* no cost was a number yet */
    bool         ended; /* training stopped for want of better ones */
} best;

struct trainer {
    model               *m;
    const program       *p; /* forward and gradients */
    const train_input   *in;
    const train_options *opt;
    arena                a;
    size_t               epochs;
    size_t               batch;     /* 0: all examples in one */
    size_t               per_epoch; /* examples in a pass: n, or of the stream */

    stepper   stepper;
    plan     *plan;
    scorer    scorer;
    bool     *needed;
    memos     memos;
    sizes     s;
    bound     data;  /* what the training examples are picked from */
    uint32_t *order; /* the training examples, as the epoch at hand takes them */
    bool      ordered;
    uint32_t *pick; /* the training examples, in ascending order */
    size_t    n, n_test;

    exec              *step;
    size_t             room; /* examples that it has room for */
    examples           train, test, gathered; /* in the step's type */
    examples           other; /* those of the newest step, where they are not its own */
    arena              other_a;
    bool               is_other;
    dfoo_arrays       *filled; /* of a stream, */
    size_t             n_filled; /* for so many examples */
    dfoo_arrays       *run;
    dfoo_arrays       *resumed; /* what the run's file held; NULL: a new run */
    const dfoo_arrays *from; /* parameters that start here: of the file, or as the caller says; may be NULL */
    const char        *from_name;

    uint64_t    t, t_began; /* steps done, and when this process began */
    size_t      epoch;      /* epochs done */
    size_t      done;       /* examples of the mini-batch epoch at hand that were used, */
    double      done_cost;  /* and the sum of their costs */
    double      cost;       /* the newest of an epoch */
    double      step_cost;  /* of a step */
    double      rate;       /* the learning rate of the newest step, */
    double      given_rate; /* and the one that is given for the next */
    train_score train_score, test_score;
    bool        scored; /* they are of the parameters as they are */
    bool        stop, told_unwritten;
    best        best;
    history     history;

    lessons lessons;
    bool    drops; /* there are masks of dropouts */

    bool     touched; /* the caller had a part in it: it cannot be repeated */
    uint64_t look_into; /* the step that is looked into instead of done; 0: none */
    uint64_t bad_step;  /* whose cost was not finite; 0: none */

    double          began; /* os_seconds */
    uint64_t        next_look; /* at which step the clock is looked at again */
    double          seen;      /* examples */
};

#endif

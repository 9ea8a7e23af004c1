/* A training at work: everything that it knows between two steps, shared by the files that set it up
 * (setup.c), run it (loop.c) and tell about it (history.c).
 *
 * What a run is continued from stands here by name and nowhere else: the parameters and the
 * states of the optimiser (stepper.states, variables of the step's exec), t, epoch, what of an epoch is
 * done, the best parameters, and the history (resume.c writes and reads them). Orders of examples and masks follow
 * from the seed, the epoch and t. */
#ifndef TRAIN_TRAINER_H
#define TRAIN_TRAINER_H

#include "run/train/internal.h"
#include "run/lessons/lessons.h"

/* The parameters with the least cost of the test data so far (early.c). */
typedef struct best {
    dfoo_arrays *parameters; /* by name; NULL: they are not watched */
    double       cost;
    size_t       epoch;
    bool         none;  /* no cost was a number yet */
    bool         ended; /* training stopped for want of better ones */
} best;

typedef struct trainer {
    model               *m;
    const program       *p;
    const train_input   *in;
    const train_options *opt;
    arena                a;
    size_t               epochs;
    size_t               batch; /* 0: all examples in one */

    stepper   stepper;
    plan     *plan;
    scorer    scorer;
    bool     *needed;
    memos     memos;
    sizes     s;
    bound     data;  /* what the training examples are picked from */
    uint32_t *order; /* the training examples, as the epoch at hand takes them */
    uint32_t *pick;  /* the training examples, in ascending order */
    size_t    n, n_test;

    exec        *step;
    examples     train, test, gathered; /* in the step's type */
    dfoo_arrays *run;
    dfoo_arrays *resumed; /* what the run's file held; NULL: a new run */
    const dfoo_arrays *from; /* parameters that start here: of the file, or as the caller says; may be NULL */
    const char        *from_name;

    uint64_t    t, t_began; /* steps done, and when this process began */
    size_t      epoch;      /* epochs done */
    size_t      done;       /* examples of the mini-batch epoch at hand that were used, */
    double      done_cost;  /* and the sum of their costs */
    double      cost;       /* the newest of an epoch */
    double      rate;       /* the learning rate of the newest step */
    train_score train_score, test_score;
    lessons     lessons;
    bool        scored; /* they are of the parameters as they are */
    best        best;
    bool        stop, told_unwritten;
    bool        keeps_history;
    VEC(double) history;
    double      last_row[TRAIN_HISTORY_COLUMNS]; /* the end as it was scored; replaces a row of its epoch */
    bool        has_last_row;

    uint64_t look_into; /* the step that is looked into instead of done; 0: none */
    uint64_t bad_step;  /* whose cost was not finite; 0: none */

    double   began; /* os_seconds */
    uint64_t next_look; /* at which step the clock is looked at again */
    double   seen;       /* examples */
} trainer;

/* setup.c: from options and sources to plans, bound examples, memory and starting values. */
dfoo_status trainer_set_up(trainer *t);

/* Gives a number that the updates read its value; 0 is none. */
dfoo_status trainer_set_number(trainer *t, var_id v, double value);

/* early.c, without patience nothing. best_watch looks at the new test score, of the parameters as they
 * are, and may say that training is to stop. */
dfoo_status best_open(trainer *t);
dfoo_status best_watch(trainer *t);
dfoo_status best_restore(trainer *t);

/* The best parameters go to the run under their names, the last ones as dfoo.last.NAME; and back. */
dfoo_status best_put(trainer *t);
dfoo_status best_get(trainer *t);

/* history.c: a row of the history, with those scores that are about the same parameters. */
void trainer_add_row(trainer *t, double cost, bool scored, bool tested);
void trainer_end_row(trainer *t, double cost);

/* The rows so far, the end as it was scored among them. */
size_t        trainer_rows(const trainer *t);
const double *trainer_row(const trainer *t, size_t i);

dfoo_status trainer_keep_history(const trainer *t, dfoo_arrays *history);

/* Tells the caller how it goes; he may say that it is to stop. look_at_clock tells about 20 times a
 * second, however long a step takes, and does not read the clock in between. */
void trainer_tell(trainer *t, double within, bool evaluated);
void trainer_look_at_clock(trainer *t, double within);

double trainer_seconds(const trainer *t);

/* resume.c: reads the file of options.file, as options.resume and .restart say; compares what it was
 * made with and continues from there, once all is set up. */
dfoo_status trainer_open_file(trainer *t);
dfoo_status trainer_resume(trainer *t);

/* Gathers what the file holds in t->run; writes it; both while training, where a file that
 * cannot be written is a warning. */
dfoo_status trainer_collect(trainer *t);
dfoo_status trainer_write(trainer *t, diags *d);
dfoo_status trainer_checkpoint(trainer *t);

/* Reports a cost that is not finite. */
dfoo_status trainer_refuse_cost(const trainer *t, double cost);

/* not_finite.c: says where the cost of step t->t comes from, whose parameters are there as they were
 * before it. DFOO_EINPUT. */
dfoo_status trainer_tell_step(trainer *t);

#endif

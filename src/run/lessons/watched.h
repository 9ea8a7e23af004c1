/* What a training shows of itself to those that watch it: the loop fills it in anew at each moment. */
#ifndef LESSONS_WATCHED_H
#define LESSONS_WATCHED_H

#include "run/feed/examples.h"
#include "run/lessons/history.h"

typedef struct watched {
    const model   *m;
    const program *p;    /* the forward pass and the gradients */
    arena         *a;    /* lives as long as the training */
    exec_dtype     type; /* of the examples and the parameters */
    exec_machine   machine;
    const sizes   *s;

    const bound    *data; /* what the examples are picked from */
    const memos    *memos;
    const uint32_t *pick; /* the training examples */
    size_t          n;
    bool   standardized, batches, drops; /* of the inputs; of mini-batches; there are masks of dropouts */
    var_id label;                        /* that the accuracy is about; 0: none */

    const dfoo_arrays *start; /* the parameters before the first step, or at the last checkpoint */
    bool               given; /* they are not as the model says */
    exec              *step;  /* has them as they are */
    double             rate;  /* the learning rate that was given */

    uint64_t       steps; /* done, by this process */
    size_t         epoch;
    const history *costs;
    double         accuracy, r2; /* of the training examples, if that was scored; */
    double         test_accuracy, test_r2; /* of the test examples, */
    size_t         n_test;                 /* so many */
} watched;

#endif

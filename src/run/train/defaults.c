/* How a prepared table is learned where nothing is said of it. The numbers were chosen on the tasks of
 * bench/tables, where they come within two points of the best that was tried by hand. */
#include <math.h>

#include "run/train/train.h"

/* Small steps of a decay that weighs more where there are few examples; batches that grow with their number,
 * so that an epoch has at least 50 steps; 2000 steps, but 10 epochs in any case. */
train_choice train_choose(size_t n) {
    enum { STEPS = 2000, LEAST_EPOCHS = 10, MOST_EPOCHS = 300, SMALL = 16, LARGE = 256, PER_EPOCH = 50 };
    train_choice c = {.optimizer = "adamw", .schedule = "cosine", .rate = 0.007, .batch = SMALL};
    while (c.batch < LARGE && n > c.batch * PER_EPOCH) c.batch *= 2;
    double per_epoch = ceil((double)(n ? n : 1) / (double)c.batch), epochs = ceil(STEPS / per_epoch);
    c.epochs = (size_t)fmax(LEAST_EPOCHS, fmin(MOST_EPOCHS, epochs));
    c.decay = fmin(0.4, 150 / (double)(n ? n : 1));
    return c;
}

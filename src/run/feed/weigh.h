/* Weights of examples by their class. */
#ifndef FEED_WEIGH_H
#define FEED_WEIGH_H

#include "run/feed/request.h"

/* If the options name an input for weights: a view of it, 1 on average over the training examples, and 1 for
 * all others. */
dfoo_status bind_weights(const bind_request *r, sizing *z, bound *out);

#endif

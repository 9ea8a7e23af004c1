/* Scaling and standardising the inputs. */
#ifndef FEED_SCALE_H
#define FEED_SCALE_H

#include "run/feed/request.h"

/* Remembers how the inputs are scaled. */
dfoo_status bind_scales(const bind_request *r, const bound *b);

/* Mean and standard deviation of each entry of the inputs, of the n examples of `pick`, into the memos; not
 * of the input `except`. */
dfoo_status standardize_learn(const model *m, arena *a, const bound *from, const uint32_t *pick, size_t n,
                              var_id except, memos *out);

#endif

/* Holding a part of the examples back as test data. */
#ifndef FEED_SPLIT_H
#define FEED_SPLIT_H

#include "run/feed/request.h"

/* Divides the examples that `order` lists: test first, `*n_test` of them, then the rest, each in ascending
 * order. Of each class the part is rounded to the nearest, a half up. DFOO_EINPUT: one of them would be
 * empty. */
dfoo_status split_examples(const model *m, arena *a, const bound *from, double part, uint64_t seed,
                           uint32_t *order, size_t *n_test);

/* The same for one of several folds of equal size, of each class as many as can be: in a shuffled order the
 * examples of one class after the other are dealt out to the folds. DFOO_EINPUT: a fold would be empty. */
dfoo_status fold_examples(const model *m, arena *a, const bound *from, const division *how, uint32_t *order,
                          size_t *n_test);

/* Divides n examples as the request says, once. */
dfoo_status divide_examples(const bind_request *r, const bound *from, size_t n);

#endif

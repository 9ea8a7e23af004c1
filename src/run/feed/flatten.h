/* Examples that are arrays themselves. */
#ifndef FEED_FLATTEN_H
#define FEED_FLATTEN_H

#include "run/feed/request.h"

/* Is the array made of examples that are arrays themselves, or one of them? Then there are n of them,
 * one after the other, whose shape is remembered. */
bool        flatten_is_due(const bind_request *r, var_id v, const dfoo_array *x);
dfoo_status flatten(const bind_request *r, var_id v, const dfoo_array *x, size_t *n);

#endif

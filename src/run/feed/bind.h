/* Data to variables: all of it. */
#ifndef FEED_BIND_H
#define FEED_BIND_H

#include "run/feed/request.h"

/* Finds inputs and labels in a source; sizes follow from them and from the items that are in z. */
dfoo_status bind_data(const bind_request *r, sizing *z, bound *out);

/* Adds parameters that `set` has to the items, matrices first. */
dfoo_status bind_parameters(sizing *z, const dfoo_arrays *set, const char *name);

#endif

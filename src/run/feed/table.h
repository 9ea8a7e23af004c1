/* The columns of a table. */
#ifndef FEED_TABLE_H
#define FEED_TABLE_H

#include "run/feed/find.h"

/* Binds what the arrays did not have to the columns of the source's table; sizes follow into z. */
dfoo_status bind_table(const bind_request *r, const place *places, sizing *z, bound *out);

#endif

/* Which array, text or columns each input and label is read from. */
#ifndef FEED_FIND_H
#define FEED_FIND_H

#include "run/feed/request.h"

/* Where an input or label is: an array, an array of text, or columns of the table; all empty: it has
 * no name there, and may get columns that are left. */
typedef struct place {
    const dfoo_array  *array;
    const data_texts  *texts;
    const char *const *columns;
    uint32_t           n_columns;
} place;

/* places: by var_id. Reports a map that leads to nothing. */
dfoo_status find_places(const bind_request *r, place *places);
dfoo_status find_nothing(const bind_request *r, var_id v); /* reports that v is not there */

size_t find_column(const data_table *t, const char *name); /* n_cols: not there */

#endif

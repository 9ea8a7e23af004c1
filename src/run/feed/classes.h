/* A column of classes, as words or numbers. */
#ifndef FEED_CLASSES_H
#define FEED_CLASSES_H

#include "run/feed/request.h"

/* `n` values `step` apart; words: their names, or NULL. Gives the view's class_of, and the classes of the
 * variable's memo, or is held against them. */
dfoo_status bind_classes(const bind_request *r, const sizing *z, view *v, const data_classes *words);

/* Texts as classes: `values` gets their numbers, `out` the names, sorted. */
dfoo_status classes_of_texts(arena *a, const data_texts *x, data_classes *out, const double **values);

/* Gives the memo of a label the names that the options have for its classes. */
dfoo_status bind_class_names(const bind_request *r, const bound *b);

#endif

/* Between the files that draw runs. */
#ifndef API_PICTURES_H
#define API_PICTURES_H

#include "api/load.h"

/* The name and the meaning of picture number i; false behind the last. */
bool picture_at(size_t i, lang_word *out);

/* "two_layer.eq on planar.csv"; of other data than a file's, the model alone. NULL without memory. */
const char *picture_on(work *w, const char *data);

/* Cost and accuracy of a history, whose columns have these names. */
dfoo_status plot_history_array(const dfoo_array *history, const char *const *names, const char *title,
                               arena *a, buf *out);

/* What the model says over its features. */
dfoo_status plot_model_picture(work *w, const dfoo_arrays *run, const dfoo_plot_options *opt, loaded *l,
                               buf *out);

#endif

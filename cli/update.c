/* The options that say how parameters change, as the library takes them. */
#include "cli.h"

bool update_given(const update *u) {
    bool number = u->learning_rate != 0 || u->clip != 0 || u->clip_value != 0 || u->decay != 0;
    return u->optimizer || u->settings || u->schedule || u->warmup || number || u->decay_kind || u->decay_all;
}

void update_fill(const update *u, dfoo_train_options *how) {
    how->optimizer = u->optimizer;
    how->settings = u->settings;
    how->learning_rate = u->learning_rate;
    how->schedule = u->schedule;
    how->warmup = u->warmup;
    how->clip = u->clip;
    how->clip_value = u->clip_value;
    how->decay = u->decay;
    how->decay_kind = u->decay_kind ? DFOO_L2 : DFOO_DECOUPLED;
    how->decay_all = u->decay_all;
}

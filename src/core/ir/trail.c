/* Questions that every reader of a derivation asks. */
#include "core/ir/trail.h"

gradient *derivation_find(const derivation *d, var_id v) {
    return v < d->n_places && d->place[v] ? &d->list.at[d->place[v] - 1] : NULL;
}

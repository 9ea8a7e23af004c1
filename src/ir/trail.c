/* Questions that every reader of a derivation asks. */
#include "ir/trail.h"

gradient *derivation_find(const derivation *d, var_id v) {
    for (uint32_t i = 0; i < d->list.n; i++)
        if (d->list.at[i].var == v) return &d->list.at[i];
    return NULL;
}

/* What has to hold when all lines of a model are read. */
#include "core/lang/reader.h"

dfoo_status lang_check_whole(reader *r) {
    DFOO_TRY(lang_check_examples(r));
    if (r->d->n_errors) return DFOO_EINPUT;
    if (!r->m->cost) {
        uint32_t end = (uint32_t)r->m->src.len;
        diag_error(r->d, &r->m->src, span_at(end, end), "the model does not say what to minimise");
        diag_note(r->d, "end it with a line such as: minimize J");
        return DFOO_EINPUT;
    }
    return DFOO_OK;
}

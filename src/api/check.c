/* The public interface: gradients against differences, with planted mistakes. */
#include "api/api.h"
#include "teach/teach.h"
#include "core/core.h"

typedef struct engine_user {
    dfoo_convention convention;
} engine_user;

static dfoo_status derive_again(void *user, model *m, arena *a, const trail_edit *edit, derivation *out) {
    const engine_user *u = user;
    diff_options       how = {.convention = u->convention == DFOO_DJ ? CONVENTION_DJ : CONVENTION_COURSE,
                              .edit = edit};
    return diff_run(m, a, &how, out);
}

static dfoo_status check(work *w, const void *request, buf *out) {
    const dfoo_check_options *opt = request;
    engine_user   user = {DFOO_COURSE};
    check_engine  engine = {derive_again, &user};
    check_options how = {.values = opt->values, .seed = opt->seed, .json = opt->format == DFOO_JSON};
    program       shown = {{0}};
    bool          ok = false;
    if (opt->format > DFOO_ASCII && opt->format != DFOO_JSON)
        return diag_alone(&w->messages, "there is no such format: checks come as text or json");
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, true, NULL, 0, &shown));
    DFOO_TRY(check_gradient(&w->m, &w->dv, &shown, &w->a, &engine, &how, out, &ok));
    return ok ? DFOO_OK : DFOO_NO;
}

dfoo_status dfoo_check(dfoo_model *model, const dfoo_check_options *options, char **text) {
    dfoo_check_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_check_options, options, how);
    KNOWN(model->d, how.format, DFOO_TYPST);
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(model->d, &how.values, &plain);
    if (status == DFOO_OK) status = work_write_text(model->d, model, check, &how, text);
    arrays_free(plain);
    return status;
}

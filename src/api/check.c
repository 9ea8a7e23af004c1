/* The public interface: gradients against differences, with planted mistakes. */
#include "api/api.h"
#include "teach/teach.h"
#include "core/core.h"

static dfoo_status derive_again(const void *user, model *m, arena *a, const trail_edit *edit,
                                derivation *out) {
    const convention *how = user;
    return diff_run(m, a, &(diff_options){.convention = *how, .edit = edit}, out);
}

static const convention in_course = CONVENTION_COURSE, in_dj = CONVENTION_DJ;

const check_engine work_course = {derive_again, &in_course};
const check_engine work_engines[2] = {{derive_again, &in_course}, {derive_again, &in_dj}};

dfoo_status work_try_second(work *w, const check_options *how, second_judged *out) {
    return check_second(&w->m, &w->dv, &w->second, &w->a, &work_course, how, out);
}

/* Behind the report, or in it. */
static dfoo_status check_products(work *w, const check_options *how, buf *out, bool *ok) {
    bool         *moves;
    second_judged j;
    DFOO_TRY(work_movers(w, NULL, &moves));
    DFOO_TRY(work_along(w, moves, moves));
    DFOO_TRY(work_try_second(w, how, &j));
    *ok = *ok && j.ok;
    if (!how->json) {
        buf_puts(out, "\n");
        second_write(&w->m, &j, out);
        return buf_status(out);
    }
    while (out->len && out->text[out->len - 1] != '}') out->text[--out->len] = 0;
    if (out->len) out->text[--out->len] = 0;
    buf_puts(out, ", \"second\": ");
    second_json(&w->m, &j, out);
    buf_puts(out, "}\n");
    return buf_status(out);
}

static dfoo_status check(work *w, const void *request, buf *out) {
    const dfoo_check_options *opt = request;
    check_options how = {.values = opt->values, .seed = opt->seed, .json = opt->format == DFOO_JSON};
    program       shown = {{0}};
    bool          ok = false;
    if (opt->format > DFOO_ASCII && opt->format != DFOO_JSON)
        return diag_alone(&w->messages, "there is no such format: checks come as text or json");
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, true, NULL, 0, &shown));
    DFOO_TRY(check_gradient(&w->m, &w->dv, &shown, &w->a, &work_course, &how, out, &ok));
    if (opt->hvp) DFOO_TRY(check_products(w, &how, out, &ok));
    return ok ? DFOO_OK : DFOO_NO;
}

dfoo_status dfoo_check(dfoo_model *model, const dfoo_check_options *options, char **text) {
    dfoo_check_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_check_options, options, how);
    KNOWN(model->d, how.format, DFOO_MOODLE);
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(model->d, &how.values, &plain);
    if (status == DFOO_OK) status = work_write_text(model->d, model, check, &how, text);
    arrays_free(plain);
    return status;
}

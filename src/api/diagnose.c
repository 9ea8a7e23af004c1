/* The public interface: somebody's gradients, line by line, and the mistake by name. */
#include <string.h>

#include "api/api.h"
#include "core/core.h"
#include "teach/teach.h"

static const report_kind kinds[] = {
    [DFOO_TEXT] = REPORT_TEXT, [DFOO_MARKDOWN] = REPORT_MARKDOWN, [DFOO_HTML] = REPORT_HTML,
    [DFOO_JSON] = REPORT_JSON,
};

static bool is_known(dfoo_format f) {
    return f == DFOO_TEXT || f == DFOO_ASCII || f == DFOO_MARKDOWN || f == DFOO_HTML || f == DFOO_JSON;
}

static dfoo_status find_out(work *w, const dfoo_diagnose_options *opt, diagnosis *out) {
    diagnosis_options how = {.seed = opt->seed};
    if (opt->values) how.values[how.n_values++] = opt->values;
    if (!opt->equations && !opt->answers && !w->m.claims.n)
        return diag_alone(&w->messages, "there is nothing to judge: neither equations nor arrays");
    if (opt->answers && !opt->values)
        return diag_alone(&w->messages,
                          "arrays can be judged only with the values that they were computed from");
    DFOO_TRY(work_name(w)); /* lines may use the names that `derive` gives */
    if (opt->equations)
        DFOO_TRY(lang_read_claims(&w->m, &w->a, &w->names, &w->messages, opt->name ? opt->name : "claims",
                                  opt->equations, strlen(opt->equations)));
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    answer_source source = opt->answers ? source_arrays(opt->answers) : source_claims(&w->m);
    return diagnose(&w->m, &w->a, work_engines, &source, &how, out);
}

static dfoo_status diagnose_and_write(work *w, const void *request, buf *out) {
    const dfoo_diagnose_options *opt = request;
    diagnosis                *d = arena_new(&w->a, sizeof *d);
    if (!d) return DFOO_ENOMEM;
    if (!is_known(opt->format))
        return diag_alone(&w->messages,
                          "there is no such format: a diagnosis comes as text, markdown, html or json");
    if (opt->hint < 0 || opt->hint > 4) return diag_alone(&w->messages, "hint levels go from 1 to 4");
    DFOO_TRY(find_out(w, opt, d));
    report_options how = {.kind = opt->format == DFOO_ASCII ? REPORT_TEXT : kinds[opt->format],
                          .hint = opt->hint,
                          .show = opt->show != 0,
                          .derived = &w->dv,
                          .source = opt->name};
    diagnosis_report(d, &how, out);
    return d->n_wrong ? DFOO_NO : DFOO_OK;
}

dfoo_status dfoo_diagnose(dfoo_model *model, const dfoo_diagnose_options *options, char **text) {
    dfoo_diagnose_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_diagnose_options, options, how);
    KNOWN(model->d, how.format, DFOO_MOODLE);
    dfoo_arrays *plain = NULL, *plain_answers = NULL;
    dfoo_status  status = set_plain(model->d, &how.values, &plain);
    if (status == DFOO_OK) status = set_plain(model->d, &how.answers, &plain_answers);
    if (status == DFOO_OK) status = work_write_text(model->d, model, diagnose_and_write, &how, text);
    arrays_free(plain);
    arrays_free(plain_answers);
    return status;
}

static dfoo_status write_list(work *w, const void *request, buf *out) {
    (void)w;
    (void)request;
    check_list(out);
    return DFOO_OK;
}

dfoo_status dfoo_mistakes(dfoo *d, char **text) {
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, text);
    return work_write_text(d, NULL, write_list, NULL, text);
}

/* The public interface: a model's equations with their shapes, and the plan of a training step. */
#include "api/api.h"
#include "core/core.h"
#include "run/run.h"

static dfoo_status show(work *w, const void *request, buf *out) {
    const dfoo_show_options *opt = request;
    DFOO_TRY(work_printable(w));
    lang_show(&w->m, out);
    if (!opt->plan) return buf_status(out);
    program run = {{0}};
    plan   *p;
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(work_program(w, &(program_options){.all = false}, &run));
    VEC(var_id) keep = {0};
    vec_push(&w->a, &keep, w->m.cost);
    for (uint32_t i = 0; i < w->dv.list.n; i++)
        if (ir_var(&w->m.g, w->dv.list.at[i].var)->kind == VAR_PARAM)
            vec_push(&w->a, &keep, w->dv.list.at[i].grad);
    dfoo_status status = plan_make(&w->m.g, &w->a, &run, keep.at, keep.n, &p);
    if (status == DFOO_EINPUT) return work_open_function(w);
    DFOO_TRY(status);
    buf_puts(out, "\n# the plan of a training step\n");
    plan_print(p, out);
    plan_print_costs(p, out);
    return buf_status(out);
}

dfoo_status dfoo_show(dfoo_model *model, const dfoo_show_options *options, char **text) {
    dfoo_show_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_show_options, options, how);
    return work_write_text(model->d, model, show, &how, text);
}

typedef struct run_request {
    const dfoo_arrays *run;
} run_request;

static dfoo_status show_run(work *w, const void *request, buf *out) {
    const run_request *r = request;
    lang_show(&w->m, out);
    buf_puts(out, "\n");
    return train_describe(&w->m, r->run, out);
}

dfoo_status dfoo_show_run(dfoo *d, const dfoo_arrays *run, char **text) {
    dfoo_model  *model = NULL;
    dfoo_arrays *plain = NULL;
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, run);
    NEED(d, text);
    dfoo_status status = set_plain(d, &run, &plain);
    if (status == DFOO_OK) status = run_model(d, run, &model);
    if (status == DFOO_OK) status = work_write_text(d, model, show_run, &(run_request){run}, text);
    dfoo_model_free(model);
    arrays_free(plain);
    return status;
}

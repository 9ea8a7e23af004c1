/* The public interface: a model's equations with their shapes, and the plan of a training step. */
#include "api/api.h"
#include "core/core.h"
#include "run/run.h"

/* The step with gradient descent in what there is to be changed. */
static dfoo_status add_updates(work *w, const program *run, stepper *out) {
    *out = (stepper){.p = *run};
    for (var_id v = 1; v < w->m.g.vars.n; v++) {
        const variable *x = ir_var(&w->m.g, v);
        if (x->kind == VAR_PARAM && program_find(run, x->gradient))
            return rule_append(&w->m, run, &(rule_options){.optimizer = NULL}, &w->a, out);
    }
    return DFOO_OK;
}

/* What training runs; the cost can be read behind each step. */
static dfoo_status show_step(work *w, buf *out) {
    program run = {{0}};
    stepper step;
    plan   *p;
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    DFOO_TRY(work_program(w, &(program_options){.all = false}, &run));
    DFOO_TRY(add_updates(w, &run, &step));
    dfoo_status status = plan_make(&w->m.g, &w->a, &step.p, &w->m.cost, 1, &p);
    if (status == DFOO_EINPUT) return work_open_function(w);
    DFOO_TRY(status);
    buf_puts(out, "\n# the plan of a training step\n");
    plan_print(p, out);
    plan_print_costs(p, out);
    return buf_status(out);
}

static dfoo_status show(work *w, const void *request, buf *out) {
    const dfoo_show_options *opt = request;
    DFOO_TRY(work_printable(w));
    lang_show(&w->m, out);
    return opt->plan ? show_step(w, out) : buf_status(out);
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

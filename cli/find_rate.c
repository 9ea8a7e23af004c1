/* dfoo find-rate: which learning rate suits a model and its data. */
#include "cli.h"

#include <math.h>

static int should_stop(void *user) {
    (void)user;
    return signal_caught() != 0;
}

static void add_answer(const dfoo_rate *x) {
    result_number("rate", x->rate);
    result_number("low", x->low);
    result_number("high", x->high);
    result_number("least", x->least);
    result_number("start_cost", x->start_cost);
    result_number("least_cost", x->least_cost);
    result_flag("grew", x->grew);
    result_number("steps", (double)x->steps);
}

static void show_answer(const dfoo_rate *x) {
    out_printf("%zu steps with learning rates from %.2g to %.2g: the cost ", x->steps, x->low, x->high);
    if (isnan(x->rate)) {
        out_printf("fell with none of them, so there is none to propose\n");
        return;
    }
    out_printf("went from %.4g down to %.4g, least at %.2g%s\n", x->start_cost, x->least_cost, x->least,
               x->grew ? ", and grew behind that: steps are too long there" : "");
    out_printf("learning rate: %.2g    (where the cost falls fastest, but at most a tenth of the rate of the "
               "least cost)\n",
               x->rate);
}

static dfoo_status find(task *w, request *r) {
    dfoo_rate    found = DFOO_INIT(dfoo_rate);
    dfoo_arrays *curve = NULL;
    char        *svg = NULL;
    r->train.stop = should_stop;
    signals_catch();
    dfoo_status status = json_asked() ? dfoo_arrays_new(w->d, &curve) : DFOO_OK;
    if (status == DFOO_OK)
        status = dfoo_find_rate(w->model, &r->train, &found, curve, r->output ? &svg : NULL);
    say_messages(w->d);
    if (signal_caught()) signal_ends();
    else if (status == DFOO_OK) {
        add_answer(&found);
        if (json_asked()) result_arrays("curve", curve, true);
        else if (!r->output || !is_standard(r->output)) show_answer(&found);
        if (svg) status = answer(w->d, status, svg, r->output);
        if (svg && !is_standard(r->output)) say("the picture is in %s\n", r->output);
        svg = NULL;
    }
    dfoo_text_free(w->d, svg);
    dfoo_arrays_free(curve);
    return status;
}

dfoo_status run_find_rate(dfoo *d, request *r) {
    task w = {.d = d};
    if (r->quiet) say_no_notes();
    dfoo_status status = task_open(&w, d, r);
    if (status == DFOO_OK) status = find(&w, r);
    task_close(&w);
    return status;
}

/* One call at work: what every call on a model begins and ends with, and the passes that
 * they share, in order. With its neighbours the only place that sees all rooms. */
#include <assert.h>
#include <math.h>
#include <string.h>

#include "api/api.h"
#include "core/core.h"

dfoo_status work_begin(work *w, dfoo *d) {
    *w = (work){.d = d};
    arena_init(&w->a, d->mem);
    symbols_init(&w->names, &w->a);
    diags_init(&w->messages, &w->a);
    DFOO_TRY(point_locale_begin(&w->locale));
    return arena_status(&w->a);
}

void work_tell(work *w) {
    messages_keep(w->d, &w->messages, w->n_told);
    w->n_told = w->messages.list.n;
}

dfoo_status work_pause(work *w, dfoo_status status) {
    work_tell(w);
    point_locale_end(&w->locale);
    return w->d->messages.failed ? DFOO_ENOMEM : status;
}

dfoo_status work_close(work *w, dfoo_status status) {
    status = work_pause(w, status);
    arena_free(&w->a);
    return memory_told(w->d, status);
}

dfoo_status work_text(dfoo_status status, buf *b, char **text) {
    assert(text);
    if (status == DFOO_OK || status == DFOO_NO) {
        *text = buf_take(b);
        return *text ? status : DFOO_ENOMEM;
    }
    buf_free(b);
    return status;
}

dfoo_status work_write_text(dfoo *d, const dfoo_model *model, text_body body, const void *request,
                            char **text) {
    work w;
    buf  out;
    buf_init(&out, d->mem);
    dfoo_status status = model ? work_open(&w, d, model) : work_begin(&w, d);
    if (status == DFOO_OK) status = body(&w, request, &out);
    return work_text(work_close(&w, status), &out, text);
}

/* ----------------------------------------------------------------- reading */

/* A constant that says how much a dropout keeps can be set, too. */
static dfoo_status check_keep(work *w, var_id constant) {
    const ir *g = &w->m.g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_MASK && ir_var(g, v)->of == constant &&
            !(ir_keep(g, v) > 0 && ir_keep(g, v) <= 1))
            return diag_alone(&w->messages,
                              "%s is the part that a dropout keeps: more than 0 and at most 1, not %g",
                              ir_var_name(g, constant), ir_keep(g, v));
    return DFOO_OK;
}

static dfoo_status apply_override(work *w, const override *o) {
    sym        name = symbols_find(&w->names, o->name, strlen(o->name));
    var_id     v = ir_find_var(&w->m.g, name);
    span       none = span_at(0, 0);
    if (v && ir_var(&w->m.g, v)->kind == VAR_CONST) {
        w->m.g.vars.at[v].value = o->value;
        return check_keep(w, v);
    }
    for (uint32_t i = 0; i < w->m.size_names.n; i++) {
        if (w->m.size_names.at[i] != name || !name) continue;
        if (o->value < 1 || o->value > 1e9 || o->value != floor(o->value))
            return diag_alone(&w->messages, "%s is a size: a whole number from 1 on, not %g", o->name,
                              o->value);
        for (uint32_t k = 0; k < w->m.size_values.n; k++) {
            if (w->m.size_values.at[k].name != name) continue;
            w->m.size_values.at[k].value = (size_t)o->value;
            w->m.size_values.at[k].set = true;
            return DFOO_OK;
        }
        vec_push(&w->a, &w->m.size_values, (size_value){name, (size_t)o->value, none, true});
        return DFOO_OK;
    }
    return diag_alone(&w->messages, "%s has no size and no constant called '%s'", w->m.src.name, o->name);
}

dfoo_status work_open(work *w, dfoo *d, const dfoo_model *model) {
    DFOO_TRY(work_begin(w, d));
    DFOO_TRY(lang_read(&w->m, &w->a, &w->names, &w->messages, model->name, model->text, model->len));
    for (uint32_t i = 0; i < model->overrides.n; i++) DFOO_TRY(apply_override(w, &model->overrides.at[i]));
    return arena_status(&w->a);
}

/* ------------------------------------------------------------------ passes */

dfoo_status work_name(work *w) {
    DFOO_TRY(diff_name(&w->m, &w->a));
    for (var_id v = 1, n = w->m.g.vars.n; v < n; v++)
        if (ir_var(&w->m.g, v)->given_name && !ir_gradient_var(&w->m.g, v)) return DFOO_ENOMEM;
    return DFOO_OK;
}

/* By var_id of V: is dV given? */
static dfoo_status given_gradients(work *w, const bool *given, const bool **out) {
    const ir *g = &w->m.g;
    bool     *known = work_flags(w);
    for (var_id v = 1; known && v < g->vars.n; v++)
        if (given[v] && ir_var(g, v)->kind == VAR_GRADIENT) known[ir_var(g, v)->of] = true;
    *out = known;
    return known ? DFOO_OK : DFOO_ENOMEM;
}

dfoo_status work_derive(work *w, const work_options *opt) {
    convention  asked = opt->convention == DFOO_DJ ? CONVENTION_DJ : CONVENTION_COURSE;
    const bool *known = NULL;
    DFOO_TRY(work_name(w));
    if (opt->given) DFOO_TRY(given_gradients(w, opt->given, &known));
    DFOO_TRY(diff_run(&w->m, &w->a, &(diff_options){.convention = asked, .given = known}, &w->dv));
    return simplify_derivation(&w->dv, &w->m.g, &w->a, opt->wanted);
}

dfoo_status work_program(work *w, const program_options *opt, program *out) {
    program raw = {{0}};
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, opt->all, w->m.predict.at, w->m.predict.n, &raw));
    for (uint32_t i = 0; i < w->second.list.n; i++) {
        const gradient *v = &w->second.list.at[i];
        if (v->shown || opt->all) DFOO_TRY(program_add(&w->m.g, &raw, v->grad, v->whole, span_at(0, 0)));
    }
    return simplify_stable(&w->m.g, &w->a, &raw,
                           &(stable_options){.no_name = opt->given, .digits = opt->digits}, out);
}

dfoo_status work_open_function(work *w) {
    for (uint32_t i = 0; i < w->m.functions.n; i++) {
        const function *f = &w->m.functions.at[i];
        if (f->body) continue;
        diag_error(&w->messages, &w->m.src, f->at,
                   "%s is left open: without a formula it can be derived and checked, not run",
                   symbols_name(&w->names, f->name));
        diag_note(&w->messages, "give it one, as in %s(z) = tanh(z)", symbols_name(&w->names, f->name));
    }
    return DFOO_EINPUT;
}

dfoo_status work_training_program(work *w, program *out) {
    for (uint32_t i = 0; i < w->m.functions.n; i++)
        if (!w->m.functions.at[i].body)
            return diag_error(&w->messages, &w->m.src, w->m.functions.at[i].at,
                              "%s is left open: it can be derived, explained and checked, not trained",
                              symbols_name(&w->names, w->m.functions.at[i].name));
    DFOO_TRY(work_derive(w, &(work_options){.convention = DFOO_COURSE}));
    return work_program(w, &(program_options){.all = false}, out);
}

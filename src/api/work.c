/* One call at work: what every call on a model begins and ends with, and the passes that
 * they share, in order. With its neighbours the only place that sees all rooms. */
#include <assert.h>
#include <ctype.h>
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
    return status;
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
            return DFOO_OK;
        }
        vec_push(&w->a, &w->m.size_values, (size_value){name, (size_t)o->value, none});
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

dfoo_status work_derive(work *w, const work_options *opt) {
    diff_options     how = {.convention = opt->convention == DFOO_DJ ? CONVENTION_DJ : CONVENTION_COURSE,
                            .given = opt->given_gradient};
    simplify_options tidy = {.no_name = opt->no_name, .wanted = opt->wanted};
    DFOO_TRY(work_name(w));
    DFOO_TRY(diff_run(&w->m, &w->a, &how, &w->dv));
    return simplify_derivation(&w->dv, &w->m.g, &w->a, &tidy);
}

dfoo_status work_program(work *w, const program_options *opt, program *out) {
    program raw = {{0}};
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, opt->all, w->m.predict.at, w->m.predict.n, &raw));
    return simplify_stable(&w->m.g, &w->a, &raw,
                           &(stable_options){.no_name = opt->no_name, .digits = opt->digits}, out);
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

/* ------------------------------------------------------------------- names */

static bool same_name(const char *a, const char *b, bool any_case) {
    for (; *a && *b; a++, b++) {
        while (*a == '[' || *a == ']') a++;
        if (!*a) break;
        if (*a != *b && !(any_case && tolower((unsigned char)*a) == tolower((unsigned char)*b))) return false;
    }
    while (*a == ']') a++;
    return !*a && !*b;
}

const char *work_word(work *w, const char **list) {
    if (!*list) return NULL;
    *list += strspn(*list, ", ");
    size_t      len = strcspn(*list, ", ");
    const char *word = len ? arena_text(&w->a, *list, len) : NULL;
    *list += len;
    return word;
}

static void note_names(work *w) {
    const ir *g = &w->m.g;
    buf       list;
    buf_init(&list, w->a.mem);
    for (var_id v = 1; v < g->vars.n; v++)
        if (!strchr(ir_var_name(g, v), '('))
            buf_printf(&list, "%s%s", list.len ? ", " : "", ir_var_name(g, v));
    if (list.text) diag_note(&w->messages, "there are: %s", list.text);
    buf_free(&list);
}

var_id work_find_exactly(work *w, const char *name) {
    var_id v = ir_find_var(&w->m.g, symbols_find(&w->names, name, strlen(name)));
    if (v) return v;
    diag_alone(&w->messages, "%s has no variable '%s'", w->m.src.name, name);
    note_names(w);
    return 0;
}

/* V by its own name or that of its gradient, first as spelled, then in any case. */
var_id work_find(work *w, const char *name) {
    const ir *g = &w->m.g;
    for (int any_case = 0; any_case < 2; any_case++) {
        for (var_id v = 1; v < g->vars.n; v++) {
            const variable *x = ir_var(g, v);
            if (strchr(ir_var_name(g, v), '(')) continue;
            if (same_name(name, ir_var_name(g, v), any_case != 0)) return x->kind == VAR_GRADIENT ? x->of : v;
        }
    }
    diag_alone(&w->messages, "%s has no variable '%s'", w->m.src.name, name);
    buf list;
    buf_init(&list, w->a.mem);
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->gradient)
            buf_printf(&list, "%sd%s", list.len ? ", " : "", ir_var_name(g, v));
    if (list.text) diag_note(&w->messages, "there are: %s", list.text);
    buf_free(&list);
    return 0;
}

/* ---------------------------------------------------------------- printing */

enum { MOST_NAMES_IN_A_LINE = 100000 };

/* How many names and operations a node is as a tree, as it is printed. */
static dfoo_status tree_size(work *w, node_id root, double *out) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(&w->m.g, &w->a, &root, 1, &need));
    double *size = arena_new(&w->a, need.list.n * sizeof *size);
    if (!size) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(&w->m.g, need.list.at[i]);
        size[i] = 1;
        for (int k = 0; k < op_table[x->op].arity; k++) size[i] += size[node_list_place(&need, x->arg[k])];
    }
    *out = need.list.n ? size[need.list.n - 1] : 0;
    return DFOO_OK;
}

static dfoo_status line_printable(work *w, var_id v, node_id n) {
    double size = 0;
    if (!n) return DFOO_OK;
    DFOO_TRY(tree_size(w, n, &size));
    if (size <= MOST_NAMES_IN_A_LINE) return DFOO_OK;
    diag_alone(&w->messages, "%s written out is %.2g names and operations long", ir_var_name(&w->m.g, v),
               size);
    diag_note(&w->messages,
              "what is used more than once needs a name: give the inner values lines of their own");
    return DFOO_EINPUT;
}

dfoo_status work_printable(work *w) {
    for (uint32_t i = 0; i < w->m.forward.list.n; i++)
        DFOO_TRY(line_printable(w, w->m.forward.list.at[i].var, w->m.forward.list.at[i].node));
    for (uint32_t i = 0; i < w->dv.list.n; i++) {
        DFOO_TRY(line_printable(w, w->dv.list.at[i].grad, w->dv.list.at[i].whole));
        DFOO_TRY(line_printable(w, w->dv.list.at[i].grad, w->dv.list.at[i].local));
    }
    for (uint32_t i = 0; i < w->dv.trail.n; i++) {
        const step *s = &w->dv.trail.at[i];
        if (s->kind == TRAIL_REWRITE && s->goal) DFOO_TRY(line_printable(w, s->goal, s->in));
    }
    return DFOO_OK;
}

const char *work_choices(arena *a, const char *(*name)(size_t i, bool some), bool some) {
    const char *names = NULL, *last = NULL, *next;
    for (size_t i = 0; (next = name(i, some)) != NULL; i++) {
        if (!next[0]) continue;
        names = !last ? NULL : names ? arena_format(a, "%s, %s", names, last) : last;
        last = next;
    }
    names = names ? arena_format(a, "%s or %s", names, last) : last;
    return names ? names : "";
}

/* The public interface: the backward pass as equations, in another format, or as it is run. */
#include <string.h>

#include "api/api.h"
#include "ship/ship.h"
#include "teach/teach.h"

/* Which gradients `--wrt dW1,b1` names, by var_id. */
static dfoo_status read_wrt(work *w, const char *list, bool **out) {
    *out = NULL;
    if (!list) return DFOO_OK;
    *out = arena_new(&w->a, ((size_t)w->m.g.vars.n + 1) * 2);
    if (!*out) return DFOO_ENOMEM;
    dfoo_status status = DFOO_OK;
    for (const char *name; (name = work_word(w, &list));) {
        var_id v = work_find(w, name);
        if (v) (*out)[v] = true;
        else status = DFOO_EINPUT;
    }
    DFOO_TRY(arena_status(&w->a));
    return status;
}

/* What the wanted lines use is shown with them. */
static dfoo_status close_wanted(work *w, bool *wanted) {
    for (uint32_t i = w->dv.list.n; wanted && i-- > 0;) {
        const gradient *v = &w->dv.list.at[i];
        node_list       need = {{0}};
        if (!wanted[v->var] || !v->whole) continue;
        DFOO_TRY(ir_reach(&w->m.g, &w->a, &v->whole, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(&w->m.g, need.list.at[k]);
            if (x->op == OP_VAR && ir_var(&w->m.g, x->ref)->kind == VAR_GRADIENT)
                wanted[ir_var(&w->m.g, x->ref)->of] = true;
        }
    }
    return DFOO_OK;
}

typedef struct rule_list {
    work *w;
    buf  *out;
} rule_list;

static void tell_rule(void *user, var_id in, const char *rule, const char *sentence, node_id before,
                      node_id after) {
    rule_list *l = user;
    buf_printf(l->out, "#   in %s: ", ir_var_name(&l->w->m.g, in));
    print_node(&l->w->m.g, before, l->out);
    buf_puts(l->out, " -> ");
    print_node(&l->w->m.g, after, l->out);
    buf_printf(l->out, "   (%s: %s)\n", rule, sentence);
}

/* What `grad` does besides, where training is faster without. */
static dfoo_status tell_digits(work *w, const program *raw, buf *out) {
    buf            lines;
    program        precise = {{0}};
    rule_list      list = {w, &lines};
    stable_options how = {.digits = true, .tell_digits_only = true, .on_rule = tell_rule, .user = &list};
    buf_init(&lines, w->d->mem);
    dfoo_status status = simplify_stable(&w->m.g, &w->a, raw, &how, &precise);
    if (lines.len)
        buf_printf(out, "# grad, which may take its time, also keeps the digits of units that saturate\n%s",
                   lines.text);
    if (status == DFOO_OK) status = buf_status(&lines);
    buf_free(&lines);
    return status;
}

/* The program that is run, forward and gradients, in its stable form: that of training or, where something
 * is given, that of grad. */
static dfoo_status show_run(work *w, const bool *given, buf *out) {
    program       all = {{0}}, raw = {{0}}, run = {{0}};
    rule_list     list = {w, out};
    stable_options how = {.on_rule = tell_rule, .user = &list, .no_name = given, .digits = given != NULL};
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, given != NULL, w->m.predict.at, w->m.predict.n, &all));
    buf_printf(out, "# %s as it is run: shown = run, but for these rewrites that keep the numbers in range\n",
               w->m.src.name);
    size_t before = out->len;
    if (given) DFOO_TRY(work_leave_out(w, given, &all, &raw));
    DFOO_TRY(simplify_stable(&w->m.g, &w->a, given ? &raw : &all, &how, &run));
    if (out->len == before) buf_puts(out, "#   (none was needed)\n");
    if (!given) DFOO_TRY(tell_digits(w, &all, out));
    for (uint32_t i = 0; i < run.list.n; i++) {
        buf_printf(out, "%s = ", ir_var_name(&w->m.g, run.list.at[i].var));
        print_node(&w->m.g, run.list.at[i].node, out);
        buf_puts(out, "\n");
    }
    return buf_status(out);
}

/* The derivation in another format. */
static dfoo_status emit(work *w, const bool *wanted, const dfoo_derive_options *opt, buf *out) {
    buf head;
    buf_init(&head, w->d->mem);
    dfoo_status status = derive_head(&w->dv, wanted, &head);
    const char *text = head.text ? head.text : "";
    emit_function *write = emit_format_find(opt->format)->write;
    emit_how       how = {.standalone = opt->standalone != 0, .numbered = opt->numbered != 0,
                          .style = {.gradients = (gradient_names)opt->notation,
                                    .layers = opt->superscripts != 0}};
    if (status == DFOO_OK) status = write(&w->dv, wanted, text, &how, out);
    buf_free(&head);
    return status;
}

/* What does not go together with second derivatives and Jacobians; NULL: nothing. */
static const char *wrong_beside(const dfoo_derive_options *opt, const char *text_only) {
    if (opt->jacobian && (text_only || opt->hvp || opt->wrt))
        return "a Jacobian comes without gradients, second derivatives and what is given";
    return opt->hvp && text_only ? "second derivatives come without steps, run and given" : NULL;
}

static dfoo_status check_derive_options(work *w, const dfoo_derive_options *opt) {
    const char *text_only = opt->run     ? "the program as it is run"
                            : opt->steps ? "the list of all steps"
                            : opt->given ? "a derivation in which something is given"
                                         : NULL;
    DFOO_TRY(work_check_format(w, "derivations", emit_format_at, opt->format, opt->standalone != 0));
    if (text_only && emit_format_find(opt->format)->write)
        return diag_alone(&w->messages, "%s comes as text only", text_only);
    const char *wrong = wrong_beside(opt, text_only);
    return wrong ? diag_alone(&w->messages, "%s", wrong) : DFOO_OK;
}

/* What is given, and a line that says so. */
static dfoo_status read_given(work *w, const char *list, bool **given, buf *out) {
    const char *names = NULL;
    DFOO_TRY(work_read_given(w, list, given));
    for (var_id v = 1; v < w->m.g.vars.n; v++)
        if ((*given)[v])
            names = arena_format(&w->a, "%s%s%s", names ? names : "", names ? ", " : "",
                                 ir_var_name(&w->m.g, v));
    if (!names) return diag_alone(&w->messages, "given: there is no name in \"%s\"", list);
    buf_printf(out, "# given, and used as given in every line: %s\n", names);
    return arena_status(&w->a);
}

/* What is shown is tried; what does not hold is said. */
static dfoo_status try_second(work *w, second_judged *j) {
    DFOO_TRY(work_try_second(w, &(check_options){.json = false}, j));
    if (j->ok) return DFOO_OK;
    diag_alone(&w->messages, "these second derivatives are wrong: dfoo check --hvp says where");
    return DFOO_NO;
}

static void put_tried(const second_judged *j, buf *out) {
    if (!j->n_tried) return;
    buf_printf(out, "# checked on random values: %u product%s against differences of the gradients to %.0e, "
                    "u.Hv = v.Hu to %.0e\n", j->n_tried, j->n_tried == 1 ? "" : "s", second_distance(j),
               j->symmetry);
}

/* Second derivatives: the lines of both orders, in any format. */
static dfoo_status derive_second(work *w, const bool *wanted, const dfoo_derive_options *opt, buf *out) {
    bool         *moves;
    derivation    both;
    second_judged j;
    DFOO_TRY(work_movers(w, wanted, &moves));
    DFOO_TRY(work_derive(w, &(work_options){.convention = opt->convention, .wanted = moves}));
    DFOO_TRY(work_along(w, moves, moves));
    dfoo_status tried = try_second(w, &j);
    if (tried > DFOO_NO) return tried;
    DFOO_TRY(work_both(w, &both));
    w->dv = both;
    DFOO_TRY(work_printable(w));
    bool page = !emit_format_find(opt->format)->write;
    DFOO_TRY(page ? derive_page(&w->dv, NULL, false, out) : emit(w, NULL, opt, out));
    if (page) put_tried(&j, out);
    return tried;
}

static dfoo_status derive_jacobian(work *w, const dfoo_derive_options *opt, buf *out) {
    double worst = 0;
    bool   page = !emit_format_find(opt->format)->write;
    DFOO_TRY(work_name(w));
    DFOO_TRY(work_jacobian(w, opt->jacobian));
    dfoo_status tried = work_try_jacobian(w, &worst);
    if (tried > DFOO_NO) return tried;
    DFOO_TRY(work_printable(w));
    DFOO_TRY(page ? derive_page(&w->dv, NULL, false, out) : emit(w, NULL, opt, out));
    if (page) buf_printf(out, "# checked on random values: against differences of %s to %.0e\n",
                         ir_var_name(&w->m.g, w->m.cost), worst);
    return tried;
}

static dfoo_status derive(work *w, const void *request, buf *out) {
    const dfoo_derive_options *opt = request;
    bool                      *wanted, *given = NULL;
    DFOO_TRY(check_derive_options(w, opt));
    if (opt->jacobian) return derive_jacobian(w, opt, out);
    DFOO_TRY(work_name(w));
    DFOO_TRY(read_wrt(w, opt->wrt, &wanted));
    if (opt->hvp) return derive_second(w, wanted, opt, out);
    if (opt->given) DFOO_TRY(read_given(w, opt->given, &given, out));
    work_options how = {.convention = opt->convention, .wanted = wanted, .given = given};
    DFOO_TRY(work_derive(w, &how));
    DFOO_TRY(work_printable(w));
    DFOO_TRY(close_wanted(w, wanted));
    if (emit_format_find(opt->format)->write) return emit(w, wanted, opt, out);
    if (opt->run) return show_run(w, given, out);
    return derive_page(&w->dv, wanted, opt->steps != 0, out);
}

dfoo_status dfoo_derive(dfoo_model *model, const dfoo_derive_options *options, char **text) {
    dfoo_derive_options how;
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_derive_options, options, how);
    KNOWN(model->d, how.convention, DFOO_DJ);
    KNOWN(model->d, how.format, DFOO_MOODLE);
    KNOWN(model->d, how.notation, DFOO_PARTIAL);
    return work_write_text(model->d, model, derive, &how, text);
}

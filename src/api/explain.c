/* The public interface: explanations, of gradients and of functions. The room explain sees no
 * simplifier and reads no text; what it wants of them is handed to it here. */
#include <string.h>

#include "api/api.h"
#include "teach/teach.h"
#include "core/core.h"

/* Three simplifiers, kept for the whole explanation. */
typedef struct explain_forms {
    work       *w;
    simplifier *usual, *any_labels, *telling;
} explain_forms;

static void form_rules(void *user, node_id n, simplify_on_rule *on_rule, void *to) {
    /* the arena remembers if memory ran out */
    simplify_rules(((explain_forms *)user)->telling, n, on_rule, to);
}

static const char *form_sentences(void *user, const char *names) {
    return simplify_sentences(&((explain_forms *)user)->w->a, names);
}

static node_id form_tidy(void *user, node_id n) {
    return simplify_tidy(((explain_forms *)user)->usual, n);
}

static node_id form_best(void *user, node_id n) {
    return simplify_best(((explain_forms *)user)->usual, n);
}

static node_id form_any_labels(void *user, node_id n) {
    return simplify_best(((explain_forms *)user)->any_labels, n);
}

/* The line of all layers in the room's words; without memory the arena remembers. */
static const tell_layers *layers_of(work *w, const layers *from) {
    uint32_t     n = from->list.n;
    tell_layers *out = arena_new(&w->a, sizeof *out);
    var_id      *of = arena_new(&w->a, n * sizeof *of);
    unsigned    *l = arena_new(&w->a, n * sizeof *l);
    op_id       *function = arena_new(&w->a, n * sizeof *function);
    if (!n || !out || !of || !l || !function) return NULL;
    for (uint32_t i = 0; i < n; i++) {
        of[i] = from->list.at[i].v;
        l[i] = from->list.at[i].l;
        function[i] = from->list.at[i].function;
    }
    *out = (tell_layers){from->line, of, l, function, n};
    return out;
}

/* Behind the refusal of a name that is none of the model's: the function or page that is almost called so. */
static dfoo_status refuse_explained(work *w, const char *name) {
    text_near function = {.wrong = name, .most = 2 + (unsigned)strlen(name) / 3};
    for (op_id op = 1; op < OP_COUNT; op++)
        if (tell_is_function(op)) text_try(&function, op_table[op].name);
    text_near page = {.wrong = name, .most = function.most};
    for (size_t i = 0; primer_at(i); i++) text_try(&page, primer_name(primer_at(i)));
    if (page.best) diag_note(&w->messages, "did you mean the page \"%s\"?", page.best);
    else if (function.best) diag_note(&w->messages, "did you mean the function %s?", function.best);
    return w->a.failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

/* The gradient that a name means, or why there is none; and the layers that it means. */
static dfoo_status explained_variable(work *w, const char *name, var_id *v, const tell_layers **all) {
    layers found = {0};
    *v = work_look(w, name);
    if (!*v) DFOO_TRY(derive_layer(&w->dv, &w->a, name, &found));
    *all = found.line ? layers_of(w, &found) : NULL;
    if (found.told) *v = found.told;
    if (!*v && name[0] == 'd') *v = work_look(w, name + 1); /* of what has none, it is said why */
    if (!*v) *v = work_find(w, name);
    if (!*v) return refuse_explained(w, name);
    if (derivation_find(&w->dv, *v)) return DFOO_OK;
    const char *text = ir_var_name(&w->m.g, *v);
    uint8_t     kind = ir_var(&w->m.g, *v)->kind;
    if (kind == VAR_LABEL || kind == VAR_CONST || kind == VAR_MASK)
        return diag_alone(&w->messages, "%s is given, nothing is learned about it: it has no gradient", text);
    return diag_alone(&w->messages, "the cost %s does not depend on %s: its gradient is zero",
                      ir_var_name(&w->m.g, w->m.cost), text);
}

/* ---- a function by its name: one of the table, or of the model's own */

static node_id function_tidy(void *user, node_id n) {
    work   *w = user;
    node_id tidy = 0;
    simplify_expression(&w->m.g, &w->a, n, 0, 0, &tidy);
    return tidy;
}

static node_id function_best(void *user, node_id n, node_id name, node_id formula) {
    work   *w = user;
    node_id tidy;
    return simplify_expression(&w->m.g, &w->a, n, name ? ir_node(&w->m.g, name)->ref : 0, formula, &tidy);
}

static node_id function_write_out(void *user, node_id n, node_id name, node_id formula) {
    work *w = user;
    return simplify_replace(&w->m.g, &w->a, n, name, formula);
}

static dfoo_status explain_definition(work *w, const char *name, const var_id *z, uint32_t n, node_id def,
                                      const explain_options *in, buf *out) {
    explain_function_how how = {function_tidy, function_best, function_write_out, w};
    explain_result       result;
    return explain_function(&w->m, name, z, n, def, &how, in, out, &result);
}

/* A function of ops.def, on a model that has nothing but a z. */
static dfoo_status explain_table_function(work *w, op_id op, const char *name, const explain_options *in,
                                          buf *out) {
    static const char model[] = "input z : (n, m)\nJ = sum(z)\nminimize J\n";
    DFOO_TRY(lang_read(&w->m, &w->a, &w->names, &w->messages, name, model, sizeof model - 1));
    ir          *g = &w->m.g;
    var_id       z = ir_find_var(g, symbols_find(&w->names, "z", 1));
    node_id      leaf = ir_var(g, z)->leaf;
    template_env env = {.arg = {leaf, ir_number(g, op_table[op].default_b), 0}};
    const ast   *text = ir_definition(g, op);
    node_id      def = text ? template_build(g, text, &env) : ir_op1(g, op, leaf);
    if (!def) return w->a.failed ? DFOO_ENOMEM : DFOO_EINPUT;
    return explain_definition(w, name, &z, 1, def, in, out);
}

/* A matrix that is called like an operand; 0: no memory. */
static var_id own_operand(work *w, const function *f, uint8_t k) {
    const char *hidden = ir_var_name(&w->m.g, f->formal[k]), *open = strchr(hidden, '('); /* gate(v) */
    size_t      len = open ? strlen(open) - 2 : 0;
    sym         name = len ? symbols_add(&w->names, open + 1, len) : 0;
    if (ir_find_var(&w->m.g, name)) {
        const char *other = arena_format(&w->a, "%s_", symbols_name(&w->names, name));
        name = other ? symbols_add(&w->names, other, strlen(other)) : 0;
    }
    sym n = symbols_add(&w->names, "n", 1);
    return ir_add_var(&w->m.g, (variable){.name = name, .kind = VAR_DEFINED,
                                          .sh = shape_of(dim_named(n), dim_named(n))});
}

/* A function of the model's own: its formula over matrices that are called like its operands. */
static dfoo_status explain_own_function(work *w, const function *f, const char *name,
                                        const explain_options *in, buf *out) {
    var_id  z[3];
    node_id def = f->body;
    for (uint8_t k = 0; k < f->n_formals; k++) {
        z[k] = own_operand(w, f, k);
        if (!z[k]) return DFOO_ENOMEM;
        def = simplify_replace(&w->m.g, &w->a, def, ir_var(&w->m.g, f->formal[k])->leaf,
                               ir_var(&w->m.g, z[k])->leaf);
        if (!def) return DFOO_ENOMEM;
    }
    return explain_definition(w, name, z, f->n_formals, def, in, out);
}

/* A function that a model uses, on the model's sheet: it is told on a model of its own. */
static dfoo_status explain_used_function(void *user, op_id op, struct sheet *into) {
    work *model = user, w;
    buf   none;
    buf_init(&none, model->d->mem);
    explain_options in = {.into = into};
    dfoo_status     status = work_begin(&w, model->d);
    if (status == DFOO_OK) status = explain_table_function(&w, op, op_table[op].name, &in, &none);
    buf_free(&none);
    return work_close(&w, status);
}

/* Of a page that writes every entry by its number. */
static dfoo_status scalar_page_sizes(work *w, sizes *s) {
    DFOO_TRY(scalar_sizes(&w->m, &w->a, s));
    if (scalar_fits(&w->m, s)) return DFOO_OK;
    return diag_alone(&w->messages, "in single numbers a size is 9 at the most, or nobody could read them");
}

/* What a page of the primer is about in this model. */
static dfoo_status page_variable(work *w, const primer_page *page, var_id *v) {
    DFOO_TRY(explain_page_goal(&w->dv, &w->m.g, &w->a, page, v));
    if (*v) return DFOO_OK;
    diag_alone(&w->messages, "%s has nothing that the page \"%s\" tells of", w->m.src.name,
               primer_name(page));
    diag_note(&w->messages, "without a model it is told of %s", primer_model(page));
    return arena_status(&w->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
}

/* One gradient, a page of the primer, or with neither every gradient that says something. */
static dfoo_status explain(work *w, const char *name, const primer_page *page,
                           const dfoo_explain_options *opt, buf *out) {
    program         run = {{0}};
    explain_forms   forms = {.w = w};
    explain_how     simplifying = {form_tidy, form_best, form_any_labels, form_rules, form_sentences, &forms};
    explain_options how = {.format = opt->format, .standalone = opt->standalone != 0, .whole = !name && !page,
                           .function = explain_used_function, .user = w, .numbered = opt->numbered != 0,
                           .style = {.gradients = (gradient_names)opt->notation,
                                     .layers = opt->superscripts != 0},
                           .tell = {.way = (explain_way)opt->by, .steps = opt->steps != 0,
                                    .numbers = opt->numbers || opt->values || opt->start,
                                    .forward = name != NULL, .start = (explain_start)opt->start,
                                    .page = page, .seed = 1, .how = &simplifying}};
    sizes           given_sizes;
    matrix         *given;
    explain_result  result;
    var_id          one, *goals = &one;
    uint32_t        n = 1;
    DFOO_TRY(work_name(w));
    DFOO_TRY(work_derive(w, &(work_options){.convention = opt->convention}));
    if (page) DFOO_TRY(page_variable(w, page, &one));
    else if (name) DFOO_TRY(explained_variable(w, name, &one, &how.tell.layers));
    else DFOO_TRY(explain_goals(&w->dv, &w->a, &goals, &n));
    DFOO_TRY(work_printable(w));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, true, NULL, 0, &run));
    if (opt->values) {
        DFOO_TRY(work_values(w, opt->values, &given_sizes, &given));
        how.tell.given = given;
        how.tell.n_given = w->m.g.vars.n;
    } else { /* where examples affect each other, two say little: each is what the other is not */
        DFOO_TRY(model_hand_sizes(&w->m, &w->a, w->dv.examples_interact ? 3 : 2, &given_sizes));
    }
    if (page && primer_is_scalar(page)) DFOO_TRY(scalar_page_sizes(w, &given_sizes));
    how.tell.sizes = &given_sizes;
    DFOO_TRY(simplify_open(&w->dv, &w->m.g, &w->a, false, &forms.usual));
    DFOO_TRY(simplify_open(&w->dv, &w->m.g, &w->a, true, &forms.any_labels));
    DFOO_TRY(simplify_open(&w->dv, &w->m.g, &w->a, false, &forms.telling));
    return explain_gradients(&w->dv, &w->m.g, goals, n, &run, &how, out, &result);
}

static bool is_of_matrices(op_id op) {
    return op && !op_elementwise(op) && op_table[op].note[0];
}

static dfoo_status refuse_matrices(work *w, op_id op) {
    const op_info *x = &op_table[op];
    diag_alone(&w->messages, "%s works on whole matrices, and is explained with a model that uses it",
               x->name);
    diag_note(&w->messages, "%s: %s", x->name, x->note);
    return arena_status(&w->a) == DFOO_OK ? DFOO_EINPUT : DFOO_ENOMEM;
}

static dfoo_status explain_name(work *w, bool with_model, const char *name, const dfoo_explain_options *opt,
                                buf *out) {
    if (!name) return explain(w, NULL, NULL, opt, out);
    sym             known = with_model ? symbols_find(&w->names, name, strlen(name)) : 0;
    const function *f = with_model ? model_function(&w->m, known) : NULL;
    op_id           op = op_find(name);
    explain_options in = {.format = opt->format, .standalone = opt->standalone != 0};
    if (f && f->body) return explain_own_function(w, f, name, &in, out);
    if (f)
        return diag_alone(&w->messages,
                          "%s is left open: it has no formula to differentiate",
                          name);
    if (tell_is_function(op) && !(with_model && ir_find_var(&w->m.g, known)))
        return explain_table_function(w, op, name, &in, out);
    const primer_page *page = primer_find(name);
    if (with_model) return explain(w, name, work_look(w, name) ? NULL : page, opt, out);
    if (is_of_matrices(op)) return refuse_matrices(w, op);
    return diag_alone(&w->messages,
                      "there is no function '%s'; "
                      "a gradient is explained with its model: explain MODEL %s", name,
                      name);
}

/* A call of one of the two functions below. */
typedef struct explain_request {
    dfoo_explain_options how;
    bool                 with_model;
    const char          *name; /* NULL: everything */
} explain_request;

static dfoo_status explain_request_text(work *w, const void *request, buf *out) {
    const explain_request *r = request;
    DFOO_TRY(work_check_format(w, "explanations", page_format_at, r->how.format, r->how.standalone != 0));
    return explain_name(w, r->with_model, r->name, &r->how, out);
}

static dfoo_status known_options(dfoo *d, const char *function, const dfoo_explain_options *how) {
    if ((unsigned)how->convention > DFOO_DJ)
        return use_unknown(d, function, "convention", (int)how->convention);
    if ((unsigned)how->by > DFOO_BY_DIFFERENTIAL) return use_unknown(d, function, "by", (int)how->by);
    if ((unsigned)how->notation > DFOO_PARTIAL)
        return use_unknown(d, function, "notation", (int)how->notation);
    if ((unsigned)how->start > DFOO_START_EQUAL) return use_unknown(d, function, "start", (int)how->start);
    if ((unsigned)how->format > DFOO_MOODLE) return use_unknown(d, function, "format", (int)how->format);
    return DFOO_OK;
}

dfoo_status dfoo_explain(dfoo_model *model, const char *name, const dfoo_explain_options *options,
                         char **text) {
    explain_request r = {.with_model = true, .name = name};
    if (text) *text = NULL;
    NEED(NULL, model);
    NEED(model->d, text);
    TAKE(model->d, dfoo_explain_options, options, r.how);
    DFOO_TRY(known_options(model->d, __func__, &r.how));
    dfoo_arrays *plain;
    dfoo_status  status = set_plain(model->d, &r.how.values, &plain);
    if (status == DFOO_OK) status = work_write_text(model->d, model, explain_request_text, &r, text);
    arrays_free(plain);
    return status;
}

dfoo_status dfoo_explain_function(dfoo *d, const char *name, const dfoo_explain_options *options,
                                  char **text) {
    explain_request r = {.name = name};
    if (text) *text = NULL;
    NEED(NULL, d);
    NEED(d, name);
    NEED(d, text);
    TAKE(d, dfoo_explain_options, options, r.how);
    DFOO_TRY(known_options(d, __func__, &r.how));
    const primer_page *page = tell_is_function(op_find(name)) ? NULL : primer_find(name);
    if (!page) return work_write_text(d, NULL, explain_request_text, &r, text);
    dfoo_model *model;
    DFOO_TRY(dfoo_model_read(d, primer_model(page), &model));
    r.with_model = true;
    dfoo_status status = work_write_text(d, model, explain_request_text, &r, text);
    dfoo_model_free(model);
    return status;
}

/* The public interface, and the only place that sees all rooms: what a call does is the
 * list of passes that it goes through. Running is in run.c, checking and training in train.c. */
#include "api/api.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "data/data.h"
#include "diff/diff.h"
#include "emit/emit.h"
#include "explain/explain.h"
#include "lang/builtin.h"
#include "lang/lang.h"

/* ---------------------------------------------------------------- contexts */

const char *dfoo_status_text(dfoo_status status) {
    static const char *const texts[] = {"ok", "the answer is no", "wrong input", "a file could not be read or written", "out of memory"};
    return (unsigned)status < sizeof texts / sizeof *texts ? texts[status] : "unknown status";
}

dfoo_status dfoo_open(const dfoo_allocator *mem, dfoo **out) {
    dfoo_allocator m = mem ? *mem : mem_default();
    *out = mem_new(&m, sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    (*out)->mem = m;
    buf_init(&(*out)->messages, m);
    return DFOO_OK;
}

void dfoo_close(dfoo *d) {
    if (!d) return;
    dfoo_allocator mem = d->mem;
    buf_free(&d->messages);
    mem_free(&mem, d, sizeof *d);
}

const char *dfoo_messages(dfoo *d) {
    return d->messages.text ? d->messages.text : "";
}

void dfoo_messages_clear(dfoo *d) {
    buf_free(&d->messages);
    d->messages.failed = false;
}

void dfoo_text_free(dfoo *d, char *text) {
    if (text) mem_free(&d->mem, text, strlen(text) + 1);
}

/* ------------------------------------------------------------------ arrays */

dfoo_status dfoo_arrays_new(dfoo *d, dfoo_arrays **out) {
    return arrays_new(&d->mem, out);
}

void dfoo_arrays_free(dfoo_arrays *set) {
    arrays_free(set);
}

dfoo_status dfoo_arrays_add(dfoo_arrays *set, const char *name, int ndim, const size_t *dim, const double *data, dfoo_array **out) {
    return arrays_add(set, name, ndim, dim, data, out);
}

dfoo_status dfoo_arrays_add_matrix(dfoo_arrays *set, const char *name, size_t rows, size_t cols, const double *data, dfoo_array **out) {
    return arrays_add_matrix(set, name, rows, cols, data, out);
}

dfoo_array *dfoo_arrays_get(const dfoo_arrays *set, const char *name) {
    return arrays_get(set, name);
}

size_t dfoo_arrays_count(const dfoo_arrays *set) {
    return arrays_count(set);
}

dfoo_array *dfoo_arrays_at(const dfoo_arrays *set, size_t i) {
    return arrays_at(set, i);
}

/* -------------------------------------------------------------------- work */

dfoo_status work_begin(work *w, dfoo *d) {
    *w = (work){.d = d};
    arena_init(&w->a, d->mem);
    symbols_init(&w->names, &w->a);
    diags_init(&w->messages, &w->a);
    DFOO_TRY(point_locale_begin(&w->locale));
    return arena_status(&w->a);
}

void work_tell(work *w) {
    diags_render(&w->messages, w->n_told, &w->d->messages);
    w->n_told = w->messages.list.n;
}

dfoo_status work_close(work *w, dfoo_status status) {
    work_tell(w);
    point_locale_end(&w->locale);
    arena_free(&w->a);
    return w->d->messages.failed ? DFOO_ENOMEM : status;
}

/* A constant that says how much a dropout keeps can be set, too. */
static dfoo_status check_keep(work *w, var_id constant) {
    const ir *g = &w->m.g;
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->kind == VAR_MASK && ir_var(g, v)->of == constant && !(ir_keep(g, v) > 0 && ir_keep(g, v) <= 1))
            return diag_error(&w->messages, NULL, span_at(0, 0), "%s is the part that a dropout keeps: more than 0 and at most 1, not %g",
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
            return diag_error(&w->messages, NULL, none, "%s is a size: a whole number from 1 on, not %g", o->name, o->value);
        for (uint32_t k = 0; k < w->m.size_values.n; k++) {
            if (w->m.size_values.at[k].name != name) continue;
            w->m.size_values.at[k].value = (size_t)o->value;
            return DFOO_OK;
        }
        vec_push(&w->a, &w->m.size_values, (size_value){name, (size_t)o->value, none});
        return DFOO_OK;
    }
    return diag_error(&w->messages, NULL, none, "%s has no size and no constant called '%s'", w->m.src.name, o->name);
}

dfoo_status work_open(work *w, dfoo *d, const dfoo_model *model) {
    DFOO_TRY(work_begin(w, d));
    DFOO_TRY(lang_read(&w->m, &w->a, &w->names, &w->messages, model->name, model->text, model->len));
    for (uint32_t i = 0; i < model->overrides.n; i++) DFOO_TRY(apply_override(w, &model->overrides.at[i]));
    return arena_status(&w->a);
}

dfoo_status work_name(work *w) {
    DFOO_TRY(diff_name(&w->m, &w->a));
    for (var_id v = 1, n = w->m.g.vars.n; v < n; v++)
        if (ir_var(&w->m.g, v)->given_name && !ir_gradient_var(&w->m.g, v)) return DFOO_ENOMEM;
    return DFOO_OK;
}

dfoo_status work_derive(work *w, const work_options *opt) {
    diff_options     how = {.convention = opt->convention == DFOO_DJ ? CONVENTION_DJ : CONVENTION_COURSE, .given = opt->given_gradient};
    simplify_options tidy = {.no_name = opt->no_name, .wanted = opt->wanted};
    DFOO_TRY(work_name(w));
    DFOO_TRY(diff_run(&w->m, &w->a, &how, &w->dv));
    return simplify_derivation(&w->dv, &w->m.g, &w->a, &tidy);
}

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
    diag_error(&w->messages, NULL, span_at(0, 0), "%s written out is %.2g names and operations long", ir_var_name(&w->m.g, v), size);
    diag_note(&w->messages, "what is used more than once needs a name: give the inner values lines of their own");
    return DFOO_EINPUT;
}

dfoo_status work_printable(work *w) {
    for (uint32_t i = 0; i < w->m.forward.list.n; i++) DFOO_TRY(line_printable(w, w->m.forward.list.at[i].var, w->m.forward.list.at[i].node));
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

dfoo_status work_text(dfoo_status status, buf *b, char **text) {
    if (status == DFOO_OK || status == DFOO_NO) {
        *text = buf_take(b);
        return *text ? status : DFOO_ENOMEM;
    }
    buf_free(b);
    return status;
}

/* ------------------------------------------------------------------ models */

/* A model is kept only if it can be read. */
dfoo_status dfoo_model_parse(dfoo *d, const char *name, const char *text, size_t len, dfoo_model **out) {
    *out = NULL;
    dfoo_model *m = mem_new(&d->mem, sizeof *m);
    if (!m) return DFOO_ENOMEM;
    m->d = d;
    arena_init(&m->a, d->mem);
    m->name = arena_text(&m->a, name, strlen(name));
    m->text = arena_text(&m->a, text, len);
    m->len = len;
    dfoo_status status = arena_status(&m->a);
    if (status == DFOO_OK) {
        work w;
        status = work_close(&w, work_open(&w, d, m));
    }
    if (status == DFOO_OK) *out = m;
    else dfoo_model_free(m);
    return status;
}

void dfoo_model_free(dfoo_model *model) {
    if (!model) return;
    dfoo_allocator mem = model->d->mem;
    arena_free(&model->a);
    mem_free(&mem, model, sizeof *model);
}

const char *dfoo_builtin_name(size_t i) {
    size_t n = 0;
    while (builtin_model_names[n]) n++;
    return i < n ? builtin_model_names[i] : NULL;
}

const char *dfoo_builtin_text(size_t i) {
    return dfoo_builtin_name(i) ? builtin_model_texts[i] : NULL;
}

const char *dfoo_builtin_like(const char *name) {
    const char *best = NULL;
    unsigned    most = 7; /* three edits */
    for (size_t i = 0; builtin_model_names[i]; i++) {
        unsigned far = text_distance(name, builtin_model_names[i]);
        if (far >= most) continue;
        most = far;
        best = builtin_model_names[i];
    }
    return best;
}

/* A message without a place: $a and $b in the format stand for the two texts. */
static dfoo_status message(dfoo *d, dfoo_status status, const char *format, const char *a, const char *b) {
    buf_puts(&d->messages, "error: ");
    for (const char *p = format; *p; p++) {
        if (*p == '$') buf_puts(&d->messages, *++p == 'a' ? a : b);
        else buf_put(&d->messages, p, 1);
    }
    buf_puts(&d->messages, "\n");
    return d->messages.failed ? DFOO_ENOMEM : status;
}

static dfoo_status read_stream(dfoo *d, const char *path, FILE *f, buf *text) {
    char   part[65536];
    size_t n;
    while ((n = fread(part, 1, sizeof part, f)) > 0) buf_put(text, part, n);
    if (ferror(f)) return message(d, DFOO_EIO, "$a: $b", path, strerror(errno));
    return buf_status(text);
}

dfoo_status dfoo_model_read(dfoo *d, const char *path, dfoo_model **out) {
    *out = NULL;
    for (size_t i = 0; builtin_model_names[i]; i++) {
        if (strcmp(builtin_model_names[i], path) != 0) continue;
        char name[64];
        snprintf(name, sizeof name, "%s.eq", path);
        return dfoo_model_parse(d, name, builtin_model_texts[i], strlen(builtin_model_texts[i]), out);
    }
    bool  standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    if (!f) {
        const char *like = dfoo_builtin_like(path);
        return like ? message(d, DFOO_EIO, "$a: there is no such file, and no built-in model of this name; did you mean $b?", path, like)
                    : message(d, DFOO_EIO, "$a: $b", path, strerror(errno));
    }
    buf text;
    buf_init(&text, d->mem);
    dfoo_status status = read_stream(d, path, f, &text);
    if (!standard) fclose(f);
    if (status == DFOO_OK) {
        const char *slash = strrchr(path, '/');
        status = dfoo_model_parse(d, standard ? "standard input" : slash && slash[1] ? slash + 1 : path, text.text ? text.text : "", text.len, out);
    }
    buf_free(&text);
    return status;
}

dfoo_status dfoo_new_model(dfoo *d, const dfoo_new_options *options, char **text) {
    work             w;
    buf              out;
    lang_new_options how = {.layers = options->layers, .loss = options->loss, .l2 = options->l2, .keep = options->dropout,
                            .rows = options->rows != 0, .name = options->name};
    *text = NULL;
    buf_init(&out, d->mem);
    dfoo_status status = work_begin(&w, d);
    if (status == DFOO_OK) status = lang_new(&how, &w.a, &w.messages, &out);
    return work_text(work_close(&w, status), &out, text);
}

dfoo_status dfoo_model_set(dfoo_model *model, const char *name, double value) {
    work        w;
    override    o = {arena_text(&model->a, name, strlen(name)), value};
    if (!o.name) return DFOO_ENOMEM;
    uint32_t n = model->overrides.n;
    vec_push(&model->a, &model->overrides, o);
    dfoo_status status = arena_status(&model->a);
    if (status == DFOO_OK) status = work_close(&w, work_open(&w, model->d, model));
    if (status != DFOO_OK) model->overrides.n = n;
    return status;
}

/* ------------------------------------------------------------ show, derive */

/* Which gradients `--wrt dW1,b1` names, by var_id. */
static dfoo_status read_wrt(work *w, const char *list, bool **out) {
    *out = NULL;
    if (!list) return DFOO_OK;
    *out = arena_new(&w->a, (w->m.g.vars.n + 1) * 2);
    if (!*out) return DFOO_ENOMEM;
    dfoo_status status = DFOO_OK;
    while (*list) {
        size_t len = strcspn(list, ",");
        char  *name = arena_text(&w->a, list, len);
        var_id v = name && len ? work_find(w, name) : 0;
        if (v) (*out)[v] = true;
        else if (len) status = DFOO_EINPUT;
        list += len + (list[len] == ',');
    }
    return status;
}

static bool same_name(const char *a, const char *b, bool any_case) {
    for (; *a && *b; a++, b++) {
        while (*a == '[' || *a == ']') a++;
        if (!*a) break;
        if (*a != *b && !(any_case && tolower((unsigned char)*a) == tolower((unsigned char)*b))) return false;
    }
    while (*a == ']') a++;
    return !*a && !*b;
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
    diag_error(&w->messages, NULL, span_at(0, 0), "%s has no variable '%s'", w->m.src.name, name);
    buf list;
    buf_init(&list, w->a.mem);
    for (var_id v = 1; v < g->vars.n; v++)
        if (ir_var(g, v)->gradient)
            buf_printf(&list, "%sd%s", list.len ? ", " : "", ir_var_name(g, v));
    if (list.text) diag_note(&w->messages, "there are: %s", list.text);
    buf_free(&list);
    return 0;
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
            if (x->op == OP_VAR && ir_var(&w->m.g, x->ref)->kind == VAR_GRADIENT) wanted[ir_var(&w->m.g, x->ref)->of] = true;
        }
    }
    return DFOO_OK;
}

/* The program that training runs: forward and gradients, in their stable form. */
typedef struct rule_list {
    work *w;
    buf  *out;
} rule_list;

static void tell_rule(void *user, var_id in, const char *rule, const char *sentence, node_id before, node_id after) {
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
    if (lines.len) buf_printf(out, "# grad, which may take its time, also keeps the digits of units that saturate\n%s", lines.text);
    if (status == DFOO_OK) status = buf_status(&lines);
    buf_free(&lines);
    return status;
}

static dfoo_status show_run(work *w, buf *out) {
    program       raw = {{0}}, run = {{0}};
    rule_list     list = {w, out};
    stable_options how = {.on_rule = tell_rule, .user = &list};
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, false, w->m.predict.at, w->m.predict.n, &raw));
    buf_printf(out, "# %s as it is run: shown = run, but for these rewrites that keep the numbers in range\n", w->m.src.name);
    size_t before = out->len;
    DFOO_TRY(simplify_stable(&w->m.g, &w->a, &raw, &how, &run));
    if (out->len == before) buf_puts(out, "#   (none was needed)\n");
    DFOO_TRY(tell_digits(w, &raw, out));
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
    dfoo_status status = explain_head(&w->dv, wanted, &head);
    const char *text = head.text ? head.text : "";
    if (status == DFOO_OK && opt->format == DFOO_NUMPY) status = emit_numpy(&w->dv, wanted, text, out);
    else if (status == DFOO_OK && opt->format == DFOO_LATEX) status = emit_latex(&w->dv, wanted, text, opt->standalone != 0, out);
    else if (status == DFOO_OK) status = emit_json(&w->dv, wanted, text, out);
    buf_free(&head);
    return status;
}

static bool is_text(dfoo_format format) {
    return format == DFOO_TEXT || format == DFOO_ASCII;
}

static dfoo_status check_derive_options(work *w, const dfoo_derive_options *opt) {
    const char *text_only = opt->run ? "the program as it is run" : opt->steps ? "the list of all steps" : NULL;
    const char *wrong = NULL;
    if ((unsigned)opt->format > DFOO_JSON) wrong = "there is no such format: derivations come as text, numpy, latex or json";
    else if (text_only && !is_text(opt->format)) wrong = arena_format(&w->a, "%s comes as text only", text_only);
    else if (opt->standalone && opt->format != DFOO_LATEX) wrong = "standalone belongs to the format latex";
    return wrong ? diag_error(&w->messages, NULL, span_at(0, 0), "%s", wrong) : arena_status(&w->a);
}

static dfoo_status derive(work *w, const dfoo_derive_options *opt, buf *out) {
    bool *wanted;
    DFOO_TRY(check_derive_options(w, opt));
    DFOO_TRY(read_wrt(w, opt->wrt, &wanted));
    DFOO_TRY(work_derive(w, &(work_options){.convention = opt->convention, .wanted = wanted}));
    DFOO_TRY(work_printable(w));
    DFOO_TRY(close_wanted(w, wanted));
    if (!is_text(opt->format)) return emit(w, wanted, opt, out);
    if (opt->run) return show_run(w, out);
    return explain_derivation(&w->dv, wanted, opt->steps != 0, out);
}

dfoo_status dfoo_derive(dfoo_model *model, const dfoo_derive_options *options, char **text) {
    static const dfoo_derive_options none = {0};
    work w;
    buf  out;
    *text = NULL;
    buf_init(&out, model->d->mem);
    dfoo_status status = work_open(&w, model->d, model);
    if (status == DFOO_OK) status = derive(&w, options ? options : &none, &out);
    return work_text(work_close(&w, status), &out, text);
}

/* ----------------------------------------------------------------- explain */

/* The signs that a terminal may lack, spelled out. */
static void to_ascii(buf *b) {
    static const char *const pairs[][2] = {{"∂", "D"}, {"Σ", "sum "}, {"δ", "delta "}, {"·", "*"}};
    buf out;
    buf_init(&out, b->mem);
    for (size_t i = 0; i < b->len;) {
        size_t k = 0, n = sizeof pairs / sizeof *pairs;
        while (k < n && strncmp(b->text + i, pairs[k][0], strlen(pairs[k][0])) != 0) k++;
        if (k < n) buf_puts(&out, pairs[k][1]);
        else buf_put(&out, b->text + i, 1);
        i += k < n ? strlen(pairs[k][0]) : 1;
    }
    buf_free(b);
    *b = out;
}

/* Two simplifiers, kept for the whole explanation. */
typedef struct explain_forms {
    work       *w;
    simplifier *usual, *any_labels;
} explain_forms;

static void form_rules(void *user, node_id n, simplify_on_rule *on_rule, void *to) {
    work *w = ((explain_forms *)user)->w;
    simplify_rules(&w->dv, &w->m.g, &w->a, n, on_rule, to); /* the arena remembers if memory ran out */
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

/* The gradient that a name means, or why there is none. */
static dfoo_status explained_variable(work *w, const char *name, var_id *v) {
    *v = work_find(w, name);
    if (!*v) return w->a.failed ? DFOO_ENOMEM : DFOO_EINPUT;
    if (derivation_find(&w->dv, *v)) return DFOO_OK;
    const char *text = ir_var_name(&w->m.g, *v);
    uint8_t     kind = ir_var(&w->m.g, *v)->kind;
    if (kind == VAR_LABEL || kind == VAR_CONST || kind == VAR_MASK)
        return diag_error(&w->messages, NULL, span_at(0, 0), "%s is given, nothing is learned about it: it has no gradient", text);
    return diag_error(&w->messages, NULL, span_at(0, 0), "the cost %s does not depend on %s: its gradient is zero", ir_var_name(&w->m.g, w->m.cost), text);
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
    return simplify_expression(&w->m.g, &w->a, n, ir_node(&w->m.g, name)->ref, formula, &tidy);
}

static node_id function_write_out(void *user, node_id n, node_id name, node_id formula) {
    work *w = user;
    return simplify_replace(&w->m.g, &w->a, n, name, formula);
}

static dfoo_status explain_definition(work *w, const char *name, var_id z, node_id def, const explain_options *in, buf *out) {
    explain_function_how how = {function_tidy, function_best, function_write_out, w};
    explain_result       result;
    return explain_function(&w->m, name, z, def, &how, in, out, &result);
}

/* A function of ops.def, on a model that has nothing but a z. */
static dfoo_status explain_table_function(work *w, op_id op, const char *name, const explain_options *in, buf *out) {
    static const char text[] = "input z : (n, m)\nJ = sum(z)\nminimize J\n";
    DFOO_TRY(lang_read(&w->m, &w->a, &w->names, &w->messages, name, text, sizeof text - 1));
    ir          *g = &w->m.g;
    var_id       z = ir_find_var(g, symbols_find(&w->names, "z", 1));
    node_id      leaf = ir_var(g, z)->leaf;
    template_env env = {.arg = {leaf, ir_number(g, op == OP_LEAKY_RELU ? 0.01 : 1), 0}};
    node_id      def = g->definition[op] ? template_build(g, g->definition[op], &env) : ir_op1(g, op, leaf);
    if (!def) return w->a.failed ? DFOO_ENOMEM : DFOO_EINPUT;
    return explain_definition(w, name, z, def, in, out);
}

/* A function of the model's own: its formula over a matrix that is called like its operand. */
static dfoo_status explain_own_function(work *w, const function *f, const char *name, const explain_options *in, buf *out) {
    const char *hidden = ir_var_name(&w->m.g, f->formal[0]), *open = strchr(hidden, '(');
    size_t      len = open ? strlen(open) - 2 : 0;
    sym         z_name = len ? symbols_add(&w->names, open + 1, len) : 0;
    if (ir_find_var(&w->m.g, z_name)) z_name = symbols_add(&w->names, "z_", 2);
    sym    n = symbols_add(&w->names, "n", 1);
    var_id z = ir_add_var(&w->m.g, (variable){.name = z_name, .kind = VAR_DEFINED, .sh = shape_of(dim_named(n), dim_named(n))});
    if (!z) return DFOO_ENOMEM;
    node_id def = simplify_replace(&w->m.g, &w->a, f->body, ir_var(&w->m.g, f->formal[0])->leaf, ir_var(&w->m.g, z)->leaf);
    return def ? explain_definition(w, name, z, def, in, out) : DFOO_ENOMEM;
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

/* One gradient, or with no name every one that says something. */
static dfoo_status explain(work *w, const char *name, const dfoo_explain_options *opt, buf *out) {
    program         run = {{0}};
    explain_forms   forms = {.w = w};
    explain_how     simplifying = {form_tidy, form_best, form_any_labels, form_rules, form_sentences, &forms};
    explain_options how = {.format = opt->format, .standalone = opt->standalone != 0, .whole = !name, .seed = 1, .function = explain_used_function, .user = w,
                           .way = (explain_way)opt->by, .steps = opt->steps != 0, .numbers = opt->numbers || opt->values, .how = &simplifying};
    sizes           given_sizes;
    matrix         *given;
    explain_result  result;
    var_id          one, *goals = &one;
    uint32_t        n = 1;
    DFOO_TRY(work_name(w));
    DFOO_TRY(work_derive(w, &(work_options){.convention = opt->convention}));
    if (name) DFOO_TRY(explained_variable(w, name, &one));
    else DFOO_TRY(explain_goals(&w->dv, &w->a, &goals, &n));
    DFOO_TRY(work_printable(w));
    DFOO_TRY(simplify_program(&w->dv, &w->m.g, true, NULL, 0, &run));
    if (opt->values) {
        DFOO_TRY(work_values(w, opt->values, &given_sizes, &given));
        how.sizes = &given_sizes;
        how.given = given;
        how.n_given = w->m.g.vars.n;
    }
    DFOO_TRY(simplify_open(&w->dv, &w->m.g, &w->a, false, &forms.usual));
    DFOO_TRY(simplify_open(&w->dv, &w->m.g, &w->a, true, &forms.any_labels));
    dfoo_status status = explain_gradients(&w->dv, &w->m.g, goals, n, &run, &how, out, &result);
    if (opt->format == DFOO_ASCII && out->text) to_ascii(out);
    return status;
}

static dfoo_status explain_name(work *w, bool with_model, const char *name, const dfoo_explain_options *opt, buf *out) {
    if (!name) return explain(w, NULL, opt, out);
    const function *f = with_model ? model_function(&w->m, symbols_find(&w->names, name, strlen(name))) : NULL;
    op_id           op = op_find(name);
    explain_options in = {.format = opt->format, .standalone = opt->standalone != 0};
    dfoo_status     status;
    if (f && f->body && f->n_formals == 1) status = explain_own_function(w, f, name, &in, out);
    else if (f) return diag_error(&w->messages, NULL, span_at(0, 0), "%s is left open or has several operands: it has no formula to differentiate by one", name);
    else if (explain_is_function(op) && !(with_model && ir_find_var(&w->m.g, symbols_find(&w->names, name, strlen(name))))) status = explain_table_function(w, op, name, &in, out);
    else if (with_model) return explain(w, name, opt, out);
    else return diag_error(&w->messages, NULL, span_at(0, 0), "there is no function '%s'; a gradient is explained with its model: explain MODEL %s", name, name);
    if (opt->format == DFOO_ASCII && out->text) to_ascii(out);
    return status;
}

static dfoo_status check_explain_options(work *w, bool with_model, const char *name, const dfoo_explain_options *opt) {
    const char *wrong = NULL;
    if ((unsigned)opt->format > DFOO_MARKDOWN || opt->format == DFOO_NUMPY)
        wrong = "there is no such format: explanations come as text, html, latex, markdown or json";
    else if (opt->standalone && opt->format != DFOO_LATEX) wrong = "standalone belongs to the format latex";
    else if (!name && !with_model) wrong = "to explain everything a model is needed";
    return wrong ? diag_error(&w->messages, NULL, span_at(0, 0), "%s", wrong) : DFOO_OK;
}

dfoo_status dfoo_explain(dfoo *d, dfoo_model *model, const char *name, const dfoo_explain_options *options, char **text) {
    static const dfoo_explain_options none = {0};
    work w;
    buf  out;
    *text = NULL;
    buf_init(&out, d->mem);
    dfoo_status status = model ? work_open(&w, d, model) : work_begin(&w, d);
    if (status == DFOO_OK) status = check_explain_options(&w, model != NULL, name, options ? options : &none);
    if (status == DFOO_OK) status = explain_name(&w, model != NULL, name, options ? options : &none, &out);
    return work_text(work_close(&w, status), &out, text);
}

/* Optimisers: equations of a table -> update statements behind a program.
 *
 * What is shown is what runs: the text of the table is parsed once and built for each parameter, with
 * its gradient and its own states. The learning rate and the number of the step are constants of
 * the store that are set while training; the other settings are numbers in the equations. */
#include <math.h>
#include <string.h>

#include "train/internal.h"

enum { MOST_SETTINGS = 5, MOST_STATES = 3, MOST_LINES = MOST_STATES + 1 };

typedef struct optimizer {
    const char   *name, *what, *equations;
    train_setting settings[MOST_SETTINGS + 1]; /* name NULL ends them */
} optimizer;

static const optimizer table[] = {
#define OPTIMIZER(NAME, WHAT, EQUATIONS, ...) {#NAME, WHAT, EQUATIONS, {__VA_ARGS__}},
#include "train/optimizers.def"
};

enum { N_OPTIMIZERS = sizeof table / sizeof *table };

const char *train_optimizer_name(uint32_t i) {
    return i < N_OPTIMIZERS ? table[i].name : NULL;
}

static dfoo_status find_optimizer(const char *name, diags *d, const optimizer **out) {
    const char *names[N_OPTIMIZERS];
    for (uint32_t i = 0; i < N_OPTIMIZERS; i++) {
        names[i] = table[i].name;
        *out = &table[i];
        if (strcmp(name, table[i].name) == 0) return DFOO_OK;
    }
    return train_bad(d, "no optimizer is called '%s'; there are %s", name,
                     train_list_text(d->a, names, N_OPTIMIZERS));
}

dfoo_status train_optimizer_show(const char *name, diags *d, buf *out) {
    const optimizer *o;
    DFOO_TRY(find_optimizer(name, d, &o));
    buf_printf(out, "# %s: %s\n%s\n# for each parameter w with its gradient g; ", o->name, o->what,
               o->equations);
    if (strstr(o->equations, "v = "))
        buf_puts(out, strstr(o->equations, "s = ") ? "v and s start at 0; " : "v starts at 0; ");
    else if (strstr(o->equations, "s = "))
        buf_puts(out, "s starts at 0; ");
    if (strstr(o->equations, "**t")) buf_puts(out, "t = 1, 2, .. counts the steps; ");
    for (const train_setting *s = o->settings; s->name; s++) {
        buf_printf(out, "%s%s = ", s == o->settings ? "" : ", ", s->name);
        buf_number(out, s->value);
    }
    buf_puts(out, "\n");
    return buf_status(out);
}

/* ------------------------------------------------------------------ settings */

/* alpha and epsilon are positive, running means have 0 <= beta < 1. */
static bool in_range(const char *name, double x) {
    if (!isfinite(x) || x < 0) return false;
    if (strncmp(name, "beta", 4) == 0) return x < 1;
    return x > 0 || strcmp(name, "decay") == 0;
}

static dfoo_status set_one(optimizer *o, const train_setting *given, diags *d) {
    const char *names[MOST_SETTINGS];
    size_t      n = 0;
    for (train_setting *s = o->settings; s->name; s++) {
        names[n++] = s->name;
        if (strcmp(s->name, given->name) != 0) continue;
        s->value = given->value;
        if (in_range(s->name, s->value)) return DFOO_OK;
        return train_bad(d, "%s = %g: it is %s", s->name, s->value,
                         strncmp(s->name, "beta", 4) == 0 ? "from 0 on and less than 1"
                         : strcmp(s->name, "decay") == 0  ? "a finite number from 0 on"
                                                          : "a finite number greater than 0");
    }
    return train_bad(d, "%s has no '%s'; it has %s", o->name, given->name, train_list_text(d->a, names, n));
}

static dfoo_status choose(const train_options *opt, diags *d, optimizer *out) {
    const optimizer *found;
    DFOO_TRY(find_optimizer(opt->optimizer ? opt->optimizer : "sgd", d, &found));
    *out = *found;
    for (uint32_t i = 0; i < opt->n_settings; i++) DFOO_TRY(set_one(out, &opt->settings[i], d));
    return DFOO_OK;
}

/* ----------------------------------------------------------------- equations */

typedef struct equation {
    const char *target; /* "w", or the name of a state */
    const ast  *right;
} equation;

typedef struct equations {
    equation at[MOST_LINES];
    uint32_t n;
} equations;

/* Lines of the form `name = expression`. */
static dfoo_status read_equations(ir *g, arena *a, const char *text, equations *out) {
    out->n = 0;
    while (text && out->n < MOST_LINES) {
        const char *end = strchr(text, '\n'), *sign = strstr(text, " = ");
        size_t      len = end ? (size_t)(end - text) : strlen(text);
        const char *target = arena_text(a, text, (size_t)(sign - text));
        const char *right = arena_text(g->a, sign + 3, len - (size_t)(sign + 3 - text));
        if (!target || !right) return DFOO_ENOMEM;
        equation e = {target, syntax_read(g->a, g->names, g->d, right, false)};
        if (!e.right) return DFOO_ENOMEM;
        out->at[out->n++] = e;
        text = end ? end + 1 : NULL;
    }
    return DFOO_OK;
}

/* A variable that belongs to the optimiser: from an earlier training, or new; the model may use the
 * plain name for something else. */
static var_id own_var(ir *g, arena *a, const char *plain, var_kind kind, shape sh) {
    for (int i = 0; i < 2; i++) {
        const char *name = i ? arena_format(a, "%s(train)", plain) : plain;
        sym         s = name ? symbols_add(g->names, name, strlen(name)) : 0;
        if (!s) return 0;
        var_id v = ir_find_var(g, s);
        if (!v)
            return ir_add_var(g, (variable){.name = s, .kind = (uint8_t)kind, .given_name = true, .sh = sh});
        const variable *x = ir_var(g, v);
        if (x->given_name && x->kind == kind && shape_equal(x->sh, sh)) return v;
    }
    return 0;
}

typedef struct builder {
    ir              *g;
    arena           *a;
    const optimizer *o;
    equations        lines;
    stepper         *out;
    template_name    names[MOST_SETTINGS + MOST_STATES + 3];
    uint32_t         n_names; /* those that all parameters share */
} builder;

static void name_settings(builder *b) {
    b->names[b->n_names++] = (template_name){"t", ir_var(b->g, b->out->t)->leaf};
    b->names[b->n_names++] = (template_name){"alpha", ir_var(b->g, b->out->alpha)->leaf};
    for (const train_setting *s = b->o->settings; s->name; s++)
        if (strcmp(s->name, "alpha") != 0)
            b->names[b->n_names++] = (template_name){s->name, ir_number(b->g, s->value)};
}

static dfoo_status update_parameter(builder *b, var_id w) {
    ir           *g = b->g;
    template_env  env = {.names = b->names, .n_names = b->n_names};
    var_id        target[MOST_LINES] = {0};
    template_name own = {"w", ir_var(g, w)->leaf};
    b->names[env.n_names++] = own;
    own = (template_name){"g", ir_var(g, ir_var(g, w)->gradient)->leaf};
    b->names[env.n_names++] = own;
    for (uint32_t i = 0; i < b->lines.n; i++) {
        const char *name = b->lines.at[i].target;
        target[i] = w;
        if (strcmp(name, "w") == 0) continue;
        const char *state =
            arena_format(b->a, "%sd%s", name, ir_var_name(g, w)); /* vdW1, as the course calls it */
        target[i] = state ? own_var(g, b->a, state, VAR_DEFINED, ir_var(g, w)->sh) : 0;
        if (!target[i]) return DFOO_ENOMEM;
        vec_push(b->a, &b->out->states, target[i]);
        b->names[env.n_names++] = (template_name){name, ir_var(g, target[i])->leaf};
    }
    for (uint32_t i = 0; i < b->lines.n; i++) {
        node_id n = template_build(g, b->lines.at[i].right, &env);
        if (!n) return DFOO_ENOMEM;
        DFOO_TRY(program_add(g, &b->out->p, target[i], n, span_at(0, 0)));
    }
    return DFOO_OK;
}

static dfoo_status update_all(builder *b, const program *p) {
    ir      *g = b->g;
    uint32_t n_vars = g->vars.n, n_updates = 0; /* states are added behind them */
    for (var_id v = 1; v < n_vars; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        if (program_find(p, ir_var(g, v)->gradient)) {
            DFOO_TRY(update_parameter(b, v));
            n_updates++;
        } else {
            diag_warn(g->d, NULL, span_at(0, 0),
                      "the cost does not depend on the parameter %s: it stays as it starts",
                      ir_var_name(g, v));
        }
    }
    if (!n_updates) return train_bad(g->d, "there is nothing to train: the cost depends on no parameter");
    return b->a->failed ? DFOO_ENOMEM : arena_status(g->a);
}

dfoo_status optimizer_append(model *m, const program *p, const train_options *opt, arena *a, stepper *out) {
    optimizer o;
    ir       *g = &m->g;
    builder   b = {.g = g, .a = a, .o = &o, .out = out};
    *out = (stepper){.p = {{0}}};
    DFOO_TRY(choose(opt, g->d, &o));
    for (uint32_t i = 0; i < p->list.n; i++)
        DFOO_TRY(program_add(g, &out->p, p->list.at[i].var, p->list.at[i].node, p->list.at[i].at));
    out->alpha = own_var(g, a, "alpha", VAR_CONST, shape_scalar());
    out->t = own_var(g, a, "t", VAR_CONST, shape_scalar());
    if (!out->alpha || !out->t) return DFOO_ENOMEM;
    for (const train_setting *s = o.settings; s->name; s++)
        if (strcmp(s->name, "alpha") == 0) out->rate = s->value;
    DFOO_TRY(read_equations(g, a, o.equations, &b.lines));
    name_settings(&b);
    return update_all(&b, p);
}

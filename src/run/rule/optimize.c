/* Optimisers: texts of the tables, or of the user's files, put together to the rule that is run and shown.
 *
 * In this order: the schedule, warm-up, clipping, decay, the optimiser. Settings replace the constants of
 * those that they belong to. */
#include <math.h>
#include <string.h>

#include "run/rule/build.h"
#include "run/rule/check.h"
#include "run/rule/factors.h"
#include "run/rule/print.h"
#include "run/rule/read.h"
#include "run/rule/rule.h"

typedef struct entry {
    const char *name, *text;
} entry;

static const entry optimizers[] = {
#define OPTIMIZER(NAME, TEXT) {#NAME, TEXT},
#include "run/rule/optimizers.def"
};
static const entry parts[] = {
#define PART(NAME, TEXT) {#NAME, TEXT},
#include "run/rule/optimizers.def"
};
static const entry schedules[] = {
#define SCHEDULE(NAME, TEXT) {#NAME, TEXT},
#include "run/rule/schedules.def"
};

enum {
    N_OPTIMIZERS = sizeof optimizers / sizeof *optimizers,
    N_PARTS = sizeof parts / sizeof *parts,
    N_SCHEDULES = sizeof schedules / sizeof *schedules
};

const char *rule_optimizer_name(uint32_t i) {
    return i < N_OPTIMIZERS ? optimizers[i].name : NULL;
}

const char *rule_schedule_name(uint32_t i) {
    return i < N_SCHEDULES ? schedules[i].name : NULL;
}

static const entry *find(const entry *table, size_t n, const char *name) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(table[i].name, name) == 0) return &table[i];
    return NULL;
}

static dfoo_status refuse_name(const char *what, const entry *table, size_t n, const char *name, diags *d) {
    const char *names[N_OPTIMIZERS + N_SCHEDULES];
    text_near   near = {.wrong = name, .most = 5};
    for (size_t i = 0; i < n; i++) text_try(&near, names[i] = table[i].name);
    diag_alone(d, "no %s is called '%s', and there is no such file; there are %s", what, name,
               text_list(d->a, names, n));
    if (near.best) diag_note(d, "did you mean %s?", near.best);
    return d->a->failed ? DFOO_ENOMEM : DFOO_EINPUT;
}

/* ------------------------------------------------------------------ settings */

/* What a number of the tables can be; the user's own can be any number, but for the learning rate. */
static bool in_range(const char *name, double x, const char **range) {
    if (strncmp(name, "beta", 4) == 0) {
        *range = "from 0 on and less than 1";
        return x >= 0 && x < 1;
    }
    if (strcmp(name, "decay") == 0 || strcmp(name, "last") == 0 || strcmp(name, "rate") == 0) {
        *range = "a finite number from 0 on";
        return isfinite(x) && x >= 0;
    }
    *range = "a finite number greater than 0";
    return isfinite(x) && x > 0;
}

typedef struct composer {
    rule                r;
    const rule_options *opt;
} composer;

static dfoo_status check_value(const composer *k, const rule_const *c, bool of_table) {
    const char *name = symbols_name(k->r.names, c->name), *range;
    bool        rate = strcmp(name, "alpha") == 0 || strcmp(name, "alpha0") == 0;
    bool        fits = in_range(name, c->value, &range);
    if (!of_table && !rate) {
        fits = isfinite(c->value);
        range = "a finite number";
    }
    if (fits || (rate && c->value == 0 && k->opt->zero_rate)) return DFOO_OK;
    return diag_error(k->r.d, c->given ? NULL : c->src, c->at, "%s = %g: it is %s", name, c->value, range);
}

/* The constants from number `first` on belong to `of`. */
static dfoo_status set_one(composer *k, uint32_t first, const char *of, const rule_setting *given) {
    rule_const  *consts = k->r.consts.at;
    uint32_t     n = k->r.consts.n;
    int          at = rule_const_of(&k->r, symbols_find(k->r.names, given->name, strlen(given->name)));
    const char **names = arena_new(k->r.a, (n + 1) * sizeof *names);
    if (!names) return DFOO_ENOMEM;
    if (at >= (int)first) {
        consts[at].value = given->value;
        consts[at].given = true;
        return DFOO_OK;
    }
    for (uint32_t i = first; i < n; i++) names[i - first] = symbols_name(k->r.names, consts[i].name);
    if (n == first) return diag_alone(k->r.d, "%s has no '%s': it has no settings", of, given->name);
    return diag_alone(k->r.d, "%s has no '%s'; it has %s", of, given->name,
                      text_list(k->r.a, names, n - first));
}

static dfoo_status add_text(composer *k, const char *name, const char *text, bool of_table,
                            const rule_setting *settings, uint32_t n_settings) {
    arena   *a = k->r.d->a; /* messages refer to the text */
    uint32_t first = k->r.consts.n;
    source  *src = arena_new(a, sizeof *src);
    if (!src) return DFOO_ENOMEM;
    *src = (source){arena_text(a, name, strlen(name)), arena_text(a, text, strlen(text)), strlen(text)};
    if (!src->name || !src->text) return DFOO_ENOMEM;
    DFOO_TRY(rule_add(&k->r, src));
    for (uint32_t i = 0; i < n_settings; i++) DFOO_TRY(set_one(k, first, name, &settings[i]));
    for (uint32_t i = first; i < k->r.consts.n; i++) DFOO_TRY(check_value(k, &k->r.consts.at[i], of_table));
    return DFOO_OK;
}

/* --------------------------------------------------------------------- parts */

static dfoo_status add_part(composer *k, const char *name, const char *constant, double value) {
    rule_setting given = {constant, value};
    return add_text(k, name, find(parts, N_PARTS, name)->text, true, &given, 1);
}

static dfoo_status add_schedule(composer *k) {
    const rule_options *o = k->opt;
    const entry        *known = o->schedule ? find(schedules, N_SCHEDULES, o->schedule) : NULL;
    if (o->schedule && !o->schedule_text && !known)
        return refuse_name("schedule", schedules, N_SCHEDULES, o->schedule, k->r.d);
    if (o->schedule)
        DFOO_TRY(add_text(k, o->schedule, o->schedule_text ? o->schedule_text : known->text, known != NULL,
                          o->schedule_settings, o->n_schedule_settings));
    if (o->schedule && !rule_sets(&k->r, "alpha"))
        return diag_alone(k->r.d, "%s is no schedule: it has no line alpha = ..", o->schedule);
    return o->warmup ? add_part(k, "warmup", "warmup", (double)o->warmup) : DFOO_OK;
}

static dfoo_status add_gradient_parts(composer *k) {
    const rule_options *o = k->opt;
    if (o->clip != 0 && o->clip_value != 0)
        return diag_alone(
            k->r.d,
            "--clip shortens the gradients as a whole, --clip-value cuts each entry: give one of them");
    if (o->clip != 0) DFOO_TRY(add_part(k, "clip", "clip", o->clip));
    if (o->clip_value != 0) DFOO_TRY(add_part(k, "clip_value", "clip_value", o->clip_value));
    return DFOO_OK;
}

/* An optimiser with a constant `decay` of its own gets the number; any other a line in front. */
static dfoo_status add_decay(composer *k, const rule *own, bool *is_own) {
    const rule_options *o = k->opt;
    *is_own = rule_const_of(own, symbols_add(k->r.names, "decay", 5)) >= 0;
    if (o->decay == 0) return DFOO_OK;
    if (*is_own && o->decay_l2)
        return diag_alone(
            k->r.d, "%s has a decay of its own, which is not added to the gradient: leave out --decay-kind",
            o->optimizer ? o->optimizer : "sgd");
    return *is_own ? DFOO_OK : add_part(k, o->decay_l2 ? "l2" : "decoupled", "decay", o->decay);
}

/* -------------------------------------------------------------- all of a rule */

typedef struct chosen {
    const char *name, *text;
    bool        of_table;
} chosen;

static dfoo_status choose(const composer *k, chosen *out) {
    const char  *name = k->opt->optimizer ? k->opt->optimizer : "sgd";
    const entry *known = k->opt->optimizer_text ? NULL : find(optimizers, N_OPTIMIZERS, name);
    if (!known && !k->opt->optimizer_text)
        return refuse_name("optimizer", optimizers, N_OPTIMIZERS, name, k->r.d);
    *out = (chosen){name, known ? known->text : k->opt->optimizer_text, known != NULL};
    return DFOO_OK;
}

/* The optimiser by itself, to see what it has. */
static dfoo_status look_at(const composer *k, const chosen *c, rule *out) {
    composer alone = {.r = {.a = k->r.a, .names = k->r.names, .d = k->r.d}, .opt = k->opt};
    DFOO_TRY(add_text(&alone, c->name, c->text, c->of_table, k->opt->settings, k->opt->n_settings));
    *out = alone.r;
    return DFOO_OK;
}

static dfoo_status compose_all(composer *k) {
    chosen       c = {.name = NULL};
    rule         own = {.a = NULL};
    bool         own_decay;
    rule_setting decay = {"decay", k->opt->decay};
    DFOO_TRY(choose(k, &c));
    DFOO_TRY(look_at(k, &c, &own));
    if (rule_sets(&own, "alpha") && (k->opt->schedule || k->opt->warmup))
        return diag_alone(k->r.d, "%s sets alpha itself: leave out %s", c.name,
                          k->opt->schedule ? "--schedule" : "--warmup");
    DFOO_TRY(add_schedule(k));
    DFOO_TRY(add_gradient_parts(k));
    DFOO_TRY(add_decay(k, &own, &own_decay));
    uint32_t first = k->r.consts.n;
    DFOO_TRY(add_text(k, c.name, c.text, c.of_table, k->opt->settings, k->opt->n_settings));
    if ((k->opt->decay != 0 || k->opt->zero_decay) && own_decay) DFOO_TRY(set_one(k, first, c.name, &decay));
    DFOO_TRY(rule_check(&k->r));
    if (rule_sets(&k->r, "w")) return DFOO_OK;
    diag_alone(k->r.d, "%s: no line changes the parameter", c.name);
    diag_note(k->r.d, "there has to be one such as w = w - alpha * g");
    return DFOO_EINPUT;
}

/* The rule of the options. It lives as long as the diagnostics. */
static dfoo_status compose(const rule_options *opt, symbols *names, diags *d, rule *out) {
    composer    k = {.r = {.a = d->a, .names = names, .d = d}, .opt = opt};
    dfoo_status status = compose_all(&k);
    *out = k.r;
    return d->a->failed ? DFOO_ENOMEM : status;
}

dfoo_status rule_show(const rule_options *opt, diags *d, buf *out) {
    symbols names;
    rule    r;
    symbols_init(&names, d->a);
    DFOO_TRY(compose(opt, &names, d, &r));
    rule_print(&r, out);
    return buf_status(out);
}

/* ------------------------------------------------------------------- updates */

/* The parameters that the cost depends on, and which of them decay. */
static dfoo_status find_parameters(model *m, const program *p, const rule_options *opt, arena *a,
                                   var_id *params, bool *decays, uint32_t *n) {
    const ir   *g = &m->g;
    factor_use *use;
    DFOO_TRY(factors_find(m, a, &use));
    *n = 0;
    for (var_id v = 1; v < g->vars.n; v++) {
        if (ir_var(g, v)->kind != VAR_PARAM) continue;
        if (program_find(p, ir_var(g, v)->gradient)) {
            decays[*n] = opt->decay_all || use[v] != FACTOR_NO;
            params[(*n)++] = v;
        } else {
            diag_warn(g->d, NULL, span_at(0, 0),
                      "the cost does not depend on the parameter %s: it stays as it starts",
                      ir_var_name(g, v));
        }
    }
    return *n ? DFOO_OK : diag_alone(g->d, "there is nothing to train: the cost depends on no parameter");
}

dfoo_status rule_append(model *m, const program *p, const rule_options *opt, arena *a, stepper *out) {
    rule     r;
    ir      *g = &m->g;
    uint32_t n;
    var_id  *params = arena_new(a, g->vars.n * sizeof *params);
    bool    *decays = arena_new(a, g->vars.n);
    *out = (stepper){.p = {{0}}};
    if (!params || !decays) return DFOO_ENOMEM;
    DFOO_TRY(compose(opt, g->names, g->d, &r));
    DFOO_TRY(find_parameters(m, p, opt, a, params, decays, &n));
    for (uint32_t i = 0; i < p->list.n; i++)
        DFOO_TRY(program_add(g, &out->p, p->list.at[i].var, p->list.at[i].node, p->list.at[i].at));
    rule_target to = {.g = g, .a = a, .p = &out->p};
    DFOO_TRY(rule_build(&r, &to, params, decays, n));
    out->rate = rule_rate(&r);
    out->alpha = to.own[RULE_alpha];
    out->alpha0 = to.own[RULE_alpha0];
    out->t = to.own[RULE_t];
    out->epoch = to.own[RULE_epoch];
    out->epochs = to.own[RULE_epochs];
    out->steps = to.own[RULE_steps];
    for (uint32_t i = 0; i < to.states.n; i++) vec_push(a, &out->states, to.states.at[i]);
    return a->failed ? DFOO_ENOMEM : DFOO_OK;
}

/* Programs in the form in which they are run: the STABLE rules, applied from the leaves up,
 * looking through names where a rule needs their formula. */
#include "core/simplify/rules.h"
#include "core/simplify/simplify.h"

enum { MOST_ROUNDS = 8, MOST_PASSES = 4 };

typedef struct walk {
    ir                   *g;
    rules                 r;
    const stable_options *opt;
    var_id                in;
} walk;

static bool is_told(const walk *w, const rule *r) {
    bool special = r->stage == STAGE_DIGITS && ir_var(w->g, w->in)->kind == VAR_GRADIENT;
    return w->opt->on_rule && (special || !w->opt->tell_digits_only);
}

static node_id rewrite(walk *w, node_id n) {
    const rule *which;
    for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
        node_id better = rules_apply(&w->r, n, &which);
        if (!better) break;
        if (is_told(w, which)) w->opt->on_rule(w->opt->user, w->in, which->name, which->sentence, n, better);
        n = better;
    }
    return n;
}

static node_id stable_node(void *user, ir *g, node_id n, const node_id *args) {
    node_id same = ir_rebuild(g, n, args);
    if (same && same != n) same = rules_join(g, same);
    return same ? rewrite(user, same) : 0;
}

/* Rules make new operands, to which rules may apply in turn. */
static node_id stable_form(walk *w, arena *a, node_id n) {
    for (int passes = 0; n && passes < MOST_PASSES; passes++) {
        node_id before = n;
        n = ir_map(w->g, a, n, stable_node, w);
        if (n == before) break;
    }
    return n;
}

/* A name is looked through to the form that is run, so that one rule need not know what another
 * makes of a formula. */
dfoo_status simplify_stable(ir *g, arena *a, const program *p, const stable_options *opt, program *out) {
    static const stable_options none = {0};
    walk w = {.g = g, .opt = opt ? opt : &none};
    DFOO_TRY(rules_init(&w.r, g, STAGE_STABLE));
    node_id *formula = arena_new(a, g->vars.n * sizeof *formula);
    if (!formula) return DFOO_ENOMEM;
    w.r.f = (formulas){formula, g->vars.n};
    for (uint32_t i = 0; i < p->list.n; i++) {
        const stmt *s = &p->list.at[i];
        w.in = s->var;
        w.r.digits = w.opt->digits || ir_var(g, s->var)->kind != VAR_GRADIENT;
        node_id n = stable_form(&w, a, s->node);
        if (!n) return DFOO_ENOMEM;
        DFOO_TRY(program_add(g, out, s->var, n, s->at));
        if (!w.opt->no_name || !w.opt->no_name[s->var]) formula[s->var] = n;
    }
    return DFOO_OK;
}

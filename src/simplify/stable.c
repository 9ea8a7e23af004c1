/* Programs in the form in which they are run: the STABLE rules, applied from the leaves up,
 * looking through names where a rule needs their formula. */
#include "simplify/rules.h"
#include "simplify/simplify.h"

enum { MOST_ROUNDS = 8, MOST_PASSES = 4 };

typedef struct walk {
    ir                  *g;
    rules                r;
    const stable_report *report;
    var_id               in;
} walk;

static node_id rewrite(walk *w, node_id n) {
    const rule *which;
    for (int rounds = 0; rounds < MOST_ROUNDS; rounds++) {
        node_id better = rules_apply(&w->r, STAGE_STABLE, n, &which);
        if (!better) break;
        if (w->report && w->report->on_rule)
            w->report->on_rule(w->report->user, w->in, which->name, which->sentence, n, better);
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
dfoo_status simplify_stable(ir *g, arena *a, const program *p, const program *defs, const bool *no_name,
                            const stable_report *report, program *out) {
    walk w = {.g = g, .report = report};
    DFOO_TRY(rules_init(&w.r, g));
    node_id *formula = arena_new(a, g->vars.n * sizeof *formula);
    bool    *is_def = arena_new(a, g->vars.n);
    if (!formula || !is_def) return DFOO_ENOMEM;
    (void)defs;
    for (var_id v = 0; v < g->vars.n; v++) is_def[v] = !no_name || !no_name[v];
    w.r.f = (formulas){formula, g->vars.n};
    for (uint32_t i = 0; i < p->list.n; i++) {
        const stmt *s = &p->list.at[i];
        w.in = s->var;
        node_id n = stable_form(&w, a, s->node);
        if (!n) return DFOO_ENOMEM;
        DFOO_TRY(program_add(g, out, s->var, n, s->at));
        if (is_def[s->var]) formula[s->var] = n;
    }
    return DFOO_OK;
}

/* Programs in the form in which they are run: the STABLE rules, applied from the leaves up,
 * looking through names where a rule needs their formula. */
#include "simplify/rules.h"
#include "simplify/simplify.h"

typedef struct walk {
    ir                  *g;
    rules                r;
    const stable_report *report;
    var_id               in;
} walk;

static node_id rewrite(walk *w, node_id n) {
    const rule *which;
    for (int rounds = 0; rounds < 8; rounds++) {
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
    return same ? rewrite(user, same) : 0;
}

dfoo_status simplify_stable(ir *g, arena *a, const program *p, const program *defs, const bool *no_name,
                            const stable_report *report, program *out) {
    walk w = {.g = g, .report = report};
    DFOO_TRY(rules_init(&w.r, g));
    node_id *formula = arena_new(a, g->vars.n * sizeof *formula);
    if (!formula) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < defs->list.n; i++)
        if (!no_name || !no_name[defs->list.at[i].var]) formula[defs->list.at[i].var] = defs->list.at[i].node;
    w.r.formula = formula;
    w.r.n_formulas = g->vars.n;
    for (uint32_t i = 0; i < p->list.n; i++) {
        w.in = p->list.at[i].var;
        node_id n = ir_map(g, a, p->list.at[i].node, stable_node, &w);
        if (!n) return DFOO_ENOMEM;
        DFOO_TRY(program_add(g, out, p->list.at[i].var, n, p->list.at[i].at));
    }
    return DFOO_OK;
}

/* Programs in the form in which they are run: the STABLE rules, applied from the leaves up,
 * looking through names where a rule needs their formula. */
#include "simplify/rules.h"
#include "simplify/simplify.h"

typedef struct walk {
    ir                  *g;
    arena               *a;
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

static node_id stable_node(walk *w, node_id root) {
    node_list need = {{0}};
    if (ir_reach(w->g, w->a, &root, 1, &need) != DFOO_OK) return 0;
    node_id *now = arena_new(w->a, need.list.n * sizeof *now);
    if (!now) return 0;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(w->g, need.list.at[i]);
        node_id     args[3] = {0, 0, 0};
        for (int k = 0; k < op_table[x->op].arity; k++) args[k] = now[node_list_place(&need, x->arg[k])];
        node_id n = ir_rebuild(w->g, need.list.at[i], args);
        now[i] = n ? rewrite(w, n) : 0;
        if (!now[i]) return 0;
    }
    return now[node_list_place(&need, root)];
}

dfoo_status simplify_stable(ir *g, arena *a, const program *p, const program *defs, const bool *no_name,
                            const stable_report *report, program *out) {
    walk w = {.g = g, .a = a, .report = report};
    DFOO_TRY(rules_init(&w.r, g));
    node_id *formula = arena_new(a, g->vars.n * sizeof *formula);
    if (!formula) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < defs->list.n; i++)
        if (!no_name || !no_name[defs->list.at[i].var]) formula[defs->list.at[i].var] = defs->list.at[i].node;
    w.r.formula = formula;
    w.r.n_formulas = g->vars.n;
    for (uint32_t i = 0; i < p->list.n; i++) {
        w.in = p->list.at[i].var;
        node_id n = stable_node(&w, p->list.at[i].node);
        if (!n) return DFOO_ENOMEM;
        DFOO_TRY(program_add(g, out, p->list.at[i].var, n, p->list.at[i].at));
    }
    return DFOO_OK;
}

/* Forward and backward statements in one program. Shown = run: the gradients are the nodes
 * that `derive` prints. */
#include "core/simplify/engine.h"
#include "core/simplify/simplify.h"

dfoo_status simplify_program(const derivation *d, ir *g, bool all, const var_id *also, uint32_t n_also,
                             program *out) {
    bool *need = arena_new(g->a, g->vars.n);
    if (!need) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < d->forward.list.n; i++) need[d->forward.list.at[i].var] = true;
    for (uint32_t i = 0; i < n_also; i++) need[also[i]] = true;
    DFOO_TRY(program_needs(g, g->a, &d->m->forward, need));
    for (uint32_t i = 0; i < d->m->forward.list.n; i++) {
        const stmt *s = &d->m->forward.list.at[i];
        if (need[s->var]) DFOO_TRY(program_add(g, out, s->var, s->node, s->at));
    }
    for (uint32_t i = 0; i < d->list.n; i++) {
        const gradient *v = &d->list.at[i];
        if (v->given || (!v->shown && !all)) continue;
        DFOO_TRY(program_add(g, out, v->grad, v->whole, span_at(0, 0)));
    }
    return DFOO_OK;
}

node_id simplify_expression(ir *g, arena *a, node_id n, var_id name, node_id formula, node_id *tidy) {
    simplifier w;
    model      none = {.examples_are_columns = true};
    derivation d = {.m = &none};
    uint32_t   used = 0;
    if (name) vec_push(a, &d.forward.list, (stmt){.var = name, .node = formula});
    if (simplifier_init(&w, g, a, &d) != DFOO_OK) return 0;
    w.no_functions = true;
    *tidy = simplifier_tidy(&w, n);
    return simplifier_run(&w, n, &used);
}

dfoo_status simplify_open(derivation *d, ir *g, arena *a, bool any_labels, simplifier **out) {
    *out = arena_new(a, sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    DFOO_TRY(simplifier_init(*out, g, a, d));
    (*out)->any_labels = any_labels;
    return DFOO_OK;
}

node_id simplify_best(simplifier *w, node_id n) {
    uint32_t used = 0;
    return simplifier_run(w, n, &used);
}

node_id simplify_tidy(simplifier *w, node_id n) {
    return simplifier_tidy(w, n);
}

dfoo_status simplify_rules(simplifier *w, node_id n, simplify_on_rule *on_rule, void *user) {
    w->r.on_rule = on_rule;
    w->r.user = user;
    bool done = simplify_tidy(w, n) != 0;
    for (uint32_t i = 0; i < w->told.list.n; i++) w->memo.at[w->told.list.at[i]] = (entry){0};
    w->told.list.n = 0; /* what was done once is told again */
    return done ? arena_status(w->a) : DFOO_ENOMEM;
}

typedef struct replacement {
    node_id old, by;
} replacement;

static node_id replace(void *user, ir *g, node_id n, const node_id *args) {
    const replacement *r = user;
    return n == r->old ? r->by : ir_rebuild(g, n, args);
}

node_id simplify_replace(ir *g, arena *a, node_id root, node_id old, node_id by) {
    replacement r = {old, by};
    return ir_map(g, a, root, replace, &r);
}

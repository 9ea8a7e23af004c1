/* What a program needs to have run: dead statements, updates, and products that wait for
 * the update that reads them. Fills needs, needed, updated, uses and deferred. */
#include "run/plan/build.h"

/* A variable is updated in place if it is a parameter or a constant, or if it was read
 * before it is assigned. */
static dfoo_status find_updates(builder *b, const program *p) {
    uint32_t n_vars = b->p->n_vars;
    bool    *seen = arena_new(&b->scratch, n_vars), *assigned = arena_new(&b->scratch, n_vars);
    if (!seen || !assigned) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->list.n; i++) {
        var_id v = p->list.at[i].var;
        for (uint32_t k = 0; k < b->needs[i].list.n; k++) {
            const node *x = ir_node(b->g, b->needs[i].list.at[k]);
            if (x->op == OP_VAR && !assigned[x->ref]) seen[x->ref] = true;
        }
        uint8_t kind = ir_var(b->g, v)->kind;
        if (seen[v] || kind == VAR_PARAM || kind == VAR_CONST) b->updated[v] = true;
        else assigned[v] = true;
    }
    return DFOO_OK;
}

static dfoo_status find_needed(builder *b, const program *p, const var_id *keep, uint32_t n_keep) {
    bool *wanted = arena_new(&b->scratch, b->p->n_vars);
    if (!wanted) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n_keep; i++) wanted[keep[i]] = true;
    for (uint32_t i = p->list.n; i-- > 0;) {
        var_id v = p->list.at[i].var;
        b->needed[i] = wanted[v] || b->updated[v];
        if (!b->needed[i]) continue;
        wanted[v] = false; /* an earlier assignment is not what was wanted */
        for (uint32_t k = 0; k < b->needs[i].list.n; k++) {
            const node *x = ir_node(b->g, b->needs[i].list.at[k]);
            if (x->op == OP_VAR) wanted[x->ref] = true;
        }
    }
    return DFOO_OK;
}

/* Every node that is needed counts once, however many statements it stands in. */
static void count_uses(builder *b, const program *p) {
    b->walk++;
    for (uint32_t i = 0; i < p->list.n; i++) {
        if (!b->needed[i]) continue;
        b->uses[p->list.at[i].node]++;
        for (uint32_t k = 0; k < b->needs[i].list.n; k++) {
            node_id n = b->needs[i].list.at[k];
            if (b->mark[n] == b->walk) continue;
            b->mark[n] = b->walk;
            const node *x = ir_node(b->g, n);
            for (int j = 0; j < op_table[x->op].arity; j++) b->uses[x->arg[j]]++;
        }
    }
}

static bool reads_updated(const builder *b, const node_list *need) {
    for (uint32_t i = 0; i < need->list.n; i++) {
        const node *x = ir_node(b->g, need->list.at[i]);
        if (x->op == OP_VAR && b->updated[x->ref]) return true;
    }
    return false;
}

/* The statement that defines v, if it is the only one. */
static uint32_t only_definition(const program *p, var_id v) {
    uint32_t found = UINT32_MAX;
    for (uint32_t i = 0; i < p->list.n; i++) {
        if (p->list.at[i].var != v) continue;
        if (found != UINT32_MAX) return UINT32_MAX;
        found = i;
    }
    return found;
}

/* In `W = W - alpha * dW`, dW may wait if nobody else reads it, and if what it is computed
 * from does not change until then. */
static void defer_one(builder *b, const program *p, const bool *kept, var_id v) {
    const variable *x = ir_var(b->g, v);
    uint32_t        i = only_definition(p, v);
    if (i == UINT32_MAX || kept[v] || b->updated[v] || b->uses[x->leaf] != 1) return;
    if (product_alone(b, p->list.at[i].node) && !reads_updated(b, &b->needs[i]))
        b->deferred[v] = p->list.at[i].node;
}

/* The variables that an update's node reads: those of the form v -+ number * dv. */
static dfoo_status defer_products(builder *b, const program *p, const var_id *keep, uint32_t n_keep) {
    bool *kept = arena_new(&b->scratch, b->p->n_vars);
    if (!kept) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n_keep; i++) kept[keep[i]] = true;
    for (uint32_t i = 0; i < p->list.n; i++) {
        if (!b->needed[i] || !b->updated[p->list.at[i].var]) continue;
        var_id v = product_waits(b, &p->list.at[i]);
        if (v) defer_one(b, p, kept, v);
        if (!v || !b->deferred[v]) continue;
        const node_id roots[2] = {p->list.at[i].node, b->deferred[v]};
        b->needs[i] = (node_list){{0}};
        DFOO_TRY(ir_reach(b->g, &b->scratch, roots, 2, &b->needs[i]));
    }
    return DFOO_OK;
}

dfoo_status live_statements(builder *b, const program *p, const var_id *keep, uint32_t n_keep) {
    b->needs = arena_new(&b->scratch, p->list.n * sizeof *b->needs);
    b->needed = arena_new(&b->scratch, p->list.n * sizeof *b->needed);
    if (!b->needs || !b->needed) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < p->list.n; i++)
        DFOO_TRY(ir_reach(b->g, &b->scratch, &p->list.at[i].node, 1, &b->needs[i]));
    DFOO_TRY(find_updates(b, p));
    DFOO_TRY(find_needed(b, p, keep, n_keep));
    count_uses(b, p);
    return defer_products(b, p, keep, n_keep);
}

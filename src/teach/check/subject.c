/* What is checked, made ready: the raw derivation, kinks and links. All nodes are built before anything is
 * evaluated, since an evaluation covers the nodes that exist when it is prepared.
 *
 * Links. In a deep network the first layers' gradients can be smaller than the rounding
 * errors of the cost, and differences of the cost tell nothing. Then V is judged by what it
 * enters: with S = f(V, ..) for each statement that uses V, and the dS held fixed,
 *
 *   dV = d/dV of the link  sum over S of sum(dS * f(V, ..)),
 *
 * which is the chain rule at V, measured. Each dS is judged in the same way; what passes at
 * every variable holds for the whole. */
#include "teach/check/inside.h"

static dfoo_status reach_forward(subject *s) {
    VEC(node_id) roots = {0};
    for (uint32_t i = 0; i < s->right.forward.list.n; i++)
        vec_push(s->a, &roots, s->right.forward.list.at[i].node);
    DFOO_TRY(arena_status(s->a));
    return ir_reach(s->g, s->a, roots.at, roots.n, &s->nodes);
}

/* The table's expression; the largest of several has its kink where another one overtakes it. */
static node_id kink_of(ir *g, node_id n) {
    node x = *ir_node(g, n);
    if (x.op == OP_MAX) return ir_op2(g, OP_EQ, x.arg[0], n);
    template_env env = {.arg = {x.arg[0], x.arg[1], x.arg[2]}, .y = n};
    return template_build(g, ir_kink(g, (op_id)x.op), &env);
}

static void build_kinks(subject *s) {
    for (uint32_t i = 0; i < s->nodes.list.n; i++) {
        node_id n = s->nodes.list.at[i], at = kink_of(s->g, n);
        if (at) vec_push(s->a, &s->kinks, (kink){at, n});
    }
}

/* For each variable the statements that use it. */
static dfoo_status build_links(subject *s) {
    uint32_t *number = arena_new(s->a, s->g->vars.n * sizeof *number);
    s->links = arena_new(s->a, (s->right.list.n + 1) * sizeof *s->links);
    if (!number || !s->links) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < s->right.list.n; i++) number[s->right.list.at[i].var] = i + 1;
    for (uint32_t i = 0; i < s->right.forward.list.n; i++) {
        stmt      st = s->right.forward.list.at[i];
        node_list need = {{0}};
        if (!number[st.var]) continue;
        DFOO_TRY(ir_reach(s->g, s->a, &st.node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++) {
            const node *x = ir_node(s->g, need.list.at[k]);
            if (x->op == OP_VAR && number[x->ref])
                vec_push(s->a, &s->links[number[x->ref] - 1].list, (link){number[st.var] - 1, st.node});
        }
    }
    return DFOO_OK;
}

dfoo_status subject_init(subject *s, model *m, arena *a, const check_engine *engine) {
    *s = (subject){.m = m, .g = &m->g, .a = a, .engine = engine};
    DFOO_TRY(engine->derive(engine->user, m, a, NULL, &s->right));
    for (uint32_t i = 0; i < s->right.list.n; i++) {
        const gradient *v = &s->right.list.at[i];
        vec_push(a, &s->raw.list, (stmt){.var = v->grad, .node = v->raw});
    }
    DFOO_TRY(reach_forward(s));
    build_kinks(s);
    DFOO_TRY(build_links(s));
    DFOO_TRY(arena_status(m->g.a));
    return arena_status(a);
}

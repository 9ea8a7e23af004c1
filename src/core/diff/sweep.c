/* The reverse sweep.
 *
 * Statements are gone through from the cost backwards. Inside one, the gradient of its
 * variable is handed from each node to its operands by the operation's rule of ops.def; at
 * a name it is added to what other statements have contributed there. Every step is
 * written to the trail, unsimplified. */
#include <string.h>

#include "core/diff/order.h"

typedef struct sweep {
    model              *m;
    ir                 *g;
    arena              *a;
    const diff_options *opt;
    derivation         *d;
    node_id            *sum;       /* by var_id: the contributions so far */
    uint32_t           *through;   /* by var_id: from how many statements */
    uint32_t           *waiting;   /* by var_id: statements that are still to contribute */
    uint32_t           *from;      /* by var_id: the statement that contributed last */
    uint32_t            stmt;
} sweep;

/* Writes a step, after an edit had its say, and returns its outcome. */
static node_id take(sweep *w, step s) {
    const trail_edit *edit = w->opt->edit;
    node_id           other = edit ? edit->apply(edit->user, w->g, &s) : 0;
    if (other) s.out = other;
    vec_push(w->a, &w->d->trail, s);
    return s.out;
}

static bool is_text(const char *text, const char *other) {
    return strcmp(text, other) == 0;
}

/* Through operation `n` to its operand k: dy -> da. */
static node_id local_gradient(sweep *w, node_id n, int k, node_id dy) {
    node         x = *ir_node(w->g, n);
    const char  *text = op_table[x.op].grad[k];
    template_env env = {.arg = {x.arg[0], x.arg[1], x.arg[2]}, .y = n, .dy = dy, .axis = x.attr};
    node_id      out;
    if (!op_elementwise((op_id)x.op)) out = template_build(w->g, w->g->grad[x.op][k], &env);
    else if (is_text(text, "1")) out = dy;
    else if (is_text(text, "-1")) out = ir_op1(w->g, OP_NEG, dy);
    else out = ir_op2(w->g, OP_MUL, dy, template_build(w->g, w->g->grad[x.op][k], &env));
    out = take(w, (step){.kind = TRAIL_LOCAL, .operand = (uint8_t)k, .stmt = w->stmt, .op = n, .in = dy, .out = out});
    shape from = out ? ir_shape(w->g, out) : shape_scalar(), to = ir_shape(w->g, x.arg[k]);
    if (!out || shape_equal(from, to)) return out;
    node_id less = ir_sum_to(w->g, out, to);
    return take(w, (step){.kind = TRAIL_REDUCE, .operand = (uint8_t)k, .stmt = w->stmt, .op = n, .in = out, .out = less});
}

static node_id meet(sweep *w, node_id old, node_id more, var_id goal) {
    if (!old) return more;
    node_id both = ir_op2(w->g, OP_ADD, old, more);
    return take(w, (step){.kind = TRAIL_MEET, .stmt = w->stmt, .goal = goal, .in = old, .out = both, .op = more});
}

/* From the scale of the statement's variable to that of the variable it uses. */
static node_id rescale(sweep *w, var_id from, var_id to, node_id n) {
    scale a = w->d->scale_of[from], b = w->d->scale_of[to];
    if (a == b || !n) return n;
    node_id m = ir_size(w->g, w->m->examples);
    node_id factor = a == SCALE_COST ? m : ir_op2(w->g, OP_DIV, ir_number(w->g, 1), m);
    node_id out = ir_op2(w->g, OP_MUL, factor, n);
    return take(w, (step){.kind = TRAIL_SCALE, .stmt = w->stmt, .goal = to, .in = n, .out = out});
}

static void emit(sweep *w, var_id v) {
    gradient one = {.var = v, .grad = ir_gradient_var(w->g, v), .stmt = w->from[v], .scale = (uint8_t)w->d->scale_of[v],
                    .given = w->opt->given && w->opt->given[v], .n_through = w->through[v], .raw = w->sum[v]};
    vec_push(w->a, &w->d->list, one);
    w->d->place[v] = w->d->list.n;
}

/* Hands the gradient of the statement's variable down its expression. */
static dfoo_status sweep_statement(sweep *w, const stmt *s) {
    node_list need = {{0}}, leaves = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &s->node, 1, &need));
    DFOO_TRY(order_leaves(w->g, w->a, s->node, &leaves));
    uint32_t n = need.list.n;
    node_id *at = arena_new(w->a, n * sizeof *at);
    bool    *wants = arena_new(w->a, n);
    if (!at || !wants) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < n; i++) {
        const node *x = ir_node(w->g, need.list.at[i]);
        bool        yes = x->op == OP_VAR && w->d->reached[x->ref];
        for (int k = 0; k < op_table[x->op].arity; k++)
            yes = yes || (op_table[x->op].grad[k][0] && wants[node_list_place(&need, x->arg[k])]);
        wants[i] = yes;
    }
    bool known = w->sum[s->var] || (w->opt->given && w->opt->given[s->var]);
    if (known && wants[node_list_place(&need, s->node)]) at[node_list_place(&need, s->node)] = ir_var(w->g, ir_gradient_var(w->g, s->var))->leaf;
    for (uint32_t i = n; i-- > 0;) {
        node_id     id = need.list.at[i];
        const node *x = ir_node(w->g, id);
        for (int k = 0; at[node_list_place(&need, id)] && k < op_table[x->op].arity; k++) {
            node_id arg = x->arg[k];
            if (!wants[node_list_place(&need, arg)] || !op_table[x->op].grad[k][0]) continue;
            node_id more = local_gradient(w, id, k, at[node_list_place(&need, id)]);
            /* nodes are gone through from the right: what comes later stands further left */
            at[node_list_place(&need, arg)] = at[node_list_place(&need, arg)] ? meet(w, more, at[node_list_place(&need, arg)], 0) : more;
            x = ir_node(w->g, id);
        }
    }
    for (uint32_t i = 0; i < leaves.list.n; i++) {
        var_id  v = ir_node(w->g, leaves.list.at[i])->ref;
        node_id more = at[node_list_place(&need, leaves.list.at[i])];
        w->waiting[v]--;
        if (more) {
            w->sum[v] = meet(w, w->sum[v], rescale(w, s->var, v, more), v);
            w->through[v]++;
            w->from[v] = w->stmt;
        }
        bool leaf = ir_var(w->g, v)->kind == VAR_PARAM || ir_var(w->g, v)->kind == VAR_INPUT;
        if (leaf && !w->waiting[v] && (w->sum[v] || (w->opt->given && w->opt->given[v]))) emit(w, v);
    }
    return arena_status(w->a);
}

static dfoo_status count_uses(sweep *w, uint32_t n_vars) {
    w->sum = arena_new(w->a, n_vars * sizeof *w->sum);
    w->through = arena_new(w->a, n_vars * sizeof *w->through);
    w->waiting = arena_new(w->a, n_vars * sizeof *w->waiting);
    w->from = arena_new(w->a, n_vars * sizeof *w->from);
    if (!w->sum || !w->through || !w->waiting || !w->from) return DFOO_ENOMEM;
    if (w->d->forward.list.n) w->from[w->m->cost] = w->d->forward.list.n - 1;
    for (uint32_t i = 0; i < w->d->forward.list.n; i++) {
        node_list leaves = {{0}};
        DFOO_TRY(order_leaves(w->g, w->a, w->d->forward.list.at[i].node, &leaves));
        for (uint32_t k = 0; k < leaves.list.n; k++) w->waiting[ir_node(w->g, leaves.list.at[k])->ref]++;
    }
    return DFOO_OK;
}

dfoo_status diff_run(model *m, arena *a, const diff_options *opt, derivation *out) {
    *out = (derivation){.m = m, .asked = opt->convention, .used = opt->convention};
    uint32_t n_vars = m->g.vars.n;
    for (var_id v = 1; v < n_vars; v++) /* gradient variables first: var_ids stay below n_vars * 2 */
        if (ir_var(&m->g, v)->kind < VAR_CONST && !ir_gradient_var(&m->g, v)) return DFOO_ENOMEM;
    sweep w = {.m = m, .g = &m->g, .a = a, .opt = opt, .d = out};
    out->n_places = m->g.vars.n;
    out->place = arena_new(a, out->n_places * sizeof *out->place);
    if (!out->place) return DFOO_ENOMEM;
    DFOO_TRY(order_forward(m, a, &out->forward));
    DFOO_TRY(order_reached(m, a, &out->forward, &out->reached));
    DFOO_TRY(order_scales(m, a, &out->forward, out));
    DFOO_TRY(order_interaction(m, a, &out->forward, out));
    DFOO_TRY(count_uses(&w, m->g.vars.n));
    w.sum[m->cost] = ir_number(&m->g, 1);
    for (uint32_t i = out->forward.list.n; i-- > 0;) {
        stmt s = out->forward.list.at[i];
        w.stmt = i;
        bool given = opt->given && opt->given[s.var];
        if (w.sum[s.var] || given) emit(&w, s.var);
        DFOO_TRY(sweep_statement(&w, &s));
    }
    return arena_status(a);
}

/* The reverse sweep.
 *
 * Statements are gone through from the cost backwards. Inside one, y = f(..), its gradient dy is
 * laid on f and walks back: each operation hands what it has to its operands, by its rule of
 * ops.def. What arrives at a name is added to what other statements have contributed there.
 * Every step is written to the trail, unsimplified. */
#include <assert.h>
#include <string.h>

#include "core/diff/order.h"

/* What has come to a variable so far. */
typedef struct arrival {
    node_id  sum;     /* of the contributions */
    uint32_t through; /* from how many statements */
    uint32_t waiting; /* statements that are still to contribute */
    uint32_t from;    /* the statement that contributed last */
} arrival;

typedef struct sweep {
    model              *m;
    ir                 *g;
    arena              *a;
    const diff_options *opt;
    derivation         *d;
    bool               *wanted; /* by node_id: does a gradient pass through it? */
    node_id            *dy;     /* by node_id: its gradient, while its statement is gone through */
    arrival            *at;     /* by var_id */
    uint32_t            stmt;
} sweep;

/* ------------------------------------------------------------------- steps */

/* Writes a step, after an edit had its say, and returns its outcome. */
static node_id take(sweep *w, step s) {
    const trail_edit *edit = w->opt->edit;
    node_id           other = edit ? edit->apply(edit->user, w->g, &s) : 0;
    if (other) s.out = other;
    s.stmt = w->stmt;
    vec_push(w->a, &w->d->trail, s);
    return s.out;
}

static bool has_rule(const node *x, int k) {
    return op_table[x->op].grad[k][0] != 0;
}

/* The rule of ops.def: a factor for each entry, or, where not elementwise, the whole gradient. */
static node_id apply_rule(sweep *w, node_id y, int k, node_id dy) {
    node         x = *ir_node(w->g, y);
    const char  *text = op_table[x.op].grad[k];
    template_env env = template_operands(w->g, y, k);
    env.y = y;
    env.dy = dy;
    if (strcmp(text, "1") == 0) return dy;
    if (strcmp(text, "-1") == 0) return ir_op1(w->g, OP_NEG, dy);
    node_id rule = template_build(w->g, ir_grad(w->g, (op_id)x.op, k), &env);
    return op_elementwise((op_id)x.op) ? ir_op2(w->g, OP_MUL, dy, rule) : rule;
}

/* Through operation y to its operand k: dy -> da, of a's shape. */
static node_id through(sweep *w, node_id y, int k, node_id dy) {
    shape   to = ir_shape(w->g, ir_node(w->g, y)->arg[k]);
    step    s = {.kind = TRAIL_LOCAL, .operand = (uint8_t)k, .op = y, .in = dy};
    s.out = apply_rule(w, y, k, dy);
    bool    stretched = s.out && !shape_equal(ir_shape(w->g, s.out), to); /* not by an edit */
    node_id da = take(w, s);
    if (!da || !stretched || shape_equal(ir_shape(w->g, da), to)) return da;
    s.kind = TRAIL_REDUCE; /* y stretched the operand */
    s.in = da;
    s.out = ir_sum_to(w->g, da, to);
    return take(w, s);
}

/* Two paths add up. */
static node_id meet(sweep *w, node_id left, node_id right, var_id goal) {
    if (!left || !right) return left ? left : right;
    node_id both = ir_op2(w->g, OP_ADD, left, right);
    return take(w, (step){.kind = TRAIL_MEET, .goal = goal, .in = left, .op = right, .out = both});
}

/* From the scale of the statement's variable to that of the variable it uses. */
static node_id rescale(sweep *w, var_id from, var_id to, node_id n) {
    scale a = w->d->scale_of[from], b = w->d->scale_of[to];
    if (a == b || !n) return n;
    node_id m = ir_size(w->g, w->m->examples);
    node_id factor = a == SCALE_COST ? m : ir_op2(w->g, OP_DIV, ir_number(w->g, 1), m);
    return take(w, (step){.kind = TRAIL_SCALE, .goal = to, .in = n, .out = ir_op2(w->g, OP_MUL, factor, n)});
}

/* ---------------------------------------------------------- one statement */

static bool is_given(const sweep *w, var_id v) {
    return w->opt->given && w->opt->given[v];
}

static bool is_known(const sweep *w, var_id v) {
    return w->at[v].sum || is_given(w, v);
}

static void list_gradient(sweep *w, var_id v) {
    const arrival *at = &w->at[v];
    gradient       one = {.var = v, .stmt = at->from, .n_through = at->through, .raw = at->sum};
    one.symmetric = ir_var(w->g, v)->symmetric;
    if (one.symmetric && at->sum) {
        one.raw = symmetric_part(w->g, w->a, at->sum);
        one.n_through++;
    }
    one.grad = ir_gradient_var(w->g, v);
    one.part = ir_var(w->g, v)->kind == VAR_PARAM   ? PART_GOAL
               : ir_var(w->g, v)->kind == VAR_INPUT ? PART_ASIDE
                                                    : PART_STEP;
    one.scale = (uint8_t)w->d->scale_of[v];
    one.given = is_given(w, v);
    assert(!w->d->place[v]);
    vec_push(w->a, &w->d->list, one);
    w->d->place[v] = w->d->list.n;
}

/* dy, if it is there, becomes part of the operands' gradients. Operations are gone through from
 * the right, so what comes later stands further left. */
static void hand_down(sweep *w, node_id y) {
    node    x = *ir_node(w->g, y); /* a copy: what is built moves the store */
    node_id dy = w->dy[y];
    if (!dy || x.op == OP_VAR) return;
    assert(shape_equal(ir_shape(w->g, dy), x.sh) || w->opt->edit);
    w->dy[y] = 0;
    for (int k = 0; k < op_table[x.op].arity; k++) {
        node_id a = x.arg[k];
        assert(a < y);
        if (has_rule(&x, k) && w->wanted[a]) w->dy[a] = meet(w, through(w, y, k, dy), w->dy[a], 0);
    }
}

/* What arrived at a name goes to its variable. Parameters and inputs are listed when the last
 * statement that uses them has contributed. */
static void hand_to_name(sweep *w, var_id from, node_id name) {
    var_id   v = ir_node(w->g, name)->ref;
    arrival *at = &w->at[v];
    node_id  dv = rescale(w, from, v, w->dy[name]);
    bool     source = ir_var(w->g, v)->kind == VAR_PARAM || ir_var(w->g, v)->kind == VAR_INPUT;
    assert(at->waiting > 0);
    at->waiting--;
    w->dy[name] = 0;
    if (dv) {
        at->sum = meet(w, at->sum, dv, v);
        at->through++;
        at->from = w->stmt;
    }
    if (source && !at->waiting && is_known(w, v)) list_gradient(w, v);
}

/* y = f(..): lay dy on f, walk back, hand what arrives to the names. */
static dfoo_status sweep_statement(sweep *w, var_id y, node_id f) {
    node_list parts = {{0}}, names = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &f, 1, &parts));
    DFOO_TRY(ir_names(w->g, w->a, f, &names));
    if (is_known(w, y) && w->wanted[f]) w->dy[f] = ir_var(w->g, ir_gradient_var(w->g, y))->leaf;
    for (uint32_t i = parts.list.n; i-- > 0;) hand_down(w, parts.list.at[i]);
    for (uint32_t i = 0; i < names.list.n; i++) hand_to_name(w, y, names.list.at[i]);
    return arena_status(w->a);
}

/* ------------------------------------------------------------- all of them */

/* A gradient passes through what leads, by rules, to a variable that has one. */
static void mark_wanted(sweep *w, node_id end) {
    for (node_id n = 1; n < end; n++) {
        const node *x = ir_node(w->g, n);
        w->wanted[n] = x->op == OP_VAR && w->d->reached[x->ref];
        for (int k = 0; k < op_table[x->op].arity; k++)
            if (has_rule(x, k) && w->wanted[x->arg[k]]) w->wanted[n] = true;
    }
}

static dfoo_status count_uses(sweep *w) {
    for (uint32_t i = 0; i < w->d->forward.list.n; i++) {
        node_list names = {{0}};
        DFOO_TRY(ir_names(w->g, w->a, w->d->forward.list.at[i].node, &names));
        for (uint32_t k = 0; k < names.list.n; k++) w->at[ir_node(w->g, names.list.at[k])->ref].waiting++;
    }
    return DFOO_OK;
}

static dfoo_status begin(sweep *w) {
    const program *forward = &w->d->forward;
    node_id        end = program_end(forward);
    w->wanted = arena_new(w->a, end * sizeof *w->wanted);
    w->dy = arena_new(w->a, end * sizeof *w->dy);
    w->at = arena_new(w->a, w->g->vars.n * sizeof *w->at);
    w->d->n_places = w->g->vars.n;
    w->d->place = arena_new(w->a, w->d->n_places * sizeof *w->d->place);
    if (!w->wanted || !w->dy || !w->at || !w->d->place) return DFOO_ENOMEM;
    mark_wanted(w, end);
    w->at[w->m->cost].sum = ir_ones(w->g, ir_var(w->g, w->m->cost)->sh);
    if (forward->list.n) w->at[w->m->cost].from = forward->list.n - 1;
    return count_uses(w);
}

dfoo_status diff_run(model *m, arena *a, const diff_options *opt, derivation *out) {
    *out = (derivation){.m = m, .asked = opt->convention, .used = opt->convention};
    uint32_t n_vars = m->g.vars.n;
    for (var_id v = 1; v < n_vars; v++) /* gradient variables first: var_ids stay below n_vars * 2 */
        if (ir_var(&m->g, v)->kind < VAR_CONST && !ir_gradient_var(&m->g, v)) return DFOO_ENOMEM;
    sweep w = {.m = m, .g = &m->g, .a = a, .opt = opt, .d = out};
    DFOO_TRY(order_forward(m, a, &out->forward));
    DFOO_TRY(order_reached(m, a, &out->forward, &out->reached));
    DFOO_TRY(order_scales(m, a, &out->forward, out));
    DFOO_TRY(order_interaction(m, a, &out->forward, out));
    DFOO_TRY(begin(&w));
    for (uint32_t i = out->forward.list.n; i-- > 0;) {
        stmt s = out->forward.list.at[i];
        w.stmt = i;
        if (is_known(&w, s.var)) list_gradient(&w, s.var);
        DFOO_TRY(sweep_statement(&w, s.var, s.node));
    }
    return arena_status(a);
}

/* Before the sweep: the statements that lead to the cost in an order that does not depend
 * on how the file lists them, and which variables count as the examples' and which as the
 * cost's. */
#include "core/diff/order.h"

typedef struct frame {
    uint32_t stmt;
    node_list leaves; /* the variables it uses, as they stand in it from left to right */
    uint32_t next;
} frame;

/* The variables of an expression, each once, from left to right. */
dfoo_status order_leaves(const ir *g, arena *a, node_id root, node_list *out) {
    node_list stack = {{0}}, all = {{0}};
    DFOO_TRY(ir_reach(g, a, &root, 1, &all));
    bool *seen = arena_new(a, all.list.n);
    if (!seen) return DFOO_ENOMEM;
    vec_push(a, &stack.list, root);
    while (stack.list.n) {
        node_id     n = stack.list.at[--stack.list.n];
        const node *x = ir_node(g, n);
        uint32_t    place = node_list_place(&all, n);
        if (seen[place]) continue;
        seen[place] = true;
        if (x->op == OP_VAR) vec_push(a, &out->list, n);
        for (int k = op_table[x->op].arity; k-- > 0;) vec_push(a, &stack.list, x->arg[k]);
    }
    return arena_status(a);
}

static dfoo_status statement_index(const model *m, arena *a, uint32_t **out) {
    *out = arena_new(a, m->g.vars.n * sizeof **out);
    if (!*out) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < m->forward.list.n; i++) (*out)[m->forward.list.at[i].var] = i + 1;
    return DFOO_OK;
}

/* Depth first from the cost; a statement follows everything it uses. */
dfoo_status order_forward(model *m, arena *a, program *out) {
    uint32_t *index;
    bool     *done = arena_new(a, m->g.vars.n);
    VEC(frame) stack = {0};
    if (!done) return DFOO_ENOMEM;
    DFOO_TRY(statement_index(m, a, &index));
    if (!index[m->cost]) return DFOO_OK;
    done[m->cost] = true;
    frame first = {.stmt = index[m->cost] - 1};
    DFOO_TRY(order_leaves(&m->g, a, m->forward.list.at[first.stmt].node, &first.leaves));
    vec_push(a, &stack, first);
    while (stack.n && !a->failed) {
        frame *top = &stack.at[stack.n - 1];
        if (top->next == top->leaves.list.n) {
            vec_push(a, &out->list, m->forward.list.at[top->stmt]);
            stack.n--;
            continue;
        }
        var_id v = ir_node(&m->g, top->leaves.list.at[top->next++])->ref;
        if (done[v] || !index[v]) continue;
        done[v] = true;
        frame below = {.stmt = index[v] - 1};
        DFOO_TRY(order_leaves(&m->g, a, m->forward.list.at[below.stmt].node, &below.leaves));
        vec_push(a, &stack, below);
    }
    return arena_status(a);
}

/* Which variables the cost is to be differentiated by: parameters, inputs, and definitions
 * that depend on one of them. */
dfoo_status order_reached(const model *m, arena *a, const program *forward, bool **out) {
    const ir *g = &m->g;
    bool     *wanted = arena_new(a, g->vars.n);
    if (!wanted) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++)
        wanted[v] = ir_var(g, v)->kind == VAR_PARAM || ir_var(g, v)->kind == VAR_INPUT;
    for (uint32_t i = 0; i < forward->list.n; i++) {
        node_list leaves = {{0}};
        DFOO_TRY(order_leaves(g, a, forward->list.at[i].node, &leaves));
        for (uint32_t k = 0; k < leaves.list.n; k++)
            if (wanted[ir_node(g, leaves.list.at[k])->ref]) wanted[forward->list.at[i].var] = true;
    }
    *out = wanted;
    return DFOO_OK;
}

/* ------------------------------------------------- the cost as a sum over examples */

typedef struct term {
    node_id n;
    int     power; /* of m in the factor before it */
} term;

typedef struct walk {
    const model *m;
    arena       *a;
    const bool  *data; /* by var_id: depends on data */
    const program *forward;
    bool        *past;  /* by var_id: stands behind the sums over examples */
    VEC(term) stack;
    int  n_sums;
    const char *why;
} walk;

static bool has_examples(const model *m, node_id n) {
    shape s = ir_shape(&m->g, n);
    return m->examples && (s.rows == m->examples || s.cols == m->examples);
}

static bool depends_on_data(walk *w, node_id n) {
    node_list need = {{0}};
    if (ir_reach(&w->m->g, w->a, &n, 1, &need) != DFOO_OK) return true;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(&w->m->g, need.list.at[i]);
        if (x->op == OP_VAR && w->data[x->ref]) return true;
    }
    return false;
}

static bool has_m(walk *w, node_id n) {
    node_list need = {{0}};
    if (ir_reach(&w->m->g, w->a, &n, 1, &need) != DFOO_OK) return true;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(&w->m->g, need.list.at[i]);
        if (x->op == OP_SIZE && x->ref == w->m->examples) return true;
    }
    return false;
}

/* The power of m in a factor without data, as in lambda/(2*m). Anything but products and
 * quotients that has an m in it counts as no power at all (99). */
static int power_of_m(walk *w, node_id n) {
    struct { node_id n; int sign; } stack[64];
    int depth = 0, power = 0;
    stack[depth].n = n;
    stack[depth++].sign = 1;
    while (depth) {
        depth--;
        int         sign = stack[depth].sign;
        const node *x = ir_node(&w->m->g, stack[depth].n);
        if (x->op == OP_SIZE && x->ref == w->m->examples) power += sign;
        const stmt *named = x->op == OP_VAR ? program_find(w->forward, x->ref) : NULL; /* c = 1/m */
        if (named) {
            stack[depth].n = named->node;
            stack[depth++].sign = sign;
        } else if (x->op == OP_NEG) {
            stack[depth].n = x->arg[0];
            stack[depth++].sign = sign;
        } else if (x->op != OP_MUL && x->op != OP_DIV && op_table[x->op].arity && has_m(w, stack[depth].n)) {
            return 99;
        } else if (x->op == OP_MUL || x->op == OP_DIV) {
            if (depth + 2 > 64) return 99;
            stack[depth].n = x->arg[0];
            stack[depth++].sign = sign;
            stack[depth].n = x->arg[1];
            stack[depth++].sign = x->op == OP_DIV ? -sign : sign;
        }
    }
    return power;
}

static void push_term(walk *w, node_id n, int power) {
    vec_push(w->a, &w->stack, (term){n, power});
}

/* The power of m in numbers that stand inside a sum: sum(1/m * L). */
static int power_inside(walk *w, node_id n) {
    int power = 0;
    for (;;) {
        const node *x = ir_node(&w->m->g, n);
        bool        left = x->op == OP_MUL && shape_is_scalar(ir_shape(&w->m->g, x->arg[0])) && !depends_on_data(w, x->arg[0]);
        bool        right = (x->op == OP_MUL || x->op == OP_DIV) && shape_is_scalar(ir_shape(&w->m->g, x->arg[1])) && !depends_on_data(w, x->arg[1]);
        if (!left && !right && x->op != OP_NEG) return power;
        if (left) power += power_of_m(w, x->arg[0]);
        else if (right) power += x->op == OP_DIV ? -power_of_m(w, x->arg[1]) : power_of_m(w, x->arg[1]);
        n = left ? x->arg[1] : x->arg[0];
    }
}

/* One number of the cost: sums are opened, factors counted, names looked through. */
static void walk_term(walk *w, term t) {
    const node *x = ir_node(&w->m->g, t.n);
    if (!depends_on_data(w, t.n)) return;
    if (x->op == OP_VAR) {
        const stmt *s = program_find(w->forward, x->ref);
        w->past[x->ref] = true;
        if (s) push_term(w, s->node, t.power);
    } else if (x->op == OP_ADD || x->op == OP_SUB) {
        push_term(w, x->arg[0], t.power);
        push_term(w, x->arg[1], t.power);
    } else if (x->op == OP_NEG) {
        push_term(w, x->arg[0], t.power);
    } else if (x->op == OP_MUL && !depends_on_data(w, x->arg[0])) {
        push_term(w, x->arg[1], t.power + power_of_m(w, x->arg[0]));
    } else if (x->op == OP_MUL && !depends_on_data(w, x->arg[1])) {
        push_term(w, x->arg[0], t.power + power_of_m(w, x->arg[1]));
    } else if (x->op == OP_DIV && !depends_on_data(w, x->arg[1])) {
        push_term(w, x->arg[0], t.power - power_of_m(w, x->arg[1]));
    } else if ((x->op == OP_SUM || x->op == OP_MEAN) && has_examples(w->m, x->arg[0])) {
        int power = t.power - (x->op == OP_MEAN) + power_inside(w, x->arg[0]);
        w->n_sums++;
        if (power == 0) w->why = "the cost is a sum over the examples without 1/m";
        else if (power != -1) w->why = "a sum over the examples stands in the cost with a factor that is not 1/m";
    } else {
        w->why = "the cost is not a mean over the examples: something else is done to their sum";
    }
}

dfoo_status order_scales(const model *m, arena *a, const program *forward, derivation *d) {
    bool *data;
    walk  w = {.m = m, .a = a, .forward = forward};
    DFOO_TRY(model_data_dependent(m, a, &data));
    d->scale_of = arena_new(a, m->g.vars.n * sizeof *d->scale_of);
    w.past = arena_new(a, m->g.vars.n);
    if (!d->scale_of || !w.past) return DFOO_ENOMEM;
    w.data = data;
    push_term(&w, ir_var(&m->g, m->cost)->leaf, 0);
    while (w.stack.n && !w.why) walk_term(&w, w.stack.at[--w.stack.n]);
    if (!m->examples) w.why = "the model is of one example";
    else if (!w.n_sums && !w.why) w.why = "the cost does not depend on the examples";
    d->why_dj = w.why;
    d->used = w.why ? CONVENTION_DJ : d->asked;
    for (var_id v = 1; v < m->g.vars.n && d->used == CONVENTION_COURSE; v++)
        d->scale_of[v] = data[v] && !w.past[v] ? SCALE_DATA : SCALE_COST;
    return arena_status(a);
}

/* ------------------------------------------------------------ do examples interact? */

/* A value without the examples' dimension that depends on data (a batch mean), or a product,
 * a softmax or a transpose along it, joins the examples before the cost does. */
static bool joins_examples(const model *m, const node *x) {
    if (x->op == OP_TRANSPOSE || x->op == OP_OPEN || op_elementwise((op_id)x->op)) return false;
    if (op_table[x->op].arity == 0 || !has_examples(m, x->arg[0])) {
        bool right = x->op == OP_MATMUL && has_examples(m, x->arg[1]);
        return right && ir_shape(&m->g, x->arg[1]).rows == m->examples;
    }
    shape s = ir_shape(&m->g, x->arg[0]);
    bool  along_columns = s.cols == m->examples;
    if (x->op == OP_MATMUL) return along_columns;
    if (op_table[x->op].rule == SHAPE_REDUCED || op_table[x->op].rule == SHAPE_SAME)
        return x->attr == AXIS_ALL || (x->attr == AXIS_1) == along_columns;
    return false;
}

dfoo_status order_interaction(const model *m, arena *a, const program *forward, derivation *d) {
    for (uint32_t i = 0; i < forward->list.n; i++) {
        const stmt *s = &forward->list.at[i];
        node_list   need = {{0}};
        if (shape_is_scalar(ir_var(&m->g, s->var)->sh)) continue; /* the cost's own sums */
        DFOO_TRY(ir_reach(&m->g, a, &s->node, 1, &need));
        for (uint32_t k = 0; k < need.list.n; k++)
            if (joins_examples(m, ir_node(&m->g, need.list.at[k]))) d->examples_interact = true;
    }
    return DFOO_OK;
}

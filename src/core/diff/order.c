/* Before the sweep: the statements that lead to the cost in an order that does not depend
 * on how the file lists them, and which variables count as the examples' and which as the
 * cost's. */
#include "core/diff/order.h"

#include <assert.h>
#include <stdlib.h>

typedef struct frame {
    uint32_t stmt;
    node_list names; /* the variables it uses, as they stand in it from left to right */
    uint32_t next;
} frame;

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
    DFOO_TRY(ir_names(&m->g, a, m->forward.list.at[first.stmt].node, &first.names));
    vec_push(a, &stack, first);
    while (stack.n && !a->failed) {
        frame *top = &stack.at[stack.n - 1];
        if (top->next == top->names.list.n) {
            vec_push(a, &out->list, m->forward.list.at[top->stmt]);
            stack.n--;
            continue;
        }
        var_id v = ir_node(&m->g, top->names.list.at[top->next++])->ref;
        if (done[v] || !index[v]) continue;
        done[v] = true;
        frame below = {.stmt = index[v] - 1};
        DFOO_TRY(ir_names(&m->g, a, m->forward.list.at[below.stmt].node, &below.names));
        vec_push(a, &stack, below);
    }
    return arena_status(a);
}

dfoo_status order_reached(const model *m, arena *a, const program *forward, bool **out) {
    const ir *g = &m->g;
    *out = arena_new(a, g->vars.n);
    if (!*out) return DFOO_ENOMEM;
    for (var_id v = 1; v < g->vars.n; v++)
        (*out)[v] = ir_var(g, v)->kind == VAR_PARAM || ir_var(g, v)->kind == VAR_INPUT;
    return program_spread(g, a, forward, *out);
}

/* ------------------------------------------------- the cost as a sum over examples */

/* What is known of a node of the forward pass. */
typedef struct fact {
    bool data;    /* does it depend on data? */
    bool has_m;   /* does the number of examples stand in it, not behind a name? */
    int  power;   /* of that number, where it is a factor as in lambda/(2*m) or c = 1/m; else NO_POWER */
    bool visited; /* as a term of the cost, */
    int  before;  /* with this power of m in the factor before it */
} fact;

enum { NO_POWER = 99, MOST_POWER = 50 };

typedef struct term {
    node_id n;
    int     power; /* of m in the factor before it */
} term;

typedef struct walk {
    const model   *m;
    const ir      *g;
    arena         *a;
    const program *forward;
    const bool    *data; /* by var_id */
    bool          *past; /* by var_id: stands behind the sums over examples */
    fact          *at;   /* by node_id, */
    node_id        end;  /* below this one */
    VEC(term) stack;
    int         n_sums;
    const char *why; /* the cost is no mean over the examples */
} walk;

static bool has_examples(const model *m, node_id n) {
    shape s = ir_shape(&m->g, n);
    return m->examples && (s.rows == m->examples || s.cols == m->examples);
}

static int add_powers(int a, int b) {
    bool known = abs(a) <= MOST_POWER && abs(b) <= MOST_POWER && abs(a + b) <= MOST_POWER;
    return known ? a + b : NO_POWER;
}

/* From the facts of its operands; a name has those of its formula. */
static fact fact_of(const walk *w, node_id n) {
    const node *x = ir_node(w->g, n);
    const fact *a = &w->at[x->arg[0]], *b = &w->at[x->arg[1]];
    fact        f = {.has_m = x->op == OP_SIZE && x->ref == w->m->examples};
    for (int k = 0; k < op_table[x->op].arity; k++) {
        f.data |= w->at[x->arg[k]].data;
        f.has_m |= w->at[x->arg[k]].has_m;
    }
    switch ((op_id)x->op) {
    case OP_VAR: return (fact){.data = w->data[x->ref], .power = w->at[n].power};
    case OP_SIZE: f.power = f.has_m; break;
    case OP_NEG: f.power = a->power; break;
    case OP_MUL: f.power = add_powers(a->power, b->power); break;
    case OP_DIV: f.power = add_powers(a->power, -b->power); break;
    default: f.power = f.has_m ? NO_POWER : 0;
    }
    return f;
}

static dfoo_status learn_facts(walk *w, const stmt *s) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &s->node, 1, &need));
    for (uint32_t i = 0; i < need.list.n; i++) w->at[need.list.at[i]] = fact_of(w, need.list.at[i]);
    node_id leaf = ir_var(w->g, s->var)->leaf;
    if (leaf < w->end) w->at[leaf].power = w->at[s->node].power;
    return DFOO_OK;
}

static bool is_factor(const walk *w, node_id n) {
    return shape_is_scalar(ir_shape(w->g, n)) && !w->at[n].data;
}

/* A number without data that multiplies the rest of a product: the rest, and the power of m in it; or 0. */
static node_id behind_factor(const walk *w, const node *x, int *power) {
    bool product = x->op == OP_MUL, quotient = x->op == OP_DIV;
    if (product && is_factor(w, x->arg[0])) {
        *power = add_powers(*power, w->at[x->arg[0]].power);
        return x->arg[1];
    }
    if ((!product && !quotient) || !is_factor(w, x->arg[1])) return 0;
    int own = w->at[x->arg[1]].power;
    *power = add_powers(*power, quotient ? -own : own);
    return x->arg[0];
}

/* The power of m in numbers that stand inside a sum: sum(1/m * L). */
static int power_inside(const walk *w, node_id n) {
    int power = 0;
    while (n) {
        const node *x = ir_node(w->g, n);
        n = x->op == OP_NEG ? x->arg[0] : behind_factor(w, x, &power);
    }
    return power;
}

static void push_term(walk *w, node_id n, int power) {
    vec_push(w->a, &w->stack, (term){n, power});
}

static void look_through(walk *w, var_id v, int power) {
    const stmt *s = program_find(w->forward, v);
    w->past[v] = true;
    if (s) push_term(w, s->node, power);
}

static void count_sum(walk *w, const node *x, int power) {
    power = add_powers(power - (x->op == OP_MEAN), power_inside(w, x->arg[0]));
    w->n_sums++;
    if (power == 0) w->why = "the cost is a sum over the examples without 1/m";
    else if (power != -1) w->why = "a sum over the examples stands in the cost with a factor that is not 1/m";
}

/* A sum over the examples; the product of a row and a column is one as well, 1/m * r.T @ r. */
static bool sums_examples(const walk *w, const node *x) {
    if (x->op == OP_MATMUL)
        return ir_shape(w->g, x->arg[0]).cols == w->m->examples && shape_is_single(x->sh);
    return (x->op == OP_SUM || x->op == OP_MEAN) && has_examples(w->m, x->arg[0]);
}

/* One number of the cost: sums are opened, factors counted, names looked through. */
static void walk_term(walk *w, term t) {
    const node *x = ir_node(w->g, t.n);
    fact       *f = &w->at[t.n];
    assert(t.n < w->end);
    if (!f->data || (f->visited && f->before == t.power)) return;
    f->visited = true;
    f->before = t.power;
    node_id rest = behind_factor(w, x, &t.power);
    if (rest) push_term(w, rest, t.power);
    else if (x->op == OP_VAR) look_through(w, x->ref, t.power);
    else if (x->op == OP_ADD || x->op == OP_SUB || x->op == OP_NEG)
        for (int k = 0; k < op_table[x->op].arity; k++) push_term(w, x->arg[k], t.power);
    else if (sums_examples(w, x)) count_sum(w, x, t.power);
    else w->why = "the cost is not a mean over the examples: something else is done to their sum";
}

static const char *why_not_course(walk *w) {
    look_through(w, w->m->cost, 0);
    while (w->stack.n && !w->why) walk_term(w, w->stack.at[--w->stack.n]);
    if (!w->m->examples) return "no dimension is the examples'";
    return w->n_sums || w->why ? w->why : "the cost does not depend on the examples";
}

dfoo_status order_scales(const model *m, arena *a, const program *forward, derivation *d) {
    bool *data;
    walk  w = {.m = m, .g = &m->g, .a = a, .forward = forward};
    DFOO_TRY(model_data_dependent(m, a, &data));
    d->scale_of = arena_new(a, m->g.vars.n * sizeof *d->scale_of);
    w.past = arena_new(a, m->g.vars.n);
    w.end = program_end(forward);
    w.at = arena_new(a, w.end * sizeof *w.at);
    if (!d->scale_of || !w.past || !w.at) return DFOO_ENOMEM;
    w.data = data;
    for (uint32_t i = 0; i < forward->list.n; i++) DFOO_TRY(learn_facts(&w, &forward->list.at[i]));
    d->why_dj = why_not_course(&w);
    d->used = d->why_dj ? CONVENTION_DJ : d->asked;
    for (var_id v = 1; v < m->g.vars.n && d->used == CONVENTION_COURSE; v++)
        d->scale_of[v] = data[v] && !w.past[v] ? SCALE_DATA : SCALE_COST;
    return arena_status(a);
}

/* ------------------------------------------------------------ do examples interact? */

/* A value without the examples' dimension that depends on data (a batch mean), or a product,
 * a softmax or a transpose along it, joins the examples before the cost does. */
static bool joins_examples(const void *user, const ir *g, const node *x) {
    const model *m = user;
    if (x->op == OP_TRANSPOSE || x->op == OP_OPEN) return false;
    if (op_elementwise((op_id)x->op)) /* a row of the examples against a column of them */
        return x->sh.rows == m->examples && x->sh.cols == m->examples;
    if (op_table[x->op].arity == 0 || !has_examples(m, x->arg[0])) {
        bool right = x->op == OP_MATMUL && has_examples(m, x->arg[1]);
        return right && ir_shape(g, x->arg[1]).rows == m->examples;
    }
    shape s = ir_shape(g, x->arg[0]);
    bool  along_columns = s.cols == m->examples;
    if (x->op == OP_MATMUL) return along_columns;
    if (op_has_axis((op_id)x->op))
        return x->attr == AXIS_ALL || (x->attr == AXIS_1) == along_columns;
    return false;
}

/* A number, or a matrix of one: the cost, its parts, what the examples are summed to. */
static bool is_single(const ir *g, var_id v) {
    shape s = ir_var(g, v)->sh;
    return shape_is_scalar(s) || shape_is_single(s);
}

/* Sums are the cost's own, unless values of the examples are computed from them again. */
dfoo_status order_interaction(const model *m, arena *a, const program *forward, derivation *d) {
    bool *summed = arena_new(a, m->g.vars.n);
    if (!summed) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < forward->list.n; i++) {
        const stmt *s = &forward->list.at[i];
        bool        joins = ir_some(&m->g, a, s->node, joins_examples, m);
        if (is_single(&m->g, s->var)) summed[s->var] = joins;
        else d->examples_interact = d->examples_interact || joins;
    }
    DFOO_TRY(program_spread(&m->g, a, forward, summed));
    for (var_id v = 1; v < m->g.vars.n; v++)
        if (summed[v] && has_examples(m, ir_var(&m->g, v)->leaf)) d->examples_interact = true;
    return arena_status(a);
}

/* The routes through a statement, and the two linear maps of each hop. */
#include "teach/tell/routes.h"

/* ------------------------------------------------------------- small nodes */

static bool is_value(const teller *t, node_id n, double value) {
    double      is;
    const node *x = ir_node(t->g, n);
    if (x->op == OP_ONES) return value == 1;
    if (x->op == OP_NEG) return ir_is_number(t->g, x->arg[0], &is) && -is == value;
    return ir_is_number(t->g, n, &is) && is == value;
}

/* Is n this number, or a matrix of it, and changes nothing of the shape of what it multiplies? */
static bool is_factor(const teller *t, node_id n, double value, node_id other) {
    shape s = ir_shape(t->g, n);
    return is_value(t, n, value) &&
           (shape_is_scalar(s) || (value == 1 && shape_equal(s, ir_shape(t->g, other))));
}

node_id node_times(teller *t, node_id a, node_id b) {
    if (!a || !b) return 0;
    if (is_factor(t, b, 1, a)) return a;
    if (is_factor(t, a, 1, b)) return b;
    if (is_factor(t, b, -1, a)) return ir_op1(t->g, OP_NEG, a);
    if (is_factor(t, a, -1, b)) return ir_op1(t->g, OP_NEG, b);
    return ir_op2(t->g, OP_MUL, a, b);
}

node_id node_short(teller *t, node_id n) {
    node_id better = n && t->how ? t->how->best(t->how->user, n) : n;
    return better && shape_equal(ir_shape(t->g, better), ir_shape(t->g, n)) ? better : n;
}

typedef struct replacement {
    node_id old, by;
} replacement;

static node_id replace(void *user, ir *g, node_id n, const node_id *args) {
    const replacement *r = user;
    return n == r->old ? r->by : ir_rebuild(g, n, args);
}

/* ------------------------------------------------------------ needless ones */

enum { MOST_FACTORS = 12 };

static bool is_ones(const teller *t, node_id n, shape sh) {
    return ir_node(t->g, n)->op == OP_ONES && shape_equal(ir_shape(t->g, n), sh);
}

/* a without a factor of ones of this shape, which multiplies something of the same shape; 0: only ones were
 * there. They stay where they stretch a column and a row to what can be multiplied. */
static node_id factors_but_ones(teller *t, node_id a, shape sh) {
    node_id  factor[MOST_FACTORS];
    uint32_t n = 0;
    node_id  rest = a, out;
    for (; n + 1 < MOST_FACTORS && ir_node(t->g, rest)->op == OP_MUL; rest = ir_node(t->g, rest)->arg[0])
        factor[n++] = ir_node(t->g, rest)->arg[1];
    out = is_ones(t, rest, sh) ? 0 : rest;
    while (n-- > 0) {
        if (is_ones(t, factor[n], sh)) continue;
        out = out ? ir_op2(t->g, OP_MUL, out, factor[n]) : factor[n];
        if (!out) return a;
    }
    return out;
}

static node_id drop_ones(void *user, ir *g, node_id n, const node_id *args) {
    teller *t = user;
    if (ir_node(g, n)->op != OP_MUL || shape_is_scalar(ir_shape(g, n))) return ir_rebuild(g, n, args);
    node_id a = args[0], b = args[1], minus = ir_node(g, a)->op == OP_NEG ? ir_node(g, a)->arg[0] : 0;
    shape   sh = ir_shape(g, b);
    if (minus && is_ones(t, minus, sh)) return ir_op1(g, OP_NEG, b);
    node_id left = shape_is_scalar(sh) ? a : factors_but_ones(t, a, sh);
    return left ? ir_op2(g, OP_MUL, left, b) : b;
}

node_id node_without_ones(teller *t, node_id n) {
    node_id out = n ? ir_map(t->g, t->a, n, drop_ones, t) : 0;
    return out ? out : n;
}

/* ------------------------------------------------------------------- hops */

static node_id written_as(const teller *t, const link *l, node_id n) {
    return n == l->s->node ? ir_var(t->g, l->s->var)->leaf : n;
}

/* dn/dto where everything between is entrywise: over the name of the statement where its
 * formula is met again, in a shorter form if the simplifier has one. */
static node_id entry_factor(teller *t, const link *l, node_id n, node_id to) {
    replacement r = {l->s->node, ir_var(t->g, l->s->var)->leaf};
    node_id     f = n == to ? ir_number(t->g, 1) : ir_derivative_near(t->g, t->a, n, to);
    if (f) f = ir_map(t->g, t->a, f, replace, &r);
    return f ? node_short(t, f) : 0;
}

static hop_kind kind_of(const node *x, int operand) {
    switch ((op_id)x->op) {
    case OP_MATMUL: return operand ? HOP_RIGHT : HOP_LEFT;
    case OP_TRANSPOSE: return HOP_TURN;
    case OP_SUM: return HOP_SUM;
    case OP_MEAN: return HOP_MEAN;
    case OP_MAX: return HOP_MAX;
    case OP_SOFTMAX: return HOP_SOFTMAX;
    case OP_LOG_SOFTMAX: return HOP_LOG_SOFTMAX;
    default: return op_table[x->op].change[operand] ? HOP_TABLE : HOP_OTHER;
    }
}

static bool is_entrywise(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    return op_elementwise((op_id)x->op) || x->op == OP_OPEN;
}

typedef struct search {
    teller     *t;
    const link *l;
    node_id     leaf;
    node_list   need;  /* the formula's nodes */
    bool       *moves; /* by place: does the leaf stand below it? */
} search;

static bool moves(const search *w, node_id n) {
    return n == w->leaf || w->moves[node_list_place(&w->need, n)];
}

/* Where a region of entrywise operations below n ends: at the leaf, or at other operations
 * that move with it. */
static dfoo_status region_ends(search *w, node_id n, node_list *out) {
    VEC(node_id) open = {0};
    vec_push(w->t->a, &open, n);
    for (uint32_t i = 0; i < open.n; i++) {
        node_id k = open.at[i];
        bool    inner = is_entrywise(w->t, k) && k != w->leaf;
        if (!inner) {
            vec_push(w->t->a, &out->list, k);
            continue;
        }
        const node *x = ir_node(w->t->g, k);
        for (int j = 0; j < op_table[x->op].arity; j++) {
            bool again = !op_table[x->op].grad[j][0] || !moves(w, x->arg[j]);
            for (uint32_t q = 0; q < open.n && !again; q++) again = open.at[q] == x->arg[j];
            if (!again) vec_push(w->t->a, &open, x->arg[j]);
        }
    }
    return arena_status(w->t->a);
}

/* The route so far, with one hop more. */
static bool add_hop(const route *r, hop h, routes *open) {
    if (open->n == MOST_ROUTES || r->n == MOST_HOPS) return false;
    open->at[open->n] = *r;
    open->at[open->n].at[open->at[open->n].n++] = h;
    open->n++;
    return true;
}

/* Every way on from the end of a route. */
static bool extend(search *w, const route *r, routes *open) {
    teller *t = w->t;
    node_id n = r->n ? r->at[r->n - 1].to : w->l->s->node;
    if (is_entrywise(t, n)) {
        node_list ends = {{0}};
        if (region_ends(w, n, &ends) != DFOO_OK) return false;
        for (uint32_t i = ends.list.n; i-- > 0;) {
            hop h = {.kind = HOP_ENTRY, .n = n, .to = ends.list.at[i], .y = written_as(t, w->l, n)};
            h.factor = entry_factor(t, w->l, n, h.to);
            if (!h.factor || !add_hop(r, h, open)) return false;
        }
        return true;
    }
    node x = *ir_node(t->g, n);
    for (int k = op_table[x.op].arity; k-- > 0;) {
        if (!op_table[x.op].grad[k][0] || !moves(w, x.arg[k])) continue;
        hop h = {(uint8_t)kind_of(&x, k), (uint8_t)k, n, x.arg[k], 0, written_as(t, w->l, n)};
        if (!add_hop(r, h, open)) return false;
    }
    return true;
}

bool routes_find(teller *t, const link *l, routes *out) {
    search  w = {.t = t, .l = l, .leaf = ir_var(t->g, l->to->var)->leaf};
    routes *open = arena_new(t->a, sizeof *open);
    *out = (routes){.n = 0};
    if (!open || !link_movers(t, l->s, l->to->var, &w.need, &w.moves) || !moves(&w, l->s->node)) return false;
    open->n = 1; /* the empty route */
    for (uint32_t steps = 0; open->n && steps < MOST_ROUTES * MOST_HOPS; steps++) {
        route   r = open->at[--open->n];
        node_id at = r.n ? r.at[r.n - 1].to : l->s->node;
        if (at != w.leaf) {
            if (!extend(&w, &r, open)) return false;
        } else {
            if (out->n == MOST_ROUTES) return false;
            out->at[out->n++] = r;
        }
    }
    return open->n == 0 && out->n > 0 && !t->a->failed;
}

/* ------------------------------------------------------------- linear maps */

static node_id reduce(teller *t, const hop *h, node_id n) {
    return ir_op(t->g, OP_SUM, ir_node(t->g, h->n)->attr, n, 0, 0);
}

/* The part of each entry in a maximum: 1 where it is the largest, shared at a tie. */
static node_id share_of_max(teller *t, const hop *h) {
    node_id is = ir_op2(t->g, OP_EQ, h->to, h->y);
    return ir_op2(t->g, OP_DIV, is, ir_op(t->g, OP_SUM, ir_node(t->g, h->n)->attr, is, 0, 0));
}

/* By the text of ops.def about changes, or about gradients. */
static node_id by_table(teller *t, const hop *h, const ast *text, node_id change, node_id d) {
    template_env env = template_operands(t->g, h->n, h->operand);
    env.y = h->y;
    env.change = change;
    env.dy = d;
    node_id out = template_build(t->g, text, &env);
    return out && t->how ? t->how->tidy(t->how->user, out) : out;
}

node_id hop_forward(teller *t, const hop *h, node_id c) {
    ir   *g = t->g;
    shape sh = ir_shape(g, h->n);
    switch ((hop_kind)h->kind) {
    case HOP_ENTRY: {
        node_id out = node_times(t, h->factor, c);
        if (!out) out = node_times(t, node_times(t, h->factor, ir_ones(g, sh)), c); /* a column by a row */
        return !out || shape_equal(ir_shape(g, out), sh) ? out : ir_op2(g, OP_MUL, out, ir_ones(g, sh));
    }
    case HOP_LEFT: return ir_op2(g, OP_MATMUL, c, ir_node(g, h->n)->arg[1]);
    case HOP_RIGHT: return ir_op2(g, OP_MATMUL, ir_node(g, h->n)->arg[0], c);
    case HOP_TURN: return ir_op1(g, OP_TRANSPOSE, c);
    case HOP_SUM: return reduce(t, h, c);
    case HOP_MEAN: return ir_op(g, OP_MEAN, ir_node(g, h->n)->attr, c, 0, 0);
    case HOP_MAX: return reduce(t, h, ir_op2(g, OP_MUL, c, share_of_max(t, h)));
    case HOP_SOFTMAX:
        return ir_op2(g, OP_MUL, h->y, ir_op2(g, OP_SUB, c, reduce(t, h, ir_op2(g, OP_MUL, c, h->y))));
    case HOP_LOG_SOFTMAX:
        return ir_op2(g, OP_SUB, c, reduce(t, h, ir_op2(g, OP_MUL, ir_op1(g, OP_EXP, h->y), c)));
    case HOP_OTHER: break;
    case HOP_TABLE:
        return by_table(t, h, ir_change(g, (op_id)ir_node(g, h->n)->op, h->operand), c, 0);
    }
    return 0;
}

/* W.T.T is W. */
static node_id transposed(teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    return x->op == OP_TRANSPOSE ? x->arg[0] : ir_op1(t->g, OP_TRANSPOSE, n);
}

/* A gradient by what is stretched over the operand's entries, or adds up where one entry stands in several.
 * */
static node_id entry_back(teller *t, const hop *h, node_id d) {
    shape   to = ir_shape(t->g, h->to);
    node_id out = node_times(t, d, h->factor);
    if (out && shape_is_scalar(ir_shape(t->g, out)) && !shape_is_scalar(to))
        out = ir_op2(t->g, OP_MUL, out, ir_ones(t->g, to));
    return out && !shape_equal(ir_shape(t->g, out), to) ? ir_sum_to(t->g, out, to) : out;
}

node_id hop_back(teller *t, const hop *h, node_id d) {
    ir         *g = t->g;
    const node *x = ir_node(g, h->n);
    if (!d) return 0;
    if (h->kind == HOP_ENTRY) return entry_back(t, h, d);
    if (h->kind == HOP_LEFT) return ir_op2(g, OP_MATMUL, d, transposed(t, x->arg[1]));
    if (h->kind == HOP_RIGHT) return ir_op2(g, OP_MATMUL, transposed(t, x->arg[0]), d);
    if (h->kind == HOP_TURN) return transposed(t, d);
    return by_table(t, h, ir_grad(g, (op_id)x->op, h->operand), 0, d);
}

static node_id hops_back(teller *t, const routes *r, node_id d) {
    node_id sum = 0;
    for (uint32_t i = 0; i < r->n; i++) {
        node_id n = d;
        for (uint32_t k = 0; k < r->at[i].n; k++) n = hop_back(t, &r->at[i].at[k], n);
        if (!n) return 0;
        sum = sum ? ir_op2(t->g, OP_ADD, sum, n) : n;
    }
    return sum;
}

/* ------------------------------------------------------- without the routes */

/* The gradient of n laid on its operand k, by the rule of its operation. */
static node_id rule_back(teller *t, const link *l, node_id n, int k, node_id d) {
    ir          *g = t->g;
    node         x = *ir_node(g, n);
    shape        to = ir_shape(g, x.arg[k]);
    template_env env = template_operands(g, n, k);
    env.y = written_as(t, l, n);
    env.dy = d;
    node_id out = template_build(g, ir_grad(g, (op_id)x.op, k), &env);
    if (op_elementwise((op_id)x.op)) out = node_times(t, d, out);
    if (out && shape_is_scalar(ir_shape(g, out)) && !shape_is_scalar(to))
        out = ir_op2(g, OP_MUL, out, ir_ones(g, to));
    return out && !shape_equal(ir_shape(g, out), to) ? ir_sum_to(g, out, to) : out;
}

/* What dV becomes at U, all of the formula gone through from the top, whatever is in it. */
static node_id formula_back(teller *t, const link *l, node_id d) {
    node_list need = {{0}};
    bool     *moves;
    node_id   leaf = ir_var(t->g, l->to->var)->leaf;
    if (!d || !link_movers(t, l->s, l->to->var, &need, &moves)) return 0;
    uint32_t n = need.list.n;
    node_id *dy = arena_new(t->a, n * sizeof *dy);
    if (!dy) return 0;
    dy[n - 1] = d; /* the root comes last */
    for (uint32_t i = n; i-- > 0;) {
        node x = *ir_node(t->g, need.list.at[i]);
        if (!dy[i] || need.list.at[i] == leaf) continue;
        for (int k = op_table[x.op].arity; k-- > 0;) {
            uint32_t at = node_list_place(&need, x.arg[k]);
            if (!op_table[x.op].grad[k][0] || !moves[at]) continue;
            node_id more = rule_back(t, l, need.list.at[i], k, dy[i]);
            dy[at] = dy[at] ? ir_op2(t->g, OP_ADD, dy[at], more) : more;
        }
    }
    node_id out = dy[node_list_place(&need, leaf)];
    return out && t->how ? t->how->tidy(t->how->user, out) : out;
}

node_id link_rescale(teller *t, const link *l) {
    if (!l->from || l->from->scale == l->to->scale) return 0;
    node_id m = ir_size(t->g, t->d->m->examples);
    return l->from->scale == SCALE_COST ? m : ir_op2(t->g, OP_DIV, ir_number(t->g, 1), m);
}

/* A number, ones, or a number times ones: nothing that a name would make clearer. */
static bool is_plain(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    if (x->op == OP_MUL) return is_plain(t, x->arg[0]) && ir_node(t->g, x->arg[1])->op == OP_ONES;
    if (x->op == OP_DIV) return is_plain(t, x->arg[0]) && is_plain(t, x->arg[1]);
    return x->op == OP_NUMBER || x->op == OP_ONES || x->op == OP_SIZE;
}

node_id link_gradient(teller *t, const link *l) {
    const gradient *v = l->from;
    if (!v) return 0;
    bool trivial = !v->given && v->whole && !v->shown && is_plain(t, v->whole);
    return trivial ? v->whole : ir_var(t->g, v->grad)->leaf;
}

node_id link_back(teller *t, const link *l, bool rescaled) {
    routes *r = arena_new(t->a, sizeof *r);
    node_id d = r && routes_find(t, l, r) ? hops_back(t, r, link_gradient(t, l)) : 0;
    if (!d) d = formula_back(t, l, link_gradient(t, l));
    node_id scale = rescaled ? link_rescale(t, l) : 0;
    return scale ? node_times(t, scale, d) : d;
}

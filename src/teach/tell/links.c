/* The way from a variable to the cost: which statements it goes through up to gradients that
 * are known, and what kind of link each is. */
#include <string.h>

#include "teach/tell/teller.h"

static bool is_small(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    return x->op == OP_VAR && t->doc->small[x->ref];
}

bool link_is_operand(const teller *t, node_id n, var_id v) {
    const node *x = ir_node(t->g, n);
    if (x->op == OP_TRANSPOSE) x = ir_node(t->g, x->arg[0]);
    return x->op == OP_VAR && x->ref == v;
}

static bool is_product_of_names(const teller *t, node_id n) {
    const node *x = ir_node(t->g, n);
    if (x->op != OP_MATMUL) return false;
    for (int k = 0; k < 2; k++) {
        const node *arg = ir_node(t->g, x->arg[k]);
        if (arg->op == OP_TRANSPOSE) arg = ir_node(t->g, arg->arg[0]);
        if (arg->op != OP_VAR) return false;
    }
    return true;
}

bool link_is_entrywise(teller *t, node_id n) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &n, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(t->g, need.list.at[i]);
        if (op_table[x->op].arity && !op_elementwise((op_id)x->op) && x->op != OP_OPEN) return false;
    }
    return true;
}

/* y = a @ b, or that plus a bias, and which part of it the variable is. */
static void find_affine(teller *t, link *l) {
    const node *x = ir_node(t->g, l->s->node);
    var_id      v = l->to->var;
    bool        columns = t->d->m->examples_are_columns;
    node_id     product = l->s->node;
    if (x->op == OP_ADD) {
        product = is_product_of_names(t, x->arg[0]) ? x->arg[0] : x->arg[1];
        l->rest = product == x->arg[0] ? x->arg[1] : x->arg[0];
    }
    if (!is_product_of_names(t, product) || (l->rest && ir_node(t->g, l->rest)->op != OP_VAR)) return;
    const node *p = ir_node(t->g, product);
    l->product = product;
    bool a = link_is_operand(t, p->arg[0], v), b = link_is_operand(t, p->arg[1], v), one = !t->d->m->examples;
    if (a && b) return;
    if (l->rest && link_is_operand(t, l->rest, v)) {
        bool column = ir_var(t->g, v)->sh.cols == dim_literal(1), row = ir_var(t->g, v)->sh.rows == dim_literal(1);
        if (!t->doc->small[v] && (columns ? column : row)) l->kind = columns ? PROOF_BIAS_COLUMN : PROOF_BIAS_ROW;
    } else if (b && (is_small(t, p->arg[1]) || one) && columns) {
        l->kind = p->sh.rows == dim_literal(1) ? PROOF_RIGHT_ONE : PROOF_RIGHT;
    } else if (a && is_small(t, p->arg[0]) && !columns) {
        l->kind = p->sh.cols == dim_literal(1) ? PROOF_LEFT_ONE : PROOF_LEFT;
    } else if (a && (is_small(t, p->arg[1]) || one) && columns) {
        l->kind = ir_node(t->g, p->arg[0])->op == OP_VAR ? PROOF_WEIGHT_LEFT : PROOF_TURNED_LEFT;
    } else if (b && is_small(t, p->arg[0]) && !columns) {
        l->kind = ir_node(t->g, p->arg[1])->op == OP_VAR ? PROOF_WEIGHT_RIGHT : PROOF_TURNED_RIGHT;
    }
}

static link make_link(teller *t, const stmt *s, const gradient *to) {
    link        l = {.s = s, .to = to, .from = derivation_find(t->d, s->var)};
    const node *x = ir_node(t->g, s->node);
    bool        same = shape_equal(ir_var(t->g, to->var)->sh, ir_var(t->g, s->var)->sh);
    bool        one_function = same && x->arg[0] == ir_var(t->g, to->var)->leaf && (op_elementwise((op_id)x->op) || x->op == OP_OPEN) &&
                        op_table[x->op].arity == 1;
    if (one_function && x->op != OP_OPEN && x->op != OP_NEG) l.kind = t->d->m->examples_are_columns ? PROOF_ENTRY : PROOF_ENTRY_ROW;
    else find_affine(t, &l);
    return l;
}

bool link_uses(teller *t, const stmt *s, var_id v) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &s->node, 1, &need) != DFOO_OK) return false;
    for (uint32_t i = 0; i < need.list.n; i++)
        if (need.list.at[i] == ir_var(t->g, v)->leaf) return true;
    return false;
}

/* Does the formula move with v? sign(v), and v in a condition, stay where they are. */
bool link_moves(teller *t, const stmt *s, var_id v) {
    node_list need = {{0}};
    if (ir_reach(t->g, t->a, &s->node, 1, &need) != DFOO_OK) return false;
    bool *moves = arena_new(t->a, need.list.n);
    for (uint32_t i = 0; moves && i < need.list.n; i++) { /* operands first */
        const node *x = ir_node(t->g, need.list.at[i]);
        moves[i] = need.list.at[i] == ir_var(t->g, v)->leaf;
        for (int k = 0; k < op_table[x->op].arity; k++)
            moves[i] = moves[i] || (op_table[x->op].grad[k][0] && moves[node_list_place(&need, x->arg[k])]);
    }
    return moves && moves[node_list_place(&need, s->node)];
}

static bool is_linked(const teller *t, const gradient *v) {
    for (uint32_t i = 0; i < t->links.n; i++)
        if (t->links.at[i].to == v) return true;
    return false;
}

/* All links between the goal and gradients with a name of their own, the cost's side first. */
dfoo_status link_find(teller *t) {
    VEC(const gradient *) open = {0};
    vec_push(t->a, &open, t->goal);
    for (uint32_t i = 0; i < open.n; i++) { /* breadth first from the goal */
        for (uint32_t k = t->d->forward.list.n; k-- > 0;) {
            const stmt     *s = &t->d->forward.list.at[k];
            const gradient *from = derivation_find(t->d, s->var);
            if (!from || !link_moves(t, s, open.at[i]->var)) continue;
            vec_push(t->a, &t->links, make_link(t, s, open.at[i]));
            bool trivial = from->whole && op_table[ir_node(t->g, from->whole)->op].arity == 0 && ir_node(t->g, from->whole)->op != OP_VAR;
            bool known = from->shown || from->given || trivial || is_linked(t, from);
            for (uint32_t j = 0; j < open.n; j++) known = known || open.at[j] == from;
            if (!known) vec_push(t->a, &open, from);
        }
    }
    for (uint32_t i = 0, k = t->links.n; i + 1 < k; i++) { /* turned round */
        link x = t->links.at[i];
        t->links.at[i] = t->links.at[--k];
        t->links.at[k] = x;
    }
    return arena_status(t->a);
}

bool link_is_indexed(const teller *t, const link *l) {
    if (l->kind == PROOF_NONE) return false;
    if (l->kind != PROOF_ENTRY && l->kind != PROOF_ENTRY_ROW) return true;
    /* where the function's derivative cancels in what is shown, the matrices tell it better */
    const gradient *v = l->to;
    const gradient *from = l->from;
    return from && (from->shown || from->local) && v->local && !(v->shown && from && !from->shown && v->whole != v->local &&
           ir_node(t->g, from->local)->op != OP_MATMUL);
}

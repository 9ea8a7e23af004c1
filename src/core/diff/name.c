/* Names for what needs one: in `A1 = tanh(W1 @ X + b1)` the gradient of the sum in brackets
 * enters two products and would be written out in both, so that sum becomes `Z1` first.
 *
 * Named are sums of products inside another function, what a function hands straight to a
 * matrix product, and a dropout inside anything. The program is copied; the store and the user's text stay. */
#include <string.h>

#include "core/diff/diff.h"

typedef struct namer {
    model   *m;
    ir      *g;
    arena   *a;
    program  out;
} namer;

static bool is_number(const namer *w, node_id n) {
    return shape_is_scalar(ir_shape(w->g, n));
}

/* Is a node a matrix product, or sums and multiples of such? By position in the list. */
static bool is_affine(const namer *w, const node *x, const bool *affine, const node_list *need) {
    switch ((op_id)x->op) {
    case OP_MATMUL: return true;
    case OP_ADD: case OP_SUB: return affine[node_list_place(need, x->arg[0])] || affine[node_list_place(need, x->arg[1])];
    case OP_NEG: return affine[node_list_place(need, x->arg[0])];
    case OP_MUL: return (is_number(w, x->arg[0]) && affine[node_list_place(need, x->arg[1])]) || (is_number(w, x->arg[1]) && affine[node_list_place(need, x->arg[0])]);
    case OP_DIV: return is_number(w, x->arg[1]) && affine[node_list_place(need, x->arg[0])];
    default: return false;
    }
}

/* Does a function's value stand where it would be handed to a product? */
static bool is_activation(const namer *w, const node *x) {
    if (!op_elementwise((op_id)x->op) && x->op != OP_OPEN && x->op != OP_SOFTMAX) return false;
    if (op_table[x->op].arity > 1 && (is_number(w, x->arg[0]) || is_number(w, x->arg[1]))) return false;
    return x->op != OP_NEG && !shape_is_scalar(x->sh);
}

static bool is_free(const namer *w, const char *name) {
    return !ir_find_var(w->g, symbols_find(w->g->names, name, strlen(name))) && !op_find(name) &&
           !model_function(w->m, symbols_find(w->g->names, name, strlen(name)));
}

/* Z1 for the inside of A1; the first free number otherwise. */
static sym free_name(namer *w, const char *letter, const char *like) {
    const char *digits = like + strcspn(like, "0123456789");
    const char *name = arena_format(w->a, "%s%s", letter, digits);
    for (unsigned i = 1; name && (!is_free(w, name) || !digits[0]); i++) {
        name = arena_format(w->a, "%s%u", letter, i);
        if (name && is_free(w, name)) break;
    }
    return name ? symbols_add(w->g->names, name, strlen(name)) : 0;
}

static node_id give_name(namer *w, const char *letter, const char *like, node_id n, const stmt *s) {
    variable v = {.name = free_name(w, letter, like), .kind = VAR_DEFINED, .given_name = true, .sh = ir_shape(w->g, n), .at = s->at};
    var_id   id = v.name ? ir_add_var(w->g, v) : 0;
    if (!id || program_add(w->g, &w->out, id, n, s->at) != DFOO_OK) return 0;
    return ir_var(w->g, id)->leaf;
}

/* The name whose number an affine expression should bear: W1 @ X + b1 becomes Z1. */
static const char *name_of_weights(const namer *w, node_id n, const stmt *s) {
    node_list need = {{0}};
    if (ir_reach(w->g, w->a, &n, 1, &need) != DFOO_OK) return "";
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(w->g, need.list.at[i]);
        if (x->op == OP_VAR && ir_var(w->g, x->ref)->kind == VAR_PARAM && x->sh.cols != dim_literal(1))
            return ir_var_name(w->g, x->ref);
    }
    return ir_var_name(w->g, s->var);
}

/* The digits of the variable inside an activation: tanh(Z1) becomes A1. */
static const char *name_inside(const namer *w, const node *x) {
    const node *arg = ir_node(w->g, x->arg[0]);
    return arg->op == OP_VAR ? ir_var_name(w->g, arg->ref) : "";
}

static dfoo_status name_statement(namer *w, const stmt *s) {
    node_list need = {{0}};
    DFOO_TRY(ir_reach(w->g, w->a, &s->node, 1, &need));
    uint32_t n_nodes = need.list.n;
    node_id *now = arena_new(w->a, n_nodes * sizeof *now);
    bool    *affine = arena_new(w->a, n_nodes), *inner = arena_new(w->a, n_nodes), *fed = arena_new(w->a, n_nodes);
    if (!now || !affine || !inner || !fed) return DFOO_ENOMEM;
    for (uint32_t i = 0; i < need.list.n; i++) affine[i] = is_affine(w, ir_node(w->g, need.list.at[i]), affine, &need);
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(w->g, need.list.at[i]);
        for (int k = 0; k < op_table[x->op].arity; k++) {
            uint32_t arg = node_list_place(&need, x->arg[k]);
            inner[arg] |= affine[arg] && !affine[i]; /* the outermost affine node inside something else */
            inner[arg] |= affine[arg] && x->op == OP_MATMUL && ir_node(w->g, x->arg[k])->op != OP_MATMUL;
            fed[arg] |= x->op == OP_MATMUL && is_activation(w, ir_node(w->g, x->arg[k]));
            fed[arg] |= ir_node(w->g, x->arg[k])->op == OP_DROPOUT; /* written twice it would be two masks */
        }
    }
    for (uint32_t i = 0; i < need.list.n; i++) {
        node_id     old = need.list.at[i], args[3] = {0, 0, 0};
        const node *x = ir_node(w->g, old);
        for (int k = 0; k < op_table[x->op].arity; k++) args[k] = now[node_list_place(&need, x->arg[k])];
        node_id n = ir_rebuild(w->g, old, args);
        if (n && old != s->node && inner[node_list_place(&need, old)] && !is_number(w, n)) n = give_name(w, "Z", name_of_weights(w, n, s), n, s);
        else if (n && old != s->node && fed[node_list_place(&need, old)]) n = give_name(w, ir_node(w->g, n)->op == OP_DROPOUT ? "D" : "A", name_inside(w, ir_node(w->g, n)), n, s);
        if (!n) return DFOO_ENOMEM;
        now[node_list_place(&need, old)] = n;
    }
    return program_add(w->g, &w->out, s->var, now[node_list_place(&need, s->node)], s->at);
}

dfoo_status diff_name(model *m, arena *a) {
    namer w = {.m = m, .g = &m->g, .a = a};
    for (uint32_t i = 0; i < m->forward.list.n; i++) DFOO_TRY(name_statement(&w, &m->forward.list.at[i]));
    m->forward = w.out;
    return arena_status(a);
}

/* Names for what needs one: in `A1 = tanh(W1 @ X + b1)` the gradient of the sum in brackets
 * enters two products and would be written out in both, so that sum becomes `Z1` first.
 *
 * Named are sums of products inside another function, what a function hands straight to a matrix
 * product or to a max, a dropout inside anything, and, where sums over entries are in it, what stands at two
 * places, as x - mean(x), and a root that is divided by. The program is copied; the store and the user's text
 * stay. */
#include <assert.h>
#include <string.h>

#include "core/diff/diff.h"

enum { ROLE_AFFINE = 1, /* a matrix product, or sums and multiples of such */
       ROLE_INNER = 2,  /* the outermost affine node inside something else: it is to be Z1 */
       ROLE_FED = 4,    /* handed straight to a product: it is to be A1 */
       ROLE_SUMS = 8,   /* a sum or mean over entries is in it */
       ROLE_BELOW = 16 }; /* divided by: a root is to be S1 */

typedef struct namer {
    model      *m;
    ir         *g;
    arena      *a;
    uint8_t    *role; /* by node_id of the forward pass: ROLE_.. in the statement at hand */
    uint8_t    *uses; /* by node_id: how often it is an operand in the whole program, 2 for more */
    node_id    *name; /* by node_id: what stands at several places has one name at all of them */
    const stmt *at;   /* that statement */
    program     out;
} namer;

static bool is_number(const namer *w, node_id n) {
    return shape_is_scalar(ir_shape(w->g, n));
}

static bool has_role(const namer *w, node_id n, int role) {
    return (w->role[n] & role) != 0;
}

static bool is_affine(const namer *w, const node *x) {
    bool a = has_role(w, x->arg[0], ROLE_AFFINE), b = has_role(w, x->arg[1], ROLE_AFFINE);
    switch ((op_id)x->op) {
    case OP_MATMUL: return true;
    case OP_ADD: case OP_SUB: return a || b;
    case OP_NEG: return a;
    case OP_MUL: return (b && is_number(w, x->arg[0])) || (a && is_number(w, x->arg[1]));
    case OP_DIV: return a && is_number(w, x->arg[1]);
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

static node_id give_name(namer *w, const char *letter, const char *like, node_id n) {
    variable v = {.kind = VAR_DEFINED, .given_name = true, .sh = ir_shape(w->g, n), .at = w->at->at};
    v.name = free_name(w, letter, like);
    var_id id = v.name ? ir_add_var(w->g, v) : 0;
    if (!id || program_add(w->g, &w->out, id, n, w->at->at) != DFOO_OK) return 0;
    return ir_var(w->g, id)->leaf;
}

/* The name whose number an affine expression should bear: W1 @ X + b1 becomes Z1. */
static const char *name_of_weights(const namer *w, node_id n) {
    node_list need = {{0}};
    if (ir_reach(w->g, w->a, &n, 1, &need) != DFOO_OK) return "";
    for (uint32_t i = 0; i < need.list.n; i++) {
        const node *x = ir_node(w->g, need.list.at[i]);
        if (x->op == OP_VAR && ir_var(w->g, x->ref)->kind == VAR_PARAM && x->sh.cols != dim_literal(1))
            return ir_var_name(w->g, x->ref);
    }
    return ir_var_name(w->g, w->at->var);
}

/* The digits of the variable inside an activation: tanh(Z1) becomes A1. */
static const char *name_inside(const namer *w, const node *x) {
    const node *arg = ir_node(w->g, x->arg[0]);
    return arg->op == OP_VAR ? ir_var_name(w->g, arg->ref) : "";
}

/* The gradient of a max asks which entries are the largest: those of the very numbers that were compared,
 * and not of the same formula in another form. */
static bool is_searched(const node *x, const node *arg) {
    bool formula = op_table[arg->op].arity > 0 && arg->op != OP_TRANSPOSE;
    return x->op == OP_MAX && formula && !shape_is_scalar(arg->sh);
}

/* What a node is, and what it makes of its operands. */
static void mark_roles(namer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    bool        affine = is_affine(w, x), product = x->op == OP_MATMUL;
    w->role[n] = affine ? ROLE_AFFINE : 0;
    for (int k = 0; k < op_table[x->op].arity; k++) {
        const node *arg = ir_node(w->g, x->arg[k]);
        bool        whole = !affine || (product && arg->op != OP_MATMUL);
        bool        inner = has_role(w, x->arg[k], ROLE_AFFINE) && whole;
        bool        twice = arg->op == OP_DROPOUT; /* written twice it would be two masks */
        bool        fed = (product && is_activation(w, arg)) || is_searched(x, arg) || twice;
        assert(x->arg[k] < n);
        w->role[x->arg[k]] |= (uint8_t)((inner ? ROLE_INNER : 0) | (fed ? ROLE_FED : 0));
    }
}

/* Arithmetic on sums over entries: written out where its gradient needs it, it is a long line. */
static bool is_long(const namer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    bool        again = x->op >= OP_ADD && x->op <= OP_DIV && w->uses[n] > 1 && !is_number(w, n);
    bool        below = x->op == OP_SQRT && has_role(w, n, ROLE_BELOW);
    return has_role(w, n, ROLE_SUMS) && (again || below);
}

static void mark_sums(namer *w, node_id n) {
    const node *x = ir_node(w->g, n);
    if (x->op == OP_SUM || x->op == OP_MEAN) w->role[n] |= ROLE_SUMS;
    for (int k = 0; k < op_table[x->op].arity; k++) {
        if (has_role(w, x->arg[k], ROLE_SUMS)) w->role[n] |= ROLE_SUMS;
        if (x->op == OP_DIV && k == 1) w->role[x->arg[k]] |= ROLE_BELOW;
    }
}

/* A part of the statement becomes itself over the new names, or a name. */
static node_id name_part(void *user, ir *g, node_id old, const node_id *args) {
    namer  *w = user;
    node_id n = ir_rebuild(g, old, args);
    if (!n || old == w->at->node) return n;
    if (is_long(w, old)) {
        bool root = ir_node(w->g, old)->op == OP_SQRT;
        if (!w->name[old]) w->name[old] = give_name(w, root ? "S" : "C", name_inside(w, ir_node(g, n)), n);
        return w->name[old];
    }
    if (has_role(w, old, ROLE_INNER) && !is_number(w, n)) return give_name(w, "Z", name_of_weights(w, n), n);
    if (!has_role(w, old, ROLE_FED)) return n;
    return give_name(w, ir_node(g, n)->op == OP_DROPOUT ? "D" : "A", name_inside(w, ir_node(g, n)), n);
}

static dfoo_status name_statement(namer *w, const stmt *s) {
    node_list parts = {{0}};
    w->at = s;
    DFOO_TRY(ir_reach(w->g, w->a, &s->node, 1, &parts));
    for (uint32_t i = 0; i < parts.list.n; i++) {
        mark_roles(w, parts.list.at[i]);
        mark_sums(w, parts.list.at[i]);
    }
    node_id n = ir_map(w->g, w->a, s->node, name_part, w);
    return n ? program_add(w->g, &w->out, s->var, n, s->at) : DFOO_ENOMEM;
}

static dfoo_status count_uses(namer *w) {
    node_list roots = {{0}}, parts = {{0}};
    for (uint32_t i = 0; i < w->m->forward.list.n; i++)
        vec_push(w->a, &roots.list, w->m->forward.list.at[i].node);
    DFOO_TRY(ir_reach(w->g, w->a, roots.list.at, roots.list.n, &parts));
    for (uint32_t i = 0; i < parts.list.n; i++) {
        const node *x = ir_node(w->g, parts.list.at[i]);
        for (int k = 0; k < op_table[x->op].arity; k++)
            w->uses[x->arg[k]] = w->uses[x->arg[k]] ? 2 : 1;
    }
    return arena_status(w->a);
}

dfoo_status diff_name(model *m, arena *a) {
    namer w = {.m = m, .g = &m->g, .a = a};
    w.role = arena_new(a, program_end(&m->forward));
    w.uses = arena_new(a, program_end(&m->forward));
    w.name = arena_new(a, program_end(&m->forward) * sizeof *w.name);
    if (!w.role || !w.uses || !w.name) return DFOO_ENOMEM;
    DFOO_TRY(count_uses(&w));
    for (uint32_t i = 0; i < m->forward.list.n; i++) DFOO_TRY(name_statement(&w, &m->forward.list.at[i]));
    m->forward = w.out;
    return arena_status(a);
}
